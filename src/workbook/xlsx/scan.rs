//! A sheet in the plain form that spreadsheet programs write, scanned byte by byte and sent cell by cell.
//!
//! It exists for its speed, several times that of the general way (`cargo bench -- cells`). What is not
//! plain (other encodings, prefixes, comments, rich text in a cell, cells out of order) stops it, and [`super::general`]
//! reads the sheet. What a cell holds is decided in [`super::cell`].

use std::borrow::Cow;

use super::super::cells::{self, Bounds};
use super::super::plain::{Cursor, Outer, Stop, Surroundings, Window, shown};
use super::super::xml::unescape;
use super::super::{Merge, Sink};
use super::cell::{CellContent, CellText, CellType, Manner, Range, content};
use super::usual::{self, Digits};
use super::{Xlsx, address, merged, number, row_number, unescape_units};

/// Sends the cells of a sheet; the merged ranges come back.
pub(super) fn read<S: Sink>(book: &Xlsx, part: &str, sink: &mut S) -> Result<Vec<Merge>, Stop> {
    let mut window = Window::new(book.package.stream(book.package.need(part)?)?, part)?;
    let mut sheet = SheetScan::new(book, sink);
    window.walk(|cursor| sheet.step(cursor))?;
    window.finish()?;
    Ok(sheet.merges)
}

/// A sheet on its way.
struct SheetScan<'a, S> {
    book: &'a Xlsx,
    sink: &'a mut S,
    outside: Surroundings,
    bounds: Bounds,
    in_data: bool,
    in_row: bool,
    has_data: bool,
    row: u32,
    column: u32,
    /// The row's number as its tag has it.
    digits: Digits,
    merges: Vec<Merge>,
    manner: Manner,
}

impl<'a, S: Sink> SheetScan<'a, S> {
    fn new(book: &'a Xlsx, sink: &'a mut S) -> SheetScan<'a, S> {
        SheetScan {
            book,
            sink,
            outside: Surroundings::default(),
            bounds: Bounds::default(),
            in_data: false,
            in_row: false,
            has_data: false,
            row: 0,
            column: 0,
            digits: Digits::default(),
            merges: Vec::new(),
            manner: Manner::default(),
        }
    }

    fn step(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Stop> {
        if self.in_data { self.inside(cursor) } else { self.outside(cursor) }
    }

    /// One tag of what stands before and behind the cells.
    fn outside(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Stop> {
        let name = match self.outside.next(cursor, b"worksheet")? {
            Outer::Start(name) => name,
            Outer::Passed => return Ok(true),
            Outer::End => return Ok(false),
        };
        let mut merge = None;
        let manner = &mut self.manner;
        let closed = cursor.attributes(|key, value| {
            match name {
                b"mergeCell" if key == b"ref" => merge = Some(merged(value)?),
                b"sheetView" => manner.view(key, value),
                _ => {}
            }
            Ok(())
        })?;
        if name == b"sheetData" {
            if !self.outside.is_at_root() || self.has_data {
                return Err(Stop::Unknown);
            }
            self.has_data = true;
            self.in_data = !closed;
        }
        if let Some(merge) = merge {
            cells::add_merge(&mut self.merges, merge)?;
        }
        self.outside.open(name, closed)?;
        Ok(true)
    }

    /// One cell, or the start or end of a row.
    fn inside(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Stop> {
        if self.in_row
            && let Some((column, content, length)) = usual::cell(self.book, cursor.rest(), &self.digits)
        {
            self.put(self.row, column, content)?;
            cursor.skip(length);
            return Ok(true);
        }
        cursor.blanks();
        if self.in_row {
            if cursor.take(b"</row>")? {
                self.in_row = false;
                self.row += 1;
                self.column = 0;
                return Ok(true);
            }
            cursor.need(b"<c")?;
            let (at, given) = cell(cursor)?;
            let (row, column) = at.unwrap_or((self.row, self.column));
            let range = given.range;
            let content = content(self.book, (row, column), given)?;
            self.manner.formula(self.book, row, range)?;
            self.digits.forget_unless(row, self.row);
            self.put(row, column, content)?;
        } else if cursor.take(b"<row")? {
            let (mut at, mut digits) = (None, Digits::default());
            let closed = cursor.attributes(|key, value| {
                if key == b"r" {
                    let row = row_number(value)?;
                    (at, digits) = (Some(row), Digits::new(value));
                }
                Ok(())
            })?;
            self.digits = digits;
            self.row = at.unwrap_or(self.row) + u32::from(closed);
            self.column = 0;
            self.in_row = !closed;
        } else {
            cursor.need(b"</sheetData>")?;
            self.outside.close();
            self.in_data = false;
        }
        Ok(true)
    }

    fn put(&mut self, row: u32, column: u32, content: CellContent<'_, '_>) -> Result<(), Stop> {
        let content = if self.manner.is_plain() { content } else { self.manner.seen(row, column, content) };
        if !matches!(content, CellContent::Blank) && !self.bounds.next(row, column, content.own_text())? {
            return Err(Stop::Unknown);
        }
        content.send(row, column, self.sink)?;
        (self.row, self.column) = (row, column + 1);
        Ok(())
    }
}

/// A cell whose `<c` has just been passed: where it says it stands, and what stands in it.
fn cell<'a>(cursor: &mut Cursor<'a>) -> Result<(Option<(u32, u32)>, CellText<'a>), Stop> {
    let (mut at, mut given) = (None, CellText::default());
    let closed = cursor.attributes(|key, value| {
        match key {
            b"r" => at = Some(address(value)?),
            b"s" => given.style = number(value).unwrap_or_default(),
            b"t" => given.kind = CellType::new(value),
            _ => {}
        }
        Ok(())
    })?;
    if closed {
        return Ok((at, given));
    }
    loop {
        cursor.blanks();
        if cursor.take(b"<v>")? {
            given.value = Some(unescape(cursor.text()?)?);
            cursor.need(b"</v>")?;
        } else if cursor.take(b"</c>")? {
            return Ok((at, given));
        } else if cursor.take(b"<f")? {
            let mut range = Range::default();
            let closed = cursor.attributes(|key, value| {
                range.attribute(key, value);
                Ok(())
            })?;
            if !closed {
                unescape(cursor.text()?)?;
                cursor.need(b"</f>")?;
            }
            (given.formula, given.range) = (true, range.get());
        } else if cursor.take(b"<is>")? {
            cursor.need(b"<t")?;
            given.inline = Some(shown(cursor)?);
            cursor.need(b"</is>")?;
        } else if cursor.take(b"<extLst>")? {
            cursor.pass(b"</extLst>")?;
        } else {
            cursor.need(b"<v")?;
            given.value = Some(Cow::Borrowed(""));
            if !cursor.attributes(|_, _| Ok(()))? {
                given.value = Some(unescape(cursor.text()?)?);
                cursor.need(b"</v>")?;
            }
        }
    }
}

/// The shared strings where each is a text without formatting; readings of it in another script may stand beside.
pub(super) fn strings(window: &mut Window<'_>) -> Result<cells::Strings, Stop> {
    let mut outside = Surroundings::default();
    let mut strings = cells::Strings::default();
    window.walk(|cursor| {
        let name = match outside.next(cursor, b"sst")? {
            Outer::Start(name) => name,
            Outer::Passed => return Ok(true),
            Outer::End => return Ok(false),
        };
        let mut closed = cursor.attributes(|_, _| Ok(()))?;
        if name == b"si" && outside.is_at_root() {
            let mut text = Cow::Borrowed("");
            while !closed {
                cursor.blanks();
                if cursor.take(b"<t")? {
                    if !text.is_empty() {
                        return Err(Stop::Unknown);
                    }
                    text = shown(cursor)?;
                } else if cursor.take(b"<phoneticPr")? {
                    if !cursor.attributes(|_, _| Ok(()))? {
                        return Err(Stop::Unknown);
                    }
                } else {
                    cursor.need(b"</si>")?;
                    closed = true;
                }
            }
            cells::check_length(&text)?;
            strings.push(&unescape_units(&text))?;
        }
        outside.open(name, closed)?;
        Ok(true)
    })?;
    Ok(strings)
}
