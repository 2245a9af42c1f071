//! Stages that a run never comes to, and rules that wait for what no earlier stage proposes.

use std::collections::BTreeSet;

use super::super::fault::PackFault;
use super::super::functions::Op;
use super::super::model::*;
use super::super::term::{Literal, Node};

/// The column of what earlier stages proposed or left pending that says which action it is.
const ACTION: &str = "处理";

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    for run in Run::ALL {
        let of_run = || pack.rules.iter().filter(|rule| rule.runs.contains(&run));
        let stages: BTreeSet<u32> = of_run().map(|rule| rule.stage).collect();
        for rule in of_run() {
            for fact in waiting_facts(pack, rule) {
                let definition = &pack.facts[fact];
                if stages.range(..rule.stage).next().is_none() {
                    let message = format!(
                        "规则「{}」在{}运行的第 {} 阶段，之前没有阶段：它用到的事实「{}」总是没有内容",
                        rule.id,
                        run.title(),
                        rule.stage,
                        definition.name
                    );
                    found.push(rule.place.fault(message, "请把 stage 改大，或把先要提出处理的规则放到更早的阶段"));
                    continue;
                }
                let wanted = actions(pack, definition);
                let earlier: BTreeSet<&str> = of_run()
                    .filter(|other| other.stage < rule.stage)
                    .flat_map(|other| &other.proposals)
                    .map(|proposal| pack.actions[proposal.action].name.as_str())
                    .collect();
                if !wanted.is_empty() && wanted.iter().all(|action| !earlier.contains(action.as_str())) {
                    let message = format!(
                        "规则「{}」用到的事实「{}」等的是「{}」，但{}运行中更早的阶段没有规则提出",
                        rule.id,
                        definition.name,
                        wanted.iter().cloned().collect::<Vec<_>>().join("、"),
                        run.title()
                    );
                    found.push(rule.place.fault(message, "请更正 stage，或更正事实中的处理名称"));
                }
            }
        }
    }
    for rule in pack.rules.iter().filter(|rule| rule.runs.is_empty() && rule.stage > 0) {
        found.push(rule.place.fault(format!("规则「{}」在哪一种运行中都不适用", rule.id), "请写 runs = \"HA\""));
    }
    let used: BTreeSet<u32> = pack.rules.iter().map(|rule| rule.stage).filter(|stage| *stage > 0).collect();
    let last = used.last().copied().unwrap_or_default();
    for gap in (1..last).filter(|stage| !used.contains(stage)) {
        if let Some(rule) = pack.rules.iter().find(|rule| rule.stage > gap) {
            let message = format!("没有规则在第 {gap} 阶段，而规则「{}」在第 {} 阶段", rule.id, rule.stage);
            found.push(rule.place.notice(message, "阶段请从 1 起连续编号"));
        }
    }
}

/// Facts about what earlier stages proposed or left pending that a rule rests on.
fn waiting_facts(pack: &Pack, rule: &Rule) -> Vec<usize> {
    let named = rule.conditions().flat_map(|one| one.term().facts());
    pack.resting_on(named).into_iter().filter(|fact| pack.facts[*fact].waits()).collect()
}

/// The actions that a fact's rows are asked for by name.
fn actions(pack: &Pack, fact: &Fact) -> BTreeSet<String> {
    let Formula::Aggregate { given: Some(given), .. } = &fact.formula else { return BTreeSet::new() };
    let mut actions = BTreeSet::new();
    given.term().walk(&mut |term| {
        let Some((Op::Equal, left, right)) = term.comparison() else { return };
        for (name, word) in [(left, right), (right, left)] {
            if let (Node::Name(name, _), Some(Literal::Text(word))) = (&name.node, word.constant())
                && &**name == ACTION
                && pack.actions.iter().any(|action| *action.name == *word)
            {
                actions.insert(word.to_string());
            }
        }
    });
    actions
}
