//! What stands in the archive's cells: JSON, words for runs, answers in words.

use rusqlite::{Connection, Params, Row};
use serde::Serialize;

use crate::fact::Decision;
use crate::pack::{Run, printed};

/// All rows of a query.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare_cached(sql)?.query_map(values, row)?.collect()
}

/// For a message: an answer in one line.
pub(super) fn in_words(decision: &Decision) -> String {
    let mut parts = vec![decision.opinion.clone()];
    parts.extend(
        decision
            .by_column()
            .into_iter()
            .filter(|(name, _)| name != printed::OPINION)
            .map(|(name, text)| format!("{name}：{text}")),
    );
    parts.join("，")
}

/// JSON of something that always has one.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Parses a JSON cell; what cannot be parsed was not written by us.
pub(super) fn parsed<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

pub(super) fn parsed_or_none<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    let blank = matches!(row.get_ref(column)?, rusqlite::types::ValueRef::Null);
    if blank { Ok(None) } else { parsed(row, column).map(Some) }
}

/// Who wrote an entry.
pub(super) fn program() -> String {
    format!("kaohe {}", env!("CARGO_PKG_VERSION"))
}

pub(super) fn run_of(code: &str) -> Run {
    Run::of_code(code).unwrap_or(Run::Annual)
}
