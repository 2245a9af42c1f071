//! Merged ranges: which cells lie beneath one, judged once for input tables and for answers that come back.
//!
//! A range shows the cell at its top left. Whatever is stored beneath it is not seen. Ranges do not overlap; in a
//! file that says otherwise the upper one counts, lest thousands of them be gone through row by row.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::place::A1;
use crate::workbook::Merge;

/// The merged ranges of a sheet, top down.
#[derive(Debug, Default)]
pub struct Merges {
    ranges: Vec<Merge>,
    /// Those over a column, top down, with the rows that each covers and none above it: of the columns asked for so far.
    over: BTreeMap<u32, Vec<(RangeInclusive<u32>, Merge)>>,
}

/// More columns than anybody asks for of a sheet that is not made to be slow.
const MOST_COLUMNS: usize = 256;

impl Merges {
    pub fn new(merges: impl Iterator<Item = Merge>) -> Self {
        let mut ranges: Vec<Merge> = merges.filter(|(top, left, bottom, right)| bottom > top || right > left).collect();
        ranges.sort_unstable();
        Self { ranges, over: BTreeMap::new() }
    }

    /// All of them.
    pub fn all(&self) -> &[Merge] {
        &self.ranges
    }

    /// The range that covers a cell.
    pub fn over(&mut self, row: u32, column: u32) -> Option<Merge> {
        if self.ranges.is_empty() || (self.over.len() >= MOST_COLUMNS && !self.over.contains_key(&column)) {
            return None;
        }
        let over = self.over.entry(column).or_insert_with(|| {
            let mut free = 0;
            let over = self.ranges.iter().filter(|(_, left, _, right)| (*left..=*right).contains(&column));
            let over = over.map(|range| {
                let rows = range.0.max(free)..=range.2;
                free = free.max(range.2 + 1);
                (rows, *range)
            });
            over.filter(|(rows, _)| !rows.is_empty()).collect()
        });
        let at = over.partition_point(|(rows, _)| *rows.end() < row);
        over.get(at).filter(|(rows, _)| rows.contains(&row)).map(|(_, range)| *range)
    }
}

/// `E3:E4`.
pub fn name((top, left, bottom, right): Merge) -> String {
    format!("{}:{}", A1(top, left), A1(bottom, right))
}
