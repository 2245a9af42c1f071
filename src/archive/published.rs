//! The archive's view of a published folder: whose it is, and whether people have written into it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::Error;
use super::intake::rows::{self, ReturnedSheet};
use super::open::Archive;
use super::stored::parsed;
use crate::fact::history::Pairs;
use crate::pack::{Run, printed};

/// The file in a published folder that says which registration it belongs to.
pub const SEAL: &str = "data/registration.json";

/// What a published folder says about itself.
#[derive(Debug, Serialize, Deserialize)]
struct Seal {
    /// The registration's mark.
    registration: String,
    /// SHA-256 of the workbooks as published, by name: one that is unchanged holds no new answer. Without
    /// [`printed::CHANGES`], since a run's files must not depend on the one before.
    workbooks: BTreeMap<String, String>,
    /// All other files as published, in order: what else lies there people have laid there. None in folders of an older
    /// kaohe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    others: Option<BTreeSet<String>>,
}

/// A registration that is written but not yet published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Goes into the published folder, so that it can be told whose folder it is.
    pub mark: String,
    /// None: the latest published registration says exactly the same and stands on.
    pub(super) number: Option<i64>,
}

/// The folder of a run in DIR.
pub fn folder_name(year: i32, run: Run) -> String {
    format!("{year}-{}", run.word())
}

/// Writes the registration's mark into the staged folder, once all its workbooks are written and
/// before it is renamed into place.
pub fn seal(staged: &Path, ticket: &Ticket) -> Result<(), Error> {
    let names = workbook_names(staged)?.into_par_iter().filter(|name| !is_changes(name));
    let hashed = names.map(|name| hash_file(&staged.join(&name)).map(|hash| (name, hash)));
    let workbooks = hashed.collect::<Result<BTreeMap<String, String>, Error>>()?;
    let all = files(staged, &|_| true)?.into_iter().map(|(folder, name)| folder + &name);
    let others = all.filter(|name| !workbooks.contains_key(name) && !is_changes(name)).collect();
    let seal = Seal { registration: ticket.mark.clone(), workbooks, others: Some(others) };
    let path = staged.join(SEAL);
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut text = serde_json::to_string_pretty(&seal).map_err(io::Error::other)?;
        text.push('\n');
        fs::write(&path, text)
    };
    write().map_err(|source| Error::Io { path: path.clone(), source })
}

/// The mark of the registration that a published folder belongs to, if it is one.
pub(super) fn mark(run_dir: &Path) -> Result<Option<String>, Error> {
    Ok(read_seal(run_dir)?.map(|seal| seal.registration))
}

/// What a published folder was published with.
pub struct Sealed {
    files: BTreeSet<String>,
    /// An older kaohe kept the names of the lists alone.
    whole: bool,
}

impl Sealed {
    /// Whether the program wrote a file; `folders` are those into which it writes nothing but .xlsx.
    pub fn holds(&self, name: &str, folders: &[&str]) -> bool {
        let is_in = |folder: &&str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.files.contains(name) || !self.whole && name.ends_with(".xlsx") && folders.iter().any(is_in)
    }
}

/// What a published folder was published with; none if it is no published run.
pub fn sealed(run_dir: &Path) -> Result<Option<Sealed>, Error> {
    Ok(read_seal(run_dir)?.map(|seal| {
        let whole = seal.others.is_some();
        let files = seal.workbooks.into_keys().chain(seal.others.into_iter().flatten()).collect();
        Sealed { files, whole }
    }))
}

fn read_seal(run_dir: &Path) -> Result<Option<Seal>, Error> {
    let path = run_dir.join(SEAL);
    match fs::read(&path) {
        // A seal that cannot be read proves nothing: as if it were not there.
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(Error::Io { path, source }),
    }
}

/// The lists of a published run that are open in a spreadsheet program, by the file it lays beside
/// them (Excel and WPS `~$`, WPS also `.~`, LibreOffice `.~lock.…#`).
pub fn open_lists(run_dir: &Path) -> Result<Vec<String>, Error> {
    let locked = |(folder, name): &(String, String)| {
        let name = name
            .strip_prefix(".~lock.")
            .and_then(|name| name.strip_suffix('#'))
            .or_else(|| name.strip_prefix("~$"))
            .or_else(|| name.strip_prefix(".~"))?;
        Some(format!("{folder}{name}"))
    };
    let mut open: Vec<String> = files(run_dir, &is_submitted)?.iter().filter_map(locked).collect();
    open.sort();
    open.dedup();
    Ok(open)
}

/// What stands in the way of superseding a published run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrecorded {
    /// The workbook, relative to the run's folder.
    pub file: String,
    pub path: PathBuf,
    /// Cells with answers that the archive does not hold, as `工作表!A1` (the first few).
    pub cells: Vec<String>,
    /// The workbook cannot be read, so nobody knows what it holds.
    pub unreadable: Option<String>,
    /// The run was published with another archive, which holds the lines that are answered.
    pub elsewhere: bool,
}

impl Unrecorded {
    /// For the refusal to supersede.
    pub fn message(&self, archive: &Path) -> String {
        let command = format!("kaohe record \"{}\" --archive \"{}\"", self.path.display(), archive.display());
        match &self.unreadable {
            Some(reason) => format!(
                "{}：打不开（{reason}），不知道里面有没有尚未收回的答复。办法：修好或移走这个文件后重试",
                self.file
            ),
            None if self.elsewhere => format!(
                "{}：有答复（{}），而档案「{}」不认识这次发布的名单。办法：用 --archive 指定发布时所用的档案；档案确已丢失的，把结果文件夹另存到别处后再运行",
                self.file,
                self.cells.join("、"),
                archive.display()
            ),
            None => format!("{}：有尚未收回的答复（{}）。办法：先运行 {command}", self.file, self.cells.join("、")),
        }
    }
}

impl Archive {
    /// The workbooks of a published run that hold answers which are not in the archive.
    pub fn unrecorded_answers(&self, run_dir: &Path) -> Result<Vec<Unrecorded>, Error> {
        let seal = read_seal(run_dir)?;
        // What an unchanged list was published with stands in the archive that it was published with.
        let ours = seal.as_ref().map(|seal| self.holds(&seal.registration)).transpose()?.unwrap_or(true);
        let mut found = Vec::new();
        let known = super::intake::Known::new(self.connection.as_ref(), &self.path);
        for name in workbook_names(run_dir)?.into_iter().filter(|name| !is_changes(name)) {
            let path = run_dir.join(&name);
            let as_published = seal.as_ref().and_then(|seal| seal.workbooks.get(&name));
            if let Some(published) = as_published.filter(|_| ours)
                && hash_file(&path)? == *published
            {
                continue;
            }
            let mut case = Unrecorded {
                file: name.clone(),
                path: path.clone(),
                cells: Vec::new(),
                unreadable: None,
                elsewhere: !ours,
            };
            match rows::read(&path) {
                Ok(sheets) => {
                    for sheet in &sheets {
                        case.cells.extend(new_answers(sheet, &known)?);
                    }
                    case.cells.truncate(5);
                }
                Err(reason) => case.unreadable = Some(reason),
            }
            if case.unreadable.is_some() || !case.cells.is_empty() {
                found.push(case);
            }
        }
        Ok(found)
    }

    /// What the lists of a published run say of these lines, by column; those alone that this archive holds.
    pub fn printed_lines(&self, run_dir: &Path, ids: &BTreeSet<&str>) -> Result<HashMap<String, Pairs>, Error> {
        let Some(mark) = mark(run_dir)? else { return Ok(HashMap::new()) };
        self.read(|connection| printed_lines(connection, &mark, ids))
    }

    /// Whether a registration with this mark was ever written.
    fn holds(&self, mark: &str) -> Result<bool, Error> {
        let known = "SELECT EXISTS (SELECT 1 FROM 记录 WHERE 种类 = '登记' AND 内容值 = ?1)";
        self.read(|connection| connection.query_row(known, [mark], |row| row.get(0)))
    }
}

fn printed_lines(
    connection: &Connection,
    mark: &str,
    ids: &BTreeSet<&str>,
) -> rusqlite::Result<HashMap<String, Pairs>> {
    let mut statement = connection.prepare(
        "SELECT 处理编号, 列, 各格 FROM 事项 JOIN 名单 ON 名单.记录号 = 事项.记录号 AND 名单.名单 = 事项.名单 WHERE 事项.记录号 =
         (SELECT MAX(记录号) FROM 记录 WHERE 种类 = '登记' AND 内容值 = ?1)",
    )?;
    let mut rows = statement.query([mark])?;
    let mut found = HashMap::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        if ids.contains(id.as_str()) {
            let columns: Vec<String> = parsed(row, 1)?;
            found.insert(id, columns.into_iter().zip(parsed::<Vec<String>>(row, 2)?).collect());
        }
    }
    Ok(found)
}

fn is_changes(workbook: &str) -> bool {
    workbook.strip_suffix(".xlsx") == Some(printed::CHANGES)
}

fn new_answers(sheet: &ReturnedSheet, known: &super::intake::Known<'_>) -> Result<Vec<String>, Error> {
    let mut cells = Vec::new();
    let of = known.titled(&sheet.titles, sheet.is_register)?.map(|titled| titled.of);
    for row in sheet.rows() {
        if known.has_new_answer(row, of)? {
            cells.push(format!("{}!{}", sheet.name, row.first_answer()));
        }
    }
    Ok(cells)
}

/// How a registration remembers its DIR: relative to the archive where it lies inside, so that both can
/// be moved together, also from Windows to Linux.
pub(super) fn written_folder(archive: &Path, dir: &Path) -> String {
    let base = resolved(home(archive));
    let dir = resolved(dir);
    match dir.strip_prefix(&base) {
        Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
        Ok(inside) => inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
        Err(_) => dir.to_string_lossy().into_owned(),
    }
}

pub(super) fn read_folder(archive: &Path, folder: &str) -> PathBuf {
    home(archive).join(folder)
}

fn home(archive: &Path) -> &Path {
    match archive.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_path_buf())
}

fn is_submitted(folder: &str) -> bool {
    folder == printed::SUBMITTED
}

/// The files of a published folder, each by its folder (with `/` behind it) and its name, in order: those in itself, and
/// wherever people put them in those of its folders that are `asked` for. None where there is no such folder.
fn files(run_dir: &Path, asked: &dyn Fn(&str) -> bool) -> Result<Vec<(String, String)>, Error> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        let path = run_dir.join(&folder);
        let fault = |source| Error::Io { path: path.clone(), source };
        let entries = match fs::read_dir(&path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
            other => other.map_err(fault)?,
        };
        for entry in entries {
            let entry = entry.map_err(fault)?;
            let (kind, name) = (entry.file_type().map_err(fault)?, entry.file_name().to_string_lossy().into_owned());
            if kind.is_file() {
                found.push((folder.clone(), name));
            } else if kind.is_dir() && (!folder.is_empty() || asked(&name)) {
                open.push(format!("{folder}{name}/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Workbooks by ending: in a published folder a list may have been saved again in another format.
fn workbook_names(run_dir: &Path) -> Result<Vec<String>, Error> {
    let endings = ["xlsx", "xlsm", "xlsb", "xls", "ods", "et"];
    let is_workbook = |name: &str| {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
        endings.contains(&ending.as_str()) && !name.starts_with(['.', '~'])
    };
    let files = files(run_dir, &is_submitted)?.into_iter().filter(|(_, name)| is_workbook(name));
    Ok(files.map(|(folder, name)| folder + &name).collect())
}

fn hash_file(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
    Ok(hex::encode(Sha256::digest(bytes)))
}
