//! Any sheet, read by calamine: whatever XML the scanner does not know.
//!
//! calamine streams the cells of a sheet, but it needs a whole workbook around it, and on the way to the sheet it reserves what
//! counts claim, refuses macro sheets and old modules, and takes strings and styles from fixed places. So it is handed
//! a workbook made for it: the sheet's part in UTF-8, and around it a list of one sheet, formats that are dates or not,
//! and as the text of each shared string its number; the strings themselves are ours already.
//!
//! It is also lenient where that would guess: tags that do not match, a part that is cut off behind the cells, texts
//! of any length, an index that is no number. [`audit`] goes through the part before, and notes the merged ranges.

use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, XlsxCellFormulaMetadataRecord, XlsxError};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::cells::{self, Ordered};
use super::super::encoding::{Transcoded, encoding};
use super::super::error::Fault;
use super::super::xml::{Token, Xml, local};
use super::super::{Look, Merge, Raw, dates};
use super::{Xlsx, merged, number, plain_text};

const SHEET: &str = "S";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

type Workbook<'a> = calamine::Xlsx<Cursor<&'a [u8]>>;

/// Sends the cells of the sheet in that part; the merged ranges come back.
pub(super) fn read(book: &Xlsx, part: &str, mut cells: Ordered<'_>) -> Result<Vec<Merge>, Fault> {
    audit(book, part, &mut cells)?;
    let around = around(book, part)?;
    let mut send = || {
        if !send(book, &around, &mut cells, false)? {
            cells.restart();
            send(book, &around, &mut cells, true)?;
        }
        Ok(())
    };
    // No input is known to make it panic; should one do so, the others' workbooks are still to be looked at.
    catch_unwind(AssertUnwindSafe(&mut send)).unwrap_or_else(|_| Err(Fault::damaged("工作表的内容无法识别")))?;
    cells.finish()
}

/// Goes through the part once: that it is whole and well-formed and holds nothing that calamine would pass over.
fn audit(book: &Xlsx, part: &str, cells: &mut Ordered<'_>) -> Result<(), Fault> {
    let mut xml = Xml::new(book.package.stream(book.package.need(part)?)?, part)?;
    let (mut in_data, mut shared, mut inline) = (false, false, false);
    let mut value = String::new();
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.local() {
                b"sheetData" => in_data = true,
                b"mergeCell" => {
                    if let Some(range) = tag.attribute(b"ref")? {
                        cells.merge(merged(range)?)?;
                    }
                }
                b"row" if in_data => {
                    if let Some(row) = tag.attribute(b"r")? {
                        super::row_number(row)?;
                    }
                }
                b"c" if in_data => {
                    if let Some(at) = tag.attribute(b"r")? {
                        super::address(at)?;
                    }
                    let kind = tag.attribute(b"t")?;
                    (shared, inline) = (kind == Some(b"s"), kind == Some(b"inlineStr"));
                }
                b"v" if in_data => {
                    value.clear();
                    plain_text(&mut xml, &mut value)?;
                    if shared && !value.is_empty() && number(value.as_bytes()).is_none() {
                        return Err(Fault::damaged(format!("共享字符串的编号「{value}」不是数字")));
                    }
                    if inline && !value.is_empty() {
                        return Err(Fault::damaged(format!("有单元格的文字「{value}」不在应在的位置")));
                    }
                }
                b"f" | b"t" if in_data => {
                    value.clear();
                    plain_text(&mut xml, &mut value)?;
                }
                _ => {}
            },
            Token::End(name) => in_data &= local(name) != b"sheetData",
            Token::Text { .. } => {}
            Token::Eof => break,
        }
    }
    xml.finish()
}

/// A workbook with nothing but that sheet.
fn around(book: &Xlsx, part: &str) -> Result<Vec<u8>, Fault> {
    let mut strings = format!(r#"<sst xmlns="{MAIN}">"#);
    for index in 0..book.strings.len() {
        let _ = write!(strings, "<si><t>{index}</t></si>");
    }
    strings.push_str("</sst>");
    let mut styles = format!(r#"<styleSheet xmlns="{MAIN}"><cellXfs>"#);
    for look in book.looks.styles() {
        let _ = write!(styles, r#"<xf numFmtId="{}"/>"#, if book.looks.is_date(*look) { 14 } else { 0 });
    }
    styles.push_str("</cellXfs></styleSheet>");
    let relation = |kind: &str, target: &str| {
        format!(r#"<Relationships><Relationship Id="r" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>"#)
    };
    let list = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="{SHEET}" sheetId="1" r:id="r"/></sheets></workbook>"#
    );
    let parts = [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        ("xl/workbook.xml", list),
        ("xl/styles.xml", styles),
        ("xl/sharedStrings.xml", strings),
    ];
    let found = book.package.need(part)?;
    let mut head = Vec::new();
    book.package.stream(found)?.take(256).read_to_end(&mut head).map_err(|e| Fault::in_part(part, &e))?;
    let encoding = encoding(&head, part)?;
    let mut sheet = Transcoded::new(book.package.stream(found)?, encoding);
    let mut put = || -> std::io::Result<Vec<u8>> {
        let mut made = ZipWriter::new(Cursor::new(Vec::new()));
        let quick = SimpleFileOptions::default().compression_level(Some(1));
        for (name, content) in &parts {
            made.start_file(*name, quick)?;
            made.write_all(content.as_bytes())?;
        }
        made.start_file("xl/worksheets/sheet1.xml", quick)?;
        std::io::copy(&mut sheet, &mut made)?;
        Ok(made.finish()?.into_inner())
    };
    put().map_err(|error| Fault::in_part(part, &error))
}

/// Streams the cells. Where a cell's content has no type that calamine knows (`#SPILL!`), it can go on but has lost count of
/// the places; false then, and a second reader beside it, which looks at no contents, has to tell the places.
fn send(book: &Xlsx, around: &[u8], cells: &mut Ordered<'_>, counted: bool) -> Result<bool, Fault> {
    let fault = |error: XlsxError| Fault::damaged(format!("工作表的内容不合规（{error}）"));
    let mut workbook = Workbook::new(Cursor::new(around)).map_err(fault)?;
    let mut beside = if counted { Some(Workbook::new(Cursor::new(around)).map_err(fault)?) } else { None };
    let mut reader = match workbook.worksheet_cells_reader(SHEET) {
        Ok(reader) => reader,
        // A sheet without cells.
        Err(XlsxError::NotAWorksheet(root)) if local(root.as_bytes()) == b"worksheet" => return Ok(true),
        Err(error) => return Err(fault(error)),
    };
    let mut places = beside.as_mut().map(|beside| beside.worksheet_cells_reader(SHEET)).transpose().map_err(fault)?;
    loop {
        let (at, raw) = match reader.next_cell_with_formula_metadata() {
            Ok(None) => return Ok(true),
            Ok(Some(record)) => (Some(record.pos), raw(book, record)?),
            Err(XlsxError::CellError(shown)) => (None, Some(Raw::Error(shown))),
            Err(XlsxError::Unrecognized { val, .. }) => (None, cells::text(val.trim())),
            Err(error) => return Err(fault(error)),
        };
        let at = match &mut places {
            Some(places) => places.next_formula().map_err(fault)?.map(|cell| cell.get_position()),
            None => at,
        };
        match (at, raw) {
            (None, _) => return Ok(false),
            (Some((row, column)), Some(raw)) => cells.push(row, column, raw)?,
            _ => {}
        }
    }
}

fn raw(book: &Xlsx, record: XlsxCellFormulaMetadataRecord<'_>) -> Result<Option<Raw>, Fault> {
    let text = |text: &str| cells::check_length(text).map(|()| cells::text(text));
    Ok(match record.value {
        DataRef::Empty if record.formula.is_some() => Some(Raw::NoResult),
        DataRef::Empty => None,
        DataRef::SharedString(index) => return book.strings.get(number(index.as_bytes()).unwrap_or(usize::MAX)),
        DataRef::String(given) => text(&given)?,
        DataRef::Float(value) if value.is_finite() => Some(Raw::Number(value, Look::PLAIN)),
        DataRef::Float(value) => text(&value.to_string())?,
        DataRef::Int(value) => Some(Raw::Number(value as f64, Look::PLAIN)),
        DataRef::DateTime(at) => Some(match dates::from_serial(at.as_f64(), book.looks.counts_from_1904()) {
            Some(at) => Raw::DateTime(at, Look::PLAIN),
            None => Raw::Number(at.as_f64(), Look::PLAIN),
        }),
        DataRef::DateTimeIso(at) => dates::from_iso(&at)
            .map(|at| Raw::DateTime(at, Look::PLAIN))
            .map_or_else(|| text(&at), |at| Ok(Some(at)))?,
        DataRef::DurationIso(span) => text(&span)?,
        DataRef::Bool(value) => Some(Raw::Bool(value)),
        DataRef::Error(error) => Some(Raw::Error(error.to_string())),
    })
}
