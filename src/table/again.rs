//! Headers below the header: those that come back on every page, and those with which another block begins.
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
    extent: Option<(u32, u32)>,
    /// Where the cells side by side begin of which this is the last.
    run: u32,
    /// How many are names, and where the cells side by side with the first begin.
    names: usize,
    from: u32,
    /// What stands there if that is a name.
    shown: String,
}

impl Outside {
    pub fn cell(&mut self, column: u32, text: &str, headers: &Headers) {
        let begins = self.extent.is_none_or(|(_, last)| last + 1 != column);
        if begins {
            self.run = column;
        }
        self.extent = Some((self.extent.map_or(column, |(first, _)| first), column));
        if headers.is_name(text) {
            self.names += 1;
            if self.names == 1 {
                self.from = self.run;
                if begins {
                    self.shown.push_str(text::trimmed(text));
                }
            }
        }
    }

    pub fn extent(&self) -> Option<(u32, u32)> {
        self.extent
    }

    pub fn clear(&mut self) {
        self.extent = None;
        self.names = 0;
        self.shown.clear();
    }

    /// The header that the row is, if `names` of its cells in the block's columns are names of columns: two of them, or
    /// fewer in a row of words that the block's columns could not hold (`only_words`).
    pub fn header(
        &mut self,
        row: u32,
        first: (u32, &str),
        names: usize,
        only_words: impl Fn() -> bool,
        is_blank: impl Fn() -> bool,
    ) -> Option<Again> {
        if names > 0 && names + self.names > 1 || only_words() {
            let spot = Spot { row, column: first.0, shown: text::trimmed(first.1).to_owned() };
            return Some(Again { spot, beside: None, holds_data: false, year: None });
        }
        let (_, last) = self.extent.filter(|_| self.names > 1)?;
        let spot = Spot { row, column: self.from, shown: std::mem::take(&mut self.shown) };
        Some(Again { spot, beside: Some((self.from, last)), holds_data: !is_blank(), year: None })
    }
}

/// The lines of the header above, to know them again.
#[derive(Debug, Clone)]
pub struct HeaderLines(Vec<Vec<(u32, String)>>);

/// Which lines the row that is being read may be, one bit each.
#[derive(Debug, Clone, Copy)]
pub struct Same(u32);

impl HeaderLines {
    pub fn new(lines: &[Vec<(u32, String)>]) -> Self {
        Self(lines.iter().take(32).cloned().collect())
    }

    pub fn any(&self) -> Same {
        Same(u32::MAX >> (32 - self.0.len().clamp(1, 32)))
    }

    /// After a cell; a number may be one that stands in the header.
    pub fn narrow(&self, same: &mut Same, column: u32, text: Option<&str>) {
        for (at, line) in self.0.iter().enumerate() {
            if same.0 & (1 << at) == 0 {
                continue;
            }
            let key = line.binary_search_by_key(&column, |(column, _)| *column).ok().map(|at| &line[at].1);
            let is_same = key.is_some_and(|key| match text {
                Some(text) => text::is_header(text, key),
                None => key.chars().all(|c| c.is_ascii_digit()),
            });
            if !is_same {
                same.0 &= !(1 << at);
            }
        }
    }

    /// Whether the row is one of the lines: none of the cells that are read is missing.
    pub fn is_one(&self, same: Same, filled: impl Fn(u32) -> bool) -> bool {
        let whole = |line: &Vec<(u32, String)>| line.iter().all(|(column, _)| filled(*column));
        self.0.iter().enumerate().any(|(at, line)| same.0 & (1 << at) != 0 && whole(line))
    }
}

impl Same {
    pub fn is_none(self) -> bool {
        self.0 == 0
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
