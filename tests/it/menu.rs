//! The clerk's menu (`.release/kaohe.sh`), answered on its terminal, and its twin for Windows.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ooxml::agree;

fn release(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".release").join(name)
}

/// A desk: the menu beside the program, workbooks in 报送.
#[cfg(unix)]
fn choose(desk: &Path, answers: &[&str]) -> (i32, String) {
    let mut menu = Command::new("bash")
        .arg(desk.join("kaohe.sh"))
        .env("KAOHE", env!("CARGO_BIN_EXE_kaohe"))
        .env("KAOHE_OPEN", "true")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .current_dir(desk)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    menu.stdin.take().unwrap().write_all((answers.join("\n") + "\n").as_bytes()).unwrap();
    let done = menu.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.code().unwrap(), said)
}

#[cfg(unix)]
#[test]
fn the_menu_leads_from_check_to_the_second_run() {
    let root = tempfile::tempdir().unwrap();
    let desk = root.path();
    std::fs::copy(release("kaohe.sh"), desk.join("kaohe.sh")).unwrap();
    let input = desk.join("报 送");
    std::fs::create_dir(&input).unwrap();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, input.join(path.file_name().unwrap())).unwrap();
    }
    // A folder dragged into a terminal comes in quotes.
    let dragged = format!("'{}'", input.display());
    let (code, said) = choose(desk, &["1", &dragged, ""]);
    assert!(code == 0 && said.contains("已完成。"), "{said}");
    let (code, said) = choose(desk, &["3", &dragged, ""]);
    assert!(code == 0 && desk.join("结果/2015-annual/run.json").is_file(), "{said}");

    let returned = desk.join("结果-收回");
    std::fs::create_dir(&returned).unwrap();
    // Each authority's lists come in a folder of their own, with the page that is only read.
    for authority in ["市委", "省委"] {
        let (from, to) = (desk.join("结果/2015-annual/报审").join(authority), returned.join(authority));
        std::fs::create_dir(&to).unwrap();
        assert!(agree(&from.join("诫勉谈话名单.xlsx"), &to.join("诫勉谈话名单.xlsx")));
        std::fs::copy(from.join("会审一览.xlsx"), to.join("会审一览.xlsx")).unwrap();
    }
    // From another folder than the first time: the menu remembers where the results are.
    let (code, said) = choose(desk, &["4", "", ""]);
    assert!(code == 0 && said.contains("已收回 ") && said.contains("收回的意见就填进新的名单里"), "{said}");
    let (code, said) = choose(desk, &["3", &dragged, ""]);
    assert!(code == 0, "{said}");
    // The ledger is as of a day, with the holidays that lie beside the menu.
    let ledger = || crate::rules::city::rows_of(&desk.join("结果-台账.xlsx"))[0][0].clone();
    let (code, said) = choose(desk, &["5", "", "2016-03-01"]);
    assert!(code == 0 && ledger().contains("截至 2016-03-01；没有提供节假日表"), "{said} {}", ledger());
    let templates = Command::new(env!("CARGO_BIN_EXE_kaohe")).arg("template").arg(desk.join("模板")).output().unwrap();
    assert!(templates.status.success());
    std::fs::copy(desk.join("模板/节假日.xlsx"), desk.join("节假日.xlsx")).unwrap();
    let (code, said) = choose(desk, &["5", "", ""]);
    assert!(code == 0 && ledger().contains("截至 2") && !ledger().contains("没有提供"), "{said} {}", ledger());
    // The folder of results holds runs and the archive alone.
    let mut held: Vec<String> = std::fs::read_dir(desk.join("结果"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    held.sort();
    assert_eq!(held, ["2015-annual", "档案.db"]);

    // Why there is no ledger stands where the menu says: in the log, too.
    let (_, said) = choose(desk, &["5", "空", ""]);
    let log = std::fs::read_to_string(desk.join("空-运行记录.txt")).unwrap();
    assert!(said.contains("也记在") && log.contains("找不到档案"), "{said} {log}");

    // What is wrong is said.
    let (code, said) = choose(desk, &["2", "没有这样的文件夹", ""]);
    assert!(code == 1 && said.contains("没有这个文件夹"), "{said}");
    let (_, said) = choose(desk, &["3", &dragged, &format!("{}/结果", input.display())]);
    assert!(said.contains("没有完成") && said.contains("--output 在输入文件夹之内"), "{said}");
    // Nothing is left of it, and the next time the folder that was used before is proposed.
    assert!(!input.join("结果").exists());
    let (_, said) = choose(desk, &["5", "", ""]);
    assert!(said.contains(&format!("（直接按回车：{}）", desk.join("结果").display())), "{said}");
}

#[test]
fn the_menu_for_windows_can_be_stored_in_the_code_page_of_a_chinese_windows() {
    let text = std::fs::read_to_string(release("kaohe.cmd")).unwrap();
    let (stored, _, lossy) = encoding_rs::GBK.encode(&text);
    assert!(!lossy);
    assert_eq!(encoding_rs::GBK.decode(&stored).0, text);
    // Every jump has its target, and no bracket holds a path that might close it.
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let jumps = |at: usize| words[at] == "goto" || (words[at] == "call" && words[at + 1] != "set");
        for at in (0..words.len()).filter(|at| jumps(*at)) {
            let target = words[at + 1].trim_start_matches(':');
            assert!(text.lines().any(|label| label == format!(":{target}")), "{line}: no {target}");
        }
        assert!(!line.trim_end().ends_with('('), "{line}");
    }
}

/// A path may hold blanks, ampersands and brackets: whatever expands to one stands in quotes.
#[test]
fn the_menu_for_windows_keeps_every_path_in_quotes() {
    let text = std::fs::read_to_string(release("kaohe.cmd")).unwrap();
    let paths = ["%~dp0", "%KAOHE%", "%INPUT", "%OUTPUT", "%USUAL", "%RETURNED", "%RESULT%", "%LOG%", "%BASE", "%NAME"];
    for line in text.lines().filter(|line| !line.starts_with("rem ")) {
        for (at, _) in paths.iter().flat_map(|path| line.match_indices(path)) {
            assert!(line[..at].matches('"').count() % 2 == 1, "{line}");
        }
    }
}

#[test]
fn what_readme_tells_the_clerk_stands_in_the_hand_out() {
    let readme = include_str!("../../README.md");
    let section = readme.split("## For the clerk 给经办人\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let hand_out = std::fs::read_to_string(release("说明.md")).unwrap();
    let lines: Vec<&str> = section.lines().skip(1).filter(|line| !line.is_empty()).collect();
    assert!(lines.len() > 15);
    for line in lines {
        let line = line.strip_prefix('#').unwrap_or(line);
        assert!(hand_out.contains(line), "{line}");
    }
}
