//! The file that a workbook is written into, and what is said when the disk is full.
//!
//! The writing library was made for disks that never fill up: its zip writer complains on standard error
//! by itself, and its streamed sheets stop the program. Here the first error is kept, what comes after it is
//! dropped, and one message names the file and the remedy.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::{disk, rights};

/// Bytes that are gathered before they go to the disk.
const BUFFER: usize = 64 * 1024;

/// A file that takes everything and remembers why it could not keep it.
struct KeepingFile<'s> {
    file: File,
    failed: &'s mut Option<io::Error>,
}

impl KeepingFile<'_> {
    fn keep<T>(&mut self, done: io::Result<T>, otherwise: T) -> T {
        done.unwrap_or_else(|error| {
            *self.failed = Some(error);
            otherwise
        })
    }
}

impl Write for KeepingFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.is_some() {
            return Ok(bytes.len());
        }
        let done = self.file.write(bytes);
        if done.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {
            return done;
        }
        Ok(self.keep(done, bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.file.flush();
        self.keep(done, ());
        Ok(())
    }
}

/// Builds a workbook and saves it to `path`, replacing a file of that name.
///
/// # Errors
/// What the library refuses, and the first error of the disk.
pub fn save(path: &Path, build: impl FnOnce() -> Result<Workbook, XlsxError>) -> Result<(), XlsxError> {
    into(rights::file().write(true).truncate(true).open(path)?, build)
}

/// As [`save`], but the file that stood there before is only replaced by a whole one: for workbooks that lie alone,
/// outside a run's folder.
///
/// # Errors
/// As [`save`]; also a file of that name that is open elsewhere.
pub fn replace(path: &Path, build: impl FnOnce() -> Result<Workbook, XlsxError>) -> Result<(), XlsxError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new();
    beside.prefix(".kaohe-");
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(rights::FILE));
    let mut beside = beside.tempfile_in(folder)?;
    into(beside.reopen()?, build)?;
    let mut left = TRIES;
    loop {
        match beside.persist(path) {
            Ok(_) => return Ok(()),
            Err(refused) if left == 0 => return Err(XlsxError::IoError(refused.error)),
            Err(refused) => beside = refused.file,
        }
        left -= 1;
        std::thread::sleep(PAUSE);
    }
}

/// On Windows a virus scanner may hold for a moment what has just been written.
const TRIES: u32 = if cfg!(windows) { 10 } else { 0 };
const PAUSE: Duration = Duration::from_millis(200);

thread_local! {
    /// This thread saves a workbook: what stops the library is caught.
    static SAVING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic with these words is a refusal of the disk that is told with the workbook's name anyway, once
/// and not for each of thousands of letters.
pub fn is_told(panic: &str) -> bool {
    // As the standard library shows an error of the system.
    SAVING.get() && panic.contains("Os { code")
}

fn into(file: File, build: impl FnOnce() -> Result<Workbook, XlsxError>) -> Result<(), XlsxError> {
    let mut failed = None;
    // The zip writer hands on a few bytes at a time, some ninety times for a letter that then goes out at once.
    let mut sink = BufWriter::with_capacity(BUFFER, KeepingFile { file, failed: &mut failed });
    // Rows are streamed to a temporary file, and that stops the program where it is not taken.
    SAVING.set(true);
    let saved = catch_unwind(AssertUnwindSafe(|| build()?.save_to_writer(&mut sink)))
        .unwrap_or_else(|_| Err(XlsxError::IoError(io::Error::other("临时文件写不进去"))));
    SAVING.set(false);
    // What the disk says to the rest is kept by the sink, too.
    let saved = saved.and(sink.flush().map_err(XlsxError::IoError));
    disk::begin(&sink.get_ref().file);
    drop(sink);
    match failed {
        Some(error) => Err(XlsxError::IoError(error)),
        None => saved,
    }
}
