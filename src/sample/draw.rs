//! How a cell of a row is drawn: the first case that fits, and what it says.

use chrono::{Days, NaiveDate};
use fastrand::Rng;

use super::city::{CityRow, SampleCity, Whose};
use super::weights::{Chance, Given, Operand, Weights};
use crate::pack::functions::fill;
use crate::pack::{ColumnKind, Table};

/// A prime: no list of words is as long, so that it goes over all their combinations.
const STEP: usize = 1_000_003;
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

impl SampleCity<'_> {
    /// Draws a cell as the first of `cases` that fits says; `row` holds those drawn before.
    pub(super) fn cell(&self, table: &Table, cases: &[Chance], row: &[String], of: &Whose, random: &mut Rng) -> String {
        let fitting = cases.iter().find(|case| self.fits(&case.given, row, of));
        let Some(case) = fitting.filter(|case| !chance(random, case.blank)) else { return String::new() };
        if let Some(words) = &case.words {
            return self.text(table, case.at, pick(words, random), of, random);
        }
        let [from, to] = case.range.unwrap_or_default();
        let mut within = || (from + (to - from + 1.0).max(1.0) * random.f64()).floor();
        match &table.columns[case.at].kind {
            ColumnKind::Number { min, max, .. } => {
                let scale = if to.fract() > 0.0 { 10.0 } else { 1.0 };
                // The sum of twelve even numbers is about normally distributed.
                let normal = (0..12).map(|_| random.f64()).sum::<f64>() - 6.0;
                let value = ((from + to * normal) * scale).round() / scale;
                value.max(min.unwrap_or(f64::MIN)).min(max.unwrap_or(f64::MAX)).to_string()
            }
            ColumnKind::Date => {
                let start = match table.date.filter(|date| *date != case.at) {
                    None => NaiveDate::from_ymd_opt(of.year, 1, 1),
                    Some(date) => row[date].parse().ok(),
                };
                let day = start.and_then(|start| start.checked_add_days(Days::new(within() as u64)));
                let last = NaiveDate::from_ymd_opt(self.year, 12, 31);
                day.map(|day| day.min(last.unwrap_or(day)).to_string()).unwrap_or_default()
            }
            ColumnKind::Month => {
                let months = of.year * 12 - within() as i32;
                format!("{}.{:02}", months.div_euclid(12), months.rem_euclid(12) + 1)
            }
            ColumnKind::Year => (of.year - within() as i32).to_string(),
            ColumnKind::People { .. } => self.people(within() as usize, of, random),
            // Nothing else has a range.
            _ => String::new(),
        }
    }

    /// A pattern with its words; what units are called is never the same for two of them.
    fn text(&self, table: &Table, at: usize, pattern: &str, of: &Whose, random: &mut Rng) -> String {
        let unit = &self.pack.subjects[self.pack.membership.unit];
        let names = std::ptr::eq(table, &self.pack.tables[unit.register])
            && (at == unit.label || unit.other_labels == Some(at));
        // Each unit's number is scattered over all combinations of the words.
        let (mut left, mut combinations) = (of.subject as usize * STEP, 1);
        let text = fill(pattern, |name| {
            if name == "year" {
                return Some(of.year.to_string());
            }
            if let Some(width) = digits(name) {
                combinations = usize::MAX;
                return Some(format!("{:0width$}", of.serial));
            }
            let list = &self.sampler.words.get(name)?.0;
            combinations = combinations.saturating_mul(list.len());
            let at = if names { left % list.len() } else { random.usize(..list.len()) };
            left /= list.len();
            Some(list[at].clone())
        });
        // Past the last combination a number tells namesakes apart.
        match of.subject as usize / combinations {
            namesakes if names && combinations > 1 && namesakes > 0 => format!("{text}{}", namesakes + 1),
            _ => text,
        }
    }

    /// Some of the unit's people, by name, or by id where the name is not enough.
    fn people(&self, most: usize, of: &Whose, random: &mut Rng) -> String {
        let subject = &self.pack.subjects[self.pack.membership.member];
        let everybody = self.everybody(of.unit, of.unit_row);
        let mut able: Vec<&CityRow> = everybody[..self.roster(of.unit).len()].iter().collect();
        let mut names = Vec::new();
        for _ in 0..most.min(able.len()) {
            let row = able.swap_remove(random.usize(..able.len()));
            let name = row[subject.label].as_str();
            let namesakes = everybody.iter().filter(|other| other[subject.label] == name).count();
            names.push(if namesakes == 1 { name } else { &row[subject.id] });
        }
        names.join("、")
    }

    /// Whether all conditions hold.
    pub(super) fn fits(&self, given: &Given, row: &[String], of: &Whose) -> bool {
        given.premises().all(|(operand, values)| {
            let cell = match operand {
                Operand::Own(at) => &row[at],
                Operand::Subject(at) => &of.subject_row[at],
                Operand::Unit(at) => &of.unit_row[at],
            };
            values.contains(cell)
        })
    }
}

/// One of the words, by their weights.
pub fn pick<'w>(words: &'w Weights, random: &mut Rng) -> &'w str {
    let mut point = random.f64() * words.values().sum::<f64>();
    let found = words.iter().find(|(_, weight)| {
        point -= **weight;
        point < 0.0
    });
    found.or(words.last_key_value()).map_or("", |(word, _)| word)
}
