//! 影响期: who is under the influence of an admonition or the like, since when, until when, and by what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};

use super::docket::Docket;
use super::registration::RegisteredTalk;
use crate::ledger::{LedgerSheet, day_shown};
use crate::pack::printed;
use crate::table::date;

/// One period of one subject; ordered as it is shown within a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Running {
    pub to: Option<NaiveDate>,
    pub from: Option<NaiveDate>,
    pub kind: String,
    pub subject: String,
    pub name: String,
    pub unit: String,
    pub period: String,
    /// The talk or decision that it follows.
    pub by: String,
}

impl Running {
    /// Whether it runs on a day; its last day is within.
    pub fn runs(&self, day: NaiveDate) -> bool {
        self.from.is_some_and(|from| from <= day) && self.to.is_some_and(|to| day <= to)
    }

    fn state(&self, as_of: Option<NaiveDate>) -> &'static str {
        match (self.from, self.to, as_of) {
            (None, ..) | (_, None, _) => "日期未填",
            (_, _, None) => "",
            (Some(from), _, Some(day)) if day < from => "未开始",
            (_, Some(to), Some(day)) if day > to => "已满",
            _ => "影响期内",
        }
    }
}

/// All periods that talks and agreed lines begin.
pub(super) fn periods(dockets: &[Docket], talks: &[RegisteredTalk]) -> Vec<Running> {
    let mut found: BTreeSet<Running> = BTreeSet::new();
    // Unit by kind and 编号 of the subject: talks do not hold it.
    let mut units: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut carried: BTreeSet<&str> = BTreeSet::new();
    for docket in dockets {
        for docketed in &docket.lines {
            let past = &docketed.line.past;
            units.insert((&past.kind, &past.subject), &past.unit);
        }
    }
    let adopting: BTreeMap<&str, &str> = dockets
        .iter()
        .flat_map(|docket| &docket.lines)
        .filter_map(|docketed| Some((docketed.line.past.id.as_str(), docketed.line.past.adopted.as_deref()?)))
        .collect();
    for docket in dockets {
        for docketed in &docket.lines {
            let (past, words) = (&docketed.line.past, &docket.past.vocabulary);
            let Some(decision) = past.decision.as_ref().filter(|_| past.adopted.is_none()) else { continue };
            for period in &docket.followup.periods {
                if !words.agreed_to(decision, &past.action, &period.action) {
                    continue;
                }
                let of_line = |line: &str| line == past.id || adopting.get(line) == Some(&past.id.as_str());
                let talk = talks
                    .iter()
                    .filter(|talk| {
                        period.talk.as_ref() == Some(&talk.kind) && talk.line.as_deref().is_some_and(of_line)
                    })
                    .max_by_key(|talk| talk.day);
                carried.insert(&past.id);
                let from = talk.map(|talk| talk.day).or_else(|| date::day(&decision.date));
                let by = talk.map_or("审定", |talk| talk.kind.as_str());
                found.insert(Running {
                    to: end(from, period.months),
                    from,
                    kind: past.kind.clone(),
                    subject: past.subject.clone(),
                    name: past.name.clone(),
                    unit: past.unit.clone(),
                    period: period.name.clone(),
                    by: format!("{by}（{}）", past.id),
                });
            }
        }
    }
    // The latest run says how long periods are.
    for period in dockets.last().map(|docket| docket.followup.periods.as_slice()).unwrap_or_default() {
        for talk in talks.iter().filter(|talk| period.talk.as_ref() == Some(&talk.kind)) {
            let line = talk.line.as_deref();
            if line
                .is_some_and(|line| carried.contains(line) || adopting.get(line).is_some_and(|id| carried.contains(id)))
            {
                continue;
            }
            found.insert(Running {
                to: end(Some(talk.day), period.months),
                from: Some(talk.day),
                kind: talk.subject_kind.clone(),
                subject: talk.subject_id.clone(),
                name: talk.subject_name.clone(),
                unit: units
                    .get(&(talk.subject_kind.as_str(), talk.subject_id.as_str()))
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                period: period.name.clone(),
                by: line.map_or_else(|| talk.kind.clone(), |line| format!("{}（{line}）", talk.kind)),
            });
        }
    }
    found.into_iter().collect()
}

fn end(from: Option<NaiveDate>, months: u32) -> Option<NaiveDate> {
    from?.checked_add_months(Months::new(months))
}

pub(super) fn periods_sheet(periods: &[Running], as_of: Option<NaiveDate>) -> LedgerSheet {
    let day = as_of.map_or_else(|| "未指定截至日".to_owned(), |day| format!("截至 {day}"));
    let mut sheet = LedgerSheet::new(
        "影响期",
        &format!("影响期（{day}）"),
        &[printed::SUBJECT, printed::ID, printed::UNIT, "事由", "起", "止", "凭", printed::STATE],
    );
    let mut rows: Vec<&Running> = periods.iter().collect();
    // Who is under it now stands first, then what nobody knows.
    rows.sort_by_key(|one| (!as_of.is_some_and(|day| one.runs(day)), one.from.is_some()));
    sheet.rows = rows
        .into_iter()
        .map(|one| {
            vec![
                one.name.clone(),
                one.subject.clone(),
                one.unit.clone(),
                one.period.clone(),
                day_shown(one.from),
                day_shown(one.to),
                one.by.clone(),
                one.state(as_of).to_owned(),
            ]
        })
        .collect();
    sheet
}
