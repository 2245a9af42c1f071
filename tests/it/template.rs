//! The workbooks that `kaohe template` hands out: what a clerk finds in them, and what the reader makes of them.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};
use kaohe::pack::{self, Pack};
use kaohe::template;

/// Sheet name → rows of cells, of every workbook in the folder.
fn sheets(folder: &Path) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut sheets = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        for (name, range) in book.worksheets() {
            let cells = range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect();
            let book = path.file_stem().unwrap().to_str().unwrap();
            sheets.insert(format!("{book}!{name}"), cells);
        }
    }
    sheets
}

fn written(pack: &Pack) -> BTreeMap<String, Vec<Vec<String>>> {
    let folder = tempfile::tempdir().unwrap();
    template::write(folder.path(), pack).unwrap();
    sheets(folder.path())
}

#[test]
fn every_table_has_its_header_and_one_marked_example_above_it() {
    let pack = pack::built_in("kunming-2015").unwrap();
    let sheets = written(&pack);
    for table in &pack.tables {
        let (_, rows) = sheets.iter().find(|(name, _)| name.split_once('!').unwrap().1 == table.name).unwrap();
        let header: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(rows[2], header, "{}", table.name);
        assert_eq!(rows.len(), 3, "{}: a title, the example and the header", table.name);
        let example = rows[1][0].replace('\n', "");
        assert!(example.starts_with("示例（不作为数据）：") && rows[1][1..].iter().all(String::is_empty), "{example}");
        let lacking = header.iter().find(|name| !example.contains(&format!("{name}「")));
        assert_eq!(lacking, None, "{}: {example}", table.name);
    }
}

/// Offices fill in and send: none of them has the program, and nobody's Excel sorts what is locked.
#[test]
fn no_office_is_told_to_run_a_program() {
    for pack in ["kunming-2015", "civil-servant-2020"] {
        for (name, rows) in written(&pack::built_in(pack).unwrap()) {
            for text in rows.concat() {
                assert!(["kaohe", "命令", "排序"].iter().all(|word| !text.contains(word)), "{name}: {text}");
            }
        }
    }
}

#[test]
fn instructions_name_every_column_and_read_as_prose() {
    let pack = pack::built_in("kunming-2015").unwrap();
    let sheets = written(&pack);
    let mut guides = sheets.iter().filter(|(name, _)| name.ends_with("!填表说明")).peekable();
    assert!(guides.peek().is_some());
    let mut told = String::new();
    for (name, rows) in guides {
        for row in rows {
            assert!(row.iter().filter(|cell| !cell.is_empty()).count() <= 1, "{name}: {row:?}");
            told.push_str(&row.concat());
            told.push('\n');
        }
    }
    for table in &pack.tables {
        let (_, about) = told.split_once(&format!("工作表「{}」", table.name)).unwrap();
        for column in &table.columns {
            assert!(about.contains(&format!("「{}」（", column.name)), "{} {}", table.name, column.name);
        }
    }
}

#[test]
fn nothing_filled_in_is_overwritten() {
    let pack = pack::built_in("kunming-2015").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let paths = template::write(folder.path(), &pack).unwrap();
    std::fs::write(&paths[0], "填好的数据").unwrap();
    let error = template::write(folder.path(), &pack).unwrap_err();
    assert!(matches!(error, template::Error::Exists { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&paths[0]).unwrap(), "填好的数据");
}

#[test]
fn the_same_pack_gives_the_same_bytes() {
    let pack = pack::built_in("kunming-2015").unwrap();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let paths = template::write(one.path(), &pack).unwrap();
    for (a, b) in paths.iter().zip(template::write(two.path(), &pack).unwrap()) {
        assert_eq!(std::fs::read(a).unwrap(), std::fs::read(&b).unwrap(), "{}", b.display());
    }
}

#[test]
fn templates_are_input_and_bear_no_mark_of_our_own_workbooks() {
    let pack = pack::built_in("kunming-2015").unwrap();
    let folder = tempfile::tempdir().unwrap();
    for path in template::write(folder.path(), &pack).unwrap() {
        assert!(!kaohe::workbook::open(&path, "模板.xlsx").unwrap().is_own(), "{}", path.display());
    }
}

/// Changes the sheets of a workbook as they stand in its zip.
fn edit(path: &Path, mut change: impl FnMut(&str, String) -> String) {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.push((part.name().unwrap().into_owned(), bytes));
    }
    let mut out = zip::ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in parts {
        out.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
        let bytes = if name.starts_with("xl/worksheets/sheet") {
            change(&name, String::from_utf8(bytes).unwrap()).into_bytes()
        } else {
            bytes
        };
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap();
}

fn check(folder: &Path) -> (Option<i32>, String) {
    let done =
        Command::new(env!("CARGO_BIN_EXE_kaohe")).arg("check").arg(folder).args(["--year", "2015"]).output().unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn check_takes_a_template_untouched() {
    let (folder, pack) = (tempfile::tempdir().unwrap(), pack::built_in("kunming-2015").unwrap());
    template::write(folder.path(), &pack).unwrap();
    let (code, told) = check(folder.path());
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("采用 0，退回 0"), "{told}");
}

/// Fills in the rows of the made-up city, below the header.
#[test]
fn check_takes_a_template_filled_in() {
    let (folder, pack) = (tempfile::tempdir().unwrap(), pack::built_in("kunming-2015").unwrap());
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/text/kunming");
    let sources = [
        ("班子名册", "名册/1-班子名册.tsv"),
        ("干部名册", "名册/2-干部名册.tsv"),
        ("半年考核_班子", "市委目督办-半年考核/1-半年考核_班子.tsv"),
        ("半年考核_干部", "市委目督办-半年考核/2-半年考核_干部.tsv"),
        ("年度目标考核", "目督办-年度目标考核/1-年度目标考核.tsv"),
        ("年度考核_班子", "年度考核/1-年度考核_班子.tsv"),
        ("年度考核_干部", "年度考核/2-年度考核_干部.tsv"),
        ("问题线索", "问题线索/1-问题线索.tsv"),
        ("谈话记录", "谈话记录/1-谈话记录.tsv"),
    ];
    let mut filled = 0;
    for path in template::write(folder.path(), &pack).unwrap() {
        let names = open_workbook::<Xlsx<_>, _>(&path).unwrap().sheet_names();
        edit(&path, |part, xml| {
            let number: usize = part.trim_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap();
            let Some((name, file)) = sources.iter().find(|(name, _)| *name == names[number - 1]) else { return xml };
            let table = pack.tables.iter().find(|table| table.name == *name).unwrap();
            let text = std::fs::read_to_string(text.join(file)).unwrap();
            let headers: Vec<&str> = text.lines().next().unwrap().split('\t').collect();
            let mut rows = String::new();
            for (line, row) in (4..).zip(text.lines().skip(1)) {
                filled += 1;
                rows.push_str(&format!("<row r=\"{line}\">"));
                for (cell, header) in row.split('\t').zip(&headers) {
                    let Some(at) = table.column(header).filter(|_| !cell.is_empty()) else { continue };
                    let cell = cell.trim_start_matches('\'');
                    let column = char::from(b'A' + u8::try_from(at).unwrap());
                    rows.push_str(&format!("<c r=\"{column}{line}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"));
                }
                rows.push_str("</row>");
            }
            assert_eq!(xml.matches("<dataValidation ").count(), table.columns.len(), "{name}: one a column");
            xml.replace("</sheetData>", &format!("{rows}</sheetData>"))
        });
    }
    let (code, told) = check(folder.path());
    assert_eq!(code, Some(0), "{told}");
    // Leads and talks that nothing looks back on are read and not used.
    let used: u64 = told.split("采用 ").nth(1).unwrap().split('，').next().unwrap().parse().unwrap();
    assert!(used + 3 >= filled && told.contains("退回 0"), "{filled} rows filled in: {told}");
}

/// Two columns alone: beside the inputs it is prose, and `--holidays` takes it.
#[test]
fn the_workbook_of_holidays_comes_with_the_templates_and_is_prose_beside_inputs() {
    let pack = pack::built_in("kunming-2015").unwrap();
    let sheets = written(&pack);
    let (_, rows) = sheets.iter().find(|(name, _)| name.starts_with("节假日!")).unwrap();
    let widest = rows.iter().map(|row| row.iter().filter(|cell| !cell.is_empty()).count()).max();
    assert_eq!(widest, Some(2));
    let folder = tempfile::tempdir().unwrap();
    template::write(folder.path(), &pack).unwrap();
    kaohe::archive::Calendar::read(&folder.path().join("节假日.xlsx")).unwrap();
    let city = crate::rules::city::City::new(&[]);
    city.write();
    std::fs::copy(folder.path().join("节假日.xlsx"), city.input().join("节假日.xlsx")).unwrap();
    let published = city.run("annual");
    let inputs = published.run["inputs"].as_array().unwrap();
    let calendar = inputs.iter().find(|input| input["file"] == "节假日.xlsx").unwrap();
    assert_eq!(calendar["sheets"][0]["kind"], "prose");
}
