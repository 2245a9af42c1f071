//! The zip container of .xlsx, .xlsb and .ods: the checks of what its directory claims, and its parts as streams.
//!
//! The directory is read by the `zip` crate. What has to be refused is known before anything is inflated: two parts of one
//! name, a bomb. A part is never inflated whole: it is read as a stream which counts what really comes out and compares its
//! checksum, so a flipped bit in a score is an error and no other score.

use std::io::{self, Read, Seek};

use flate2::Crc;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::error::Refusal;

/// A part this big that is also packed more than [`MOST_RATIO`]-fold is a bomb.
const BIG: u64 = 16 << 20;
const MOST_RATIO: u64 = 100;
/// No part may be bigger than this.
const MOST: u64 = 2 << 30;
/// All parts together: this big and packed that tightly, they are a bomb in small pieces.
const BIG_TOGETHER: u64 = 256 << 20;

/// One part as the directory describes it.
#[derive(Debug, Clone)]
pub(super) struct PackagePart {
    /// With `/` between folders and none in front.
    pub name: String,
    pub size: u64,
    packed: u64,
    at: u64,
    method: CompressionMethod,
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
    pub fn new(bytes: Vec<u8>) -> Result<Package, Refusal> {
        let parts = directory(&bytes)?;
        for part in &parts {
            if part.size > MOST || (part.size > BIG && part.size > part.packed.saturating_mul(MOST_RATIO)) {
                return Err(Refusal::too_large(format!(
                    "部件 {} 压缩后 {} 字节，解压后竟有 {} 字节",
                    part.name, part.packed, part.size
                )));
            }
        }
        let together = parts.iter().fold(0, |sum: u64, part| sum.saturating_add(part.size));
        if together > BIG_TOGETHER && together > (bytes.len() as u64).saturating_mul(MOST_RATIO) {
            return Err(Refusal::too_large(format!("文件 {} 字节，解压后竟有 {together} 字节", bytes.len())));
        }
        Ok(Package { bytes, parts })
    }

    /// The names of all parts.
    pub fn names(&self) -> Vec<&str> {
        self.parts.iter().map(|part| part.name.as_str()).collect()
    }

    /// The part of that name, whatever its case; an error where there are two.
    pub fn find(&self, name: &str) -> Result<Option<&PackagePart>, Refusal> {
        let name = name.trim_start_matches('/');
        let mut found = self.parts.iter().filter(|part| part.name.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(Refusal::damaged(format!("压缩包中部件 {name} 重复出现"))),
            (part, _) => Ok(part),
        }
    }

    /// A part that has to be there.
    pub fn need(&self, name: &str) -> Result<&PackagePart, Refusal> {
        self.find(name)?.ok_or_else(|| Refusal::damaged(format!("缺少部件 {name}")))
    }

    /// A part's content as a stream.
    pub fn stream(&self, part: &PackagePart) -> Result<Stream<'_>, Refusal> {
        if part.encrypted || part.method == CompressionMethod::AES {
            return Err(Refusal::Encrypted);
        }
        let packed = usize::try_from(part.at).ok().and_then(|at| self.bytes.get(at..));
        let packed = packed.zip(usize::try_from(part.packed).ok()).and_then(|(rest, packed)| rest.get(..packed));
        let packed = packed.ok_or_else(|| Refusal::damaged(format!("部件 {} 不完整", part.name)))?;
        let inner: Box<dyn Read> = match part.method {
            CompressionMethod::Stored => Box::new(packed),
            CompressionMethod::Deflated => Box::new(DeflateDecoder::new(packed)),
            other => return Err(Refusal::damaged(format!("部件 {} 使用了不支持的压缩方法 {other}", part.name))),
        };
        Ok(Stream { inner, left: part.size, crc: Crc::new(), expected: part.crc })
    }

    /// A small part, whole; an error where it is bigger than `most` bytes.
    pub fn read(&self, part: &PackagePart, most: u64) -> Result<Vec<u8>, Refusal> {
        if part.size > most {
            return Err(Refusal::too_large(format!("部件 {} 有 {} 字节", part.name, part.size)));
        }
        let mut content = Vec::new();
        self.stream(part)?.read_to_end(&mut content).map_err(|e| Refusal::in_part(&part.name, &e))?;
        Ok(content)
    }
}

/// What tells a zip file's format: the names of its parts, without reading any.
pub(super) fn names<R: Read + Seek>(file: R) -> Result<Vec<String>, Refusal> {
    Ok(archive(file)?.file_names_raw().map(part_name).collect())
}

/// A part being inflated. It ends with an error when more or less comes out than the directory says, or something else.
pub(super) struct Stream<'a> {
    inner: Box<dyn Read + 'a>,
    left: u64,
    crc: Crc,
    expected: u32,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
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

fn part_name(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).replace('\\', "/").trim_start_matches('/').to_owned()
}

fn archive<R: Read + Seek>(file: R) -> Result<ZipArchive<R>, Refusal> {
    ZipArchive::new(file).map_err(|_| Refusal::damaged("找不到压缩包目录，文件不完整"))
}

/// The directory of a zip file, in its order; folders are left out.
fn directory(bytes: &[u8]) -> Result<Vec<PackagePart>, Refusal> {
    let mut archive = archive(io::Cursor::new(bytes))?;
    if archive.has_duplicate_names() {
        return Err(Refusal::damaged("压缩包中有部件重复出现"));
    }
    let names: Vec<String> = archive.file_names_raw().map(part_name).collect();
    let mut parts = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let entry = archive.by_index_raw(at).map_err(|_| Refusal::damaged(format!("部件 {name} 不完整")))?;
        if !name.ends_with('/') {
            parts.push(PackagePart {
                name,
                size: entry.size(),
                packed: entry.compressed_size(),
                at: entry.data_start().unwrap_or_default(),
                method: entry.compression(),
                crc: entry.crc32(),
                encrypted: entry.encrypted(),
            });
        }
    }
    Ok(parts)
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
