//! 督办: what has to happen by when once a line is agreed, as the pack of its run says.
//!
//! Nothing here depends on the clock: what is overdue is so as of a given day.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::docket::Standings;
use super::workdays::Calendar;
use crate::ledger::{LedgerSheet, day_shown, texts};
use crate::pack::{Task, Within, printed};
use crate::table::date;
use crate::word::worded;

/// So many working days before its term a task is told as due soon.
const SOON: u32 = 5;

worded! {
    /// Where a task stands; in the order in which people want to see them.
    pub(super) enum Standing {
        Overdue = "逾期",
        Soon = "将到期",
        Open = "未到期",
        /// Open or overdue, which only a day can tell.
        Untold = "",
        Unset = "期限未定",
        Done = "已完成",
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
    /// The term is counted in working days.
    in_workdays: bool,
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

/// What the calendar leaves open of the days that terms are counted in.
pub(super) fn untold_days(due: &[Due], calendar: &Calendar) -> Option<String> {
    let open = due.iter().filter(|due| due.in_workdays && due.standing != Standing::Done);
    let years = open.filter_map(|due| Some(due.from?.year()..=due.until?.year())).flatten();
    calendar.untold(years)
}

impl Standings {
    /// All tasks of agreed lines: overdue and soon due first, then by term.
    pub fn tasks(&self, as_of: Option<NaiveDate>, calendar: &Calendar) -> Vec<Due> {
        let carried_out = self.carried_out();
        // What happened later was not so on that day.
        let is_past = |day: NaiveDate| as_of.is_none_or(|today| day <= today);
        let held = |id: &str, kind: &str| {
            let talks = carried_out.get(&Some(id)).into_iter().flatten();
            talks.filter(|talk| talk.kind == kind).map(|talk| talk.day).filter(|day| is_past(*day)).max()
        };
        let mut found = Vec::new();
        for (docket, past, decision) in self.decided() {
            let words = &docket.past.vocabulary.answers;
            let agreed = |task: &&Task| task.actions.iter().any(|to| decision.is_to(words, &past.action, to));
            for task in docket.followup.tasks.iter().filter(agreed) {
                let column = |name: &Option<String>| name.as_ref().and_then(|name| decision.0.get(name)).cloned();
                let set = column(&task.until).and_then(|day| date::day(&day));
                if task.only_set && set.is_none() {
                    continue;
                }
                let talked = task.talk.as_ref().and_then(|kind| held(&past.id, kind));
                let from = talked.or_else(|| date::day(decision.date()));
                let until = set.or_else(|| end(from?, task.within?, calendar));
                let in_workdays = set.is_none() && matches!(task.within, Some(Within::WorkingDays(_)));
                let by_talk = task.done_by_talk.as_ref().and_then(|kind| held(&past.id, kind));
                let filled = column(&task.done).filter(|done| date::day(done).is_none_or(is_past));
                let done = filled.or_else(|| by_talk.map(|day| day.to_string())).unwrap_or_default();
                let standing = standing(until, &done, as_of, calendar);
                let [line, subject, unit, what] = [&past.id, &past.name, &past.unit, &task.what].map(String::clone);
                found.push(Due { line, subject, unit, what, from, until, in_workdays, done, standing });
            }
        }
        found.sort_by_key(|due| (due.standing, due.until));
        found
    }
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
    let days = untold_days(due, calendar).map(|told| format!("；{told}")).unwrap_or_default();
    let rows = due.iter().map(|due| {
        let (from, until) = (day_shown(due.from), day_shown(due.until));
        texts![due.line, due.subject, due.unit, due.what, from, until, due.done, due.standing.word()]
    });
    LedgerSheet::new(
        "督办",
        &format!("审定事项督办（{day}{days}）"),
        &[printed::LINE, printed::SUBJECT, printed::UNIT, "事项", "起算", "期限", "完成", printed::STATE],
        rows.collect(),
    )
}
