//! Rows that can be read in more than one way: each reading is evaluated for itself.
//!
//! Subjects with such rows are multiplied into one virtual subject per reading; the facts that rest
//! on the forked fact are evaluated for them like for anybody else.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::world::{Error, World, column_of, take};
use crate::pack::scope::Site;
use crate::pack::{Entity, Fork};

/// More readings of one subject's rows than this are refused.
const MOST_READINGS: usize = 4096;

/// A world of virtual subjects: one per subject and reading.
pub struct Readings<'a> {
    pub world: World<'a>,
    /// Per virtual subject the subject it stands for; ascending.
    pub stands_for: Vec<u32>,
    /// Facts of the subject that rest on the forked one.
    pub facts: Vec<usize>,
    pub fork: &'a Fork,
    /// Per subject its ambiguous rows.
    pub ambiguous: BTreeMap<u32, Vec<u32>>,
}

impl Readings<'_> {
    /// Each subject with its virtual subjects.
    pub fn subjects(&self) -> impl Iterator<Item = (u32, std::ops::Range<u32>)> {
        self.stands_for.chunk_by(|a, b| a == b).scan(0, |start, worlds| {
            let from = *start;
            *start += worlds.len() as u32;
            Some((worlds[0], from..*start))
        })
    }
}

impl<'a> World<'a> {
    /// The readings for the subjects of one kind; none if no row is ambiguous.
    ///
    /// # Errors
    /// A subject with too many ambiguous rows.
    pub fn readings(&self, of: Entity) -> Result<Option<Readings<'a>>, Error> {
        // A pack has one at most.
        let (Some(definition), Entity::Subject(kind)) = (self.pack.forks.first(), of) else { return Ok(None) };
        let table = definition.table;
        let entity = Entity::Row(table);
        let site = Site::Entity(entity);
        let Some(fact) = self.fact_named(entity, &definition.fact) else { return Ok(None) };
        let mut exprs = vec![self.compile(definition.when.term())];
        for value in &definition.values {
            exprs.push(self.compile(value.term()).cast(DataType::Int32));
        }
        let columns = self.evaluate(site, &definition.missing, exprs)?;
        let failed = |source| Error::Polars { what: definition.missing.clone(), source };
        let key = format!("@{}", self.pack.subjects[kind].kind);
        let (Ok(keys), Ok(ambiguous)) = (self.rows[table].column(&key), columns[0].bool()) else { return Ok(None) };
        let keys = keys.cast(&DataType::UInt32).map_err(failed)?;
        let keys = keys.u32().map_err(failed)?;
        let choices: Vec<Int32Chunked> =
            columns[1..].iter().map(|column| column.i32().cloned()).collect::<PolarsResult<_>>().map_err(failed)?;

        // The rows that are ambiguous, then all rows of their subjects.
        let of_subject = |wanted: &dyn Fn(usize, u32) -> bool| {
            let mut of: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (row, key) in keys.iter().enumerate() {
                if let Some(key) = key.filter(|key| wanted(row, *key)) {
                    of.entry(key).or_default().push(row as u32);
                }
            }
            of
        };
        let forked = of_subject(&|row, _| ambiguous.get(row) == Some(true));
        if forked.is_empty() {
            return Ok(None);
        }
        let rows = of_subject(&|_, key| forked.contains_key(&key));
        let existing = self.rows[table].column(&column_of(fact)).and_then(|column| column.cast(&DataType::Int32));
        let existing = existing.map_err(failed)?;
        let existing = existing.i32().map_err(failed)?;
        let mut expanded = Expanded::default();
        for (subject, ambiguous) in &forked {
            let worlds = assignments(ambiguous, &choices).ok_or_else(|| Error::TooManyReadings {
                table: self.pack.tables[table].name.clone(),
                id: self.data.registers[kind].ids.get(*subject as usize).cloned().unwrap_or_default(),
                count: ambiguous.len(),
                missing: definition.missing.clone(),
            })?;
            for world in worlds {
                for row in rows.get(subject).into_iter().flatten() {
                    expanded.rows.push(*row);
                    expanded.keys.push(expanded.stands_for.len() as u32);
                    expanded.values.push(world.get(row).copied().unwrap_or_else(|| existing.get(*row as usize)));
                }
                expanded.stands_for.push(*subject);
            }
        }
        let stands_for = expanded.stands_for.clone();
        let mut world = self.expanded(table, kind, fact, expanded).map_err(failed)?;
        let mut facts = self.pack.resting(|one| one == fact);
        facts.retain(|at| self.pack.facts[*at].of == Entity::Subject(kind));
        for one in &facts {
            world.level(&[*one])?;
        }
        Ok(Some(Readings { world, stands_for, facts, fork: definition, ambiguous: forked }))
    }

    /// The world of the virtual subjects.
    fn expanded(&self, table: usize, kind: usize, fact: usize, of: Expanded) -> PolarsResult<World<'a>> {
        let index = |rows: &[u32]| IdxCa::from_vec("@at".into(), rows.iter().map(|row| IdxSize::from(*row)).collect());
        let mut world = self.clone();
        let subjects = index(&of.stands_for);
        world.subjects[kind] = take(&self.subjects[kind], &subjects)?;
        world.homes[kind] = self.homes[kind].take(&subjects)?;
        let mut rows = take(&self.rows[table], &index(&of.rows))?;
        rows.with_column(Column::new(format!("@{}", self.pack.subjects[kind].kind).into(), of.keys))?;
        rows.with_column(Column::new(column_of(fact).into(), of.values))?;
        world.rows[table] = rows;
        Ok(world)
    }
}

/// Virtual subjects, and the rows of each.
#[derive(Default)]
struct Expanded {
    /// Per virtual subject the one that it stands for.
    stands_for: Vec<u32>,
    /// Per row where it was read, whose it is, and the value of the forked fact.
    rows: Vec<u32>,
    keys: Vec<u32>,
    values: Vec<Option<i32>>,
}

/// Values of the ambiguous rows, one map per reading; none: there are too many.
///
/// Rows with the same choices can stand in for each other: of k such rows only how many take which
/// value matters, so k + 1 readings are enough for two choices.
fn assignments(rows: &[u32], choices: &[Int32Chunked]) -> Option<Vec<BTreeMap<u32, Option<i32>>>> {
    let choices_of = |row: &u32| choices.iter().map(|choice| choice.get(*row as usize)).collect::<Vec<_>>();
    let mut groups: BTreeMap<Vec<Option<i32>>, Vec<u32>> = BTreeMap::new();
    rows.iter().for_each(|row| groups.entry(choices_of(row)).or_default().push(*row));
    let mut readings: Vec<BTreeMap<u32, Option<i32>>> = vec![BTreeMap::new()];
    for (values, rows) in groups {
        let ways = splits(rows.len(), values.len())?;
        if readings.len().checked_mul(ways.len())? > MOST_READINGS {
            return None;
        }
        let with = |reading: &BTreeMap<u32, Option<i32>>, way: &[usize]| {
            let chosen = rows.iter().copied().zip(way.iter().map(|choice| values[*choice]));
            reading.iter().map(|(row, value)| (*row, *value)).chain(chosen).collect()
        };
        readings = readings.iter().flat_map(|reading| ways.iter().map(|way| with(reading, way))).collect();
    }
    Some(readings)
}

/// All ways to give `rows` interchangeable rows one of `choices` values each, as non-decreasing lists.
fn splits(rows: usize, choices: usize) -> Option<Vec<Vec<usize>>> {
    let mut ways: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..rows {
        let longer = |way: &Vec<usize>| {
            let way = way.clone();
            (way.last().copied().unwrap_or(0)..choices).map(move |choice| [way.as_slice(), &[choice]].concat())
        };
        ways = ways.iter().flat_map(longer).collect();
        if ways.len() > MOST_READINGS {
            return None;
        }
    }
    Some(ways)
}
