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
pub mod breaks;
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
mod pages;
pub mod pendings;
mod phrase;
pub mod register;
mod sink;
pub mod text;
pub mod write;

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;

use crate::consequence::people::{People, RegisterOrder};
use crate::consequence::{Line, Outcome, Subject};
use crate::fact::history::PastLine;
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
    pub ratios: Vec<RatioFigure>,
    pub crosses: Vec<CrossFigure>,
}

/// A share beside its upper limit.
#[derive(Debug, Clone)]
pub struct RatioFigure {
    pub name: String,
    pub counted: u64,
    pub among: u64,
    /// As a fraction; none where no limit was in force then.
    pub limit: Option<f64>,
    pub reference: String,
    /// Above the limit it is told at the end of a run.
    pub warns: bool,
}

impl RatioFigure {
    /// Compared in whole numbers as far as the limit allows, so that exactly at the limit is not above.
    pub fn exceeds(&self) -> bool {
        self.limit.is_some_and(|limit| self.counted as f64 > limit * self.among as f64 + 1e-9)
    }
}

/// A count by two properties.
#[derive(Debug, Clone)]
pub struct CrossFigure {
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
    pub info: &'a RunInfo,
    pub people: People<'a>,
    phrases: phrase::Phrases<'a>,
}

impl<'a> Material<'a> {
    pub fn new(pack: &'a Pack, dataset: &'a Dataset, outcome: &'a Outcome, info: &'a RunInfo) -> Self {
        let (people, phrases) =
            rayon::join(|| People::new(pack, dataset), || phrase::Phrases::new(pack, dataset, outcome));
        Material { pack, dataset, outcome, info, people, phrases }
    }

    fn title(&self, heading: &str) -> String {
        self.info.title(self.pack, heading)
    }

    /// Some of the run's lines by whom they are about, in register order.
    fn by_subject(&self, wanted: impl Fn(&Line) -> bool) -> Vec<(Subject, Vec<&'a Line>)> {
        let mut found: BTreeMap<(RegisterOrder, Subject), Vec<&'a Line>> = BTreeMap::new();
        for line in self.outcome.lines.iter().filter(|line| wanted(line)) {
            found.entry((self.people.order(line.subject), line.subject)).or_default().push(line);
        }
        found.into_iter().map(|((_, subject), lines)| (subject, lines)).collect()
    }
}

/// One run's outputs, ready to be registered and published.
pub struct Handoff<'a> {
    pub material: Material<'a>,
    /// The action lists in the pack's order.
    pub lists: Vec<ListTable<'a>>,
    /// The register of talks, where the pack keeps one.
    pub register: Option<ListTable<'a>>,
    /// Lines of other runs, for the pages that units are analysed from.
    pub earlier: Vec<&'a PastLine>,
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
    pub fn new(pack: &'a Pack, dataset: &'a Dataset, outcome: &'a Outcome, info: &'a RunInfo) -> Self {
        let material = Material::new(pack, dataset, outcome, info);
        let lists = lists::tables(&material);
        let register = register::table(&material);
        Handoff { material, lists, register, earlier: Vec::new() }
    }

    /// Writes every workbook of the run into `dir`, in parallel: with `notices` the units' letters, too, with `changes` what
    /// is otherwise than in the run that this one supersedes. Gives their paths in it, with `/`, in byte order.
    pub fn publish(
        &self,
        dir: &Path,
        figures: &Figures,
        notices: bool,
        changes: Option<&[changes::Difference<'_>]>,
    ) -> Result<Vec<String>, Error> {
        let (material, pack, day) = (&self.material, self.material.pack, self.material.info.as_of);
        let letters = if notices { notices::letters(material) } else { Vec::new() };
        let faulty = faults::Faulty::new(pack, material.dataset);
        // Whichever of their workbooks is written last takes them along.
        let cases = Arc::new(meeting::cases(material));
        let papers = forms::forms(material);
        let pages = analysis::pages(material);
        let known = analysis::Gathered::new(material, &pages, &self.earlier);
        let mut planned = Planned::default();
        let mut folders = text::FileNames::default();
        // All together, then each authority's part.
        for authority in std::iter::once(None).chain(lists::authorities(material).into_iter().map(Some)) {
            let folder =
                authority.map(|authority| format!("{}/{}/", printed::SUBMITTED, folders.claim_folder(authority)));
            let named = |name: &str| format!("{}{name}.xlsx", folder.as_deref().unwrap_or_default());
            for table in self.lists.iter().filter(|table| authority.is_none() || !table.is_plan(pack)) {
                let rows = table.decided_by(material, authority).count();
                planned.add(named(table.list), rows, move || lists::workbook(material, table, authority));
            }
            let (cases, rows) = (Arc::clone(&cases), meeting::decided_by(material, &cases, authority).count());
            planned.push(named(printed::MEETING), rows, move |path, write| {
                write(meeting::workbook(material, &cases, authority), path)
            });
        }
        drop(cases);
        if let Some(table) = &self.register {
            let rows = table.rows.len();
            planned.add(format!("{}.xlsx", table.list), rows, || register::workbook(material, table));
        }
        let pending = material.outcome.pending.len();
        planned.add(format!("{}.xlsx", pendings::NAME), pending, || pendings::workbook(material));
        let figures = || overview::workbook(material, figures, &faulty);
        planned.add(format!("{}.xlsx", overview::NAME), 0, figures);
        if let Some(changes) = changes {
            let title = material.title(printed::CHANGES);
            let build = move || changes::workbook(title, day, changes);
            planned.add(format!("{}.xlsx", printed::CHANGES), 0, build);
        }
        planned.faults(&faulty, day);
        for letter in &letters {
            planned.add(letter.path(pack), 0, || letter.workbook(material));
        }
        for form in &papers {
            planned.add(format!("{}/{}", printed::FORMS, form.path), 0, || form.workbook(material));
        }
        for page in &pages {
            planned.add(format!("{}/{}", printed::PAGES, page.file), 0, || page.workbook(material, &known));
        }
        planned.write(dir, write::save)
    }
}

/// Writes only what `check` hands back: 数据问题清单 and 退回单.
pub fn publish_faults(dir: &Path, pack: &Pack, dataset: &Dataset) -> Result<Vec<String>, Error> {
    let faulty = faults::Faulty::new(pack, dataset);
    let day = NaiveDate::from_ymd_opt(dataset.year, 12, 31).filter(|_| dataset.year > 0).unwrap_or_default();
    let mut planned = Planned::default();
    planned.faults(&faulty, day);
    planned.write(dir, write::replace)
}

/// Workbooks to be built and written.
#[derive(Default)]
struct Planned<'j>(Vec<PlannedBook<'j>>);

struct PlannedBook<'j> {
    /// Relative to the folder, with `/`.
    path: String,
    /// How many rows it has, where they may be many.
    rows: usize,
    write: Box<WriteBook<'j>>,
}

/// Builds a workbook and writes it to a path.
type WriteBook<'j> = dyn FnOnce(&Path, Write) -> Result<(), write::Error> + Send + 'j;

/// How a workbook is written to its path.
type Write = fn(model::Workbook<'_>, &Path) -> Result<(), write::Error>;

impl<'j> Planned<'j> {
    fn add(&mut self, path: String, rows: usize, build: impl FnOnce() -> model::Workbook<'j> + Send + 'j) {
        self.push(path, rows, move |path, write| write(build(), path));
    }

    /// As [`Planned::add`], for what goes with the workbook once it is written.
    fn push(
        &mut self,
        path: String,
        rows: usize,
        write: impl FnOnce(&Path, Write) -> Result<(), write::Error> + Send + 'j,
    ) {
        self.0.push(PlannedBook { path, rows, write: Box::new(write) });
    }

    /// The list of all faults, and each workbook's return slip.
    fn faults<'f>(&mut self, faulty: &'j faults::Faulty<'f>, day: NaiveDate)
    where
        'f: 'j,
    {
        self.add(format!("{}.xlsx", faults::LIST), 0, move || faulty.list(day));
        for (name, slip) in faulty.slips() {
            self.add(name, 0, move || faulty.returned(slip, day));
        }
    }

    /// Builds and writes them in parallel, each workbook dropped as soon as it is written: half of the threads begin with
    /// the long ones, the others with the rest and then the least of the long, so that those lie in memory together as
    /// seldom as may be. The shortest are left for the end, when no thread is to wait for another.
    /// Of several failures the one of the first file is told, so that the message does not depend on the threads.
    fn write(mut self, dir: &Path, write: Write) -> Result<Vec<String>, Error> {
        let mut folders: Vec<PathBuf> =
            self.0.iter().filter_map(|book| Some(dir.join(&book.path).parent()?.to_owned())).collect();
        folders.sort_unstable();
        folders.dedup();
        for path in folders {
            std::fs::create_dir_all(&path).map_err(|source| Error::Folder { path: path.clone(), source })?;
        }
        let mut files: Vec<String> = self.0.iter().map(|book| book.path.clone()).collect();
        files.sort_unstable();
        self.0.sort_by_key(|book| std::cmp::Reverse(book.rows));
        let most_rows = self.0.first().map_or(0, |book| book.rows);
        let (mut long, rest): (VecDeque<_>, VecDeque<_>) =
            self.0.into_iter().enumerate().partition(|(_, book)| book.rows > most_rows / 2);
        let (mut rest, mut short): (VecDeque<_>, VecDeque<_>) = rest.into_iter().partition(|(_, book)| book.rows > 0);
        let (first, most) = (AtomicUsize::new(0), (rayon::current_num_threads() / 2).max(1));
        let turns = std::iter::from_fn(|| {
            let is_first = first.load(Ordering::Relaxed) < most;
            first.fetch_add(is_first.into(), Ordering::Relaxed);
            let next = match is_first {
                true => long.pop_front().or_else(|| rest.pop_front()),
                false => rest.pop_front().or_else(|| long.pop_back()),
            };
            Some((is_first, next.or_else(|| short.pop_front())?))
        });
        let failed = turns.par_bridge().filter_map(|(is_first, (at, book))| {
            let written = (book.write)(&dir.join(&book.path), write);
            first.fetch_sub(is_first.into(), Ordering::Relaxed);
            Some((at, written.err()?))
        });
        match failed.min_by_key(|(at, _)| *at) {
            Some((_, error)) => Err(error.into()),
            None => Ok(files),
        }
    }
}

/// The place for the signature of whoever checks what stands on a page.
const CHECKED: &str = "核对人（签字）：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日";

fn as_of_line(day: NaiveDate) -> String {
    format!("基准日：{}", chinese_date(day))
}

fn chinese_date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
