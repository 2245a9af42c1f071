//! Reads a workbook that came back: which sheets are lists, which column is which, row by row.
//!
//! Saved by whatever program, renamed, sorted, filtered or with columns moved: a list is known by its
//! headers. What stands on other sheets is nobody's answer and is passed over.

use std::path::Path;

use chrono::{NaiveDate, Timelike};

use crate::pack::printed;
use crate::place::A1;
use crate::table::{date, text};
use crate::workbook::{self, Raw, Sink};

/// How far down a header is looked for: people insert rows above it.
const HEADER_ROWS: u32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::archive) enum Kind {
    /// A list for a committee.
    List,
    /// The register of talks.
    Book,
}

/// A sheet with a list or a part of one.
#[derive(Debug)]
pub(in crate::archive) struct Sheet {
    pub name: String,
    pub kind: Kind,
    /// The book's serials count from 1904.
    pub from_1904: bool,
    /// Zero-based row of the headers.
    pub header: u32,
    /// Zero-based sheet column and normalised header, left to right.
    pub columns: Vec<(u32, String)>,
    /// Texts above the header.
    pub titles: Vec<String>,
    pub rows: Vec<Row>,
}

/// A row with something in it.
#[derive(Debug)]
pub(in crate::archive) struct Row {
    /// Zero-based.
    pub row: u32,
    /// Filled cells by zero-based sheet column, ascending.
    pub cells: Vec<(u32, Raw)>,
}

impl Sheet {
    /// Sheet column of a header, as the pack or the contract writes it.
    pub fn column(&self, name: &str) -> Option<u32> {
        let wanted = text::header_key(name);
        self.columns.iter().find(|(_, header)| *header == wanted).map(|(column, _)| *column)
    }

    /// Where a column's header stands; the row's first cell where the sheet lacks it.
    pub fn header_cell(&self, name: &str) -> String {
        A1(self.header, self.column(name).unwrap_or(0)).to_string()
    }

    /// The address of a row's cell.
    pub fn cell(&self, row: &Row, name: &str) -> String {
        A1(row.row, self.column(name).unwrap_or(0)).to_string()
    }
}

impl Row {
    /// The cell under a header; none where it is blank.
    pub fn get<'a>(&'a self, sheet: &Sheet, name: &str) -> Option<&'a Raw> {
        let wanted = sheet.column(name)?;
        self.cells.iter().find(|(column, _)| *column == wanted).map(|(_, raw)| raw)
    }

    /// The cell as shown; empty for blank.
    pub fn shown(&self, sheet: &Sheet, name: &str) -> String {
        self.get(sheet, name).map(shown).unwrap_or_default()
    }
}

/// A cell as a spreadsheet program shows it, without outer blanks.
pub(in crate::archive) fn shown(raw: &Raw) -> String {
    match raw {
        Raw::Text(given) => text::trimmed(given).to_owned(),
        // Adding nought turns -0 into 0.
        Raw::Number(number, _) => format!("{}", number + 0.0),
        Raw::DateTime(time, _) if time.num_seconds_from_midnight() == 0 => time.date().to_string(),
        Raw::DateTime(time, _) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
        Raw::Bool(true) => "TRUE".to_owned(),
        Raw::Bool(false) => "FALSE".to_owned(),
        Raw::Error(error) => error.clone(),
        Raw::NoResult => "（公式没有结果）".to_owned(),
        Raw::Veiled(veiled) => shown(&veiled.stored),
    }
}

/// The cell has no value that could be taken.
pub(in crate::archive) fn is_broken(raw: &Raw) -> bool {
    matches!(raw, Raw::Error(_) | Raw::NoResult)
}

/// The day in a cell of the sheet, however it was typed.
pub(in crate::archive) fn day(sheet: &Sheet, raw: &Raw) -> Option<NaiveDate> {
    match raw {
        Raw::Text(given) => date::day_from_text(given, sheet.from_1904),
        Raw::Number(number, _) => date::day_from_number(*number, sheet.from_1904),
        Raw::DateTime(time, _) => date::day_from_moment(*time),
        Raw::Bool(_) | Raw::Error(_) | Raw::NoResult | Raw::Veiled(_) => None,
    }
}

/// The sheets of a workbook that hold lists; why it cannot be read otherwise.
pub(in crate::archive) fn read(path: &Path) -> Result<Vec<Sheet>, String> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let book = workbook::open(path, &name).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for (index, sheet) in book.sheets().iter().enumerate() {
        let mut cells = Cells(Vec::new());
        book.read(index, &mut cells).map_err(|error| error.to_string())?;
        found.extend(list(sheet.name.clone(), book.looks().counts_from_1904(), cells.0));
    }
    Ok(found)
}

/// Gathers a sheet's rows.
struct Cells(Vec<Row>);

impl Sink for Cells {
    fn cell(&mut self, row: u32, column: u32, value: Raw) {
        if matches!(&value, Raw::Text(given) if text::is_empty(given)) {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.row == row => last.cells.push((column, value)),
            _ => self.0.push(Row { row, cells: vec![(column, value)] }),
        }
    }

    fn restart(&mut self) {
        self.0.clear();
    }
}

/// The sheet as a list, if it has the headers of one.
fn list(name: String, from_1904: bool, mut rows: Vec<Row>) -> Option<Sheet> {
    let (at, kind, columns) = rows
        .iter()
        .take_while(|row| row.row < HEADER_ROWS)
        .enumerate()
        .find_map(|(at, row)| header(row).map(|(kind, columns)| (at, kind, columns)))?;
    let body = rows.split_off(at + 1);
    let header = rows.pop()?.row;
    let titles = rows.iter().flat_map(|row| &row.cells).map(|(_, raw)| shown(raw)).collect();
    let mut sheet = Sheet { name, kind, from_1904, header, columns, titles, rows: body };
    // Print titles that a program wrote out as rows.
    let again: Vec<u32> = sheet.rows.iter().filter(|row| header_again(&sheet, row)).map(|row| row.row).collect();
    sheet.rows.retain(|row| !again.contains(&row.row));
    Some(sheet)
}

fn header(row: &Row) -> Option<(Kind, Vec<(u32, String)>)> {
    let columns: Vec<(u32, String)> =
        row.cells.iter().map(|(column, raw)| (*column, text::header_key(&shown(raw)))).collect();
    let has = |name: &str| columns.iter().any(|(_, header)| header == name);
    let kind = if has(printed::OPINION) || has(printed::CHECK) {
        Kind::List
    } else if has(printed::FILE) {
        Kind::Book
    } else {
        return None;
    };
    has(printed::LINE).then_some((kind, columns))
}

fn header_again(sheet: &Sheet, row: &Row) -> bool {
    row.shown(sheet, printed::LINE) == printed::LINE && row.shown(sheet, printed::SUBJECT) == printed::SUBJECT
}
