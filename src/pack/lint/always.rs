//! Parts of conditions that are true whatever stands there: `年费 > 0` of a column that begins at one.

use super::super::fault::PackFault;
use super::super::functions::Op;
use super::super::model::*;
use super::super::term::{Node, Term};
use super::domain::{Domains, first};

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    let mut asked: Vec<(&Rule, &Expression, &Term)> = Vec::new();
    for rule in pack.rules.iter().filter(|rule| !rule.runs.is_empty()) {
        for condition in rule.conditions() {
            let mut parts = Vec::new();
            compared(condition.term(), &mut parts);
            // A rule that is nothing else always holds, and is told of as such.
            let alone =
                rule.scope.is_none() && matches!(parts.as_slice(), [one] if !one.open && *one == condition.term());
            asked.extend(parts.into_iter().filter(|_| !alone).map(|part| (rule, condition, part)));
        }
    }
    let both = asked.iter().flat_map(|(rule, _, part)| {
        let part = (*part).clone();
        [part.clone(), part.negation()].map(|term| (*rule, Term::truth(true), term))
    });
    let domains = Domains::asking(pack, both);
    // Whether there is no value with which it is false, as far as values are tried; one that is blank decides nothing.
    let holds = |at: usize| {
        let condition = &domains.rules[at].1;
        let space = domains.space(&[condition]).filter(|space| space.complete && !condition.names.is_empty())?;
        Some(first(&space.holds[0]).is_some())
    };
    for (at, (rule, condition, part)) in asked.into_iter().enumerate() {
        if holds(2 * at) == Some(true) && holds(2 * at + 1) == Some(false) {
            let message = format!("规则「{}」的「{part}」总是成立：没有哪个值使它不成立", rule.id);
            found.push(condition.place.notice(message, "请核对界限和列的 min、max，或删去这一部分"));
        }
    }
}

/// The comparisons that a condition is made of.
fn compared<'t>(term: &'t Term, found: &mut Vec<&'t Term>) {
    match &term.node {
        Node::Call(Op::And | Op::Or, parts) => parts.iter().for_each(|part| compared(part, found)),
        Node::Call(op, _) if op.orders() || *op == Op::Between => found.push(term),
        _ => {}
    }
}
