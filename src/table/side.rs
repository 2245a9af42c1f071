//! Numbers that are shown rounded to the other side of a line: 59.6 shown as 60 beside a line of 60.
//!
//! Such a number counts as it is stored, and whoever looks at the sheet sees another. So the cell is told, and what
//! rests on it says so. It matters only in rows that count, in columns that a fact compares with a parameter.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame, NamedFrom, PolarsError, Series};

use crate::finding::{Code, Flaw};
use crate::pack::scope::Meaning;
use crate::pack::{CellRule, Expression, Formula, Source};

use super::column::ContentEntry;
use super::examine::RowVerdict;
use super::frame;
use super::judge::Work;
use super::seen::number_shown;

/// A cell that shows another number than it stores, where that matters.
#[derive(Debug, Clone)]
pub struct Otherwise {
    pub row: usize,
    pub column: usize,
    /// `显示为60，实为59.6`.
    pub told: String,
}

impl Work<'_> {
    /// The cells of rows that count in which the number shown and the one stored lie on different sides of a line.
    pub(super) fn sides(&mut self, verdicts: &[RowVerdict]) -> Result<Vec<Otherwise>, PolarsError> {
        let mut told: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut found = Vec::new();
        let pack = self.world.pack;
        for fact in &pack.facts {
            let Formula::Aggregate { source: Source::Table(table), given, cells, .. } = &fact.formula else { continue };
            if *table != self.index {
                continue;
            }
            for cell in cells {
                let Some((line, at)) = cell.line.as_ref().zip(self.table.column(&cell.column)) else { continue };
                let rows = self.rounded(at, verdicts);
                if rows.is_empty() {
                    continue;
                }
                let columns = (0..self.table.columns.len()).map(|at| self.whole_column(at, rows.iter().copied()));
                let stored = DataFrame::new(rows.len(), columns.collect::<Result<Vec<Column>, _>>()?)?;
                let counts = match given.as_ref().filter(|given| self.speaks_of_columns(given)) {
                    Some(given) => frame::holds(&stored, given, &self.world.literals)?,
                    None => vec![true; rows.len()],
                };
                let differs = self.differs(cell, line, at, &rows, &stored)?;
                for (row, _) in
                    rows.iter().zip(counts.iter().zip(&differs)).filter(|(_, (counts, differs))| **counts && **differs)
                {
                    if told.insert((*row, at)) {
                        found.push(self.tell(*row, at, line));
                    }
                }
            }
        }
        Ok(found)
    }

    /// Used rows in which a column shows another number than it stores.
    fn rounded(&self, at: usize, verdicts: &[RowVerdict]) -> Vec<usize> {
        let rounded = self.rows_where(at, |entry| entry.number_seen().is_some());
        rounded.into_iter().map(|(row, _)| row).filter(|row| verdicts[*row] == RowVerdict::Used).collect()
    }

    /// Whether a condition can be told from the row alone.
    fn speaks_of_columns(&self, given: &Expression) -> bool {
        let meanings = given.term().meanings();
        meanings.iter().all(|(_, meaning)| matches!(meaning, Meaning::Column | Meaning::Literal))
    }

    /// For each row whether the cell decides in one way as stored and in another as shown; where no condition says when
    /// it does, whether it lies elsewhere about the line.
    fn differs(
        &self,
        cell: &CellRule,
        line: &str,
        at: usize,
        rows: &[usize],
        stored: &DataFrame,
    ) -> Result<Vec<bool>, PolarsError> {
        let entries = || rows.iter().map(|row| self.rows.cells[at].entry(*row));
        if let Some(when) = &cell.when {
            let seen: Vec<Option<f64>> = entries().map(|entry| entry.number_seen()).collect();
            let mut shown = stored.clone();
            shown.with_column(Series::new(self.name(at).into(), seen).into())?;
            let [stored, shown] = [stored, &shown].map(|frame| frame::holds(frame, when, &self.world.literals));
            return Ok(stored?.into_iter().zip(shown?).map(|(stored, shown)| stored != shown).collect());
        }
        let line = self.world.literals.get(line).and_then(|line| line.number());
        let Some(line) = line else { return Ok(vec![false; rows.len()]) };
        let side = |entry: ContentEntry<'_>| {
            let (seen, stored) = (entry.number_seen()?, entry.number()?);
            Some(seen.total_cmp(&line) != stored.total_cmp(&line))
        };
        Ok(entries().map(|entry| side(entry).unwrap_or(false)).collect())
    }

    fn tell(&mut self, row: usize, column: usize, line: &str) -> Otherwise {
        let entry = self.rows.cells[column].entry(row);
        let (shown, stored) = (entry.shown, entry.number().map(number_shown).unwrap_or_default());
        let value = self.world.literals.get(line).map(|line| line.said()).unwrap_or_default();
        let told = format!("显示为{shown}，实为{stored}");
        let name = self.name(column);
        let flaw = Flaw::warning(
            Code::ShownRounded,
            format!("{name}{told}，一个在{line}（{value}）的这一边，一个在那一边；按实际存放的{stored}计算"),
            "请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数",
        );
        self.put(row, (column, flaw));
        Otherwise { row, column, told }
    }
}
