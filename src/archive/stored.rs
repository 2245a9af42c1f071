//! What stands in the archive's cells: JSON, words for runs, answers by column.

use serde::{Deserialize, Serialize};

use crate::fact::Decision;
use crate::pack::{Run, printed};

/// An answer as it stands in the archive's JSON cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredDecision {
    #[serde(rename = "委员会意见")]
    opinion: String,
    #[serde(rename = "决定方式")]
    method: String,
    #[serde(rename = "决定日期")]
    date: String,
    #[serde(rename = "备注")]
    remark: String,
    #[serde(rename = "其他")]
    extra: Pairs,
}

/// An answer by column: a JSON object, in the order of the columns' names.
pub type Pairs = std::collections::BTreeMap<String, String>;

pub fn pairs(given: &[(String, String)]) -> Pairs {
    given.iter().filter(|(_, text)| !text.is_empty()).cloned().collect()
}

impl StoredDecision {
    /// Of the answer that a row is published with.
    pub(super) fn of(filled: &Pairs) -> StoredDecision {
        let mut extra = filled.clone();
        let [opinion, method, date, remark] = printed::ANSWERS.map(|name| extra.remove(name).unwrap_or_default());
        StoredDecision { opinion, method, date, remark, extra }
    }
}

impl From<&Decision> for StoredDecision {
    fn from(decision: &Decision) -> StoredDecision {
        StoredDecision {
            opinion: decision.opinion.clone(),
            method: decision.method.clone(),
            date: decision.date.clone(),
            remark: decision.remark.clone(),
            extra: pairs(&decision.extra),
        }
    }
}

impl From<StoredDecision> for Decision {
    fn from(stored: StoredDecision) -> Decision {
        Decision {
            opinion: stored.opinion,
            method: stored.method,
            date: stored.date,
            remark: stored.remark,
            extra: stored.extra.into_iter().collect(),
        }
    }
}

/// An answer by column.
pub fn as_pairs(decision: &Decision) -> Pairs {
    let common = [
        (printed::OPINION, &decision.opinion),
        (printed::METHOD, &decision.method),
        (printed::DATE, &decision.date),
        (printed::REMARK, &decision.remark),
    ];
    let common = common.into_iter().map(|(name, text)| (name.to_owned(), text.clone()));
    common.chain(decision.extra.iter().cloned()).filter(|(_, text)| !text.is_empty()).collect()
}

/// For a message: an answer in one line.
pub(super) fn in_words(decision: &Decision) -> String {
    let mut parts = vec![decision.opinion.clone()];
    parts.extend(
        as_pairs(decision)
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
pub(super) fn parsed<T: serde::de::DeserializeOwned>(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

pub(super) fn parsed_or_none<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
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
