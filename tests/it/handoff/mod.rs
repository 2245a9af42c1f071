//! The workbooks handed out, read back as files.

mod material;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use kaohe::handoff::{Handoff, Publication};

use material::*;

/// Publishes the small city into a folder of its own and returns it.
fn published(change: impl FnOnce(&mut kaohe::consequence::Outcome)) -> tempfile::TempDir {
    let (pack, data) = (pack(), dataset(30));
    let mut outcome = outcome(&pack, &data);
    change(&mut outcome);
    let dir = tempfile::tempdir().unwrap();
    let handoff = Handoff::new(&pack, &data, &outcome);
    handoff
        .publish(dir.path(), &Publication { info: &info(), figures: &figures(), notices: true, changes: None })
        .unwrap();
    dir
}

#[test]
#[ignore = "writes samples to look at"]
fn samples() {
    let dir = published(|_| {});
    let target = Path::new("/tmp/handoff-samples");
    let _ = std::fs::remove_dir_all(target);
    copy(dir.path(), target);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
