//! 督办: what has to happen by when once a line is agreed, as the pack of its run says.
//!
//! Nothing here depends on the clock: what is overdue is so as of a given day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, Months, NaiveDate};
use rusqlite::Connection;

use super::docket::Docket;
use super::read::PastRun;
use super::registration::RegisteredTalk;
use super::workdays::Calendar;
use crate::ledger::{LedgerSheet, day_shown};
use crate::pack::{Task, Within, printed};
use crate::table::date;

/// So many working days before its term a task is told as due soon.
const SOON: u32 = 5;

/// The talks that the latest runs used, each once.
pub(super) fn talks<'r>(
    connection: &Connection,
    runs: impl Iterator<Item = &'r PastRun>,
) -> rusqlite::Result<Vec<RegisteredTalk>> {
    let mut found = BTreeSet::new();
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // An archive on a medium that cannot be written may be of the version before.
    if version < 3 {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare(
        "SELECT 对象类别, 编号, 对象, 谈话日期, 谈话类型, 所属年度, 处理编号 FROM 谈话 WHERE 记录号 = ?1 ORDER BY 序",
    )?;
    for run in runs {
        let mut rows = statement.query([run.number])?;
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

/// Where a task stands; in the order in which people want to see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Overdue,
    Soon,
    Open,
    /// Open or overdue, which only a day can tell.
    Untold,
    Unset,
    Done,
}

impl Standing {
    pub fn word(self) -> &'static str {
        match self {
            Standing::Overdue => "逾期",
            Standing::Soon => "将到期",
            Standing::Open => "未到期",
            Standing::Untold => "",
            Standing::Unset => "期限未定",
            Standing::Done => "已完成",
        }
    }
}

/// A task of a line.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub line: String,
    pub subject: String,
    pub unit: String,
    pub what: String,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    /// A day, or what was done.
    pub done: String,
    pub standing: Standing,
}

impl Due {
    pub fn in_words(&self) -> String {
        let until = self.until.map_or_else(|| "期限未定".to_owned(), |day| format!("期限 {day}"));
        let done = if self.done.is_empty() { String::new() } else { format!("，完成：{}", self.done) };
        let told = [Standing::Overdue, Standing::Soon, Standing::Open].contains(&self.standing);
        let standing = if told { format!("，{}", self.standing.word()) } else { String::new() };
        format!("{}，{until}{done}{standing}", self.what)
    }
}

/// All tasks of agreed lines: overdue and soon due first, then by term.
pub(super) fn tasks(
    dockets: &[Docket],
    talks: &[RegisteredTalk],
    as_of: Option<NaiveDate>,
    calendar: &Calendar,
) -> Vec<Due> {
    // A talk may name the annual line that took its decision from the half-year's.
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for past in dockets.iter().flat_map(|docket| &docket.lines).map(|docketed| &docketed.line.past) {
        if let Some(half_year) = &past.adopted {
            named.entry(half_year).or_default().push(&past.id);
        }
    }
    // What happened later was not so on that day.
    let is_past = |day: NaiveDate| as_of.is_none_or(|today| day <= today);
    let held = |id: &str, kind: &str| {
        let of_line = |line: &String| line == id || named.get(id).is_some_and(|more| more.contains(&line.as_str()));
        let held = talks.iter().filter(|talk| talk.kind == kind && talk.line.as_ref().is_some_and(of_line));
        held.map(|talk| talk.day).filter(|day| is_past(*day)).max()
    };
    let mut found = Vec::new();
    for docket in dockets {
        let words = &docket.past.vocabulary;
        for docketed in &docket.lines {
            let line = &docketed.line;
            let Some(decision) = &line.past.decision else { continue };
            if line.past.adopted.is_some() {
                continue;
            }
            let given = decision.by_column();
            let agreed = |task: &&Task| task.actions.iter().any(|to| words.agreed_to(decision, &line.past.action, to));
            for task in docket.followup.tasks.iter().filter(agreed) {
                let column = |name: &Option<String>| name.as_ref().and_then(|name| given.get(name)).cloned();
                let set = column(&task.until).and_then(|day| date::day(&day));
                if task.only_set && set.is_none() {
                    continue;
                }
                let talked = task.talk.as_ref().and_then(|kind| held(&line.past.id, kind));
                let from = talked.or_else(|| date::day(&decision.date));
                let until = set.or_else(|| end(from?, task.within?, calendar));
                let by_talk = task.done_by_talk.as_ref().and_then(|kind| held(&line.past.id, kind));
                let filled = column(&task.done).filter(|done| date::day(done).is_none_or(is_past));
                let done = filled.or_else(|| by_talk.map(|day| day.to_string())).unwrap_or_default();
                found.push(Due {
                    line: line.past.id.clone(),
                    subject: line.past.name.clone(),
                    unit: line.past.unit.clone(),
                    what: task.what.clone(),
                    from,
                    until,
                    standing: standing(until, &done, as_of, calendar),
                    done,
                });
            }
        }
    }
    found.sort_by_key(|due| (due.standing, due.until));
    found
}

fn end(from: NaiveDate, within: Within, calendar: &Calendar) -> Option<NaiveDate> {
    match within {
        Within::Days(days) => from.checked_add_days(Days::new(u64::from(days))),
        Within::WorkingDays(days) => calendar.after(from, days),
        Within::Months(months) => from.checked_add_months(Months::new(months)),
    }
}

fn standing(until: Option<NaiveDate>, done: &str, as_of: Option<NaiveDate>, calendar: &Calendar) -> Standing {
    match (until, as_of) {
        _ if !done.is_empty() => Standing::Done,
        (None, _) => Standing::Unset,
        (Some(_), None) => Standing::Untold,
        // The last day is in time.
        (Some(until), Some(today)) if until < today => Standing::Overdue,
        (Some(until), Some(today)) if calendar.is_within(today, until, SOON) => Standing::Soon,
        _ => Standing::Open,
    }
}

pub(super) fn tasks_sheet(due: &[Due], as_of: Option<NaiveDate>, calendar: &Calendar) -> LedgerSheet {
    let day = as_of.map_or_else(|| "未指定截至日，不判断是否到期".to_owned(), |day| format!("截至 {day}"));
    let days = if calendar.is_given() { "" } else { "；没有提供节假日表，工作日按周一至周五计" };
    let mut sheet = LedgerSheet::new(
        "督办",
        &format!("审定事项督办（{day}{days}）"),
        &[printed::LINE, printed::SUBJECT, printed::UNIT, "事项", "起算", "期限", "完成", printed::STATE],
    );
    sheet.rows = due
        .iter()
        .map(|due| {
            vec![
                due.line.clone(),
                due.subject.clone(),
                due.unit.clone(),
                due.what.clone(),
                day_shown(due.from),
                day_shown(due.until),
                due.done.clone(),
                due.standing.word().to_owned(),
            ]
        })
        .collect();
    sheet
}
