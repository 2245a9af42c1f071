//! `kaohe explain`: every rule about one subject, from the published folder alone.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Output;

use calamine::{Reader, Xlsx, open_workbook};
use expect_test::expect;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use kaohe::explain::{Conclusion, Explanation};
use kaohe::run::explain::explain;
use serde_json::Value;

use crate::rules::city::{City, kaohe, text, texts};
use crate::rules::golden::run_fixture;

const TRACE: &str = "data/explain.jsonl.z";

fn unpacked(path: &Path) -> String {
    let mut text = String::new();
    MultiGzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

fn folder(city: &City, run: &str) -> PathBuf {
    city.output().join(format!("2015-{run}"))
}

fn ask(subject: &str, run: &Path, more: &[&str]) -> Output {
    kaohe().arg("explain").arg(subject).arg("--run").arg(run).args(more).output().unwrap()
}

#[track_caller]
fn one(subject: &str, run: &Path) -> Explanation {
    let mut found = explain(subject, run).unwrap_or_else(|failure| panic!("{}", failure.message));
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[track_caller]
fn verdict(explained: &Explanation, rule: &str) -> Conclusion {
    explained.rules.iter().find(|said| said.rule == rule).unwrap_or_else(|| panic!("no rule {rule}")).verdict
}

/// The explanation agrees with what was published, for everybody and every rule, in both runs.
#[test]
fn verdicts_are_those_of_the_published_lines_for_everybody() {
    let dir = tempfile::tempdir().unwrap();
    for run in ["half-year", "annual"] {
        let published = run_fixture("kunming", run, &[], dir.path());
        let folder = dir.path().join(format!("2015-{run}"));
        let mut holds: BTreeSet<(String, String)> = BTreeSet::new();
        for line in &published.consequences {
            for rule in texts(&line["rules"]) {
                holds.insert((text(&line["subject_id"]).to_owned(), rule.to_owned()));
            }
        }
        let open: BTreeSet<(String, String)> = published
            .pendings
            .iter()
            .map(|case| (text(&case["subject_id"]).to_owned(), text(&case["rule"]).to_owned()))
            .collect();
        let heads = unpacked(&folder.join(TRACE));
        let ids: Vec<String> = heads
            .lines()
            .skip(1)
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|record| record["e"].as_u64().unwrap() < 2)
            .map(|record| text(&record["id"]).to_owned())
            .collect();
        assert_eq!(ids.len(), 80);
        for id in ids {
            let explained = one(&id, &folder);
            assert_eq!(explained.rules.len(), 40);
            for said in &explained.rules {
                let key = (id.clone(), said.rule.clone());
                match said.verdict {
                    // A rule may hold for a team or a member and reach others than the one asked for.
                    Conclusion::Holds => {
                        let others = said.note.starts_with("所拟处理及于");
                        assert!(holds.contains(&key) != others, "{run} {key:?} holds but is not published");
                    }
                    Conclusion::Pending => {
                        let via = said.cases.iter().any(|case| !case.about.is_empty());
                        assert!(open.contains(&key) || via, "{run} {key:?} is open but not published");
                    }
                    Conclusion::Fails | Conclusion::Outside => {
                        assert!(!holds.contains(&key), "{run} {key:?} is published but does not hold");
                        let same_name = explained.rules.iter().filter(|other| other.rule == said.rule).count() > 1;
                        assert!(same_name || !open.contains(&key), "{run} {key:?} is published as open");
                    }
                }
            }
        }
    }
}

#[test]
fn a_near_miss_names_the_smallest_distance_first_with_its_cell() {
    let edits = ["半年考核_班子 B1 目标完成得分=58", "年度目标考核 B1 目标完成得分=61.5 作风改进评价=不明显"];
    let city = City::new(&edits);
    city.run("annual");
    let explained = one("甲局", &folder(&city, "annual"));
    let said = explained.rules.iter().find(|said| said.rule == "1.5").unwrap();
    assert_eq!(said.verdict, Conclusion::Fails);
    let nearest = &said.cases[0].unmet[0];
    assert_eq!(nearest.distance.as_ref().unwrap().text, "目标完成得分 61.5，高于年度得分线 60，差 1.5");
    assert!(
        nearest.cells.iter().any(|cell| cell.source == "报送.xlsx!年度目标考核!D2" && cell.value == "61.5"),
        "{nearest:?}"
    );
    assert_eq!(said.cases[0].met.len(), 2);
}

#[test]
fn of_two_unmet_conditions_the_nearer_stands_first() {
    let edits = ["半年考核_班子 B1 目标完成得分=75", "年度目标考核 B1 目标完成得分=60.1 作风改进评价=不明显"];
    let city = City::new(&edits);
    city.run("annual");
    let explained = one("B1", &folder(&city, "annual"));
    let said = explained.rules.iter().find(|said| said.rule == "1.5").unwrap();
    let distances: Vec<f64> = said.cases[0].unmet.iter().map(|point| point.distance.as_ref().unwrap().by).collect();
    assert_eq!(distances, [0.1, 15.0]);
}

/// Two rules of the pack make cases of one name: what the one waits for is none of the other's.
#[test]
fn of_two_rules_of_one_name_only_the_one_that_waits_is_told_to() {
    let city = City::new(&["+问题线索 收到日期=2014-09-10 对象=G13 核实结果=核实中 核实日期="]);
    city.run("annual");
    let explained = one("G13", &folder(&city, "annual"));
    let said = explained.rules.iter().filter(|said| said.rule == "往年线索");
    let said: Vec<Conclusion> = said.map(|said| said.verdict).collect();
    assert_eq!(said, [Conclusion::Pending, Conclusion::Fails]);
}

#[test]
fn a_line_of_this_run_is_told_by_the_cells_it_stands_on() {
    let edits = ["年度考核_干部 G32 考核等次=基本称职"];
    let city = City::new(&edits);
    city.run("annual");
    let out = ask("G32", &folder(&city, "annual"), &[]);
    let text = String::from_utf8(out.stdout).unwrap();
    let from = text.find("【成立】4.5").unwrap();
    let to = text.find("【不适用】往年线索").unwrap();
    expect![[r#"
        【成立】4.5　《办法》第四部分〔规则4.5〕〔本部门口径〕：调整建议［岗位调整、免职］
          符合 本年诫勉：是
            其中 本次拟诫勉：是
              报送.xlsx!年度考核_干部!C9（本次拟处理 2015-A-诫勉谈话-C-G32）
          符合 上年诫勉：是
            其中 有上年诫勉谈话记录：是
            其中 上年诫勉已谈：是
              报送.xlsx!谈话记录!A2（谈话日期 2014-10-10）
    "#]]
    .assert_eq(&text[from..to]);
}

#[test]
fn readings_that_differ_are_told_with_the_cells_that_leave_them_open() {
    let city = City::new(&["年度考核_干部 G13 考核等次=基本称职", "+谈话记录 谈话日期=2015-03-02 干部编号=G13"]);
    city.run("annual");
    let explained = one("孙三", &folder(&city, "annual"));
    let said = explained.rules.iter().find(|said| said.rule == "4.5").unwrap();
    assert_eq!(said.verdict, Conclusion::Pending);
    assert_eq!(said.cases[0].missing, ["所属年度"]);
    assert_eq!(said.cases[0].ambiguous.len(), 1, "{said:?}");
    assert!(said.cases[0].ambiguous[0].starts_with("报送.xlsx!谈话记录!A"));
}

#[test]
fn all_of_a_name_are_explained_with_their_units() {
    let dir = tempfile::tempdir().unwrap();
    run_fixture("kunming", "annual", &[], dir.path());
    let found = explain("李 文华", &dir.path().join("2015-annual")).unwrap();
    let who: Vec<(&str, &str)> = found.iter().map(|one| (one.subject_id.as_str(), one.units[0].id.as_str())).collect();
    assert_eq!(who, [("G0303", "B03"), ("G1004", "B10")]);
}

#[test]
fn a_member_is_told_why_the_teams_rule_does_not_reach_them() {
    let city = City::new(&["年度考核_班子 B1 考核等次=一般"]);
    city.run("annual");
    let folder = folder(&city, "annual");
    assert_eq!(verdict(&one("G11", &folder), "4.3"), Conclusion::Holds);
    let member = one("G13", &folder);
    let said = member.rules.iter().find(|said| said.rule == "4.3").unwrap();
    assert_eq!((said.verdict, said.note.as_str()), (Conclusion::Outside, "此条涉及班子，只及于主要负责人，未及于此人"));
}

#[test]
fn principals_see_the_member_for_whom_they_answer() {
    let city = City::new(&["年度考核_干部 G13 考核等次=不称职"]);
    city.run("annual");
    let folder = folder(&city, "annual");
    let explained = one("G11", &folder);
    let said = explained.rules.iter().find(|said| said.rule == "4.8").unwrap();
    assert_eq!(said.verdict, Conclusion::Holds);
    assert!(said.cases.iter().any(|case| case.about == "孙三（G13）"), "{said:?}");
    assert_eq!(verdict(&one("G21", &folder), "4.8"), Conclusion::Outside);
}

/// What is unknown is no "no": it is not among what is not met.
#[test]
fn what_is_unknown_beside_what_decides_is_said_to_be_open() {
    let city = City::new(&["年度考核_干部 G13 考核等次=较差", "+谈话记录 谈话日期=2014-10-11 干部编号=G22"]);
    city.try_run("annual");
    let out = ask("G13", &folder(&city, "annual"), &[]);
    let told = String::from_utf8(out.stdout).unwrap();
    let (_, said) = told.split_once("【不成立】4.5").unwrap();
    let (no, open) = (said.find("不符 上年诫勉：否").unwrap(), said.find("未定 本年诫勉：不详").unwrap());
    assert!(no < open, "{said}");
}

/// A talk brought something up, and a lead carries it on: the rule does not speak about the talk, and says why.
#[test]
fn a_row_that_a_single_part_of_the_scope_keeps_out_is_explained() {
    let city = City::new(&[
        "+谈话记录 谈话日期=2015-04-01 谈话类型=交心谈话 干部编号=G22 发现作风问题=是",
        "+问题线索 线索编号=X7 对象=G22 线索来源=谈心谈话 收到日期=2015-04-08 核实结果=不属实",
    ]);
    city.run("annual");
    let explained = one("G22", &folder(&city, "annual"));
    let said = explained.rules.iter().find(|said| said.rule == "2.6-found").unwrap();
    assert_eq!((said.verdict, said.cases.len()), (Conclusion::Outside, 1), "{said:?}");
    let why = format!("{:?}", said.cases[0].unmet);
    assert!(said.cases[0].unmet.len() == 1 && why.contains("2015-04-08"), "{why}");
}

#[test]
fn somebody_only_on_rejected_register_rows_is_explained_by_what_is_pending() {
    let city = City::new(&["+干部名册 干部编号=G99 姓名=丁甲 单位编号=B1 职务=科长 班子职务=无此职务"]);
    city.try_run("annual");
    let explained = one("G99", &folder(&city, "annual"));
    assert_eq!(explained.pending[0].rule, "名册待更正");
    assert!(explained.rules.is_empty());
    // By name too, as 待定事项 names them.
    assert_eq!(one("丁　甲", &folder(&city, "annual")).subject(), "丁甲（G99）");
}

#[test]
fn all_of_a_name_are_explained_also_who_stands_only_on_rejected_register_rows() {
    let city = City::new(&["+干部名册 干部编号=G99 姓名=王八 单位编号=B1 职务=科长 班子职务=无此职务"]);
    city.try_run("annual");
    let out = ask("王八", &folder(&city, "annual"), &["--json"]);
    let told = String::from_utf8(out.stdout).unwrap();
    assert!(told.contains("G32") && told.contains("名册待更正"), "{told}");
}

#[test]
fn nothing_but_the_published_folder_is_needed() {
    let city = City::new(&["年度考核_干部 G32 考核等次=不称职"]);
    city.run("annual");
    let away = tempfile::tempdir().unwrap();
    let moved = away.path().join("去年的结果");
    std::fs::rename(folder(&city, "annual"), &moved).unwrap();
    drop(city);
    assert_eq!(verdict(&one("G32", &moved), "4.7"), Conclusion::Holds);
}

#[test]
fn json_and_the_dossier_say_the_same() {
    let city = City::new(&["年度考核_干部 G32 考核等次=不称职"]);
    city.run("annual");
    let run = folder(&city, "annual");
    let file = city.output().join("王八.xlsx");
    let out = ask("王八", &run, &["--json", "--output", file.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let told: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(told[0]["subject_id"], "G32");
    let rule = told[0]["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "4.7").unwrap();
    assert_eq!(rule["verdict"], "成立");
    assert_eq!(rule["cases"][0]["met"][0]["cells"][0]["source"], "报送.xlsx!年度考核_干部!C9");
    let mut book: Xlsx<_> = open_workbook(&file).unwrap();
    let range = book.worksheet_range("王八").unwrap();
    let texts: Vec<String> = range.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    assert!(texts.iter().any(|text| text.contains("报送.xlsx!年度考核_干部!C9")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("符合：考核等次＝不称职：不称职")), "{texts:?}");
}

#[test]
fn what_is_no_run_and_who_is_not_there_are_told_with_the_remedy() {
    let city = City::new(&[]);
    city.run("half-year");
    city.run("annual");
    let run = folder(&city, "annual");
    // What a killed run has left behind is no run.
    let left = city.output().join(".kaohe-staging-2015-annual");
    std::fs::create_dir(&left).unwrap();
    std::fs::copy(run.join("run.json"), left.join("run.json")).unwrap();
    let told = String::from_utf8_lossy(&ask("赵一", &city.output(), &[]).stderr).into_owned();
    assert!(!told.contains("staging"), "{told}");
    let cases = [
        (ask("赵一一", &run, &[]), "没有编号或姓名（名称）为「赵一一」的对象"),
        (ask("赵一", &city.output(), &[]), "中有几次运行，请指定其中一次："),
        (ask("赵一", Path::new("/no/such"), &[]), "请指定一次运行的结果文件夹，例如 结果/2015-annual"),
    ];
    for (out, expected) in cases {
        assert_eq!(out.status.code(), Some(1));
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(told.contains(expected), "{told}");
        assert!(out.stdout.is_empty());
    }
}

#[test]
fn a_trace_that_is_cut_or_of_another_form_is_named_with_its_line() {
    let city = City::new(&[]);
    city.run("annual");
    let run = folder(&city, "annual");
    let path = run.join(TRACE);
    let bytes = std::fs::read(&path).unwrap();
    let whole = unpacked(&path);
    let cut = &whole[..whole.char_indices().nth(whole.chars().count() - 20).unwrap().0];
    let lines = whole.lines().count();
    let cases = [
        (packed(cut), format!("第 {lines} 行不完整或已损坏")),
        (packed(&whole.replacen("\"form\":5", "\"form\":99", 1)), "其格式为第 99 版".to_owned()),
        (packed(""), "第 1 行不完整或已损坏".to_owned()),
        (Vec::new(), "第 1 行不完整或已损坏".to_owned()),
        (bytes[..bytes.len() - 9].to_vec(), "行不完整或已损坏".to_owned()),
    ];
    for (bytes, expected) in cases {
        std::fs::write(&path, bytes).unwrap();
        let out = ask("赵一", &run, &[]);
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(1), "{told}");
        assert!(told.contains(&expected), "{told}");
    }
}
