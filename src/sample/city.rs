//! The city itself: which units there are, who sits in them, and every row of every table.
//!
//! Nothing is kept but where each unit's members begin: a row is drawn when it is needed, from a
//! generator seeded by what it is about, and comes out the same however often and wherever it is
//! drawn. So two million people need no more memory than a thousand.

use std::convert::Infallible;

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;

use super::random::Random;
use super::weights::{Per, RowPlan, Sampler};

/// A cell as it is meant, before it is written in one form or another.
#[derive(Debug, Clone, PartialEq)]
pub enum CityCell {
    Blank,
    Text(String),
    Number(f64),
    Date(NaiveDate),
}

impl CityCell {
    pub fn text(&self) -> &str {
        match self {
            CityCell::Text(text) => text,
            _ => "",
        }
    }

    /// Whether a condition's value is this; an empty one stands for blank.
    pub(super) fn is(&self, value: &str) -> bool {
        match self {
            CityCell::Blank => value.is_empty(),
            CityCell::Text(text) => text == value,
            CityCell::Number(number) => value.parse() == Ok(*number),
            CityCell::Date(day) => value.parse() == Ok(*day),
        }
    }
}

/// A row of a table: one cell per column of the pack's table.
pub type CityRow = Vec<CityCell>;

/// Seeds of what is drawn, so that no two things share a generator.
pub(super) mod seed {
    pub const SIZES: u64 = 1;
    pub const TRAITS: u64 = 2;
    pub const ROWS: u64 = 3;
    pub const UNIQUE: u64 = 4;
    pub const AGAIN: u64 = 5;
}

/// A made-up city of so many members.
#[derive(Debug)]
pub struct SampleCity<'s> {
    pub sampler: &'s Sampler<'s>,
    pub seed: u64,
    pub year: i32,
    /// Per unit the number of its first member, and the number of members at the end.
    starts: Vec<u32>,
    /// Blocks of the two registers.
    unit_block: usize,
    member_block: usize,
}

/// A row that is to be drawn: the block and for whom, when, and the how-many-th.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Days from year 1, or 0 where the date is blank.
    day: i32,
    block: u16,
    subject: u32,
    year: i16,
    nth: u16,
}

/// Rows of one value of `each` come before this number, those of the next after it.
pub(super) const ROUND: u16 = 256;

/// Whose row is being drawn.
pub(super) struct Whose<'c> {
    /// Of the row.
    pub(super) year: i32,
    pub(super) unit: u32,
    pub(super) subject: u32,
    pub(super) per: Per,
    pub(super) position: u32,
    pub(super) serial: u64,
    pub(super) unit_row: &'c [CityCell],
    pub(super) subject_row: &'c [CityCell],
}

impl<'s> SampleCity<'s> {
    pub fn new(sampler: &'s Sampler<'s>, members: u32, seed: u64, year: i32) -> SampleCity<'s> {
        let (from, to) = (sampler.units.from, sampler.units.to);
        let mut random = Random::new(&[seed, seed::SIZES]);
        let mut starts = vec![0];
        let mut placed = 0u32;
        while placed < members {
            let size = from + random.below(u64::from(to - from) + 1) as u32;
            // What is left and too small for a unit joins the last one.
            let left = members - placed;
            placed += if left < size + from { left } else { size };
            starts.push(placed);
        }
        let (unit, member) = sampler.registers();
        let block = |table| sampler.blocks.iter().position(|block| block.table == table).unwrap_or(0);
        SampleCity { sampler, seed, year, starts, unit_block: block(unit), member_block: block(member) }
    }

    pub fn units(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    pub fn members(&self) -> u32 {
        self.starts[self.starts.len() - 1]
    }

    /// The members at home in a unit.
    pub fn roster(&self, unit: u32) -> std::ops::Range<u32> {
        self.starts[unit as usize]..self.starts[unit as usize + 1]
    }

    /// A member's place in its home unit, from 1.
    fn position(&self, per: Per, subject: u32, unit: u32) -> u32 {
        if per == Per::Unit { 0 } else { subject - self.starts[unit as usize] + 1 }
    }

    fn home(&self, member: u32) -> u32 {
        self.starts.partition_point(|start| *start <= member) as u32 - 1
    }

    /// A row of this year about a subject, in its place in a unit; the rows are those of the unit and of the subject.
    fn whose<'c>(&self, per: Per, subject: u32, (unit, position): (u32, u32), rows: [&'c [CityCell]; 2]) -> Whose<'c> {
        let [unit_row, subject_row] = rows;
        Whose { year: self.year, unit, subject, per, position, serial: u64::from(subject) + 1, unit_row, subject_row }
    }

    /// The register row of a unit.
    pub fn unit_row(&self, unit: u32) -> CityRow {
        self.draw(self.unit_block, &self.whose(Per::Unit, unit, (unit, 0), [&[], &[]]), 0)
    }

    /// The register row of a member in its home unit.
    pub fn member_row(&self, member: u32, unit: u32, unit_row: &[CityCell]) -> CityRow {
        self.register_row(member, unit, unit_row, self.position(Per::Member, member, unit))
    }

    fn register_row(&self, member: u32, unit: u32, unit_row: &[CityCell], position: u32) -> CityRow {
        self.draw(self.member_block, &self.whose(Per::Member, member, (unit, position), [unit_row, &[]]), 0)
    }

    /// Whether a member sits in the unit after its own, too.
    fn sits_again(&self, member: u32) -> bool {
        Random::new(&[self.seed, seed::AGAIN, u64::from(member)]).chance(self.sampler.units.again)
    }

    /// Members of the unit before who sit in this one too.
    fn guests(&self, unit: u32) -> impl Iterator<Item = u32> {
        let before = if unit == 0 { 0..0 } else { self.roster(unit - 1) };
        before.filter(|member| self.sits_again(*member))
    }

    /// Everybody in a unit, those at home in it first.
    pub(super) fn everybody(&self, unit: u32) -> Vec<CityRow> {
        let row = self.unit_row(unit);
        let mut people: Vec<CityRow> = self.roster(unit).map(|member| self.member_row(member, unit, &row)).collect();
        if unit > 0 {
            let before = self.unit_row(unit - 1);
            people.extend(self.guests(unit).map(|member| self.member_row(member, unit - 1, &before)));
        }
        people
    }

    /// Whether nobody else in the unit has this name.
    pub fn is_unique(&self, name: &str, unit: u32) -> bool {
        let label = self.label(Per::Member);
        self.everybody(unit).iter().filter(|row| row[label].text() == name).count() == 1
    }

    /// Sends the rows of a table for units in a range, in register order.
    pub fn rows<E>(
        &self,
        table: usize,
        units: std::ops::Range<u32>,
        mut take: impl FnMut(CityRow, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        let (unit_register, member_register) = self.sampler.registers();
        for unit in units {
            let unit_row = self.unit_row(unit);
            if table == unit_register {
                take(unit_row, unit)?;
                continue;
            }
            if table == member_register {
                for member in self.roster(unit) {
                    take(self.member_row(member, unit, &unit_row), unit)?;
                }
                for member in self.guests(unit) {
                    take(self.register_row(member, unit, &unit_row, 0), unit)?;
                }
                continue;
            }
            self.events(table, unit, &unit_row, |_, row| take(row, unit))?;
        }
        Ok(())
    }

    /// The rows of an ordered table, by date; the number of each is its place here, from 1.
    pub fn plan(&self, table: usize, by: usize) -> Vec<Event> {
        let per_unit = |unit: u32| {
            let mut events = Vec::new();
            let Ok(()) = self.events::<Infallible>(table, unit, &self.unit_row(unit), |mut event, row| {
                if let CityCell::Date(day) = row[by] {
                    event.day = day.num_days_from_ce();
                }
                events.push(event);
                Ok(())
            });
            events
        };
        let mut events: Vec<Event> = (0..self.units()).into_par_iter().flat_map_iter(per_unit).collect();
        events.par_sort_unstable();
        events
    }

    /// The row of an ordered table's event.
    pub fn planned_row(&self, event: Event, serial: u64) -> (CityRow, u32) {
        let block = &self.sampler.blocks[usize::from(event.block)];
        let unit = if block.per == Per::Unit { event.subject } else { self.home(event.subject) };
        let unit_row = self.unit_row(unit);
        let member = (block.per == Per::Member).then(|| self.member_row(event.subject, unit, &unit_row));
        let subject_row = member.as_deref().unwrap_or(&unit_row);
        (self.event_row(event, serial, unit, &unit_row, subject_row), unit)
    }

    fn blocks(&self, table: usize) -> impl Iterator<Item = (usize, &RowPlan)> {
        self.sampler.blocks.iter().enumerate().filter(move |(_, block)| block.table == table)
    }

    /// Sends the rows of a table's blocks for a unit and its members.
    fn events<E>(
        &self,
        table: usize,
        unit: u32,
        unit_row: &[CityCell],
        mut take: impl FnMut(Event, CityRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut people: Vec<CityRow> = Vec::new();
        if self.blocks(table).any(|(_, block)| block.per == Per::Member) {
            people.extend(self.roster(unit).map(|member| self.member_row(member, unit, unit_row)));
        }
        for (at, block) in self.blocks(table) {
            if block.per == Per::Unit {
                self.events_of(at, unit, unit, unit_row, unit_row, &mut take)?;
                continue;
            }
            for (member, row) in self.roster(unit).zip(&people) {
                self.events_of(at, member, unit, unit_row, row, &mut take)?;
            }
        }
        Ok(())
    }

    /// Sends a block's rows for a subject.
    fn events_of<E>(
        &self,
        at: usize,
        subject: u32,
        unit: u32,
        unit_row: &[CityCell],
        subject_row: &[CityCell],
        take: &mut impl FnMut(Event, CityRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let block = &self.sampler.blocks[at];
        for year in &block.years {
            let event = Event { day: 0, block: at as u16, subject, year: *year as i16, nth: 0 };
            let context = self.context(event, 0, unit, unit_row, subject_row);
            let count = block.counts.iter().find(|(given, _)| self.fits(given, &[], &context)).map_or(0.0, |one| one.1);
            let mut random = Random::new(&[self.seed, seed::ROWS, at as u64, u64::from(subject), *year as u64]);
            let rounds = block.each.as_ref().map_or(1, |(_, values)| values.len());
            for round in 0..rounds {
                let rows = count as u16 + u16::from(random.chance(count.fract()));
                for nth in 0..rows {
                    let event = Event { nth: round as u16 * ROUND + nth, ..event };
                    take(event, self.event_row(event, 0, unit, unit_row, subject_row))?;
                }
            }
        }
        Ok(())
    }

    fn context<'c>(
        &self,
        event: Event,
        serial: u64,
        unit: u32,
        unit_row: &'c [CityCell],
        subject_row: &'c [CityCell],
    ) -> Whose<'c> {
        let per = self.sampler.blocks[usize::from(event.block)].per;
        let place = (unit, self.position(per, event.subject, unit));
        let whose = self.whose(per, event.subject, place, [unit_row, subject_row]);
        Whose { year: self.year + i32::from(event.year), serial, ..whose }
    }

    fn event_row(
        &self,
        event: Event,
        serial: u64,
        unit: u32,
        unit_row: &[CityCell],
        subject_row: &[CityCell],
    ) -> CityRow {
        let context = self.context(event, serial, unit, unit_row, subject_row);
        self.draw(usize::from(event.block), &context, event.nth)
    }

    /// Draws a row: its own columns, then whom it is about, and its year.
    fn draw(&self, at: usize, context: &Whose, nth: u16) -> CityRow {
        let block = &self.sampler.blocks[at];
        let table = &self.sampler.pack.tables[block.table];
        let mut row = vec![CityCell::Blank; table.columns.len()];
        let parts =
            [self.seed, seed::ROWS, at as u64, u64::from(context.subject), context.year as u64, u64::from(nth) + 1];
        let mut random = Random::new(&parts);
        if let Some((column, values)) = &block.each {
            row[*column] = CityCell::Text(values[usize::from(nth / ROUND)].clone());
        }
        if let Some((column, value)) = &block.about {
            row[*column] = CityCell::Text(value.clone());
        }
        for cases in block.cases.chunk_by(|a, b| a.at == b.at) {
            row[cases[0].at] = self.cell(table, cases, &row, context, &mut random);
        }
        self.refer(block, context, &mut row);
        if let Some(year) = table.year {
            row[year] = CityCell::Number(f64::from(context.year));
        }
        row
    }

    /// Fills in the id and name of whom the row is about, and of their unit.
    fn refer(&self, block: &RowPlan, context: &Whose, row: &mut CityRow) {
        let pack = self.sampler.pack;
        let membership = &pack.membership;
        let unit_ids = (&pack.subjects[membership.unit], context.unit_row);
        let member_ids = (&pack.subjects[membership.member], context.subject_row);
        for reference in &pack.tables[block.table].references {
            let applies = reference.when.as_ref().is_none_or(|(column, value)| row[*column].text() == value);
            if !applies {
                continue;
            }
            let mut fill = |id: usize, label: usize, (subject, of): (&crate::pack::Subject, &[CityCell])| {
                if !of.is_empty() {
                    row[id] = of[subject.id].clone();
                    row[label] = of[subject.label].clone();
                }
            };
            if reference.subject == membership.unit {
                fill(reference.id, reference.label, unit_ids);
            } else if reference.subject == membership.member && context.per == Per::Member {
                fill(reference.id, reference.label, member_ids);
                if let Some((_, id, label)) = reference.within {
                    fill(id, label, unit_ids);
                }
            }
        }
    }

    fn label(&self, per: Per) -> usize {
        let membership = &self.sampler.pack.membership;
        let kind = if per == Per::Unit { membership.unit } else { membership.member };
        self.sampler.pack.subjects[kind].label
    }
}
