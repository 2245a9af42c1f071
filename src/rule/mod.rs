//! Facts → rules: the rules of one stage, evaluated as columns over all entities at once.
//!
//! Logic is three-valued. Where a condition comes out unknown, the case is pending and [`missing`]
//! tells which facts keep it open. A rule that rests on rows with several readings holds only when
//! it holds in all of them, and fails only when it fails in all of them.

mod missing;

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::fact::{Error, Readings, World};
use crate::pack::scope::Site;
use crate::pack::{Entity, Run};

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

/// Evaluates the rules of one stage.
///
/// # Errors
/// As [`World::new`].
pub fn evaluate(world: &World<'_>, run: Run, stage: u32) -> Result<Vec<Verdict>, Error> {
    let mut by_entity: BTreeMap<Entity, Vec<usize>> = BTreeMap::new();
    for (at, rule) in world.pack.rules.iter().enumerate() {
        if rule.stage == stage && rule.runs.contains(&run) {
            by_entity.entry(rule.of).or_default().push(at);
        }
    }
    let mut verdicts = Vec::new();
    for (entity, rules) in by_entity {
        let readings = readings(world, entity)?;
        let exprs = rules.iter().map(|rule| condition(world, *rule)).collect::<Result<Vec<_>, _>>()?;
        let columns = world.evaluate(Site::Entity(entity), "规则", exprs)?;
        for (rule, column) in rules.iter().zip(columns) {
            let mut verdict = of_column(world, *rule, entity, &column)?;
            for one in &readings {
                if rests_on(world, *rule, one)? {
                    read(world, one, &mut verdict)?;
                }
            }
            verdicts.push(verdict);
        }
    }
    verdicts.sort_by_key(|verdict| verdict.rule);
    Ok(verdicts)
}

/// Stages of the run's rules, ascending.
pub fn stages(world: &World<'_>, run: Run) -> Vec<u32> {
    let rules = world.pack.rules.iter().filter(|rule| rule.runs.contains(&run));
    let mut stages: Vec<u32> = rules.map(|rule| rule.stage).collect();
    stages.sort_unstable();
    stages.dedup();
    stages
}

/// The rule's scope and condition together: whom it does not speak about it cannot leave open.
fn condition(world: &World<'_>, rule: usize) -> Result<Expr, Error> {
    let rule = &world.pack.rules[rule];
    let site = Site::Entity(rule.of);
    let when = world.compile(site, &rule.when, None)?;
    Ok(match &rule.scope {
        Some(scope) => world.compile(site, scope, None)?.and(when),
        None => when,
    })
}

fn of_column(world: &World<'_>, rule: usize, entity: Entity, column: &Column) -> Result<Verdict, Error> {
    let what = || world.pack.rules[rule].id.clone();
    let values = column.bool().map_err(|source| Error::Polars { what: what(), source })?;
    let height = world.height(entity);
    let value = |at: usize| values.get(if values.len() == 1 { 0 } else { at });
    let mut verdict = Verdict { rule, ..Verdict::default() };
    let mut unknown = Vec::new();
    for at in 0..height {
        match value(at) {
            Some(true) => verdict.holds.push(at as u32),
            None => unknown.push(at as u32),
            Some(false) => {}
        }
    }
    verdict.unknown = missing::missing(world, rule, unknown)?;
    Ok(verdict)
}

/// The readings of all forks for the entities of one kind.
fn readings<'a>(world: &World<'a>, entity: Entity) -> Result<Vec<Readings<'a>>, Error> {
    let Entity::Subject(kind) = entity else { return Ok(Vec::new()) };
    let forks = 0..world.pack.forks.len();
    Ok(forks.map(|fork| world.readings(fork, kind)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn rests_on(world: &World<'_>, rule: usize, readings: &Readings<'_>) -> Result<bool, Error> {
    let rule = &world.pack.rules[rule];
    for sql in [Some(&rule.when), rule.scope.as_ref()].into_iter().flatten() {
        for name in world.names(rule.of, sql)? {
            if world.fact_named(rule.of, &name).is_some_and(|fact| readings.facts.contains(&fact)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Replaces the verdict about subjects with ambiguous rows by what all their readings say.
fn read(world: &World<'_>, readings: &Readings<'_>, verdict: &mut Verdict) -> Result<(), Error> {
    let entity = world.pack.rules[verdict.rule].of;
    let column = world_column(&readings.world, verdict.rule, entity)?;
    let each = of_column(&readings.world, verdict.rule, entity, &column)?;
    let holds = |at: u32| each.holds.binary_search(&at).is_ok();
    let open = |at: u32| each.unknown.binary_search_by_key(&at, |(one, _)| *one).ok();
    let forked = |at: &u32| readings.stands_for.binary_search(at).is_ok();
    verdict.holds.retain(|at| !forked(at));
    verdict.unknown.retain(|(at, _)| !forked(at));
    let mut at = 0;
    while at < readings.stands_for.len() {
        let subject = readings.stands_for[at];
        let end = readings.stands_for.partition_point(|one| *one <= subject);
        let worlds = at as u32..end as u32;
        let outcome = |one: u32| if holds(one) { Some(true) } else { open(one).map_or(Some(false), |_| None) };
        let first = outcome(worlds.start);
        let differs = worlds.clone().any(|one| outcome(one) != first);
        if !differs && first == Some(true) {
            verdict.holds.push(subject);
        } else if differs || first.is_none() {
            let mut missing: Vec<String> = Vec::new();
            if differs {
                missing.push(readings.missing.clone());
                let rows = readings.ambiguous.get(&subject).cloned().unwrap_or_default();
                verdict.ambiguous.insert(subject, (readings.table, rows));
            }
            for name in worlds.filter_map(open).flat_map(|found| each.unknown[found].1.iter()) {
                if !missing.contains(name) {
                    missing.push(name.clone());
                }
            }
            verdict.unknown.push((subject, missing));
        }
        at = end;
    }
    verdict.holds.sort_unstable();
    verdict.unknown.sort();
    Ok(())
}

fn world_column(world: &World<'_>, rule: usize, entity: Entity) -> Result<Column, Error> {
    let expr = condition(world, rule)?;
    let mut columns = world.evaluate(Site::Entity(entity), &world.pack.rules[rule].id, vec![expr])?;
    Ok(columns.remove(0))
}
