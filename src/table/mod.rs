//! Workbooks → tables: recognition by headers, coercion of cells, matching of people and units.
//!
//! The result is a [`Dataset`]: one data frame per table of the pack with the place of every row,
//! the registers of subjects, and everything that was not used with the reason why.
//! Invariant: for every sheet, rows = used + rejected + ignored.

mod again;
mod alike;
mod body;
mod coerce;
mod column;
mod compute;
pub mod date;
mod directory;
mod duplicate;
mod examine;
mod frame;
mod head;
mod ids;
mod judge;
pub mod line;
mod lists;
pub mod merged;
mod numbering;
mod outcome;
mod read;
mod recognise;
mod refer;
mod registers;
mod relate;
mod remembered;
mod report;
mod rows;
mod rowset;
mod scan;
pub mod seen;
mod settle;
mod side;
pub mod text;
mod texts;
mod year;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use polars::prelude::DataFrame;

use crate::finding::Finding;
use crate::pack::SubjectKind;
use crate::place::{A1, Cell, Place, SheetId};

pub use ids::Ids;
pub use lists::Lists;
pub use read::{AsOf, Context, Error, Failed, GivenSheet, read, read_given};
pub use remembered::Remembered;
pub use year::YearError;

/// All that was read from the input folder.
#[derive(Debug, Default)]
pub struct Dataset {
    /// Workbooks in byte order of their relative path.
    pub books: Vec<Book>,
    /// All sheets of all books, in reading order.
    pub sheets: Vec<InputSheet>,
    /// One per subject kind of the pack, in the pack's order.
    pub registers: Vec<Register>,
    /// One per table of the pack, in the pack's order.
    pub tables: Vec<TableData>,
    /// Rows put aside, in reading order.
    pub rejected: Vec<ToldRow>,
    /// Rows that are not put aside and about which there is a warning, in reading order.
    pub noted: Vec<ToldRow>,
    /// Complete and in reading order.
    pub findings: Vec<Finding>,
    /// Cells whose number is shown rounded to the other side of a line, and what is to be said of them
    /// (`显示为60，实为59.6`).
    pub otherwise: BTreeMap<Cell, String>,
    /// Files that may hold a table but are not read, by path.
    pub passed_over: Vec<String>,
    /// The run's year.
    pub year: i32,
    /// The year was not given but found in the assessment tables; the run says so.
    pub year_found: bool,
    pub as_of: NaiveDate,
    /// Tables (by index) that no sheet holds.
    pub absent: Vec<usize>,
}

#[derive(Debug, Clone)]
pub struct Book {
    /// Relative to the input folder, with `/`.
    pub path: String,
    /// Of the file's bytes, lower-case hex.
    pub sha256: String,
}

/// What a sheet turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    Table(usize),
    Unrecognised,
    /// A table, or what could be one of several, on a sheet that nobody sees: not used.
    Hidden,
    /// Instructions and other prose: no fault.
    Prose,
}

#[derive(Debug, Clone)]
pub struct InputSheet {
    /// Index into [`Dataset::books`].
    pub book: u32,
    pub name: String,
    pub kind: SheetKind,
    /// For a table: the sheet column of each of the table's columns.
    pub columns: Vec<Option<u32>>,
    /// Non-blank rows below the header; rows = used + rejected + ignored.
    pub rows: u64,
    pub used: u64,
    pub rejected: u64,
    pub ignored: u64,
}

impl InputSheet {
    /// The cell that a place in this sheet is shown by: where it has no column, the row's first recognised one.
    pub fn cell_of(&self, place: Place) -> Option<Cell> {
        let column = place.column.or_else(|| self.columns.iter().copied().flatten().min());
        Some(Cell { sheet: place.sheet, row: place.row?, column: column? })
    }
}

/// The subjects of one kind, in register order.
#[derive(Debug, Default)]
pub struct Register {
    pub ids: Ids,
    pub labels: Vec<String>,
    /// Per subject the row indices in the register's table; the first is the home row.
    pub rows: Lists<u32>,
}

impl Register {
    /// Subjects with these (normalised) ids and labels; `rows` tells whom each row is about, home rows first.
    pub fn new(ids: Ids, labels: Vec<String>, rows: &[(u32, u32)]) -> Self {
        Self { rows: Lists::new(ids.len(), rows), ids, labels }
    }

    /// The subject with a (normalised) id.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.ids.find(id)
    }
}

/// A table: the valid rows of all its sheets, of all years, in reading order.
///
/// The frame has one column per column of the pack's table, named like it, typed as
/// [`crate::pack::ColumnKind`] says, and one column `@kind` (UInt32, null where the row refers to
/// none) per subject kind that the table refers to or registers: the index in [`Register::ids`].
/// A column that a sheet lacks is null or the default there. Year columns hold the resolved year.
#[derive(Debug)]
pub struct TableData {
    pub frame: DataFrame,
    /// Sheet and zero-based row of each row of `frame` that was read; remembered ones stand after these.
    pub origin: Vec<(SheetId, u32)>,
    /// For people columns: column index → per row the people named there.
    pub mentions: HashMap<usize, Vec<Vec<Mention>>>,
}

/// A person named in a cell.
#[derive(Debug, Clone)]
pub struct Mention {
    pub text: String,
    /// Index in the register; none: fits nobody, or more than one.
    pub subject: Option<u32>,
}

/// A row that was put aside, or deserves a look.
#[derive(Debug, Clone)]
pub struct ToldRow {
    pub table: usize,
    pub sheet: SheetId,
    pub row: u32,
    /// The cells of the table's columns as shown (recognised columns only).
    pub values: Vec<String>,
    /// Whom a row that was put aside is about, where that can be told without a contradiction.
    pub subjects: Vec<RejectedSubject>,
}

impl ToldRow {
    /// What a row of the subject's own register calls it; blank where another table's row is about it.
    pub fn name_of(&self, subject: &SubjectKind) -> &str {
        let own = (subject.register == self.table).then(|| self.values.get(subject.label)).flatten();
        own.map_or("", String::as_str)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectedSubject {
    /// Subject kind and index in its register.
    Known(usize, u32),
    /// Subject kind and id of somebody who stands only in rejected register rows.
    RegisterRejected(usize, String),
}

impl Dataset {
    /// The cell of a table's row and column, if its sheet has the column.
    pub fn cell(&self, table: usize, row: usize, column: usize) -> Option<Cell> {
        let (sheet, line) = *self.tables[table].origin.get(row)?;
        let column = (*self.sheets[sheet.0 as usize].columns.get(column)?)?;
        Some(Cell { sheet, row: line, column })
    }

    /// A row's cell in a column of the sheet's table as messages cite it; the row alone where the sheet has no such column.
    fn cite_row(&self, sheet: SheetId, row: u32, column: usize) -> String {
        match self.sheets[sheet.0 as usize].columns.get(column).copied().flatten() {
            Some(column) => self.cite(Cell { sheet, row, column }),
            None => {
                let sheet = &self.sheets[sheet.0 as usize];
                format!("{}!{}!第{}行", self.books[sheet.book as usize].path, sheet.name, u64::from(row) + 1)
            }
        }
    }

    /// `路径/文件.xlsx!工作表!A12`, as the outputs cite a cell.
    pub fn cite(&self, cell: Cell) -> String {
        self.cited(cell).to_string()
    }

    /// As [`Dataset::cite`], to be written where it is wanted.
    pub fn cited(&self, cell: Cell) -> impl std::fmt::Display + '_ {
        let sheet = &self.sheets[cell.sheet.0 as usize];
        let book = &self.books[sheet.book as usize];
        std::fmt::from_fn(move |f| write!(f, "{}!{}!{}", book.path, sheet.name, A1(cell.row, cell.column)))
    }
}
