//! The sequence of stages: workbooks → tables → facts → rules → consequences → handoff, with the
//! archive beside it. The only module that knows all of them.

mod data;
mod figures;
pub mod job;
mod publish;
mod summary;

use std::path::Path;

use crate::consequence::{Outcome, decide};
use crate::fact::{History, World};
use crate::handoff::{self, Handoff, Publication, RunInfo};
use crate::pack::{Pack, Run};
use crate::table::{self, AsOf, Context, Dataset};

use job::Job;

/// Why nothing was published, and the exit code that says so.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub code: u8,
}

impl Failure {
    /// Failed: nothing is published or changed.
    pub fn failed(message: impl ToString) -> Failure {
        Failure { message: message.to_string(), code: 1 }
    }
    /// The command line is wrong.
    pub fn usage(message: impl ToString) -> Failure {
        Failure { message: message.to_string(), code: 2 }
    }
}

/// How a command ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All data was used.
    Clean,
    /// Rows were rejected, or sheets or files not recognised.
    WithFaults,
}

/// Where progress and the summary go.
pub trait Told {
    /// A line for people.
    fn say(&self, text: &str);
    /// A stage of the run begins.
    fn stage(&self, name: &str);
    /// So many parts of the stage are done, of so many.
    fn progress(&self, done: usize, of: usize);
}

/// Reads, decides and publishes one run.
///
/// # Errors
/// Nothing is published or changed; the message names every fault with its file and what to do.
pub fn run(job: &Job, pack: &Pack, told: &(dyn Told + Sync)) -> Result<Ended, Failure> {
    let history = History::default();
    told.stage("读取报送表");
    let data = read(job, pack, &history, told)?;
    told.say(&summary::of_input(pack, &data));
    let faults = summary::has_faults(&data);
    if faults && job.strict {
        return Err(Failure::failed(strict(&data)));
    }
    told.stage("适用条款");
    let literals = job.literals(pack, data.year, data.as_of);
    let mut world = World::new(pack, &data, literals, &history).map_err(Failure::failed)?;
    let outcome = decide(&mut world, &history, job.run, data.year).map_err(Failure::failed)?;
    let figures = figures::figures(&world).map_err(Failure::failed)?;
    told.stage("编制名单");
    let held = publish::Held::new(&job.output)?;
    let name = format!("{}-{}", data.year, job.run.word());
    let staged = held.stage(&name)?;
    let written = write(job, pack, &data, &outcome, &figures, &staged);
    let place = match written {
        Ok(()) => held.publish(&staged, &name).inspect_err(|_| held.discard(&staged))?,
        Err(failure) => {
            held.discard(&staged);
            return Err(failure);
        }
    };
    told.say(&summary::of_outcome(job, pack, &outcome, &place));
    Ok(if faults { Ended::WithFaults } else { Ended::Clean })
}

fn read(job: &Job, pack: &Pack, history: &History, told: &(dyn Told + Sync)) -> Result<Dataset, Failure> {
    let (month, day) = job.run.as_of();
    let as_of = job.as_of.map_or(AsOf::Default(month, day), AsOf::Given);
    let literals = |year, as_of| job.literals(pack, year, as_of);
    let progress = |done, of| told.progress(done, of);
    let context = Context { literals: &literals, known_lines: &history.known, progress: Some(&progress) };
    let data = table::read(&job.input, pack, job.year, as_of, &context).map_err(Failure::failed)?;
    if chrono::Datelike::year(&data.as_of) != data.year {
        return Err(job::as_of_outside(data.as_of, data.year));
    }
    let without: Vec<&str> =
        job.without_value(pack, data.as_of).iter().map(|parameter| parameter.name.as_str()).collect();
    if !without.is_empty() {
        return Err(Failure::failed(format!(
            "参数在 {} 没有生效的值：{}。请在规则包中补上该日的值，或用 --set 名称=值 指定",
            data.as_of,
            without.join("、")
        )));
    }
    Ok(data)
}

fn write(
    job: &Job,
    pack: &Pack,
    data: &Dataset,
    outcome: &Outcome,
    figures: &handoff::Figures,
    staged: &Path,
) -> Result<(), Failure> {
    let handed = Handoff::new(pack, data, outcome);
    let info = RunInfo {
        year: data.year,
        run: job.run,
        as_of: data.as_of,
        set_values: job.set_texts(),
        chain_head: String::new(),
        half_year: None,
    };
    let publication = Publication { info: &info, figures, notices: job.notices, changes: None };
    handed.publish(staged, &publication).map_err(Failure::failed)?;
    data::write(staged, job, pack, data, outcome, "")
        .map_err(|error| Failure::failed(format!("无法写入「{}」：{error}。请检查磁盘是否已满", staged.display())))
}

/// Why a strict run stops.
fn strict(data: &Dataset) -> String {
    let mut message = String::from("--strict：报送数据有问题，未发布任何结果：");
    for finding in &data.findings {
        let place = [finding.file.as_str(), finding.sheet.as_str(), finding.cell.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
        message.push_str(&format!("\n{}：{}。{}", place.join("!"), finding.reason, finding.remedy));
    }
    message
}

/// Reads and validates alone.
///
/// # Errors
/// As [`run`].
pub fn check(job: &Job, pack: &Pack, output: Option<&Path>, told: &(dyn Told + Sync)) -> Result<Ended, Failure> {
    let data = read(job, pack, &History::default(), told)?;
    told.say(&summary::of_input(pack, &data));
    if let Some(output) = output {
        let made = handoff::publish_faults(output, pack, &data).map_err(Failure::failed)?;
        told.say(&format!("已写出 {} 个文件到 {}", made.files.len(), output.display()));
    }
    Ok(if summary::has_faults(&data) { Ended::WithFaults } else { Ended::Clean })
}

/// The run whose default as-of date `check` takes: a year's data is whole at its end.
pub const CHECKED_AS: Run = Run::Annual;
