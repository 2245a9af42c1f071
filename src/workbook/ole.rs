//! The compound file (OLE) that holds .xls and .et, and every encrypted workbook: the streams at its top, by the `cfb` crate.
//!
//! It bounds every chain of sectors by those that there are, so that neither a loop nor a lying length makes it take more
//! memory than the file's own size.

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use super::error::Refusal;

pub(super) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

pub(super) struct Ole<'a>(CompoundFile<Cursor<&'a [u8]>>);

impl<'a> Ole<'a> {
    pub fn new(bytes: &'a [u8]) -> Result<Ole<'a>, Refusal> {
        CompoundFile::open(Cursor::new(bytes)).map(Ole).map_err(|_| Refusal::damaged("复合文档的目录已损坏"))
    }

    /// Whether a stream or folder of that name stands at the top.
    pub fn has(&self, name: &str) -> bool {
        self.0.exists(format!("/{name}"))
    }

    /// The content of a stream at the top; none where there is no such stream.
    pub fn stream(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let path = format!("/{name}");
        if !self.0.is_stream(&path) {
            return Ok(None);
        }
        let mut content = Vec::new();
        let read = self.0.open_stream(&path).and_then(|mut stream| stream.read_to_end(&mut content));
        read.map_err(|_| Refusal::damaged("复合文档的扇区链已损坏"))?;
        Ok(Some(content))
    }
}
