//! Merged ranges: which cells lie beneath one, judged once for input tables and for answers that come back.
//!
//! A range shows the cell at its top left. Whatever is stored beneath it is not seen. Ranges do not overlap; in a
//! file that says otherwise the upper one counts, lest thousands of them be gone through row by row.

use std::ops::RangeInclusive;

use crate::place::A1;
use crate::workbook::Merge;

/// The merged ranges of a sheet, top down.
#[derive(Debug, Default)]
pub struct Merges(Vec<Merge>);

/// A merged range where it covers a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    pub range: Merge,
    /// The rows of the column that it covers, and no range above it.
    pub rows: RangeInclusive<u32>,
}

impl Merges {
    pub fn new(merges: &[Merge]) -> Self {
        let mut ranges: Vec<Merge> =
            merges.iter().filter(|(top, left, bottom, right)| bottom > top || right > left).copied().collect();
        ranges.sort_unstable();
        Self(ranges)
    }

    /// All of them.
    pub fn all(&self) -> &[Merge] {
        &self.0
    }

    /// The ranges over a column, top down; no row is in two of them.
    pub fn over(&self, column: u32) -> impl Iterator<Item = Covered> {
        let mut free = 0;
        self.0.iter().filter(move |(_, left, _, right)| (*left..=*right).contains(&column)).filter_map(move |range| {
            let rows = range.0.max(free)..=range.2;
            free = free.max(range.2 + 1);
            (!rows.is_empty()).then_some(Covered { range: *range, rows })
        })
    }
}

impl Covered {
    /// Whether the cell lies beneath the range; its top left does not.
    pub fn hides(&self, row: u32, column: u32) -> bool {
        self.rows.contains(&row) && (row, column) != (self.range.0, self.range.1)
    }
}

/// The indices of those rows (ascending) that lie in it.
pub fn within(rows: &[u32], range: &RangeInclusive<u32>) -> std::ops::Range<usize> {
    rows.partition_point(|row| row < range.start())..rows.partition_point(|row| row <= range.end())
}

/// `E3:E4`.
pub fn name((top, left, bottom, right): Merge) -> String {
    format!("{}:{}", A1(top, left), A1(bottom, right))
}
