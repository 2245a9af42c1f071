//! The archive beside the run: what a run registers before it is published, and whether it may replace another.

use crate::archive::{
    self, Archive, FollowUp, RegisteredLine, RegisteredList, RegisteredRow, RegisteredTalk, Registration, RowOf,
    Vocabulary,
};
use crate::consequence::{Line, TalkHeld, json};
use crate::fact::History;
use crate::fact::history::PastGround;
use crate::fact::system::find;
use crate::handoff::lists::{ListRow, ListTable};
use crate::pack::{Pack, RegisterBook, Run};
use crate::table::{Dataset, Remembered, date};

use super::{Failure, Made};

/// Proposals of the year's half-year run by action, for 总览 of the annual run.
pub fn half_year(past: &History, pack: &Pack, year: i32, run: Run) -> Option<Vec<(String, u64)>> {
    if run != Run::Annual || !past.runs.contains(&(year, Run::HalfYear)) {
        return None;
    }
    let lines = || past.lines.values().filter(|line| line.year == year && line.run == Run::HalfYear);
    let counts = pack
        .actions
        .iter()
        .map(|action| (action.name.clone(), lines().filter(|line| line.action == action.name).count() as u64));
    Some(counts.filter(|(_, count)| *count > 0).collect())
}

/// Talks that people entered in the register stand among the talks, one for each line that they carry out.
pub fn remember(pack: &Pack, data: &mut Dataset, history: &History) -> Result<(), Failure> {
    let Some(book) = &pack.register else { return Ok(()) };
    let Some(column) = book.answer_columns.iter().find(|column| column.is_date) else { return Ok(()) };
    let mut rows: Vec<Remembered> = Vec::new();
    for entered in &history.entered {
        let Some(day) = entered.filled.get(&column.name).and_then(|day| date::day(day)) else { continue };
        for line in &entered.lines {
            // Somebody who is on no register any more is proposed for nothing either.
            let Some(subject) = find(pack, data, &line.kind, &line.subject) else { continue };
            let texts = vec![book.talk_is.clone(), (book.talk_line.clone(), line.id.clone())];
            rows.push(Remembered { subject, day: (book.talk_date.clone(), day), texts });
        }
    }
    data.remember(pack, book.talks, &rows).map_err(Failure::failed)
}

impl Made<'_> {
    /// The run's proposals as they will be printed.
    pub(super) fn registration(
        &self,
    ) -> Registration<impl Iterator<Item = RegisteredRow<'_>>, impl Iterator<Item = RegisteredTalk>> {
        let Made { pack, info, outcome, .. } = self;
        let private = outcome.lines.iter().filter(|line| is_private(pack, line)).map(|line| line.id.clone());
        let followup = FollowUp::of(pack, info.as_of, &info.set_values);
        Registration {
            year: info.year,
            run: info.run,
            as_of: info.as_of,
            pack_name: pack.name.clone(),
            pack_version: pack.version.clone(),
            pack_hash: pack.hash.clone(),
            vocabulary: Vocabulary {
                followup: Some(FollowUp { private: private.collect(), ..followup }),
                ..Vocabulary::of(pack)
            },
            lists: self.handed.lists.iter().chain(&self.handed.register).map(|table| self.list(table)).collect(),
            talks: outcome.talks.iter().filter(|talk| talk.was_read).map(|talk| self.talk(talk)),
        }
    }

    fn list<'t>(&'t self, table: &'t ListTable<'t>) -> RegisteredList<impl Iterator<Item = RegisteredRow<'t>>> {
        let book = self.pack.register.as_ref().filter(|_| table.index.is_none());
        let extra = table.index.map(|list| &self.pack.lists[list].extra_answers);
        let mut rows: Vec<&ListRow> = table.rows.iter().collect();
        if book.is_some() {
            rows.sort_by_key(|row| row.of);
        }
        // What is set for the run stands on the title's second line.
        let title = self.info.title(self.pack, table.heading);
        RegisteredList {
            name: table.list.to_owned(),
            title: title.lines().next().unwrap_or_default().to_owned(),
            columns: table.columns.iter().map(|column| column.name.to_owned()).collect(),
            extra: extra.or(book.map(|book| &book.answer_columns)).cloned().unwrap_or_default(),
            is_register: book.is_some(),
            rows: rows.into_iter().map(move |row| self.row(book, row)),
        }
    }

    /// A row of a list, or of the register of talks, with what stands behind it.
    fn row<'t>(&'t self, book: Option<&'t RegisterBook>, row: &'t ListRow) -> RegisteredRow<'t> {
        let Made { pack, data, outcome, .. } = *self;
        let ((kind, id), of, filled) = match book {
            None => {
                let line = &outcome.lines[row.of];
                let filled = line.decision.as_deref().map(|given| given.0.clone()).unwrap_or_default();
                let id = data.registers[line.subject.kind].ids[line.subject.index as usize].as_str();
                ((line.subject.kind, id), RowOf::Line(self.registered(line)), filled)
            }
            Some(book) => {
                let entry = &outcome.register[row.of];
                let file = book.files[entry.file].name.as_str().into();
                let of = RowOf::Entry { file, lines: entry.lines.as_slice().into() };
                (entry.holder.id(data), of, entry.answers.clone())
            }
        };
        RegisteredRow {
            subject_kind: pack.subjects[kind].kind.as_str().into(),
            subject_id: id.into(),
            of,
            filled,
            cells: row.cells.iter().map(Into::into).collect(),
        }
    }

    fn talk(&self, talk: &TalkHeld) -> RegisteredTalk {
        let register = &self.data.registers[talk.subject.kind];
        RegisteredTalk {
            subject_kind: self.pack.subjects[talk.subject.kind].kind.clone(),
            subject_id: register.ids[talk.subject.index as usize].clone(),
            subject_name: register.labels[talk.subject.index as usize].clone(),
            day: talk.day,
            kind: talk.kind.clone(),
            year: talk.year.clone(),
            line: talk.line.clone(),
        }
    }

    fn registered<'t>(&'t self, line: &'t Line) -> RegisteredLine<'t> {
        let pack = self.pack;
        let grounds = line.grounds.iter().map(|ground| PastGround {
            rule: pack.rules[ground.rule].id.clone(),
            about: ground.about.clone(),
            facts: ground.facts.iter().map(|(name, value)| (name.clone(), json(value))).collect(),
        });
        let labels = &self.data.registers[line.subject.kind].labels;
        RegisteredLine {
            id: line.id.as_str().into(),
            check: line.check.as_str().into(),
            action: pack.actions[line.action].name.as_str().into(),
            subject_name: labels[line.subject.index as usize].as_str().into(),
            options: line.options.as_slice().into(),
            rules: line.rules.iter().map(|rule| pack.rules[*rule].id.as_str().into()).collect(),
            grounds: grounds.collect(),
            adopted: line.twin.as_deref().cloned(),
        }
    }
}

/// Whether a ground is told to nobody but the committee though its rule does not say so: it rests on a line that is not told.
fn is_private(pack: &Pack, line: &Line) -> bool {
    let confidential = |rule: usize| pack.rules.get(rule).is_some_and(|rule| rule.confidential);
    line.grounds.iter().any(|ground| ground.confidential && !confidential(ground.rule))
}

/// Whether a folder holds a run that was published with an archive.
pub fn has_published(dir: &std::path::Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return false };
    entries.flatten().any(|entry| entry.path().join(archive::SEAL).is_file())
}

/// Refuses an archive that was emptied: where nothing is published yet, a run that was killed may have left it so.
pub fn may_be_new(file: &std::path::Path, dir: &std::path::Path) -> Result<(), Failure> {
    if archive::is_emptied(file) && has_published(dir) {
        return Err(Failure::failed(format!(
            "档案「{}」是空文件，而「{}」中已有发布的结果：其中的内容已丢失。请从备份恢复；确为从未用过的新档案的，删去这个空文件后重试",
            file.display(),
            dir.display()
        )));
    }
    Ok(())
}

/// Refuses to supersede a published run in which people have written, or which is open.
///
/// # Errors
/// Names the lists and the command that takes their answers in.
pub fn may_supersede(archive: &Archive, place: &std::path::Path) -> Result<(), Failure> {
    if !place.exists() {
        return Ok(());
    }
    let sealed = archive::sealed(place)?;
    let empty = std::fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
    if sealed.is_none() && !empty {
        return Err(Failure::failed(format!(
            "「{}」不是本程序发布的结果，不能替换。请移走或改名，或另选 --output",
            place.display()
        )));
    }
    let mut reasons = Vec::new();
    let open = archive::open_lists(place)?;
    if !open.is_empty() {
        reasons.push(format!("名单正在 Excel 或 WPS 中打开：{}。请保存并关闭后重试", open.join("、")));
    }
    let unrecorded = archive.unrecorded_answers(place)?;
    reasons.extend(unrecorded.iter().map(|one| one.message(archive.path())));
    if reasons.is_empty() {
        return Ok(());
    }
    Err(Failure::failed(format!("已发布的「{}」不能替换：\n{}", place.display(), reasons.join("\n"))))
}
