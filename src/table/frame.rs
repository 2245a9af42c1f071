//! Columns of codes → typed columns of a data frame, and the pack's expressions over them.

use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

use crate::pack::compile::{compile, query};
use crate::pack::term::Literals;
use crate::pack::{self, ColumnKind, Expression};

use super::column::{CellValue, ColumnCells, ContentEntry, ReadContent};

/// Days from the common era's first to 1970, as polars counts from.
const EPOCH: i32 = 719_163;

/// The typed column of a table's column, for rows with these codes; blanks hold the default, bad cells nothing.
pub fn column(
    described: &pack::InputColumn,
    cells: &ColumnCells,
    codes: Vec<u32>,
    default: Option<&CellValue>,
    soft: bool,
) -> Result<Column, PolarsError> {
    let name = PlSmallStr::from(described.name.as_str());
    let default = default.map(|value| ReadContent::Good(value.clone()));
    let said = || cells.entries().map(|entry| said(entry, default.as_ref(), soft));
    Ok(match &described.kind {
        ColumnKind::Number { .. } => {
            numbers::<Float64Type>(name, codes, said().map(|entry| entry?.number())).into_column()
        }
        ColumnKind::Year => numbers::<Int32Type>(name, codes, said().map(|entry| entry?.year())).into_column(),
        ColumnKind::Date | ColumnKind::Month => {
            let days = said().map(|entry| entry?.day().map(since_epoch));
            numbers::<Int32Type>(name, codes, days).into_date().into_column()
        }
        ColumnKind::Choice { values, .. } => {
            texts(name, codes, said().map(|entry| values.get(entry?.choice()?).map(String::as_str)))?
        }
        _ => texts(name, codes, said().map(|entry| entry?.text()))?,
    })
}

/// What counts for a content: itself, or the default; nothing where it is bad. A default stands for itself and is
/// never the text that is shown.
fn said<'a>(entry: ContentEntry<'a>, default: Option<&'a ReadContent>, soft: bool) -> Option<ContentEntry<'a>> {
    match entry.content {
        ReadContent::Good(_) => Some(entry),
        ReadContent::Bad(_) if !soft => None,
        ReadContent::Blank | ReadContent::Bad(_) => default.map(|content| ContentEntry { shown: "", content }),
    }
}

fn numbers<T: PolarsNumericType>(
    name: PlSmallStr,
    codes: Vec<u32>,
    known: impl Iterator<Item = Option<T::Native>>,
) -> ChunkedArray<T> {
    let known: Vec<Option<T::Native>> = known.collect();
    codes.iter().map(|code| known[*code as usize]).collect::<ChunkedArray<T>>().with_name(name)
}

/// Each different text is laid down once; the rows point at it.
fn texts<'a>(
    name: PlSmallStr,
    codes: Vec<u32>,
    known: impl Iterator<Item = Option<&'a str>>,
) -> Result<Column, PolarsError> {
    let known = StringChunked::from_iter_options(name, known);
    let codes = IdxCa::from_vec(PlSmallStr::EMPTY, codes);
    Ok(known.take(&codes)?.into_column())
}

/// A column of resolved years.
pub fn years(name: &str, years: impl Iterator<Item = Option<i32>>) -> Column {
    years.collect::<Int32Chunked>().with_name(name.into()).into_column()
}

/// A column of indices in a register.
pub fn subjects(kind: &str, subjects: impl Iterator<Item = Option<u32>>) -> Column {
    subjects.collect::<UInt32Chunked>().with_name(format!("@{kind}").into()).into_column()
}

/// A column of days.
pub fn days(name: &str, all: impl Iterator<Item = Option<NaiveDate>>) -> Column {
    all.map(|day| day.map(since_epoch)).collect::<Int32Chunked>().with_name(name.into()).into_date().into_column()
}

fn since_epoch(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - EPOCH
}

/// The rows for which a condition holds; unknown is not holding.
pub fn holds(frame: &DataFrame, condition: &Expression, literals: &Literals) -> Result<Vec<bool>, PolarsError> {
    let expression = compile(condition.term(), literals, &|name, _| col(name)).alias("holds");
    let result = query(frame.clone()).select([expression]).collect()?;
    let mask = result.column("holds")?.cast(&DataType::Boolean)?;
    let mask = mask.bool()?;
    // A condition that names no column comes back as one value.
    if mask.len() == 1 && frame.height() != 1 {
        return Ok(vec![mask.get(0) == Some(true); frame.height()]);
    }
    Ok(mask.iter().map(|value| value == Some(true)).collect())
}
