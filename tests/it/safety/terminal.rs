//! What a terminal is shown and what a scheduler gets: bars, the README's own commands, exit codes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::Command;

use kaohe::cli;

use super::{annual, fixtures, told};
use crate::rules::city::{City, kaohe};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

#[test]
fn what_is_no_terminal_gets_lines_and_no_bars() {
    let dir = tempfile::tempdir().unwrap();
    let mut run = kaohe();
    run.arg("annual").arg(fixtures()).arg("--output").arg(dir.path());
    let ended = run.output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert!(told(&ended).contains("2015-annual"), "{}", told(&ended));
    assert!(!told(&ended).contains(['\u{1b}', '\r', '█', '░']), "{:?}", told(&ended));
    assert_eq!(ended.stdout, b"");
}

/// On a terminal as `script` makes one.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_bars_and_a_quiet_one_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let shown = |more: &str| {
        let line = format!("{} check {} {more}", env!("CARGO_BIN_EXE_kaohe"), fixtures().display());
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line]).arg(dir.path().join("屏幕"));
        let ended = script.env("TERM", "xterm").output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
        String::from_utf8_lossy(&ended.stdout).into_owned()
    };
    let bars = shown("");
    assert!(bars.contains("读取报送表") && bars.contains(['\u{1b}', '\r']), "{bars:?}");
    let quiet = shown(&format!("--log {}", dir.path().join("kaohe.log").display()));
    assert!(quiet.contains("读取报送表"), "a log does not take the bars away: {quiet:?}");
    let mut run = Command::new("script");
    let line = format!(
        "{} annual {} --output {} --quiet",
        env!("CARGO_BIN_EXE_kaohe"),
        fixtures().display(),
        dir.path().join("结果").display()
    );
    let ended = run.args(["--quiet", "--return", "--command", &line]).arg(dir.path().join("屏幕")).output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stdout).trim()), (Some(0), ""));
}

/// The README's commands as a shell would take them apart: those in its blocks that name everything they need.
fn commands() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut within = false;
    for line in readme().lines() {
        if line.starts_with("```") {
            within = !within;
            continue;
        }
        let Some(at) = within.then(|| line.find("kaohe ").or_else(|| line.find("kaohe.exe "))).flatten() else {
            continue;
        };
        let before = &line[..at];
        // A picture of the whole, comments, units' names and paths are none.
        let starts = before.is_empty() || before.ends_with('/') || before.ends_with('\\');
        let command = line[at..].split(" #").next().unwrap_or_default().trim_end();
        // What the shell would put there.
        let command = &command.replace("$(date +\\%F)", "2016-07-01");
        let pattern = command.contains(['|', '[', '…', '*'])
            || before.is_empty() && command.contains("  ")
            || command.contains("INPUT");
        if starts && !pattern {
            let words = command.split_whitespace().filter(|word| !word.starts_with('>'));
            found.push(words.map(str::to_owned).collect());
        }
    }
    found
}

#[test]
fn every_command_of_the_readme_is_one() {
    let commands = commands();
    assert!(commands.len() > 8, "{commands:?}");
    let scheduled = commands.iter().filter(|words| words.iter().any(|word| word == "--log")).count();
    assert_eq!(scheduled, 4, "two for cron, one each for systemd and Windows");
    for words in commands {
        let parsed = cli::parse(words.iter().map(OsString::from));
        assert!(parsed.is_ok(), "{}: {}", words.join(" "), parsed.err().map(|error| error.to_string()).unwrap());
    }
}

/// Each exit code as the README's table for schedulers tells it, in the words of the log.
#[test]
fn exit_codes_are_those_of_the_readme() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("kaohe.log");
    let output = dir.path().join("结果");
    let faulty = City::new(&["年度考核_干部 G13 考核等次=较差"]);
    let clean = annual(&output).arg("--log").arg(&log).output().unwrap();
    let faults = faulty.try_run(&format!("annual --log {}", log.display()));
    let strict = faulty.try_run(&format!("annual --strict --log {}", log.display()));
    let usage = annual(&output).arg("--yaer").arg("--log").arg(&log).output().unwrap();
    let codes = [clean, faults, strict, usage].map(|ended| ended.status.code().unwrap());
    assert_eq!(codes, [0, 3, 1, 2]);
    // 「结束：退出码 3（…）」 of each.
    let said: BTreeMap<String, String> = fs::read_to_string(&log)
        .unwrap()
        .lines()
        .filter_map(|line| line.split("结束：退出码 ").nth(1)?.split_once('（'))
        .map(|(code, meaning)| (code.to_owned(), meaning.split('）').next().unwrap().to_owned()))
        .collect();
    let readme = readme();
    let table: BTreeMap<String, &str> = readme
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            cells[0].parse::<u8>().ok().filter(|_| cells.len() == 3).map(|code| (code.to_string(), cells[1]))
        })
        .collect();
    assert_eq!(said.keys().collect::<Vec<_>>(), table.keys().collect::<Vec<_>>());
    for (code, told, chinese) in [
        ("0", "all data used", "全部采用"),
        ("3", "put aside", "退回"),
        ("1", "nothing published", "没有发布"),
        ("2", "command line", "命令"),
    ] {
        assert!(table[code].contains(told), "{code}: {}", table[code]);
        assert!(said[code].contains(chinese), "{code}: {}", said[code]);
    }
}
