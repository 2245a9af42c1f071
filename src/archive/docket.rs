//! Where every registered line stands: decided, open, withdrawn; and all else that is told of it, read once for the
//! ledger, `show` and 逐人.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::error::Error;
use super::open::Archive;
use super::read::{
    DocketLine, GivenAnswers, PastRun, agreed_lines, book_answers, latest_runs, past_lines, registered_lists, share,
};
use super::registration::{FollowUp, RegisteredTalk};
use crate::fact::Decision;
use crate::fact::history::{Entered, PastLine};
use crate::pack;
use crate::table::date;
use crate::word::worded;

/// The latest run of a year, with its lines as they stand.
pub(super) struct Docket {
    pub past: PastRun,
    /// Lists in the order of the registration, also empty ones: name and columns that are compared.
    pub lists: Vec<(String, Vec<String>)>,
    pub lines: Vec<DocketLine>,
    /// Agreed lines that the latest run no longer proposes.
    pub withdrawn: Vec<PastLine>,
    pub followup: FollowUp,
}

worded! {
    /// What became of a line; in the order in which it is told.
    pub(super) enum State {
        Decided = "已决定",
        Deferred = "缓议",
        /// Answered on another 核对码 only.
        Stale = "依据已变，请重新审定",
        Unanswered = "未答复",
    }
}

impl Docket {
    pub fn state(&self, line: &DocketLine) -> State {
        match &line.past.decision {
            Some(decision) if self.past.vocabulary.answers.decides(decision.opinion()) => State::Decided,
            Some(_) => State::Deferred,
            None if line.answered => State::Stale,
            None => State::Unanswered,
        }
    }

    /// A line's cell as printed; empty where its list has no such column.
    pub fn printed<'l>(&self, line: &'l DocketLine, column: &str) -> &'l str {
        let columns = self.lists.iter().find(|(name, _)| *name == line.list).map_or(&[][..], |(_, columns)| columns);
        let at = columns.iter().position(|name| name == column);
        at.and_then(|at| line.cells.get(at)).map_or("", String::as_str)
    }

    /// Whether a line has a ground that is told to nobody but the committee, or that rests on such a line.
    pub fn is_confidential(&self, line: &DocketLine) -> bool {
        self.followup.private.contains(&line.past.id)
            || line.past.grounds.iter().any(|ground| self.followup.confidential.contains(&ground.rule))
    }
}

/// The latest run of every year and run.
pub(super) fn dockets(connection: &Connection) -> rusqlite::Result<Vec<Docket>> {
    let answers = GivenAnswers::read(connection)?;
    let mut dockets = Vec::new();
    for past in latest_runs(connection)? {
        let registered = registered_lists(connection, past.number)?;
        let lists = registered.iter().map(|list| (list.name.clone(), list.columns.clone())).collect();
        let mut lines = past_lines(&past, registered, &answers);
        let half_year = dockets.last().filter(|docket: &&Docket| docket.past.year == past.year);
        let stood: BTreeMap<&str, &PastLine> = half_year
            .map(|docket| docket.lines.iter().map(|line| (line.past.id.as_str(), &line.past)).collect())
            .unwrap_or_default();
        share(&mut lines, &past.vocabulary.answers, |id| stood.get(id).copied());
        let mut withdrawn = agreed_lines(connection, &past, &answers)?;
        lines.iter().for_each(|line| drop(withdrawn.remove(&line.past.id)));
        let withdrawn = withdrawn.into_values().collect();
        let followup = followup(&past);
        dockets.push(Docket { past, lists, lines, withdrawn, followup });
    }
    Ok(dockets)
}

/// What its pack says about the time after the meeting; of runs that an older kaohe registered, what the pack of that
/// name says today.
fn followup(past: &PastRun) -> FollowUp {
    if let Some(followup) = &past.vocabulary.followup {
        return followup.clone();
    }
    let pack =
        if pack::built_in_names().any(|name| name == past.pack) { pack::built_in(&past.pack).ok() } else { None };
    let as_of = date::day(&past.as_of);
    pack.zip(as_of).map(|(pack, as_of)| FollowUp::of(&pack, as_of, &[])).unwrap_or_default()
}

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
