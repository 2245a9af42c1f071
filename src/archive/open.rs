//! Opening the file: whose it is, which version, and who else uses it.
//!
//! The archive may lie on a network share, so it is kept in the plainest way that SQLite knows: a
//! rollback journal that is deleted at each commit, every write flushed to the disk. A run holds the file from
//! the moment it reads the history until its folder is published: nobody records an answer in between,
//! and what the operating system releases when a process is killed is nothing but a lock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

use super::chain::{self, Tail};
use super::error::{Error, NO_DATABASE};
use super::migrations::{APPLICATION_ID, STEPS};
use crate::rights;

/// How long to wait for another kaohe.
pub const WAIT: Duration = Duration::from_secs(10);

/// Bytes of a page: SQLite's own four thousand hold few lines with all their texts, and writing them took an eighth longer.
const PAGE: u32 = 16_384;

/// What the archive is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A run: nobody else may use the file meanwhile. A file that is not there is made by [`Archive::register`].
    Run,
    /// `record`: the file must be there.
    Record,
    /// What people are told from it: the file must be there and may lie on a medium that is read-only.
    Read,
    /// `verify`, and `show`, which says so above all: as [`Mode::Read`], and a broken file is opened too.
    Broken,
}

/// An open archive.
pub struct Archive {
    pub(super) path: PathBuf,
    /// None: the run's archive does not exist yet.
    pub(super) connection: Option<Connection>,
    /// The chain's end when the file was opened.
    pub(super) seen: Tail,
    settled: Vec<String>,
    /// What was wrong with it when it was opened.
    faults: Vec<String>,
}

impl Archive {
    /// Opens the file, brings it up to date, settles what a killed run left undecided, and refuses a broken one, which
    /// would be believed: whoever asks for it is told its faults.
    pub fn open(path: &Path, mode: Mode) -> Result<Archive, Error> {
        if let Some(reason) = too_long(path) {
            return Err(Error::NotWritable { path: path.to_path_buf(), reason });
        }
        let exists = path.try_exists().map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
        if !exists {
            let folder = std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_path_buf));
            return match mode {
                Mode::Run if folder.is_some_and(|folder| !folder.is_dir()) => {
                    Err(Error::NotWritable { path: path.to_path_buf(), reason: "所在文件夹不存在".to_owned() })
                }
                Mode::Run => Ok(Archive::absent(path)),
                Mode::Record | Mode::Read | Mode::Broken => Err(Error::NotFound { path: path.to_path_buf() }),
            };
        }
        if path.is_dir() {
            return Err(Error::NotOurs { path: path.to_path_buf(), found: "是文件夹" });
        }
        // SQLite would take a file of one byte for an empty one and write over it.
        if path.metadata().is_ok_and(|file| file.len() == 1) {
            return Err(Error::NotOurs { path: path.to_path_buf(), found: NO_DATABASE });
        }
        if mode != Mode::Run && is_emptied(path) {
            let faults = vec!["是空文件，其中的内容已丢失".to_owned()];
            return Err(Error::Broken { path: path.to_path_buf(), faults });
        }
        let mut archive = Archive::absent(path);
        let mut connection = connect(path)?;
        migrate(path, &mut connection, matches!(mode, Mode::Read | Mode::Broken))?;
        archive.connection = Some(connection);
        archive.faults = archive.verify()?;
        match mode {
            // Nothing may be appended that would cover the break.
            Mode::Broken if !archive.faults.is_empty() => {}
            Mode::Run | Mode::Record | Mode::Read if !archive.faults.is_empty() => {
                return Err(Error::Broken { path: path.to_path_buf(), faults: archive.faults });
            }
            Mode::Read | Mode::Broken => {
                // On a read-only medium the question stays open; nothing then counts as published.
                archive.settled = archive.settle().unwrap_or_default();
            }
            Mode::Record => archive.settled = archive.settle()?,
            Mode::Run => archive.settle_and_hold()?,
        }
        archive.seen = archive.tail()?;
        Ok(archive)
    }

    fn absent(path: &Path) -> Archive {
        Archive {
            path: path.to_path_buf(),
            connection: None,
            seen: Tail::default(),
            settled: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// What a killed run had left open and opening has settled, for people to know.
    pub fn settled(&self) -> &[String] {
        &self.settled
    }

    /// Where the archive lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Everything that was wrong with the chain or the file when it was opened; empty: nothing.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    fn verify(&self) -> Result<Vec<String>, Error> {
        match &self.connection {
            Some(connection) => match chain::verify(connection) {
                Err(error) => match self.fault(error) {
                    busy @ (Error::Busy { .. } | Error::NotWritable { .. }) => Err(busy),
                    // A table or column that is gone, a value of another type, a page that cannot be read.
                    Error::Sqlite { source, .. } => Ok(vec![format!("读不出全部内容（{source}）")]),
                    other => Ok(vec![other.to_string()]),
                },
                Ok(faults) => Ok(faults),
            },
            None => Ok(Vec::new()),
        }
    }

    /// The 链值 of the last entry that took answers in, for the published lists: a copy of a list kept
    /// elsewhere proves everything that stood in the archive up to there. Registrations made since
    /// are left out, so that a run repeated on the same answers gives the same bytes.
    pub fn head(&self) -> Result<Option<String>, Error> {
        let last = "SELECT 链值 FROM 记录 WHERE 种类 = '答复' ORDER BY 记录号 DESC LIMIT 1";
        self.read(|connection| connection.query_row(last, [], |row| row.get(0)).optional())
    }

    pub(super) fn tail(&self) -> Result<Tail, Error> {
        self.read(chain::tail)
    }

    /// Asks the file; nothing where there is none yet.
    pub(super) fn read<T: Default>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        self.connection.as_ref().map_or_else(|| Ok(T::default()), ask).map_err(|error| self.fault(error))
    }

    pub(super) fn fault(&self, source: rusqlite::Error) -> Error {
        Error::sqlite(&self.path, source)
    }

    /// The connection, made (with its file) where there was none.
    pub(super) fn made(&mut self) -> Result<&mut Connection, Error> {
        if self.connection.is_none() {
            // SQLite's journals take its rights.
            let made = rights::file().append(true).open(&self.path);
            made.map_err(|source| Error::Io { path: self.path.clone(), source })?;
            let mut connection = connect(&self.path)?;
            migrate(&self.path, &mut connection, false)?;
            self.connection = Some(connection);
            self.hold()?;
        }
        match &mut self.connection {
            Some(connection) => Ok(connection),
            None => Err(Error::NotFound { path: self.path.clone() }),
        }
    }

    /// Keeps the file's lock beyond the single transaction, until [`Archive::release`] or the end of the process.
    pub(super) fn hold(&self) -> Result<(), Error> {
        let Some(connection) = &self.connection else { return Ok(()) };
        connection
            .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;")
            .map_err(|error| self.fault(error))
    }

    /// The next transaction gives the lock back and deletes its journal.
    pub(super) fn release(&self) -> Result<(), Error> {
        let Some(connection) = &self.connection else { return Ok(()) };
        connection.execute_batch("PRAGMA locking_mode = NORMAL;").map_err(|error| self.fault(error))
    }

    /// Settles with the plain lock (which leaves no journal behind), then holds the file. Whoever
    /// slipped in between and was killed is settled too.
    fn settle_and_hold(&mut self) -> Result<(), Error> {
        loop {
            let settled = self.settle()?;
            self.settled.extend(settled);
            let known = self.tail()?;
            self.hold()?;
            if self.tail()? == known {
                return Ok(());
            }
            self.release()?;
        }
    }
}

/// The file has no content at all: made by a run that was killed before anything stood in it, or emptied since.
pub fn is_emptied(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.len() == 0)
}

/// SQLite takes no longer paths, the name of the journal beside the file included: so many bytes on Unix, so many
/// characters on Windows.
const LONGEST: usize = if cfg!(windows) { 250 } else { 504 };

fn too_long(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let (length, unit) = if cfg!(windows) {
        (path.to_string_lossy().encode_utf16().count(), "个字符")
    } else {
        (path.as_os_str().len(), "字节")
    };
    (length > LONGEST).then(|| format!("路径长 {length} {unit}，最多 {LONGEST} {unit}；请用 --archive 另选较短的位置"))
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let open = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(WAIT)?;
        Ok(connection)
    };
    open().map_err(|error| Error::sqlite(path, error))
}

/// Tells whose file it is and brings it to this program's version.
fn migrate(path: &Path, connection: &mut Connection, reading: bool) -> Result<(), Error> {
    let known = STEPS.len() as i64;
    let version = version(path, connection)?;
    let step = |connection: &mut Connection| -> rusqlite::Result<()> {
        // Of a file that is made now.
        connection.pragma_update(None, "page_size", PAGE)?;
        connection.pragma_update(None, "journal_mode", "DELETE")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        if version == known {
            return Ok(());
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        // Another process may have done it while this one waited for the lock.
        let from: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        for sql in STEPS.iter().skip(usize::try_from(from).unwrap_or(0)) {
            transaction.execute_batch(sql)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", known)?;
        transaction.commit()
    };
    match step(connection) {
        // Every version can be read as it is; only views would be missing.
        Err(error) if reading && version >= 1 && error.sqlite_error_code() == Some(rusqlite::ErrorCode::ReadOnly) => {
            Ok(())
        }
        other => other.map_err(|error| Error::sqlite(path, error)),
    }
}

/// The file's version; 0 for one that is still empty.
fn version(path: &Path, connection: &Connection) -> Result<i64, Error> {
    let read = || -> rusqlite::Result<(i32, i64, i64)> {
        let id = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let tables = connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get(0))?;
        Ok((id, version, tables))
    };
    let (id, version, tables) = read().map_err(|error| Error::sqlite(path, error))?;
    let known = STEPS.len() as i64;
    if id == 0 && version == 0 && tables == 0 {
        return Ok(0);
    }
    if id != APPLICATION_ID {
        return Err(Error::NotOurs { path: path.to_path_buf(), found: "是别的程序的 SQLite 数据库" });
    }
    if version > known {
        return Err(Error::Newer { path: path.to_path_buf(), found: version, known });
    }
    if version < 1 || tables == 0 {
        return Err(Error::Broken { path: path.to_path_buf(), faults: vec!["没有档案版本号".to_owned()] });
    }
    Ok(version)
}
