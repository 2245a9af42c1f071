//! Tells a workbook that this program wrote: a list, a 退回单, a table of a run.
//!
//! The mark is a word among the document's properties. Excel, WPS and LibreOffice keep those whatever else is changed, also
//! when a list is saved as .xls or .ods, and in each format the word stands there as it is; so it is looked for in
//! their bytes. A file's name and what its sheets say are anybody's.

use std::io::Read;
use std::path::Path;

use super::ole::Ole;
use super::opc;
use super::package::Package;

/// The word that stands among the keywords of every workbook which this program writes, templates apart, and
/// among its own properties.
pub const OWN_MARK: &str = "kaohe-output";

/// Stands there instead among the own properties of a page that one command wrote for itself: writing it again replaces it,
/// which befalls no list, whose answers would be lost.
pub const PAGE_MARK: &str = "kaohe-output-page";

/// Properties are short; more of them than this is not looked at.
const MOST: u64 = 1 << 20;

/// Whether the mark stands in the properties of a zip's document.
pub(super) fn in_package(package: &Package, mark: &str) -> bool {
    // A list of relations that cannot be read is told by whoever needs it.
    let relations = opc::relations(package, "").unwrap_or_default();
    let named = relations.iter().filter(|relation| relation.kind.ends_with("-properties"));
    let parts = named.map(|relation| relation.target.as_str()).chain(["meta.xml"]);
    parts.filter_map(|name| package.find(name).ok()?).any(|part| {
        let mut content = Vec::new();
        let read = package.stream(part).map(|stream| stream.take(MOST).read_to_end(&mut content));
        read.is_ok_and(|read| read.is_ok()) && holds(&content, mark)
    })
}

/// Whether the mark stands in the properties of a compound file.
pub(super) fn in_compound(ole: &mut Ole<'_>) -> bool {
    ["\u{5}SummaryInformation", "\u{5}DocumentSummaryInformation"]
        .iter()
        .any(|name| ole.stream(name).is_ok_and(|stream| stream.is_some_and(|content| holds(&content, OWN_MARK))))
}

/// Whether a file is a page that a command of this program wrote for itself.
pub fn is_page(file: &Path) -> bool {
    let package = std::fs::read(file).ok().and_then(|bytes| Package::new(bytes).ok());
    package.is_some_and(|package| in_package(&package, PAGE_MARK))
}

/// In bytes of any code page or of UTF-8, or in UTF-16.
fn holds(content: &[u8], mark: &str) -> bool {
    let wide: Vec<u8> = mark.bytes().flat_map(|byte| [byte, 0]).collect();
    [mark.as_bytes(), &wide].iter().any(|mark| memchr::memmem::find(content, mark).is_some())
}
