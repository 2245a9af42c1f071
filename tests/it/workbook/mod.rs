//! Workbooks of every format, good, odd and evil: what is read from them, and how what cannot be read is refused.
//!
//! Files are put together in the tests, part by part and record by record, so that each says what is odd about it.

#![allow(clippy::unwrap_used)]

pub mod biff;
pub mod build;
mod danger;
pub mod every;
mod foreign;
mod formats;
mod mutants;
mod ods;
mod opinion;
mod seen;
mod shown;
mod walk;
mod xls;
mod xlsb;
mod xlsx;

use std::fs;

use kaohe::place::A1;
use kaohe::workbook::{self, Parser, Raw};

/// A cell as a line.
fn line((row, column, value): (u32, u32, Raw<'_>)) -> String {
    let shown = match value {
        Raw::Text(text) => format!("{text:?}"),
        Raw::Shared(_, text) => format!("{text:?}"),
        Raw::Number(number, _) => number.to_string(),
        Raw::DateTime(at, _) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        Raw::Bool(value) => value.to_string(),
        Raw::Error(error) => error,
        Raw::NoResult => "无结果".to_owned(),
        Raw::Veiled(veiled) => format!("{:?} shows {:?}", veiled.stored, veiled.shown),
    };
    format!("{} {shown}", A1(row, column))
}

/// All that is read from a workbook: `[sheet]`, its cells, its merged ranges, then the next sheet. Or the message.
///
/// Every workbook goes through both parsers. They agree, down to whether it is refused; only the wording may differ.
#[track_caller]
fn shown(bytes: &[u8]) -> Result<Vec<String>, String> {
    let scanned = shown_by(Parser::Scanner, bytes);
    match (&scanned, shown_by(Parser::General, bytes)) {
        (Ok(scanned), Ok(read)) => assert_eq!(*scanned, read, "by the scanner, by the general reader"),
        (Err(_), Err(message)) => assert!(message.contains("「报送/表.xlsx」"), "{message}"),
        (scanned, read) => panic!("by the scanner: {scanned:?}\nby the general reader: {read:?}"),
    }
    scanned
}

fn shown_by(parser: Parser, bytes: &[u8]) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    fs::write(&file, bytes).unwrap();
    let book = workbook::open_with(&file, "报送/表.xlsx", parser).map_err(|e| e.to_string())?;
    let mut all = Vec::new();
    for (index, sheet) in book.sheets().iter().enumerate() {
        all.push(format!("[{}{}]", sheet.name, if sheet.hidden { " 隐藏" } else { "" }));
        let mut cells = Vec::new();
        let merges = book.read(index, &mut cells).map_err(|e| e.to_string())?;
        all.extend(cells.into_iter().map(line));
        all.extend(
            merges
                .into_iter()
                .map(|(top, left, bottom, right)| format!("合并 {}:{}", A1(top, left), A1(bottom, right))),
        );
    }
    Ok(all)
}

/// The first sheet's lines, without its name.
#[track_caller]
fn check(bytes: &[u8], expected: &[&str]) {
    match shown(bytes) {
        Ok(lines) => assert_eq!(lines[1..], *expected),
        Err(message) => panic!("{message}"),
    }
}

/// The workbook is refused with a message that names it and says `why`.
#[track_caller]
fn refused(bytes: &[u8], why: &str) {
    let message = shown(bytes).expect_err("read though it should be refused");
    assert!(message.contains("「报送/表.xlsx」") && message.contains(why), "{message}");
}
