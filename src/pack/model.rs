//! A checked pack; what its sections hold is declared in [`assemble`](super::assemble). Indices point into the lists of [`Pack`]; they are valid by construction.

use std::collections::{BTreeMap, BTreeSet};

pub use super::assemble::columns::{ColumnKind, Drawn, InputColumn};
pub use super::assemble::followup::*;
pub use super::assemble::handoff::*;
pub use super::assemble::policy::*;
pub use super::assemble::tables::*;
pub use super::expression::Expression;
use super::fault::PackFault;
use super::template::Template;
use super::term::Literal;
use crate::word::worded;

/// One city's policy: what is read, what follows from it, and what the lists are called.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    pub name: String,
    pub version: String,
    /// The Measures' full title.
    pub title: String,
    /// SHA-256 over file names and contents, in lower-case hex.
    pub hash: String,
    /// The city as it stands in titles (`昆明市`).
    pub city: String,
    /// The Measures' short name for 依据 (`《办法》`).
    pub measures: String,
    /// A provision's first figure → its part of the Measures.
    pub parts: BTreeMap<String, String>,
    pub subjects: Vec<SubjectKind>,
    pub membership: Membership,
    pub tables: Vec<Table>,
    /// Header → column name, valid in every table.
    pub aliases: BTreeMap<String, String>,
    /// Words that may stand over the headers of any table without changing what they mean.
    pub groups: Vec<String>,
    pub parameters: Vec<Parameter>,
    pub forks: Vec<Fork>,
    pub facts: Vec<Fact>,
    pub rules: Vec<Rule>,
    pub actions: Vec<Action>,
    pub lists: Vec<List>,
    pub register: Option<RegisterBook>,
    pub quotas: Vec<Quota>,
    pub hints: Vec<Hint>,
    /// What a proposal may be changed to beside actions and options.
    pub further: Vec<Measure>,
    pub talks: Option<Talks>,
    /// Facts that are somebody's grade of a year.
    pub grades: Vec<String>,
    pub influences: Vec<Influence>,
    pub tasks: Vec<Task>,
    pub forms: Vec<Form>,
    pub pages: Vec<Page>,
    pub notices: Notices,
    pub pendings: Pendings,
    pub answers: Answers,
    pub overview: Overview,
    pub deliberate: Deliberate,
    /// The empty workbooks that are handed out.
    pub template: Template,
    /// Per fact those that its expressions name; and all facts in layers of which each only needs earlier ones.
    pub needs: Vec<Vec<usize>>,
    pub layers: Vec<Vec<usize>>,
    /// The files as read: name and text, for messages and `pack export`.
    pub files: Vec<(String, String)>,
}

impl Pack {
    /// Rules about an entity that do more than mark cases.
    pub fn covering(&self, of: Entity) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.of == of && rule.marks.is_none() && !rule.runs.is_empty())
    }

    /// The value that a parameter has on a day, if it was not set for the run.
    pub fn setting(&self, name: &str, day: chrono::NaiveDate, set: &[(String, String)]) -> Option<String> {
        let own = || self.parameters.iter().find(|one| one.name == name)?.on(day).map(Literal::said);
        set.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).or_else(own)
    }

    /// Facts, and all that they need.
    pub fn resting_on(&self, facts: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut waiting: Vec<usize> = facts.into_iter().collect();
        let mut found = BTreeSet::new();
        while let Some(fact) = waiting.pop() {
            if found.insert(fact) {
                waiting.extend(&self.needs[fact]);
            }
        }
        found
    }

    /// Facts that are, or through others rest on, any of `roots`; each after those that it needs.
    pub fn resting(&self, roots: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut rests = vec![false; self.facts.len()];
        let mut ordered = Vec::new();
        for fact in self.layers.iter().flatten().copied() {
            if roots(fact) || self.needs[fact].iter().any(|need| rests[*need]) {
                rests[fact] = true;
                ordered.push(fact);
            }
        }
        ordered
    }

    /// Who decides about members of whom the register does not say it, and about units; empty where the pack knows none.
    pub fn default_authority(&self) -> &str {
        let member = &self.subjects[self.membership.member];
        let column = member.authority.map(|column| &self.tables[member.register].columns[column]);
        column.and_then(|column| column.default.as_deref()).unwrap_or("")
    }

    /// Whether an action is planned by share, and no list's to decide about.
    pub fn is_planned(&self, action: usize) -> bool {
        self.quotas.iter().any(|quota| quota.action == action)
    }
}

/// What facts and rules speak about: a subject of a register, a row of a table, or the whole city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    Subject(usize),
    Row(usize),
    City,
}

/// Where an aggregated fact's rows come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Table(usize),
    /// Lines that earlier runs registered, with what was decided.
    Archive,
    /// The grounds of those lines.
    ArchiveGrounds,
    /// The runs in the archive.
    ArchiveRuns,
    /// What earlier stages of this run proposed, with what is decided about it.
    Proposed,
    /// What earlier stages left pending, one row per action and recipient it would have proposed.
    Pending,
}

/// Where something stands in the pack's files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passage {
    pub file: String,
    pub span: std::ops::Range<usize>,
}

impl Passage {
    /// What is wrong there, and what to do.
    pub fn fault(&self, message: impl Into<String>, remedy: impl Into<String>) -> PackFault {
        PackFault { place: self.clone(), message: message.into(), remedy: remedy.into(), error: true }
    }

    /// What is worth a look there.
    pub fn notice(&self, message: impl Into<String>, remedy: impl Into<String>) -> PackFault {
        PackFault { error: false, ..self.fault(message, remedy) }
    }

    /// `examples.toml:12`
    pub fn line(&self, pack: &Pack) -> String {
        let text = pack.files.iter().find(|(name, _)| *name == self.file).map_or("", |(_, text)| text.as_str());
        let line = text.get(..self.span.start).map_or(0, |before| before.matches('\n').count()) + 1;
        format!("{}:{line}", self.file)
    }
}

worded! {
    /// Half-year or annual; the word is that on the command line and in folder names.
    pub enum Run {
        HalfYear = "half-year",
        Annual = "annual",
    }
}

impl Run {
    /// The run of that word on the command line.
    pub fn of_word(word: &str) -> Option<Run> {
        Run::ALL.into_iter().find(|run| run.word() == word)
    }
    /// The run of that letter in line ids.
    pub fn of_code(code: &str) -> Option<Run> {
        Run::ALL.into_iter().find(|run| run.code() == code)
    }
    /// The letter in line ids.
    pub fn code(self) -> &'static str {
        match self {
            Run::HalfYear => "H",
            Run::Annual => "A",
        }
    }
    /// With the year, as people say it: 2015年半年, 2015年度.
    pub fn period(self, year: i32) -> String {
        let run = self.title();
        format!("{year}年{}", run.strip_prefix('年').unwrap_or(run))
    }
    /// As titles name it.
    pub fn title(self) -> &'static str {
        match self {
            Run::HalfYear => "半年",
            Run::Annual => "年度",
        }
    }
    /// The last day of the period, as (month, day).
    pub fn as_of(self) -> (u32, u32) {
        match self {
            Run::HalfYear => (6, 30),
            Run::Annual => (12, 31),
        }
    }
}
