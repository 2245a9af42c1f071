//! Where every registered line stands: decided, open, withdrawn.
//!
//! The common ground of `archive show` and the ledger.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::read::{DocketLine, GivenAnswers, PastRun, agreed_lines, latest_runs, past_lines, share};
use super::registered;
use super::registration::FollowUp;
use crate::fact::history::PastLine;
use crate::pack;
use crate::table::date;

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Decided,
    /// 缓议.
    Deferred,
    /// Answered on another 核对码 only.
    Stale,
    Unanswered,
}

impl Docket {
    pub fn state(&self, line: &DocketLine) -> State {
        match &line.past.decision {
            Some(decision) if self.past.vocabulary.decides(decision.opinion()) => State::Decided,
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
        let registered = registered::lists(connection, past.number)?;
        let lists = registered.iter().map(|list| (list.name.clone(), list.columns.clone())).collect();
        let mut lines = past_lines(&past, registered, &answers);
        let half_year = dockets.last().filter(|docket: &&Docket| docket.past.year == past.year);
        let stood: BTreeMap<&str, &PastLine> = half_year
            .map(|docket| docket.lines.iter().map(|line| (line.past.id.as_str(), &line.past)).collect())
            .unwrap_or_default();
        share(&mut lines, &past.vocabulary, |id| stood.get(id).copied());
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
