//! The workbooks under `fixtures/` are what their text under `fixtures/text/` says.
//!
//! A workbook cannot be reviewed in a diff, so each made-up city is kept as text: a folder per
//! scenario, a folder per workbook, and one `<n>-<sheet>.tsv` per sheet, cell by cell. A cell is
//! - `2015-06-24`: a date; `59.9`: a number; `#REF!`: a formula whose result is that error,
//! - `'2012.03`: text that would otherwise be read as one of these,
//! - anything else: text.
//!
//! `KAOHE_WRITE_FIXTURES=1 cargo test --test it fixtures` writes the workbooks anew.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx};
use chrono::NaiveDate;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatBorder, Formula, Workbook, Worksheet};
use unicode_width::UnicodeWidthStr;

use super::workbook::build::computed;

/// A cell as the text says it should be.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Blank,
    Text(String),
    Number(f64),
    Date(NaiveDate),
    Error(String),
}

/// A workbook as text: its name and its sheets in order.
struct Book {
    name: String,
    sheets: Vec<(String, Vec<Vec<Value>>)>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn parse(cell: &str) -> Value {
    if cell.is_empty() {
        return Value::Blank;
    }
    if let Some(text) = cell.strip_prefix('\'') {
        return Value::Text(text.to_owned());
    }
    if cell.starts_with('#') && cell.ends_with('!') {
        return Value::Error(cell.to_owned());
    }
    if let Ok(date) = NaiveDate::parse_from_str(cell, "%Y-%m-%d") {
        return Value::Date(date);
    }
    match cell.parse() {
        Ok(number) => Value::Number(number),
        Err(_) => Value::Text(cell.to_owned()),
    }
}

/// The sorted names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn read_text(scenario: &str) -> Vec<Book> {
    let folder = fixtures().join("text").join(scenario);
    let books = names(&folder).into_iter().map(|name| {
        let sheets = names(&folder.join(&name))
            .into_iter()
            .map(|file| {
                let text = fs::read_to_string(folder.join(&name).join(&file)).unwrap();
                let rows = text.lines().map(|line| line.split('\t').map(parse).collect()).collect();
                let sheet = file.strip_suffix(".tsv").and_then(|stem| stem.split_once('-'));
                (sheet.unwrap_or_else(|| panic!("{file}: not <n>-<sheet>.tsv")).1.to_owned(), rows)
            })
            .collect();
        Book { name, sheets }
    });
    books.collect()
}

/// Writes a book as an office would: a header that stays in view, dates shown as dates, columns wide enough.
fn workbook(book: &Book) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2015, 12, 31).unwrap();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for (name, rows) in &book.sheets {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        write_sheet(sheet, rows);
    }
    let bytes = workbook.save_to_buffer().unwrap();
    // Somebody has seen the results of its formulas.
    let has_formula =
        |(_, rows): &(String, Vec<Vec<Value>>)| rows.iter().flatten().any(|v| matches!(v, Value::Error(_)));
    if book.sheets.iter().any(has_formula) { computed(&bytes) } else { bytes }
}

fn write_sheet(sheet: &mut Worksheet, rows: &[Vec<Value>]) {
    let header = rows.iter().position(|row| row.len() >= 3).unwrap_or(0);
    let title = Format::new().set_bold().set_font_size(14);
    let heading = Format::new().set_bold().set_background_color(Color::RGB(0xDD_EB_F7)).set_border(FormatBorder::Thin);
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let mut widths: Vec<usize> = Vec::new();
    for (r, row) in rows.iter().enumerate() {
        for (c, value) in row.iter().enumerate() {
            let (line, column) = (u32::try_from(r).unwrap(), u16::try_from(c).unwrap());
            let shown = match value {
                Value::Text(text) if r < header => sheet.write_with_format(line, column, text, &title).map(|_| 0),
                Value::Text(text) if r == header => {
                    sheet.write_with_format(line, column, text, &heading).map(|_| text.width())
                }
                Value::Text(text) => sheet.write_string(line, column, text).map(|_| text.width()),
                Value::Number(number) => sheet.write_number(line, column, *number).map(|_| 8),
                Value::Date(day) => {
                    let day = ExcelDateTime::parse_from_str(&day.to_string()).unwrap();
                    sheet.write_datetime_with_format(line, column, &day, &date).map(|_| 10)
                }
                Value::Error(error) => {
                    let formula = Formula::new("=#REF!").set_result(error);
                    sheet.write_formula(line, column, formula).map(|_| 8)
                }
                Value::Blank => Ok(0),
            };
            widths.resize(widths.len().max(c + 1), 8);
            widths[c] = widths[c].max(shown.unwrap());
        }
    }
    for (c, width) in widths.iter().enumerate() {
        sheet.set_column_width(u16::try_from(c).unwrap(), f64::from(u32::try_from(*width).unwrap()) + 2.0).unwrap();
    }
    let below = u32::try_from(header).unwrap() + 1;
    sheet.set_freeze_panes(below, 0).unwrap();
    let last = (u32::try_from(rows.len()).unwrap() - 1, u16::try_from(widths.len()).unwrap() - 1);
    sheet.autofilter(below - 1, 0, last.0, last.1).unwrap();
}

/// What a workbook's cells hold, in the shape of the text.
fn read_workbook(path: &Path) -> Vec<(String, Vec<Vec<Value>>)> {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets = workbook.sheet_names().into_iter().map(|name| {
        let range = workbook.worksheet_range(&name).unwrap();
        let rows = (0..=range.end().unwrap().0).map(|r| {
            let mut row: Vec<Value> =
                (0..=range.end().unwrap().1).map(|c| value(range.get_value((r, c)).unwrap_or(&Data::Empty))).collect();
            while row.last() == Some(&Value::Blank) {
                row.pop();
            }
            row
        });
        (name, rows.collect())
    });
    sheets.collect()
}

fn value(data: &Data) -> Value {
    match data {
        Data::Empty => Value::Blank,
        Data::String(text) => Value::Text(text.clone()),
        Data::Float(number) => Value::Number(*number),
        Data::DateTime(serial) => {
            let (year, month, day, ..) = serial.to_ymd_hms_milli();
            Value::Date(NaiveDate::from_ymd_opt(i32::from(year), month.into(), day.into()).unwrap())
        }
        Data::Error(error) => Value::Error(error.to_string()),
        other => panic!("a cell that the text cannot say: {other:?}"),
    }
}

#[test]
fn fixtures_are_current() {
    let write = std::env::var_os("KAOHE_WRITE_FIXTURES").is_some();
    for scenario in names(&fixtures().join("text")) {
        let folder = fixtures().join(&scenario);
        let books = read_text(&scenario);
        for book in &books {
            let path = folder.join(format!("{}.xlsx", book.name));
            if write {
                fs::create_dir_all(&folder).unwrap();
                fs::write(&path, workbook(book)).unwrap();
            }
            let committed = read_workbook(&path);
            for ((name, rows), (sheet, cells)) in book.sheets.iter().zip(&committed) {
                assert_eq!(name, sheet, "{}", path.display());
                for (r, (said, found)) in rows.iter().zip(cells).enumerate() {
                    assert_eq!(said, found, "{} {sheet} row {}", path.display(), r + 1);
                }
                assert_eq!(rows.len(), cells.len(), "rows of {} {sheet}", path.display());
            }
            assert_eq!(book.sheets.len(), committed.len(), "sheets of {}", path.display());
        }
        let said: Vec<String> = books.iter().map(|book| format!("{}.xlsx", book.name)).collect();
        let mut found = names(&folder);
        found.retain(|name| name.ends_with(".xlsx") && !name.starts_with("~$"));
        assert_eq!(said, found, "workbooks of {scenario}");
    }
}
