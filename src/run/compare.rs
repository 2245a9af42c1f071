//! `kaohe compare`: what would change, for whom and why. Nothing is published or registered.

use std::path::Path;

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::explain::{published, rows};
use super::job::{self, Job};
use super::{Audience, Ended, Failure, data, summary, traced};
use crate::archive::{Archive, Mode};
use crate::cli::{CompareArgs, InputArgs};
use crate::compare::{Side, compare};
use crate::consequence::people::People;
use crate::consequence::{DataWriter, propose};
use crate::fact::World;
use crate::handoff::comparison;
use crate::pack::Pack;
use crate::rule::Trace;
use crate::rule::record::Record;

/// Compares and writes the workbook.
///
/// # Errors
/// Nothing to compare with, sides that cannot be read, a workbook that cannot be written.
pub fn run(
    request: &CompareArgs,
    pack: &Pack,
    other: Option<&Pack>,
    told: &(dyn Audience + Sync),
) -> Result<Ended, Failure> {
    check(request)?;
    let base = request.against.as_deref().map(|dir| published(dir, Some(request.run))).transpose()?;
    let (mut year, mut as_of) = (request.year, request.as_of);
    if let Some((dir, run)) = &base {
        if run.run != request.run {
            return Err(Failure::usage(format!(
                "「{}」是{}的结果，不能与 {} 比较。请改用同一种运行",
                dir.display(),
                run.title(),
                request.run.word()
            )));
        }
        year = year.or(Some(run.year));
        as_of = as_of.or_else(|| (year == Some(run.year)).then_some(run.as_of));
    }
    let beside = base.as_ref().and_then(|(dir, _)| dir.parent()).map(|dir| dir.join(job::ARCHIVE));
    let archive = request.archive.clone().or_else(|| beside.filter(|path| path.is_file()));
    let archive = archive.map(|path| Archive::open(&path, Mode::Read)).transpose()?;
    let maker = Maker { request, archive: archive.as_ref(), year, as_of, told };
    let mut scenarios: Vec<(String, Vec<String>)> = Vec::new();
    if !request.sets.is_empty() {
        scenarios.push((request.sets.join("，"), request.sets.clone()));
    }
    if let Some(path) = &request.scenarios {
        scenarios.extend(super::scenarios::read(path)?);
    }
    if scenarios.is_empty() {
        let name = other.map_or_else(|| "本次".to_owned(), |other| format!("{} {}", other.name, other.version));
        scenarios.push((name, Vec::new()));
    }
    let other = other.unwrap_or(pack);
    // Values are checked before anything is read.
    for (name, sets) in &scenarios {
        maker.job(sets, other).map_err(|failure| Failure {
            message: if request.scenarios.is_some() {
                format!("方案「{name}」：{}", failure.message)
            } else {
                failure.message
            },
            code: failure.code,
        })?;
    }
    told.stage("读取报送表");
    // How the input was taken is the same for all sides: it is told once.
    let mut listed = Some(false);
    let before = match &base {
        Some((dir, run)) => stored(dir, &run.title())?,
        None => maker.side(format!("{} {}", pack.name, pack.version), &[], pack, listed.take())?.0,
    };
    let mut compared = Vec::new();
    let mut faults = false;
    let actions: Vec<String> = pack.actions.iter().map(|action| action.name.clone()).collect();
    let mut head = None;
    for (name, sets) in scenarios {
        let (after, faulty, year, as_of) = maker.side(name, &sets, other, listed.take())?;
        faults |= faulty;
        head.get_or_insert((year, as_of));
        compared.push(compare(&before, &after, &actions));
    }
    let (year, as_of) = head.unwrap_or_default();
    told.stage("编制对照");
    let title = format!("{}{}考核对照", pack.city, request.run.period(year));
    let sides = comparison::Sides { title, as_of, before: before.name.clone(), with_archive: archive.is_some() };
    comparison::save(&sides, &compared, &request.output)?;
    for one in &compared {
        told.say(&format!("与「{}」对照，「{}」：{}", before.name, one.name, one.summary()));
    }
    told.say(&format!("已写出：{}", request.output.display()));
    Ok(if faults { Ended::WithFaults } else { Ended::Clean })
}

fn check(request: &CompareArgs) -> Result<(), Failure> {
    let CompareArgs { against, sets, scenarios, with_pack, output, input, .. } = request;
    if against.is_none() && sets.is_empty() && scenarios.is_none() && with_pack.is_none() {
        return Err(Failure::usage(
            "compare 需要比较的另一方：--against 结果文件夹、--set 名称=值、--scenarios 工作簿 或 --with-pack 规则包",
        ));
    }
    job::outside(output, input, "它")
}

/// The side that a published folder is.
fn stored(dir: &Path, name: &str) -> Result<Side, Failure> {
    let (head, records) = traced::read(dir, &|_, _| true)?;
    Ok(Side {
        name: format!("{name}（{}）", dir.display()),
        head,
        records,
        lines: rows(dir, data::CONSEQUENCES)?,
        pending: rows(dir, data::PENDING)?,
    })
}

struct Maker<'m> {
    request: &'m CompareArgs,
    archive: Option<&'m Archive>,
    year: Option<i32>,
    as_of: Option<NaiveDate>,
    told: &'m (dyn Audience + Sync),
}

impl Maker<'_> {
    fn job(&self, sets: &[String], pack: &Pack) -> Result<Job, Failure> {
        let CompareArgs { run, input, .. } = self.request;
        let of = InputArgs { input: input.clone(), year: self.year, as_of: self.as_of, sets: sets.to_vec() };
        Job::new(*run, of, pack)
    }

    /// What a run would propose, and whether any data was put aside.
    fn side(
        &self,
        name: String,
        sets: &[String],
        pack: &Pack,
        listed: Option<bool>,
    ) -> Result<(Side, bool, i32, NaiveDate), Failure> {
        let job = self.job(sets, pack)?;
        let known = self.archive.map(Archive::known_lines).transpose()?.unwrap_or_default();
        let mut read = super::read(&job, pack, &known, self.told, listed, &|_| Ok(()))?;
        let past = self.archive.map(|archive| archive.history(read.year, job.run)).transpose()?;
        let history = past.map(|past| past.facts).unwrap_or_default();
        let literals = job.literals(pack, read.year, read.as_of);
        super::archiving::remember(pack, &mut read, &history)?;
        let mut world = World::new(pack, &read, literals, &history)?;
        let (outcome, trace) = propose(&mut world, &history, job.run, read.year)?.conclude(&world)?;
        let people = People::new(pack, &read);
        let writer = DataWriter { pack, data: &read, run: job.run, people: &people };
        let lines = outcome.lines.par_iter().map(|line| kept(&writer.consequence(line)));
        let pending = outcome.pending.par_iter().map(|case| kept(&writer.pending(case)));
        let (lines, pending) = (lines.collect::<Result<_, _>>()?, pending.collect::<Result<_, _>>()?);
        let side = Side { name, head: trace.head(job.run), records: records(&trace)?, lines, pending };
        Ok((side, summary::has_faults(&read), read.year, read.as_of))
    }
}

fn records(trace: &Trace<'_>) -> Result<Vec<Record<'static>>, Failure> {
    let mut records = Vec::new();
    for entity in 0..trace.entities() {
        let all = (0..trace.height(entity)).into_par_iter();
        let all = all.filter_map(|at| Some(kept(&trace.record(entity, at as u32)?)));
        records.extend(all.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(records)
}

/// The same as a run keeps it: written and read again.
fn kept<K: DeserializeOwned>(one: &impl Serialize) -> Result<K, Failure> {
    Ok(serde_json::from_slice(&serde_json::to_vec(one)?)?)
}
