//! Every step of publishing and recording, one by one: the process is killed there, or the system refuses it.
//!
//! `strace` does both, at the n-th call of its kind; where it is missing, the kills at any moment in [`super::disk`]
//! and `archive/kill.rs` are all there is.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{keeps_the_decision, lived_in, told, tree};
use crate::rules::city::{City, kaohe};

type Tree = BTreeMap<String, Vec<u8>>;

/// A command traced; `inject` is done to its calls, which are told in `log`.
fn strace(arguments: &[&OsStr], inject: &[&str], log: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(log).args(inject).arg(env!("CARGO_BIN_EXE_kaohe")).args(arguments);
    strace
}

fn traced(arguments: &[&OsStr], inject: &[&str]) -> Option<Output> {
    match strace(arguments, inject, Path::new("/dev/null")).output() {
        Ok(ended) => Some(ended),
        Err(_) => {
            eprintln!("no strace: the steps are not gone through");
            None
        }
    }
}

/// A city with a half-year behind it and another one before it, and what both look like.
struct Before {
    city: City,
    kept: tempfile::TempDir,
    old: Tree,
    new: Tree,
}

impl Before {
    fn new() -> Before {
        let mut city = lived_in();
        city.edit("半年考核_班子 B2 目标完成得分=20");
        // Writes the changed workbook, once: its bytes bear the time.
        assert_eq!(city.try_run("half-year --as-of 2016-01-01").status.code(), Some(2));
        let kept = tempfile::tempdir().unwrap();
        let copy = kept.path().join("旧");
        assert!(Command::new("cp").arg("-r").arg(city.output()).arg(copy).status().unwrap().success());
        let old = tree(&published(&city));
        assert_eq!(run(&city).status.code(), Some(0));
        let new = tree(&published(&city));
        assert!(old != new);
        Before { city, kept, old, new }
    }

    /// A list of the old run, and a copy of it with an answer.
    fn answered(&self) -> (PathBuf, PathBuf) {
        let (list, answered) = (published(&self.city).join("通报名单.xlsx"), self.kept.path().join("通报名单.xlsx"));
        super::names::answer(&list, &answered, "同意", "按期办理");
        (list, answered)
    }

    fn restore(&self) {
        fs::remove_dir_all(self.city.output()).unwrap();
        let copy = self.kept.path().join("旧");
        assert!(Command::new("cp").arg("-r").arg(copy).arg(self.city.output()).status().unwrap().success());
    }
}

fn run(city: &City) -> Output {
    kaohe().arg("half-year").arg(city.input()).arg("--output").arg(city.output()).arg("--quiet").output().unwrap()
}

fn published(city: &City) -> PathBuf {
    city.output().join("2015-half-year")
}

/// The old run or the new one stands there, whole; the one after that is the new one, and nothing is left behind.
#[track_caller]
fn is_whole(before: &Before, step: &str) -> bool {
    let found = tree(&published(&before.city));
    assert!(found == before.old || found == before.new, "{step}: neither the old run nor the new one");
    keeps_the_decision(&before.city);
    let ended = run(&before.city);
    assert_eq!(ended.status.code(), Some(0), "{step}: {}", told(&ended));
    let mut after = tree(&published(&before.city));
    // What it is compared with depends on which of the two stood there.
    let mut new = before.new.clone();
    assert!(after.remove("变更对照.xlsx").is_some() && new.remove("变更对照.xlsx").is_some());
    assert!(after == new, "{step}: the next run is another");
    let mut names: Vec<_> = fs::read_dir(before.city.output()).unwrap().map(|one| one.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["2015-half-year", "档案.db"], "{step}");
    found == before.new
}

/// The calls by which a run and the archive change what is on the disk, with how many of them are gone through.
const STEPS: [(&str, usize); 8] = [
    ("mkdir", 3),
    ("flock", 1),
    ("fsync", 8),
    ("syncfs", 1),
    ("renameat2", 1),
    ("unlink", 2),
    ("unlinkat", 2),
    ("pwrite64", 6),
];

#[test]
fn a_run_killed_at_each_step_leaves_the_old_run_or_the_new_one() {
    let before = Before::new();
    let (input, output) = (before.city.input(), before.city.output());
    let command: [&OsStr; 5] =
        ["half-year".as_ref(), input.as_ref(), "--output".as_ref(), output.as_ref(), "--quiet".as_ref()];
    let (mut killed, mut new) = (0, 0);
    for (call, most) in STEPS {
        for at in 1..=most {
            before.restore();
            let step = format!("{call} {at}");
            let inject = format!("inject={call}:signal=KILL:when={at}");
            let Some(ended) = traced(&command, &["-e", &format!("trace={call}"), "-e", &inject]) else { return };
            // There are no more of its kind.
            if ended.status.success() {
                break;
            }
            killed += 1;
            new += usize::from(is_whole(&before, &step));
        }
    }
    assert!(killed > 15 && new > 0, "{killed} kills, {new} of them behind the exchange");
}

#[test]
fn a_run_whose_writing_is_refused_at_each_step_tells_the_truth() {
    let before = Before::new();
    let (input, output) = (before.city.input(), before.city.output());
    let command: [&OsStr; 4] = ["half-year".as_ref(), input.as_ref(), "--output".as_ref(), output.as_ref()];
    let mut refused = 0;
    for (call, most) in STEPS {
        for at in 1..=most {
            before.restore();
            let step = format!("{call} {at}");
            let inject = format!("inject={call}:error=ENOSPC:when={at}");
            let Some(ended) = traced(&command, &["-e", &format!("trace={call}"), "-e", &inject]) else { return };
            let said = told(&ended);
            let new = tree(&published(&before.city)) == before.new;
            match ended.status.code() {
                Some(0) => assert!(new, "{step}: nothing is published: {said}"),
                Some(1) => {
                    assert!(!new && !said.is_empty(), "{step}: the run is published: {said}");
                    refused += 1;
                }
                code => panic!("{step}: {code:?}: {said}"),
            }
            assert!(!said.contains("内部错误"), "{step}: {said}");
            is_whole(&before, &step);
        }
    }
    assert!(refused > 10, "{refused} refusals");
}

/// What is written reaches the disk before the name does: a power cut leaves no empty files in a published folder.
#[test]
fn a_run_is_brought_to_the_disk_before_it_is_swapped_in() {
    let before = Before::new();
    before.restore();
    let (input, output, log) = (before.city.input(), before.city.output(), before.kept.path().join("calls"));
    let command: [&OsStr; 4] = ["half-year".as_ref(), input.as_ref(), "--output".as_ref(), output.as_ref()];
    let Ok(ended) = strace(&command, &["-e", "trace=syncfs,renameat2"], &log).output() else { return };
    assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
    let calls = fs::read_to_string(log).unwrap();
    let at = |call: &str| calls.find(call).unwrap_or_else(|| panic!("no {call}: {calls}"));
    assert!(at("syncfs(") < at("renameat2("), "{calls}");
}

/// A run looks for answers before it begins, and again before it swaps the lists away.
#[test]
fn an_answer_that_is_given_while_a_run_is_made_is_not_swapped_away() {
    let before = Before::new();
    before.restore();
    let (list, answered) = before.answered();
    let (input, output) = (before.city.input(), before.city.output());
    let command: [&OsStr; 4] = ["half-year".as_ref(), input.as_ref(), "--output".as_ref(), output.as_ref()];
    let slow = ["-e", "trace=fsync", "-e", "inject=fsync:delay_enter=100000"];
    let mut run = strace(&command, &slow, Path::new("/dev/null"));
    let Ok(mut run) = run.stderr(std::process::Stdio::piped()).spawn() else { return };
    let staged = output.join(".kaohe-staging-2015-half-year");
    while !staged.exists() {
        assert!(run.try_wait().unwrap().is_none(), "it ended before anything was staged");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    fs::copy(&answered, &list).unwrap();
    let ended = run.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
    assert!(told(&ended).contains("通报名单.xlsx") && told(&ended).contains("kaohe record"), "{}", told(&ended));
    assert!(fs::read(&list).unwrap() == fs::read(&answered).unwrap());
    keeps_the_decision(&before.city);
}

#[test]
fn recording_killed_at_each_step_takes_all_answers_or_none() {
    let before = Before::new();
    before.restore();
    let (_, answered) = before.answered();
    let archive = before.city.output().join("档案.db");
    let record: [&OsStr; 4] = ["record".as_ref(), answered.as_ref(), "--archive".as_ref(), archive.as_ref()];
    let mut killed = 0;
    for (call, most) in [("fsync", 4), ("unlink", 1), ("pwrite64", 8)] {
        for at in 1..=most {
            before.restore();
            let step = format!("{call} {at}");
            let inject = format!("inject={call}:signal=KILL:when={at}");
            let Some(ended) = traced(&record, &["-e", &format!("trace={call}"), "-e", &inject]) else { return };
            if ended.status.success() {
                break;
            }
            killed += 1;
            keeps_the_decision(&before.city);
            let taken = shown(&archive).matches("按期办理").count();
            let ended = kaohe().args(record).output().unwrap();
            assert_eq!(ended.status.code(), Some(0), "{step}: {}", told(&ended));
            let all = shown(&archive).matches("按期办理").count();
            assert!(taken == 0 || taken == all, "{step}: {taken} of {all}");
        }
    }
    assert!(killed > 8, "{killed} kills");
}

/// Everything that the archive holds, by its ledger's texts.
fn shown(archive: &Path) -> String {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("台账.xlsx");
    let export = kaohe().args(["archive", "export"]).arg(&ledger).arg("--archive").arg(archive).output().unwrap();
    assert_eq!(export.status.code(), Some(0), "{}", told(&export));
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(fs::read(ledger).unwrap())).unwrap();
    let mut text = String::new();
    for at in 0..zip.len() {
        std::io::Read::read_to_string(&mut zip.by_index(at).unwrap(), &mut text).unwrap();
    }
    text
}
