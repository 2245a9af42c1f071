//! The compound file (OLE) that holds .xls and .et, and every encrypted workbook: its directory and its streams.
//!
//! Every chain of sectors is bounded by the number of sectors there are, so neither a loop nor a lying length can make it
//! allocate more than the file's own size.

use super::error::Refusal;
use super::package::{u16_at, u32_at};

pub(super) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

const LAST_SECTOR: u32 = 0xFFFF_FFFA;
const NOBODY: u32 = 0xFFFF_FFFF;
const SMALL: usize = 64;
/// Streams below this length lie in the small sectors.
const SMALL_STREAM: usize = 4096;

pub(super) struct Ole<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    small_table: Vec<u32>,
    small: Vec<u8>,
    entries: Vec<OleEntry>,
}

#[derive(Debug, Clone)]
struct OleEntry {
    name: String,
    kind: u8,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    length: usize,
}

impl<'a> Ole<'a> {
    pub fn new(bytes: &'a [u8]) -> Result<Ole<'a>, Refusal> {
        let damaged = || Refusal::damaged("复合文档的目录已损坏");
        if bytes.len() < 512 || !bytes.starts_with(MAGIC) {
            return Err(damaged());
        }
        let sector = match u16_at(bytes, 30) {
            9 => 512,
            12 => 4096,
            _ => return Err(damaged()),
        };
        let mut ole =
            Ole { bytes, sector, table: Vec::new(), small_table: Vec::new(), small: Vec::new(), entries: Vec::new() };
        let mut of_table: Vec<u32> = (0..109).map(|i| u32_at(bytes, 76 + 4 * i)).collect();
        let mut next = u32_at(bytes, 68);
        let mut left = ole.sectors();
        while next < LAST_SECTOR {
            let content = ole.sector(next).ok_or_else(damaged)?;
            left = left.checked_sub(1).ok_or_else(damaged)?;
            let (numbers, link) = content.split_at(content.len().saturating_sub(4));
            of_table.extend(numbers.chunks_exact(4).map(|number| u32_at(number, 0)));
            next = u32_at(link, 0);
        }
        let mut table = Vec::new();
        for id in of_table.into_iter().filter(|&id| id < LAST_SECTOR) {
            // A table longer than the file has sectors is a lie; what it says beyond them is not needed.
            if table.len() > ole.sectors() + sector {
                break;
            }
            table.extend(ole.sector(id).ok_or_else(damaged)?.chunks_exact(4).map(|number| u32_at(number, 0)));
        }
        ole.table = table;
        let directory = ole.chain(u32_at(bytes, 48), usize::MAX)?;
        ole.entries = directory.chunks_exact(128).map(entry).collect();
        let root = ole.entries.first().ok_or_else(damaged)?.clone();
        if u32_at(bytes, 64) > 0 {
            ole.small = ole.chain(root.start, root.length)?;
            ole.small_table = ole.chain(u32_at(bytes, 60), usize::MAX)?.chunks_exact(4).map(|n| u32_at(n, 0)).collect();
        }
        Ok(ole)
    }

    /// Whether a stream or folder of that name stands at the top.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The content of a stream at the top; none where there is no such stream.
    pub fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(entry) = self.find(name).filter(|entry| entry.kind == 2) else { return Ok(None) };
        let content = if entry.length < SMALL_STREAM {
            self.small_chain(entry.start, entry.length)?
        } else {
            self.chain(entry.start, entry.length)?
        };
        if content.len() < entry.length {
            return Err(Refusal::damaged("复合文档不完整"));
        }
        Ok(Some(content))
    }

    /// An entry of the top folder, not one of an embedded document.
    fn find(&self, name: &str) -> Option<&OleEntry> {
        let mut waiting = vec![self.entries.first()?.child];
        let mut left = self.entries.len();
        while let Some(id) = waiting.pop() {
            if id == NOBODY || left == 0 {
                continue;
            }
            let Some(entry) = self.entries.get(id as usize) else { continue };
            left -= 1;
            if entry.name.eq_ignore_ascii_case(name) {
                return Some(entry);
            }
            waiting.extend([entry.left, entry.right]);
        }
        None
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector
    }

    /// A sector's bytes; the last one of a file may be short.
    fn sector(&self, id: u32) -> Option<&'a [u8]> {
        let from = (id as usize + 1).checked_mul(self.sector)?;
        let to = (from + self.sector).min(self.bytes.len());
        self.bytes.get(from..to).filter(|content| !content.is_empty())
    }

    fn chain(&self, start: u32, length: usize) -> Result<Vec<u8>, Refusal> {
        let broken = || Refusal::damaged("复合文档的扇区链已损坏");
        let mut content = Vec::new();
        let mut id = start;
        let mut left = self.sectors() + 1;
        while id < LAST_SECTOR && content.len() < length {
            left = left.checked_sub(1).ok_or_else(broken)?;
            let sector = self.sector(id).ok_or_else(broken)?;
            content.extend_from_slice(&sector[..sector.len().min(length - content.len())]);
            id = *self.table.get(id as usize).ok_or_else(broken)?;
        }
        Ok(content)
    }

    fn small_chain(&self, start: u32, length: usize) -> Result<Vec<u8>, Refusal> {
        let broken = || Refusal::damaged("复合文档的扇区链已损坏");
        let mut content = Vec::new();
        let mut id = start;
        while id < LAST_SECTOR && content.len() < length {
            let from = id as usize * SMALL;
            let to = (from + SMALL).min(self.small.len()).min(from + length - content.len());
            content.extend_from_slice(self.small.get(from..to).filter(|part| !part.is_empty()).ok_or_else(broken)?);
            id = *self.small_table.get(id as usize).ok_or_else(broken)?;
        }
        Ok(content)
    }
}

fn entry(bytes: &[u8]) -> OleEntry {
    let length = usize::from(u16_at(bytes, 64)).clamp(2, 64) - 2;
    OleEntry {
        name: encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes[..length]).0.into_owned(),
        kind: bytes[66],
        left: u32_at(bytes, 68),
        right: u32_at(bytes, 72),
        child: u32_at(bytes, 76),
        start: u32_at(bytes, 116),
        length: u32_at(bytes, 120) as usize,
    }
}
