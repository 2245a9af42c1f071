//! The shape of the code: documented modules, file sizes, layers, and no policy in Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kaohe::pack;

/// Stages in the order of the flow, with what each may import beside `place`, `finding` and `pack`.
const LAYERS: [(&str, &[&str]); 13] = [
    ("workbook", &[]),
    ("table", &["workbook"]),
    ("fact", &["table"]),
    ("rule", &["fact", "table"]),
    ("engine", &["fact", "table"]),
    ("consequence", &["rule", "fact", "table"]),
    ("explain", &["consequence", "rule", "fact"]),
    ("compare", &["explain", "consequence", "rule", "fact"]),
    ("handoff", &["compare", "explain", "consequence", "fact", "table", "workbook"]),
    ("archive", &["consequence", "fact", "table", "workbook"]),
    ("sample", &[]),
    ("template", &["handoff"]),
    ("pack", &[]),
];
/// Libraries with a single user.
const OWNED: [(&str, &[&str]); 2] = [("rust_xlsxwriter", &["handoff", "sample"]), ("rusqlite", &["archive"])];
const LONGEST: usize = 800;

fn sources() -> Vec<(PathBuf, String)> {
    files("src")
}

/// Rust files below a folder of the crate, with their text.
fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    assert!(found.len() > 50);
    found
}

/// The code without its unit tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn stage(path: &Path) -> String {
    path.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

#[test]
fn every_file_says_what_it_is_and_is_short_enough_to_read() {
    for (path, text) in [sources(), files("tests")].concat() {
        assert!(text.starts_with("//! "), "{} does not begin with what it is", path.display());
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
    }
}

/// A search for a type's name finds its room: a name that stands in two rooms stands for two things. Every room has its `Error`.
#[test]
fn a_type_has_a_name_of_its_own() {
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources() {
        for line in code(&text).lines() {
            // Within a macro a type stands further in; so do the types of a trait, which have no room of their own.
            let mut words = line
                .trim_start()
                .split([' ', '<', '(', '{', ';', ':'])
                .skip_while(|word| word.starts_with("pub") || word.ends_with(')'));
            let declares = words.next().is_some_and(|word| {
                ["struct", "enum", "trait"].contains(&word) || word == "type" && !line.starts_with(' ')
            });
            if let (true, Some(name)) = (declares, words.next()) {
                rooms.entry(name.to_owned()).or_default().insert(stage(&path));
            }
        }
    }
    rooms.retain(|name, found| name != "Error" && found.len() > 1);
    assert!(rooms.is_empty(), "give one of them another name: {rooms:?}");
}

#[test]
fn stages_import_earlier_stages_only() {
    for (path, text) in sources() {
        let own = stage(&path);
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == own) else { continue };
        for (other, _) in LAYERS.iter().filter(|(name, _)| *name != own && *name != "pack") {
            let imports =
                code(&text).contains(&format!("crate::{other}::")) || code(&text).contains(&format!("crate::{other};"));
            assert!(!imports || allowed.contains(other), "{} imports {other}", path.display());
        }
    }
}

#[test]
fn libraries_with_one_owner_are_used_there_alone() {
    for (path, text) in sources() {
        for (library, owners) in OWNED {
            let used = code(&text).contains(&format!("{library}::"));
            assert!(!used || owners.contains(&stage(&path).as_str()), "{} uses {library}", path.display());
        }
    }
}

#[test]
fn no_policy_stands_in_rust() {
    let packs: Vec<pack::Pack> = pack::built_in_names().map(|name| pack::built_in(name).unwrap()).collect();
    let mut words: Vec<&str> = Vec::new();
    for pack in &packs {
        words.extend(pack.tables.iter().map(|table| table.name.as_str()));
        words.extend(pack.actions.iter().map(|action| action.name.as_str()));
        words.extend(pack.actions.iter().flat_map(|action| &action.options).map(String::as_str));
        words.extend(pack.lists.iter().map(|list| list.name.as_str()));
        words.extend(pack.rules.iter().map(|rule| rule.id.as_str()));
        words.extend(pack.parameters.iter().map(|parameter| parameter.name.as_str()));
    }
    words.extend(["基本称职", "不称职", "称职", "优秀", "主要负责人", "班子成员"]);
    let choices = packs.iter().flat_map(|pack| &pack.tables).flat_map(|table| &table.columns);
    let values = choices.filter_map(|column| match &column.kind {
        pack::ColumnKind::Choice { values, .. } => Some(values),
        _ => None,
    });
    // Short words are everyday ones within a sentence; this one is, too.
    let long: Vec<&str> = words.iter().copied().chain(values.flatten().map(String::as_str)).collect();
    let long = long.into_iter().filter(|word| word.chars().count() > 2 && *word != "不作为");
    let long: Vec<&str> = long.filter(|word| !word.is_ascii()).collect();
    assert!(long.len() > 50, "{long:?}");
    // Tests in a file of their own are no code either.
    for (path, text) in sources().into_iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
        for word in &words {
            assert!(!code(&text).contains(&format!("\"{word}\"")), "{} knows 「{word}」", path.display());
        }
        for line in code(&text).lines().map(|line| line.split("//").next().unwrap_or_default()) {
            for word in &long {
                assert!(!line.contains(word), "{} speaks of 「{word}」: {line}", path.display());
            }
        }
    }
}

#[test]
fn the_built_in_packs_are_whole() {
    for name in pack::built_in_names() {
        is_whole(&pack::built_in(name).unwrap());
    }
}

fn is_whole(pack: &pack::Pack) {
    for rule in pack.rules.iter().filter(|rule| rule.marks.is_none()) {
        assert!(!rule.citation.is_empty(), "{} cites nothing", rule.id);
    }
    for parameter in &pack.parameters {
        assert!(!parameter.reference.is_empty(), "{} has no reference", parameter.name);
    }
    for list in &pack.lists {
        let used = pack.actions.iter().any(|action| pack.lists[action.list].name == list.name);
        assert!(used, "{} takes no action", list.name);
    }
}
