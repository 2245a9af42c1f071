//! An archive that is locked, old, made under another clock or in another journal mode.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{annual, keeps_the_decision, lived_in, told, tree};
use crate::rules::city::kaohe;

/// Runs a command whose sleeps `strace` counts instead of sleeping them: how it ended, and how long it would have slept.
/// Without `strace` it sleeps.
fn waiting(mut command: Command, log: &Path) -> (Output, Option<f64>) {
    let mut counted = Command::new("strace");
    counted.args(["-f", "-qq", "-e", "trace=nanosleep,clock_nanosleep"]);
    counted.args(["-e", "inject=nanosleep,clock_nanosleep:retval=0", "-o"]).arg(log);
    let Ok(ended) = counted.arg(command.get_program()).args(command.get_args()).output() else {
        return (command.output().unwrap(), None);
    };
    let calls = fs::read_to_string(log).unwrap();
    let sum = |unit: &str| -> f64 {
        let number = |part: &str| part[..part.find(|c: char| !c.is_ascii_digit()).unwrap()].parse::<f64>().unwrap();
        calls.split(&format!("tv_{unit}=")).skip(1).map(number).sum()
    };
    (ended, Some(sum("sec") + sum("nsec") / 1e9))
}

#[test]
fn a_locked_archive_is_waited_for_and_then_named() {
    let city = lived_in();
    let before = tree(&city.output().join("2015-half-year"));
    let archive = city.output().join("档案.db");
    let holder = Connection::open(&archive).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let list = city.output().join("2015-half-year/约谈名单.xlsx");
    let mut run = kaohe();
    run.arg("half-year").arg(city.input()).arg("--output").arg(city.output()).arg("--quiet");
    let mut record = kaohe();
    record.arg("record").arg(list).arg("--archive").arg(&archive);
    let mut show = kaohe();
    show.args(["archive", "show", "--archive"]).arg(&archive);
    for (at, command) in [run, record, show].into_iter().enumerate() {
        let (ended, waited) = waiting(command, &city.output().join(format!("../waits-{at}")));
        assert!(waited.is_none_or(|seconds| (9.0..11.0).contains(&seconds)), "{waited:?}");
        assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
        assert!(told(&ended).contains("正被另一个 kaohe 使用") && told(&ended).contains("办法"), "{}", told(&ended));
    }
    assert!(tree(&city.output().join("2015-half-year")) == before);
    holder.execute_batch("ROLLBACK").unwrap();
    drop(holder);
    keeps_the_decision(&city);
    assert_eq!(city.try_run("half-year").status.code(), Some(0));
}

/// The text of an archive as the first kaohe wrote it, frozen: `fixtures/archives/version-1.sql`.
#[test]
fn an_archive_of_an_older_kaohe_is_brought_up_to_date_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("档案.db");
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives/version-1.sql");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(&fs::read_to_string(frozen).unwrap()).unwrap();
    let version: i64 = old.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
    drop(old);
    let show = || {
        let shown = kaohe().args(["archive", "show", "--archive"]).arg(&path).output().unwrap();
        assert_eq!(shown.status.code(), Some(0), "{}", told(&shown));
        String::from_utf8(shown.stdout).unwrap()
    };
    assert!(show().contains("2015-H-约谈-C-G11"), "{}", show());
    let verified = kaohe().args(["archive", "verify", "--archive"]).arg(&path).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", told(&verified));
    // A run builds on it: the decision of then is filled in.
    let city = crate::rules::city::City::new(&["半年考核_班子 B1 目标完成得分=20"]);
    let ended = city.try_run(&format!("half-year --archive {}", path.display()));
    assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
    let list = super::names::rows(&city.output().join("2015-half-year/约谈名单.xlsx"));
    let row = list.iter().find(|row| row.contains(&"2015-H-约谈-C-G11".to_owned())).unwrap();
    assert!(row.contains(&"同意".to_owned()), "{row:?}");
    assert!(show().contains("同意"), "{}", show());
    let version: i64 = Connection::open(&path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert!(version > 1, "{version}");
}

/// The archive's own hash of a sequence of texts, as its schema describes it.
fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(b"t");
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_clock_set_back_changes_nothing() {
    let city = lived_in();
    let archive = city.output().join("档案.db");
    // Everything in the archive, and every published file, is from the future.
    let db = Connection::open(&archive).unwrap();
    let entries: Vec<(i64, String, String)> = db
        .prepare("SELECT 记录号, 链值, 经过 FROM 记录 ORDER BY 记录号")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut seal = String::new();
    for (number, chain, story) in &entries {
        let time = "2099-12-31T23:59:59Z";
        seal = digest(&[&seal, chain, time, story]);
        db.execute("UPDATE 记录 SET 时间 = ?1, 封印 = ?2 WHERE 记录号 = ?3", (time, &seal, number)).unwrap();
    }
    db.execute("UPDATE 链尾 SET 封印 = ?1", [&seal]).unwrap();
    drop(db);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(10 * 365 * 86_400);
    for name in tree(&city.output()).keys() {
        fs::File::options().append(true).open(city.output().join(name)).unwrap().set_modified(later).unwrap();
    }
    keeps_the_decision(&city);
    let before = tree(&city.output());
    let _ = city.run("half-year");
    let mut after = tree(&city.output());
    // The answer that was taken in is filled into the lists now; run and archive build on it as ever.
    assert!(after.remove("2015-half-year/变更对照.xlsx").is_some());
    let same = |name: &str| before[name] == after[name];
    assert!(same("2015-half-year/data/consequences.jsonl") && same("2015-half-year/data/pending.jsonl"));
    let rows = super::names::rows(&city.output().join("2015-half-year/约谈名单.xlsx"));
    assert!(rows.iter().any(|row| row.contains(&"2015-H-约谈-C-G11".into()) && row.contains(&"同意".into())));
    keeps_the_decision(&city);
    city.decide("2015-half-year", "约谈名单", &[("2015-H-约谈-C-G12", "不同意", "")]);
    keeps_the_decision(&city);
}

#[test]
fn an_archive_that_somebody_put_into_another_journal_mode_comes_back() {
    let city = lived_in();
    let archive = city.output().join("档案.db");
    let db = Connection::open(&archive).unwrap();
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    drop(db);
    assert_eq!(city.try_run("half-year").status.code(), Some(0));
    let db = Connection::open(&archive).unwrap();
    let mode: String = db.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete", "write-ahead logs do not work on network shares");
    drop(db);
    let beside: Vec<String> = fs::read_dir(city.output())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("档案.db-"))
        .collect();
    assert_eq!(beside, Vec::<String>::new());
    keeps_the_decision(&city);
}

/// A kill while the very first archive is made leaves an empty file; beside a published run somebody has emptied it.
#[test]
fn an_empty_archive_is_no_reason_to_stop_where_nothing_is_published_and_is_broken_where_something_is() {
    let dir = tempfile::tempdir().unwrap();
    let output = dir.path().join("结果");
    fs::create_dir(&output).unwrap();
    fs::write(output.join("档案.db"), "").unwrap();
    let ended = annual(&output).output().unwrap();
    assert_eq!((ended.status.code(), told(&ended).as_str()), (Some(0), ""));
    let city = lived_in();
    let archive = city.output().join("档案.db");
    fs::write(&archive, "").unwrap();
    let before = tree(&city.output());
    let run = || kaohe().arg("half-year").arg(city.input()).arg("--output").arg(city.output()).output().unwrap();
    let list = city.output().join("2015-half-year/约谈名单.xlsx");
    let commands = [
        run(),
        kaohe().arg("record").arg(&list).arg("--archive").arg(&archive).output().unwrap(),
        kaohe().args(["archive", "show", "--archive"]).arg(&archive).output().unwrap(),
        kaohe().args(["archive", "verify", "--archive"]).arg(&archive).output().unwrap(),
    ];
    for ended in commands {
        assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
        assert!(told(&ended).contains("是空文件") && told(&ended).contains("备份"), "{}", told(&ended));
    }
    assert!(tree(&city.output()) == before, "nothing is touched");
}

/// SQLite itself takes a file of one byte for an empty one.
#[test]
fn a_file_of_one_byte_is_no_archive_and_is_not_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let output = dir.path().join("结果");
    fs::create_dir(&output).unwrap();
    let archive = output.join("档案.db");
    fs::write(&archive, "S").unwrap();
    for ended in [
        annual(&output).output().unwrap(),
        kaohe().args(["archive", "verify", "--archive"]).arg(&archive).output().unwrap(),
    ] {
        assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
        assert!(told(&ended).contains("不是 SQLite 文件"), "{}", told(&ended));
    }
    assert_eq!(fs::read(&archive).unwrap(), b"S");
}

/// Lists that were published with answers stand for what the archive of then holds; another one does not.
#[test]
fn a_run_with_another_archive_does_not_supersede_lists_that_hold_answers() {
    let city = lived_in();
    city.run("half-year");
    let before = tree(&city.output().join("2015-half-year"));
    let other = city.output().join("../另一份.db");
    let run = |archive: &Path| {
        let mut run = kaohe();
        run.arg("half-year").arg(city.input()).arg("--output").arg(city.output()).arg("--archive").arg(archive);
        run.output().unwrap()
    };
    let ended = run(&other);
    assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
    assert!(told(&ended).contains("约谈名单.xlsx") && told(&ended).contains("--archive"), "{}", told(&ended));
    assert!(tree(&city.output().join("2015-half-year")) == before);
    assert_eq!(run(&city.output().join("档案.db")).status.code(), Some(0));
}

/// Whoever completes a file's name with one key too few must not lose the archive or the answers in a list.
#[test]
fn a_page_replaces_nothing_but_a_page() {
    let city = lived_in();
    let run = city.output().join("2015-half-year");
    // An archive may be called anything.
    let archive = city.output().join("档案.xlsx");
    fs::copy(city.output().join("档案.db"), &archive).unwrap();
    let list = run.join("约谈名单.xlsx");
    let own = city.output().join("../台账.xlsx");
    let write = |file: &Path| {
        let mut commands = [(); 4].map(|()| kaohe());
        commands[0].args(["archive", "export"]).arg(file).arg("--archive").arg(&archive);
        commands[1].args(["explain", "G11", "--run"]).arg(&run).arg("--output").arg(file);
        commands[2].args(["explain", "G11", "--archive"]).arg(&archive).arg("--output").arg(file);
        commands[3]
            .arg("compare")
            .arg(city.input())
            .args(["half-year", "--set", "半年得分线=90", "--output"])
            .arg(file);
        commands.map(|mut command| command.output().unwrap())
    };
    for kept in [&archive, &list] {
        let before = fs::read(kept).unwrap();
        for ended in write(kept) {
            assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
            assert!(told(&ended).contains("已经存在") && told(&ended).contains("另选文件名"), "{}", told(&ended));
            assert!(fs::read(kept).unwrap() == before);
        }
    }
    fs::write(&own, "").unwrap();
    for _ in 0..2 {
        for ended in write(&own) {
            assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
        }
    }
    let other = city.output().join("档案.db");
    let before = fs::read(&other).unwrap();
    for ended in write(&other) {
        assert_eq!(ended.status.code(), Some(2), "{}", told(&ended));
        assert!(told(&ended).contains(".xlsx"), "{}", told(&ended));
        assert!(fs::read(&other).unwrap() == before);
    }
}

/// Whose word was changed must not be told as the committee's: only `show` opens such a file, and says so first.
#[test]
fn nothing_is_told_from_a_broken_archive_as_if_it_were_sound() {
    let city = lived_in();
    let archive = city.output().join("档案.db");
    Connection::open(&archive).unwrap().execute("UPDATE 答复 SET 委员会意见 = '不同意'", []).unwrap();
    let page = city.output().join("../页.xlsx");
    let mut commands = [(); 3].map(|()| kaohe());
    commands[0].args(["archive", "export"]).arg(&page).arg("--archive").arg(&archive);
    commands[1].args(["explain", "G11", "--output"]).arg(&page).arg("--archive").arg(&archive);
    commands[2].arg("compare").arg(city.input()).args(["half-year", "--set", "半年得分线=90", "--output"]).arg(&page);
    commands[2].arg("--archive").arg(&archive);
    for mut command in commands {
        let ended = command.output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{command:?} {}", told(&ended));
        assert!(told(&ended).contains("已损坏或被改动") && told(&ended).contains("办法"), "{}", told(&ended));
        assert!(ended.stdout.is_empty() && !page.exists());
    }
    let shown = kaohe().args(["archive", "show", "--archive"]).arg(&archive).output().unwrap();
    assert!(String::from_utf8(shown.stdout).unwrap().contains("警告：档案已损坏或被改动"));
}
