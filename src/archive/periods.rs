//! 影响期: who is under the influence of an admonition or the like, since when, until when, and by what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};

use super::docket::Standings;
use super::registration::{Period, RegisteredTalk};
use crate::ledger::{LedgerSheet, day_shown, texts};
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

    /// Its days in words.
    pub fn days(&self) -> String {
        self.from.zip(self.to).map_or_else(|| "日期未填".to_owned(), |(from, to)| format!("{from} 至 {to}"))
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

impl Standings {
    /// All periods that talks and agreed lines begin.
    pub fn periods(&self) -> Vec<Running> {
        let mut found: BTreeSet<Running> = BTreeSet::new();
        // Unit by kind and 编号 of the subject: talks do not hold it.
        let mut units: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for past in self.dockets.iter().flat_map(|docket| &docket.lines).map(|line| &line.past) {
            units.insert((&past.kind, &past.subject), &past.unit);
        }
        let carried_out = self.carried_out();
        let mut begun: BTreeSet<&str> = BTreeSet::new();
        // By kind, 编号, name and unit of the subject.
        let mut add = |period: &Period, from: Option<NaiveDate>, [kind, subject, name, unit]: [&str; 4], by: String| {
            let [kind, subject, name, unit] = [kind, subject, name, unit].map(str::to_owned);
            let to = from.and_then(|from| from.checked_add_months(Months::new(period.months)));
            found.insert(Running { to, from, kind, subject, name, unit, period: period.name.clone(), by });
        };
        for (docket, past, decision) in self.decided() {
            let agreed = |to: &str| decision.is_to(&docket.past.vocabulary.answers, &past.action, to);
            for period in docket.followup.periods.iter().filter(|period| agreed(&period.action)) {
                let talks = carried_out.get(&Some(&past.id)).into_iter().flatten();
                let talk = talks.filter(|talk| period.talk.as_ref() == Some(&talk.kind)).max_by_key(|talk| talk.day);
                begun.insert(&past.id);
                let from = talk.map(|talk| talk.day).or_else(|| date::day(decision.date()));
                let by = format!("{}（{}）", talk.map_or("审定", |talk| talk.kind.as_str()), past.id);
                add(period, from, [&past.kind, &past.subject, &past.name, &past.unit], by);
            }
        }
        let others = carried_out.iter().filter(|(line, _)| line.is_none_or(|line| !begun.contains(line)));
        let others: Vec<&RegisteredTalk> = others.flat_map(|(_, talks)| talks).copied().collect();
        // The latest run says how long periods are.
        for period in self.dockets.last().into_iter().flat_map(|docket| &docket.followup.periods) {
            for talk in others.iter().filter(|talk| period.talk.as_ref() == Some(&talk.kind)) {
                let (kind, id) = (talk.subject_kind.as_str(), talk.subject_id.as_str());
                let unit = units.get(&(kind, id)).copied().unwrap_or_default();
                let line = talk.line.as_ref().map(|line| format!("（{line}）")).unwrap_or_default();
                add(period, Some(talk.day), [kind, id, &talk.subject_name, unit], format!("{}{line}", talk.kind));
            }
        }
        found.into_iter().collect()
    }
}

pub(super) fn periods_sheet(periods: &[Running], as_of: Option<NaiveDate>) -> LedgerSheet {
    let day = as_of.map_or_else(|| "未指定截至日".to_owned(), |day| format!("截至 {day}"));
    let mut told: Vec<&Running> = periods.iter().collect();
    // Who is under it now stands first, then what nobody knows.
    told.sort_by_key(|one| (!as_of.is_some_and(|day| one.runs(day)), one.from.is_some()));
    let rows = told.into_iter().map(|one| {
        let (from, to) = (day_shown(one.from), day_shown(one.to));
        texts![one.name, one.subject, one.unit, one.period, from, to, one.by, one.state(as_of)]
    });
    LedgerSheet::new(
        "影响期",
        &format!("影响期（{day}）"),
        &[printed::SUBJECT, printed::ID, printed::UNIT, "事由", "起", "止", "凭", printed::STATE],
        rows.collect(),
    )
}
