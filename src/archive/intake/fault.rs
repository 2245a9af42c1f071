//! What `record` says: every fault by cell, or what was taken in.

use std::fmt;

use super::rows::{FilledCell, FilledRow, ReturnedSheet};
use crate::fact::Decision;

/// A reason to take nothing of any workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeFault {
    pub file: String,
    /// Empty where the whole file is meant.
    pub sheet: String,
    /// Empty where there is none.
    pub cell: String,
    pub reason: String,
    pub remedy: String,
}

impl IntakeFault {
    pub(super) fn file(file: &str, reason: String, remedy: &str) -> IntakeFault {
        let (file, remedy) = (file.to_owned(), remedy.to_owned());
        IntakeFault { file, sheet: String::new(), cell: String::new(), reason, remedy }
    }

    pub(super) fn header(sheet: &ReturnedSheet, column: &str, reason: String, remedy: &str) -> IntakeFault {
        FoundAt::new(sheet, sheet.header, column).fault(reason, remedy)
    }
}

impl fmt::Display for IntakeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if !self.sheet.is_empty() {
            write!(f, "，工作表「{}」", self.sheet)?;
        }
        if !self.cell.is_empty() {
            write!(f, "，{}", self.cell)?;
        }
        write!(f, "：{}。办法：{}", self.reason, self.remedy)
    }
}

/// Where a line or entry was found, and what was answered there.
#[derive(Debug, Clone)]
pub(super) struct FoundAt {
    pub file: String,
    pub sheet: String,
    pub cell: String,
    pub given: Option<Decision>,
    /// What stands there was filled in by the run.
    pub untouched: bool,
}

impl FoundAt {
    fn new(sheet: &ReturnedSheet, row: u32, column: &str) -> FoundAt {
        let (file, name, cell) = (sheet.file.clone(), sheet.name.clone(), sheet.cell(row, column));
        FoundAt { file, sheet: name, cell, given: None, untouched: false }
    }

    pub fn fault(&self, reason: String, remedy: &str) -> IntakeFault {
        let FoundAt { file, sheet, cell, .. } = self.clone();
        IntakeFault { file, sheet, cell, reason, remedy: remedy.to_owned() }
    }
}

/// A row of a workbook that came back.
#[derive(Clone, Copy)]
pub(in crate::archive) struct ReturnedRow<'a> {
    pub sheet: &'a ReturnedSheet,
    pub row: &'a FilledRow,
}

impl<'a> ReturnedRow<'a> {
    /// The cell under a header; none where it is blank.
    pub fn get(&self, column: &str) -> Option<&'a FilledCell> {
        let wanted = self.sheet.column(column)?;
        self.row.cells.iter().find(|(at, _)| *at == wanted).map(|(_, cell)| cell)
    }

    /// The cell as shown; empty for blank.
    pub fn shown(&self, column: &str) -> String {
        self.get(column).map(|cell| cell.shown.clone()).unwrap_or_default()
    }

    pub(super) fn at(&self, column: &str) -> FoundAt {
        FoundAt::new(self.sheet, self.row.row, column)
    }

    pub(super) fn fault(&self, column: &str, reason: String, remedy: &str) -> IntakeFault {
        self.at(column).fault(reason, remedy)
    }
}

impl fmt::Display for FoundAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}!{}", self.file, self.sheet, self.cell)
    }
}

/// What was taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Lines and entries answered for the first time on their 核对码, completed, or answered after 缓议.
    pub new: usize,
    /// Answers that replace a decision (`--amend`).
    pub amended: usize,
    /// Answers that the archive already held.
    pub unchanged: usize,
    /// Rows without an answer.
    pub blank: usize,
    /// What people should know, one sentence each.
    pub notes: Vec<String>,
}

impl Recorded {
    /// Counts what was answered so often.
    pub(super) fn taken(&mut self, amends: bool, count: usize) {
        *if amends { &mut self.amended } else { &mut self.new } += count;
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.new + self.amended == 0 {
            write!(f, "档案没有变化：{} 项答复与档案相同，{} 项未答复", self.unchanged, self.blank)?;
        } else {
            write!(f, "已收回 {} 项答复", self.new)?;
            if self.amended > 0 {
                write!(f, "，更正 {} 项", self.amended)?;
            }
            write!(f, "；{} 项与档案相同，{} 项未答复", self.unchanged, self.blank)?;
        }
        for note in &self.notes {
            write!(f, "\n{note}")?;
        }
        Ok(())
    }
}

/// The end of `record`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intake {
    Taken(Recorded),
    /// Nothing of any workbook was taken: complete, by file, sheet and row.
    Refused(Vec<IntakeFault>),
}
