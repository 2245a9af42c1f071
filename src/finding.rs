//! What is wrong with the input: one [`Finding`] a fault, with its place, its reason and the remedy.
//!
//! Broken data is a value, not an error: every stage returns what it could use together with the
//! complete list of findings, in a stable order. Texts are Chinese, for the clerk who mends the workbook.

use std::io;

use serde::Serialize;

use crate::place::Place;

/// Whether the row was put aside or only deserves a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Rejected,
    Warning,
}

impl Severity {
    /// What was done with the row.
    pub fn done(self) -> &'static str {
        match self {
            Severity::Rejected => "退回",
            Severity::Warning => "提醒",
        }
    }
}

/// The closed list of faults. Each has a test that produces it and shows its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A required value is blank.
    Missing,
    /// A value outside the column's set.
    NotInSet,
    /// Not a number, or outside its range.
    BadNumber,
    /// Not a date, month or year.
    BadDate,
    /// An error value (#REF!) or a formula without a stored result.
    BrokenCell,
    /// What is stored is hidden, or something else is shown.
    NotAsShown,
    /// A number that is shown rounded to the other side of a line.
    ShownRounded,
    /// An id or name that is on no register.
    UnknownSubject,
    /// A name that fits two or more.
    AmbiguousSubject,
    /// An id beside another one's name or unit.
    ContradictorySubject,
    /// The subject stands only in rejected register rows.
    RegisterRejected,
    /// Two rows with one key that differ, in one workbook.
    DuplicateDiffers,
    /// The same in several workbooks: the reason cites what other offices have sent.
    DuplicateElsewhere,
    /// A check between columns of one row, from the pack.
    RowCheck,
    /// A line id that is malformed, another person's, or contradicted.
    BadLineId,
    /// A line id that the archive does not know.
    UnknownLineId,
    /// A year or date after the run's year.
    FutureYear,
    /// The year of the rows was taken from the run although the title names another.
    GuessedYear,
    /// A title makes all rows of a sheet history.
    HistorySheet,
    /// A named person that fits nobody in the unit, or two.
    UnknownMention,
    /// A sheet that fits no table.
    UnrecognisedSheet,
    /// A table on a sheet that nobody sees.
    HiddenSheet,
    /// A sheet that carries all required columns of a second table.
    DoubledTable,
    /// Two columns of a sheet bear names of one column of the table.
    DoubledColumn,
    /// A header that is nearly the name of a column which the sheet lacks.
    MisspeltHeader,
    /// A column under a name of the table that another word makes somebody else's.
    UnaskedColumn,
    /// A header with the name of the year in it that is not read where the year is guessed.
    YearHeader,
    /// Another header below a table's own: the rows under it are put aside.
    OtherBlock,
    /// A file that may hold a table but is not read.
    PassedOver,
    /// A workbook that this program wrote: no input.
    OwnWorkbook,
    /// A file in which no table is to be expected: it is not read either.
    OtherFile,
    /// `~$`: the workbook beside it is open.
    OpenInOffice,
    /// A workbook that cannot be read: the run fails.
    Unreadable,
    /// No sheet holds a register: the run fails.
    MissingRegister,
    /// No year of the run can be told from the sheets: the run fails.
    NoYear,
}

/// What is wrong, wherever it stands, and what to do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Flaw {
    pub code: Code,
    pub severity: Severity,
    pub reason: String,
    pub remedy: String,
}

impl Flaw {
    /// One for which a row is put aside.
    pub fn rejected(code: Code, reason: impl Into<String>, remedy: impl Into<String>) -> Flaw {
        Flaw { code, severity: Severity::Rejected, reason: reason.into(), remedy: remedy.into() }
    }

    /// One that only deserves a look.
    pub fn warning(code: Code, reason: impl Into<String>, remedy: impl Into<String>) -> Flaw {
        Flaw { severity: Severity::Warning, ..Flaw::rejected(code, reason, remedy) }
    }

    /// Whether a row is put aside for it.
    pub fn rejects(&self) -> bool {
        self.severity == Severity::Rejected
    }
}

/// One fault, as the clerk is told about it (§4 `issues.jsonl`, in this field order).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Path relative to the input folder, with `/`.
    pub file: String,
    /// Sheet name; empty where there is none.
    pub sheet: String,
    /// Address (`C12`); empty where there is none.
    pub cell: String,
    pub table: String,
    pub column: String,
    /// The cell as shown, without outer blanks; empty for blank.
    pub value: String,
    pub reason: String,
    pub remedy: String,
    pub severity: Severity,
    #[serde(skip)]
    pub code: Code,
    /// None of a whole file.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// So many of them only deserve a look.
pub fn warnings<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> usize {
    findings.into_iter().filter(|finding| finding.severity == Severity::Warning).count()
}

/// A flaw of nothing in particular, to be given its place.
impl From<Flaw> for Finding {
    fn from(Flaw { code, severity, reason, remedy }: Flaw) -> Finding {
        let [file, sheet, cell, table, column, value] = Default::default();
        Finding { file, sheet, cell, table, column, value, reason, remedy, severity, code, place: None }
    }
}

/// One line: what was done with the row, the place, and what is to be done.
impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = [self.file.as_str(), self.sheet.as_str(), self.cell.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
        write!(f, "{}：{}", self.severity.done(), place.join("!"))?;
        if !self.column.is_empty() {
            write!(f, "（{}）", self.column)?;
        }
        if !self.value.is_empty() {
            write!(f, "，原值「{}」", self.value)?;
        }
        write!(f, "：{}。{}", self.reason, self.remedy)
    }
}

/// The usual refusals of the system in Chinese; anything else as the system says it.
pub fn in_words(error: &io::Error) -> String {
    let told = match error.kind() {
        io::ErrorKind::NotFound => "找不到",
        io::ErrorKind::PermissionDenied => "没有权限",
        io::ErrorKind::NotADirectory => "不是文件夹",
        io::ErrorKind::IsADirectory => "是文件夹",
        io::ErrorKind::AlreadyExists => "已有同名的文件",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "磁盘已满",
        io::ErrorKind::FileTooLarge => "文件过大，磁盘放不下",
        io::ErrorKind::ReadOnlyFilesystem => "磁盘只读",
        io::ErrorKind::ResourceBusy | io::ErrorKind::ExecutableFileBusy => "正被其他程序占用",
        _ => return error.to_string(),
    };
    told.to_owned()
}
