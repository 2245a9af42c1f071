//! The city itself: which units there are, who sits in them, and every row of every table.
//!
//! A row is drawn when it is needed, from a generator seeded by what it is about, and comes out the same however often
//! and wherever it is drawn. Kept are where each unit's members begin, and the rows that stand in the order of dates.

use std::convert::Infallible;
use std::ops::Range;

use chrono::NaiveDate;
use rayon::prelude::*;

use super::draw::{chance, number, seeded};
use super::weights::{Per, RowPlan, Sampler, registers};
use crate::pack::Pack;

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
pub struct SampleCity<'p> {
    pub pack: &'p Pack,
    pub sampler: Sampler,
    pub seed: u64,
    pub year: i32,
    /// Per unit the number of its first member, and the number of members at the end.
    starts: Vec<u32>,
    /// Of tables whose rows stand in the order of their date, not in that of the registers: each with its unit.
    dated: Vec<Option<Vec<(CityRow, u32)>>>,
}

/// Whose row is being drawn.
#[derive(Clone, Copy)]
pub(super) struct Whose<'c> {
    /// Of the row.
    pub year: i32,
    pub unit: u32,
    pub subject: u32,
    /// A member's place in the unit, from 1.
    pub position: u32,
    /// The running number; none: it is put in once the order is known.
    pub serial: Option<u64>,
    pub unit_row: &'c [CityCell],
    pub subject_row: &'c [CityCell],
}

/// Some of a table's rows: those of a range of units, or of its rows where it is ordered by date.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub table: usize,
    /// Which part it is, from 0.
    pub number: usize,
    range: Range<u32>,
    /// About how many they are.
    pub rows: u64,
}

impl<'p> SampleCity<'p> {
    pub fn new(pack: &'p Pack, sampler: Sampler, members: u32, seed: u64, year: i32) -> SampleCity<'p> {
        let (from, to) = (sampler.units.from, sampler.units.to);
        let mut random = seeded(&[seed, seed::SIZES]);
        let mut starts = vec![0];
        let mut placed = 0u32;
        while placed < members {
            let size = random.u32(from..=to);
            // What is left and too small for a unit joins the last one.
            let left = members - placed;
            placed += if left < size + from { left } else { size };
            starts.push(placed);
        }
        let mut city = SampleCity { pack, sampler, seed, year, starts, dated: Vec::new() };
        let dates = pack.tables.iter().enumerate();
        city.dated = dates.map(|(at, table)| table.date.map(|by| city.by_date(at, by))).collect();
        city
    }

    pub fn units(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    pub fn members(&self) -> u32 {
        self.starts[self.starts.len() - 1]
    }

    /// The members at home in a unit.
    pub fn roster(&self, unit: u32) -> Range<u32> {
        self.starts[unit as usize]..self.starts[unit as usize + 1]
    }

    /// The plans of a table's rows.
    fn plans(&self, table: usize) -> impl Iterator<Item = (usize, &RowPlan)> {
        self.sampler.rows.iter().enumerate().filter(move |(_, plan)| plan.table == table)
    }

    /// The row of a register.
    fn registered(&self, per: Per, subject: u32, (unit, position): (u32, u32), unit_row: &[CityCell]) -> CityRow {
        let table = registers(self.pack)[usize::from(per == Per::Member)];
        let serial = Some(u64::from(subject) + 1);
        let whose = Whose { year: self.year, unit, subject, position, serial, unit_row, subject_row: &[] };
        self.plans(table).next().map_or_else(Vec::new, |(at, _)| self.draw(at, &whose, (0, 0)))
    }

    /// The register row of a unit.
    pub fn unit_row(&self, unit: u32) -> CityRow {
        self.registered(Per::Unit, unit, (unit, 0), &[])
    }

    /// The register rows of those at home in a unit.
    fn people_of(&self, unit: u32, unit_row: &[CityCell]) -> Vec<CityRow> {
        let row = |(member, position)| self.registered(Per::Member, member, (unit, position), unit_row);
        self.roster(unit).zip(1..).map(row).collect()
    }

    /// Members of the unit before who sit in this one too.
    fn guests(&self, unit: u32) -> impl Iterator<Item = u32> {
        let before = if unit == 0 { 0..0 } else { self.roster(unit - 1) };
        let again = |member: u32| seeded(&[self.seed, seed::AGAIN, u64::from(member)]);
        before.filter(move |member| chance(&mut again(*member), self.sampler.units.again))
    }

    /// Everybody in a unit, those at home in it first.
    pub(super) fn everybody(&self, unit: u32) -> Vec<CityRow> {
        let mut people = self.people_of(unit, &self.unit_row(unit));
        if unit > 0 {
            let (before, first) = (unit - 1, self.roster(unit - 1).start);
            let theirs = self.people_of(before, &self.unit_row(before));
            people.extend(self.guests(unit).map(|member| theirs[(member - first) as usize].clone()));
        }
        people
    }

    /// Whether nobody else in the unit has this name.
    pub fn is_unique(&self, name: &str, unit: u32) -> bool {
        let label = self.pack.subjects[self.pack.membership.member].label;
        self.everybody(unit).iter().filter(|row| row[label].text() == name).count() == 1
    }

    /// Cuts a table into parts of about `most` rows.
    pub fn parts(&self, table: usize, most: u64) -> Vec<Stretch> {
        let (length, rows) = match &self.dated[table] {
            Some(rows) => (rows.len() as u32, rows.len() as u64),
            None => (self.units(), self.expected(table)),
        };
        let of = rows.div_ceil(most).clamp(1, u64::from(length.max(1))) as usize;
        let cut = |at: usize| (u64::from(length) * at as u64 / of as u64) as u32;
        let part = |number| Stretch { table, number, range: cut(number)..cut(number + 1), rows: rows / of as u64 + 1 };
        (0..of).map(part).collect()
    }

    /// About how many rows a table has that is not ordered by date, rather too many.
    fn expected(&self, table: usize) -> u64 {
        let rows = self.plans(table).map(|(_, plan)| {
            let most = plan.count.iter().map(|one| one.rows).fold(0.0, f64::max);
            let subjects = if plan.per == Per::Unit { self.units() } else { self.members() };
            f64::from(subjects) * most * (plan.years.len() * plan.rounds()) as f64
        });
        rows.sum::<f64>().ceil() as u64
    }

    /// Sends a part's rows, with the unit each belongs to.
    pub fn rows<E>(&self, part: &Stretch, mut take: impl FnMut(CityRow, u32) -> Result<(), E>) -> Result<(), E> {
        match &self.dated[part.table] {
            None => part.range.clone().try_for_each(|unit| self.of_unit(part.table, unit, &mut take)),
            Some(rows) => rows[part.range.start as usize..part.range.end as usize]
                .iter()
                .try_for_each(|(row, unit)| take(row.clone(), *unit)),
        }
    }

    /// A table's rows by date, numbered.
    fn by_date(&self, table: usize, by: usize) -> Vec<(CityRow, u32)> {
        let of_unit = |unit: u32| {
            let mut rows = Vec::new();
            let Ok(()) = self.of_unit::<Infallible>(table, unit, &mut |row, unit| {
                rows.push((row, unit));
                Ok(())
            });
            rows
        };
        let mut rows: Vec<(CityRow, u32)> = (0..self.units()).into_par_iter().flat_map_iter(of_unit).collect();
        rows.par_sort_by_key(|(row, _)| if let CityCell::Date(day) = row[by] { Some(day) } else { None });
        rows.par_iter_mut().enumerate().for_each(|(at, (row, _))| {
            for cell in row.iter_mut() {
                if let CityCell::Text(text) = cell
                    && text.contains('{')
                {
                    *text = number(text, at as u64 + 1);
                }
            }
        });
        rows
    }

    /// Sends a table's rows about a unit and its members, in register order.
    fn of_unit<E>(
        &self,
        table: usize,
        unit: u32,
        take: &mut impl FnMut(CityRow, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        let unit_row = self.unit_row(unit);
        let [units, members] = registers(self.pack);
        if table == units {
            return take(unit_row, unit);
        }
        let of_members = self.plans(table).any(|(_, plan)| plan.per == Per::Member);
        let people = if of_members { self.people_of(unit, &unit_row) } else { Vec::new() };
        if table == members {
            let guests = self.guests(unit).map(|member| self.registered(Per::Member, member, (unit, 0), &unit_row));
            return people.into_iter().chain(guests).try_for_each(|row| take(row, unit));
        }
        for (at, plan) in self.plans(table) {
            let subjects: Vec<(u32, u32, &CityRow)> = match plan.per {
                Per::Unit => vec![(unit, 0, &unit_row)],
                Per::Member => {
                    self.roster(unit).zip(1..).zip(&people).map(|((one, place), row)| (one, place, row)).collect()
                }
            };
            for ((subject, position, subject_row), year) in
                subjects.into_iter().flat_map(|subject| plan.years.iter().map(move |year| (subject, *year)))
            {
                let serial = self.pack.tables[table].date.is_none().then(|| u64::from(subject) + 1);
                let year = self.year + year;
                let whose = Whose { year, unit, subject, position, serial, unit_row: &unit_row, subject_row };
                let mut random = seeded(&[self.seed, seed::ROWS, at as u64, u64::from(subject), year as u64]);
                let fitting = plan.count.iter().find(|one| self.fits(&one.given, &[], &whose));
                let count = fitting.map_or(0.0, |one| one.rows);
                for round in 0..plan.rounds() {
                    for nth in 0..count as usize + usize::from(chance(&mut random, count.fract())) {
                        take(self.draw(at, &whose, (round, nth)), unit)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Draws a row: its own columns, then whom it is about, and its year.
    fn draw(&self, at: usize, whose: &Whose, (round, nth): (usize, usize)) -> CityRow {
        let plan = &self.sampler.rows[at];
        let table = &self.pack.tables[plan.table];
        let mut row = vec![CityCell::Blank; table.columns.len()];
        let parts = [at as u64, u64::from(whose.subject), whose.year as u64, round as u64, nth as u64 + 1];
        let mut random = seeded(&[&[self.seed, seed::ROWS], &parts[..]].concat());
        if let Some((column, values)) = &plan.each {
            row[*column] = CityCell::Text(values[round].clone());
        }
        if let Some((column, value)) = &plan.about {
            row[*column] = CityCell::Text(value.clone());
        }
        for cases in plan.draw.chunk_by(|a, b| a.at == b.at) {
            row[cases[0].at] = self.cell(table, cases, &row, whose, &mut random);
        }
        self.refer(plan, whose, &mut row);
        if let Some(year) = table.year {
            row[year] = CityCell::Number(f64::from(whose.year));
        }
        row
    }

    /// Fills in the id and name of whom the row is about, and of their unit.
    fn refer(&self, plan: &RowPlan, whose: &Whose, row: &mut CityRow) {
        let membership = &self.pack.membership;
        let [unit, member] = [membership.unit, membership.member].map(|kind| &self.pack.subjects[kind]);
        for reference in &self.pack.tables[plan.table].references {
            if reference.when.as_ref().is_some_and(|(column, value)| row[*column].text() != value) {
                continue;
            }
            let own = (reference.id, reference.label);
            let member_too = reference.subject == membership.member && plan.per == Per::Member;
            let within = reference.within.filter(|_| member_too).map(|(_, id, label)| (id, label));
            for (columns, subject, of) in [
                (Some(own).filter(|_| member_too), member, whose.subject_row),
                (Some(own).filter(|_| reference.subject == membership.unit).or(within), unit, whose.unit_row),
            ] {
                if let Some((id, label)) = columns.filter(|_| !of.is_empty()) {
                    (row[id], row[label]) = (of[subject.id].clone(), of[subject.label].clone());
                }
            }
        }
    }
}
