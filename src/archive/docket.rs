//! Where every registered line stands: decided, open, overdue, withdrawn.
//!
//! The common ground of `archive show` and the ledger. Nothing here depends on the clock: what is
//! overdue is so as of a given day.

use chrono::NaiveDate;

use super::error::Error;
use super::open::Archive;
use super::read::{Answers, Line, PastRun, Withdrawn, latest_runs, past_lines, withdrawn};
use super::record::{Known, as_pairs};
use super::registration::Vocabulary;
use crate::fact::Decision;
use crate::table::date;

/// The latest run of a year, with its lines as they stand.
pub(super) struct Docket {
    pub past: PastRun,
    /// Lists in the order of the registration, also empty ones: name and columns that are compared.
    pub lists: Vec<(String, Vec<String>)>,
    pub lines: Vec<Docketed>,
    /// Agreed lines that the latest run no longer proposes.
    pub withdrawn: Vec<Withdrawn>,
}

pub(super) struct Docketed {
    pub line: Line,
    pub state: State,
    pub task: Option<Task>,
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

/// What a list wants done by a day (整改期限 → 整改结果, 回复期限 → 回复日期): the list's first column of
/// dates and the column after it. Only for lines that are to be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Task {
    pub due_column: String,
    pub done_column: String,
    pub due: String,
    pub done: String,
    pub overdue: bool,
}

impl Task {
    pub fn in_words(&self) -> String {
        let Task { due_column, done_column, due, done, overdue } = self;
        let until = if due.is_empty() { format!("{due_column}未定") } else { format!("{due_column} {due}") };
        match (done.is_empty(), overdue) {
            (false, _) => format!("{until}，{done_column} {done}"),
            (true, true) => format!("{until}，{done_column}未填，已逾期"),
            (true, false) => format!("{until}，{done_column}未填"),
        }
    }

    pub fn is_open(&self) -> bool {
        self.done.is_empty()
    }
}

impl Archive {
    /// The latest run of every year and run.
    pub(super) fn dockets(&self, as_of: Option<NaiveDate>) -> Result<Vec<Docket>, Error> {
        let Some(connection) = &self.connection else { return Ok(Vec::new()) };
        let fault = |error| self.fault(error);
        let answers = Answers::read(connection).map_err(fault)?;
        let mut known = Known::new(self);
        let mut dockets = Vec::new();
        for past in latest_runs(connection).map_err(fault)? {
            let lines = past_lines(connection, &past, &answers, false).map_err(fault)?;
            let withdrawn = withdrawn(connection, &past, &answers, &lines).map_err(fault)?;
            let Some(registered) = known.registered(past.year, past.run)? else { continue };
            let lists = registered.lists.iter().map(|list| (list.name.clone(), list.columns.clone())).collect();
            let lines = lines
                .into_iter()
                .map(|line| {
                    let state = state(&past.vocabulary, &answers, &line);
                    let extra =
                        registered.lists.iter().find(|list| list.name == line.list).map_or(&[][..], |list| &list.extra);
                    let due = extra.iter().position(|column| column.is_date);
                    let columns =
                        due.and_then(|due| Some((extra[due].name.as_str(), extra.get(due + 1)?.name.as_str())));
                    let task = columns
                        .and_then(|columns| task(&past.vocabulary, line.past.decision.as_ref()?, columns, as_of));
                    Docketed { line, state, task }
                })
                .collect();
            dockets.push(Docket { past, lists, lines, withdrawn });
        }
        Ok(dockets)
    }
}

fn state(words: &Vocabulary, answers: &Answers, line: &Line) -> State {
    match &line.past.decision {
        Some(decision) if words.decides(&decision.opinion) => State::Decided,
        Some(_) => State::Deferred,
        None if answers.last(&line.past.id).is_some() => State::Stale,
        None => State::Unanswered,
    }
}

fn task(
    words: &Vocabulary,
    decision: &Decision,
    (due_column, done_column): (&str, &str),
    as_of: Option<NaiveDate>,
) -> Option<Task> {
    if !words.binds(&decision.opinion) {
        return None;
    }
    let given = as_pairs(decision);
    let text = |name: &str| given.get(name).cloned().unwrap_or_default();
    let (due, done) = (text(due_column), text(done_column));
    let overdue = done.is_empty() && as_of.zip(date::day(&due)).is_some_and(|(today, due)| due < today);
    Some(Task { due_column: due_column.to_owned(), done_column: done_column.to_owned(), due, done, overdue })
}
