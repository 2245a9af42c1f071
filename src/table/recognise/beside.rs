//! Another block beside the first, in the same rows of the header.
//!
//! A column without anything in it is all that parts the two: what stands behind it is a block of its own where it is a
//! table itself, or says again by which columns the first one is read. Else it is more of the same table.

use std::collections::BTreeSet;

use super::{Candidate, Fit, HeadRow, HeaderColumn, Headers, Spot};

/// So many blocks side by side are looked for.
const MOST_BLOCKS: usize = 16;

impl Headers {
    /// Without what begins another block beside the first: behind a column without anything in it, names that came
    /// before, or all that a table needs, where what stands before it is a table already.
    pub(super) fn first_block<'h>(&'h self, head: &[HeadRow], mut header: Candidate<'h>) -> Candidate<'h> {
        let fits = |columns: &[HeaderColumn<'_>]| -> Vec<Fit> {
            (0..self.tables.len()).map(|table| self.fit(table, columns)).collect()
        };
        let mut starts = header.gaps(head);
        let mut from = 0;
        while from < starts.len() {
            let (first, run) = header.columns.split_at(starts[from]);
            let run = &run[..starts.get(from + 1).map_or(run.len(), |next| next - starts[from])];
            let is_table = |columns| fits(columns).iter().any(|fit| fit.complete);
            let again = |table: usize| {
                let named = |column: &HeaderColumn<'h>| Some((self.place(table, column)?.at, column.cell.key.as_str()));
                let known: BTreeSet<_> = first.iter().filter_map(named).collect();
                run.iter().filter_map(named).any(|name| known.contains(&name))
            };
            let begins = || is_table(run) || (0..self.tables.len()).any(again);
            if run.len() > 1 && is_table(first) && begins() {
                break;
            }
            from += 1;
        }
        starts.drain(..from);
        let ends = starts.iter().skip(1).copied().chain([header.columns.len()]);
        for (start, end) in starts.iter().copied().zip(ends) {
            let run = &header.columns[start..end];
            if run.iter().any(|column| !column.names.is_empty()) {
                let HeaderColumn { cell, names, .. } = &run[0];
                let shown = if names.is_empty() { String::new() } else { cell.shown.clone() };
                let last = run.iter().map(|column| column.cell.right).max().unwrap_or(cell.right);
                header.beside.push((Spot { row: cell.row, column: cell.column, shown }, last));
            }
        }
        header.columns.truncate(starts.first().copied().unwrap_or(header.columns.len()));
        header.fits = fits(&header.columns);
        header
    }
}

impl Candidate<'_> {
    /// Which columns stand behind one without anything in it, in the header or in the rows that are seen below.
    fn gaps(&self, head: &[HeadRow]) -> Vec<usize> {
        let mut spans: Vec<(u32, u32)> = head[self.top..=self.lowest]
            .iter()
            .flat_map(|row| &row.cells)
            .map(|cell| (cell.column, cell.right))
            .collect();
        spans.sort_unstable();
        let below = |columns: std::ops::Range<u32>| {
            let filled = |row: &HeadRow, column| row.cells.binary_search_by_key(&column, |cell| cell.column).is_ok();
            columns.into_iter().all(|column| head[self.lowest + 1..].iter().any(|row| filled(row, column)))
        };
        let (mut gaps, mut end) = (Vec::new(), None);
        for (left, right) in spans {
            if gaps.len() == MOST_BLOCKS {
                break;
            }
            if let Some(end) = end.filter(|end| left > end + 1 && !below(end + 1..left)) {
                gaps.extend(self.columns.iter().position(|column| column.cell.column > end));
            }
            end = Some(end.unwrap_or(0).max(right));
        }
        gaps
    }
}
