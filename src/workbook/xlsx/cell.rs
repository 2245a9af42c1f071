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
pub(super) enum CellType {
    #[default]
    Number,
    Shared,
    Text,
    Inline,
    Bool,
    Error,
    Date,
}

impl CellType {
    pub fn new(written: &[u8]) -> CellType {
        match written {
            b"s" => CellType::Shared,
            b"str" => CellType::Text,
            b"inlineStr" => CellType::Inline,
            b"b" => CellType::Bool,
            b"e" => CellType::Error,
            b"d" => CellType::Date,
            _ => CellType::Number,
        }
    }
}

/// What stands in a cell's XML, entities resolved.
#[derive(Debug, Default)]
pub(super) struct CellText<'a> {
    pub kind: CellType,
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
pub(super) enum CellContent<'a, 'b> {
    Blank,
    Own(Raw),
    Shared(usize, &'b Arc<str>),
    Text(Cow<'a, str>),
}

impl CellContent<'_, '_> {
    /// Bytes of text that the cell alone keeps.
    pub fn own_text(&self) -> usize {
        if let CellContent::Text(text) = self { text.len() } else { 0 }
    }

    /// Hands the cell on; nothing for a blank one.
    pub fn send(self, row: u32, column: u32, sink: &mut (impl Sink + ?Sized)) -> Result<(), Fault> {
        match self {
            CellContent::Shared(number, text) if !text.is_empty() => sink.shared(row, column, number, text),
            CellContent::Text(text) if !text.is_empty() => {
                cells::check_length(&text)?;
                sink.text(row, column, &text);
            }
            CellContent::Own(raw) => sink.cell(row, column, raw),
            _ => {}
        }
        Ok(())
    }

    /// The cell's value; none for a blank one.
    pub fn raw(self) -> Result<Option<Raw>, Fault> {
        Ok(match self {
            CellContent::Own(raw) => Some(raw),
            CellContent::Shared(_, text) => (!text.is_empty()).then(|| Raw::Text(Arc::clone(text))),
            CellContent::Text(text) => {
                cells::check_length(&text)?;
                cells::text(&text)
            }
            CellContent::Blank => None,
        })
    }
}

/// The content of the cell that stands at `at`.
pub(super) fn content<'a, 'b>(
    book: &'b Xlsx,
    at: (u32, u32),
    given: CellText<'a>,
) -> Result<CellContent<'a, 'b>, Fault> {
    let CellText { kind, style, formula, inline, value, .. } = given;
    let is_text = matches!(kind, CellType::Text | CellType::Inline);
    let look = book.looks.of_style(style);
    let content = match (inline, value) {
        _ if formula && book.computes_anew => CellContent::Own(Raw::NoResult),
        (Some(inline), value) if kind == CellType::Inline || value.is_none() => CellContent::Text(meant(inline)),
        (_, None) if formula => CellContent::Own(Raw::NoResult),
        (_, Some(value)) if formula && !is_text && blank(&value) => CellContent::Own(Raw::NoResult),
        (_, Some(value)) => stored(book, at, kind, look, value)?,
        (_, None) => CellContent::Blank,
    };
    if !book.looks.veils_texts(look) {
        return Ok(content);
    }
    let text = match &content {
        CellContent::Shared(_, text) => Arc::clone(text),
        CellContent::Text(text) => Arc::from(text.as_ref()),
        _ => return Ok(content),
    };
    Ok(match book.looks.veil(Raw::Text(text), look) {
        veiled @ Raw::Veiled(_) => CellContent::Own(veiled),
        _ => content,
    })
}

/// The content of `<v>`. What does not fit its type is kept as the text it is, so that it is shown and found fault with.
fn stored<'a, 'b>(
    book: &'b Xlsx,
    at: (u32, u32),
    kind: CellType,
    look: Look,
    value: Cow<'a, str>,
) -> Result<CellContent<'a, 'b>, Fault> {
    if kind == CellType::Text || kind == CellType::Inline && !blank(&value) {
        return Ok(CellContent::Text(meant(value)));
    }
    let plain = trimmed(&value);
    if kind == CellType::Shared {
        let found = number(plain.as_bytes()).and_then(|index| Some((index, book.strings.text(index).ok()?)));
        return match found {
            Some((index, text)) => Ok(CellContent::Shared(index, text)),
            None => Err(Fault::damaged(format!(
                "单元格 {} 的共享字符串编号「{plain}」不合规，共享字符串表中没有这一条",
                A1(at.0, at.1)
            ))),
        };
    }
    if plain.is_empty() {
        return Ok(CellContent::Blank);
    }
    let typed = match kind {
        CellType::Bool => match plain {
            "1" | "true" | "TRUE" => Some(Raw::Bool(true)),
            "0" | "false" | "FALSE" => Some(Raw::Bool(false)),
            _ => None,
        },
        CellType::Error => Some(Raw::Error(plain.to_owned())),
        CellType::Date => dates::from_iso(plain).map(|at| book.looks.moment(at, look)),
        CellType::Number => match plain.parse::<f64>() {
            Ok(value) if value.is_finite() => Some(book.looks.raw(value, look)),
            _ => None,
        },
        CellType::Shared | CellType::Text | CellType::Inline => None,
    };
    Ok(typed.map_or_else(|| CellContent::Text(Cow::Owned(plain.to_owned())), CellContent::Own))
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
    pub fn seen<'a, 'b>(&self, row: u32, column: u32, content: CellContent<'a, 'b>) -> CellContent<'a, 'b> {
        let within =
            |&(top, left, bottom, right): &Merge| (top..=bottom).contains(&row) && (left..=right).contains(&column);
        match content {
            CellContent::Blank => CellContent::Blank,
            _ if self.unseen.iter().any(within) => CellContent::Own(Raw::NoResult),
            CellContent::Own(stored @ Raw::Number(0.0, _)) if self.hides_zeros => {
                CellContent::Own(stored.seen_as(String::new()))
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
