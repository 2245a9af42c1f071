//! The only user of calamine: opens a workbook of any format and streams the cells of its sheets.
//!
//! Formats are told by content, never by ending. Cells come row by row, left to right, with absolute
//! zero-based positions; merged ranges are told beside them.

mod dates;
mod error;
mod first;
mod sniff;
mod walk;

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};

pub use error::Error;
pub use sniff::Format;
pub use walk::{Found, Walk, walk};

/// A cell's content as stored, before any meaning is given to it.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    Text(Arc<str>),
    Number(f64),
    /// A number shown as a date or time; already converted from its serial (1900 or 1904 system).
    DateTime(NaiveDateTime),
    Bool(bool),
    /// An error value as shown (`#REF!`).
    Error(String),
    /// A formula without a stored result.
    NoResult,
}

/// A merged range, inclusive, zero-based: first row, first column, last row, last column.
pub type Merge = (u32, u32, u32, u32);

/// Takes a sheet's cells in row order. Blank cells are not sent.
pub trait Sink {
    /// The next cell, further right or further down than the one before; hidden rows come like others.
    fn cell(&mut self, row: u32, column: u32, value: Raw);
}

/// A sheet of cells; chart and macro sheets are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetName {
    pub name: String,
    pub hidden: bool,
}

/// An opened workbook. Sheets may be read from several threads at once.
#[derive(Debug)]
pub struct Book {
    name: String,
    sha256: String,
    format: Format,
    bytes: Arc<[u8]>,
    sheets: Vec<SheetName>,
}

/// Reads `file` whole, once. `name` is how messages call it: its path relative to the input folder.
pub fn open(file: &Path, name: &str) -> Result<Book, Error> {
    let bytes: Arc<[u8]> = std::fs::read(file).map_err(|source| Error::Io { path: name.to_owned(), source })?.into();
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let Some(format) = sniff::format(&bytes) else {
        return Err(Error::NotAWorkbook { book: name.to_owned(), content: "无法识别的内容" });
    };
    let sheets = first::sheets(&bytes, format).map_err(|what| Error::Damaged { book: name.to_owned(), what })?;
    Ok(Book { name: name.to_owned(), sha256, format, bytes, sheets })
}

impl Book {
    /// Of the file's bytes, lower-case hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    pub fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    /// Sends the cells of a sheet to `sink` and returns the merged ranges.
    pub fn read(&self, sheet: usize, sink: &mut dyn Sink) -> Result<Vec<Merge>, Error> {
        let Some(sheet) = self.sheets.get(sheet) else { return Ok(Vec::new()) };
        first::read(&self.bytes, self.format, &sheet.name, sink).map_err(|what| Error::DamagedSheet {
            book: self.name.clone(),
            sheet: sheet.name.clone(),
            what,
        })
    }
}
