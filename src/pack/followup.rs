//! What a pack says about the time after a meeting: further measures, talks, tasks and influence periods.

use serde::{Deserialize, Serialize};

use super::model::{Expression, Place};

/// A measure that a proposal may be changed to, beside the pack's actions and options.
#[derive(Debug, Clone)]
pub struct Measure {
    pub name: String,
    /// Since when it is called so; none: not known, and `reading` says more.
    pub from: Option<chrono::NaiveDate>,
    pub reading: Option<String>,
    /// What it means for the rules of later years, in words; the facts of the pack are what says so to the engine.
    pub means: String,
    pub place: Place,
}

/// Which table holds the talks, and what its columns say of one.
#[derive(Debug, Clone)]
pub struct Talks {
    pub table: usize,
    pub date: String,
    pub kind: String,
    /// The year that it answers for.
    pub year: String,
    /// The line that it carries out.
    pub line: String,
    pub place: Place,
}

/// A time after a measure in which it is to be weighed when somebody is proposed for something good.
#[derive(Debug, Clone)]
pub struct Influence {
    pub name: String,
    /// The action that it follows.
    pub action: String,
    pub talk: Option<InfluenceTalk>,
    /// The parameter with its length in months.
    pub months: String,
    /// Actions on whose lines a period is told that still runs; and those on which it is told for its year.
    pub on: Vec<usize>,
    pub on_of_year: Vec<usize>,
    pub texts: InfluenceTexts,
    pub reading: String,
    pub place: Place,
}

/// The talk by which the action is done, where the input holds talks.
#[derive(Debug, Clone)]
pub struct InfluenceTalk {
    pub kind: String,
    /// SQL over the talks: it belongs to the run's year; it may.
    pub of_year: Expression,
    pub may_be_of_year: Expression,
}

/// What is said, with `{from}` and `{to}` for the days.
#[derive(Debug, Clone)]
pub struct InfluenceTexts {
    pub running: String,
    pub undated: String,
    pub of_year: String,
    pub may_be_of_year: String,
}

/// What has to happen once a line is agreed. Kept in the archive, so that the ledger needs no pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    #[serde(rename = "事项")]
    pub what: String,
    /// Lines agreed to any of these.
    #[serde(rename = "处理")]
    pub actions: Vec<String>,
    /// Counted from the talk of this kind that carries the line out, where there is one; else from the decision.
    #[serde(rename = "自谈话", default, skip_serializing_if = "Option::is_none")]
    pub talk: Option<String>,
    #[serde(rename = "期限", default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// The answer column that sets the term instead.
    #[serde(rename = "期限列", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Done when this answer column is filled, or by a talk of this kind that carries the line out.
    #[serde(rename = "完成列", default, skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    #[serde(rename = "完成谈话", default, skip_serializing_if = "Option::is_none")]
    pub done_by_talk: Option<String>,
    /// Only where the committee set a term.
    #[serde(rename = "仅限定期的", default, skip_serializing_if = "std::ops::Not::not")]
    pub only_set: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Within {
    #[serde(rename = "天")]
    Days(u32),
    #[serde(rename = "工作日")]
    WorkingDays(u32),
    #[serde(rename = "月")]
    Months(u32),
}

/// A paper that goes out once a line is agreed, filled in with what is known and with room for the pen.
#[derive(Debug, Clone)]
pub struct Form {
    /// Its title, and the folder it lies in.
    pub name: String,
    /// Lines agreed to any of these.
    pub actions: Vec<String>,
    /// Who sends it, and whether it begins with a salutation.
    pub from: String,
    pub addressed: bool,
    /// The sentences before the table: `{对象}`, `{单位}`, `{职务}`, `{办法}` stand for what they say.
    pub opening: String,
    pub asks: String,
    /// By when, as long as the committee has set no day in the answer column `until`.
    pub due: String,
    pub until: Option<String>,
    /// Stands for grounds that are told to nobody but the committee.
    pub unsaid: String,
    /// What is filled in by hand, and how many lines of room it has.
    pub pen: Vec<Pen>,
    pub signatures: Vec<String>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Pen {
    pub label: String,
    pub lines: u32,
}

/// A page from which a unit with a line of some action is analysed.
#[derive(Debug, Clone)]
pub struct Page {
    pub title: String,
    /// Index of the action.
    pub action: usize,
    /// Stands on every page: to whom it may go.
    pub mark: String,
    pub note: String,
    pub tables: Vec<PageTable>,
    /// Where the members' grades of the year stand.
    pub grades: PageGrades,
    pub place: Place,
}

/// The unit's rows of an input table.
#[derive(Debug, Clone)]
pub struct PageTable {
    pub title: String,
    pub table: usize,
    pub columns: Vec<String>,
    /// The parameter that its scores are measured against.
    pub line: Option<String>,
}

#[derive(Debug, Clone)]
pub struct PageGrades {
    /// What stands over the table of the members.
    pub title: String,
    pub table: usize,
    pub grade: String,
    pub year: String,
}
