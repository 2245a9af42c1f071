//! Every kind of workbook that the program writes, checked against the OOXML schemas by a validator that others made.
//!
//! Excel "repairs" in front of the committee what LibreOffice and openpyxl pass over. The validator is openxml-audit (PyPI),
//! which `.ci/run` installs; `KAOHE_OOXML_AUDIT` names its program. Where it is missing, that is said and nothing is checked.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use kaohe::workbook::{self, Raw, Sink};
use rust_xlsxwriter::Workbook;

/// The validator's program, if there is one.
fn validator() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("KAOHE_OOXML_AUDIT") {
        return Some(given.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("openxml-audit")).find(|program| program.is_file())
}

fn kaohe(arguments: &[&str], folder: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_kaohe")).args(arguments).current_dir(folder).output().unwrap();
    let code = done.status.code();
    assert!(matches!(code, Some(0 | 3)), "{arguments:?}: {code:?} {}", String::from_utf8_lossy(&done.stderr));
}

/// The texts of a workbook's first sheet.
#[derive(Default)]
struct Texts(Vec<Vec<String>>);

impl Sink for Texts {
    fn cell(&mut self, row: u32, column: u32, value: Raw<'_>) {
        let (row, column) = (row as usize, column as usize);
        self.0.resize_with(self.0.len().max(row + 1), Vec::new);
        let cells = &mut self.0[row];
        cells.resize_with(cells.len().max(column + 1), String::new);
        cells[column] = match value.into_owned() {
            Raw::Text(text) => text.to_string(),
            Raw::Number(number, _) => number.to_string(),
            Raw::DateTime(at, _) => at.date().to_string(),
            other => panic!("{other:?} in a list"),
        };
    }

    fn restart(&mut self) {
        self.0.clear();
    }
}

/// Agrees to every line of a published list, in a copy as a committee sends it back; false where it has none.
pub fn agree(list: &Path, copy: &Path) -> bool {
    let mut texts = Texts::default();
    workbook::open(list, "名单").unwrap().read(0, &mut texts).unwrap();
    let Some(header) = texts.0.iter().position(|row| row.iter().any(|cell| cell == "委员会意见")) else {
        return false;
    };
    let place = |name: &str| texts.0[header].iter().position(|cell| cell == name).unwrap();
    let [line, options, opinion, way, day] = ["处理编号", "可选方式", "委员会意见", "决定方式", "决定日期"].map(place);
    let mut answered = 0;
    for row in texts.0.iter_mut().skip(header + 1).filter(|row| row.get(line).is_some_and(|id| !id.is_empty())) {
        row.resize(row.len().max(day + 1), String::new());
        (row[opinion], row[day]) = ("同意".to_owned(), "2016-01-20".to_owned());
        if let Some((first, _)) = row[options].clone().split_once('、') {
            row[way] = first.to_owned();
        }
        answered += 1;
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(&texts.0) {
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(copy).unwrap();
    answered > 0
}

fn workbooks(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "xlsx") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Agrees to all lists of a run and takes the answers in.
fn decide(folder: &Path, run: &str) {
    let copies = folder.join(format!("收回-{run}"));
    std::fs::create_dir_all(&copies).unwrap();
    let mut arguments = vec!["record".to_owned()];
    for list in std::fs::read_dir(folder.join("结果").join(run)).unwrap().map(|entry| entry.unwrap().path()) {
        let name = list.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with("名单.xlsx") && agree(&list, &copies.join(&name)) {
            arguments.push(format!("收回-{run}/{name}"));
        }
    }
    arguments.extend(["--archive".to_owned(), "结果/档案.db".to_owned()]);
    kaohe(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), folder);
}

/// The file with two neighbouring elements of its first sheet in each other's place.
fn out_of_order(workbook: &Path, to: &Path) {
    let mut archive = zip::ZipArchive::new(Cursor::new(std::fs::read(workbook).unwrap())).unwrap();
    let mut made = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        let name = part.name().unwrap().into_owned();
        if name == "xl/worksheets/sheet1.xml" {
            let text = String::from_utf8(content).unwrap();
            let start = text.find("<sheetViews>").unwrap();
            let end = text.find("</sheetViews>").unwrap() + "</sheetViews>".len();
            let rest = text[end..].replacen("<pageMargins", &format!("{}<pageMargins", &text[start..end]), 1);
            content = format!("{}{rest}", &text[..start]).into_bytes();
        }
        made.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        made.write_all(&content).unwrap();
    }
    std::fs::write(to, made.finish().unwrap().into_inner()).unwrap();
}

/// What the validator finds in all workbooks under a folder: how many it looked at, and those with faults.
fn audit(validator: &Path, folder: &Path) -> (usize, Vec<String>) {
    let done = Command::new(validator).args(["--recursive", "--output", "json"]).arg(folder).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let said: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text} {}", String::from_utf8_lossy(&done.stderr));
    });
    let files = said.as_array().cloned().unwrap_or_else(|| vec![said]);
    let faulty = files.iter().filter(|file| file["valid"] != true).map(|file| file.to_string()).collect();
    (files.len(), faulty)
}

#[test]
fn no_workbook_needs_repair() {
    let Some(validator) = validator() else {
        eprintln!("WARNING: openxml-audit is not installed; workbooks are NOT checked against the OOXML schemas");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let (city, faulty) = (fixtures.join("kunming"), fixtures.join("kunming-faulty"));
    let (city, faulty) = (city.to_str().unwrap(), faulty.to_str().unwrap());
    for (command, run) in [("half-year", "2015-half-year"), ("annual", "2015-annual")] {
        kaohe(&[command, city, "--output", "结果"], folder);
        decide(folder, run);
        // Once more: letters that are final, forms, what has changed.
        kaohe(&[command, city, "--output", "结果"], folder);
    }
    kaohe(&["annual", faulty, "--output", "有误"], folder);
    kaohe(&["check", faulty, "--output", "检查"], folder);
    kaohe(&["compare", city, "annual", "--set", "年度得分线=90", "--output", "对照.xlsx"], folder);
    kaohe(&["explain", "B04", "--run", "结果/2015-annual", "--output", "说明.xlsx"], folder);
    kaohe(&["archive", "export", "台账.xlsx", "--archive", "结果/档案.db"], folder);
    kaohe(&["template", "模板"], folder);
    kaohe(&["sample", "样本", "--cadres", "60"], folder);

    let all = workbooks(folder);
    let (looked_at, faults) = audit(&validator, folder);
    assert_eq!(looked_at, all.len());
    assert!(looked_at > 60, "only {looked_at} workbooks");
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    // And it would notice.
    let broken = tempfile::tempdir().unwrap();
    out_of_order(&folder.join("结果/2015-annual/约谈名单.xlsx"), &broken.path().join("乱序.xlsx"));
    assert_eq!(audit(&validator, broken.path()).1.len(), 1, "an element out of order");
}
