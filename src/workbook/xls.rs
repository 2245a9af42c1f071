//! Binary workbooks of Excel 5 to 2003 (.xls) and WPS (.et): BIFF5 and BIFF8 records in a compound file.
//!
//! Its own reader, not calamine's, because calamine lays out the whole grid (two far-away cells ask for gigabytes and abort
//! the process), drops a formula whose text result is missing and a cell whose shared string is, and
//! cuts long formula texts. Here records are walked one by one: memory is the file and its shared strings.

use super::biff::{BiffRecords, Coding, Segments, code_page, error, read_strings, unpack_rk};
use super::cells::{self, Ordered, Strings};
use super::error::Refusal;
use super::ole::Ole;
use super::package::{u16_at, u32_at, u64_at};
use super::{Looks, Raw, SheetName, Sink};

// Record types, [MS-XLS] 2.3.
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;
const FILE_PASS: u16 = 0x002F;
const CODE_PAGE: u16 = 0x0042;
const DATE_MODE: u16 = 0x0022;
const FORMAT: u16 = 0x041E;
const XF: u16 = 0x00E0;
const BOUND_SHEET: u16 = 0x0085;
const SST: u16 = 0x00FC;
const EXCEL_9_FILE: u16 = 0x01C0;
const WRITE_ACCESS: u16 = 0x005C;
const RECALC_ID: u16 = 0x01C1;
const UNCALCED: u16 = 0x005E;
const WINDOW2: u16 = 0x023E;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const BOOL_ERR: u16 = 0x0205;
const STRING: u16 = 0x0207;
const RK: u16 = 0x027E;
const MUL_RK: u16 = 0x00BD;
const RSTRING: u16 = 0x00D6;
const LABEL_SST: u16 = 0x00FD;
const MERGED_CELLS: u16 = 0x00E5;
const FORMULA: u16 = 0x0006;
/// What may stand between a formula and its text: a shared formula, an array, a table of operations.
const WITH_FORMULA: [u16; 3] = [0x04BC, 0x0221, 0x0236];

#[derive(Debug)]
pub(super) struct Xls {
    stream: Vec<u8>,
    pub sheets: Vec<SheetName>,
    /// Where each sheet starts in the stream, and how many sheets of any kind precede it.
    starts: Vec<(usize, usize)>,
    /// Where the part ends that describes the whole book.
    globals_end: usize,
    strings: Strings,
    pub looks: Looks,
    coding: Coding,
    /// A spreadsheet program calculated the book and left its mark. Libraries that only write formulas leave a result of 0
    /// or of nothing, which nobody has seen.
    calculated: bool,
}

/// What a sheet says of itself that holds for cells further up.
#[derive(Debug, Clone, Copy)]
struct XlsSight {
    /// The sheet's text coding; only a bare sheet tells one of its own.
    coding: Coding,
    zeros: bool,
    calculated: bool,
}

impl Xls {
    pub fn open(ole: &mut Ole<'_>) -> Result<Xls, Refusal> {
        for name in ["Workbook", "Book"] {
            if let Some(stream) = ole.stream(name)? {
                let mut book = Xls::new(stream)?;
                book.calculated |= is_by_excel(ole);
                return Ok(book);
            }
        }
        if ole.has("EncryptedPackage") {
            return Err(Refusal::Encrypted);
        }
        let what = if ole.has("WordDocument") { "Word 文档" } else { "不含工作簿的复合文档" };
        Err(Refusal::NotAWorkbook(what.to_owned()))
    }

    /// Reads the part of the stream that describes the whole book. A stream may also be one bare sheet, as
    /// web sites' export scripts write it.
    pub fn new(stream: Vec<u8>) -> Result<Xls, Refusal> {
        let mut book = Xls {
            stream: Vec::new(),
            sheets: Vec::new(),
            starts: Vec::new(),
            globals_end: 0,
            strings: Strings::default(),
            looks: Looks::default(),
            coding: Coding { wide: true, page: Some(encoding_rs::GBK) },
            calculated: false,
        };
        let mut is_excel_9 = false;
        let mut format_of = Vec::new();
        let mut listed = 0;
        let mut records = BiffRecords { stream: &stream, at: 0 };
        let (kind, data) = records.next()?;
        match kind {
            BOF => book.coding.wide = !matches!(u16_at(data, 0), 0x0500 | 0),
            0x0009 | 0x0209 | 0x0409 => {
                return Err(Refusal::NotAWorkbook("Excel 4.0 或更早的格式（不再支持）".to_owned()));
            }
            _ => return Err(Refusal::damaged("工作簿数据流的开头不合规")),
        }
        if u16_at(data, 2) == 0x0010 {
            book.sheets.push(SheetName { name: "Sheet1".to_owned(), hidden: false });
            book.starts.push((0, 0));
            book.stream = stream;
            return Ok(book);
        }
        loop {
            let (kind, data) = records.next()?;
            match kind {
                FILE_PASS => return Err(Refusal::Encrypted),
                CODE_PAGE => book.coding.page = code_page(u16_at(data, 0)),
                DATE_MODE => book.looks.count_from_1904(u16_at(data, 0) == 1),
                // A number of 0 asks for all to be calculated anew.
                RECALC_ID => book.calculated |= u32_at(data, 4) != 0,
                EXCEL_9_FILE => is_excel_9 = true,
                // OpenOffice, which for long told nothing else.
                WRITE_ACCESS => book.calculated |= data.windows(4).any(|name| name == b"Calc"),
                FORMAT => {
                    // A format that is cut off decides nothing: the number stays a number.
                    let code = Segments::one(data.get(2..).unwrap_or_default());
                    if let Ok(code) = book.coding.counted(code, book.coding.wide) {
                        book.looks.name(u32::from(u16_at(data, 0)), &code)?;
                    }
                }
                XF => format_of.push(u16_at(data, 2)),
                BOUND_SHEET => {
                    book.bound_sheet(data, listed)?;
                    listed += 1;
                }
                SST => {
                    book.strings = read_strings(records.whole(data)?)?;
                }
                EOF => break,
                _ => {}
            }
        }
        for id in format_of {
            book.looks.push_style(u32::from(id))?;
        }
        book.globals_end = records.at;
        book.calculated |= are_calculated(BiffRecords { stream: &stream, at: records.at }, is_excel_9);
        book.stream = stream;
        Ok(book)
    }

    /// Where a sheet's data start. Some writers tell it wrong; then it is the stream that stands at the sheet's place in the row.
    fn start(&self, sheet: usize) -> Result<usize, Refusal> {
        let (told, ordinal) = self.starts[sheet];
        if self.stream.get(told..).is_some_and(|rest| rest.len() >= 4 && u16_at(rest, 0) == BOF) {
            return Ok(told);
        }
        let mut records = BiffRecords { stream: &self.stream, at: self.globals_end };
        let (mut depth, mut passed) = (0, 0);
        loop {
            let at = records.at;
            match records.next()?.0 {
                BOF if depth == 0 && passed == ordinal => return Ok(at),
                BOF => depth += 1,
                EOF if depth > 0 => {
                    depth -= 1;
                    passed += usize::from(depth == 0);
                }
                _ if depth == 0 => return Err(Refusal::damaged("工作表数据的开头不合规")),
                _ => {}
            }
        }
    }

    fn bound_sheet(&mut self, data: &[u8], ordinal: usize) -> Result<(), Refusal> {
        if data.len() < 8 {
            return Err(Refusal::damaged("工作表目录已损坏"));
        }
        // 1: macros, 2: chart, 6: Visual Basic.
        if data[5] != 0 {
            return Ok(());
        }
        let mut name = self.coding.counted(Segments::one(&data[6..]), false)?;
        name.retain(|c| c != '\0');
        let start = u32_at(data, 0) as usize;
        if self.starts.iter().any(|&(other, _)| other == start) {
            return Err(Refusal::damaged(format!("工作表「{name}」与另一张位置相同")));
        }
        cells::add_sheet(&mut self.sheets, SheetName { name, hidden: data[4] & 3 != 0 })?;
        self.starts.push((start, ordinal));
        Ok(())
    }

    /// What the sheet from there on says behind its cells.
    fn sight(&self, start: usize) -> XlsSight {
        let mut sight = XlsSight { coding: self.coding, zeros: true, calculated: self.calculated };
        let mut records = BiffRecords { stream: &self.stream, at: start };
        let mut depth = 0;
        // Where the stream breaks off, reading will say so.
        while let Ok((kind, data)) = records.next() {
            match kind {
                BOF => depth += 1,
                EOF => depth -= 1,
                _ if depth != 1 => {}
                CODE_PAGE => sight.coding.page = code_page(u16_at(data, 0)),
                WINDOW2 => sight.zeros &= u16_at(data, 0) & 0x10 != 0,
                UNCALCED => sight.calculated = false,
                _ => {}
            }
            if depth <= 0 {
                break;
            }
        }
        sight
    }

    pub fn read<S: Sink>(&self, sheet: usize, cells: &mut Ordered<'_, S>) -> Result<(), Refusal> {
        let start = self.start(sheet)?;
        let mut records = BiffRecords { stream: &self.stream, at: start };
        let sight = self.sight(start);
        cells.hides_zeros = !sight.zeros;
        records.next()?;
        // Charts lie inside the sheet as streams of their own, with records like cells.
        let mut inside = 0;
        // A formula whose text comes in a record of its own.
        let mut waiting: Option<((u32, u32), usize)> = None;
        loop {
            let (kind, data) = records.next()?;
            match kind {
                BOF => inside += 1,
                EOF if inside > 0 => {
                    inside -= 1;
                    continue;
                }
                _ => {}
            }
            if inside > 0 {
                continue;
            }
            if kind == STRING {
                let segments = records.whole(data)?;
                if let Some((at, style)) = waiting.take() {
                    let text = Raw::Text(sight.coding.counted(segments, true)?.into());
                    cells.put(at, Some(self.looks.veil(text, self.looks.of_style(style))))?;
                }
                continue;
            }
            if !WITH_FORMULA.contains(&kind)
                && kind != CONTINUE
                && let Some((at, _)) = waiting.take()
            {
                cells.put(at, Some(Raw::NoResult))?;
            }
            match kind {
                EOF => return Ok(()),
                FILE_PASS => return Err(Refusal::Encrypted),
                MERGED_CELLS => {
                    for range in data.get(2..).unwrap_or_default().chunks_exact(8).take(usize::from(u16_at(data, 0))) {
                        let [top, bottom, left, right] = [0, 2, 4, 6].map(|at| u32::from(u16_at(range, at)));
                        cells.merge((top, left, bottom, right))?;
                    }
                }
                NUMBER | LABEL | RSTRING | LABEL_SST | BOOL_ERR | RK | FORMULA | MUL_RK => {
                    if data.len() < 8 {
                        return Err(Refusal::damaged("有单元格记录不完整"));
                    }
                    let (row, column) = (u32::from(u16_at(data, 0)), u32::from(u16_at(data, 2)));
                    if kind == MUL_RK {
                        for (rk, column) in data[4..data.len() - 2].chunks_exact(6).zip(column..) {
                            cells.put((row, column), Some(self.rk(rk)))?;
                        }
                    } else if kind == FORMULA && sight.calculated && is_text_result(data) {
                        waiting = Some(((row, column), usize::from(u16_at(data, 4))));
                    } else {
                        cells.put((row, column), self.cell(kind, data, sight)?)?;
                    }
                }
                _ => {}
            }
        }
    }

    /// A record of one cell: row, column and format, then what it holds.
    fn cell<'a>(&'a self, kind: u16, data: &'a [u8], sight: XlsSight) -> Result<Option<Raw<'a>>, Refusal> {
        let short = || Refusal::damaged("有单元格记录不完整");
        let style = usize::from(u16_at(data, 4));
        let held = &data[6..];
        let least = match kind {
            NUMBER | FORMULA => 8,
            RK | LABEL_SST => 4,
            _ => 2,
        };
        if held.len() < least {
            return Err(short());
        }
        let float = || self.looks.number_of_style(f64::from_bits(u64_at(held, 0)), style);
        let content = match kind {
            NUMBER => float(),
            RK => self.rk(&data[4..10]),
            LABEL_SST => self.strings.content(u32_at(held, 0) as usize)?,
            LABEL | RSTRING => Raw::Text(sight.coding.counted(Segments::one(held), true)?.into()),
            BOOL_ERR if held[1] != 0 => error(held[0]),
            BOOL_ERR => Raw::Bool(held[0] != 0),
            FORMULA if !sight.calculated => Raw::NoResult,
            FORMULA => match held[..8] {
                [1, _, value, .., 0xFF, 0xFF] => Raw::Bool(value != 0),
                [2, _, value, .., 0xFF, 0xFF] => error(value),
                // An empty text.
                [3, .., 0xFF, 0xFF] => return Ok(None),
                [_, .., 0xFF, 0xFF] => Raw::NoResult,
                _ => float(),
            },
            _ => return Ok(None),
        };
        Ok(Some(self.looks.veil(content, self.looks.of_style(style))))
    }

    /// A number in four bytes, after its format.
    fn rk(&self, data: &[u8]) -> Raw<'static> {
        self.looks.number_of_style(unpack_rk(u32_at(data, 2)), usize::from(u16_at(data, 0)))
    }
}

/// Whether the formulas show that they have been calculated. Excel notes something beside them, which is all that is left
/// of Excel 97 and older; Gnumeric says no more than that the book is one of Excel 2000's kind. Libraries that say so too
/// (JXL) ask for each formula to be calculated when the book is opened.
fn are_calculated(mut records: BiffRecords<'_>, is_excel_9: bool) -> bool {
    let mut asked = false;
    while let Ok((kind, data)) = records.next() {
        if kind == FORMULA {
            if u32_at(data, 16) != 0 {
                return true;
            }
            asked |= u16_at(data, 14) & 2 != 0;
        }
    }
    is_excel_9 && !asked
}

/// Whether the document's properties name Excel as the program that wrote it; Excel 5 for the Macintosh tells nothing else.
fn is_by_excel(ole: &mut Ole<'_>) -> bool {
    let properties = ole.stream("\u{5}SummaryInformation").ok().flatten().unwrap_or_default();
    memchr::memmem::find(&properties, b" Excel\0").is_some()
}

fn is_text_result(data: &[u8]) -> bool {
    matches!(data.get(6..14), Some([0, .., 0xFF, 0xFF]))
}
