//! The cells of a sheet: token by token, but for what stands there as nearly every program writes it ([`super::usual`]).
//!
//! Whatever XML there is, is read: prefixes, other encodings, comments, CDATA, rich text in a cell. What a cell holds is
//! decided in [`super::cell`]. Of alternatives (`mc:AlternateContent`) the fallback counts, for we know no extension.

use super::super::cells::Ordered;
use super::super::error::Refusal;
use super::super::xml::{Token, Xml, local};
use super::super::{Merge, Parser, Sink};
use super::cell::{CellText, CellType, Unseen, content};
use super::usual::UsualRow;
use super::{OpcBook, address, is_true, merged, number, plain_text, rich_text, row_number};

/// Sends the cells of a sheet.
pub(in super::super) fn read<S: Sink>(book: &OpcBook, sheet: usize, cells: &mut Ordered<'_, S>) -> Result<(), Refusal> {
    let part = &book.list.parts[sheet];
    let mut xml = Xml::new(book.package.stream(book.package.need(part)?)?, part)?;
    let mut unseen = Unseen::default();
    let mut in_data = false;
    // Where the next cell stands that does not say where.
    let mut at = (0, 0);
    // The row that is open, and how deep it lies.
    let mut open = (UsualRow::default(), 0);
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                "Choice" | "extLst" => xml.skip()?,
                "sheetData" => in_data = true,
                "sheetView" => cells.hides_zeros |= tag.attribute("showZeros")?.is_some_and(|shown| !is_true(shown)),
                "mergeCell" => {
                    if let Some(range) = tag.attribute("ref")? {
                        cells.merge(merged(range)?)?;
                    }
                }
                "row" if in_data => {
                    let mut usual = UsualRow::default();
                    if let Some(written) = tag.attribute("r")? {
                        at.0 = row_number(written)?;
                        usual = UsualRow::new(at.0, written.as_bytes());
                    }
                    at.1 = 0;
                    open = (usual, xml.depth());
                }
                "c" if in_data => {
                    if let Some(written) = tag.attribute("r")? {
                        at = address(written)?;
                    }
                    let given = CellText {
                        kind: tag.attribute("t")?.map_or(CellType::Number, CellType::new),
                        style: tag.attribute("s")?.and_then(|style| number(style.as_bytes())).unwrap_or_default(),
                        ..CellText::default()
                    };
                    let (given, range) = inside(&mut xml, given)?;
                    unseen.formula(book, at.0, range)?;
                    cells.put(at, unseen.seen(at, content(book, at, given)?))?;
                    at.1 += 1;
                }
                _ => {}
            },
            Token::End(name) => match local(name) {
                "row" if in_data => {
                    at = (at.0 + 1, 0);
                    open = (UsualRow::default(), 0);
                }
                "sheetData" => in_data = false,
                _ => {}
            },
            Token::Text(_) => continue,
            Token::Eof => return Ok(()),
        }
        if in_data && book.parser == Parser::Scanner && xml.depth() == open.1 {
            usual_cells(&mut xml, book, (&mut open.0, &mut at), &unseen, cells)?;
        }
    }
}

/// Sends the cells that come next as long as they and their rows are usual ones. `at`: where the next cell stands.
fn usual_cells<S: Sink>(
    xml: &mut Xml<'_>,
    book: &OpcBook,
    (row, at): (&mut UsualRow, &mut (u32, u32)),
    unseen: &Unseen,
    cells: &mut Ordered<'_, S>,
) -> Result<(), Refusal> {
    loop {
        let ahead = xml.ahead()?;
        let mut passed = 0;
        loop {
            if let Some((column, content, length)) = row.cell(book, &ahead[passed..]) {
                let here = (row.number, column);
                cells.put(here, unseen.seen(here, content))?;
                *at = (row.number, column + 1);
                passed += length;
            } else if let Some(length) = row.step(&ahead[passed..]) {
                *at = (row.number, 0);
                passed += length;
            } else {
                break;
            }
        }
        if passed == 0 {
            return Ok(());
        }
        xml.pass(passed);
    }
}

/// What stands in the cell whose tag was just sent, up to its end, and the range of its formula.
fn inside(xml: &mut Xml<'_>, mut given: CellText) -> Result<(CellText, Option<Merge>), Refusal> {
    let mut range = None;
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                "v" => {
                    let mut value = String::new();
                    plain_text(xml, &mut value)?;
                    given.value = Some(value);
                }
                "f" => {
                    given.formula = true;
                    // Only one that stands for several cells; what is no range stands for none.
                    range = match tag.attribute("t")? {
                        Some("array" | "dataTable") => tag.attribute("ref")?.and_then(|range| merged(range).ok()),
                        _ => None,
                    };
                    plain_text(xml, &mut String::new())?;
                }
                "is" => {
                    let mut text = String::new();
                    rich_text(xml, &mut text)?;
                    given.inline = Some(text);
                }
                "AlternateContent" | "Fallback" => {}
                _ => xml.skip()?,
            },
            Token::End(name) if local(name) == "c" => return Ok((given, range)),
            Token::End(_) | Token::Text(_) => {}
            Token::Eof => return Err(xml.unfinished()),
        }
    }
}
