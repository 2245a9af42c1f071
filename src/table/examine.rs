//! All rows of one table, judged: what is wrong, whom they are about, which are used.
//!
//! Every row is judged whatever its year. Afterwards a row is used, rejected or ignored, and nothing
//! else; rejected ones keep what is known about whom they concern.

use std::collections::{BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};
use polars::prelude::{BooleanChunked, DataFrame, IntoColumn, NewChunkedArray, PolarsError};

use crate::finding::{Code, Severity};
use crate::pack::sql::Literals;
use crate::pack::{self, ColumnKind, Pack};
use crate::place::SheetId;

use super::column::{Cells, Content, Entry};
use super::date::TitleYears;
use super::directory::{Directory, Who};
use super::frame::{self, EvaluateError};
use super::refer::{Matcher, RowFault};
use super::scan::Schema;
use super::{Mention, duplicate, line, text};

/// The rows of all sheets of a table, in reading order.
#[derive(Debug, Default)]
pub struct Rows {
    pub origin: Vec<(SheetId, u32)>,
    /// Per column of the table.
    pub cells: Vec<Cells>,
    pub sheets: Vec<SheetRows>,
}

/// The rows of one sheet among those of its table.
#[derive(Debug)]
pub struct SheetRows {
    pub sheet: SheetId,
    pub titles: TitleYears,
    pub rows: std::ops::Range<usize>,
}

/// What the rows are judged against.
pub struct World<'a> {
    pub pack: &'a Pack,
    pub schema: &'a Schema,
    pub year: i32,
    pub as_of: NaiveDate,
    pub literals: Literals,
    pub known_lines: &'a BTreeSet<String>,
    /// Cites a cell: sheet, row, table and column.
    pub cite: &'a (dyn Fn(SheetId, u32, usize, usize) -> String + Sync),
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Used,
    Rejected,
    /// Valid and of no use to this run: history that no rule looks at.
    History,
    /// Superfluous, or history about somebody who has left.
    Dropped,
}

/// A table's rows, judged.
pub struct Examined {
    pub verdicts: Vec<Verdict>,
    /// By row, then column.
    pub faults: Vec<(usize, RowFault)>,
    /// Findings about a whole sheet: code, reason, remedy.
    pub sheet_faults: Vec<(SheetId, Code, String, String)>,
    /// The valid rows.
    pub frame: DataFrame,
    /// Their indices among all rows.
    pub kept: Vec<usize>,
    /// Column → per kept row.
    pub mentions: HashMap<usize, Vec<Vec<Mention>>>,
    /// Per reference of the table and row.
    pub whos: Vec<Vec<Option<Who>>>,
}

/// Judges the rows of a table. The directories of the kinds it refers to must be complete.
pub fn examine(world: &World<'_>, index: usize, rows: &Rows, directories: &[Directory]) -> Result<Examined, EvaluateError> {
    let table = &world.pack.tables[index];
    let count = rows.origin.len();
    let mut work = Work {
        world,
        index,
        table,
        rows,
        soft: table.columns.iter().enumerate().map(|(at, column)| is_soft(table, at, column)).collect(),
        faults: Vec::new(),
        rejected: vec![false; count],
    };
    let mut sheet_faults = Vec::new();
    let years = work.years(&mut sheet_faults);
    let past = work.past(&years);
    work.judge_cells();
    work.judge_future();
    let (whos, gone) = work.resolve(directories, &past);
    work.judge_groups();
    let mentions = work.mentions(directories, &whos, &past);
    work.judge_lines(directories, &whos);
    let (mut frame, mut blanked) = (work.frame(&years, &whos)?, BTreeSet::new());
    for check in &table.checks {
        work.check(check, &mut frame, &mut blanked)?;
    }
    let looks_back = match &table.looks_back {
        Some(condition) if past.iter().any(|past| *past) => frame::holds(&frame, condition, &world.literals, table)?,
        _ => vec![false; count],
    };

    let mut repeated = vec![false; count];
    if let Some(key) = &table.key {
        let cite = |row: usize, column: usize| {
            let (sheet, line) = rows.origin[row];
            (world.cite)(sheet, line, index, column)
        };
        // A register row is about whom its id names; others must be known to be about somebody.
        let rejected = work.rejected.clone();
        let excluded = |row: usize| gone[row] || (rejected[row] && !table.register && !whos.is_empty() && whos.iter().all(|whos| whos[row].is_none()));
        let found = duplicate::find(&duplicate::Records {
            table,
            key,
            cells: &rows.cells,
            coercions: &world.schema.coercions[index],
            years: &years,
            whos: &whos,
            rejected: &work.rejected,
            excluded: &excluded,
            cite: &cite,
        });
        let told: BTreeSet<(usize, usize)> = work.faults.iter().filter(|(_, fault)| fault.severity == Severity::Rejected).map(|(row, fault)| (*row, fault.column)).collect();
        for (row, fault) in found.faults {
            // A cell that is bad of itself needs no second line.
            if told.contains(&(row, fault.column)) {
                work.rejected[row] = true;
            } else {
                work.put(row, fault);
            }
        }
        found.repeated.into_iter().for_each(|row| repeated[row] = true);
    }

    let verdicts: Vec<Verdict> = (0..count)
        .map(|row| {
            if work.rejected[row] {
                Verdict::Rejected
            } else if repeated[row] || gone[row] {
                Verdict::Dropped
            } else if past[row] && !looks_back[row] {
                Verdict::History
            } else {
                Verdict::Used
            }
        })
        .collect();
    let is_kept = |verdict: &Verdict| matches!(verdict, Verdict::Used | Verdict::History);
    let kept: Vec<usize> = verdicts.iter().enumerate().filter(|(_, verdict)| is_kept(verdict)).map(|(row, _)| row).collect();
    if kept.len() < count {
        let mask = BooleanChunked::from_iter_values("".into(), verdicts.iter().map(is_kept));
        frame = frame.filter(&mask)?;
    }
    let mentions = mentions.into_iter().map(|(column, mut all)| (column, kept.iter().map(|row| std::mem::take(&mut all[*row])).collect())).collect();
    let mut faults = work.faults;
    faults.sort_by_key(|(row, fault)| (*row, fault.column));
    Ok(Examined { verdicts, faults, sheet_faults, frame, kept, mentions, whos })
}

/// In a register a bad value counts as blank where nothing depends on it.
fn is_soft(table: &pack::Table, at: usize, column: &pack::Column) -> bool {
    let refers = table.references.iter().any(|reference| reference.id == at || reference.label == at);
    table.register && !column.required && column.one_of.is_none() && !refers
}

struct Work<'a> {
    world: &'a World<'a>,
    index: usize,
    table: &'a pack::Table,
    rows: &'a Rows,
    soft: Vec<bool>,
    faults: Vec<(usize, RowFault)>,
    rejected: Vec<bool>,
}

impl Work<'_> {
    fn put(&mut self, row: usize, fault: RowFault) {
        self.rejected[row] |= fault.severity == Severity::Rejected;
        self.faults.push((row, fault));
    }

    fn name(&self, column: usize) -> &str {
        &self.table.columns[column].name
    }

    /// The year of every row: from its cell, the title, or the run.
    fn years(&self, sheet_faults: &mut Vec<(SheetId, Code, String, String)>) -> Vec<Option<i32>> {
        let Some(column) = self.table.year else { return Vec::new() };
        let cells = &self.rows.cells[column];
        let (run, name) = (self.world.year, self.name(column));
        let mut years: Vec<Option<i32>> = (0..self.rows.origin.len()).map(|row| cells.year(row)).collect();
        for sheet in &self.rows.sheets {
            let blank: Vec<usize> = sheet.rows.clone().filter(|row| cells.is_blank(*row)).collect();
            for row in &blank {
                years[*row] = Some(sheet.titles.first.unwrap_or(run));
            }
            match sheet.titles.first {
                _ if blank.is_empty() => {}
                None => {
                    let mut others: Vec<i32> = sheet.titles.all.iter().copied().filter(|year| *year != run).collect();
                    others.dedup();
                    let others: Vec<String> = others.iter().map(|year| format!("{year}年")).collect();
                    let mut reason = format!("有{}行没有{name}，表头以上也没有写明年度，按本次运行的{run}年处理", blank.len());
                    if !others.is_empty() {
                        reason = format!("{reason}；表头以上另有{}", text::quoted(&others));
                    }
                    sheet_faults.push((sheet.sheet, Code::GuessedYear, reason, format!("请填写{name}列，或在标题中写明年度，例如「{run}年度」")));
                }
                Some(title) if title != run && blank.len() == sheet.rows.len() => {
                    let reason = format!("标题写的是「{title}年」，各行没有{name}，全部{}行作为{title}年的历史数据，不作为{run}年的数据", blank.len());
                    sheet_faults.push((sheet.sheet, Code::HistorySheet, reason, format!("如确为{run}年的数据，请改正标题或填写{name}列")));
                }
                Some(_) => {}
            }
        }
        years
    }

    /// Rows of another year, or after the as-of date.
    fn past(&self, years: &[Option<i32>]) -> Vec<bool> {
        let (run, as_of) = (self.world.year, self.world.as_of);
        (0..self.rows.origin.len())
            .map(|row| {
                let other_year = years.get(row).copied().flatten().is_some_and(|year| year != run);
                let day = self.table.date.and_then(|column| self.rows.cells[column].day(row));
                other_year || day.is_some_and(|day| day > as_of || (years.is_empty() && day.year() != run))
            })
            .collect()
    }

    /// What each cell says for itself, and required ones that say nothing.
    fn judge_cells(&mut self) {
        for (at, cells) in self.rows.cells.iter().enumerate() {
            let required = self.table.columns[at].required;
            let is_fault = |entry: &Entry| matches!(entry.content, Content::Bad(_)) || (required && matches!(entry.content, Content::Blank));
            let faulty: Vec<bool> = cells.entries.iter().map(is_fault).collect();
            if !faulty.contains(&true) {
                continue;
            }
            for (row, code) in cells.codes.iter().enumerate() {
                if !faulty[*code as usize] {
                    continue;
                }
                let fault = match &cells.entries[*code as usize].content {
                    Content::Bad(fault) => {
                        let soft = self.soft[at];
                        RowFault {
                            column: at,
                            code: fault.code,
                            severity: if soft { Severity::Warning } else { Severity::Rejected },
                            reason: if soft { format!("{}；按空白处理", fault.reason) } else { fault.reason.clone() },
                            remedy: fault.remedy.clone(),
                        }
                    }
                    _ => self.missing(at),
                };
                self.put(row, fault);
            }
        }
    }

    fn missing(&self, column: usize) -> RowFault {
        let name = self.name(column);
        let remedy = match &self.table.columns[column].kind {
            ColumnKind::Choice { values, .. } => format!("请填写{}之一", text::quoted(values)),
            _ => format!("请填写{name}"),
        };
        RowFault { column, code: Code::Missing, severity: Severity::Rejected, reason: format!("{name}是必填项，未填写"), remedy }
    }

    /// Years and days after the run's year.
    fn judge_future(&mut self) {
        let run = self.world.year;
        for (at, column) in self.table.columns.iter().enumerate().filter(|(_, column)| column.not_after_year) {
            let cells = &self.rows.cells[at];
            let late = |entry: &Entry| match &entry.content {
                Content::Good(super::column::Value::Year(year)) => *year > run,
                Content::Good(super::column::Value::Day(day)) => day.year() > run,
                _ => false,
            };
            let late: Vec<bool> = cells.entries.iter().map(late).collect();
            if !late.contains(&true) {
                continue;
            }
            for (row, code) in cells.codes.iter().enumerate().filter(|(_, code)| late[**code as usize]) {
                let shown = &cells.entries[*code as usize].shown;
                let fault = RowFault {
                    column: at,
                    code: Code::FutureYear,
                    severity: Severity::Warning,
                    reason: format!("{}「{shown}」晚于本次运行的{run}年", column.name),
                    remedy: format!("请核对年份；确属以后年度的，不计入{run}年"),
                };
                self.put(row, fault);
            }
        }
    }

    /// Whom every row is about, and which rows of other years are about people who have left.
    fn resolve(&mut self, directories: &[Directory], past: &[bool]) -> (Vec<Vec<Option<Who>>>, Vec<bool>) {
        let count = self.rows.origin.len();
        let mut gone = vec![false; count];
        let mut all = Vec::new();
        for reference in &self.table.references {
            let matcher = Matcher::new(self.world.pack, self.index, reference, directories, &self.rows.cells);
            let applies = self.applies(reference);
            let needed = reference.when.is_some()
                || [reference.id, reference.label].iter().any(|at| self.table.columns[*at].required || self.table.columns[*at].one_of.is_some());
            let mut whos = vec![None; count];
            for row in 0..count {
                let applies = applies.as_ref().map_or(Applies::Yes, |applies| applies[row]);
                if applies == Applies::No {
                    continue;
                }
                let resolved = matcher.resolve(row, past[row]);
                whos[row] = resolved.who;
                // Where it cannot be told whom the row speaks of, only the names are of interest.
                if applies == Applies::Unknown {
                    whos[row] = resolved.who.filter(|_| resolved.fault.is_none() && !self.has_narrower(reference, row));
                    continue;
                }
                gone[row] |= resolved.gone;
                if let Some(fault) = resolved.fault {
                    self.put(row, fault);
                } else if resolved.blank && needed && !self.table.columns[reference.label].required && !self.table.columns[reference.id].required {
                    let fault = self.missing_reference(reference);
                    self.put(row, fault);
                }
            }
            all.push(whos);
        }
        (all, gone)
    }

    /// Whether a reference concerns a row, by the column that says so.
    fn applies(&self, reference: &pack::Reference) -> Option<Vec<Applies>> {
        let (column, value) = reference.when.as_ref()?;
        let ColumnKind::Choice { values, .. } = &self.table.columns[*column].kind else { return None };
        let cells = &self.rows.cells[*column];
        let judged: Vec<Applies> = cells
            .entries
            .iter()
            .map(|entry| match &entry.content {
                Content::Good(super::column::Value::Choice(index)) if values.get(*index as usize) == Some(value) => Applies::Yes,
                Content::Good(_) => Applies::No,
                _ => Applies::Unknown,
            })
            .collect();
        Some(cells.codes.iter().map(|code| judged[*code as usize]).collect())
    }

    /// A person is named for whom this reference's columns only say the unit.
    fn has_narrower(&self, reference: &pack::Reference, row: usize) -> bool {
        self.table.references.iter().any(|other| {
            other.within.is_some_and(|(_, id, label)| id == reference.id || label == reference.label)
                && [other.id, other.label].iter().any(|at| !self.rows.cells[*at].is_blank(row))
        })
    }

    fn missing_reference(&self, reference: &pack::Reference) -> RowFault {
        let (id, label) = (self.name(reference.id), self.name(reference.label));
        let mut reason = format!("{label}和{id}都未填写，无法确定是哪一个{}", self.world.pack.subjects[reference.subject].name);
        if let Some((column, value)) = &reference.when {
            reason = format!("{}为「{value}」，但{reason}", self.name(*column));
        }
        RowFault { column: reference.label, code: Code::Missing, severity: Severity::Rejected, reason, remedy: format!("请填写{id}，或填写{label}") }
    }

    /// Groups of columns of which one must be filled, other than the references.
    fn judge_groups(&mut self) {
        let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
        for (at, column) in self.table.columns.iter().enumerate() {
            let Some(group) = &column.one_of else { continue };
            match groups.iter_mut().find(|(name, _)| name == group) {
                Some((_, columns)) => columns.push(at),
                None => groups.push((group, vec![at])),
            }
        }
        groups.retain(|(_, columns)| !self.table.references.iter().any(|reference| columns.contains(&reference.id) || columns.contains(&reference.label)));
        for (_, columns) in groups {
            for row in 0..self.rows.origin.len() {
                if columns.iter().all(|at| self.rows.cells[*at].is_blank(row)) {
                    let names: Vec<&str> = columns.iter().map(|at| self.name(*at)).collect();
                    let fault = RowFault {
                        column: columns[columns.len() - 1],
                        code: Code::Missing,
                        severity: Severity::Rejected,
                        reason: format!("{}都未填写", names.join("、")),
                        remedy: format!("请至少填写{}中的一项", names.join("、")),
                    };
                    self.put(row, fault);
                }
            }
        }
    }

    /// The people named in a cell: by id from anywhere, by name only from the row's own unit.
    fn mentions(&mut self, directories: &[Directory], whos: &[Vec<Option<Who>>], past: &[bool]) -> HashMap<usize, Vec<Vec<Mention>>> {
        let mut all = HashMap::new();
        let membership = &self.world.pack.membership;
        for (at, column) in self.table.columns.iter().enumerate() {
            let ColumnKind::People { subject, separators } = &column.kind else { continue };
            let directory = &directories[*subject];
            let of_unit = self.table.references.iter().position(|reference| reference.subject == membership.unit).filter(|_| *subject == membership.member);
            let mut mentions: Vec<Vec<Mention>> = vec![Vec::new(); self.rows.origin.len()];
            for (row, named) in mentions.iter_mut().enumerate() {
                let Some(given) = self.rows.cells[at].text(row) else { continue };
                let unit = of_unit.map(|reference| whos[reference][row]);
                for piece in given.split(|c| separators.contains(c) || matches!(c, '\n' | '\r')) {
                    let key = text::key(piece);
                    if key.is_empty() {
                        continue;
                    }
                    let fitting: Vec<Who> = match directory.by_id(&key) {
                        Some(who) => vec![who],
                        None => directory
                            .by_name(&key)
                            .iter()
                            .copied()
                            .filter(|who| match (who, unit) {
                                (Who::Known(known), Some(Some(Who::Known(unit)))) => directory.units(*known).contains(&unit),
                                (_, Some(None)) => false,
                                _ => true,
                            })
                            .collect(),
                    };
                    let subject = match fitting[..] {
                        [Who::Known(known)] => Some(known),
                        _ => None,
                    };
                    let silent = past[row] && fitting.is_empty();
                    if subject.is_none() && unit != Some(None) && !silent {
                        let fault = self.unknown_mention(at, text::trimmed(piece), &fitting, directory, *subject_kind(&column.kind));
                        self.put(row, fault);
                    }
                    named.push(Mention { text: text::without_blanks(piece), subject });
                }
            }
            all.insert(at, mentions);
        }
        all
    }

    fn unknown_mention(&self, column: usize, piece: &str, fitting: &[Who], directory: &Directory, kind: usize) -> RowFault {
        let subject = &self.world.pack.subjects[kind];
        let register = &self.world.pack.tables[subject.register];
        let name = self.name(column);
        let reason = match fitting {
            [] => format!("{name}中的「{piece}」不是该单位在《{}》上的{}", register.name, subject.name),
            [who] => format!("{name}中的「{piece}」（{}）在《{}》中的登记有误、未被采用", directory.id(*who), register.name),
            many => {
                let ids: Vec<&str> = many.iter().map(|who| directory.id(*who)).collect();
                format!("{name}中的「{piece}」在该单位对应{}人，无法确定是哪一位：{}", many.len(), ids.join("、"))
            }
        };
        let remedy = format!("请核对姓名，或改填{}（其他单位的人只能填{0}）", register.columns[subject.id].name);
        RowFault { column, code: Code::UnknownMention, severity: Severity::Warning, reason, remedy }
    }

    fn judge_lines(&mut self, directories: &[Directory], whos: &[Vec<Option<Who>>]) {
        for (at, column) in self.table.columns.iter().enumerate() {
            let ColumnKind::Line { year, about } = &column.kind else { continue };
            let reference = self.table.references.iter().position(|reference| reference.subject == *about);
            for row in 0..self.rows.origin.len() {
                let Some(key) = self.rows.cells[at].text(row) else { continue };
                let who = reference.and_then(|reference| whos[reference][row]);
                let year = year.and_then(|year| self.rows.cells[year].year(row).map(|value| (self.name(year), value)));
                let beside = line::Beside {
                    column: at,
                    column_name: &column.name,
                    shown: &self.rows.cells[at].entry(row).shown,
                    about: (*about, who.map(|who| directories[*about].id(who))),
                    year,
                };
                if let Some(fault) = line::judge(self.world.pack, self.world.known_lines, key, &beside) {
                    self.put(row, fault);
                }
            }
        }
    }

    /// The frame of all rows; bad cells are null.
    fn frame(&self, years: &[Option<i32>], whos: &[Vec<Option<Who>>]) -> Result<DataFrame, PolarsError> {
        let mut columns = Vec::new();
        for (at, column) in self.table.columns.iter().enumerate() {
            columns.push(if self.table.year == Some(at) { frame::years(&column.name, years) } else { self.column(at, &self.rows.cells[at]) });
        }
        let mut kinds: Vec<usize> = self.table.references.iter().map(|reference| reference.subject).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let of_kind: Vec<&Vec<Option<Who>>> = self.table.references.iter().zip(whos).filter(|(reference, _)| reference.subject == kind).map(|(_, whos)| whos).collect();
            let index = |row: usize| {
                of_kind.iter().find_map(|whos| whos[row]).and_then(|who| match who {
                    Who::Known(index) => Some(index),
                    Who::PutAside(_) => None,
                })
            };
            columns.push(frame::subjects(&self.world.pack.subjects[kind].kind, (0..self.rows.origin.len()).map(index)));
        }
        DataFrame::new(self.rows.origin.len(), columns)
    }

    fn column(&self, at: usize, cells: &Cells) -> polars::prelude::Column {
        frame::column(&self.table.columns[at], cells, self.world.schema.coercions[self.index][at].default.as_ref(), self.soft[at])
    }

    /// A check between columns, from the pack.
    fn check(&mut self, check: &pack::Check, frame: &mut DataFrame, blanked: &mut BTreeSet<(usize, usize)>) -> Result<(), EvaluateError> {
        let holds = frame::holds(frame, &check.when, &self.world.literals, self.table)?;
        let cells = &self.rows.cells[check.column];
        let hit: Vec<usize> = holds.iter().enumerate().filter(|(row, holds)| **holds && !cells.is_bad(*row)).map(|(row, _)| row).collect();
        for row in &hit {
            let severity = if check.rejects { Severity::Rejected } else { Severity::Warning };
            self.put(*row, RowFault { column: check.column, code: Code::RowCheck, severity, reason: check.reason.clone(), remedy: check.remedy.clone() });
        }
        if check.blank && !hit.is_empty() {
            blanked.extend(hit.iter().map(|row| (*row, check.column)));
            let mut left = cells.clone();
            for (row, column) in blanked.iter() {
                if *column == check.column {
                    left.codes[*row] = super::column::EMPTY;
                }
            }
            frame.with_column(self.column(check.column, &left))?;
        }
        Ok(())
    }
}

/// Whether a reference concerns a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Applies {
    Yes,
    No,
    /// The column that says so is itself bad or blank.
    Unknown,
}

fn subject_kind(kind: &ColumnKind) -> &usize {
    match kind {
        ColumnKind::People { subject, .. } => subject,
        _ => &0,
    }
}
