//! Golden workbooks: what the fixture city's runs look like, part by part, so that a change of look is seen.
//!
//! `fixtures/expected/kunming/<run>-workbooks.txt` holds for every workbook each part's digest, and for its
//! sheets, readably, what is printed how: page, columns, heights, cells with their formats, rules, charts.
//! Nothing in a published workbook is volatile (dates come from the as-of date), so nothing is left out; of the ledger
//! alone the times of the archive's entries are. To accept
//! a change, look at the workbooks, then run `UPDATE_EXPECT=1 cargo test --test it golden_workbooks` and read the
//! difference before it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use super::book::{attribute, parts, tags};

/// Letters that are shown cell by cell; of the others the digests say enough.
const LETTERS: usize = 3;

#[test]
fn golden_workbooks_of_both_runs() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let output = tempfile::tempdir().unwrap();
    for run in ["half-year", "annual"] {
        let mut kaohe = Command::new(env!("CARGO_BIN_EXE_kaohe"));
        kaohe.arg(run).arg(fixtures.join("kunming")).arg("--output").arg(output.path()).arg("--quiet");
        assert_eq!(kaohe.status().unwrap().code(), Some(0), "{run}");
        let published = output.path().join(format!("2015-{run}"));
        all_are_own(&published);
        let inside = ["", "退回单", "单位通知", "单位通知/拟稿", "报审/省委", "研判"];
        check(&format!("{run}-workbooks"), &folder(&published, &inside));
    }
}

/// What there is once a committee has answered: letters and forms that go out, 已决, what changed, and the pages that
/// are asked for.
#[test]
fn golden_workbooks_of_an_answered_run() {
    let city = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming");
    let dir = tempfile::tempdir().unwrap();
    let (output, back) = (dir.path().join("结果"), dir.path().join("收回"));
    std::fs::create_dir(&back).unwrap();
    let kaohe = |arguments: &[&std::ffi::OsStr]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_kaohe")).args(arguments).output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    };
    let run = || kaohe(&["annual".as_ref(), city.as_ref(), "--output".as_ref(), output.as_ref(), "--quiet".as_ref()]);
    run();
    let published = output.join("2015-annual");
    let lists = ["诫勉谈话名单", "整改整顿名单", "函询核实名单", "表彰使用名单"];
    let copies: Vec<_> = lists.iter().map(|list| (*list, back.join(format!("{list}.xlsx")))).collect();
    let archive = output.join("档案.db");
    let mut record = vec!["record".as_ref(), "--archive".as_ref(), archive.as_os_str()];
    for (list, copy) in &copies {
        assert!(crate::ooxml::agree(&published.join(format!("{list}.xlsx")), copy), "{list}");
        record.push(copy.as_os_str());
    }
    kaohe(&record);
    run();
    let pages = published.join("另");
    std::fs::create_dir(&pages).unwrap();
    for name in ["会审一览.xlsx", "变更对照.xlsx"] {
        std::fs::copy(published.join(name), pages.join(name)).unwrap();
    }
    let (page, other) = (pages.join("逐条说明.xlsx"), pages.join("对照.xlsx"));
    let (of, to) = ("--run".as_ref(), "--output".as_ref());
    kaohe(&["explain".as_ref(), "马立春".as_ref(), of, published.as_ref(), to, page.as_ref()]);
    let (set, value) = ("--set".as_ref(), "年度得分线=70".as_ref());
    kaohe(&["compare".as_ref(), city.as_ref(), "annual".as_ref(), set, value, to, other.as_ref()]);
    let (ledger, day) = (pages.join("台账.xlsx"), ["--as-of".as_ref(), "2016-03-01".as_ref()]);
    let of = ["--archive".as_ref(), archive.as_os_str()];
    kaohe(&[&["archive".as_ref(), "export".as_ref(), ledger.as_ref()][..], &of, &day].concat());
    let forms = std::fs::read_dir(published.join("文书")).unwrap();
    let mut inside: Vec<String> =
        forms.map(|form| format!("文书/{}", form.unwrap().file_name().to_string_lossy())).collect();
    inside.sort();
    inside.extend(["单位通知", "另"].map(str::to_owned));
    let inside: Vec<&str> = inside.iter().map(String::as_str).collect();
    assert!(inside.len() > 4, "{inside:?}");
    check("answered-workbooks", &folder(&published, &inside));
}

#[track_caller]
fn check(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/expected/kunming/{name}.txt"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some(difference) = difference(&expected, found) {
        panic!(
            "the workbooks look otherwise than {}:\n{difference}\nIf that is meant, look at them and run \
             UPDATE_EXPECT=1 cargo test --test it golden_workbooks",
            path.display()
        );
    }
}

/// Every workbook under the folder bears the mark by which it is no input.
fn all_are_own(folder: &Path) {
    let found = kaohe::workbook::walk(folder).unwrap();
    let own: Vec<&str> = found.passed_over.iter().map(String::as_str).collect();
    assert_eq!(own, [""; 0]);
    assert!(found.books.len() > 5);
    for book in found.books {
        assert!(kaohe::workbook::open(&book.file, &book.path).unwrap().is_own(), "{}", book.path);
    }
}

/// The first lines that differ, with the workbook they belong to: readable ones before digests.
fn difference(expected: &str, found: &str) -> Option<String> {
    let readable = |text: &str| text.lines().filter(|line| !line.starts_with("part ")).map(str::to_owned).collect();
    let all = |text: &str| text.lines().map(str::to_owned).collect();
    first_difference(readable(expected), readable(found)).or_else(|| first_difference(all(expected), all(found)))
}

fn first_difference(expected: Vec<String>, found: Vec<String>) -> Option<String> {
    let most = expected.len().max(found.len());
    let at = (0..most).find(|at| expected.get(*at) != found.get(*at))?;
    let place = found[..at.min(found.len())].iter().rev().find(|line| line.starts_with("== "));
    let shown = |lines: &[String]| {
        lines[at.min(lines.len())..].iter().take(6).map(|line| format!("    {line}\n")).collect::<String>()
    };
    let place = place.map_or("", String::as_str);
    Some(format!("{place}\n  expected\n{}  found\n{}", shown(&expected), shown(&found)))
}

/// The workbooks of some folders: those of the first and the first of the others cell by cell.
fn folder(run: &Path, inside: &[&str]) -> String {
    let mut names = Vec::new();
    for inside in inside {
        let Ok(entries) = std::fs::read_dir(run.join(inside)) else { continue };
        let mut found: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        found.retain(|name| name.ends_with(".xlsx"));
        found.sort();
        names.extend(found.into_iter().enumerate().map(|(at, name)| {
            (Path::new(inside).join(name).to_string_lossy().into_owned(), matches!(*inside, "" | "另") || at < LETTERS)
        }));
    }
    let mut text = String::new();
    let mut formats = BTreeMap::new();
    for (name, whole) in names {
        let parts = timeless(parts(&run.join(&name)));
        writeln!(text, "== {name}").unwrap();
        for (part, content) in &parts {
            writeln!(text, "part {part} {}", digest(content, 12)).unwrap();
        }
        if whole {
            workbook(&mut text, &parts, &mut formats);
        }
    }
    text.push_str("== formats\n");
    for (name, format) in formats {
        writeln!(text, "{name} {format}").unwrap();
    }
    text
}

/// Sheets without the times of the clock.
fn timeless(mut parts: Parts) -> Parts {
    let is_time = |text: &str| text.len() == 20 && text.as_bytes()[10] == b'T' && text.ends_with('Z');
    for (_, sheet) in parts.iter_mut().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")) {
        let times: BTreeSet<String> = elements(sheet, "t").into_iter().map(|(_, text)| text).collect();
        for time in times.iter().filter(|text| is_time(text)) {
            *sheet = sheet.replace(time, "时间");
        }
    }
    parts
}

fn digest(text: &str, length: usize) -> String {
    let hex: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    hex[..length].to_owned()
}

type Parts = BTreeMap<String, String>;

fn workbook(text: &mut String, parts: &Parts, formats: &mut BTreeMap<String, String>) {
    let strings = shared(parts);
    let styles = styles(&parts["xl/styles.xml"]);
    let book = &parts["xl/workbook.xml"];
    for name in elements(book, "definedName") {
        writeln!(text, "name {}", name.1).unwrap();
    }
    for (at, sheet) in tags(book, "<sheet ").into_iter().enumerate() {
        let state = attribute(sheet, "state").unwrap_or("visible");
        writeln!(text, "-- {} {state}", attribute(sheet, "name").unwrap()).unwrap();
        let xml = &parts[&format!("xl/worksheets/sheet{}.xml", at + 1)];
        for tag in ["<pageSetup ", "<pageMargins ", "<printOptions ", "<pane ", "<autoFilter ", "<sheetProtection "] {
            tags(xml, tag).iter().for_each(|tag| writeln!(text, "{}", tag.trim_start_matches('<')).unwrap());
        }
        for (_, footer) in elements(xml, "oddFooter") {
            writeln!(text, "foot {footer}").unwrap();
        }
        let columns = tags(xml, "<col ").into_iter().map(|tag| {
            let [min, max, width] = ["min", "max", "width"].map(|name| attribute(tag, name).unwrap_or_default());
            format!("{min}-{max}:{width}")
        });
        writeln!(text, "columns {}", columns.collect::<Vec<_>>().join(" ")).unwrap();
        let merged: Vec<&str> = tags(xml, "<mergeCell ").into_iter().filter_map(|tag| attribute(tag, "ref")).collect();
        writeln!(text, "merged {}", merged.join(" ")).unwrap();
        for (tag, inside) in elements(xml, "dataValidation").into_iter().chain(elements(xml, "conditionalFormatting")) {
            writeln!(text, "rule {tag} {inside}").unwrap();
        }
        for (tag, inside) in elements(xml, "row") {
            let height = attribute(&tag, "ht").unwrap_or("-");
            write!(text, "{} h{height}", attribute(&tag, "r").unwrap()).unwrap();
            cells(text, &inside, &strings, &styles, formats);
            // What is left of a merged line.
            text.truncate(text.trim_end_matches([' ', '|']).len());
            text.push('\n');
        }
    }
    for (name, chart) in parts.iter().filter(|(name, _)| name.starts_with("xl/charts/chart")) {
        let kinds: BTreeSet<&str> =
            ["barChart", "lineChart", "pieChart"].into_iter().filter(|kind| chart.contains(kind)).collect();
        let texts: Vec<String> = elements(chart, "a:t").into_iter().map(|(_, inside)| inside).collect();
        let series: Vec<String> = elements(chart, "c:f").into_iter().map(|(_, inside)| inside).collect();
        writeln!(text, "chart {name} {kinds:?} {} {}", texts.join(" "), series.join(" ")).unwrap();
    }
}

/// Cells of one format on end stand behind its name.
fn cells(text: &mut String, row: &str, strings: &[String], styles: &[String], formats: &mut BTreeMap<String, String>) {
    let mut last = "";
    for (tag, inside) in elements(row, "c") {
        let style = attribute(&tag, "s").map_or(0, |style| style.parse::<usize>().unwrap());
        let format = &styles[style];
        if format != last {
            let name = format!("#{}", digest(format, 4));
            write!(text, " {name}").unwrap();
            let known = formats.entry(name.clone()).or_insert_with(|| format.clone());
            assert_eq!(known, format, "two formats are called {name}");
            last = format;
        }
        let value = elements(&inside, "v").pop().map_or(String::new(), |(_, value)| value);
        let value = match attribute(&tag, "t") {
            Some("s") => strings[value.parse::<usize>().unwrap()].clone(),
            Some("inlineStr") => elements(&inside, "t").pop().unwrap().1,
            _ => value,
        };
        let value = value.replace('\n', "⏎");
        write!(text, " | {value}").unwrap();
    }
}

fn shared(parts: &Parts) -> Vec<String> {
    let Some(xml) = parts.get("xl/sharedStrings.xml") else { return Vec::new() };
    elements(xml, "si")
        .into_iter()
        .map(|(_, inside)| elements(&inside, "t").into_iter().map(|(_, t)| t).collect())
        .collect()
}

/// Each cell format, with font, fill and border put in for their numbers.
fn styles(xml: &str) -> Vec<String> {
    let list = |outer: &str, inner: &str| -> Vec<String> {
        let inside = elements(xml, outer).pop().map_or(String::new(), |(_, inside)| inside);
        elements(&inside, inner).into_iter().map(|(tag, inside)| format!("{tag} {inside}").trim().to_owned()).collect()
    };
    let (fonts, fills, borders) = (list("fonts", "font"), list("fills", "fill"), list("borders", "border"));
    let numbers: BTreeMap<String, String> = tags(xml, "<numFmt ")
        .into_iter()
        .map(|tag| ["numFmtId", "formatCode"].map(|name| attribute(tag, name).unwrap().to_owned()).into())
        .collect();
    let inside = elements(xml, "cellXfs").pop().unwrap().1;
    let formats = elements(&inside, "xf").into_iter().map(|(tag, inside)| {
        let of = |name: &str, known: &[String]| known[attribute(&tag, name).unwrap().parse::<usize>().unwrap()].clone();
        let number = attribute(&tag, "numFmtId").unwrap();
        let number = numbers.get(number).map_or(number, String::as_str);
        [of("fontId", &fonts), of("fillId", &fills), of("borderId", &borders), number.to_owned(), inside].join("; ")
    });
    formats.collect()
}

/// Every element of that name that holds none of the same: opening tag and what stands inside.
fn elements(xml: &str, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut rest = xml;
    while let Some(at) = rest.find(&open) {
        rest = &rest[at + open.len()..];
        if !rest.starts_with([' ', '>', '/']) {
            continue;
        }
        let end = rest.find('>').unwrap();
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if tag.ends_with('/') {
            found.push((tag.trim_end_matches('/').to_owned(), String::new()));
            continue;
        }
        let end = rest.find(&close).unwrap();
        found.push((tag.to_owned(), rest[..end].to_owned()));
        rest = &rest[end..];
    }
    found
}
