//! A stranger's pack: exported, given a table, a parameter, a fact, a rule with its own action and list, an example;
//! linted, tested, run and explained, without a line of Rust, as the guide says.

use std::fs;

use super::{edit, edited, kaohe, pack};
use crate::archive::meeting::fill;
use crate::reading;

/// The files that the guide's blocks go into, in the guide's order.
const FILES: [&str; 7] =
    ["tables.toml", "parameters.toml", "facts.toml", "handoff.toml", "rules.toml", "followup.toml", "examples.toml"];
/// Where examples go.
const EXAMPLES: &str = FILES[6];

/// The blocks of the guide, so that what it says is what is tested.
fn guide() -> Vec<String> {
    let ended = kaohe(&["pack", "guide"]);
    assert_eq!(ended.code, 0);
    let guide = ended.text;
    let blocks = guide.split("```toml\n").skip(1).map(|block| format!("\n{}", block.split("```").next().unwrap()));
    blocks.collect()
}

#[test]
fn a_stranger_adds_a_table_a_parameter_a_fact_and_a_rule_with_its_list() {
    let folder = edited("kunming-2015", &[]);
    let blocks = guide();
    assert_eq!(blocks.len(), FILES.len());
    let (rules, example) = blocks.split_at(FILES.len() - 1);
    for (file, text) in FILES.iter().zip(rules) {
        edit(folder.path(), file, "", text);
    }
    let lint = pack("lint", &folder);
    assert_eq!((lint.code, lint.text.contains("没有发现问题")), (0, true), "{}", lint.text);

    // The rule has no example yet, and the test says so; then it has one.
    let examples = fs::read_to_string(folder.path().join(EXAMPLES)).unwrap();
    fs::write(folder.path().join(EXAMPLES), examples.split("[[example]]").next().unwrap()).unwrap();
    let test = pack("test", &folder);
    assert_eq!(test.code, 1);
    assert!(test.text.contains("规则「1.6」：没有例子使它成立"), "{}", test.text);
    edit(folder.path(), EXAMPLES, "", &example[0]);
    let test = pack("test", &folder);
    assert!(test.text.contains("不符 0 个") && !test.text.contains("规则「1.6」：没有例子使它成立"), "{}", test.text);
    let show = pack("show", &folder).text;
    assert!(
        show.contains("《办法》第一部分〔规则1.6〕") && show.contains("→ 约请群众代表座谈：该班子（座谈名单）"),
        "{show}"
    );
    assert!(show.contains("〔本部门口径〕本部门以不足60%为不满意"), "{show}");

    // A run with the city of the fixtures and the new table beside it.
    let dir = tempfile::tempdir().unwrap();
    let (input, output) = (dir.path().join("报送"), dir.path().join("结果"));
    fs::create_dir_all(&input).unwrap();
    let city = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming");
    for entry in fs::read_dir(city).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), input.join(entry.file_name())).unwrap();
    }
    reading::write(&input, &[("测评.xlsx!Sheet1", "年度|单位名称|满意率\n2015|市湖泊治理局|59.9")]);
    let named = folder.path().to_str().unwrap();
    let (input, out) = (input.to_str().unwrap(), output.to_str().unwrap());
    let run = kaohe(&["annual", input, "--output", out, "--pack", named]);
    assert_eq!(run.code, 0, "{}", run.text);
    assert!(run.text.contains("约请群众代表座谈 1"), "{}", run.text);
    let published = output.join("2015-annual");
    assert!(published.join("座谈名单.xlsx").exists());
    let lines = fs::read_to_string(published.join("data/consequences.jsonl")).unwrap();
    let line = lines.lines().find(|line| line.contains("约请群众代表座谈")).unwrap();
    assert!(line.contains("测评.xlsx!Sheet1!C2"), "{line}");

    // After the meeting: the page was there before it; then come the paper, the task and the influence period.
    assert!(published.join("研判/B01-市湖泊治理局.xlsx").exists());
    let id = "2015-A-约请群众代表座谈-T-B01";
    let (answered, ledger) = (dir.path().join("座谈名单.xlsx"), dir.path().join("台账.xlsx"));
    let agreed = [([id, "B01"], "委员会意见", "同意"), ([id, "B01"], "决定日期", "2016-01-11")];
    fill(&published.join("座谈名单.xlsx"), "座谈名单", &agreed, &answered);
    let archive = output.join("档案.db");
    let (archive, answered) = (archive.to_str().unwrap(), answered.to_str().unwrap());
    let taken = kaohe(&["record", answered, "--archive", archive]);
    assert_eq!(taken.code, 0, "{}", taken.text);
    assert_eq!(kaohe(&["annual", input, "--output", out, "--pack", named]).code, 0);
    let paper = super::cells(&published.join("文书/座谈通知书/B01-市湖泊治理局.xlsx"));
    assert!(paper.contains("请市湖泊治理局约请群众代表座谈") && paper.contains("一个月内"), "{paper}");
    // Twenty working days later is the 8th of February.
    for (day, states) in [("2016-02-08", ["将到期", "影响期内"]), ("2016-07-12", ["逾期", "已满"])] {
        let export = ["archive", "export", ledger.to_str().unwrap(), "--archive", archive, "--as-of", day];
        assert_eq!(kaohe(&export).code, 0);
        let told = super::cells(&ledger);
        for part in ["报告座谈情况", "座谈后"].into_iter().chain(states) {
            assert!(told.contains(part), "{part} is not in {told}");
        }
    }

    let explained = kaohe(&["explain", "B01", "--run", published.to_str().unwrap()]);
    assert_eq!(explained.code, 0, "{}", explained.text);
    assert!(explained.text.contains("1.6") && explained.text.contains("59.9"), "{}", explained.text);
    let moved = dir.path().join("对比.xlsx");
    let compared = kaohe(&[
        "compare",
        input,
        "annual",
        "--pack",
        named,
        "--set",
        "满意率线=50",
        "--output",
        moved.to_str().unwrap(),
    ]);
    assert_eq!(compared.code, 0, "{}", compared.text);
    assert!(moved.exists());

    let form = dir.path().join("空表");
    assert_eq!(kaohe(&["template", form.to_str().unwrap(), "--pack", named]).code, 0);
    assert!(form.join("群众测评.xlsx").exists());
}

/// The whole pack of the guide, in a folder: a law with one kind of subject, questions of yes and no, shares, and one
/// rule for three outcomes.
fn whole() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let guide = kaohe(&["pack", "guide"]).text;
    for block in guide.split("```toml ").skip(1) {
        let (file, text) = block.split("```").next().unwrap().split_once('\n').unwrap();
        fs::write(folder.path().join(file), text).unwrap();
    }
    folder
}

#[test]
fn the_whole_pack_of_the_guide_is_clean_tested_and_no_mutant_of_it_lives() {
    let folder = whole();
    let lint = pack("lint", &folder);
    assert_eq!((lint.code, lint.text.contains("没有发现问题")), (0, true), "{}", lint.text);
    let test = kaohe(&["pack", "test", "--mutants", "--pack", folder.path().to_str().unwrap()]);
    assert_eq!(test.code, 0, "{}", test.text);
    assert!(test.text.contains("没有发现 0 个"), "{}", test.text);
}

/// Without its example of large halls nobody would notice another line; one declared so is let be, one that is noticed is told.
#[test]
fn a_mutant_that_no_example_notices_is_told_where_it_stands() {
    let folder = whole();
    let examples = folder.path().join("examples.toml");
    let text = fs::read_to_string(&examples).unwrap();
    fs::write(&examples, &text[..text.rfind("[[example]]").unwrap()]).unwrap();
    let declared = |mutant: &str| format!("\n[[equivalent]]\nmutant = \"{mutant}\"\nreading = \"试\"\n");
    let shifted = "规则「7」的条件：把「面积 > 核查面积线」改为「面积 >= 核查面积线」";
    edit(folder.path(), "办法.toml", "", &(declared(shifted) + &declared("参数「每台年费」：把 1200 改为 1201")));
    let test = kaohe(&["pack", "test", "--mutants", "--pack", folder.path().to_str().unwrap()]);
    assert_eq!(test.code, 1, "{}", test.text);
    for said in [
        "参数「核查面积线」：把 200 改为 199（办法.toml:64）",
        "规则「7」对所涉及的对象的「现场核查」（核查方式为联合核查）：去掉可选方式「联合核查」",
        "事实「核查方式」的 is：去掉「ELSE '单独核查'」",
        "说明为等同的「参数「每台年费」：把 1200 改为 1201」并非如此：有例子发现它",
        "说明为等同的 1 个，没有发现 12 个",
    ] {
        assert!(test.text.contains(said), "{said}: {}", test.text);
    }
    assert!(!test.text.contains(shifted), "{}", test.text);
    // Only those that are told with some words.
    let some = kaohe(&["pack", "test", "--mutants=参数「核查面积线」", "--pack", folder.path().to_str().unwrap()]);
    assert!(some.text.contains("改动 2 个") && !some.text.contains("每台年费"), "{}", some.text);
}

/// What the annual run of 2024 by a pack makes of tables, each in a workbook of its own.
fn licensed(pack: &tempfile::TempDir, tables: &[&[&str]]) -> tempfile::TempDir {
    let (input, output) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (at, rows) in tables.iter().enumerate() {
        reading::write(input.path(), &[(&format!("{at}.xlsx!Sheet1"), &rows.join("\n"))]);
    }
    let [input, out, named] = [&input, &output, pack].map(|folder| folder.path().to_str().unwrap());
    let run = kaohe(&["annual", input, "--output", out, "--pack", named, "--year", "2024"]);
    assert_eq!(run.code, 0, "{}", run.text);
    output
}

fn ids(lines: &str) -> Vec<String> {
    let line = |line| serde_json::from_str::<serde_json::Value>(line).unwrap();
    lines.lines().map(line).map(|line| line["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_law_with_one_kind_of_subject_decides_each_row_and_shows_numbers_and_days() {
    let applications = [
        "申请编号|申请人|受理日期|机台数|面积|有犯罪记录|已缴费|有场所证明",
        "S1|甲公司|2024-08-31|10|600|否|是|是",
        "S2|甲公司|2024-03-01|2|50|否|否|是",
        "S3|乙公司|2024-03-01|2|50|否|是|是",
    ];
    let shares = ["申请编号|股东|持股比例|股东有犯罪记录", "S1|张三|60|否", "S1|李四|40|否", "S2|李四|100%|否"];
    let published = licensed(&whole(), &[&applications, &shares]);
    let data = published.path().join("2024-annual/data");
    let lines = fs::read_to_string(data.join("consequences.jsonl")).unwrap();
    assert_eq!(ids(&lines), ["2024-A-准予许可-S-S1", "2024-A-现场核查-S-S1", "2024-A-补正材料-S-S2"]);
    assert!(lines.contains("\"options\":[\"联合核查\"]"), "{lines}");
    assert!(lines.contains("\"结论\":\"准予许可\",\"年费\":12000.0,\"办结期限\":\"2025-02-28\""), "{lines}");
    let pending = fs::read_to_string(data.join("pending.jsonl")).unwrap();
    assert!(pending.lines().count() == 1 && pending.contains("\"S3\""), "{pending}");
    assert!(pending.contains("\"missing\":[\"结论\"]"), "{pending}");
    let list = super::cells(&published.path().join("2024-annual/许可名单.xlsx"));
    assert!(list.contains("年费12000元") && list.contains("办结期限：2025-02-28"), "{list}");
}

/// What one fact chooses is one of them; what another rule says may come beside it.
#[test]
fn words_of_one_fact_never_meet_and_those_of_two_may() {
    let lint = |bad: &str| {
        let folder = whole();
        let file = folder.path().join("办法.toml");
        let mut law = fs::read_to_string(&file).unwrap();
        for (action, list, tone) in [("准予许可", "许可名单", "positive"), (bad, "", "adverse")] {
            let from = law.find(&format!("[[action]]\nname = \"{action}\"\nlist = \"{list}")).unwrap();
            law = law[..from].to_owned() + &law[from..].replacen("neutral", tone, 1);
        }
        fs::write(file, law).unwrap();
        pack("lint", &folder).text
    };
    let meet = "可能同时及于一个对象";
    assert!(!lint("不予许可").contains(meet), "{}", lint("不予许可"));
    assert!(lint("现场核查").contains(meet), "{}", lint("现场核查"));
}

/// Somebody with several applications: each row is a decision, and one more is about who applies.
#[test]
fn each_row_is_a_decision_beside_those_about_whom_the_rows_are() {
    let folder = whole();
    let guide = kaohe(&["pack", "guide"]).text;
    let (file, text) = guide.split("```toml+ ").nth(1).unwrap().split("```").next().unwrap().split_once('\n').unwrap();
    fs::write(folder.path().join(file), text).unwrap();
    let law = fs::read_to_string(folder.path().join("办法.toml")).unwrap();
    let table = law.find("[[table]]\nname = \"申请表\"").unwrap();
    let end = table + law[table..].find("\n[[table]]").unwrap();
    fs::write(folder.path().join("办法.toml"), law[..table].to_owned() + &law[end..]).unwrap();
    let lint = pack("lint", &folder);
    assert_eq!((lint.code, lint.text.contains("没有发现问题")), (0, true), "{}", lint.text);
    let applications = [
        "申请编号|申请人编号|申请人|受理日期|机台数|面积|已缴费|有场所证明",
        "S1|P1|甲公司|2024-03-01|10|100|是|是",
        "S2|P1|甲公司|2024-03-01|11|100|是|是",
        "S3|P2|乙公司|2024-03-01|20|100|是|是",
    ];
    let shares = ["申请编号|股东|持股比例|股东有犯罪记录", "S1|张三|100|否", "S2|张三|100|否", "S3|张三|100|否"];
    let published =
        licensed(&folder, &[&["申请人编号|姓名|有犯罪记录", "P1|甲公司|否", "P2|乙公司|是"], &applications, &shares]);
    let lines = fs::read_to_string(published.path().join("2024-annual/data/consequences.jsonl")).unwrap();
    let all = ["2024-A-不予许可-S-S3", "2024-A-准予许可-S-S1", "2024-A-准予许可-S-S2", "2024-A-约谈-P-P1"];
    assert_eq!(ids(&lines), all);
}
