//! Facts and tables that nothing uses.

use std::collections::BTreeSet;

use super::super::check::needs;
use super::super::model::*;
use super::super::scope::{self, Meaning, Site};
use super::super::sql;
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

/// Every expression outside facts, and those of facts, with its site.
pub fn expressions(pack: &Pack) -> Vec<(Site, String)> {
    let mut all = roots(pack);
    for fact in &pack.facts {
        match &fact.formula {
            Formula::Own { is, cells, .. } => {
                all.push((Site::Entity(fact.of), is.clone()));
                all.extend(cells.iter().filter_map(|cell| Some((Site::Entity(fact.of), cell.when.clone()?))));
            }
            Formula::Aggregate { source, given, value, cells, .. } => {
                let site = Site::Source(*source);
                all.extend(given.iter().chain([value]).map(|sql| (site, sql.clone())));
                all.extend(cells.iter().filter_map(|cell| Some((site, cell.when.clone()?))));
            }
            Formula::Covered => {}
        }
    }
    all
}

/// What rules, hints, quotas, counts and checks of rows ask for.
fn roots(pack: &Pack) -> Vec<(Site, String)> {
    let mut roots = Vec::new();
    for rule in &pack.rules {
        let site = Site::Entity(rule.of);
        roots.extend(rule.scope.iter().chain([&rule.when]).map(|sql| (site, sql.clone())));
        roots.extend(rule.about.iter().map(|name| (site, quoted(name))));
        for proposal in &rule.proposals {
            if let Recipient::Named { fact, .. } = &proposal.to {
                roots.push((site, quoted(fact)));
            }
        }
    }
    for hint in &pack.hints {
        roots.push((Site::Entity(hint.of), hint.when.clone()));
        roots.extend(hint.dates.iter().map(|name| (Site::Entity(hint.of), quoted(name))));
    }
    for quota in &pack.quotas {
        let site = Site::Entity(Entity::Subject(quota.of));
        roots.extend([&quota.reached, &quota.first].map(|sql| (site, sql.clone())));
    }
    for ratio in &pack.overview.ratios {
        let site = Site::Entity(Entity::Subject(ratio.of));
        roots.extend([&ratio.counted, &ratio.among].map(|sql| (site, sql.clone())));
    }
    for cross in &pack.overview.crosses {
        roots.extend([&cross.given, &cross.rows, &cross.columns].map(|sql| (Site::Entity(cross.of), sql.clone())));
    }
    for fork in &pack.forks {
        let site = Site::Entity(Entity::Row(fork.table));
        roots.extend(fork.values.iter().chain([&fork.when]).map(|sql| (site, sql.clone())));
    }
    if let Some(register) = &pack.register {
        roots.push((Site::Entity(Entity::Row(register.talks)), register.talk_when.clone()));
    }
    for (at, table) in pack.tables.iter().enumerate() {
        let site = Site::Entity(Entity::Row(at));
        roots.extend(table.checks.iter().map(|check| (site, check.when.clone())));
        roots.extend(table.looks_back.iter().map(|sql| (site, sql.clone())));
        roots.extend(table.shown_facts.iter().map(|name| (site, quoted(name))));
    }
    roots
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// Facts that a root names, and what those rest on.
fn used_facts(pack: &Pack) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    let mut waiting: Vec<usize> = Vec::new();
    for (site, sql) in roots(pack) {
        let Ok(expr) = sql::parse(&sql) else { continue };
        for name in sql::names(&expr) {
            match scope::resolve(pack, site, &name, None) {
                Ok(Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact)) => waiting.push(fact),
                _ => {}
            }
        }
    }
    while let Some(fact) = waiting.pop() {
        if used.insert(fact) {
            waiting.extend(needs(pack, fact).unwrap_or_default());
        }
    }
    used
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
