//! The chain: whatever is changed behind the archive's back is noticed, whoever the file belongs to.

use std::path::Path;

use kaohe::archive::{Archive, Calendar, Error, Mode, RegisteredTalk};
use kaohe::pack::Run;
use rusqlite::Connection;

use super::sheets::{Cell, grid, registration};
use super::{publish, record, taken};

/// An archive with every kind of row in it.
fn full(dir: &Path) -> std::path::PathBuf {
    let talk = RegisteredTalk {
        subject_kind: "cadre".into(),
        subject_id: "K1".into(),
        subject_name: "张三".into(),
        day: chrono::NaiveDate::from_ymd_opt(2015, 8, 3).unwrap(),
        kind: "诫勉谈话".into(),
        year: Some("2015".into()),
        line: Some("2015-A-诫勉谈话-C-K1".into()),
    };
    with(dir, vec![talk])
}

/// The same with these talks: the version before kept none.
fn with(dir: &Path, talks: Vec<RegisteredTalk>) -> std::path::PathBuf {
    let mut run = registration(2015, Run::Annual);
    run.talks = talks;
    super::sheets::line_of(&mut run.lists[2].rows[0]).adopted = Some(("2015-H-诫勉谈话-C-K1".into(), "aaaa".into()));
    run.lists[2].rows[1].filled = super::sheets::filled("同意", "");
    publish(dir, &run);
    let (list, book) = (dir.join("名单.xlsx"), dir.join("登记.xlsx"));
    grid(&run, "函询核实名单").set(0, "委员会意见", "同意").set(0, "回复期限", Cell::Date(2016, 1, 1)).write(&list);
    grid(&run, "档案登记").set(0, "谈话人", "赵六").write(&book);
    taken(record(dir, &[list.clone(), book], false));
    grid(&run, "函询核实名单").set(0, "委员会意见", "不同意").write(&list);
    taken(record(dir, &[list], true));
    dir.join("档案.db")
}

fn faults(path: &Path) -> Vec<String> {
    Archive::open(path, Mode::Broken).unwrap().faults().to_vec()
}

#[test]
fn every_change_to_every_cell_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = full(dir.path());
    assert_eq!(faults(&path), Vec::<String>::new());
    let columns: Vec<(String, String)> = {
        let db = Connection::open(&path).unwrap();
        let mut statement = db
            .prepare("SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2")
            .unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    assert!(columns.len() > 60, "{}", columns.len());
    let mut tried = 0;
    for (table, column) in &columns {
        let copy = dir.path().join("改动.db");
        let one = format!("rowid = (SELECT MAX(rowid) FROM {table})");
        for change in [
            format!("UPDATE {table} SET {column} = COALESCE({column}, '') || 'x' WHERE {one}"),
            format!("UPDATE {table} SET {column} = COALESCE({column}, 0) + 1 WHERE {one}"),
            format!("DELETE FROM {table} WHERE {one}"),
            format!("INSERT INTO {table} SELECT * FROM {table} WHERE {one}"),
        ] {
            std::fs::copy(&path, &copy).unwrap();
            let db = Connection::open(&copy).unwrap();
            // SQLite itself refuses some: a second row of one key, a word as a row number.
            let Ok(changed) = db.execute(&change, []) else { continue };
            drop(db);
            assert!(changed > 0, "{change}: nothing to change");
            tried += 1;
            let told = faults(&copy);
            assert!(!told.is_empty(), "{change} went unnoticed");
            for mode in [Mode::Run, Mode::Record, Mode::Read] {
                assert!(Archive::open(&copy, mode).is_err(), "{change}: opened for {mode:?}");
            }
        }
    }
    assert!(tried > 100);
}

#[test]
fn removing_the_last_entry_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("档案.db");
    publish(dir.path(), &registration(2015, Run::Annual));
    let db = Connection::open(&path).unwrap();
    assert_eq!(db.execute("DELETE FROM 记录 WHERE 种类 = '发布'", []).unwrap(), 1);
    drop(db);
    assert_eq!(faults(&path).len(), 1);
}

/// SQLite's page size.
const PAGE: usize = 4096;

/// Bytes of the page that begins at `page`, of every kind that a page has: the file's own head on the first; its kind, what
/// is free, how many cells it has and where they begin; where the first ones stand; the gap; and cells, elsewhere on each page.
fn telling(page: usize) -> Vec<usize> {
    let head = if page == 0 { 100 } else { 0 };
    let own = if page == 0 { vec![17, 18, 24, 28, 40, 47, 56, 63, 95] } else { Vec::new() };
    let cells = (0..3).map(|part| PAGE - 1 - (part * 397 + page / PAGE * 61) % 1200);
    let places = [0, 2, 4, 6, 9, 11].map(|at| head + at).into_iter().chain([head + 60, PAGE / 2]).chain(cells);
    own.into_iter().chain(places).map(|at| page + at).collect()
}

#[test]
fn flipped_bytes_are_noticed_or_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let path = full(dir.path());
    let bytes = std::fs::read(&path).unwrap();
    let told = Archive::open(&path, Mode::Read).unwrap().ledger(None, &Calendar::default()).unwrap().0;
    let copy = dir.path().join("坏.db");
    let mut noticed = 0;
    for at in (0..bytes.len()).step_by(PAGE).flat_map(telling) {
        let mut spoilt = bytes.clone();
        spoilt[at] ^= 0x41;
        std::fs::write(&copy, spoilt).unwrap();
        let whole = match Archive::open(&copy, Mode::Read) {
            Ok(archive) => Some(archive.ledger(None, &Calendar::default()).unwrap().0),
            Err(_) => None,
        };
        match whole {
            Some(ledger) => assert_eq!(ledger, told, "byte {at} changed something unnoticed"),
            None => noticed += 1,
        }
    }
    assert_eq!(bytes.len() % PAGE, 0);
    assert!(noticed > 50, "{noticed}");
}

#[test]
fn a_file_of_version_one_is_migrated_and_keeps_everything() {
    let dir = tempfile::tempdir().unwrap();
    let path = with(dir.path(), Vec::new());
    let show = |path: &Path| Archive::open(path, Mode::Read).unwrap().show(None, &Calendar::default()).unwrap();
    let before = show(&path);
    // Version 1 had no views, and none of talks.
    let db = Connection::open(&path).unwrap();
    db.execute_batch("DROP TABLE 谈话; DROP VIEW 现行事项; DROP VIEW 现行登记; PRAGMA user_version = 1;").unwrap();
    drop(db);
    assert_eq!(show(&path), before);
    let db = Connection::open(&path).unwrap();
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    let opinion: String = db
        .query_row("SELECT 委员会意见 FROM 现行事项 WHERE 处理编号 = '2015-A-函询-C-K1'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!((version, opinion.as_str()), (3, "不同意"));
    drop(db);
    assert_eq!(faults(&path), Vec::<String>::new());
}

#[test]
fn other_files_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("文本.db");
    std::fs::write(&text, "这是一份说明，不是档案。".repeat(100)).unwrap();
    let foreign = dir.path().join("别人的.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);").unwrap();
    let newer = full(dir.path());
    Connection::open(&newer).unwrap().execute_batch("PRAGMA user_version = 99;").unwrap();
    let nowhere = dir.path().join("没有.db");
    for mode in [Mode::Run, Mode::Record, Mode::Read] {
        assert!(matches!(Archive::open(&text, mode), Err(Error::NotOurs { .. })));
        assert!(matches!(Archive::open(&foreign, mode), Err(Error::NotOurs { .. })));
        assert!(matches!(Archive::open(dir.path(), mode), Err(Error::NotOurs { .. })));
        assert!(matches!(Archive::open(&newer, mode), Err(Error::Newer { found: 99, .. })));
    }
    assert!(matches!(Archive::open(&nowhere, Mode::Record), Err(Error::NotFound { .. })));
    assert!(Archive::open(&nowhere, Mode::Run).is_ok());
    assert!(!nowhere.exists(), "opening makes no file");
    let message = Archive::open(&foreign, Mode::Record).err().unwrap().to_string();
    assert!(message.contains("别人的.db") && message.contains("办法"), "{message}");
}
