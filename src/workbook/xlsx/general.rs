//! Any sheet, token by token: whatever XML the scanner does not know (prefixes, other encodings, comments, CDATA, rich text in a
//! cell, cells out of order).
//!
//! What a cell holds is decided in [`super::cell`], as for the scanner. Of alternatives (`mc:AlternateContent`) the fallback
//! counts, for we know no extension.

use std::borrow::Cow;

use super::super::Merge;
use super::super::cells::Ordered;
use super::super::error::Fault;
use super::super::xml::{Token, Xml, local};
use super::cell::{CellText, CellType, Manner, Range, content};
use super::{Xlsx, address, merged, number, plain_text, rich_text, row_number};

/// Sends the cells of the sheet in that part; the merged ranges come back.
pub(super) fn read(book: &Xlsx, part: &str, mut cells: Ordered<'_>) -> Result<Vec<Merge>, Fault> {
    let mut xml = Xml::new(book.package.stream(book.package.need(part)?)?, part)?;
    let mut manner = Manner::default();
    let mut in_data = false;
    // Where the next cell stands that does not say where.
    let (mut row, mut column) = (0, 0);
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                b"Choice" | b"extLst" => xml.skip()?,
                b"sheetData" => in_data = true,
                b"sheetView" => {
                    for attribute in tag.attributes() {
                        let (key, value) = attribute?;
                        manner.view(&key, value);
                    }
                }
                b"mergeCell" => {
                    if let Some(range) = tag.attribute(b"ref")? {
                        cells.merge(merged(range)?)?;
                    }
                }
                b"row" if in_data => {
                    if let Some(at) = tag.attribute(b"r")? {
                        row = row_number(at)?;
                    }
                    column = 0;
                }
                b"c" if in_data => {
                    if let Some(at) = tag.attribute(b"r")? {
                        (row, column) = address(at)?;
                    }
                    let given = CellText {
                        kind: tag.attribute(b"t")?.map_or(CellType::Number, CellType::new),
                        style: tag.attribute(b"s")?.and_then(number).unwrap_or_default(),
                        ..CellText::default()
                    };
                    let given = inside(&mut xml, given)?;
                    manner.formula(book, row, given.range)?;
                    let content = content(book, (row, column), given)?;
                    if let Some(raw) = manner.seen(row, column, content).raw()? {
                        cells.push(row, column, raw)?;
                    }
                    column += 1;
                }
                _ => {}
            },
            Token::End(name) => match local(name) {
                b"row" if in_data => (row, column) = (row + 1, 0),
                b"sheetData" => in_data = false,
                _ => {}
            },
            Token::Text { .. } => {}
            Token::Eof => break,
        }
    }
    cells.finish()
}

/// What stands in the cell whose tag was just sent, up to its end.
fn inside(xml: &mut Xml<'_>, mut given: CellText<'static>) -> Result<CellText<'static>, Fault> {
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                b"v" => {
                    let mut value = String::new();
                    plain_text(xml, &mut value)?;
                    given.value = Some(Cow::Owned(value));
                }
                b"f" => {
                    let mut range = Range::default();
                    for attribute in tag.attributes() {
                        let (key, value) = attribute?;
                        range.attribute(&key, value);
                    }
                    (given.formula, given.range) = (true, range.get());
                    plain_text(xml, &mut String::new())?;
                }
                b"is" => {
                    let mut text = String::new();
                    rich_text(xml, &mut text)?;
                    given.inline = Some(Cow::Owned(text));
                }
                b"AlternateContent" | b"Fallback" => {}
                _ => xml.skip()?,
            },
            Token::End(name) if local(name) == b"c" => return Ok(given),
            Token::End(_) | Token::Text { .. } => {}
            Token::Eof => return Err(xml.unfinished()),
        }
    }
}
