//! The encoding of an XML part, and any other than UTF-8 as UTF-8.

use std::io::{self, Read};

use super::error::Fault;
use super::xml::Attributes;

/// The encoding that a document's first bytes tell: its byte order mark, else its declaration, else UTF-8.
pub(super) fn encoding(head: &[u8], part: &str) -> Result<&'static encoding_rs::Encoding, Fault> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(head) {
        return Ok(encoding);
    }
    if head.starts_with(b"<\0") {
        return Ok(encoding_rs::UTF_16LE);
    }
    if head.starts_with(b"\0<") {
        return Ok(encoding_rs::UTF_16BE);
    }
    let Some(declaration) = head.strip_prefix(b"<?xml").and_then(|rest| rest.get(..memchr::memchr(b'>', rest)?)) else {
        return Ok(encoding_rs::UTF_8);
    };
    let declaration = declaration.strip_suffix(b"?").unwrap_or(declaration);
    let named = Attributes::new(declaration).flatten().find(|(key, _)| *key == b"encoding");
    match named {
        None => Ok(encoding_rs::UTF_8),
        Some((_, label)) => encoding_rs::Encoding::for_label(label)
            .ok_or_else(|| Fault::damaged(format!("部件 {part} 的编码 {} 无法识别", String::from_utf8_lossy(label)))),
    }
}

/// A stream in another encoding, as UTF-8.
pub(super) struct Transcoded<R> {
    source: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    at: usize,
    end: usize,
    last: bool,
    /// All is told; the decoder must not be asked again.
    finished: bool,
}

impl<R: Read> Transcoded<R> {
    pub fn new(source: R, encoding: &'static encoding_rs::Encoding) -> Transcoded<R> {
        let decoder = encoding.new_decoder_with_bom_removal();
        Transcoded { source, decoder, raw: vec![0; 8 << 10], at: 0, end: 0, last: false, finished: false }
    }
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.finished {
            if self.at == self.end && !self.last {
                self.at = 0;
                self.end = self.source.read(&mut self.raw)?;
                self.last = self.end == 0;
            }
            let (result, used, written, bad) =
                self.decoder.decode_to_utf8(&self.raw[self.at..self.end], buffer, self.last);
            self.at += used;
            if bad {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "文字编码错误"));
            }
            self.finished = self.last && result == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
