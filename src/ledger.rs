//! Sheets of texts: the archive fills them, the handoff writes them.

use chrono::NaiveDate;

/// A sheet of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerSheet {
    pub name: String,
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl LedgerSheet {
    pub fn new(name: &str, title: &str, columns: &[&str], rows: Vec<Vec<String>>) -> LedgerSheet {
        let columns = columns.iter().map(ToString::to_string).collect();
        LedgerSheet { name: name.to_owned(), title: title.to_owned(), columns, rows }
    }
}

/// A row of texts.
macro_rules! texts {
    ($($value:expr),* $(,)?) => { vec![$($value.to_string()),*] };
}
pub(crate) use texts;

/// A day as the ledger's cells have it; empty where none is known.
pub fn day_shown(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
