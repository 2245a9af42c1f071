//! The only user of calamine: opens a workbook of any format and streams the cells of its sheets.
//!
//! Formats are told by content, never by ending. Cells come row by row, left to right, with absolute
//! zero-based positions; merged ranges are told beside them. What cannot be read safely in this
//! process is read in a child process with a memory cap.

use chrono::NaiveDateTime;

/// A cell's content as stored, before any meaning is given to it.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    Text(std::sync::Arc<str>),
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
    /// A row begins; hidden rows come like others.
    fn cell(&mut self, row: u32, column: u32, value: Raw);
}
