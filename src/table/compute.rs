//! The data frame of a table's rows, and the pack's checks over them.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame, PolarsError};
use rayon::prelude::*;

use crate::finding::{Code, Flaw, Severity};
use crate::pack;

use super::coerce::Coercion;
use super::column::{ColumnCells, EMPTY};
use super::directory::Who;
use super::examine::Examined;
use super::frame;
use super::judge::{Work, is_soft};

impl Work<'_> {
    /// The columns of all rows that the pack's expressions about them name; bad cells are null.
    pub(super) fn columns(&self) -> Result<Vec<Column>, PolarsError> {
        let mut named = BTreeSet::new();
        for condition in self.table.checks.iter().map(|check| &check.when).chain(&self.table.looks_back) {
            let names = condition.term().names();
            let columns = self.table.columns.iter().enumerate();
            named.extend(columns.filter(|(_, column)| names.contains(&column.name.as_str())).map(|(at, _)| at));
        }
        named.into_iter().map(|at| self.whole_column(at, 0..self.rows.origin.len())).collect()
    }

    /// A column of these rows, years as they are told.
    pub(super) fn whole_column(&self, at: usize, rows: impl Iterator<Item = usize>) -> Result<Column, PolarsError> {
        if self.table.year == Some(at) {
            return Ok(frame::years(self.name(at), rows.map(|row| self.years[row])));
        }
        self.column(at, rows.map(|row| self.rows.cells[at].codes[row]).collect())
    }

    /// The frame of these columns and of whom the rows are about.
    pub(super) fn frame(&self, mut columns: Vec<Column>) -> Result<DataFrame, PolarsError> {
        let mut kinds: Vec<usize> = self.table.references.iter().map(|reference| reference.subject).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let of_kind: Vec<&Vec<Option<Who>>> = self
                .table
                .references
                .iter()
                .zip(&self.whos)
                .filter(|(reference, _)| reference.subject == kind)
                .map(|(_, whos)| whos)
                .collect();
            let index = |row: usize| of_kind.iter().find_map(|whos| whos[row])?.known();
            columns.push(frame::subjects(&self.world.pack.subjects[kind].kind, (0..self.rows.origin.len()).map(index)));
        }
        DataFrame::new(self.rows.origin.len(), columns)
    }

    fn column(&self, at: usize, codes: Vec<u32>) -> Result<Column, PolarsError> {
        let default = self.world.schema.coercions[self.index][at].default.as_ref();
        frame::column(&self.table.columns[at], &self.rows.cells[at], codes, default, self.soft[at])
    }

    /// A check between columns, from the pack.
    pub(super) fn check(
        &mut self,
        check: &pack::Check,
        frame: &mut DataFrame,
        blanked: &mut BTreeSet<(usize, usize)>,
    ) -> Result<(), PolarsError> {
        let holds = frame::holds(frame, &check.when, &self.world.literals)?;
        let cells = &self.rows.cells[check.column];
        let hit: Vec<usize> = holds
            .iter()
            .enumerate()
            .filter(|(row, holds)| **holds && !cells.is_bad(*row))
            .map(|(row, _)| row)
            .collect();
        let severity = if check.rejects { Severity::Rejected } else { Severity::Warning };
        let flaw = Flaw { severity, ..Flaw::rejected(Code::RowCheck, &check.reason, &check.remedy) };
        hit.iter().for_each(|row| self.put(*row, (check.column, flaw.clone())));
        if check.blank && !hit.is_empty() {
            blanked.extend(hit.iter().map(|row| (*row, check.column)));
            let column = self.name(check.column).to_owned();
            if frame.column(&column).is_ok() {
                let codes = blank(cells.codes.clone(), check.column, blanked);
                frame.with_column(self.column(check.column, codes)?)?;
            }
        }
        Ok(())
    }
}

/// A column's codes without the cells that a check blanks.
fn blank(mut codes: Vec<u32>, column: usize, blanked: &BTreeSet<(usize, usize)>) -> Vec<u32> {
    for (row, _) in blanked.iter().filter(|(_, at)| *at == column) {
        codes[*row] = EMPTY;
    }
    codes
}

/// The rows that are kept, as a frame. Each column's cells are let go when it is made: all cells and all frames together
/// would be the most memory of a run.
pub fn frame(
    table: &pack::Table,
    coercions: &[Coercion],
    cells: Vec<ColumnCells>,
    examined: &Examined,
) -> Result<DataFrame, PolarsError> {
    let kept = &examined.kept;
    let column = |(at, mut cells): (usize, ColumnCells)| {
        let described = &table.columns[at];
        if let Ok(made) = examined.frame.column(&described.name) {
            return Ok(made.clone());
        }
        if table.year == Some(at) {
            return Ok(frame::years(&described.name, kept.iter().map(|row| examined.years[*row])));
        }
        let mut codes = blank(std::mem::take(&mut cells.codes), at, &examined.blanked);
        if kept.len() < codes.len() {
            codes = kept.iter().map(|row| codes[*row]).collect();
        }
        frame::column(described, &cells, codes, coercions[at].default.as_ref(), is_soft(table, at, described))
    };
    let columns: Result<Vec<Column>, PolarsError> =
        cells.into_par_iter().enumerate().with_max_len(1).map(column).collect();
    let mut columns = columns?;
    let is_subject = |made: &&Column| table.columns.iter().all(|column| column.name != made.name().as_str());
    columns.extend(examined.frame.columns().iter().filter(is_subject).cloned());
    DataFrame::new(kept.len(), columns)
}
