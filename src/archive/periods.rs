//! 影响期: who is under the influence of an admonition or the like, since when, until when, and by what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};

use super::registration::RegisteredTalk;
use super::standings::Standings;
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
        for docket in &self.dockets {
            for past in docket.lines.iter().map(|line| &line.past).filter(|past| past.adopted.is_none()) {
                let Some(decision) = &past.decision else { continue };
                let agreed = |to: &str| docket.past.vocabulary.agreed_to(decision, &past.action, to);
                for period in docket.followup.periods.iter().filter(|period| agreed(&period.action)) {
                    let talks = carried_out.get(&Some(&past.id)).into_iter().flatten();
                    let talk =
                        talks.filter(|talk| period.talk.as_ref() == Some(&talk.kind)).max_by_key(|talk| talk.day);
                    begun.insert(&past.id);
                    let from = talk.map(|talk| talk.day).or_else(|| date::day(decision.date()));
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
        let others = carried_out.iter().filter(|(line, _)| line.is_none_or(|line| !begun.contains(line)));
        let others: Vec<&RegisteredTalk> = others.flat_map(|(_, talks)| talks).copied().collect();
        // The latest run says how long periods are.
        for period in self.dockets.last().into_iter().flat_map(|docket| &docket.followup.periods) {
            for talk in others.iter().filter(|talk| period.talk.as_ref() == Some(&talk.kind)) {
                let unit = units.get(&(talk.subject_kind.as_str(), talk.subject_id.as_str()));
                let line = talk.line.as_ref().map(|line| format!("（{line}）")).unwrap_or_default();
                found.insert(Running {
                    to: end(Some(talk.day), period.months),
                    from: Some(talk.day),
                    kind: talk.subject_kind.clone(),
                    subject: talk.subject_id.clone(),
                    name: talk.subject_name.clone(),
                    unit: unit.copied().unwrap_or_default().to_owned(),
                    period: period.name.clone(),
                    by: format!("{}{line}", talk.kind),
                });
            }
        }
        found.into_iter().collect()
    }
}

fn end(from: Option<NaiveDate>, months: u32) -> Option<NaiveDate> {
    from?.checked_add_months(Months::new(months))
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
