//! What stands in DIR is not lost: foreign folders, and what people lay beside the lists.

use std::path::Path;
use std::process::{Command, Output};

fn run(input: &Path, output: &Path) -> Output {
    let mut kaohe = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    kaohe.arg("annual").arg(input).arg("--output").arg(output).arg("--quiet").output().unwrap()
}

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming")
}

#[test]
fn an_input_that_publishing_would_replace_is_a_usage_error() {
    let dir = tempfile::tempdir().unwrap();
    for inner in ["2015-annual", "2015-annual/报送", "2014-half-year"] {
        let input = dir.path().join(inner);
        std::fs::create_dir_all(&input).unwrap();
        for entry in std::fs::read_dir(fixtures()).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, input.join(path.file_name().unwrap())).unwrap();
        }
        assert_eq!(run(&input, dir.path()).status.code(), Some(2), "{inner}");
        assert!(input.join("名册.xlsx").is_file());
    }
}

#[test]
fn a_folder_that_no_run_published_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let foreign = dir.path().join("2015-annual");
    std::fs::create_dir_all(&foreign).unwrap();
    std::fs::write(foreign.join("会议纪要.docx"), "x").unwrap();
    let done = run(&fixtures(), dir.path());
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("不是本程序发布的结果"));
    assert!(foreign.join("会议纪要.docx").is_file());
}

#[test]
fn what_people_lay_beside_the_lists_stays_there_through_every_run() {
    let dir = tempfile::tempdir().unwrap();
    let published = dir.path().join("2015-annual");
    assert_eq!(run(&fixtures(), dir.path()).status.code(), Some(0));
    std::fs::write(published.join("会议纪要.docx"), "纪要").unwrap();
    std::fs::create_dir(published.join("附件")).unwrap();
    std::fs::write(published.join("附件/签字页.pdf"), "签字").unwrap();
    std::fs::copy(published.join("通报名单.xlsx"), published.join("通报名单（会上稿）.xlsx")).unwrap();
    for _ in 0..3 {
        assert_eq!(run(&fixtures(), dir.path()).status.code(), Some(0));
        for name in ["会议纪要.docx", "附件/签字页.pdf", "通报名单（会上稿）.xlsx", "总览.xlsx", "变更对照.xlsx"]
        {
            assert!(published.join(name).is_file(), "{name}");
        }
    }
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
