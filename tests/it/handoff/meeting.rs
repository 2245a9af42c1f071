//! 会审一览, and what each authority is handed of it and of the lists.

use std::collections::BTreeSet;
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};

use super::book::{Listed, attribute, parts, tags};
use super::listed;
use super::material::*;

const READ: [&str; 7] = ["序号", "对象", "单位及职务", "管理权限", "拟处理", "事实与依据", "提示"];

/// A sheet of the workbook below its header: what stands above it, and rows by column.
fn sheet(path: &Path, name: &str) -> (Vec<String>, Vec<String>, Vec<Vec<String>>) {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let header = rows.iter().position(|row| row[0] == "序号").unwrap();
    let head = rows[..header].iter().map(|row| row[0].clone()).collect();
    (head, rows[header].clone(), rows[header + 1..].to_vec())
}

#[test]
fn everybody_stands_once_with_everything_proposed() {
    let dir = City::usual().published();
    let path = dir.path().join("会审一览.xlsx");
    let (head, columns, rows) = sheet(&path, "一览");
    assert_eq!(columns, READ);
    assert!(head[0].starts_with("昆明市2015年度考核会审一览"), "{head:?}");
    assert!(head[1].contains("内部资料") && head[1].contains("密级"), "{head:?}");
    // The team before its people, they in register order; the talk plan alone makes no row.
    let names: Vec<&str> = rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(names[..3], ["盘龙区", "张三", "王建国"]);
    let of = |name: &str| rows.iter().find(|row| row[1] == name).unwrap();
    assert_eq!(of("盘龙区")[4], "1．通报\n2．限期整改");
    let mixed = of("赵芳");
    assert_eq!(mixed[4], "1．诫勉谈话\n2．调整建议（调整、免职）\n3．表彰奖励");
    assert_eq!(mixed[2], "盘龙区\n区委书记");
    // Long ones are printed with further line breaks.
    let numbered = mixed[5].replace("\n2．", "\r2．").replace("\n3．", "\r3．").replace('\n', "");
    let sentences: Vec<&str> = numbered.split('\r').collect();
    assert_eq!(sentences.len(), 3, "{sentences:?}");
    assert!(sentences[0].starts_with("1．") && sentences[0].contains("基本称职"), "{sentences:?}");
    assert!(sentences[1].starts_with("2．") && sentences[1].contains("《办法》第二部分"), "{sentences:?}");
    assert!(mixed[6].starts_with("3．并存不利情形"), "{mixed:?}");
    assert_eq!(rows.iter().map(|row| &row[1]).collect::<BTreeSet<_>>().len(), rows.len());
    let sheet = &parts(&path)["xl/worksheets/sheet1.xml"];
    let page = tags(sheet, "<pageSetup ")[0];
    assert_eq!((attribute(page, "paperSize"), attribute(page, "orientation")), (Some("8"), Some("landscape")));
    assert!(super::book::unlocked(&path).is_empty(), "it is read, not filled in");
}

#[test]
fn a_ground_of_two_consequences_is_one_sentence_with_both_numbers() {
    let mut city = City::new(12);
    for action in ["诫勉谈话", "批评教育"] {
        let ground = city.reported(2);
        city.propose(action, CADRE, 2, vec![ground]);
    }
    let (.., rows) = sheet(&city.published().path().join("会审一览.xlsx"), "一览");
    assert_eq!(rows.len(), 1);
    assert!(rows[0][5].starts_with("1、2．") && rows[0][5].matches('．').count() == 1, "{rows:?}");
}

#[test]
fn the_talk_plan_alone_makes_no_row_and_an_empty_sheet_says_so() {
    let mut city = City::new(12);
    city.propose("交心谈话", CADRE, 5, vec![]);
    let dir = city.published();
    for name in ["一览", "已决"] {
        let (.., rows) = sheet(&dir.path().join("会审一览.xlsx"), name);
        assert_eq!(rows.len(), 1);
        assert!(rows[0][0].contains("没有"), "{rows:?}");
    }
}

#[test]
fn whoever_is_decided_in_everything_moves_to_a_sheet_of_their_own() {
    let mut city = City::usual();
    for id in ["2015-A-诫勉谈话-C-C00004", "2015-A-表彰奖励-C-C00004"] {
        city.line(id).decision = decided("同意");
    }
    let mut change = decided("变更").unwrap();
    change.0.insert("决定方式".into(), "约谈".into());
    city.line("2015-A-调整建议-C-C00004").decision = Some(change);
    city.line("2015-A-诫勉谈话-C-C00002").decision = decided("缓议");
    let dir = city.published();
    let path = dir.path().join("会审一览.xlsx");
    let (_, columns, rows) = sheet(&path, "已决");
    let expected: Vec<&str> = READ[..6].iter().copied().chain(["决定", "提示"]).collect();
    assert_eq!(columns, expected);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][1], "赵芳");
    let notes = ["一览", "已决"].map(|name| sheet(&path, name).0[2].clone());
    assert!(notes[0].contains("所列均为建议。") && notes[1].contains("所列均已审定。"), "{notes:?}");
    assert_eq!(rows[0][6], "1．同意（2016-01-20）\n2．变更（约谈，2016-01-20）\n3．同意（2016-01-20）");
    let (.., open) = sheet(&path, "一览");
    let names: Vec<&str> = open.iter().map(|row| row[1].as_str()).collect();
    assert!(!names.contains(&"赵芳") && names.contains(&"王建国"), "缓议 is undecided: {names:?}");
}

#[test]
fn each_authority_gets_its_own_lines_of_every_list_and_no_others() {
    let city = City::usual();
    let dir = city.published();
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(dir.path().join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("报审"), ["市委", "省委"].map(str::to_owned).into());
    let lists: BTreeSet<String> = [
        "会审一览",
        "通报名单",
        "约谈名单",
        "诫勉谈话名单",
        "函询核实名单",
        "整改整顿名单",
        "调整建议名单",
        "表彰使用名单",
    ]
    .map(|name| format!("{name}.xlsx"))
    .into();
    for (authority, people, teams) in [("市委", 27, true), ("省委", 3, false)] {
        let folder = format!("报审/{authority}");
        assert_eq!(names(&folder), lists, "neither the plan nor the register, but lists without lines");
        let own = listed(&dir.path().join(&folder), "诫勉谈话名单");
        let title = format!("昆明市2015年度考核诫勉谈话名单（管理权限：{authority}）");
        assert_eq!(own.head[0], title);
        assert!(own.texts("管理权限").iter().all(|text| *text == authority));
        assert_eq!(own.rows.len(), people);
        assert_eq!(own.texts("序号")[people - 1], people.to_string());
        let all = listed(dir.path(), "诫勉谈话名单");
        let checks = |read: &Listed, id: &str| {
            let at = read.texts("处理编号").iter().position(|known| *known == id).unwrap();
            read.texts("核对码")[at].to_owned()
        };
        let id = own.texts("处理编号")[0].to_owned();
        assert_eq!(checks(&own, &id), checks(&all, &id));
        let noticed = listed(&dir.path().join(&folder), "通报名单");
        assert_eq!(noticed.rows[0][1] == "盘龙区", teams, "teams are decided about by 市委");
        let (head, _, rows) = sheet(&dir.path().join(&folder).join("会审一览.xlsx"), "一览");
        assert!(head[0].contains(&format!("（管理权限：{authority}）")), "{head:?}");
        assert_eq!(rows.iter().any(|row| row[1] == "盘龙区"), teams);
        assert!(rows.iter().all(|row| row[3] == authority || row[3].is_empty()));
    }
}

#[test]
fn where_one_authority_decides_about_all_nothing_is_split() {
    let mut city = City::new(30);
    let grade = cell((1, 6), "考核等次", "年度考核_干部", "考核等次", "基本称职");
    city.propose("诫勉谈话", CADRE, 1, vec![city.ground("4.4", CADRE, 1, 0, vec![grade])]);
    // A planned talk does not count: the list of talks is nobody's to decide.
    city.propose("交心谈话", CADRE, 7, vec![]);
    assert!(!city.published().path().join("报审").exists());
}

#[test]
fn folders_of_authorities_are_taken_by_windows_and_differ() {
    let mut city = City::usual();
    let table = city.pack.subjects[CADRE].register;
    let names: Vec<&str> =
        (0..30).map(|at| ["市委", "..", "con", "省/委", "省:委", "省_委"][at as usize % 6]).collect();
    let frame = &mut city.data.tables[table].frame;
    frame.with_column(polars::prelude::Column::new("干部管理权限".into(), names)).unwrap();
    let dir = city.published();
    let mut found: Vec<String> = std::fs::read_dir(dir.path().join("报审"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, ["_(2)", "con(2)", "市委", "省_委", "省_委(2)", "省_委(3)"]);
}
