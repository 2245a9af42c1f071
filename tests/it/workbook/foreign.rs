//! Workbooks are read alike by both parsers: our fixtures, or those of a folder with others that are none of ours to keep.
//!
//! `KAOHE_FOREIGN=FOLDER cargo test --test it foreign`. A refusal by the general reader alone is no wrong cell.

use std::fs;
use std::path::{Path, PathBuf};

use kaohe::workbook::Parser;

use super::shown_by;

/// Of many lines the first that differ.
fn difference(scanned: &[String], read: &[String]) -> String {
    let at = scanned.iter().zip(read).position(|(scanned, read)| scanned != read);
    let at = at.unwrap_or(scanned.len().min(read.len()));
    let some = |lines: &[String]| lines.iter().skip(at).take(3).cloned().collect::<Vec<_>>().join("; ");
    format!("line {at}: {} by the scanner, {} by the general reader", some(scanned), some(read))
}

#[test]
fn foreign_workbooks_are_read_alike_by_both_parsers() {
    let ours = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming");
    let folder = std::env::var_os("KAOHE_FOREIGN").map_or_else(ours, PathBuf::from);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut read, mut refused, mut differ) = (0, 0, Vec::new());
    for file in &files {
        let Ok(bytes) = fs::read(file) else { continue };
        let found = match [Parser::Scanner, Parser::General].map(|parser| shown_by(parser, &bytes)) {
            [Ok(scanned), Ok(general)] if scanned == general => {
                read += 1;
                continue;
            }
            [Ok(scanned), Ok(general)] => difference(&scanned, &general),
            [Err(_), Err(_)] => {
                refused += 1;
                continue;
            }
            [Ok(_), Err(_)] => continue,
            [Err(message), Ok(_)] => format!("refused by the scanner alone: {message}"),
        };
        differ.push(format!("{}: {found}", file.display()));
    }
    assert!(differ.is_empty() && read > 0, "{read} read alike, {refused} refused: {}", differ.join("\n"));
}
