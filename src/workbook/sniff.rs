//! Tells what a file is by its content.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::ole::{self, Ole};
use super::package::{self, Package};

/// No workbook file is bigger than this.
pub(super) const MOST_FILE: u64 = 256 << 20;

/// What a file that nobody calls a workbook turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Workbook,
    /// An encrypted Office document: nobody can tell which.
    Encrypted,
    Other,
}

/// Looks into a file, reading no more of a zip archive than its directory unless it is an OpenDocument.
pub(super) fn content(file: &Path) -> io::Result<Content> {
    let mut file = BufReader::new(File::open(file)?);
    let mut head = Vec::new();
    file.by_ref().take(8).read_to_end(&mut head)?;
    if head.starts_with(b"PK") {
        let Ok(names) = package::names(&mut file) else { return Ok(Content::Other) };
        let workbook = match zip_kind(&names) {
            Some(ZipKind::Workbook) => true,
            Some(ZipKind::OpenDocument) => Package::new(whole(file)?).is_ok_and(|package| is_spreadsheet(&package)),
            _ => false,
        };
        return Ok(if workbook { Content::Workbook } else { Content::Other });
    }
    if head.starts_with(ole::MAGIC) {
        let bytes = whole(file)?;
        let Ok(ole) = Ole::new(&bytes) else { return Ok(Content::Other) };
        return Ok(if ole.has("Workbook") || ole.has("Book") {
            Content::Workbook
        } else if ole.has("EncryptedPackage") {
            Content::Encrypted
        } else {
            Content::Other
        });
    }
    // A bare sheet of Excel's records.
    let bare = matches!(head[..], [9, 8, 8 | 16, 0, 0, 0 | 5 | 6, 5 | 16, 0]);
    Ok(if bare { Content::Workbook } else { Content::Other })
}

fn whole(mut file: BufReader<File>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(MOST_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_spreadsheet(package: &Package) -> bool {
    let Ok(Some(part)) = package.find("mimetype") else { return false };
    package.read(part, 256).is_ok_and(|mime| is_spreadsheet_mime(&mime))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ZipKind {
    Workbook,
    OpenDocument,
    Word,
    Slides,
}

/// What a zip file holds, by the names of its parts.
pub(super) fn zip_kind<S: AsRef<str>>(names: &[S]) -> Option<ZipKind> {
    let any = |test: fn(&str) -> bool| names.iter().any(|name| test(&name.as_ref().to_ascii_lowercase()));
    if any(|name| name == "[content_types].xml") {
        if any(|name| name.ends_with("workbook.xml") || name.ends_with("workbook.bin")) {
            return Some(ZipKind::Workbook);
        }
        if any(|name| name.starts_with("word/")) {
            return Some(ZipKind::Word);
        }
        if any(|name| name.starts_with("ppt/")) {
            return Some(ZipKind::Slides);
        }
    }
    // An encrypted OpenDocument of recent make has its content in one part.
    let open =
        any(|name| name == "content.xml" || name == "encrypted-package") && any(|name| name == "meta-inf/manifest.xml");
    open.then_some(ZipKind::OpenDocument)
}

pub(super) fn is_spreadsheet_mime(mime: &[u8]) -> bool {
    mime.starts_with(b"application/vnd.oasis.opendocument.spreadsheet")
}

/// What a file is that is no workbook though its name says so.
pub(super) fn describe(bytes: &[u8]) -> &'static str {
    let head: String = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let wide: String = head.chars().filter(|&c| c != '\0').collect();
    let text = wide.trim_start_matches(['\u{FEFF}', '\u{FFFD}', ' ', '\t', '\r', '\n']);
    if bytes.is_empty() {
        "空文件（0 字节）"
    } else if bytes.starts_with(b"%PDF") {
        "PDF 文件"
    } else if bytes.starts_with(b"Rar!") || bytes.starts_with(b"7z\xBC\xAF") {
        "压缩包"
    } else if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04, ..]) {
        "Excel 4.0 或更早的格式（不再支持）"
    } else if text.contains("<html") || text.contains("<table") || text.starts_with("<!doctype html") {
        "网页（HTML）"
    } else if text.starts_with("mime-version") {
        "单个文件网页（MHT）"
    } else if text.starts_with("<?xml") || text.starts_with("<workbook") {
        "XML 文件"
    } else if text.starts_with("{\\rtf") {
        "RTF 文档"
    } else if bytes.iter().take(4096).all(|&byte| byte >= 0x20 || matches!(byte, b'\t' | b'\r' | b'\n')) {
        "纯文本（可能是 CSV）"
    } else {
        "无法识别的内容"
    }
}
