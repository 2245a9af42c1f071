//! All rows of one table, judged: what is wrong, whom they are about, which are used.
//!
//! Every row is judged whatever its year. Afterwards a row is used, rejected or ignored, and nothing
//! else; rejected ones keep what is known about whom they concern.

use std::collections::{BTreeSet, HashMap};

use polars::prelude::{BooleanChunked, Column, DataFrame, NewChunkedArray, PolarsError};

use crate::finding::Severity;

use super::directory::{Directory, Who};
use super::frame;
use super::judge::Work;
use super::refer::RowFault;
use super::rowset::{SheetFault, TableRows, Yardstick};
use super::side::Otherwise;
use super::{Mention, duplicate};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowVerdict {
    Used,
    Rejected,
    /// Valid and counted as ignored: history that no rule looks at, or about somebody who has left where the table keeps it.
    History,
    /// Superfluous, or history about somebody who has left.
    Dropped,
}

/// A table's rows, judged.
pub struct Examined {
    pub verdicts: Vec<RowVerdict>,
    /// By row, then column.
    pub faults: Vec<(usize, RowFault)>,
    /// Findings about a whole sheet, or its header.
    pub sheet_faults: Vec<SheetFault>,
    /// The indices of the valid rows.
    pub kept: Vec<usize>,
    /// The columns of the valid rows that are made already.
    pub frame: DataFrame,
    /// Resolved years of all rows, where the table has years.
    pub years: Vec<Option<i32>>,
    /// Rows and columns that checks blank.
    pub blanked: BTreeSet<(usize, usize)>,
    /// Column → per kept row.
    pub mentions: HashMap<usize, Vec<Vec<Mention>>>,
    /// Per reference of the table and row.
    pub whos: Vec<Vec<Option<Who>>>,
    /// Numbers that are shown rounded to the other side of a line.
    pub otherwise: Vec<Otherwise>,
}

/// A table's rows with what they say for themselves: all that can be told before anybody is known.
pub struct Prepared<'a> {
    work: Work<'a>,
    sheet_faults: Vec<SheetFault>,
    years: Vec<Option<i32>>,
    past: Vec<bool>,
    columns: Vec<Column>,
}

impl<'a> Prepared<'a> {
    pub fn new(world: &'a Yardstick<'a>, index: usize, rows: &'a TableRows) -> Result<Self, PolarsError> {
        let mut work = Work::new(world, index, rows);
        let mut sheet_faults = Vec::new();
        let years = work.years(&mut sheet_faults);
        let past = work.past(&years);
        work.judge_cells();
        work.judge_future();
        let columns = work.columns(&years)?;
        Ok(Self { work, sheet_faults, years, past, columns })
    }
}

/// Judges the rows of a table. The directories of the kinds it refers to must be complete.
pub fn examine(prepared: Prepared<'_>, directories: &[Directory]) -> Result<Examined, PolarsError> {
    let Prepared { mut work, sheet_faults, years, past, columns } = prepared;
    let (world, index, table, rows) = (work.world, work.index, work.table, work.rows);
    let count = rows.origin.len();
    let (whos, gone) = work.resolve(directories, &past);
    work.judge_groups();
    let mentions = work.mentions(directories, &whos, &past);
    work.judge_lines(directories, &whos);
    let (mut frame, mut blanked) = (work.frame(columns, &whos)?, BTreeSet::new());
    for check in &table.checks {
        work.check(check, &mut frame, &mut blanked)?;
    }
    let looks_back = match &table.looks_back {
        Some(condition) if past.iter().any(|past| *past) => frame::holds(&frame, condition, &world.literals)?,
        _ => vec![false; count],
    };

    if table.tells_gone {
        for row in (0..count).filter(|row| gone[*row] && looks_back[*row]) {
            work.tell_gone(row);
        }
    }

    let mut repeated = vec![false; count];
    if let Some(key) = &table.key {
        let cite = |row: usize, column: usize| {
            let (sheet, line) = rows.origin[row];
            world.data.cite_row(sheet, line, column)
        };
        // A register row is about whom its id names; others must be known to be about somebody.
        let rejected = work.rejected.clone();
        let excluded = |row: usize| {
            gone[row]
                || (rejected[row] && !table.register && !whos.is_empty() && whos.iter().all(|whos| whos[row].is_none()))
        };
        let found = duplicate::find(&duplicate::Records {
            table,
            key,
            cells: &rows.cells,
            coercions: &world.schema.coercions[index],
            years: &years,
            whos: &whos,
            soft: &work.soft,
            rejected: &work.rejected,
            excluded: &excluded,
            cite: &cite,
            book: &|row: usize| world.data.sheets[rows.origin[row].0.0 as usize].book,
            name: &|kind: usize, who: Who| match who {
                Who::Known(known) => {
                    format!("「{}」（{}）", directories[kind].labels[known as usize], directories[kind].id(who))
                }
                Who::PutAside(_) => format!("「{}」", directories[kind].id(who)),
            },
        });
        let told: BTreeSet<(usize, usize)> = work
            .faults
            .iter()
            .filter(|(_, fault)| fault.severity == Severity::Rejected)
            .map(|(row, fault)| (*row, fault.column))
            .collect();
        for (row, fault) in found.faults {
            // A cell that is bad of itself needs no second line.
            if told.contains(&(row, fault.column)) {
                work.rejected[row] = true;
            } else {
                work.put(row, fault);
            }
        }
        found.repeated.into_iter().for_each(|row| repeated[row] = true);
    }

    let verdicts: Vec<RowVerdict> = (0..count)
        .map(|row| {
            if work.rejected[row] {
                RowVerdict::Rejected
            } else if repeated[row] || gone[row] && !table.keeps_gone {
                RowVerdict::Dropped
            } else if gone[row] || past[row] && !looks_back[row] {
                RowVerdict::History
            } else {
                RowVerdict::Used
            }
        })
        .collect();
    let otherwise = work.sides(&verdicts, &years)?;
    let is_kept = |verdict: &RowVerdict| matches!(verdict, RowVerdict::Used | RowVerdict::History);
    let kept: Vec<usize> =
        verdicts.iter().enumerate().filter(|(_, verdict)| is_kept(verdict)).map(|(row, _)| row).collect();
    if kept.len() < count {
        let mask = BooleanChunked::from_iter_values("".into(), verdicts.iter().map(is_kept));
        frame = frame.filter(&mask)?;
    }
    let mentions = mentions
        .into_iter()
        .map(|(column, mut all)| (column, kept.iter().map(|row| std::mem::take(&mut all[*row])).collect()))
        .collect();
    let mut faults = work.faults;
    faults.sort_by_key(|(row, fault)| (*row, fault.column));
    Ok(Examined { verdicts, faults, sheet_faults, kept, frame, years, blanked, mentions, whos, otherwise })
}

/// The faults that cells have of themselves, whatever the registers and the year.
pub fn cells_alone(world: &Yardstick<'_>, index: usize, rows: &TableRows) -> Vec<(usize, RowFault)> {
    let mut work = Work::new(world, index, rows);
    work.judge_cells();
    let mut faults = work.faults;
    faults.sort_by_key(|(row, fault)| (*row, fault.column));
    faults
}
