//! The zip container of .xlsx, .xlsb and .ods: its directory, the checks of its claims, and its parts as streams.
//!
//! Written here rather than taken from the `zip` crate because what has to be refused must be known before anything is
//! allocated: a directory that lies about sizes or counts, two parts of one name, a bomb. A part is never inflated
//! whole: it is read as a stream which counts what really comes out and compares its checksum, so a flipped bit
//! in a score is an error and no other score.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::error::Fault;

/// A part this big that is also packed more than [`MOST_RATIO`]-fold is a bomb.
const BIG: u64 = 16 << 20;
const MOST_RATIO: u64 = 100;
/// No part may be bigger than this.
const MOST: u64 = 2 << 30;
/// All parts together: this big and packed that tightly, they are a bomb in small pieces.
const BIG_TOGETHER: u64 = 256 << 20;
/// A directory bigger than this describes no workbook.
const MOST_DIRECTORY: u64 = 64 << 20;

const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// One part as the directory describes it.
#[derive(Debug, Clone)]
pub(super) struct PackagePart {
    /// With `/` between folders and none in front.
    pub name: String,
    pub size: u64,
    packed: u64,
    at: u64,
    method: u16,
    crc: u32,
    encrypted: bool,
}

/// The directory of a zip file together with its bytes.
#[derive(Debug)]
pub(super) struct Package {
    bytes: Vec<u8>,
    parts: Vec<PackagePart>,
}

impl Package {
    /// Reads the directory and refuses bombs, before anything is inflated.
    pub fn new(bytes: Vec<u8>) -> Result<Package, Fault> {
        let parts = directory(&mut io::Cursor::new(&bytes[..]))?;
        for part in &parts {
            if part.size > MOST || (part.size > BIG && part.size > part.packed.saturating_mul(MOST_RATIO)) {
                return Err(Fault::too_large(format!(
                    "部件 {} 压缩后 {} 字节，解压后竟有 {} 字节",
                    part.name, part.packed, part.size
                )));
            }
        }
        let together = parts.iter().fold(0, |sum: u64, part| sum.saturating_add(part.size));
        if together > BIG_TOGETHER && together > (bytes.len() as u64).saturating_mul(MOST_RATIO) {
            return Err(Fault::too_large(format!("文件 {} 字节，解压后竟有 {together} 字节", bytes.len())));
        }
        Ok(Package { bytes, parts })
    }

    /// The names of all parts.
    pub fn names(&self) -> Vec<&str> {
        self.parts.iter().map(|part| part.name.as_str()).collect()
    }

    /// The part of that name, whatever its case; an error where there are two.
    pub fn find(&self, name: &str) -> Result<Option<&PackagePart>, Fault> {
        let name = name.trim_start_matches('/');
        let mut found = self.parts.iter().filter(|part| part.name.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(Fault::damaged(format!("压缩包中部件 {name} 重复出现"))),
            (part, _) => Ok(part),
        }
    }

    /// A part that has to be there.
    pub fn need(&self, name: &str) -> Result<&PackagePart, Fault> {
        self.find(name)?.ok_or_else(|| Fault::damaged(format!("缺少部件 {name}")))
    }

    /// A part's content as a stream.
    pub fn stream(&self, part: &PackagePart) -> Result<Stream<'_>, Fault> {
        if part.encrypted || part.method == 99 {
            return Err(Fault::Encrypted);
        }
        let truncated = || Fault::damaged(format!("部件 {} 不完整", part.name));
        let at = usize::try_from(part.at).map_err(|_| truncated())?;
        let header = self.bytes.get(at..).and_then(|rest| rest.get(..30)).ok_or_else(truncated)?;
        if !header.starts_with(LOCAL) {
            return Err(truncated());
        }
        let data = at + 30 + usize::from(u16_at(header, 26)) + usize::from(u16_at(header, 28));
        let packed = usize::try_from(part.packed).map_err(|_| truncated())?;
        let packed = self.bytes.get(data..).and_then(|rest| rest.get(..packed)).ok_or_else(truncated)?;
        let inner = match part.method {
            0 => Inner::Stored(packed),
            8 => Inner::Deflated(Box::new(DeflateDecoder::new(packed))),
            other => return Err(Fault::damaged(format!("部件 {} 使用了不支持的压缩方法 {other}", part.name))),
        };
        Ok(Stream { inner, left: part.size, crc: Crc::new(), expected: part.crc })
    }

    /// A small part, whole; an error where it is bigger than `most` bytes.
    pub fn read(&self, part: &PackagePart, most: u64) -> Result<Vec<u8>, Fault> {
        if part.size > most {
            return Err(Fault::too_large(format!("部件 {} 有 {} 字节", part.name, part.size)));
        }
        let mut content = Vec::new();
        self.stream(part)?.read_to_end(&mut content).map_err(|e| Fault::in_part(&part.name, &e))?;
        Ok(content)
    }
}

/// What tells a zip file's format: the names of its parts, without reading any.
pub(super) fn names<R: Read + Seek>(file: &mut R) -> Result<Vec<String>, Fault> {
    Ok(directory(file)?.into_iter().map(|part| part.name).collect())
}

/// A part being inflated. It ends with an error when more or less comes out than the directory says, or something else.
pub(super) struct Stream<'a> {
    inner: Inner<'a>,
    left: u64,
    crc: Crc,
    expected: u32,
}

enum Inner<'a> {
    Stored(&'a [u8]),
    Deflated(Box<DeflateDecoder<&'a [u8]>>),
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = match &mut self.inner {
            Inner::Stored(bytes) => bytes.read(buffer)?,
            Inner::Deflated(decoder) => decoder.read(buffer)?,
        };
        let wrong = |what| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        if count == 0 {
            if self.left > 0 {
                return wrong("内容比压缩包目录所记的短");
            }
            if self.crc.sum() != self.expected {
                return wrong("校验和不符");
            }
            return Ok(0);
        }
        self.left = match self.left.checked_sub(count as u64) {
            Some(left) => left,
            None => return wrong("内容比压缩包目录所记的长"),
        };
        self.crc.update(&buffer[..count]);
        Ok(count)
    }
}

/// The directory of a zip file, in its order; folders are left out.
fn directory<R: Read + Seek>(file: &mut R) -> Result<Vec<PackagePart>, Fault> {
    let no_end = || Fault::damaged("找不到压缩包目录，文件不完整");
    let refused = |e: io::Error| Fault::damaged(format!("压缩包目录读不出来（{e}）"));
    let length = file.seek(SeekFrom::End(0)).map_err(refused)?;
    // The end record is followed by a comment of at most 65,535 bytes; the 20 bytes before it may locate a 64-bit one.
    let tail_at = length.saturating_sub(22 + 65_535 + 20);
    let tail = slice(file, tail_at, length - tail_at).map_err(refused)?;
    let end = (0..tail.len().saturating_sub(21))
        .rev()
        .find(|&at| tail[at..].starts_with(END) && at + 22 + usize::from(u16_at(&tail, at + 20)) <= tail.len())
        .ok_or_else(no_end)?;
    let record = &tail[end..];
    let mut size = u64::from(u32_at(record, 12));
    let mut offset = u64::from(u32_at(record, 16));
    let mut directory_end = tail_at + end as u64;
    if end >= 20 && tail[end - 20..].starts_with(LOCATOR_64) {
        let at = u64_at(&tail, end - 20 + 8);
        if at >= length || length - at < 56 {
            return Err(no_end());
        }
        let record = slice(file, at, 56).map_err(refused)?;
        if !record.starts_with(END_64) {
            return Err(no_end());
        }
        size = u64_at(&record, 40);
        offset = u64_at(&record, 48);
        directory_end = at;
    }
    if size > MOST_DIRECTORY || size > directory_end {
        return Err(no_end());
    }
    let start = directory_end - size;
    // Whatever stands before the archive (a self-extractor, a download's headers) shifts all offsets alike.
    let shift = start.checked_sub(offset).ok_or_else(no_end)?;
    let bytes = slice(file, start, size).map_err(refused)?;
    let mut parts = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (part, next) = entry(&bytes[at..], shift).ok_or_else(|| Fault::damaged("压缩包目录已损坏"))?;
        if !part.name.ends_with('/') {
            parts.push(part);
        }
        at += next;
    }
    Ok(parts)
}

/// One entry of the directory and its length.
fn entry(bytes: &[u8], shift: u64) -> Option<(PackagePart, usize)> {
    if bytes.len() < 46 || !bytes.starts_with(ENTRY) {
        return None;
    }
    let name_end = 46 + usize::from(u16_at(bytes, 28));
    let extra_end = name_end + usize::from(u16_at(bytes, 30));
    let next = extra_end + usize::from(u16_at(bytes, 32));
    let name = String::from_utf8_lossy(bytes.get(46..name_end)?).replace('\\', "/");
    let (mut extra, _) = (bytes.get(name_end..extra_end)?, bytes.get(..next)?);
    let mut packed = u64::from(u32_at(bytes, 20));
    let mut size = u64::from(u32_at(bytes, 24));
    let mut at = u64::from(u32_at(bytes, 42));
    while extra.len() >= 4 {
        let end = 4 + usize::from(u16_at(extra, 2));
        let mut field = extra.get(4..end)?;
        if u16_at(extra, 0) == 1 {
            // Only what is all ones in the entry stands here, in this order.
            for value in [&mut size, &mut packed, &mut at] {
                if *value == u64::from(u32::MAX) && field.len() >= 8 {
                    *value = u64_at(field, 0);
                    field = &field[8..];
                }
            }
        }
        extra = &extra[end..];
    }
    let part = PackagePart {
        name: name.trim_start_matches('/').to_owned(),
        size,
        packed,
        at: at.checked_add(shift)?,
        method: u16_at(bytes, 10),
        crc: u32_at(bytes, 16),
        encrypted: u16_at(bytes, 8) & 1 != 0,
    };
    Some((part, next))
}

fn slice<R: Read + Seek>(file: &mut R, at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

// The callers have checked the lengths; a number that would lie outside is 0.

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
