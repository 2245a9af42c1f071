//! Who reported somebody is nobody's business: columns that were not asked for reach nothing at all.

use std::fs;
use std::io::Read;
use std::path::Path;

use rust_xlsxwriter::Workbook;

use super::{fixtures, told, tree};
use crate::rules::city::kaohe;

const SECRETS: [&str; 6] = ["密告者甲某", "密告者乙某", "13900000000", "密告者丙某", "密告者丁某", "密告者戊某"];

fn save(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (r, row) in (0u32..).zip(*rows) {
            for (c, cell) in (0u16..).zip(*row).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(r, c, *cell).unwrap();
            }
        }
    }
    workbook.save(path).unwrap();
}

/// Reports with who made them, before, between and behind the columns that are read: sound, faulty, repeated,
/// total and note rows; on a sheet that fits no table, and in prose.
fn hand_in(folder: &Path) {
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    let head: &[&str] = &[
        "举报人",
        "线索编号",
        "收到日期",
        "线索来源",
        "举报渠道",
        "举报人电话",
        "反映对象",
        "干部编号",
        "姓名",
        "问题类型",
        "核实结果",
        "核实日期",
        "情节",
        "举报人住址",
    ];
    let row = |cells: [&'static str; 14]| cells;
    let [a, b, tel, c, d, e] = SECRETS;
    let sound =
        row([a, "M1", "2015-03-01", "12380举报", "电话", tel, "干部", "", "无此人", "不作为", "未核实", "", "", b]);
    let fault =
        row([b, "M2", "2015-03-01", "12380举报", "电话", tel, "干部", "", "", "不作为", "属实", "2015-13-01", "", c]);
    let twice = row([
        c,
        "M3",
        "2015-03-01",
        "12380举报",
        "电话",
        tel,
        "干部",
        "",
        "无此人",
        "不作为",
        "属实",
        "2015-04-01",
        "较重",
        d,
    ]);
    let again = row([
        d,
        "M3",
        "2015-03-01",
        "12380举报",
        "信访",
        tel,
        "干部",
        "",
        "无此人",
        "不作为",
        "属实",
        "2015-04-01",
        "较重",
        e,
    ]);
    let total = row([e, "", "", "", "", tel, "", "", "", "", "", "", "", a]);
    let lone: &[&str] = &[a];
    save(
        &folder.join("线索登记.xlsx"),
        &[
            ("线索", &[head, &sound, &fault, &twice, &again, &total, lone]),
            ("来访", &[&["举报人", "举报人电话", "接待人", "事由"], &[a, tel, b, c], &[c, tel, d, e]]),
            ("说明", &[&[a], &["本表由密告者乙某反映整理"], &[tel]]),
        ],
    );
}

#[track_caller]
fn holds_no_secret(what: &str, bytes: &[u8]) {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for secret in SECRETS {
        for pattern in [secret.as_bytes().to_vec(), utf16(secret)] {
            assert!(!bytes.windows(pattern.len()).any(|part| part == pattern), "{what} holds {secret}");
        }
    }
}

/// Every file of a folder, workbooks unpacked.
#[track_caller]
fn searched(folder: &Path) -> usize {
    let mut count = 0;
    for (name, bytes) in tree(folder) {
        holds_no_secret(&name, name.as_bytes());
        holds_no_secret(&name, &bytes);
        count += 1;
        // What a killed run has left behind may be half a workbook.
        let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { continue };
        for index in 0..zip.len() {
            let mut part = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            holds_no_secret(&name, &bytes);
        }
    }
    count
}

#[test]
fn an_informant_reaches_no_output_log_message_temporary_file_or_archive() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| {
        let path = dir.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path
    };
    let (input, output, checked, temporary) = (place("报送"), place("结果"), place("检查"), place("临时"));
    hand_in(&input);
    let logs = place("日志");
    let log = logs.join("kaohe.log");
    let said = |arguments: &[&std::ffi::OsStr]| {
        let ended = kaohe()
            .args(arguments)
            .arg("--log")
            .arg(&log)
            .env("TMPDIR", &temporary)
            .env("TMP", &temporary)
            .output()
            .unwrap();
        holds_no_secret("standard error", &ended.stderr);
        holds_no_secret("standard output", &ended.stdout);
        (ended.status.code(), told(&ended))
    };
    for run in ["half-year", "annual", "annual"] {
        let (code, text) = said(&[run.as_ref(), input.as_ref(), "--output".as_ref(), output.as_ref()]);
        assert_eq!(code, Some(3), "{text}");
        assert!(text.contains("未识别"), "{text}");
    }
    let (code, text) =
        said(&["annual".as_ref(), input.as_ref(), "--output".as_ref(), output.as_ref(), "--strict".as_ref()]);
    assert_eq!(code, Some(1));
    assert!(text.contains("线索登记.xlsx"), "{text}");
    assert_eq!(said(&["check".as_ref(), input.as_ref(), "--output".as_ref(), checked.as_ref()]).0, Some(3));
    // The faulty rows were told all the same.
    let issues = fs::read_to_string(output.join("2015-annual/data/issues.jsonl")).unwrap();
    assert!(issues.contains("\"线索登记.xlsx\"") && issues.contains("核实日期"), "{issues}");
    let archive = output.join("档案.db");
    let export = output.join("台账.xlsx");
    let ended = kaohe().args(["archive", "export"]).arg(&export).arg("--archive").arg(&archive).output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let compared = output.join("对照.xlsx");
    let set: [&std::ffi::OsStr; 3] = ["--set".as_ref(), "年度得分线=75".as_ref(), "--quiet".as_ref()];
    let mut arguments: Vec<&std::ffi::OsStr> = vec!["compare".as_ref(), input.as_ref(), "annual".as_ref()];
    arguments.extend(["--output".as_ref(), compared.as_os_str()]);
    arguments.extend(set);
    let (code, text) = said(&arguments);
    assert!(code == Some(0) || code == Some(3), "{text}");
    for subject in ["G0104", "M1"] {
        let dossier = output.join(format!("{subject}.xlsx"));
        let mut explain = kaohe();
        explain.arg("explain").arg(subject).arg("--run").arg(output.join("2015-annual"));
        holds_no_secret("explain", &explain.output().unwrap().stdout);
        let _ = explain.arg("--output").arg(&dossier).output().unwrap();
    }
    assert!(output.join("G0104.xlsx").is_file());
    assert!(searched(&output) > 40);
    assert!(searched(&checked) > 1);
    assert_eq!(searched(&logs), 1);
    assert_eq!(searched(&temporary), 0, "nothing stays in the temporary folder");
    // The search itself finds what is there.
    assert!(std::panic::catch_unwind(|| searched(&input)).is_err());
}

/// What a killed run leaves behind is as discreet as what it publishes.
#[test]
fn what_a_killed_run_leaves_behind_names_no_informant() {
    let dir = tempfile::tempdir().unwrap();
    let (input, output, temporary) = (dir.path().join("报送"), dir.path().join("结果"), dir.path().join("临时"));
    for folder in [&input, &output, &temporary] {
        fs::create_dir_all(folder).unwrap();
    }
    hand_in(&input);
    let start = |output: &Path| {
        let mut run = kaohe();
        run.arg("annual").arg(&input).arg("--output").arg(output).arg("--quiet").env("TMPDIR", &temporary);
        run.spawn().unwrap()
    };
    // How long a run takes here and now: kills are spread over all of it.
    let began = std::time::Instant::now();
    assert_eq!(start(&dir.path().join("别处")).wait().unwrap().code(), Some(3));
    let round = began.elapsed();
    for step in 1..20u32 {
        let mut run = start(&output);
        std::thread::sleep(round.mul_f64(f64::from(step) / 20.0));
        run.kill().unwrap();
        run.wait().unwrap();
        searched(&output);
        searched(&temporary);
    }
}

/// The columns of a lead beside whom it is about, and a person of the fixture.
const LEAD: [(&str, &str); 7] = [
    ("线索编号", "M9"),
    ("收到日期", "2015-03-01"),
    ("线索来源", "干部群众"),
    ("反映对象", "干部"),
    ("问题类型", "不作为"),
    ("核实结果", "未核实"),
    ("干部编号", "G0104"),
];

/// A sheet of leads with two columns more under those rows of words, the lowest last; `wide`: the upper ones are merged.
fn disguised(words: &[[&str; 2]], wide: bool, below: u32) -> Workbook {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    let (first, last) = (LEAD.len() as u16, below + words.len() as u32 - 1);
    for (column, (header, value)) in (0u16..).zip(LEAD) {
        if below < last {
            sheet.merge_range(below, column, last, column, header, &plain).unwrap();
        } else {
            sheet.write(last, column, header).unwrap();
        }
        sheet.write(last + 1, column, value).unwrap();
    }
    for (row, [left, right]) in (below..).zip(words) {
        if wide && right.is_empty() {
            sheet.merge_range(row, first, row, first + 1, left, &plain).unwrap();
        } else {
            for (column, word) in [(first, left), (first + 1, right)] {
                if !word.is_empty() {
                    sheet.write(row, column, *word).unwrap();
                }
            }
        }
    }
    sheet.write(last + 1, first, SECRETS[0]).unwrap();
    sheet.write(last + 1, first + 1, SECRETS[2]).unwrap();
    // A faulty row, and one under another header, with the same.
    sheet.write(last + 2, 0, "M8").unwrap();
    sheet.write(last + 2, first, SECRETS[1]).unwrap();
    for (column, header) in (0u16..).zip(["姓名", "举报人", "线索编号", "收到日期"]) {
        sheet.write(last + 3, column, header).unwrap();
        sheet.write(last + 4, column, SECRETS[3]).unwrap();
    }
    book
}

/// Whatever stands above, beside and within the header of a reporter's column: nothing of it is kept.
#[test]
fn an_informant_in_any_disguise_reaches_nothing() {
    let words: [&[[&str; 2]]; 12] = [
        &[["举报人", ""], ["姓名", "电话"]],
        &[["举报人", ""], ["基本情况", ""], ["姓名", "单位名称"]],
        &[["举报人信息", ""], ["举报人", ""], ["单位编号", "姓名"]],
        &[["基本情况", ""], ["举报人", ""], ["姓名", "单位"]],
        &[["填报人", ""], ["姓名", "单位"]],
        &[["谈话人：", ""], ["姓名", "单位"]],
        &[["承办", ""], ["单位", "姓名"]],
        &[["举报人\n姓名", "举报人：姓名"]],
        &[["姓名（举报人）", "举报人 / 姓名"]],
        &[["举报人", "举报人电话"], ["姓名", "单位"]],
        &[["反映人", ""], ["姓名", "单位名称"]],
        &[["举报渠道", ""], ["姓名", "单位名称"]],
    ];
    let dir = tempfile::tempdir().unwrap();
    let (input, output, checked) = (dir.path().join("报送"), dir.path().join("结果"), dir.path().join("检查"));
    for folder in [&input, &output, &checked] {
        fs::create_dir_all(folder).unwrap();
    }
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, input.join(path.file_name().unwrap())).unwrap();
    }
    for (at, words) in words.into_iter().enumerate() {
        for (wide, below) in [(true, 0), (false, 0), (true, 17)] {
            disguised(words, wide, below).save(input.join(format!("{at}-{wide}-{below}.xlsx"))).unwrap();
        }
    }
    let said = |arguments: &[&std::ffi::OsStr]| {
        let ended = kaohe().args(arguments).output().unwrap();
        holds_no_secret("standard error", &ended.stderr);
        holds_no_secret("standard output", &ended.stdout);
        ended.status.code()
    };
    for run in ["half-year", "annual"] {
        assert_eq!(said(&[run.as_ref(), input.as_ref(), "--output".as_ref(), output.as_ref()]), Some(3));
    }
    assert_eq!(said(&["check".as_ref(), input.as_ref(), "--output".as_ref(), checked.as_ref()]), Some(3));
    for subject in ["G0104", "M9", "M8"] {
        said(&["explain".as_ref(), subject.as_ref(), "--run".as_ref(), output.join("2015-annual").as_ref()]);
    }
    assert!(searched(&output) > 40);
    assert!(searched(&checked) > 10);
    // Nor is anybody found by such a name: the columns are told at their cells.
    let issues = fs::read_to_string(output.join("2015-annual/data/issues.jsonl")).unwrap();
    assert!(issues.contains("H20\",\"table\":\"问题线索\",\"column\":\"姓名\",\"value\":\"姓名\""), "{issues}");
}
