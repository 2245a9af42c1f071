//! The engine's own tables: what the archive holds, and what earlier stages proposed or left pending.
//!
//! They have the columns of [`crate::pack::scope::system_columns`] and one `@kind` column per subject
//! kind, like any table that was read.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::history::{Decision, History};
use crate::pack::{Pack, Run, Source};
use crate::table::Dataset;

/// A line proposed by an earlier stage, with the decision that counts for it.
pub struct Proposed<'a> {
    pub id: &'a str,
    pub action: &'a str,
    pub kind: usize,
    pub index: u32,
    pub decision: Option<&'a Decision>,
}

/// An action that a pending rule would propose for somebody.
pub struct Expected<'a> {
    pub action: &'a str,
    pub rule: &'a str,
    pub kind: usize,
    pub index: u32,
}

/// The archive's tables, and empty ones for what is proposed and pending.
pub fn tables(pack: &Pack, data: &Dataset, history: &History) -> PolarsResult<BTreeMap<Source, DataFrame>> {
    let mut tables = BTreeMap::new();
    tables.insert(Source::Archive, archive(pack, data, history)?);
    tables.insert(Source::ArchiveGrounds, grounds(pack, data, history)?);
    tables.insert(Source::ArchiveRuns, runs(history)?);
    tables.insert(Source::Proposed, proposed(pack, &[])?);
    tables.insert(Source::Pending, pending(pack, &[])?);
    Ok(tables)
}

/// What earlier stages proposed.
pub fn proposed(pack: &Pack, lines: &[Proposed<'_>]) -> PolarsResult<DataFrame> {
    let mut columns = vec![
        texts("处理编号", lines.iter().map(|line| Some(line.id))),
        texts("处理", lines.iter().map(|line| Some(line.action))),
        texts("意见", lines.iter().map(|line| filled(line.decision.map(|decision| decision.opinion.as_str())))),
        texts("决定方式", lines.iter().map(|line| filled(line.decision.map(|decision| decision.method.as_str())))),
    ];
    columns.extend(subject_columns(pack, lines.iter().map(|line| Some((line.kind, line.index)))));
    DataFrame::new(lines.len(), columns)
}

/// What earlier stages left pending.
pub fn pending(pack: &Pack, cases: &[Expected<'_>]) -> PolarsResult<DataFrame> {
    let mut columns = vec![
        texts("处理", cases.iter().map(|case| Some(case.action))),
        texts("条款", cases.iter().map(|case| Some(case.rule))),
    ];
    columns.extend(subject_columns(pack, cases.iter().map(|case| Some((case.kind, case.index)))));
    DataFrame::new(cases.len(), columns)
}

fn archive(pack: &Pack, data: &Dataset, history: &History) -> PolarsResult<DataFrame> {
    let lines: Vec<&super::history::PastLine> = history.lines.values().collect();
    let mut columns = vec![
        texts("处理编号", lines.iter().map(|line| Some(line.id.as_str()))),
        Column::new("年度".into(), lines.iter().map(|line| line.year).collect::<Vec<i32>>()),
        texts("轮次", lines.iter().map(|line| Some(line.run.code()))),
        texts("处理", lines.iter().map(|line| Some(line.action.as_str()))),
        texts("意见", lines.iter().map(|line| filled(line.decision.as_ref().map(|d| d.opinion.as_str())))),
        texts("决定方式", lines.iter().map(|line| filled(line.decision.as_ref().map(|d| d.method.as_str())))),
    ];
    columns.extend(subject_columns(pack, lines.iter().map(|line| find(pack, data, &line.kind, &line.subject))));
    DataFrame::new(lines.len(), columns)
}

fn grounds(pack: &Pack, data: &Dataset, history: &History) -> PolarsResult<DataFrame> {
    let rows: Vec<_> =
        history.lines.values().flat_map(|line| line.grounds.iter().map(move |one| (line, one))).collect();
    let mut columns = vec![
        texts("处理编号", rows.iter().map(|(line, _)| Some(line.id.as_str()))),
        Column::new("年度".into(), rows.iter().map(|(line, _)| line.year).collect::<Vec<i32>>()),
        texts("轮次", rows.iter().map(|(line, _)| Some(line.run.code()))),
        texts("处理", rows.iter().map(|(line, _)| Some(line.action.as_str()))),
        texts("意见", rows.iter().map(|(line, _)| filled(line.decision.as_ref().map(|d| d.opinion.as_str())))),
        texts("决定方式", rows.iter().map(|(line, _)| filled(line.decision.as_ref().map(|d| d.method.as_str())))),
        texts("条款", rows.iter().map(|(_, ground)| Some(ground.rule.as_str()))),
        texts("关于", rows.iter().map(|(_, ground)| Some(ground.about.as_str()))),
    ];
    let shown = pack.tables.iter().flat_map(|table| table.shown_facts.iter());
    let mut names: Vec<&String> = shown.chain(pack.facts.iter().map(|fact| &fact.name)).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        if columns.iter().all(|column| column.name() != name.as_str()) {
            let values = rows.iter().map(|(_, ground)| match ground.facts.get(name) {
                None | Some(serde_json::Value::Null) => None,
                Some(serde_json::Value::String(text)) => Some(text.clone()),
                Some(other) => Some(other.to_string()),
            });
            columns.push(texts(name, values));
        }
    }
    columns.extend(subject_columns(pack, rows.iter().map(|(line, _)| find(pack, data, &line.kind, &line.subject))));
    DataFrame::new(rows.len(), columns)
}

fn runs(history: &History) -> PolarsResult<DataFrame> {
    let runs: &[(i32, Run)] = &history.runs;
    let columns = vec![
        Column::new("年度".into(), runs.iter().map(|(year, _)| *year).collect::<Vec<i32>>()),
        texts("轮次", runs.iter().map(|(_, run)| Some(run.code()))),
    ];
    DataFrame::new(runs.len(), columns)
}

fn find(pack: &Pack, data: &Dataset, kind: &str, id: &str) -> Option<(usize, u32)> {
    let kind = pack.subjects.iter().position(|subject| subject.kind == kind)?;
    Some((kind, data.registers.get(kind)?.find(id)?))
}

fn texts<T: AsRef<str>>(name: &str, values: impl Iterator<Item = Option<T>>) -> Column {
    StringChunked::from_iter_options(name.into(), values).into_column()
}

/// A blank answer is no answer.
fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn subject_columns(pack: &Pack, subjects: impl Iterator<Item = Option<(usize, u32)>>) -> Vec<Column> {
    let subjects: Vec<_> = subjects.collect();
    pack.subjects
        .iter()
        .enumerate()
        .map(|(kind, subject)| {
            let index = subjects.iter().map(|one| one.filter(|(of, _)| *of == kind).map(|(_, at)| at));
            Column::new(format!("@{}", subject.kind).into(), index.collect::<Vec<Option<u32>>>())
        })
        .collect()
}
