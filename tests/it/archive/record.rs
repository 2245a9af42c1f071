//! `record`: what is taken; why nothing is taken stands in `refused`.

use kaohe::archive::{Archive, Calendar, Intake, Mode};
use kaohe::pack::Run;
use std::slice::from_ref;

use super::sheets::{Cell, Grid, grid, registration, write};
use super::{meeting, publish, record, taken};
use crate::rules::city::City;

/// What the archive counts for a line: opinion, method, date, remark and the rest.
fn counted(dir: &std::path::Path, id: &str) -> Option<(String, String, String)> {
    let archive = Archive::open(&dir.join("档案.db"), Mode::Read).unwrap();
    let history = archive.history(1900, Run::Annual).unwrap();
    let line = &history.facts.lines[id];
    line.decision.as_ref().map(|given| (given.opinion().to_owned(), given.method().to_owned(), given.date().to_owned()))
}

/// How many entries the archive says it has.
pub fn entries(dir: &std::path::Path) -> String {
    Archive::open(&dir.join("档案.db"), Mode::Read)
        .unwrap()
        .show(None, &Calendar::default())
        .unwrap()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn answers_are_taken_however_the_workbook_was_treated() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let mut list = grid(&run, "诫勉谈话名单");
    list.set(0, "委员会意见", " 同　意 ").set(0, "决定日期", Cell::Date(2015, 12, 20)).set(0, "备注", "按期谈");
    list.set(1, "委员会意见", "变更").set(1, "决定方式", "批评教育").set(1, "决定日期", "2015年12月20日");
    // Sorted, with the numbers, sources and hints gone, full-width digits, and line breaks where a program wrapped a text.
    list.0[3..].reverse();
    for row in &mut list.0[3..] {
        row[0] = Cell::Blank;
        row[11] = Cell::from("看过");
        row[12] = Cell::from("注意");
        row[5] = Cell::from("区\n长");
        row[9] = Cell::from("《办法》第四部分(4.4)");
    }
    // Columns moved, a row inserted above, a note below.
    for row in &mut list.0[2..] {
        let check = row.remove(17);
        row.insert(0, check);
    }
    list.0.insert(0, vec![Cell::from("常委会会议材料之三")]);
    list.0.push(vec![Cell::from("以上经常委会研究。")]);
    list.0.push(vec![Cell::Blank, Cell::Blank, Cell::from("填表人："), Cell::from("赵六")]);
    let path = dir.path().join("另存为.xlsx");
    write(&path, &[("说明", &Grid(vec![vec![Cell::from("说明")]])), ("名单", &list)]);
    let recorded = taken(record(dir.path(), from_ref(&path), false));
    assert_eq!((recorded.new, recorded.amended, recorded.unchanged, recorded.blank), (2, 0, 0, 1));
    let told = counted(dir.path(), "2015-A-诫勉谈话-C-K1").unwrap();
    assert_eq!(told, ("同意".into(), String::new(), "2015-12-20".into()));
    assert_eq!(counted(dir.path(), "2015-A-诫勉谈话-C-K2").unwrap().1, "批评教育");
    assert_eq!(counted(dir.path(), "2015-A-诫勉谈话-C-K3"), None);
    let before = entries(dir.path());
    let again = taken(record(dir.path(), &[path], false));
    assert_eq!((again.new, again.unchanged), (0, 2));
    assert_eq!(entries(dir.path()), before, "the same answers change nothing");
}

#[test]
fn dates_are_read_however_they_are_typed() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let typed = [
        Cell::Date(2015, 12, 20),
        Cell::Number(42358.0),
        Cell::Number(20151220.0),
        Cell::from("20151220"),
        Cell::from("2015.12.20"),
        Cell::from("2015/12/20 09:30"),
        Cell::from("２０１５年12月20日"),
    ];
    for (at, cell) in typed.into_iter().enumerate() {
        let path = dir.path().join("日期.xlsx");
        grid(&run, "诫勉谈话名单").set(0, "委员会意见", "同意").set(0, "决定日期", cell.clone()).write(&path);
        let recorded = taken(record(dir.path(), &[path], false));
        assert_eq!((recorded.new, recorded.unchanged), if at == 0 { (1, 0) } else { (0, 1) }, "{cell:?}");
    }
    assert_eq!(counted(dir.path(), "2015-A-诫勉谈话-C-K1").unwrap().2, "2015-12-20");
}

#[test]
fn answers_are_found_under_columns_with_signs_in_their_names() {
    let dir = tempfile::tempdir().unwrap();
    let mut run = registration(2015, Run::Annual);
    let inquiry = super::sheets::line(2015, Run::Annual, "函询", "K1", "张三", &[], "bbbb");
    run.lists[3] =
        super::sheets::list(2015, Run::Annual, "函询核实名单", &[("回复期限（天）：", false)], vec![inquiry]);
    publish(dir.path(), &run);
    let path = dir.path().join("收回.xlsx");
    grid(&run, "函询核实名单").set(0, "委员会意见", "同意").set(0, "回复期限（天）：", "15").write(&path);
    taken(record(dir.path(), &[path], false));
    let archive = Archive::open(&dir.path().join("档案.db"), Mode::Read).unwrap();
    let history = archive.history(1900, Run::Annual).unwrap();
    let given = history.facts.lines["2015-A-函询-C-K1"].decision.clone().unwrap();
    assert_eq!(given.says("回复期限（天）："), "15");
}

#[test]
fn the_right_methods_are_accepted() {
    let cases = [
        ("诫勉谈话名单", 0, "同意", ""),
        ("诫勉谈话名单", 0, "同意", "诫勉谈话"),
        ("诫勉谈话名单", 0, "不同意", ""),
        ("诫勉谈话名单", 0, "缓议", ""),
        ("诫勉谈话名单", 0, "变更", "免职"),
        ("诫勉谈话名单", 0, "变更", "函询"),
        ("调整建议名单", 0, "同意", "免职"),
        ("调整建议名单", 1, "同意", ""),
        ("调整建议名单", 1, "同意", "免职"),
    ];
    for (list, row, opinion, method) in cases {
        let dir = tempfile::tempdir().unwrap();
        let run = registration(2015, Run::Annual);
        publish(dir.path(), &run);
        let path = dir.path().join("收回.xlsx");
        grid(&run, list).set(row, "委员会意见", opinion).set(row, "决定方式", method).write(&path);
        assert_eq!(taken(record(dir.path(), &[path], false)).new, 1, "{list} {opinion} {method}");
    }
}

#[test]
fn a_second_answer_needs_amend_unless_it_completes_or_follows_a_deferral() {
    // First answer, second answer, cells that refuse it without --amend.
    type Answer = [&'static str; 4];
    let cases: [(Answer, Answer, &[&str]); 10] = [
        (["同意", "", "", ""], ["不同意", "", "", ""], &["N4"]),
        (["同意", "", "2015-12-20", ""], ["同意", "", "2015-12-21", ""], &["P4"]),
        (["同意", "", "", "甲"], ["同意", "", "", "乙"], &["Q4"]),
        (["变更", "约谈", "", ""], ["变更", "函询", "", ""], &["O4"]),
        (["不同意", "", "", ""], ["变更", "约谈", "2015-12-20", ""], &["N4"]),
        (["同意", "", "", ""], ["同意", "", "2015-12-20", "甲"], &[]),
        (["同意", "", "2015-12-20", "甲"], ["同意", "", "", ""], &[]),
        (["缓议", "", "2015-12-20", "再查"], ["同意", "", "2016-01-10", ""], &[]),
        (["缓议", "", "", "再查"], ["缓议", "", "", "三查"], &[]),
        (["", "", "", ""], ["同意", "", "", ""], &[]),
    ];
    for (first, second, refused) in cases {
        let name = format!("{first:?} then {second:?}");
        let dir = tempfile::tempdir().unwrap();
        let run = registration(2015, Run::Annual);
        publish(dir.path(), &run);
        let answered = |answer: Answer| {
            let path = dir.path().join("收回.xlsx");
            let mut list = grid(&run, "诫勉谈话名单");
            for (column, text) in ["委员会意见", "决定方式", "决定日期", "备注"].into_iter().zip(answer)
            {
                list.set(0, column, text);
            }
            list.write(&path);
            vec![path]
        };
        taken(record(dir.path(), &answered(first), false));
        let before = counted(dir.path(), "2015-A-诫勉谈话-C-K1");
        match record(dir.path(), &answered(second), false) {
            Intake::Refused(faults) => {
                assert_eq!(faults.iter().map(|fault| fault.cell.as_str()).collect::<Vec<_>>(), refused, "{name}");
                assert!(faults.iter().all(|fault| fault.remedy.contains("--amend")), "{name}");
                assert_eq!(counted(dir.path(), "2015-A-诫勉谈话-C-K1"), before, "{name}");
                let recorded = taken(record(dir.path(), &answered(second), true));
                assert_eq!((recorded.new, recorded.amended), (0, 1), "{name}");
            }
            Intake::Taken(_) => assert!(refused.is_empty(), "{name}: taken"),
        }
        let (opinion, _, _) = counted(dir.path(), "2015-A-诫勉谈话-C-K1").unwrap();
        assert_eq!(opinion, second[0], "{name}");
        let archive = Archive::open(&dir.path().join("档案.db"), Mode::Read).unwrap();
        assert!(archive.faults().is_empty());
    }
}

#[test]
fn an_old_list_is_told_from_a_forged_one_and_a_new_answer_needs_no_amend() {
    let dir = tempfile::tempdir().unwrap();
    let first = registration(2015, Run::Annual);
    publish(dir.path(), &first);
    let path = dir.path().join("旧名单.xlsx");
    let mut old = grid(&first, "诫勉谈话名单");
    old.set(0, "委员会意见", "同意").set(1, "委员会意见", "同意").write(&path);
    taken(record(dir.path(), from_ref(&path), false));
    // A re-run: K1 stands on other grounds now, K2 is no longer proposed.
    let mut second = registration(2015, Run::Annual);
    let lines = &mut second.lists[2].rows;
    lines.remove(1);
    super::sheets::line_of(&mut lines[0]).check = "a2a2".into();
    lines[0].cells[17] = "a2a2".into();
    publish(dir.path(), &second);
    let Intake::Refused(faults) = record(dir.path(), &[path], false) else { panic!("an old list was taken") };
    let told: Vec<(&str, bool)> =
        faults.iter().map(|fault| (fault.cell.as_str(), fault.reason.contains("核对码已过期"))).collect();
    assert_eq!(told, [("R4", true), ("B5", false)]);
    assert!(faults[1].reason.contains("已不再提出"), "{}", faults[1]);
    assert_eq!(counted(dir.path(), "2015-A-诫勉谈话-C-K1"), None, "the answer was given on other grounds");
    let path = dir.path().join("新名单.xlsx");
    grid(&second, "诫勉谈话名单").set(0, "委员会意见", "不同意").write(&path);
    assert_eq!(taken(record(dir.path(), &[path], false)).new, 1, "a new answer on new grounds needs no --amend");
    assert_eq!(counted(dir.path(), "2015-A-诫勉谈话-C-K1").unwrap().0, "不同意");
}

#[test]
fn a_list_that_is_merely_out_of_date_is_told_from_one_that_was_changed() {
    let dir = tempfile::tempdir().unwrap();
    let first = registration(2015, Run::Annual);
    publish(dir.path(), &first);
    // A re-run on the same grounds: somebody has a new post, another office stands in the register.
    let mut second = registration(2015, Run::Annual);
    second.lists[2].rows[1].cells[5] = "书记".into();
    second.lists.last_mut().unwrap().rows[0].cells[4] = "官渡区".into();
    publish(dir.path(), &second);
    let (list, book) = (dir.path().join("旧名单.xlsx"), dir.path().join("旧登记.xlsx"));
    grid(&first, "诫勉谈话名单").set(1, "委员会意见", "同意").write(&list);
    grid(&first, "档案登记").set(0, "谈话人", "赵六").write(&book);
    let Intake::Refused(faults) = record(dir.path(), &[list.clone(), book], false) else {
        panic!("an old list was taken")
    };
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    for (fault, column) in told.iter().zip(["「职务」", "「单位」"]) {
        assert!(fault.contains("较早一次发布") && fault.contains(column), "{fault}");
        assert!(fault.contains("重新取用最近一次发布的名单") && !fault.contains("恢复登记时的原文"), "{fault}");
    }
    // One that nobody ever printed was changed by hand.
    grid(&first, "诫勉谈话名单").set(1, "职务", "主任").write(&list);
    let Intake::Refused(faults) = record(dir.path(), &[list], false) else { panic!("a changed list was taken") };
    assert!(faults.len() == 1 && faults[0].to_string().contains("恢复登记时的原文"), "{}", faults[0]);
}

#[test]
fn a_list_on_two_sheets_is_one_and_two_workbooks_are_one_transaction() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let (mut first, mut second) = (grid(&run, "诫勉谈话名单"), grid(&run, "诫勉谈话名单"));
    first.set(0, "委员会意见", "同意");
    second.set(2, "委员会意见", "缓议");
    first.0.truncate(5);
    second.0.drain(3..5);
    let (long, inquiry) = (dir.path().join("长.xlsx"), dir.path().join("函询.xlsx"));
    write(&long, &[("诫勉谈话名单", &first), ("诫勉谈话名单(2)", &second)]);
    let mut list = grid(&run, "函询核实名单");
    list.set(0, "委员会意见", "同意").set(0, "回复期限", Cell::Date(2016, 1, 15)).write(&inquiry);
    let recorded = taken(record(dir.path(), &[long.clone(), inquiry.clone()], false));
    assert_eq!((recorded.new, recorded.blank), (3, 1));
    // The reply comes later: filling in needs no --amend, another date does.
    list.set(0, "回复日期", Cell::Date(2016, 1, 10)).write(&inquiry);
    assert_eq!(taken(record(dir.path(), from_ref(&inquiry), false)).new, 1);
    list.set(0, "回复日期", Cell::Date(2016, 1, 11)).write(&inquiry);
    let Intake::Refused(faults) = record(dir.path(), from_ref(&inquiry), false) else { panic!("taken") };
    assert_eq!(faults[0].cell, "S4");
    // Named twice on the command line, by a pattern and by name, it is still one workbook.
    assert_eq!(taken(record(dir.path(), &[long.clone(), long], false)).unchanged, 2);
}

#[test]
fn an_empty_list_holds_no_answers() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &registration(2015, Run::HalfYear));
    let folder = publish(dir.path(), &run);
    let told = |path| {
        let recorded = taken(record(dir.path(), &[path], false));
        (recorded.new, recorded.blank, recorded.notes.len())
    };
    assert_eq!(told(folder.join("通报名单.xlsx")), (0, 0, 1));
    // What was set for the run, or how far a plan has come, stands after the title.
    let mut list = grid(&run, "通报名单");
    list.0[0][0] = Cell::from("昆明市2015年年度通报名单（未完成）\n（本次参数设定：年度得分线＝70）");
    let path = dir.path().join("空.xlsx");
    list.write(&path);
    assert_eq!(told(path), (0, 0, 1));
}

#[test]
fn the_register_comes_back_by_year_id_and_file() {
    let dir = tempfile::tempdir().unwrap();
    let half = registration(2015, Run::HalfYear);
    let mut annual = registration(2015, Run::Annual);
    annual.lists.last_mut().unwrap().rows.clone_from(&half.lists.last().unwrap().rows);
    publish(dir.path(), &half);
    publish(dir.path(), &annual);
    let path = dir.path().join("登记.xlsx");
    let mut book = grid(&half, "档案登记");
    book.set(0, "谈话日期", Cell::Date(2015, 7, 3)).set(0, "谈话人", "赵六").set(0, "状态", "可归档").write(&path);
    let recorded = taken(record(dir.path(), from_ref(&path), false));
    assert_eq!((recorded.new, recorded.blank), (1, 1));
    let filled = |file: &str| {
        let archive = Archive::open(&dir.path().join("档案.db"), Mode::Read).unwrap();
        let entered = archive.history(2015, Run::Annual).unwrap().facts.entered;
        let of_row = entered.into_iter().find(|one| one.key() == (2015, "cadre", "K1", file));
        of_row.map(|one| one.filled).unwrap_or_default()
    };
    assert_eq!(
        filled("年度考核管理档案").into_iter().collect::<Vec<_>>(),
        [("谈话人".to_owned(), "赵六".to_owned()), ("谈话日期".to_owned(), "2015-07-03".to_owned())]
    );
    assert!(filled("特别监督档案").is_empty());
    // The annual register shows the half-year's line again: another talker contradicts, what was blank is filled in.
    let mut book = grid(&annual, "档案登记");
    book.set(0, "谈话人", "钱七").set(0, "谈话情况", "已谈").write(&path);
    let Intake::Refused(faults) = record(dir.path(), from_ref(&path), false) else { panic!("taken") };
    assert_eq!(faults.iter().map(|fault| fault.cell.as_str()).collect::<Vec<_>>(), ["I4"]);
    assert_eq!(taken(record(dir.path(), from_ref(&path), true)).amended, 1);
    assert_eq!(filled("年度考核管理档案").len(), 3);
    assert_eq!(taken(record(dir.path(), &[path], false)).unchanged, 1);
}

#[test]
fn every_cell_that_is_not_an_answer_must_come_back_as_it_went_out() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let path = dir.path().join("收回.xlsx");
    let free = ["序号", "来源", "提示", "状态"];
    let answers =
        ["委员会意见", "决定方式", "决定日期", "备注", "回复期限", "回复日期", "谈话日期", "谈话人", "谈话情况"];
    for name in ["诫勉谈话名单", "函询核实名单", "调整建议名单", "档案登记"] {
        let list = grid(&run, name);
        let columns: Vec<String> = list.0[2]
            .iter()
            .filter_map(|cell| if let Cell::Text(text) = cell { Some(text.clone()) } else { None })
            .filter(|column| !answers.contains(&column.as_str()))
            .collect();
        for line in 0..list.0.len() - 3 {
            for column in &columns {
                let mut spoilt = list.clone();
                let at = spoilt.column(column);
                let changed = match &spoilt.0[3 + line][at] {
                    Cell::Text(text) => format!("{text}１"),
                    _ => "无".to_owned(),
                };
                spoilt.set(line, column, changed.as_str());
                spoilt.write(&path);
                let outcome = record(dir.path(), from_ref(&path), false);
                let place = format!("{name} {column} of line {line}");
                assert_eq!(
                    matches!(outcome, Intake::Taken(_)),
                    free.contains(&column.as_str()),
                    "{place}: {outcome:?}"
                );
            }
        }
    }
}

#[test]
fn answers_that_changed_places_are_refused_or_follow_their_line() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let path = dir.path().join("收回.xlsx");
    // Sorting one column alone: the ids no longer stand beside their people.
    let mut list = grid(&run, "诫勉谈话名单");
    list.set(0, "委员会意见", "同意");
    for column in ["处理编号", "对象", "编号"] {
        let mut spoilt = list.clone();
        let at = spoilt.column(column);
        let (first, last) = (spoilt.0[3][at].clone(), spoilt.0[5][at].clone());
        spoilt.0[3][at] = last;
        spoilt.0[5][at] = first;
        spoilt.write(&path);
        assert!(matches!(record(dir.path(), from_ref(&path), false), Intake::Refused(_)), "{column}");
    }
    // Whole rows: the answer goes with its line.
    list.0.swap(3, 5);
    list.write(&path);
    taken(record(dir.path(), from_ref(&path), false));
    assert_eq!(counted(dir.path(), "2015-A-诫勉谈话-C-K1").unwrap().0, "同意");
    assert_eq!(counted(dir.path(), "2015-A-诫勉谈话-C-K3"), None);
}

#[test]
fn two_clerks_recording_at_once_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let clerks: Vec<_> = ["诫勉谈话名单", "函询核实名单", "约谈名单", "调整建议名单"]
        .map(|name| {
            let path = dir.path().join(format!("{name}.xlsx"));
            let opinion = if name == "调整建议名单" { "不同意" } else { "同意" };
            grid(&run, name).set(0, "委员会意见", opinion).write(&path);
            let dir = dir.path().to_owned();
            std::thread::spawn(move || taken(record(&dir, &[path], false)).new)
        })
        .into_iter()
        .collect();
    assert_eq!(clerks.into_iter().map(|clerk| clerk.join().unwrap()).sum::<usize>(), 4);
    let archive = Archive::open(&dir.path().join("档案.db"), Mode::Read).unwrap();
    assert!(archive.faults().is_empty());
    assert_eq!(archive.ledger(None, &Calendar::default()).unwrap().0[5].rows.len(), 4);
}

#[test]
fn a_remark_with_signs_that_no_cell_shows_comes_back_as_it_was_filled_in() {
    let city = City::new(&["年度考核_干部 G22 考核等次=基本称职"]);
    let (run, line) = ("2015-annual", ["2015-A-诫勉谈话-C-G22", "G22"]);
    city.run("annual");
    let said = "甲\u{7}乙\r\n丙\u{b}丁\r戊\u{ffff}\t己";
    meeting::record(&city, run, "诫勉谈话名单", &[(line, "委员会意见", "同意"), (line, "备注", said)]);
    city.run("annual");
    assert_eq!(meeting::shown(&city, run, "诫勉谈话名单", &["备注"]), [["甲 乙\n丙\n丁\n戊\u{fffd}\t己"]]);
    let published = city.output().join(run).join("诫勉谈话名单.xlsx");
    let (code, told) = meeting::taken_in(&city, &[published], &[]);
    assert_eq!(code, Some(0), "{told}");
}

#[test]
fn what_a_run_filled_in_and_comes_back_unchanged_is_no_answer() {
    let city = City::new(&["年度考核_干部 G21 考核等次=基本称职", "年度考核_干部 G22 考核等次=基本称职"]);
    let (run, list) = ("2015-annual", "诫勉谈话名单");
    let (one, two) = (["2015-A-诫勉谈话-C-G21", "G21"], ["2015-A-诫勉谈话-C-G22", "G22"]);
    let columns = ["编号", "委员会意见", "备注"];
    city.run("annual");
    meeting::record(&city, run, list, &[(one, "委员会意见", "同意"), (one, "备注", "甲")]);
    city.run("annual");
    meeting::amend(&city, run, list, &[(one, "委员会意见", "不同意"), (one, "备注", "乙")]);
    // The list as it was published, with the answer of then; another line is answered, and amended.
    for (opinion, options) in [("同意", &[][..]), ("缓议", &["--amend"])] {
        let back = meeting::filled(&city, run, list, &[(two, "委员会意见", opinion)]);
        let (code, told) = meeting::taken_in(&city, &[back], options);
        assert_eq!(code, Some(0), "{told}");
        assert!(told.contains("1 项与档案相同，0 项未答复") && told.contains("现为「不同意，备注：乙」"), "{told}");
    }
    city.run("annual");
    assert_eq!(meeting::shown(&city, run, list, &columns), [["G21", "不同意", "乙"], ["G22", "缓议", ""]]);
    // A cell beside the answer comes back unchanged, too, while another one is filled in.
    meeting::amend(&city, run, list, &[(two, "备注", "丙")]);
    let back = city.output().join("../迟到.xlsx");
    std::fs::rename(meeting::filled(&city, run, list, &[(one, "决定日期", "2016-01-20")]), &back).unwrap();
    meeting::amend(&city, run, list, &[(one, "备注", "丁")]);
    let (code, told) = meeting::taken_in(&city, &[back], &[]);
    assert_eq!(code, Some(0), "{told}");
    city.run("annual");
    let columns = ["编号", "委员会意见", "备注", "决定日期"];
    let now = [["G21", "不同意", "丁", "2016-01-20"], ["G22", "缓议", "丙", ""]];
    assert_eq!(meeting::shown(&city, run, list, &columns), now);
    // Nor does it speak against another workbook.
    let untouched = city.output().join("../原样.xlsx");
    std::fs::copy(city.output().join(run).join(format!("{list}.xlsx")), &untouched).unwrap();
    let back = meeting::filled(&city, run, list, &[(one, "委员会意见", "缓议")]);
    for both in [[untouched.clone(), back.clone()], [back, untouched]] {
        let (code, told) = meeting::taken_in(&city, &both, &["--amend"]);
        assert_eq!(code, Some(0), "{told}");
    }
    city.run("annual");
    assert_eq!(
        meeting::shown(&city, run, list, &columns),
        [["G21", "缓议", "丁", "2016-01-20"], ["G22", "缓议", "丙", ""]]
    );
}
