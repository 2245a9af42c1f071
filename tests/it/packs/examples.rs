//! `kaohe pack test`: examples that hold, examples that do not, and what no example reaches.

use super::{edit, edited, kaohe, pack};

const KUNMING: &str = "kunming-2015";

#[test]
fn built_in_packs_keep_to_their_examples_and_reach_every_branch() {
    for name in [KUNMING, "civil-servant-2020"] {
        let ended = kaohe(&["pack", "test", "--pack", name]);
        assert_eq!(ended.code, 0, "{name}: {}", ended.text);
        assert!(ended.text.contains("不符 0 个；规则和条件的各个分支都有例子"), "{}", ended.text);
    }
}

#[test]
fn an_example_that_does_not_hold_is_shown_with_the_difference() {
    let old = "分数，本部门以不足60分为差\"\nmin = 0\nmax = 100\nvalues = [{ from = 2000-01-01, value = 60 }]";
    let wrong = format!("半年目标任务完成不好的{old}");
    let folder = edited(KUNMING, &[("parameters.toml", &wrong, &wrong.replace("value = 60", "value = 59"))]);
    keep(&folder, "半年得分59.9");
    let ended = pack("test", &folder);
    assert_eq!(ended.code, 1);
    let text = std::fs::read_to_string(folder.path().join("examples.toml")).unwrap();
    let name = "半年得分59.9：通报班子，约谈主要负责人；60分不算差";
    let line = text.lines().position(|line| line.contains(name)).unwrap() + 1;
    for said in [
        &format!("例子「{name}」（examples.toml:{line}，半年）与规则包不符"),
        "- 通报 | B1 | 1.2-team　（例子写明，实际没有）",
        "- 约谈 | G11 | 1.3　（例子写明，实际没有）",
    ] {
        assert!(ended.text.contains(said), "{said}: {}", ended.text);
    }
    assert!(!ended.text.contains("约谈 | G21"), "{}", ended.text);
}

#[test]
fn what_follows_beyond_the_example_is_shown_too() {
    let rule = "\n[[rule]]\nid = \"4.9\"\nprovision = \"4.9\"\nruns = \"A\"\nstage = 1\nof = \"team\"\nwhen = \"考核等次 = '良好'\"\npropose = [{ action = \"表彰奖励\", to = \"itself\" }]\n";
    let test = |rule: &str, example: &str| {
        let folder = edited(KUNMING, &[("rules.toml", "", rule)]);
        keep(&folder, example);
        pack("test", &folder)
    };
    let ended = test(rule, "工作落实和目标完成都不差");
    assert_eq!(ended.code, 1);
    assert!(ended.text.contains("+ 表彰奖励 | B1 | 4.9　（实际有，例子没有写）"), "{}", ended.text);
    let ended = test(&rule.replace("良好", "优秀"), "班子的等次");
    assert!(ended.text.contains("- 表彰奖励 | B1 | 4.1-team　"), "{}", ended.text);
    assert!(ended.text.contains("+ 表彰奖励 | B1 | 4.1-team+4.9　"), "{}", ended.text);
}

/// What only the examples of 4.5 reach is told without these; what the others reach is not.
#[test]
fn branches_without_example_are_told() {
    let folder = edited(KUNMING, &[]);
    keep_all(&folder, &["干部的等次", "干部没有等次"]);
    let ended = pack("test", &folder);
    assert_eq!(ended.code, 1);
    for said in [
        "规则「4.5」的条件：没有例子使「上年诫勉」未知",
        "事实「归属年度」的 is：没有例子使「处理编号已填」成立",
        "事实「本年诫勉已决定」的 given：没有例子使「年度＝本年」成立",
    ] {
        assert!(ended.text.contains(said), "{said}: {}", ended.text);
    }
    assert!(!ended.text.contains("规则「4.4」"), "{}", ended.text);
}

/// Values of IN and recipients that only some examples have.
#[test]
fn values_and_recipients_without_example_are_told() {
    let folder = edited(KUNMING, &[]);
    keep_all(&folder, &["半年得分59.9", "2.2：思想政治巡察"]);
    edit(folder.path(), "examples.toml", "X1 | 思想政治巡察 | G13", "X1 | 日常监督管理 | G13");
    let ended = pack("test", &folder);
    assert_eq!(ended.code, 1);
    for said in [
        "规则「2.2」的范围：「线索来源为思想政治巡察、日常监督管理、谈心谈话」没有取值为 思想政治巡察 的例子",
        "规则「1.3」：没有例子使「相关责任领导」中的人受到「约谈」",
    ] {
        assert!(ended.text.contains(said), "{said}: {}", ended.text);
    }
    for reached in ["规则「1.3」：没有例子使主要负责人", "没有取值为 思想政治巡察、"] {
        assert!(!ended.text.contains(reached), "{reached}: {}", ended.text);
    }
}

fn keep(folder: &tempfile::TempDir, name: &str) {
    keep_all(folder, &[name]);
}

/// Keeps of a pack's examples those whose names begin so.
fn keep_all(folder: &tempfile::TempDir, names: &[&str]) {
    let path = folder.path().join("examples.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let is_kept = |part: &str| names.iter().any(|name| part.starts_with(&format!("name = \"{name}")));
    let parts = text.split("[[example]]\n").enumerate();
    let kept: Vec<&str> = parts.filter(|(at, part)| *at == 0 || is_kept(part)).map(|(_, part)| part).collect();
    assert_eq!(kept.len(), 1 + names.len(), "{names:?}");
    std::fs::write(&path, kept.join("[[example]]\n")).unwrap();
}

/// The pack with the city of its examples, but none of them.
fn bare() -> tempfile::TempDir {
    let folder = edited(KUNMING, &[]);
    let path = folder.path().join("examples.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.split("[[example]]").next().unwrap()).unwrap();
    folder
}

#[test]
fn a_pack_without_examples_is_told_all_its_rules() {
    let folder = edited(KUNMING, &[]);
    std::fs::remove_file(folder.path().join("examples.toml")).unwrap();
    let ended = pack("test", &folder);
    assert_eq!(ended.code, 1);
    for said in ["规则「1.2-team」：没有例子使它成立", "规则「4.5」：没有例子使它成立", "例子 0 个"]
    {
        assert!(ended.text.contains(said), "{said}: {}", ended.text);
    }
}

#[test]
fn faults_in_examples_say_where_and_what() {
    let example = |keys: &str| format!("\n[[example]]\nname = \"新例子\"\nrun = \"A\"\n{keys}\n");
    let cases = [
        (example("rows = \"年度考核_干部：干部编号 | 等第\\nG11 | 优秀\""), "没有列「等第」，可用的列："),
        (example("rows = \"G11 | 优秀\""), "之前没有表名和列名"),
        (example("rows = \"年度考核_干部：干部编号\\nG11 | 优秀\""), "有 2 格，而列只有 1 个"),
        (example("without = \"年度考核_干部 G99\""), "没有「G99」的行"),
        (example("without = \"考核\""), "没有表「考核」"),
        (example("archive = \"处理编号 | 意见\\n2014-A-诫勉-C-G11 | 同意\""), "处理编号「2014-A-诫勉-C-G11」应写成"),
        (
            example("archive = \"处理编号 | 意见\\n2014-A-诫勉谈话-C-G11 | 赞成\""),
            "意见「赞成」应为：同意、不同意、缓议、变更",
        ),
        (example("runs = [\"去年\"]"), "「去年」应写成 2014-A"),
        (example("set = [\"半年得分线=很高\"]"), "半年得分线"),
        (example("rest = 1"), "没有「rest」这个键"),
        (example("").replace("\"A\"", "\"年度\""), "没有「年度」这种轮次"),
        (example("archive = \"处理编号 | 意见\\n2015-A-诫勉谈话-C-G11 | 同意\""), "但本次没有提出这一处理"),
    ];
    for (text, said) in cases {
        let folder = bare();
        edit(folder.path(), "examples.toml", "", &text);
        let ended = pack("test", &folder);
        assert_eq!(ended.code, 1, "{said}");
        assert!(ended.text.contains(said) && ended.text.contains("examples.toml:"), "{said}: {}", ended.text);
    }
}

#[test]
fn examples_may_stand_in_several_files() {
    let folder = bare();
    let more = "[[example]]\nname = \"另一个文件\"\nrun = \"A\"\nrows = \"年度考核_干部：干部编号 | 考核等次\\nG13 | 优秀\"\nexpect = \"表彰奖励 | G13 | 4.1-cadre\"\n";
    std::fs::write(folder.path().join("examples-更多.toml"), more).unwrap();
    let ended = pack("test", &folder);
    assert!(ended.text.contains("例子 1 个，相符 1 个，不符 0 个"), "{}", ended.text);
    std::fs::write(folder.path().join("examples-更多.toml"), more.replace("4.1-cadre", "4.2")).unwrap();
    assert!(pack("test", &folder).text.contains("（examples-更多.toml:2，年度）"));
}

#[test]
fn a_folder_wins_over_a_built_in_pack_of_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let show = |named: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kaohe"));
        let done = command.current_dir(dir.path()).args(["pack", "show", "--pack", named]).output().unwrap();
        (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
    };
    assert!(show("civil-servant-2020").1.contains("公务员考核规定"));
    let own = dir.path().join("civil-servant-2020");
    assert_eq!(kaohe(&["pack", "export", own.to_str().unwrap()]).code, 0);
    assert!(show("civil-servant-2020").1.contains("昆明市"));
    assert_eq!(show("civil-servant-2021").0, Some(1));
}
