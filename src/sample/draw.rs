//! How a cell of a row is drawn: the first case that fits, and what it says.

use chrono::{Days, NaiveDate};

use crate::pack::{ColumnKind, Table};

use super::city::{CityCell, CityRow, SampleCity, Whose, seed};
use super::random::Random;
use super::weights::{Chance, Draw, Operand, PatternPiece, Per, Premise, Weights};

/// A prime: no list of words is as long, so that it goes over all their combinations.
const STEP: u64 = 1_000_003;

impl SampleCity<'_> {
    /// Draws a cell as the first case that fits says; `row` holds those drawn before.
    pub(super) fn cell(
        &self,
        table: &Table,
        cases: &[Chance],
        row: &[CityCell],
        context: &Whose,
        random: &mut Random,
    ) -> CityCell {
        let fitting = cases.iter().find(|case| self.fits(&case.given, row, context));
        let Some(case) = fitting.filter(|case| !random.chance(case.blank)) else { return CityCell::Blank };
        let [from, to] = match &case.draw {
            Draw::Words(patterns) => {
                let pattern = pick(patterns, random);
                return CityCell::Text(self.text(table, case.at, pattern, context, random));
            }
            Draw::Range(range) => *range,
        };
        let mut within = || (from + (to - from + 1.0).max(1.0) * random.unit()).floor();
        match &table.columns[case.at].kind {
            ColumnKind::Number { min, max, .. } => {
                let scale = if to.fract() > 0.0 { 10.0 } else { 1.0 };
                let value = ((from + to * random.normal()) * scale).round() / scale;
                CityCell::Number(value.max(min.unwrap_or(f64::MIN)).min(max.unwrap_or(f64::MAX)))
            }
            ColumnKind::Date => {
                let last = NaiveDate::from_ymd_opt(self.year, 12, 31).unwrap_or_default();
                let start = match table.date.filter(|date| *date != case.at).map(|date| &row[date]) {
                    None => NaiveDate::from_ymd_opt(context.year, 1, 1).unwrap_or_default(),
                    Some(CityCell::Date(day)) => *day,
                    Some(_) => return CityCell::Blank,
                };
                let day = start.checked_add_days(Days::new(within() as u64));
                day.map_or(CityCell::Blank, |day| CityCell::Date(day.min(last)))
            }
            ColumnKind::Month => {
                let months = context.year * 12 - within() as i32;
                CityCell::Text(format!("{}.{:02}", months.div_euclid(12), months.rem_euclid(12) + 1))
            }
            ColumnKind::Year => CityCell::Number(f64::from(context.year) - within()),
            ColumnKind::People { .. } => {
                let most = within() as usize;
                self.people(most, context, random)
            }
            // Nothing else has a range.
            _ => CityCell::Blank,
        }
    }

    /// A pattern with its words; what units are called is never the same for two of them.
    fn text(&self, table: &Table, at: usize, pieces: &[PatternPiece], context: &Whose, random: &mut Random) -> String {
        let pack = self.sampler.pack;
        let unit = &pack.subjects[pack.membership.unit];
        let names =
            std::ptr::eq(table, &pack.tables[unit.register]) && (at == unit.label || unit.other_labels == Some(at));
        if names && pieces.iter().any(|piece| matches!(piece, PatternPiece::Word(_))) {
            return self.unique(pieces, context);
        }
        let mut text = String::new();
        for piece in pieces {
            match piece {
                PatternPiece::Word(list) => text.push_str(&list[random.index(list.len())]),
                other => push(&mut text, other, context),
            }
        }
        text
    }

    /// The subject's own combination of words: combinations are numbered, and each subject's number is
    /// scattered over them. Past the last, a number tells namesakes apart.
    fn unique(&self, pieces: &[PatternPiece], context: &Whose) -> String {
        let length = |piece: &PatternPiece| if let PatternPiece::Word(list) = piece { list.len() as u64 } else { 1 };
        let combinations = pieces.iter().map(length).fold(1, u64::saturating_mul);
        let first = Random::new(&[self.seed, seed::UNIQUE, combinations]).below(combinations);
        let subject = u64::from(context.subject);
        let scattered = u128::from(subject % combinations) * u128::from(STEP) + u128::from(first);
        let mut left = (scattered % u128::from(combinations)) as u64;
        let mut text = String::new();
        for piece in pieces {
            match piece {
                PatternPiece::Word(list) => {
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
    fn people(&self, most: usize, context: &Whose, random: &mut Random) -> CityCell {
        let subject = &self.sampler.pack.subjects[self.sampler.pack.membership.member];
        let everybody = self.everybody(context.unit);
        let mut able: Vec<&CityRow> = everybody[..self.roster(context.unit).len()].iter().collect();
        let mut names = Vec::new();
        for _ in 0..most.min(able.len()) {
            let row = able.remove(random.index(able.len()));
            let name = row[subject.label].text();
            let namesakes = everybody.iter().filter(|other| other[subject.label].text() == name).count();
            names.push(if namesakes == 1 { name } else { row[subject.id].text() });
        }
        if names.is_empty() { CityCell::Blank } else { CityCell::Text(names.join("、")) }
    }

    /// Whether all conditions hold.
    pub(super) fn fits(&self, given: &[Premise], row: &[CityCell], context: &Whose) -> bool {
        let subject_row = context.subject_row;
        given.iter().all(|condition| {
            let any = |cell: &CityCell| condition.values.iter().any(|value| cell.is(value));
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

    fn trait_of(&self, at: usize, context: &Whose) -> &str {
        let one = &self.sampler.traits[at];
        let whose = if one.of == Per::Unit { context.unit } else { context.subject };
        let mut random = Random::new(&[self.seed, seed::TRAITS, at as u64, u64::from(whose)]);
        let word: &String = pick(&one.weights, &mut random);
        word
    }
}

fn push(text: &mut String, piece: &PatternPiece, context: &Whose) {
    match piece {
        PatternPiece::Text(words) => text.push_str(words),
        PatternPiece::Number(digits) => text.push_str(&format!("{:0width$}", context.serial, width = *digits)),
        PatternPiece::Year => text.push_str(&context.year.to_string()),
        PatternPiece::Word(list) => text.push_str(&list[0]),
    }
}

fn pick<'w, T>(weights: &'w Weights<T>, random: &mut Random) -> &'w T {
    let point = random.unit() * weights.sum;
    // The sum is above zero, so something stands there.
    let found = weights.of.iter().position(|(upto, _)| point < *upto).unwrap_or(weights.of.len() - 1);
    &weights.of[found].1
}
