//! What a run registers before it is published: every list as it will be printed, line by line.
//!
//! A registration carries everything that `record` needs later, the committee's words included:
//! an answer may come back in a year when another pack is built in.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::fact::Decision;
use crate::fact::history::PastGround;
use crate::pack::{Answers, Pack, Run, Task};

/// One run's proposals; `L` holds the lines of each list.
#[derive(Debug, Clone)]
pub struct Registration<L = Vec<RegisteredLine<'static>>> {
    pub year: i32,
    pub run: Run,
    pub as_of: NaiveDate,
    pub pack_name: String,
    pub pack_version: String,
    pub pack_hash: String,
    pub vocabulary: Vocabulary,
    /// Every list of the run in the pack's order, those without rows too.
    pub lists: Vec<RegisteredList<L>>,
    /// The register of talks, if the pack has one.
    pub book: Option<RegisteredBook>,
    /// The talks that the run used.
    pub talks: Vec<RegisteredTalk>,
}

/// The words in which a committee answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    #[serde(rename = "同意")]
    pub agree: String,
    #[serde(rename = "不同意")]
    pub refuse: String,
    #[serde(rename = "缓议")]
    pub defer: String,
    #[serde(rename = "变更")]
    pub change: String,
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
    #[serde(rename = "谈话")]
    pub talk: String,
    #[serde(rename = "月")]
    pub months: u32,
}

impl FollowUp {
    /// As the pack says on a day; `set` holds the parameters set for the run.
    pub fn of(pack: &Pack, as_of: NaiveDate, set: &[(String, String)]) -> FollowUp {
        let months = |name: &str| -> Option<u32> {
            if let Some((_, value)) = set.iter().find(|(known, _)| known == name) {
                return value.parse::<f64>().ok().map(|months| months as u32);
            }
            let parameter = pack.parameters.iter().find(|parameter| parameter.name == name)?;
            match &parameter.values.iter().rfind(|dated| dated.from <= as_of)?.value {
                crate::pack::Value::Number(months) => Some(*months as u32),
                crate::pack::Value::Text(_) => None,
            }
        };
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
        let Answers { agree, refuse, defer, change } = pack.answers.clone();
        let mut methods: Vec<String> = Vec::new();
        let actions = pack.actions.iter().map(|action| &action.name);
        let options = pack.actions.iter().flat_map(|action| &action.options);
        for method in actions.chain(options).chain(pack.further.iter().map(|measure| &measure.name)) {
            if !methods.contains(method) {
                methods.push(method.clone());
            }
        }
        let authority = pack.default_authority().to_owned();
        Vocabulary { agree, refuse, defer, change, methods, authority, followup: None }
    }

    /// Whether a line that proposes `proposed` was agreed to be done by `action`.
    pub fn agreed_to(&self, decision: &Decision, proposed: &str, action: &str) -> bool {
        decision.is_to(&self.agree, &self.change, proposed, action)
    }

    /// 同意, 不同意 or 变更: 缓议 leaves a proposal undecided.
    pub fn decides(&self, opinion: &str) -> bool {
        !opinion.is_empty() && opinion != self.defer
    }

    /// Something is to be carried out: 同意 or 变更.
    pub fn binds(&self, opinion: &str) -> bool {
        opinion == self.agree || opinion == self.change
    }
}

/// A column of the list's own that people fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraColumn {
    #[serde(rename = "列")]
    pub name: String,
    #[serde(rename = "日期")]
    pub is_date: bool,
}

impl From<&crate::pack::AnswerColumn> for ExtraColumn {
    fn from(column: &crate::pack::AnswerColumn) -> ExtraColumn {
        ExtraColumn { name: column.name.clone(), is_date: column.is_date }
    }
}

#[derive(Debug, Clone)]
pub struct RegisteredList<L = Vec<RegisteredLine<'static>>> {
    pub name: String,
    /// The text of the title row as printed: it tells an empty list's year and run.
    pub title: String,
    /// Headers of the printed columns, in order; all of them, compared or not.
    pub columns: Vec<String>,
    /// Answer columns beside the common ones.
    pub extra: Vec<ExtraColumn>,
    pub lines: L,
}

/// The lines of a list in its order. A list may be long: each is made when it is written.
pub trait Lines {
    fn count(&self) -> usize;
    fn line(&self, at: usize) -> Cow<'_, RegisteredLine<'_>>;
}

impl Lines for Vec<RegisteredLine<'_>> {
    fn count(&self) -> usize {
        self.len()
    }

    fn line(&self, at: usize) -> Cow<'_, RegisteredLine<'_>> {
        Cow::Borrowed(&self[at])
    }
}

#[derive(Debug, Clone)]
pub struct RegisteredLine<'a> {
    pub id: Cow<'a, str>,
    /// 核对码.
    pub check: Cow<'a, str>,
    pub action: Cow<'a, str>,
    pub subject_kind: Cow<'a, str>,
    pub subject_id: Cow<'a, str>,
    pub subject_name: Cow<'a, str>,
    pub options: Cow<'a, [String]>,
    pub rules: Vec<Cow<'a, str>>,
    pub grounds: Vec<PastGround>,
    /// 半年已决定: the line (id, 核对码) whose decision counts as this one's own.
    pub adopted: Option<(String, String)>,
    /// The answer that the list is published with.
    pub filled: Option<Decision>,
    /// Texts exactly as printed, one per column of the list (answer cells may be left empty).
    pub cells: Vec<Cow<'a, str>>,
}

/// The register of talks as printed.
#[derive(Debug, Clone)]
pub struct RegisteredBook {
    pub name: String,
    pub title: String,
    pub columns: Vec<String>,
    /// The columns that people fill in.
    pub answers: Vec<ExtraColumn>,
    pub entries: Vec<RegisteredEntry>,
}

#[derive(Debug, Clone)]
pub struct RegisteredEntry {
    /// The file (档案) it belongs in.
    pub file: String,
    pub subject_kind: String,
    pub subject_id: String,
    /// 处理编号 of the lines behind it.
    pub lines: Vec<String>,
    /// (column, text) that the register is published with.
    pub filled: Vec<(String, String)>,
    pub cells: Vec<String>,
}

/// A talk that a run used.
#[derive(Debug, Clone)]
pub struct RegisteredTalk {
    pub subject_kind: String,
    pub subject_id: String,
    pub subject_name: String,
    pub day: NaiveDate,
    pub kind: String,
    pub year: Option<String>,
    pub line: Option<String>,
}

/// An answer as it stands in the archive's JSON cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredDecision {
    #[serde(rename = "委员会意见")]
    opinion: String,
    #[serde(rename = "决定方式")]
    method: String,
    #[serde(rename = "决定日期")]
    date: String,
    #[serde(rename = "备注")]
    remark: String,
    #[serde(rename = "其他")]
    extra: Pairs,
}

/// (column, text) pairs as a JSON object, in the order of the columns' names.
pub(super) type Pairs = std::collections::BTreeMap<String, String>;

pub(super) fn pairs(given: &[(String, String)]) -> Pairs {
    given.iter().filter(|(_, text)| !text.is_empty()).cloned().collect()
}

impl From<&Decision> for StoredDecision {
    fn from(decision: &Decision) -> StoredDecision {
        StoredDecision {
            opinion: decision.opinion.clone(),
            method: decision.method.clone(),
            date: decision.date.clone(),
            remark: decision.remark.clone(),
            extra: pairs(&decision.extra),
        }
    }
}

impl From<StoredDecision> for Decision {
    fn from(stored: StoredDecision) -> Decision {
        Decision {
            opinion: stored.opinion,
            method: stored.method,
            date: stored.date,
            remark: stored.remark,
            extra: stored.extra.into_iter().collect(),
        }
    }
}
