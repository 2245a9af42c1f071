//! The XML parts of workbooks, token by token: quick-xml over a stream, made strict.
//!
//! What quick-xml leaves to its user is decided here: a document type (the door to entity bombs and outside files) is
//! refused, for no spreadsheet program writes one; every tag has to be closed before the end; other encodings
//! come as UTF-8; and no tag or text may take more memory than [`LONGEST`], for quick-xml holds each whole.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::encoding::DecodingReader;
use quick_xml::events::Event;
use quick_xml::events::attributes::{Attribute, Attributes};
use quick_xml::{Error, Reader};

use super::error::Refusal;
use super::names::Prefixes;

/// A tag or a text longer than this is no part of a workbook.
const LONGEST: usize = 16 << 20;
const WINDOW: usize = 256 << 10;
const DEEPEST: usize = 256;

/// What comes next in the document. A tag that closes itself is sent as its start and its end.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Start(Tag<'a>),
    /// The qualified name.
    End(&'a str),
    /// As meant; a text may come in several pieces.
    Text(Cow<'a, str>),
    Eof,
}

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// The qualified name; the usual one, where names are told so.
    pub name: &'a str,
    attributes: &'a str,
    names: Option<&'a Prefixes>,
}

/// What has just been passed.
enum Passed {
    /// A start tag, whose name has so many bytes.
    Start(usize),
    End,
    Text {
        /// There nothing is an entity.
        cdata: bool,
    },
    Eof,
}

pub(super) struct Xml<'a> {
    reader: Reader<Capped<'a>>,
    part: &'a str,
    buffer: Vec<u8>,
    /// The token just sent.
    held: String,
    /// How many tags are open.
    depth: usize,
    /// The tag just sent closes itself, and its name has so many bytes.
    closes: Option<usize>,
    /// The token just sent is the end of a tag.
    ended: bool,
    /// Bytes passed by before the reader began.
    skipped: u64,
    /// What prefixes stand for, where names are told as if all had written the usual ones.
    names: Option<Prefixes>,
    /// The usual name of the tag just sent, where it was written otherwise.
    name: String,
}

/// A stream from which a single token can only take so much.
struct Capped<'a> {
    source: BufReader<Box<dyn Read + 'a>>,
    left: usize,
}

impl<'a> Xml<'a> {
    /// `part` is what messages call the document.
    pub fn new(mut source: impl Read + 'a, part: &'a str) -> Result<Xml<'a>, Refusal> {
        let mut head = Vec::new();
        source.by_ref().take(256).read_to_end(&mut head).map_err(|e| Refusal::in_part(part, &e))?;
        let encoding = encoding(&head, part)?;
        let mark = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut head = io::Cursor::new(head);
        let source: Box<dyn Read + 'a> = if encoding == UTF_8 {
            head.set_position(mark);
            Box::new(head.chain(source))
        } else {
            let mut decoded = DecodingReader::new(BufReader::new(head.chain(source)));
            decoded.set_encoding(encoding);
            Box::new(decoded)
        };
        let reader = Reader::from_reader(Capped { source: BufReader::with_capacity(WINDOW, source), left: LONGEST });
        Ok(Xml {
            reader,
            part,
            buffer: Vec::new(),
            held: String::new(),
            depth: 0,
            closes: None,
            ended: false,
            skipped: 0,
            names: None,
            name: String::new(),
        })
    }

    /// The same with the usual names, whatever prefixes the document has.
    pub fn named(source: impl Read + 'a, part: &'a str) -> Result<Xml<'a>, Refusal> {
        Ok(Xml { names: Some(Prefixes::default()), ..Xml::new(source, part)? })
    }

    /// Where the next token starts (bytes of UTF-8), and what prefixes stand for there.
    pub fn place(&mut self) -> (u64, Prefixes) {
        self.leave();
        (self.skipped + self.reader.buffer_position(), self.names.clone().unwrap_or_default())
    }

    /// Goes to such a place; only before the first token.
    pub fn resume(&mut self, (position, names): &(u64, Prefixes)) -> Result<(), Refusal> {
        self.names = Some(names.clone());
        let source = &mut self.reader.get_mut().source;
        let passed =
            io::copy(&mut source.take(*position), &mut io::sink()).map_err(|e| Refusal::in_part(self.part, &e))?;
        self.skipped = *position;
        if passed == *position { Ok(()) } else { Err(self.unfinished()) }
    }

    /// How many tags are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// What stands behind the tag just sent, or its end, as far as it is at hand: to be looked at by those who know its form.
    pub fn ahead(&mut self) -> Result<&[u8], Refusal> {
        if self.closes.is_some() {
            return Ok(&[]);
        }
        let source = self.reader.get_mut();
        source.left = LONGEST;
        source.fill_buf().map_err(|e| Refusal::in_part(self.part, &e))
    }

    /// Passes what has been looked at, which leaves the same tags open.
    pub fn pass(&mut self, length: usize) {
        self.reader.get_mut().consume(length);
    }

    /// Reads to the end, so that the part's length and checksum are compared.
    fn finish(&mut self) -> Result<(), Refusal> {
        let source = &mut self.reader.get_mut().source;
        io::copy(source, &mut io::sink()).map_err(|e| Refusal::in_part(self.part, &e))?;
        Ok(())
    }

    pub fn next(&mut self) -> Result<Token<'_>, Refusal> {
        Ok(match self.advance()? {
            Passed::Start(length) => Token::Start(self.tag(length)),
            Passed::End => Token::End(match &self.names {
                Some(names) => names.usual(&self.held, true, &mut self.name),
                None => &self.held,
            }),
            Passed::Text { cdata: true } => Token::Text(one_line_end(&self.held)),
            Passed::Text { cdata: false } => Token::Text(unescape(&self.held)?),
            Passed::Eof => Token::Eof,
        })
    }

    /// The next tag inside the one just sent, once those before it are read or skipped to their ends; none at its end.
    pub fn child(&mut self) -> Result<Option<Tag<'_>>, Refusal> {
        loop {
            match self.advance()? {
                Passed::Start(length) => return Ok(Some(self.tag(length))),
                Passed::End => return Ok(None),
                Passed::Text { .. } => {}
                Passed::Eof => return Err(self.unfinished()),
            }
        }
    }

    /// The next tag, wherever it stands; none at the document's end.
    pub fn next_tag(&mut self) -> Result<Option<Tag<'_>>, Refusal> {
        loop {
            match self.advance()? {
                Passed::Start(length) => return Ok(Some(self.tag(length))),
                Passed::End | Passed::Text { .. } => {}
                Passed::Eof => return Ok(None),
            }
        }
    }

    /// The start tag that is held.
    fn tag(&mut self, length: usize) -> Tag<'_> {
        let (name, attributes) = self.held.split_at(length);
        let names = self.names.as_ref();
        let name = names.map_or(name, |names| names.usual(name, true, &mut self.name));
        Tag { name, attributes, names }
    }

    /// What the tag that ended bound prefixes to holds no more.
    fn leave(&mut self) {
        if std::mem::take(&mut self.ended) {
            self.names.iter_mut().for_each(Prefixes::close);
        }
    }

    /// Passes and holds the next token.
    fn advance(&mut self) -> Result<Passed, Refusal> {
        self.leave();
        if let Some(name) = self.closes.take() {
            self.held.truncate(name);
            self.depth -= 1;
            self.ended = true;
            return Ok(Passed::End);
        }
        loop {
            self.buffer.clear();
            self.held.clear();
            self.reader.get_mut().left = LONGEST;
            let event = self.reader.read_event_into(&mut self.buffer);
            let is_empty = matches!(event, Ok(Event::Empty(_)));
            match event {
                Ok(Event::Start(tag) | Event::Empty(tag)) => {
                    if let Some(names) = &mut self.names {
                        names.open(&tag)?;
                    }
                    self.held.push_str(&tag);
                    let name = tag.name().as_ref().len();
                    self.depth += 1;
                    if self.depth > DEEPEST || name == 0 {
                        return Err(self.damaged("XML 结构不合规"));
                    }
                    self.closes = is_empty.then_some(name);
                    return Ok(Passed::Start(name));
                }
                Ok(Event::End(tag)) => {
                    self.held.push_str(tag.name().as_ref());
                    self.depth = self.depth.saturating_sub(1);
                    self.ended = true;
                    return Ok(Passed::End);
                }
                Ok(Event::Text(text)) => self.held.push_str(&text),
                Ok(Event::GeneralRef(name)) => {
                    self.held.push('&');
                    self.held.push_str(&name);
                    self.held.push(';');
                }
                Ok(Event::CData(text)) => {
                    self.held.push_str(&text);
                    return Ok(Passed::Text { cdata: true });
                }
                Ok(Event::DocType(_)) => return Err(self.damaged("含有文档类型声明（DTD），电子表格中不应出现")),
                Ok(Event::Eof) if self.depth > 0 => return Err(self.unfinished()),
                Ok(Event::Eof) => {
                    self.finish()?;
                    return Ok(Passed::Eof);
                }
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => continue,
                Err(Error::Io(error)) => return Err(Refusal::in_part(self.part, &error)),
                Err(Error::Encoding(_)) => return Err(self.damaged("文字编码错误")),
                Err(Error::IllFormed(_)) => return Err(self.damaged("XML 标签不配对")),
                Err(_) => return Err(self.unfinished()),
            }
            // What stands outside the document's own tag is no text.
            if self.depth > 0 {
                return Ok(Passed::Text { cdata: false });
            }
        }
    }

    /// Skips what stands inside the tag just sent, and its end.
    pub fn skip(&mut self) -> Result<(), Refusal> {
        let mut depth = 1;
        while depth > 0 {
            match self.advance()? {
                Passed::Start(_) => depth += 1,
                Passed::End => depth -= 1,
                Passed::Text { .. } => {}
                Passed::Eof => return Err(self.unfinished()),
            }
        }
        Ok(())
    }

    pub fn unfinished(&self) -> Refusal {
        self.damaged("XML 不完整")
    }

    fn damaged(&self, what: &str) -> Refusal {
        Refusal::damaged(format!("部件 {} {what}", self.part))
    }
}

impl Read for Capped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer)
    }
}

impl BufRead for Capped<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "有文字或标签过长"));
        }
        let available = self.source.fill_buf()?;
        Ok(&available[..available.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        self.left -= count.min(self.left);
        self.source.consume(count);
    }
}

impl<'a> Tag<'a> {
    /// The name without its prefix.
    pub fn local(&self) -> &'a str {
        local(self.name)
    }

    /// Names and values, these still escaped.
    pub fn attributes(&self) -> impl Iterator<Item = Result<(Cow<'a, str>, &'a str), Refusal>> {
        let names = self.names.filter(|names| !names.are_usual());
        attributes(self.attributes).map(move |attribute| {
            let (key, value) = attribute?;
            let mut buffer = String::new();
            let usual = |names: &Prefixes| Cow::Owned(names.usual(key, false, &mut buffer).to_owned());
            Ok((names.map_or(Cow::Borrowed(key), usual), value))
        })
    }

    /// The value of the attribute of that qualified name, still escaped.
    pub fn attribute(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        for attribute in self.attributes() {
            let (key, value) = attribute?;
            if key == name {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The value of an attribute, unescaped; empty where it is not there.
    pub fn text(&self, name: &str) -> Result<Cow<'a, str>, Refusal> {
        Ok(self.attribute(name)?.map(unescape).transpose()?.unwrap_or_default())
    }

    /// A count; none where there is none.
    pub fn number(&self, name: &str) -> Result<Option<u32>, Refusal> {
        Ok(self.text(name)?.trim().parse().ok())
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// The attributes in what stands behind a tag's name, as written.
fn attributes(text: &str) -> impl Iterator<Item = Result<(&str, &str), Refusal>> {
    let mut attributes = Attributes::new(text, 0);
    attributes.with_checks(false);
    attributes.map(|attribute| match attribute {
        Ok(Attribute { key, value: Cow::Borrowed(value) }) => Ok((key.0, value)),
        _ => Err(Refusal::damaged("XML 属性不合规")),
    })
}

/// The encoding that a document's first bytes tell: its byte order mark, else its declaration, else UTF-8.
pub(super) fn encoding(head: &[u8], part: &str) -> Result<&'static Encoding, Refusal> {
    match head {
        _ if let Some((marked, _)) = Encoding::for_bom(head) => return Ok(marked),
        [b'<', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let declaration = head.strip_prefix(b"<?xml").and_then(|rest| rest.get(..memchr::memchr(b'>', rest)?));
    let declaration = std::str::from_utf8(declaration.unwrap_or_default()).unwrap_or_default();
    let mut declared = attributes(declaration.strip_suffix('?').unwrap_or(declaration)).flatten();
    let Some((_, label)) = declared.find(|(key, _)| *key == "encoding") else { return Ok(UTF_8) };
    let unknown = || Refusal::damaged(format!("部件 {part} 的编码 {label} 无法识别"));
    Encoding::for_label(label.as_bytes()).ok_or_else(unknown)
}

/// Text as meant: entities resolved, line ends made one.
pub(super) fn unescape(text: &str) -> Result<Cow<'_, str>, Refusal> {
    let unknown = |_| Refusal::damaged("XML 中有无法识别的实体");
    match one_line_end(text) {
        Cow::Borrowed(text) => quick_xml::escape::unescape(text).map_err(unknown),
        Cow::Owned(text) => Ok(Cow::Owned(quick_xml::escape::unescape(&text).map_err(unknown)?.into_owned())),
    }
}

/// A text whose line ends are all alike.
fn one_line_end(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// The blanks of XML; other programs take no others from around a number.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Without the blanks around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(BLANKS)
}

/// Whether there is nothing but blanks.
pub(super) fn blank(text: &str) -> bool {
    trimmed(text).is_empty()
}
