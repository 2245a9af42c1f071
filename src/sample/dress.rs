//! A cell as somebody typed it: the same value, in one of the forms that the contract takes.

use fastrand::Rng;

use super::draw::chance;
use super::grid::Put;
use crate::pack::{ColumnKind, InputColumn};

/// How an office writes: shares of cells in this or that form.
#[derive(Debug, Clone)]
pub struct Habit {
    pub short_names: f64,
    pub no_unit_ids: f64,
    pub no_member_ids: f64,
    /// Blanks inside names.
    spaced: f64,
    /// Blanks around words.
    padded: f64,
    /// Digits and brackets of the other width.
    wide: f64,
    /// Numbers as text.
    as_text: f64,
    /// Dates as text, in one form an office.
    date_text: f64,
    date_form: usize,
    /// Something in place of a blank.
    filled: f64,
    placeholders: Vec<String>,
}

/// Dates as text.
const DATE_FORMS: [&str; 6] = ["%Y-%m-%d", "%Y.%-m.%-d", "%Y/%-m/%-d", "%Y年%-m月%-d日", "%Y%m%d", "%Y-%m-%d 09:30:00"];

impl Habit {
    /// Formats of real dates; the last shows the bare serial.
    pub const DATES: [&'static str; 4] = ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "yyyy/m/d", "General"];

    pub fn new(random: &mut Rng, placeholders: Vec<String>) -> Habit {
        let mut share = |most: f64| if chance(random, 0.6) { random.f64() * most } else { 0.0 };
        Habit {
            short_names: share(0.4),
            no_unit_ids: share(0.6),
            no_member_ids: share(0.5),
            spaced: share(0.5),
            padded: share(0.15),
            wide: share(0.2),
            as_text: share(0.4),
            date_text: share(1.0),
            filled: if placeholders.is_empty() { 0.0 } else { share(0.4) },
            date_form: random.usize(..DATE_FORMS.len()),
            placeholders,
        }
    }

    /// Dresses a cell of a column; none: it is left blank.
    pub fn dress(&self, cell: &str, column: &InputColumn, random: &mut Rng) -> Option<Put> {
        // A blank stands for the default, and the default may be left blank.
        let cell = match &column.default {
            Some(default) if cell.is_empty() && chance(random, self.filled) => default,
            Some(default) if cell == default && chance(random, 0.4) => "",
            _ => cell,
        };
        if cell.is_empty() {
            let optional = !column.required && column.one_of.is_none() && column.default.is_none();
            let filled = optional && chance(random, self.filled);
            return filled.then(|| Put::Text(self.placeholders[random.usize(..self.placeholders.len())].clone()));
        }
        let text = match (&column.kind, Put::meant(cell.to_owned(), &column.kind)?) {
            (_, Put::Number(number)) => return Some(self.number(number, random)),
            (_, Put::Date(day, _)) if chance(random, self.date_text) => {
                day.format(DATE_FORMS[self.date_form]).to_string()
            }
            (_, Put::Date(day, _)) => return Some(Put::Date(day, random.usize(..Habit::DATES.len()))),
            (ColumnKind::Name, _) => self.pad(self.space(cell, random), random),
            (ColumnKind::People { separators, .. }, _) => split(cell, separators, random),
            (ColumnKind::Month, _) => self.month(cell, random),
            (ColumnKind::Id | ColumnKind::Choice { .. }, _) => {
                let text = if chance(random, self.wide) { widen(cell) } else { cell.to_owned() };
                self.pad(text, random)
            }
            (_, other) => return Some(other),
        };
        Some(Put::Text(text))
    }

    fn space(&self, text: &str, random: &mut Rng) -> String {
        let letters: Vec<char> = text.chars().collect();
        if letters.len() == 2 && chance(random, self.spaced) {
            let blank = ["　", " ", "  "][random.usize(..3)];
            format!("{}{blank}{}", letters[0], letters[1])
        } else {
            text.to_owned()
        }
    }

    fn pad(&self, text: String, random: &mut Rng) -> String {
        if !chance(random, self.padded) {
            return text;
        }
        match random.usize(..3) {
            0 => format!("{text} "),
            1 => format!(" {text}"),
            _ => format!("{text}　"),
        }
    }

    fn number(&self, number: f64, random: &mut Rng) -> Put {
        if !chance(random, self.as_text) {
            return Put::Number(number);
        }
        match random.usize(..4) {
            0 => Put::Text(number.to_string()),
            1 => Put::Text(widen(&number.to_string())),
            2 => Put::Text(format!(" {number} ")),
            _ => Put::Formula(number),
        }
    }

    fn month(&self, text: &str, random: &mut Rng) -> String {
        match (text.split_once('.'), random.usize(..4)) {
            (Some((year, month)), 0) => format!("{year}年{}月", month.trim_start_matches('0')),
            (Some((year, month)), 1) => format!("{year}-{month}"),
            (Some((year, month)), 2) => format!("{year}/{}", month.trim_start_matches('0')),
            _ => text.to_owned(),
        }
    }
}

/// Digits, letters and signs of full width, brackets of half width.
fn widen(text: &str) -> String {
    let wide = |letter: char| match letter {
        '（' => '(',
        '）' => ')',
        '!'..='~' => char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter),
        other => other,
    };
    text.chars().map(wide).collect()
}

/// Names split by one of the column's separators, or by a line break.
fn split(text: &str, separators: &str, random: &mut Rng) -> String {
    let all: Vec<char> = separators.chars().chain(['\n']).collect();
    text.replace('、', &all[random.usize(..all.len())].to_string())
}
