//! What a cell of .xlsx holds: decided here alone, whoever took its XML apart.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::error::Fault;
use super::super::xml::{blank, trimmed};
use super::super::{Look, Merge, Raw, Sink, cells, dates};
use super::{Xlsx, merged, number, unescape_units};
use crate::place::A1;

/// More formulas over several cells, one upon another, than any sheet has.
const MOST_ARRAYS: usize = 4096;

/// How a cell says that its value is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Inline,
    Bool,
    Error,
    Date,
}

impl Kind {
    pub fn new(written: &[u8]) -> Kind {
        match written {
            b"s" => Kind::Shared,
            b"str" => Kind::Text,
            b"inlineStr" => Kind::Inline,
            b"b" => Kind::Bool,
            b"e" => Kind::Error,
            b"d" => Kind::Date,
            _ => Kind::Number,
        }
    }
}

/// What stands in a cell's XML, entities resolved.
#[derive(Debug, Default)]
pub(super) struct Given<'a> {
    pub kind: Kind,
    pub style: usize,
    pub formula: bool,
    /// The range of a formula that stands for several cells.
    pub range: Option<Merge>,
    /// The text of `<is>`.
    pub inline: Option<Cow<'a, str>>,
    /// The text of `<v>`.
    pub value: Option<Cow<'a, str>>,
}

/// What a cell holds.
pub(super) enum Content<'a, 'b> {
    Blank,
    Own(Raw),
    Shared(usize, &'b Arc<str>),
    Text(Cow<'a, str>),
}

impl Content<'_, '_> {
    /// Bytes of text that the cell alone keeps.
    pub fn own_text(&self) -> usize {
        if let Content::Text(text) = self { text.len() } else { 0 }
    }

    /// Hands the cell on; nothing for a blank one.
    pub fn send(self, row: u32, column: u32, sink: &mut (impl Sink + ?Sized)) -> Result<(), Fault> {
        match self {
            Content::Shared(number, text) if !text.is_empty() => sink.shared(row, column, number, text),
            Content::Text(text) if !text.is_empty() => {
                cells::check_length(&text)?;
                sink.text(row, column, &text);
            }
            Content::Own(raw) => sink.cell(row, column, raw),
            _ => {}
        }
        Ok(())
    }

    /// The cell's value; none for a blank one.
    pub fn raw(self) -> Result<Option<Raw>, Fault> {
        Ok(match self {
            Content::Own(raw) => Some(raw),
            Content::Shared(_, text) => (!text.is_empty()).then(|| Raw::Text(Arc::clone(text))),
            Content::Text(text) => {
                cells::check_length(&text)?;
                cells::text(&text)
            }
            Content::Blank => None,
        })
    }
}

/// The content of the cell that stands at `at`.
pub(super) fn content<'a, 'b>(book: &'b Xlsx, at: (u32, u32), given: Given<'a>) -> Result<Content<'a, 'b>, Fault> {
    let Given { kind, style, formula, inline, value, .. } = given;
    let is_text = matches!(kind, Kind::Text | Kind::Inline);
    let look = book.looks.of_style(style);
    let content = match (inline, value) {
        _ if formula && book.computes_anew => Content::Own(Raw::NoResult),
        (Some(inline), value) if kind == Kind::Inline || value.is_none() => Content::Text(meant(inline)),
        (_, None) if formula => Content::Own(Raw::NoResult),
        (_, Some(value)) if formula && !is_text && blank(&value) => Content::Own(Raw::NoResult),
        (_, Some(value)) => stored(book, at, kind, look, value)?,
        (_, None) => Content::Blank,
    };
    if !book.looks.veils_texts(look) {
        return Ok(content);
    }
    let text = match &content {
        Content::Shared(_, text) => Arc::clone(text),
        Content::Text(text) => Arc::from(text.as_ref()),
        _ => return Ok(content),
    };
    Ok(match book.looks.veil(Raw::Text(text), look) {
        veiled @ Raw::Veiled(_) => Content::Own(veiled),
        _ => content,
    })
}

/// The content of `<v>`. What does not fit its type is kept as the text it is, so that it is shown and found fault with.
fn stored<'a, 'b>(
    book: &'b Xlsx,
    at: (u32, u32),
    kind: Kind,
    look: Look,
    value: Cow<'a, str>,
) -> Result<Content<'a, 'b>, Fault> {
    if kind == Kind::Text || kind == Kind::Inline && !blank(&value) {
        return Ok(Content::Text(meant(value)));
    }
    let plain = trimmed(&value);
    if kind == Kind::Shared {
        let found = number(plain.as_bytes()).and_then(|index| Some((index, book.strings.text(index).ok()?)));
        return match found {
            Some((index, text)) => Ok(Content::Shared(index, text)),
            None => Err(Fault::damaged(format!(
                "单元格 {} 的共享字符串编号「{plain}」不合规，共享字符串表中没有这一条",
                A1(at.0, at.1)
            ))),
        };
    }
    if plain.is_empty() {
        return Ok(Content::Blank);
    }
    let typed = match kind {
        Kind::Bool => match plain {
            "1" | "true" | "TRUE" => Some(Raw::Bool(true)),
            "0" | "false" | "FALSE" => Some(Raw::Bool(false)),
            _ => None,
        },
        Kind::Error => Some(Raw::Error(plain.to_owned())),
        Kind::Date => dates::from_iso(plain).map(|at| book.looks.moment(at, look)),
        Kind::Number => match plain.parse::<f64>() {
            Ok(value) if value.is_finite() => Some(book.looks.raw(value, look)),
            _ => None,
        },
        Kind::Shared | Kind::Text | Kind::Inline => None,
    };
    Ok(typed.map_or_else(|| Content::Text(Cow::Owned(plain.to_owned())), Content::Own))
}

/// A text without the escapes of characters that XML cannot hold.
fn meant(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains("_x") { Cow::Owned(unescape_units(&text).into_owned()) } else { text }
}

/// What a sheet says of all its cells.
#[derive(Debug, Clone, Default)]
pub(super) struct Manner {
    /// Zeros are not shown.
    pub hides_zeros: bool,
    /// The ranges of formulas that stand for several cells, in a book whose results nobody has seen: but for the first
    /// cell, results stand there like constants.
    pub unseen: Vec<Merge>,
}

impl Manner {
    /// An attribute of `<sheetView>`.
    pub fn view(&mut self, key: &[u8], value: &[u8]) {
        self.hides_zeros |= key == b"showZeros" && !super::is_true(value);
    }

    /// A formula that stands in that row.
    pub fn formula(&mut self, book: &Xlsx, row: u32, range: Option<Merge>) -> Result<(), Fault> {
        let Some(range) = range.filter(|_| book.computes_anew) else { return Ok(()) };
        self.unseen.retain(|&(_, _, bottom, _)| bottom >= row);
        self.unseen.push(range);
        if self.unseen.len() > MOST_ARRAYS { Err(Fault::too_large("数组公式过多")) } else { Ok(()) }
    }

    /// Whether the sheet leaves its cells as they are.
    pub fn is_plain(&self) -> bool {
        !self.hides_zeros && self.unseen.is_empty()
    }

    /// What is left of a cell's content.
    pub fn seen<'a, 'b>(&self, row: u32, column: u32, content: Content<'a, 'b>) -> Content<'a, 'b> {
        let within =
            |&(top, left, bottom, right): &Merge| (top..=bottom).contains(&row) && (left..=right).contains(&column);
        match content {
            Content::Blank => Content::Blank,
            _ if self.unseen.iter().any(within) => Content::Own(Raw::NoResult),
            Content::Own(stored @ Raw::Number(0.0, _)) if self.hides_zeros => {
                Content::Own(stored.seen_as(String::new()))
            }
            other => other,
        }
    }
}

/// The range of a formula, from the attributes of `<f>`; one that stands for its own cell alone has none.
#[derive(Debug, Default)]
pub(super) struct Range {
    of_several: bool,
    range: Option<Merge>,
}

impl Range {
    pub fn attribute(&mut self, key: &[u8], value: &[u8]) {
        match key {
            b"t" => self.of_several = matches!(value, b"array" | b"dataTable"),
            // What is no range stands for no cell.
            b"ref" => self.range = merged(value).ok(),
            _ => {}
        }
    }

    pub fn get(self) -> Option<Merge> {
        self.range.filter(|_| self.of_several)
    }
}
