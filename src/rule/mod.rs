//! Facts → rules: the rules of one stage, evaluated as columns over all entities at once.
//!
//! Logic is three-valued. Where a condition comes out unknown, the case is pending and the verdict
//! tells which facts keep it open. A rule that rests on rows with several readings holds only when
//! it holds in all of them, and fails only when it fails in all of them.
//!
//! What was evaluated is kept ([`Part`]): [`Trace`] gives for every entity the verdicts, the values of the
//! conditions' atoms and of the facts behind them with their cells, for explaining and comparing.

mod blank;
mod missing;
pub mod record;
mod trace;
pub mod wording;

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;

pub use crate::fact::tree::{self, Tree};
pub use blank::{Reason, Reasons};
pub use trace::Trace;

use crate::fact::{Error, Readings, World};
use crate::once::Once;
use crate::pack::scope::Site;
use crate::pack::term::Term;
use crate::pack::{Entity, Expression, Pack, Run};
use crate::place::Cell;
use crate::table::Dataset;

/// What one rule says about the entities it speaks about.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Index into the pack's rules.
    pub rule: usize,
    /// Entities for which the rule holds, ascending.
    pub holds: Vec<u32>,
    /// Entities for which it is unknown, with the facts that are missing; ascending.
    pub unknown: Vec<(u32, Vec<String>)>,
    /// For entities whose verdict depends on how rows are read: the table and these rows, by entity.
    pub ambiguous: BTreeMap<u32, (usize, Vec<u32>)>,
}

impl Verdict {
    /// Whether the rule holds for an entity; none: it is unknown.
    fn outcome(&self, at: u32) -> Option<bool> {
        if self.holds.binary_search(&at).is_ok() { Some(true) } else { self.missing(at).map_or(Some(false), |_| None) }
    }

    /// What is missing for an entity for which it is unknown.
    fn missing(&self, at: u32) -> Option<&[String]> {
        let found = self.unknown.binary_search_by_key(&at, |(one, _)| *one).ok()?;
        Some(&self.unknown[found].1)
    }

    /// The cells of an entity's rows that can be read in more than one way: where what is to be filled in stands.
    pub fn ambiguous_cells(&self, pack: &Pack, data: &Dataset, at: u32) -> Vec<Cell> {
        let Some((table, rows)) = self.ambiguous.get(&at) else { return Vec::new() };
        let schema = &pack.tables[*table];
        rows.iter().filter_map(|row| data.cell(*table, *row as usize, schema.about.or(schema.date)?)).collect()
    }
}

/// A rule's condition over the atoms of its [`Part`].
#[derive(Debug, Clone)]
pub struct Condition {
    /// Index into the pack's rules.
    pub rule: usize,
    /// Whom the rule speaks about; all if none.
    pub scope: Option<Tree>,
    pub when: Tree,
}

impl Condition {
    /// Scope and condition together: whom a rule does not speak about it cannot leave open.
    fn whole(&self) -> Tree {
        match &self.scope {
            Some(scope) => Tree::All(vec![scope.clone(), self.when.clone()]),
            None => self.when.clone(),
        }
    }
}

/// The rules of one stage about one kind of entity, as they were evaluated.
#[derive(Debug)]
pub struct Part {
    pub stage: u32,
    pub entity: Entity,
    pub conditions: Vec<Condition>,
    /// As the pack writes them.
    pub atoms: Vec<Term>,
    /// Per atom its value for each entity: where rows have several readings, the value that all of them give.
    pub values: Vec<BooleanChunked>,
    /// Per condition whether the entity is in its scope; none: all are.
    pub inside: Vec<Option<BooleanChunked>>,
}

impl Part {
    /// Whether a rule's condition is met by an entity, or may be, of which a single part of the scope does not hold: somebody
    /// may ask why the rule does not speak about it.
    fn nearly(&self, at: u32) -> bool {
        let value = |atom: usize| self.values[atom].get(at as usize);
        self.conditions.iter().any(|condition| {
            let outside = match &condition.scope {
                Some(Tree::All(parts)) => parts.iter().filter(|part| part.value(&value) != Some(true)).count(),
                Some(scope) => usize::from(scope.value(&value) != Some(true)),
                None => 0,
            };
            outside <= 1 && condition.when.value(&value) != Some(false)
        })
    }
}

/// The rules of one stage as they were evaluated, and the readings of ambiguous rows behind them.
pub struct Stage<'a> {
    pub parts: Vec<Part>,
    pub readings: Vec<Readings<'a>>,
}

/// Evaluates the rules of one stage.
pub fn evaluate<'a>(world: &World<'a>, run: Run, stage: u32) -> Result<(Vec<Arc<Verdict>>, Stage<'a>), Error> {
    let mut by_entity: BTreeMap<Entity, Vec<usize>> = BTreeMap::new();
    for (at, rule) in world.pack.rules.iter().enumerate() {
        if rule.stage == stage && rule.runs.contains(&run) {
            by_entity.entry(rule.of).or_default().push(at);
        }
    }
    let mut verdicts = Vec::new();
    let mut kept = Stage { parts: Vec::new(), readings: Vec::new() };
    for (entity, rules) in by_entity {
        let (mut part, mut found) = judge(world, stage, entity, &rules)?;
        if let Some(readings) = world.readings(entity)? {
            let rests_on = |rule: &usize| {
                let mut facts = world.pack.rules[*rule].conditions().flat_map(|condition| condition.term().facts());
                facts.any(|fact| readings.facts.contains(&fact))
            };
            let resting: Vec<usize> = rules.iter().copied().filter(rests_on).collect();
            let (each, verdicts) = judge(&readings.world, stage, entity, &resting)?;
            for verdict in &verdicts {
                if let Some(known) = found.iter_mut().find(|known| known.rule == verdict.rule) {
                    read(&readings, verdict, known);
                }
            }
            read_atoms(&readings, &each, &mut part);
            kept.readings.push(readings);
        }
        verdicts.extend(found);
        kept.parts.push(part);
    }
    verdicts.sort_by_key(|verdict| verdict.rule);
    Ok((verdicts.into_iter().map(Arc::new).collect(), kept))
}

/// Stages of the run's rules, ascending.
pub fn stages(world: &World<'_>, run: Run) -> Vec<u32> {
    let rules = world.pack.rules.iter().filter(|rule| rule.runs.contains(&run));
    let mut stages: Vec<u32> = rules.map(|rule| rule.stage).collect();
    stages.sort_unstable();
    stages.dedup();
    stages
}

/// Evaluates rules about one kind of entity: each atom once, then the conditions over the atoms.
fn judge(world: &World<'_>, stage: u32, entity: Entity, rules: &[usize]) -> Result<(Part, Vec<Verdict>), Error> {
    let site = Site::Entity(entity);
    let mut atoms = Vec::new();
    let mut conditions = Vec::new();
    for rule in rules {
        let definition = &world.pack.rules[*rule];
        let mut apart = |condition: &Expression| tree::take_apart(condition.term(), &mut atoms);
        let scope = definition.scope.as_ref().map(&mut apart);
        conditions.push(Condition { rule: *rule, scope, when: apart(&definition.when) });
    }
    let compiled = atoms.iter().map(|atom| world.compile(atom)).collect();
    let (values, height) = (world.masks(site, "规则", compiled)?, world.height(entity));
    let inside = |condition: &Condition| condition.scope.as_ref().map(|scope| scope.mask(&values, height));
    let inside = conditions.iter().map(inside).collect();
    let part = Part { stage, entity, atoms, inside, values, conditions };
    let mut verdicts = Vec::new();
    for (at, condition) in part.conditions.iter().enumerate() {
        let column = condition.whole().mask(&part.values, height);
        let mut verdict = Verdict { rule: condition.rule, ..Verdict::default() };
        let mut unknown = Vec::new();
        for (entity, value) in column.iter().enumerate() {
            match value {
                Some(true) => verdict.holds.push(entity as u32),
                None => unknown.push(entity as u32),
                Some(false) => {}
            }
        }
        verdict.unknown = missing::missing(world, &part, at, unknown)?;
        verdicts.push(verdict);
    }
    Ok((part, verdicts))
}

/// Replaces the verdict about subjects with ambiguous rows by what all their readings (`each`) say.
fn read(readings: &Readings<'_>, each: &Verdict, verdict: &mut Verdict) {
    let forked = |at: &u32| readings.stands_for.binary_search(at).is_ok();
    verdict.holds.retain(|at| !forked(at));
    verdict.unknown.retain(|(at, _)| !forked(at));
    for (subject, worlds) in readings.subjects() {
        let first = each.outcome(worlds.start);
        let differs = worlds.clone().any(|one| each.outcome(one) != first);
        if !differs && first == Some(true) {
            verdict.holds.push(subject);
        } else if differs || first.is_none() {
            let mut missing: Vec<String> = Vec::new();
            if differs {
                missing.push(readings.fork.missing.clone());
                let rows = readings.ambiguous.get(&subject).cloned().unwrap_or_default();
                verdict.ambiguous.insert(subject, (readings.fork.table, rows));
            }
            worlds.filter_map(|one| each.missing(one)).flatten().for_each(|name| missing.once(name.clone()));
            verdict.unknown.push((subject, missing));
        }
    }
    verdict.holds.sort_unstable();
    verdict.unknown.sort();
}

/// Of subjects with ambiguous rows an atom has the value that all their readings give.
fn read_atoms(readings: &Readings<'_>, each: &Part, part: &mut Part) {
    for (at, atom) in each.atoms.iter().enumerate() {
        let Some(known) = part.atoms.iter().position(|known| known == atom) else { continue };
        let mut values: Vec<Option<bool>> = part.values[known].iter().collect();
        for (subject, mut worlds) in readings.subjects() {
            let first = each.values[at].get(worlds.start as usize);
            let same = worlds.all(|one| each.values[at].get(one as usize) == first);
            values[subject as usize] = if same { first } else { None };
        }
        part.values[known] = values.into_iter().collect();
    }
}
