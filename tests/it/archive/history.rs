//! What evaluation is told of earlier runs, and what people are shown.

use chrono::NaiveDate;
use kaohe::archive::{Archive, Calendar, Mode};
use kaohe::pack::Run;
use std::slice::from_ref;

use super::sheets::{Cell, decision, grid, registration};
use super::{publish, record, taken};

fn open(dir: &std::path::Path) -> Archive {
    Archive::open(&dir.join("档案.db"), Mode::Read).unwrap()
}

#[test]
fn only_the_latest_run_counts_and_the_run_being_made_is_asked_line_by_line() {
    let dir = tempfile::tempdir().unwrap();
    let half = registration(2015, Run::HalfYear);
    publish(dir.path(), &half);
    let path = dir.path().join("收回.xlsx");
    grid(&half, "诫勉谈话名单")
        .set(0, "委员会意见", "同意")
        .set(1, "委员会意见", "同意")
        .set(2, "委员会意见", "不同意")
        .write(&path);
    taken(record(dir.path(), &[path], false));
    // A re-run no longer proposes K2 and K3.
    let mut again = registration(2015, Run::HalfYear);
    again.lists[2].rows.truncate(1);
    publish(dir.path(), &again);

    let history = open(dir.path()).history(2015, Run::Annual).unwrap();
    let admonitions: Vec<(&str, Option<&str>)> = history
        .facts
        .lines
        .values()
        .filter(|line| line.action == "诫勉谈话")
        .map(|line| (line.subject.as_str(), line.decision.as_ref().map(|given| given.opinion())))
        .collect();
    assert_eq!(admonitions, [("K1", Some("同意"))]);
    assert_eq!(history.facts.lines["2015-H-诫勉谈话-C-K1"].grounds[0].facts["考核等次"], "基本称职");
    assert_eq!(history.facts.runs, [(2015, Run::HalfYear)]);
    let known = open(dir.path()).known_lines().unwrap();
    assert!(known.contains("2015-H-诫勉谈话-C-K2"), "published once is known");
    assert!(history.facts.current.is_empty());

    let own = open(dir.path()).history(2015, Run::HalfYear).unwrap();
    assert!(own.facts.lines.is_empty() && own.facts.runs.is_empty());
    let given = &own.facts.current["2015-H-诫勉谈话-C-K1"];
    assert_eq!(given.len(), 1);
    assert_eq!((given[0].check.as_str(), &given[0].decision), ("aaaa", &decision("同意", "")));
    assert!(!own.facts.current.contains_key("2015-H-约谈-C-K1"));
    let withdrawn: Vec<String> = own.withdrawn(["2015-H-诫勉谈话-C-K1"]).into_iter().map(|line| line.id).collect();
    assert_eq!(withdrawn, ["2015-H-诫勉谈话-C-K2"], "agreed, and not proposed again");
}

#[test]
fn an_adopted_decision_counts_as_the_annual_line_s_own() {
    let dir = tempfile::tempdir().unwrap();
    let half = registration(2015, Run::HalfYear);
    publish(dir.path(), &half);
    let path = dir.path().join("收回.xlsx");
    grid(&half, "诫勉谈话名单").set(0, "委员会意见", "不同意").write(&path);
    taken(record(dir.path(), from_ref(&path), false));
    let mut annual = registration(2015, Run::Annual);
    super::sheets::line_of(&mut annual.lists[2].rows[0]).adopted = Some(("2015-H-诫勉谈话-C-K1".into(), "aaaa".into()));
    annual.lists[2].rows[0].filled = super::sheets::filled("不同意", "");
    annual.lists[2].rows[0].cells[13] = "不同意".into();
    let folder = publish(dir.path(), &annual);
    let counted = || {
        let history = open(dir.path()).history(2016, Run::Annual).unwrap();
        let line = history.facts.lines["2015-A-诫勉谈话-C-K1"].clone();
        line.decision.map(|given| given.opinion().to_owned())
    };
    assert_eq!(counted().as_deref(), Some("不同意"));
    assert_eq!(open(dir.path()).unrecorded_answers(&folder).unwrap(), []);
    // The annual list as published changes nothing; another answer on it contradicts.
    let recorded = taken(record(dir.path(), &[folder.join("诫勉谈话名单.xlsx")], false));
    assert_eq!((recorded.new, recorded.unchanged), (0, 1));
    grid(&annual, "诫勉谈话名单").set(0, "委员会意见", "同意").write(&path);
    assert!(matches!(record(dir.path(), from_ref(&path), false), kaohe::archive::Intake::Refused(_)));
    assert_eq!(taken(record(dir.path(), from_ref(&path), true)).amended, 1);
    assert_eq!(counted().as_deref(), Some("同意"));
}

#[test]
fn the_hash_of_the_answers_depends_on_nothing_else() {
    let answers = [("诫勉谈话名单", 0, "同意"), ("函询核实名单", 0, "不同意"), ("诫勉谈话名单", 2, "缓议")];
    let hash = |order: &[usize], apart: bool| {
        let dir = tempfile::tempdir().unwrap();
        let run = registration(2015, Run::HalfYear);
        publish(dir.path(), &run);
        let mut paths = Vec::new();
        for at in order {
            let (list, row, opinion) = answers[*at];
            let path = dir.path().join(format!("{at}.xlsx"));
            grid(&run, list).set(row, "委员会意见", opinion).write(&path);
            paths.push(path);
            if apart {
                taken(record(dir.path(), &paths.split_off(0), false));
            }
        }
        if !apart {
            // Both answers of one list on one sheet.
            let mut list = grid(&run, "诫勉谈话名单");
            list.set(0, "委员会意见", "同意").set(2, "委员会意见", "缓议").write(&paths[0]);
            grid(&run, "函询核实名单").set(0, "委员会意见", "不同意").write(&paths[1]);
            taken(record(dir.path(), &paths[..2], false));
        }
        let archive = open(dir.path());
        (archive.history(2015, Run::Annual).unwrap().sha256, archive.history(2015, Run::HalfYear).unwrap().sha256)
    };
    let first = hash(&[0, 1, 2], true);
    assert_eq!(first, hash(&[2, 1, 0], true));
    assert_eq!(first, hash(&[0, 1, 2], false));
    assert_ne!(first, hash(&[0, 1], true));
    let none = tempfile::tempdir().unwrap();
    let nothing =
        Archive::open(&none.path().join("档案.db"), Mode::Run).unwrap().history(2015, Run::Annual).unwrap().sha256;
    publish(none.path(), &registration(2015, Run::HalfYear));
    assert_eq!(open(none.path()).history(2015, Run::Annual).unwrap().sha256, nothing, "proposals alone are no answers");
}

#[test]
fn the_head_moves_with_answers_alone() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    assert_eq!(open(dir.path()).head().unwrap(), None);
    let path = dir.path().join("收回.xlsx");
    grid(&run, "诫勉谈话名单").set(0, "委员会意见", "同意").write(&path);
    taken(record(dir.path(), &[path], false));
    let head = open(dir.path()).head().unwrap();
    assert!(head.is_some());
    publish(dir.path(), &registration(2016, Run::HalfYear));
    assert_eq!(open(dir.path()).head().unwrap(), head);
}

#[test]
fn show_and_ledger_tell_what_is_decided_and_what_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let (list, inquiry) = (dir.path().join("诫勉.xlsx"), dir.path().join("函询.xlsx"));
    grid(&run, "诫勉谈话名单").set(0, "委员会意见", "同意").set(1, "委员会意见", "缓议").write(&list);
    grid(&run, "函询核实名单").set(0, "委员会意见", "同意").set(0, "回复期限", Cell::Date(2016, 1, 15)).write(&inquiry);
    taken(record(dir.path(), &[list, inquiry], false));
    let day = |day| NaiveDate::from_ymd_opt(2016, 1, day);
    let text = open(dir.path()).show(day(16), &Calendar::default()).unwrap();
    for part in [
        "2015年年度（基准日 2015-12-31）：共 7 项",
        "诫勉谈话名单 3 项：同意 1，不同意 0，变更 0，缓议 1，未答复 1",
        "督办（截至 2016-01-16，逾期 1 项，将到期 0 项）",
        "2015-A-函询-C-K1 张三：函询回复，期限 2016-01-15，逾期",
        "2015-A-诫勉谈话-C-K2 李四：缓议",
        "2015-A-诫勉谈话-C-K3 王五",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(
        open(dir.path()).show(day(15), &Calendar::default()).unwrap().contains("逾期 0 项"),
        "the last day is in time"
    );
    assert!(
        !open(dir.path()).show(None, &Calendar::default()).unwrap().contains("逾期"),
        "without a day nothing is overdue"
    );
    // A re-run withdraws the agreed admonition.
    let mut again = registration(2015, Run::Annual);
    again.lists[2].rows.remove(0);
    super::sheets::line_of(&mut again.lists[3].rows[0]).check = "b2b2".into();
    publish(dir.path(), &again);
    let text = open(dir.path()).show(None, &Calendar::default()).unwrap();
    for part in
        ["重新运行后不再提出\n    2015-A-诫勉谈话-C-K1 张三：同意", "依据已变，请重新审定\n    2015-A-函询-C-K1 张三"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let ledger = open(dir.path()).ledger(day(16), &Calendar::default()).unwrap().0;
    assert!(ledger.iter().all(|sheet| sheet.rows.iter().all(|row| row.len() == sheet.columns.len())));
    let rows = |name: &str| &ledger.iter().find(|sheet| sheet.name == name).unwrap().rows;
    assert_eq!(rows("台账").len(), 6);
    assert_eq!(rows("不再提出")[0][3], "2015-A-诫勉谈话-C-K1");
    assert_eq!(rows("历次答复").len(), 3);
}
