//! Where something stands: a cell, a row or a sheet of an input workbook.
//!
//! Every value that decides about a person keeps its place, from the reader to the printed list,
//! so that a clerk can open the workbook and look at it. Places are small copies of numbers; the
//! names behind them live in [`crate::table::Dataset`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// Index of a sheet in [`crate::table::Dataset::sheets`] (all sheets of all books, in reading order).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SheetId(pub u32);

/// A cell: sheet, zero-based row and zero-based column, absolute in the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub sheet: SheetId,
    pub row: u32,
    pub column: u32,
}

/// What a finding is about: a sheet, mostly a row of it, mostly a column of that; ordered as they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub sheet: SheetId,
    pub row: Option<u32>,
    pub column: Option<u32>,
}

/// Writes a zero-based (row, column) as the address that spreadsheet programs show, `A1` style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct A1(pub u32, pub u32);

impl fmt::Display for A1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From the back, in one piece: a run writes a million of them.
        let mut text = [0u8; 20];
        let mut at = text.len();
        let mut row = u64::from(self.0) + 1;
        while row > 0 {
            at -= 1;
            text[at] = b'0' + (row % 10) as u8;
            row /= 10;
        }
        let mut column = u64::from(self.1) + 1;
        while column > 0 {
            at -= 1;
            text[at] = b'A' + ((column - 1) % 26) as u8;
            column = (column - 1) / 26;
        }
        // Letters of the alphabet and digits are always text.
        f.write_str(std::str::from_utf8(&text[at..]).unwrap_or_default())
    }
}

/// The letters of a zero-based column, as in `AB12`.
pub fn letters(column: u16) -> String {
    let address = A1(0, u32::from(column)).to_string();
    address.trim_end_matches(|character: char| character.is_ascii_digit()).to_owned()
}
