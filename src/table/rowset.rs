//! A table's rows as they were read, and what they are judged against.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::pack::Pack;
use crate::pack::term::Literals;
use crate::place::SheetId;

use super::Dataset;
use super::column::ColumnCells;
use super::date::TitleYears;
use super::recognise::Spot;
use super::scan::Schema;

/// The rows of all sheets of a table, in reading order.
#[derive(Debug, Default)]
pub struct TableRows {
    pub origin: Vec<(SheetId, u32)>,
    /// Per column of the table.
    pub cells: Vec<ColumnCells>,
    pub sheets: Vec<SheetRows>,
}

impl TableRows {
    /// No rows yet.
    pub fn new(columns: usize) -> Self {
        Self { cells: vec![ColumnCells::default(); columns], ..Self::default() }
    }
}

/// The rows of one sheet among those of its table.
#[derive(Debug)]
pub struct SheetRows {
    pub sheet: SheetId,
    pub titles: TitleYears,
    /// Headers with the name of the year in them that are not read.
    pub years: Vec<Spot>,
    pub rows: std::ops::Range<usize>,
}

/// What the rows are judged against.
pub struct Yardstick<'a> {
    pub pack: &'a Pack,
    pub schema: &'a Schema,
    pub year: i32,
    pub as_of: NaiveDate,
    pub literals: Literals,
    pub known_lines: &'a BTreeSet<String>,
    /// The workbooks and sheets that they stand in.
    pub data: &'a Dataset,
}
