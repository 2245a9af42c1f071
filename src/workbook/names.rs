//! Names of OpenDocument's XML: a prefix is what the document binds it to.
//!
//! Nearly all programs write the usual prefixes; those that do not (XML libraries that number them, a default namespace)
//! mean the same. So names are told here as if all had written the usual ones, which costs nothing where they did.

use super::error::Fault;
use super::xml::{Attributes, unescape};

/// The namespaces that are looked into, and their usual prefixes.
const KNOWN: &[(&str, &str)] = &[
    ("urn:oasis:names:tc:opendocument:xmlns:office:1.0", "office"),
    ("urn:oasis:names:tc:opendocument:xmlns:table:1.0", "table"),
    ("urn:oasis:names:tc:opendocument:xmlns:text:1.0", "text"),
    ("urn:oasis:names:tc:opendocument:xmlns:style:1.0", "style"),
    ("urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0", "number"),
    ("urn:oasis:names:tc:opendocument:xmlns:drawing:1.0", "draw"),
    ("urn:oasis:names:tc:opendocument:xmlns:config:1.0", "config"),
    ("urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0", "calcext"),
];

/// More prefixes than any document has.
const MOST: usize = 1024;

/// What prefixes stand for where the reader is: only those that are bound to something unusual.
#[derive(Debug, Clone, Default)]
pub(super) struct Prefixes {
    bound: Vec<Binding>,
    depth: usize,
}

#[derive(Debug, Clone)]
struct Binding {
    /// Empty for names without one.
    prefix: String,
    /// None: a namespace that is not looked into.
    usual: Option<&'static str>,
    depth: usize,
}

impl Prefixes {
    /// A tag with these attributes begins.
    pub fn open(&mut self, attributes: &str) -> Result<(), Fault> {
        self.depth += 1;
        if !attributes.contains("xmlns") {
            return Ok(());
        }
        for attribute in Attributes::new(attributes) {
            let (key, uri) = attribute?;
            let Some(prefix) = key.strip_prefix("xmlns:").or((key == "xmlns").then_some("")) else { continue };
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

    /// A tag ends.
    pub fn close(&mut self) {
        while self.bound.last().is_some_and(|binding| binding.depth >= self.depth) {
            self.bound.pop();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// Whether all prefixes are the usual ones here.
    pub fn are_usual(&self) -> bool {
        self.bound.is_empty()
    }

    /// The name with its usual prefix; `?:` before one of no known namespace. Attributes without a prefix are in none.
    pub fn usual<'n>(&self, name: &'n str, is_element: bool, buffer: &'n mut String) -> &'n str {
        if self.bound.is_empty() {
            return name;
        }
        let (prefix, local) = match name.split_once(':') {
            Some(parts) => parts,
            None if is_element => ("", name),
            None => return name,
        };
        let Some(binding) = self.bound.iter().rev().find(|binding| binding.prefix == prefix) else { return name };
        buffer.clear();
        buffer.push_str(binding.usual.unwrap_or("?"));
        buffer.push(':');
        buffer.push_str(local);
        buffer
    }
}
