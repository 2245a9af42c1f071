//! `kaohe check`: what it tells when there can be no run, and where it writes.

use std::path::Path;
use std::process::{Command, Output};

use calamine::{Reader, Xlsx, open_workbook};

fn check(input: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kaohe")).arg("check").arg(input).args(more).output().unwrap()
}

/// The fixture city in a folder of its own.
fn city(leave_out: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming-faulty");
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !leave_out.contains(&name.as_str()) {
            std::fs::copy(&path, dir.path().join(name)).unwrap();
        }
    }
    dir
}

/// Column 文件 and 问题 of a written 数据问题清单.
fn listed(output: &Path) -> Vec<(String, String)> {
    let mut book: Xlsx<_> = open_workbook(output.join("数据问题清单.xlsx")).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let header = rows.iter().position(|row| row.iter().any(|cell| cell == "问题")).unwrap();
    let at = |name: &str| rows[header].iter().position(|cell| cell == name).unwrap();
    let (file, reason) = (at("文件"), at("问题"));
    rows[header + 1..].iter().map(|row| (row[file].clone(), row[reason].clone())).collect()
}

/// The lines above the table of a written 退回单.
fn slip(output: &Path, name: &str) -> String {
    let mut book: Xlsx<_> = open_workbook(output.join("退回单").join(name)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let lines: Vec<String> = range.rows().take(5).map(|row| row[0].to_string()).collect();
    lines.join("\n")
}

/// What nobody could use is not said to have been taken.
#[test]
fn a_return_slip_says_what_was_not_used() {
    let city = city(&[]);
    std::fs::write(city.path().join("损坏.xlsx"), b"PK\x03\x04 not a workbook any more").unwrap();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for name in ["通讯录", "值班表"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for row in 0..3 {
            sheet.write_row(row, 0, ["姓名", "电话", "地址"]).unwrap();
        }
    }
    workbook.save(city.path().join("其他.xlsx")).unwrap();
    let output = tempfile::tempdir().unwrap();
    check(city.path(), &["--output", output.path().to_str().unwrap()]);
    let [damaged, other] = ["损坏.xlsx", "其他.xlsx"].map(|name| slip(output.path(), name));
    assert!(damaged.contains("未能读取，其中的内容都没有采用"), "{damaged}");
    assert!(other.contains("有 2 个工作表没有采用"), "{other}");
}

#[test]
fn a_damaged_workbook_fails_the_check_and_the_rest_is_told_all_the_same() {
    let city = city(&[]);
    std::fs::write(city.path().join("损坏.xlsx"), b"PK\x03\x04 not a workbook any more").unwrap();
    let output = tempfile::tempdir().unwrap();
    let done = check(city.path(), &["--output", output.path().to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("工作簿「损坏.xlsx」"));
    let listed = listed(output.path());
    assert!(listed.iter().any(|(file, _)| file == "损坏.xlsx"), "{listed:?}");
    assert!(listed.iter().any(|(file, _)| file == "年度考核.xlsx"), "{listed:?}");
    assert!(output.path().join("退回单/损坏.xlsx").is_file());
    assert!(output.path().join("退回单/年度考核.xlsx").is_file());
}

#[test]
fn without_a_register_the_faults_of_cells_are_told_and_not_a_flood_of_unknown_people() {
    let city = city(&["名册.xlsx"]);
    let output = tempfile::tempdir().unwrap();
    let done = check(city.path(), &["--output", output.path().to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("班子名册"));
    let listed = listed(output.path());
    for register in ["班子名册", "干部名册"] {
        assert!(listed.iter().any(|(_, reason)| reason.contains(register)), "{listed:?}");
    }
    assert!(listed.len() > 2 && listed.iter().all(|(_, reason)| !reason.contains("名册中没有")), "{listed:?}");
}

#[test]
fn a_check_writes_only_its_own_return_slips_and_never_into_the_input() {
    let output = tempfile::tempdir().unwrap();
    let to = ["--output", output.path().to_str().unwrap()];
    let faulty = city(&[]);
    assert_eq!(check(faulty.path(), &to).status.code(), Some(3));
    assert!(output.path().join("退回单/年度考核.xlsx").is_file());
    // What people lay beside the slips is none of its business.
    let notes = ["退回单/批示.docx", "退回单/别的.xlsx"].map(|name| output.path().join(name));
    std::fs::write(&notes[0], "x").unwrap();
    std::fs::copy(faulty.path().join("名册.xlsx"), &notes[1]).unwrap();
    let sound = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming");
    assert_eq!(check(&sound, &to).status.code(), Some(0));
    assert!(!output.path().join("退回单/年度考核.xlsx").exists());
    assert!(notes.iter().all(|note| note.is_file()));
    let inside = faulty.path().join("结果");
    // Over a folder that is not there yet there is no way round.
    let name = faulty.path().file_name().unwrap();
    for inside in [inside.clone(), faulty.path().with_file_name("没有/..").join(name).join("结果")] {
        assert_eq!(check(faulty.path(), &["--output", inside.to_str().unwrap()]).status.code(), Some(2));
    }
    assert!(!inside.exists());
}

#[test]
fn a_check_that_writes_nothing_shows_what_it_found_and_how_to_get_it_written() {
    let faulty = city(&[]);
    let done = check(faulty.path(), &[]);
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(3));
    assert!(told.contains("\n退回：") && told.contains(".xlsx!") && told.contains("--output"), "{told}");
    assert!(!told.contains("（见 数据问题清单"), "it is not written: {told}");
}

/// The folder for temporary files may lie in the input: a check has no folder of its own.
#[test]
fn a_check_does_not_care_where_temporary_files_lie() {
    let faulty = city(&[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    let done = command.arg("check").arg(faulty.path()).env("TMPDIR", faulty.path()).output().unwrap();
    assert_eq!(done.status.code(), Some(3), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_full_stop_in_the_name_of_a_workbook_does_not_tear_the_reason_apart() {
    let city = city(&[]);
    std::fs::write(city.path().join("坏。请看.xlsx"), b"PK\x03\x04 not a workbook any more").unwrap();
    let output = tempfile::tempdir().unwrap();
    assert_eq!(check(city.path(), &["--output", output.path().to_str().unwrap()]).status.code(), Some(1));
    let (_, reason) = listed(output.path()).into_iter().find(|(file, _)| file == "坏。请看.xlsx").unwrap();
    assert!(reason.starts_with("工作簿「坏。请看.xlsx」已损坏："), "{reason}");
}
