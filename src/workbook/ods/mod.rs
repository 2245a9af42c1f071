//! OpenDocument spreadsheets (.ods): all sheets lie in one XML part.
//!
//! Its own reader, not calamine's, because calamine tells no merged ranges, takes a formula without a result and a cell
//! with text only for blank, lays out repeated rows in full, and reads on for ever where the part is cut off.
//! Opening goes through the part once and notes where each sheet starts; reading a sheet inflates up to there.
//! [`styles`] and [`code`] tell how a cell's style shows what it holds.

mod code;
mod settings;
mod styles;
mod table;

use super::cells::{self, Ordered};
use super::error::Refusal;
use super::names::Prefixes;
use super::package::Package;
use super::xml::{Token, Xml};
use super::{Looks, SheetName, Sink, sniff};
use styles::{Formats, Styles};

const CONTENT: &str = "content.xml";
const STYLES: &str = "styles.xml";

/// Reading all sheets may inflate so many bytes, since each is reached from the start of the part.
const MOST_INFLATED: u64 = 16 << 30;

/// No honest list of parts is bigger than this.
const MOST_LIST: u64 = 16 << 20;

#[derive(Debug)]
pub(super) struct Ods {
    package: Package,
    pub sheets: Vec<SheetName>,
    /// Where each sheet starts in the part, and what prefixes stand for there.
    starts: Vec<(u64, Prefixes)>,
    pub looks: Looks,
    formats: Formats,
    zeros: bool,
}

impl Ods {
    pub fn open(package: Package) -> Result<Ods, Refusal> {
        if is_encrypted(&package)? {
            return Err(Refusal::Encrypted);
        }
        if let Some(part) = package.find("mimetype")? {
            let kind = package.read(part, 256)?;
            if !sniff::is_spreadsheet_mime(&kind) {
                return Err(Refusal::NotAWorkbook(format!(
                    "另一种 OpenDocument 文档（{}）",
                    String::from_utf8_lossy(&kind)
                )));
            }
        }
        let mut styles = Styles::default();
        let mut looks = Looks::default();
        if let Some(part) = package.find(STYLES)? {
            let mut xml = Xml::named(package.stream(part)?, STYLES)?;
            while let Some(tag) = xml.next_tag()? {
                match tag.name {
                    "office:styles" => styles.read(&mut xml, false)?,
                    // Those of printed pages.
                    "office:automatic-styles" => xml.skip()?,
                    _ => {}
                }
            }
        }
        let mut sheets = Vec::new();
        let mut starts = Vec::new();
        let mut found = false;
        let mut xml = Xml::named(package.stream(package.need(CONTENT)?)?, CONTENT)?;
        while let Some(tag) = xml.next_tag()? {
            match tag.name {
                "office:automatic-styles" => styles.read(&mut xml, true)?,
                "office:spreadsheet" => {
                    found = true;
                    read_tables(&mut xml, &styles, &mut looks, (&mut sheets, &mut starts))?;
                }
                _ => {}
            }
        }
        if starts.iter().map(|(at, _)| at).sum::<u64>() > MOST_INFLATED {
            return Err(Refusal::too_large("工作表过多"));
        }
        if !found {
            return Err(Refusal::NotAWorkbook("不含表格的 OpenDocument 文档".to_owned()));
        }
        let formats = styles.formats(&mut looks)?;
        let zeros = settings::shows_zeros(&package)?;
        drop(xml);
        Ok(Ods { package, sheets, starts, looks, formats, zeros })
    }

    pub fn read<S: Sink>(&self, sheet: usize, cells: &mut Ordered<'_, S>) -> Result<(), Refusal> {
        let mut xml = Xml::named(self.package.stream(self.package.need(CONTENT)?)?, CONTENT)?;
        xml.resume(&self.starts[sheet])?;
        cells.hides_zeros = !self.zeros;
        table::read(xml, self, cells)
    }
}

/// Lists the sheets inside the tag of a spreadsheet, to its end.
fn read_tables(
    xml: &mut Xml<'_>,
    styles: &Styles,
    looks: &mut Looks,
    (sheets, starts): (&mut Vec<SheetName>, &mut Vec<(u64, Prefixes)>),
) -> Result<(), Refusal> {
    loop {
        let start = xml.place();
        match xml.next()? {
            Token::Start(tag) => match tag.name {
                "table:table" => {
                    let name = tag.text("table:name")?.into_owned();
                    let hidden = styles.hidden.get(&*tag.text("table:style-name")?) == Some(&true);
                    // What is kept of another workbook bears that one's address: 'file:///…'#sheet.
                    if !(name.starts_with('\'') && name.contains("'#")) {
                        cells::add_sheet(sheets, SheetName { name, hidden })?;
                        starts.push(start);
                    }
                    xml.skip()?;
                }
                "table:calculation-settings" => read_null_date(xml, looks)?,
                // Tables of other documents, and of former versions of this one.
                _ => xml.skip()?,
            },
            Token::End(_) => return Ok(()),
            Token::Text(_) => {}
            Token::Eof => return Err(xml.unfinished()),
        }
    }
}

/// The day from which serials count, inside the settings of calculation.
fn read_null_date(xml: &mut Xml<'_>, looks: &mut Looks) -> Result<(), Refusal> {
    while let Some(tag) = xml.child()? {
        // It may come with a time of nought.
        if tag.name == "table:null-date"
            && let Some(day) = tag.text("table:date-value")?.trim().get(..10).and_then(|day| day.parse().ok())
        {
            looks.count_from(day);
        }
        xml.skip()?;
    }
    Ok(())
}

/// Whether the container's list of parts says that some are encrypted. Nothing else is asked of it, so it is not parsed:
/// OpenOffice 2 put a document type in front of it.
fn is_encrypted(package: &Package) -> Result<bool, Refusal> {
    const LIST: &str = "META-INF/manifest.xml";
    let Some(part) = package.find(LIST)? else { return Ok(false) };
    let list = package.read(part, MOST_LIST)?;
    Ok(memchr::memmem::find(&list, b"encryption-data").is_some())
}
