//! Which names an expression may use, what they mean, and their types.
//!
//! An entity sees its own columns and facts, the facts of the subjects it refers to, and the city's.
//! A name never means two things: where it could, the pack is refused. Only a fact may be called like the column that
//! it is taken from, which then shows through it alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::model::*;
use super::term::{Kind, Order, Set};

/// The run's own values that every expression may use. None of them is a column of a system table.
pub const RUN_NAMES: [&str; 4] = ["本年", "基准日", "年初", "本轮"];

/// The columns of a table that the engine itself provides, with their types and whether they can be blank; those of a
/// table of the pack are its own.
pub fn source_columns(pack: &Pack, source: Source) -> Vec<(&str, Kind, bool)> {
    const LINE: (&str, Kind, bool) = ("处理编号", Kind::Text, false);
    const YEAR: (&str, Kind, bool) = ("年度", Kind::WHOLE, false);
    const RUN: (&str, Kind, bool) = ("轮次", Kind::Text, false);
    const ACTION: (&str, Kind, bool) = ("处理", Kind::Text, false);
    const RULE: (&str, Kind, bool) = ("条款", Kind::Text, false);
    // The committee's answer is the one thing that lines may lack.
    const OPINION: (&str, Kind, bool) = ("意见", Kind::Text, true);
    const METHOD: (&str, Kind, bool) = ("决定方式", Kind::Text, true);
    match source {
        Source::Table(_) => Vec::new(),
        Source::Archive => vec![LINE, YEAR, RUN, ACTION, OPINION, METHOD],
        Source::ArchiveGrounds => {
            let mut columns = source_columns(pack, Source::Archive);
            columns.extend([RULE, ("关于", Kind::Text, false)]);
            // What a ground in the archive may hold: facts and shown columns.
            let shown = pack.tables.iter().flat_map(|table| &table.shown_facts);
            let facts: BTreeSet<&String> = shown.chain(pack.facts.iter().map(|fact| &fact.name)).collect();
            let known = columns.clone();
            let facts = facts.into_iter().filter(|fact| known.iter().all(|(name, ..)| name != *fact));
            columns.extend(facts.map(|name| (name.as_str(), Kind::Text, true)));
            columns
        }
        Source::ArchiveRuns => vec![YEAR, RUN],
        Source::Proposed => vec![LINE, ACTION, OPINION, METHOD],
        Source::Pending => vec![ACTION, RULE],
    }
}

/// What a name in an expression stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A literal of the run: its own value or a parameter.
    Literal,
    /// A column of the entity's table (for a subject: of its home row) or of a system table.
    Column,
    /// A fact of the entity itself.
    Fact(usize),
    /// A fact of a subject that the entity refers to (subject kind, fact).
    OfSubject(usize, usize),
    /// A fact of the city.
    OfCity(usize),
}

impl Meaning {
    /// The fact that is meant, whosever it is.
    pub fn fact(self) -> Option<usize> {
        match self {
            Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact) => Some(fact),
            Meaning::Literal | Meaning::Column => None,
        }
    }
}

/// Where an expression is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    Entity(Entity),
    /// Rows of a source that an aggregate looks at.
    Source(Source),
}

impl Site {
    /// A table's rows mean the same to an aggregate and to themselves.
    pub fn entity(self) -> Option<Entity> {
        match self {
            Site::Entity(entity) => Some(entity),
            Site::Source(Source::Table(table)) => Some(Entity::Row(table)),
            Site::Source(_) => None,
        }
    }
}

/// Looks a name up. `not` is the fact being defined: its own name then means the column below it.
///
/// # Errors
/// A Chinese sentence: unknown, or could mean two things.
pub fn resolve(pack: &Pack, site: Site, name: &str, not: Option<usize>) -> Result<Meaning, String> {
    if RUN_NAMES.contains(&name) || pack.parameters.iter().any(|parameter| parameter.name == name) {
        return Ok(Meaning::Literal);
    }
    let fact_of = |entity: Entity| {
        pack.facts.iter().enumerate().position(|(at, fact)| fact.of == entity && fact.name == name && Some(at) != not)
    };
    let Some(entity) = site.entity() else {
        let Site::Source(source) = site else { return Err(unknown(pack, site, name)) };
        let known = source_columns(pack, source).iter().any(|(column, ..)| *column == name);
        return if known { Ok(Meaning::Column) } else { Err(unknown(pack, site, name)) };
    };
    if let Some(fact) = fact_of(entity) {
        return Ok(Meaning::Fact(fact));
    }
    if let Some(table) = table_of(pack, entity)
        && pack.tables[table].column(name).is_some()
    {
        return Ok(Meaning::Column);
    }
    let held: Vec<Meaning> = referred(pack, entity)
        .into_iter()
        .filter_map(|kind| fact_of(Entity::Subject(kind)).map(|fact| Meaning::OfSubject(kind, fact)))
        .collect();
    match held.as_slice() {
        [one] => return Ok(*one),
        [] => {}
        _ => return Err(format!("「{name}」可能指几种对象的事实，请另起名称的事实加以区别")),
    }
    fact_of(Entity::City).map(Meaning::OfCity).ok_or_else(|| unknown(pack, site, name))
}

/// The table whose columns an entity has.
pub fn table_of(pack: &Pack, entity: Entity) -> Option<usize> {
    match entity {
        Entity::Subject(kind) => Some(pack.subjects[kind].register),
        Entity::Row(table) => Some(table),
        Entity::City => None,
    }
}

/// Subject kinds that an entity refers to: the lead's cadre and team, the cadre's home team.
pub fn referred(pack: &Pack, entity: Entity) -> Vec<usize> {
    let Some(table) = table_of(pack, entity) else { return Vec::new() };
    let mut kinds: Vec<usize> = pack.tables[table].references.iter().map(|reference| reference.subject).collect();
    if let Entity::Row(table) = entity {
        kinds.extend(pack.subjects.iter().position(|subject| subject.register == table));
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The type of what a name means, and whether it can be unknown. Facts that it means must be bound.
pub fn described(pack: &Pack, site: Site, name: &str, meaning: Meaning) -> (Kind, bool) {
    match meaning {
        Meaning::Literal => (literal_kind(pack, name), false),
        // That a row is about nobody of the kind is nothing that somebody left blank.
        Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact) => {
            (pack.facts[fact].kind(), fact_open(pack, fact))
        }
        Meaning::Column => match (site.entity().and_then(|entity| table_of(pack, entity)), site) {
            (Some(table), _) => {
                let kind = pack.tables[table].named(name).map(|column| column.kind.of_values());
                (kind.unwrap_or(Kind::Text), column_open(pack, table, name))
            }
            (None, Site::Source(source)) => {
                let column = source_columns(pack, source).into_iter().find(|(column, ..)| *column == name);
                column.map_or((Kind::Text, true), |(_, kind, open)| (kind, open))
            }
            (None, Site::Entity(_)) => (Kind::Text, true),
        },
    }
}

fn literal_kind(pack: &Pack, name: &str) -> Kind {
    match name {
        "本年" => Kind::WHOLE,
        "基准日" | "年初" => Kind::Day,
        "本轮" => {
            let words = Run::ALL.map(|run| run.code().to_owned()).to_vec();
            Kind::Choice(Arc::new(Set { words, order: Order::None }))
        }
        name => match pack.parameters.iter().find(|parameter| parameter.name == name) {
            Some(parameter) if !parameter.one_of.is_empty() => Kind::written(parameter.one_of.clone()),
            _ => Kind::NUMBER,
        },
    }
}

/// Whether a column holds yes and no.
pub fn is_yes_no(pack: &Pack, site: Site, name: &str) -> bool {
    let table = site.entity().and_then(|entity| table_of(pack, entity));
    table.and_then(|table| pack.tables[table].named(name)).is_some_and(|column| column.yes_no)
}

/// Whether a table's column can be blank.
pub fn column_open(pack: &Pack, table: usize, name: &str) -> bool {
    let schema = &pack.tables[table];
    schema.column(name).is_none_or(|at| {
        let column = &schema.columns[at];
        !(column.required || column.default.is_some() || schema.year == Some(at))
    })
}

/// Whether a fact can be unknown.
pub fn fact_open(pack: &Pack, fact: usize) -> bool {
    let definition = &pack.facts[fact];
    match &definition.formula {
        Formula::Own { is, .. } => is.term().open,
        Formula::Aggregate { source, given, value, absent, .. } => {
            // Whoever is on a register has a row there.
            let always = match (source, definition.of) {
                (Source::Table(table), Entity::Subject(kind)) => {
                    *table == pack.subjects[kind].register && given.is_none()
                }
                _ => false,
            };
            value.term().open || (absent.as_ref().is_none_or(|absent| absent.term().open) && !always)
        }
        Formula::Covered => false,
    }
}

/// All names that mean something at `site`.
fn known(pack: &Pack, site: Site) -> Vec<&str> {
    let mut names: Vec<&str> = RUN_NAMES.to_vec();
    names.extend(pack.parameters.iter().map(|parameter| parameter.name.as_str()));
    let Some(entity) = site.entity() else {
        if let Site::Source(source) = site {
            names.extend(source_columns(pack, source).into_iter().map(|(name, ..)| name));
        }
        return names;
    };
    let mut entities: Vec<Entity> = referred(pack, entity).into_iter().map(Entity::Subject).collect();
    entities.extend([Entity::City, entity]);
    names.extend(pack.facts.iter().filter(|fact| entities.contains(&fact.of)).map(|fact| fact.name.as_str()));
    if let Some(table) = table_of(pack, entity) {
        names.extend(pack.tables[table].columns.iter().map(|column| column.name.as_str()));
    }
    names
}

fn unknown(pack: &Pack, site: Site, name: &str) -> String {
    match super::assemble::nearest(name, &known(pack, site)) {
        Some(near) => format!("没有名为「{name}」的列、事实或参数，是否要写「{near}」？"),
        None => format!("没有名为「{name}」的列、事实或参数"),
    }
}
