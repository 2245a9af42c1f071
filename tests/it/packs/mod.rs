//! Packs as their authors meet them: examples, lints, the second built-in pack, and a stranger's own.

#![allow(clippy::unwrap_used)]

mod examples;
mod faults;
mod followup;
mod functions;
mod language;
mod lint;
mod second;
mod sources;
mod stranger;
mod terms;
mod years;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// How a command ended, and what it told.
pub struct Ended {
    pub code: i32,
    pub text: String,
}

/// Runs `kaohe` with `arguments`.
pub fn kaohe(arguments: &[&str]) -> Ended {
    let done = Command::new(env!("CARGO_BIN_EXE_kaohe")).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(!text.contains("panicked"), "{text}");
    Ended { code: done.status.code().unwrap(), text }
}

/// Runs `kaohe pack lint` or `test` on a folder.
pub fn pack(command: &str, folder: &TempDir) -> Ended {
    kaohe(&["pack", command, "--pack", folder.path().to_str().unwrap()])
}

/// A built-in pack, exported and edited: (file, what stands there once, what shall stand there). An empty second
/// part adds to the end of the file.
#[track_caller]
pub fn edited(name: &str, edits: &[(&str, &str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ended = kaohe(&["pack", "export", folder.path().to_str().unwrap(), "--pack", name]);
    assert_eq!(ended.code, 0, "{}", ended.text);
    for (file, old, new) in edits {
        edit(folder.path(), file, old, new);
    }
    folder
}

#[track_caller]
pub fn edit(folder: &Path, file: &str, old: &str, new: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    let text = if old.is_empty() {
        text + new
    } else {
        assert_eq!(text.matches(old).count(), 1, "{old} in {file}");
        text.replace(old, new)
    };
    fs::write(path, text).unwrap();
}

/// All that stands in a workbook's cells.
pub fn cells(path: &Path) -> String {
    use calamine::Reader;
    let mut book = calamine::open_workbook_auto(path).unwrap();
    let sheets = book.worksheets();
    let rows = sheets.iter().flat_map(|(_, range)| range.rows());
    rows.map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect::<Vec<_>>().join("\n")
}
