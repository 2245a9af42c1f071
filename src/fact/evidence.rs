//! Which cells decided a fact, and what a fact's value is: for grounds, sources and `about`.

use std::borrow::Cow;
use std::sync::Arc;

use polars::prelude::*;

use super::world::{Error, FactRows, World, column_of};
use crate::pack::scope::{Meaning, Site};
use crate::pack::{CellRule, ColumnKind, Entity, Formula, Source};
use crate::place::Cell;
use crate::table::Dataset;

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

impl FactValue {
    /// As it stands in a cell; none if it is blank.
    pub fn text(&self) -> Option<String> {
        match self {
            FactValue::Null => None,
            FactValue::Bool(value) => Some(value.to_string()),
            FactValue::Int(value) => Some(value.to_string()),
            FactValue::Number(value) => Some(value.to_string()),
            FactValue::Text(value) => Some(value.clone()),
        }
    }

    /// As people say it; `unknown` where it has no value.
    pub fn said(&self, unknown: &str) -> String {
        match self {
            FactValue::Bool(true) => "是".to_owned(),
            FactValue::Bool(false) => "否".to_owned(),
            other => other.text().unwrap_or_else(|| unknown.to_owned()),
        }
    }
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
    pub fact: Arc<str>,
    pub table: Arc<str>,
    pub column: Arc<str>,
    /// As shown in the cell.
    pub value: String,
    /// The parameter and value it was compared with (`半年得分线`, `60`).
    pub line: Option<(Arc<str>, Arc<str>)>,
    /// What the row is called in `about`: the line that it is or carries out, else its own name (a talk's date).
    pub label: String,
    /// A line of this run or of an earlier one that the value stands for.
    pub through: Option<String>,
    /// The line that the row carries out, where it names one.
    pub carries_out: Option<String>,
}

/// Gives the evidence behind a line of this run, by its id.
pub type OfLine<'a> = dyn Fn(&str) -> Vec<Evidence> + Sync + 'a;

/// What decides the values of some names: worked out once for all entities of a kind, looked up by index.
pub struct Finder<'a> {
    data: &'a Dataset,
    steps: Vec<Step>,
}

/// Where part of the evidence stands.
enum Step {
    /// The entity's own cell; for a subject that of its home row.
    Cell { home: Option<usize>, cells: Box<CellsOf> },
    /// Cells of the rows that decide a fact.
    Rows { rows: Arc<FactRows>, bits: Vec<Witness>, read: Option<UInt32Chunked> },
    /// Lines of the archive or of this run that decide a fact.
    Lines { rows: Arc<FactRows>, ids: StringChunked, fact: Arc<str>, columns: Vec<Arc<str>>, of_run: bool },
    /// A fact defined by others: where it holds what is shown for it, else all that it is defined by.
    Defined { holds: Option<BooleanChunked>, shown: Vec<Step>, all: Vec<Step> },
    /// Evidence of a subject that the entity refers to.
    Of { subject: UInt32Chunked, steps: Vec<Step> },
}

/// A cell that may decide a fact, and the parameter that it is compared with.
struct Witness {
    cells: CellsOf,
    line: Option<(Arc<str>, Arc<str>)>,
}

/// The cells of one column of a table.
struct CellsOf {
    table: usize,
    column: usize,
    texts: Texts,
    label: Option<Texts>,
    /// Ids of the lines that rows carry out: such a row is one and the same with its line.
    carried_out: Option<Texts>,
    fact: Arc<str>,
    table_name: Arc<str>,
    column_name: Arc<str>,
}

impl Finder<'_> {
    /// The evidence of one entity.
    pub fn find(&self, at: u32, of_line: &OfLine<'_>) -> Vec<Evidence> {
        let mut found = Vec::new();
        self.walk(&self.steps, at, of_line, &mut found);
        let mut kept: Vec<Evidence> = Vec::with_capacity(found.len());
        for one in found {
            if !kept.iter().any(|known| known.origin == one.origin && known.label == one.label) {
                kept.push(one);
            }
        }
        kept
    }

    fn walk(&self, steps: &[Step], at: u32, of_line: &OfLine<'_>, found: &mut Vec<Evidence>) {
        for step in steps {
            match step {
                Step::Cell { home: None, cells } => found.extend(cells.at(self.data, at as usize)),
                Step::Cell { home: Some(kind), cells } => {
                    let home = self.data.registers[*kind].rows.get(at as usize).and_then(|rows| rows.first());
                    found.extend(home.and_then(|row| cells.at(self.data, *row as usize)));
                }
                Step::Rows { rows, bits, read } => {
                    for (row, mask) in rows.of(at) {
                        // An expanded row of a reading stands for the row that was read.
                        let read = read.as_ref().and_then(|read| read.get(row as usize)).unwrap_or(row);
                        let decided = bits.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
                        found.extend(decided.filter_map(|(_, witness)| {
                            let evidence = witness.cells.at(self.data, read as usize)?;
                            Some(Evidence { line: witness.line.clone(), ..evidence })
                        }));
                    }
                }
                Step::Lines { rows, ids, fact, columns, of_run } => {
                    for (row, mask) in rows.of(at) {
                        let Some(id) = ids.get(row as usize) else { continue };
                        for (_, column) in columns.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0) {
                            line_evidence(id, fact, column, of_run.then_some(of_line), found);
                        }
                    }
                }
                Step::Defined { holds, shown, all } => {
                    let holds = holds.as_ref().and_then(|holds| holds.get(at as usize)) == Some(true);
                    let steps = if holds && !shown.is_empty() { shown } else { all };
                    self.walk(steps, at, of_line, found);
                }
                Step::Of { subject, steps } => {
                    if let Some(subject) = subject.get(at as usize) {
                        self.walk(steps, subject, of_line, found);
                    }
                }
            }
        }
    }
}

/// A line as evidence; a line of this run stands on the cells of its own grounds.
fn line_evidence(
    id: &str,
    fact: &Arc<str>,
    column: &Arc<str>,
    of_line: Option<&OfLine<'_>>,
    found: &mut Vec<Evidence>,
) {
    let template = Evidence {
        origin: Origin::Archive(id.to_owned()),
        fact: Arc::clone(fact),
        table: "".into(),
        column: Arc::clone(column),
        value: id.to_owned(),
        line: None,
        label: id.to_owned(),
        through: Some(id.to_owned()),
        carries_out: None,
    };
    match of_line {
        Some(of_line) => {
            for one in of_line(id) {
                found.push(Evidence {
                    origin: one.origin,
                    value: one.value,
                    table: one.table,
                    column: one.column,
                    ..template.clone()
                });
            }
        }
        None => found.push(template),
    }
}

impl CellsOf {
    fn label(&self, row: usize) -> Option<Cow<'_, str>> {
        let carried_out = self.carried_out.as_ref().and_then(|lines| lines.at(row));
        carried_out.or_else(|| self.label.as_ref()?.at(row))
    }

    fn at(&self, data: &Dataset, row: usize) -> Option<Evidence> {
        // A remembered row stands for the line that it carries out.
        let origin = if data.was_read(self.table, row) {
            Origin::Cell(data.cell(self.table, row, self.column)?)
        } else {
            Origin::Archive(self.carried_out.as_ref()?.at(row)?.into_owned())
        };
        Some(Evidence {
            origin,
            fact: Arc::clone(&self.fact),
            table: Arc::clone(&self.table_name),
            column: Arc::clone(&self.column_name),
            value: self.texts.at(row).unwrap_or_default().into_owned(),
            line: None,
            label: self.label(row).unwrap_or_default().into_owned(),
            through: None,
            carries_out: self.carried_out.as_ref().and_then(|lines| lines.at(row)).map(Cow::into_owned),
        })
    }
}

impl<'a> World<'a> {
    /// What decides the values of `names` for entities of one kind.
    ///
    /// `only`: of entities that are rows, just these columns and facts (with what they rest on).
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn finder(&self, entity: Entity, names: &[String], only: &[String]) -> Result<Finder<'a>, Error> {
        let mut steps = Vec::new();
        for name in names {
            self.steps(entity, name, None, only, &mut steps)?;
        }
        Ok(Finder { data: self.data, steps })
    }

    fn steps(
        &self,
        entity: Entity,
        name: &str,
        not: Option<usize>,
        only: &[String],
        steps: &mut Vec<Step>,
    ) -> Result<(), Error> {
        let shown = only.is_empty() || only.iter().any(|one| one == name);
        match self.resolve(Site::Entity(entity), name, not)? {
            Meaning::Column if shown => {
                let (table, home) = match entity {
                    Entity::Row(table) => (table, None),
                    Entity::Subject(kind) => (self.pack.subjects[kind].register, Some(kind)),
                    Entity::City => return Ok(()),
                };
                steps.extend(self.cells_of(table, name, name).map(|cells| Step::Cell { home, cells: Box::new(cells) }));
            }
            Meaning::Fact(fact) => {
                let only = if shown { &[] } else { only };
                self.fact_steps(fact, only, steps)?;
            }
            Meaning::OfSubject(kind, fact) if shown => {
                if let Some(subject) = self.refers(entity, kind) {
                    let mut theirs = Vec::new();
                    self.fact_steps(fact, &[], &mut theirs)?;
                    steps.push(Step::Of { subject, steps: theirs });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn fact_steps(&self, fact: usize, only: &[String], steps: &mut Vec<Step>) -> Result<(), Error> {
        let definition = &self.pack.facts[fact];
        let (cells, source): (&[CellRule], Source) = match &definition.formula {
            Formula::Own { is, cells, shows } if cells.is_empty() => {
                let of = |names: &[&str]| -> Result<Vec<Step>, Error> {
                    let mut steps = Vec::new();
                    for name in names {
                        self.steps(definition.of, name, Some(fact), only, &mut steps)?;
                    }
                    Ok(steps)
                };
                let column = self.frame(definition.of).and_then(|frame| frame.column(&column_of(fact)).ok());
                let holds = column.and_then(|column| column.bool().ok().cloned());
                let shows: Vec<&str> = shows.iter().map(String::as_str).collect();
                steps.push(Step::Defined { holds, shown: of(&shows)?, all: of(&is.term().names())? });
                return Ok(());
            }
            Formula::Own { cells, .. } => {
                let Entity::Row(table) = definition.of else { return Ok(()) };
                (cells, Source::Table(table))
            }
            Formula::Aggregate { source, cells, .. } => (cells, *source),
            Formula::Covered => return Ok(()),
        };
        let Some(rows) = self.fact_rows[fact].clone().filter(|_| only.is_empty()) else { return Ok(()) };
        let name: Arc<str> = definition.name.as_str().into();
        match source {
            Source::Table(table) => {
                let witness = |cell: &CellRule| {
                    let line = cell.line.as_ref().and_then(|line| {
                        let value = self.literals.get(line)?.to_string();
                        Some((Arc::from(line.as_str()), Arc::from(value)))
                    });
                    self.cells_of(table, &cell.column, &name).map(|cells| Witness { cells, line })
                };
                // A bit stands for each rule, so none may be left out.
                if let Some(bits) = cells.iter().map(witness).collect() {
                    let read = self.rows[table].column("@read").ok().and_then(|column| column.u32().ok().cloned());
                    steps.push(Step::Rows { rows, bits, read });
                }
            }
            source => {
                let ids = self.system.get(&source).and_then(|frame| frame.column("处理编号").ok()?.str().ok().cloned());
                let columns = cells.iter().map(|cell| cell.column.as_str().into()).collect();
                let of_run = source == Source::Proposed;
                steps.extend(ids.map(|ids| Step::Lines { rows, ids, fact: name, columns, of_run }));
            }
        }
        Ok(())
    }

    fn cells_of(&self, table: usize, column: &str, fact: &str) -> Option<CellsOf> {
        let schema = &self.pack.tables[table];
        let frame = &self.data.tables[table].frame;
        Some(CellsOf {
            table,
            column: schema.column(column)?,
            texts: Texts::of(frame, column)?,
            label: schema.about.and_then(|about| Texts::of(frame, &schema.columns[about].name)),
            carried_out: schema
                .columns
                .iter()
                .find(|column| matches!(column.kind, ColumnKind::Line { .. }))
                .and_then(|column| Texts::of(frame, &column.name)),
            fact: fact.into(),
            table_name: schema.name.as_str().into(),
            column_name: column.into(),
        })
    }

    /// For each entity the subject of a kind that it refers to; none where none of them does.
    pub fn refers(&self, entity: Entity, kind: usize) -> Option<UInt32Chunked> {
        let column = self.frame(entity)?.column(&format!("@{}", self.pack.subjects[kind].kind)).ok()?;
        Some(column.cast(&DataType::UInt32).ok()?.u32().ok()?.rechunk().into_owned())
    }

    /// The values that a name has for the entities of one kind.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn values(&self, entity: Entity, name: &str) -> Result<Values, Error> {
        let own = |column: &str| self.column(entity, column).map_or(Values::Same(FactValue::Null), Values::Own);
        Ok(match self.resolve(Site::Entity(entity), name, None)? {
            Meaning::Fact(fact) => own(&column_of(fact)),
            Meaning::Column => own(name),
            Meaning::OfSubject(kind, fact) => {
                let column = self.subjects[kind].column(&column_of(fact)).ok();
                match self.refers(entity, kind).zip(column) {
                    Some((subject, column)) => Values::Of(subject, column.clone()),
                    None => Values::Same(FactValue::Null),
                }
            }
            Meaning::OfCity(fact) => {
                Values::Same(self.city.get(&fact).map_or(FactValue::Null, |scalar| fact_value(scalar.value())))
            }
            Meaning::Literal => Values::Same(FactValue::Null),
        })
    }
}

/// The values of one name for all entities of a kind.
pub enum Values {
    Own(Column),
    /// Those of the subjects that the entities refer to.
    Of(UInt32Chunked, Column),
    Same(FactValue),
}

impl Values {
    /// The value for one entity.
    pub fn at(&self, at: u32) -> FactValue {
        let get =
            |column: &Column, at: u32| column.get(at as usize).map_or(FactValue::Null, |value| fact_value(&value));
        match self {
            Values::Own(column) => get(column, at),
            Values::Of(subject, column) => {
                subject.get(at as usize).map_or(FactValue::Null, |subject| get(column, subject))
            }
            Values::Same(value) => value.clone(),
        }
    }
}

/// A column's cells as people write them.
#[derive(Debug, Clone)]
pub enum Texts {
    Strings(StringChunked),
    Others(Column),
}

impl Texts {
    /// The texts of a frame's column, if it has one of that name.
    pub fn of(frame: &DataFrame, column: &str) -> Option<Texts> {
        let column = frame.column(column).ok()?;
        Some(match column.str() {
            Ok(texts) => Texts::Strings(texts.rechunk().into_owned()),
            Err(_) => Texts::Others(column.clone()),
        })
    }

    /// The text of one row; none if it is blank.
    pub fn at(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Texts::Strings(texts) if row < texts.len() => texts.get(row).map(Cow::Borrowed),
            Texts::Strings(_) => None,
            Texts::Others(column) => fact_value(&column.get(row).ok()?).text().map(Cow::Owned),
        }
    }
}

/// A cell of a frame as people write it.
pub fn text_at(frame: &DataFrame, column: &str, row: usize) -> Option<String> {
    fact_value(&frame.column(column).ok()?.get(row).ok()?).text()
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
