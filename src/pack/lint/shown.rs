//! Rules about rows whose condition uses what their grounds do not hold: it could change, and an old answer would stand.

use super::super::fault::PackFault;
use super::super::model::*;
use super::super::scope::Meaning;
use super::super::term::{Node, Term};

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    for rule in pack.rules.iter().filter(|rule| rule.marks.is_none()) {
        let Entity::Row(table) = rule.of else { continue };
        let table = &pack.tables[table];
        if table.shown_facts.is_empty() {
            // Its grounds hold what the condition names.
            continue;
        }
        let mut told: Vec<&str> = Vec::new();
        rule.when.term().walk(&mut |term| {
            let Node::Name(name, _) = &term.node else { return };
            if told.contains(&&**name) || held(pack, &table.shown_facts, term) {
                return;
            }
            told.push(name);
            let message = format!(
                "规则「{}」的条件用到「{name}」，而《{}》的 shown 中没有：它变了核对码也不变，原来的意见会照样填入",
                rule.id, table.name
            );
            let place = rule.when.place_of(&term.span, &pack.files);
            let remedy = format!("请把「{name}」写入《{}》的 shown（[[row]]）", table.name);
            found.push(place.fault(message, &remedy));
        });
    }
}

/// Whether what a name means stands in the grounds, or follows from what stands there.
fn held(pack: &Pack, shown: &[String], term: &Term) -> bool {
    match &term.node {
        Node::Name(_, Some(Meaning::Literal)) => true,
        Node::Name(name, _) if shown.iter().any(|one| **one == **name) => true,
        Node::Name(_, Some(Meaning::Fact(fact))) => match &pack.facts[*fact].formula {
            Formula::Own { is, .. } => held(pack, shown, is.term()),
            _ => false,
        },
        Node::Name(..) => false,
        Node::Value(_) | Node::Call(..) => term.parts().iter().all(|part| held(pack, shown, part)),
    }
}
