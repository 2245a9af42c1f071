//! Reads workbooks of any format: finds them, tells what they are by content, and streams the cells of their sheets.
//!
//! Cells come row by row, left to right, with absolute zero-based positions; merged ranges are told beside them. No
//! meaning is given to a cell here beyond what its file says: a text, a number, a date, an error, a formula without a result.
//!
//! Invariants:
//! - What calls itself a workbook is read or named in an [`Error`], never left out.
//! - A cell is sent as stored or the sheet is refused; nothing broken is sent as blank, and nothing is guessed.
//! - No file makes this module panic, loop or take memory in proportion to what the file *claims*. Memory is the file's bytes
//!   (at most 256 MiB), its shared strings (at most 512 MiB) and one window on the part being read
//!   per thread.
//!
//! Who reads what, and why:
//! - .xlsx and .xlsm: quick-xml, token by token, but for what nearly every program writes nearly always: that is looked at
//!   where it lies (`xlsx::usual`), because reading is most of a big run. The tests read every workbook with and without it
//!   ([`Parser`]). calamine decides nothing here: it tells no number formats and no hidden zeros, needs a workbook made
//!   around each sheet, and takes CDATA for blank, `8&#54;` for 8 and a broken string index for string 0, so that every
//!   cell had to be read beside it. It is the second opinion of the tests, which agree with it wherever it is right and
//!   hold every known difference (`opinion`).
//! - .xlsb: our own reader. calamine's streaming one passes over the error result of a formula (a broken cell would be a
//!   blank), tells no merged ranges (a stacked header needs them) and indexes out of bounds where a record is short.
//! - .xls and .ods: our own readers, streaming. calamine lays out the grid of these formats, so that two far-away cells of a
//!   2 KiB file abort the process; it could only be run in a child process with a cap on its memory, which each platform
//!   does in its own way. Nor does it tell formulas without a result, or merged ranges of .ods, and a cut-off .ods holds it for ever.
//! - The zip container's directory is the `zip` crate's, the compound file's streams are cfb's, deflate flate2's, XML quick-xml's, encodings are encoding_rs's.

mod biff;
mod cells;
mod dates;
mod error;
mod look;
mod names;
mod ods;
mod ole;
mod opc;
mod own;
mod package;
mod sniff;
mod walk;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};

pub(crate) use cells::TextStore;
pub use error::Error;
pub use look::{DaySeen, Look, Looks, Sight, western};
pub use own::{OWN_MARK, PAGE_MARK, is_page};
pub use walk::{Found, Walk, walk};

use cells::Ordered;
use error::Refusal;
use ods::Ods;
use ole::Ole;
use opc::OpcBook;
use package::Package;
use sniff::ZipKind;
use xls::Xls;

/// A cell's content as stored, before any meaning is given to it.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw<'a> {
    Text(Cow<'a, str>),
    /// A text that the book holds once, under that number; on its way to a [`Sink`] alone.
    Shared(usize, &'a str),
    Number(f64, Look),
    /// A number shown as a date or time; already converted from its serial (1900 or 1904 system).
    DateTime(NaiveDateTime, Look),
    Bool(bool),
    /// An error value as shown (`#REF!`).
    Error(String),
    /// A formula without a stored result.
    NoResult,
    /// A value that the sheet, or its format's section for texts, hides or replaces. What a number's format hides is told
    /// by its [`Look`].
    Veiled(Box<Veiled>),
}

/// A value that is not what is seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Veiled {
    /// What is stored; never itself veiled.
    pub stored: Raw<'static>,
    /// What is seen instead; empty for nothing.
    pub shown: String,
}

impl Raw<'_> {
    /// To be kept.
    pub fn into_owned(self) -> Raw<'static> {
        match self {
            Raw::Text(text) => Raw::Text(Cow::Owned(text.into_owned())),
            Raw::Shared(_, text) => Raw::Text(Cow::Owned(text.to_owned())),
            Raw::Number(number, look) => Raw::Number(number, look),
            Raw::DateTime(at, look) => Raw::DateTime(at, look),
            Raw::Bool(value) => Raw::Bool(value),
            Raw::Error(error) => Raw::Error(error),
            Raw::NoResult => Raw::NoResult,
            Raw::Veiled(veiled) => Raw::Veiled(veiled),
        }
    }

    /// The text that it is.
    pub fn text(&self) -> Option<&str> {
        match self {
            Raw::Text(text) => Some(text),
            Raw::Shared(_, text) => Some(text),
            _ => None,
        }
    }

    /// This value where something else, or nothing, is seen instead.
    fn seen_as(self, shown: impl Into<String>) -> Raw<'static> {
        Raw::Veiled(Box::new(Veiled { stored: self.into_owned(), shown: shown.into() }))
    }
}

/// A merged range, inclusive, zero-based: first row, first column, last row, last column.
pub type Merge = (u32, u32, u32, u32);

/// Takes a sheet's cells in row order. Blank cells are not sent.
pub trait Sink {
    /// The next cell, further right or further down than the one before; hidden rows come like others.
    fn cell(&mut self, row: u32, column: u32, value: Raw<'_>);

    /// What came so far is void: the sheet is being sent again from its start.
    fn restart(&mut self);
}

/// For those who need not take cells as they come.
impl Sink for Vec<(u32, u32, Raw<'static>)> {
    fn cell(&mut self, row: u32, column: u32, value: Raw<'_>) {
        self.push((row, column, value.into_owned()));
    }

    fn restart(&mut self) {
        self.clear();
    }
}

/// How the XML of .xlsx is read. Both send the same cells; the tests hold them to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parser {
    /// At a glance where it has the usual form, and token by token elsewhere.
    Scanner,
    /// Token by token, whatever the form.
    General,
}

/// A sheet of cells; chart and macro sheets are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetName {
    pub name: String,
    pub hidden: bool,
}

/// An opened workbook. Sheets may be read from several threads at once.
#[derive(Debug)]
pub struct OpenBook {
    name: String,
    sha256: String,
    own: bool,
    content: BookContent,
}

#[derive(Debug)]
enum BookContent {
    Xlsx(OpcBook),
    Xlsb(OpcBook),
    Ods(Ods),
    Xls(Xls),
}

/// Reads `file` whole, once. `name` is how messages call it: its path relative to the input folder.
pub fn open(file: &Path, name: &str) -> Result<OpenBook, Error> {
    open_with(file, name, Parser::Scanner)
}

/// Opens as [`open`] does, to be read by that parser.
pub fn open_with(file: &Path, name: &str, parser: Parser) -> Result<OpenBook, Error> {
    let io = |source| Refusal::Io(source).of_book(name);
    let size = fs::metadata(file).map_err(io)?.len();
    if size > sniff::MOST_FILE {
        return Err(Refusal::too_large(format!("文件有 {size} 字节")).of_book(name));
    }
    let bytes = fs::read(file).map_err(io)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let (content, own) = BookContent::new(bytes, parser).map_err(|fault| fault.of_book(name))?;
    Ok(OpenBook { name: name.to_owned(), sha256, own, content })
}

impl BookContent {
    /// What a file holds, and whether this program wrote it.
    fn new(bytes: Vec<u8>, parser: Parser) -> Result<(BookContent, bool), Refusal> {
        if bytes.starts_with(ole::MAGIC) {
            let mut ole = Ole::new(&bytes)?;
            return Ok((BookContent::Xls(Xls::open(&mut ole)?), own::in_compound(&mut ole)));
        }
        if bytes.starts_with(b"\x09\x08") {
            return Ok((BookContent::Xls(Xls::new(bytes)?), false));
        }
        if !bytes.starts_with(b"PK") {
            return Err(Refusal::NotAWorkbook(sniff::describe(&bytes).to_owned()));
        }
        let package = Package::new(bytes)?;
        let own = own::in_package(&package, OWN_MARK);
        let not = |what: &str| Err(Refusal::NotAWorkbook(what.to_owned()));
        let content = match sniff::zip_kind(&package.names()) {
            Some(ZipKind::Word) => return not("Word 文档"),
            Some(ZipKind::Slides) => return not("演示文稿"),
            Some(ZipKind::OpenDocument) => BookContent::Ods(Ods::open(package)?),
            Some(ZipKind::Workbook) => {
                let main = opc::main_part(&package)?;
                if main.to_ascii_lowercase().ends_with(".bin") {
                    BookContent::Xlsb(xlsb::open(package, &main)?)
                } else {
                    BookContent::Xlsx(xlsx::open(package, &main, parser)?)
                }
            }
            None => return not("压缩包，其中没有工作簿"),
        };
        Ok((content, own))
    }

    /// The sheets of cells, and the number formats.
    fn front(&self) -> (&[SheetName], &Looks) {
        match self {
            BookContent::Xlsx(book) | BookContent::Xlsb(book) => (&book.list.sheets, &book.looks),
            BookContent::Ods(book) => (&book.sheets, &book.looks),
            BookContent::Xls(book) => (&book.sheets, &book.looks),
        }
    }

    fn read<S: Sink>(&self, sheet: usize, cells: &mut Ordered<'_, S>) -> Result<(), Refusal> {
        match self {
            BookContent::Xlsx(book) => xlsx::read(book, sheet, cells),
            BookContent::Xlsb(book) => xlsb::read(book, sheet, cells),
            BookContent::Ods(book) => book.read(sheet, cells),
            BookContent::Xls(book) => book.read(sheet, cells),
        }
    }
}

impl OpenBook {
    /// Of the file's bytes, lower-case hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether this program wrote it: then it is no input.
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// The number formats that the looks of its cells stand for.
    pub fn looks(&self) -> &Looks {
        self.content.front().1
    }

    /// The sheets that hold cells, in the book's order.
    pub fn sheets(&self) -> &[SheetName] {
        self.content.front().0
    }

    /// Sends the cells of the sheet with that index to `sink` and returns the merged ranges.
    ///
    /// An error may come after some cells have been sent, for a file can be broken at its very end.
    pub fn read<S: Sink>(&self, sheet: usize, sink: &mut S) -> Result<Vec<Merge>, Error> {
        let mut cells = Ordered::new(sink);
        let mut read = self.content.read(sheet, &mut cells);
        if cells.is_disordered() {
            cells = cells.again();
            read = self.content.read(sheet, &mut cells);
        }
        let merges = read.and_then(|()| cells.finish());
        merges.map_err(|fault| fault.of_sheet(&self.name, &self.sheets()[sheet].name))
    }
}
