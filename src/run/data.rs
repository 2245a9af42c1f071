//! The run as data: `consequences.jsonl`, `pending.jsonl`, `issues.jsonl` and `run.json`.
//!
//! Contract §4. Outside programs read these files; the order of keys and lines is fixed.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use polars::prelude::UInt32Chunked;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::job::Job;
use super::jsonl;
use crate::consequence::{FactValue, Flag, Ground, Line, Origin, Outcome, Pending, Subject};
use crate::fact::Texts;
use crate::finding::Severity;
use crate::handoff::changes::{Summaries, Summary};
use crate::pack::{Pack, Run, Value};
use crate::table::{Dataset, SheetKind};

/// The folder and the file for programs.
pub const FOLDER: &str = "data";
pub const RUN: &str = "run.json";
pub const CONSEQUENCES: &str = "data/consequences.jsonl";
pub const PENDING: &str = "data/pending.jsonl";
const LINES: &str = "data/lines.jsonl";

#[derive(Serialize)]
struct ConsequenceLine<'a> {
    id: &'a str,
    year: i32,
    run: &'static str,
    action: &'a str,
    subject_kind: &'a str,
    subject_id: &'a str,
    subject_name: &'a str,
    unit_ids: Vec<&'a str>,
    authority: Option<Cow<'a, str>>,
    options: &'a [String],
    rules: Vec<&'a str>,
    grounds: Vec<GroundLine<'a>>,
    flags: &'a [Flag],
}

#[derive(Serialize)]
struct GroundLine<'a> {
    rule: &'a str,
    about: &'a str,
    facts: Facts<'a>,
    sources: Sources<'a>,
}

/// Facts in the order in which the rule names them.
struct Facts<'a>(&'a [(String, FactValue)]);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct PendingLine<'a> {
    rule: &'a str,
    subject_kind: &'a str,
    subject_id: &'a str,
    missing: &'a [String],
    sources: Sources<'a>,
}

/// Origins as the outputs cite them.
struct Sources<'a>(&'a Dataset, &'a [Origin]);

impl Serialize for Sources<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.iter().map(|origin| Cited(self.0, origin)))
    }
}

/// `路径/文件.xlsx!工作表!A12`, or `档案!<处理编号>`.
struct Cited<'a>(&'a Dataset, &'a Origin);

impl fmt::Display for Cited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Origin::Cell(cell) => self.0.cited(*cell).fmt(f),
            Origin::Archive(id) => write!(f, "档案!{id}"),
        }
    }
}

impl Serialize for Cited<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Lines and pending cases of a run as they are written.
pub struct DataWriter<'a> {
    pack: &'a Pack,
    data: &'a Dataset,
    run: Run,
    /// Per row of the membership table its unit.
    units: Option<UInt32Chunked>,
    /// Per kind of subject who may decide about it, by register row; none where it has no such column.
    authorities: Vec<Option<Texts>>,
}

impl<'a> DataWriter<'a> {
    pub fn new(pack: &'a Pack, data: &'a Dataset, run: Run) -> Self {
        let membership = &pack.membership;
        let units = data.tables[membership.table].frame.column(&format!("@{}", pack.subjects[membership.unit].kind));
        let authorities = pack.subjects.iter().map(|subject| {
            let column = &pack.tables[subject.register].columns[subject.authority?].name;
            Texts::of(&data.tables[subject.register].frame, column)
        });
        DataWriter {
            pack,
            data,
            run,
            units: units.ok().and_then(|column| Some(column.u32().ok()?.rechunk().into_owned())),
            authorities: authorities.collect(),
        }
    }

    pub fn consequence<'w>(&'w self, line: &'w Line) -> impl Serialize + use<'w, 'a> {
        let DataWriter { pack, data, .. } = *self;
        let register = &data.registers[line.subject.kind];
        ConsequenceLine {
            id: &line.id,
            year: data.year,
            run: self.run.word(),
            action: &pack.actions[line.action].name,
            subject_kind: &pack.subjects[line.subject.kind].kind,
            subject_id: &register.ids[line.subject.index as usize],
            subject_name: &register.labels[line.subject.index as usize],
            unit_ids: self.unit_ids(line.subject),
            authority: self.authority(line.subject),
            options: &line.options,
            rules: line.rules.iter().map(|rule| pack.rules[*rule].id.as_str()).collect(),
            grounds: line.grounds.iter().map(|ground| self.ground(ground)).collect(),
            flags: &line.flags,
        }
    }

    pub fn pending<'w>(&'w self, case: &'w Pending) -> impl Serialize + use<'w, 'a> {
        PendingLine {
            rule: &case.rule,
            subject_kind: &self.pack.subjects[case.kind].kind,
            subject_id: &case.id,
            missing: &case.missing,
            sources: Sources(self.data, &case.sources),
        }
    }

    /// Units of a subject: its own id, or those of a member's seats in register order.
    fn unit_ids(&self, subject: Subject) -> Vec<&'a str> {
        let membership = &self.pack.membership;
        let register = &self.data.registers[subject.kind];
        if subject.kind == membership.unit {
            return vec![register.ids[subject.index as usize].as_str()];
        }
        let mut ids: Vec<&str> = Vec::new();
        for unit in
            register.rows[subject.index as usize].iter().filter_map(|row| self.units.as_ref()?.get(*row as usize))
        {
            let id = self.data.registers[membership.unit].ids[unit as usize].as_str();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Who may decide about a subject, by its first register row.
    fn authority(&self, subject: Subject) -> Option<Cow<'_, str>> {
        let row = *self.data.registers[subject.kind].rows[subject.index as usize].first()?;
        self.authorities[subject.kind].as_ref()?.at(row as usize)
    }

    fn ground<'w>(&'w self, ground: &'w Ground) -> GroundLine<'w> {
        GroundLine {
            rule: &self.pack.rules[ground.rule].id,
            about: &ground.about,
            facts: Facts(&ground.facts),
            sources: Sources(self.data, &ground.sources),
        }
    }
}

/// What a program reads of something that is written.
///
/// # Errors
/// The reader asks for more than is written: a fault of this program.
pub fn as_read<T: serde::de::DeserializeOwned>(written: &impl Serialize) -> serde_json::Result<T> {
    serde_json::from_value(serde_json::to_value(written)?)
}

/// Writes the three jsonl files and run.json.
///
/// # Errors
/// The folder cannot be written.
pub fn write(
    dir: &Path,
    job: &Job,
    pack: &Pack,
    data: &Dataset,
    outcome: &Outcome,
    answers: &str,
) -> std::io::Result<()> {
    let folder = dir.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    let writer = DataWriter::new(pack, data, job.run);
    let (lines, cases, findings) = (&outcome.lines, &outcome.pending, &data.findings);
    jsonl::write(&dir.join(CONSEQUENCES), lines.len(), |at| writer.consequence(&lines[at]))?;
    jsonl::write(&dir.join(PENDING), cases.len(), |at| writer.pending(&cases[at]))?;
    jsonl::write(&folder.join("issues.jsonl"), findings.len(), |at| &findings[at])?;
    let text = serde_json::to_string_pretty(&run_json(job, pack, data, outcome, answers))?;
    std::fs::write(dir.join(RUN), text + "\n")
}

/// Writes what the lists say, line by line: what the next publication is compared with.
///
/// # Errors
/// The folder cannot be written.
pub fn write_lines(dir: &Path, lists: &[Summaries<'_>]) -> std::io::Result<()> {
    let mut lines = jsonl::JsonLines::create(&dir.join(LINES))?;
    for list in lists {
        lines.many(list.count(), |at| Some(list.at(at)))?;
    }
    lines.finish()
}

/// What the lists of a published run say; none if nothing is published there.
///
/// # Errors
/// The file with it cannot be read.
pub fn read_lines(dir: &Path) -> std::io::Result<Option<Vec<Summary<'static>>>> {
    let text = match std::fs::read_to_string(dir.join(LINES)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    Ok(text.lines().map(|line| serde_json::from_str(line).map(Some)).collect::<Result<_, _>>()?)
}

fn run_json(job: &Job, pack: &Pack, data: &Dataset, outcome: &Outcome, answers: &str) -> serde_json::Value {
    let parameters: Vec<_> = pack
        .parameters
        .iter()
        .map(|parameter| {
            let set = job.sets.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value);
            let from = if set.is_some() { "--set" } else { "pack" };
            let value = set.or_else(|| super::job::in_force(parameter, data.as_of));
            serde_json::json!({ "name": parameter.name, "value": value.map(value_json), "from": from })
        })
        .collect();
    let inputs: Vec<_> = data
        .books
        .iter()
        .enumerate()
        .map(|(at, book)| {
            let sheets: Vec<_> = data
                .sheets
                .iter()
                .filter(|sheet| sheet.book as usize == at)
                .map(|sheet| {
                    let (table, kind) = match sheet.kind {
                        SheetKind::Table(table) => (Some(&pack.tables[table].name), "table"),
                        SheetKind::Unrecognised => (None, "unrecognised"),
                        SheetKind::Hidden => (None, "hidden"),
                        SheetKind::Prose => (None, "prose"),
                    };
                    serde_json::json!({
                        "sheet": sheet.name, "table": table, "kind": kind, "rows": sheet.rows,
                        "used": sheet.used, "rejected": sheet.rejected, "ignored": sheet.ignored,
                    })
                })
                .collect();
            serde_json::json!({ "file": book.path, "sha256": book.sha256, "sheets": sheets })
        })
        .collect();
    let mut consequences = serde_json::Map::new();
    for (action, definition) in pack.actions.iter().enumerate() {
        let count = outcome.lines.iter().filter(|line| line.action == action).count();
        if count > 0 {
            consequences.insert(definition.name.clone(), count.into());
        }
    }
    serde_json::json!({
        "year": data.year,
        "run": job.run.word(),
        "as_of": data.as_of.to_string(),
        "pack": { "name": pack.name, "version": pack.version, "hash": pack.hash },
        "parameters": parameters,
        "archive": answers,
        "inputs": inputs,
        "passed_over": data.passed_over,
        "counts": {
            "consequences": consequences,
            "pending": outcome.pending.len(),
            "rejected": rejected_rows(data),
            "warnings": warnings(data),
        },
    })
}

/// Rows that were put aside.
pub fn rejected_rows(data: &Dataset) -> u64 {
    data.sheets.iter().map(|sheet| sheet.rejected).sum()
}

/// Findings that put nothing aside.
pub fn warnings(data: &Dataset) -> usize {
    data.findings.iter().filter(|finding| finding.severity == Severity::Warning).count()
}

fn value_json(value: &Value) -> serde_json::Value {
    match value {
        // Whole numbers are shown as such.
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => (*number as i64).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    }
}
