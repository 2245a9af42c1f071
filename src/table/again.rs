//! Headers below the header: those with which another block begins.
//!
//! Nothing below another header is read by the first: the columns may stand in another order, and last year's grade
//! where this year's stood. What is beside the first block's columns leaves its rows alone.

use super::recognise::{Headers, Spot};
use super::text;

/// A header with which another block begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// Its first cell, and what stands there if that is the name of a column.
    pub spot: Spot,
    /// The sheet columns of a block beside the first; none: it ends the first.
    pub beside: Option<(u32, u32)>,
    /// The first block has cells in this row.
    pub holds_data: bool,
    /// It is no header: a line that names another year than the title does, for the rows below.
    pub year: Option<i32>,
}

/// What a row says that nobody asked for: where it stands, and how much of it is names of columns.
#[derive(Debug, Default)]
pub struct Outside {
    /// First and last sheet column.
    pub extent: Option<(u32, u32)>,
    /// How many are names, and where the cells side by side with the first begin.
    pub names: usize,
    pub from: u32,
    /// What stands there if that is a name.
    pub shown: String,
}

impl Outside {
    /// Of these texts by sheet column; what is no text is an empty one.
    pub fn new<'c>(cells: impl Iterator<Item = (u32, &'c str)>, headers: &Headers) -> Self {
        let mut outside = Self::default();
        let mut run = 0;
        for (column, text) in cells {
            let begins = outside.extent.is_none_or(|(_, last)| last + 1 != column);
            if begins {
                run = column;
            }
            outside.extent = Some((outside.extent.map_or(column, |(first, _)| first), column));
            if headers.is_name(text) {
                outside.names += 1;
                if outside.names == 1 {
                    outside.from = run;
                    if begins {
                        outside.shown.push_str(text::trimmed(text));
                    }
                }
            }
        }
        outside
    }
}

/// One for each header: the lines of a stacked one, row below row, are told at its first.
pub fn stacked(found: Vec<Again>) -> Vec<Again> {
    let mut kept: Vec<Again> = Vec::new();
    let mut last = None;
    for again in found {
        let goes_on = again.beside.is_none() && again.spot.row.checked_sub(1) == last;
        last = again.beside.is_none().then_some(again.spot.row).or(last);
        if !goes_on {
            kept.push(again);
        }
    }
    kept
}

/// The rows that other headers take out of the first block.
pub struct Ends {
    /// The row that ends it.
    pub end: Option<u32>,
    /// Blocks beside it, by their columns: from which row on.
    beside: Vec<(u32, u32, u32)>,
}

impl Ends {
    pub fn new(found: &[Again]) -> Self {
        let end = found.iter().filter(|again| again.beside.is_none()).map(|again| again.spot.row).min();
        let mut beside: Vec<(u32, u32, u32)> = Vec::new();
        for (again, (left, right)) in found.iter().filter_map(|again| Some((again, again.beside?))) {
            match beside.iter_mut().find(|(_, first, last)| left <= *last && *first <= right) {
                Some((row, first, last)) => {
                    (*row, *first, *last) = ((*row).min(again.spot.row), (*first).min(left), (*last).max(right));
                }
                None => beside.push((again.spot.row, left, right)),
            }
        }
        Self { end, beside }
    }

    /// Whether a row with cells in nothing but those columns stands under another header.
    pub fn take(&self, row: u32, (left, right): (u32, u32)) -> bool {
        self.end.is_some_and(|end| row > end)
            || self.beside.iter().any(|(from, first, last)| row > *from && left <= *last && *first <= right)
    }
}
