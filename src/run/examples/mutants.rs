//! Mutants of a pack that none of its examples notices.
//!
//! The examples' tables are read and their facts worked out once, for the pack as it is. Of a mutant only what rests on
//! its change is worked out anew, from the facts up; an example in which the changed expression says the same cannot
//! notice it. The examples that noticed the last mutants are asked first: one that notices is enough.

use std::collections::BTreeSet;
use std::fmt;

use super::{ReadCase, compare, prepare, side_by_side};
use crate::consequence::Outcome;
use crate::fact::World;
use crate::pack::mutant::{self, Clause, Mutant, Slip};
use crate::pack::scope::{Meaning, Site};
use crate::pack::term::Term;
use crate::pack::{Entity, Formula, Pack, Rule};
use crate::rule::Trace;
use crate::run::Failure;

/// What became of a pack's mutants.
#[derive(Debug)]
pub struct MutantReport {
    pack: String,
    mutants: usize,
    /// Those that no example notices, with their places.
    pub living: Vec<String>,
    /// Declarations of mutants as equivalent that do not hold.
    pub stale: Vec<String>,
    declared: usize,
}

impl MutantReport {
    /// Every mutant is noticed, or declared to be equivalent.
    pub fn passed(&self) -> bool {
        self.living.is_empty() && self.stale.is_empty()
    }
}

impl fmt::Display for MutantReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.living.is_empty() {
            writeln!(f, "没有例子发现的改动：")?;
            self.living.iter().try_for_each(|one| writeln!(f, "  {one}"))?;
            writeln!(
                f,
                "请在 examples.toml 中为这些地方各写一个例子；改了也一样的，写明 [[equivalent]] mutant = \"…\" reading = \"理由\"\n"
            )?;
        }
        for stale in &self.stale {
            writeln!(f, "{stale}\n")?;
        }
        let (living, declared) = (self.living.len(), self.declared);
        let noticed = self.mutants - living - declared;
        write!(f, "规则包 {}：改动 {} 个，例子发现 {noticed} 个，", self.pack, self.mutants)?;
        write!(f, "说明为等同的 {declared} 个，没有发现 {living} 个")
    }
}

/// An example as the pack itself decides it.
struct Base<'a> {
    prepared: &'a ReadCase<'a>,
    /// Before anything is proposed, and when all is decided.
    start: World<'a>,
    end: World<'a>,
    /// Rules that proposed something or left it pending.
    spoke: BTreeSet<usize>,
}

/// Asks of every mutant that is told with the words `about` whether an example notices it.
///
/// # Errors
/// Examples that cannot be understood or that do not hold for the pack itself.
pub fn mutants(pack: &Pack, about: &str) -> Result<MutantReport, Failure> {
    let cases = super::spec::cases(pack)?;
    let unfit = |told: String| Failure::failed(format!("先要例子与规则包相符，才能看出改动：\n{told}"));
    let prepared = side_by_side(&cases, || (), |(), case| prepare(pack, case))?;
    let prepared = prepared.into_iter().collect::<Result<Vec<_>, _>>().map_err(unfit)?;
    let bases = side_by_side(&prepared, || (), |(), prepared| base(pack, prepared))?;
    let bases = bases.into_iter().collect::<Result<Vec<_>, _>>().map_err(unfit)?;
    let shown = shown(pack, cases.iter().flat_map(|case| &case.facts).flat_map(|fact| fact.facts.clone()).collect());
    let shows = |change: &Slip| {
        !matches!(change, Slip::Parameter { parameter, .. }
        if !shown.contains(pack.parameters[*parameter].name.as_str()))
    };
    let asked = |one: &Mutant| one.told.contains(about) && shows(&one.change);
    let mutants: Vec<Mutant> = mutant::mutants(pack).into_iter().filter(asked).collect();
    let trial = Trial::new(pack, &bases);
    let order = || (0..bases.len()).collect::<Vec<usize>>();
    let lives = side_by_side(&mutants, order, |order, mutant| {
        let changed = mutant.change.applied(pack);
        let noticed = order.iter().position(|at| trial.notices(&bases[*at], &mutant.change, &changed));
        if let Some(place) = noticed {
            order[..=place].rotate_right(1);
        }
        noticed.is_none()
    })?;
    let living: BTreeSet<&str> =
        mutants.iter().zip(&lives).filter(|(_, lives)| **lives).map(|(mutant, _)| mutant.told.as_str()).collect();
    let equivalent = pack.deliberate.equivalent.iter().filter(|one| one.mutant.contains(about));
    let (declared, stale): (Vec<_>, Vec<_>) = equivalent.partition(|one| living.contains(one.mutant.as_str()));
    let stale = stale.into_iter().map(|one| {
        let known = mutants.iter().any(|mutant| mutant.told == one.mutant);
        let why = if known { "有例子发现它" } else { "没有这一改动" };
        format!("{}：说明为等同的「{}」并非如此：{why}", one.place.line(pack), one.mutant)
    });
    let is_declared = |told: &str| declared.iter().any(|one| one.mutant == told);
    let living = mutants.iter().filter(|one| living.contains(one.told.as_str()) && !is_declared(&one.told));
    Ok(MutantReport {
        pack: pack.name.clone(),
        mutants: mutants.len(),
        living: living.map(|mutant| format!("{}（{}）", mutant.told, mutant.place.line(pack))).collect(),
        stale: stale.collect(),
        declared: declared.len(),
    })
}

fn base<'a>(pack: &'a Pack, prepared: &'a ReadCase<'a>) -> Result<Base<'a>, String> {
    let start = prepared.world(pack, &prepared.history)?;
    let (end, outcome, _) = prepared.play(pack, None)?;
    compare(&end, prepared.case, &outcome).map_err(|told| format!("{}\n{told}", prepared.case.head()))?;
    Ok(Base { prepared, start, end, spoke: spoke(pack, &outcome) })
}

fn spoke(pack: &Pack, outcome: &Outcome) -> BTreeSet<usize> {
    let lines = outcome.lines.iter().flat_map(|line| &line.grounds).map(|ground| ground.rule);
    let ids: BTreeSet<&str> = outcome.pending.iter().map(|pending| pending.rule.as_str()).collect();
    let pending = pack.rules.iter().enumerate().filter(|(_, rule)| ids.contains(rule.id.as_str()));
    lines.chain(pending.map(|(at, _)| at)).collect()
}

/// What the mutants of a pack are tried with.
struct Trial {
    /// Facts whose value at the end does not show all that they were: they change from stage to stage, or rows behind
    /// them have several readings.
    unsettled: Vec<bool>,
    /// Per fact those that rest on it, itself first, each after those that it needs.
    resting: Vec<Vec<usize>>,
}

impl Trial {
    fn new(pack: &Pack, bases: &[Base<'_>]) -> Trial {
        let Some(base) = bases.first() else { return Trial { unsettled: Vec::new(), resting: Vec::new() } };
        let world = &base.start;
        let resting: Vec<Vec<usize>> = (0..pack.facts.len()).map(|fact| pack.resting(|one| one == fact)).collect();
        let mut unsettled: Vec<bool> = (0..pack.facts.len()).map(|fact| world.is_volatile(fact)).collect();
        for fork in &pack.forks {
            let read = world.fact_named(Entity::Row(fork.table), &fork.fact);
            read.into_iter().flat_map(|fact| &resting[fact]).for_each(|fact| unsettled[*fact] = true);
        }
        Trial { unsettled, resting }
    }

    /// Whether an example notices a change.
    fn notices(&self, base: &Base<'_>, change: &Slip, changed: &Pack) -> bool {
        match change {
            Slip::Proposals { rule, .. } => base.spoke.contains(rule) && differs(base, changed, &[]),
            Slip::Parameter { .. } | Slip::Term(Clause::Check(..), _) => match prepare(changed, base.prepared.case) {
                Ok(prepared) => told(&prepared, prepared.play(changed, None)),
                Err(_) => true,
            },
            Slip::Term(Clause::Scope(rule) | Clause::When(rule), _) => {
                let of = changed.rules[*rule].of;
                let counts = |fact: &usize| {
                    changed.facts[*fact].of == of && matches!(changed.facts[*fact].formula, Formula::Covered)
                };
                let counting = (0..changed.facts.len()).filter(counts).flat_map(|fact| &self.resting[fact]).copied();
                let counting: Vec<usize> = counting.collect();
                self.rule_differs(base, changed, *rule, !counting.is_empty()) && differs(base, changed, &counting)
            }
            Slip::Term(Clause::Value(fact) | Clause::Given(fact), _) | Slip::Absent { fact } => {
                self.fact_differs(base, changed, *fact) && differs(base, changed, &self.resting[*fact])
            }
            Slip::Term(Clause::Fork(_), _) => differs(base, changed, &[]),
            Slip::Term(Clause::Among(quota) | Clause::Reached(quota), _) => {
                changed.quotas[*quota].runs.contains(&base.prepared.case.run) && differs(base, changed, &[])
            }
        }
    }

    /// Whether a rule says something else about any entity, where that can be told from what all facts are at the end.
    /// Whom it covers counts for itself where a fact counts the rules that do.
    fn rule_differs(&self, base: &Base<'_>, changed: &Pack, rule: usize, counted: bool) -> bool {
        let (world, both) = (&base.end, [&base.end.pack.rules[rule], &changed.rules[rule]]);
        if !both[0].runs.contains(&base.prepared.case.run) || world.height(both[0].of) == 0 {
            return false;
        }
        let exprs = both.iter().flat_map(|rule| {
            let scope = world.compile(&rule.scope_term());
            [scope.clone(), scope.and(world.compile(rule.when.term()))]
        });
        let Ok(masks) = world.masks(Site::Entity(both[0].of), &both[0].id, exprs.collect()) else { return true };
        let differ = |one: usize, other: usize| masks[one].iter().ne(masks[other].iter());
        let settled = |rule: &&Rule| rule.conditions().all(|one| self.is_settled(one.term()));
        !both.iter().all(settled) || counted && differ(0, 2) || differ(1, 3)
    }

    /// Whether a fact is something else for any entity, or rests on other rows.
    fn fact_differs(&self, base: &Base<'_>, changed: &Pack, fact: usize) -> bool {
        if self.unsettled[fact] {
            return true;
        }
        let mut world = base.start.clone();
        world.pack = changed;
        let rows = |world: &World<'_>| world.fact_rows[fact].as_deref().cloned();
        world.level(&[fact]).is_err()
            || world.values(fact) != base.start.values(fact)
            || rows(&world) != rows(&base.start)
    }

    /// Whether all that a term names is, when all is decided, what it was before.
    fn is_settled(&self, term: &Term) -> bool {
        term.facts().all(|fact| !self.unsettled[fact])
    }
}

/// Whether an example comes out otherwise by the changed pack, in which these facts are worked out anew.
fn differs(base: &Base<'_>, changed: &Pack, facts: &[usize]) -> bool {
    // Answers are given on the codes of lines: what follows from them is found by going round.
    if !base.prepared.case.answers.is_empty() {
        return told(base.prepared, base.prepared.play(changed, None));
    }
    let mut world = base.start.clone();
    world.pack = changed;
    match facts.iter().try_for_each(|fact| world.level(&[*fact])) {
        Ok(()) => told(base.prepared, base.prepared.play(changed, Some(world))),
        Err(_) => true,
    }
}

fn told(prepared: &ReadCase<'_>, played: Result<(World<'_>, Outcome, Trace<'_>), String>) -> bool {
    match played {
        Ok((world, outcome, _)) => compare(&world, prepared.case, &outcome).is_err(),
        Err(_) => true,
    }
}

/// Parameters that an example can show: that conditions and quotas rest on, or facts that examples expect.
fn shown(pack: &Pack, expected: BTreeSet<usize>) -> BTreeSet<&str> {
    let asked = Clause::all(pack).into_iter().filter(|one| !matches!(one, Clause::Value(_) | Clause::Given(_)));
    let asked = asked.filter_map(|one| one.of(pack)).chain(pack.forks.iter().flat_map(|fork| &fork.values));
    let mut meanings: Vec<(&str, Meaning)> = asked.flat_map(|one| one.term().meanings()).collect();
    let named = meanings.iter().filter_map(|(_, meaning)| meaning.fact());
    for fact in pack.resting_on(expected.into_iter().chain(named).collect::<Vec<_>>()) {
        let absent = match &pack.facts[fact].formula {
            Formula::Aggregate { absent, .. } => absent.as_ref(),
            _ => None,
        };
        meanings.extend(pack.facts[fact].expressions().chain(absent).flat_map(|one| one.term().meanings()));
    }
    let literals = meanings.into_iter().filter(|(_, meaning)| *meaning == Meaning::Literal).map(|(name, _)| name);
    literals.chain(pack.quotas.iter().map(|quota| quota.share.as_str())).collect()
}
