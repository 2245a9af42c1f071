//! The city itself: which units there are, who sits in them, and every row of every table.
//!
//! Nothing is kept but where each unit's members begin: a row is drawn when it is needed, from a
//! generator seeded by what it is about, and comes out the same however often and wherever it is
//! drawn. So two million people need no more memory than a thousand.

use chrono::{Datelike, Days, NaiveDate};
use rayon::prelude::*;

use crate::pack::ColumnKind;

use super::compile::{Block, Case, Column, Condition, Draw, Operand, Per, Piece, Sampler, Weights};
use super::random::Random;

/// A cell as it is meant, before it is written in one form or another.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Blank,
    Text(String),
    Number(f64),
    Date(NaiveDate),
}

impl Cell {
    pub fn text(&self) -> &str {
        match self {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    /// Whether a condition's value is this; an empty one stands for blank.
    fn is(&self, value: &str) -> bool {
        match self {
            Cell::Blank => value.is_empty(),
            Cell::Text(text) => text == value,
            Cell::Number(number) => value.parse() == Ok(*number),
            Cell::Date(day) => value.parse() == Ok(*day),
        }
    }
}

/// A row of a table: one cell per column of the pack's table.
pub type Row = Vec<Cell>;

/// Seeds of what is drawn, so that no two things share a generator.
mod seed {
    pub const SIZES: u64 = 1;
    pub const TRAITS: u64 = 2;
    pub const ROWS: u64 = 3;
    pub const UNIQUE: u64 = 4;
    pub const AGAIN: u64 = 5;
}

/// A made-up city of so many members.
#[derive(Debug)]
pub struct City<'s> {
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

/// Whose row is being drawn.
struct Context<'c> {
    /// Of the row.
    year: i32,
    unit: u32,
    subject: u32,
    per: Per,
    position: u32,
    serial: u64,
    unit_row: &'c [Cell],
    subject_row: &'c [Cell],
}

impl<'s> City<'s> {
    pub fn new(sampler: &'s Sampler<'s>, members: u32, seed: u64, year: i32) -> City<'s> {
        let (from, to) = sampler.sizes;
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
        City { sampler, seed, year, starts, unit_block: block(unit), member_block: block(member) }
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

    /// The register row of a unit.
    pub fn unit_row(&self, unit: u32) -> Row {
        let context = Context {
            year: self.year,
            unit,
            subject: unit,
            per: Per::Unit,
            position: 0,
            serial: u64::from(unit) + 1,
            unit_row: &[],
            subject_row: &[],
        };
        self.draw(self.unit_block, &context, 0)
    }

    /// The register row of a member in its home unit.
    pub fn member_row(&self, member: u32, unit: u32, unit_row: &[Cell]) -> Row {
        self.register_row(member, unit, unit_row, self.position(Per::Member, member, unit))
    }

    fn register_row(&self, member: u32, unit: u32, unit_row: &[Cell], position: u32) -> Row {
        let context = Context {
            year: self.year,
            unit,
            subject: member,
            per: Per::Member,
            position,
            serial: u64::from(member) + 1,
            unit_row,
            subject_row: &[],
        };
        self.draw(self.member_block, &context, 0)
    }

    /// Whether a member sits in the unit after its own, too.
    fn sits_again(&self, member: u32) -> bool {
        Random::new(&[self.seed, seed::AGAIN, u64::from(member)]).chance(self.sampler.again)
    }

    /// Members of the unit before who sit in this one too.
    fn guests(&self, unit: u32) -> impl Iterator<Item = u32> {
        let before = if unit == 0 { 0..0 } else { self.roster(unit - 1) };
        before.filter(|member| self.sits_again(*member))
    }

    /// Everybody in a unit, those at home in it first.
    fn everybody(&self, unit: u32) -> Vec<Row> {
        let row = self.unit_row(unit);
        let mut people: Vec<Row> = self.roster(unit).map(|member| self.member_row(member, unit, &row)).collect();
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
        mut take: impl FnMut(Row, u32) -> Result<(), E>,
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
            for (at, block) in self.blocks(table) {
                let subjects = if block.per == Per::Unit { unit..unit + 1 } else { self.roster(unit) };
                for subject in subjects {
                    let subject_row = (block.per == Per::Member).then(|| self.member_row(subject, unit, &unit_row));
                    let subject_row = subject_row.as_deref().unwrap_or(&unit_row);
                    for event in self.events(at, block, subject, unit, &unit_row, subject_row) {
                        take(self.event_row(event, 0, unit, &unit_row, subject_row), unit)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The rows of an ordered table, by date; the number of each is its place here, from 1.
    pub fn plan(&self, table: usize, by: usize) -> Vec<Event> {
        let per_unit = |unit: u32| {
            let mut events = Vec::new();
            let unit_row = self.unit_row(unit);
            for (at, block) in self.blocks(table) {
                let subjects = if block.per == Per::Unit { unit..unit + 1 } else { self.roster(unit) };
                for subject in subjects {
                    let member = (block.per == Per::Member).then(|| self.member_row(subject, unit, &unit_row));
                    let subject_row = member.as_deref().unwrap_or(&unit_row);
                    for mut event in self.events(at, block, subject, unit, &unit_row, subject_row) {
                        if let Cell::Date(day) = self.event_row(event, 0, unit, &unit_row, subject_row)[by] {
                            event.day = day.num_days_from_ce();
                        }
                        events.push(event);
                    }
                }
            }
            events
        };
        let mut events: Vec<Event> = (0..self.units()).into_par_iter().flat_map_iter(per_unit).collect();
        events.par_sort_unstable();
        events
    }

    /// The row of an ordered table's event.
    pub fn planned_row(&self, event: Event, serial: u64) -> (Row, u32) {
        let block = &self.sampler.blocks[usize::from(event.block)];
        let unit = if block.per == Per::Unit { event.subject } else { self.home(event.subject) };
        let unit_row = self.unit_row(unit);
        let member = (block.per == Per::Member).then(|| self.member_row(event.subject, unit, &unit_row));
        let subject_row = member.as_deref().unwrap_or(&unit_row);
        (self.event_row(event, serial, unit, &unit_row, subject_row), unit)
    }

    fn blocks(&self, table: usize) -> impl Iterator<Item = (usize, &Block)> {
        self.sampler.blocks.iter().enumerate().filter(move |(_, block)| block.table == table)
    }

    /// Which rows a block has for a subject.
    fn events(
        &self,
        at: usize,
        block: &Block,
        subject: u32,
        unit: u32,
        unit_row: &[Cell],
        subject_row: &[Cell],
    ) -> Vec<Event> {
        let mut events = Vec::new();
        for year in &block.years {
            let context = Context {
                year: self.year + year,
                unit,
                subject,
                per: block.per,
                position: self.position(block.per, subject, unit),
                serial: 0,
                unit_row,
                subject_row,
            };
            if !self.fits(&block.given, &[], &context) {
                continue;
            }
            let mut random = Random::new(&[self.seed, seed::ROWS, at as u64, u64::from(subject), *year as u64]);
            let rounds = block.each.as_ref().map_or(1, |(_, values)| values.len());
            for round in 0..rounds {
                let rows = block.count as u16 + u16::from(random.chance(block.count.fract()));
                for nth in 0..rows {
                    let nth = round as u16 * 256 + nth;
                    events.push(Event { day: 0, block: at as u16, subject, year: *year as i16, nth });
                }
            }
        }
        events
    }

    fn event_row(&self, event: Event, serial: u64, unit: u32, unit_row: &[Cell], subject_row: &[Cell]) -> Row {
        let block = &self.sampler.blocks[usize::from(event.block)];
        let context = Context {
            year: self.year + i32::from(event.year),
            unit,
            subject: event.subject,
            per: block.per,
            position: self.position(block.per, event.subject, unit),
            serial,
            unit_row,
            subject_row,
        };
        self.draw(usize::from(event.block), &context, event.nth)
    }

    /// Draws a row: its own columns, then whom it is about, and its year.
    fn draw(&self, at: usize, context: &Context, nth: u16) -> Row {
        let block = &self.sampler.blocks[at];
        let table = &self.sampler.pack.tables[block.table];
        let mut row = vec![Cell::Blank; table.columns.len()];
        let parts =
            [self.seed, seed::ROWS, at as u64, u64::from(context.subject), context.year as u64, u64::from(nth) + 1];
        let mut random = Random::new(&parts);
        if let Some((column, values)) = &block.each {
            row[*column] = Cell::Text(values[usize::from(nth) / 256].clone());
        }
        for column in &block.columns {
            let cell = self.cell(column, &row, context, &mut random);
            // Only words come out of the vocabulary; what they are is the column's business.
            row[column.at] = match (cell, &table.columns[column.at].kind) {
                (Cell::Text(text), ColumnKind::Number { .. } | ColumnKind::Year) => {
                    text.parse().map_or(Cell::Text(text), Cell::Number)
                }
                (cell, _) => cell,
            };
        }
        self.refer(block, context, &mut row);
        if let Some(year) = table.year {
            row[year] = Cell::Number(f64::from(context.year));
        }
        row
    }

    /// Fills in the id and name of whom the row is about, and of their unit.
    fn refer(&self, block: &Block, context: &Context, row: &mut Row) {
        let pack = self.sampler.pack;
        let membership = &pack.membership;
        let unit_ids = (&pack.subjects[membership.unit], context.unit_row);
        let member_ids = (&pack.subjects[membership.member], context.subject_row);
        for reference in &pack.tables[block.table].references {
            let applies = reference.when.as_ref().is_none_or(|(column, value)| row[*column].text() == value);
            if !applies {
                continue;
            }
            let mut fill = |id: usize, label: usize, (subject, of): (&crate::pack::Subject, &[Cell])| {
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

    fn cell(&self, column: &Column, row: &[Cell], context: &Context, random: &mut Random) -> Cell {
        let Some(case) = column.cases.iter().find(|case| self.fits(&case.given, row, context)) else {
            return Cell::Blank;
        };
        if random.chance(column.blank) || random.chance(case.blank) {
            return Cell::Blank;
        }
        self.value(case, row, context, random)
    }

    fn value(&self, case: &Case, row: &[Cell], context: &Context, random: &mut Random) -> Cell {
        match &case.draw {
            Draw::Value(value) => Cell::Text(value.clone()),
            Draw::Weights(weights) => Cell::Text(pick(weights, random).to_owned()),
            Draw::Normal { mean, deviation, min, max, scale } => {
                let value = (mean + deviation * random.normal()).clamp(*min, *max);
                Cell::Number((value * scale).round() / scale)
            }
            Draw::Steps { of, from } => match &row[*of] {
                Cell::Number(number) => {
                    let step = from.iter().rev().find(|(start, _)| start <= number).or(from.first());
                    step.map_or(Cell::Blank, |(_, word)| Cell::Text(word.clone()))
                }
                _ => Cell::Blank,
            },
            Draw::Date([from, to]) => {
                let day = |(month, day)| NaiveDate::from_ymd_opt(context.year, month, day).unwrap_or_default();
                let days = (day(*to) - day(*from)).num_days().max(0) as u64;
                day(*from).checked_add_days(Days::new(random.below(days + 1))).map_or(Cell::Blank, Cell::Date)
            }
            Draw::After { of, days } => match &row[*of] {
                Cell::Date(start) => {
                    let wait = u64::from(days[0]) + random.below(u64::from(days[1].saturating_sub(days[0])) + 1);
                    let last = NaiveDate::from_ymd_opt(self.year, 12, 31).unwrap_or(*start).max(*start);
                    start.checked_add_days(Days::new(wait)).map_or(Cell::Blank, |day| Cell::Date(day.min(last)))
                }
                _ => Cell::Blank,
            },
            Draw::MonthsBefore([from, to]) => {
                let back = i64::from(*from) + random.below(u64::from(to.saturating_sub(*from)) + 1) as i64;
                let months = i64::from(context.year) * 12 - back;
                Cell::Text(format!("{}.{:02}", months.div_euclid(12), months.rem_euclid(12) + 1))
            }
            Draw::Year(offset) => Cell::Number(f64::from(context.year + offset)),
            Draw::Serial(pieces) => Cell::Text(self.serial(pieces, context)),
            Draw::Words { patterns, unique: false } => {
                let pieces = &patterns[random.index(patterns.len())];
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Word(list) => text.push_str(&list[random.index(list.len())]),
                        other => push(&mut text, other, context),
                    }
                }
                Cell::Text(text)
            }
            Draw::Words { patterns, unique: true } => Cell::Text(self.unique(&patterns[0], context)),
            Draw::Members { most, given } => self.people(*most, given, context, random),
        }
    }

    fn serial(&self, pieces: &[Piece], context: &Context) -> String {
        let mut text = String::new();
        pieces.iter().for_each(|piece| push(&mut text, piece, context));
        text
    }

    /// The subject's own combination of words: combinations are numbered, and each subject's number is
    /// scattered over them. Past the last, a number tells namesakes apart.
    fn unique(&self, pieces: &[Piece], context: &Context) -> String {
        let lists = || {
            pieces.iter().filter_map(|piece| if let Piece::Word(list) = piece { Some(list.len() as u64) } else { None })
        };
        let combinations: u64 = lists().product::<u64>().max(1);
        let mut random = Random::new(&[self.seed, seed::UNIQUE, combinations]);
        let mut step = random.below(combinations) | 1;
        while divisor(step, combinations) != 1 {
            step += 2;
        }
        let subject = u64::from(context.subject);
        let scattered = u128::from(subject % combinations) * u128::from(step) + u128::from(random.below(combinations));
        let mut left = (scattered % u128::from(combinations)) as u64;
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Word(list) => {
                    text.push_str(&list[(left % list.len() as u64) as usize]);
                    left /= list.len() as u64;
                }
                other => push(&mut text, other, context),
            }
        }
        if subject >= combinations {
            text.push_str(&(subject / combinations + 1).to_string());
        }
        text
    }

    /// Some of the unit's people, by name, or by id where the name is not enough.
    fn people(&self, most: u32, given: &[Condition], context: &Context, random: &mut Random) -> Cell {
        let subject = &self.sampler.pack.subjects[self.sampler.pack.membership.member];
        let everybody = self.everybody(context.unit);
        let at_home = self.roster(context.unit).len();
        let fits = |row: &&Row| {
            given.iter().all(|condition| match condition.of {
                Operand::Subject(column) => condition.values.iter().any(|value| row[column].is(value)),
                _ => true,
            })
        };
        let mut able: Vec<&Row> = everybody[..at_home].iter().filter(fits).collect();
        let mut names = Vec::new();
        for _ in 0..1 + random.below(u64::from(most)) {
            if able.is_empty() {
                break;
            }
            let row = able.remove(random.index(able.len()));
            let name = row[subject.label].text();
            let namesakes = everybody.iter().filter(|other| other[subject.label].text() == name).count();
            names.push(if namesakes == 1 { name } else { row[subject.id].text() });
        }
        if names.is_empty() { Cell::Blank } else { Cell::Text(names.join("、")) }
    }

    fn fits(&self, given: &[Condition], row: &[Cell], context: &Context) -> bool {
        let subject_row = context.subject_row;
        given.iter().all(|condition| {
            let any = |cell: &Cell| condition.values.iter().any(|value| cell.is(value));
            match condition.of {
                Operand::Own(column) => any(&row[column]),
                Operand::Position => condition.values.iter().any(|value| value.parse() == Ok(context.position)),
                Operand::Subject(column) => any(&subject_row[column]),
                Operand::Unit(column) => any(&context.unit_row[column]),
                Operand::Trait(at) => {
                    let word = self.trait_of(at, context);
                    condition.values.iter().any(|value| value == word)
                }
            }
        })
    }

    fn trait_of(&self, at: usize, context: &Context) -> &str {
        let one = &self.sampler.traits[at];
        let whose = if one.of == Per::Unit { context.unit } else { context.subject };
        let mut random = Random::new(&[self.seed, seed::TRAITS, at as u64, u64::from(whose)]);
        pick(&one.weights, &mut random)
    }

    fn label(&self, per: Per) -> usize {
        let membership = &self.sampler.pack.membership;
        let kind = if per == Per::Unit { membership.unit } else { membership.member };
        self.sampler.pack.subjects[kind].label
    }
}

fn push(text: &mut String, piece: &Piece, context: &Context) {
    match piece {
        Piece::Text(words) => text.push_str(words),
        Piece::Number(digits) => text.push_str(&format!("{:0width$}", context.serial, width = *digits)),
        Piece::Year => text.push_str(&context.year.to_string()),
        Piece::Word(list) => text.push_str(&list[0]),
    }
}

fn pick<'w>(weights: &'w Weights, random: &mut Random) -> &'w str {
    let point = random.unit() * weights.sum;
    let found = weights.words.iter().find(|(upto, _)| point < *upto).or(weights.words.last());
    found.map_or("", |(_, word)| word)
}

/// The greatest common divisor.
fn divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { divisor(b, a % b) }
}
