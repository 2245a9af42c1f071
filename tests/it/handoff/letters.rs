//! What units are told, and above all what they are not.

use std::path::Path;

use kaohe::consequence::Flag;

use super::book::{Listed, parts};
use super::material::*;

const FOLDER: &str = "单位通知";
const DRAFT: &str = "拟办，未经审定";

fn letter(dir: &Path, unit: &str) -> Option<Listed> {
    let place = |folder: &str| dir.join(FOLDER).join(folder).join(format!("{unit}.xlsx"));
    let (sent, draft) = (place(""), place("拟稿"));
    assert!(!(sent.exists() && draft.exists()), "{unit} twice");
    [sent, draft].iter().find(|path| path.exists()).map(|path| Listed::read(path, "序号"))
}

/// Object and action of every row; the letter's closing lines have no object.
fn told(letter: &Listed) -> Vec<(&str, &str)> {
    let pairs = letter.texts("对象").into_iter().zip(letter.texts("处理"));
    pairs.filter(|(object, _)| !object.is_empty()).collect()
}

#[test]
fn announced_actions_are_told_as_drafts_and_others_only_once_agreed() {
    let mut city = City::usual();
    let first = letter(city.published().path(), "T00001-盘龙区").unwrap();
    assert!(first.head.iter().any(|line| line == DRAFT));
    assert!(first.head.iter().any(|line| line == "盘龙区："));
    assert_eq!(told(&first), [("盘龙区", "通报"), ("盘龙区", "限期整改"), ("赵芳", "表彰奖励")]);
    city.line("2015-A-诫勉谈话-C-C00002").decision = decided("同意");
    city.line("2015-A-通报-T-T00001").decision = decided("不同意");
    city.line("2015-A-限期整改-T-T00001").decision = decided("缓议");
    city.line("2015-A-表彰奖励-C-C00004").decision = decided("变更");
    let second = letter(city.published().path(), "T00001-盘龙区").unwrap();
    assert_eq!(told(&second), [("盘龙区", "限期整改"), ("王建国", "诫勉谈话")]);
    assert!(second.head.iter().any(|line| line == DRAFT), "缓议 is not decided");
    city.line("2015-A-限期整改-T-T00001").decision = decided("同意");
    let third = letter(city.published().path(), "T00001-盘龙区").unwrap();
    assert!(!third.head.iter().any(|line| line == DRAFT));
}

#[test]
fn a_unit_with_nothing_to_tell_gets_no_letter_and_letters_can_be_left_out() {
    let city = City::usual();
    let dir = city.published();
    let mut names: Vec<String> = std::fs::read_dir(dir.path().join(FOLDER).join("拟稿"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["T00001-盘龙区.xlsx", "T00002-市发展和改革委员会.xlsx"]);
    let dir = tempfile::tempdir().unwrap();
    city.publish_to(dir.path(), false);
    assert!(!dir.path().join(FOLDER).exists());
}

#[test]
fn nothing_confidential_reaches_a_letter() {
    let mut city = City::usual();
    // Agreed, and one of its two grounds would be harmless: still nothing is told.
    let harmless = cell((3, 6), "考核等次", "年度考核_干部", "考核等次", "基本称职");
    let ground = city.ground("4.4", CADRE, 3, 0, vec![harmless]);
    let line = city.line("2015-A-调整建议-C-C00004");
    line.grounds.push(ground);
    line.decision = decided("同意");
    let harmless = cell((3, 6), "考核等次", "年度考核_干部", "考核等次", "基本称职");
    let ground = city.ground("4.4", CADRE, 5, 0, vec![harmless]);
    let line = city.line("2015-A-交心谈话-C-C00006");
    line.grounds.push(ground);
    line.decision = decided("同意");
    let dir = city.published();
    let path = dir.path().join(FOLDER).join("拟稿").join("T00001-盘龙区.xlsx");
    for (name, part) in parts(&path) {
        for secret in ["调整建议", "交心谈话", "XS-2015", "线索", "并存不利情形", ".xls!", "档案!"] {
            assert!(!part.contains(secret), "{secret} in {name}");
        }
    }
}

/// What people should weigh is for the committee: no flag, no hint, even beside the line that causes it.
#[test]
fn no_hint_and_no_flag_is_told() {
    let mut city = City::usual();
    let praise = city.line("2015-A-表彰奖励-C-C00004");
    praise.flags = vec![Flag::Conflict];
    praise.hints = vec!["本年已约谈".into()];
    city.line("2015-A-诫勉谈话-C-C00004").decision = decided("同意");
    let letter = letter(city.published().path(), "T00001-盘龙区").unwrap();
    let at = letter.texts("处理").iter().position(|action| *action == "表彰奖励").unwrap();
    assert_eq!(letter.texts("事实")[at], "年度考核等次：优秀");
    assert!(letter.columns.iter().all(|column| column != "提示" && column != "来源"));
}

/// A letter lies among the drafts until all that it tells is decided; 缓议 decides nothing.
#[test]
fn letters_are_drafts_until_all_of_them_is_decided() {
    let mut city = City::usual();
    let place = |city: &City| {
        let dir = city.published();
        let of = |folder: &str| dir.path().join(FOLDER).join(folder).join("T00001-盘龙区.xlsx").exists();
        (of("拟稿"), of(""))
    };
    assert_eq!(place(&city), (true, false));
    for id in ["2015-A-通报-T-T00001", "2015-A-表彰奖励-C-C00004"] {
        city.line(id).decision = decided("同意");
    }
    city.line("2015-A-限期整改-T-T00001").decision = decided("缓议");
    assert_eq!(place(&city), (true, false));
    // Turned down, it is not in the letter any more, and nothing is left to wait for.
    city.line("2015-A-限期整改-T-T00001").decision = decided("不同意");
    assert_eq!(place(&city), (false, true));
}

#[test]
fn a_letter_has_a_sender_a_number_and_the_measures_in_full_and_a_final_one_no_reading() {
    let mut city = City::usual();
    let texts = |city: &City| {
        let dir = city.published();
        let folder = dir.path().join(FOLDER);
        let path = [folder.join("拟稿/T00001-盘龙区.xlsx"), folder.join("T00001-盘龙区.xlsx")];
        parts(path.iter().find(|path| path.exists()).unwrap()).into_values().collect::<String>().replace('\n', "")
    };
    let draft = texts(&city);
    assert!(draft.contains("〔本部门口径〕") && draft.contains(DRAFT));
    for id in ["2015-A-通报-T-T00001", "2015-A-限期整改-T-T00001", "2015-A-表彰奖励-C-C00004"] {
        city.line(id).decision = decided("同意");
    }
    let sent = texts(&city);
    assert!(!sent.contains("本部门口径") && !sent.contains(DRAFT));
    assert!(draft.contains("，拟办理涉及") && sent.contains("，决定办理涉及"), "{sent}");
    for text in [&draft, &sent] {
        for said in [
            "《关于加强和改进领导干部工作作风，推进全市经济社会发展的暂行办法》（以下简称《办法》）",
            "中共昆明市委组织部（印章）",
            "文号：",
            "＿＿＿＿年＿＿月＿＿日",
        ] {
            assert!(text.contains(said), "{said}");
        }
    }
}

#[test]
fn each_unit_is_told_what_happened_there() {
    let mut city = City::new(30);
    let weak = |city: &City, unit: u32| {
        let word = cell((4, 5), "半年落实不力", "半年考核_班子", "工作落实评价", "较差");
        city.ground("1.3", TEAM, unit, unit, vec![word])
    };
    let grounds = vec![weak(&city, 0), weak(&city, 1)];
    city.propose("约谈", CADRE, 4, grounds);
    let dir = city.published();
    for (unit, other) in [("T00001-盘龙区", "发展和改革"), ("T00002-市发展和改革委员会", "盘龙区")]
    {
        let letter = letter(dir.path(), unit).unwrap();
        let facts = letter.texts("事实")[0];
        assert!(facts.contains("较差") && !facts.contains(other), "{facts}");
        let asked = letter.texts("要求和期限")[0].replace('\n', "");
        assert_eq!(asked, "请按通知的时间到场接受约谈，并准备书面情况说明。期限：以约谈通知为准");
    }
}

#[test]
fn the_day_set_by_the_committee_is_told() {
    let mut city = City::usual();
    let mut decision = decided("同意").unwrap();
    decision.0.insert("整改期限".into(), "2016-06-30".into());
    city.line("2015-A-限期整改-T-T00002").decision = Some(decision);
    let letter = letter(city.published().path(), "T00002-市发展和改革委员会").unwrap();
    assert_eq!(letter.texts("要求和期限")[0].lines().last(), Some("期限：2016-06-30"));
}

#[test]
fn file_names_are_taken_by_windows() {
    let mut city = City::usual();
    city.data.registers[TEAM].labels[0] = "盘龙/区: 一?".into();
    let dir = city.published();
    assert!(dir.path().join(FOLDER).join("拟稿/T00001-盘龙_区_ 一_.xlsx").exists());
}
