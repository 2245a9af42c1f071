//! What the rules said about everybody, beside the published lists: `data/explain.jsonl.z`.
//!
//! The first line is the [`Head`], every further one a [`Record`].

use std::io::{BufRead, BufReader};
use std::path::Path;

use rayon::prelude::*;

use super::Failure;
use super::jsonl::JsonLines;
use crate::finding::in_words;
use crate::pack::Run;
use crate::rule::Trace;
use crate::rule::record::{FORM, Head, Record};

const FILE: &str = "data/explain.jsonl.z";
/// So many records are read at a time.
const PORTION: usize = 1 << 16;

/// Writes the trace of a run.
pub fn write(dir: &Path, trace: &Trace<'_>, run: Run) -> std::io::Result<()> {
    let head = trace.head(run);
    let mut lines = JsonLines::packed(&dir.join(FILE))?;
    lines.one(&head)?;
    for entity in 0..head.entities.len() {
        lines.many(trace.height(entity), |at| trace.record(entity, at as u32))?;
    }
    lines.finish()
}

/// Reads a run's trace: its head, and the records that `wanted` takes.
///
/// # Errors
/// The folder holds no trace, or one that this program does not know.
pub fn read(
    dir: &Path,
    wanted: &(dyn Fn(&Head, &Record) -> bool + Sync),
) -> Result<(Head, Vec<Record<'static>>), Failure> {
    let path = dir.join(FILE);
    let broken = |what: &str| {
        Failure::failed(format!(
            "「{}」无法读取：{what}。文件可能已损坏，或由其他版本的 kaohe 写出；请用原来的报送表重新运行后再试",
            path.display()
        ))
    };
    let file = std::fs::File::open(&path).map_err(|error| broken(&in_words(&error)))?;
    let unpacked = flate2::bufread::MultiGzDecoder::new(BufReader::new(file));
    let mut lines = BufReader::with_capacity(1 << 20, unpacked).lines();
    let damaged = |line: usize| broken(&format!("第 {line} 行不完整或已损坏"));
    let first = lines.next().transpose().map_err(|_| damaged(1))?.unwrap_or_default();
    let TraceForm { form } = serde_json::from_str(&first).map_err(|_| damaged(1))?;
    if form != FORM {
        return Err(broken(&format!("其格式为第 {form} 版，本程序读第 {FORM} 版")));
    }
    let head: Head = serde_json::from_str(&first).map_err(|_| damaged(1))?;
    let mut read = 1;
    let mut found = Vec::new();
    loop {
        let mut portion: Vec<String> = Vec::new();
        for line in lines.by_ref().take(PORTION) {
            portion.push(line.map_err(|_| damaged(read + portion.len() + 1))?);
        }
        if portion.is_empty() {
            break;
        }
        let records: Vec<Option<Record<'static>>> = portion
            .par_iter()
            .enumerate()
            .map(|(at, line)| match serde_json::from_str::<Record<'static>>(line) {
                Ok(record) => Ok(wanted(&head, &record).then_some(record)),
                Err(_) => Err(damaged(read + at + 1)),
            })
            .collect::<Result<_, _>>()?;
        read += portion.len();
        found.extend(records.into_iter().flatten());
    }
    Ok((head, found))
}

/// What is read first of a trace: whether this program knows the rest.
#[derive(serde::Deserialize)]
struct TraceForm {
    form: u32,
}
