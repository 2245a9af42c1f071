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
pub struct Prepared<'a>(Work<'a>, Vec<Column>);

impl<'a> Prepared<'a> {
    pub fn new(world: &'a Yardstick<'a>, index: usize, rows: &'a TableRows) -> Result<Self, PolarsError> {
        let mut work = Work::new(world, index, rows);
        work.tell_years();
        work.tell_past();
        work.judge_cells();
        work.judge_future();
        let columns = work.columns()?;
        Ok(Self(work, columns))
    }
}

/// Judges the rows of a table. The directories of the kinds it refers to must be complete.
pub fn examine<'a>(
    Prepared(mut work, columns): Prepared<'a>,
    directories: &'a [Directory],
) -> Result<Examined, PolarsError> {
    let (table, count) = (work.table, work.rows.origin.len());
    work.directories = directories;
    work.resolve();
    work.judge_groups();
    let mentions = work.mentions();
    work.judge_lines();
    let (mut frame, mut blanked) = (work.frame(columns)?, BTreeSet::new());
    for check in &table.checks {
        work.check(check, &mut frame, &mut blanked)?;
    }
    let looks_back = match &table.looks_back {
        Some(condition) if work.past.contains(&true) => frame::holds(&frame, condition, &work.world.literals)?,
        _ => vec![false; count],
    };

    if table.tells_gone {
        for row in (0..count).filter(|row| looks_back[*row]) {
            work.tell_gone(row);
        }
    }

    let found = duplicate::find(&work);
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
    let mut repeated = vec![false; count];
    found.repeated.into_iter().for_each(|row| repeated[row] = true);

    let verdicts: Vec<RowVerdict> = (0..count)
        .map(|row| {
            if work.rejected[row] {
                RowVerdict::Rejected
            } else if repeated[row] || work.gone[row] && !table.keeps_gone {
                RowVerdict::Dropped
            } else if work.gone[row] || work.past[row] && !looks_back[row] {
                RowVerdict::History
            } else {
                RowVerdict::Used
            }
        })
        .collect();
    let otherwise = work.sides(&verdicts)?;
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
    let Work { mut flaws, notes, years, whos, .. } = work;
    by_place(&mut flaws);
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
    by_place(&mut work.flaws);
    (work.rejected.iter().map(verdict).collect(), work.flaws)
}

/// By row, then column.
fn by_place(flaws: &mut [(usize, ColumnFlaw)]) {
    flaws.sort_by_key(|(row, (column, _))| (*row, *column));
}
