//! A sheet in the plain form that spreadsheet programs write, scanned byte by byte and sent cell by cell.
//!
//! It exists for its speed: more than five times that of the way through calamine (`cargo bench -- cells`). What is not
//! plain (other encodings, prefixes, comments, rich text in a cell, cells out of order) stops it, and [`super::general`] reads the sheet. What a cell holds is decided here for every type and odd content.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::cells::{self, Bounds};
use super::super::error::Fault;
use super::super::plain::{Cursor, Outer, Outside, Stop, Window, shown};
use super::super::xml::unescape;
use super::super::{Look, Merge, Raw, Sink, dates};
use super::usual::{self, Digits};
use super::{Xlsx, address, merged, number, pieces, row_number, unescape_units};

/// Sends the cells of a sheet; the merged ranges come back.
pub(super) fn read<S: Sink + Send>(book: &Xlsx, part: &str, sink: &mut S) -> Result<Vec<Merge>, Stop> {
    if pieces::are_worth_it(book.package.need(part)?.size) {
        if let Some(merges) = send(book, part, sink, true)? {
            return Ok(merges);
        }
        sink.restart();
    }
    send(book, part, sink, false)?.ok_or(Stop::Unknown)
}

/// Sends the cells, in pieces if that may be; none where something is odd about a piece.
fn send<S: Sink + Send>(book: &Xlsx, part: &str, sink: &mut S, in_pieces: bool) -> Result<Option<Vec<Merge>>, Stop> {
    let mut window = Window::new(book.package.stream(book.package.need(part)?)?, part)?;
    let mut sheet = Sheet::new(book, sink);
    if in_pieces {
        window.walk(|cursor| Ok(sheet.step(cursor)? && (sheet.in_row || sheet.row < pieces::FIRST_ROWS)))?;
        if sheet.in_data && !pieces::send(&mut window, &mut sheet)? {
            return Ok(None);
        }
    }
    if sheet.in_data || !sheet.outside.is_over() {
        window.walk(|cursor| sheet.step(cursor))?;
    }
    window.finish()?;
    Ok(Some(sheet.merges))
}

/// A sheet, or a piece of one, on its way.
pub(super) struct Sheet<'a, S> {
    pub book: &'a Xlsx,
    pub sink: &'a mut S,
    outside: Outside,
    pub bounds: Bounds,
    pub in_data: bool,
    pub in_row: bool,
    has_data: bool,
    /// The next row has to say where it stands: those before it are not known.
    pub is_piece: bool,
    pub row: u32,
    column: u32,
    /// The row's number as its tag has it.
    digits: Digits,
    merges: Vec<Merge>,
}

/// What a cell holds.
pub(super) enum Content<'a, 'b> {
    Blank,
    Own(Raw),
    Shared(usize, &'b Arc<str>),
    Text(Cow<'a, str>),
}

impl<'a, S: Sink> Sheet<'a, S> {
    pub fn new(book: &'a Xlsx, sink: &'a mut S) -> Sheet<'a, S> {
        Sheet {
            book,
            sink,
            outside: Outside::default(),
            bounds: Bounds::default(),
            in_data: false,
            in_row: false,
            has_data: false,
            is_piece: false,
            row: 0,
            column: 0,
            digits: Digits::default(),
            merges: Vec::new(),
        }
    }

    fn step(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Stop> {
        if self.in_data { self.inside(cursor) } else { self.outside(cursor) }
    }

    /// One tag of what stands before and behind the cells.
    fn outside(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Stop> {
        let name = match self.outside.next(cursor, b"worksheet")? {
            Outer::Start(name) => name,
            Outer::Passed => return Ok(true),
            Outer::End => return Ok(false),
        };
        let mut merge = None;
        let closed = cursor.attributes(|key, value| {
            if name == b"mergeCell" && key == b"ref" {
                merge = Some(merged(value)?);
            }
            Ok(())
        })?;
        if name == b"sheetData" {
            if !self.outside.is_at_root() || self.has_data {
                return Err(Stop::Unknown);
            }
            self.has_data = true;
            self.in_data = !closed;
        }
        if let Some(merge) = merge {
            cells::add_merge(&mut self.merges, merge)?;
        }
        self.outside.open(name, closed)?;
        Ok(true)
    }

    /// One cell, or the start or end of a row.
    pub fn inside(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Stop> {
        if self.in_row
            && let Some((column, content, length)) = usual::cell(self.book, cursor.rest(), &self.digits)?
        {
            self.put(self.row, column, content)?;
            cursor.skip(length);
            return Ok(true);
        }
        cursor.blanks();
        if self.in_row {
            if cursor.take(b"</row>")? {
                self.in_row = false;
                self.row += 1;
                self.column = 0;
                return Ok(true);
            }
            cursor.need(b"<c")?;
            let (at, content) = cell(self.book, cursor)?;
            let (row, column) = at.unwrap_or((self.row, self.column));
            self.digits.forget_unless(row, self.row);
            self.put(row, column, content)?;
        } else if cursor.take(b"<row")? {
            let (mut at, mut digits) = (None, Digits::default());
            let closed = cursor.attributes(|key, value| {
                if key == b"r" {
                    let row = row_number(value)?;
                    (at, digits) = (Some(row), Digits::new(value));
                }
                Ok(())
            })?;
            if self.is_piece && at.is_none() {
                return Err(Stop::Unknown);
            }
            self.is_piece = false;
            self.digits = digits;
            self.row = at.unwrap_or(self.row) + u32::from(closed);
            self.column = 0;
            self.in_row = !closed;
        } else {
            cursor.need(b"</sheetData>")?;
            self.outside.close();
            self.in_data = false;
        }
        Ok(true)
    }

    fn put(&mut self, row: u32, column: u32, content: Content<'_, '_>) -> Result<(), Stop> {
        let text = match &content {
            Content::Text(text) => text.len(),
            _ => 0,
        };
        if !matches!(content, Content::Blank) && !self.bounds.next(row, column, text)? {
            return Err(Stop::Unknown);
        }
        match content {
            Content::Shared(number, text) if !text.is_empty() => self.sink.shared(row, column, number, text),
            Content::Text(text) if !text.is_empty() => {
                cells::check_length(&text)?;
                self.sink.text(row, column, &text);
            }
            Content::Own(raw) => self.sink.cell(row, column, raw),
            _ => {}
        }
        (self.row, self.column) = (row, column + 1);
        Ok(())
    }
}

/// A cell whose `<c` has just been passed: where it says it stands, and what it holds.
fn cell<'a, 'b>(book: &'b Xlsx, cursor: &mut Cursor<'a>) -> Result<(Option<(u32, u32)>, Content<'a, 'b>), Stop> {
    let (mut at, mut style, mut kind) = (None, 0, Kind::Number);
    let closed = cursor.attributes(|key, value| {
        match key {
            b"r" => at = Some(address(value)?),
            b"s" => style = number(value).unwrap_or_default(),
            b"t" => {
                kind = match value {
                    b"s" => Kind::Shared,
                    b"str" => Kind::Text,
                    b"inlineStr" => Kind::Inline,
                    b"b" => Kind::Bool,
                    b"e" => Kind::Error,
                    b"d" => Kind::Date,
                    _ => Kind::Number,
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    if closed {
        return Ok((at, Content::Blank));
    }
    let (mut formula, mut value, mut inline) = (false, None, None);
    loop {
        cursor.blanks();
        if cursor.take(b"<v>")? {
            value = Some(cursor.text()?);
            cursor.need(b"</v>")?;
        } else if cursor.take(b"</c>")? {
            break;
        } else if cursor.take(b"<f")? {
            formula = true;
            if !cursor.attributes(|_, _| Ok(()))? {
                unescape(cursor.text()?)?;
                cursor.need(b"</f>")?;
            }
        } else if cursor.take(b"<is>")? {
            cursor.need(b"<t")?;
            inline = Some(shown(cursor)?);
            cursor.need(b"</is>")?;
        } else if cursor.take(b"<extLst>")? {
            cursor.pass(b"</extLst>")?;
        } else {
            cursor.need(b"<v")?;
            value = Some(&b""[..]);
            if !cursor.attributes(|_, _| Ok(()))? {
                value = Some(cursor.text()?);
                cursor.need(b"</v>")?;
            }
        }
    }
    let content = match (inline, value) {
        (Some(inline), value) if kind == Kind::Inline || value.is_none() => Content::Text(meant(inline)),
        (_, None) if formula => Content::Own(Raw::NoResult),
        (_, Some([])) if formula && kind != Kind::Text && kind != Kind::Inline => Content::Own(Raw::NoResult),
        (_, Some(value)) => stored(book, kind, style, value)?,
        (_, None) => Content::Blank,
    };
    Ok((at, content))
}

/// The content of `<v>`. What does not fit its type is kept as the text it is, so that it is shown and found fault with.
fn stored<'a, 'b>(book: &'b Xlsx, kind: Kind, style: usize, raw: &'a [u8]) -> Result<Content<'a, 'b>, Fault> {
    if kind == Kind::Shared
        && let Some(index) = number(raw)
    {
        return Ok(Content::Shared(index, book.strings.text(index)?));
    }
    let value = unescape(raw)?;
    if kind == Kind::Text || kind == Kind::Inline && !value.trim().is_empty() {
        return Ok(Content::Text(meant(value)));
    }
    let plain = value.trim();
    if plain.is_empty() {
        return Ok(Content::Blank);
    }
    let typed = match kind {
        Kind::Shared => return Err(Fault::damaged(format!("共享字符串的编号「{plain}」不是数字"))),
        Kind::Bool => match plain {
            "1" | "true" | "TRUE" => Some(Raw::Bool(true)),
            "0" | "false" | "FALSE" => Some(Raw::Bool(false)),
            _ => None,
        },
        Kind::Error => Some(Raw::Error(plain.to_owned())),
        Kind::Date => dates::from_iso(plain).map(|at| Raw::DateTime(at, Look::PLAIN)),
        Kind::Number => match plain.parse::<f64>() {
            Ok(value) if value.is_finite() => Some(book.looks.raw(value, book.looks.of_style(style))),
            _ => None,
        },
        Kind::Text | Kind::Inline => None,
    };
    Ok(typed.map_or_else(|| Content::Text(Cow::Owned(plain.to_owned())), Content::Own))
}

/// A text without the escapes of characters that XML cannot hold.
fn meant(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains("_x") { Cow::Owned(unescape_units(&text).into_owned()) } else { text }
}

/// How a cell says that its value is to be taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Shared,
    Text,
    Inline,
    Bool,
    Error,
    Date,
}

/// The shared strings where each is a text without formatting; readings of it in another script may stand beside.
pub(super) fn strings(window: &mut Window<'_>) -> Result<cells::Strings, Stop> {
    let mut outside = Outside::default();
    let mut strings = cells::Strings::default();
    window.walk(|cursor| {
        let name = match outside.next(cursor, b"sst")? {
            Outer::Start(name) => name,
            Outer::Passed => return Ok(true),
            Outer::End => return Ok(false),
        };
        let mut closed = cursor.attributes(|_, _| Ok(()))?;
        if name == b"si" && outside.is_at_root() {
            let mut text = Cow::Borrowed("");
            while !closed {
                cursor.blanks();
                if cursor.take(b"<t")? {
                    if !text.is_empty() {
                        return Err(Stop::Unknown);
                    }
                    text = shown(cursor)?;
                } else if cursor.take(b"<phoneticPr")? {
                    if !cursor.attributes(|_, _| Ok(()))? {
                        return Err(Stop::Unknown);
                    }
                } else {
                    cursor.need(b"</si>")?;
                    closed = true;
                }
            }
            cells::check_length(&text)?;
            strings.push(&unescape_units(&text))?;
        }
        outside.open(name, closed)?;
        Ok(true)
    })?;
    Ok(strings)
}
