//! What stands in DIR is not lost: foreign folders, and what people lay beside the lists.

use std::path::Path;
use std::process::{Command, Output};

use crate::rules::city::{City, rows_of};
use crate::safety::tree;

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

/// Such a run would begin an archive of its own; such a check would clear the run's slips away.
#[test]
fn nothing_is_written_into_a_published_run() {
    let faulty = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming-faulty");
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(&faulty, dir.path()).status.code(), Some(3));
    let published = dir.path().join("2015-annual");
    let before = tree(dir.path());
    for output in [published.clone(), published.join("data"), published.join("新的/文件夹")] {
        for word in ["annual", "half-year", "check", "sql"] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
            command.arg(word).arg(&faulty).args((word == "sql").then_some("annual")).arg("--output").arg(&output);
            let done = command.output().unwrap();
            let told = String::from_utf8_lossy(&done.stderr).into_owned();
            assert_eq!(done.status.code(), Some(2), "{command:?} {told}");
            assert!(told.contains("已发布的结果文件夹") && told.contains("另选 --output"), "{told}");
        }
        assert!(tree(dir.path()) == before);
    }
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
    // The sealed letter as it went out, beside the one that it was made from.
    std::fs::write(published.join("单位通知/拟稿/盖章件.pdf"), "盖章").unwrap();
    std::fs::create_dir(published.join("研判/会后")).unwrap();
    std::fs::copy(published.join("通报名单.xlsx"), published.join("研判/会后/通报名单.xlsx")).unwrap();
    let letter = "单位通知/拟稿/A0-撤销的单位.xlsx";
    std::fs::copy(published.join("总览.xlsx"), published.join(letter)).unwrap();
    let seal = published.join("data/registration.json");
    let sealed = std::fs::read_to_string(&seal).unwrap();
    // A letter of ours that the new run has no more.
    std::fs::write(&seal, sealed.replace("\"others\": [", &format!("\"others\": [\"{letter}\","))).unwrap();
    for _ in 0..3 {
        assert_eq!(run(&fixtures(), dir.path()).status.code(), Some(0));
        for name in ["会议纪要.docx", "附件/签字页.pdf", "通报名单（会上稿）.xlsx", "总览.xlsx", "变更对照.xlsx"]
        {
            assert!(published.join(name).is_file(), "{name}");
        }
        assert!(published.join("单位通知/拟稿/盖章件.pdf").is_file() && !published.join(letter).exists());
        assert!(published.join("研判/会后/通报名单.xlsx").is_file());
    }
    // An older kaohe kept no names of what it wrote into folders of its own.
    let sealed: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&seal).unwrap()).unwrap();
    let mut older = sealed.clone();
    older.as_object_mut().unwrap().remove("others");
    std::fs::write(&seal, older.to_string()).unwrap();
    std::fs::copy(published.join("总览.xlsx"), published.join(letter)).unwrap();
    assert_eq!(run(&fixtures(), dir.path()).status.code(), Some(0));
    assert!(!published.join(letter).exists() && published.join("附件/签字页.pdf").is_file());
    assert!(published.join("单位通知/拟稿/盖章件.pdf").is_file(), "what is no workbook is nobody's but theirs");
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// A person whose line a re-run withdrew stands in no workbook of it, also where no authority but one is left.
#[test]
fn an_authority_without_lines_any_more_has_no_workbooks_left_under_报审() {
    let mut city = City::new(&["+问题线索 线索编号=X1 对象=G12 线索来源=市级领导 核实结果=属实 情节=较重"]);
    city.edit("干部名册 G12 干部管理权限=省委");
    city.edit("半年考核_班子 B2 目标完成得分=20");
    city.run("half-year");
    let submitted = city.output().join("2015-half-year/报审");
    assert!(submitted.join("省委/诫勉谈话名单.xlsx").is_file());
    std::fs::write(submitted.join("省委/签字页.pdf"), "签字").unwrap();
    city.edit("问题线索 X1 核实结果=不属实");
    city.run("half-year");
    let left: Vec<_> =
        std::fs::read_dir(submitted.join("省委")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["签字页.pdf"]);
    assert!(!submitted.join("市委").exists());
}

/// A team without a principal: what goes to the team itself is on its list and does not wait.
#[test]
fn what_waits_for_a_recipient_is_told_without_what_has_been_proposed() {
    let city = City::new(&[
        "年度考核_班子 B1 考核等次=一般",
        "干部名册 G11 班子职务=班子成员",
        "干部名册 G12 班子职务=班子成员",
    ]);
    city.run("annual");
    let told = |name: &str| rows_of(&city.output().join(format!("2015-annual/{name}.xlsx"))).concat().join("\n");
    assert!(told("整改整顿名单").contains("2015-A-限期整改-T-B1"));
    let waits = told("待定事项");
    assert!(waits.contains("〔规则4.3〕：是否诫勉谈话\n「主要负责人」"), "{waits}");
}

/// What is unknown is no "no", here either: a grade that is put aside, one that is missing, a row with a broken cell.
#[test]
fn a_line_whose_grounds_are_unknown_now_is_not_said_to_have_lost_them() {
    let mut city = City::new(&[
        "年度考核_干部 G32 考核等次=基本称职",
        "年度考核_干部 G22 考核等次=基本称职",
        "+问题线索 线索编号=X1 对象=G12 线索来源=市级领导 核实结果=属实 情节=较重",
    ]);
    city.run("annual");
    city.edit("年度考核_干部 G32 考核等次=较差");
    city.edit("年度考核_干部 G22 考核等次=称职");
    city.edit("问题线索 X1 情节=很重");
    city.try_run("annual");
    let rows = rows_of(&city.output().join("2015-annual/变更对照.xlsx"));
    for (id, why) in [
        ("2015-A-诫勉谈话-C-G32", "依据现待定（缺「考核等次」），本次暂不提出，见待定事项"),
        ("2015-A-诫勉谈话-C-G22", "依据现已不成立，本次不再提出"),
        ("2015-A-诫勉谈话-C-G12", "依据现已不成立，或因数据待更正尚不能认定，本次不再提出，见待定事项"),
    ] {
        let row = rows.iter().find(|row| row.contains(&id.to_owned())).unwrap();
        assert_eq!(row[11].replace('\n', ""), why, "{id}");
    }
}

/// 变更对照: the old texts are those of the old lists; where another archive holds these, what the run kept for programs.
#[test]
fn what_a_run_supersedes_is_compared_with_it_whatever_archive_holds_it() {
    let mut city = City::new(&[
        "半年考核_班子 B2 目标完成得分=20",
        "+问题线索 线索编号=X1 对象=G12 线索来源=市级领导 核实结果=属实 情节=较重",
    ]);
    city.run("half-year");
    let changes = |city: &City| {
        let rows = rows_of(&city.output().join("2015-half-year/变更对照.xlsx"));
        let rows =
            rows.into_iter().filter(|row| row.iter().any(|cell| ["新增", "撤销", "改变"].contains(&cell.as_str())));
        let plain = |cell: &String| cell.replace('\n', "");
        rows.map(|row| (row[1].clone(), row[2].clone(), plain(&row[8]), plain(&row[10]))).collect::<Vec<_>>()
    };
    let kept = tempfile::tempdir().unwrap();
    let copy =
        |from: &Path, to: &Path| assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success());
    copy(&city.output(), &kept.path().join("旧"));
    city.edit("半年考核_班子 B2 目标完成得分=90");
    city.edit("半年考核_班子 B3 目标完成得分=30");
    city.edit("问题线索 X1 情节=严重");
    city.run("half-year");
    let told = changes(&city);
    for (id, kind, was, is) in [
        ("2015-H-通报-T-B3", "新增", "", "目标完成得分 30"),
        ("2015-H-通报-T-B2", "撤销", "目标完成得分 20", ""),
        ("2015-H-诫勉谈话-C-G12", "改变", "情节：较重", "情节：严重"),
    ] {
        let row = told.iter().find(|row| row.1 == id).unwrap();
        assert!(row.0 == kind && row.2.contains(was) && row.3.contains(is), "{row:?}");
        assert_eq!((row.2.is_empty(), row.3.is_empty()), (was.is_empty(), is.is_empty()), "{row:?}");
    }
    // The same without the archive that the first run was registered in.
    std::fs::remove_dir_all(city.output()).unwrap();
    copy(&kept.path().join("旧"), &city.output());
    std::fs::remove_file(city.output().join("档案.db")).unwrap();
    city.run("half-year");
    let elsewhere = changes(&city);
    for (row, known) in elsewhere.iter().zip(&told) {
        assert_eq!((&row.0, &row.1, &row.3), (&known.0, &known.1, &known.3));
        assert_eq!(row.2.is_empty(), known.2.is_empty(), "{row:?}");
    }
    assert_eq!(elsewhere.len(), told.len());
    assert!(elsewhere.iter().any(|row| row.2.contains("半年落实不力：是")), "{elsewhere:?}");
    // What cannot be read is said, and nothing is compared.
    std::fs::write(city.output().join("2015-half-year/data/consequences.jsonl"), "{\n").unwrap();
    let mut again = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    let ended = again.arg("half-year").arg(city.input()).arg("--output").arg(city.output()).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success() && said.contains("这次不写 变更对照"), "{said}");
    assert!(!city.output().join("2015-half-year/变更对照.xlsx").exists());
}
