//! The run as data: `consequences.jsonl`, `pending.jsonl`, `issues.jsonl` and `run.json`.
//!
//! Contract §4. Outside programs read these files; the order of keys and lines is fixed.

use std::path::Path;

use super::{Made, jsonl};
use crate::consequence::DataWriter;
use crate::finding::warnings;
use crate::pack::term::Literal;
use crate::table::{Dataset, SheetKind};

/// The folder and the file for programs.
pub const FOLDER: &str = "data";
pub const RUN: &str = "run.json";
pub const CONSEQUENCES: &str = "data/consequences.jsonl";
pub const PENDING: &str = "data/pending.jsonl";

impl Made<'_> {
    pub(super) fn data_writer(&self) -> DataWriter<'_> {
        DataWriter { pack: self.pack, data: self.data, run: self.job.run, people: &self.handed.material.people }
    }

    /// Writes the three jsonl files and run.json.
    pub(super) fn write_data(&self, dir: &Path, answers: &str) -> std::io::Result<()> {
        let folder = dir.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        let writer = self.data_writer();
        let (lines, cases, findings) = (&self.outcome.lines, &self.outcome.pending, &self.data.findings);
        jsonl::write(&dir.join(CONSEQUENCES), lines.len(), |at| writer.consequence(&lines[at]))?;
        jsonl::write(&dir.join(PENDING), cases.len(), |at| writer.pending(&cases[at]))?;
        jsonl::write(&folder.join("issues.jsonl"), findings.len(), |at| &findings[at])?;
        let text = serde_json::to_string_pretty(&run_json(self, answers))?;
        std::fs::write(dir.join(RUN), text + "\n")
    }
}

fn run_json(made: &Made<'_>, answers: &str) -> serde_json::Value {
    let Made { job, pack, data, outcome, .. } = made;
    let parameters: Vec<_> = pack
        .parameters
        .iter()
        .map(|parameter| {
            let set = job.sets.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value);
            let from = if set.is_some() { "--set" } else { "pack" };
            let value = set.or_else(|| parameter.on(data.as_of));
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
    let counts = outcome.counts(pack).filter(|(_, count)| *count > 0);
    let consequences: serde_json::Map<_, _> =
        counts.map(|(action, count)| (action.name.clone(), count.into())).collect();
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
            "warnings": warnings(&data.findings),
        },
    })
}

/// Rows that were put aside.
pub fn rejected_rows(data: &Dataset) -> u64 {
    data.sheets.iter().map(|sheet| sheet.rejected).sum()
}

fn value_json(value: &Literal) -> serde_json::Value {
    match value.number() {
        // Whole numbers are shown as such.
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => (number as i64).into(),
        Some(number) => number.into(),
        None => value.said().into(),
    }
}
