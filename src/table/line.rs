//! 处理编号 in a cell: which consequence of an earlier run a row carries out.
//!
//! `<year>-<H|A>-<action>-<T|C>-<id>`. It must be about the row's person and must not contradict the
//! year beside it; whether the archive knows it is only worth a warning.

use crate::finding::{Code, Flaw};
use crate::pack::{ColumnKind, Pack, Run};

use super::judge::Work;
use super::text;

/// The parts of a line id.
#[derive(Debug, PartialEq, Eq)]
pub struct LineId<'a> {
    pub year: i32,
    pub run: Run,
    /// Index into the pack's actions.
    pub action: usize,
    /// Index into the pack's subjects.
    pub subject: usize,
    pub id: &'a str,
}

/// Takes a line id apart; `key` as [`text::key`] gives it.
pub fn parse<'a>(pack: &Pack, key: &'a str) -> Option<LineId<'a>> {
    let mut parts = key.splitn(3, '-');
    let (year, run, rest) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let run = Run::of_code(run)?;
    // An action's name may hold a hyphen, so it is looked up and not split off.
    pack.actions.iter().enumerate().find_map(|(action, definition)| {
        let (code, id) = rest.strip_prefix(text::key(&definition.name).as_str())?.strip_prefix('-')?.split_once('-')?;
        let subject = pack.subjects.iter().position(|subject| subject.code == code)?;
        (!id.is_empty()).then_some(LineId { year: year.parse().ok()?, run, action, subject, id })
    })
}

impl Work<'_> {
    /// What is wrong with the line ids of the rows.
    pub(super) fn judge_lines(&mut self) {
        for (at, column) in self.table.columns.iter().enumerate() {
            let ColumnKind::Line { year, about } = &column.kind else { continue };
            let reference = self.table.references.iter().position(|reference| reference.subject == *about);
            for row in 0..self.rows.origin.len() {
                let entry = self.rows.cells[at].entry(row);
                let Some(key) = entry.text() else { continue };
                let who = reference.and_then(|reference| self.whos[reference][row]);
                let about = (*about, who.map(|who| self.directories[*about].id(who)));
                let year = year.and_then(|year| Some((self.name(year), self.rows.cells[year].year(row)?)));
                if let Some(flaw) = self.line_flaw(key, (&column.name, entry.shown), about, year) {
                    self.put(row, (at, flaw));
                }
            }
        }
    }

    /// What is wrong with a line id in a row about somebody, where that is known, and of a year, by the name of its column.
    fn line_flaw(
        &self,
        key: &str,
        (name, shown): (&str, &str),
        (subject, id): (usize, Option<&str>),
        year: Option<(&str, i32)>,
    ) -> Option<Flaw> {
        let pack = self.world.pack;
        let bad = |reason: String, remedy: &str| Some(Flaw::rejected(Code::BadLineId, reason, remedy));
        let Some(line) = parse(pack, key) else {
            let codes = pack.subjects.iter().map(|s| s.code.as_str()).collect::<Vec<_>>().join("或");
            return bad(
                format!("{name}「{shown}」格式不对，应为「年度-H或A-处理-{codes}-编号」"),
                "请照名单上的处理编号原样填写；没有的请留空",
            );
        };
        let others = line.subject != subject || id.is_some_and(|id| id != line.id);
        if others {
            let whose = format!("{}「{}」", pack.subjects[line.subject].name, line.id);
            let reason = match id {
                Some(id) => format!("{name}「{shown}」是{whose}的，本行是「{id}」的"),
                None => format!("{name}「{shown}」是{whose}的，不是本行{}的", pack.subjects[subject].name),
            };
            return bad(reason, "请填写本人的处理编号；没有的请留空");
        }
        if let Some((column, year)) = year.filter(|(_, year)| *year != line.year) {
            return bad(
                format!("{name}「{shown}」属于{}年，而{column}填的是{year}", line.year),
                "请核对处理编号和所填年度，改正有误的一项",
            );
        }
        (!self.world.known_lines.contains(key)).then(|| {
            Flaw::warning(
                Code::UnknownLineId,
                format!("档案中没有处理编号「{shown}」"),
                "请核对是否为本单位名单上的处理编号；如是，请确认所用的档案（--archive）",
            )
        })
    }
}
