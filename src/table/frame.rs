//! Columns of codes → typed columns of a data frame, and the pack's expressions over them.

use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

use crate::pack::sql::{self, Literals, SqlError};
use crate::pack::{self, ColumnKind};

use super::column::{Cells, Content, Value};

/// Days from the common era's first to 1970, as polars counts from.
const EPOCH: i32 = 719_163;

/// The typed column of a table's column; blanks hold the default, bad cells nothing.
pub fn column(described: &pack::Column, cells: &Cells, default: Option<&Value>, soft: bool) -> Column {
    let value = |content: &'_ Content| -> Option<Value> {
        match content {
            Content::Good(value) => Some(value.clone()),
            Content::Blank => default.cloned(),
            Content::Bad(_) => {
                if soft {
                    default.cloned()
                } else {
                    None
                }
            }
        }
    };
    let name = PlSmallStr::from(described.name.as_str());
    match &described.kind {
        ColumnKind::Number { .. } => {
            let known: Vec<Option<f64>> = cells
                .entries
                .iter()
                .map(|entry| match value(&entry.content) {
                    Some(Value::Number(number)) => Some(number),
                    _ => None,
                })
                .collect();
            Float64Chunked::from_iter_options(name, cells.codes.iter().map(|code| known[*code as usize])).into_column()
        }
        ColumnKind::Year => {
            let known: Vec<Option<i32>> = cells
                .entries
                .iter()
                .map(|entry| match value(&entry.content) {
                    Some(Value::Year(year)) => Some(year),
                    _ => None,
                })
                .collect();
            Int32Chunked::from_iter_options(name, cells.codes.iter().map(|code| known[*code as usize])).into_column()
        }
        ColumnKind::Date | ColumnKind::Month => {
            let known: Vec<Option<i32>> = cells
                .entries
                .iter()
                .map(|entry| match value(&entry.content) {
                    Some(Value::Day(day)) => Some(days(day)),
                    _ => None,
                })
                .collect();
            Int32Chunked::from_iter_options(name, cells.codes.iter().map(|code| known[*code as usize]))
                .into_date()
                .into_column()
        }
        ColumnKind::Choice { values, .. } => {
            let known: Vec<Option<&str>> = cells
                .entries
                .iter()
                .map(|entry| match value(&entry.content) {
                    Some(Value::Choice(index)) => values.get(index as usize).map(String::as_str),
                    _ => None,
                })
                .collect();
            StringChunked::from_iter_options(name, cells.codes.iter().map(|code| known[*code as usize])).into_column()
        }
        _ => {
            let fallback = match default {
                Some(Value::Text(text)) => Some(text.as_ref()),
                _ => None,
            };
            let known: Vec<Option<&str>> = cells
                .entries
                .iter()
                .map(|entry| match &entry.content {
                    Content::Good(Value::Text(text)) => Some(text.as_ref()),
                    Content::Blank => fallback,
                    Content::Bad(_) if soft => fallback,
                    _ => None,
                })
                .collect();
            StringChunked::from_iter_options(name, cells.codes.iter().map(|code| known[*code as usize])).into_column()
        }
    }
}

/// A column of resolved years.
pub fn years(name: &str, years: &[Option<i32>]) -> Column {
    Int32Chunked::from_iter_options(name.into(), years.iter().copied()).into_column()
}

/// A column of indices in a register.
pub fn subjects(kind: &str, subjects: impl Iterator<Item = Option<u32>>) -> Column {
    UInt32Chunked::from_iter_options(format!("@{kind}").into(), subjects).into_column()
}

fn days(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - EPOCH
}

/// Why an expression of the pack could not be evaluated over a table.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    #[error(transparent)]
    Sql(#[from] SqlError),
    #[error(transparent)]
    Polars(#[from] PolarsError),
}

/// The rows for which a condition holds; unknown is not holding.
pub fn holds(
    frame: &DataFrame,
    condition: &str,
    literals: &Literals,
    table: &pack::Table,
) -> Result<Vec<bool>, EvaluateError> {
    let order = |name: &str| {
        table.columns.iter().find(|column| column.name == name).and_then(|column| match &column.kind {
            ColumnKind::Choice { values, ordered: true } => Some(values.as_slice()),
            _ => None,
        })
    };
    let expression = sql::bind(sql::parse(condition)?, literals, &order)?.alias("holds");
    let result = frame.clone().lazy().select([expression]).collect()?;
    let mask = result.column("holds")?.cast(&DataType::Boolean)?;
    let mask = mask.bool()?;
    // A condition that names no column comes back as one value.
    if mask.len() == 1 && frame.height() != 1 {
        return Ok(vec![mask.get(0) == Some(true); frame.height()]);
    }
    Ok(mask.iter().map(|value| value == Some(true)).collect())
}
