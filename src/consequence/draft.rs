//! What a run has proposed so far: one line per action and recipient, with all its grounds.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use foldhash::HashMap;
use rayon::prelude::*;

use super::ground::{Behind, Grounds, check_code, dedup, json};
use super::reach::{Reached, reach};
use super::{Ground, Lack, Line, Pending, Subject};
use crate::fact::history::PastLine;
use crate::fact::{Decision, Error, Evidence, History, Origin, World, system};
use crate::once::Once;
use crate::pack::{Pack, Recipient, Run};
use crate::rule::{Reasons, Trace, Verdict};
use crate::table::{line, text};

impl Line {
    /// A line of a year's run, on one ground.
    pub fn new(world: &World<'_>, (year, run): (i32, Run), action: usize, subject: Subject, ground: Ground) -> Line {
        let id = line_id(world, year, run, action, subject);
        Line { id, action, subject, grounds: vec![ground], ..Line::default() }
    }

    /// Takes in what else is proposed as the same line.
    fn join(&mut self, other: Line) {
        self.options.extend(other.options);
        for ground in other.grounds {
            match self.grounds.iter_mut().find(|one| one.rule == ground.rule && one.about == ground.about) {
                // The same ground by two proposals of one rule (a principal who is also named).
                Some(known) => known.join(ground),
                None => self.grounds.push(ground),
            }
        }
    }
}

impl Ground {
    fn join(&mut self, other: Ground) {
        self.sources.extend(other.sources);
        dedup(&mut self.sources);
        other.units.into_iter().for_each(|unit| self.units.once(unit));
        other.proposals.into_iter().for_each(|proposal| self.proposals.once(proposal));
        other.rows.into_iter().for_each(|row| self.rows.once(row));
    }
}

/// An action that a pending rule would propose, and what the rule waits for.
pub struct Expected {
    action: usize,
    rule: usize,
    subject: Subject,
    pub lacks: Arc<[Lack]>,
    pub sources: Arc<[Origin]>,
}

/// What one entity's verdict brings.
#[derive(Default)]
struct Brought {
    lines: Vec<Line>,
    expected: Vec<Expected>,
    pending: Vec<Pending>,
}

/// Lines and pending cases of the stages so far.
pub struct Draft<'a> {
    pub history: &'a History,
    pub run: Run,
    pub year: i32,
    /// In the order in which they were first proposed.
    pub lines: Vec<Line>,
    /// Where the line of an action and a recipient stands among them.
    place: HashMap<(usize, Subject), usize>,
    /// By rule id's place, subject kind and id.
    pub pending: BTreeMap<(usize, usize, u64, String), Pending>,
    pub expected: Vec<Expected>,
}

impl<'a> Draft<'a> {
    pub fn new(history: &'a History, run: Run, year: i32) -> Self {
        let (place, pending) = (HashMap::default(), BTreeMap::new());
        Draft { history, run, year, lines: Vec::new(), place, pending, expected: Vec::new() }
    }

    /// Takes in what the rules of a stage say. Lines of the same stage do not see each other.
    pub fn take<'w>(
        &mut self,
        world: &World<'w>,
        trace: &mut Trace<'w>,
        verdicts: &[Arc<Verdict>],
    ) -> Result<(), Error> {
        let mut reasons = Reasons::new(world);
        let mut all: Vec<(Grounds<'_>, &Verdict)> = Vec::new();
        for verdict in verdicts.iter().filter(|verdict| !verdict.holds.is_empty() || !verdict.unknown.is_empty()) {
            all.push((Grounds::new(world, &mut trace.lookup, verdict.rule)?, verdict));
            if !verdict.unknown.is_empty() || world.pack.rules[verdict.rule].marks.is_some() {
                reasons.look_into(verdict.rule)?;
            }
        }
        let behind = &Behind { world, trace, reasons: &reasons, draft: self };
        let brought = all.par_iter().flat_map(|(grounds, verdict)| {
            let holds = verdict.holds.par_iter().map(|at| behind.hold(grounds, verdict.rule, *at));
            let open = verdict.unknown.par_iter();
            holds.chain(open.map(|(at, missing)| behind.leave_open(grounds, verdict, *at, missing)))
        });
        let brought = brought.collect::<Result<Vec<Brought>, Error>>()?;
        self.reserve(brought.iter().map(|one| one.lines.len()).sum());
        for one in brought {
            one.lines.into_iter().for_each(|line| self.add(line));
            self.expected.extend(one.expected);
            one.pending.into_iter().for_each(|case| self.add_pending(case));
        }
        self.lines.par_iter_mut().for_each(|line| {
            if line.options.len() > 1 {
                let order = &world.pack.actions[line.action].options;
                line.options = order.iter().filter(|option| line.options.contains(option)).cloned().collect();
            }
            line.grounds.sort_by(|a, b| (a.rule, &a.about).cmp(&(b.rule, &b.about)));
        });
        Ok(())
    }

    /// What a line proposed earlier in this run stands on.
    pub fn evidence_of_line(&self, world: &World<'_>, id: &str) -> Vec<Evidence> {
        self.line_by_id(world.pack, world, id)
            .map(|line| line.grounds.iter().flat_map(|ground| ground.evidence.iter().cloned()).collect())
            .unwrap_or_default()
    }

    fn line_by_id(&self, pack: &Pack, world: &World<'_>, id: &str) -> Option<&Line> {
        let key = text::key(id);
        let line = line::parse(pack, &key).filter(|line| (line.year, line.run) == (self.year, self.run))?;
        let index = world.data.registers[line.subject].find(line.id)?;
        self.lines.get(*self.place.get(&(line.action, Subject { kind: line.subject, index }))?)
    }

    /// Whether a line of this run or of an earlier one is told to nobody but the committee. One that nobody knows may be.
    pub fn is_confidential(&self, world: &World<'_>, id: &str) -> bool {
        if let Some(line) = self.line_by_id(world.pack, world, id) {
            return line.grounds.iter().any(|ground| ground.confidential);
        }
        self.history
            .lines
            .get(id)
            .is_none_or(|line| line.grounds.iter().any(|ground| confidential_rule(world.pack, &ground.rule)))
    }

    /// Makes room for so many lines.
    pub fn reserve(&mut self, lines: usize) {
        self.lines.reserve(lines);
        self.place.reserve(lines);
    }

    /// Adds a line, or joins it with the one of the same action and recipient.
    pub fn add(&mut self, line: Line) {
        match self.place.entry((line.action, line.subject)) {
            Entry::Vacant(free) => {
                free.insert(self.lines.len());
                self.lines.push(line);
            }
            Entry::Occupied(known) => self.lines[*known.get()].join(line),
        }
    }

    /// Adds a pending case, or joins it with the one of the same rule and subject.
    pub fn add_pending(&mut self, case: Pending) {
        let place = case.subject.map_or(u64::MAX, |subject| u64::from(subject.index));
        let rule = case.rule_index.unwrap_or(usize::MAX);
        let key = (rule, case.kind, place, format!("{}\u{0}{}", case.rule, case.id));
        match self.pending.get_mut(&key) {
            None => {
                self.pending.insert(key, case);
            }
            Some(known) => {
                if known.label.is_empty() {
                    known.label = case.label;
                }
                for missing in case.missing {
                    known.missing.once(missing);
                }
                known.lacks.extend(case.lacks);
                known.sources.extend(case.sources);
                dedup(&mut known.sources);
            }
        }
    }

    /// Lets the next stage see what is proposed and pending so far.
    pub fn publish(&self, world: &mut World<'_>) -> Result<(), Error> {
        let pack = world.pack;
        let of = |subject: Subject| (subject.kind, subject.index);
        let mut ordered: Vec<&Line> = self.lines.iter().collect();
        ordered.par_sort_unstable_by_key(|line| (line.action, line.subject));
        let rows = ordered.par_iter().map(|line| {
            (line.id.as_str(), pack.actions[line.action].name.as_str(), of(line.subject), self.decision(world, line))
        });
        let rows: Vec<_> = rows.collect();
        let lines = rows.iter().map(|(id, action, subject, decision)| (*id, *action, *subject, decision.as_ref()));
        let expected = self
            .expected
            .iter()
            .map(|one| (pack.actions[one.action].name.as_str(), pack.rules[one.rule].id.as_str(), of(one.subject)));
        let failed = |source| Error::Polars { what: "前一阶段的结果".into(), source };
        let proposed = system::proposed(pack, lines).map_err(failed)?;
        let pending = system::pending(pack, expected).map_err(failed)?;
        world.advance(proposed, pending)
    }

    /// The decision that counts for a line today: its own on today's 核对码, else its half-year twin's.
    pub fn decision(&self, world: &World<'_>, line: &Line) -> Option<Decision> {
        let own = self.history.current.get(&line.id).filter(|answers| !answers.is_empty()).and_then(|answers| {
            let check = check_code(world, line);
            answers.iter().find(|answer| answer.check == check)
        });
        own.map(|answer| answer.decision.clone()).or_else(|| {
            let (twin, fresh) = self.twin(world, line)?;
            if fresh.is_empty() { twin.decision.clone() } else { None }
        })
    }

    /// The decided half-year line of the same action and recipient, and the grounds that it did not have.
    pub fn twin<'b>(&'b self, world: &World<'_>, line: &'b Line) -> Option<(&'b PastLine, Vec<&'b Ground>)> {
        if self.run != Run::Annual || self.history.lines.is_empty() {
            return None;
        }
        let pack = world.pack;
        let id = line_id(world, self.year, Run::HalfYear, line.action, line.subject);
        let past = self.history.lines.get(&id)?;
        let decided = past.decision.as_ref().is_some_and(|decision| pack.answers.decides(decision.opinion()));
        if !decided {
            return None;
        }
        let fresh = line.grounds.iter().filter(|ground| {
            let facts: BTreeMap<String, serde_json::Value> =
                ground.facts.iter().map(|(name, value)| (name.clone(), json(value))).collect();
            !past.grounds.iter().any(|known| {
                known.rule == pack.rules[ground.rule].id && known.about == ground.about && known.facts == facts
            })
        });
        Some((past, fresh.collect()))
    }
}

impl Behind<'_, '_> {
    /// A verdict that holds: lines for whom the rule reaches.
    fn hold(&self, grounds: &Grounds<'_>, rule: usize, at: u32) -> Result<Brought, Error> {
        let (world, definition) = (self.world, &self.world.pack.rules[rule]);
        let mut brought = Brought::default();
        let mut pend = |missing: &[String], more: Vec<Origin>| {
            let (lacks, mut cells) = self.lacks(rule, missing, at);
            cells.extend(more);
            let sources = grounds.sources(at, self, cells);
            brought.pending.extend(cases(world, rule, &grounds.holders.of(at), missing, &lacks, &sources));
        };
        if let Some(missing) = &definition.marks {
            pend(missing, Vec::new());
            return Ok(brought);
        }
        let mut reached: Vec<(usize, Reached)> = Vec::new();
        let made = |(place, _): &(usize, &crate::pack::Proposal)| grounds.proposes(*place, at, self);
        for (place, proposal) in definition.proposals.iter().enumerate().filter(made) {
            let found = reach(world, definition, proposal, &grounds.holders, at)?;
            reached.extend(found.reached.into_iter().map(|one| (place, one)));
            for (what, sources) in found.missing {
                pend(&[what], sources);
            }
        }
        // Everybody has the ground; most are reached alone.
        let ground = grounds.of(at, self);
        let copies = std::iter::repeat_n(ground, reached.len());
        brought.lines.reserve_exact(reached.len());
        for ((place, one), mut ground) in reached.into_iter().zip(copies) {
            let Reached { subject, sources, units, rows } = one;
            ground.sources.extend(sources);
            dedup(&mut ground.sources);
            (ground.units, ground.rows, ground.proposals) = (units, rows, vec![place]);
            let proposal = &definition.proposals[place];
            let run = (self.draft.year, self.draft.run);
            let mut line = Line::new(world, run, proposal.action, subject, ground);
            line.options.clone_from(&proposal.options);
            brought.lines.push(line);
        }
        Ok(brought)
    }

    /// A verdict that is unknown: a pending case, with whom the rule would reach.
    fn leave_open(
        &self,
        grounds: &Grounds<'_>,
        verdict: &Verdict,
        at: u32,
        missing: &[String],
    ) -> Result<Brought, Error> {
        let (world, definition) = (self.world, &self.world.pack.rules[verdict.rule]);
        let mut brought = Brought::default();
        let mut missing = missing.to_vec();
        let (lacks, mut sources) = self.lacks(verdict.rule, &missing, at);
        sources.extend(verdict.ambiguous_cells(world.pack, world.data, at).into_iter().map(Origin::Cell));
        let mut roles = Vec::new();
        let mut reached = Vec::new();
        for proposal in &definition.proposals {
            let found = reach(world, definition, proposal, &grounds.holders, at)?;
            reached.extend(found.reached.into_iter().map(|one| (proposal.action, one.subject)));
            if matches!(proposal.to, Recipient::Role { .. }) {
                roles.extend(found.missing);
            }
        }
        // What the rule would be pending for next is told at once.
        roles.dedup_by(|a, b| a.0 == b.0);
        for (role, cells) in roles {
            missing.push(role);
            sources.extend(cells);
        }
        let sources = grounds.sources(at, self, sources);
        let (of, waits): (Arc<[Lack]>, Arc<[Origin]>) = (lacks.as_slice().into(), sources.as_slice().into());
        let expected = |(action, subject)| {
            let (lacks, sources) = (Arc::clone(&of), Arc::clone(&waits));
            Expected { action, rule: verdict.rule, subject, lacks, sources }
        };
        brought.expected.extend(reached.into_iter().map(expected));
        brought.pending = cases(world, verdict.rule, &grounds.holders.of(at), &missing, &lacks, &sources);
        Ok(brought)
    }
}

/// 处理编号: `<year>-<H|A>-<action>-<T|C>-<id>`.
fn line_id(world: &World<'_>, year: i32, run: Run, action: usize, subject: Subject) -> String {
    let definition = &world.pack.subjects[subject.kind];
    let id = &world.data.registers[subject.kind].ids[subject.index as usize];
    format!("{year}-{}-{}-{}-{id}", run.code(), world.pack.actions[action].name, definition.code)
}

/// Rules of the pack that are told to nobody but the committee; one that the pack does not know is.
fn confidential_rule(pack: &Pack, id: &str) -> bool {
    pack.rules.iter().find(|rule| rule.id == id).is_none_or(|rule| rule.confidential)
}

/// One pending case for everybody whom the entity is about.
fn cases(
    world: &World<'_>,
    rule: usize,
    holders: &[Subject],
    missing: &[String],
    lacks: &[Lack],
    sources: &[Origin],
) -> Vec<Pending> {
    let id = &world.pack.rules[rule].id;
    // Rules that share an id are one case: the first of them gives the order.
    let first = world.pack.rules.iter().position(|one| one.id == *id).unwrap_or(rule);
    let case = |subject: &Subject| {
        let case = Pending::of(world.data, *subject, id.clone(), missing.to_vec());
        Pending { rule_index: Some(first), lacks: lacks.to_vec(), sources: sources.to_vec(), ..case }
    };
    holders.iter().map(case).collect()
}
