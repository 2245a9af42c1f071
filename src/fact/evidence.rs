//! Which cells decided a fact, and what a fact's value is: for grounds, sources and `about`.

use polars::prelude::{AnyValue, DataType};

use super::world::{Error, World, column_of};
use crate::pack::scope::{self, Meaning, Site};
use crate::pack::sql::{self, Literal};
use crate::pack::{CellRule, Entity, Formula, Source};
use crate::place::Cell;

/// The value of a fact as it stands in a ground.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum FactValue {
    Null,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(String),
}

/// Where a deciding value stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    Cell(Cell),
    /// A line of an earlier run, by its id.
    Archive(String),
}

/// A value that decided, with its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub origin: Origin,
    /// The fact it decided; empty where it only shows through whom the rule reaches the recipient.
    pub fact: String,
    pub table: String,
    pub column: String,
    /// As shown in the cell.
    pub value: String,
    /// The parameter and value it was compared with (`半年得分线`, `60`).
    pub line: Option<(String, String)>,
    /// What the row is called in `about`, where it has a name of its own (a talk's date, a line id).
    pub label: String,
    /// A line of this run or of an earlier one that the value stands for.
    pub through: Option<String>,
}

/// Gives the evidence behind a line of this run, by its id.
pub type OfLine<'a> = dyn Fn(&str) -> Vec<Evidence> + 'a;

impl World<'_> {
    /// What decided the names that an expression uses, for one entity.
    ///
    /// `only`: of an entity that is a row, just these columns and facts (with what they rest on).
    pub fn evidence(
        &self,
        entity: Entity,
        at: u32,
        names: &[String],
        only: &[String],
        of_line: &OfLine<'_>,
    ) -> Result<Vec<Evidence>, Error> {
        let mut found = Vec::new();
        for name in names {
            self.named(entity, at, name, None, only, of_line, &mut found)?;
        }
        let mut seen: Vec<(Origin, String)> = Vec::new();
        found.retain(|one| {
            let key = (one.origin.clone(), one.label.clone());
            let new = !seen.contains(&key);
            if new {
                seen.push(key);
            }
            new
        });
        Ok(found)
    }

    #[allow(clippy::too_many_arguments)] // One recursion over names and facts.
    fn named(
        &self,
        entity: Entity,
        at: u32,
        name: &str,
        not: Option<usize>,
        only: &[String],
        of_line: &OfLine<'_>,
        found: &mut Vec<Evidence>,
    ) -> Result<(), Error> {
        let shown = only.is_empty() || only.iter().any(|one| one == name);
        match self.resolve(Site::Entity(entity), name, not)? {
            Meaning::Column if shown => {
                if let Entity::Row(table) = entity {
                    found.extend(self.cell_of(table, at as usize, name, name));
                } else if let Entity::Subject(kind) = entity {
                    let table = self.pack.subjects[kind].register;
                    let home = self.data.registers[kind].rows.get(at as usize).and_then(|rows| rows.first());
                    found.extend(home.and_then(|row| self.cell_of(table, *row as usize, name, name)));
                }
            }
            Meaning::Fact(fact) => {
                let only = if shown { &[] } else { only };
                self.fact(fact, at, only, of_line, found)?;
            }
            Meaning::OfSubject(kind, fact) if shown => {
                if let Some(index) = self.referred_index(entity, at, kind) {
                    self.fact(fact, index, &[], of_line, found)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn fact(
        &self,
        fact: usize,
        at: u32,
        only: &[String],
        of_line: &OfLine<'_>,
        found: &mut Vec<Evidence>,
    ) -> Result<(), Error> {
        let definition = &self.pack.facts[fact];
        let (cells, source): (&[CellRule], Option<Source>) = match &definition.formula {
            Formula::Own { is, cells, shows } if cells.is_empty() => {
                let frame = self.frame(definition.of);
                let holds = frame.and_then(|frame| frame.column(&column_of(fact)).ok()?.bool().ok()?.get(at as usize));
                let names =
                    if holds == Some(true) && !shows.is_empty() { shows.clone() } else { sql::names(&self.parse(is)?) };
                for name in names {
                    self.named(definition.of, at, &name, Some(fact), only, of_line, found)?;
                }
                return Ok(());
            }
            Formula::Own { cells, .. } => {
                let Entity::Row(table) = definition.of else { return Ok(()) };
                (cells, Some(Source::Table(table)))
            }
            Formula::Aggregate { source, cells, .. } => (cells, Some(*source)),
            Formula::Covered => return Ok(()),
        };
        let (Some(rows), Some(source)) = (&self.fact_rows[fact], source) else { return Ok(()) };
        if !only.is_empty() {
            return Ok(());
        }
        for (_, row, bits) in rows.of(at) {
            for (bit, cell) in cells.iter().enumerate() {
                if bits & (1 << bit) != 0 {
                    self.cell_rule(source, *row as usize, &definition.name, cell, of_line, found);
                }
            }
        }
        Ok(())
    }

    fn cell_rule(
        &self,
        source: Source,
        row: usize,
        fact: &str,
        cell: &CellRule,
        of_line: &OfLine<'_>,
        found: &mut Vec<Evidence>,
    ) {
        let Source::Table(table) = source else {
            let Some(id) = self.system.get(&source).and_then(|frame| text_at(frame, "处理编号", row)) else {
                return;
            };
            let template = Evidence {
                origin: Origin::Archive(id.clone()),
                fact: fact.to_owned(),
                table: String::new(),
                column: cell.column.clone(),
                value: id.clone(),
                line: None,
                label: id.clone(),
                through: Some(id.clone()),
            };
            if source == Source::Proposed {
                // A line of this run stands on the cells of its own grounds.
                for one in of_line(&id) {
                    found.push(Evidence {
                        origin: one.origin,
                        value: one.value,
                        table: one.table,
                        column: one.column,
                        ..template.clone()
                    });
                }
            } else {
                found.push(template);
            }
            return;
        };
        // An expanded row of a reading stands for the row that was read.
        let read = self.read_row(table, row);
        if let Some(mut evidence) = self.cell_of(table, read, &cell.column, fact) {
            evidence.line = cell
                .line
                .as_ref()
                .and_then(|name| self.literals.get(name).map(|literal| (name.clone(), literal_text(literal))));
            found.push(evidence);
        }
    }

    /// The row that was read, for a row of a table's frame.
    fn read_row(&self, table: usize, row: usize) -> usize {
        let read = self.rows[table].column("@read").ok().and_then(|column| column.u32().ok().and_then(|c| c.get(row)));
        read.map_or(row, |read| read as usize)
    }

    fn cell_of(&self, table: usize, row: usize, column: &str, fact: &str) -> Option<Evidence> {
        let schema = &self.pack.tables[table];
        let cell = self.data.cell(table, row, schema.column(column)?)?;
        let frame = &self.data.tables[table].frame;
        let label = schema.about.and_then(|about| text_at(frame, &schema.columns[about].name, row));
        Some(Evidence {
            origin: Origin::Cell(cell),
            fact: fact.to_owned(),
            table: schema.name.clone(),
            column: column.to_owned(),
            value: text_at(frame, column, row).unwrap_or_default(),
            line: None,
            label: label.unwrap_or_default(),
            through: None,
        })
    }

    /// The subject of a kind that an entity refers to.
    pub fn referred_index(&self, entity: Entity, at: u32, kind: usize) -> Option<u32> {
        let column = self.frame(entity)?.column(&format!("@{}", self.pack.subjects[kind].kind)).ok()?;
        column.cast(&DataType::UInt32).ok()?.u32().ok()?.get(at as usize)
    }

    /// The value that a name has for one entity.
    pub fn value(&self, entity: Entity, at: u32, name: &str) -> Result<FactValue, Error> {
        let column = match self.resolve(Site::Entity(entity), name, None)? {
            Meaning::Fact(fact) => self.frame(entity).and_then(|frame| frame.column(&column_of(fact)).ok()),
            Meaning::Column => self.frame(entity).and_then(|frame| frame.column(name).ok()),
            Meaning::OfSubject(kind, fact) => {
                let Some(index) = self.referred_index(entity, at, kind) else { return Ok(FactValue::Null) };
                let column = self.subjects[kind].column(&column_of(fact)).ok();
                return Ok(column
                    .and_then(|column| column.get(index as usize).ok())
                    .map_or(FactValue::Null, |v| fact_value(&v)));
            }
            Meaning::OfCity(fact) => {
                return Ok(self.city.get(&fact).map_or(FactValue::Null, |scalar| fact_value(scalar.value())));
            }
            Meaning::Literal => None,
        };
        Ok(column.and_then(|column| column.get(at as usize).ok()).map_or(FactValue::Null, |value| fact_value(&value)))
    }

    /// Names that an expression uses, without those that are the run's literals.
    pub fn names(&self, entity: Entity, sql: &str) -> Result<Vec<String>, Error> {
        let mut names = sql::names(&self.parse(sql)?);
        names.retain(|name| {
            !matches!(scope::resolve(self.pack, Site::Entity(entity), name, None), Ok(Meaning::Literal))
        });
        Ok(names)
    }
}

fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Int(value) => value.to_string(),
        Literal::Number(value) => value.to_string(),
        Literal::Text(value) => value.clone(),
        Literal::Date(value) => value.to_string(),
    }
}

/// A cell of a frame as people write it.
pub fn text_at(frame: &polars::prelude::DataFrame, column: &str, row: usize) -> Option<String> {
    match fact_value(&frame.column(column).ok()?.get(row).ok()?) {
        FactValue::Null => None,
        FactValue::Bool(value) => Some(value.to_string()),
        FactValue::Int(value) => Some(value.to_string()),
        FactValue::Number(value) => Some(value.to_string()),
        FactValue::Text(value) => Some(value),
    }
}

/// A column's value as it stands in a ground.
pub fn fact_value(value: &AnyValue<'_>) -> FactValue {
    match value {
        AnyValue::Null => FactValue::Null,
        AnyValue::Boolean(value) => FactValue::Bool(*value),
        AnyValue::Float64(value) => FactValue::Number(*value),
        AnyValue::Date(days) => {
            let day = chrono::NaiveDate::from_ymd_opt(1970, 1, 1)
                .and_then(|epoch| epoch.checked_add_signed(chrono::Duration::days(i64::from(*days))));
            day.map_or(FactValue::Null, |day| FactValue::Text(day.to_string()))
        }
        other => match (other.get_str(), other.extract::<i64>()) {
            (Some(text), _) => FactValue::Text(text.to_owned()),
            (None, Some(value)) => FactValue::Int(value),
            (None, None) => FactValue::Null,
        },
    }
}
