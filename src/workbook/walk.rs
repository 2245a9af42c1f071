//! Finds the workbooks of an input folder: by content, never by ending.
//!
//! Two lists of endings stand before the content. A file that calls itself a workbook is read or fails the run (a `.xls`
//! that holds a web page); a `.csv`, a scan or a `.bak` may hold a table and is not read, whatever it holds. Of all
//! others the content decides. Nothing is left out without a word but what begins with a dot.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::{Error, Refusal};
use super::sniff::{self, SniffedContent};

/// What an input folder holds, each list in byte order of the relative path.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Walk {
    pub books: Vec<Found>,
    /// `~$` files: the workbook beside them is open in Excel or WPS.
    pub open_in_office: Vec<String>,
    /// Files that may hold a table but are not read.
    pub passed_over: Vec<String>,
    /// All other files: no table is to be expected in them.
    pub others: Vec<String>,
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
const WORKBOOK: &str = "xlsx xlsm xlsb xls xltx xltm xlt ods ots fods et ett";

/// Endings of files that may hold a table but are not read, whatever they hold: texts and documents, notes of other
/// programs, links and placeholders, archives, copies and unfinished downloads, pictures.
const PASSED_OVER: &str = "
    csv tsv doc docx wps rtf ofd pdf htm html mht numbers ksheet gsheet eml msg lnk icloud zip rar 7z gz tar xlk
    bak tmp crdownload jpg jpeg jpe jfif png gif bmp dib tif tiff webp heic heif avif jp2 svg emf wmf psd djvu
";

/// Endings of documents that are no workbooks: encrypted, their content tells nothing.
const OTHER_DOCUMENT: &str = "docm dot dotx dotm wpt ppt pptx pptm pps ppsx pot potx dps dpt";

/// Lists the workbooks under `input` and what is not read there.
pub fn walk(input: &Path) -> Result<Walk, Error> {
    let mut walk = Walk::default();
    let mut trail = Vec::new();
    descend(input, "", &mut trail, &mut walk)?;
    walk.books.sort();
    walk.open_in_office.sort();
    walk.passed_over.sort();
    walk.others.sort();
    Ok(walk)
}

/// One folder. `trail` holds the real paths of the folders above, so that a link to one of them ends there.
fn descend(folder: &Path, relative: &str, trail: &mut Vec<PathBuf>, walk: &mut Walk) -> Result<(), Error> {
    let fail = |path: &Path, source| Refusal::Io(source).of_book(&path.display().to_string());
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
            Ok(metadata) => Some(metadata),
            // A workbook may not dangle.
            Err(_) if name.starts_with('.') || !meant_as_workbook(&file) => None,
            Err(source) => return Err(fail(&file, source)),
        };
        if metadata.as_ref().is_some_and(fs::Metadata::is_dir) {
            descend(&file, &path, trail, walk)?;
        } else if name.starts_with("~$") {
            walk.open_in_office.push(path);
        } else if is_in_a_cloud(&name) {
            walk.passed_over.push(path);
        } else if name.starts_with('.') {
            continue;
        } else if has_ending(&file, PASSED_OVER) {
            walk.passed_over.push(path);
        } else if let Some(metadata) = metadata.filter(fs::Metadata::is_file)
            && (meant_as_workbook(&file) || is_workbook(&file).map_err(|e| fail(&file, e))?)
        {
            walk.books.push(Found { path, file, bytes: metadata.len() });
        } else {
            walk.others.push(path);
        }
    }
    trail.pop();
    Ok(())
}

/// Whether a file of any other ending is a workbook.
fn is_workbook(file: &Path) -> std::io::Result<bool> {
    Ok(match sniff::content(file)? {
        SniffedContent::Workbook => true,
        SniffedContent::Encrypted => !has_ending(file, OTHER_DOCUMENT),
        SniffedContent::Other => false,
    })
}

/// `.名册.xlsx.icloud` stands for a file that lies elsewhere: its name is hidden, it is not.
fn is_in_a_cloud(name: &str) -> bool {
    name.starts_with('.') && has_ending(Path::new(name), "icloud")
}

fn meant_as_workbook(file: &Path) -> bool {
    has_ending(file, WORKBOOK)
}

fn has_ending(file: &Path, endings: &str) -> bool {
    let ending = file.extension().and_then(OsStr::to_str).unwrap_or_default();
    endings.split_whitespace().any(|known| ending.eq_ignore_ascii_case(known))
}
