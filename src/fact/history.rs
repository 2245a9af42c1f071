//! What the archive tells a run, as plain data. The archive fills it; evaluation never opens the archive.

use std::collections::BTreeMap;

use crate::pack::{Answers, Run, printed};

/// An answer by column.
pub type Pairs = BTreeMap<String, String>;

/// The committee's answer to a line, as far as it counts today: by column, where something stands there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision(pub Pairs);

impl Decision {
    /// What stands in a column; empty where nothing does.
    pub fn says(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }

    /// One of the pack's answers.
    pub fn opinion(&self) -> &str {
        self.says(printed::OPINION)
    }

    pub fn method(&self) -> &str {
        self.says(printed::METHOD)
    }

    pub fn date(&self) -> &str {
        self.says(printed::DATE)
    }

    /// Opinion, way and day, as far as they are given.
    pub fn shortly(&self) -> String {
        [self.opinion(), self.method(), self.date()].join(" ").trim().to_owned()
    }

    /// Whether something was decided to be done by way of `action` on a line that proposes `proposed`: agreed where that
    /// is the same, or agreed or changed with it as the way.
    pub fn is_to(&self, words: &Answers, proposed: &str, action: &str) -> bool {
        self.opinion() == words.agree && proposed == action || words.binds(self.opinion()) && self.method() == action
    }
}

/// Earlier runs and answers.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Published runs, without the one being made.
    pub runs: Vec<(i32, Run)>,
    /// Lines of the latest publication of each of these runs, by id.
    pub lines: BTreeMap<String, PastLine>,
    /// Answers to lines of the run being made, by line id; each with the 核对码 it was given on.
    pub current: BTreeMap<String, Vec<Answered>>,
    /// Answers in the register of talks of all years, with the lines that a talk entered there carries out.
    pub entered: Vec<Entered>,
}

/// What stands filled in in a row of the register of talks, and the lines that the row named when it came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    pub year: i32,
    /// Whose file, and which.
    pub kind: String,
    pub subject: String,
    pub file: String,
    pub lines: Vec<CarriedOut>,
    /// By column.
    pub filled: Pairs,
}

impl Entered {
    /// Year, subject kind, 编号, 档案: what a row of the register goes by.
    pub fn key(&self) -> (i32, &str, &str, &str) {
        (self.year, &self.kind, &self.subject, &self.file)
    }

    /// Whether it is about any of these lines; where nobody knows which it named, it may be.
    pub fn is_about(&self, lines: &[String]) -> bool {
        self.lines.is_empty() || self.lines.iter().any(|line| lines.contains(&line.id))
    }
}

/// A line that a talk carries out, and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedOut {
    pub id: String,
    pub kind: String,
    pub subject: String,
}

/// An answer and the 核对码 of the line it was given on.
#[derive(Debug, Clone)]
pub struct Answered {
    pub check: String,
    pub decision: Decision,
}

/// A line of an earlier run.
#[derive(Debug, Clone)]
pub struct PastLine {
    pub id: String,
    pub year: i32,
    pub run: Run,
    pub action: String,
    pub kind: String,
    pub subject: String,
    /// Name and unit as printed then.
    pub name: String,
    pub unit: String,
    pub check: String,
    /// The answer that counts.
    pub decision: Option<Decision>,
    /// The half-year's line whose decision counts as its own (半年已决定).
    pub adopted: Option<String>,
    pub grounds: Vec<PastGround>,
}

impl PastLine {
    /// Grades of its subject that its grounds hold: fact, one of `names`, and value.
    pub fn grades<'l>(&'l self, names: &'l [String]) -> impl Iterator<Item = (&'l str, &'l str)> {
        let own = self.grounds.iter().filter(|ground| ground.about == self.subject).flat_map(|ground| &ground.facts);
        own.filter(|(name, _)| names.contains(name)).filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }
}

/// A ground of such a line.
#[derive(Debug, Clone, PartialEq)]
pub struct PastGround {
    pub rule: String,
    pub about: String,
    /// Facts as JSON values, by name.
    pub facts: BTreeMap<String, serde_json::Value>,
}
