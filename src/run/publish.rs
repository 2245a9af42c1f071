//! A run's folder appears whole or not at all, and two runs never write into one DIR.
//!
//! Everything is written into a hidden staging folder beside the run's own and then swapped in. Where
//! the system can exchange two folders in one step (Linux), it does; elsewhere the old folder is moved
//! aside first, and a run killed between the two moves is put right by the next one.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Failure;
use crate::finding::in_words;
use crate::rights;

const LOCK: &str = ".kaohe.lock";
const STAGING: &str = ".kaohe-staging-";
const OLD: &str = ".kaohe-old-";
/// A folder with a file open elsewhere is often free a moment later.
const TRIES: u32 = 10;
const PAUSE: Duration = if cfg!(test) { Duration::from_millis(1) } else { Duration::from_millis(200) };
/// How long a second run waits for the first.
const PATIENCE: u32 = 150;

/// DIR held by this process alone; let go when dropped.
pub struct HeldFolder {
    dir: PathBuf,
    file: Option<File>,
    /// DIR was not there before: it goes again if nothing is published.
    new: bool,
}

impl HeldFolder {
    /// Waits for DIR, then clears what a killed run left behind.
    ///
    /// # Errors
    /// DIR cannot be made or written, or another run holds it for too long.
    pub fn new(dir: &Path) -> Result<HeldFolder, Failure> {
        let new = !dir.exists();
        rights::folders(dir).map_err(|error| unwritable(dir, &error))?;
        for _ in 0..PATIENCE {
            if let Some(file) = try_lock(dir).map_err(|error| unwritable(dir, &error))? {
                let held = HeldFolder { dir: dir.to_owned(), file: Some(file), new };
                held.recover().map_err(|error| unwritable(dir, &error))?;
                return Ok(held);
            }
            std::thread::sleep(PAUSE);
        }
        Err(Failure::failed(format!("另一次运行正在使用「{}」。请等它结束后重试", dir.display())))
    }

    /// Puts right what a killed run left behind: an old folder moved aside comes back, staging goes.
    fn recover(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(run) = name.strip_prefix(OLD) {
                let place = self.dir.join(run);
                if place.exists() {
                    fs::remove_dir_all(entry.path())?;
                } else {
                    fs::rename(entry.path(), place)?;
                }
            } else if name.starts_with(STAGING) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// An empty staging folder for the run called `name`.
    pub fn stage(&self, name: &str) -> Result<PathBuf, Failure> {
        let staged = self.dir.join(format!("{STAGING}{name}"));
        rights::folders(&staged).map_err(|error| unwritable(&staged, &error))?;
        Ok(staged)
    }

    /// Brings a staged folder that is whole to the disk, for those alone who may read it.
    pub fn settle(&self, staged: &Path) -> Result<(), Failure> {
        only_for_group(staged).and_then(|()| flush(staged)).map_err(|error| unwritable(staged, &error))
    }

    /// Swaps a settled folder into its place.
    pub fn publish(&self, staged: &Path, name: &str) -> Result<PathBuf, Failure> {
        let place = self.dir.join(name);
        patiently(|| self.swap(staged, &place, name)).map_err(|error| {
            let mut open = Vec::new();
            refused(&place, &mut open);
            open.sort();
            open.truncate(5);
            Failure::failed(format!(
                "无法发布到「{}」：{}。请关闭在 Excel 或 WPS 中打开的名单{}后重试；原有结果未动",
                place.display(),
                in_words(&error),
                open.join("、")
            ))
        })?;
        sync(&self.dir);
        // What is left of the old run; the next command clears what cannot be removed now.
        let _ = fs::remove_dir_all(staged);
        let _ = fs::remove_dir_all(self.dir.join(format!("{OLD}{name}")));
        Ok(place)
    }

    /// Copies what people have laid into the published folder of the run, at whatever depth, into the staged one: it is
    /// not ours to remove. `ours` tells what the program itself wrote there, by its path with `/`.
    pub fn keep(&self, staged: &Path, name: &str, ours: &dyn Fn(&str) -> bool) -> Result<(), Failure> {
        keep_in(&self.dir.join(name), staged, "", ours)
    }

    fn swap(&self, staged: &Path, place: &Path, name: &str) -> io::Result<()> {
        if !place.exists() {
            return fs::rename(staged, place);
        }
        if exchange(staged, place)? {
            return Ok(());
        }
        let old = self.dir.join(format!("{OLD}{name}"));
        fs::rename(place, &old)?;
        fs::rename(staged, place).inspect_err(|_| {
            // The old run stays what is published; if even that fails, the next run brings it back.
            let _ = fs::rename(&old, place);
        })
    }

    /// Removes a staging folder of a run that failed.
    pub fn discard(&self, staged: &Path) {
        let _ = fs::remove_dir_all(staged);
    }
}

impl Drop for HeldFolder {
    fn drop(&mut self) {
        // DIR holds only runs and the archive: the lock goes with the run. On Windows only once nobody has it open.
        if cfg!(windows) {
            self.file.take();
        }
        let _ = fs::remove_file(self.dir.join(LOCK));
        self.file.take();
        if self.new {
            // Only an empty folder can be removed this way.
            let _ = fs::remove_dir(&self.dir);
        }
    }
}

/// Tries again for a while what a file that is open elsewhere, or a virus scanner, may stand in the way of.
fn patiently(mut attempt: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let mut tries = 0;
    loop {
        match attempt() {
            Err(_) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

/// Takes from everybody but the owner and the group what they may do with a file, or with a folder and all
/// that lies in it: lists name people.
#[cfg(unix)]
fn only_for_group(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Ok(());
    }
    let mut rights = found.permissions();
    if rights.mode() & 0o007 != 0 {
        rights.set_mode(rights.mode() & 0o770);
        fs::set_permissions(path, rights)?;
    }
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            only_for_group(&entry?.path())?;
        }
    }
    Ok(())
}

/// On Windows what a run writes takes the rights of the folder that it lies in.
#[cfg(not(unix))]
fn only_for_group(_: &Path) -> io::Result<()> {
    Ok(())
}

/// As [`HeldFolder::keep`]; `within` is the way from the published folder to `from`, with `/` behind it.
fn keep_in(from: &Path, to: &Path, within: &str, ours: &dyn Fn(&str) -> bool) -> Result<(), Failure> {
    let unkept = |path: &Path, error: &io::Error| {
        Failure::failed(format!(
            "已发布的文件夹中有另外放入的「{}」，无法保留：{}。请移走后重试",
            path.display(),
            in_words(error)
        ))
    };
    let entries = match fs::read_dir(from) {
        // Nothing was published there before.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.and_then(Iterator::collect::<io::Result<Vec<_>>>),
    };
    for entry in entries.map_err(|error| unkept(from, &error))? {
        let (name, path) = (entry.file_name(), entry.path());
        let said = name.to_string_lossy();
        let inside = format!("{within}{said}");
        let target = to.join(&name);
        if ours(&inside) || said.starts_with("~$") || said.starts_with(".~") {
            continue;
        }
        // A folder of ours that the new run has no more comes again only for what others laid into it.
        let laid = if path.is_dir() {
            keep_in(&path, &target, &format!("{inside}/"), ours)?;
            if fs::read_dir(&path).is_ok_and(|mut inner| inner.next().is_none()) {
                fs::create_dir_all(&target)
            } else {
                Ok(())
            }
        } else if target.exists() {
            Ok(())
        } else {
            fs::create_dir_all(to).and_then(|()| fs::copy(&path, &target).map(drop))
        };
        laid.map_err(|error| unkept(&path, &error))?;
    }
    Ok(())
}

/// Exchanges two folders in one step; false where the system cannot.
#[cfg(target_os = "linux")]
fn exchange(a: &Path, b: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

/// A lock on DIR: a locked file that still stands under its name once it is locked.
fn try_lock(dir: &Path) -> io::Result<Option<File>> {
    let path = dir.join(LOCK);
    let mut file = open_lock(&path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Ok(None),
        Err(fs::TryLockError::Error(error)) => return Err(error),
    }
    // The holder before us may have removed the file between our opening and locking it.
    let mark = format!("{}-{:?}", std::process::id(), std::thread::current().id());
    let marked = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| {
        file.write_all(mark.as_bytes())?;
        file.flush()
    });
    // On a full disk nothing is left behind either.
    marked.inspect_err(|_| drop(fs::remove_file(&path)))?;
    let mut seen = String::new();
    let same = File::open(&path).and_then(|mut standing| standing.read_to_string(&mut seen)).is_ok() && seen == mark;
    // Windows keeps others from reading a locked file: there the lock itself is proof, for nobody can remove it meanwhile.
    Ok(if same || cfg!(windows) { Some(file) } else { None })
}

#[cfg(not(windows))]
fn open_lock(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).read(true).write(true).open(path)
}

/// Shared for reading and writing, but not for deletion: while a process has the file open, its name cannot go.
#[cfg(windows)]
fn open_lock(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const READ_AND_WRITE: u32 = 3;
    File::options().create(true).truncate(false).read(true).write(true).share_mode(READ_AND_WRITE).open(path)
}

/// Files below a folder that cannot be opened for writing, as where another program has them open on Windows.
fn refused(folder: &Path, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            refused(&path, names);
        } else if File::options().read(true).write(true).open(&path).is_err() {
            names.extend(path.file_name().map(|name| format!("「{}」", name.to_string_lossy())));
        }
    }
}

/// Brings all that lies in a folder to the disk: a name that outlives a power cut must not lead to empty files. At
/// once for the whole file system, since that takes no longer for thousands of letters than for one.
#[cfg(target_os = "linux")]
fn flush(dir: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(dir)?)?)
}

#[cfg(not(target_os = "linux"))]
fn flush(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            flush(&path)?;
        } else {
            // Windows flushes only what is open for writing.
            File::options().read(true).write(true).open(path)?.sync_all()?;
        }
    }
    sync(dir);
    Ok(())
}

/// Makes renames last through a power cut, where folders can be synced.
fn sync(dir: &Path) {
    if let Ok(folder) = File::open(dir) {
        let _ = folder.sync_all();
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!(
        "无法写入「{}」：{}。请检查文件夹是否存在、磁盘是否已满、是否有写入权限",
        path.display(),
        in_words(error)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_rename_is_tried_again_for_a_while() {
        for (refusals, succeeds) in [(0, true), (3, true), (TRIES, true), (TRIES + 1, false)] {
            let mut calls = 0;
            let done = patiently(|| {
                calls += 1;
                if calls > refusals { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
            });
            assert_eq!(done.is_ok(), succeeds, "{refusals}");
            assert_eq!(calls, refusals.min(TRIES) + 1);
        }
    }
}
