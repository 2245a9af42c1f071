//! A stranger's pack: exported, given a table, a parameter, a fact, a rule with its own action and list, an example;
//! linted, tested, run and explained, without a line of Rust. README.md tells the same steps.

use std::fs;

use rust_xlsxwriter::Workbook;

use super::{edit, edited, kaohe, pack};

const TABLE: &str = r#"
[[table]]
name = "群众测评"
absent = "empty"
assessment = true
year = "年度"
refers = [{ kind = "team", id = "单位编号", label = "单位名称" }]
column = [
  { name = "年度", type = "year", not_after_year = true },
  { name = "单位编号", type = "id", one_of = "单位" },
  { name = "单位名称", type = "name", one_of = "单位" },
  { name = "满意率", type = "number", required = true, min = 0, max = 100 },
]
"#;

const PARAMETER: &str = r#"
[[parameter]]
name = "满意率线"
unit = "%"
reference = "本部门《群众测评办法》"
reading = "本部门以不足60%为不满意"
min = 0
max = 100
values = [{ from = 2000-01-01, value = 60 }]
"#;

const FACT: &str = r#"
[[fact]]
of = "team"
name = "群众不满意"
from = "群众测评"
given = "年度 = 本年"
value = "MAX(满意率 < 满意率线)"
absent = "FALSE"
cells = [{ column = "满意率", when = "满意率 < 满意率线", line = "满意率线" }]
"#;

const RULE: &str = r#"
[[rule]]
id = "1.6"
provision = "1.6"
runs = "HA"
stage = 1
of = "team"
when = "群众不满意"
propose = [{ action = "约请群众代表座谈", to = "itself" }]
"#;

const LIST: &str = r#"
[[list]]
name = "座谈名单"
empty = "本次没有要约请群众代表座谈的班子。"

[[action]]
name = "约请群众代表座谈"
list = "座谈名单"
tone = "neutral"
asks = "请约请群众代表座谈，听取意见。"
due = "一个月内"
"#;

const EXAMPLE: &str = r#"
[[example]]
name = "满意率59.9的座谈，60的不座谈，去年的不算"
run = "HA"
rows = """
群众测评：年度 | 单位编号 | 满意率
2015 | B1 | 59.9
2015 | B2 | 60
2014 | B3 | 10
"""
expect = """
约请群众代表座谈 | B1 | 1.6
"""
"#;

#[test]
fn a_stranger_adds_a_table_a_parameter_a_fact_and_a_rule_with_its_list() {
    let folder = edited("kunming-2015", &[]);
    let steps = [
        ("tables.toml", TABLE),
        ("parameters.toml", PARAMETER),
        ("facts.toml", FACT),
        ("handoff.toml", LIST),
        ("rules.toml", RULE),
    ];
    for (file, text) in steps {
        edit(folder.path(), file, "", text);
    }
    let lint = pack("lint", &folder);
    assert_eq!((lint.code, lint.text.contains("没有发现问题")), (0, true), "{}", lint.text);

    // The rule has no example yet, and the test says so; then it has one.
    let test = pack("test", &folder);
    assert_eq!(test.code, 1);
    assert!(test.text.contains("规则「1.6」：没有例子使它成立"), "{}", test.text);
    edit(folder.path(), "examples.toml", "", EXAMPLE);
    let test = pack("test", &folder);
    assert_eq!(test.code, 0, "{}", test.text);
    let show = pack("show", &folder).text;
    assert!(
        show.contains("《办法》第一部分（1.6）") && show.contains("→ 约请群众代表座谈：该班子（座谈名单）"),
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
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (r, row) in (0u32..).zip([["年度", "单位名称", "满意率"], ["2015", "市湖泊治理局", "59.9"]]) {
        for (c, cell) in (0u16..).zip(row) {
            sheet.write_string(r, c, cell).unwrap();
        }
    }
    workbook.save(input.join("测评.xlsx")).unwrap();
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
