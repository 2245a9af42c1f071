//! Full disks, read-only folders, files where folders should be, kills: the old state stays whole, the
//! message names cause and remedy, and the next run succeeds.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use kaohe::handoff::model::{Block, Column, Paper, Sheet, Value, Workbook};
use kaohe::handoff::write;

use super::{annual, keeps_the_decision, lived_in, told, tree};
use crate::rules::city::{City, kaohe};

/// A run that may write so many KiB into each file and no more, as on a disk that is filling up.
#[cfg(unix)]
fn on_a_full_disk(kib: u64, arguments: &[&std::ffi::OsStr]) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    Command::new("bash").arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_kaohe")).args(arguments).output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_state() {
    let city = lived_in();
    let before = tree(&city.output());
    let (input, output) = (city.input(), city.output());
    let run: Vec<&std::ffi::OsStr> =
        vec!["half-year".as_ref(), input.as_ref(), "--output".as_ref(), output.as_ref(), "--quiet".as_ref()];
    // A changed input, so that every file would be written anew, the archive too.
    let mut city = city;
    city.edit("半年考核_班子 B2 目标完成得分=20");
    city.edit("半年考核_班子 B3 目标完成得分=20");
    let mut failed = 0;
    // The limit is one on the length of files: below the archive's own it would also keep SQLite from putting back what stood
    // there, which no full disk does.
    let archive = before["档案.db"].len() as u64 / 1024;
    for kib in [0, 1, 4, 7, 8, 12, 20].into_iter().chain([archive + 1, archive + 8, archive + 20, archive + 60]) {
        // The workbook itself is written by the test: only the run is short of room.
        let _ = city.try_run("half-year --as-of 2016-01-01");
        let ended = on_a_full_disk(kib, &run);
        if ended.status.code() == Some(0) {
            break;
        }
        failed += 1;
        let said = told(&ended);
        assert_eq!(ended.status.code(), Some(1), "{kib} KiB: {said}");
        assert!(said.contains("磁盘") && !said.contains("ZipWriter"), "{kib} KiB: {said}");
        let mut after = tree(&city.output());
        // A registration that was dropped stays in the archive's history; nothing else may differ.
        let (old, new) =
            (before["档案.db"].clone(), after.insert("档案.db".into(), before["档案.db"].clone()).unwrap());
        assert!(new.len() >= old.len(), "{kib} KiB: the archive is shorter");
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{kib} KiB");
        assert!(after == before, "{kib} KiB: a published file has changed");
        keeps_the_decision(&city);
    }
    assert!(failed > 4, "{failed}");
    let ended = city.try_run("half-year");
    assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
    keeps_the_decision(&city);
}

const STREAMED: &str = "KAOHE_TEST_STREAMED";

/// Not a test of its own: the process whose disk is full. It writes a list that is long enough to be streamed.
#[test]
fn child() {
    let Ok(path) = std::env::var(STREAMED) else { return };
    let rows = (0..6_000).map(|row| vec![Value::Count(row), Value::text("一行文字".repeat(10))]).collect();
    let columns = vec![Column::centred("序号", 4.0, 7.0), Column::text("事实", 10.0, 40.0)];
    let sheet = Sheet {
        name: "长".into(),
        paper: Paper::Lying,
        head: Vec::new(),
        blocks: vec![Block::new(columns, rows, "")],
        ..Sheet::default()
    };
    let book = Workbook { title: "长".into(), as_of: chrono::NaiveDate::default(), sheets: vec![sheet] };
    match write::save(book, Path::new(&path)) {
        Ok(()) => println!("saved"),
        Err(error) => println!("refused: {error}"),
    }
}

/// Long lists are streamed to a temporary file, which may be what fills the disk.
#[cfg(unix)]
#[test]
fn a_full_disk_while_a_long_list_is_streamed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("长.xlsx");
    for (kib, expected) in [(4, "refused: "), (100, "refused: "), (400, "refused: "), (5000, "saved")] {
        let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
        let mut child = Command::new("bash");
        child.arg("-c").arg(script).arg(std::env::current_exe().unwrap());
        child.args(["--exact", "safety::disk::child", "--nocapture"]).env(STREAMED, &path);
        let ended = child.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        let line = said.lines().find_map(|line| line.find(expected).map(|at| line[at..].to_owned()));
        let line = line.unwrap_or_else(|| panic!("{kib} KiB: {said}"));
        assert!(expected == "saved" || line.contains("磁盘") && line.contains("长.xlsx"), "{kib} KiB: {line}");
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_takes_no_answer_half() {
    let city = lived_in();
    let list = city.output().join("2015-half-year/通报名单.xlsx");
    let answered = city.output().join("../通报名单.xlsx");
    super::names::answer(&list, &answered, "同意", "按期办理".repeat(2000).as_str());
    let archive = city.output().join("档案.db");
    let size = fs::metadata(&archive).unwrap().len();
    let record: Vec<&std::ffi::OsStr> =
        vec!["record".as_ref(), answered.as_ref(), "--archive".as_ref(), archive.as_ref()];
    for kib in [0, 4, size / 1024] {
        let ended = on_a_full_disk(kib, &record);
        let said = told(&ended);
        assert_eq!(ended.status.code(), Some(1), "{kib} KiB: {said}");
        assert!(said.contains("磁盘"), "{kib} KiB: {said}");
        keeps_the_decision(&city);
    }
    let ended = kaohe().args(record).output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
    assert!(told(&ended).contains("已收回 1 项"), "{}", told(&ended));
}

/// Workbooks that lie alone, outside a run's folder, are replaced by whole ones or not at all.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_workbook_that_stood_there() {
    let city = lived_in();
    let dir = tempfile::tempdir().unwrap();
    let (ledger, archive) = (dir.path().join("台账.xlsx"), city.output().join("档案.db"));
    let export: Vec<&std::ffi::OsStr> =
        vec!["archive".as_ref(), "export".as_ref(), ledger.as_ref(), "--archive".as_ref(), archive.as_ref()];
    assert_eq!(kaohe().args(&export).output().unwrap().status.code(), Some(0));
    let before = tree(dir.path());
    for kib in [0, 1, 4] {
        let ended = on_a_full_disk(kib, &export);
        assert_eq!(ended.status.code(), Some(1), "{kib} KiB: {}", told(&ended));
        assert!(told(&ended).contains("磁盘") && told(&ended).contains("台账.xlsx"), "{}", told(&ended));
        assert!(tree(dir.path()) == before, "{kib} KiB");
    }
    assert_eq!(kaohe().args(&export).output().unwrap().status.code(), Some(0));
}

/// Runs as somebody whom file permissions stop; root is not stopped by them.
#[cfg(unix)]
fn as_nobody(program: &Path) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(program);
    command.uid(65534).gid(65534);
    command
}

#[cfg(unix)]
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout == b"0\n")
}

/// Everything below a folder given rights, for nobody to own where the tests run as root.
#[cfg(unix)]
fn hand_over(folder: &Path) {
    use std::os::unix::fs::chown;
    if !is_root() {
        return;
    }
    chown(folder, Some(65534), Some(65534)).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { hand_over(&path) } else { chown(&path, Some(65534), Some(65534)).unwrap() }
    }
}

#[cfg(unix)]
fn rights(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_or_archive_is_named_and_left_alone() {
    let city = lived_in();
    let dir = tempfile::tempdir().unwrap();
    rights(dir.path(), 0o755);
    let program = dir.path().join("kaohe");
    fs::copy(env!("CARGO_BIN_EXE_kaohe"), &program).unwrap();
    let (input, output) = (dir.path().join("报送"), dir.path().join("结果"));
    for (from, to) in [(city.input(), &input), (city.output(), &output)] {
        assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success());
    }
    hand_over(dir.path());
    let run = || if is_root() { as_nobody(&program) } else { Command::new(&program) };
    let half_year = || {
        let mut command = run();
        command.arg("half-year").arg(&input).arg("--output").arg(&output).arg("--quiet");
        command
    };
    let before = tree(&output);
    let refused = |what: &str, ended: Output, named: &str| {
        let said = told(&ended);
        assert_eq!(ended.status.code(), Some(1), "{what}: {said}");
        assert!(said.contains(named) && said.contains("写入"), "{what}: {said}");
        assert!(tree(&output) == before, "{what}: something has changed");
    };
    rights(&output, 0o555);
    refused("the folder", half_year().output().unwrap(), "结果");
    let new = output.join("新");
    refused("a folder in it", run().arg("half-year").arg(&input).arg("--output").arg(&new).output().unwrap(), "结果");
    rights(&output, 0o755);
    let archive = output.join("档案.db");
    rights(&archive, 0o444);
    refused("the archive", half_year().output().unwrap(), "档案.db");
    let list = dir.path().join("答复.xlsx");
    super::names::answer(&output.join("2015-half-year/通报名单.xlsx"), &list, "同意", "");
    refused("recording", run().arg("record").arg(&list).arg("--archive").arg(&archive).output().unwrap(), "档案.db");
    // Reading asks for no right to write.
    let shown = run().args(["archive", "show", "--archive"]).arg(&archive).output().unwrap();
    assert_eq!(shown.status.code(), Some(0), "{}", told(&shown));
    rights(&archive, 0o644);
    let ended = half_year().output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
}

#[test]
fn a_file_where_a_folder_should_be_is_named_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| dir.path().join(name);
    fs::write(place("文件"), "别人的").unwrap();
    let refused = |output: &Path, more: &[&str], code: i32| {
        let ended = annual(output).args(more).output().unwrap();
        assert_eq!(ended.status.code(), Some(code), "{}", told(&ended));
        told(&ended)
    };
    // DIR is a file, or lies below one.
    assert!(refused(&place("文件"), &[], 1).contains("文件"));
    assert!(refused(&place("文件/结果"), &[], 1).contains("文件"));
    assert_eq!(fs::read(place("文件")).unwrap(), "别人的".as_bytes());
    // The run's own place is a file.
    fs::create_dir(place("结果")).unwrap();
    fs::write(place("结果/2015-annual"), "别人的").unwrap();
    assert!(refused(&place("结果"), &[], 1).contains("2015-annual"));
    assert_eq!(fs::read(place("结果/2015-annual")).unwrap(), "别人的".as_bytes());
    fs::remove_file(place("结果/2015-annual")).unwrap();
    // The archive is a folder, or no archive.
    fs::create_dir(place("库")).unwrap();
    let archive = place("库").display().to_string();
    assert!(refused(&place("结果"), &["--archive", &archive], 1).contains("库"));
    let foreign = place("文件").display().to_string();
    assert!(refused(&place("结果"), &["--archive", &foreign], 1).contains("不是 kaohe 的档案"));
    assert_eq!(fs::read(place("文件")).unwrap(), "别人的".as_bytes());
    assert_eq!(annual(&place("结果")).output().unwrap().status.code(), Some(0));
    let names: Vec<String> =
        tree(&place("结果")).into_keys().filter(|name| !name.starts_with("2015-annual/")).collect();
    assert_eq!(names, ["档案.db"]);
}

/// The program itself is killed while it works, again and again; `archive/kill.rs` does the same to the archive's steps.
#[test]
fn a_run_killed_at_any_moment_leaves_the_old_run_or_the_new_one() {
    let mut city = lived_in();
    let whole = |city: &City| {
        let folder = city.output().join("2015-half-year");
        let lines = |name: &str| fs::read_to_string(folder.join(name)).unwrap().lines().count();
        (lines("data/consequences.jsonl"), lines("data/pending.jsonl"), fs::read_dir(&folder).unwrap().count())
    };
    let old = whole(&city);
    city.edit("半年考核_班子 B2 目标完成得分=20");
    let _ = city.try_run("half-year --as-of 2016-01-01");
    let start = || {
        let mut run = kaohe();
        run.arg("half-year").arg(city.input()).arg("--output").arg(city.output()).arg("--quiet");
        run.stderr(Stdio::null()).spawn().unwrap()
    };
    let kept = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &Path| {
        let _ = fs::remove_dir_all(to);
        assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success());
    };
    copy(&city.output(), &kept.path().join("旧"));
    // How long a run takes here and now: kills are spread over all of it.
    let began = Instant::now();
    assert!(start().wait().unwrap().success());
    let (round, new) = (began.elapsed(), whole(&city));
    assert_ne!((old.0, old.1), (new.0, new.1));
    let mut seen = (0, 0);
    // Where `strace` is, each step is gone through by itself: [`super::steps`].
    let kills = if Command::new("strace").arg("-V").output().is_ok() { 8 } else { 24 };
    for step in 0..kills {
        copy(&kept.path().join("旧"), &city.output());
        let mut victim = start();
        std::thread::sleep(round.mul_f64(f64::from(step) / f64::from(kills - 2)));
        victim.kill().unwrap();
        victim.wait().unwrap();
        // The next command, whatever it is, finds one of the two; the one after that succeeds.
        match whole(&city) {
            found if (found.0, found.1) == (old.0, old.1) => seen.0 += 1,
            found if (found.0, found.1) == (new.0, new.1) => seen.1 += 1,
            found => panic!("step {step}: {found:?} is neither {old:?} nor {new:?}"),
        }
        keeps_the_decision(&city);
        let ended = city.try_run("half-year");
        assert_eq!(ended.status.code(), Some(0), "step {step}: {}", told(&ended));
        let lines = whole(&city);
        assert_eq!((lines.0, lines.1), (new.0, new.1), "step {step}");
        let mut names: Vec<String> = fs::read_dir(city.output())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["2015-half-year", "档案.db"], "step {step}");
    }
    assert!(seen.0 > 0, "{seen:?}");
}

/// Excel and WPS lay a file beside a workbook that is open: its list is named, and nothing is replaced under their hands.
#[test]
fn a_list_that_is_open_is_named_and_nothing_is_replaced() {
    let city = lived_in();
    for (mark, name) in [("~$约谈名单.xlsx", "约谈名单.xlsx"), (".~lock.通报名单.xlsx#", "通报名单.xlsx")]
    {
        let mark = city.output().join("2015-half-year").join(mark);
        fs::write(&mark, "").unwrap();
        let before = tree(&city.output());
        let ended = city.try_run("half-year");
        assert_eq!(ended.status.code(), Some(1));
        assert!(told(&ended).contains(name) && told(&ended).contains("关闭后重试"), "{}", told(&ended));
        assert!(tree(&city.output()) == before);
        fs::remove_file(mark).unwrap();
        assert_eq!(city.try_run("half-year").status.code(), Some(0));
    }
}

/// Where folders cannot be exchanged in one step (Windows, shares) the old one is moved aside first: what a run
/// that was killed before, between and after the two moves leaves behind.
#[test]
fn everything_that_stands_in_the_way_of_a_run_is_named() {
    let city = lived_in();
    let folder = city.output().join("2015-half-year");
    let answered = city.output().join("../通报名单.xlsx");
    super::names::answer(&folder.join("通报名单.xlsx"), &answered, "同意", "按期办理");
    fs::copy(&answered, folder.join("通报名单.xlsx")).unwrap();
    fs::write(folder.join("~$约谈名单.xlsx"), "").unwrap();
    let ended = city.try_run("half-year");
    assert_eq!(ended.status.code(), Some(1));
    for said in ["打开：约谈名单.xlsx", "通报名单.xlsx：有尚未收回的答复", "kaohe record"] {
        assert!(told(&ended).contains(said), "{said}: {}", told(&ended));
    }
}

#[test]
fn a_run_killed_between_two_moves_is_put_right() {
    let city = lived_in();
    let published = city.output().join("2015-half-year");
    let (aside, staged) =
        (city.output().join(".kaohe-old-2015-half-year"), city.output().join(".kaohe-staging-2015-half-year"));
    let before = tree(&published);
    let stage = || {
        fs::create_dir_all(staged.join("data")).unwrap();
        fs::write(staged.join("通报名单.xlsx"), "half").unwrap();
    };
    // A run that fails for another reason clears up all the same, and brings back what was moved aside.
    let fails = || {
        let mut run = kaohe();
        run.arg("half-year")
            .arg(city.output().with_file_name("没有"))
            .arg("--output")
            .arg(city.output())
            .arg("--quiet");
        assert_eq!(run.output().unwrap().status.code(), Some(1));
        let mut names: Vec<_> = fs::read_dir(city.output()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["2015-half-year", "档案.db"]);
        assert!(tree(&published) == before);
        keeps_the_decision(&city);
    };
    stage();
    fails();
    stage();
    fs::rename(&published, &aside).unwrap();
    fails();
    fs::create_dir_all(aside.join("data")).unwrap();
    fails();
    stage();
    fs::rename(&published, &aside).unwrap();
    assert_eq!(city.try_run("half-year").status.code(), Some(0));
    keeps_the_decision(&city);
}

#[cfg(unix)]
#[test]
fn what_is_published_is_not_for_everybody_on_the_machine() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let output = dir.path().join("结果");
    let log = dir.path().join("kaohe.log");
    assert_eq!(annual(&output).arg("--log").arg(&log).output().unwrap().status.code(), Some(0));
    let checked = dir.path().join("检查");
    let faulty = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming-faulty");
    assert_eq!(kaohe().arg("check").arg(faulty).arg("--output").arg(&checked).output().unwrap().status.code(), Some(3));
    let ledger = dir.path().join("台账.xlsx");
    let archive = output.join("档案.db");
    let export = kaohe().args(["archive", "export"]).arg(&ledger).arg("--archive").arg(&archive).output().unwrap();
    assert_eq!(export.status.code(), Some(0));
    let mut seen =
        vec![output.clone(), log, ledger, archive, output.join("2015-annual"), output.join("2015-annual/data")];
    seen.extend(tree(&output).into_keys().map(|name| output.join(name)));
    seen.extend(tree(&checked).into_keys().map(|name| checked.join(name)));
    assert!(seen.len() > 30);
    for path in seen {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o007, 0, "{} is {mode:o}", path.display());
        assert_eq!(mode & 0o040, 0o040, "{} is {mode:o}", path.display());
    }
}

#[test]
fn long_paths_are_written_and_read() {
    let dir = tempfile::tempdir().unwrap();
    let mut output = dir.path().to_owned();
    for _ in 0..12 {
        output.push("一个名称很长的文件夹用来存放考核结果".repeat(2));
    }
    assert!(output.as_os_str().len() > 1000);
    // SQLite alone cannot follow, and says so before anything is done.
    let ended = annual(&output).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(told(&ended).contains("--archive") && told(&ended).contains("504"), "{}", told(&ended));
    assert!(!output.exists());
    let archive = dir.path().join("档案.db");
    for _ in 0..2 {
        let ended = annual(&output).arg("--archive").arg(&archive).output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
    }
    assert!(output.join("2015-annual/变更对照.xlsx").is_file());
}
