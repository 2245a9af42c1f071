//! The engine's own tables: what the archive holds, and what earlier stages proposed or left pending.
//!
//! They have the columns of [`source_columns`] and one `@kind` column per subject
//! kind, like any table that was read.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::history::{Decision, History, PastLine};
use crate::pack::scope::source_columns;
use crate::pack::{Pack, Run, Source};
use crate::table::Dataset;

/// The archive's tables, and empty ones for what is proposed and pending.
pub fn tables(pack: &Pack, data: &Dataset, history: &History) -> PolarsResult<BTreeMap<Source, DataFrame>> {
    let mut tables = BTreeMap::new();
    tables.insert(Source::Archive, archive(pack, data, history)?);
    tables.insert(Source::ArchiveGrounds, grounds(pack, data, history)?);
    tables.insert(Source::ArchiveRuns, runs(history)?);
    tables.insert(Source::Proposed, proposed(pack, std::iter::empty())?);
    tables.insert(Source::Pending, pending(pack, std::iter::empty())?);
    Ok(tables)
}

/// What earlier stages proposed: id, action, subject, and the decision that counts.
pub fn proposed<'l>(
    pack: &Pack,
    lines: impl Iterator<Item = (&'l str, &'l str, (usize, u32), Option<&'l Decision>)> + Clone + Sync,
) -> PolarsResult<DataFrame> {
    let said = |of: fn(&Decision) -> &str| lines.clone().map(move |(.., decision)| filled(decision.map(of)));
    let actions = || texts("处理", lines.clone().map(|(_, action, ..)| Some(action)));
    let (ids, (actions, opinions, methods)) = rayon::join(
        || texts("处理编号", lines.clone().map(|(id, ..)| Some(id))),
        || (actions(), texts("意见", said(Decision::opinion)), texts("决定方式", said(Decision::method))),
    );
    let mut columns = vec![ids, actions, opinions, methods];
    columns.extend(subject_columns(pack, lines.clone().map(|(_, _, subject, _)| Some(subject))));
    DataFrame::new(lines.count(), columns)
}

/// What earlier stages left pending: an action that a rule would propose for somebody.
pub fn pending<'c>(
    pack: &Pack,
    cases: impl Iterator<Item = (&'c str, &'c str, (usize, u32))> + Clone,
) -> PolarsResult<DataFrame> {
    let mut columns = vec![
        texts("处理", cases.clone().map(|(action, ..)| Some(action))),
        texts("条款", cases.clone().map(|(_, rule, _)| Some(rule))),
    ];
    columns.extend(subject_columns(pack, cases.clone().map(|(.., subject)| Some(subject))));
    DataFrame::new(cases.count(), columns)
}

/// What earlier lines say of themselves: one row for each of `lines`.
fn of_lines<'h>(lines: impl Iterator<Item = &'h PastLine> + Clone) -> Vec<Column> {
    let answer = |of: fn(&Decision) -> &str| lines.clone().map(move |line| filled(line.decision.as_ref().map(of)));
    vec![
        texts("处理编号", lines.clone().map(|line| Some(line.id.as_str()))),
        Column::new("年度".into(), lines.clone().map(|line| line.year).collect::<Vec<i32>>()),
        texts("轮次", lines.clone().map(|line| Some(line.run.code()))),
        texts("处理", lines.clone().map(|line| Some(line.action.as_str()))),
        texts("意见", answer(Decision::opinion)),
        texts("决定方式", answer(Decision::method)),
    ]
}

fn archive(pack: &Pack, data: &Dataset, history: &History) -> PolarsResult<DataFrame> {
    let lines = || history.lines.values();
    let mut columns = of_lines(lines());
    columns.extend(subject_columns(pack, lines().map(|line| find(pack, data, &line.kind, &line.subject))));
    DataFrame::new(lines().len(), columns)
}

fn grounds(pack: &Pack, data: &Dataset, history: &History) -> PolarsResult<DataFrame> {
    let rows: Vec<_> =
        history.lines.values().flat_map(|line| line.grounds.iter().map(move |one| (line, one))).collect();
    let mut columns = of_lines(rows.iter().map(|(line, _)| *line));
    columns.push(texts("条款", rows.iter().map(|(_, ground)| Some(ground.rule.as_str()))));
    columns.push(texts("关于", rows.iter().map(|(_, ground)| Some(ground.about.as_str()))));
    for (name, ..) in source_columns(pack, Source::ArchiveGrounds).split_off(columns.len()) {
        let values = rows.iter().map(|(_, ground)| match ground.facts.get(name) {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        });
        columns.push(texts(name, values));
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

/// The subject of a kind and id as the archive has them, if it is on its register.
pub fn find(pack: &Pack, data: &Dataset, kind: &str, id: &str) -> Option<(usize, u32)> {
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
