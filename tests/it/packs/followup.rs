//! What follows a meeting under the pack for civil servants: tasks, papers, an influence period, all without talks.

use std::path::{Path, PathBuf};

use crate::archive::meeting::fill;
use crate::handoff::page::assert_paper_is_read;
use crate::rules::city::{kaohe, rows_of};

fn run(output: &Path) {
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/civil-servant");
    let mut command = kaohe();
    command.arg("annual").arg(input).arg("--output").arg(output).args(["--pack", "civil-servant-2020", "--quiet"]);
    let ended = command.output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
}

fn words(path: PathBuf) -> String {
    rows_of(&path).concat().join("\n")
}

#[test]
fn what_was_agreed_about_civil_servants_makes_tasks_papers_and_a_period() {
    let dir = tempfile::tempdir().unwrap();
    let output = dir.path().join("结果");
    run(&output);
    let run_folder = output.join("2023-annual");
    let (talk, mend) = (["2023-A-诫勉谈话-C-P04", "P04"], ["2023-A-限期改进-C-P04", "P04"]);
    let (down, out) = (["2023-A-降低职务职级-C-P13", "P13"], ["2023-A-辞退-C-P05", "P05"]);
    let agreed = |of| [(of, "委员会意见", "同意"), (of, "决定日期", "2024-01-15")];
    let mut returned = Vec::new();
    for (list, cells) in [
        ("诫勉改进名单", [agreed(talk), agreed(mend), [(mend, "改进期限", "2024-06-30"); 2]].concat()),
        ("降职辞退名单", [agreed(down), agreed(out), [(down, "决定方式", "降低一个职务层次"); 2]].concat()),
    ] {
        let path = dir.path().join(format!("{list}.xlsx"));
        fill(&run_folder.join(format!("{list}.xlsx")), list, &cells, &path);
        returned.push(path);
    }
    let archive = output.join("档案.db");
    let ended = kaohe().arg("record").args(&returned).arg("--archive").arg(&archive).output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    let shown = kaohe().args(["archive", "show", "--as-of", "2024-02-20", "--archive"]).arg(&archive).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for part in [
        "2023-A-诫勉谈话-C-P04 孙齐：诫勉后了解改正情况，期限 2024-07-15",
        "2023-A-限期改进-C-P04 孙齐：改进，期限 2024-06-30",
        "2023-A-辞退-C-P05 周扬：复核申请期满，期限 2024-02-14，逾期",
        "P04 孙齐：2024-01-15 至 2024-07-15，审定（2023-A-诫勉谈话-C-P04）",
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    run(&output);
    let papers = run_folder.join("文书");
    // Its lines are ended by hand.
    let told = words(papers.join("辞退通知书/P05-周扬.xlsx")).replace('\n', "");
    assert!(told.contains("三十日内申请复核") && told.contains("《公务员考核规定》"), "{told}");
    assert!(words(papers.join("限期改进通知书/P04-孙齐.xlsx")).contains("2024年6月30日前"));
    for paper in
        ["诫勉谈话记录表/P04-孙齐", "降低职务职级通知书/P13-朱一", "辞退通知书/P05-周扬", "限期改进通知书/P04-孙齐"]
    {
        assert_paper_is_read(&papers.join(format!("{paper}.xlsx")));
    }
    // A record is no letter.
    assert!(!words(papers.join("诫勉谈话记录表/P04-孙齐.xlsx")).contains("同志："));
}
