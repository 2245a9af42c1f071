//! 逐人: each subject's proposals, decisions, talks and, as far as grounds hold them, grades, over all years.

use std::collections::{BTreeMap, BTreeSet};

use super::docket::{Docket, State};
use super::error::Error;
use super::open::Archive;
use super::periods::periods;
use super::registration::RegisteredTalk;
use super::standings::Standings;
use super::stored::in_words;
use super::workdays::Calendar;
use crate::fact::history::Entered;
use crate::ledger::LedgerSheet;
use crate::pack::printed;
use crate::table::text;

/// Something that is known about a subject; ordered as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub year: String,
    /// Half-year before annual, lines before what followed.
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
    pub entries: Vec<Entry>,
}

/// Everybody whom the archive knows, by kind and 编号.
pub(super) fn people(
    dockets: &[Docket],
    talks: &[RegisteredTalk],
    entered: &[Entered],
) -> BTreeMap<(String, String), Person> {
    let mut found: BTreeMap<(String, String), Person> = BTreeMap::new();
    let mut add = |kind: &str, subject: &str, name: &str, unit: &str, entry: Entry| {
        let person = found.entry((kind.to_owned(), subject.to_owned())).or_default();
        // As they were called last.
        for (known, told) in [(&mut person.name, name), (&mut person.unit, unit)] {
            if !told.is_empty() {
                told.clone_into(known);
            }
        }
        person.entries.push(entry);
    };
    for docket in dockets {
        for docketed in &docket.lines {
            let (line, past) = (&docketed.line, &docketed.line.past);
            let unit = &past.unit;
            let decided = match (docketed.state, &past.decision) {
                (State::Stale, _) => "依据已变，待重新审定".to_owned(),
                (_, Some(decision)) if line.adopted => format!("{}（沿用半年决定）", in_words(decision)),
                (_, Some(decision)) => in_words(decision),
                (_, None) => "未答复".to_owned(),
            };
            let options = docket.printed(line, printed::METHODS);
            let options = if options.is_empty() { String::new() } else { format!("（{options}）") };
            let year = past.year.to_string();
            let run = u8::from(past.run == crate::pack::Run::Annual);
            let entry = Entry {
                year: year.clone(),
                order: run * 2 + 1,
                what: format!("{}拟处理", past.run.title()),
                content: format!("{}{options}", past.action),
                decided,
                line: past.id.clone(),
            };
            add(&past.kind, &past.subject, &past.name, unit, entry);
            for ground in past.grounds.iter().filter(|ground| ground.about == past.subject) {
                for (name, value) in &ground.facts {
                    let grade = value.as_str().filter(|_| docket.followup.grades.contains(name));
                    if let Some(grade) = grade {
                        let entry = Entry {
                            year: year.clone(),
                            order: 0,
                            what: name.clone(),
                            content: grade.to_owned(),
                            ..Entry::default()
                        };
                        add(&past.kind, &past.subject, &past.name, unit, entry);
                    }
                }
            }
        }
    }
    for (line, docket) in dockets.iter().flat_map(|docket| docket.withdrawn.iter().map(move |line| (line, docket))) {
        let run = u8::from(line.run == crate::pack::Run::Annual);
        let entry = Entry {
            year: line.year.to_string(),
            order: run * 2 + 1,
            what: format!("{}拟处理", docket.past.run.title()),
            content: format!("{}（重新运行后不再提出）", line.action),
            decided: in_words(&line.decision),
            line: line.id.clone(),
        };
        add(&line.kind, &line.subject_id, &line.subject_name, "", entry);
    }
    for talk in talks {
        let year = talk.year.as_ref().map(|year| format!("（所属年度 {year}）")).unwrap_or_default();
        let entry = Entry {
            year: talk.day.format("%Y").to_string(),
            order: 4,
            what: "谈话".to_owned(),
            content: format!("{} {}{year}", talk.day, talk.kind),
            line: talk.line.clone().unwrap_or_default(),
            ..Entry::default()
        };
        add(&talk.subject_kind, &talk.subject_id, &talk.subject_name, "", entry);
    }
    for one in entered {
        let filled: Vec<String> = one.filled.iter().map(|(column, text)| format!("{column}：{text}")).collect();
        let entry = Entry {
            year: one.year.to_string(),
            order: 5,
            what: one.file.clone(),
            content: filled.join("；"),
            line: one.lines.iter().map(|line| line.id.as_str()).collect::<Vec<_>>().join("、"),
            ..Entry::default()
        };
        add(&one.kind, &one.subject, "", "", entry);
    }
    let years: BTreeSet<String> = dockets.iter().map(|docket| docket.past.year.to_string()).collect();
    for person in found.values_mut() {
        for year in &years {
            if !person.entries.iter().any(|entry| entry.order == 0 && entry.year == *year) {
                person.entries.push(Entry::without_grade(year));
            }
        }
        person.entries.sort();
        person.entries.dedup();
    }
    found
}

pub(super) fn people_sheet(people: &BTreeMap<(String, String), Person>) -> LedgerSheet {
    let mut sheet = LedgerSheet::new(
        "逐人",
        "逐人：历年拟处理、审定、谈话和依据中载明的等次",
        &[printed::SUBJECT, printed::ID, printed::UNIT, "年度", "事项", "内容", "审定", printed::LINE],
    );
    for ((_, id), person) in people {
        for entry in &person.entries {
            let who = [&person.name, id, &person.unit].into_iter().cloned();
            sheet.rows.push(who.chain(entry.cells()).collect());
        }
    }
    sheet
}

impl Archive {
    /// A page for everybody of that 编号 or name: all that is known over the years.
    pub fn people(&self, wanted: &str) -> Result<Vec<LedgerSheet>, Error> {
        let Standings { dockets, talks, entered, due } = self.standings(None, &Calendar::default())?;
        let running = periods(&dockets, &talks);
        let wanted = text::key(wanted);
        let known = people(&dockets, &talks, &entered);
        let meant = known.iter().filter(|((_, id), person)| {
            text::key(id) == wanted || !person.name.is_empty() && text::key(&person.name) == wanted
        });
        let pages = meant.map(|((kind, id), person)| {
            let of = format!("{}（{id}）{}", person.name, person.unit);
            let mut page = LedgerSheet::new(
                &person.name,
                &format!("{of}历年情况"),
                &["年度", "事项", "内容", "审定", printed::LINE],
            );
            page.rows = person.entries.iter().map(|entry| entry.cells().to_vec()).collect();
            let note = |what: &str, content: String| {
                vec![String::new(), what.to_owned(), content, String::new(), String::new()]
            };
            for one in running.iter().filter(|one| one.subject == *id && one.kind == *kind) {
                let days = match one.from.zip(one.to) {
                    Some((from, to)) => format!("{from} 至 {to}"),
                    None => "日期未填".to_owned(),
                };
                page.rows.push(note(&one.period, format!("{days}，{}", one.by)));
            }
            let lines: Vec<&str> = person.entries.iter().map(|entry| entry.line.as_str()).collect();
            for due in due.iter().filter(|due| lines.contains(&due.line.as_str())) {
                let mut row = note("督办", due.in_words());
                row[4].clone_from(&due.line);
                page.rows.push(row);
            }
            page
        });
        Ok(pages.collect())
    }
}

impl Entry {
    /// Grounds hold the grades that something followed from; where they hold none, that is said.
    fn without_grade(year: &str) -> Entry {
        Entry {
            year: year.to_owned(),
            order: 0,
            what: "等次".to_owned(),
            content: "档案的依据中没有载明".to_owned(),
            ..Entry::default()
        }
    }

    fn cells(&self) -> [String; 5] {
        [&self.year, &self.what, &self.content, &self.decided, &self.line].map(Clone::clone)
    }
}
