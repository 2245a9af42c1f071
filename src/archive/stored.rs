//! What stands in the archive's cells: JSON, words for runs, answers in words.

use rusqlite::{Connection, Params, Row};
use serde::{Deserialize, Serialize};

use crate::fact::Decision;
use crate::fact::history::Pairs;
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

/// How the archive keeps an answer: as JSON, and in the columns of its table. What has no column there stands under 其他.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptAnswer {
    #[serde(rename = "委员会意见")]
    pub opinion: String,
    #[serde(rename = "决定方式")]
    pub method: String,
    #[serde(rename = "决定日期")]
    pub date: String,
    #[serde(rename = "备注")]
    pub remark: String,
    #[serde(rename = "其他")]
    pub extra: Pairs,
}

/// The columns of the table.
const OWN: [&str; 4] = [printed::OPINION, printed::METHOD, printed::DATE, printed::REMARK];

impl KeptAnswer {
    /// Of what stands in the columns, and of the rest.
    pub fn new([opinion, method, date, remark]: [String; 4], extra: Pairs) -> KeptAnswer {
        KeptAnswer { opinion, method, date, remark, extra }
    }
}

impl From<Decision> for KeptAnswer {
    fn from(Decision(mut given): Decision) -> KeptAnswer {
        KeptAnswer::new(OWN.map(|name| given.remove(name).unwrap_or_default()), given)
    }
}

impl From<KeptAnswer> for Decision {
    fn from(KeptAnswer { opinion, method, date, remark, extra }: KeptAnswer) -> Decision {
        let own = OWN.map(str::to_owned).into_iter().zip([opinion, method, date, remark]);
        Decision(own.filter(|(_, text)| !text.is_empty()).chain(extra).collect())
    }
}

/// For a message: an answer in one line.
pub(super) fn in_words(Decision(given): &Decision) -> String {
    let opinion = given.get(printed::OPINION).cloned().unwrap_or_default();
    let others = given.iter().filter(|(name, _)| *name != printed::OPINION);
    let parts = std::iter::once(opinion).chain(others.map(|(name, text)| format!("{name}：{text}")));
    parts.collect::<Vec<_>>().join("，")
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
