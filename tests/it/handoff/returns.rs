//! 数据问题清单, 退回单, 待定事项, 总览, 变更对照.

use kaohe::finding::Code;
use kaohe::handoff::changes::{self, Summaries, Summary};
use kaohe::handoff::{Handoff, Publication, publish_faults};

use super::book::{Listed, parts};
use super::material::*;

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
    let strings = &parts["xl/sharedStrings.xml"];
    for shown in ["一百二十", "工作落实评价", "（空）", "盘龙区"] {
        assert!(strings.contains(shown), "{shown}");
    }
    assert!(dir.path().join("退回单").join("名册.xlsx").exists());
}

#[test]
fn check_hands_back_the_same_faults_without_a_run() {
    let city = City::usual();
    let dir = tempfile::tempdir().unwrap();
    let files = publish_faults(dir.path(), &city.pack, &city.data).unwrap().files;
    assert_eq!(files, ["数据问题清单.xlsx", "退回单/市直部门_半年考核（报送）.xls.xlsx"]);
}

#[test]
fn pending_cases_say_what_is_missing() {
    let dir = City::usual().published();
    let read = Listed::read(&dir.path().join("待定事项.xlsx"), "序号");
    assert_eq!(read.texts("待定事由"), ["《办法》第四部分（4.4）：是否诫勉谈话"]);
    assert_eq!(read.texts("缺少的事实"), ["「考核等次」"]);
    assert_eq!(read.texts("怎么办"), ["查明并补齐「考核等次」"]);
    assert_eq!(read.texts("来源"), ["档案!2014-A-诫勉谈话-C-C00002"]);
    let dir = City::new(12).published();
    let read = Listed::read(&dir.path().join("待定事项.xlsx"), "序号");
    assert_eq!(read.rows[0][0], "本次没有待定事项。");
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
    let handoff = Handoff::new(&city.pack, &city.data, &city.outcome);
    let new: Vec<Summary> =
        handoff.lists.iter().map(Summaries::of).flat_map(|list| list.all().collect::<Vec<_>>()).collect();
    let mut old = new.clone();
    old.retain(|summary| summary.id != "2015-A-通报-T-T00001");
    old.push(Summary { id: "2015-A-整顿-T-T00003".into(), object: "某区".into(), ..Summary::default() });
    let changed = old.iter_mut().find(|summary| summary.id == "2015-A-诫勉谈话-C-C00001").unwrap();
    changed.check = "other".into();
    changed.facts = "年度考核等次：不称职".into();
    let changes = changes::compare(&old, &new);
    let dir = tempfile::tempdir().unwrap();
    let publication = Publication { info: &city.info, figures: &city.figures, notices: false, changes: Some(&changes) };
    handoff.publish(dir.path(), &publication).unwrap();
    let read = Listed::read(&dir.path().join("变更对照.xlsx"), "序号");
    assert_eq!(read.texts("变更"), ["新增", "撤销", "改变"]);
    assert_eq!(read.texts("处理编号"), ["2015-A-通报-T-T00001", "2015-A-整顿-T-T00003", "2015-A-诫勉谈话-C-C00001"]);
    assert_eq!(read.texts("原因")[2], "事实已变");
}
