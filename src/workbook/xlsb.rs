//! Binary workbooks of Excel 2007 and later (.xlsb): the records of [MS-XLSB] in a zip container.
//!
//! Its own reader, not calamine's, because calamine ignores the error result of a formula (a broken cell would pass as blank),
//! tells no merged ranges, and reads on in an older record's bytes where a record is too short.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};

use super::biff::{error, unpack_rk};
use super::cells::{self, Ordered, Strings};
use super::error::Fault;
use super::package::{Package, Stream, u16_at, u32_at, u64_at};
use super::xlsx::add_sheet;
use super::{Looks, Merge, Raw, SheetName, opc};

/// No record that is looked at is longer than this.
const LONGEST: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Xlsb {
    package: Package,
    pub sheets: Vec<SheetName>,
    parts: Vec<String>,
    strings: Strings,
    looks: Looks,
    /// The book asks for all formulas to be calculated when it is opened: nobody has seen their results.
    stale: bool,
}

impl Xlsb {
    pub fn looks(&self) -> &Looks {
        &self.looks
    }

    pub fn open(package: Package, main: &str) -> Result<Xlsb, Fault> {
        let relations = opc::relations(&package, main)?;
        let mut looks = Looks::default();
        let mut strings = Strings::default();
        for relation in &relations {
            match relation.kind.as_str() {
                "styles" => read_styles(&package, &relation.target, &mut looks)?,
                "sharedStrings" => strings = read_strings(&package, &relation.target)?,
                _ => {}
            }
        }
        let (mut sheets, mut parts) = (Vec::new(), Vec::new());
        let mut stale = false;
        let mut records = XlsbRecords::new(&package, main)?;
        while let Some(kind) = records.next()? {
            match kind {
                // BrtWbProp
                0x99 => looks.count_from_1904(records.bytes(0, 4)?[0] & 1 != 0),
                // BrtCalcProp: all or some formulas wait to be calculated.
                0x9D => stale = records.bytes(24, 2).is_ok_and(|flags| flags[0] & 0x11 != 0),
                // BrtBundleSh
                0x9C => {
                    let hidden = u32_at(records.bytes(0, 8)?, 0) != 0;
                    let (id, next) = records.text(8)?;
                    let (name, _) = records.text(next)?;
                    // A sheet without a part is a module of Visual Basic.
                    let Some(id) = id else { continue };
                    let name = name.unwrap_or_default();
                    add_sheet(&mut sheets, &mut parts, SheetName { name, hidden }, &relations, &id)?;
                }
                _ => {}
            }
        }
        Ok(Xlsb { package, sheets, parts, strings, looks, stale })
    }

    pub fn read(&self, sheet: usize, mut cells: Ordered<'_>) -> Result<Vec<Merge>, Fault> {
        let mut records = XlsbRecords::new(&self.package, &self.parts[sheet])?;
        let mut in_data = false;
        let mut zeros = true;
        let (mut row, mut column) = (0, 0);
        while let Some(kind) = records.next()? {
            match kind {
                0x91 => in_data = true,
                0x92 => in_data = false,
                // BrtBeginWsView
                0x89 => zeros &= records.bytes(0, 2)?[0] & 0x10 != 0,
                // BrtMergeCell
                0xB0 => {
                    let range = records.bytes(0, 16)?;
                    let [top, bottom, left, right] = [0, 4, 8, 12].map(|at| u32_at(range, at));
                    cells.merge((top.min(bottom), left.min(right), top.max(bottom), left.max(right)))?;
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
                    if let Some(raw) = self.cell(kind, head, (style as usize, zeros), &records)? {
                        cells.push(row, column, raw)?;
                    }
                    column = column.saturating_add(1);
                }
                _ => {}
            }
        }
        cells.finish()
    }

    fn cell(
        &self,
        kind: u16,
        at: usize,
        (style, zeros): (usize, bool),
        records: &XlsbRecords<'_>,
    ) -> Result<Option<Raw>, Fault> {
        let number = |value| Some(self.looks.number_of_style(value, style, zeros));
        let veil = |raw| self.looks.veil(raw, self.looks.of_style(style));
        Ok(match kind {
            8..=11 if self.stale => Some(Raw::NoResult),
            2 | 13 => number(unpack_rk(u32_at(records.bytes(at, 4)?, 0))),
            3 | 11 | 14 => Some(error(records.bytes(at, 1)?[0])),
            4 | 10 | 15 => Some(Raw::Bool(records.bytes(at, 1)?[0] != 0)),
            5 | 9 | 16 => number(f64::from_bits(u64_at(records.bytes(at, 8)?, 0))),
            6 | 8 | 17 => cells::text(&records.text(at)?.0.unwrap_or_default()).map(veil),
            7 | 18 => self.strings.get(u32_at(records.bytes(at, 4)?, 0) as usize)?.map(veil),
            // A text with formatting.
            62 => cells::text(&records.text(at + 1)?.0.unwrap_or_default()).map(veil),
            _ => None,
        })
    }
}

fn read_strings(package: &Package, part: &str) -> Result<Strings, Fault> {
    let mut strings = Strings::default();
    if package.find(part)?.is_none() {
        return Ok(strings);
    }
    let mut records = XlsbRecords::new(package, part)?;
    while let Some(kind) = records.next()? {
        if kind == 0x13 {
            strings.push(&records.text(1)?.0.unwrap_or_default())?;
        }
    }
    Ok(strings)
}

/// The number formats of the cell styles.
fn read_styles(package: &Package, part: &str, looks: &mut Looks) -> Result<(), Fault> {
    if package.find(part)?.is_none() {
        return Ok(());
    }
    let mut codes = HashMap::new();
    let mut in_formats = false;
    let mut records = XlsbRecords::new(package, part)?;
    while let Some(kind) = records.next()? {
        match kind {
            // BrtFmt
            0x2C => {
                let id = u16_at(records.bytes(0, 2)?, 0);
                codes.insert(id, looks.look(&records.text(2)?.0.unwrap_or_default())?);
            }
            // BrtBeginCellXFs, BrtEndCellXFs
            0x269 => in_formats = true,
            0x26A => in_formats = false,
            // BrtXF
            0x2F if in_formats => {
                let id = u16_at(records.bytes(0, 4)?, 2);
                looks.push_style_of(&codes, id)?;
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
    fn new(package: &'a Package, part: &'a str) -> Result<XlsbRecords<'a>, Fault> {
        let source = BufReader::with_capacity(64 << 10, package.stream(package.need(part)?)?);
        Ok(XlsbRecords { source, part, record: Vec::new() })
    }

    /// The type of the next record; none at the end of the part.
    fn next(&mut self) -> Result<Option<u16>, Fault> {
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
            return match skipped.map_err(|e| Fault::in_part(self.part, &e))? == length as u64 {
                true => Ok(Some(kind)),
                false => Err(self.short()),
            };
        }
        self.record.resize(length, 0);
        self.source.read_exact(&mut self.record).map_err(|e| Fault::in_part(self.part, &e))?;
        Ok(Some(kind))
    }

    fn byte(&mut self) -> Result<Option<u8>, Fault> {
        let mut byte = [0];
        match self.source.read(&mut byte) {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(byte[0])),
            Err(e) => Err(Fault::in_part(self.part, &e)),
        }
    }

    fn must(&mut self) -> Result<u8, Fault> {
        self.byte()?.ok_or_else(|| self.short())
    }

    fn bytes(&self, at: usize, count: usize) -> Result<&[u8], Fault> {
        self.record.get(at..at + count).ok_or_else(|| self.short())
    }

    /// A text after its length and where it ends; none where it is null.
    fn text(&self, at: usize) -> Result<(Option<String>, usize), Fault> {
        let count = u32_at(self.bytes(at, 4)?, 0);
        if count == u32::MAX {
            return Ok((None, at + 4));
        }
        let bytes = 2 * count as usize;
        let units: Vec<u16> = self.bytes(at + 4, bytes)?.chunks_exact(2).map(|unit| u16_at(unit, 0)).collect();
        Ok((Some(String::from_utf16_lossy(&units)), at + 4 + bytes))
    }

    fn short(&self) -> Fault {
        Fault::damaged(format!("部件 {} 的记录不完整", self.part))
    }
}
