//! What a cell of .xlsx holds, from what stands in its XML.

use super::super::error::Refusal;
use super::super::xml::{blank, trimmed};
use super::super::{Look, Merge, Raw, dates};
use super::{OpcBook, number, unescape_units};
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
    pub fn new(written: &str) -> CellType {
        match written {
            "s" => CellType::Shared,
            "str" => CellType::Text,
            "inlineStr" => CellType::Inline,
            "b" => CellType::Bool,
            "e" => CellType::Error,
            "d" => CellType::Date,
            _ => CellType::Number,
        }
    }
}

/// What stands in a cell's XML, entities resolved.
#[derive(Debug, Default)]
pub(super) struct CellText {
    pub kind: CellType,
    pub style: usize,
    pub formula: bool,
    /// The text of `<is>`, without the escapes of characters that XML cannot hold.
    pub inline: Option<String>,
    /// The text of `<v>`.
    pub value: Option<String>,
}

/// The content of the cell that stands at `at`.
pub(super) fn content(book: &OpcBook, at: (u32, u32), given: CellText) -> Result<Option<Raw<'_>>, Refusal> {
    let CellText { kind, style, formula, inline, value } = given;
    let is_text = matches!(kind, CellType::Text | CellType::Inline);
    let look = book.looks.of_style(style);
    let content = match (inline, value) {
        _ if formula && book.computes_anew => Some(Raw::NoResult),
        (Some(inline), value) if kind == CellType::Inline || value.is_none() => Some(Raw::Text(inline.into())),
        (_, None) if formula => Some(Raw::NoResult),
        (_, Some(value)) if formula && !is_text && blank(&value) => Some(Raw::NoResult),
        (_, Some(value)) => stored(book, at, kind, look, &value)?,
        (_, None) => None,
    };
    Ok(content.map(|content| book.looks.veil(content, look)))
}

/// The content of `<v>`. What does not fit its type is kept as the text it is, so that it is shown and found fault with.
fn stored<'b>(
    book: &'b OpcBook,
    at: (u32, u32),
    kind: CellType,
    look: Look,
    value: &str,
) -> Result<Option<Raw<'b>>, Refusal> {
    if kind == CellType::Text || kind == CellType::Inline && !blank(value) {
        return Ok(Some(meant(value)));
    }
    let plain = trimmed(value);
    if kind == CellType::Shared {
        let found = number(plain.as_bytes()).and_then(|index| Some((index, book.strings.text(index).ok()?)));
        return match found {
            Some((index, text)) => Ok(Some(Raw::Shared(index, text))),
            None => Err(Refusal::damaged(format!(
                "单元格 {} 的共享字符串编号「{plain}」不合规，共享字符串表中没有这一条",
                A1(at.0, at.1)
            ))),
        };
    }
    if plain.is_empty() {
        return Ok(None);
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
    Ok(Some(typed.unwrap_or_else(|| Raw::Text(plain.to_owned().into()))))
}

/// A text without the escapes of characters that XML cannot hold.
fn meant(text: &str) -> Raw<'static> {
    Raw::Text(unescape_units(text).into_owned().into())
}

/// The ranges of formulas that stand for several cells, in a book whose results nobody has seen: but for the first cell,
/// results stand there like constants.
#[derive(Debug, Default)]
pub(super) struct Unseen(Vec<Merge>);

impl Unseen {
    /// A formula that stands in that row for that range.
    pub fn formula(&mut self, book: &OpcBook, row: u32, range: Option<Merge>) -> Result<(), Refusal> {
        let Some(range) = range.filter(|_| book.computes_anew) else { return Ok(()) };
        self.0.retain(|&(_, _, bottom, _)| bottom >= row);
        self.0.push(range);
        if self.0.len() > MOST_ARRAYS { Err(Refusal::too_large("数组公式过多")) } else { Ok(()) }
    }

    /// What is left of a cell's content.
    pub fn seen<'a>(&self, (row, column): (u32, u32), content: Option<Raw<'a>>) -> Option<Raw<'a>> {
        let within =
            |&(top, left, bottom, right): &Merge| (top..=bottom).contains(&row) && (left..=right).contains(&column);
        if self.0.iter().any(within) { content.map(|_| Raw::NoResult) } else { content }
    }
}
