//! What a run registers before it is published: every list as it will be printed, line by line.
//!
//! A registration carries everything that `record` needs later, the committee's words included:
//! an answer may come back in a year when another pack is built in.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::fact::Decision;
use crate::fact::history::PastGround;
use crate::pack::{Answers, Pack, Run};

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
        Vocabulary { agree, refuse, defer, change, methods, authority: pack.default_authority().to_owned() }
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
