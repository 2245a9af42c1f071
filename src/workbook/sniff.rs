//! Tells what a file is by its content.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::ole::{self, Ole};
use super::package::{self, Package};
use super::xml;

/// No workbook file is bigger than this.
pub(super) const MOST_FILE: u64 = 256 << 20;

/// So much of a text tells what it is.
const HEAD: usize = 64 << 10;

/// What a file that nobody calls a workbook turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SniffedContent {
    /// Also a spreadsheet in a form that cannot be read.
    Workbook,
    /// An encrypted Office document: nobody can tell which.
    Encrypted,
    Other,
}

/// Looks into a file, reading no more of a zip archive than its directory unless it is an OpenDocument.
pub(super) fn content(file: &Path) -> io::Result<SniffedContent> {
    let mut file = BufReader::new(File::open(file)?);
    let mut head = Vec::new();
    file.by_ref().take(8).read_to_end(&mut head)?;
    if head.starts_with(b"PK") {
        let Ok(names) = package::names(&mut file) else { return Ok(SniffedContent::Other) };
        let workbook = match zip_kind(&names) {
            Some(ZipKind::Workbook) => true,
            Some(ZipKind::OpenDocument) => Package::new(whole(file)?).is_ok_and(|package| is_spreadsheet(&package)),
            _ => false,
        };
        return Ok(if workbook { SniffedContent::Workbook } else { SniffedContent::Other });
    }
    if head.starts_with(ole::MAGIC) {
        let bytes = whole(file)?;
        let Ok(ole) = Ole::new(&bytes) else { return Ok(SniffedContent::Other) };
        return Ok(if ole.has("Workbook") || ole.has("Book") {
            SniffedContent::Workbook
        } else if ole.has("EncryptedPackage") {
            SniffedContent::Encrypted
        } else {
            SniffedContent::Other
        });
    }
    // A bare sheet of Excel's records.
    let bare = matches!(head[..], [9, 8, 8 | 16, 0, 0, 0 | 5 | 6, 5 | 16, 0]);
    if bare {
        return Ok(SniffedContent::Workbook);
    }
    let mut text = head;
    file.take(HEAD as u64).read_to_end(&mut text)?;
    Ok(if matches!(markup(&decoded(&text)), Some(Markup::Excel2003 | Markup::Flat)) {
        SniffedContent::Workbook
    } else {
        SniffedContent::Other
    })
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

/// A text in angle brackets, by its first tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Markup {
    /// XML Spreadsheet 2003.
    Excel2003,
    /// An OpenDocument spreadsheet in one file.
    Flat,
    Page,
    Xml,
}

/// The start of a file as a text in lower case, whatever its encoding.
fn decoded(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(HEAD)];
    xml::encoding(head, "").unwrap_or(encoding_rs::UTF_8).decode(head).0.to_lowercase()
}

fn markup(text: &str) -> Option<Markup> {
    let mut rest = text.trim_start();
    let declared = rest.starts_with("<?xml");
    // Whatever may stand before the first tag: declarations, comments, a document type.
    while let Some(end) = match rest.get(..2)? {
        "<?" => rest.find("?>").map(|at| at + 2),
        "<!" if rest.starts_with("<!--") => rest.find("-->").map(|at| at + 3),
        "<!" => rest.find('>').map(|at| at + 1),
        _ => None,
    } {
        rest = rest[end..].trim_start();
    }
    let tag = rest.strip_prefix('<')?;
    let (name, inside) = tag.split_at(tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?);
    let inside = &inside[..inside.find('>').unwrap_or(inside.len())];
    let local = name.rsplit(':').next().unwrap_or(name);
    Some(match local {
        "workbook" if inside.contains("urn:schemas-microsoft-com:office:spreadsheet") => Markup::Excel2003,
        "document" if inside.contains("opendocument.spreadsheet") => Markup::Flat,
        "html" | "head" | "body" | "table" | "meta" | "div" | "style" => Markup::Page,
        _ if declared => Markup::Xml,
        _ => return None,
    })
}

/// What a file is that is no workbook though its name or its first words say so.
pub(super) fn describe(bytes: &[u8]) -> &'static str {
    let text = decoded(bytes);
    let text = text.trim_start();
    if bytes.is_empty() {
        return "空文件（0 字节）";
    }
    if bytes.starts_with(b"%PDF") {
        return "PDF 文件";
    }
    if bytes.starts_with(b"Rar!") || bytes.starts_with(b"7z\xBC\xAF") {
        return "压缩包";
    }
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04, ..]) {
        return "Excel 4.0 或更早的格式（不再支持）";
    }
    match markup(text) {
        Some(Markup::Excel2003) => return "XML 电子表格 2003（XML Spreadsheet 2003）",
        Some(Markup::Flat) => return "单个 XML 文件的 OpenDocument 电子表格（.fods）",
        Some(Markup::Page) => return "网页（HTML）",
        Some(Markup::Xml) => return "XML 文件",
        None => {}
    }
    if text.starts_with("mime-version") || text.contains("content-type: multipart/related") {
        "单个文件网页（MHT）"
    } else if text.contains("<html") || text.contains("<table") {
        "网页（HTML）"
    } else if text.starts_with("{\\rtf") {
        "RTF 文档"
    } else if text.starts_with("id;p") {
        "SYLK 文件（.slk）"
    } else if text.chars().take(4096).all(|c| !c.is_control() || matches!(c, '\t' | '\r' | '\n')) {
        "纯文本（可能是 CSV）"
    } else {
        "无法识别的内容"
    }
}
