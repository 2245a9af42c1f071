//! Which names an expression may use, what they mean, and their types.
//!
//! An entity sees its own columns and facts, the facts of the subjects it refers to, and the city's.
//! A name never means two things: where it could, the pack is refused. Only a fact may be called like the column that
//! it is taken from, which then shows through it alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use polars::prelude::DataType;

use super::model::*;
use super::term::{Kind, Order, Set};

/// The run's own values that every expression may use. None of them is a column of a system table.
pub const RUN_NAMES: [&str; 4] = ["本年", "基准日", "年初", "本轮"];

/// Columns of the tables that the engine itself provides. Grounds have one more per fact.
pub fn system_columns(source: Source) -> &'static [(&'static str, DataType)] {
    const TEXT: DataType = DataType::String;
    /// Of earlier lines, and with the last two of their grounds.
    const LINES: [(&str, DataType); 8] = [
        ("处理编号", TEXT),
        ("年度", DataType::Int32),
        ("轮次", TEXT),
        ("处理", TEXT),
        ("意见", TEXT),
        ("决定方式", TEXT),
        ("条款", TEXT),
        ("关于", TEXT),
    ];
    match source {
        Source::Table(_) => &[],
        Source::Archive => const { LINES.split_at(6).0 },
        Source::ArchiveGrounds => &LINES,
        Source::ArchiveRuns => &[("年度", DataType::Int32), ("轮次", TEXT)],
        Source::Proposed => &[("处理编号", TEXT), ("处理", TEXT), ("意见", TEXT), ("决定方式", TEXT)],
        Source::Pending => &[("处理", TEXT), ("条款", TEXT)],
    }
}

/// The columns of a system table with their types; those of a table of the pack are its own.
pub fn source_columns(pack: &Pack, source: Source) -> Vec<(String, Kind)> {
    let fixed = system_columns(source)
        .iter()
        .map(|(name, dtype)| ((*name).to_owned(), if *dtype == DataType::Int32 { Kind::WHOLE } else { Kind::Text }));
    let mut columns: Vec<(String, Kind)> = fixed.collect();
    if source == Source::ArchiveGrounds {
        let known: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let facts = ground_facts(pack).into_iter().filter(|name| !known.iter().any(|one| one == name));
        columns.extend(facts.map(|name| (name.to_owned(), Kind::Text)));
    }
    columns
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
        let fixed = system_columns(source).iter().any(|(column, _)| *column == name);
        let ground = source == Source::ArchiveGrounds && ground_facts(pack).contains(name);
        return if fixed || ground { Ok(Meaning::Column) } else { Err(unknown(pack, site, name)) };
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

/// Names of facts and shown columns: what a ground in the archive may hold.
fn ground_facts(pack: &Pack) -> BTreeSet<&str> {
    let shown = pack.tables.iter().flat_map(|table| table.shown_facts.iter().map(String::as_str));
    shown.chain(pack.facts.iter().map(|fact| fact.name.as_str())).collect()
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
        Meaning::Column => match site.entity().and_then(|entity| table_of(pack, entity)) {
            Some(table) => {
                let kind = pack.tables[table].column(name).map(|at| pack.tables[table].columns[at].kind.of_values());
                (kind.unwrap_or(Kind::Text), column_open(pack, table, name))
            }
            // The committee's answer is the one thing that lines of the archive may lack.
            None => {
                let kind = if name == "年度" { Kind::WHOLE } else { Kind::Text };
                (kind, !["处理编号", "年度", "轮次", "处理", "条款", "关于"].contains(&name))
            }
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
    table.is_some_and(|table| pack.tables[table].columns.iter().any(|column| column.name == name && column.yes_no))
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
            names.extend(system_columns(source).iter().map(|(name, _)| *name));
            if source == Source::ArchiveGrounds {
                names.extend(ground_facts(pack));
            }
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
