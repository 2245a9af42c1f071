//! Who and what the lines are about, as outputs tell it: names, units, posts, who may decide, and the order of the
//! registers.

use std::borrow::Cow;
use std::collections::HashMap;

use polars::prelude::{DataFrame, DataType};
use rayon::prelude::*;

use super::Subject;
use crate::once::once;
use crate::pack::Pack;
use crate::table::{Dataset, Lists};

/// The registers, laid out for printing.
pub struct People<'a> {
    kinds: Vec<PeopleOfKind<'a>>,
    /// Index of the units' subject kind.
    pub unit: usize,
    /// Who decides where the register does not say: about units, too.
    default: &'a str,
}

struct PeopleOfKind<'a> {
    ids: &'a [String],
    labels: &'a [String],
    posts: Vec<Cow<'a, str>>,
    authorities: Vec<&'a str>,
    /// Rank of the authority: others than the default one in order of appearance, then the default.
    ranks: Vec<u32>,
    /// Units that the subject belongs to, home first; for a unit itself.
    units: Lists<u32>,
}

/// Where a subject stands in a list: unit, unit before its people, register order.
pub type RegisterOrder = (u32, u8, u32);

impl<'a> People<'a> {
    pub fn new(pack: &'a Pack, dataset: &'a Dataset) -> Self {
        let unit = pack.membership.unit;
        let kinds = pack
            .subjects
            .iter()
            .enumerate()
            .map(|(kind, subject)| {
                let register = &dataset.registers[kind];
                let table = &pack.tables[subject.register];
                let frame = &dataset.tables[subject.register].frame;
                let posts = subject.post.map(|column| strings(frame, &table.columns[column].name));
                let authorities = subject.authority.map(|column| strings(frame, &table.columns[column].name));
                let default =
                    subject.authority.and_then(|column| table.columns[column].default.as_deref()).unwrap_or("");
                let unit_column = format!("@{}", pack.subjects[unit].kind);
                let units = if kind == unit { Vec::new() } else { indices(frame, &unit_column) };
                let home = |rows: &[u32]| rows.first().map(|row| *row as usize);
                let subjects = 0..register.ids.len();
                let rows = |index: usize| register.rows[index].iter().map(|row| *row as usize);
                let post = |index| joined(rows(index).filter_map(|row| *posts.as_ref()?.get(row)?));
                let mut units_of: Vec<(u32, u32)> = Vec::with_capacity(subjects.len());
                for index in subjects.clone() {
                    let (start, known) = (units_of.len(), index as u32);
                    let own = (kind == unit).then_some(known);
                    for unit in own.into_iter().chain(rows(index).filter_map(|row| *units.get(row)?)) {
                        if !units_of[start..].contains(&(known, unit)) {
                            units_of.push((known, unit));
                        }
                    }
                }
                let mut seen: HashMap<&str, u32> = HashMap::new();
                let (authorities, ranks) = register
                    .rows
                    .iter()
                    .map(|rows| {
                        let authority = authorities.as_ref().and_then(|all| *all.get(home(rows)?)?).unwrap_or("");
                        let next = seen.len() as u32;
                        let rank = if authority == default { u32::MAX } else { *seen.entry(authority).or_insert(next) };
                        (authority, rank)
                    })
                    .unzip();
                PeopleOfKind {
                    ids: &register.ids,
                    labels: &register.labels,
                    posts: subjects.clone().into_par_iter().map(post).collect(),
                    authorities,
                    ranks,
                    units: Lists::new(subjects.len(), &units_of),
                }
            })
            .collect();
        let default = pack.default_authority();
        People { kinds, unit, default }
    }

    pub fn id(&self, subject: Subject) -> &'a str {
        let ids = self.kinds[subject.kind].ids;
        ids.get(subject.index as usize).map_or("", String::as_str)
    }

    pub fn label(&self, subject: Subject) -> &'a str {
        let labels = self.kinds[subject.kind].labels;
        labels.get(subject.index as usize).map_or("", String::as_str)
    }

    /// `编号-名称`, as files are named.
    pub fn called(&self, subject: Subject) -> String {
        format!("{}-{}", self.id(subject), self.label(subject))
    }

    /// All posts, the home row's first.
    pub fn post(&self, subject: Subject) -> Cow<'a, str> {
        self.kinds[subject.kind].posts.get(subject.index as usize).cloned().unwrap_or_default()
    }

    /// Who may decide; empty for units.
    pub fn authority(&self, subject: Subject) -> &'a str {
        self.kinds[subject.kind].authorities.get(subject.index as usize).copied().unwrap_or("")
    }

    /// Who decides about the subject; about units whoever decides by default.
    pub fn decider(&self, subject: Subject) -> &'a str {
        let authority = self.authority(subject);
        if authority.is_empty() { self.default } else { authority }
    }

    /// Names of the units, home first.
    pub fn unit_names(&self, subject: Subject) -> Cow<'a, str> {
        joined(self.units(subject).iter().map(|unit| self.unit_label(*unit)))
    }

    pub fn unit_label(&self, unit: u32) -> &'a str {
        self.label(Subject { kind: self.unit, index: unit })
    }

    /// Indices of the subject's units, home first.
    pub fn units(&self, subject: Subject) -> &[u32] {
        self.kinds[subject.kind].units.get(subject.index as usize).unwrap_or_default()
    }

    /// Register order: home unit, the unit before its people, they in their register's order.
    pub fn order(&self, subject: Subject) -> RegisterOrder {
        let home = self.units(subject).first().copied().unwrap_or(u32::MAX);
        (home, u8::from(subject.kind != self.unit), subject.index)
    }

    /// By authority: others before the default one, units last.
    pub fn authority_order(&self, subject: Subject) -> (u8, u32) {
        let rank = self.kinds[subject.kind].ranks.get(subject.index as usize).copied().unwrap_or(u32::MAX);
        (u8::from(subject.kind == self.unit), rank)
    }
}

/// The first closed-set column of the units' register: what kind of unit it is.
pub fn unit_kinds<'a>(pack: &'a Pack, dataset: &'a Dataset) -> Option<UnitKinds<'a>> {
    let subject = &pack.subjects[pack.membership.unit];
    let table = &pack.tables[subject.register];
    let column = table.columns.iter().find(|column| !column.kind.words().is_empty())?;
    let texts = strings(&dataset.tables[subject.register].frame, &column.name);
    let register = &dataset.registers[pack.membership.unit];
    let of = register.rows.iter().map(|rows| *texts.get(*rows.first()? as usize)?).collect();
    Some(UnitKinds { column: &column.name, values: column.kind.words(), of })
}

pub struct UnitKinds<'a> {
    pub column: &'a str,
    pub values: &'a [String],
    /// Per unit.
    pub of: Vec<Option<&'a str>>,
}

/// A text column of a frame, row by row; a column that is missing or of another type is blank.
pub fn strings<'a>(frame: &'a DataFrame, name: &str) -> Vec<Option<&'a str>> {
    match frame.column(name) {
        Ok(column) if column.dtype() == &DataType::String => {
            column.str().map(|texts| texts.iter().collect()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// A column of indices in a register, row by row.
pub fn indices(frame: &DataFrame, name: &str) -> Vec<Option<u32>> {
    match frame.column(name) {
        Ok(column) if column.dtype() == &DataType::UInt32 => {
            column.u32().map(|numbers| numbers.iter().collect()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Each text once; nearly always there is but one, or the same again.
fn joined<'a>(mut texts: impl Iterator<Item = &'a str>) -> Cow<'a, str> {
    let first = texts.next().unwrap_or_default();
    let others = once(texts.filter(|text| *text != first));
    if others.is_empty() { Cow::Borrowed(first) } else { Cow::Owned(format!("{first}、{}", others.join("、"))) }
}
