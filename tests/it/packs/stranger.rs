//! A stranger's pack: exported, given a table, a parameter, a fact, a rule with its own action and list, an example;
//! linted, tested, run and explained, without a line of Rust, as the guide says.

use std::fs;

use rust_xlsxwriter::Workbook;

use super::{edit, edited, kaohe, pack};

/// The files that the guide's blocks go into, in the guide's order.
const FILES: [&str; 6] =
    ["tables.toml", "parameters.toml", "facts.toml", "handoff.toml", "rules.toml", "examples.toml"];

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
    let examples = fs::read_to_string(folder.path().join(FILES[5])).unwrap();
    fs::write(folder.path().join(FILES[5]), examples.split("[[example]]").next().unwrap()).unwrap();
    let test = pack("test", &folder);
    assert_eq!(test.code, 1);
    assert!(test.text.contains("规则「1.6」：没有例子使它成立"), "{}", test.text);
    fs::write(folder.path().join(FILES[5]), examples).unwrap();
    edit(folder.path(), FILES[5], "", &example[0]);
    let test = pack("test", &folder);
    assert_eq!(test.code, 0, "{}", test.text);
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
