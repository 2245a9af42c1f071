//! Which names an expression may use, what they mean, and their types.
//!
//! An entity sees its own columns and facts, the facts of the subjects it refers to, and the city's.
//! A name never means two things: where it could, the pack is refused. Only a fact may be called like the column that
//! it is taken from, which then shows through it alone.

use std::collections::BTreeSet;

use polars::prelude::{DataType, Schema};

use super::model::*;

/// The run's own values that every expression may use. None of them is a column of a system table.
pub const RUN_NAMES: [&str; 4] = ["本年", "基准日", "年初", "本轮"];

/// Columns of the tables that the engine itself provides. Grounds have one more per fact.
pub fn system_columns(source: Source) -> &'static [(&'static str, DataType)] {
    const TEXT: DataType = DataType::String;
    match source {
        Source::Table(_) => &[],
        Source::Archive => &[
            ("处理编号", TEXT),
            ("年度", DataType::Int32),
            ("轮次", TEXT),
            ("处理", TEXT),
            ("意见", TEXT),
            ("决定方式", TEXT),
        ],
        Source::ArchiveGrounds => &[
            ("处理编号", TEXT),
            ("年度", DataType::Int32),
            ("轮次", TEXT),
            ("处理", TEXT),
            ("意见", TEXT),
            ("决定方式", TEXT),
            ("条款", TEXT),
            ("关于", TEXT),
        ],
        Source::ArchiveRuns => &[("年度", DataType::Int32), ("轮次", TEXT)],
        Source::Proposed => &[("处理编号", TEXT), ("处理", TEXT), ("意见", TEXT), ("决定方式", TEXT)],
        Source::Pending => &[("处理", TEXT), ("条款", TEXT)],
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

/// Where an expression is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    Entity(Entity),
    /// Rows of a source that an aggregate looks at.
    Source(Source),
}

impl Site {
    /// A table's rows mean the same to an aggregate and to themselves.
    fn entity(self) -> Option<Entity> {
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

/// The type of a column as the table layer builds it.
pub fn column_type(kind: &ColumnKind) -> DataType {
    match kind {
        ColumnKind::Number { .. } => DataType::Float64,
        ColumnKind::Date | ColumnKind::Month => DataType::Date,
        ColumnKind::Year => DataType::Int32,
        _ => DataType::String,
    }
}

/// The values of an ordered column that `name` means at `site`, from low to high.
pub fn order<'a>(pack: &'a Pack, site: Site, name: &str) -> Option<&'a [String]> {
    let table = table_of(pack, site.entity()?)?;
    match &pack.tables[table].columns[pack.tables[table].column(name)?].kind {
        ColumnKind::Choice { values, ordered: true } => Some(values),
        _ => None,
    }
}

/// Names and types that `site` offers, given the types of the facts known so far.
pub fn schema(pack: &Pack, site: Site, types: &[Option<DataType>], not: Option<usize>) -> Schema {
    let mut schema = Schema::default();
    let mut add = |name: &str, dtype: DataType| {
        schema.with_column(name.into(), dtype);
    };
    let Some(entity) = site.entity() else {
        if let Site::Source(source) = site {
            for (name, dtype) in system_columns(source) {
                add(name, dtype.clone());
            }
            if source == Source::ArchiveGrounds {
                for name in ground_facts(pack) {
                    if system_columns(source).iter().all(|(column, _)| *column != name) {
                        add(name, DataType::String);
                    }
                }
            }
        }
        return schema;
    };
    let facts = |of: Entity| pack.facts.iter().enumerate().filter(move |(at, fact)| fact.of == of && Some(*at) != not);
    for of in std::iter::once(Entity::City).chain(referred(pack, entity).into_iter().map(Entity::Subject)) {
        for (at, fact) in facts(of) {
            if let Some(dtype) = &types[at] {
                add(&fact.name, dtype.clone());
            }
        }
    }
    if let Some(table) = table_of(pack, entity) {
        for column in &pack.tables[table].columns {
            add(&column.name, column_type(&column.kind));
        }
    }
    for (at, fact) in facts(entity) {
        if let Some(dtype) = &types[at] {
            add(&fact.name, dtype.clone());
        }
    }
    schema
}

fn unknown(pack: &Pack, site: Site, name: &str) -> String {
    let types = vec![Some(DataType::Boolean); pack.facts.len()];
    let schema = schema(pack, site, &types, None);
    let known: Vec<&str> = schema
        .iter_names()
        .map(|name| name.as_str())
        .chain(RUN_NAMES)
        .chain(pack.parameters.iter().map(|parameter| parameter.name.as_str()))
        .collect();
    match super::build::nearest(name, &known) {
        Some(near) => format!("没有名为「{name}」的列、事实或参数，是否要写「{near}」？"),
        None => format!("没有名为「{name}」的列、事实或参数"),
    }
}
