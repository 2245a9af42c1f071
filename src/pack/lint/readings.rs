//! What settles a question that the Measures leave open says why, or says that the Measures give it.

use super::super::fault::PackFault;
use super::super::model::*;
use super::super::term::Literal;

const REMEDY: &str = "本部门自定的，请写明 reading = \"理由\"；原文已定的，请写 given = true";

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    for parameter in &pack.parameters {
        let says = parameter.reading.as_deref().is_some_and(|reading| !reading.trim().is_empty());
        if parameter.given == says {
            let message = format!("参数「{}」没有说明是原文所定还是本部门口径", parameter.name);
            found.push(parameter.place.fault(message, REMEDY));
        } else if parameter.unconfirmed.is_some() && !says {
            found.push(unconfirmed(&parameter.place, &format!("参数「{}」", parameter.name)));
        }
    }
    for rule in &pack.rules {
        if rule.unconfirmed.is_some() && rule.reading.is_none() {
            found.push(unconfirmed(&rule.place, &format!("规则「{}」", rule.id)));
        }
        for proposal in rule.proposals.iter().filter(|proposal| !proposal.options.is_empty()) {
            if !proposal.given && proposal.reading.is_none() {
                let action = &pack.actions[proposal.action].name;
                let message = format!("规则「{}」的「{action}」没有说明可选方式是原文所定还是本部门口径", rule.id);
                found.push(rule.place.fault(message, REMEDY));
            }
        }
        if rule.given || rule.reading.is_some() {
            continue;
        }
        for condition in rule.conditions() {
            for bound in bounds(condition) {
                let message = format!("规则「{}」直接写了界限 {bound}，没有说明是原文所定还是本部门口径", rule.id);
                let remedy =
                    format!("请改用参数（[[parameter]]）；或者{}", REMEDY.trim_start_matches("本部门自定的，"));
                found.push(rule.place.fault(message, &remedy));
            }
        }
    }
    for fact in pack.facts.iter().filter(|fact| fact.reading.is_none()) {
        for bound in fact.formulas().flat_map(bounds) {
            let message = format!("事实「{}」直接写了界限 {bound}，没有说明为什么是它", fact.name);
            found.push(fact.place.fault(message, "请改用参数（[[parameter]]），或写明 reading = \"理由\""));
        }
    }
}

/// What nobody could look up is the office's until somebody does.
fn unconfirmed(place: &Passage, what: &str) -> PackFault {
    place.fault(
        format!("{what}未能核实，却没有说明本部门按什么办"),
        "请写明 reading = \"理由\"，核实以后再写 given = true",
    )
}

/// Figures, and words of ordered sets, that something is compared with. Zero is no bound but “none”.
fn bounds(expression: &Expression) -> Vec<String> {
    let mut found = Vec::new();
    expression.term().walk(&mut |term| {
        let Some((_, left, right)) = term.comparison() else { return };
        for (one, other) in [(left, right), (right, left)] {
            match one.constant() {
                Some(Literal::Number(number)) if number != 0.0 => found.push(number.to_string()),
                Some(Literal::Text(word)) if other.kind.ranked().is_some() => found.push(format!("「{word}」")),
                _ => {}
            }
        }
    });
    found
}
