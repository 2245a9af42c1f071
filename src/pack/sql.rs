//! The run's own values: what names mean that stand for the same value everywhere.

use std::collections::BTreeMap;

use chrono::NaiveDate;

/// A name's value in this run.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Int(i32),
    Number(f64),
    Text(String),
    Date(NaiveDate),
}

/// As people write it.
impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Literal::Int(value) => value.fmt(f),
            Literal::Number(value) => value.fmt(f),
            Literal::Text(value) => value.fmt(f),
            Literal::Date(value) => value.fmt(f),
        }
    }
}

/// Names that stand for literals: the run's year and dates, and the parameters.
pub type Literals = BTreeMap<String, Literal>;
