//! The city itself: which units there are, who sits in them, and every row of every table.
//!
//! A row is drawn when it is needed, from a generator seeded by what it is about, and comes out the same however often
//! and wherever it is drawn. Kept is where each unit's members begin, and nothing else.

use std::ops::Range;

use super::draw::{chance, pick, seeded};
use super::weights::{RowPlan, Sampler, registers};
use crate::pack::Pack;

/// A row of a table, a cell a column as it is meant, before it is written in one form or another: a day as
/// `2015-06-24`, a number in figures, empty where it is blank. Behind the columns of a register stands what its rows
/// alone know.
pub type CityRow = Vec<String>;

/// Seeds of what is drawn, so that no two things share a generator.
const SIZES: u64 = 1;
const ROWS: u64 = 2;
const AGAIN: u64 = 3;

/// A made-up city of so many members.
pub struct SampleCity<'p> {
    pub pack: &'p Pack,
    pub sampler: Sampler,
    pub seed: u64,
    pub year: i32,
    /// Per unit the number of its first member, and the number of members at the end.
    starts: Vec<u32>,
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
    /// The running number.
    pub serial: u64,
    pub unit_row: &'c [String],
    pub subject_row: &'c [String],
}

/// Some of a table's rows: those of a range of units.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub table: usize,
    /// Which part it is, from 0.
    pub number: usize,
    units: Range<u32>,
    /// About how many they are.
    pub rows: u64,
}

impl<'p> SampleCity<'p> {
    pub fn new(pack: &'p Pack, sampler: Sampler, members: u32, seed: u64, year: i32) -> SampleCity<'p> {
        let (from, to) = (sampler.units.from, sampler.units.to);
        let mut random = seeded(&[seed, SIZES]);
        let mut starts = vec![0];
        let mut placed = 0u32;
        while placed < members {
            let size = random.u32(from..=to);
            // What is left and too small for a unit joins the last one.
            let left = members - placed;
            placed += if left < size + from { left } else { size };
            starts.push(placed);
        }
        SampleCity { pack, sampler, seed, year, starts }
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

    /// The row of a subject in its register.
    fn registered(&self, register: usize, subject: u32, unit: u32, position: u32, unit_row: &[String]) -> CityRow {
        let (year, serial) = (self.year, u64::from(subject) + 1);
        let whose = Whose { year, unit, subject, position, serial, unit_row, subject_row: &[] };
        self.plans(register).next().map_or_else(Vec::new, |(at, _)| self.draw(at, &whose, 0, 0))
    }

    /// The register row of a unit.
    pub fn unit_row(&self, unit: u32) -> CityRow {
        self.registered(registers(self.pack)[0], unit, unit, 0, &[])
    }

    /// Everybody in a unit: those at home in it, then those of the unit before who sit in this one too.
    pub(super) fn everybody(&self, unit: u32, unit_row: &[String]) -> Vec<CityRow> {
        let before = if unit == 0 { 0..0 } else { self.roster(unit - 1) };
        let again = |member: u32| seeded(&[self.seed, AGAIN, u64::from(member)]);
        let guests = before.filter(|member| chance(&mut again(*member), self.sampler.units.again));
        let all = self.roster(unit).zip(1..).chain(guests.map(|member| (member, 0)));
        let [_, register] = registers(self.pack);
        all.map(|(member, position)| self.registered(register, member, unit, position, unit_row)).collect()
    }

    /// Whether nobody else in the unit has this name.
    pub fn is_unique(&self, name: &str, unit: u32) -> bool {
        let label = self.pack.subjects[self.pack.membership.member].label;
        self.everybody(unit, &self.unit_row(unit)).iter().filter(|row| row[label] == name).count() == 1
    }

    /// Cuts a table into parts of about `most` rows.
    pub fn parts(&self, table: usize, most: u64) -> Vec<Stretch> {
        let rows = self.expected(table);
        let of = rows.div_ceil(most).clamp(1, u64::from(self.units())) as usize;
        let cut = |at: usize| (u64::from(self.units()) * at as u64 / of as u64) as u32;
        let part = |number| Stretch { table, number, units: cut(number)..cut(number + 1), rows: rows / of as u64 + 1 };
        (0..of).map(part).collect()
    }

    /// About how many rows a table has, rather too many.
    fn expected(&self, table: usize) -> u64 {
        let rows = self.plans(table).map(|(_, plan)| {
            let subjects = if plan.members { self.members() } else { self.units() };
            f64::from(subjects) * plan.most() * (plan.years.len() * plan.rounds()) as f64
        });
        rows.sum::<f64>().ceil() as u64
    }

    /// The rows of a part in the order of the registers, each with its unit.
    pub fn rows(&self, part: &Stretch) -> impl Iterator<Item = (CityRow, u32)> {
        let table = part.table;
        part.units.clone().flat_map(move |unit| self.of_unit(table, unit).into_iter().map(move |row| (row, unit)))
    }

    /// A table's rows about a unit and its members.
    fn of_unit(&self, table: usize, unit: u32) -> Vec<CityRow> {
        let unit_row = self.unit_row(unit);
        let [units, members] = registers(self.pack);
        if table == units {
            return vec![unit_row];
        }
        let of_members = self.plans(table).any(|(_, plan)| plan.members);
        let people = if of_members { self.everybody(unit, &unit_row) } else { Vec::new() };
        if table == members {
            return people;
        }
        // Every row that there could be has a number of its own.
        let numbers = self.plans(table).map(|(_, plan)| plan.numbers()).sum::<u64>();
        let (mut first, mut rows) = (0, Vec::new());
        for (at, plan) in self.plans(table) {
            let subjects: Vec<(u32, &CityRow)> =
                if plan.members { self.roster(unit).zip(&people).collect() } else { vec![(unit, &unit_row)] };
            for (subject, subject_row) in subjects {
                let mut serial = u64::from(subject) * numbers + first;
                for year in plan.years.iter().map(|year| self.year + year) {
                    let whose = Whose { year, unit, subject, position: 0, serial, unit_row: &unit_row, subject_row };
                    let mut random = seeded(&[self.seed, ROWS, at as u64, u64::from(subject), year as u64]);
                    let fitting = plan.count.iter().find(|one| self.fits(&one.given, &[], &whose));
                    let count = fitting.map_or(0.0, |one| one.rows);
                    for round in 0..plan.rounds() {
                        for nth in 0..count as usize + usize::from(chance(&mut random, count.fract())) {
                            serial += 1;
                            rows.push(self.draw(at, &Whose { serial, ..whose }, round, nth));
                        }
                    }
                }
            }
            first += plan.numbers();
        }
        rows
    }

    /// Draws a row: what a register alone knows, the table's own columns, then whom it is about, and its year.
    fn draw(&self, at: usize, whose: &Whose, round: usize, nth: usize) -> CityRow {
        let plan = &self.sampler.rows[at];
        let table = &self.pack.tables[plan.table];
        let parts = [at, whose.subject as usize, whose.year as usize, round, nth].map(|part| part as u64);
        let mut random = seeded(&[&[self.seed, ROWS], &parts[..]].concat());
        let mut row = vec![String::new(); table.columns.len()];
        if whose.subject_row.is_empty() {
            row.extend(self.sampler.traits.iter().map(|one| pick(&one.weights, &mut random).to_owned()));
            row.push(whose.position.to_string());
        }
        if let Some((column, values)) = &plan.each {
            row[*column].clone_from(&values[round]);
        }
        if let Some((column, value)) = &plan.about {
            row[*column].clone_from(value);
        }
        for cases in plan.draw.chunk_by(|a, b| a.at == b.at) {
            row[cases[0].at] = self.cell(table, cases, &row, whose, &mut random);
        }
        self.refer(plan, whose, &mut row);
        if let Some(year) = table.year {
            row[year] = whose.year.to_string();
        }
        row
    }

    /// Fills in the id and name of whom the row is about, and of their unit.
    fn refer(&self, plan: &RowPlan, whose: &Whose, row: &mut CityRow) {
        let membership = &self.pack.membership;
        let [unit, member] = [membership.unit, membership.member].map(|kind| &self.pack.subjects[kind]);
        for reference in &self.pack.tables[plan.table].references {
            if reference.when.as_ref().is_some_and(|(column, value)| row[*column] != *value) {
                continue;
            }
            let own = (reference.id, reference.label);
            let member_too = reference.subject == membership.member && plan.members;
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
