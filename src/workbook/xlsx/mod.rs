//! Office Open XML (.xlsx, .xlsm): the list of sheets, number formats, shared strings, and the cells of a sheet as a stream.
//!
//! [`sheet`] reads the cells, and [`usual`] what nearly all of them look like; what one holds is decided in [`cell`]. The
//! list of sheets, formats and strings are read here.

mod cell;
mod sheet;
mod usual;

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::cells::{self, COLUMNS, ROWS, Strings};
use super::error::Refusal;
use super::opc::OpcBook;
use super::package::Package;
use super::xml::{Token, Xml, local, unescape};
use super::{Merge, Parser, SheetName};

pub(super) use sheet::read;

/// The book whose list of sheets is in the part `main`.
pub(super) fn open(package: Package, main: &str, parser: Parser) -> Result<OpcBook, Refusal> {
    let mut book = OpcBook::new(package, main, parser, (read_styles, read_strings))?;
    let mut xml = Xml::new(book.package.stream(book.package.need(main)?)?, main)?;
    while let Some(tag) = xml.next_tag()? {
        match tag.local() {
            "Choice" => xml.skip()?,
            "workbookPr" => {
                if let Some(value) = tag.attribute("date1904")? {
                    book.looks.count_from_1904(is_true(value));
                }
            }
            "calcPr" => book.computes_anew |= tag.attribute("fullCalcOnLoad")?.is_some_and(is_true),
            "sheet" => {
                let name = tag.text("name")?.into_owned();
                let hidden = tag.attribute("state")?.is_some_and(|state| state != "visible");
                let id = tag.attributes().find_map(|attribute| match attribute {
                    Ok((key, value)) if key != "id" && local(&key) == "id" => Some(value),
                    _ => None,
                });
                let id = unescape(id.unwrap_or_default())?;
                // A sheet without a part is a module of Visual Basic from before 1997.
                if !id.is_empty() {
                    book.list.add(SheetName { name, hidden }, &id)?;
                }
            }
            _ => {}
        }
    }
    drop(xml);
    Ok(book)
}

/// The text up to the end of the tag just sent.
fn plain_text(xml: &mut Xml<'_>, into: &mut String) -> Result<(), Refusal> {
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Token::Text(text) => cells::append(into, &text)?,
            Token::Start(_) => depth += 1,
            Token::End(_) => depth -= 1,
            Token::Eof => return Err(xml.unfinished()),
        }
    }
    Ok(())
}

/// The text of a string item up to its end: all runs joined, readings (`<rPh>`) left out.
fn rich_text(xml: &mut Xml<'_>, into: &mut String) -> Result<(), Refusal> {
    let mut run = String::new();
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                "t" => {
                    let keep = tag.attribute("xml:space")? == Some("preserve");
                    run.clear();
                    plain_text(xml, &mut run)?;
                    let text = if keep { &run[..] } else { run.trim_matches([' ', '\t', '\r', '\n']) };
                    cells::append(into, &unescape_units(text))?;
                }
                "rPh" | "rPr" | "phoneticPr" => xml.skip()?,
                _ => depth += 1,
            },
            Token::End(_) => depth -= 1,
            Token::Text(_) => {}
            Token::Eof => return Err(xml.unfinished()),
        }
    }
    Ok(())
}

fn read_strings(book: &mut OpcBook, part: &str) -> Result<(), Refusal> {
    book.strings = Strings::default();
    let mut xml = Xml::new(book.package.stream(book.package.need(part)?)?, part)?;
    let mut text = String::new();
    while let Some(tag) = xml.next_tag()? {
        if tag.local() != "si" {
            continue;
        }
        text.clear();
        rich_text(&mut xml, &mut text)?;
        book.strings.push(&text)?;
        if book.parser == Parser::Scanner {
            usual_strings(&mut xml, &mut book.strings)?;
        }
    }
    Ok(())
}

/// Takes the texts that come next as long as they are usual ones.
fn usual_strings(xml: &mut Xml<'_>, strings: &mut Strings) -> Result<(), Refusal> {
    loop {
        let ahead = xml.ahead()?;
        let mut passed = 0;
        while let Some((text, length)) = usual::shared(&ahead[passed..]) {
            strings.push(text)?;
            passed += length;
        }
        if passed == 0 {
            return Ok(());
        }
        xml.pass(passed);
    }
}

/// The number formats of the cell styles.
fn read_styles(book: &mut OpcBook, part: &str) -> Result<(), Refusal> {
    let mut xml = Xml::new(book.package.stream(book.package.need(part)?)?, part)?;
    let looks = &mut book.looks;
    let id = |written: &str| number(written.as_bytes()).map_or(0, |id| u32::try_from(id).unwrap_or(u32::MAX));
    let (mut in_codes, mut in_formats) = (false, false);
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                "numFmts" => in_codes = true,
                "cellXfs" => in_formats = true,
                "numFmt" if in_codes => {
                    if let (Some(written), Some(code)) = (tag.attribute("numFmtId")?, tag.attribute("formatCode")?) {
                        looks.name(id(written), &unescape(code)?)?;
                    }
                }
                "xf" if in_formats => {
                    looks.push_style(tag.attribute("numFmtId")?.map_or(0, id))?;
                }
                _ => {}
            },
            Token::End(name) => match local(name) {
                "numFmts" => in_codes = false,
                "cellXfs" => in_formats = false,
                _ => {}
            },
            Token::Eof => return Ok(()),
            Token::Text(_) => {}
        }
    }
}

/// `_x000D_` stands for a character that XML cannot hold; `_x005F_` for an underscore that would read as one.
fn unescape_units(text: &str) -> Cow<'_, str> {
    static UNITS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("(?:_x[0-9A-Fa-f]{4}_)+").ok());
    let Some(units) = UNITS.as_ref().filter(|_| text.contains("_x")) else { return text.into() };
    units.replace_all(text, |found: &Captures<'_>| {
        let units = found[0].split("_x").filter_map(|unit| u16::from_str_radix(unit.trim_end_matches('_'), 16).ok());
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    })
}

/// A truth value of an attribute.
fn is_true(value: &str) -> bool {
    matches!(value.trim_ascii(), "1" | "true" | "on")
}

/// A count without a sign.
fn number(digits: &[u8]) -> Option<usize> {
    let digits = digits.trim_ascii();
    if digits.is_empty() || digits.len() > 10 {
        return None;
    }
    digits.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + usize::from(digit - b'0')))
}

/// A one-based row number as zero-based.
fn row_number(digits: &str) -> Result<u32, Refusal> {
    number(digits.as_bytes())
        .and_then(|row| u32::try_from(row).ok()?.checked_sub(1))
        .filter(|&row| row < ROWS)
        .ok_or_else(|| Refusal::damaged(format!("行号「{digits}」不合规")))
}

/// `B5` as zero-based row and column.
fn address(text: &str) -> Result<(u32, u32), Refusal> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let wrong = || Refusal::damaged(format!("单元格位置「{text}」不合规"));
    if letters == 0 || letters > 3 {
        return Err(wrong());
    }
    let column = text[..letters]
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1)
        - 1;
    let row = row_number(&text[letters..]).map_err(|_| wrong())?;
    if column >= COLUMNS { Err(wrong()) } else { Ok((row, column)) }
}

/// `A1:B2` as a range; a range of one cell may name it once.
fn merged(range: &str) -> Result<Merge, Refusal> {
    let (first, last) = range.split_once(':').unwrap_or((range, range));
    let ((top, left), (bottom, right)) = (address(first)?, address(last)?);
    Ok((top.min(bottom), left.min(right), top.max(bottom), left.max(right)))
}
