//! A pack comes from elsewhere too: whatever its expressions, facts and files are like, it is refused by file and line, or it runs.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{annual, told};
use crate::rules::city::kaohe;

/// A copy of the built-in pack; what stands first in a file is changed, or where nothing is named, added at its end.
#[track_caller]
fn edited(file: &str, old: &str, new: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/packs/kunming-2015");
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{old}");
    let text = if old.is_empty() { format!("{text}\n{new}\n") } else { text.replacen(old, new, 1) };
    fs::write(path, text).unwrap();
    folder
}

/// Refused by place, in words that fit a terminal.
#[track_caller]
fn refused(pack: &TempDir, file: &str, why: &str) {
    let ended = kaohe().args(["pack", "lint", "--pack"]).arg(pack.path()).output().unwrap();
    let said = told(&ended);
    let start: String = said.chars().take(1000).collect();
    assert_eq!(ended.status.code(), Some(1), "{start}");
    assert!(said.contains(&format!("{file}:")) && said.contains(why), "{start}");
}

#[track_caller]
fn runs(pack: &TempDir) {
    let output = tempfile::tempdir().unwrap();
    let ended = annual(output.path()).arg("--pack").arg(pack.path()).output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
}

/// Wherever expressions stand, and whatever they are made of.
#[test]
fn ten_thousand_terms_overflow_nothing_wherever_they_stand() {
    let many = |operand: &str, operator: &str| vec![operand; 10_000].join(operator);
    let expressions = [
        many("TRUE", " AND "),
        format!("{} = ''", many("''", "||")),
        format!("{} = 0", many("1", "%")),
        format!("{}TRUE{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("{}TRUE", "NOT ".repeat(10_000)),
        "[".repeat(10_000),
        format!("/*'*/ {}", many("''", "||")),
    ];
    let places = [
        ("facts.toml", "given"),
        ("facts.toml", "value"),
        ("facts.toml", "absent"),
        ("facts.toml", "is"),
        ("rules.toml", "scope"),
        ("rules.toml", "when"),
        ("handoff.toml", "when"),
        ("handoff.toml", "talk_when"),
        ("handoff.toml", "given"),
        ("tables.toml", "looks_back"),
    ];
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/packs/kunming-2015");
    // Each expression stands in three places, each place holds two.
    for (place, (file, key)) in places.into_iter().enumerate() {
        let text = fs::read_to_string(pack.join(file)).unwrap();
        let line =
            text.lines().find(|line| line.starts_with(&format!("{key} = \""))).unwrap_or_else(|| panic!("{key}"));
        for expression in [&expressions[place % 7], &expressions[(place + 3) % 7]] {
            refused(&edited(file, line, &format!("{key} = \"{expression}\"")), file, "");
        }
    }
    let check = "when = \"核实日期 < 收到日期\"";
    let cells = "when = \"工作落实评价 = '较差'\"";
    for (file, old) in [("tables.toml", check), ("facts.toml", cells)] {
        refused(&edited(file, old, &format!("when = \"{}\"", expressions[0])), file, "表达式过长");
    }
    // As long as may be, it is evaluated.
    let longest = vec!["考核等次 = '基本称职'"; 390].join(" OR ");
    runs(&edited("rules.toml", "when = \"考核等次 = '基本称职'\"", &format!("when = \"{longest}\"")));
}

/// Hundreds of facts beside each other are unusual, but no reason to fall over.
#[test]
fn a_pack_of_six_hundred_facts_is_evaluated() {
    let fact = |at: usize| format!("[[fact]]\nof = \"cadre\"\nname = \"另{at}\"\nis = \"特别优秀\"\n");
    runs(&edited("facts.toml", "", &(0..600).map(fact).collect::<String>()));
}

#[test]
fn facts_rest_on_facts_through_so_many_layers_and_no_more() {
    let chain = |length: usize| {
        let links = (1..=length).map(|next| format!("NOT 链{next}")).chain(["特别优秀".to_owned()]);
        let fact = |(at, is)| format!("[[fact]]\nof = \"cadre\"\nname = \"链{at}\"\nis = \"{is}\"\n");
        links.enumerate().map(fact).collect::<String>()
    };
    refused(&edited("facts.toml", "", &chain(10_000)), "facts.toml", "超过 100 层");
    runs(&edited("facts.toml", "", &chain(90)));
}

#[test]
fn an_order_holds_so_many_values_and_no_more() {
    let values: Vec<String> = (0..5_000).map(|at| format!("\"值{at}\"")).collect();
    let old = "values = [\"轻微\", \"一般\", \"较重\", \"严重\"]";
    refused(&edited("tables.toml", old, &format!("values = [{}]", values.join(", "))), "tables.toml", "最多 100 个");
}

/// Whatever file of a pack it is, the parser does not follow brackets down to the end of the stack, and says where it stopped.
#[test]
fn toml_that_nests_without_end_is_refused() {
    let nested = [
        format!("x = {}", "[".repeat(100_000)),
        format!("x = {}", "{a=".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[{}]", vec!["a"; 100_000].join(".")),
    ];
    let place = tempfile::tempdir().unwrap();
    for (file, arguments) in [
        ("rules.toml", &["pack", "lint"][..]),
        ("examples.toml", &["pack", "test"]),
        ("template.toml", &["template", "模板"]),
        ("sample.toml", &["sample", "示例", "--cadres", "60"]),
    ] {
        for text in &nested {
            let pack = edited(file, "", text);
            let mut command = kaohe();
            let ended = command.args(arguments).arg("--pack").arg(pack.path()).current_dir(&place).output().unwrap();
            let said = told(&ended);
            assert_eq!(ended.status.code(), Some(1), "{file}");
            assert!(said.contains(&format!("{file}:")) && said.contains("办法"), "{file}: {said:.500}");
            assert!(said.len() < 10_000, "{file}: {} bytes", said.len());
        }
    }
}
