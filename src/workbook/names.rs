//! Names of OpenDocument's XML: a prefix is what the document binds it to.
//!
//! Nearly all programs write the usual prefixes; those that do not (XML libraries that number them, a default namespace)
//! mean the same. So names are told here as if all had written the usual ones, which costs nothing where they did.

use quick_xml::events::BytesStart;
use quick_xml::name::{Namespace, NamespaceResolver, PrefixDeclaration, QName, ResolveResult};

use super::error::Refusal;

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

/// What prefixes stand for where the reader is.
#[derive(Debug, Clone, Default)]
pub(super) struct Prefixes {
    bound: NamespaceResolver,
    /// Some prefix is, or was, not the usual one.
    unusual: bool,
}

impl Prefixes {
    /// A tag begins.
    pub fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        if !tag.contains("xmlns") {
            self.bound.set_level(self.bound.level() + 1);
            return Ok(());
        }
        self.bound.push(tag).map_err(|_| Refusal::damaged("XML 命名空间不合规"))?;
        let misleads = |(prefix, uri): (PrefixDeclaration<'_>, Namespace<'_>)| {
            let prefix = if let PrefixDeclaration::Named(prefix) = prefix { prefix } else { "" };
            match usual(uri.0) {
                Some(usual) => usual != prefix,
                None => prefix.is_empty() || KNOWN.iter().any(|(_, known)| *known == prefix),
            }
        };
        self.unusual |= self.bound.bindings().any(misleads);
        Ok(())
    }

    /// A tag ends.
    pub fn close(&mut self) {
        self.bound.pop();
    }

    /// Whether all prefixes are the usual ones.
    pub fn are_usual(&self) -> bool {
        !self.unusual
    }

    /// The name with its usual prefix; `?:` before one of no known namespace. Attributes without a prefix are in none.
    pub fn usual<'n>(&self, name: &'n str, is_element: bool, buffer: &'n mut String) -> &'n str {
        if !self.unusual {
            return name;
        }
        let (found, local) = self.bound.resolve(QName(name), is_element);
        let ResolveResult::Bound(Namespace(uri)) = found else { return name };
        buffer.clear();
        buffer.extend([usual(uri).unwrap_or("?"), ":", local.into_inner()]);
        buffer
    }
}

/// The usual prefix of a namespace that is looked into.
fn usual(uri: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(known, _)| *known == uri).map(|(_, usual)| *usual)
}
