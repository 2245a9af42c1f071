//! A column while it is read: one code per row and each different cell content once.
//!
//! Assessments repeat the same few words a hundred thousand times. What a content means is worked
//! out when it is first seen; the row keeps a number. What the clerk wrote stays beside it for messages.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use foldhash::{HashMap, HashMapExt};

use crate::finding::Code;
use crate::workbook::Raw;

use super::text;

/// What a cell content means in its column.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing, or a placeholder.
    Blank,
    Good(Value),
    Bad(Box<Fault>),
}

/// A meaning, by the kind of the column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, ids, names, lines, and people as written; shared with what is shown where it is the same.
    Text(Arc<str>),
    /// Index into the column's set.
    Choice(u16),
    Number(f64),
    Day(NaiveDate),
    Year(i32),
}

/// Why a content cannot be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub code: Code,
    pub reason: String,
    pub remedy: String,
}

/// A different cell content.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As shown, without outer blanks.
    pub shown: Arc<str>,
    pub content: Content,
}

/// The cells of a column: `codes[row]` is an index into `entries`; entry 0 is the empty cell.
#[derive(Debug, Clone)]
pub struct Cells {
    pub codes: Vec<u32>,
    pub entries: Vec<Entry>,
}

/// The code of a cell without content.
pub const EMPTY: u32 = 0;

impl Default for Cells {
    fn default() -> Self {
        Self { codes: Vec::new(), entries: vec![Entry { shown: Arc::from(""), content: Content::Blank }] }
    }
}

impl Cells {
    pub fn entry(&self, row: usize) -> &Entry {
        &self.entries[self.codes[row] as usize]
    }

    pub fn value(&self, row: usize) -> Option<&Value> {
        match &self.entry(row).content {
            Content::Good(value) => Some(value),
            _ => None,
        }
    }

    /// The text of a good cell in a column of texts.
    pub fn text(&self, row: usize) -> Option<&Arc<str>> {
        match self.value(row) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn year(&self, row: usize) -> Option<i32> {
        match self.value(row) {
            Some(Value::Year(year)) => Some(*year),
            _ => None,
        }
    }

    pub fn day(&self, row: usize) -> Option<NaiveDate> {
        match self.value(row) {
            Some(Value::Day(day)) => Some(*day),
            _ => None,
        }
    }

    pub fn is_blank(&self, row: usize) -> bool {
        matches!(self.entry(row).content, Content::Blank)
    }

    pub fn is_bad(&self, row: usize) -> bool {
        matches!(self.entry(row).content, Content::Bad(_))
    }

    /// The rows of another sheet follow.
    pub fn append(&mut self, other: Cells) {
        if self.codes.is_empty() {
            *self = other;
            return;
        }
        // Entry 0 is the same in both.
        let shift = self.entries.len() as u32 - 1;
        self.codes.extend(other.codes.iter().map(|code| if *code == EMPTY { EMPTY } else { code + shift }));
        self.entries.extend(other.entries.into_iter().skip(1));
    }

    /// One number per entry, equal where two contents say the same.
    pub fn meanings(&self) -> Vec<u32> {
        let mut known: HashMap<Meaning<'_>, u32> = HashMap::new();
        self.entries
            .iter()
            .map(|entry| {
                let next = known.len() as u32;
                *known.entry(entry.meaning(None, false)).or_insert(next)
            })
            .collect()
    }
}

impl Entry {
    /// What the content says, to be compared; blank: what the default says. `soft`: a bad value counts as blank.
    pub fn meaning<'a>(&'a self, default: Option<&'a Value>, soft: bool) -> Meaning<'a> {
        match &self.content {
            Content::Good(value) => Meaning::of(value),
            Content::Bad(_) if !soft => Meaning::Bad(text::folded(&self.shown)),
            Content::Blank | Content::Bad(_) => default.map_or(Meaning::Blank, Meaning::of),
        }
    }
}

/// A content in the form that is equal where two say the same.
#[derive(PartialEq, Eq, Hash)]
pub enum Meaning<'a> {
    Blank,
    Text(Cow<'a, str>),
    Choice(u16),
    Number(u64),
    Day(NaiveDate),
    Year(i32),
    Bad(Cow<'a, str>),
}

impl<'a> Meaning<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Text(given) => Self::Text(text::folded(given)),
            Value::Choice(index) => Self::Choice(*index),
            // Nought has two signs.
            Value::Number(number) => Self::Number((number + 0.0).to_bits()),
            Value::Day(day) => Self::Day(*day),
            Value::Year(year) => Self::Year(*year),
        }
    }
}

/// Collects a column's cells; equal contents get the same code.
#[derive(Debug, Default)]
pub struct Builder {
    cells: Cells,
    /// The codes of texts that the book has numbered, plus one: 0 is not yet known.
    numbered: Vec<u32>,
    texts: HashMap<Arc<str>, u32>,
    numbers: HashMap<u64, u32>,
    moments: HashMap<NaiveDateTime, u32>,
    rest: Vec<(Raw, u32)>,
}

impl Builder {
    /// The code of a text that the book has numbered, without looking at the text again. What stands in the book under
    /// two numbers, or once numbered and once in a cell itself, may get two codes.
    pub fn numbered(&mut self, number: usize, given: &Arc<str>, read: impl FnOnce(&Raw) -> Content) -> u32 {
        if let Some(code @ 1..) = self.numbered.get(number) {
            return code - 1;
        }
        let code = self.enter(&Raw::Text(Arc::clone(given)), read);
        if self.numbered.len() <= number {
            self.numbered.resize(number + 1, 0);
        }
        self.numbered[number] = code + 1;
        code
    }

    /// The code of a text that is not kept beyond the call unless it is new.
    pub fn text(&mut self, given: &str, read: impl FnOnce(&Raw) -> Content) -> u32 {
        match self.texts.get(given) {
            Some(code) => *code,
            None => self.code(Raw::Text(Arc::from(given)), read),
        }
    }

    /// The code of a content; `read` says what it means when it is new.
    pub fn code(&mut self, raw: Raw, read: impl FnOnce(&Raw) -> Content) -> u32 {
        let known = match &raw {
            Raw::Text(given) => self.texts.get(given.as_ref()).copied(),
            Raw::Number(number) => self.numbers.get(&number.to_bits()).copied(),
            Raw::DateTime(moment) => self.moments.get(moment).copied(),
            other => self.rest.iter().find(|(known, _)| known == other).map(|(_, code)| *code),
        };
        if let Some(code) = known {
            return code;
        }
        let code = self.enter(&raw, read);
        if code == EMPTY {
            return EMPTY;
        }
        match raw {
            Raw::Text(given) => drop(self.texts.insert(given, code)),
            Raw::Number(number) => drop(self.numbers.insert(number.to_bits(), code)),
            Raw::DateTime(moment) => drop(self.moments.insert(moment, code)),
            other => self.rest.push((other, code)),
        }
        code
    }

    fn enter(&mut self, raw: &Raw, read: impl FnOnce(&Raw) -> Content) -> u32 {
        let entry = Entry { shown: shown(raw), content: read(raw) };
        if matches!(entry.content, Content::Blank) && entry.shown.is_empty() {
            return EMPTY;
        }
        self.cells.entries.push(entry);
        self.cells.entries.len() as u32 - 1
    }

    pub fn is_blank(&self, code: u32) -> bool {
        matches!(self.cells.entries[code as usize].content, Content::Blank)
    }

    pub fn shown(&self, code: u32) -> &str {
        &self.cells.entries[code as usize].shown
    }

    pub fn push(&mut self, code: u32) {
        self.cells.codes.push(code);
    }

    pub fn finish(mut self) -> Cells {
        self.cells.codes.shrink_to_fit();
        self.cells.entries.shrink_to_fit();
        self.cells
    }
}

/// A cell as people see it, without outer blanks.
pub fn shown(raw: &Raw) -> Arc<str> {
    match raw {
        Raw::Text(given) => {
            let inner = text::trimmed(given);
            if inner.len() == given.len() { Arc::clone(given) } else { Arc::from(inner) }
        }
        Raw::Number(number) => Arc::from(number_shown(*number)),
        Raw::DateTime(moment) => {
            let midnight = moment.time() == chrono::NaiveTime::MIN;
            Arc::from(moment.format(if midnight { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" }).to_string())
        }
        Raw::Bool(true) => Arc::from("TRUE"),
        Raw::Bool(false) => Arc::from("FALSE"),
        Raw::Error(shown) => Arc::from(shown.as_str()),
        Raw::NoResult => Arc::from(""),
    }
}

/// A number as spreadsheets show it: 120 and not 120.0, at most fifteen digits.
pub fn number_shown(number: f64) -> String {
    let plain = number.to_string();
    if plain.bytes().filter(u8::is_ascii_digit).count() <= 15 {
        return plain;
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_in_a_spreadsheet() {
        for (number, expected) in [
            (120.0, "120"),
            (83.8, "83.8"),
            (0.1 + 0.2, "0.3"),
            (-4.5, "-4.5"),
            (1e20, "100000000000000000000"),
            (1.0 / 3.0, "0.333333333333333"),
        ] {
            assert_eq!(number_shown(number), expected);
        }
    }

    #[test]
    fn equal_contents_share_a_code_and_sheets_keep_theirs_apart() {
        let text = |s: &str| Raw::Text(Arc::from(s));
        let fill = |cells: &[&str]| {
            let mut builder = Builder::default();
            for cell in cells {
                let code = builder.code(text(cell), |raw| Content::Good(Value::Text(text::key(&shown(raw)).into())));
                builder.push(code);
            }
            builder.finish()
        };
        let mut cells = fill(&["甲", "乙", "甲"]);
        assert_eq!(cells.codes, [1, 2, 1]);
        cells.append(fill(&[" 乙", "丙"]));
        assert_eq!(cells.codes, [1, 2, 1, 3, 4]);
        assert_eq!(cells.entry(3).shown.as_ref(), "乙");
        let meanings = cells.meanings();
        assert_eq!(meanings[2], meanings[3], "an outer blank changes nothing");
        assert_ne!(meanings[1], meanings[4]);
    }
}
