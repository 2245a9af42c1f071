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

/// An expression of the pack, with where it stands and where it is evaluated.
pub struct Written {
    pub place: Place,
    pub site: Site,
    pub sql: String,
}

/// Every expression outside facts, and those of facts.
pub fn expressions(pack: &Pack) -> Vec<Written> {
    let mut all = roots(pack);
    for fact in &pack.facts {
        let mut add = |site, sql: &String| all.push(Written { place: fact.place.clone(), site, sql: sql.clone() });
        match &fact.formula {
            Formula::Own { is, cells, .. } => {
                let site = Site::Entity(fact.of);
                add(site, is);
                cells.iter().filter_map(|cell| cell.when.as_ref()).for_each(|when| add(site, when));
            }
            Formula::Aggregate { source, given, value, cells, .. } => {
                let site = Site::Source(*source);
                given.iter().chain([value]).for_each(|sql| add(site, sql));
                cells.iter().filter_map(|cell| cell.when.as_ref()).for_each(|when| add(site, when));
            }
            Formula::Covered => {}
        }
    }
    all
}

/// What rules, hints, quotas, counts and checks of rows ask for.
fn roots(pack: &Pack) -> Vec<Written> {
    let mut roots = Vec::new();
    let mut add = |place: &Place, site, sql: String| roots.push(Written { place: place.clone(), site, sql });
    for rule in &pack.rules {
        let site = Site::Entity(rule.of);
        rule.scope.iter().chain([&rule.when]).for_each(|sql| add(&rule.place, site, sql.clone()));
        rule.about.iter().for_each(|name| add(&rule.place, site, quoted(name)));
        for proposal in &rule.proposals {
            if let Recipient::Named { fact, .. } = &proposal.to {
                add(&rule.place, site, quoted(fact));
            }
        }
    }
    for hint in &pack.hints {
        let site = Site::Entity(hint.of);
        add(&hint.place, site, hint.when.clone());
        hint.dates.iter().for_each(|name| add(&hint.place, site, quoted(name)));
    }
    for quota in &pack.quotas {
        let site = Site::Entity(Entity::Subject(quota.of));
        quota.among.iter().chain([&quota.reached]).for_each(|sql| add(&quota.place, site, sql.clone()));
    }
    for ratio in &pack.overview.ratios {
        let site = Site::Entity(Entity::Subject(ratio.of));
        [&ratio.counted, &ratio.among].into_iter().for_each(|sql| add(&ratio.place, site, sql.clone()));
    }
    for cross in &pack.overview.crosses {
        let site = Site::Entity(cross.of);
        [&cross.given, &cross.rows, &cross.columns].into_iter().for_each(|sql| add(&cross.place, site, sql.clone()));
    }
    for fork in &pack.forks {
        let site = Site::Entity(Entity::Row(fork.table));
        fork.values.iter().chain([&fork.when]).for_each(|sql| add(&fork.place, site, sql.clone()));
    }
    if let Some(register) = &pack.register {
        add(&register.place, Site::Entity(Entity::Row(register.talks)), register.talk_when.clone());
    }
    for (at, table) in pack.tables.iter().enumerate() {
        let site = Site::Entity(Entity::Row(at));
        table.checks.iter().for_each(|check| add(&check.place, site, check.when.clone()));
        table.looks_back.iter().for_each(|sql| add(&table.place, site, sql.clone()));
        table.shown_facts.iter().for_each(|name| add(&table.place, site, quoted(name)));
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
    for Written { site, sql, .. } in roots(pack) {
        let Ok(expr) = sql::parse(&sql) else { continue };
        for name in sql::names(&expr) {
            if let Ok(Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact)) =
                scope::resolve(pack, site, &name, None)
            {
                waiting.push(fact);
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
