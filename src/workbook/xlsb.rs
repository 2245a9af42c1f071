//! Binary workbooks of Excel 2007 and later (.xlsb): the records of [MS-XLSB] in a zip container.
//!
//! Its own reader, not calamine's, because calamine ignores the error result of a formula (a broken cell would pass as blank),
//! tells no merged ranges, and reads on in an older record's bytes where a record is too short.

use std::io::{self, BufReader, Read};

use encoding_rs::UTF_16LE;

use super::biff::{error, unpack_rk};
use super::cells::{Ordered, Strings};
use super::error::Refusal;
use super::opc::OpcBook;
use super::package::{Package, Stream, u16_at, u32_at, u64_at};
use super::{Parser, Raw, SheetName, Sink};

/// No record that is looked at is longer than this.
const LONGEST: usize = 1 << 20;

/// The book whose list of sheets is in the part `main`.
pub(super) fn open(package: Package, main: &str) -> Result<OpcBook, Refusal> {
    let mut book = OpcBook::new(package, main, Parser::Scanner, (read_styles, read_strings))?;
    let mut records = XlsbRecords::new(&book.package, main)?;
    while let Some(kind) = records.next()? {
        match kind {
            // BrtWbProp
            0x99 => book.looks.count_from_1904(records.bytes(0, 4)?[0] & 1 != 0),
            // BrtCalcProp: all or some formulas wait to be calculated.
            0x9D => book.computes_anew = records.bytes(24, 2).is_ok_and(|flags| flags[0] & 0x11 != 0),
            // BrtBundleSh
            0x9C => {
                let hidden = u32_at(records.bytes(0, 8)?, 0) != 0;
                let (id, next) = records.text(8)?;
                let (name, _) = records.text(next)?;
                // A sheet without a part is a module of Visual Basic.
                let Some(id) = id else { continue };
                book.list.add(SheetName { name: name.unwrap_or_default(), hidden }, &id)?;
            }
            _ => {}
        }
    }
    drop(records);
    Ok(book)
}

/// Sends the cells of a sheet.
pub(super) fn read<S: Sink>(book: &OpcBook, sheet: usize, cells: &mut Ordered<'_, S>) -> Result<(), Refusal> {
    let mut records = XlsbRecords::new(&book.package, &book.list.parts[sheet])?;
    let mut in_data = false;
    let (mut row, mut column) = (0, 0);
    while let Some(kind) = records.next()? {
        match kind {
            0x91 => in_data = true,
            0x92 => in_data = false,
            // BrtBeginWsView
            0x89 => cells.hides_zeros |= records.bytes(0, 2)?[0] & 0x10 == 0,
            // BrtMergeCell
            0xB0 => {
                let range = records.bytes(0, 16)?;
                let [top, bottom, left, right] = [0, 4, 8, 12].map(|at| u32_at(range, at));
                cells.merge((top, left, bottom, right))?;
            }
            // BrtRowHdr
            0 if in_data => {
                row = u32_at(records.bytes(0, 4)?, 0);
                column = 0;
            }
            1..=18 | 62 if in_data => {
                // The short kinds (12 to 18) stand right of the cell before and do not say where they are.
                let short = matches!(kind, 12..=18);
                let head = if short { 4 } else { 8 };
                if !short {
                    column = u32_at(records.bytes(0, 4)?, 0);
                }
                let style = u32_at(records.bytes(head - 4, 4)?, 0) & 0x00FF_FFFF;
                cells.put((row, column), cell(book, kind, head, style as usize, &records)?)?;
                column = column.saturating_add(1);
            }
            _ => {}
        }
    }
    Ok(())
}

/// What a record says that begins with a cell's place and style, up to `at`.
fn cell<'b>(
    book: &'b OpcBook,
    kind: u16,
    at: usize,
    style: usize,
    records: &XlsbRecords<'_>,
) -> Result<Option<Raw<'b>>, Refusal> {
    let looks = &book.looks;
    let text = |at| Ok(Raw::Text(records.text(at)?.0.unwrap_or_default().into()));
    let content = match kind {
        8..=11 if book.computes_anew => Raw::NoResult,
        2 | 13 => looks.number_of_style(unpack_rk(u32_at(records.bytes(at, 4)?, 0)), style),
        3 | 11 | 14 => error(records.bytes(at, 1)?[0]),
        4 | 10 | 15 => Raw::Bool(records.bytes(at, 1)?[0] != 0),
        5 | 9 | 16 => looks.number_of_style(f64::from_bits(u64_at(records.bytes(at, 8)?, 0)), style),
        6 | 8 | 17 => text(at)?,
        7 | 18 => book.strings.content(u32_at(records.bytes(at, 4)?, 0) as usize)?,
        // A text with formatting.
        62 => text(at + 1)?,
        _ => return Ok(None),
    };
    Ok(Some(looks.veil(content, looks.of_style(style))))
}

fn read_strings(book: &mut OpcBook, part: &str) -> Result<(), Refusal> {
    book.strings = Strings::default();
    let mut records = XlsbRecords::new(&book.package, part)?;
    while let Some(kind) = records.next()? {
        if kind == 0x13 {
            book.strings.push(&records.text(1)?.0.unwrap_or_default())?;
        }
    }
    Ok(())
}

/// The number formats of the cell styles.
fn read_styles(book: &mut OpcBook, part: &str) -> Result<(), Refusal> {
    let mut in_formats = false;
    let mut records = XlsbRecords::new(&book.package, part)?;
    let looks = &mut book.looks;
    while let Some(kind) = records.next()? {
        match kind {
            // BrtFmt
            0x2C => {
                let id = u16_at(records.bytes(0, 2)?, 0);
                looks.name(u32::from(id), &records.text(2)?.0.unwrap_or_default())?;
            }
            // BrtBeginCellXFs, BrtEndCellXFs
            0x269 => in_formats = true,
            0x26A => in_formats = false,
            // BrtXF
            0x2F if in_formats => {
                let id = u16_at(records.bytes(0, 4)?, 2);
                looks.push_style(u32::from(id))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Walks the records of a part, one in memory at a time.
struct XlsbRecords<'a> {
    source: BufReader<Stream<'a>>,
    part: &'a str,
    record: Vec<u8>,
}

impl<'a> XlsbRecords<'a> {
    fn new(package: &'a Package, part: &'a str) -> Result<XlsbRecords<'a>, Refusal> {
        let source = BufReader::with_capacity(64 << 10, package.stream(package.need(part)?)?);
        Ok(XlsbRecords { source, part, record: Vec::new() })
    }

    /// The type of the next record; none at the end of the part.
    fn next(&mut self) -> Result<Option<u16>, Refusal> {
        let Some(first) = self.byte()? else { return Ok(None) };
        let mut kind = u16::from(first);
        if first & 0x80 != 0 {
            kind = kind & 0x7F | u16::from(self.must()? & 0x7F) << 7;
        }
        let mut length = 0;
        for step in 0..4 {
            let byte = self.must()?;
            length |= usize::from(byte & 0x7F) << (7 * step);
            if byte & 0x80 == 0 {
                break;
            }
        }
        if length > LONGEST {
            // A picture or the like: passed by; were it a cell, it would be found too short.
            self.record.clear();
            let skipped = io::copy(&mut self.source.by_ref().take(length as u64), &mut io::sink());
            return match skipped.map_err(|e| Refusal::in_part(self.part, &e))? == length as u64 {
                true => Ok(Some(kind)),
                false => Err(self.short()),
            };
        }
        self.record.resize(length, 0);
        self.source.read_exact(&mut self.record).map_err(|e| Refusal::in_part(self.part, &e))?;
        Ok(Some(kind))
    }

    fn byte(&mut self) -> Result<Option<u8>, Refusal> {
        let mut byte = [0];
        match self.source.read(&mut byte) {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(byte[0])),
            Err(e) => Err(Refusal::in_part(self.part, &e)),
        }
    }

    fn must(&mut self) -> Result<u8, Refusal> {
        self.byte()?.ok_or_else(|| self.short())
    }

    fn bytes(&self, at: usize, count: usize) -> Result<&[u8], Refusal> {
        self.record.get(at..at + count).ok_or_else(|| self.short())
    }

    /// A text after its length and where it ends; none where it is null.
    fn text(&self, at: usize) -> Result<(Option<String>, usize), Refusal> {
        let count = u32_at(self.bytes(at, 4)?, 0);
        if count == u32::MAX {
            return Ok((None, at + 4));
        }
        let bytes = 2 * count as usize;
        let text = UTF_16LE.decode_without_bom_handling(self.bytes(at + 4, bytes)?).0;
        Ok((Some(text.into_owned()), at + 4 + bytes))
    }

    fn short(&self) -> Refusal {
        Refusal::damaged(format!("部件 {} 的记录不完整", self.part))
    }
}
