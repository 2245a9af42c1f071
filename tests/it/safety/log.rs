//! `--log`: what happened, for the person who was not there.

use std::fs;
use std::path::Path;

use super::{annual, told};
use crate::rules::city::{City, kaohe};

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.strip_prefix('\u{FEFF}').expect("a mark at the beginning").to_owned()
}

#[test]
fn a_log_holds_command_findings_summary_and_exit_code() {
    let city = City::new(&["年度考核_干部 G13 考核等次=较差"]);
    let log = city.output().with_file_name("kaohe.log");
    let ended = city.try_run(&format!("annual --log {}", log.display()));
    assert_eq!((ended.status.code(), told(&ended).as_str()), (Some(3), ""), "quiet on the terminal");
    let text = read(&log);
    for part in [
        "命令：kaohe annual ",
        "所在文件夹：",
        "读取报送表",
        "基准日：2015-12-31",
        "退回：报送.xlsx!年度考核_干部!C4（考核等次），原值「较差」：",
        "待定事项：",
        "2015-annual",
        "结束：退出码 3",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn each_run_is_added_below_the_ones_before_with_whatever_made_it_fail() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("kaohe.log");
    let output = dir.path().join("结果");
    let missing = kaohe()
        .arg("annual")
        .arg(dir.path().join("没有"))
        .arg("--output")
        .arg(&output)
        .arg("--log")
        .arg(&log)
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(1));
    let wrong = annual(&output).arg("--outptu").arg("--log").arg(&log).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let unset = annual(&output).args(["--set", "没有的参数=1"]).arg("--log").arg(&log).output().unwrap();
    assert_eq!(unset.status.code(), Some(2));
    assert_eq!(
        annual(&output).arg("--threads").arg("2").arg("--log").arg(&log).output().unwrap().status.code(),
        Some(0)
    );
    let check = kaohe().arg("check").arg(super::fixtures()).arg("--log").arg(&log).output().unwrap();
    assert_eq!(check.status.code(), Some(0));
    let record = kaohe()
        .arg("record")
        .arg(output.join("2015-annual/总览.xlsx"))
        .arg("--archive")
        .arg(output.join("档案.db"))
        .arg("--log")
        .arg(&log)
        .output()
        .unwrap();
    assert_eq!(record.status.code(), Some(1));
    let text = read(&log);
    let codes: Vec<&str> =
        text.match_indices("结束：退出码 ").map(|(at, found)| &text[at + found.len()..at + found.len() + 1]).collect();
    assert_eq!(codes, ["1", "2", "2", "0", "0", "1"], "{text}");
    assert_eq!(text.matches("━━━━").count(), 6, "started once each, also where threads make it start anew: {text}");
    for part in ["没有「--outptu」这个参数", "没有的参数", "不是 kaohe 发布的名单"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains('\u{FEFF}'), "one mark is enough");
}

#[test]
fn a_log_is_never_written_into_anything_else() {
    let dir = tempfile::tempdir().unwrap();
    let output = dir.path().join("结果");
    assert_eq!(annual(&output).output().unwrap().status.code(), Some(0));
    let before = super::tree(&output);
    let input = super::fixtures();
    let cases = [
        (output.join("档案.db"), 1),
        (output.join("2015-annual/通报名单.xlsx"), 2),
        (output.join("2015-annual/新.log"), 2),
        (input.join("新.log"), 2),
        (dir.path().join("没有/新.log"), 1),
        (output.clone(), 1),
    ];
    for (log, code) in cases {
        let ended = annual(&output).arg("--log").arg(&log).output().unwrap();
        assert_eq!(ended.status.code(), Some(code), "{}: {}", log.display(), told(&ended));
        assert!(told(&ended).contains("--log"), "{}", told(&ended));
    }
    assert!(super::tree(&output) == before);
    assert!(!input.join("新.log").exists());
}

/// The job of last night and somebody at the keyboard write into one log: every line of both is there, whole.
#[test]
fn two_runs_write_into_one_log_without_losing_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("kaohe.log");
    let faulty = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming-faulty");
    let check = || {
        let mut check = kaohe();
        check.arg("check").arg(&faulty).arg("--log").arg(&log).stderr(std::process::Stdio::null());
        check
    };
    assert_eq!(check().status().unwrap().code(), Some(3));
    let alone = read(&log);
    let running: Vec<_> = (0..4).map(|_| check().spawn().unwrap()).collect();
    for mut one in running {
        assert_eq!(one.wait().unwrap().code(), Some(3));
    }
    let together = read(&log);
    // Times differ, and so do the seconds that a run took.
    let lines = |text: &str| {
        let mut lines: Vec<String> = text
            .lines()
            .map(|line| line.chars().skip(9).collect::<String>())
            .filter(|line| !line.contains("用时"))
            .collect();
        lines.sort();
        lines
    };
    let five: Vec<String> = lines(&alone).into_iter().flat_map(|line| vec![line; 5]).collect();
    let mut five: Vec<String> = five.into_iter().filter(|line| !line.is_empty()).collect();
    five.sort();
    let mut found = lines(&together);
    found.retain(|line| !line.is_empty());
    // The line that begins a run bears its date and time.
    let bare = |lines: Vec<String>| lines.into_iter().filter(|line| !line.contains("kaohe 0")).collect::<Vec<_>>();
    assert_eq!(bare(found), bare(five));
    assert_eq!(together.matches("结束：退出码 3").count(), 5);
}

#[test]
fn a_killed_run_has_begun_in_the_log_and_not_ended() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("kaohe.log");
    let output = dir.path().join("结果");
    let mut run = annual(&output).arg("--log").arg(&log).spawn().unwrap();
    while !fs::read_to_string(&log).is_ok_and(|text| text.contains("读取报送表")) {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let text = read(&log);
    assert!(text.contains("命令：kaohe annual") && !text.contains("结束"), "{text}");
    assert_eq!(annual(&output).arg("--log").arg(&log).output().unwrap().status.code(), Some(0));
    let text = read(&log);
    assert_eq!((text.matches("━━━━").count(), text.matches("结束：退出码 0").count()), (2, 1), "{text}");
}

#[test]
fn completions_know_every_command_and_option() {
    for (shell, option) in [("bash", "--as-of"), ("zsh", "--as-of"), ("fish", "-l as-of"), ("powershell", "--as-of")] {
        let ended = kaohe().args(["completions", shell]).output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
        let script = String::from_utf8(ended.stdout).unwrap();
        for part in ["half-year", "annual", "record", "template", option] {
            assert!(script.contains(part), "{shell}: {part}");
        }
    }
    let ended = kaohe().args(["completions", "tcsh"]).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(told(&ended).contains("powershell"), "{}", told(&ended));
}
