//! What every rule said about every entity, with the values behind it.
//!
//! A trace takes in each stage as it was evaluated: it holds the very columns that decided, gives grounds the
//! values that made a rule hold ([`Trace::decided`]), and the [`Record`] of one entity when it is asked for.
//! [`head`] is what all records share.

mod head;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::record::{Address, CellRef, Held, Record, Witness};
use super::{Part, Stage, Verdict};
use crate::fact::{Error, FactValue, Holders, Lookup, Members, Origin, Subject, Texts, Witnessed, World, fact_value};
use crate::pack::term::Literals;
use crate::pack::{Entity, Pack};
use crate::place::{A1, Cell};
use crate::table::Dataset;

/// Verdicts and values of all stages of a run.
pub struct Trace<'a> {
    pack: &'a Pack,
    data: &'a Dataset,
    literals: Literals,
    entities: Vec<Entity>,
    parts: Vec<Traced>,
    pub lookup: Lookup<'a>,
    /// Per entity the values that its conditions use, with what those are computed from.
    of: Vec<Vec<usize>>,
    /// By value and subject whose rows have several readings: the value that all readings give.
    read: BTreeMap<(usize, u32), FactValue>,
    members: Arc<Members>,
    /// Per entity that is a row: whom every row is about.
    holders: Vec<Option<Holders>>,
    /// Per entity the further names of a subject, or the name of a row.
    names: Vec<Option<Texts>>,
}

/// A part with its verdicts.
struct Traced {
    part: Part,
    /// Per condition one letter per entity, as in [`Record::verdicts`].
    letters: Vec<Vec<u8>>,
    verdicts: Vec<Arc<Verdict>>,
    /// Per atom the values it uses.
    uses: Vec<Vec<usize>>,
}

impl<'a> Trace<'a> {
    pub fn new(world: &World<'a>) -> Self {
        let pack = world.pack;
        let mut entities: Vec<Entity> = (0..pack.subjects.len()).map(Entity::Subject).collect();
        let rows = (0..pack.tables.len()).map(Entity::Row);
        entities.extend(rows.filter(|entity| pack.rules.iter().any(|rule| rule.of == *entity)));
        let data = world.data;
        let holders = |entity: &Entity| matches!(entity, Entity::Row(_)).then(|| Holders::new(world, *entity));
        let holders = entities.iter().map(holders).collect();
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
            members: Arc::clone(&world.members),
            holders,
            names: names.collect(),
            literals: world.literals.clone(),
            of: vec![Vec::new(); entities.len()],
            entities,
            parts: Vec::new(),
            lookup: Lookup::new(data),
            read: BTreeMap::new(),
        }
    }

    /// Takes in a stage as it was evaluated. The world must be the one that it was evaluated in.
    pub fn take(&mut self, world: &World<'a>, stage: Stage<'a>, verdicts: &[Arc<Verdict>]) -> Result<(), Error> {
        for part in stage.parts {
            let Some(entity) = self.entities.iter().position(|one| *one == part.entity) else { continue };
            let mut uses = Vec::new();
            for atom in &part.atoms {
                let mut used = Vec::new();
                for name in atom.names() {
                    used.extend(self.value(world, entity, name, part.stage)?);
                }
                uses.push(used);
            }
            let (mut letters_of, mut said) = (Vec::new(), Vec::new());
            for (condition, inside) in part.conditions.iter().zip(&part.inside) {
                let Some(verdict) = verdicts.iter().find(|verdict| verdict.rule == condition.rule) else { continue };
                let mut letters = vec![b'n'; world.height(part.entity)];
                if let Some(inside) = inside {
                    for (letter, inside) in letters.iter_mut().zip(inside.iter()) {
                        if inside == Some(false) {
                            *letter = b'-';
                        }
                    }
                }
                verdict.holds.iter().for_each(|at| letters[*at as usize] = b'y');
                verdict.unknown.iter().for_each(|(at, _)| letters[*at as usize] = b'?');
                letters_of.push(letters);
                said.push(Arc::clone(verdict));
            }
            for readings in &stage.readings {
                for value in self.of[entity].iter().copied() {
                    let own = |fact: &usize| self.pack.facts[*fact].of == part.entity && readings.facts.contains(fact);
                    let fact = self.lookup.values()[value].fact.filter(own);
                    let Some(column) = fact.and_then(|fact| readings.world.values(fact)) else { continue };
                    let of = |one: u32| column.get(one as usize).map_or(FactValue::Null, |value| fact_value(&value));
                    for (subject, mut worlds) in readings.subjects() {
                        let first = of(worlds.start);
                        let same = worlds.all(|one| of(one) == first);
                        self.read.insert((value, subject), if same { first } else { FactValue::Null });
                    }
                }
            }
            self.parts.push(Traced { part, letters: letters_of, verdicts: said, uses });
        }
        Ok(())
    }

    /// A value that conditions use. None for what is the same in the whole run.
    fn value(&mut self, world: &World<'a>, entity: usize, name: &str, stage: u32) -> Result<Option<usize>, Error> {
        let Some(value) = self.lookup.value(world, self.entities[entity], name, None, stage)? else { return Ok(None) };
        self.keep(entity, value);
        Ok(Some(value))
    }

    fn keep(&mut self, entity: usize, value: usize) {
        if !self.of[entity].contains(&value) {
            for part in self.lookup.values()[value].parts.clone() {
                self.keep(entity, part);
            }
            self.of[entity].push(value);
        }
    }

    /// The values that made a rule hold for an entity: those of the conditions that are met.
    pub fn decided(&self, rule: usize, at: u32) -> Vec<usize> {
        let mut used = Vec::new();
        for traced in &self.parts {
            let value = |atom: usize| traced.part.values[atom].get(at as usize);
            for condition in traced.part.conditions.iter().filter(|condition| condition.rule == rule) {
                condition.whole().deciding(&value, &mut |atom| used.extend(&traced.uses[atom]));
            }
        }
        used
    }

    /// Whether a rule held for anybody, and whether it failed for anybody whom it speaks about.
    pub fn outcomes(&self, rule: usize) -> (bool, bool) {
        let conditions = self.parts.iter().flat_map(|traced| traced.part.conditions.iter().zip(&traced.letters));
        let mut letters = conditions.filter(|(condition, _)| condition.rule == rule).map(|(_, letters)| letters);
        letters.next().map_or((false, false), |letters| (letters.contains(&b'y'), letters.contains(&b'n')))
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
        self.parts.iter().filter(move |traced| traced.part.entity == of)
    }

    /// What the rules said about one entity. None for a row that no rule speaks about, nor nearly so.
    pub fn record(&self, entity: usize, at: u32) -> Option<Record<'_>> {
        let data = self.data;
        let parts = || self.parts_of(entity);
        let mut verdicts = String::with_capacity(parts().map(|traced| traced.letters.len()).sum());
        let mut atoms = String::with_capacity(parts().map(|traced| traced.part.values.len()).sum());
        let mut missing = Vec::new();
        let mut ambiguous: Vec<CellRef<'_>> = Vec::new();
        for traced in parts() {
            for (letters, verdict) in traced.letters.iter().zip(&traced.verdicts) {
                missing.extend(verdict.missing(at).map(|open| (verdicts.len(), open.to_vec())));
                ambiguous.extend(verdict.ambiguous_cells(self.pack, data, at).into_iter().map(reference));
                verdicts.push(letters.get(at as usize).map_or('-', |letter| char::from(*letter)));
            }
            atoms.extend(traced.part.values.iter().map(|values| match values.get(at as usize) {
                Some(true) => '1',
                Some(false) => '0',
                None => '?',
            }));
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
                if verdicts.bytes().all(|letter| letter == b'-') && !parts().any(|traced| traced.part.nearly(at)) {
                    return None;
                }
                let name = self.names[entity].as_ref().and_then(|names| names.at(at as usize));
                (name.unwrap_or_default(), Cow::default())
            }
            Entity::City => return None,
        };
        let mut held = Vec::with_capacity(self.of[entity].len());
        for index in self.of[entity].iter().copied() {
            let read = self.read.get(&(index, at));
            if read.is_none() && self.lookup.is_common(index, at) {
                continue;
            }
            let is = read.cloned().unwrap_or_else(|| self.lookup.is(index, at));
            let witnesses = self.witnesses(index, at, &is);
            if is != self.lookup.values()[index].common || !witnesses.is_empty() {
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

    /// What decided; where nothing did, what was looked at.
    fn witnesses(&self, value: usize, at: u32, is: &FactValue) -> Vec<Witness<'_>> {
        let mut seen = self.lookup.seen(value, at);
        let open = matches!(is, FactValue::Bool(false) | FactValue::Null);
        if !open && seen.iter().any(|one| one.decided) {
            seen.retain(|one| one.decided);
        }
        let witness = |Witnessed { spot, rule, decided, text, .. }| {
            let place = match spot {
                Origin::Cell(cell) => reference(cell),
                Origin::Archive(id) => CellRef { sheet: None, address: Address::Said(id) },
            };
            Witness { place, cell: rule, decided, text }
        };
        seen.into_iter().map(witness).collect()
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
        let units = &self.data.registers[membership.unit].ids;
        let seats = self.members.of_member(at);
        seats.map(|seat| (units[seat.unit as usize].as_str().into(), (&*seat.role).into())).collect()
    }

    /// Whom a row is about.
    fn holders(&self, entity: usize, at: u32) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        let about = self.holders[entity].iter().flat_map(|holders| holders.of(at));
        about
            .map(|Subject { kind, index }| {
                let id = self.data.registers[kind].ids[index as usize].as_str();
                (self.pack.subjects[kind].kind.as_str().into(), id.into())
            })
            .collect()
    }

    /// Takes in values that no condition uses, because something else does (a quota).
    pub fn add(&mut self, world: &World<'a>, of: Entity, names: &[String], stage: u32) -> Result<(), Error> {
        let Some(entity) = self.entities.iter().position(|one| *one == of) else { return Ok(()) };
        for name in names {
            self.value(world, entity, name, stage)?;
        }
        Ok(())
    }
}

fn reference(cell: Cell) -> CellRef<'static> {
    CellRef { sheet: Some(cell.sheet.0), address: Address::At(A1(cell.row, cell.column)) }
}
