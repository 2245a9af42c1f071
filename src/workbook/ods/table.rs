//! The rows and cells of a sheet of an OpenDocument spreadsheet.

use super::super::cells::{self, COLUMNS, Ordered, ROWS};
use super::super::error::Refusal;
use super::super::xml::{Tag, Token, Xml, unescape};
use super::super::{Look, Raw, Sink, dates, look};
use super::Ods;
use super::code::StyleKind;

/// So many cells may come out of "this one, repeated".
const MOST_REPEATED: u64 = 4 << 20;

/// Reads the sheet whose tag comes next.
pub(super) fn read<S: Sink>(mut xml: Xml<'_>, book: &Ods, cells: &mut Ordered<'_, S>) -> Result<(), Refusal> {
    let mut table = OdsTable { book, cells, columns: Vec::new(), width: 0, row: 0, repeated: 0, line: Vec::new() };
    let mut depth = 0;
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name {
                "table:table-row" => {
                    let times = count(tag, "table:number-rows-repeated")?;
                    let style = tag.text("table:default-cell-style-name")?.into_owned();
                    table.read_row(&mut xml, times, &style)?;
                }
                "table:table-column" => {
                    table.add_columns(tag)?;
                    xml.skip()?;
                }
                // Groups of rows and columns hold rows like the sheet itself.
                "table:table" if depth == 0 => depth = 1,
                "table:table-rows"
                | "table:table-header-rows"
                | "table:table-row-group"
                | "table:table-columns"
                | "table:table-header-columns"
                | "table:table-column-group" => depth += 1,
                _ => xml.skip()?,
            },
            Token::End(_) => {
                depth -= 1;
                if depth == 0 {
                    return Ok(());
                }
            }
            Token::Text(_) => {}
            Token::Eof => return Err(xml.unfinished()),
        }
    }
}

struct OdsTable<'b, 'a, S> {
    book: &'b Ods,
    cells: &'b mut Ordered<'a, S>,
    /// The styles of cells that have none of their own: up to which column each.
    columns: Vec<(u64, String)>,
    /// How many columns have been told.
    width: u64,
    row: u64,
    /// Cells sent so far that stand in the file only once.
    repeated: u64,
    /// The filled cells of the row at hand: first column, how often, what.
    line: Vec<(u64, u64, Raw<'static>)>,
}

impl<S: Sink> OdsTable<'_, '_, S> {
    /// Notes the style that columns lend to their cells.
    fn add_columns(&mut self, tag: Tag<'_>) -> Result<(), Refusal> {
        self.width = self.width.saturating_add(count(tag, "table:number-columns-repeated")?);
        self.columns.push((self.width, tag.text("table:default-cell-style-name")?.into_owned()));
        cells::check_formats(self.columns.len())
    }

    /// The style of a cell without one: its row's, else its column's.
    fn lent<'s>(&'s self, row: &'s str, column: u64) -> &'s str {
        if !row.is_empty() {
            return row;
        }
        let at = self.columns.partition_point(|(end, _)| *end <= column);
        self.columns.get(at).map_or("", |(_, style)| style)
    }

    fn read_row(&mut self, xml: &mut Xml<'_>, times: u64, style: &str) -> Result<(), Refusal> {
        self.line.clear();
        let mut column: u64 = 0;
        while let Some(tag) = xml.child()? {
            if !matches!(tag.name, "table:table-cell" | "table:covered-table-cell") {
                xml.skip()?;
                continue;
            }
            let cell = OdsCell::new(tag)?;
            if cell.across > 1 || cell.down > 1 {
                self.merge(column, &cell)?;
            }
            let repeated = cell.repeated;
            self.read_cell(xml, cell, column, style)?;
            column = column.saturating_add(repeated);
        }
        let width = self.line.iter().map(|(_, repeated, _)| repeated).sum::<u64>();
        if width > 0 {
            self.repeated = self.repeated.saturating_add(width.saturating_mul(times) - self.line.len() as u64);
            if self.repeated > MOST_REPEATED {
                return Err(Refusal::too_large(format!("重复的单元格超过 {MOST_REPEATED} 个")));
            }
            for row in self.row..self.row.saturating_add(times) {
                for (first, repeated, raw) in &self.line {
                    for column in *first..first.saturating_add(*repeated) {
                        let content = match raw {
                            Raw::Text(text) => Raw::Text((&**text).into()),
                            other => other.clone(),
                        };
                        self.cells.put((clamp(row), clamp(column)), Some(content))?;
                    }
                }
            }
        }
        self.row = self.row.saturating_add(times);
        Ok(())
    }

    /// Reads a cell to its end. One that is repeated over columns which lend different styles is one for each of them.
    fn read_cell(&mut self, xml: &mut Xml<'_>, cell: OdsCell, column: u64, row_style: &str) -> Result<(), Refusal> {
        let end = column.saturating_add(cell.repeated);
        let Some(held) = cell.read(xml)? else { return Ok(()) };
        let mut from = column;
        while from < end {
            let (style, to) = match &held.style {
                Some(style) => (style.as_str(), end),
                None => {
                    let at = self.columns.partition_point(|(end, _)| *end <= from);
                    let to = self.columns.get(at).map_or(end, |(to, _)| *to).min(end);
                    (self.lent(row_style, from), to)
                }
            };
            let raw = held.raw(self.book, style);
            self.line.push((from, to - from, raw));
            from = to;
        }
        Ok(())
    }

    /// A merged range may reach over the edge of the sheet where a program fills it up with repeated rows.
    fn merge(&mut self, column: u64, cell: &OdsCell) -> Result<(), Refusal> {
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
#[derive(Default)]
struct OdsCell {
    repeated: u64,
    across: u64,
    down: u64,
    /// None: the row or the column lends one.
    style: Option<String>,
    formula: bool,
    /// None where the tag does not tell.
    kind: Option<StyleKind>,
    /// The value that the tag gives; a text's value mostly stands inside.
    value: Option<String>,
    error: bool,
}

impl OdsCell {
    fn new(tag: Tag<'_>) -> Result<OdsCell, Refusal> {
        let mut cell = OdsCell { repeated: 1, across: 1, down: 1, ..OdsCell::default() };
        for attribute in tag.attributes() {
            let (key, value) = attribute?;
            match &*key {
                "table:number-columns-repeated" => cell.repeated = whole(value)?,
                "table:number-columns-spanned" => cell.across = whole(value)?,
                "table:number-rows-spanned" => cell.down = whole(value)?,
                "table:style-name" => cell.style = Some(unescape(value)?.into_owned()),
                "table:formula" => cell.formula = true,
                "calcext:value-type" => cell.error = value == "error",
                "office:value-type" => {
                    cell.kind = match value {
                        "float" | "currency" => Some(StyleKind::Number),
                        "percentage" => Some(StyleKind::Percent),
                        "date" => Some(StyleKind::Date),
                        "time" => Some(StyleKind::Time),
                        "boolean" => Some(StyleKind::Bool),
                        "string" => Some(StyleKind::Text),
                        _ => None,
                    }
                }
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value"
                | "office:string-value" => cell.value = Some(unescape(value)?.into_owned()),
                _ => {}
            }
        }
        Ok(cell)
    }

    /// Reads to the end of the cell and tells what it holds; none where that is nothing.
    fn read(self, xml: &mut Xml<'_>) -> Result<Option<HeldCell>, Refusal> {
        let mut shown = String::new();
        let paragraphs = read_text(xml, &mut shown)?;
        let OdsCell { style, kind, formula, .. } = self;
        let held = |what, style| Ok(Some(HeldCell { what, kind, style, shown: String::new() }));
        if self.error || (formula && is_error(&shown)) {
            return held(Raw::Error(if shown.is_empty() { "#错误".to_owned() } else { shown }), style);
        }
        let value = match (kind, self.value) {
            // What is seen stands inside, where the value is another.
            (Some(StyleKind::Text), Some(value)) if !value.is_empty() => return Ok(text(&value, style, shown)),
            (Some(StyleKind::Text) | None, _) if !shown.is_empty() => {
                return Ok(text(&shown, style, String::new()));
            }
            (Some(StyleKind::Text), Some(_)) => return Ok(None),
            (_, Some(value)) if !value.trim().is_empty() => value,
            // An empty text is a result, which LibreOffice also writes without its type; no text at all is none.
            _ if formula && (paragraphs == 0 || !matches!(kind, Some(StyleKind::Text) | None)) => {
                return held(Raw::NoResult, style);
            }
            _ => return Ok(text(&shown, style, String::new())),
        };
        let plain = value.trim();
        let number = |number: f64| number.is_finite().then_some(Raw::Number(number, Look::PLAIN));
        let typed = match kind {
            Some(StyleKind::Number | StyleKind::Percent) => plain.parse().ok().and_then(number),
            Some(StyleKind::Date) => dates::from_iso(plain).map(|at| Raw::DateTime(at, Look::PLAIN)),
            Some(StyleKind::Time) => dates::from_duration(plain).and_then(number),
            Some(StyleKind::Bool) => match plain {
                "true" | "TRUE" => Some(Raw::Bool(true)),
                "false" | "FALSE" => Some(Raw::Bool(false)),
                _ => None,
            },
            Some(StyleKind::Text) | None => None,
        };
        // What does not fit its type is kept as the text it is, so that it is shown and found fault with.
        Ok(match typed {
            Some(what) => Some(HeldCell { what, kind, style, shown }),
            None => text(&value, style, shown),
        })
    }
}

/// A filled cell before its style is known.
struct HeldCell {
    what: Raw<'static>,
    kind: Option<StyleKind>,
    style: Option<String>,
    /// What the program that wrote the file saw of a number, or of a text that is told beside it; else empty.
    shown: String,
}

/// LibreOffice writes a formula's truth value as the number that it is, beside what is seen of it (TRUE, 真): no digit.
fn is_truth_value(number: f64, shown: &str) -> bool {
    (number == 0.0 || number == 1.0) && !shown.trim().is_empty() && !shown.contains(char::is_numeric)
}

/// A cell of that text, beside which another is seen; none for a blank one.
fn text(text: &str, style: Option<String>, shown: String) -> Option<HeldCell> {
    let what = || Raw::Text(text.to_owned().into());
    (!text.is_empty()).then(|| HeldCell { what: what(), kind: Some(StyleKind::Text), style, shown })
}

impl HeldCell {
    /// What it holds, seen in that style.
    fn raw(&self, book: &Ods, style: &str) -> Raw<'static> {
        let format = book.formats.of(style);
        match (&self.what, self.kind) {
            (Raw::Number(number, _), kind) => {
                let look = match kind {
                    Some(StyleKind::Percent) => book.formats.percent(format, &self.shown),
                    Some(StyleKind::Time) => book.formats.time(format),
                    _ => format.look,
                };
                if look == Look::PLAIN && is_truth_value(*number, &self.shown) {
                    return Raw::Bool(*number == 1.0);
                }
                book.looks.raw(*number, look)
            }
            (Raw::DateTime(at, _), _) => book.looks.moment(*at, format.look),
            (Raw::Text(text), _) if !self.shown.is_empty() && !look::is_same(text, &self.shown) => {
                self.what.clone().seen_as(self.shown.as_str())
            }
            (Raw::Text(text), _) => book.looks.veiled(text, format.look).unwrap_or_else(|| self.what.clone()),
            (other, _) => other.clone(),
        }
    }
}

/// The paragraphs up to the end of the cell, a line each, and how many there are. Notes, drawings and readings are left out.
fn read_text(xml: &mut Xml<'_>, into: &mut String) -> Result<u32, Refusal> {
    let (mut depth, mut paragraphs, mut in_paragraph) = (1, 0, 0);
    while depth > 0 {
        match xml.next()? {
            Token::Start(tag) => match tag.name {
                "text:p" | "text:h" => {
                    if paragraphs > 0 {
                        cells::append(into, "\n")?;
                    }
                    paragraphs += 1;
                    depth += 1;
                    in_paragraph += 1;
                }
                "text:s" => {
                    let spaces = count(tag, "text:c")?;
                    for _ in 0..spaces {
                        cells::append(into, " ")?;
                    }
                    depth += 1;
                }
                "text:tab" => {
                    cells::append(into, "\t")?;
                    depth += 1;
                }
                "text:line-break" => {
                    cells::append(into, "\n")?;
                    depth += 1;
                }
                "office:annotation" | "text:ruby-text" | "text:note" | "table:table" => xml.skip()?,
                name if name.starts_with("draw:") => xml.skip()?,
                _ => depth += 1,
            },
            Token::End(name) => {
                depth -= 1;
                if matches!(name, "text:p" | "text:h") {
                    in_paragraph -= 1;
                }
            }
            Token::Text(text) if in_paragraph > 0 => cells::append(into, &text)?,
            Token::Text(_) => {}
            Token::Eof => return Err(xml.unfinished()),
        }
    }
    Ok(paragraphs)
}

/// Whether a formula's text is an error as spreadsheet programs show it.
fn is_error(text: &str) -> bool {
    matches!(text, "#REF!" | "#N/A" | "#DIV/0!" | "#VALUE!" | "#NAME?" | "#NUM!" | "#NULL!" | "#SPILL!" | "#CALC!")
        || text.strip_prefix("Err:").is_some_and(|code| !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()))
}

fn count(tag: Tag<'_>, name: &str) -> Result<u64, Refusal> {
    tag.attribute(name)?.map_or(Ok(1), whole)
}

/// A count; where it is 0 or no number, what it counts would be anybody's guess.
fn whole(text: &str) -> Result<u64, Refusal> {
    text.trim()
        .parse::<u32>()
        .ok()
        .filter(|&count| count > 0)
        .map(u64::from)
        .ok_or_else(|| Refusal::damaged(format!("重复或跨越的次数「{text}」不合规")))
}
