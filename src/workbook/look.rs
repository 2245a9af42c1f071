//! How a sheet shows its numbers and dates, as far as that can differ from what it stores.
//!
//! A clerk answers for what the sheet shows. So every number comes with its [`Look`], a book's number format under a small
//! number, and [`Looks`] alone judges what that format makes of a value. The look is known per cell style, not per cell:
//! whoever takes the cells asks once for each different content.
//!
//! What is seen is put together first, as spreadsheet programs do; then it is judged whether the digits seen are the number's.

mod built_in;
mod code;
mod day;
mod decimal;
mod number;
mod numeral;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::cells;
use super::error::Refusal;
use super::{Raw, dates};
use code::{FormatCode, SectionKind};
use day::Moment;
use decimal::Decimal;
pub use numeral::western;

const GENERAL: &str = "General";

/// Excel allows 255 characters in a format's code.
const LONGEST: usize = 4096;

/// A number format of a book; the default one shows a number as it is stored (General).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Look(u32);

impl Look {
    /// A number as it is stored, a date in full.
    pub const PLAIN: Look = Look(0);
}

/// How what is seen relates to what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All digits of a number, and nothing else; any other content as it is.
    Stored,
    /// The same number, with fewer decimals than are stored (`60` for 59.6).
    Rounded,
    /// The number as a percentage (`90%` for 0.9).
    Percent,
    /// The number (perhaps with fewer decimals) with letters or other words around it (`K001`, `85分`).
    Dressed,
    /// A date, or a part of one.
    Day(DaySeen),
    /// Nothing is seen (`;;;`, `0;-0;;@`).
    Hidden,
    /// Something that is not this number (`[=1]"是"`, `0,` for thousands, a sign that is lost), or not this text.
    Replaced,
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
    /// So many days later than in the 1900 system do serials begin.
    shift: f64,
    /// By the number of the look.
    formats: Vec<FormatCode>,
    /// The look of each code that has come so far.
    known: HashMap<String, Look>,
    /// By the number that the book gives a format.
    named: HashMap<u32, Look>,
    /// By the number of the cell style.
    styles: Vec<Look>,
}

/// Whether two texts are the same but for blanks.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let filled = |c: &char| !c.is_whitespace();
    one.chars().filter(filled).eq(other.chars().filter(filled))
}

impl Default for Looks {
    fn default() -> Self {
        Looks {
            shift: 0.0,
            formats: vec![FormatCode::new(GENERAL)],
            known: HashMap::from([(GENERAL.to_owned(), Look::PLAIN)]),
            named: HashMap::new(),
            styles: Vec::new(),
        }
    }
}

impl Looks {
    /// Serials of the book count from 1904, or from 1900.
    pub(super) fn count_from_1904(&mut self, is_1904: bool) {
        self.shift = if is_1904 { dates::TO_1904 } else { 0.0 };
    }

    /// Serials of the book count from that day.
    pub(super) fn count_from(&mut self, day: NaiveDate) {
        self.shift = (day - dates::nought()).num_days() as f64;
    }

    /// The day that the book's serials count from: for numbers that are not shown as dates.
    pub fn day_nought(&self) -> NaiveDate {
        dates::nought() + TimeDelta::days(self.shift as i64)
    }

    /// The look of a format's code.
    pub(super) fn look(&mut self, code: &str) -> Result<Look, Refusal> {
        if let Some(look) = self.known.get(code) {
            return Ok(*look);
        }
        if code.len() > LONGEST {
            return Err(Refusal::too_large("有数字格式过长"));
        }
        let look = Look(self.formats.len() as u32);
        self.formats.push(FormatCode::new(code));
        cells::check_formats(self.formats.len())?;
        self.known.insert(code.to_owned(), look);
        Ok(look)
    }

    /// The book's own format of that number.
    pub(super) fn name(&mut self, id: u32, code: &str) -> Result<(), Refusal> {
        let look = self.look(code)?;
        self.named.insert(id, look);
        cells::check_formats(self.named.len())
    }

    /// The next cell style has the format of that number: the book's own, else the built-in one, as Chinese programs have it.
    pub(super) fn push_style(&mut self, id: u32) -> Result<(), Refusal> {
        let look = match self.named.get(&id) {
            Some(look) => *look,
            None => self.look(built_in::code(id))?,
        };
        self.styles.push(look);
        cells::check_formats(self.styles.len())
    }

    /// The look of a cell style; one that the book does not have shows numbers as they are stored.
    pub(super) fn of_style(&self, style: usize) -> Look {
        self.styles.get(style).copied().unwrap_or_default()
    }

    /// A stored number: a date where its look says so and it is one.
    pub(super) fn raw(&self, value: f64, look: Look) -> Raw<'static> {
        let format = self.format(look);
        let is_date =
            format.has_dates() && format.for_number(value).is_some_and(|(it, _)| it.kind == SectionKind::Date);
        match is_date.then(|| dates::from_serial(value, self.shift)).flatten() {
            Some(at) => Raw::DateTime(at, look),
            None => Raw::Number(value, look),
        }
    }

    /// A number of that cell style.
    pub(super) fn number_of_style(&self, value: f64, style: usize) -> Raw<'static> {
        if value.is_finite() { self.raw(value, self.of_style(style)) } else { Raw::Error("#NUM!".to_owned()) }
    }

    /// A date that is stored as such. It is seen in full where its look says nothing, and as the number that it is where
    /// its look is one for numbers.
    pub(super) fn moment(&self, at: NaiveDateTime, look: Look) -> Raw<'static> {
        let serial = dates::to_serial(at, self.shift);
        match self.format(look).for_number(serial).map(|(section, _)| section.kind) {
            Some(SectionKind::Date) => Raw::DateTime(at, look),
            None | Some(SectionKind::General | SectionKind::Text) => Raw::DateTime(at, Look::PLAIN),
            Some(SectionKind::Number | SectionKind::Span | SectionKind::Words) => Raw::Number(serial, look),
        }
    }

    /// A cell of that look: a text is veiled where something else is seen of it.
    pub(super) fn veil<'a>(&self, content: Raw<'a>, look: Look) -> Raw<'a> {
        content.text().and_then(|text| self.veiled(text, look)).unwrap_or(content)
    }

    /// A text of that look where something else is seen of it.
    pub(super) fn veiled(&self, text: &str, look: Look) -> Option<Raw<'static>> {
        let section = self.format(look).for_texts().filter(|_| self.format(look).veils_texts)?;
        let shown = number::text(section, text);
        (!is_same(&shown, text)).then(|| Raw::Text(text.into()).seen_as(shown))
    }

    /// What a number of that look looks like, and what is seen; nothing to be told where it is what is stored.
    pub fn number(&self, look: Look, value: f64) -> (Sight, String) {
        // Fifteen digits count here too.
        let stored = Decimal::new(value);
        let section = self.format(look).for_number(stored.value());
        let Some((section, unsigned)) = section else { return (Sight::Stored, String::new()) };
        match section.kind {
            SectionKind::Date | SectionKind::Span => {
                let seen = self.instant(value).map(|moment| day::text(section, moment));
                (Sight::Replaced, seen.unwrap_or_else(|| "#".repeat(8)))
            }
            _ => number::judge(section, &stored, unsigned),
        }
    }

    /// How much is seen of a date of that look, and what is seen (`2015年6月`).
    pub fn day(&self, look: Look, at: NaiveDateTime) -> (DaySeen, String) {
        match self.format(look).for_number(dates::to_serial(at, self.shift)) {
            Some((section, _)) if section.kind == SectionKind::Date => {
                (day::seen(section), day::text(section, Moment::new(at)))
            }
            _ => (DaySeen::Day, at.date().to_string()),
        }
    }

    fn format(&self, look: Look) -> &FormatCode {
        &self.formats[look.0 as usize]
    }

    /// The moment that a number stands for, be it no date of any calendar; none below nought and after the last day.
    fn instant(&self, value: f64) -> Option<Moment> {
        let days = value.floor();
        let moment = match dates::from_serial(value, self.shift) {
            Some(at) => Moment::new(at),
            None if days == 0.0 => Moment { year: 1900, month: 1, day: 0, ..Moment::of_time(value) },
            None if days == 60.0 && self.shift == 0.0 => {
                Moment { year: 1900, month: 2, day: 29, ..Moment::of_time(value) }
            }
            None => return None,
        };
        Some(Moment { days: days as i64, ..moment })
    }
}
