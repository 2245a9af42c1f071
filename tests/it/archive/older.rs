//! An archive of the version before 影响期, 督办 and the talks: `fixtures/archives/version-2.sql`, made by that
//! version's binary from both runs of `fixtures/kunming`, with answers of every kind. It opens, is migrated, and every
//! answer in it binds as before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use rusqlite::Connection;

use crate::rules::city::{kaohe, rows_of};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The frozen archive as a file in `dir`.
fn frozen(dir: &Path) -> PathBuf {
    let path = dir.join("档案.db");
    let text = std::fs::read_to_string(fixtures().join("archives/version-2.sql")).unwrap();
    Connection::open(&path).unwrap().execute_batch(&text).unwrap();
    path
}

#[track_caller]
fn sound(ended: &Output) {
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
}

/// 处理编号 → 核对码 of the latest published registration of each run, and the answer on it.
fn standing(path: &Path) -> BTreeMap<String, (String, Option<(String, String)>)> {
    let db = Connection::open(path).unwrap();
    // Who is picked for the talk plan is another matter: the plan was worked out otherwise then.
    let mut lines =
        db.prepare("SELECT 处理编号, 核对码, 委员会意见, 决定方式 FROM 现行事项 WHERE 名单 <> '交心谈话计划'").unwrap();
    let rows = lines
        .query_map([], |row| {
            let opinion: Option<String> = row.get(2)?;
            let method: Option<String> = row.get(3)?;
            Ok((row.get(0)?, (row.get(1)?, opinion.map(|opinion| (opinion, method.unwrap_or_default())))))
        })
        .unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn an_archive_of_the_version_before_opens_and_its_chain_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = frozen(dir.path());
    let ended = kaohe().args(["archive", "verify", "--archive"]).arg(&path).output().unwrap();
    sound(&ended);
    let ended = kaohe().args(["archive", "show", "--archive"]).arg(&path).output().unwrap();
    sound(&ended);
    let shown = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(shown.contains("2015-H-约谈-C-G0202 马立春：同意"), "{shown}");
}

#[test]
fn lists_that_the_version_before_published_and_somebody_answered_come_back_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = frozen(dir.path());
    let lists = ["诫勉谈话名单", "整改整顿名单", "档案登记"]
        .map(|list| fixtures().join(format!("archives/version-2/{list}.xlsx")));
    let before = standing(&path);
    let ended = kaohe().arg("record").args(&lists).arg("--archive").arg(&path).output().unwrap();
    sound(&ended);
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(told.contains("档案没有变化"), "{told}");
    assert_eq!(standing(&path), before);
}

/// Neither an id nor a 核对码 has changed, so what was decided then is filled in now.
#[test]
fn every_answer_of_the_version_before_still_binds() {
    let dir = tempfile::tempdir().unwrap();
    let path = frozen(dir.path());
    let before = standing(&path);
    assert!(before.values().filter(|(_, answer)| answer.is_some()).count() > 100);
    for run in ["half-year", "annual"] {
        let mut command = kaohe();
        command.arg(run).arg(fixtures().join("kunming")).arg("--output").arg(dir.path().join("结果"));
        let ended = command.arg("--archive").arg(&path).arg("--quiet").output().unwrap();
        sound(&ended);
    }
    // Whom the talk plan picks is reckoned otherwise since: about the cadres of 市委, and leads count for nothing.
    let before: BTreeMap<_, _> = before.into_iter().filter(|(id, _)| !id.contains("交心谈话")).collect();
    let mut after = standing(&path);
    after.retain(|id, _| !id.contains("交心谈话"));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (id, stood) in &before {
        assert_eq!(&after[id], stood, "{id}");
    }
    // On the lists, too.
    let mut filled = 0;
    for run in ["2015-half-year", "2015-annual"] {
        for list in ["通报", "约谈", "诫勉谈话", "函询核实", "整改整顿", "调整建议", "表彰使用"]
        {
            let rows = rows_of(&dir.path().join(format!("结果/{run}/{list}名单.xlsx")));
            let header = rows.iter().position(|row| row.iter().any(|cell| cell == "处理编号")).unwrap();
            let column = |name: &str| rows[header].iter().position(|cell| cell == name).unwrap();
            let (id, opinion, method) = (column("处理编号"), column("委员会意见"), column("决定方式"));
            for row in &rows[header + 1..] {
                if let Some((_, Some((said, how)))) = before.get(&row[id]) {
                    assert_eq!((&row[opinion], &row[method]), (said, how), "{}", row[id]);
                    filled += 1;
                }
            }
        }
    }
    assert!(filled > 100, "{filled}");
    let ended = kaohe().args(["archive", "verify", "--archive"]).arg(&path).output().unwrap();
    sound(&ended);
}
