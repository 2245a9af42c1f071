//! Tells a file's format by its content.

use std::io;
use std::path::Path;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Xlsb,
    Ods,
    Xls,
}

pub(super) fn is_workbook(file: &Path) -> io::Result<bool> {
    Ok(format(&std::fs::read(file)?).is_some())
}

pub(super) fn format(bytes: &[u8]) -> Option<Format> {
    let holds = |what: &[u8]| bytes.windows(what.len()).any(|w| w == what);
    if bytes.starts_with(b"PK\x03\x04") {
        if holds(b"xl/workbook.bin") {
            Some(Format::Xlsb)
        } else if holds(b"xl/workbook.xml") {
            Some(Format::Xlsx)
        } else if holds(b"application/vnd.oasis.opendocument.spreadsheet") {
            Some(Format::Ods)
        } else {
            None
        }
    } else if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        (holds(b"W\0o\0r\0k\0b\0o\0o\0k\0") || holds(b"B\0o\0o\0k\0")).then_some(Format::Xls)
    } else {
        None
    }
}
