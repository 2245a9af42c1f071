//! Facts and tables that nothing uses.

use std::collections::BTreeSet;

use super::super::check::{asked, named};
use super::super::fault::PackFault;
use super::super::model::*;
use super::super::scope::{self, Meaning, Site};

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    let facts = used_facts(pack);
    for (at, fact) in pack.facts.iter().enumerate() {
        if !facts.contains(&at) {
            let message = format!("没有规则、提示或统计用到事实「{}」", fact.name);
            found.push(fact.place.notice(message, "请在条件中使用，或删去"));
        }
    }
    let tables = used_tables(pack, &facts);
    for (at, table) in pack.tables.iter().enumerate() {
        if !tables.contains(&at) {
            let message = format!("没有事实、规则或统计用到表「{}」：报送了也不起作用", table.name);
            found.push(table.place.notice(message, "请写一个 from = 这张表的事实（[[fact]]），或删去"));
        }
    }
}

/// Every expression with where it is evaluated.
pub fn expressions(pack: &Pack) -> Vec<(Site, &Expression)> {
    let mut all: Vec<(Site, &Expression)> = asked(pack).into_iter().map(|one| (one.site, one.expression)).collect();
    for fact in &pack.facts {
        all.extend(fact.expressions().map(|expression| (fact.site(), expression)));
    }
    all
}

/// Facts that a root names, and what those rest on.
fn used_facts(pack: &Pack) -> BTreeSet<usize> {
    let by = pack.rules.iter().flat_map(|rule| rule.proposals.iter().map(|proposal| (rule.of, &proposal.to)));
    let by = by.filter_map(|(of, to)| match to {
        Recipient::Named { fact, .. } => Some((of, fact.as_str())),
        _ => None,
    });
    let named = named(pack).map(|(.., of, name)| (of, name)).chain(by);
    let named = named.filter_map(|(of, name)| scope::resolve(pack, Site::Entity(of), name, None).ok());
    let mut waiting: Vec<usize> = named.filter_map(Meaning::fact).collect();
    for one in asked(pack) {
        waiting.extend(one.expression.term().facts());
    }
    pack.resting_on(waiting)
}

fn used_tables(pack: &Pack, facts: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut used: BTreeSet<usize> = pack.subjects.iter().map(|subject| subject.register).collect();
    used.insert(pack.membership.table);
    used.extend(pack.register.iter().map(|register| register.talks));
    let entities = pack.rules.iter().map(|rule| rule.of).chain(pack.hints.iter().map(|hint| hint.of));
    for entity in entities.chain(pack.overview.crosses.iter().map(|cross| cross.of)) {
        if let Entity::Row(table) = entity {
            used.insert(table);
        }
    }
    for fact in facts {
        used.extend(pack.facts[*fact].table());
        if let Entity::Row(table) = pack.facts[*fact].of {
            used.insert(table);
        }
    }
    used
}
