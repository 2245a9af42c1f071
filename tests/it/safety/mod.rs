//! Nothing half-published, nothing lost, nothing let in: one test per promise, through the binary.
//!
//! What a single workbook can do to the reader stands in `workbook/danger.rs`, the archive's own steps in
//! `archive/publish.rs` and `archive/kill.rs`, the rest here.

#![allow(clippy::unwrap_used)]

mod archive;
mod confidential;
mod disk;
mod log;
mod names;
mod packs;
#[cfg(target_os = "linux")]
mod steps;
mod terminal;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::rules::city::{City, kaohe};

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming")
}

/// An annual run of the made-up city.
pub fn annual(output: &Path) -> Command {
    let mut run = kaohe();
    run.arg("annual").arg(fixtures()).arg("--output").arg(output).arg("--quiet");
    run
}

pub fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Every file below a folder with its bytes, by relative path.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// A sound city with a half-year behind it: a line is decided, so that there is something to lose.
pub fn lived_in() -> City {
    let city = City::new(&["半年考核_班子 B1 目标完成得分=20"]);
    city.run("half-year");
    city.decide("2015-half-year", "约谈名单", &[("2015-H-约谈-C-G11", "同意", "")]);
    city
}

/// The archive is sound and still holds the decision of [`lived_in`].
#[track_caller]
pub fn keeps_the_decision(city: &City) {
    let archive = city.output().join("档案.db");
    let verified = kaohe().args(["archive", "verify", "--archive"]).arg(&archive).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", told(&verified));
    let shown = kaohe().args(["archive", "show", "--archive"]).arg(&archive).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("2015-H-约谈-C-G11"), "{shown}");
}
