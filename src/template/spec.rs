//! `template.toml` of a pack: how its tables are spread over workbooks, and what columns are shown with.

use serde::Deserialize;

/// The file's name in the pack.
pub const FILE: &str = crate::pack::TEMPLATE;

/// The file as written. All of it may be missing: then every table gets a workbook of its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTemplate {
    #[serde(default)]
    pub book: Vec<RawBook>,
    #[serde(default)]
    pub column: Vec<RawColumn>,
}

/// A workbook and the tables on its sheets, in this order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBook {
    pub name: String,
    pub tables: Vec<String>,
}

/// What a column is shown with; of several entries that fit, the last counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawColumn {
    pub name: String,
    /// The tables it holds for; none: every table with such a column.
    #[serde(default)]
    pub tables: Vec<String>,
    pub example: Option<String>,
    pub note: Option<String>,
}

impl RawTemplate {
    /// The entry's example and note for a column of a table.
    pub fn shown(&self, table: &str, column: &str) -> (Option<&str>, Option<&str>) {
        let fits = |entry: &&RawColumn| {
            entry.name == column && (entry.tables.is_empty() || entry.tables.iter().any(|name| name == table))
        };
        match self.column.iter().rev().find(fits) {
            Some(entry) => (entry.example.as_deref(), entry.note.as_deref()),
            None => (None, None),
        }
    }
}
