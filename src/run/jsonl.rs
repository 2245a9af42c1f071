//! Files of JSON, one value a line: made in portions by all threads, written in order.
//!
//! What only this program reads again is packed (gzip, a member for each portion): an eighth of the room.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use serde::Serialize;

use crate::disk;

/// So many lines are made at a time by one thread, and so many such portions are held at a time.
const PORTION: usize = 2048;
const PORTIONS: usize = 8;
/// Bytes that most lines take.
const LINE: usize = 512;
/// A tenth larger than the fourth, in half of its time.
const LEVEL: Compression = Compression::new(2);

/// A file that is being written.
pub struct JsonLines {
    file: BufWriter<File>,
    packed: bool,
}

impl JsonLines {
    pub fn create(path: &Path) -> io::Result<JsonLines> {
        Ok(JsonLines { file: BufWriter::new(File::create(path)?), packed: false })
    }

    pub fn packed(path: &Path) -> io::Result<JsonLines> {
        Ok(JsonLines { packed: true, ..JsonLines::create(path)? })
    }

    pub fn one(&mut self, value: &(impl Serialize + Sync)) -> io::Result<()> {
        self.many(1, |_| Some(value))
    }

    /// Lines 0 to `count`, without those that there are none of.
    pub fn many<T: Serialize>(&mut self, count: usize, value: impl Fn(usize) -> Option<T> + Sync) -> io::Result<()> {
        let starts: Vec<usize> = (0..count).step_by(PORTION).collect();
        for window in starts.chunks(PORTIONS) {
            let portions = window.par_iter().map(|start| {
                let mut text = Vec::with_capacity(PORTION * LINE);
                for value in (*start..(*start + PORTION).min(count)).filter_map(&value) {
                    line(&mut text, &value)?;
                }
                if !self.packed {
                    return Ok(text);
                }
                let mut member = GzEncoder::new(Vec::with_capacity(text.len() / 8), LEVEL);
                member.write_all(&text)?;
                member.finish()
            });
            for portion in portions.collect::<io::Result<Vec<_>>>()? {
                self.file.write_all(&portion)?;
            }
        }
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        disk::begin(self.file.get_ref());
        Ok(())
    }
}

/// A file of one line per item.
pub fn write<T: Serialize>(path: &Path, count: usize, value: impl Fn(usize) -> T + Sync) -> io::Result<()> {
    let mut lines = JsonLines::create(path)?;
    lines.many(count, |at| Some(value(at)))?;
    lines.finish()
}

fn line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, value)?;
    to.write_all(b"\n")
}
