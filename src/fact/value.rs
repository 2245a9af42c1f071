//! A value as it stands in a ground, and columns of them.

use std::borrow::Cow;

use chrono::NaiveDate;
use polars::prelude::*;

use crate::table::date;

/// The value of a fact as it stands in a ground.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum FactValue {
    Null,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(String),
}

impl FactValue {
    /// As it stands in a cell; none if it is blank.
    pub fn text(&self) -> Option<String> {
        match self {
            FactValue::Null => None,
            FactValue::Bool(value) => Some(value.to_string()),
            FactValue::Int(value) => Some(value.to_string()),
            FactValue::Number(value) => Some(value.to_string()),
            FactValue::Text(value) => Some(value.clone()),
        }
    }

    /// As people say it; `unknown` where it has no value.
    pub fn said(&self, unknown: &str) -> String {
        match self {
            FactValue::Bool(true) => "是".to_owned(),
            FactValue::Bool(false) => "否".to_owned(),
            other => other.text().unwrap_or_else(|| unknown.to_owned()),
        }
    }
}

/// A column's values, by what they are.
#[derive(Debug, Clone)]
pub enum Texts {
    Flags(Vec<Option<bool>>),
    Strings(StringChunked),
    Others(Column),
}

impl Texts {
    pub fn new(column: &Column) -> Texts {
        match (column.bool(), column.str()) {
            (Ok(flags), _) => Texts::Flags(flags.iter().collect()),
            (_, Ok(texts)) => Texts::Strings(texts.rechunk().into_owned()),
            _ => Texts::Others(column.clone()),
        }
    }

    /// Those of a frame's column, if it has one of that name.
    pub fn of(frame: &DataFrame, column: &str) -> Option<Texts> {
        frame.column(column).ok().map(Texts::new)
    }

    /// The value of one entity; a column of one value has it for all.
    pub fn value(&self, at: usize) -> FactValue {
        let at = |len: usize| if len == 1 { 0 } else { at };
        match self {
            Texts::Flags(flags) => {
                flags.get(at(flags.len())).copied().flatten().map_or(FactValue::Null, FactValue::Bool)
            }
            Texts::Strings(texts) => {
                texts.get(at(texts.len())).map_or(FactValue::Null, |text| FactValue::Text(text.to_owned()))
            }
            Texts::Others(column) => column.get(at(column.len())).map_or(FactValue::Null, |value| fact_value(&value)),
        }
    }

    /// The text of one row; none if it is blank.
    pub fn at(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Texts::Strings(texts) if row < texts.len() => texts.get(row).map(Cow::Borrowed),
            Texts::Strings(_) => None,
            Texts::Flags(flags) => flags.get(row).copied().flatten().map(|flag| Cow::Owned(flag.to_string())),
            Texts::Others(column) => fact_value(&column.get(row).ok()?).text().map(Cow::Owned),
        }
    }

    /// The day of one row: as such in a column of days, which need not be written out and read again.
    pub fn day(&self, row: usize) -> Option<NaiveDate> {
        match self {
            Texts::Others(column) if let Ok(AnyValue::Date(days)) = column.get(row) => day_of(days),
            _ => date::day(&self.at(row)?),
        }
    }
}

/// A column's value as it stands in a ground.
pub fn fact_value(value: &AnyValue<'_>) -> FactValue {
    match value {
        AnyValue::Null => FactValue::Null,
        AnyValue::Boolean(value) => FactValue::Bool(*value),
        AnyValue::Float64(value) => FactValue::Number(*value),
        AnyValue::Date(days) => day_of(*days).map_or(FactValue::Null, |day| FactValue::Text(day.to_string())),
        other => match (other.get_str(), other.extract::<i64>()) {
            (Some(text), _) => FactValue::Text(text.to_owned()),
            (None, Some(value)) => FactValue::Int(value),
            (None, None) => FactValue::Null,
        },
    }
}

/// The day so many days after the beginning of 1970.
fn day_of(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days)
}
