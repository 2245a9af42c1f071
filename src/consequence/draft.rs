//! What a run has proposed so far: one line per action and recipient, with all its grounds.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::members::Members;
use super::reach::{Reach, Reached, holders, reach};
use super::{Ground, Pending, Subject};
use crate::fact::{Decision, Error, Evidence, FactValue, History, Origin, World, system};
use crate::pack::{Entity, Pack, Recipient, Run};
use crate::rule::Verdict;

/// A ground with the rows behind it, for hints.
#[derive(Debug, Clone)]
pub struct DraftGround {
    pub ground: Ground,
    pub rows: Vec<(usize, u32)>,
}

/// A line in the making.
#[derive(Debug, Clone, Default)]
pub struct DraftLine {
    pub options: Vec<String>,
    pub grounds: Vec<DraftGround>,
}

/// An action that a pending rule would propose.
struct Expected {
    action: usize,
    rule: usize,
    subject: Subject,
}

/// Lines and pending cases of the stages so far.
pub struct Draft<'a> {
    pub members: &'a Members,
    pub history: &'a History,
    pub run: Run,
    pub year: i32,
    pub lines: BTreeMap<(usize, Subject), DraftLine>,
    /// By rule id's place, subject kind and id.
    pub pending: BTreeMap<(usize, usize, u64, String), Pending>,
    expected: Vec<Expected>,
}

impl<'a> Draft<'a> {
    pub fn new(members: &'a Members, history: &'a History, run: Run, year: i32) -> Self {
        Draft { members, history, run, year, lines: BTreeMap::new(), pending: BTreeMap::new(), expected: Vec::new() }
    }

    /// Takes in what the rules of a stage say. Lines of the same stage do not see each other.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn take(&mut self, world: &World<'_>, verdicts: &[Verdict]) -> Result<(), Error> {
        let mut fresh: Vec<(usize, Subject, Vec<String>, DraftGround)> = Vec::new();
        for verdict in verdicts {
            for at in &verdict.holds {
                self.hold(world, verdict.rule, *at, &mut fresh)?;
            }
            for (at, missing) in &verdict.unknown {
                let mut missing = missing.clone();
                let mut sources = ambiguous_cells(world, verdict, *at);
                // What the rule would be pending for next is told at once.
                for (role, cells) in self.expect(world, verdict.rule, *at)? {
                    missing.push(role);
                    sources.extend(cells);
                }
                self.pend(world, verdict.rule, *at, &missing, sources)?;
            }
        }
        for (action, subject, options, ground) in fresh {
            let line = self.lines.entry((action, subject)).or_default();
            line.options.extend(options);
            let known = line
                .grounds
                .iter_mut()
                .find(|one| one.ground.rule == ground.ground.rule && one.ground.about == ground.ground.about);
            match known {
                // The same ground by two proposals of one rule (a principal who is also named).
                Some(known) => join(known, ground),
                None => line.grounds.push(ground),
            }
        }
        for ((action, _), line) in &mut self.lines {
            let order = &world.pack.actions[*action].options;
            line.options = order.iter().filter(|option| line.options.contains(option)).cloned().collect();
            line.grounds.sort_by(|a, b| (a.ground.rule, &a.ground.about).cmp(&(b.ground.rule, &b.ground.about)));
        }
        Ok(())
    }

    fn hold(
        &mut self,
        world: &World<'_>,
        rule: usize,
        at: u32,
        fresh: &mut Vec<(usize, Subject, Vec<String>, DraftGround)>,
    ) -> Result<(), Error> {
        let definition = &world.pack.rules[rule];
        if let Some(missing) = &definition.marks {
            return self.pend(world, rule, at, missing, Vec::new());
        }
        let ground = self.ground(world, rule, at)?;
        for (place, proposal) in definition.proposals.iter().enumerate() {
            let Reach { reached, missing } = reach(world, self.members, definition, proposal, at)?;
            for Reached { subject, sources, units, rows } in reached {
                let mut ground = ground.clone();
                ground.sources.extend(sources);
                dedup(&mut ground.sources);
                ground.units = units;
                ground.proposals = vec![place];
                fresh.push((proposal.action, subject, proposal.options.clone(), DraftGround { ground, rows }));
            }
            for (what, sources) in missing {
                self.pend(world, rule, at, &[what], sources)?;
            }
        }
        Ok(())
    }

    fn ground(&self, world: &World<'_>, rule: usize, at: u32) -> Result<Ground, Error> {
        let definition = &world.pack.rules[rule];
        let entity = definition.of;
        let shown = match entity {
            Entity::Row(table) => world.pack.tables[table].shown_facts.clone(),
            _ => Vec::new(),
        };
        let mut names = world.names(entity, &definition.when)?;
        let evidence = self.evidence(world, rule, at, &names, &shown)?;
        if !shown.is_empty() {
            names = shown;
        }
        let facts = names
            .into_iter()
            .map(|name| world.value(entity, at, &name).map(|value| (name, value)))
            .collect::<Result<Vec<_>, _>>()?;
        let (about, about_label) = if definition.about.is_empty() {
            subject_name(world, entity, at)
        } else {
            // One name per fact: of several the earliest, so that the order of rows does not show.
            let of_line = |id: &str| self.evidence_of_line(world.pack, world, id);
            let mut labels: Vec<String> = Vec::new();
            for name in &definition.about {
                let evidence = world.evidence(entity, at, std::slice::from_ref(name), &[], &of_line)?;
                labels.extend(evidence.into_iter().map(|one| one.label).min());
            }
            // For people the ground is about the entity itself.
            (labels.join("、"), subject_name(world, entity, at).1)
        };
        let confidential = definition.confidential || evidence.iter().any(|one| self.rests_on_confidential(world, one));
        let mut sources: Vec<Origin> = evidence.iter().map(|one| one.origin.clone()).collect();
        dedup(&mut sources);
        Ok(Ground {
            rule,
            about,
            about_label,
            facts,
            evidence,
            sources,
            units: Vec::new(),
            proposals: Vec::new(),
            confidential,
        })
    }

    fn evidence(
        &self,
        world: &World<'_>,
        rule: usize,
        at: u32,
        names: &[String],
        shown: &[String],
    ) -> Result<Vec<Evidence>, Error> {
        let definition = &world.pack.rules[rule];
        let mut all = Vec::new();
        if let (Some(scope), false) = (&definition.scope, shown.is_empty()) {
            all = world.names(definition.of, scope)?;
        }
        all.extend(names.iter().cloned());
        let of_line = |id: &str| self.evidence_of_line(world.pack, world, id);
        world.evidence(definition.of, at, &all, shown, &of_line)
    }

    /// What a line proposed earlier in this run stands on.
    fn evidence_of_line(&self, pack: &Pack, world: &World<'_>, id: &str) -> Vec<Evidence> {
        self.line_by_id(pack, world, id)
            .map(|line| line.grounds.iter().flat_map(|one| one.ground.evidence.iter().cloned()).collect())
            .unwrap_or_default()
    }

    fn line_by_id(&self, pack: &Pack, world: &World<'_>, id: &str) -> Option<&DraftLine> {
        // The id ends with kind and subject id; the action is the pack's.
        let rest = id.strip_prefix(&format!("{}-{}-", self.year, self.run.code()))?;
        pack.actions.iter().enumerate().find_map(|(action, definition)| {
            let rest = rest.strip_prefix(&definition.name)?.strip_prefix('-')?;
            pack.subjects.iter().enumerate().find_map(|(kind, subject)| {
                let of = rest.strip_prefix(&subject.code)?.strip_prefix('-')?;
                let index = *world.data.registers[kind].index.get(of)?;
                self.lines.get(&(action, Subject { kind, index }))
            })
        })
    }

    fn rests_on_confidential(&self, world: &World<'_>, evidence: &Evidence) -> bool {
        let Some(id) = &evidence.through else { return false };
        if let Some(line) = self.line_by_id(world.pack, world, id) {
            return line.grounds.iter().any(|one| one.ground.confidential);
        }
        self.history
            .lines
            .get(id)
            .is_some_and(|line| line.grounds.iter().any(|ground| confidential_rule(world.pack, &ground.rule)))
    }

    /// Adds a pending case for everybody the entity is about.
    fn pend(
        &mut self,
        world: &World<'_>,
        rule: usize,
        at: u32,
        missing: &[String],
        more: Vec<Origin>,
    ) -> Result<(), Error> {
        let definition = &world.pack.rules[rule];
        let shown = match definition.of {
            Entity::Row(table) => world.pack.tables[table].shown_facts.clone(),
            _ => Vec::new(),
        };
        let names = world.names(definition.of, &definition.when)?;
        let evidence = self.evidence(world, rule, at, &names, &shown)?;
        let mut sources: Vec<Origin> = evidence.into_iter().map(|one| one.origin).chain(more).collect();
        dedup(&mut sources);
        if sources.is_empty() {
            sources.extend(name_cell(world, definition.of, at));
        }
        // Rules that share an id are one case: the first of them gives the order.
        let first = world.pack.rules.iter().position(|one| one.id == definition.id).unwrap_or(rule);
        for subject in holders(world, definition.of, at) {
            let register = &world.data.registers[subject.kind];
            self.add_pending(Pending {
                rule: definition.id.clone(),
                rule_index: Some(first),
                kind: subject.kind,
                id: register.ids[subject.index as usize].clone(),
                label: register.labels[subject.index as usize].clone(),
                subject: Some(subject),
                missing: missing.to_vec(),
                sources: sources.clone(),
            });
        }
        Ok(())
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
                for missing in case.missing {
                    if !known.missing.contains(&missing) {
                        known.missing.push(missing);
                    }
                }
                known.sources.extend(case.sources);
                dedup(&mut known.sources);
            }
        }
    }

    /// Notes whom an unknown rule would reach; gives the roles that it would miss.
    fn expect(&mut self, world: &World<'_>, rule: usize, at: u32) -> Result<Vec<(String, Vec<Origin>)>, Error> {
        let definition = &world.pack.rules[rule];
        let mut roles = Vec::new();
        for proposal in &definition.proposals {
            let found = reach(world, self.members, definition, proposal, at)?;
            for one in found.reached {
                self.expected.push(Expected { action: proposal.action, rule, subject: one.subject });
            }
            if matches!(proposal.to, Recipient::Role { .. }) {
                roles.extend(found.missing);
            }
        }
        roles.dedup_by(|a, b| a.0 == b.0);
        Ok(roles)
    }

    /// Lets the next stage see what is proposed and pending so far.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn publish(&self, world: &mut World<'_>) -> Result<(), Error> {
        let pack = world.pack;
        let lines: Vec<(String, usize, Subject, Option<Decision>)> = self
            .lines
            .iter()
            .map(|((action, subject), line)| {
                let id = self.id(world, *action, *subject);
                let decision = self.decision(world, &id, *action, *subject, line);
                (id, *action, *subject, decision)
            })
            .collect();
        let lines: Vec<system::Proposed<'_>> = lines
            .iter()
            .map(|(id, action, subject, decision)| system::Proposed {
                id,
                action: &pack.actions[*action].name,
                kind: subject.kind,
                index: subject.index,
                decision: decision.as_ref(),
            })
            .collect();
        let expected: Vec<system::Expected<'_>> = self
            .expected
            .iter()
            .map(|one| system::Expected {
                action: &pack.actions[one.action].name,
                rule: &pack.rules[one.rule].id,
                kind: one.subject.kind,
                index: one.subject.index,
            })
            .collect();
        let failed = |source| Error::Polars { what: "前一阶段的结果".into(), source };
        let proposed = system::proposed(pack, &lines).map_err(failed)?;
        let pending = system::pending(pack, &expected).map_err(failed)?;
        world.advance(proposed, pending)
    }

    /// The line's id in this run.
    pub fn id(&self, world: &World<'_>, action: usize, subject: Subject) -> String {
        line_id(world, self.year, self.run, action, subject)
    }

    /// The decision that counts for a line today: its own on today's 核对码, else its half-year twin's.
    pub fn decision(
        &self,
        world: &World<'_>,
        id: &str,
        action: usize,
        subject: Subject,
        line: &DraftLine,
    ) -> Option<Decision> {
        let check = check_code(world, action, subject, line);
        let own = self.history.current.get(id).into_iter().flatten().find(|answer| answer.check == check);
        own.map(|answer| answer.decision.clone()).or_else(|| {
            let (twin, fresh) = self.twin(world, action, subject, line)?;
            if fresh.is_empty() { twin.decision.clone() } else { None }
        })
    }

    /// The decided half-year line of the same action and recipient, and the grounds that it did not have.
    pub fn twin<'b>(
        &'b self,
        world: &World<'_>,
        action: usize,
        subject: Subject,
        line: &'b DraftLine,
    ) -> Option<(&'b crate::fact::history::PastLine, Vec<&'b Ground>)> {
        if self.run != Run::Annual {
            return None;
        }
        let pack = world.pack;
        let id = line_id(world, self.year, Run::HalfYear, action, subject);
        let past = self.history.lines.get(&id)?;
        let decided = past.decision.as_ref().is_some_and(|decision| {
            [&pack.answers.agree, &pack.answers.refuse, &pack.answers.change].contains(&&decision.opinion)
        });
        if !decided {
            return None;
        }
        let fresh = line.grounds.iter().map(|one| &one.ground).filter(|ground| {
            let facts: BTreeMap<String, serde_json::Value> =
                ground.facts.iter().map(|(name, value)| (name.clone(), json(value))).collect();
            !past.grounds.iter().any(|known| {
                known.rule == pack.rules[ground.rule].id && known.about == ground.about && known.facts == facts
            })
        });
        Some((past, fresh.collect()))
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

/// 核对码: what the committee decides about, without where it stands.
pub fn check_code(world: &World<'_>, action: usize, subject: Subject, line: &DraftLine) -> String {
    let pack = world.pack;
    let grounds: Vec<serde_json::Value> = line
        .grounds
        .iter()
        .map(|one| {
            let facts: Vec<_> = one.ground.facts.iter().map(|(name, value)| serde_json::json!([name, value])).collect();
            serde_json::json!([pack.rules[one.ground.rule].id, one.ground.about, facts])
        })
        .collect();
    let content = serde_json::json!([
        pack.subjects[subject.kind].kind,
        world.data.registers[subject.kind].ids[subject.index as usize],
        pack.actions[action].name,
        line.options,
        grounds
    ]);
    let hash = Sha256::digest(content.to_string().as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02X}")).collect()
}

/// A fact as JSON.
pub fn json(value: &FactValue) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
}

fn join(known: &mut DraftGround, other: DraftGround) {
    known.ground.sources.extend(other.ground.sources);
    dedup(&mut known.ground.sources);
    for unit in other.ground.units {
        if !known.ground.units.contains(&unit) {
            known.ground.units.push(unit);
        }
    }
    for proposal in other.ground.proposals {
        if !known.ground.proposals.contains(&proposal) {
            known.ground.proposals.push(proposal);
        }
    }
    for row in other.rows {
        if !known.rows.contains(&row) {
            known.rows.push(row);
        }
    }
}

fn dedup(origins: &mut Vec<Origin>) {
    let mut seen = std::collections::HashSet::new();
    origins.retain(|one| seen.insert(one.clone()));
}

/// What `about` calls an entity, for programs and for people.
fn subject_name(world: &World<'_>, entity: Entity, at: u32) -> (String, String) {
    match entity {
        Entity::Subject(kind) => {
            let register = &world.data.registers[kind];
            (register.ids[at as usize].clone(), register.labels[at as usize].clone())
        }
        Entity::Row(table) => {
            let schema = &world.pack.tables[table];
            let name = schema
                .about
                .and_then(|about| {
                    crate::fact::text_at(&world.data.tables[table].frame, &schema.columns[about].name, at as usize)
                })
                .unwrap_or_default();
            (name.clone(), name)
        }
        Entity::City => (String::new(), String::new()),
    }
}

/// The cells of rows that can be read in more than one way: where the date and the year to be filled in stand.
fn ambiguous_cells(world: &World<'_>, verdict: &Verdict, at: u32) -> Vec<Origin> {
    let Some((table, rows)) = verdict.ambiguous.get(&at) else { return Vec::new() };
    let schema = &world.pack.tables[*table];
    let cells = rows.iter().filter_map(|row| world.data.cell(*table, *row as usize, schema.about.or(schema.date)?));
    cells.map(Origin::Cell).collect()
}

/// The cell that names an entity: its id in the register, or the row's own name.
fn name_cell(world: &World<'_>, entity: Entity, at: u32) -> Option<Origin> {
    let (table, row, column) = match entity {
        Entity::Subject(kind) => {
            let subject = &world.pack.subjects[kind];
            let row = *world.data.registers[kind].rows.get(at as usize)?.first()?;
            (subject.register, row, subject.id)
        }
        Entity::Row(table) => (table, at, world.pack.tables[table].about?),
        Entity::City => return None,
    };
    world.data.cell(table, row as usize, column).map(Origin::Cell)
}
