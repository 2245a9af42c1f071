//! Who exists: the subjects of one kind, found by id or by name.
//!
//! Somebody who stands only in rejected register rows is no subject of the run, and is still looked
//! up here: a name that such a row bears is not free for somebody else.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use foldhash::HashMap;

use super::{Ids, Lists, Register, text};

/// The subjects of one kind in register order.
#[derive(Debug, Default)]
pub struct Directory {
    pub ids: Ids,
    /// As people read them.
    pub labels: Vec<String>,
    /// Per subject whose label as people read it is not its key.
    label_keys: HashMap<u32, Box<str>>,
    /// Per subject that has any.
    other_keys: HashMap<u32, Vec<Box<str>>>,
    /// All names.
    names: Ids,
    /// Names with who bears each, in the order in which they were told.
    bearers: Vec<(u32, Who)>,
    /// Each valid row of the register: whom it is about, and the row.
    rows: Vec<(u32, u32)>,
    /// Subjects with the units that they are members of.
    seats: Vec<(u32, u32)>,
    /// These by member and by unit, once somebody asks.
    seated: OnceLock<[Lists<u32>; 2]>,
    /// Ids that stand only in rejected rows; empty where such a row does not even tell the id.
    pub put_aside: Ids,
    /// The units that these rows name; none: a row does not tell, and they may sit anywhere.
    aside_units: Vec<Option<Vec<u32>>>,
    /// Per somebody the units, put aside themselves, that rejected rows name.
    in_aside: HashMap<Who, Vec<u32>>,
    /// Names that only rejected rows tell.
    aside_names: Vec<(u32, Who)>,
    /// Who bears each name, once somebody asks: where all rows tell an id, nobody does.
    by_name: OnceLock<Lists<Who>>,
}

/// Somebody on a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    Known(u32),
    /// Index into [`Directory::put_aside`].
    PutAside(u32),
}

impl Who {
    /// The index of somebody who is known.
    pub fn known(self) -> Option<u32> {
        match self {
            Who::Known(known) => Some(known),
            Who::PutAside(_) => None,
        }
    }

    /// One number for both.
    pub fn number(self) -> u32 {
        match self {
            Who::Known(known) => known * 2,
            Who::PutAside(aside) => aside * 2 + 1,
        }
    }
}

/// Where a rejected register row places somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsideSeat {
    In(u32),
    /// In a unit that is put aside itself.
    InAside(u32),
    /// In a unit that is not among the known ones.
    Elsewhere,
    /// The row does not tell.
    Anywhere,
}

/// A register row, as far as it tells who exists.
#[derive(Debug)]
pub struct RosterEntry<'a> {
    pub id: &'a str,
    /// As it stands in the cell, and its key.
    pub label: &'a str,
    pub label_key: &'a str,
    pub other_labels: Option<&'a str>,
    /// The unit of a membership row.
    pub unit: Option<u32>,
    pub row: u32,
}

impl Directory {
    /// Those whom the valid rows of a register name.
    pub fn of(rows: &[RosterEntry<'_>]) -> Directory {
        // Each is a table of everybody: they are made side by side.
        let ((ids, known), ((names, named), labels)) = rayon::join(
            || Ids::numbered(rows.iter().map(|row| row.id)),
            || {
                let labels = rows.iter().map(|row| text::without_blanks(&text::visible(row.label)));
                (Ids::numbered(rows.iter().map(|row| row.label_key)), labels.collect::<Vec<String>>())
            },
        );
        let mut directory = Directory { ids, names, ..Directory::default() };
        for (((entry, known), name), label) in rows.iter().zip(known).zip(named).zip(labels) {
            if known as usize == directory.labels.len() {
                if label != entry.label_key {
                    directory.label_keys.insert(known, entry.label_key.into());
                }
                directory.labels.push(label);
                directory.bearers.push((name, Who::Known(known)));
            }
            directory.rows.push((known, entry.row));
            for other in entry.other_labels.into_iter().flat_map(|names| names.split('、')) {
                if !directory.is_called(known, other) {
                    directory.other_keys.entry(known).or_default().push(other.into());
                    directory.bearers.push((directory.names.number(other), Who::Known(known)));
                }
            }
            directory.seats.extend(entry.unit.map(|unit| (known, unit)));
        }
        directory
    }

    /// A rejected register row; to be told after all valid ones. Without an id it may be about anybody of its name.
    pub fn put_aside(&mut self, id: Option<&str>, names: impl Iterator<Item = String>, seat: AsideSeat) {
        let known = id.and_then(|id| self.by_id(id));
        let who = known.unwrap_or_else(|| {
            self.aside_units.push(Some(Vec::new()));
            Who::PutAside(self.put_aside.number(id.unwrap_or_default()))
        });
        if let AsideSeat::InAside(unit) = seat {
            self.in_aside.entry(who).or_default().push(unit);
        }
        // A rejected row of somebody known adds no name: the name may be the very fault.
        if let Who::PutAside(aside) = who {
            let units = &mut self.aside_units[aside as usize];
            match seat {
                AsideSeat::In(unit) => units.iter_mut().for_each(|units| units.push(unit)),
                AsideSeat::InAside(_) | AsideSeat::Elsewhere => {}
                AsideSeat::Anywhere => *units = None,
            }
            self.aside_names.extend(names.map(|name| (self.names.number(&name), who)));
        }
    }

    /// Per valid row of the register whom it is about.
    pub fn of_rows(&self, count: usize) -> Vec<Option<u32>> {
        let mut of = vec![None; count];
        self.rows.iter().for_each(|(known, row)| of[*row as usize] = Some(*known));
        of
    }

    /// Those who are subjects of the run.
    pub fn into_register(self) -> Register {
        Register::new(self.ids, self.labels, &self.rows)
    }

    pub fn by_id(&self, id: &str) -> Option<Who> {
        self.ids.find(id).map(Who::Known).or_else(|| self.put_aside.find(id).map(Who::PutAside))
    }

    /// All who bear a name, as their own or as another one. No row is told after the first question.
    pub fn by_name(&self, name: &str) -> &[Who] {
        let bearers = self.by_name.get_or_init(|| {
            let mut told = BTreeSet::new();
            let aside = self.aside_names.iter().filter(|one| told.insert(**one));
            let bearers: Vec<(u32, Who)> = self.bearers.iter().chain(aside).copied().collect();
            Lists::new(self.names.len(), &bearers)
        });
        self.names.find(name).map_or(&[], |name| &bearers[name as usize])
    }

    fn label_key(&self, known: u32) -> &str {
        self.label_keys.get(&known).map_or(&self.labels[known as usize], |key| key)
    }

    /// Whether a subject may be called so.
    pub fn is_called(&self, known: u32, name: &str) -> bool {
        let others = || self.other_keys.get(&known).map_or(&[][..], Vec::as_slice);
        self.label_key(known) == name || others().iter().any(|other| **other == *name)
    }

    /// Whether somebody sits, by a rejected row, in a unit that is put aside itself, or may.
    pub fn sits_in_aside(&self, who: Who, unit: u32) -> bool {
        let anywhere = || matches!(who, Who::PutAside(aside) if self.aside_units[aside as usize].is_none());
        self.in_aside.get(&who).map_or_else(anywhere, |units| units.contains(&unit))
    }

    /// Whether somebody on the register sits in a unit, or may.
    pub fn may_sit_in(&self, who: Who, unit: u32) -> bool {
        match who {
            Who::Known(known) => self.units(known).contains(&unit),
            Who::PutAside(aside) => self.aside_units[aside as usize].as_ref().is_none_or(|units| units.contains(&unit)),
        }
    }

    /// The units that somebody is a member of, one for each row.
    pub fn units(&self, known: u32) -> &[u32] {
        &self.seated()[0][known as usize]
    }

    /// By member the units, by unit the members. No row is told after the first question.
    fn seated(&self) -> &[Lists<u32>; 2] {
        self.seated.get_or_init(|| {
            let members: Vec<(u32, u32)> = self.seats.iter().map(|(member, unit)| (*unit, *member)).collect();
            let units = members.iter().map(|(unit, _)| *unit as usize + 1).max().unwrap_or_default();
            [Lists::new(self.labels.len(), &self.seats), Lists::new(units, &members)]
        })
    }

    /// The id of somebody on the register.
    pub fn id(&self, who: Who) -> &str {
        match who {
            Who::Known(known) => &self.ids[known as usize],
            Who::PutAside(aside) => &self.put_aside[aside as usize],
        }
    }

    /// The id as messages tell it.
    pub fn told_id(&self, who: Who) -> &str {
        Some(self.id(who)).filter(|id| !id.is_empty()).unwrap_or("编号不明")
    }

    /// The keys of all names, for what a slip may have meant.
    pub fn label_keys(&self) -> impl Iterator<Item = &str> {
        (0..self.labels.len() as u32).map(|known| self.label_key(known))
    }

    /// The keys of the names of a unit's members.
    pub fn member_keys(&self, unit: u32) -> impl Iterator<Item = &str> {
        let members = self.seated()[1].get(unit as usize).unwrap_or_default();
        members.iter().map(|known| self.label_key(*known))
    }
}
