//! The workbooks under 报审: one authority's lines come back alone, and what a workbook is for stands in its title.

use std::path::{Path, PathBuf};

use kaohe::archive::{Archive, Intake, IntakeFault, Mode, Registration};
use kaohe::pack::Run;

use super::sheets::{Cell, Grid, grid, registration};
use super::{publish, record, taken};

const LIST: &str = "诫勉谈话名单";

/// Three admonitions: of K1 and K3 市委 decides, of K2 省委.
fn published(dir: &Path) -> Registration {
    let mut registered = registration(2015, Run::Annual);
    let list = registered.lists.iter_mut().find(|list| list.name == LIST).unwrap();
    let authority = list.columns.iter().position(|column| column == "管理权限").unwrap();
    list.rows[1].cells[authority] = "省委".into();
    // The register does not say it of K3, as of a team.
    list.rows[2].cells[authority] = "".into();
    publish(dir, &registered);
    registered
}

/// An authority's part of the list: its title, and the lines that are left.
fn part(registered: &Registration, authority: &str, lines: &[usize]) -> Grid {
    let mut part = grid(registered, LIST);
    part.0[0][0] = Cell::from(format!("昆明市2015年年度{LIST}（管理权限：{authority}）").as_str());
    let rows = part.0.split_off(3);
    part.0.extend(lines.iter().map(|line| rows[*line].clone()));
    part
}

fn saved(dir: &Path, name: &str, grid: &Grid) -> PathBuf {
    let path = dir.join(name);
    grid.write(&path);
    path
}

#[track_caller]
fn refused(outcome: Intake) -> Vec<IntakeFault> {
    match outcome {
        Intake::Refused(faults) => faults,
        Intake::Taken(recorded) => panic!("taken: {recorded}"),
    }
}

fn opinion(dir: &Path, subject: &str) -> Option<String> {
    let archive = Archive::open(&dir.join("档案.db"), Mode::Read).unwrap();
    let history = archive.history(1900, Run::Annual).unwrap();
    history.facts.lines[&format!("2015-A-诫勉谈话-C-{subject}")]
        .decision
        .as_ref()
        .map(|given| given.opinion().to_owned())
}

#[test]
fn an_authority_s_part_is_taken_alone() {
    let dir = tempfile::tempdir().unwrap();
    let registered = published(dir.path());
    let mut own = part(&registered, "省委", &[1]);
    own.set(0, "委员会意见", "同意");
    let path = saved(dir.path(), "省委.xlsx", &own);
    assert_eq!(taken(record(dir.path(), &[path], false)).new, 1);
    let mut own = part(&registered, "市委", &[0, 2]);
    own.set(0, "委员会意见", "不同意").set(1, "委员会意见", "同意");
    let path = saved(dir.path(), "市委.xlsx", &own);
    assert_eq!(taken(record(dir.path(), &[path], false)).new, 2);
    let said = ["K1", "K2", "K3"].map(|subject| opinion(dir.path(), subject).unwrap());
    assert_eq!(said, ["不同意", "同意", "同意"]);
}

#[test]
fn no_row_of_an_authority_s_part_may_be_missing_and_none_may_be_another_s() {
    let dir = tempfile::tempdir().unwrap();
    let registered = published(dir.path());
    // A team's line, or one of which the register does not say it, belongs to the part of the default authority.
    let path = saved(dir.path(), "缺.xlsx", &part(&registered, "市委", &[0]));
    let faults = refused(record(dir.path(), &[path], false));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].reason.contains("缺少「2015-A-诫勉谈话-C-K3」"), "{faults:?}");
    let path = saved(dir.path(), "多.xlsx", &part(&registered, "省委", &[0, 1]));
    let faults = refused(record(dir.path(), &[path], false));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].reason.contains("管理权限是「市委」") && faults[0].cell == "B4", "{faults:?}");
    let path = saved(dir.path(), "空.xlsx", &part(&registered, "省委", &[]));
    assert!(refused(record(dir.path(), &[path], false))[0].reason.contains("缺少「2015-A-诫勉谈话-C-K2」"));
}

#[test]
fn what_a_workbook_is_for_is_not_guessed_from_its_rows() {
    let dir = tempfile::tempdir().unwrap();
    let registered = published(dir.path());
    // All rows of 市委 under the title of the whole list: the other's row is missing.
    let mut whole = part(&registered, "市委", &[0, 2]);
    whole.0[0][0] = grid(&registered, LIST).0[0][0].clone();
    let path = saved(dir.path(), "全.xlsx", &whole);
    assert!(refused(record(dir.path(), &[path], false))[0].reason.contains("C-K2"));
    // Without a title nobody knows.
    let mut untitled = grid(&registered, LIST);
    untitled.0[0][0] = Cell::Blank;
    let path = saved(dir.path(), "无题.xlsx", &untitled);
    let faults = refused(record(dir.path(), &[path], false));
    assert!(faults[0].reason.contains("不知道这是哪一份名单"), "{faults:?}");
    // Another list's title: none of its rows are here, and none of these belong there.
    let mut other = grid(&registered, LIST);
    other.0[0][0] = grid(&registered, "约谈名单").0[0][0].clone();
    let path = saved(dir.path(), "错题.xlsx", &other);
    assert_eq!(refused(record(dir.path(), &[path], false)).len(), 4);
}

#[test]
fn a_line_answered_differently_in_two_workbooks_is_a_fault_in_both() {
    let dir = tempfile::tempdir().unwrap();
    let registered = published(dir.path());
    let mut whole = grid(&registered, LIST);
    whole.set(1, "委员会意见", "同意");
    let mut own = part(&registered, "省委", &[1]);
    own.set(0, "委员会意见", "不同意");
    let paths = [saved(dir.path(), "全.xlsx", &whole), saved(dir.path(), "省委.xlsx", &own)];
    let faults = refused(record(dir.path(), &paths, false));
    let places: Vec<(bool, &str)> =
        faults.iter().map(|fault| (fault.file.ends_with("全.xlsx"), fault.cell.as_str())).collect();
    assert_eq!(places, [(true, "N5"), (false, "N4")], "{faults:?}");
    assert!(faults.iter().all(|fault| fault.reason.contains("答复不同")), "{faults:?}");
    assert_eq!(opinion(dir.path(), "K2"), None, "nothing is taken");
}

#[test]
fn the_same_answer_in_two_workbooks_is_one_and_a_blank_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let registered = published(dir.path());
    let mut whole = grid(&registered, LIST);
    whole.set(0, "委员会意见", "同意").set(1, "委员会意见", "同意");
    let mut own = part(&registered, "省委", &[1]);
    own.set(0, "委员会意见", "同意").set(0, "备注", "按期办理");
    let blank = part(&registered, "市委", &[0, 2]);
    for (order, name) in [([0, 1, 2], "一"), ([2, 1, 0], "二")] {
        let grids = [&whole, &own, &blank];
        let paths: Vec<PathBuf> =
            order.iter().map(|at| saved(dir.path(), &format!("{name}{at}.xlsx"), grids[*at])).collect();
        let recorded = taken(record(dir.path(), &paths, false));
        let expected = if name == "一" { (2, 0, 1) } else { (0, 2, 1) };
        assert_eq!((recorded.new, recorded.unchanged, recorded.blank), expected, "{name}: {recorded}");
    }
    assert_eq!([opinion(dir.path(), "K1"), opinion(dir.path(), "K3")], [Some("同意".to_owned()), None]);
}

#[test]
fn answers_under_报审_keep_a_run_from_being_superseded() {
    let dir = tempfile::tempdir().unwrap();
    let registered = published(dir.path());
    let folder = dir.path().join("2015-annual").join("报审/省委");
    std::fs::create_dir_all(&folder).unwrap();
    let mut own = part(&registered, "省委", &[1]);
    own.set(0, "委员会意见", "同意");
    let path = saved(&folder, "诫勉谈话名单.xlsx", &own);
    let run = dir.path().join("2015-annual");
    let unrecorded = || {
        let archive = Archive::open(&dir.path().join("档案.db"), Mode::Read).unwrap();
        archive.unrecorded_answers(&run).unwrap().into_iter().map(|case| case.file).collect::<Vec<_>>()
    };
    assert_eq!(unrecorded(), ["报审/省委/诫勉谈话名单.xlsx"]);
    std::fs::write(folder.join("~$诫勉谈话名单.xlsx"), "").unwrap();
    assert_eq!(kaohe::archive::open_lists(&run).unwrap(), ["报审/省委/诫勉谈话名单.xlsx"]);
    taken(record(dir.path(), &[path], false));
    assert!(unrecorded().is_empty());
    // Wherever people put it below 报审.
    own.set(0, "委员会意见", "不同意");
    saved(&run.join("报审"), "答复.xlsx", &own);
    let deeper = run.join("报审/省委/已填");
    std::fs::create_dir_all(&deeper).unwrap();
    saved(&deeper, "诫勉谈话名单.xlsx", &own);
    assert_eq!(unrecorded(), ["报审/答复.xlsx", "报审/省委/已填/诫勉谈话名单.xlsx"]);
}
