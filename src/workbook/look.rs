//! How a sheet shows its numbers and dates, as far as that can differ from what it stores.
//!
//! A clerk answers for what the sheet shows. So every number comes with its [`Look`], a book's number format under a small
//! number, and [`Looks`] alone judges what that format makes of a value. The look is known per cell style, not per cell:
//! whoever takes the cells asks once for each different content.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::error::Fault;
use super::{Raw, cells, dates};

const GENERAL: &str = "General";

/// A number format of a book; the default one shows a number as it is stored (General).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Look(u32);

impl Look {
    /// A number as it is stored, a date in full.
    pub const PLAIN: Look = Look(0);
}

/// What a number looks like.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// All its digits, and nothing else.
    AsStored,
    /// The same number, with fewer decimals than are stored: what is seen (`60` for 59.6).
    Rounded(String),
    /// As a percentage: what is seen (`90%` for 0.9).
    Percent(String),
    /// The number (perhaps with fewer decimals) with letters or other words around it: what is seen (`K001`, `85分`).
    Dressed(String),
    /// Not at all: the format shows nothing (`;;;`, `0;-0;;@`).
    Hidden,
    /// As something that is not this number: what is seen (`[=1]"是"`, `0,` for thousands, a sign that is lost).
    Replaced(String),
}

/// How much of a date is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DaySeen {
    /// Day of the month or weekday: enough to tell that a day is meant.
    Day,
    /// The year and the month (`2015年6月`, `Jun-15`).
    Month,
    /// None of these (`6月`, a time of day).
    Less,
    /// A year and nothing else.
    Year,
}

/// The number formats of a book, and which of them each of its cell styles has.
#[derive(Debug)]
pub struct Looks {
    is_1904: bool,
    /// By the number of the look.
    formats: Vec<Format>,
    /// The look of each code that has come so far.
    known: HashMap<String, Look>,
    /// By the number of the cell style.
    styles: Vec<Look>,
}

/// A number format, taken apart.
#[derive(Debug)]
struct Format {
    is_date: bool,
}

impl Format {
    fn new(code: &str) -> Format {
        Format { is_date: dates::is_date_code(code) }
    }
}

impl Default for Looks {
    fn default() -> Self {
        Looks {
            is_1904: false,
            formats: vec![Format::new(GENERAL)],
            known: HashMap::from([(GENERAL.to_owned(), Look::PLAIN)]),
            styles: Vec::new(),
        }
    }
}

impl Looks {
    /// Serials of the book count from 1904, or from 1900.
    pub(super) fn count_from_1904(&mut self, is_1904: bool) {
        self.is_1904 = is_1904;
    }

    /// Whether the book's serials count from 1904: for numbers that are not shown as dates.
    pub fn counts_from_1904(&self) -> bool {
        self.is_1904
    }

    /// The look of a format's code.
    pub(super) fn look(&mut self, code: &str) -> Result<Look, Fault> {
        if let Some(look) = self.known.get(code) {
            return Ok(*look);
        }
        let look = Look(self.formats.len() as u32);
        self.formats.push(Format::new(code));
        cells::check_formats(self.formats.len())?;
        self.known.insert(code.to_owned(), look);
        Ok(look)
    }

    /// The look of a built-in format.
    pub(super) fn built_in(&mut self, id: u32) -> Result<Look, Fault> {
        self.look(if dates::is_builtin_date(id) { "yyyy/m/d" } else { GENERAL })
    }

    /// The next cell style has that look.
    pub(super) fn push_style(&mut self, look: Look) -> Result<(), Fault> {
        self.styles.push(look);
        cells::check_formats(self.styles.len())
    }

    /// The looks of the cell styles, by the style's number.
    pub(super) fn styles(&self) -> &[Look] {
        &self.styles
    }

    /// The look of a cell style; one that the book does not have shows numbers as they are stored.
    pub(super) fn of_style(&self, style: usize) -> Look {
        self.styles.get(style).copied().unwrap_or_default()
    }

    /// Whether numbers of that look are shown as dates or times of day.
    pub(super) fn is_date(&self, look: Look) -> bool {
        self.formats[look.0 as usize].is_date
    }

    /// A stored number: a date where its look says so and it is one.
    pub(super) fn raw(&self, value: f64, look: Look) -> Raw {
        match self.is_date(look).then(|| dates::from_serial(value, self.is_1904)).flatten() {
            Some(at) => Raw::DateTime(at, look),
            None => Raw::Number(value, look),
        }
    }

    /// What a number of that look looks like.
    pub fn number(&self, _look: Look, _value: f64) -> Shown {
        Shown::AsStored
    }

    /// How much is seen of a date of that look, and what is seen (`2015年6月`).
    pub fn day(&self, _look: Look, at: NaiveDateTime) -> (DaySeen, String) {
        (DaySeen::Day, at.date().to_string())
    }
}
