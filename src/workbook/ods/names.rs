//! Names of OpenDocument's XML: a prefix is what the document binds it to.
//!
//! Nearly all programs write the usual prefixes; those that do not (XML libraries that number them, a default namespace)
//! mean the same. So names are told here as if all had written the usual ones, which costs nothing where they did.

use std::borrow::Cow;

use super::super::error::Fault;
use super::super::xml::{self, Xml, unescape};

/// The namespaces that are looked into, and their usual prefixes.
const KNOWN: &[(&str, &[u8])] = &[
    ("urn:oasis:names:tc:opendocument:xmlns:office:1.0", b"office"),
    ("urn:oasis:names:tc:opendocument:xmlns:table:1.0", b"table"),
    ("urn:oasis:names:tc:opendocument:xmlns:text:1.0", b"text"),
    ("urn:oasis:names:tc:opendocument:xmlns:style:1.0", b"style"),
    ("urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0", b"number"),
    ("urn:oasis:names:tc:opendocument:xmlns:drawing:1.0", b"draw"),
    ("urn:oasis:names:tc:opendocument:xmlns:config:1.0", b"config"),
    ("urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0", b"calcext"),
];

/// More prefixes than any document has.
const MOST: usize = 1024;

/// What prefixes stand for where the reader is: only those that are bound to something unusual.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    bound: Vec<Binding>,
    depth: usize,
}

#[derive(Debug, Clone)]
struct Binding {
    /// Empty for names without one.
    prefix: Vec<u8>,
    /// None: a namespace that is not looked into.
    usual: Option<&'static [u8]>,
    depth: usize,
}

/// A part of the document, token by token, with the usual names.
pub(super) struct OdsReader<'a> {
    xml: Xml<'a>,
    names: Names,
    name: Vec<u8>,
}

/// As [`xml::Token`].
pub(super) enum Token<'t> {
    Start(Tag<'t>),
    End(&'t [u8]),
    Text { raw: &'t [u8], cdata: bool },
    Eof,
}

/// As [`xml::Tag`].
#[derive(Clone, Copy)]
pub(super) struct Tag<'t> {
    pub name: &'t [u8],
    tag: xml::Tag<'t>,
    names: &'t Names,
}

impl<'a> OdsReader<'a> {
    pub fn new(xml: Xml<'a>) -> OdsReader<'a> {
        OdsReader::resume(xml, Names::default())
    }

    /// From a place further on, where prefixes stand for these.
    pub fn resume(xml: Xml<'a>, names: Names) -> OdsReader<'a> {
        OdsReader { xml, names, name: Vec::new() }
    }

    /// Where the next token starts, and what prefixes stand for there.
    pub fn position(&self) -> (u64, Names) {
        (self.xml.position(), self.names.clone())
    }

    pub fn next(&mut self) -> Result<Token<'_>, Fault> {
        let OdsReader { xml, names, name } = self;
        Ok(match xml.next()? {
            xml::Token::Start(tag) => {
                names.open(tag)?;
                let names = &*names;
                Token::Start(Tag { name: names.usual(tag.name, true, name), tag, names })
            }
            xml::Token::End(end) => {
                let end = names.usual(end, true, name);
                names.close();
                Token::End(end)
            }
            xml::Token::Text { raw, cdata } => Token::Text { raw, cdata },
            xml::Token::Eof => Token::Eof,
        })
    }

    /// Skips what stands inside the tag just sent, and its end.
    pub fn skip(&mut self) -> Result<(), Fault> {
        self.xml.skip()?;
        self.names.close();
        Ok(())
    }

    pub fn finish(self) -> Result<(), Fault> {
        self.xml.finish()
    }

    pub fn damaged(&self, what: &str) -> Fault {
        self.xml.damaged(what)
    }
}

impl Names {
    fn open(&mut self, tag: xml::Tag<'_>) -> Result<(), Fault> {
        self.depth += 1;
        if !tag.binds_names() {
            return Ok(());
        }
        for attribute in tag.attributes() {
            let (key, uri) = attribute?;
            let prefix = match key {
                b"xmlns" => &[],
                _ => match key.strip_prefix(b"xmlns:") {
                    Some(prefix) => prefix,
                    None => continue,
                },
            };
            let uri = unescape(uri)?;
            let usual = KNOWN.iter().find(|(known, _)| *known == uri).map(|(_, usual)| *usual);
            let misleads = match usual {
                Some(usual) => usual != prefix,
                None => prefix.is_empty() || KNOWN.iter().any(|(_, known)| *known == prefix),
            };
            if misleads || self.bound.iter().any(|binding| binding.prefix == prefix) {
                if self.bound.len() == MOST {
                    return Err(Fault::damaged("XML 命名空间过多"));
                }
                self.bound.push(Binding { prefix: prefix.to_owned(), usual, depth: self.depth });
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        while self.bound.last().is_some_and(|binding| binding.depth >= self.depth) {
            self.bound.pop();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// The name with its usual prefix; `?:` before one of no known namespace. Attributes without a prefix are in none.
    fn usual<'n>(&self, name: &'n [u8], is_element: bool, buffer: &'n mut Vec<u8>) -> &'n [u8] {
        if self.bound.is_empty() {
            return name;
        }
        let (prefix, local) = match memchr::memchr(b':', name) {
            Some(colon) => (&name[..colon], &name[colon + 1..]),
            None if is_element => (&[][..], name),
            None => return name,
        };
        let Some(binding) = self.bound.iter().rev().find(|binding| binding.prefix == prefix) else { return name };
        buffer.clear();
        buffer.extend_from_slice(binding.usual.unwrap_or(b"?"));
        buffer.push(b':');
        buffer.extend_from_slice(local);
        buffer
    }
}

impl<'t> Tag<'t> {
    /// Usual names and values still escaped.
    pub fn attributes(&self) -> impl Iterator<Item = Result<(Cow<'t, [u8]>, &'t [u8]), Fault>> {
        let names = self.names;
        self.tag.attributes().map(move |attribute| {
            let (key, value) = attribute?;
            if names.bound.is_empty() {
                return Ok((Cow::Borrowed(key), value));
            }
            let mut buffer = Vec::new();
            Ok((Cow::Owned(names.usual(key, false, &mut buffer).to_owned()), value))
        })
    }

    /// The value of the attribute of that usual name, still escaped.
    pub fn attribute(&self, name: &[u8]) -> Result<Option<&'t [u8]>, Fault> {
        for attribute in self.attributes() {
            let (key, value) = attribute?;
            if *key == *name {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The value of an attribute, unescaped; empty where it is not there.
    pub fn text(&self, name: &[u8]) -> Result<Cow<'t, str>, Fault> {
        Ok(self.attribute(name)?.map(unescape).transpose()?.unwrap_or_default())
    }

    /// A count; none where there is none.
    pub fn number(&self, name: &[u8]) -> Result<Option<u32>, Fault> {
        Ok(self.text(name)?.trim().parse().ok())
    }
}
