//! What each row says for itself: its year, its cells, and what must not be blank.

use chrono::Datelike;

use crate::finding::{Code, Flaw};
use crate::once::grouped;
use crate::pack;

use super::column::{self, ContentEntry, ReadContent};
use super::directory::{Directory, Who};
use super::refer::ColumnFlaw;
use super::report::Note;
use super::rowset::{TableRows, Yardstick};
use super::text;

/// A table's rows while they are judged.
pub struct Work<'a> {
    pub(super) world: &'a Yardstick<'a>,
    pub(super) index: usize,
    pub(super) table: &'a pack::Table,
    pub(super) rows: &'a TableRows,
    pub(super) soft: Vec<bool>,
    pub(super) flaws: Vec<(usize, ColumnFlaw)>,
    pub(super) rejected: Vec<bool>,
    /// Findings about a whole sheet, or its header.
    pub(super) notes: Vec<Note>,
    /// Resolved years, where the table has years.
    pub(super) years: Vec<Option<i32>>,
    /// Rows of another year, or after the as-of date.
    pub(super) past: Vec<bool>,
    /// Who exists, once that is known.
    pub(super) directories: &'a [Directory],
    /// Per reference of the table and row whom it is about.
    pub(super) whos: Vec<Vec<Option<Who>>>,
    /// Rows of other years about people who have left.
    pub(super) gone: Vec<bool>,
}

impl<'a> Work<'a> {
    pub(super) fn new(world: &'a Yardstick<'a>, index: usize, rows: &'a TableRows) -> Self {
        let table = &world.pack.tables[index];
        Self {
            world,
            index,
            table,
            rows,
            soft: table.columns.iter().enumerate().map(|(at, column)| is_soft(table, at, column)).collect(),
            flaws: Vec::new(),
            rejected: vec![false; rows.origin.len()],
            notes: Vec::new(),
            years: Vec::new(),
            past: Vec::new(),
            directories: &[],
            whos: Vec::new(),
            gone: vec![false; rows.origin.len()],
        }
    }

    pub(super) fn put(&mut self, row: usize, flaw: ColumnFlaw) {
        self.rejected[row] |= flaw.1.rejects();
        self.flaws.push((row, flaw));
    }

    pub(super) fn name(&self, column: usize) -> &'a str {
        let table: &'a pack::Table = self.table;
        &table.columns[column].name
    }

    /// Tells the year of every row: from its cell, the title, or the run.
    pub(super) fn tell_years(&mut self) {
        let Some(column) = self.table.year else { return };
        let mut notes = Vec::new();
        let cells = &self.rows.cells[column];
        let (run, name) = (self.world.year, self.name(column));
        let note = |sheet, flaw| Note::of_sheet(sheet, Some(self.index), flaw);
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
                    let mut reason =
                        format!("有{}行没有{name}，表头以上也没有写明年度，按本次运行的{run}年处理", blank.len());
                    if !others.is_empty() {
                        reason = format!("{reason}；表头以上另有{}", text::quoted(&others));
                    }
                    let remedy = format!("请填写{name}列，或在标题中写明年度，例如「{run}年度」");
                    notes.push(note(sheet.sheet, Flaw::warning(Code::GuessedYear, reason, remedy)));
                    for spot in &sheet.years {
                        let shown = &spot.shown;
                        let reason =
                            format!("列名「{shown}」没有识别，该列的内容没有读取；没有{name}的行按{run}年处理");
                        let remedy = format!("如确为{name}，请把列名改为「{name}」；不是的，无需改动");
                        notes.push(note(sheet.sheet, Flaw::warning(Code::YearHeader, reason, remedy)).at(spot));
                    }
                }
                Some(title) if title != run && blank.len() == sheet.rows.len() => {
                    let reason = format!(
                        "标题写的是「{title}年」，各行没有{name}，全部{}行作为{title}年的历史数据，不作为{run}年的数据",
                        blank.len()
                    );
                    let remedy = format!("如确为{run}年的数据，请改正标题或填写{name}列");
                    notes.push(note(sheet.sheet, Flaw::warning(Code::HistorySheet, reason, remedy)));
                }
                Some(_) => {}
            }
        }
        (self.years, self.notes) = (years, notes);
    }

    /// Tells which rows are past, once their years are told.
    pub(super) fn tell_past(&mut self) {
        let (run, as_of) = (self.world.year, self.world.as_of);
        let is_past = |row: usize| {
            let other_year = self.years.get(row).copied().flatten().is_some_and(|year| year != run);
            let day = self.table.date.and_then(|column| self.rows.cells[column].day(row));
            other_year || day.is_some_and(|day| day > as_of || (self.years.is_empty() && day.year() != run))
        };
        self.past = (0..self.rows.origin.len()).map(is_past).collect();
    }

    /// The rows in which a column has such a content, and it; each different content is asked once.
    pub(super) fn rows_where(
        &self,
        at: usize,
        is: impl Fn(ContentEntry<'_>) -> bool,
    ) -> Vec<(usize, ContentEntry<'a>)> {
        let rows: &'a TableRows = self.rows;
        let cells = &rows.cells[at];
        let are: Vec<bool> = cells.entries().map(is).collect();
        if !are.contains(&true) {
            return Vec::new();
        }
        let hit = cells.codes.iter().enumerate().filter(|(_, code)| are[**code as usize]);
        hit.map(|(row, code)| (row, cells.of_code(*code))).collect()
    }

    /// What each cell says for itself, and required ones that say nothing.
    pub(super) fn judge_cells(&mut self) {
        for at in 0..self.table.columns.len() {
            let required = self.table.columns[at].required;
            let is_flawed = |entry: ContentEntry<'_>| match entry.content {
                ReadContent::Bad(_) => true,
                ReadContent::Blank => required,
                ReadContent::Good(_) => false,
            };
            for (row, entry) in self.rows_where(at, is_flawed) {
                let flaw = match entry.content {
                    ReadContent::Bad(flaw) if column::only_warns(flaw, self.soft[at]) => {
                        Flaw::warning(flaw.code, format!("{}；按空白处理", flaw.reason), &flaw.remedy)
                    }
                    ReadContent::Bad(flaw) => Flaw::clone(flaw),
                    _ => {
                        let wanted = self.world.schema.coercions[self.index][at].wanted();
                        Flaw::rejected(Code::Missing, format!("{}是必填项，未填写", self.name(at)), wanted)
                    }
                };
                self.put(row, (at, flaw));
            }
        }
    }

    /// Years and days after the run's year.
    pub(super) fn judge_future(&mut self) {
        let run = self.world.year;
        for (at, column) in self.table.columns.iter().enumerate().filter(|(_, column)| column.not_after_year) {
            let is_late = |entry: ContentEntry<'_>| {
                entry.year().or_else(|| entry.day().map(|day| day.year())).is_some_and(|year| year > run)
            };
            for (row, entry) in self.rows_where(at, is_late) {
                let reason = format!("{}「{}」晚于本次运行的{run}年", column.name, entry.shown);
                let remedy = format!("请核对年份；确属以后年度的，不计入{run}年");
                self.put(row, (at, Flaw::warning(Code::FutureYear, reason, remedy)));
            }
        }
    }

    /// Groups of columns of which one must be filled, other than the references.
    pub(super) fn judge_groups(&mut self) {
        let columns = self.table.columns.iter().enumerate();
        let mut groups = grouped(columns.filter_map(|(at, column)| Some((column.one_of.as_deref()?, at))));
        groups.retain(|(_, columns)| {
            !self
                .table
                .references
                .iter()
                .any(|reference| columns.contains(&reference.id) || columns.contains(&reference.label))
        });
        for (_, columns) in groups {
            for row in 0..self.rows.origin.len() {
                if columns.iter().all(|at| self.rows.cells[*at].is_blank(row)) {
                    let names = columns.iter().map(|at| self.name(*at)).collect::<Vec<_>>().join("、");
                    let (reason, remedy) = (format!("{names}都未填写"), format!("请至少填写{names}中的一项"));
                    self.put(row, (columns[columns.len() - 1], Flaw::rejected(Code::Missing, reason, remedy)));
                }
            }
        }
    }
}

/// In a register a bad value counts as blank where nothing depends on it.
pub fn is_soft(table: &pack::Table, at: usize, column: &pack::InputColumn) -> bool {
    let refers = table.references.iter().any(|reference| reference.id == at || reference.label == at);
    table.register && !column.required && column.one_of.is_none() && !refers
}
