//! What a run registers: the lists as the handoff laid them out, with what the archive needs to take
//! the answers back.

use std::collections::BTreeMap;

use crate::archive::{
    ExtraColumn, RegisteredBook, RegisteredEntry, RegisteredLine, RegisteredList, Registration, Vocabulary,
};
use crate::consequence::{Flag, Line, Outcome, json};
use crate::fact::History;
use crate::fact::history::PastGround;
use crate::handoff::lists::{ListTable, Role};
use crate::handoff::{Handoff, RunInfo};
use crate::pack::{Pack, Run};
use crate::table::Dataset;

/// The registration of a run that is about to be published.
pub fn registration(
    pack: &Pack,
    data: &Dataset,
    outcome: &Outcome,
    history: &History,
    handed: &Handoff<'_>,
    info: &RunInfo,
) -> Registration {
    let lines: BTreeMap<&str, &Line> = outcome.lines.iter().map(|line| (line.id.as_str(), line)).collect();
    let from = From { pack, data, history };
    Registration {
        year: info.year,
        run: info.run,
        as_of: info.as_of,
        pack_name: pack.name.clone(),
        pack_version: pack.version.clone(),
        pack_hash: pack.hash.clone(),
        vocabulary: Vocabulary::of(pack),
        lists: handed.lists.iter().map(|table| from.list(table, &lines, info)).collect(),
        book: handed.register.as_ref().map(|table| from.book(table, outcome, info)),
    }
}

struct From<'a> {
    pack: &'a Pack,
    data: &'a Dataset,
    history: &'a History,
}

impl From<'_> {
    fn list(&self, table: &ListTable<'_>, lines: &BTreeMap<&str, &Line>, info: &RunInfo) -> RegisteredList {
        let list = table.index.map(|index| &self.pack.lists[index]);
        let heading = list.map_or(table.list, |list| list.title.as_str());
        let rows = table.rows.iter().filter_map(|row| Some((lines.get(row.id.as_str())?, row)));
        RegisteredList {
            name: table.list.to_owned(),
            title: title(self.pack, info, heading),
            columns: columns(table),
            extra: list.map_or_else(Vec::new, |list| list.extra_answers.iter().map(ExtraColumn::from).collect()),
            lines: rows.map(|(line, row)| self.line(line, row.cells.iter().map(|cell| cell.to_string()), info)).collect(),
        }
    }

    fn line(&self, line: &Line, cells: impl Iterator<Item = String>, info: &RunInfo) -> RegisteredLine {
        let register = &self.data.registers[line.subject.kind];
        let subject = line.subject.index as usize;
        let ground = |ground: &crate::consequence::Ground| PastGround {
            rule: self.pack.rules[ground.rule].id.clone(),
            about: ground.about.clone(),
            facts: ground.facts.iter().map(|(name, value)| (name.clone(), json(value))).collect(),
        };
        RegisteredLine {
            id: line.id.clone(),
            check: line.check.clone(),
            action: self.pack.actions[line.action].name.clone(),
            subject_kind: self.pack.subjects[line.subject.kind].kind.clone(),
            subject_id: register.ids[subject].clone(),
            subject_name: register.labels[subject].clone(),
            options: line.options.clone(),
            rules: line.rules.iter().map(|rule| self.pack.rules[*rule].id.clone()).collect(),
            grounds: line.grounds.iter().map(ground).collect(),
            adopted: self.adopted(line, info),
            filled: line.decision.clone(),
            cells: cells.collect(),
        }
    }

    /// The half-year line whose decision counts as this one's own.
    fn adopted(&self, line: &Line, info: &RunInfo) -> Option<(String, String)> {
        if !line.flags.contains(&Flag::DecidedAtHalfYear) {
            return None;
        }
        let [own, half] = [info.run, Run::HalfYear].map(|run| format!("{}-{}-", info.year, run.code()));
        let twin = format!("{half}{}", line.id.strip_prefix(&own)?);
        let check = self.history.lines.get(&twin)?.check.clone();
        Some((twin, check))
    }

    fn book(&self, table: &ListTable<'_>, outcome: &Outcome, info: &RunInfo) -> RegisteredBook {
        let heading = self.pack.register.as_ref().map_or(table.list, |book| book.title.as_str());
        let mut entries = BTreeMap::new();
        for entry in &outcome.register {
            let subject = &self.data.registers[entry.subject.kind];
            let file = self.pack.register.as_ref().map_or("", |book| book.files[entry.file].name.as_str());
            let lines = entry.lines.join("、");
            entries.insert((subject.ids[entry.subject.index as usize].as_str(), file, lines), entry);
        }
        let at = |name: &str| table.column(name).unwrap_or_default();
        let (id, file, lines) = (at("编号"), at("档案"), at("处理编号"));
        RegisteredBook {
            name: table.list.to_owned(),
            title: title(self.pack, info, heading),
            columns: columns(table),
            answers: table
                .columns
                .iter()
                .filter_map(|column| match column.role {
                    Role::Answer { date } => Some(ExtraColumn { name: column.name.to_owned(), is_date: date }),
                    Role::Free | Role::Fixed => None,
                })
                .collect(),
            entries: table
                .rows
                .iter()
                .filter_map(|row| {
                    let key = (row.cells[id].as_ref(), row.cells[file].as_ref(), row.cells[lines].to_string());
                    let entry = entries.get(&key)?;
                    Some(RegisteredEntry {
                        file: row.cells[file].to_string(),
                        subject_kind: self.pack.subjects[entry.subject.kind].kind.clone(),
                        subject_id: row.cells[id].to_string(),
                        lines: entry.lines.clone(),
                        filled: entry.answers.clone(),
                        cells: row.cells.iter().map(|cell| cell.to_string()).collect(),
                    })
                })
                .collect(),
        }
    }
}

fn columns(table: &ListTable<'_>) -> Vec<String> {
    table.columns.iter().map(|column| column.name.to_owned()).collect()
}

/// The title's first line: what is set for the run stands on the second.
fn title(pack: &Pack, info: &RunInfo, heading: &str) -> String {
    let title = info.title(pack, heading);
    title.lines().next().unwrap_or_default().to_owned()
}
