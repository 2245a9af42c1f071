//! What committees, offices and units are handed: lists, registers, letters, an overview.
//!
//! Builders ([`lists`], `meeting`, [`register`], [`overview`], [`pendings`], [`faults`], [`notices`],
//! [`changes`]) lay workbooks out as values of [`model`]; [`write`] turns these into files and is the
//! only user of the writing library. [`Handoff`] holds one run's outputs: its lists as texts, which
//! the archive registers before anything is published, and the folder made from them.
//!
//! Invariants: a cell's text from outside is never a formula; only answer cells are unlocked; the
//! same material gives the same bytes, whatever the clock and the number of threads. A workbook
//! links to input files only where the run is told to: where inputs and outputs lie shows in the bytes then, and a
//! link is dead as soon as a list is sent on. 来源 names the cell in words in any case.

pub mod analysis;
pub mod changes;
mod chart;
pub mod comparison;
pub mod dossier;
pub mod faults;
pub mod formats;
pub mod forms;
pub mod layout;
pub mod ledger;
pub mod lists;
pub mod measure;
mod meeting;
pub mod model;
pub mod notices;
pub mod overview;
pub mod pendings;
mod people;
mod phrase;
pub mod register;
mod sink;
mod text;
pub mod write;

use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;

use crate::consequence::Outcome;
use crate::pack::{Pack, Run, printed};
use crate::table::Dataset;

use lists::ListTable;
pub use sink::is_told;

/// What the run adds to the heads of workbooks.
#[derive(Debug, Clone)]
pub struct RunInfo {
    pub year: i32,
    pub run: Run,
    pub as_of: NaiveDate,
    /// Parameters set on the command line: name and value.
    pub set_values: Vec<(String, String)>,
    /// Head of the archive's chain once the run is registered.
    pub chain_head: String,
    /// The way from the run's folder to the inputs, with `/`, where 来源 is to link there.
    pub to_input: Option<String>,
    /// For an annual run: proposals of the year's half-year run by action, where the archive has one.
    pub half_year: Option<Vec<(String, u64)>>,
}

impl RunInfo {
    /// City, year, run and, on a second line, the values set for this run.
    pub fn title(&self, pack: &Pack, heading: &str) -> String {
        let title = format!("{}{}考核{heading}", pack.city, self.period());
        if self.set_values.is_empty() {
            return title;
        }
        let set: Vec<String> = self.set_values.iter().map(|(name, value)| format!("{name}＝{value}")).collect();
        format!("{title}\n（本次参数设定：{}）", set.join("，"))
    }

    /// Year and run as people say them: 2015年半年, 2015年度.
    fn period(&self) -> String {
        self.run.period(self.year)
    }

    fn as_of_line(&self) -> String {
        as_of_line(self.as_of)
    }

    fn chain_line(&self) -> String {
        if self.chain_head.is_empty() { String::new() } else { format!("档案链首：{}", self.chain_head) }
    }
}

/// Numbers that the rules' stage counts for 总览 (`pack.overview`).
#[derive(Debug, Clone, Default)]
pub struct Figures {
    pub ratios: Vec<Ratio>,
    pub crosses: Vec<Cross>,
}

/// A share beside its upper limit.
#[derive(Debug, Clone)]
pub struct Ratio {
    pub name: String,
    pub counted: u64,
    pub among: u64,
    /// As a fraction; none where no limit was in force then.
    pub limit: Option<f64>,
    pub reference: String,
    /// Above the limit it is told at the end of a run.
    pub warns: bool,
}

impl Ratio {
    /// Compared in whole numbers as far as the limit allows, so that exactly at the limit is not above.
    pub fn exceeds(&self) -> bool {
        self.limit.is_some_and(|limit| self.counted as f64 > limit * self.among as f64 + 1e-9)
    }
}

/// A count by two properties.
#[derive(Debug, Clone)]
pub struct Cross {
    pub title: String,
    /// What the rows are (`举报渠道`).
    pub corner: String,
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    /// Per row, per column.
    pub counts: Vec<Vec<u64>>,
    pub chart: bool,
}

/// All that the builders look at.
pub struct Material<'a> {
    pub pack: &'a Pack,
    pub dataset: &'a Dataset,
    pub outcome: &'a Outcome,
    people: people::People<'a>,
    phrases: phrase::Phrases<'a>,
}

impl<'a> Material<'a> {
    pub fn new(pack: &'a Pack, dataset: &'a Dataset, outcome: &'a Outcome) -> Self {
        let people = people::People::new(pack, dataset);
        let phrases = phrase::Phrases::new(pack, dataset, outcome);
        Material { pack, dataset, outcome, people, phrases }
    }
}

/// One run's outputs, ready to be registered and published.
pub struct Handoff<'a> {
    material: Material<'a>,
    /// The action lists in the pack's order.
    pub lists: Vec<ListTable<'a>>,
    /// The register of talks, where the pack keeps one.
    pub register: Option<ListTable<'a>>,
    /// What the archive knows from other runs, for the pages that units are analysed from.
    pub earlier: Vec<analysis::Earlier>,
}

/// What [`Handoff::publish`] is told beside the material.
pub struct Publication<'p> {
    pub info: &'p RunInfo,
    pub figures: &'p Figures,
    /// Write the units' letters.
    pub notices: bool,
    /// What changed against the run that this one supersedes.
    pub changes: Option<&'p [changes::Difference<'p>]>,
}

/// What was written.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Paths relative to the run's folder, with `/`, in byte order.
    pub files: Vec<String>,
}

/// A workbook or folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Workbook(#[from] write::Error),
    #[error("无法建立文件夹「{}」：{}。请检查磁盘是否已满、文件夹能否写入", path.display(), crate::finding::in_words(source))]
    Folder {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl<'a> Handoff<'a> {
    pub fn new(pack: &'a Pack, dataset: &'a Dataset, outcome: &'a Outcome) -> Self {
        let material = Material::new(pack, dataset, outcome);
        let lists = lists::tables(&material);
        let register = register::table(&material);
        Handoff { material, lists, register, earlier: Vec::new() }
    }

    /// Writes every workbook of the run into `dir`, in parallel.
    pub fn publish(&self, dir: &Path, publication: &Publication<'_>) -> Result<Published, Error> {
        let Publication { info, figures, .. } = *publication;
        let material = &self.material;
        let letters = if publication.notices { notices::letters(material) } else { Vec::new() };
        let faulty = faults::Faulty::new(material.pack, material.dataset);
        let mut jobs: Vec<(String, Job<'_>)> = Vec::new();
        jobs.extend(self.lists.iter().map(|table| (format!("{}.xlsx", table.list), Job::List(table))));
        jobs.extend(self.register.iter().map(|table| (format!("{}.xlsx", table.list), Job::Register(table))));
        let authorities = lists::authorities(material);
        let cases = meeting::cases(material);
        let mut folders = text::FileNames::default();
        for authority in authorities.iter().copied() {
            let folder = format!("{}/{}", printed::SUBMITTED, folders.claim_folder(authority));
            jobs.push((format!("{folder}/{}.xlsx", printed::MEETING), Job::Meeting(&cases, Some(authority))));
            let split = self.lists.iter().filter(|table| !table.is_plan(material.pack));
            jobs.extend(split.map(|table| (format!("{folder}/{}.xlsx", table.list), Job::Submitted(table, authority))));
        }
        jobs.push((format!("{}.xlsx", printed::MEETING), Job::Meeting(&cases, None)));
        jobs.push((format!("{}.xlsx", overview::NAME), Job::Overview(figures, &faulty)));
        jobs.push((format!("{}.xlsx", pendings::NAME), Job::Pendings));
        jobs.push((format!("{}.xlsx", faults::LIST), Job::Faults(&faulty, None)));
        if let Some(changes) = publication.changes {
            jobs.push((format!("{}.xlsx", printed::CHANGES), Job::Changes(changes)));
        }
        jobs.extend(faulty.slips().map(|(path, slip)| (path, Job::Faults(&faulty, Some(slip)))));
        jobs.extend(letters.iter().map(|letter| (letter.path(material.pack), Job::Notice(letter))));
        let papers = forms::forms(material);
        jobs.extend(papers.iter().map(|form| (format!("{}/{}", printed::FORMS, form.path), Job::Form(form))));
        let pages = analysis::pages(material);
        let known = analysis::Gathered::new(material, &pages, &self.earlier);
        jobs.extend(pages.iter().map(|page| (format!("{}/{}", printed::PAGES, page.file), Job::Page(page, &known))));
        // The longest first, so that no thread is left with one at the end.
        jobs.sort_by_cached_key(|(_, job)| std::cmp::Reverse(self.rows(job)));
        write_all(dir, &mut jobs, |job, path| self.write(job, info, path))
    }

    fn write(&self, job: Job<'_>, info: &RunInfo, path: &Path) -> Result<(), Error> {
        let material = &self.material;
        let book = match job {
            Job::List(table) => lists::workbook(material, info, table, None),
            Job::Submitted(table, authority) => lists::workbook(material, info, table, Some(authority)),
            Job::Meeting(cases, authority) => meeting::workbook(material, info, cases, authority),
            Job::Register(table) => register::workbook(material.pack, info, table),
            Job::Overview(figures, faulty) => overview::workbook(material, info, figures, faulty),
            Job::Pendings => pendings::workbook(material, info),
            Job::Faults(faulty, slip) => faulty.workbook(slip, info.as_of),
            Job::Notice(letter) => letter.workbook(material, info),
            Job::Form(form) => form.workbook(material, info),
            Job::Page(page, known) => page.workbook(material, known, info),
            Job::Changes(changes) => {
                changes::workbook(info.title(material.pack, printed::CHANGES), info.as_of, changes)
            }
        };
        Ok(write::save(book, path)?)
    }

    /// How many rows a workbook has, where they may be many.
    fn rows(&self, job: &Job<'_>) -> usize {
        let material = &self.material;
        match *job {
            Job::List(table) | Job::Register(table) => table.rows.len(),
            Job::Submitted(table, authority) => table.decided_by(material, Some(authority)).count(),
            Job::Meeting(cases, authority) => meeting::decided_by(material, cases, authority).count(),
            Job::Pendings => material.outcome.pending.len(),
            _ => 0,
        }
    }
}

/// Writes only what `check` hands back: 数据问题清单 and 退回单.
pub fn publish_faults(dir: &Path, pack: &Pack, dataset: &Dataset) -> Result<Published, Error> {
    let faulty = faults::Faulty::new(pack, dataset);
    let day = NaiveDate::from_ymd_opt(dataset.year, 12, 31).filter(|_| dataset.year > 0).unwrap_or_default();
    let mut jobs = vec![(format!("{}.xlsx", faults::LIST), None)];
    jobs.extend(faulty.slips().map(|(path, slip)| (path, Some(slip))));
    write_all(dir, &mut jobs, |slip, path| Ok(write::replace(&faulty.workbook(slip, day), path)?))
}

/// A workbook to be built and written.
#[derive(Clone, Copy)]
enum Job<'j> {
    List(&'j ListTable<'j>),
    /// The part of a list about which one authority decides.
    Submitted(&'j ListTable<'j>, &'j str),
    /// What the meeting reads, of all or of one authority's people.
    Meeting(&'j [meeting::Case<'j>], Option<&'j str>),
    Register(&'j ListTable<'j>),
    Overview(&'j Figures, &'j faults::Faulty<'j>),
    Pendings,
    /// The list of all faults, or a workbook's return slip.
    Faults(&'j faults::Faulty<'j>, Option<&'j faults::Returned<'j>>),
    Notice(&'j notices::Letter<'j>),
    Form(&'j forms::FilledForm<'j>),
    Page(&'j analysis::UnitPage<'j>, &'j analysis::Gathered<'j>),
    Changes(&'j [changes::Difference<'j>]),
}

/// Builds and writes the jobs in parallel and in this order, each workbook dropped as soon as it is written.
/// Of several failures the one of the first file is told, so that the message does not depend on the threads.
fn write_all<J: Copy + Send + Sync>(
    dir: &Path,
    jobs: &mut Vec<(String, J)>,
    write: impl Fn(J, &Path) -> Result<(), Error> + Sync,
) -> Result<Published, Error> {
    let mut folders: Vec<PathBuf> =
        jobs.iter().filter_map(|(name, _)| Some(dir.join(name).parent()?.to_owned())).collect();
    folders.sort_unstable();
    folders.dedup();
    for path in folders {
        std::fs::create_dir_all(&path).map_err(|source| Error::Folder { path: path.clone(), source })?;
    }
    let results = jobs.iter().enumerate().par_bridge();
    let failed = results.filter_map(|(at, (name, job))| Some((at, write(*job, &dir.join(name)).err()?)));
    if let Some((_, error)) = failed.min_by_key(|(at, _)| *at) {
        return Err(error);
    }
    let mut files: Vec<String> = jobs.drain(..).map(|(name, _)| name).collect();
    files.sort_unstable();
    Ok(Published { files })
}

/// The place for the signature of whoever checks what stands on a page.
const CHECKED: &str = "核对人（签字）：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日";

fn as_of_line(day: NaiveDate) -> String {
    format!("基准日：{}", chinese_date(day))
}

fn chinese_date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
