//! Where something stands: a cell, a row or a sheet of an input workbook.
//!
//! Every value that decides about a person keeps its place, from the reader to the printed list,
//! so that a clerk can open the workbook and look at it. Places are small copies of numbers; the
//! names behind them live in [`crate::table::Dataset`].

use std::fmt;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct A1(pub u32, pub u32);

impl fmt::Display for A1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0u8; 8];
        let mut at = letters.len();
        let mut left = u64::from(self.1) + 1;
        while left > 0 {
            at -= 1;
            letters[at] = b'A' + ((left - 1) % 26) as u8;
            left = (left - 1) / 26;
        }
        // Letters of the alphabet are always text.
        f.write_str(std::str::from_utf8(&letters[at..]).unwrap_or_default())?;
        write!(f, "{}", u64::from(self.0) + 1)
    }
}

/// The letters of a zero-based column, as in `AB12`.
pub fn letters(column: u16) -> String {
    let address = A1(0, u32::from(column)).to_string();
    address.trim_end_matches(|character: char| character.is_ascii_digit()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::A1;

    #[test]
    fn addresses_read_as_in_a_spreadsheet() {
        let cases = [((0, 0), "A1"), ((11, 25), "Z12"), ((0, 26), "AA1"), ((1_048_575, 16_383), "XFD1048576")];
        for ((row, column), expected) in cases {
            assert_eq!(A1(row, column).to_string(), expected);
        }
    }
}
