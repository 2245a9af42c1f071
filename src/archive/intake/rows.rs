//! Reads a workbook that came back: which sheets are lists, which column is which, row by row.
//!
//! Saved by whatever program, renamed, sorted, filtered or with columns moved: a list is known by its
//! headers. What stands on other sheets is nobody's answer and is passed over.

use std::path::Path;

use chrono::NaiveDate;

use super::fault::ReturnedRow;
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
    /// Its workbook, as it was named.
    pub file: String,
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
        FilledCell { shown: text::sayable(seen.shown).into_owned(), day, broken }
    }
}

impl ReturnedSheet {
    /// Sheet column of a header, as the pack or the contract writes it.
    pub fn column(&self, name: &str) -> Option<u32> {
        let wanted = text::header_key(name);
        self.columns.iter().find(|(_, header)| *header == wanted).map(|(column, _)| *column)
    }

    /// The address of a row's cell under a header; its first cell where the sheet lacks it.
    pub fn cell(&self, row: u32, name: &str) -> String {
        A1(row, self.column(name).unwrap_or(0)).to_string()
    }

    /// The rows below the header.
    pub fn rows(&self) -> impl Iterator<Item = ReturnedRow<'_>> {
        self.rows.iter().map(|row| ReturnedRow { sheet: self, row })
    }
}

/// The sheets of a workbook that hold lists; why it cannot be read otherwise.
pub(in crate::archive) fn read(path: &Path) -> Result<Vec<ReturnedSheet>, String> {
    let (_, sheets) = filled(path)?;
    Ok(sheets.into_iter().filter_map(|sheet| list(path, sheet)).collect())
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
fn list(path: &Path, FilledSheet { name, mut rows, hidden, merges }: FilledSheet) -> Option<ReturnedSheet> {
    let (at, is_register, columns) = rows
        .iter()
        .take_while(|row| row.row < HEADER_ROWS)
        .enumerate()
        .find_map(|(at, row)| header(row).map(|(is_register, columns)| (at, is_register, columns)))?;
    let body = rows.split_off(at + 1);
    let header = rows.pop()?.row;
    let titles = rows.iter().flat_map(|row| &row.cells).map(|(_, cell)| cell.shown.clone()).collect();
    let below: Vec<Merge> = merges.into_iter().filter(|(_, _, bottom, _)| *bottom > header).collect();
    let (file, merges) = (path.display().to_string(), Merges::new(&below));
    let mut sheet = ReturnedSheet { file, name, is_register, header, columns, titles, rows: body, merges, hidden };
    // Print titles that a program wrote out as rows.
    let is_header =
        |row: &ReturnedRow<'_>| [printed::LINE, printed::SUBJECT].iter().all(|name| row.shown(name) == *name);
    let again: Vec<u32> = sheet.rows().filter(is_header).map(|row| row.row.row).collect();
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
