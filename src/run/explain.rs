//! `kaohe explain`: reads a published folder, and nothing else, and tells why.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::{Failure, traced};
use crate::consequence::{Consequence, OpenCase};
use crate::explain::{self, Explanation, Teller};
use crate::handoff::dossier;
use crate::pack::Run;
use crate::rule::record::Record;
use crate::table::text::{key, nearest, without_blanks};

/// Every rule about everybody called `subject` (an id or a name).
pub fn explain(subject: &str, dir: &Path) -> Result<Vec<Explanation>, Failure> {
    let (dir, _) = published(dir, None)?;
    let dir = dir.as_path();
    let wanted = called(subject);
    let (head, meant) = traced::read(dir, &|head, record| explain::is_meant(head, record, &wanted, &called))?;
    let pending: Vec<OpenCase<'static>> = rows(dir, super::data::PENDING)?;
    let consequences: Vec<Consequence<'static>> = rows(dir, super::data::CONSEQUENCES)?;
    let mut explained = Vec::new();
    for record in &meant {
        let kind = &head.entities[record.entity].kind;
        let own = |of: &str, id: &str| of == kind && id == record.id;
        let lines: Vec<_> = consequences.iter().filter(|line| own(&line.subject_kind, &line.subject_id)).collect();
        let open: Vec<_> = pending.iter().filter(|case| own(&case.subject_kind, &case.subject_id)).collect();
        let units: BTreeSet<String> = explain::units_of(record, &lines);
        let (_, records) = traced::read(dir, &|head, one| explain::is_related(head, one, record, &units))?;
        let teller = Teller { head: &head, subject: record, records: &records, lines: &lines, open: &open };
        explained.push(teller.explanation());
    }
    // Those of whom only rejected rows tell: no record is about them.
    let mut names: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in &head.aside {
        names.entry((&one.kind, &one.id)).or_default().push(&one.name);
    }
    let is_told = |case: &OpenCase<'_>| {
        meant.iter().any(|one| one.id == case.subject_id && head.entities[one.entity].kind == case.subject_kind)
    };
    let mut aside: BTreeMap<(&str, &str), Vec<&OpenCase<'static>>> = BTreeMap::new();
    for case in pending.iter().filter(|case| !is_told(case)) {
        let who = (&*case.subject_kind, &*case.subject_id);
        let mut named = names.get(&who).into_iter().flatten();
        if called(who.1) == wanted || named.any(|name| called(name) == wanted) {
            aside.entry(who).or_default().push(case);
        }
    }
    for (who, open) in aside {
        let name = names.get(&who).and_then(|names| names.first()).copied().unwrap_or_default();
        explained.push(explain::only_pending(who.0, who.1, name, &open));
    }
    if explained.is_empty() { Err(nobody(subject, dir)?) } else { Ok(explained) }
}

/// The same as a workbook for the meeting.
pub fn save(explained: &[Explanation], dir: &Path, file: &Path) -> Result<(), Failure> {
    let (_, run) = published(dir, None)?;
    dossier::save(explained, &run.title(), run.as_of, file).map_err(Failure::failed)
}

/// What `run.json` says about a published run.
#[derive(Debug, Clone)]
pub struct RunFile {
    pub year: i32,
    pub run: Run,
    pub as_of: chrono::NaiveDate,
}

impl RunFile {
    /// None where it is not what a run writes.
    fn read(text: &str) -> Option<RunFile> {
        let file: serde_json::Value = serde_json::from_str(text).ok()?;
        let text = |name: &str| file.get(name)?.as_str();
        let (run, as_of) = (Run::of_word(text("run")?)?, text("as_of")?.parse().ok()?);
        Some(RunFile { year: file.get("year")?.as_i64()?.try_into().ok()?, run, as_of })
    }

    pub fn title(&self) -> String {
        self.run.period(self.year)
    }
}

/// The published run in a folder; in a folder that holds a single run (of the kind asked for), that one.
///
/// # Errors
/// The folder is none, and where one may be.
pub fn published(dir: &Path, kind: Option<Run>) -> Result<(PathBuf, RunFile), Failure> {
    let is_run = |dir: &Path| dir.join(super::data::RUN).is_file();
    let mut dir = dir.to_owned();
    if !is_run(&dir) {
        let inside = std::fs::read_dir(&dir).into_iter().flatten().flatten().map(|entry| entry.path());
        // What a run is being made in is hidden.
        let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let mut runs: Vec<PathBuf> = inside.filter(|path| is_run(path) && !hidden(path)).collect();
        runs.sort();
        let ends = |path: &Path| path.to_string_lossy().ends_with(kind.map_or("", Run::word));
        let wanted: Vec<&PathBuf> = runs.iter().filter(|path| ends(path)).collect();
        match (wanted.as_slice(), runs.as_slice()) {
            ([one], _) => dir = (*one).clone(),
            (_, []) => {
                return Err(Failure::failed(format!(
                    "「{}」不是一次运行的结果文件夹（其中没有 {}）。请指定一次运行的结果文件夹，例如 结果/2015-annual",
                    dir.display(),
                    super::data::RUN
                )));
            }
            (_, runs) => {
                let runs: Vec<String> = runs.iter().map(|run| format!("「{}」", run.display())).collect();
                let runs = runs.join("、");
                return Err(Failure::failed(format!("「{}」中有几次运行，请指定其中一次：{runs}", dir.display())));
            }
        }
    }
    let path = dir.join(super::data::RUN);
    let text = std::fs::read_to_string(&path).map_err(|error| broken(&path, &error))?;
    let run = RunFile::read(&text).ok_or_else(|| broken(&path, &"内容不完整或已损坏"))?;
    Ok((dir, run))
}

fn broken(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::failed(format!("「{}」无法读取：{error}。请重新运行后再试", path.display()))
}

/// The lines of one of the files for programs.
pub fn rows<T: DeserializeOwned>(dir: &Path, name: &str) -> Result<Vec<T>, Failure> {
    let path = dir.join(name);
    let file = std::fs::File::open(&path).map_err(|error| broken(&path, &error))?;
    let lines = std::io::BufReader::new(file).lines().enumerate().map(|(at, line)| {
        let line = line.map_err(|error| broken(&path, &error))?;
        serde_json::from_str(&line).map_err(|_| broken(&path, &format!("第 {} 行不完整或已损坏", at + 1)))
    });
    lines.collect()
}

/// Names are compared as everywhere: after NFKC, without blanks.
fn called(name: &str) -> String {
    without_blanks(&key(name))
}

fn nobody(subject: &str, dir: &Path) -> Result<Failure, Failure> {
    let (head, all) = traced::read(dir, &|head, record| head.entities[record.entity].subject)?;
    let names = |record: &Record| [called(&record.id), called(&record.label)];
    let aside = head.aside.iter().flat_map(|one| [called(&one.id), called(&one.name)]);
    let mut names: Vec<String> = all.iter().flat_map(names).chain(aside).collect();
    names.sort();
    names.dedup();
    let near = nearest(&called(subject), names.iter().map(String::as_str));
    let near = near.map(|near| format!("是否要写「{near}」？")).unwrap_or_default();
    Ok(Failure::failed(format!(
        "「{}」中没有编号或姓名（名称）为「{subject}」的对象。{near}请核对编号或姓名",
        dir.display()
    )))
}
