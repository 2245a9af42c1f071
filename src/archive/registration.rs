//! What a run registers before it is published: every list as it will be printed, line by line.
//!
//! A registration carries everything that `record` needs later, the committee's words included:
//! an answer may come back in a year when another pack is built in.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::fact::history::{Pairs, PastGround};
use crate::once::once;
use crate::pack::{AnswerColumn, Answers, Pack, Run, Task, printed};

/// One run's proposals; `R` gives the rows of each list, `T` the talks. There may be many: each is made when it is written.
#[derive(Debug, Clone)]
pub struct Registration<R = Vec<RegisteredRow<'static>>, T = Vec<RegisteredTalk>> {
    pub year: i32,
    pub run: Run,
    pub as_of: NaiveDate,
    pub pack_name: String,
    pub pack_version: String,
    pub pack_hash: String,
    pub vocabulary: Vocabulary,
    /// Every list of the run in the pack's order, those without rows too; then the register of talks, if the pack has one.
    pub lists: Vec<RegisteredList<R>>,
    /// The talks that the run used.
    pub talks: T,
}

/// The words in which a committee answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    #[serde(flatten)]
    pub answers: Answers,
    /// All actions, options and further measures of the pack, in its order: what a line may be changed to.
    #[serde(rename = "处理方式")]
    pub methods: Vec<String>,
    /// Who decides about units, and about people of whom the register does not say it.
    #[serde(rename = "默认管理权限", default)]
    pub authority: String,
    /// None in archives of an older kaohe.
    #[serde(rename = "审定以后", default, skip_serializing_if = "Option::is_none")]
    pub followup: Option<FollowUp>,
}

/// What the pack says about the time after the meeting.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FollowUp {
    #[serde(rename = "事项")]
    pub tasks: Vec<Task>,
    #[serde(rename = "影响期")]
    pub periods: Vec<Period>,
    /// Rules whose grounds are told to nobody but the committee.
    #[serde(rename = "不公开的条款")]
    pub confidential: Vec<String>,
    /// 处理编号 of lines that are told to nobody else either, since their grounds rest on such lines.
    #[serde(rename = "不公开的事项", default, skip_serializing_if = "Vec::is_empty")]
    pub private: Vec<String>,
    /// Facts of grounds that are somebody's grade.
    #[serde(rename = "等次")]
    pub grades: Vec<String>,
}

/// An influence period: what it follows, and how long it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    #[serde(rename = "名称")]
    pub name: String,
    #[serde(rename = "处理")]
    pub action: String,
    #[serde(rename = "谈话", default, skip_serializing_if = "Option::is_none")]
    pub talk: Option<String>,
    #[serde(rename = "月")]
    pub months: u32,
}

impl FollowUp {
    /// As the pack says on a day; `set` holds the parameters set for the run.
    pub fn of(pack: &Pack, as_of: NaiveDate, set: &[(String, String)]) -> FollowUp {
        let months = |name: &str| Some(pack.setting(name, as_of, set)?.parse::<f64>().ok()? as u32);
        let periods = pack.influences.iter().filter_map(|influence| {
            Some(Period {
                name: influence.name.clone(),
                action: influence.action.clone(),
                talk: influence.talk.clone(),
                months: months(&influence.months)?,
            })
        });
        FollowUp {
            tasks: pack.tasks.clone(),
            periods: periods.collect(),
            confidential: pack.rules.iter().filter(|rule| rule.confidential).map(|rule| rule.id.clone()).collect(),
            private: Vec::new(),
            grades: pack.grades.clone(),
        }
    }
}

impl Vocabulary {
    pub fn of(pack: &Pack) -> Vocabulary {
        let actions = pack.actions.iter().map(|action| &action.name);
        let options = pack.actions.iter().flat_map(|action| &action.options);
        let further = pack.further.iter().map(|measure| &measure.name);
        let methods = once(actions.chain(options).chain(further).cloned());
        let authority = pack.default_authority().to_owned();
        Vocabulary { answers: pack.answers.clone(), methods, authority, followup: None }
    }
}

#[derive(Debug, Clone)]
pub struct RegisteredList<R = Vec<RegisteredRow<'static>>> {
    pub name: String,
    /// The text of the title row as printed: it tells an empty list's year and run.
    pub title: String,
    /// Headers of the printed columns, in order; of one that is read back those alone that are compared.
    pub columns: Vec<String>,
    /// Columns that people fill in, beside those that all lists for a committee have.
    pub extra: Vec<AnswerColumn>,
    /// The register of talks, and no list for a committee.
    pub is_register: bool,
    pub rows: R,
}

#[derive(Debug, Clone)]
pub struct RegisteredRow<'a> {
    pub subject_kind: Cow<'a, str>,
    pub subject_id: Cow<'a, str>,
    pub of: RowOf<'a>,
    /// The answer that the row is published with, by column.
    pub filled: Pairs,
    /// Texts exactly as printed, one per column of the list (answer cells may be left empty).
    pub cells: Vec<Cow<'a, str>>,
}

impl<R> RegisteredList<R> {
    /// All columns that people fill in, and whether they are days.
    pub(super) fn answers(&self) -> impl Iterator<Item = (&str, bool)> {
        let common: &[(&str, bool)] = if self.is_register { &[] } else { &printed::ANSWERS };
        common.iter().copied().chain(self.extra.iter().map(|column| (column.name.as_str(), column.is_date)))
    }
}

impl RegisteredRow<'_> {
    pub(super) fn line(&self) -> Option<&RegisteredLine<'_>> {
        match &self.of {
            RowOf::Line(line) => Some(line),
            RowOf::Entry { .. } => None,
        }
    }

    /// File and lines of an entry of the register of talks.
    pub(super) fn entry(&self) -> Option<(&str, &[String])> {
        match &self.of {
            RowOf::Line(_) => None,
            RowOf::Entry { file, lines } => Some((file, lines)),
        }
    }
}

/// What a row tells about.
#[derive(Debug, Clone)]
pub enum RowOf<'a> {
    Line(RegisteredLine<'a>),
    /// In the register of talks: the file (档案), and 处理编号 of the lines behind it.
    Entry {
        file: Cow<'a, str>,
        lines: Cow<'a, [String]>,
    },
}

#[derive(Debug, Clone)]
pub struct RegisteredLine<'a> {
    pub id: Cow<'a, str>,
    /// 核对码.
    pub check: Cow<'a, str>,
    pub action: Cow<'a, str>,
    pub subject_name: Cow<'a, str>,
    pub options: Cow<'a, [String]>,
    pub rules: Vec<Cow<'a, str>>,
    pub grounds: Vec<PastGround>,
    /// 半年已决定: the line (id, 核对码) whose decision counts as this one's own.
    pub adopted: Option<(String, String)>,
}

/// A talk that a run used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegisteredTalk {
    pub subject_kind: String,
    pub subject_id: String,
    pub subject_name: String,
    pub day: NaiveDate,
    pub kind: String,
    pub year: Option<String>,
    pub line: Option<String>,
}
