//! The workbooks that `kaohe template` hands out: what a clerk finds in them, and what the reader makes of them.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

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
fn every_table_has_its_header_and_one_marked_example() {
    let pack = pack::built_in("kunming-2015").unwrap();
    let sheets = written(&pack);
    for table in &pack.tables {
        let (_, rows) = sheets.iter().find(|(name, _)| name.split_once('!').unwrap().1 == table.name).unwrap();
        let header: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(rows[1], header, "{}", table.name);
        assert_eq!(rows.len(), 3, "{}: a title, the header and the example", table.name);
        assert!(rows[2][0].starts_with("说明：示例"), "{}: {:?}", table.name, rows[2]);
        let blank = rows[2].iter().zip(&header).find(|(cell, _)| cell.is_empty());
        assert!(blank.is_none_or(|(_, name)| *name == "特别优秀"), "{}: no example for {blank:?}", table.name);
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
