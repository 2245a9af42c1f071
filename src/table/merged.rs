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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ranges_that_overlap_the_upper_one_counts() {
        let merges = Merges::new(&[(5, 0, 9, 2), (2, 1, 6, 1), (3, 1, 4, 1), (0, 1, 0, 1)]);
        let over = |column| merges.over(column).map(|covered| (covered.range, covered.rows)).collect::<Vec<_>>();
        assert_eq!(over(0), [((5, 0, 9, 2), 5..=9)]);
        assert_eq!(over(1), [((2, 1, 6, 1), 2..=6), ((5, 0, 9, 2), 7..=9)]);
        assert_eq!(over(3), []);
    }

    #[test]
    fn half_a_million_ranges_over_each_other_take_no_time() {
        let ranges: Vec<Merge> = (0..500_000).map(|row| (row, 0, 1_048_575, 16_383)).collect();
        let merges = Merges::new(&ranges);
        assert!((0..20).all(|column| merges.over(column).count() == 1));
    }

    #[test]
    fn what_is_beneath_is_all_but_the_top_left() {
        let covered = Covered { range: (2, 4, 3, 5), rows: 2..=3 };
        assert!(!covered.hides(2, 4) && covered.hides(2, 5) && covered.hides(3, 4) && !covered.hides(4, 4));
        assert_eq!(name(covered.range), "E3:F4");
        assert_eq!(within(&[1, 3, 4, 9], &(3..=8)), 1..3);
    }
}
