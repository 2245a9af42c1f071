//! The same input gives the same output: whatever the threads, the order of rows, or what was published before.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

use super::city::{Published, kaohe, text};
use super::golden::{fixtures, run_fixture};

const RUNS: [&str; 2] = ["half-year", "annual"];

/// Bytes of every file of a folder by its path.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in fs::read_dir(&one).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[track_caller]
fn assert_same_files(one: &BTreeMap<PathBuf, Vec<u8>>, other: &BTreeMap<PathBuf, Vec<u8>>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (path, bytes) in one {
        assert!(*bytes == other[path], "{} differs", path.display());
    }
}

#[test]
fn threads_change_no_byte() {
    for city in ["kunming", "kunming-faulty"] {
        for run in RUNS {
            let published = ["1", "4"].map(|threads| {
                let output = tempfile::tempdir().unwrap();
                run_fixture(city, run, &["--threads", threads], output.path());
                files(&output.path().join(format!("2015-{run}")))
            });
            assert!(published[0].len() > 15, "{:?}", published[0].keys());
            assert_same_files(&published[0], &published[1]);
        }
    }
}

/// Another folder, another clock, other runs beside it: the output does not tell.
#[test]
fn a_second_run_publishes_the_same() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run_fixture("kunming", "annual", &[], first.path());
    run_fixture("kunming", "annual", &[], second.path());
    let once = files(&second.path().join("2015-annual"));
    assert_same_files(&files(&first.path().join("2015-annual")), &once);
    run_fixture("kunming", "annual", &[], second.path());
    let mut again = files(&second.path().join("2015-annual"));
    // The only file that depends on what was published before.
    assert!(again.remove(Path::new("变更对照.xlsx")).is_some(), "{:?}", again.keys());
    // Each registration has its own number in the archive; no other file knows it.
    let seal = |files: &BTreeMap<PathBuf, Vec<u8>>| {
        let mut files = files.clone();
        files.retain(|path, _| !path.ends_with("registration.json"));
        files
    };
    assert_same_files(&seal(&once), &seal(&again));
}

/// Copies a folder of workbooks with the data rows of each sheet in another order.
fn shuffled(from: &Path, to: &Path) {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        // The registers' order is an order of the output.
        if path.file_stem().unwrap() == "名册" {
            fs::copy(&path, to.join("名册.xlsx")).unwrap();
            continue;
        }
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        let mut workbook = Workbook::new();
        for name in book.sheet_names() {
            let range = book.worksheet_range(&name).unwrap();
            let sheet = workbook.add_worksheet().set_name(&name).unwrap();
            let rows: Vec<&[Data]> = range.rows().collect();
            let filled = |row: &&[Data]| row.iter().filter(|cell| **cell != Data::Empty).count() >= 3;
            let header = rows.iter().position(filled).unwrap();
            let mut below: Vec<&[Data]> = rows[header + 1..].to_vec();
            below.reverse();
            let third = below.len() / 3;
            below.rotate_left(third);
            for (r, row) in (0u32..).zip(rows[..=header].iter().copied().chain(below)) {
                for (c, cell) in (0u16..).zip(row) {
                    match cell {
                        Data::Empty => {}
                        Data::Float(number) => {
                            sheet.write_number(r, c, *number).unwrap();
                        }
                        Data::DateTime(serial) => {
                            let day = ExcelDateTime::from_serial_datetime(serial.as_f64()).unwrap();
                            sheet.write_datetime_with_format(r, c, &day, &date).unwrap();
                        }
                        other => {
                            sheet.write_string(r, c, other.to_string()).unwrap();
                        }
                    }
                }
            }
        }
        workbook.save(to.join(path.file_name().unwrap())).unwrap();
    }
}

/// Lines without the cells that they stand on.
fn without_sources(lines: &[Value]) -> Vec<Value> {
    let mut lines = lines.to_vec();
    for line in &mut lines {
        line["sources"] = Value::Null;
        if let Some(grounds) = line.get_mut("grounds") {
            grounds.as_array_mut().unwrap().iter_mut().for_each(|ground| ground["sources"] = Value::Null);
        }
    }
    lines
}

#[test]
fn the_order_of_rows_changes_no_line() {
    let input = tempfile::tempdir().unwrap();
    shuffled(&fixtures().join("kunming"), input.path());
    for run in RUNS {
        let (output, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let published = run_fixture("kunming", run, &[], output.path());
        let ended =
            kaohe().arg(run).arg(input.path()).arg("--output").arg(other.path()).arg("--quiet").output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
        let turned = Published::read(&other.path().join(format!("2015-{run}")));
        assert_ne!(published.consequences, turned.consequences, "the rows stand elsewhere");
        assert_eq!(without_sources(&published.consequences), without_sources(&turned.consequences), "{run}");
        assert_eq!(without_sources(&published.pendings), without_sources(&turned.pendings), "{run}");
        assert_eq!(published.run["counts"], turned.run["counts"], "{run}");
    }
}

#[test]
fn no_row_is_lost() {
    for city in ["kunming", "kunming-faulty"] {
        for run in RUNS {
            let output = tempfile::tempdir().unwrap();
            let published = run_fixture(city, run, &[], output.path());
            let mut rejected = 0;
            for input in published.run["inputs"].as_array().unwrap() {
                let (file, sheets) = (text(&input["file"]), input["sheets"].as_array().unwrap());
                for sheet in sheets {
                    let count = |name: &str| sheet[name].as_u64().unwrap();
                    let told = count("used") + count("rejected") + count("ignored");
                    assert_eq!(told, count("rows"), "{city} {run} {file}: {sheet}");
                    if sheet["kind"] == "table" {
                        let read = rows_below_header(&fixtures().join(city).join(file), text(&sheet["sheet"]));
                        assert_eq!(count("rows"), read, "{city} {run} {file}: {sheet}");
                    }
                    rejected += count("rejected");
                }
                let sheets: Vec<&str> = sheets.iter().map(|sheet| text(&sheet["sheet"])).collect();
                let book: Xlsx<_> = open_workbook(fixtures().join(city).join(file)).unwrap();
                assert_eq!(sheets, book.sheet_names(), "{file}");
            }
            check_counts(&published, rejected);
        }
    }
}

fn rows_below_header(path: &Path, sheet: &str) -> u64 {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let filled = |row: &&[Data]| row.iter().filter(|cell| **cell != Data::Empty).count();
    let below = range.rows().skip_while(|row| filled(row) < 3).skip(1);
    below.filter(|row| filled(row) > 0).count() as u64
}

/// The counts of run.json are those of the jsonl files.
#[track_caller]
fn check_counts(published: &Published, rejected: u64) {
    let counts = &published.run["counts"];
    assert_eq!(counts["rejected"], json!(rejected));
    let of = |severity: &'static str| published.issues.iter().filter(move |issue| issue["severity"] == severity);
    let mut rows: Vec<String> = of("rejected")
        .map(|issue| {
            let row = text(&issue["cell"]).trim_start_matches(|c: char| c.is_ascii_alphabetic());
            format!("{}!{}!{row}", text(&issue["file"]), text(&issue["sheet"]))
        })
        .collect();
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len() as u64, rejected, "{rows:#?}");
    assert_eq!(counts["warnings"], json!(of("warning").count()));
    assert_eq!(counts["pending"], json!(published.pendings.len()));
    let mut actions: BTreeMap<&str, u64> = BTreeMap::new();
    for line in &published.consequences {
        *actions.entry(text(&line["action"])).or_default() += 1;
    }
    assert_eq!(counts["consequences"], json!(actions));
}
