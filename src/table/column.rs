//! A column while it is read: one code per row and each different cell content once, or at least not often.
//!
//! Assessments repeat the same few words a hundred thousand times. What a content means is worked
//! out when it is first seen; the row keeps a number. What the clerk wrote stays beside it for messages.

use std::borrow::Cow;
use std::hash::BuildHasher;

use chrono::{NaiveDate, NaiveDateTime};
use foldhash::HashMap;
use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::finding::{Code, Flaw};
use crate::workbook::{Look, Raw, TextStore};

use super::coerce::number_typed;
use super::seen::{fifteen_digits, number_in};
use super::text;
use super::texts::Recent;

/// What a cell content means in its column.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadContent {
    /// Nothing, or a placeholder.
    Blank,
    Good(CellValue),
    Bad(Box<Flaw>),
}

/// A meaning, by the kind of the column.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue {
    /// Text, ids, names, lines, and people as written: the text that is shown.
    AsShown,
    /// The same where the text that is meant is not the one that is shown.
    Text(Box<Meant>),
    /// Index into the column's set.
    Choice(u16),
    Number(f64),
    Day(NaiveDate),
    Year(i32),
}

/// A text behind a thin pointer: such texts are rare, and a column has hundreds of thousands of contents.
#[derive(Debug, Clone, PartialEq)]
pub struct Meant(pub Box<str>);

impl CellValue {
    /// A text that is shown as `shown`.
    pub fn text(shown: &str, meant: &str) -> CellValue {
        if shown == meant { CellValue::AsShown } else { CellValue::Text(Box::new(Meant(meant.into()))) }
    }
}

/// Whether a bad value only warns in a column where bad values do (`soft`): not where the sheet shows something else.
pub fn only_warns(flaw: &Flaw, soft: bool) -> bool {
    soft && flaw.code != Code::NotAsShown
}

/// A different cell content.
#[derive(Debug, Clone, Copy)]
pub struct ContentEntry<'a> {
    /// As shown, without outer blanks; what is stored, where it is hidden.
    pub shown: &'a str,
    pub content: &'a ReadContent,
}

/// The cells of a column: `codes[row]` is the number of a content; number 0 is the empty cell.
#[derive(Debug, Clone)]
pub struct ColumnCells {
    pub codes: Vec<u32>,
    shown: TextStore,
    contents: Vec<ReadContent>,
}

/// The code of a cell without content.
pub const EMPTY: u32 = 0;

impl Default for ColumnCells {
    fn default() -> Self {
        let mut shown = TextStore::default();
        shown.push("");
        Self { codes: Vec::new(), shown, contents: vec![ReadContent::Blank] }
    }
}

impl ColumnCells {
    /// The different contents, by code.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = ContentEntry<'_>> {
        self.shown.iter().zip(&self.contents).map(|(shown, content)| ContentEntry { shown, content })
    }

    pub fn of_code(&self, code: u32) -> ContentEntry<'_> {
        ContentEntry { shown: self.shown.get(code as usize), content: &self.contents[code as usize] }
    }

    pub fn entry(&self, row: usize) -> ContentEntry<'_> {
        self.of_code(self.codes[row])
    }

    fn content(&self, row: usize) -> &ReadContent {
        &self.contents[self.codes[row] as usize]
    }

    pub fn is_good(&self, row: usize) -> bool {
        matches!(self.content(row), ReadContent::Good(_))
    }

    /// The text of a good cell in a column of texts.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.entry(row).text()
    }

    pub fn year(&self, row: usize) -> Option<i32> {
        self.entry(row).year()
    }

    pub fn day(&self, row: usize) -> Option<NaiveDate> {
        self.entry(row).day()
    }

    pub fn is_blank(&self, row: usize) -> bool {
        matches!(self.content(row), ReadContent::Blank)
    }

    pub fn is_bad(&self, row: usize) -> bool {
        matches!(self.content(row), ReadContent::Bad(_))
    }

    /// The code of one more content, which no row has yet.
    pub fn put(&mut self, shown: &str, content: ReadContent) -> u32 {
        self.shown.push(shown);
        self.contents.push(content);
        self.contents.len() as u32 - 1
    }

    /// The rows of another sheet follow.
    pub fn append(&mut self, other: ColumnCells) {
        if self.codes.is_empty() && self.contents.len() == 1 {
            *self = other;
            return;
        }
        // Number 0 is the same in both.
        let shift = self.contents.len() as u32 - 1;
        self.shown.append(&other.shown, 1);
        self.contents.extend(other.contents.into_iter().skip(1));
        self.codes.extend(other.codes.iter().map(|code| shifted(*code, shift)));
    }

    /// The first content that says this value.
    pub fn code_of(&self, value: &CellValue) -> Option<u32> {
        let meant = SameMeaning::of(value, "");
        (0..self.contents.len() as u32).find(|code| self.of_code(*code).meaning(None, false) == meant)
    }

    /// One number per content, equal where two say the same: the first code that says it.
    pub fn meanings(&self) -> Vec<u32> {
        let (hasher, mut known) = (FixedState::default(), HashTable::with_capacity(self.contents.len()));
        let meaning = |code: u32| self.of_code(code).meaning(None, false);
        let first = |code| {
            let own = meaning(code);
            let is = |other: &u32| meaning(*other) == own;
            *known.entry(hasher.hash_one(&own), is, |other| hasher.hash_one(meaning(*other))).or_insert(code).get()
        };
        (0..self.contents.len() as u32).map(first).collect()
    }
}

/// A code among contents that stand behind others.
pub fn shifted(code: u32, shift: u32) -> u32 {
    if code == EMPTY { EMPTY } else { code + shift }
}

impl<'a> ContentEntry<'a> {
    /// The text of a good content in a column of texts.
    pub fn text(&self) -> Option<&'a str> {
        match self.good()? {
            CellValue::AsShown => Some(self.shown),
            CellValue::Text(meant) => Some(&meant.0),
            _ => None,
        }
    }

    fn good(&self) -> Option<&'a CellValue> {
        if let ReadContent::Good(value) = self.content { Some(value) } else { None }
    }

    /// The number of a good content in a column of numbers.
    pub fn number(&self) -> Option<f64> {
        if let CellValue::Number(number) = self.good()? { Some(*number) } else { None }
    }

    pub fn year(&self) -> Option<i32> {
        if let CellValue::Year(year) = self.good()? { Some(*year) } else { None }
    }

    pub fn day(&self) -> Option<NaiveDate> {
        if let CellValue::Day(day) = self.good()? { Some(*day) } else { None }
    }

    /// Index into the column's set.
    pub fn choice(&self) -> Option<usize> {
        if let CellValue::Choice(index) = self.good()? { Some(usize::from(*index)) } else { None }
    }

    /// The number that is seen, where it is another one than this.
    pub fn number_seen(&self) -> Option<f64> {
        let number = self.number()?;
        // A text is the number that it says, in whatever digits.
        let seen = number_typed(self.shown, true).or_else(|| number_in(&text::visible(self.shown)))?;
        (seen != number).then_some(seen)
    }

    /// What the content says, to be compared; blank: what the default says. `soft`: a bad value counts as blank.
    pub fn meaning(&self, default: Option<&'a CellValue>, soft: bool) -> SameMeaning<'a> {
        match self.content {
            ReadContent::Good(value) => SameMeaning::of(value, self.shown),
            ReadContent::Bad(flaw) if !only_warns(flaw, soft) => SameMeaning::Bad(text::folded(self.shown)),
            ReadContent::Blank | ReadContent::Bad(_) => {
                default.map_or(SameMeaning::Blank, |value| SameMeaning::of(value, ""))
            }
        }
    }
}

/// A content in the form that is equal where two say the same.
#[derive(PartialEq, Eq, Hash)]
pub enum SameMeaning<'a> {
    Blank,
    Text(Cow<'a, str>),
    Choice(u16),
    Number(u64),
    Day(NaiveDate),
    Year(i32),
    Bad(Cow<'a, str>),
}

impl<'a> SameMeaning<'a> {
    pub fn of(value: &'a CellValue, shown: &'a str) -> Self {
        match value {
            CellValue::AsShown => Self::Text(text::folded(shown)),
            CellValue::Text(meant) => Self::Text(text::folded(&meant.0)),
            CellValue::Choice(index) => Self::Choice(*index),
            // Nought has two signs.
            CellValue::Number(number) => Self::Number((number + 0.0).to_bits()),
            CellValue::Day(day) => Self::Day(*day),
            CellValue::Year(year) => Self::Year(*year),
        }
    }
}

/// What a content is taken for, and what it looks like.
#[derive(Debug)]
pub struct Read<'a> {
    /// As [`ContentEntry::shown`].
    pub shown: Cow<'a, str>,
    pub content: ReadContent,
}

/// Collects a column's cells; equal contents nearly always get the same code.
#[derive(Debug, Default)]
pub struct ColumnBuilder {
    cells: ColumnCells,
    /// The codes of texts that came lately, by the number that they have in the book, and of those that stood in the cells
    /// themselves. A text that comes again much later may get a second code.
    numbered: Recent,
    texts: Recent,
    /// The code of the last such text: in lists the same unit often stands in many rows.
    last_text: u32,
    /// The codes of all other contents, and the last of them.
    others: HashMap<RawKey, u32>,
    last_other: Option<(RawKey, u32)>,
}

/// A content that is no text, to be found again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum RawKey {
    Number(u64, Look),
    Moment(NaiveDateTime, Look),
    Bool(bool),
    NoResult,
    /// As it is told: few are different.
    Other(String),
}

impl RawKey {
    fn new(raw: &Raw<'_>) -> RawKey {
        match raw {
            Raw::Number(number, look) => RawKey::Number(number.to_bits(), *look),
            Raw::DateTime(moment, look) => RawKey::Moment(*moment, *look),
            Raw::Bool(value) => RawKey::Bool(*value),
            Raw::NoResult => RawKey::NoResult,
            other => RawKey::Other(format!("{other:?}")),
        }
    }
}

impl ColumnBuilder {
    /// The code of a text that the book has numbered, without looking at the text again. What stands in the book under
    /// two numbers, or once numbered and once in a cell itself, may get two codes.
    fn numbered(&mut self, number: usize, given: &str, read: impl for<'r> FnOnce(&'r Raw<'r>) -> Read<'r>) -> u32 {
        // Fewer texts than that are read from a book.
        let number = number as u32;
        self.numbered.find(number, |_| true).unwrap_or_else(|| {
            let code = self.enter(&Raw::Text(Cow::Borrowed(given)), read);
            self.numbered.insert(number, code);
            code
        })
    }

    /// The code of a text that stands in the cell. Outer blanks change neither what is shown nor what is meant.
    pub fn text(&mut self, given: &str, read: impl for<'r> FnOnce(&'r Raw<'r>) -> Read<'r>) -> u32 {
        let shown = text::trimmed(given);
        if self.last_text != EMPTY && self.cells.shown.is(self.last_text as usize, shown) {
            return self.last_text;
        }
        let hash = self.texts.hash(shown);
        let known = self.texts.find(hash, |code| self.cells.shown.is(code as usize, shown));
        let code = known.unwrap_or_else(|| {
            let code = self.enter(&Raw::Text(Cow::Borrowed(shown)), read);
            self.texts.insert(hash, code);
            code
        });
        self.last_text = code;
        code
    }

    /// The code of a content; `read` says what it means when it is new.
    pub fn code(&mut self, raw: &Raw<'_>, read: impl for<'r> FnOnce(&'r Raw<'r>) -> Read<'r>) -> u32 {
        match raw {
            Raw::Text(given) => return self.text(given, read),
            Raw::Shared(number, given) => return self.numbered(*number, given, read),
            _ => {}
        }
        let key = RawKey::new(raw);
        if let Some((last, code)) = &self.last_other
            && *last == key
        {
            return *code;
        }
        let code = match self.others.get(&key) {
            Some(code) => *code,
            None => {
                let code = self.enter(raw, read);
                self.others.insert(key.clone(), code);
                code
            }
        };
        self.last_other = Some((key, code));
        code
    }

    /// Numbers are taken at fifteen digits.
    fn enter(&mut self, raw: &Raw<'_>, read: impl for<'r> FnOnce(&'r Raw<'r>) -> Read<'r>) -> u32 {
        let raw = match raw {
            Raw::Number(number, look) => &Raw::Number(fifteen_digits(*number), *look),
            other => other,
        };
        let Read { shown, content } = read(raw);
        if matches!(content, ReadContent::Blank) && shown.is_empty() {
            return EMPTY;
        }
        self.cells.put(&shown, content)
    }

    pub fn is_blank(&self, code: u32) -> bool {
        matches!(self.cells.contents[code as usize], ReadContent::Blank)
    }

    /// Whether it is a number, a date, a year or one of the column's own words, not just any text.
    pub fn is_measured(&self, code: u32) -> bool {
        match &self.cells.contents[code as usize] {
            ReadContent::Good(value) => !matches!(value, CellValue::AsShown | CellValue::Text(_)),
            ReadContent::Blank | ReadContent::Bad(_) => false,
        }
    }

    pub fn shown(&self, code: u32) -> &str {
        self.cells.shown.get(code as usize)
    }

    /// How many different contents there are.
    pub fn len(&self) -> usize {
        self.cells.contents.len()
    }

    pub fn push(&mut self, code: u32) {
        self.cells.codes.push(code);
    }

    pub fn finish(mut self) -> ColumnCells {
        self.cells.codes.shrink_to_fit();
        self.cells.contents.shrink_to_fit();
        self.cells.shown.shrink_to_fit();
        self.cells
    }
}

#[cfg(test)]
mod tests {
    use super::super::seen::plain;
    use super::*;

    #[test]
    fn equal_contents_share_a_code_and_sheets_keep_theirs_apart() {
        let fill = |cells: &[&str]| {
            let mut builder = ColumnBuilder::default();
            for cell in cells {
                let code = builder.text(cell, |raw| {
                    let shown = plain(raw);
                    Read { content: ReadContent::Good(CellValue::text(&shown, &text::key(&shown))), shown }
                });
                builder.push(code);
            }
            builder.finish()
        };
        let mut cells = fill(&["甲", "乙", "甲", " 甲\u{3000}", "乙 丁"]);
        assert_eq!(cells.codes, [1, 2, 1, 1, 3], "an outer blank changes nothing");
        assert_eq!((cells.entry(4).shown, cells.text(4)), ("乙 丁", Some("乙丁")));
        cells.append(fill(&[" 乙", "丙", "乙丁"]));
        assert_eq!(cells.codes, [1, 2, 1, 1, 3, 4, 5, 6]);
        assert_eq!(cells.entry(5).shown, "乙");
        let meanings = cells.meanings();
        assert_eq!(meanings[2], meanings[4]);
        assert_eq!(meanings[3], meanings[6], "nor does an inner one in a name");
        assert_ne!(meanings[1], meanings[5]);
    }

    #[test]
    fn a_number_and_a_text_that_look_alike_are_two_contents() {
        let mut builder = ColumnBuilder::default();
        let mut kinds = Vec::new();
        let contents = [
            Raw::Number(12.0, Look::PLAIN),
            Raw::Text("12".into()),
            Raw::Number(12.0, Look::PLAIN),
            Raw::Text("12".into()),
        ];
        let codes: Vec<u32> = contents
            .into_iter()
            .map(|raw| {
                builder.code(&raw, |raw| {
                    kinds.push(matches!(raw, Raw::Number(..)));
                    Read { shown: plain(raw), content: ReadContent::Good(CellValue::AsShown) }
                })
            })
            .collect();
        assert_eq!(codes, [1, 2, 1, 2]);
        assert_eq!(kinds, [true, false]);
    }
}
