//! How what is written goes to the disk.

use std::fs::File;

/// Bytes of a file from which it pays to begin early.
#[cfg(target_os = "linux")]
const LARGE: u64 = 256 * 1024;

/// Begins to bring a written file to the disk, and does not wait: little is left then for the end of a run, when all of
/// it has to be there.
///
/// Linux begins with pages of which it is told that nobody will need them soon (`POSIX_FADV_DONTNEED`). The call
/// waits where the disk is busy, so it has a thread of its own. Elsewhere the system begins when it likes.
#[cfg(target_os = "linux")]
pub fn begin(file: &File) {
    let is_large = file.metadata().is_ok_and(|about| about.len() >= LARGE);
    let Some(file) = file.try_clone().ok().filter(|_| is_large) else { return };
    let advise = move || rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    // Only advice: what is not taken is written later.
    let _ = std::thread::Builder::new().spawn(advise);
}

#[cfg(not(target_os = "linux"))]
pub fn begin(_: &File) {}
