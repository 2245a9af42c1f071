//! What every rule said about every entity, with the values behind it.
//!
//! A trace takes in each stage as it was evaluated: it holds the very columns that decided, and gives
//! the [`Record`] of one entity from them when it is asked for, and [`head`] what all records share.

mod head;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;

use super::record::{Address, CellRef, Held, Record, Witness};
use super::{Condition, Stage, Verdict};
use crate::fact::{Error, FactRows, FactValue, Texts, World, column_of, fact_value};
use crate::pack::scope::{Meaning, Site};
use crate::pack::sql::Literals;
use crate::pack::term::Term;
use crate::pack::{Entity, Formula, Pack, Source};
use crate::place::{A1, Cell};
use crate::table::Dataset;

/// Verdicts and values of all stages of a run.
pub struct Trace<'a> {
    pack: &'a Pack,
    data: &'a Dataset,
    literals: Literals,
    entities: Vec<Entity>,
    parts: Vec<Traced>,
    values: Vec<ValueColumn>,
    /// Per entity its values.
    of: Vec<Vec<usize>>,
    /// Per row of the membership table its unit, and its role.
    seats: Option<(UInt32Chunked, Texts)>,
    /// Per entity that is a row: kinds of subject it refers to, with the subject of every row.
    holders: Vec<Vec<(usize, UInt32Chunked)>>,
    /// Per entity the further names of a subject, or the name of a row.
    names: Vec<Option<Texts>>,
    /// Values by entity, what the name means there and, if it may change in the run, the stage.
    known: BTreeMap<(usize, String, Option<usize>, u32), usize>,
}

/// A part with its verdicts.
struct Traced {
    entity: Entity,
    conditions: Vec<Condition>,
    /// As the pack writes them.
    atoms: Vec<Term>,
    /// Per atom one letter per entity, as in [`Record::atoms`].
    values: Vec<Vec<u8>>,
    /// Per condition one letter per entity, as in [`Record::verdicts`].
    letters: Vec<Vec<u8>>,
    /// Per condition what is missing where it is unknown.
    missing: Vec<BTreeMap<u32, Vec<String>>>,
    /// Cells of rows with several readings, on which a verdict depends.
    ambiguous: BTreeMap<u32, Vec<Cell>>,
    /// Per atom the values it uses.
    uses: Vec<Vec<usize>>,
}

/// A value of all entities of a kind.
struct ValueColumn {
    name: String,
    entity: usize,
    fact: Option<usize>,
    column: Kept,
    cells: Cells,
    parts: Vec<usize>,
    /// Of subjects whose rows have several readings: the value that all readings give.
    read: BTreeMap<u32, FactValue>,
    common: FactValue,
}

/// The values of a column, by what they are.
enum Kept {
    Flags(Vec<Option<bool>>),
    Texts(StringChunked),
    Others(Column),
}

/// Where a value is looked up.
enum Cells {
    None,
    /// The row's own cell.
    Own(Looked),
    /// The cell of the subject's home row.
    Home(usize, Looked),
    /// Cells of the rows that a fact aggregates.
    Rows {
        rows: Arc<FactRows>,
        columns: Vec<Looked>,
    },
    /// Lines of the archive or of this run.
    Lines {
        ids: StringChunked,
        rows: Arc<FactRows>,
    },
    /// Those of a subject that the row refers to.
    Of {
        subject: UInt32Chunked,
        cells: Box<Cells>,
    },
}

/// A column of a table, where cells are looked up.
struct Looked {
    table: usize,
    column: usize,
    texts: Texts,
}

impl Looked {
    fn new(pack: &Pack, data: &Dataset, table: usize, name: &str) -> Option<Looked> {
        let texts = Texts::of(&data.tables[table].frame, name)?;
        Some(Looked { table, column: pack.tables[table].column(name)?, texts })
    }

    /// The cell of a row, unless it is blank and decided nothing.
    fn witness(&self, data: &Dataset, row: usize, cell: usize, decided: bool) -> Option<Witness<'_>> {
        let place = reference(data.cell(self.table, row, self.column)?);
        let text = self.texts.at(row).unwrap_or_default();
        (decided || !text.is_empty()).then_some(Witness { place, cell, decided, text })
    }
}

impl<'a> Trace<'a> {
    pub fn new(world: &World<'a>) -> Self {
        let pack = world.pack;
        let mut entities: Vec<Entity> = (0..pack.subjects.len()).map(Entity::Subject).collect();
        let rows = (0..pack.tables.len()).map(Entity::Row);
        entities.extend(rows.filter(|entity| pack.rules.iter().any(|rule| rule.of == *entity)));
        let data = world.data;
        let membership = &pack.membership;
        let role = &pack.tables[membership.table].columns[membership.role].name;
        let roles = Texts::of(&data.tables[membership.table].frame, role);
        let holders = entities.iter().map(|entity| {
            let Entity::Row(table) = *entity else { return Vec::new() };
            let mut kinds: Vec<usize> = Vec::new();
            for reference in &pack.tables[table].references {
                if !kinds.contains(&reference.subject) {
                    kinds.push(reference.subject);
                }
            }
            kinds.into_iter().filter_map(|kind| Some((kind, world.refers(*entity, kind)?))).collect()
        });
        let names = entities.iter().map(|entity| {
            let (table, column) = match *entity {
                Entity::Subject(kind) => (pack.subjects[kind].register, pack.subjects[kind].other_labels?),
                Entity::Row(table) => (table, pack.tables[table].about?),
                Entity::City => return None,
            };
            Texts::of(&data.tables[table].frame, &pack.tables[table].columns[column].name)
        });
        Trace {
            pack,
            data,
            seats: world.refers(Entity::Row(membership.table), membership.unit).zip(roles),
            holders: holders.collect(),
            names: names.collect(),
            literals: world.literals.clone(),
            of: vec![Vec::new(); entities.len()],
            entities,
            parts: Vec::new(),
            values: Vec::new(),
            known: BTreeMap::new(),
        }
    }

    /// Takes in a stage as it was evaluated. The world must be the one that it was evaluated in.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn take(&mut self, world: &World<'a>, stage: Stage<'a>, verdicts: &[Verdict]) -> Result<(), Error> {
        for part in stage.parts {
            let Some(entity) = self.entities.iter().position(|one| *one == part.entity) else { continue };
            let mut uses = Vec::new();
            for atom in &part.atoms {
                let names = atom.names();
                let values = names.iter().map(|name| self.value(world, entity, name, None, part.stage));
                uses.push(values.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect());
            }
            let mut traced = Traced {
                entity: part.entity,
                values: part.letters(),
                conditions: part.conditions,
                atoms: part.atoms,
                letters: Vec::new(),
                missing: Vec::new(),
                ambiguous: BTreeMap::new(),
                uses,
            };
            for (condition, inside) in traced.conditions.iter().zip(&part.inside) {
                let Some(verdict) = verdicts.iter().find(|verdict| verdict.rule == condition.rule) else { continue };
                let mut letters = vec![b'n'; world.height(traced.entity)];
                if let Some(inside) = inside {
                    for (letter, inside) in letters.iter_mut().zip(inside.iter()) {
                        if inside == Some(false) {
                            *letter = b'-';
                        }
                    }
                }
                verdict.holds.iter().for_each(|at| letters[*at as usize] = b'y');
                verdict.unknown.iter().for_each(|(at, _)| letters[*at as usize] = b'?');
                traced.letters.push(letters);
                traced.missing.push(verdict.unknown.iter().cloned().collect());
                for at in verdict.ambiguous.keys() {
                    let cells = || verdict.ambiguous_cells(self.pack, self.data, *at);
                    traced.ambiguous.entry(*at).or_insert_with(cells);
                }
            }
            for readings in &stage.readings {
                for value in self.values.iter_mut().filter(|value| value.entity == entity) {
                    let Some(fact) = value.fact.filter(|fact| readings.facts.contains(fact)) else { continue };
                    let Some(column) =
                        readings.world.frame(traced.entity).and_then(|frame| frame.column(&column_of(fact)).ok())
                    else {
                        continue;
                    };
                    let of = |one: u32| column.get(one as usize).map_or(FactValue::Null, |value| fact_value(&value));
                    for (subject, mut worlds) in readings.subjects() {
                        let first = of(worlds.start);
                        let same = worlds.all(|one| of(one) == first);
                        value.read.insert(subject, if same { first } else { FactValue::Null });
                    }
                }
            }
            self.parts.push(traced);
        }
        Ok(())
    }

    /// A value by its name, with all it is computed from. None for what is the same for all.
    fn value(
        &mut self,
        world: &World<'a>,
        entity: usize,
        name: &str,
        not: Option<usize>,
        stage: u32,
    ) -> Result<Option<usize>, Error> {
        let pack = self.pack;
        let of = self.entities[entity];
        let site = Site::Entity(of);
        let meaning = world.resolve(site, name, not)?;
        let fact = match meaning {
            Meaning::Literal => return Ok(None),
            Meaning::Column => None,
            Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact) => Some(fact),
        };
        let stage = if fact.is_some_and(|fact| world.is_volatile(fact)) { stage } else { 0 };
        let key = (entity, name.to_owned(), fact, stage);
        if let Some(known) = self.known.get(&key) {
            return Ok(Some(*known));
        }
        let expr = match fact {
            Some(fact) => col(column_of(fact)),
            None => col(name),
        };
        let column = world.evaluate(site, name, vec![expr])?.remove(0);
        let mut parts = Vec::new();
        let cells = match meaning {
            Meaning::Column => match of {
                Entity::Row(table) => Looked::new(pack, self.data, table, name).map_or(Cells::None, Cells::Own),
                Entity::Subject(kind) => Looked::new(pack, self.data, pack.subjects[kind].register, name)
                    .map_or(Cells::None, |looked| Cells::Home(kind, looked)),
                Entity::City => Cells::None,
            },
            Meaning::Fact(fact) => {
                if let Formula::Own { is, cells, .. } = &pack.facts[fact].formula
                    && cells.is_empty()
                {
                    for name in is.term().names() {
                        parts.extend(self.value(world, entity, name, Some(fact), stage)?);
                    }
                }
                cells_of(world, fact)
            }
            Meaning::OfSubject(kind, fact) => world
                .refers(of, kind)
                .map_or(Cells::None, |subject| Cells::Of { subject, cells: Box::new(cells_of(world, fact)) }),
            Meaning::OfCity(_) | Meaning::Literal => Cells::None,
        };
        let common = common(&column);
        let value = ValueColumn {
            name: name.to_owned(),
            entity,
            fact,
            column: Kept::new(column),
            cells,
            parts,
            read: BTreeMap::new(),
            common,
        };
        self.of[entity].push(self.values.len());
        self.values.push(value);
        self.known.insert(key, self.values.len() - 1);
        Ok(Some(self.values.len() - 1))
    }

    /// How many kinds of entity there are.
    pub fn entities(&self) -> usize {
        self.entities.len()
    }

    /// How many entities of a kind there are; the kind by its place in [`super::record::Head::entities`].
    pub fn height(&self, entity: usize) -> usize {
        match self.entities[entity] {
            Entity::Subject(kind) => self.data.registers[kind].ids.len(),
            Entity::Row(table) => self.data.tables[table].frame.height(),
            Entity::City => 0,
        }
    }

    fn parts_of(&self, entity: usize) -> impl Iterator<Item = &Traced> {
        let of = self.entities[entity];
        self.parts.iter().filter(move |traced| traced.entity == of)
    }

    /// What the rules said about one entity. None for a row that no rule speaks about.
    pub fn record(&self, entity: usize, at: u32) -> Option<Record<'_>> {
        let data = self.data;
        let parts = || self.parts_of(entity);
        let mut verdicts = String::with_capacity(parts().map(|traced| traced.letters.len()).sum());
        let mut atoms = String::with_capacity(parts().map(|traced| traced.values.len()).sum());
        let mut missing = Vec::new();
        let mut ambiguous: Vec<CellRef<'_>> = Vec::new();
        for traced in parts() {
            for (letters, open) in traced.letters.iter().zip(&traced.missing) {
                if let Some(open) = open.get(&at) {
                    missing.push((verdicts.len(), open.clone()));
                }
                verdicts.push(letters.get(at as usize).map_or('-', |letter| char::from(*letter)));
            }
            let values =
                traced.values.iter().map(|letters| letters.get(at as usize).map_or('?', |letter| char::from(*letter)));
            atoms.extend(values);
            ambiguous.extend(traced.ambiguous.get(&at).into_iter().flatten().map(|cell| reference(*cell)));
        }
        ambiguous.sort();
        ambiguous.dedup();
        let of = self.entities[entity];
        let (id, label) = match of {
            Entity::Subject(kind) => {
                let register = &data.registers[kind];
                (register.ids[at as usize].as_str().into(), register.labels[at as usize].as_str().into())
            }
            Entity::Row(_) => {
                if verdicts.bytes().all(|letter| letter == b'-') {
                    return None;
                }
                let name = self.names[entity].as_ref().and_then(|names| names.at(at as usize));
                (name.unwrap_or_default(), Cow::default())
            }
            Entity::City => return None,
        };
        let mut held = Vec::with_capacity(self.of[entity].len());
        for index in self.of[entity].iter().copied() {
            let value = &self.values[index];
            let is = value.at(at);
            let witnesses = self.witnesses(&value.cells, at, &is);
            if is != value.common || !witnesses.is_empty() {
                held.push(Held { value: index, is, witnesses });
            }
        }
        Some(Record {
            entity,
            id,
            label,
            others: self.others(entity, at),
            seats: self.seats(of, at),
            holders: self.holders(entity, at),
            verdicts,
            atoms,
            values: held,
            missing,
            ambiguous,
        })
    }

    fn witnesses<'t>(&'t self, cells: &'t Cells, at: u32, is: &FactValue) -> Vec<Witness<'t>> {
        let data = self.data;
        match cells {
            Cells::None => Vec::new(),
            Cells::Own(looked) => looked.witness(data, at as usize, 0, true).into_iter().collect(),
            Cells::Home(kind, looked) => {
                let home = data.registers[*kind].rows.get(at as usize).and_then(|rows| rows.first());
                home.and_then(|row| looked.witness(data, *row as usize, 0, true)).into_iter().collect()
            }
            Cells::Rows { rows, columns } => {
                let mut found = Vec::new();
                for (row, bits) in rows.of(at) {
                    for (cell, looked) in columns.iter().enumerate() {
                        let decided = bits & (1 << cell) != 0;
                        found.extend(looked.witness(data, row as usize, cell, decided));
                    }
                }
                decisive(found, is)
            }
            Cells::Lines { ids, rows } => {
                let lines = rows.of(at).filter_map(|(row, _)| ids.get(row as usize));
                let place = |id: &'t str| CellRef { sheet: None, address: Address::Said(id.into()) };
                lines.map(|id| Witness { place: place(id), cell: 0, decided: true, text: Cow::default() }).collect()
            }
            Cells::Of { subject, cells } => {
                subject.get(at as usize).map_or_else(Vec::new, |subject| self.witnesses(cells, subject, is))
            }
        }
    }

    /// Further names of a subject.
    fn others(&self, entity: usize, at: u32) -> Vec<Cow<'_, str>> {
        let (Entity::Subject(kind), Some(names)) = (self.entities[entity], &self.names[entity]) else {
            return Vec::new();
        };
        let rows = self.data.registers[kind].rows[at as usize].iter();
        let mut others = Vec::new();
        for names in rows.filter_map(|row| names.at(*row as usize)) {
            match names {
                Cow::Borrowed(names) => others.extend(names.split('、').map(Cow::Borrowed)),
                Cow::Owned(names) => others.extend(names.split('、').map(|name| Cow::Owned(name.to_owned()))),
            }
        }
        others
    }

    /// Seats of a member in register order.
    fn seats(&self, of: Entity, at: u32) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        let membership = &self.pack.membership;
        if of != Entity::Subject(membership.member) {
            return Vec::new();
        }
        let Some((units, roles)) = &self.seats else { return Vec::new() };
        let rows = self.data.registers[membership.member].rows[at as usize].iter();
        rows.filter_map(|row| {
            let unit = units.get(*row as usize)?;
            let id = self.data.registers[membership.unit].ids[unit as usize].as_str();
            Some((id.into(), roles.at(*row as usize).unwrap_or_default()))
        })
        .collect()
    }

    /// Whom a row is about.
    fn holders(&self, entity: usize, at: u32) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        let about = self.holders[entity].iter().filter_map(|(kind, index)| Some((*kind, index.get(at as usize)?)));
        about
            .map(|(kind, index)| {
                let id = self.data.registers[kind].ids[index as usize].as_str();
                (self.pack.subjects[kind].kind.as_str().into(), id.into())
            })
            .collect()
    }

    /// Takes in values that no condition uses, because something else does (a quota).
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn add(&mut self, world: &World<'a>, of: Entity, names: &[&str], stage: u32) -> Result<(), Error> {
        let Some(entity) = self.entities.iter().position(|one| *one == of) else { return Ok(()) };
        for name in names {
            self.value(world, entity, name, None, stage)?;
        }
        Ok(())
    }
}

impl ValueColumn {
    fn at(&self, at: u32) -> FactValue {
        if let Some(read) = self.read.get(&at) {
            return read.clone();
        }
        self.column.at(at as usize)
    }
}

impl Kept {
    fn new(column: Column) -> Kept {
        match (column.bool(), column.str()) {
            (Ok(flags), _) => Kept::Flags(flags.iter().collect()),
            (_, Ok(texts)) => Kept::Texts(texts.rechunk().into_owned()),
            _ => Kept::Others(column),
        }
    }

    /// The value of one entity; a column of one value has it for all.
    fn at(&self, at: usize) -> FactValue {
        let at = |len: usize| if len == 1 { 0 } else { at };
        match self {
            Kept::Flags(flags) => {
                flags.get(at(flags.len())).copied().flatten().map_or(FactValue::Null, FactValue::Bool)
            }
            Kept::Texts(texts) => {
                texts.get(at(texts.len())).map_or(FactValue::Null, |text| FactValue::Text(text.to_owned()))
            }
            Kept::Others(column) => column.get(at(column.len())).map_or(FactValue::Null, |value| fact_value(&value)),
        }
    }
}

/// Where a fact is looked up.
fn cells_of(world: &World<'_>, fact: usize) -> Cells {
    let definition = &world.pack.facts[fact];
    let (rules, source) = match (&definition.formula, definition.of) {
        (Formula::Own { cells, .. }, Entity::Row(table)) if !cells.is_empty() => (cells, Source::Table(table)),
        (Formula::Aggregate { cells, source, .. }, _) => (cells, *source),
        _ => return Cells::None,
    };
    let Some(rows) = world.fact_rows[fact].clone() else { return Cells::None };
    match source {
        Source::Table(table) => {
            // A bit stands for each rule, so none may be left out.
            let columns = rules.iter().map(|rule| Looked::new(world.pack, world.data, table, &rule.column));
            columns.collect::<Option<_>>().map_or(Cells::None, |columns| Cells::Rows { rows, columns })
        }
        source => world
            .system
            .get(&source)
            .and_then(|frame| frame.column("处理编号").ok()?.str().ok().cloned())
            .map_or(Cells::None, |ids| Cells::Lines { ids, rows }),
    }
}

/// What decided; where nothing did, what was looked at.
fn decisive<'t>(mut found: Vec<Witness<'t>>, is: &FactValue) -> Vec<Witness<'t>> {
    let open = matches!(is, FactValue::Bool(false) | FactValue::Null);
    if !open && found.iter().any(|one| one.decided) {
        found.retain(|one| one.decided);
    }
    found
}

/// The value that most entities have, among those that need no cell.
fn common(column: &Column) -> FactValue {
    let null = column.null_count();
    match column.bool() {
        Ok(mask) => {
            let held = mask.sum().unwrap_or_default() as usize;
            let counts = [(mask.len() - null - held, FactValue::Bool(false)), (held, FactValue::Bool(true))];
            let most = counts.into_iter().max_by_key(|(count, value)| (*count, *value == FactValue::Bool(false)));
            most.filter(|(count, _)| *count >= null).map_or(FactValue::Null, |(_, value)| value)
        }
        Err(_) => FactValue::Null,
    }
}

fn reference(cell: Cell) -> CellRef<'static> {
    CellRef { sheet: Some(cell.sheet.0), address: Address::At(A1(cell.row, cell.column)) }
}
