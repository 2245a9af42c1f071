//! 数据问题清单, 退回单, 待定事项, 总览, 变更对照.

use calamine::{Reader, Xlsx, open_workbook};
use kaohe::finding::Code;
use kaohe::handoff::changes::{Difference, PrintedLine};
use kaohe::handoff::{Handoff, publish_faults};

use super::book::{Listed, parts};
use super::material::*;
use crate::rules::city::rows_of;
use crate::rules::golden::run_fixture;

#[test]
fn every_finding_is_listed_with_place_reason_and_remedy() {
    let city = City::usual();
    let dir = city.published();
    let read = Listed::read(&dir.path().join("数据问题清单.xlsx"), "序号");
    assert_eq!(read.rows.len(), city.data.findings.len());
    for (row, finding) in read.rows.iter().zip(&city.data.findings) {
        let value = if finding.value.is_empty() { "（空）" } else { &finding.value };
        assert_eq!(
            row[1..9],
            [
                &finding.file,
                &finding.sheet,
                &finding.cell,
                &finding.table,
                &finding.column,
                value,
                &finding.reason,
                &finding.remedy
            ]
        );
    }
    assert_eq!(read.texts("处理"), ["退回", "退回", "提醒"]);
}

#[test]
fn a_return_slip_holds_the_faults_of_its_workbook_alone() {
    let mut city = City::usual();
    let mut other = city.data.findings[2].clone();
    other.file = "名册.xlsx".into();
    other.value = "别处的值".into();
    city.data.findings.push(other);
    city.data.findings[0].reason =
        format!("有2行，所填不一致：「44」（{BOOK}!Sheet1!F6）、「别处」（名册.xlsx!干部!F3）");
    city.data.findings[0].code = Code::DuplicateElsewhere;
    let dir = city.published();
    let path = dir.path().join("退回单").join("市直部门_半年考核（报送）.xls.xlsx");
    let read = Listed::read(&path, "序号");
    assert_eq!(read.texts("单元格"), ["F6", "G6", "H9"]);
    assert_eq!(read.texts("问题")[..2], ["其他工作簿也报送了同一记录，内容与本行不一致", "没有填写"]);
    let parts = parts(&path);
    assert!(parts.values().all(|part| !part.contains("别处") && !part.contains("名册.xlsx")));
    for shown in ["一百二十", "工作落实评价", "（空）", "盘龙区"] {
        assert!(parts.values().any(|part| part.contains(shown)), "{shown}");
    }
    assert!(dir.path().join("退回单").join("名册.xlsx").exists());
}

/// An office whose rows were all taken is asked to look, not to send again.
#[test]
fn a_slip_of_reminders_alone_asks_for_nothing_again() {
    let dir = tempfile::tempdir().unwrap();
    run_fixture("kunming", "annual", &[], dir.path());
    let slip = dir.path().join("2015-annual/退回单/市委目督办-半年考核.xlsx");
    let text = rows_of(&slip).concat().join("\n");
    assert!(text.contains("没有退回的行") && text.contains("提醒"), "{text}");
    assert!(!text.contains("重新报送") && !text.contains("0 行"), "{text}");
    let list = rows_of(&dir.path().join("2015-annual/数据问题清单.xlsx"))[1].concat();
    assert!(list.starts_with("退回 0 行，提醒 1 处。") && !list.contains("重新报送"), "{list}");
}

#[test]
fn tables_on_one_sheet_are_told_apart_and_yes_and_no_say_of_what() {
    let dir = tempfile::tempdir().unwrap();
    run_fixture("kunming", "annual", &[], dir.path());
    let path = dir.path().join("2015-annual/总览.xlsx");
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let range = book.worksheet_range("12380举报；班子半年落实与年度目标").unwrap();
    let told: Vec<String> = range.rows().flatten().map(ToString::to_string).collect();
    assert_eq!(told[0], "昆明市2015年度考核12380举报；班子半年落实与年度目标");
    for said in ["年度目标仍差：否", "年度目标仍差：是", "半年落实不力：否", "半年落实不力：是"]
    {
        assert!(told.iter().any(|cell| cell == said), "{said} is not in {told:?}");
    }
    assert!(!told.iter().any(|cell| ["是", "否"].contains(&cell.as_str())), "{told:?}");
}

#[test]
fn check_hands_back_the_same_faults_without_a_run() {
    let city = City::usual();
    let dir = tempfile::tempdir().unwrap();
    let files = publish_faults(dir.path(), &city.pack, &city.data).unwrap();
    assert_eq!(files, ["数据问题清单.xlsx", "退回单/市直部门_半年考核（报送）.xls.xlsx"]);
}

#[test]
fn pending_cases_say_what_is_missing() {
    let dir = City::usual().published();
    let read = Listed::read(&dir.path().join("待定事项.xlsx"), "序号");
    assert_eq!(read.texts("待定事由")[0].replace('\n', ""), "《办法》第四部分〔规则4.4〕：是否诫勉谈话");
    assert_eq!(read.texts("缺少的事实"), ["「考核等次」"]);
    assert_eq!(read.texts("怎么办")[0].replace('\n', ""), "请市委组织部在《年度考核_干部》中补齐「考核等次」");
    assert_eq!(read.texts("来源"), ["档案!2014-A-诫勉谈话-C-C00002"]);
    let dir = City::new(12).published();
    let read = Listed::read(&dir.path().join("待定事项.xlsx"), "序号");
    assert_eq!(read.rows[0][0], "本次没有待定事项。");
}

/// Whoever sends the grade settles all rules that wait for it: one row names them.
#[test]
fn cases_that_wait_for_the_same_are_one_row_that_names_table_and_office() {
    let mut city = City::usual();
    let known = city.outcome.pending[0].clone();
    let mut add = |rule: &str, kind: usize, index: u32, missing: &[&str]| {
        city.outcome.pending.push(kaohe::consequence::Pending {
            rule: rule.into(),
            rule_index: city.pack.rules.iter().position(|known| known.id == rule),
            kind,
            id: city.data.registers[kind].ids[index as usize].clone(),
            label: city.data.registers[kind].labels[index as usize].clone(),
            subject: Some(kaohe::consequence::Subject { kind, index }),
            missing: missing.iter().map(|name| (*name).to_owned()).collect(),
            ..known.clone()
        });
    };
    add("4.1-cadre", CADRE, 1, &["考核等次"]);
    add("4.2", CADRE, 1, &["考核等次", "特别优秀"]);
    add("2.1-serious", CADRE, 2, &["情节"]);
    add("1.3", TEAM, 0, &["主要负责人"]);
    add("1.3", TEAM, 1, &["相关责任领导"]);
    add("4.5", CADRE, 3, &["本年诫勉"]);
    add("4.5", CADRE, 4, &["所属年度"]);
    add("数据待更正", CADRE, 5, &["谈话记录"]);
    add("无适用条款", CADRE, 6, &[]);
    let dir = city.published();
    let read = Listed::read(&dir.path().join("待定事项.xlsx"), "序号");
    let told = |at: usize| ["编号", "规则", "怎么办"].map(|name| read.texts(name)[at].replace('\n', ""));
    let rows: Vec<[String; 3]> = (0..read.rows.len()).map(told).collect();
    let grade = "请市委组织部在《年度考核_干部》中补齐「考核等次」";
    // The table is named once.
    let both = format!("{grade}「特别优秀」");
    let office = "请市委目督办、市政府目督办在《半年考核_班子》中补齐「相关责任领导」";
    let talks = "请市委组织部在《谈话记录》中补齐";
    assert_eq!(
        rows[..9],
        [
            ["T00001", "1.3", "请市委组织部在《干部名册》中补齐「主要负责人」"],
            ["C00002", "4.4、4.1-cadre", grade],
            ["C00002", "4.2", both.as_str()],
            ["C00003", "2.1-serious", "请市委组织部干部监督机构在《问题线索》中补齐「情节」"],
            ["C00004", "4.5", rows[4][2].as_str()],
            ["C00005", "4.5", format!("{talks}「所属年度」").as_str()],
            ["C00006", "数据待更正", "请市委组织部更正《谈话记录》中被退回的行（见数据问题清单、退回单）后重新报送",],
            ["C00007", "无适用条款", "没有条款适用，请研究是否另行处理"],
            ["T00002", "1.3", office],
        ]
    );
    assert!(rows[4][2].contains("本人其他待定事项补齐后即可判断"), "{}", rows[4][2]);
    // 总览 counts the rows that are read there.
    let figures = Listed::read(&dir.path().join("总览.xlsx"), "项目");
    let of = figures.rows.iter().find(|row| row[0] == "待定事项").unwrap();
    let told: Vec<&str> = of.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(told, ["待定事项", "9", "见待定事项；按条款计 10 项"]);
}

/// A limit judges only years in which it was in force.
#[test]
fn a_share_without_a_limit_then_is_shown_without_one() {
    let mut city = City::usual();
    city.figures.ratios[0].limit = None;
    assert!(!city.figures.ratios[0].exceeds());
    let dir = city.published();
    let strings = &parts(&dir.path().join("总览.xlsx"))["xl/sharedStrings.xml"];
    assert!(strings.contains("当时没有上限"));
    let pack = &city.pack;
    let day = |year| chrono::NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
    assert!(pack.overview.ratios.iter().all(|ratio| ratio.limits.iter().all(|(from, _)| *from > day(2018))));
}

#[test]
fn the_overview_has_figures_charts_and_the_account_of_every_sheet() {
    let city = City::usual();
    let dir = city.published();
    let parts = parts(&dir.path().join("总览.xlsx"));
    assert!(parts.keys().filter(|name| name.starts_with("xl/charts/chart")).count() >= 4);
    let strings = &parts["xl/sharedStrings.xml"];
    for sheet in &city.data.sheets {
        assert!(strings.contains(&format!(">{}<", sheet.name)), "{}", sheet.name);
    }
    for shown in ["12380举报（按渠道和核实结果）", "手机短信", "超出", "干部优秀比例", "相符", "单位类别"]
    {
        assert!(strings.contains(shown), "{shown}");
    }
    // Exactly at the limit is not above it: one of the two ratios is.
    assert_eq!(strings.matches(">未超出<").count(), 1);
}

#[test]
fn changes_against_the_superseded_run_are_told() {
    let city = City::usual();
    let handoff = Handoff::new(&city.pack, &city.data, &city.outcome, &city.info);
    let told = |id: &str, facts: &str| {
        Some(PrintedLine::new(|column| match column {
            "处理编号" => id.to_owned().into(),
            "事实" => facts.to_owned().into(),
            _ => "—".into(),
        }))
    };
    let changes = [
        Difference { old: None, new: told("2015-A-通报-T-T00001", ""), doubt: None },
        Difference { old: told("2015-A-整顿-T-T00003", ""), new: None, doubt: None },
        Difference {
            old: told("2015-A-诫勉谈话-C-C00001", "不称职"),
            new: told("2015-A-诫勉谈话-C-C00001", "基本称职"),
            doubt: None,
        },
    ];
    let dir = tempfile::tempdir().unwrap();
    handoff.publish(dir.path(), &city.figures, false, Some(&changes)).unwrap();
    let read = Listed::read(&dir.path().join("变更对照.xlsx"), "序号");
    assert_eq!(read.texts("变更"), ["新增", "撤销", "改变"]);
    assert_eq!(read.texts("处理编号"), ["2015-A-通报-T-T00001", "2015-A-整顿-T-T00003", "2015-A-诫勉谈话-C-C00001"]);
    assert_eq!(read.texts("原依据和事实"), ["", "—", "—：不称职"]);
    assert_eq!(read.texts("原因")[2], "事实已变");
}
