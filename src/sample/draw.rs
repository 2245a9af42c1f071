//! How a cell of a row is drawn: the first case that fits, and what it says.

use chrono::{Days, NaiveDate};
use fastrand::Rng;

use super::city::{CityCell, CityRow, SampleCity, Whose, seed};
use super::weights::{Chance, Given, Operand, Per, Weights};
use crate::pack::functions::fill;
use crate::pack::{ColumnKind, Table};

/// A prime: no list of words is as long, so that it goes over all their combinations.
const STEP: u64 = 1_000_003;
/// A running number has no more digits than this.
const MOST_DIGITS: usize = 20;

/// A generator for what `parts` tell: a row has one of its own, and comes out the same whenever it is drawn.
pub fn seeded(parts: &[u64]) -> Rng {
    Rng::with_seed(parts.iter().fold(0, |seed, part| Rng::with_seed(seed ^ part).u64(..)))
}

/// True in this share of cases.
pub fn chance(random: &mut Rng, share: f64) -> bool {
    random.f64() < share
}

/// The least digits of a running number (`n:5`).
pub fn digits(name: &str) -> Option<usize> {
    if name == "n" { Some(1) } else { name.strip_prefix("n:")?.parse().ok().filter(|digits| *digits <= MOST_DIGITS) }
}

/// Puts a running number in for `{n}`.
pub fn number(text: &str, serial: u64) -> String {
    fill(text, |name| Some(format!("{serial:0width$}", width = digits(name)?)))
}

impl SampleCity<'_> {
    /// Draws a cell as the first of `cases` that fits says; `row` holds those drawn before.
    pub(super) fn cell(
        &self,
        table: &Table,
        cases: &[Chance],
        row: &[CityCell],
        of: &Whose,
        random: &mut Rng,
    ) -> CityCell {
        let fitting = cases.iter().find(|case| self.fits(&case.given, row, of));
        let Some(case) = fitting.filter(|case| !chance(random, case.blank)) else { return CityCell::Blank };
        if let Some(words) = &case.words {
            return CityCell::Text(self.text(table, case.at, pick(words, random), of, random));
        }
        let [from, to] = case.range.unwrap_or_default();
        let mut within = || (from + (to - from + 1.0).max(1.0) * random.f64()).floor();
        match &table.columns[case.at].kind {
            ColumnKind::Number { min, max, .. } => {
                let scale = if to.fract() > 0.0 { 10.0 } else { 1.0 };
                // The sum of twelve even numbers is about normally distributed.
                let normal = (0..12).map(|_| random.f64()).sum::<f64>() - 6.0;
                let value = ((from + to * normal) * scale).round() / scale;
                CityCell::Number(value.max(min.unwrap_or(f64::MIN)).min(max.unwrap_or(f64::MAX)))
            }
            ColumnKind::Date => {
                let last = NaiveDate::from_ymd_opt(self.year, 12, 31).unwrap_or_default();
                let start = match table.date.filter(|date| *date != case.at).map(|date| &row[date]) {
                    None => NaiveDate::from_ymd_opt(of.year, 1, 1).unwrap_or_default(),
                    Some(CityCell::Date(day)) => *day,
                    Some(_) => return CityCell::Blank,
                };
                let day = start.checked_add_days(Days::new(within() as u64));
                day.map_or(CityCell::Blank, |day| CityCell::Date(day.min(last)))
            }
            ColumnKind::Month => {
                let months = of.year * 12 - within() as i32;
                CityCell::Text(format!("{}.{:02}", months.div_euclid(12), months.rem_euclid(12) + 1))
            }
            ColumnKind::Year => CityCell::Number(f64::from(of.year) - within()),
            ColumnKind::People { .. } => self.people(within() as usize, of.unit, random),
            // Nothing else has a range.
            _ => CityCell::Blank,
        }
    }

    /// A pattern with its words; what units are called is never the same for two of them.
    fn text(&self, table: &Table, at: usize, pattern: &str, of: &Whose, random: &mut Rng) -> String {
        let list = |name: &str| self.sampler.words.get(name).map(|list| &list.0);
        let unit = &self.pack.subjects[self.pack.membership.unit];
        let names = std::ptr::eq(table, &self.pack.tables[unit.register])
            && (at == unit.label || unit.other_labels == Some(at));
        // Combinations of words are numbered, and each subject's number is scattered over them.
        let mut combinations = 1u64;
        fill(pattern, |name| {
            combinations = combinations.saturating_mul(list(name)?.len() as u64);
            None
        });
        let subject = u64::from(of.subject);
        let mut own = (names && combinations > 1).then(|| {
            let first = seeded(&[self.seed, seed::UNIQUE, combinations]).u64(..combinations);
            let scattered = u128::from(subject % combinations) * u128::from(STEP) + u128::from(first);
            (scattered % u128::from(combinations)) as usize
        });
        let namesake = own.is_some() && subject >= combinations;
        let text = fill(pattern, |name| {
            if name == "year" {
                return Some(of.year.to_string());
            }
            let list = list(name)?;
            Some(match &mut own {
                None => list[random.usize(..list.len())].clone(),
                Some(left) => {
                    let at = *left % list.len();
                    *left /= list.len();
                    list[at].clone()
                }
            })
        });
        // Past the last combination a number tells namesakes apart.
        let text = if namesake { format!("{text}{}", subject / combinations + 1) } else { text };
        of.serial.map_or_else(|| text.clone(), |serial| number(&text, serial))
    }

    /// Some of the unit's people, by name, or by id where the name is not enough.
    fn people(&self, most: usize, unit: u32, random: &mut Rng) -> CityCell {
        let subject = &self.pack.subjects[self.pack.membership.member];
        let everybody = self.everybody(unit);
        let mut able: Vec<&CityRow> = everybody[..self.roster(unit).len()].iter().collect();
        let mut names = Vec::new();
        for _ in 0..most.min(able.len()) {
            let row = able.swap_remove(random.usize(..able.len()));
            let name = row[subject.label].text();
            let namesakes = everybody.iter().filter(|other| other[subject.label].text() == name).count();
            names.push(if namesakes == 1 { name } else { row[subject.id].text() });
        }
        if names.is_empty() { CityCell::Blank } else { CityCell::Text(names.join("、")) }
    }

    /// Whether all conditions hold.
    pub(super) fn fits(&self, given: &Given, row: &[CityCell], of: &Whose) -> bool {
        given.premises().all(|(operand, values)| {
            let any = |cell: &CityCell| values.iter().any(|value| cell.is(value));
            match operand {
                Operand::Own(column) => any(&row[column]),
                Operand::Position => values.iter().any(|value| value.parse() == Ok(of.position)),
                Operand::Subject(column) => any(&of.subject_row[column]),
                Operand::Unit(column) => any(&of.unit_row[column]),
                Operand::Trait(at) => {
                    let one = &self.sampler.traits[at];
                    let whose = if one.of == Per::Unit { of.unit } else { of.subject };
                    let word = pick(&one.weights, &mut seeded(&[self.seed, seed::TRAITS, at as u64, u64::from(whose)]));
                    values.iter().any(|value| value == word)
                }
            }
        })
    }
}

fn pick<'w>(words: &'w Weights, random: &mut Rng) -> &'w str {
    let mut point = random.f64() * words.values().sum::<f64>();
    let found = words.iter().find(|(_, weight)| {
        point -= **weight;
        point < 0.0
    });
    found.or(words.last_key_value()).map_or("", |(word, _)| word)
}
