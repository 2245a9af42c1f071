//! Register → publish → confirm: consistent wherever a run is killed.

use std::path::Path;
use std::slice::from_ref;

use kaohe::archive::{Archive, Calendar, Error, Mode, Registration, folder_name, open_lists, seal};
use kaohe::pack::Run;

use super::sheets::{grid, registration, write_all};
use super::{publish, record, register, taken};

/// The steps of a publication; a run is killed after one of them.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Step {
    Opened,
    Registered,
    Staged,
    Sealed,
    OldRemoved,
    Renamed,
    Confirmed,
}

const STEPS: [Step; 7] =
    [Step::Opened, Step::Registered, Step::Staged, Step::Sealed, Step::OldRemoved, Step::Renamed, Step::Confirmed];

/// Dropping the archive without a word is what a kill leaves behind: SQLite's commits are on the disk, the lock is gone.
fn publish_until(dir: &Path, run: &Registration, last: Step) {
    let mut archive = Archive::open(&dir.join("档案.db"), Mode::Run).unwrap();
    if last == Step::Opened {
        return;
    }
    let ticket = register(&mut archive, run, dir).unwrap();
    if last == Step::Registered {
        return;
    }
    let staged = dir.join(".staged");
    let _ = std::fs::remove_dir_all(&staged);
    write_all(run, &staged);
    if last == Step::Staged {
        return;
    }
    seal(&staged, &ticket).unwrap();
    if last == Step::Sealed {
        return;
    }
    let folder = dir.join(folder_name(run.year, run.run));
    let _ = std::fs::remove_dir_all(&folder);
    if last == Step::OldRemoved {
        return;
    }
    std::fs::rename(&staged, &folder).unwrap();
    if last == Step::Renamed {
        return;
    }
    archive.confirm(&ticket).unwrap();
}

fn checks(dir: &Path) -> Vec<String> {
    let archive = Archive::open(&dir.join("档案.db"), Mode::Read).unwrap();
    assert!(archive.faults().is_empty());
    archive
        .history(1900, Run::Annual)
        .unwrap()
        .facts
        .lines
        .values()
        .filter(|line| line.action == "诫勉谈话")
        .map(|line| line.check.clone())
        .collect()
}

fn changed() -> Registration {
    let mut run = registration(2015, Run::Annual);
    for line in &mut run.lists[2].rows {
        super::sheets::line_of(line).check = "a2a2".into();
        line.cells[17] = "a2a2".into();
    }
    run
}

#[test]
fn a_first_run_killed_anywhere_counts_only_once_its_folder_is_there() {
    for last in STEPS {
        let dir = tempfile::tempdir().unwrap();
        publish_until(dir.path(), &registration(2015, Run::Annual), last);
        assert_eq!(dir.path().join("档案.db").exists(), last >= Step::Registered, "{last:?}");
        if last < Step::Registered {
            continue;
        }
        let published = dir.path().join("2015-annual").exists();
        let archive = Archive::open(&dir.path().join("档案.db"), Mode::Record).unwrap();
        let told: Vec<bool> = archive.settled().iter().map(|settled| settled.contains("补记为发布")).collect();
        assert_eq!(
            told,
            if last == Step::Confirmed { vec![] } else { vec![published] },
            "{last:?}: people are told once"
        );
        drop(archive);
        assert!(Archive::open(&dir.path().join("档案.db"), Mode::Record).unwrap().settled().is_empty());
        assert_eq!(checks(dir.path()).len(), if published { 3 } else { 0 }, "{last:?}");
    }
}

#[test]
fn a_later_run_killed_anywhere_leaves_archive_and_folder_in_step() {
    for last in STEPS {
        let dir = tempfile::tempdir().unwrap();
        let first = registration(2015, Run::Annual);
        publish(dir.path(), &first);
        let second = changed();
        publish_until(dir.path(), &second, last);
        // The next command, whatever it is, settles it; `record` takes the list that stands in DIR.
        let folder = dir.path().join("2015-annual");
        let run = if last >= Step::Renamed { &second } else { &first };
        if folder.exists() {
            grid(run, "诫勉谈话名单").set(0, "委员会意见", "同意").write(&folder.join("诫勉谈话名单.xlsx"));
            assert_eq!(taken(record(dir.path(), &[folder.join("诫勉谈话名单.xlsx")], false)).new, 1, "{last:?}");
        }
        let expected = if last >= Step::Renamed { "a2a2" } else { "aaaa" };
        assert_eq!(checks(dir.path()), [expected; 3], "{last:?}");
        // And the run can be repeated.
        publish_until(dir.path(), &second, Step::Confirmed);
        assert_eq!(checks(dir.path()), ["a2a2"; 3], "{last:?}");
        assert!(!dir.path().join("档案.db-journal").exists(), "{last:?}: a journal is left behind");
    }
}

#[test]
fn the_same_run_again_registers_nothing_new() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let first_line = |dir: &Path| {
        Archive::open(&dir.join("档案.db"), Mode::Read)
            .unwrap()
            .show(None, &Calendar::default())
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .to_owned()
    };
    let before = first_line(dir.path());
    publish(dir.path(), &run);
    assert_eq!(first_line(dir.path()), before);
    publish(dir.path(), &changed());
    publish(dir.path(), &run);
    assert_eq!(checks(dir.path()), ["aaaa"; 3], "the latest counts");
}

#[test]
fn an_abandoned_registration_does_not_count_and_stays_in_the_history() {
    let dir = tempfile::tempdir().unwrap();
    publish(dir.path(), &registration(2015, Run::Annual));
    let mut archive = Archive::open(&dir.path().join("档案.db"), Mode::Run).unwrap();
    let ticket = register(&mut archive, &changed(), dir.path()).unwrap();
    archive.abandon(&ticket).unwrap();
    drop(archive);
    assert_eq!(checks(dir.path()), ["aaaa"; 3]);
    let ledger =
        Archive::open(&dir.path().join("档案.db"), Mode::Read).unwrap().ledger(None, &Calendar::default()).unwrap().0;
    let kinds: Vec<&str> = ledger[7].rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(kinds, ["登记", "发布", "登记", "作废"]);
}

#[test]
fn a_run_holds_the_archive_until_it_is_published() {
    let dir = tempfile::tempdir().unwrap();
    let run = registration(2015, Run::Annual);
    publish(dir.path(), &run);
    let path = dir.path().join("档案.db");
    let mut holder = Archive::open(&path, Mode::Run).unwrap();
    let waiter = std::thread::spawn({
        let path = path.clone();
        move || Archive::open(&path, Mode::Record).map(|_| ())
    });
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(!waiter.is_finished(), "a second command waits");
    let ticket = register(&mut holder, &changed(), dir.path()).unwrap();
    let folder = dir.path().join("2015-annual");
    std::fs::remove_dir_all(&folder).unwrap();
    write_all(&changed(), &folder);
    seal(&folder, &ticket).unwrap();
    holder.confirm(&ticket).unwrap();
    waiter.join().unwrap().unwrap();
}

#[test]
fn two_first_runs_into_one_archive_do_not_overtake_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("共用.db");
    let mut slow = Archive::open(&path, Mode::Run).unwrap();
    let mut fast = Archive::open(&path, Mode::Run).unwrap();
    let ticket = register(&mut fast, &registration(2015, Run::Annual), dir.path()).unwrap();
    fast.confirm(&ticket).unwrap();
    drop(fast);
    assert!(matches!(register(&mut slow, &changed(), dir.path()), Err(Error::Overtaken { .. })));
}

#[test]
fn a_folder_out_of_reach_leaves_the_question_open() {
    let dir = tempfile::tempdir().unwrap();
    let (here, away) = (dir.path().join("库"), dir.path().join("盘"));
    std::fs::create_dir_all(&here).unwrap();
    std::fs::create_dir_all(&away).unwrap();
    let path = here.join("档案.db");
    let run = registration(2015, Run::Annual);
    let mut archive = Archive::open(&path, Mode::Run).unwrap();
    let ticket = register(&mut archive, &run, &away).unwrap();
    let folder = away.join("2015-annual");
    write_all(&run, &folder);
    seal(&folder, &ticket).unwrap();
    drop(archive);
    std::fs::rename(&away, dir.path().join("离线")).unwrap();
    let lines = || Archive::open(&path, Mode::Record).unwrap().history(1900, Run::Annual).unwrap().facts.lines.len();
    assert_eq!(lines(), 0, "not known to be published");
    std::fs::rename(dir.path().join("离线"), &away).unwrap();
    assert_eq!(lines(), 7, "the folder holds it");
}

#[test]
fn answers_nobody_has_recorded_are_found_in_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut run = registration(2015, Run::Annual);
    // Published with an answer filled in.
    run.lists[2].rows[1].filled = super::sheets::filled("不同意", "");
    run.lists[2].rows[1].cells[13] = "不同意".into();
    let folder = publish(dir.path(), &run);
    let unrecorded = || {
        let archive = Archive::open(&dir.path().join("档案.db"), Mode::Run).unwrap();
        archive.unrecorded_answers(&folder).unwrap()
    };
    assert_eq!(unrecorded(), []);
    let list = folder.join("诫勉谈话名单.xlsx");
    let mut answered = grid(&run, "诫勉谈话名单");
    answered.write(&list);
    assert_eq!(unrecorded(), [], "saved again, with nothing new in it");
    answered.set(0, "委员会意见", "同意").set(0, "决定日期", super::sheets::Cell::Date(2015, 12, 20)).write(&list);
    let found = unrecorded();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].cells, ["Sheet1!N4"]);
    let message = found[0].message(&dir.path().join("档案.db"));
    assert!(message.contains("诫勉谈话名单.xlsx") && message.contains("kaohe record"), "{message}");
    taken(record(dir.path(), from_ref(&list), false));
    assert_eq!(unrecorded(), [], "now the archive holds it");
    // Amended through a copy: what stands in the folder was recorded, so nothing would be lost.
    let copy = dir.path().join("副本.xlsx");
    let mut amended = answered.clone();
    amended.set(0, "委员会意见", "不同意").write(&copy);
    taken(record(dir.path(), &[copy], true));
    assert_eq!(unrecorded(), []);
    // A register, a renamed copy, a list without its ids.
    grid(&run, "档案登记").set(0, "谈话人", "赵六").write(&folder.join("档案登记.xlsx"));
    answered.set(1, "委员会意见", "缓议").write(&folder.join("诫勉谈话名单（常委会）.xlsx"));
    let mut lost = grid(&run, "约谈名单");
    lost.set(0, "处理编号", "").set(0, "委员会意见", "同意").write(&folder.join("约谈名单.xlsx"));
    let files: Vec<String> = unrecorded().into_iter().map(|found| found.file).collect();
    assert_eq!(files, ["档案登记.xlsx", "约谈名单.xlsx", "诫勉谈话名单（常委会）.xlsx"]);
    std::fs::write(folder.join("约谈名单.xlsx"), "坏了").unwrap();
    assert!(unrecorded().iter().any(|found| found.file == "约谈名单.xlsx" && found.unreadable.is_some()));
}

/// An archive that holds nothing of a publication cannot tell what it was published with: whatever people may have
/// filled in is an answer.
#[test]
fn another_archive_knows_none_of_the_answers() {
    let dir = tempfile::tempdir().unwrap();
    let mut run = registration(2015, Run::Annual);
    let folder = publish(dir.path(), &run);
    let other = || Archive::open(&dir.path().join("另一份.db"), Mode::Run).unwrap();
    let files = || {
        let found = other().unrecorded_answers(&folder).unwrap();
        assert!(found.iter().all(|one| one.elsewhere && one.message(Path::new("另一份.db")).contains("--archive")));
        found.into_iter().map(|one| (one.file, one.cells.join(" "))).collect::<Vec<_>>()
    };
    assert_eq!(files(), [], "nobody has answered");
    grid(&run, "档案登记").set(0, "谈话人", "赵六").write(&folder.join("档案登记.xlsx"));
    grid(&run, "函询核实名单")
        .set(0, "回复日期", super::sheets::Cell::Date(2015, 12, 20))
        .write(&folder.join("函询核实名单.xlsx"));
    assert_eq!(
        files(),
        [("函询核实名单.xlsx".to_owned(), "Sheet1!S4".to_owned()), ("档案登记.xlsx".into(), "Sheet1!I4".into())]
    );
    // Published with an answer filled in, and unchanged since.
    run.lists[2].rows[1].filled = super::sheets::filled("不同意", "");
    run.lists[2].rows[1].cells[13] = "不同意".into();
    publish(dir.path(), &run);
    assert_eq!(files(), [("诫勉谈话名单.xlsx".to_owned(), "Sheet1!N5".to_owned())]);
    let own = Archive::open(&dir.path().join("档案.db"), Mode::Run).unwrap();
    assert_eq!(own.unrecorded_answers(&folder).unwrap(), []);
}

#[test]
fn lists_that_are_open_are_named() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["~$约谈名单.xlsx", ".~lock.通报名单.xlsx#", ".~函询核实名单.xlsx", "总览.xlsx"] {
        std::fs::write(dir.path().join(name), "").unwrap();
    }
    assert_eq!(open_lists(dir.path()).unwrap(), ["函询核实名单.xlsx", "约谈名单.xlsx", "通报名单.xlsx"]);
    assert!(open_lists(&dir.path().join("没有")).unwrap().is_empty());
}

#[test]
fn work_that_fails_beside_a_registration_leaves_the_archive_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("档案.db");
    let failing = |run: &Registration| {
        let mut archive = Archive::open(&path, Mode::Run).unwrap();
        archive.register(run.clone(), dir.path(), || Err("disk full"), |_| Ok(())).unwrap().unwrap_err()
    };
    let first = registration(2015, Run::Annual);
    assert_eq!(failing(&first), "disk full");
    assert!(!path.exists(), "an archive was left that nothing stands in");
    publish_until(dir.path(), &first, Step::Confirmed);
    let before = (checks(dir.path()), std::fs::read(&path).unwrap());
    assert_eq!(failing(&changed()), "disk full");
    assert_eq!((checks(dir.path()), std::fs::read(&path).unwrap()), before);
    publish_until(dir.path(), &changed(), Step::Confirmed);
    assert_ne!(checks(dir.path()), before.0);
}
