//! Who sits in which unit with which role, and whom rows are about.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;

use super::world::World;
use crate::once::once;
use crate::pack::{Entity, Pack};
use crate::table::{Dataset, Lists};

/// One row of the membership table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub row: u32,
    pub member: u32,
    pub unit: u32,
    pub role: Arc<str>,
}

/// Seats by unit and by member, each in register order.
#[derive(Debug, Default)]
pub struct Members {
    seats: Vec<Seat>,
    by_unit: Lists<u32>,
    by_member: Lists<u32>,
}

impl Members {
    /// Reads the pack's membership table.
    pub fn new(pack: &Pack, data: &Dataset) -> PolarsResult<Self> {
        let membership = &pack.membership;
        let frame = &data.tables[membership.table].frame;
        let index = |kind: usize| -> PolarsResult<UInt32Chunked> {
            let column = frame.column(&format!("@{}", pack.subjects[kind].kind))?;
            Ok(column.cast(&DataType::UInt32)?.u32()?.clone())
        };
        let (members, units) = (index(membership.member)?, index(membership.unit)?);
        let roles = frame.column(&pack.tables[membership.table].columns[membership.role].name)?.str()?.clone();
        let mut seats: Vec<Seat> = Vec::with_capacity(frame.height());
        // There are only a few roles.
        let mut known: BTreeMap<&str, Arc<str>> = BTreeMap::new();
        for (row, ((member, unit), role)) in members.iter().zip(units.iter()).zip(roles.iter()).enumerate() {
            if let (Some(member), Some(unit)) = (member, unit) {
                let role = role.unwrap_or_default();
                let role = Arc::clone(known.entry(role).or_insert_with(|| role.into()));
                seats.push(Seat { row: row as u32, member, unit, role });
            }
        }
        let by = |kind: usize, of: fn(&Seat) -> u32| {
            let pairs: Vec<(u32, u32)> = seats.iter().map(of).zip(0..).collect();
            Lists::new(data.registers[kind].ids.len(), &pairs)
        };
        let (by_unit, by_member) = (by(membership.unit, |seat| seat.unit), by(membership.member, |seat| seat.member));
        Ok(Members { by_unit, by_member, seats })
    }

    /// Seats of a unit.
    pub fn of_unit(&self, unit: u32) -> impl Iterator<Item = &Seat> {
        self.by_unit.get(unit as usize).into_iter().flatten().map(|at| &self.seats[*at as usize])
    }

    /// Seats of a member; the first is in the home unit.
    pub fn of_member(&self, member: u32) -> impl Iterator<Item = &Seat> {
        self.by_member.get(member as usize).into_iter().flatten().map(|at| &self.seats[*at as usize])
    }

    /// The home unit of a member.
    pub fn home(&self, member: u32) -> Option<u32> {
        self.of_member(member).next().map(|seat| seat.unit)
    }
}

/// A subject: kind (index into the pack's subjects) and index in its register.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    pub kind: usize,
    pub index: u32,
}

/// Whom entities of one kind are about: themselves, or the subjects that their rows refer to.
pub enum Holders {
    Itself(usize),
    /// Per reference the subject kind, and for each row the subject.
    Referred(Vec<(usize, UInt32Chunked)>),
}

impl Holders {
    pub fn new(world: &World<'_>, entity: Entity) -> Holders {
        match entity {
            Entity::Subject(kind) => Holders::Itself(kind),
            Entity::Row(table) => {
                let references = world.pack.tables[table].references.iter();
                let referred = references.filter_map(|one| Some((one.subject, world.refers(entity, one.subject)?)));
                Holders::Referred(referred.collect())
            }
            Entity::City => Holders::Referred(Vec::new()),
        }
    }

    pub fn of(&self, at: u32) -> Vec<Subject> {
        match self {
            Holders::Itself(kind) => vec![Subject { kind: *kind, index: at }],
            Holders::Referred(referred) => {
                let holder = |(kind, subjects): &(usize, UInt32Chunked)| {
                    Some(Subject { kind: *kind, index: subjects.get(at as usize)? })
                };
                once(referred.iter().filter_map(holder))
            }
        }
    }
}
