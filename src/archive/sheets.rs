//! Sheets of texts, as `archive export` and 逐人 hand them to the handoff.

use chrono::NaiveDate;

/// A sheet of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerSheet {
    pub name: String,
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// A day as the ledger's cells have it; empty where none is known.
pub(super) fn day_shown(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

pub(super) fn sheet(name: &str, title: &str, columns: &[&str]) -> LedgerSheet {
    LedgerSheet {
        name: name.to_owned(),
        title: title.to_owned(),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        rows: Vec::new(),
    }
}
