//! A pull reader for the XML parts of workbooks, over a stream and a small window.
//!
//! It keeps no more of a part in memory than the tag or the stretch of text at hand, so a part of 2 GiB costs no more
//! than one of 2 KiB. It is strict where leniency would guess: tags have to match, entities have to be known, and a
//! document type (the door to entity bombs and outside files) is refused; no spreadsheet program writes one.

use std::borrow::Cow;
use std::io::{self, Read};

use super::encoding::{Transcoded, encoding};
use super::error::Fault;

/// A tag or a CDATA section longer than this is no part of a workbook.
const LONGEST: usize = 1 << 20;
/// Text comes in pieces of at most about this length.
const PIECE: usize = 256 << 10;
const WINDOW: usize = 64 << 10;
const DEEPEST: usize = 256;

/// What comes next in the document. A tag that closes itself is sent as its start and its end.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Start(Tag<'a>),
    /// The qualified name.
    End(&'a [u8]),
    /// As written, entities and all; a long text may come in several pieces. Inside CDATA nothing is an entity.
    Text {
        raw: &'a [u8],
        cdata: bool,
    },
    Eof,
}

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// The qualified name.
    pub name: &'a [u8],
    attributes: &'a [u8],
}

pub(super) struct Xml<'a> {
    source: Box<dyn Read + 'a>,
    part: &'a str,
    window: Vec<u8>,
    at: usize,
    end: usize,
    read: u64,
    done: bool,
    /// The names of the open tags, one after the other, and where each starts.
    open: Vec<u8>,
    starts: Vec<usize>,
    /// The tag just sent closes itself.
    closing: bool,
    closed: Vec<u8>,
}

impl<'a> Xml<'a> {
    /// `part` is what messages call the document.
    pub fn new(mut source: impl Read + 'a, part: &'a str) -> Result<Xml<'a>, Fault> {
        let mut head = Vec::new();
        source.by_ref().take(256).read_to_end(&mut head).map_err(|e| Fault::in_part(part, &e))?;
        let encoding = encoding(&head, part)?;
        let whole = io::Cursor::new(head).chain(source);
        let source: Box<dyn Read + 'a> =
            if encoding == encoding_rs::UTF_8 { Box::new(whole) } else { Box::new(Transcoded::new(whole, encoding)) };
        let mut xml = Xml {
            source,
            part,
            window: vec![0; WINDOW],
            at: 0,
            end: 0,
            read: 0,
            done: false,
            open: Vec::new(),
            starts: Vec::new(),
            closing: false,
            closed: Vec::new(),
        };
        while xml.end < 3 && xml.fill()? {}
        if xml.window[..xml.end].starts_with(b"\xEF\xBB\xBF") {
            xml.at = 3;
        }
        Ok(xml)
    }

    /// How many bytes (in UTF-8) lie behind.
    pub fn position(&self) -> u64 {
        self.read - (self.end - self.at) as u64
    }

    /// Goes to a position further on, which has to be the start of a tag.
    pub fn skip_to(&mut self, position: u64) -> Result<(), Fault> {
        while self.position() < position {
            let step = position - self.position();
            let here = (self.end - self.at) as u64;
            self.at += here.min(step) as usize;
            if step > here && !self.fill()? {
                return Err(self.unfinished());
            }
        }
        Ok(())
    }

    /// Reads to the end, so that the part's length and checksum are compared.
    pub fn finish(mut self) -> Result<(), Fault> {
        loop {
            self.at = self.end;
            if !self.fill()? {
                return Ok(());
            }
        }
    }

    pub fn next(&mut self) -> Result<Token<'_>, Fault> {
        if self.closing {
            self.closing = false;
            self.pop();
            return Ok(Token::End(&self.closed));
        }
        loop {
            if self.at == self.end && !self.fill()? {
                return if self.starts.is_empty() { Ok(Token::Eof) } else { Err(self.unfinished()) };
            }
            if self.window[self.at] != b'<' {
                let length = self.text_length()?;
                let from = self.at;
                self.at += length;
                if self.starts.is_empty() {
                    continue;
                }
                return Ok(Token::Text { raw: &self.window[from..from + length], cdata: false });
            }
            while self.end - self.at < 9 && self.fill()? {}
            let rest = &self.window[self.at..self.end];
            match rest.get(1) {
                Some(b'?') => self.skip_past(b"?>")?,
                Some(b'!') if rest.starts_with(b"<!--") => {
                    self.at += 4;
                    self.skip_past(b"-->")?;
                }
                Some(b'!') if rest.starts_with(b"<![CDATA[") => {
                    let length = self.find(9, b"]]>")?;
                    let from = self.at + 9;
                    self.at += length + 3;
                    return Ok(Token::Text { raw: &self.window[from..from + length - 9], cdata: true });
                }
                Some(b'!') => return Err(self.damaged("含有文档类型声明（DTD），电子表格中不应出现")),
                Some(b'/') => {
                    let length = self.end_tag_length()?;
                    let name = &self.window[self.at + 2..self.at + length];
                    let name = name.trim_ascii_end();
                    if self.starts.last().is_none_or(|&start| &self.open[start..] != name) {
                        return Err(self.damaged("XML 标签不配对"));
                    }
                    self.at += length + 1;
                    self.pop();
                    return Ok(Token::End(&self.closed));
                }
                _ => return self.start(),
            }
        }
    }

    /// Skips what stands inside the tag just sent, and its end.
    pub fn skip(&mut self) -> Result<(), Fault> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Token::Start(_) => depth += 1,
                Token::End(_) => depth -= 1,
                Token::Text { .. } => {}
                Token::Eof => return Err(self.unfinished()),
            }
        }
        Ok(())
    }

    fn start(&mut self) -> Result<Token<'_>, Fault> {
        let mut length = 1;
        let mut quote = 0;
        loop {
            let known = &self.window[self.at..self.end];
            let stop = known[length..].iter().position(|&byte| {
                if quote == 0 {
                    if byte == b'"' || byte == b'\'' {
                        quote = byte;
                    }
                    byte == b'>'
                } else {
                    if byte == quote {
                        quote = 0;
                    }
                    false
                }
            });
            if let Some(stop) = stop {
                length += stop;
                break;
            }
            length = known.len();
            if length > LONGEST || !self.fill()? {
                return Err(self.unfinished());
            }
        }
        let from = self.at + 1;
        let mut to = self.at + length;
        self.at = to + 1;
        self.closing = self.window[to - 1] == b'/' && to > from;
        if self.closing {
            to -= 1;
        }
        let inside = &self.window[from..to];
        let name_end = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name_end);
        if name.is_empty() || self.starts.len() >= DEEPEST {
            return Err(self.damaged("XML 结构不合规"));
        }
        self.starts.push(self.open.len());
        self.open.extend_from_slice(name);
        Ok(Token::Start(Tag { name, attributes }))
    }

    fn pop(&mut self) {
        let start = self.starts.pop().unwrap_or_default();
        self.closed.clear();
        self.closed.extend_from_slice(&self.open[start..]);
        self.open.truncate(start);
    }

    /// How far the text reaches that starts here, cut at a whole character where it is long.
    fn text_length(&mut self) -> Result<usize, Fault> {
        let mut known = 0;
        loop {
            let here = &self.window[self.at..self.end];
            if let Some(stop) = memchr::memchr(b'<', &here[known..]) {
                return Ok(known + stop);
            }
            known = here.len();
            if known < PIECE {
                if self.fill()? {
                    continue;
                }
                return Ok(known);
            }
            // An entity is no longer than 12 bytes; a character no longer than 4.
            let mut cut = known;
            if let Some(entity) = memchr::memrchr(b'&', &here[known - 12..]) {
                cut = known - 12 + entity;
            }
            while here[cut.min(known - 1)] & 0xC0 == 0x80 {
                cut = cut.min(known - 1) - 1;
            }
            return Ok(cut.min(known - 1).max(1));
        }
    }

    /// The distance from here to the `>` of an end tag.
    fn end_tag_length(&mut self) -> Result<usize, Fault> {
        loop {
            let here = &self.window[self.at..self.end];
            if let Some(length) = here.iter().position(|&byte| byte == b'>') {
                return Ok(length);
            }
            if here.len() > LONGEST || !self.fill()? {
                return Err(self.unfinished());
            }
        }
    }

    /// The distance from here to `what`, which starts at least `from` bytes on.
    fn find(&mut self, from: usize, what: &[u8]) -> Result<usize, Fault> {
        let mut known = from;
        loop {
            let here = &self.window[self.at..self.end];
            if let Some(found) = here.get(known..).and_then(|rest| memchr::memmem::find(rest, what)) {
                return Ok(known + found);
            }
            known = known.max((here.len() + 1).saturating_sub(what.len()));
            if known > LONGEST || !self.fill()? {
                return Err(self.unfinished());
            }
        }
    }

    fn skip_past(&mut self, what: &[u8]) -> Result<(), Fault> {
        loop {
            if let Some(found) = memchr::memmem::find(&self.window[self.at..self.end], what) {
                self.at += found + what.len();
                return Ok(());
            }
            self.at = self.at.max((self.end + 1).saturating_sub(what.len()));
            if !self.fill()? {
                return Err(self.unfinished());
            }
        }
    }

    /// Reads more behind what is not yet used; false at the end of the document.
    fn fill(&mut self) -> Result<bool, Fault> {
        if self.done {
            return Ok(false);
        }
        if self.at > 0 {
            self.window.copy_within(self.at..self.end, 0);
            self.end -= self.at;
            self.at = 0;
        }
        if self.window.len() - self.end < WINDOW / 2 {
            self.window.resize(self.window.len() * 2, 0);
        }
        loop {
            match self.source.read(&mut self.window[self.end..]) {
                Ok(0) => self.done = true,
                Ok(count) => {
                    self.end += count;
                    self.read += count as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(Fault::in_part(self.part, &e)),
            }
            return Ok(!self.done);
        }
    }

    fn unfinished(&self) -> Fault {
        self.damaged("XML 不完整")
    }

    pub fn damaged(&self, what: &str) -> Fault {
        Fault::damaged(format!("部件 {} {what}", self.part))
    }
}

impl<'a> Tag<'a> {
    /// The name without its prefix.
    pub fn local(&self) -> &'a [u8] {
        local(self.name)
    }

    /// Names as written and values still escaped.
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes(self.attributes)
    }

    /// The value of the attribute of that qualified name, still escaped.
    pub fn attribute(&self, name: &[u8]) -> Result<Option<&'a [u8]>, Fault> {
        for attribute in self.attributes() {
            let (key, value) = attribute?;
            if key == name {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The value of an attribute, unescaped.
    pub fn text(&self, name: &[u8]) -> Result<Option<Cow<'a, str>>, Fault> {
        self.attribute(name)?.map(unescape).transpose()
    }
}

/// A name without its prefix.
pub(super) fn local(name: &[u8]) -> &[u8] {
    memchr::memchr(b':', name).map_or(name, |colon| &name[colon + 1..])
}

pub(super) struct Attributes<'a>(&'a [u8]);

impl<'a> Attributes<'a> {
    /// The attributes in what stands behind a tag's name.
    pub fn new(text: &'a [u8]) -> Attributes<'a> {
        Attributes(text)
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii_start();
        self.0 = &[];
        if rest.is_empty() {
            return None;
        }
        let split = || {
            let (key, rest) = rest.split_at_checked(memchr::memchr(b'=', rest)?)?;
            let (&quote, rest) = rest[1..].trim_ascii_start().split_first()?;
            let end = memchr::memchr(quote, rest).filter(|_| quote == b'"' || quote == b'\'')?;
            Some((key.trim_ascii_end(), &rest[..end], &rest[end + 1..]))
        };
        Some(match split() {
            Some((key, value, rest)) => {
                self.0 = rest;
                Ok((key, value))
            }
            None => Err(Fault::damaged("XML 属性不合规")),
        })
    }
}

/// Text as meant: entities resolved, line ends made one.
pub(super) fn unescape(raw: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let text = std::str::from_utf8(raw).map_err(|_| Fault::damaged("XML 文字编码错误"))?;
    if memchr::memchr2(b'&', b'\r', raw).is_none() {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'&', b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\r') {
            out.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
            continue;
        }
        let meant = rest.find(';').filter(|&end| end <= 12).and_then(|end| Some((entity(&rest[1..end])?, end)));
        let (meant, end) = meant.ok_or_else(|| Fault::damaged("XML 中有无法识别的实体"))?;
        out.push(meant);
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|&c| c != '\0')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document as `<a>`, `k=v` per attribute, text and `</a>`, or the fault.
    fn tokens(document: &[u8]) -> String {
        let mut out = String::new();
        let mut xml = match Xml::new(document, "x.xml") {
            Ok(xml) => xml,
            Err(fault) => return format!("{fault:?}"),
        };
        loop {
            match xml.next() {
                Ok(Token::Start(tag)) => {
                    out += &format!("<{}", String::from_utf8_lossy(tag.name));
                    for attribute in tag.attributes() {
                        match attribute {
                            Ok((key, value)) => {
                                out += &format!(" {}={}", String::from_utf8_lossy(key), unescape(value).unwrap());
                            }
                            Err(fault) => return format!("{fault:?}"),
                        }
                    }
                    out += ">";
                }
                Ok(Token::End(name)) => out += &format!("</{}>", String::from_utf8_lossy(name)),
                Ok(Token::Text { raw, cdata: true }) => out += &String::from_utf8_lossy(raw),
                Ok(Token::Text { raw, cdata: false }) => match unescape(raw) {
                    Ok(text) => out += &text,
                    Err(fault) => return format!("{fault:?}"),
                },
                Ok(Token::Eof) => return out,
                Err(fault) => return format!("{fault:?}"),
            }
        }
    }

    #[test]
    fn documents_come_as_tokens() {
        let cases: &[(&str, &str)] = &[
            ("<a/>", "<a></a>"),
            ("<?xml version=\"1.0\"?>\n<a>x</a>\n", "<a>x</a>"),
            ("<a b='1' c = \"2>3\" />", "<a b=1 c=2>3></a>"),
            ("<a><!-- <b> -->x<![CDATA[<&>]]></a>", "<a>x<&></a>"),
            ("<a>&lt;&#x5F20;&#24352;&amp;\r\ny</a >", "<a><张张&\ny</a>"),
            ("<x:a><x:b/></x:a>", "<x:a><x:b></x:b></x:a>"),
        ];
        for (document, expected) in cases {
            assert_eq!(&tokens(document.as_bytes()), expected, "{document}");
        }
    }

    #[test]
    fn broken_documents_are_faults() {
        for document in [
            "<a>",
            "<a",
            "<a></b>",
            "</a>",
            "<a>&nope;</a>",
            "<a>&#0;</a>",
            "<a>& </a>",
            "<a b></a>",
            "<a b='1></a>",
            "< a/>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            "<a><![CDATA[x</a>",
            "<a><!-- </a>",
            "<?xml version='1.0' encoding='nope'?><a/>",
        ] {
            assert!(tokens(document.as_bytes()).starts_with("Damaged("), "{document}: {}", tokens(document.as_bytes()));
        }
        assert!(tokens(b"<a>\xFF</a>").starts_with("Damaged("));
    }

    #[test]
    fn other_encodings_are_read() {
        let document = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>考核</a>";
        let mut utf_16 = vec![0xFF, 0xFE];
        utf_16.extend(document.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(tokens(&utf_16), "<a>考核</a>");
        let (gbk, _, _) = encoding_rs::GBK.encode("<?xml version='1.0' encoding='gb2312'?><a>考核</a>");
        assert_eq!(tokens(&gbk), "<a>考核</a>");
        assert_eq!(tokens("\u{FEFF}<a>考核</a>".as_bytes()), "<a>考核</a>");
    }

    #[test]
    fn long_texts_come_in_pieces_cut_between_characters() {
        for filler in ["考", "x考&amp;", "&#x5F20;", "ab"] {
            let text = filler.repeat((3 << 20) / filler.len());
            let document = format!("<a>{text}</a>");
            let expected = format!("<a>{}</a>", unescape(text.as_bytes()).unwrap());
            assert!(tokens(document.as_bytes()) == expected, "{filler}");
        }
    }

    #[test]
    fn a_position_is_found_again() {
        let document = format!("<a>{}<b>x</b></a>", "<c>考核</c>".repeat(20_000));
        let mut xml = Xml::new(document.as_bytes(), "x.xml").unwrap();
        let at = loop {
            let at = xml.position();
            if matches!(xml.next().unwrap(), Token::Start(tag) if tag.name == b"b") {
                break at;
            }
        };
        let mut again = Xml::new(document.as_bytes(), "x.xml").unwrap();
        again.skip_to(at).unwrap();
        assert!(matches!(again.next().unwrap(), Token::Start(tag) if tag.name == b"b"));
    }
}
