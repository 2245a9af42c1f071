//! All rows of one table, judged: what is wrong, whom they are about, which are used.
//!
//! Every row is judged whatever its year. Afterwards a row is used, rejected or ignored, and nothing
//! else; rejected ones keep what is known about whom they concern.

use std::collections::{BTreeSet, HashMap};

use polars::prelude::{BooleanChunked, Column, DataFrame, NewChunkedArray, PolarsError};

use super::directory::{Directory, Who};
use super::frame;
use super::judge::Work;
use super::refer::ColumnFlaw;
use super::report::Note;
use super::rowset::{TableRows, Yardstick};
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
    pub flaws: Vec<(usize, ColumnFlaw)>,
    /// Findings about a whole sheet, or its header.
    pub notes: Vec<Note>,
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
    notes: Vec<Note>,
    years: Vec<Option<i32>>,
    past: Vec<bool>,
    columns: Vec<Column>,
}

impl<'a> Prepared<'a> {
    pub fn new(world: &'a Yardstick<'a>, index: usize, rows: &'a TableRows) -> Result<Self, PolarsError> {
        let mut work = Work::new(world, index, rows);
        let mut notes = Vec::new();
        let years = work.years(&mut notes);
        let past = work.past(&years);
        work.judge_cells();
        work.judge_future();
        let columns = work.columns(&years)?;
        Ok(Self { work, notes, years, past, columns })
    }
}

/// Judges the rows of a table. The directories of the kinds it refers to must be complete.
pub fn examine(prepared: Prepared<'_>, directories: &[Directory]) -> Result<Examined, PolarsError> {
    let Prepared { mut work, notes, years, past, columns } = prepared;
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
        let rejecting = work.flaws.iter().filter(|(_, (_, flaw))| flaw.rejects());
        let told: BTreeSet<(usize, usize)> = rejecting.map(|(row, (column, _))| (*row, *column)).collect();
        for (row, flaw) in found.flaws {
            // A cell that is bad of itself needs no second line.
            if told.contains(&(row, flaw.0)) {
                work.rejected[row] = true;
            } else {
                work.put(row, flaw);
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
    let flaws = work.into_flaws();
    Ok(Examined { verdicts, flaws, notes, kept, frame, years, blanked, mentions, whos, otherwise })
}

/// What becomes of the rows by what is wrong with their cells alone, whatever the registers and the year.
pub fn cells_alone(
    world: &Yardstick<'_>,
    index: usize,
    rows: &TableRows,
) -> (Vec<RowVerdict>, Vec<(usize, ColumnFlaw)>) {
    let mut work = Work::new(world, index, rows);
    work.judge_cells();
    let verdict = |rejected: &bool| if *rejected { RowVerdict::Rejected } else { RowVerdict::Used };
    (work.rejected.iter().map(verdict).collect(), work.into_flaws())
}
