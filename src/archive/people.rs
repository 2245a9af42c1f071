//! 逐人: each subject's proposals, decisions, talks and, as far as grounds hold them, grades, over all years.

use std::collections::{BTreeMap, BTreeSet};

use super::docket::{Standings, State};
use super::error::Error;
use super::open::Archive;
use super::stored::in_words;
use super::workdays::Calendar;
use crate::fact::history::PastLine;
use crate::ledger::{LedgerSheet, texts};
use crate::pack::{Run, printed};
use crate::table::text;

/// Something that is known about a subject; ordered as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PersonEntry {
    pub year: String,
    /// Grades first, then half-year before annual, lines before what followed.
    order: u8,
    pub what: String,
    pub content: String,
    pub decided: String,
    pub line: String,
}

/// A subject and all that is known about it.
#[derive(Default)]
pub(super) struct Person {
    pub name: String,
    pub unit: String,
    pub entries: Vec<PersonEntry>,
}

impl Standings {
    /// Everybody whom the archive knows, by kind and 编号.
    pub fn people(&self) -> BTreeMap<(String, String), Person> {
        let mut found: BTreeMap<(String, String), Person> = BTreeMap::new();
        let mut add = |kind: &str, subject: &str, name: &str, unit: &str, entry: PersonEntry| {
            let person = found.entry((kind.to_owned(), subject.to_owned())).or_default();
            // As they were called last.
            for (known, told) in [(&mut person.name, name), (&mut person.unit, unit)] {
                if !told.is_empty() {
                    told.clone_into(known);
                }
            }
            person.entries.push(entry);
        };
        for docket in &self.dockets {
            for line in &docket.lines {
                let past = &line.past;
                let mut add = |entry| add(&past.kind, &past.subject, &past.name, &past.unit, entry);
                let decided = match (docket.state(line), &past.decision) {
                    (State::Stale, _) => "依据已变，待重新审定".to_owned(),
                    (_, Some(decision)) if line.adopted => format!("{}（沿用半年决定）", in_words(decision)),
                    (_, Some(decision)) => in_words(decision),
                    (_, None) => "未答复".to_owned(),
                };
                let options = match docket.printed(line, printed::METHODS) {
                    "" => String::new(),
                    options => format!("（{options}）"),
                };
                add(PersonEntry::of(past, format!("{}{options}", past.action), decided));
                for (name, grade) in past.grades(&docket.followup.grades) {
                    let (year, what, content) = (past.year.to_string(), name.to_owned(), grade.to_owned());
                    add(PersonEntry { year, what, content, ..PersonEntry::default() });
                }
            }
        }
        for past in self.dockets.iter().flat_map(|docket| &docket.withdrawn) {
            let content = format!("{}（重新运行后不再提出）", past.action);
            let decided = past.decision.as_ref().map(in_words).unwrap_or_default();
            add(&past.kind, &past.subject, &past.name, "", PersonEntry::of(past, content, decided));
        }
        for talk in &self.talks {
            let year = talk.year.as_ref().map(|year| format!("（所属年度 {year}）")).unwrap_or_default();
            let entry = PersonEntry {
                year: talk.day.format("%Y").to_string(),
                order: 4,
                what: "谈话".to_owned(),
                content: format!("{} {}{year}", talk.day, talk.kind),
                line: talk.line.clone().unwrap_or_default(),
                ..PersonEntry::default()
            };
            add(&talk.subject_kind, &talk.subject_id, &talk.subject_name, "", entry);
        }
        for one in &self.entered {
            let filled: Vec<String> = one.filled.iter().map(|(column, text)| format!("{column}：{text}")).collect();
            let entry = PersonEntry {
                year: one.year.to_string(),
                order: 5,
                what: one.file.clone(),
                content: filled.join("；"),
                line: one.lines.iter().map(|line| line.id.as_str()).collect::<Vec<_>>().join("、"),
                ..PersonEntry::default()
            };
            add(&one.kind, &one.subject, "", "", entry);
        }
        let years: BTreeSet<String> = self.dockets.iter().map(|docket| docket.past.year.to_string()).collect();
        for person in found.values_mut() {
            for year in &years {
                // Grounds hold the grades that something followed from; where they hold none, that is said.
                if !person.entries.iter().any(|entry| entry.order == 0 && entry.year == *year) {
                    let (year, what, content) = (year.clone(), "等次".to_owned(), "档案的依据中没有载明".to_owned());
                    person.entries.push(PersonEntry { year, what, content, ..PersonEntry::default() });
                }
            }
            person.entries.sort();
            person.entries.dedup();
        }
        found
    }
}

pub(super) fn people_sheet(people: &BTreeMap<(String, String), Person>) -> LedgerSheet {
    let rows = people.iter().flat_map(|((_, id), person)| {
        person.entries.iter().map(move |entry| {
            let who = texts![person.name, id, person.unit];
            who.into_iter().chain(entry.cells()).collect()
        })
    });
    LedgerSheet::new(
        "逐人",
        "逐人：历年拟处理、审定、谈话和依据中载明的等次",
        &[printed::SUBJECT, printed::ID, printed::UNIT, "年度", "事项", "内容", "审定", printed::LINE],
        rows.collect(),
    )
}

impl Archive {
    /// A page for everybody of that 编号 or name: all that is known over the years.
    pub fn people(&self, wanted: &str) -> Result<Vec<LedgerSheet>, Error> {
        let standings = self.standings()?;
        let (running, due) = (standings.periods(), standings.tasks(None, &Calendar::default()));
        let wanted = text::key(wanted);
        let known = standings.people();
        let meant = known.iter().filter(|((_, id), person)| {
            text::key(id) == wanted || !person.name.is_empty() && text::key(&person.name) == wanted
        });
        let pages = meant.map(|((kind, id), person)| {
            let mut rows: Vec<Vec<String>> = person.entries.iter().map(|entry| entry.cells().to_vec()).collect();
            for one in running.iter().filter(|one| one.subject == *id && one.kind == *kind) {
                rows.push(texts!["", one.period, format!("{}，{}", one.days(), one.by), "", ""]);
            }
            let lines: Vec<&str> = person.entries.iter().map(|entry| entry.line.as_str()).collect();
            let due = due.iter().filter(|due| lines.contains(&due.line.as_str()));
            rows.extend(due.map(|due| texts!["", "督办", due.in_words(), "", due.line]));
            let title = format!("{}（{id}）{}历年情况", person.name, person.unit);
            LedgerSheet::new(&person.name, &title, &["年度", "事项", "内容", "审定", printed::LINE], rows)
        });
        Ok(pages.collect())
    }
}

impl PersonEntry {
    /// Of a line that was proposed.
    fn of(past: &PastLine, content: String, decided: String) -> PersonEntry {
        PersonEntry {
            year: past.year.to_string(),
            order: if past.run == Run::Annual { 3 } else { 1 },
            what: format!("{}拟处理", past.run.title()),
            content,
            decided,
            line: past.id.clone(),
        }
    }

    fn cells(&self) -> [String; 5] {
        [&self.year, &self.what, &self.content, &self.decided, &self.line].map(Clone::clone)
    }
}
