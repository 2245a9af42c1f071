//! `record`: every reason to take nothing.

use kaohe::archive::Intake;
use kaohe::pack::Run;
use std::slice::from_ref;

use super::record::entries;
use super::sheets::{Cell, Grid, grid, registration};
use super::{publish, record};

/// A spoilt list: its name, what is done to it, and where and why it is refused.
type Case<'a> = (&'a str, &'a str, fn(&mut Grid), &'a [(&'a str, &'a str)]);

#[test]
fn each_fault_is_named_by_its_cell_and_nothing_is_taken() {
    let cases: &[Case] = &[
        (
            "opinion outside its set",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "赞成");
            },
            &[("N4", "只能是「同意」「不同意」「缓议」「变更」，现为「赞成」")],
        ),
        (
            "opinion is an error value",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", Cell::Formula("=1/0", "#DIV/0!"));
            },
            &[("N4", "#DIV/0!")],
        ),
        (
            "an answer that its format hides",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", Cell::Veiled("同意", ";;;"));
            },
            &[("N4", "显示为空白，实际存有「同意」")],
        ),
        (
            "an answer that its format turns round",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", Cell::Veiled("同意", ";;;\"不\"@"));
            },
            &[("N4", "显示为「不同意」，实际存放的却是「同意」")],
        ),
        (
            "a date that shows no day",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "决定日期", Cell::Shown(42_179.0, "yyyy\"年\"m\"月\""));
            },
            &[("P4", "「决定日期」不是日期：「2015年6月」")],
        ),
        (
            "a remark that is a percentage, one that is hidden",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "备注", Cell::Shown(0.5, "0%"));
                g.set(0, "决定日期", Cell::Shown(42_179.0, ";;;"));
            },
            &[("P4", "显示为空白，实际存有「42179」"), ("Q4", "显示为「50%」，实际存放的却是「0.5」")],
        ),
        (
            "broken date",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "决定日期", "七月上旬");
            },
            &[("P4", "不是日期")],
        ),
        (
            "a year in a cell that shows dates is none",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "决定日期", Cell::Date(1905, 7, 7));
            },
            &[("P4", "不是日期")],
        ),
        (
            "a wrong answer in a row that was changed",
            "诫勉谈话名单",
            |g| {
                g.set(0, "对象", "张山").set(0, "委员会意见", "好").set(0, "核对码", "zzzz");
            },
            &[("R4", "核对码被改动"), ("C4", "「对象」与登记不符"), ("N4", "现为「好」")],
        ),
        (
            "all that is wrong with one answer",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "好").set(0, "决定方式", "谈心").set(0, "决定日期", "七月上旬");
            },
            &[("P4", "不是日期"), ("N4", "现为「好」"), ("O4", "现为「谈心」")],
        ),
        (
            "a wrong date beside a wrong method",
            "调整建议名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "决定方式", "通报").set(0, "决定日期", "七月上旬");
            },
            &[("P4", "不是日期"), ("O4", "现为「通报」")],
        ),
        (
            "a wrong date in a row of the register that was changed",
            "档案登记",
            |g| {
                g.set(0, "对象", "张山").set(0, "谈话日期", "七月上旬");
            },
            &[("C4", "「对象」与登记不符"), ("H4", "不是日期")],
        ),
        (
            "a year is no date",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "决定日期", Cell::Number(2015.0));
            },
            &[("P4", "不是日期")],
        ),
        (
            "broken date in a list's own column",
            "函询核实名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "回复期限", "2015-02-30");
            },
            &[("R4", "「回复期限」不是日期")],
        ),
        (
            "method outside the options",
            "调整建议名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "决定方式", "降职");
            },
            &[("O4", "只能是「调整」「免职」")],
        ),
        (
            "without options only the action itself",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "同意").set(0, "决定方式", "约谈");
            },
            &[("O4", "只能是「诫勉谈话」")],
        ),
        (
            "a change to what the pack does not know",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "变更").set(0, "决定方式", "开除");
            },
            &[("O4", "现为「开除」")],
        ),
        (
            "a change without method",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "变更");
            },
            &[("O4", "必须填「决定方式」")],
        ),
        (
            "refused with a method",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "不同意").set(0, "决定方式", "约谈");
            },
            &[("O4", "应当空白")],
        ),
        (
            "deferred with a method",
            "调整建议名单",
            |g| {
                g.set(0, "委员会意见", "缓议").set(0, "决定方式", "免职");
            },
            &[("O4", "应当空白")],
        ),
        (
            "several options and none chosen",
            "调整建议名单",
            |g| {
                g.set(0, "委员会意见", "同意");
            },
            &[("O4", "必须填「决定方式」（「调整」「免职」）")],
        ),
        (
            "other answer cells without an opinion",
            "诫勉谈话名单",
            |g| {
                g.set(1, "备注", "另议");
            },
            &[("N5", "填了「备注」，但没有「委员会意见」")],
        ),
        (
            "a list's own answer without an opinion",
            "函询核实名单",
            |g| {
                g.set(0, "回复日期", Cell::Date(2015, 7, 1));
            },
            &[("N4", "填了「回复日期」")],
        ),
        (
            "a changed text",
            "诫勉谈话名单",
            |g| {
                g.set(0, "事实", "考核等次：不称职");
            },
            &[("K4", "登记为「考核等次:基本称职」")],
        ),
        (
            "a changed name",
            "诫勉谈话名单",
            |g| {
                g.set(2, "对象", "王伍");
            },
            &[("C6", "现为「王伍」")],
        ),
        (
            "a filled blank",
            "诫勉谈话名单",
            |g| {
                g.set(0, "可选方式", "免职");
            },
            &[("I4", "登记为「」")],
        ),
        (
            "an emptied cell",
            "诫勉谈话名单",
            |g| {
                g.set(0, "职务", "");
            },
            &[("F4", "现为「」")],
        ),
        (
            "a changed check code",
            "诫勉谈话名单",
            |g| {
                g.set(0, "核对码", "bbbb");
            },
            &[("R4", "核对码被改动")],
        ),
        (
            "a lost check code",
            "诫勉谈话名单",
            |g| {
                g.set(0, "核对码", "");
            },
            &[("R4", "核对码空白")],
        ),
        (
            "a missing row",
            "诫勉谈话名单",
            |g| {
                g.0.remove(4);
            },
            &[("B3", "缺少「2015-A-诫勉谈话-C-K2」（李四）")],
        ),
        (
            "all rows missing",
            "函询核实名单",
            |g| {
                g.0.truncate(3);
            },
            &[("B3", "缺少「2015-A-函询-C-K1」")],
        ),
        (
            "a repeated row",
            "诫勉谈话名单",
            |g| {
                let row = g.0[3].clone();
                g.0.push(row);
            },
            &[("B7", "重复出现")],
        ),
        (
            "a foreign row",
            "诫勉谈话名单",
            |g| {
                let mut row = g.0[3].clone();
                row[1] = Cell::from("2015-A-诫勉谈话-C-K9");
                g.0.push(row);
            },
            &[("B7", "档案中没有处理编号「2015-A-诫勉谈话-C-K9」")],
        ),
        (
            "a row of another list",
            "诫勉谈话名单",
            |g| {
                let mut row = g.0[3].clone();
                row[1] = Cell::from("2015-A-函询-C-K1");
                g.0.push(row);
            },
            &[("B7", "是2015年年度《函询核实名单》中的行")],
        ),
        (
            "an answer on a row without id",
            "诫勉谈话名单",
            |g| {
                let mut row = vec![Cell::Blank; 18];
                row[13] = Cell::from("同意");
                g.0.push(row);
            },
            &[("B7", "没有「处理编号」")],
        ),
        (
            "an id that lost its place",
            "诫勉谈话名单",
            |g| {
                g.set(0, "处理编号", "");
            },
            &[("B4", "没有「处理编号」"), ("B3", "缺少「2015-A-诫勉谈话-C-K1」")],
        ),
        (
            "a deleted column",
            "诫勉谈话名单",
            |g| {
                g.0.iter_mut().skip(2).for_each(|row| {
                    row.remove(10);
                });
            },
            &[("A3", "缺少「事实」一列")],
        ),
        (
            "a doubled column",
            "诫勉谈话名单",
            |g| {
                g.0[2].push(Cell::from("备注"));
            },
            &[("Q3", "2 列都叫「备注」")],
        ),
        (
            "every fault of every row",
            "诫勉谈话名单",
            |g| {
                g.set(0, "委员会意见", "赞成").set(1, "委员会意见", "变更").set(2, "职务", "书记");
            },
            &[("N4", "只能是"), ("O5", "必须填"), ("F6", "与登记不符")],
        ),
        (
            "register: broken date",
            "档案登记",
            |g| {
                g.set(0, "谈话日期", "不详");
            },
            &[("H4", "「谈话日期」不是日期")],
        ),
        (
            "register: changed row",
            "档案登记",
            |g| {
                g.set(0, "对象", "张五");
            },
            &[("C4", "现为「张五」")],
        ),
        (
            "register: missing row",
            "档案登记",
            |g| {
                g.0.remove(4);
            },
            &[("D3", "缺少「特别监督档案」「K1」")],
        ),
        (
            "register: foreign row",
            "档案登记",
            |g| {
                let mut row = g.0[3].clone();
                row[3] = Cell::from("K7");
                g.0.push(row);
            },
            &[("D6", "没有「年度考核管理档案」「K7」这一行")],
        ),
        (
            "register: repeated row",
            "档案登记",
            |g| {
                let row = g.0[3].clone();
                g.0.push(row);
            },
            &[("D6", "重复出现")],
        ),
        (
            "register: a file that is none",
            "档案登记",
            |g| {
                g.set(0, "档案", "个人档案");
            },
            &[("B4", "没有「个人档案」「K1」这一行"), ("D3", "缺少")],
        ),
        (
            "register: changed line id",
            "档案登记",
            |g| {
                g.set(0, "处理编号", "2015-A-约谈-C-K2");
            },
            &[("F4", "「处理编号」与登记不符")],
        ),
    ];
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let before = entries(dir.path());
    for (name, list, spoil, expected) in cases {
        let mut spoilt = grid(&run, list);
        spoil(&mut spoilt);
        let path = dir.path().join("收回.xlsx");
        spoilt.write(&path);
        // A faultless workbook beside it is not taken either.
        let good = dir.path().join("好.xlsx");
        let other = if *list == "约谈名单" { "调整建议名单" } else { "约谈名单" };
        grid(&run, other).set(0, "委员会意见", "同意").write(&good);
        let Intake::Refused(faults) = record(dir.path(), &[good, path.clone()], false) else { panic!("{name}: taken") };
        let told: Vec<String> = faults.iter().map(|fault| fault.to_string()).collect();
        assert_eq!(faults.len(), expected.len(), "{name}: {told:#?}");
        for (fault, (cell, reason)) in faults.iter().zip(*expected) {
            assert_eq!(fault.cell, *cell, "{name}: {told:#?}");
            let said = kaohe::table::text::key(&fault.reason);
            assert!(said.contains(&kaohe::table::text::key(reason)), "{name}: {said}");
            assert_eq!(fault.file, path.display().to_string(), "{name}");
            assert_eq!(fault.sheet, "Sheet1", "{name}");
            assert!(!fault.remedy.is_empty(), "{name}");
        }
        assert_eq!(entries(dir.path()), before, "{name}: the archive changed");
    }
}

#[test]
fn files_that_are_no_lists_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let text = dir.path().join("说明.txt");
    std::fs::write(&text, "不是表").unwrap();
    let prose = dir.path().join("总览.xlsx");
    Grid(vec![vec![Cell::from("总览")], vec![Cell::from("处理"), Cell::from("数量")]]).write(&prose);
    let stranger = dir.path().join("别处.xlsx");
    grid(&registration(2013, Run::Annual), "约谈名单").set(0, "委员会意见", "同意").write(&stranger);
    let nowhere = dir.path().join("没有.xlsx");
    let emptied = dir.path().join("空.xlsx");
    let mut rowless = grid(&run, "诫勉谈话名单");
    rowless.0.truncate(3);
    rowless.0[0][0] = Cell::from("改过的标题");
    rowless.write(&emptied);
    for (path, reason) in [
        (&text, "纯文本"),
        (&prose, "不是 kaohe 发布的名单"),
        (&stranger, "档案中没有处理编号「2013-A-约谈-C-K1」"),
        (&nowhere, "找不到"),
        (&emptied, "标题与档案中任何一份名单都对不上"),
    ] {
        let Intake::Refused(faults) = record(dir.path(), from_ref(path), false) else {
            panic!("{} was taken", path.display())
        };
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].to_string().contains(reason), "{}", faults[0]);
    }
}
