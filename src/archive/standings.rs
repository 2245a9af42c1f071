//! All that the archive tells about, read once for the ledger, `show` and 逐人.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::docket::{Docket, dockets};
use super::error::Error;
use super::open::Archive;
use super::read::book_answers;
use super::registration::RegisteredTalk;
use crate::fact::Decision;
use crate::fact::history::{Entered, PastLine};
use crate::table::date;

/// What the archive holds of the latest runs.
#[derive(Default)]
pub(super) struct Standings {
    pub dockets: Vec<Docket>,
    /// The talks that these runs used, each once.
    pub talks: Vec<RegisteredTalk>,
    pub entered: Vec<Entered>,
}

impl Standings {
    /// What has been decided, each line where the decision is its own and not its half-year's.
    pub fn decided(&self) -> impl Iterator<Item = (&Docket, &PastLine, &Decision)> {
        let lines = self.dockets.iter().flat_map(|docket| docket.lines.iter().map(move |line| (docket, &line.past)));
        let own = lines.filter(|(_, past)| past.adopted.is_none());
        own.filter_map(|(docket, past)| Some((docket, past, past.decision.as_ref()?)))
    }

    /// Talks by the line that they carry out. One that names an annual line which took its decision from the half-year's
    /// carries out that.
    pub fn carried_out(&self) -> BTreeMap<Option<&str>, Vec<&RegisteredTalk>> {
        let lines = self.dockets.iter().flat_map(|docket| &docket.lines).map(|line| &line.past);
        let adopting: BTreeMap<&str, &str> =
            lines.filter_map(|past| Some((past.id.as_str(), past.adopted.as_deref()?))).collect();
        let mut found: BTreeMap<Option<&str>, Vec<&RegisteredTalk>> = BTreeMap::new();
        for talk in &self.talks {
            let line = talk.line.as_deref().map(|line| adopting.get(line).copied().unwrap_or(line));
            found.entry(line).or_default().push(talk);
        }
        found
    }
}

impl Archive {
    pub(super) fn standings(&self) -> Result<Standings, Error> {
        self.read(|connection| {
            let dockets = dockets(connection)?;
            Ok(Standings { talks: talks(connection, &dockets)?, dockets, entered: book_answers(connection)? })
        })
    }
}

fn talks(connection: &Connection, dockets: &[Docket]) -> rusqlite::Result<Vec<RegisteredTalk>> {
    let mut found = BTreeSet::new();
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // An archive on a medium that cannot be written may be of the version before.
    if version < 3 {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare(
        "SELECT 对象类别, 编号, 对象, 谈话日期, 谈话类型, 所属年度, 处理编号 FROM 谈话 WHERE 记录号 = ?1 ORDER BY 序",
    )?;
    for docket in dockets {
        let mut rows = statement.query([docket.past.number])?;
        while let Some(row) = rows.next()? {
            let Some(day) = date::day(&row.get::<_, String>(3)?) else { continue };
            found.insert(RegisteredTalk {
                subject_kind: row.get(0)?,
                subject_id: row.get(1)?,
                subject_name: row.get(2)?,
                day,
                kind: row.get(4)?,
                year: row.get(5)?,
                line: row.get(6)?,
            });
        }
    }
    Ok(found.into_iter().collect())
}
