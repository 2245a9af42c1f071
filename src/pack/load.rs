//! Reads a pack's files, from the binary or from a folder, and builds the checked pack.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::assemble::{RawFile, build};
use super::fault::{Error, PackFault, Report};
use super::model::{Pack, Passage};
use super::template::Template;

/// The file of a pack that `kaohe sample` draws from.
pub const SAMPLE: &str = "sample.toml";
/// The file of a pack that `kaohe template` adds to its tables.
const TEMPLATE: &str = "template.toml";
/// What the names of the files begin with that hold examples: `examples.toml`, `examples-线索.toml`.
const EXAMPLES: &str = "examples";

/// The guide for authors of packs; its snippets are a test.
pub const GUIDE: &str = include_str!("../packs/guide.md");

/// A file of a pack and its text.
type File = (&'static str, &'static str);

/// The files of a built-in pack.
macro_rules! files {
    ($pack:literal: $($file:literal),* $(,)?) => {
        ($pack, &[$(($file, include_str!(concat!("../packs/", $pack, "/", $file)))),*])
    };
}

const BUILT_IN: [(&str, &[File]); 2] = [
    files!("kunming-2015": "deliberate.toml", "examples.toml", "facts.toml", "followup.toml", "handoff.toml", "pack.toml",
        "parameters.toml", "rules.toml", "sample.toml", "tables.toml", "template.toml"),
    files!("civil-servant-2020": "deliberate.toml", "examples.toml", "facts.toml", "followup.toml", "handoff.toml",
        "pack.toml", "parameters.toml", "rules.toml", "sample.toml", "tables.toml", "template.toml"),
];

/// Names of the packs in the binary; the first is the default.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The files of a built-in pack (name, text).
pub fn built_in_files(name: &str) -> Option<Vec<(String, String)>> {
    let (_, files) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    Some(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect())
}

/// Writes a pack's files into a folder that `--pack` takes. Files that are there already stay.
///
/// # Errors
/// A folder that cannot be written, or that holds a file of the pack already.
pub fn export(pack: &Pack, dir: &Path) -> Result<Vec<std::path::PathBuf>, Error> {
    let fail = |path: &Path, source| Error::Write { path: path.display().to_string(), source };
    std::fs::create_dir_all(dir).map_err(|source| fail(dir, source))?;
    let mut written = Vec::new();
    for (file, _) in &pack.files {
        let path = dir.join(file);
        if path.exists() {
            let source = std::io::Error::new(std::io::ErrorKind::AlreadyExists, "文件已存在，不予覆盖");
            return Err(fail(&path, source));
        }
        written.push(path);
    }
    for (path, (_, text)) in written.iter().zip(&pack.files) {
        std::fs::write(path, text).map_err(|source| fail(path, source))?;
    }
    Ok(written)
}

/// The built-in pack called `name`, or the default.
///
/// # Errors
/// A pack that does not hold together (a test keeps the built-in ones whole), or no such pack.
pub fn built_in(name: &str) -> Result<Pack, Error> {
    match built_in_files(name) {
        Some(files) => from_files(files),
        None => Err(unknown(name.to_owned())),
    }
}

/// The pack that `--pack` names: a folder, else a built-in pack of that name; without it the default one.
pub fn open(named: Option<&Path>) -> Result<Pack, Error> {
    let Some(path) = named else { return built_in(built_in_names().next().unwrap_or_default()) };
    match built_in_named(path) {
        Some(name) => built_in(name),
        None => load(path),
    }
}

/// The built-in pack that a path means where no such folder exists.
pub fn built_in_named(path: &Path) -> Option<&'static str> {
    let name = path.to_str().filter(|_| !path.exists())?;
    built_in_names().find(|known| *known == name)
}

/// The pack in a folder: all its `.toml` files, by name.
///
/// # Errors
/// An unreadable folder, or every fault found in its files.
pub fn load(dir: &Path) -> Result<Pack, Error> {
    let path = dir.display().to_string();
    if !dir.exists() {
        return Err(unknown(path));
    }
    let read = |source| Error::Read { path: path.clone(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(read)? {
        let entry = entry.map_err(read)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.to_lowercase().ends_with(".toml") && !name.starts_with('.') {
            let bytes = std::fs::read(entry.path()).map_err(read)?;
            let text = String::from_utf8(bytes).map_err(|_| Error::Read {
                path: entry.path().display().to_string(),
                source: std::io::Error::new(std::io::ErrorKind::InvalidData, "文件不是 UTF-8 编码"),
            })?;
            // Notepad saves with a byte order mark.
            files.push((name, text.trim_start_matches('\u{feff}').to_owned()));
        }
    }
    if files.is_empty() {
        return Err(Error::Empty { path });
    }
    files.sort();
    from_files(files)
}

/// A pack from its files' texts.
///
/// # Errors
/// Every fault found.
pub fn from_files(files: Vec<(String, String)>) -> Result<Pack, Error> {
    let mut faults = Vec::new();
    let (mut raw, mut template) = (Vec::new(), Template::default());
    for (name, text) in &files {
        if is(name, TEMPLATE) {
            match toml::from_str(text) {
                Ok(read) => template = read,
                Err(error) => faults.push(syntax(name, &error)),
            }
            continue;
        }
        if is(name, SAMPLE) || is_examples(name) {
            continue;
        }
        match toml::from_str::<RawFile>(text) {
            Ok(file) => raw.push((name.clone(), file)),
            Err(error) => faults.push(syntax(name, &error)),
        }
    }
    if faults.is_empty() {
        match build(raw, hash(&files), files.clone()) {
            Ok(pack) => return Ok(Pack { template, ..pack }),
            Err(found) => faults = found,
        }
    }
    Err(Error::Faults(Report::new(faults, &files)))
}

fn unknown(path: String) -> Error {
    Error::Unknown { path, known: built_in_names().collect::<Vec<_>>().join("、") }
}

/// Whether a file is the one of that name: Windows writes names in any case.
pub fn is(name: &str, file: &str) -> bool {
    name.eq_ignore_ascii_case(file)
}

/// Whether a file of a pack holds its examples.
pub fn is_examples(name: &str) -> bool {
    name.get(..EXAMPLES.len()).is_some_and(|start| is(start, EXAMPLES))
}

fn hash(files: &[(String, String)]) -> String {
    let mut hasher = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hex::encode(hasher.finalize())
}

/// The parser's English, as far as it is usual, in Chinese.
pub fn syntax(file: &str, error: &toml::de::Error) -> PackFault {
    let message = error.message();
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let (message, remedy) = if message.starts_with("unknown field") {
        let expected = message.split("expected ").nth(1).unwrap_or_default();
        (format!("没有「{quoted}」这个键"), format!("可用的键：{}", expected.trim_start_matches("one of ")))
    } else if message.starts_with("missing field") {
        (format!("缺少必填的键「{quoted}」"), format!("请补上 {quoted} = …"))
    } else if message.starts_with("invalid type") || message.starts_with("data did not match") {
        (format!("值的类型不对：{message}"), "请对照内置规则包中同名的键".to_owned())
    } else if message.starts_with("duplicate key") {
        ("同一个键写了两次".to_owned(), "请删去其中一个".to_owned())
    } else {
        (
            format!("TOML 语法错误：{message}"),
            "中文的键要加双引号，文字的值要加双引号，列表用 [ ] 并以逗号分隔".to_owned(),
        )
    };
    Passage { file: file.to_owned(), span: error.span().unwrap_or(0..0) }.fault(message, remedy)
}
