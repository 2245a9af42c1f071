//! Reads a workbook that came back: which sheets are lists, which column is which, row by row.
//!
//! Saved by whatever program, renamed, sorted, filtered or with columns moved: a list is known by its
//! headers. What stands on other sheets is nobody's answer and is passed over.

use std::path::Path;

use chrono::NaiveDate;

use crate::pack::printed;
use crate::place::A1;
use crate::table::merged::Merges;
use crate::table::seen::{SeenCell, Sight};
use crate::table::text;
use crate::workbook::{self, Looks, Merge, Raw};

/// How far down a header is looked for: people insert rows above it.
const HEADER_ROWS: u32 = 20;

/// A sheet with a list or a part of one.
#[derive(Debug)]
pub(in crate::archive) struct ReturnedSheet {
    pub name: String,
    /// The register of talks, and no list for a committee.
    pub is_register: bool,
    /// Zero-based row of the headers.
    pub header: u32,
    /// Zero-based sheet column and normalised header, left to right.
    pub columns: Vec<(u32, String)>,
    /// Texts above the header.
    pub titles: Vec<String>,
    pub rows: Vec<FilledRow>,
    /// Merged ranges that reach below the header.
    pub merges: Merges,
    /// Nobody sees it.
    pub hidden: bool,
}

/// A row with something in it.
#[derive(Debug)]
pub(in crate::archive) struct FilledRow {
    /// Zero-based.
    pub row: u32,
    /// Filled cells by zero-based sheet column, ascending.
    pub cells: Vec<(u32, FilledCell)>,
}

/// A filled cell.
#[derive(Debug)]
pub(in crate::archive) struct FilledCell {
    /// As people see it, without outer blanks; what is stored, where it is hidden.
    pub shown: String,
    /// The day that it says, however it was typed.
    pub day: Option<NaiveDate>,
    /// Why it has no value that could be taken: what its column is told to be.
    pub broken: Option<String>,
}

impl FilledCell {
    fn new(raw: &Raw<'_>, looks: &Looks) -> FilledCell {
        let seen = SeenCell::of(raw, looks);
        let day = seen.day(looks.day_nought());
        let broken = match (raw, seen.sight) {
            (Raw::NoResult, _) => Some("是没有计算结果的公式".to_owned()),
            (Raw::Error(error), _) => Some(format!("是错误值「{error}」")),
            (_, Sight::Stored | Sight::Rounded | Sight::Day(_)) => None,
            (_, Sight::Hidden | Sight::Replaced | Sight::Dressed | Sight::Percent) => {
                day.is_none().then(|| seen.told())
            }
        };
        FilledCell { shown: seen.shown.into_owned(), day, broken }
    }
}

impl ReturnedSheet {
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
    pub fn cell(&self, row: &FilledRow, name: &str) -> String {
        A1(row.row, self.column(name).unwrap_or(0)).to_string()
    }
}

impl FilledRow {
    /// The cell under a header; none where it is blank.
    pub fn get<'a>(&'a self, sheet: &ReturnedSheet, name: &str) -> Option<&'a FilledCell> {
        let wanted = sheet.column(name)?;
        self.cells.iter().find(|(column, _)| *column == wanted).map(|(_, cell)| cell)
    }

    /// The cell as shown; empty for blank.
    pub fn shown(&self, sheet: &ReturnedSheet, name: &str) -> String {
        self.get(sheet, name).map(|cell| cell.shown.clone()).unwrap_or_default()
    }
}

/// The sheets of a workbook that hold lists; why it cannot be read otherwise.
pub(in crate::archive) fn read(path: &Path) -> Result<Vec<ReturnedSheet>, String> {
    let (_, sheets) = filled(path)?;
    Ok(sheets.into_iter().filter_map(list).collect())
}

/// A sheet's filled rows.
pub(in crate::archive) struct FilledSheet {
    pub name: String,
    pub rows: Vec<FilledRow>,
    pub hidden: bool,
    merges: Vec<Merge>,
}

/// A workbook's name, and every filled cell of its sheets; why it cannot be read otherwise.
pub(in crate::archive) fn filled(path: &Path) -> Result<(String, Vec<FilledSheet>), String> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let book = workbook::open(path, &name).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for (index, sheet) in book.sheets().iter().enumerate() {
        let mut cells = Vec::new();
        let merges = book.read(index, &mut cells).map_err(|error| error.to_string())?;
        let mut rows: Vec<FilledRow> = Vec::new();
        for (row, column, value) in cells {
            let cell = FilledCell::new(&value, book.looks());
            if cell.shown.is_empty() && cell.broken.is_none() {
                continue;
            }
            match rows.last_mut() {
                Some(last) if last.row == row => last.cells.push((column, cell)),
                _ => rows.push(FilledRow { row, cells: vec![(column, cell)] }),
            }
        }
        found.push(FilledSheet { name: sheet.name.clone(), hidden: sheet.hidden, rows, merges });
    }
    Ok((name, found))
}

/// The sheet as a list, if it has the headers of one.
fn list(FilledSheet { name, mut rows, hidden, merges }: FilledSheet) -> Option<ReturnedSheet> {
    let (at, is_register, columns) = rows
        .iter()
        .take_while(|row| row.row < HEADER_ROWS)
        .enumerate()
        .find_map(|(at, row)| header(row).map(|(is_register, columns)| (at, is_register, columns)))?;
    let body = rows.split_off(at + 1);
    let header = rows.pop()?.row;
    let titles = rows.iter().flat_map(|row| &row.cells).map(|(_, cell)| cell.shown.clone()).collect();
    let below: Vec<Merge> = merges.into_iter().filter(|(_, _, bottom, _)| *bottom > header).collect();
    let mut sheet =
        ReturnedSheet { name, is_register, header, columns, titles, rows: body, merges: Merges::new(&below), hidden };
    // Print titles that a program wrote out as rows.
    let again: Vec<u32> = sheet.rows.iter().filter(|row| header_again(&sheet, row)).map(|row| row.row).collect();
    sheet.rows.retain(|row| !again.contains(&row.row));
    Some(sheet)
}

/// Whether it is the register's, and the columns; none where the row is no header.
fn header(row: &FilledRow) -> Option<(bool, Vec<(u32, String)>)> {
    let columns: Vec<(u32, String)> =
        row.cells.iter().map(|(column, cell)| (*column, text::header_key(&cell.shown))).collect();
    let has = |name: &str| columns.iter().any(|(_, header)| header == name);
    let is_list = has(printed::OPINION) || has(printed::CHECK);
    (has(printed::LINE) && (is_list || has(printed::FILE))).then_some((!is_list, columns))
}

fn header_again(sheet: &ReturnedSheet, row: &FilledRow) -> bool {
    row.shown(sheet, printed::LINE) == printed::LINE && row.shown(sheet, printed::SUBJECT) == printed::SUBJECT
}
