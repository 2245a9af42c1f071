//! A run's command line, exit codes, `run.json` and the folder it publishes into.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use super::city::{City, Published, kaohe, text};
use super::golden::run_fixture;

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn run_json_has_its_shape() {
    for (city, run) in [("kunming", "half-year"), ("kunming-faulty", "annual")] {
        let output = tempfile::tempdir().unwrap();
        let run_json = run_fixture(city, run, &["--set", "半年得分线=61"], output.path()).run;
        let expected = ["year", "run", "as_of", "pack", "parameters", "archive", "inputs", "passed_over", "counts"];
        assert_eq!(keys(&run_json), expected.into());
        assert_eq!((&run_json["year"], &run_json["run"]), (&json!(2015), &json!(run)));
        assert_eq!(keys(&run_json["pack"]), ["name", "version", "hash"].into());
        assert_eq!(run_json["pack"]["name"], "kunming-2015");
        assert_eq!(text(&run_json["archive"]).len(), 64);
        for parameter in run_json["parameters"].as_array().unwrap() {
            assert_eq!(keys(parameter), ["name", "value", "from"].into());
        }
        for input in run_json["inputs"].as_array().unwrap() {
            assert_eq!(keys(input), ["file", "sha256", "sheets"].into());
            let bytes = fs::read(super::golden::fixtures().join(city).join(text(&input["file"]))).unwrap();
            assert_eq!(input["sha256"], json!(sha256(&bytes)));
            for sheet in input["sheets"].as_array().unwrap() {
                assert_eq!(keys(sheet), ["sheet", "table", "kind", "rows", "used", "rejected", "ignored"].into());
                assert!(["table", "unrecognised", "prose"].contains(&text(&sheet["kind"])), "{sheet}");
                assert_eq!(sheet["table"].is_null(), sheet["kind"] != "table", "{sheet}");
            }
        }
        assert_eq!(keys(&run_json["counts"]), ["consequences", "pending", "rejected", "warnings"].into());
        let passed = if city == "kunming" { json!([]) } else { json!(["补充材料.csv"]) };
        assert_eq!(run_json["passed_over"], passed);
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_run_publishes_its_files() {
    let output = tempfile::tempdir().unwrap();
    for run in ["half-year", "annual"] {
        run_fixture("kunming", run, &[], output.path());
        let mut names: Vec<String> = fs::read_dir(output.path().join(format!("2015-{run}")))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.retain(|name| name != "退回单");
        names.sort();
        let mut expected = vec![
            "run.json",
            "data",
            "单位通知",
            "总览.xlsx",
            "通报名单.xlsx",
            "约谈名单.xlsx",
            "诫勉谈话名单.xlsx",
            "函询核实名单.xlsx",
            "整改整顿名单.xlsx",
            "调整建议名单.xlsx",
            "表彰使用名单.xlsx",
            "交心谈话计划.xlsx",
            "档案登记.xlsx",
            "待定事项.xlsx",
            "数据问题清单.xlsx",
            "会审一览.xlsx",
            "报审",
        ];
        // Pages about the teams that are analysed at year-end.
        expected.extend((run == "annual").then_some("研判"));
        expected.sort_unstable();
        assert_eq!(names, expected);
    }
    // DIR holds only runs and the archive.
    let mut names: Vec<String> =
        fs::read_dir(output.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["2015-annual", "2015-half-year", "档案.db"]);
}

#[test]
fn without_notices() {
    let output = tempfile::tempdir().unwrap();
    run_fixture("kunming", "annual", &["--no-notices"], output.path());
    assert!(!output.path().join("2015-annual/单位通知").exists());
    assert!(output.path().join("2015-annual/总览.xlsx").exists());
}

const FAULTY: &str = "年度考核_干部 G13 考核等次=较差";

#[test]
fn strict_turns_faults_into_failure() {
    let city = City::new(&[FAULTY]);
    let ended = city.try_run("annual --strict");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("报送.xlsx!年度考核_干部!C4"), "{told}");
    assert!(!city.output().join("2015-annual").exists());
    assert_eq!(city.try_run("annual").status.code(), Some(3));
    // Warnings and pending cases are ordinary business.
    let city = City::new(&["半年考核_班子 B1 目标完成得分=1 相关责任领导=无此人", "-年度考核_干部 G13"]);
    let published = city.run("annual --strict");
    assert!(!published.pendings.is_empty() && !published.issues.is_empty());
}

#[test]
fn strict_keeps_what_was_published() {
    let mut city = City::new(&[]);
    city.run("annual");
    let before = fs::read(city.output().join("2015-annual/run.json")).unwrap();
    city.edit(FAULTY);
    assert_eq!(city.try_run("annual --strict").status.code(), Some(1));
    assert_eq!(fs::read(city.output().join("2015-annual/run.json")).unwrap(), before);
}

#[test]
fn quiet_silences_the_summary_and_never_errors() {
    let city = City::new(&[FAULTY]);
    let ended = city.try_run("annual");
    assert_eq!((ended.status.code(), ended.stderr.len(), ended.stdout.len()), (Some(3), 0, 0));
    // `try_run` asks for quiet; without it the run says what was published where.
    let ended = kaohe().arg("annual").arg(city.input()).arg("--output").arg(city.output()).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(told.contains("2015-annual") && told.contains("2015-12-31"), "{told}");
    assert_eq!(ended.stdout.len(), 0);
    let ended = City::new(&["-干部名册"]).try_run("annual");
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("干部名册"));
}

#[test]
fn output_inside_input_is_a_usage_error() {
    let city = City::new(&[]);
    city.run("annual");
    for output in [city.input(), city.input().join("结果"), city.input().join("一/二"), city.input().join("../报送/三")]
    {
        let ended = kaohe().arg("annual").arg(city.input()).arg("--output").arg(&output).output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{}", output.display());
        assert!(String::from_utf8_lossy(&ended.stderr).contains("输入文件夹"));
        let left: Vec<_> = fs::read_dir(city.input()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["报送.xlsx"]);
    }
}

#[cfg(unix)]
#[test]
fn output_inside_input_is_seen_through_links() {
    let city = City::new(&[]);
    city.run("annual");
    let link = city.input().with_file_name("别名");
    std::os::unix::fs::symlink(city.input(), &link).unwrap();
    for (input, output) in [(city.input(), link.join("结果")), (link.clone(), city.input().join("结果"))] {
        let ended = kaohe().arg("annual").arg(input).arg("--output").arg(&output).output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{}", output.display());
    }
}

#[test]
fn usage_errors() {
    let city = City::new(&[]);
    for options in
        ["--threads 0", "--threads many", "--year 15", "--as-of 2015-02-30", "--as-of 30.6.2015", "--nonsense"]
    {
        let ended = city.try_run(&format!("annual {options}"));
        assert_eq!(ended.status.code(), Some(2), "{options}: {}", String::from_utf8_lossy(&ended.stderr));
        assert!(!city.output().exists(), "{options}");
    }
}

#[test]
fn the_year_comes_from_the_assessments() {
    let city = City::new(&["+年度考核_干部 年度=2013 干部编号=G13 考核等次=不称职"]);
    assert_eq!(city.run("annual").run["year"], 2015);
    let ended = kaohe().arg("annual").arg(city.input()).arg("--output").arg(city.output()).output().unwrap();
    assert!(String::from_utf8_lossy(&ended.stderr).contains("2015"), "the run says so");
}

/// A typing error must not move the whole run to another year.
#[test]
fn a_year_that_hardly_a_row_carries_is_asked_about() {
    let city = City::new(&["年度考核_干部 G13 年度=2051"]);
    let ended = city.try_run("annual");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("2051") && told.contains("--year"), "{told}");
    assert_eq!(city.try_run("annual --year 2015").status.code(), Some(0));
}

/// Large enough for runs to meet each other, and each with an archive of its own, which would else keep them apart too.
#[test]
fn two_runs_at_the_same_time_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let input = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming");
    let output = dir.path().join("结果");
    let archive = |at: usize| dir.path().join(format!("档案{at}.db"));
    let start = |(at, run): (usize, &str)| {
        let mut command = kaohe();
        command.arg(run).arg(&input).arg("--output").arg(&output).arg("--archive").arg(archive(at)).arg("--quiet");
        command.stderr(Stdio::piped()).spawn().unwrap()
    };
    let runs = ["half-year", "annual", "half-year", "annual", "half-year", "annual"].into_iter().enumerate().map(start);
    for run in runs.collect::<Vec<_>>() {
        let ended = run.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    for run in ["half-year", "annual"] {
        assert_eq!(Published::read(&output.join(format!("2015-{run}"))).run["run"], run);
    }
    for at in 0..6 {
        let verified = kaohe().args(["archive", "verify", "--archive"]).arg(archive(at)).output().unwrap();
        assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stderr));
    }
    let names = fs::read_dir(&output).unwrap().map(|one| one.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert_eq!(names, ["2015-annual", "2015-half-year"], "nothing is left behind");
}

#[test]
fn a_run_waits_while_another_holds_the_folder() {
    let city = City::new(&[]);
    city.run("annual");
    let holder = fs::File::options().create(true).append(true).open(city.output().join(".kaohe.lock")).unwrap();
    holder.lock().unwrap();
    let mut command = kaohe();
    command.arg("half-year").arg(city.input()).arg("--output").arg(city.output()).arg("--quiet");
    let mut waiting = command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    assert!(waiting.try_wait().unwrap().is_none(), "it waits");
    assert!(!city.output().join("2015-half-year").exists());
    holder.unlock().unwrap();
    assert_eq!(waiting.wait().unwrap().code(), Some(0));
    assert!(city.output().join("2015-half-year/run.json").exists());
}

/// What was asked for and could not be written is a failure; who stops reading has had enough.
#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_a_failure() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = kaohe().args(["pack", "guide"]).stdout(full).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.code() == Some(1) && told.contains("磁盘已满"), "{told}");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = kaohe().args(["pack", "guide"]).stdout(writer).output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.len()), (Some(0), 0));
    // In words, and once.
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("文件");
    fs::write(&file, "").unwrap();
    let ended = kaohe().arg("template").arg(&file).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(told.contains("已有同名的文件") && !told.contains("os error"), "{told}");
}
