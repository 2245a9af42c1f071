//! Office Open XML (.xlsx, .xlsm): the list of sheets, number formats, shared strings, and the cells of a sheet as a stream.
//!
//! A sheet in the form that spreadsheet programs write goes through [`scan`], any other through [`general`]; what a cell
//! holds is decided in [`cell`] for both. The list of sheets, formats and strings are read here.

mod cell;
mod general;
mod scan;
mod usual;

use std::collections::HashMap;

use super::cells::{self, COLUMNS, Ordered, ROWS, Strings};
use super::error::Fault;
use super::package::Package;
use super::plain::{Stop, Window};
use super::xml::{Token, Xml, local, unescape};
use super::{Looks, Merge, Parser, SheetName, Sink, opc};

#[derive(Debug)]
pub(super) struct Xlsx {
    package: Package,
    pub sheets: Vec<SheetName>,
    /// The part of each sheet.
    parts: Vec<String>,
    strings: Strings,
    looks: Looks,
    /// The book asks to be computed when it is opened: nobody has seen the results of its formulas.
    computes_anew: bool,
}

impl Xlsx {
    pub fn looks(&self) -> &Looks {
        &self.looks
    }

    pub fn open(package: Package, main: &str, parser: Parser) -> Result<Xlsx, Fault> {
        let relations = opc::relations(&package, main)?;
        let mut looks = Looks::default();
        let mut strings = Strings::default();
        for relation in &relations {
            match relation.kind.as_str() {
                "styles" => read_styles(&package, &relation.target, &mut looks)?,
                "sharedStrings" => strings = read_strings(&package, &relation.target, parser)?,
                _ => {}
            }
        }
        let mut sheets = Vec::new();
        let mut parts = Vec::new();
        let mut computes_anew = false;
        let mut xml = Xml::new(package.stream(package.need(main)?)?, main)?;
        while let Some(tag) = xml.next_tag()? {
            match tag.local() {
                b"Choice" => xml.skip()?,
                b"workbookPr" => {
                    if let Some(value) = tag.attribute(b"date1904")? {
                        looks.count_from_1904(is_true(value));
                    }
                }
                b"calcPr" => computes_anew |= tag.attribute(b"fullCalcOnLoad")?.is_some_and(is_true),
                b"sheet" => {
                    let name = tag.text(b"name")?.into_owned();
                    let hidden = tag.attribute(b"state")?.is_some_and(|state| state != b"visible");
                    let id = tag.attributes().find_map(|attribute| match attribute {
                        Ok((key, value)) if *key != *b"id" && local(&key) == b"id" => Some(value),
                        _ => None,
                    });
                    let id = unescape(id.unwrap_or_default())?;
                    // A sheet without a part is a module of Visual Basic from before 1997.
                    if !id.is_empty() {
                        add_sheet(&mut sheets, &mut parts, SheetName { name, hidden }, &relations, &id)?;
                    }
                }
                _ => {}
            }
        }
        drop(xml);
        Ok(Xlsx { package, sheets, parts, strings, looks, computes_anew })
    }

    /// By the scanner, and by the general reader where that is asked for or the scanner meets what it does not know.
    pub fn read<S: Sink>(&self, sheet: usize, parser: Parser, sink: &mut S) -> Result<Vec<Merge>, Fault> {
        if parser == Parser::Scanner {
            match scan::read(self, &self.parts[sheet], sink) {
                Ok(merges) => return Ok(merges),
                Err(Stop::Fault(fault)) => return Err(fault),
                Err(Stop::Unknown | Stop::More) => sink.restart(),
            }
        }
        general::read(self, &self.parts[sheet], Ordered::new(sink))
    }
}

/// Lists a sheet of cells by the id of its part; charts, dialogs and macro sheets have none.
pub(super) fn add_sheet(
    sheets: &mut Vec<SheetName>,
    parts: &mut Vec<String>,
    sheet: SheetName,
    relations: &[opc::Relation],
    id: &str,
) -> Result<(), Fault> {
    let found = relations.iter().find(|relation| relation.id == id);
    let relation = found.ok_or_else(|| Fault::damaged(format!("工作表「{}」没有对应的部件", sheet.name)))?;
    if relation.kind != "worksheet" {
        return Ok(());
    }
    if parts.contains(&relation.target) {
        return Err(Fault::damaged(format!("两张工作表指向同一部件 {}", relation.target)));
    }
    cells::add_sheet(sheets, sheet)?;
    parts.push(relation.target.clone());
    Ok(())
}

/// The text up to the end of the tag just sent.
fn plain_text(xml: &mut Xml<'_>, into: &mut String) -> Result<(), Fault> {
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Token::Text { raw, cdata: false } => cells::append(into, &unescape(raw)?)?,
            Token::Text { raw, cdata: true } => {
                let text = String::from_utf8_lossy(raw);
                cells::append(into, &text.replace("\r\n", "\n").replace('\r', "\n"))?;
            }
            Token::Start(_) => depth += 1,
            Token::End(_) => depth -= 1,
            Token::Eof => return Err(xml.unfinished()),
        }
    }
    Ok(())
}

/// The text of a string item up to its end: all runs joined, readings (`<rPh>`) left out.
fn rich_text(xml: &mut Xml<'_>, into: &mut String) -> Result<(), Fault> {
    let mut run = String::new();
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                b"t" => {
                    let keep = tag.attribute(b"xml:space")? == Some(b"preserve");
                    run.clear();
                    plain_text(xml, &mut run)?;
                    let text = if keep { &run[..] } else { run.trim_matches([' ', '\t', '\r', '\n']) };
                    cells::append(into, &unescape_units(text))?;
                }
                b"rPh" | b"rPr" | b"phoneticPr" => xml.skip()?,
                _ => depth += 1,
            },
            Token::End(_) => depth -= 1,
            Token::Text { .. } => {}
            Token::Eof => return Err(xml.unfinished()),
        }
    }
    Ok(())
}

fn read_strings(package: &Package, part: &str, parser: Parser) -> Result<Strings, Fault> {
    let Some(found) = package.find(part)? else { return Ok(Strings::default()) };
    if parser == Parser::Scanner {
        let plain = Window::new(package.stream(found)?, part).and_then(|mut window| {
            let strings = scan::strings(&mut window)?;
            window.finish()?;
            Ok(strings)
        });
        match plain {
            Ok(strings) => return Ok(strings),
            Err(Stop::Fault(fault)) => return Err(fault),
            Err(Stop::Unknown | Stop::More) => {}
        }
    }
    let mut strings = Strings::default();
    let mut xml = Xml::new(package.stream(found)?, part)?;
    let mut text = String::new();
    while let Some(tag) = xml.next_tag()? {
        if tag.local() == b"si" {
            text.clear();
            rich_text(&mut xml, &mut text)?;
            strings.push(&text)?;
        }
    }
    Ok(strings)
}

/// The number formats of the cell styles.
fn read_styles(package: &Package, part: &str, looks: &mut Looks) -> Result<(), Fault> {
    let Some(found) = package.find(part)? else { return Ok(()) };
    let mut xml = Xml::new(package.stream(found)?, part)?;
    let mut codes = HashMap::new();
    let (mut in_codes, mut in_formats) = (false, false);
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                b"numFmts" => in_codes = true,
                b"cellXfs" => in_formats = true,
                b"numFmt" if in_codes => {
                    if let (Some(id), Some(code)) = (tag.attribute(b"numFmtId")?, tag.attribute(b"formatCode")?) {
                        codes.insert(number(id).unwrap_or_default(), looks.look(&unescape(code)?)?);
                        cells::check_formats(codes.len())?;
                    }
                }
                b"xf" if in_formats => {
                    let id = tag.attribute(b"numFmtId")?.and_then(number).unwrap_or_default();
                    looks.push_style_of(&codes, id)?;
                }
                _ => {}
            },
            Token::End(name) => match local(name) {
                b"numFmts" => in_codes = false,
                b"cellXfs" => in_formats = false,
                _ => {}
            },
            Token::Eof => return Ok(()),
            Token::Text { .. } => {}
        }
    }
}

/// `_x000D_` stands for a character that XML cannot hold; `_x005F_` for an underscore that would read as one.
fn unescape_units(text: &str) -> std::borrow::Cow<'_, str> {
    let unit = |text: &str| -> Option<u16> {
        let hex = text.strip_prefix("_x")?.get(..5)?.strip_suffix('_')?;
        u16::from_str_radix(hex, 16).ok().filter(|_| hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if !text.contains("_x") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut units = Vec::new();
        while let Some(found) = unit(rest) {
            units.push(found);
            rest = &rest[7..];
        }
        if units.is_empty() {
            out.push_str("_x");
            rest = &rest[2..];
        }
        out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
    out.push_str(rest);
    out.into()
}

/// A truth value of an attribute.
fn is_true(value: &[u8]) -> bool {
    matches!(value.trim_ascii(), b"1" | b"true" | b"on")
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
fn row_number(digits: &[u8]) -> Result<u32, Fault> {
    number(digits)
        .and_then(|row| u32::try_from(row).ok()?.checked_sub(1))
        .filter(|&row| row < ROWS)
        .ok_or_else(|| Fault::damaged(format!("行号「{}」不合规", String::from_utf8_lossy(digits))))
}

/// `B5` as zero-based row and column.
fn address(text: &[u8]) -> Result<(u32, u32), Fault> {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let wrong = || Fault::damaged(format!("单元格位置「{}」不合规", String::from_utf8_lossy(text)));
    if letters == 0 || letters > 3 {
        return Err(wrong());
    }
    let column = text[..letters]
        .iter()
        .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1)
        - 1;
    let row = row_number(&text[letters..]).map_err(|_| wrong())?;
    if column >= COLUMNS { Err(wrong()) } else { Ok((row, column)) }
}

/// `A1:B2` as a range; a range of one cell may name it once.
fn merged(range: &[u8]) -> Result<Merge, Fault> {
    let colon = memchr::memchr(b':', range);
    let (first, last) = colon.map_or((range, range), |at| (&range[..at], &range[at + 1..]));
    let ((top, left), (bottom, right)) = (address(first)?, address(last)?);
    Ok((top.min(bottom), left.min(right), top.max(bottom), left.max(right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_units_are_resolved() {
        let cases = [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_", "\u{FFFD}"),
            ("_x00_", "_x00_"),
            ("_xZZZZ_", "_xZZZZ_"),
            ("编_x号", "编_x号"),
            ("_x5F20_三", "张三"),
        ];
        for (text, expected) in cases {
            assert_eq!(unescape_units(text), expected);
        }
    }

    #[test]
    fn addresses_are_checked() {
        assert_eq!(address(b"A1").unwrap(), (0, 0));
        assert_eq!(address(b"xfd1048576").unwrap(), (1_048_575, 16_383));
        for wrong in ["", "A", "1", "A0", "XFE1", "A1048577", "AAAA1", "A1B", "A-1", "A99999999999"] {
            assert!(address(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
