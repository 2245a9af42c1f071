//! Rules that never or always hold, pairs that never hold together, and pairs that always do.

use super::super::model::*;
use super::domain::{Condition, Domains, Space, first};
use super::{Lint, error, notice};

pub fn lint(pack: &Pack, found: &mut Vec<Lint>) {
    let domains = Domains::new(pack);
    let rules: Vec<(&Rule, Condition)> =
        pack.rules.iter().filter(|rule| !rule.runs.is_empty()).map(|rule| (rule, domains.of_rule(rule))).collect();
    let mut dead = vec![false; rules.len()];
    for (at, (rule, condition)) in rules.iter().enumerate() {
        let Some(space) = Space::of(&[condition]) else { continue };
        let Some(holds) = space.holds(condition) else { continue };
        if space.complete && first(&holds).is_none() {
            dead[at] = true;
            let message = format!("规则「{}」永远不会成立：范围和条件合起来没有任何一组值能满足", rule.id);
            found.push(error(&rule.place, message, "请更正 scope 或 when（例如同一事实要同时等于两个值）"));
        } else if space.complete && holds.all() {
            let message = format!("规则「{}」总是成立：范围和条件没有排除任何一组值", rule.id);
            found.push(notice(&rule.place, message, "请核对 scope 和 when：它对每一个对象都提出处理"));
        }
    }
    for (at, (rule, condition)) in rules.iter().enumerate() {
        for (other_at, (other, theirs)) in rules.iter().enumerate().skip(at + 1) {
            let common = rule.runs.iter().any(|run| other.runs.contains(run));
            if rule.of != other.of || rule.id == other.id || !common || dead[at] || dead[other_at] {
                continue;
            }
            pair(pack, (rule, condition), (other, theirs), found);
        }
    }
}

fn pair(pack: &Pack, (rule, mine): (&Rule, &Condition), (other, theirs): (&Rule, &Condition), found: &mut Vec<Lint>) {
    // Conditions about different things can hold together or not, as it comes.
    if !mine.variables.iter().any(|one| theirs.variables.contains(one)) {
        return;
    }
    let Some(space) = Space::of(&[mine, theirs]).filter(|space| space.complete) else { return };
    let (Some(a), Some(b)) = (space.holds(mine), space.holds(theirs)) else { return };
    let declared = |groups: &[Vec<String>]| groups.iter().any(|one| one.contains(&rule.id) && one.contains(&other.id));
    let (both, same) = (&a & &b, a.iter().zip(b.iter()).all(|(a, b)| a == b));
    let row = |mask| first(mask).map(|at| space.row(at)).unwrap_or_default();
    if same && !declared(&pack.deliberate.together) {
        let message = format!("规则「{}」与「{}」总是一起成立，例如：{}", rule.id, other.id, row(&both));
        let remedy = format!(
            "请更正其中一条的条件，或合为一条；有意如此的，请写 [[together]] rules = [\"{}\", \"{}\"] reading = \"理由\"",
            rule.id, other.id
        );
        found.push(notice(&other.place, message, &remedy));
    }
    // A rule that only marks cases is there for those that the others leave.
    let marks = rule.marks.is_some() || other.marks.is_some();
    if marks || first(&both).is_some() || declared(&pack.deliberate.exclusive) {
        return;
    }
    // Two words of one closed set exclude each other as a matter of course.
    let graded = mine.variables.iter().filter(|one| one.set.is_some() && theirs.variables.contains(one)).any(|one| {
        let (mine, theirs) = (space.decisive(&a, one), space.decisive(&b, one));
        !mine.is_empty() && !theirs.is_empty() && mine.is_disjoint(&theirs)
    });
    if !graded {
        let message = format!(
            "规则「{}」与「{}」不可能同时成立；前者成立如：{}；后者成立如：{}",
            rule.id,
            other.id,
            row(&a),
            row(&b)
        );
        let remedy = format!(
            "请核对两条的条件；有意如此的，请写 [[exclusive]] rules = [\"{}\", \"{}\"] reading = \"理由\"",
            rule.id, other.id
        );
        found.push(notice(&other.place, message, &remedy));
    }
}
