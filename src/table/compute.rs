//! The data frame of a table's rows, and the pack's checks over it.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame, PolarsError};
use rayon::prelude::*;

use crate::finding::{Code, Severity};
use crate::pack;

use super::column::{Cells, EMPTY};
use super::directory::Who;
use super::frame::{self, EvaluateError};
use super::judge::Work;
use super::refer::RowFault;

impl Work<'_> {
    /// The columns of all rows as their cells have them; bad cells are null.
    pub(super) fn columns(&self, years: &[Option<i32>]) -> Result<Vec<Column>, PolarsError> {
        let column = |(at, column): (usize, &pack::Column)| {
            if self.table.year == Some(at) {
                Ok(frame::years(&column.name, years))
            } else {
                self.column(at, &self.rows.cells[at])
            }
        };
        self.table.columns.par_iter().enumerate().with_max_len(1).map(column).collect()
    }

    /// The frame of these columns and of whom the rows are about.
    pub(super) fn frame(&self, mut columns: Vec<Column>, whos: &[Vec<Option<Who>>]) -> Result<DataFrame, PolarsError> {
        let mut kinds: Vec<usize> = self.table.references.iter().map(|reference| reference.subject).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let of_kind: Vec<&Vec<Option<Who>>> = self
                .table
                .references
                .iter()
                .zip(whos)
                .filter(|(reference, _)| reference.subject == kind)
                .map(|(_, whos)| whos)
                .collect();
            let index = |row: usize| {
                of_kind.iter().find_map(|whos| whos[row]).and_then(|who| match who {
                    Who::Known(index) => Some(index),
                    Who::PutAside(_) => None,
                })
            };
            columns.push(frame::subjects(&self.world.pack.subjects[kind].kind, (0..self.rows.origin.len()).map(index)));
        }
        DataFrame::new(self.rows.origin.len(), columns)
    }

    pub(super) fn column(&self, at: usize, cells: &Cells) -> Result<Column, PolarsError> {
        frame::column(
            &self.table.columns[at],
            cells,
            self.world.schema.coercions[self.index][at].default.as_ref(),
            self.soft[at],
        )
    }

    /// A check between columns, from the pack.
    pub(super) fn check(
        &mut self,
        check: &pack::Check,
        frame: &mut DataFrame,
        blanked: &mut BTreeSet<(usize, usize)>,
    ) -> Result<(), EvaluateError> {
        let holds = frame::holds(frame, &check.when, &self.world.literals, self.table)?;
        let cells = &self.rows.cells[check.column];
        let hit: Vec<usize> = holds
            .iter()
            .enumerate()
            .filter(|(row, holds)| **holds && !cells.is_bad(*row))
            .map(|(row, _)| row)
            .collect();
        for row in &hit {
            let severity = if check.rejects { Severity::Rejected } else { Severity::Warning };
            self.put(
                *row,
                RowFault {
                    column: check.column,
                    code: Code::RowCheck,
                    severity,
                    reason: check.reason.clone(),
                    remedy: check.remedy.clone(),
                },
            );
        }
        if check.blank && !hit.is_empty() {
            blanked.extend(hit.iter().map(|row| (*row, check.column)));
            let mut left = cells.clone();
            for (row, column) in blanked.iter() {
                if *column == check.column {
                    left.codes[*row] = EMPTY;
                }
            }
            frame.with_column(self.column(check.column, &left)?)?;
        }
        Ok(())
    }
}
