//! Hits → consequences: whom a rule reaches, what is merged, what conflicts, who is to be talked to.
//!
//! The result is an [`Outcome`]: everything the handoff prints and the archive registers.

mod decide;
mod draft;
mod ground;
mod hint;
pub mod influence;
pub mod people;
mod quota;
mod reach;
mod register;
mod written;

use serde::Deserialize;

pub use decide::propose;
pub use ground::json;
pub use written::{Consequence, ConsequenceGround, DataWriter, OpenCase};

use crate::fact::history::Pairs;
use crate::pack::{Action, Pack};
use crate::table::Dataset;
use crate::word::worded;

pub use crate::fact::{Decision, Evidence, EvidenceOf, FactValue, Origin, Subject};

/// Why a rule reaches the recipient of a line.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// Index into the pack's rules.
    pub rule: usize,
    pub about: String,
    /// The name of what `about` identifies, for people (`盘龙区`).
    pub about_label: String,
    pub facts: Vec<(String, FactValue)>,
    pub evidence: Vec<Evidence>,
    /// Cells of `evidence`, then those that show how the rule reaches the recipient; no repeats.
    pub sources: Vec<Origin>,
    /// Units through which (or in which) the ground arose, for the units' letters.
    pub units: Vec<u32>,
    /// Rows behind it (table, row), for hints.
    pub rows: Vec<(usize, u32)>,
    /// Which of the rule's proposals reach the recipient, by their place in the rule; ascending.
    pub proposals: Vec<usize>,
    /// Rests on a rule that is told to nobody but the committee.
    pub confidential: bool,
}

/// A proposal: one action for one recipient in one run.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// `<year>-<H|A>-<action>-<T|C>-<id>` = 处理编号.
    pub id: String,
    /// Index into the pack's actions.
    pub action: usize,
    pub subject: Subject,
    pub options: Vec<String>,
    /// Indices into the pack's rules, ascending.
    pub rules: Vec<usize>,
    pub grounds: Vec<Ground>,
    pub flags: Vec<Flag>,
    /// 核对码.
    pub check: String,
    /// What counts as decided or answered on today's 核对码 (or by the half-year twin).
    pub decision: Option<Box<Decision>>,
    /// The half-year line (id, 核对码) that this one's decision is taken from, with [`Flag::DecidedAtHalfYear`].
    pub twin: Option<Box<(String, String)>>,
    /// 提示, one sentence each.
    pub hints: Vec<String>,
}

impl Line {
    /// What the committee says of it; empty where it has said nothing.
    pub fn opinion(&self) -> &str {
        self.decision.as_ref().map_or("", |decision| decision.opinion())
    }
}

worded! {
    #[derive(Deserialize)]
    pub enum Flag {
        Conflict = "并存不利情形",
        DecidedAtHalfYear = "半年已决定",
    }
}

/// A case that could not be decided.
#[derive(Debug, Clone, Default)]
pub struct Pending {
    /// A rule's id, or the name of a case that the engine finds.
    pub rule: String,
    /// Index into the pack's rules, where it is one.
    pub rule_index: Option<usize>,
    /// Subject kind, and the id and name as known.
    pub kind: usize,
    pub id: String,
    pub label: String,
    /// None for somebody who stands only in rejected register rows.
    pub subject: Option<Subject>,
    pub missing: Vec<String>,
    /// Where that is filled in, as far as the rows tell.
    pub lacks: Vec<Lack>,
    pub sources: Vec<Origin>,
}

impl Pending {
    /// A case about a subject that stands on its register.
    pub(crate) fn of(data: &Dataset, subject: Subject, rule: String, missing: Vec<String>) -> Pending {
        let register = &data.registers[subject.kind];
        Pending {
            rule,
            kind: subject.kind,
            id: register.ids[subject.index as usize].clone(),
            label: register.labels[subject.index as usize].clone(),
            subject: Some(subject),
            missing,
            ..Pending::default()
        }
    }
}

/// What leaves something missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    pub missing: String,
    pub wanted: Awaited,
}

/// What it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// A column of a table that is blank.
    Filled { table: usize, column: usize },
    /// A row of a table, with the column that would tell, if one would.
    Sent { table: usize, column: Option<usize> },
    /// The committee's decision on an earlier line.
    Decided,
    /// Another case of this run.
    Settled,
}

/// The plan of talks (2.6) in numbers.
#[derive(Debug, Clone, Default)]
pub struct QuotaPlan {
    /// Index into the pack's quotas.
    pub quota: usize,
    pub share: String,
    pub total: u64,
    pub reached: u64,
    /// ceil(share × total).
    pub target: u64,
    /// How many are picked this time.
    pub picked: usize,
}

/// Whose file an entry of the register of talks belongs in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    Known(Subject),
    /// On no register any more: as an earlier run knew them.
    Left {
        kind: usize,
        id: String,
        label: String,
        unit: String,
    },
}

impl Holder {
    /// Index into the pack's subjects, and the id.
    pub fn id<'h>(&'h self, data: &'h Dataset) -> (usize, &'h str) {
        match self {
            Holder::Known(subject) => (subject.kind, &data.registers[subject.kind].ids[subject.index as usize]),
            Holder::Left { kind, id, .. } => (*kind, id),
        }
    }
}

/// An entry of the register of talks.
#[derive(Debug, Clone)]
pub struct RegisterEntry {
    /// Index into the pack's register files.
    pub file: usize,
    pub holder: Holder,
    /// 处理编号 of the lines behind it.
    pub lines: Vec<String>,
    pub state: String,
    /// Talk date, who talked, what was said: as filled in, or known from the talks.
    pub answers: Pairs,
}

/// A talk that was held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TalkHeld {
    pub subject: Subject,
    pub day: chrono::NaiveDate,
    pub kind: String,
    /// The year that it answers for, and the line that it carries out, where they are noted.
    pub year: Option<String>,
    pub line: Option<String>,
    /// Read from the talks of the input; else entered in the register, and the archive has it already.
    pub was_read: bool,
}

/// All that a run proposes and leaves open.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Sorted by id in byte order; the quota's lines are among them.
    pub lines: Vec<Line>,
    /// Sorted by rule order, then register order.
    pub pending: Vec<Pending>,
    pub quotas: Vec<QuotaPlan>,
    pub register: Vec<RegisterEntry>,
    /// Talks that the run used; the archive takes those that were read.
    pub talks: Vec<TalkHeld>,
}

impl Outcome {
    /// So many lines there are of each action, in the pack's order.
    pub fn counts<'p>(&self, pack: &'p Pack) -> impl Iterator<Item = (&'p Action, u64)> + use<'p> {
        let mut counts = vec![0; pack.actions.len()];
        self.lines.iter().for_each(|line| counts[line.action] += 1);
        pack.actions.iter().zip(counts)
    }
}
