//! Finds the workbooks of an input folder: by content, never by ending.
//!
//! The ending is asked only where the content is no workbook: then it tells whether somebody meant
//! the file to be one (a `.xls` that holds a web page fails the run) or whether it may hold a table that is
//! not read (`.csv`, `.pdf`: passed over and told). Everything else is none of our business.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::sniff::{self, Content};

/// What an input folder holds, each list in byte order of the relative path.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Walk {
    pub books: Vec<Found>,
    /// `~$` files: the workbook beside them is open in Excel or WPS.
    pub open_in_office: Vec<String>,
    /// Files that may hold a table but are not read.
    pub passed_over: Vec<String>,
}

/// A workbook, or what calls itself one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Relative to the input folder, with `/`.
    pub path: String,
    /// Where to open it; differs from `path` where a name is not valid Unicode.
    pub file: PathBuf,
    pub bytes: u64,
}

/// Endings of workbooks: such a file is read, or the run fails.
const WORKBOOK: &[&str] = &["xlsx", "xlsm", "xlsb", "xls", "xltx", "xltm", "xlt", "ods", "ots", "fods", "et", "ett"];

/// Endings of files that may hold a table but are not read.
const PASSED_OVER: &[&str] = &["csv", "doc", "docx", "pdf", "zip", "rar", "7z"];

/// Endings of documents that are no workbooks: encrypted, their content tells nothing.
const OTHER_DOCUMENT: &[&str] =
    &["doc", "docx", "docm", "dot", "dotx", "wps", "ppt", "pptx", "pptm", "pps", "ppsx", "dps"];

/// Lists the workbooks under `input` and what is not read there.
pub fn walk(input: &Path) -> Result<Walk, Error> {
    let mut walk = Walk::default();
    let mut trail = Vec::new();
    descend(input, "", &mut trail, &mut walk)?;
    walk.books.sort();
    walk.open_in_office.sort();
    walk.passed_over.sort();
    Ok(walk)
}

/// One folder. `trail` holds the real paths of the folders above, so that a link to one of them ends there.
fn descend(folder: &Path, relative: &str, trail: &mut Vec<PathBuf>, walk: &mut Walk) -> Result<(), Error> {
    let fail = |path: &Path, source| Error::Io { path: path.display().to_string(), source };
    // Some network drives of Windows tell no real path; a folder there goes by the path that led to it.
    let plain = |error| std::path::absolute(folder).ok().filter(|_| folder.is_dir()).ok_or(error);
    let real = fs::canonicalize(folder).or_else(plain).map_err(|e| fail(folder, e))?;
    if trail.contains(&real) {
        return Ok(());
    }
    trail.push(real);
    for entry in fs::read_dir(folder).map_err(|e| fail(folder, e))? {
        let file = entry.map_err(|e| fail(folder, e))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = if relative.is_empty() { name.clone() } else { format!("{relative}/{name}") };
        let metadata = match fs::metadata(&file) {
            Ok(metadata) => metadata,
            // A hidden file or one with an ending that nobody reads may dangle; a workbook may not.
            Err(_) if name.starts_with('.') || !meant_as_workbook(&file) => continue,
            Err(source) => return Err(fail(&file, source)),
        };
        if metadata.is_dir() {
            descend(&file, &path, trail, walk)?;
        } else if name.starts_with("~$") {
            walk.open_in_office.push(path);
        } else if name.starts_with('.') || !metadata.is_file() {
            continue;
        } else if meant_as_workbook(&file) || is_workbook(&file).map_err(|e| fail(&file, e))? {
            walk.books.push(Found { path, file, bytes: metadata.len() });
        } else if has_ending(&file, PASSED_OVER) {
            walk.passed_over.push(path);
        }
    }
    trail.pop();
    Ok(())
}

/// Whether a file of any other ending is a workbook.
fn is_workbook(file: &Path) -> std::io::Result<bool> {
    Ok(match sniff::content(file)? {
        Content::Workbook => true,
        Content::Encrypted => !has_ending(file, OTHER_DOCUMENT),
        Content::Other => false,
    })
}

fn meant_as_workbook(file: &Path) -> bool {
    has_ending(file, WORKBOOK)
}

fn has_ending(file: &Path, endings: &[&str]) -> bool {
    let ending = file.extension().and_then(OsStr::to_str).unwrap_or_default();
    endings.iter().any(|known| ending.eq_ignore_ascii_case(known))
}
