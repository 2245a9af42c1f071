//! What came of the rows, put into the dataset.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use polars::prelude::{Column, PolarsError};
use rayon::prelude::*;

use crate::pack::Pack;
use crate::pack::term::Literals;
use crate::place::Cell;

use super::directory::{Directory, Who};
use super::examine::{self, Examined, RowVerdict};
use super::read::Error;
use super::refer::ColumnFlaw;
use super::registers::Judged;
use super::report::Notes;
use super::rowset::{TableRows, Yardstick};
use super::scan::Schema;
use super::{Dataset, RejectedSubject, TableData, ToldRow, compute, frame};

/// Puts everything into the dataset: frames, registers, counts, rejected rows, findings.
pub fn finish(
    pack: &Pack,
    schema: &Schema,
    dataset: &mut Dataset,
    rows: Vec<TableRows>,
    judged: Judged,
    mut notes: Notes<'_>,
) -> Result<(), Error> {
    let Judged { mut examined, directories } = judged;
    let mut subjects_of: Vec<Vec<Column>> = Vec::new();
    for (index, (rows, examined)) in rows.iter().zip(&mut examined).enumerate() {
        let about = |row: usize| subjects(pack, index, rows, examined, &directories, row);
        tell_rows(dataset, &mut notes, (index, rows), &examined.verdicts, &examined.flaws, about);
        notes.extend(std::mem::take(&mut examined.notes));
        for otherwise in &examined.otherwise {
            let (sheet, row) = rows.origin[otherwise.row];
            if let Some(column) = dataset.sheets[sheet.0 as usize].columns[otherwise.column] {
                dataset.otherwise.insert(Cell { sheet, row, column }, otherwise.told.clone());
            }
        }
        let mut own_subjects = Vec::new();
        for (kind, subject) in pack.subjects.iter().enumerate().filter(|(_, subject)| subject.register == index) {
            let directory = &directories[kind];
            let mut own = directory.of_rows(examined.kept.len());
            // A row without a label names nobody new.
            for (own, row) in own.iter_mut().zip(&examined.kept).filter(|(own, _)| own.is_none()) {
                *own = rows.cells[subject.id].text(*row).and_then(|id| directory.by_id(id)?.known());
            }
            own_subjects.push(frame::subjects(&subject.kind, own.into_iter()));
        }
        subjects_of.push(own_subjects);
    }
    let tables = rows.into_par_iter().zip(examined).zip(subjects_of).enumerate().with_max_len(1).map(
        |(index, ((rows, examined), subjects))| {
            let mut frame = compute::frame(&pack.tables[index], &schema.coercions[index], rows.cells, &examined)?;
            for subject in subjects {
                frame.with_column(subject)?;
            }
            let origin = examined.kept.iter().map(|row| rows.origin[*row]).collect();
            Ok(TableData { frame, origin, mentions: examined.mentions })
        },
    );
    let registers = || directories.into_iter().map(Directory::into_register).collect();
    let (tables, registers) = rayon::join(|| tables.collect::<Result<_, PolarsError>>(), registers);
    (dataset.tables, dataset.registers) = (tables?, registers);
    close(dataset, notes);
    Ok(())
}

/// What can be told where the run cannot go on: every fault that the cells have of themselves. Without the registers nobody
/// can be matched, and without a year nothing is history; but a bad date is one all the same, and the office that sent it
/// need not wait.
pub fn finish_alone(pack: &Pack, schema: &Schema, dataset: &mut Dataset, rows: &[TableRows], mut notes: Notes<'_>) {
    let (none, nowhere) = (BTreeSet::new(), Dataset::default());
    let world = Yardstick {
        pack,
        schema,
        year: dataset.year,
        as_of: NaiveDate::default(),
        literals: Literals::new(),
        known_lines: &none,
        data: &nowhere,
    };
    for (table, rows) in rows.iter().enumerate() {
        let (verdicts, flaws) = examine::cells_alone(&world, table, rows);
        tell_rows(dataset, &mut notes, (table, rows), &verdicts, &flaws, |_| Vec::new());
    }
    close(dataset, notes);
}

/// Counts the rows of a table, keeps those that are put aside or told of, and notes why.
fn tell_rows(
    dataset: &mut Dataset,
    notes: &mut Notes<'_>,
    (table, rows): (usize, &TableRows),
    verdicts: &[RowVerdict],
    flaws: &[(usize, ColumnFlaw)],
    about: impl Fn(usize) -> Vec<RejectedSubject>,
) {
    let told = |row: usize, subjects: Vec<RejectedSubject>| {
        let values = rows.cells.iter().map(|cells| cells.entry(row).shown.to_owned()).collect();
        let (sheet, line) = rows.origin[row];
        ToldRow { table, sheet, row: line, values, subjects }
    };
    for (row, ((sheet, _), verdict)) in rows.origin.iter().zip(verdicts).enumerate() {
        let counts = &mut dataset.sheets[sheet.0 as usize];
        match verdict {
            RowVerdict::Used => counts.used += 1,
            RowVerdict::History | RowVerdict::Dropped => counts.ignored += 1,
            RowVerdict::Rejected => {
                counts.rejected += 1;
                dataset.rejected.push(told(row, about(row)));
            }
        }
    }
    let mut flawed: Vec<usize> = flaws.iter().map(|(row, _)| *row).collect();
    flawed.dedup();
    let noted = flawed.into_iter().filter(|row| verdicts[*row] != RowVerdict::Rejected);
    dataset.noted.extend(noted.map(|row| told(row, Vec::new())));
    notes.rows(table, rows, flaws, &dataset.sheets);
}

/// Brings all that is told into reading order.
fn close(dataset: &mut Dataset, notes: Notes<'_>) {
    for rows in [&mut dataset.rejected, &mut dataset.noted] {
        rows.sort_by_key(|told| (told.sheet, told.row));
    }
    dataset.findings = notes.finish(dataset);
}

/// Whom a rejected row is about.
fn subjects(
    pack: &Pack,
    table: usize,
    rows: &TableRows,
    examined: &Examined,
    directories: &[Directory],
    row: usize,
) -> Vec<RejectedSubject> {
    let named = |kind: usize, who: Who| match who {
        Who::Known(known) => RejectedSubject::Known(kind, known),
        Who::PutAside(_) => RejectedSubject::RegisterRejected(kind, directories[kind].id(who).to_owned()),
    };
    let mut subjects = Vec::new();
    if let Some((kind, subject)) = pack.subjects.iter().enumerate().find(|(_, subject)| subject.register == table) {
        let who = rows.cells[subject.id].text(row).and_then(|id| directories[kind].by_id(id));
        subjects.extend(who.map(|who| named(kind, who)));
        return subjects;
    }
    for (reference, whos) in pack.tables[table].references.iter().zip(&examined.whos) {
        if let Some(who) = whos[row] {
            let subject = named(reference.subject, who);
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
    }
    subjects
}
