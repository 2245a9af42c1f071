//! Who may read what the program makes: it names people, and is not for everybody on the machine.
//!
//! On Windows a file or folder takes the rights of the folder that it lies in.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// What the owner and the group may do with a file.
#[cfg(unix)]
pub const FILE: u32 = 0o640;

/// How a file is made that others cannot read.
pub fn file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE);
    options
}

/// Makes a folder, and those above it, that others cannot look into.
pub fn folders(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o750);
    builder.recursive(true).create(dir)
}
