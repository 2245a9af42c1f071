//! Facts and tables that nothing uses.

use std::collections::BTreeSet;

use super::super::check::asked;
use super::super::model::*;
use super::super::scope::{self, Meaning, Site};
use super::{Lint, notice};

pub fn lint(pack: &Pack, found: &mut Vec<Lint>) {
    let facts = used_facts(pack);
    for (at, fact) in pack.facts.iter().enumerate() {
        if !facts.contains(&at) {
            let message = format!("没有规则、提示或统计用到事实「{}」", fact.name);
            found.push(notice(&fact.place, message, "请在条件中使用，或删去"));
        }
    }
    let tables = used_tables(pack, &facts);
    for (at, table) in pack.tables.iter().enumerate() {
        if !tables.contains(&at) {
            let message = format!("没有事实、规则或统计用到表「{}」：报送了也不起作用", table.name);
            found.push(notice(&table.place, message, "请写一个 from = 这张表的事实（[[fact]]），或删去"));
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

/// Facts that are named outside expressions: whom a rule is about, what a hint dates, what rows show.
fn named(pack: &Pack) -> impl Iterator<Item = (Entity, &str)> {
    let rules = pack.rules.iter().flat_map(|rule| {
        let by = rule.proposals.iter().filter_map(|proposal| match &proposal.to {
            Recipient::Named { fact, .. } => Some(fact),
            _ => None,
        });
        rule.about.iter().chain(&rule.shows).chain(by).map(|name| (rule.of, name.as_str()))
    });
    let hints = pack.hints.iter().flat_map(|hint| hint.dates.iter().map(|name| (hint.of, name.as_str())));
    let tables = pack.tables.iter().enumerate();
    let shown =
        tables.flat_map(|(at, table)| table.shown_facts.iter().map(move |name| (Entity::Row(at), name.as_str())));
    rules.chain(hints).chain(shown)
}

/// Facts that a root names, and what those rest on.
fn used_facts(pack: &Pack) -> BTreeSet<usize> {
    let named = named(pack).filter_map(|(of, name)| scope::resolve(pack, Site::Entity(of), name, None).ok());
    let mut waiting: Vec<usize> = named.filter_map(Meaning::fact).collect();
    for one in asked(pack) {
        waiting.extend(one.expression.term().meanings().into_iter().filter_map(|(_, meaning)| meaning.fact()));
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
        if let Formula::Aggregate { source: Source::Table(table), .. } = pack.facts[*fact].formula {
            used.insert(table);
        }
        if let Entity::Row(table) = pack.facts[*fact].of {
            used.insert(table);
        }
    }
    used
}
