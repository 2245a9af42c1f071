//! `template.toml` of a pack: how its tables are spread over workbooks, and what columns are shown with.

use std::borrow::Cow;

use serde::Deserialize;

use super::model::{InputColumn, Table};

/// What the line with the example begins with: above the header, and once in the first row below it.
pub const EXAMPLE: &str = "示例";

/// The file. All of it may be missing: then every table gets a workbook of its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    #[serde(default, rename = "book")]
    pub books: Vec<TemplateBook>,
    #[serde(default, rename = "column")]
    columns: Vec<ColumnShown>,
}

/// A workbook and the tables on its sheets, in this order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateBook {
    pub name: String,
    pub tables: Vec<String>,
}

/// What a column is shown with; of several entries that fit, the last counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnShown {
    name: String,
    /// The tables it holds for; none: every table with such a column.
    #[serde(default)]
    tables: Vec<String>,
    example: Option<String>,
    note: Option<String>,
}

impl Template {
    fn shown(&self, table: &Table, column: &InputColumn) -> Option<&ColumnShown> {
        let fits = |entry: &&ColumnShown| {
            entry.name == column.name && (entry.tables.is_empty() || entry.tables.contains(&table.name))
        };
        self.columns.iter().rev().find(fits)
    }

    /// An example for a column of a table; empty where there is none.
    pub fn example(&self, table: &Table, column: &InputColumn) -> Cow<'_, str> {
        let given = self.shown(table, column).and_then(|shown| shown.example.as_deref());
        given.map_or_else(|| Cow::Owned(column.kind.example()), Cow::Borrowed)
    }

    /// What else a clerk should know about a column of a table.
    pub fn note(&self, table: &Table, column: &InputColumn) -> Option<&str> {
        self.shown(table, column).and_then(|shown| shown.note.as_deref())
    }

    /// What stands in a column in the example row that forms had below the header.
    pub fn in_old_row(&self, table: &Table, column: &InputColumn) -> String {
        let example = self.example(table, column);
        let is_first = table.columns.first().is_some_and(|first| first.name == column.name);
        if is_first { format!("说明：{EXAMPLE}（{example}）") } else { example.into_owned() }
    }
}
