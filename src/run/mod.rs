//! The sequence of stages: workbooks → tables → facts → rules → consequences → handoff, with the
//! archive beside it. The only module that knows all of them.

mod archiving;
pub mod compare;
mod data;
pub mod engine;
pub mod examples;
pub mod explain;
mod figures;
pub mod job;
mod jsonl;
mod publish;
mod scenarios;
mod summary;
mod superseded;
mod traced;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::archive::{self, Archive, Calendar, Mode, Ticket};
use crate::consequence::{Outcome, propose};
use crate::fact::World;
use crate::finding::{Finding, in_words};
use crate::handoff::changes::Difference;
use crate::handoff::{self, Handoff, RunInfo};
use crate::ledger::LedgerSheet;
use crate::pack::{Pack, Run, printed};
use crate::rule::Trace;
use crate::table::{self, AsOf, Context, Dataset};
use crate::workbook::{self, Parser};

use job::{Job, Target};
use publish::HeldFolder;

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
    /// As [`Failure::failed`], with what is behind the error in brackets where its own words do not tell.
    pub fn of(error: &dyn std::error::Error) -> Failure {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let words = cause.downcast_ref::<std::io::Error>().map_or_else(|| cause.to_string(), in_words);
            if !message.contains(&words) {
                message.push_str(&format!("（{words}）"));
            }
            source = cause.source();
        }
        Failure::failed(message)
    }
    /// The command line is wrong.
    pub fn usage(message: impl ToString) -> Failure {
        Failure { message: message.to_string(), code: 2 }
    }
}

/// As [`Failure::failed`]: the errors of the stages say what to do.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::failed(error)
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
pub trait Audience {
    /// A line for people.
    fn say(&self, text: &str);
    /// A stage of the run begins.
    fn stage(&self, name: &str);
    /// So many parts of the stage are done, of so many.
    fn progress(&self, done: usize, of: usize);
    /// Everything that is wrong with the input: too long for a terminal, it stands in the lists.
    fn found(&self, _findings: &[Finding]) {}
}

/// Reads, decides and publishes one run.
///
/// # Errors
/// Nothing is published or changed; the message names every fault with its file and what to do.
pub fn run(job: &Job, target: &Target, pack: &Pack, told: &(dyn Audience + Sync)) -> Result<Ended, Failure> {
    let held = HeldFolder::new(&target.output)?;
    archiving::may_be_new(&target.archive, &target.output)?;
    let mut archive = Archive::open(&target.archive, Mode::Run)?;
    for settled in archive.settled() {
        told.say(settled);
    }
    let known = archive.known_lines()?;
    if known.is_empty() && archiving::has_published(&target.output) {
        told.say(&format!(
            "注意：「{}」中已有发布的结果，但档案「{}」是新的或空的，以往的审定意见不在其中。档案另存别处的，请用 --archive 指定后重新运行",
            target.output.display(),
            target.archive.display()
        ));
    }
    told.stage("读取报送表");
    let mut data = read(job, pack, &known, told, Some(true), &|_| Ok(()))?;
    let faults = summary::has_faults(&data);
    if faults && target.strict {
        return Err(Failure::failed(strict(&data)));
    }
    let name = archive::folder_name(data.year, job.run);
    archiving::may_supersede(&archive, &target.output.join(&name))?;
    told.stage("适用条款");
    let past = archive.history(data.year, job.run)?;
    let history = &past.facts;
    archiving::remember(pack, &mut data, history)?;
    let literals = job.literals(pack, data.year, data.as_of);
    let mut world = World::new(pack, &data, literals, history)?;
    let proposed = propose(&mut world, history, job.run, data.year)?;
    let (figures, concluded) = rayon::join(|| figures::figures(&world), || proposed.conclude(&world));
    let (figures, (outcome, trace)) = (figures?, concluded?);
    drop(world);
    told.stage("编制名单");
    let info = RunInfo {
        year: data.year,
        run: job.run,
        as_of: data.as_of,
        set_values: job.set_texts(),
        to_input: target.links.then(|| job::way(&target.output.join(&name), &job.input)).flatten(),
        chain_head: archive.head()?.unwrap_or_default(),
        half_year: archiving::half_year(history, pack, data.year, job.run),
    };
    let mut handed = Handoff::new(pack, &data, &outcome, &info);
    // A line whose decision is its half-year's is told there.
    handed.earlier = history.lines.values().filter(|line| line.adopted.is_none()).collect();
    let made =
        Made { job, target, pack, data: &data, outcome: &outcome, handed: &handed, info: &info, figures: &figures };
    let place = made.publish(&held, &mut archive, &name, &past.sha256, trace, told)?;
    let withdrawn = past.withdrawn(outcome.lines.iter().map(|line| line.id.as_str()));
    told.say(&made.summary(&withdrawn, &place));
    // The process ends now: to give millions of small pieces back one by one would only take time.
    std::mem::forget((handed, withdrawn));
    std::mem::forget((outcome, data));
    Ok(if faults { Ended::WithFaults } else { Ended::Clean })
}

/// All that a run has made, before it is published.
struct Made<'a> {
    job: &'a Job,
    target: &'a Target,
    pack: &'a Pack,
    data: &'a Dataset,
    outcome: &'a Outcome,
    handed: &'a Handoff<'a>,
    info: &'a RunInfo,
    figures: &'a handoff::Figures,
}

impl Made<'_> {
    /// Stages the folder, registers the proposals, swaps the folder in and confirms.
    ///
    /// Killed before the swap, the old run stands and the registration is dropped by the next command;
    /// killed after it, the next command confirms: the folder's seal tells which.
    fn publish(
        &self,
        held: &HeldFolder,
        archive: &mut Archive,
        name: &str,
        answers: &str,
        trace: Trace<'_>,
        told: &(dyn Audience + Sync),
    ) -> Result<PathBuf, Failure> {
        let staged = held.stage(name)?;
        let place = self.target.output.join(name);
        let registered = || {
            let changes = self.differences(archive, &place, told)?;
            let write = || self.write(&staged, changes.as_deref(), answers, trace);
            // What people have laid into the folder that is replaced is none of ours: it comes after the seal.
            let seal = |ticket: &Ticket| {
                archive::seal(&staged, ticket).map_err(Failure::failed)?;
                self.keep_foreign(held, &staged, name)?;
                held.settle(&staged)
            };
            archive.register(self.registration(), &self.target.output, write, seal)?
        };
        let result = registered().and_then(|(ticket, sealed)| {
            let published = sealed
                // Somebody may have answered while the run was being made.
                .and_then(|()| archiving::may_supersede(archive, &place))
                .and_then(|()| held.publish(&staged, name));
            match published {
                Ok(place) => {
                    // The folder is in place: that is no failure any more. The next command confirms, as after a kill.
                    if let Err(error) = archive.confirm(&ticket) {
                        told.say(&format!("注意：结果已发布，但档案尚未记为发布：{error}。下一次命令会自动补记"));
                    }
                    Ok(place)
                }
                // Left open, the registration is dropped by the next command.
                Err(mut failure) => {
                    if let Err(error) = archive.abandon(&ticket) {
                        failure.message.push_str(&format!("\n{error}"));
                    }
                    Err(failure)
                }
            }
        });
        result.inspect_err(|_| held.discard(&staged))
    }

    /// What people have laid into the folder that is replaced stays there.
    fn keep_foreign(&self, held: &HeldFolder, staged: &Path, name: &str) -> Result<(), Failure> {
        let sealed = archive::sealed(&self.target.output.join(name))?;
        let changes = format!("{}.xlsx", printed::CHANGES);
        let own = [data::RUN, data::FOLDER, &changes];
        let folders = [handoff::faults::FOLDER, &self.pack.notices.folder, printed::FORMS, printed::PAGES];
        let wrote = |name: &str| sealed.as_ref().is_some_and(|sealed| sealed.holds(name, &folders));
        let ours = |name: &str| own.contains(&name) || wrote(name);
        held.keep(staged, name, &ours)
    }

    /// Writes all files; `changes` against the run that is superseded. Where two threads write, one is still registering:
    /// the other begins with what is for programs, and the trace has gone when there are two long lists in memory.
    fn write(
        &self,
        staged: &Path,
        changes: Option<&[Difference<'_>]>,
        answers: &str,
        trace: Trace<'_>,
    ) -> Result<(), Failure> {
        let data = move || self.write_data(staged, answers).and_then(|()| traced::write(staged, &trace, self.job.run));
        let (data, workbooks) =
            rayon::join(data, || self.handed.publish(staged, self.figures, self.target.notices, changes));
        workbooks?;
        data.map_err(|error| {
            Failure::failed(format!("无法写入「{}」：{}。请检查磁盘是否已满", staged.display(), in_words(&error)))
        })
    }
}

/// Reads, and tells how the input was taken: `listed` where each fault stands in a workbook that is written too, none
/// where it has been told. Where that fails, `rescue` gets what could be found all the same.
fn read(
    job: &Job,
    pack: &Pack,
    known: &BTreeSet<String>,
    told: &(dyn Audience + Sync),
    listed: Option<bool>,
    rescue: &dyn Fn(&Dataset) -> Result<(), Failure>,
) -> Result<Dataset, Failure> {
    let (month, day) = job.run.as_of();
    let as_of = job.as_of.map_or(AsOf::Default(month, day), AsOf::Given);
    let literals = |year, as_of| job.literals(pack, year, as_of);
    let progress = |done, of| told.progress(done, of);
    let context =
        Context { literals: &literals, known_lines: known, progress: Some(&progress), parser: Parser::Scanner };
    let data = match table::read(&job.input, pack, job.year, as_of, &context) {
        Ok(data) => data,
        Err(failed) => {
            if let Some(found) = &failed.found {
                told.found(&found.findings);
                rescue(found)?;
            }
            return Err(Failure::of(&failed));
        }
    };
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
    if let Some(listed) = listed {
        told.say(&summary::of_input(pack, &data, listed));
        told.found(&data.findings);
    }
    Ok(data)
}

/// Why a strict run stops.
fn strict(data: &Dataset) -> String {
    let mut message = String::from("--strict：报送数据有问题，未发布任何结果：");
    for finding in &data.findings {
        message.push_str(&format!("\n{finding}"));
    }
    message
}

/// Reads and validates alone.
pub fn check(job: &Job, pack: &Pack, output: Option<&Path>, told: &(dyn Audience + Sync)) -> Result<Ended, Failure> {
    output.map_or(Ok(()), |output| job::outside(output, &job.input, "清单").and_then(|()| job::apart(output)))?;
    told.stage("读取报送表");
    let rescue = |found: &Dataset| output.map_or(Ok(()), |output| publish_faults(output, pack, found, told));
    let data = read(job, pack, &BTreeSet::new(), told, Some(output.is_some()), &rescue)?;
    match output {
        Some(output) => publish_faults(output, pack, &data, told)?,
        None => told.say(&summary::of_findings(&data)),
    }
    Ok(if summary::has_faults(&data) { Ended::WithFaults } else { Ended::Clean })
}

/// What a check writes.
fn publish_faults(output: &Path, pack: &Pack, data: &Dataset, told: &(dyn Audience + Sync)) -> Result<(), Failure> {
    // What an earlier check found there may be mended by now; what people have laid beside it stays.
    let slips = output.join(handoff::faults::FOLDER);
    for slip in std::fs::read_dir(&slips).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if is_return_slip(&slip) {
            std::fs::remove_file(&slip).map_err(|error| {
                Failure::failed(format!(
                    "无法清除旧的「{}」：{}。请关闭打开的工作簿后重试",
                    slip.display(),
                    in_words(&error)
                ))
            })?;
        }
    }
    let made = handoff::publish_faults(output, pack, data)?;
    told.say(&format!("已写出 {} 个文件到 {}", made.len(), output.display()));
    Ok(())
}

/// Whether a file is a return slip, by the title that such a workbook bears in its first cell.
fn is_return_slip(file: &Path) -> bool {
    let Ok(book) = workbook::open(file, "") else { return false };
    let mut cells = Vec::new();
    let is_read = !book.sheets().is_empty() && book.read(0, &mut cells).is_ok();
    let title = |text: &str| text.contains(handoff::faults::SLIP);
    is_read && matches!(cells.first(), Some((0, 0, workbook::Raw::Text(text))) if title(text))
}

/// Takes a committee's answers back in.
///
/// # Errors
/// Every fault by cell; nothing of any workbook is taken.
pub fn take_answers(workbooks: &[PathBuf], path: &Path, amend: bool, told: &dyn Audience) -> Result<Ended, Failure> {
    let mut archive = Archive::open(path, Mode::Record)?;
    for settled in archive.settled() {
        told.say(settled);
    }
    match archive.record(workbooks, amend)? {
        archive::Intake::Taken(recorded) => {
            told.say(&recorded.to_string());
            Ok(Ended::Clean)
        }
        archive::Intake::Refused(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Err(Failure::failed(format!("没有收回任何答复，请更正后重试：\n{}", faults.join("\n"))))
        }
    }
}

/// The workdays by a workbook of holidays.
pub fn calendar(holidays: Option<&Path>) -> Result<Calendar, Failure> {
    let Some(path) = holidays else { return Ok(Calendar::default()) };
    Calendar::read(path).map_err(|message| Failure::failed(format!("节假日表不能用：\n{message}")))
}

/// What has been decided and what is open by a day, for a terminal.
pub fn show_archive(path: &Path, as_of: Option<NaiveDate>, calendar: &Calendar) -> Result<String, Failure> {
    let archive = Archive::open(path, Mode::Broken)?;
    archive.show(as_of, calendar).map_err(Failure::failed)
}

/// What the archive knows of everybody of that 编号 or name, over all years; also as a page where one is asked for.
///
/// # Errors
/// An archive that cannot be read or knows nobody of that name, a file that cannot be written.
pub fn explain_over_years(
    subject: &str,
    path: &Path,
    output: Option<&Path>,
    told: &dyn Audience,
) -> Result<String, Failure> {
    let archive = Archive::open(path, Mode::Read)?;
    let pages = archive.people(subject)?;
    if pages.is_empty() {
        return Err(Failure::failed(format!(
            "档案「{}」中没有编号或姓名为「{subject}」的对象。请核对编号或姓名；从未被提出处理、也没有记下谈话的不在档案中",
            path.display()
        )));
    }
    if let Some(file) = output {
        handoff::ledger::save(&pages, None, file)?;
        told.say(&format!("已写出：{}", file.display()));
    }
    let page = |page: &LedgerSheet| {
        let rows = page.rows.iter().map(|row| {
            let cells: Vec<&str> = row.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
            format!("  {}\n", cells.join("　"))
        });
        format!("{}\n{}", page.title, rows.collect::<String>())
    };
    Ok(pages.iter().map(page).collect::<Vec<_>>().join("\n"))
}

/// Recomputes the archive's chain.
pub fn verify_archive(path: &Path, told: &dyn Audience) -> Result<Ended, Failure> {
    let archive = Archive::open(path, Mode::Broken)?;
    let faults = archive.faults();
    if faults.is_empty() {
        told.say(&format!("档案「{}」完好", path.display()));
        return Ok(Ended::Clean);
    }
    Err(Failure::failed(format!("档案「{}」已损坏或被改动：\n{}", path.display(), faults.join("\n"))))
}

/// Writes the ledger (台账) that the office keeps.
pub fn export_archive(
    path: &Path,
    file: &Path,
    as_of: Option<NaiveDate>,
    calendar: &Calendar,
    told: &dyn Audience,
) -> Result<Ended, Failure> {
    let archive = Archive::open(path, Mode::Read)?;
    let (sheets, [overdue, soon]) = archive.ledger(as_of, calendar)?;
    handoff::ledger::save(&sheets, as_of, file)?;
    let due = as_of.map(|day| format!("；截至 {day}，逾期 {overdue} 项，将到期 {soon} 项")).unwrap_or_default();
    told.say(&format!("台账已写出：{}{due}", file.display()));
    Ok(Ended::Clean)
}

/// The run whose default as-of date `check` takes: a year's data is whole at its end.
pub const CHECKED_AS: Run = Run::Annual;
