//! Rules that never or always hold, pairs that never hold together, and pairs that always do.

use super::super::fault::PackFault;
use super::super::model::*;
use super::super::term::Term;
use super::domain::{Domains, RuleCondition, first};

pub fn lint(pack: &Pack, domains: &Domains, found: &mut Vec<PackFault>) {
    let mut alive = Vec::new();
    for (rule, condition) in &domains.rules {
        let space = domains.space(&[condition]).filter(|space| space.complete);
        match space.as_ref().map(|space| space.holds[0].as_slice()) {
            Some(holds) if first(holds).is_none() => {
                let message = format!("规则「{}」永远不会成立：范围和条件合起来没有任何一组值能满足", rule.id);
                found.push(rule.place.fault(message, "请更正 scope 或 when（例如同一事实要同时等于两个值）"));
                continue;
            }
            Some(holds) if holds.iter().all(|holds| *holds) && !says_so(rule) => {
                let message = format!("规则「{}」总是成立：范围和条件没有排除任何一组值", rule.id);
                found.push(rule.place.notice(message, "请核对 scope 和 when：它对每一个对象都提出处理"));
            }
            _ => {}
        }
        alive.push((*rule, condition));
    }
    for (at, mine) in alive.iter().enumerate() {
        for theirs in &alive[at + 1..] {
            pair(pack, domains, *mine, *theirs, found);
        }
    }
}

/// Whether a rule is written without condition or scope.
fn says_so(rule: &Rule) -> bool {
    rule.scope.is_none() && rule.when.place == rule.place
}

/// Whether a rule holds for everybody within its scope.
pub fn always_holds(pack: &Pack, rule: &Rule) -> bool {
    say_the_same(pack, rule, rule.scope_term(), rule.whole(), true)
}

/// Whether of two rules about the same one holds just where the other fails: that is what was meant.
fn opposite(pack: &Pack, rule: &Rule, other: &Rule) -> bool {
    let scoped = |rule: &Rule| rule.scope.as_ref().map(|scope| scope.term().clone());
    scoped(rule) == scoped(other)
        && say_the_same(pack, rule, rule.when.term().clone().negation(), other.when.term().clone(), false)
}

/// Whether two conditions about what a rule is about hold together wherever either does, as far as values are tried.
fn say_the_same(pack: &Pack, rule: &Rule, one: Term, other: Term, completely: bool) -> bool {
    let domains = Domains::asking(pack, [one, other].map(|term| (rule, Term::truth(true), term)));
    let conditions: Vec<&RuleCondition> = domains.rules.iter().map(|(_, condition)| condition).collect();
    let space = domains.space(&conditions).filter(|space| space.complete || !completely);
    space.is_some_and(|space| space.holds[0] == space.holds[1])
}

fn pair(
    pack: &Pack,
    domains: &Domains,
    (rule, mine): (&Rule, &RuleCondition),
    (other, theirs): (&Rule, &RuleCondition),
    found: &mut Vec<PackFault>,
) {
    let common = rule.runs.iter().any(|run| other.runs.contains(run));
    // Conditions about different things can hold together or not, as it comes.
    let shared: Vec<usize> = mine.names.iter().filter(|name| theirs.names.contains(name)).copied().collect();
    if rule.id == other.id || !common || shared.is_empty() {
        return;
    }
    let Some(space) = domains.space(&[mine, theirs]).filter(|space| space.complete) else { return };
    let (a, b) = (&space.holds[0], &space.holds[1]);
    let declared =
        |groups: &[RuleGroup]| groups.iter().any(|one| one.rules.contains(&rule.id) && one.rules.contains(&other.id));
    let both: Vec<bool> = a.iter().zip(b).map(|(a, b)| *a && *b).collect();
    let row = |mask: &[bool]| first(mask).map(|at| space.row(at)).unwrap_or_default();
    if a == b && !declared(&pack.deliberate.together) {
        let message = format!("规则「{}」与「{}」总是一起成立，例如：{}", rule.id, other.id, row(&both));
        let remedy = format!(
            "请更正其中一条的条件，或合为一条；有意如此的，请写 [[together]] rules = [\"{}\", \"{}\"] reading = \"理由\"",
            rule.id, other.id
        );
        found.push(other.place.notice(message, &remedy));
    }
    // A rule that only marks cases is there for those that the others leave.
    let marks = rule.marks.is_some() || other.marks.is_some();
    if marks || first(&both).is_some() || declared(&pack.deliberate.exclusive) {
        return;
    }
    // Two words of one closed set exclude each other as a matter of course.
    let graded = shared.into_iter().filter(|one| domains.variables[*one].set.is_some()).any(|one| {
        let (mine, theirs) = (space.decisive(a, one), space.decisive(b, one));
        !mine.is_empty() && !theirs.is_empty() && mine.is_disjoint(&theirs)
    });
    if !graded && !opposite(pack, rule, other) {
        let message = format!(
            "规则「{}」与「{}」不可能同时成立；前者成立如：{}；后者成立如：{}",
            rule.id,
            other.id,
            row(a),
            row(b)
        );
        let remedy = format!(
            "请核对两条的条件；有意如此的，请写 [[exclusive]] rules = [\"{}\", \"{}\"] reading = \"理由\"",
            rule.id, other.id
        );
        found.push(other.place.notice(message, &remedy));
    }
}
