//! How a cell of a row is drawn: the first case that fits, and what it says.

use chrono::{Days, NaiveDate};

use super::city::{Cell, City, Context, Row, seed};
use super::compile::{Case, Column, Condition, Draw, Operand, Per, Piece, Weights};
use super::random::Random;

impl City<'_> {
    /// Draws a cell; `row` holds those drawn before.
    pub(super) fn cell(&self, column: &Column, row: &[Cell], context: &Context, random: &mut Random) -> Cell {
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
        let combinations = lists().fold(1, u64::saturating_mul);
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

    /// Whether all conditions hold.
    pub(super) fn fits(&self, given: &[Condition], row: &[Cell], context: &Context) -> bool {
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
