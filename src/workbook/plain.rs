//! XML in the plain form that spreadsheet programs write: UTF-8, no prefixes where it matters, no comments, no CDATA.
//!
//! Most of a run's time goes into sheets of this form, so they get a scanner over bytes that looks at each once. It decides
//! nothing beyond that form: whatever it does not know stops it with [`Stop::Unknown`], and the part is read again by
//! a reader that knows all of XML. Memory is one window on the part.

use std::borrow::Cow;
use std::io::Read;

use super::encoding::encoding;
use super::error::Fault;
use super::package::Stream;
use super::xml::unescape;

/// A tag or a cell longer than this is in no plain sheet.
const LONGEST: usize = 1 << 20;
const WINDOW: usize = 256 << 10;
const DEEPEST: usize = 128;

/// Why the scanner does not go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// What stands here may go on behind the window.
    More,
    /// Not the plain form.
    Unknown,
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// A part as it passes by.
pub(super) struct Window<'a> {
    source: Stream<'a>,
    part: &'a str,
    bytes: Vec<u8>,
    at: usize,
    end: usize,
}

impl<'a> Window<'a> {
    pub fn new(source: Stream<'a>, part: &'a str) -> Result<Window<'a>, Stop> {
        let mut window = Window { source, part, bytes: vec![0; WINDOW], at: 0, end: 0 };
        while window.end < 256 && window.more()? {}
        let head = &window.bytes[..window.end];
        if encoding(head, part)? != encoding_rs::UTF_8 {
            return Err(Stop::Unknown);
        }
        if head.starts_with(b"\xEF\xBB\xBF") {
            window.at = 3;
        }
        Ok(window)
    }

    /// Repeats `step` until it returns false. One that stops with [`Stop::More`] is repeated with more to see, so a
    /// step changes nothing before it is through.
    pub fn walk(&mut self, mut step: impl FnMut(&mut Cursor<'_>) -> Result<bool, Stop>) -> Result<(), Stop> {
        loop {
            let mut cursor = Cursor::new(&self.bytes[self.at..self.end]);
            let mut passed = 0;
            let stop = loop {
                match step(&mut cursor) {
                    Ok(on) => {
                        passed = cursor.at;
                        if !on {
                            break None;
                        }
                    }
                    Err(stop) => break Some(stop),
                }
            };
            self.at += passed;
            match stop {
                None => return Ok(()),
                Some(Stop::More) if self.more()? => {}
                Some(Stop::More) => return Err(self.damaged("XML 不完整").into()),
                Some(other) => return Err(other),
            }
        }
    }

    /// Reads to the end, so that the part's length and checksum are compared; no further tag may come.
    pub fn finish(mut self) -> Result<(), Stop> {
        loop {
            let rest = &self.bytes[self.at..self.end];
            if let Some(tag) = memchr::memchr(b'<', rest) {
                self.at += tag;
                while self.end - self.at < 2 && self.more()? {}
                let closes = self.bytes[self.at..self.end].get(1).is_none_or(|&next| next == b'/');
                return Err(if closes { self.damaged("XML 标签不配对").into() } else { Stop::Unknown });
            }
            self.at = self.end;
            if !self.more()? {
                return Ok(());
            }
        }
    }

    fn more(&mut self) -> Result<bool, Stop> {
        self.bytes.copy_within(self.at..self.end, 0);
        self.end -= self.at;
        self.at = 0;
        if self.end > LONGEST {
            return Err(Stop::Unknown);
        }
        if self.bytes.len() - self.end < WINDOW / 2 {
            self.bytes.resize(self.bytes.len() * 2, 0);
        }
        let count = self.source.read(&mut self.bytes[self.end..]).map_err(|e| Fault::in_part(self.part, &e))?;
        self.end += count;
        Ok(count > 0)
    }

    fn damaged(&self, what: &str) -> Fault {
        Fault::damaged(format!("部件 {} {what}", self.part))
    }
}

/// A place in what can be seen of a part.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    /// What stands here and behind.
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// Passes so many bytes, which have been looked at in [`Cursor::rest`].
    pub fn skip(&mut self, length: usize) {
        self.at = self.bytes.len().min(self.at + length);
    }

    pub fn byte(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(Stop::More)
    }

    pub fn blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Passes `what` if it stands here.
    pub fn take(&mut self, what: &[u8]) -> Result<bool, Stop> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(what) {
            self.at += what.len();
            return Ok(true);
        }
        if what.starts_with(rest) { Err(Stop::More) } else { Ok(false) }
    }

    /// Passes `what`, which has to stand here.
    pub fn need(&mut self, what: &[u8]) -> Result<(), Stop> {
        if self.take(what)? { Ok(()) } else { Err(Stop::Unknown) }
    }

    /// Passes all up to and with `what`.
    pub fn pass(&mut self, what: &[u8]) -> Result<(), Stop> {
        let found = memchr::memmem::find(&self.bytes[self.at..], what).ok_or(Stop::More)?;
        self.at += found + what.len();
        Ok(())
    }

    /// What stands here up to the next tag, as written.
    pub fn text(&mut self) -> Result<&'a [u8], Stop> {
        let rest = &self.bytes[self.at..];
        let length = memchr::memchr(b'<', rest).ok_or(Stop::More)?;
        self.at += length;
        Ok(&rest[..length])
    }

    /// The attributes of the tag whose name has just been passed, still escaped; whether the tag closes itself.
    pub fn attributes(&mut self, mut each: impl FnMut(&'a [u8], &'a [u8]) -> Result<(), Stop>) -> Result<bool, Stop> {
        loop {
            let before = self.at;
            self.blanks();
            match self.byte()? {
                b'>' => {
                    self.at += 1;
                    return Ok(false);
                }
                b'/' => {
                    self.at += 1;
                    self.need(b">")?;
                    return Ok(true);
                }
                // Whatever went before this attribute's name belongs to something else.
                _ if self.at == before => return Err(Stop::Unknown),
                _ => {}
            }
            let name = self.name()?;
            self.need(b"=")?;
            let quote = self.byte()?;
            if quote != b'"' && quote != b'\'' {
                return Err(Stop::Unknown);
            }
            self.at += 1;
            let rest = &self.bytes[self.at..];
            let length = rest.iter().position(|&byte| byte == quote || byte == b'<').ok_or(Stop::More)?;
            if rest[length] != quote {
                return Err(Stop::Unknown);
            }
            self.at += length + 1;
            each(name, &rest[..length])?;
        }
    }

    /// A name up to what cannot be part of one.
    pub fn name(&mut self) -> Result<&'a [u8], Stop> {
        let rest = &self.bytes[self.at..];
        let ends =
            |byte: &u8| matches!(byte, b'=' | b'>' | b'/' | b'<' | b'"' | b'\'' | b'&') || byte.is_ascii_whitespace();
        let length = rest.iter().position(ends).ok_or(Stop::More)?;
        self.at += length;
        if length == 0 { Err(Stop::Unknown) } else { Ok(&rest[..length]) }
    }
}

/// What surrounds the part of a document that matters: its tags are paired, not looked into.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    begun: bool,
    /// The names of the open tags.
    tags: Vec<Vec<u8>>,
}

/// A tag outside.
pub(super) enum Outer<'a> {
    /// The name; its attributes come next and [`Surroundings::open`] has to be told how it ends.
    Start(&'a [u8]),
    /// Text, the declaration, an end tag.
    Passed,
    /// The document's own end tag.
    End,
}

impl Surroundings {
    /// The next tag; the document's own has to be called `root`.
    pub fn next<'a>(&mut self, cursor: &mut Cursor<'a>, root: &[u8]) -> Result<Outer<'a>, Stop> {
        let rest = &cursor.bytes[cursor.at..];
        match memchr::memchr(b'<', rest) {
            None if rest.is_empty() => return Err(Stop::More),
            Some(0) => {}
            text => {
                cursor.at += text.unwrap_or(rest.len());
                return Ok(Outer::Passed);
            }
        }
        if !self.begun && cursor.take(b"<?xml")? {
            cursor.pass(b"?>")?;
            return Ok(Outer::Passed);
        }
        if cursor.take(b"</")? {
            let name = cursor.name()?;
            cursor.blanks();
            cursor.need(b">")?;
            if self.tags.pop().is_none_or(|open| open != name) {
                return Err(Fault::damaged("XML 标签不配对").into());
            }
            return Ok(if self.tags.is_empty() { Outer::End } else { Outer::Passed });
        }
        cursor.need(b"<")?;
        if matches!(cursor.byte()?, b'!' | b'?') {
            return Err(Stop::Unknown);
        }
        let name = cursor.name()?;
        if self.tags.is_empty() && (self.begun || name != root) {
            return Err(Stop::Unknown);
        }
        Ok(Outer::Start(name))
    }

    /// How the tag that [`Surroundings::next`] sent ended.
    pub fn open(&mut self, name: &[u8], closed: bool) -> Result<(), Stop> {
        if self.tags.len() == DEEPEST || (closed && self.tags.is_empty()) {
            return Err(Stop::Unknown);
        }
        self.begun = true;
        if !closed {
            self.tags.push(name.to_owned());
        }
        Ok(())
    }

    /// Whether only the document's own tag is open.
    pub fn is_at_root(&self) -> bool {
        self.tags.len() == 1
    }

    /// The end of a tag that was looked into has been passed.
    pub fn close(&mut self) {
        self.tags.pop();
    }
}

/// The text of a `<t>` whose name has just been passed: blanks around it count only where it says so.
pub(super) fn shown<'a>(cursor: &mut Cursor<'a>) -> Result<Cow<'a, str>, Stop> {
    let mut keep = false;
    let closed = cursor.attributes(|name, value| {
        keep |= name == b"xml:space" && value == b"preserve";
        Ok(())
    })?;
    if closed {
        return Ok(Cow::Borrowed(""));
    }
    let raw = cursor.text()?;
    cursor.need(b"</t>")?;
    let text = unescape(raw)?;
    if keep {
        return Ok(text);
    }
    let blanks = [' ', '\t', '\r', '\n'];
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(blanks)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(blanks).to_owned()),
    })
}
