//! OpenDocument spreadsheets (.ods): all sheets lie in one XML part.
//!
//! Its own reader, not calamine's, because calamine tells no merged ranges, takes a formula without a result and a cell
//! with text only for blank, lays out repeated rows in full, and reads on for ever where the part is cut off.
//! Opening goes through the part once and notes where each sheet starts; reading a sheet inflates up to there.

use std::collections::HashMap;

use super::cells::{self, COLUMNS, Ordered, ROWS};
use super::error::Fault;
use super::package::Package;
use super::xml::{Tag, Token, Xml, unescape};
use super::{Look, Looks, Merge, Raw, SheetName, dates, sniff};

const CONTENT: &str = "content.xml";

/// Reading all sheets may inflate so many bytes, since each is reached from the start of the part.
const MOST_INFLATED: u64 = 16 << 30;

/// So many cells may come out of "this one, repeated".
const MOST_REPEATED: u64 = 4 << 20;

#[derive(Debug)]
pub(super) struct Ods {
    package: Package,
    pub sheets: Vec<SheetName>,
    /// Where each sheet starts in the part.
    starts: Vec<u64>,
    looks: Looks,
}

impl Ods {
    pub fn looks(&self) -> &Looks {
        &self.looks
    }

    pub fn open(package: Package) -> Result<Ods, Fault> {
        if is_encrypted(&package)? {
            return Err(Fault::Encrypted);
        }
        if let Some(part) = package.find("mimetype")? {
            let kind = package.read(part, 256)?;
            if !sniff::is_spreadsheet_mime(&kind) {
                return Err(Fault::NotAWorkbook(format!(
                    "另一种 OpenDocument 文档（{}）",
                    String::from_utf8_lossy(&kind)
                )));
            }
        }
        let mut hidden_styles = HashMap::new();
        let mut style = String::new();
        let mut sheets = Vec::new();
        let mut starts = Vec::new();
        let mut in_spreadsheet = false;
        let mut found = false;
        let mut xml = Xml::new(package.stream(package.need(CONTENT)?)?, CONTENT)?;
        loop {
            let at = xml.position();
            match xml.next()? {
                Token::Start(tag) => match tag.name {
                    b"style:style" => style = tag.text(b"style:name")?.unwrap_or_default().into_owned(),
                    b"style:table-properties" => {
                        let shown = tag.attribute(b"table:display")? != Some(b"false");
                        hidden_styles.insert(style.clone(), !shown);
                        cells::check_formats(hidden_styles.len())?;
                    }
                    b"office:spreadsheet" => {
                        (in_spreadsheet, found) = (true, true);
                    }
                    b"table:table" if in_spreadsheet => {
                        let name = tag.text(b"table:name")?.unwrap_or_default().into_owned();
                        let style = tag.text(b"table:style-name")?.unwrap_or_default();
                        let hidden = hidden_styles.get(&*style) == Some(&true);
                        cells::add_sheet(&mut sheets, SheetName { name, hidden })?;
                        starts.push(at);
                        xml.skip()?;
                    }
                    // Tables of other documents, and of former versions of this one.
                    _ if in_spreadsheet => xml.skip()?,
                    _ => {}
                },
                Token::End(b"office:spreadsheet") => in_spreadsheet = false,
                Token::Eof => break,
                _ => {}
            }
        }
        xml.finish()?;
        if starts.iter().sum::<u64>() > MOST_INFLATED {
            return Err(Fault::too_large("工作表过多"));
        }
        if !found {
            return Err(Fault::NotAWorkbook("不含表格的 OpenDocument 文档".to_owned()));
        }
        Ok(Ods { package, sheets, starts, looks: Looks::default() })
    }

    pub fn read(&self, sheet: usize, cells: Ordered<'_>) -> Result<Vec<Merge>, Fault> {
        let mut xml = Xml::new(self.package.stream(self.package.need(CONTENT)?)?, CONTENT)?;
        xml.skip_to(self.starts[sheet])?;
        let mut table = Table { cells, row: 0, repeated: 0, line: Vec::new() };
        let mut depth = 0;
        loop {
            match xml.next()? {
                Token::Start(tag) => match tag.name {
                    b"table:table-row" => {
                        let times = count(tag, b"table:number-rows-repeated")?;
                        table.read_row(&mut xml, times)?;
                    }
                    // Groups of rows and columns hold rows like the sheet itself.
                    b"table:table" if depth == 0 => depth = 1,
                    b"table:table-rows" | b"table:table-header-rows" | b"table:table-row-group" => depth += 1,
                    _ => xml.skip()?,
                },
                Token::End(_) => {
                    depth -= 1;
                    if depth == 0 {
                        return table.cells.finish();
                    }
                }
                Token::Text { .. } => {}
                Token::Eof => return Err(xml.damaged("XML 不完整")),
            }
        }
    }
}

struct Table<'a> {
    cells: Ordered<'a>,
    row: u64,
    /// Cells sent so far that stand in the file only once.
    repeated: u64,
    /// The filled cells of the row at hand: first column, how often, what.
    line: Vec<(u64, u64, Raw)>,
}

impl Table<'_> {
    fn read_row(&mut self, xml: &mut Xml<'_>, times: u64) -> Result<(), Fault> {
        self.line.clear();
        let mut column: u64 = 0;
        loop {
            match xml.next()? {
                Token::Start(tag) if matches!(tag.name, b"table:table-cell" | b"table:covered-table-cell") => {
                    let cell = Cell::new(tag)?;
                    if cell.across > 1 || cell.down > 1 {
                        self.merge(column, &cell)?;
                    }
                    let repeated = cell.repeated;
                    if let Some(raw) = cell.read(xml)? {
                        self.line.push((column, repeated, raw));
                    }
                    column = column.saturating_add(repeated);
                }
                Token::Start(_) => xml.skip()?,
                Token::End(_) => break,
                Token::Text { .. } => {}
                Token::Eof => return Err(xml.damaged("XML 不完整")),
            }
        }
        let width = self.line.iter().map(|(_, repeated, _)| repeated).sum::<u64>();
        if width > 0 {
            self.repeated = self.repeated.saturating_add(width.saturating_mul(times) - self.line.len() as u64);
            if self.repeated > MOST_REPEATED {
                return Err(Fault::too_large(format!("重复的单元格超过 {MOST_REPEATED} 个")));
            }
            for row in self.row..self.row.saturating_add(times) {
                for (first, repeated, raw) in &self.line {
                    for column in *first..first.saturating_add(*repeated) {
                        self.cells.push(clamp(row), clamp(column), raw.clone())?;
                    }
                }
            }
        }
        self.row = self.row.saturating_add(times);
        Ok(())
    }

    /// A merged range may reach over the edge of the sheet where a program fills it up with repeated rows.
    fn merge(&mut self, column: u64, cell: &Cell) -> Result<(), Fault> {
        if self.row >= u64::from(ROWS) || column >= u64::from(COLUMNS) {
            return Ok(());
        }
        let bottom = (self.row + cell.down - 1).min(u64::from(ROWS) - 1);
        let right = (column + cell.across - 1).min(u64::from(COLUMNS) - 1);
        self.cells.merge((clamp(self.row), clamp(column), clamp(bottom), clamp(right)))
    }
}

/// A position as the cells take it; one that does not fit is beyond every bound and refused there.
fn clamp(position: u64) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// What a cell's tag says.
struct Cell {
    repeated: u64,
    across: u64,
    down: u64,
    formula: bool,
    kind: Kind,
    /// The value that the tag gives; a text's value mostly stands inside.
    value: Option<String>,
    error: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Untold,
    Number,
    Date,
    Time,
    Bool,
    Text,
}

impl Cell {
    fn new(tag: Tag<'_>) -> Result<Cell, Fault> {
        let mut cell =
            Cell { repeated: 1, across: 1, down: 1, formula: false, kind: Kind::Untold, value: None, error: false };
        for attribute in tag.attributes() {
            let (key, value) = attribute?;
            match key {
                b"table:number-columns-repeated" => cell.repeated = whole(value)?,
                b"table:number-columns-spanned" => cell.across = whole(value)?,
                b"table:number-rows-spanned" => cell.down = whole(value)?,
                b"table:formula" => cell.formula = true,
                b"calcext:value-type" => cell.error = value == b"error",
                b"office:value-type" => {
                    cell.kind = match value {
                        b"float" | b"percentage" | b"currency" => Kind::Number,
                        b"date" => Kind::Date,
                        b"time" => Kind::Time,
                        b"boolean" => Kind::Bool,
                        b"string" => Kind::Text,
                        _ => Kind::Untold,
                    }
                }
                b"office:value"
                | b"office:date-value"
                | b"office:time-value"
                | b"office:boolean-value"
                | b"office:string-value" => cell.value = Some(unescape(value)?.into_owned()),
                _ => {}
            }
        }
        Ok(cell)
    }

    /// Reads to the end of the cell and tells what it holds.
    fn read(self, xml: &mut Xml<'_>) -> Result<Option<Raw>, Fault> {
        let mut shown = String::new();
        let paragraphs = read_text(xml, &mut shown)?;
        if self.error || (self.formula && is_error(&shown)) {
            return Ok(Some(Raw::Error(if shown.is_empty() { "#错误".to_owned() } else { shown })));
        }
        let value = match (self.kind, self.value) {
            (Kind::Text, Some(value)) if !value.is_empty() => value,
            (Kind::Text | Kind::Untold, _) if !shown.is_empty() => shown,
            (Kind::Text, Some(_)) => return Ok(None),
            (_, Some(value)) if !value.trim().is_empty() => value,
            // An empty text is a result, which LibreOffice also writes without its type; no text at all is none.
            _ if self.formula && (paragraphs == 0 || !matches!(self.kind, Kind::Text | Kind::Untold)) => {
                return Ok(Some(Raw::NoResult));
            }
            _ => return Ok(cells::text(&shown)),
        };
        let plain = value.trim();
        let typed = match self.kind {
            Kind::Number => {
                plain.parse().ok().filter(|value: &f64| value.is_finite()).map(|value| Raw::Number(value, Look::PLAIN))
            }
            Kind::Date => dates::from_iso(plain).map(|at| Raw::DateTime(at, Look::PLAIN)),
            Kind::Time => dates::from_duration(plain).map(|days| Raw::Number(days, Look::PLAIN)),
            Kind::Bool => match plain {
                "true" | "TRUE" => Some(Raw::Bool(true)),
                "false" | "FALSE" => Some(Raw::Bool(false)),
                _ => None,
            },
            Kind::Text | Kind::Untold => None,
        };
        // What does not fit its type is kept as the text it is, so that it is shown and found fault with.
        Ok(typed.or_else(|| cells::text(&value)))
    }
}

/// The paragraphs up to the end of the cell, a line each, and how many there are. Notes, drawings and readings are left out.
fn read_text(xml: &mut Xml<'_>, into: &mut String) -> Result<u32, Fault> {
    let (mut depth, mut paragraphs, mut in_paragraph) = (1, 0, 0);
    while depth > 0 {
        match xml.next()? {
            Token::Start(tag) => match tag.name {
                b"text:p" | b"text:h" => {
                    if paragraphs > 0 {
                        cells::append(into, "\n")?;
                    }
                    paragraphs += 1;
                    depth += 1;
                    in_paragraph += 1;
                }
                b"text:s" => {
                    let spaces = count(tag, b"text:c")?;
                    for _ in 0..spaces {
                        cells::append(into, " ")?;
                    }
                    depth += 1;
                }
                b"text:tab" => {
                    cells::append(into, "\t")?;
                    depth += 1;
                }
                b"text:line-break" => {
                    cells::append(into, "\n")?;
                    depth += 1;
                }
                b"office:annotation" | b"text:ruby-text" | b"text:note" | b"table:table" => xml.skip()?,
                name if name.starts_with(b"draw:") => xml.skip()?,
                _ => depth += 1,
            },
            Token::End(name) => {
                depth -= 1;
                if matches!(name, b"text:p" | b"text:h") {
                    in_paragraph -= 1;
                }
            }
            Token::Text { raw, cdata } if in_paragraph > 0 => {
                let text = if cdata { String::from_utf8_lossy(raw) } else { unescape(raw)? };
                cells::append(into, &text)?;
            }
            Token::Text { .. } => {}
            Token::Eof => return Err(xml.damaged("XML 不完整")),
        }
    }
    Ok(paragraphs)
}

/// Whether a formula's text is an error as spreadsheet programs show it.
fn is_error(text: &str) -> bool {
    matches!(text, "#REF!" | "#N/A" | "#DIV/0!" | "#VALUE!" | "#NAME?" | "#NUM!" | "#NULL!" | "#SPILL!" | "#CALC!")
        || text.strip_prefix("Err:").is_some_and(|code| !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()))
}

fn count(tag: Tag<'_>, name: &[u8]) -> Result<u64, Fault> {
    tag.attribute(name)?.map_or(Ok(1), whole)
}

/// A count; where it is 0 or no number, what it counts would be anybody's guess.
fn whole(digits: &[u8]) -> Result<u64, Fault> {
    let text = std::str::from_utf8(digits).unwrap_or_default();
    text.trim()
        .parse::<u32>()
        .ok()
        .filter(|&count| count > 0)
        .map(u64::from)
        .ok_or_else(|| Fault::damaged(format!("重复或跨越的次数「{text}」不合规")))
}

/// Whether the container's list of parts says that some are encrypted.
fn is_encrypted(package: &Package) -> Result<bool, Fault> {
    const LIST: &str = "META-INF/manifest.xml";
    let Some(part) = package.find(LIST)? else { return Ok(false) };
    let mut xml = Xml::new(package.stream(part)?, LIST)?;
    loop {
        match xml.next()? {
            Token::Start(tag) if tag.local() == b"encryption-data" => return Ok(true),
            Token::Eof => return Ok(false),
            _ => {}
        }
    }
}
