//! `--pack DIR`: policy changes without Rust, and a broken pack says where and how to mend it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::city::City;
use super::{assert_lines, assert_pending};

fn built_in() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/packs/kunming-2015");
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
    };
    fs::read_dir(folder).unwrap().map(read).collect()
}

/// A copy of the built-in pack with edits: (file, what stands there once, what shall stand there).
/// An empty second part adds to the end of the file.
#[track_caller]
fn edited(edits: &[(&str, &str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, mut text) in built_in() {
        for (_, old, new) in edits.iter().filter(|(file, ..)| *file == name) {
            if old.is_empty() {
                text.push_str(new);
            } else {
                assert_eq!(text.matches(old).count(), 1, "{old} in {name}");
                text = text.replace(old, new);
            }
        }
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn command(run: &str, pack: &TempDir) -> String {
    format!("{run} --pack {}", pack.path().display())
}

const WEAK: &str = "半年考核_班子 B3 目标完成得分=62";

#[test]
fn a_copy_decides_like_the_built_in_pack() {
    let pack = edited(&[]);
    let city = City::new(&[WEAK, "年度考核_班子 B1 考核等次=一般"]);
    let copied = city.run(&command("annual", &pack));
    let built_in = city.run("annual");
    assert_eq!(copied.consequences, built_in.consequences);
    assert_eq!(copied.run["pack"], built_in.run["pack"], "name, version and hash");
}

#[test]
fn a_changed_threshold() {
    let old = "reading = \"《办法》没有规定半年目标任务完成不好的分数，本部门以不足60分为差\"\nmin = 0\nmax = 100\nvalues = [{ from = 2000-01-01, value = 60 }]";
    let pack = edited(&[("parameters.toml", old, &old.replace("value = 60", "value = 62.5"))]);
    let city = City::new(&[WEAK]);
    assert_lines(&city.run("half-year"), &[]);
    let published = city.run(&command("half-year", &pack));
    assert_lines(&published, &["通报 T:B3 1.2-team", "约谈 C:G31 1.3"]);
    assert_eq!(published.run["parameters"][0]["value"], 62.5);
    assert_eq!(published.run["parameters"][0]["from"], "pack");
    assert_ne!(published.run["pack"]["hash"], city.run("annual").run["pack"]["hash"]);
}

/// The newest value that is in force on the as-of date.
#[test]
fn a_dated_threshold() {
    let old = "本部门以不足60分为差\"\nmin = 0\nmax = 100\nvalues = [{ from = 2000-01-01, value = 60 }]";
    let pack = edited(&[(
        "parameters.toml",
        &format!("半年目标任务完成不好的分数，{old}"),
        &format!("半年目标任务完成不好的分数，{old}").replace("60 }", "60 }, { from = 2015-06-01, value = 70 }"),
    )]);
    let city = City::new(&[WEAK]);
    assert_lines(&city.run(&format!("{} --as-of 2015-05-31", command("half-year", &pack))), &[]);
    let lines = ["通报 T:B3 1.2-team", "约谈 C:G31 1.3"];
    assert_lines(&city.run(&format!("{} --as-of 2015-06-01", command("half-year", &pack))), &lines);
}

const PRAISE: &str = r#"
[[rule]]
id = "4.9"
provision = "4.9"
runs = "A"
stage = 1
of = "team"
when = "考核等次 = '良好' AND NOT 半年落实不力"
propose = [{ action = "通报表扬", to = "itself" }, { action = "通报表扬", to = { role = "主要负责人" }, options = ["口头", "书面"], given = true }]
"#;

const PRAISE_LIST: &str = r#"
[[list]]
name = "通报表扬名单"
empty = "本次没有拟通报表扬的对象。"

[[action]]
name = "通报表扬"
list = "通报表扬名单"
tone = "positive"
options = ["口头", "书面"]
asks = "请再接再厉。"
due = "以通知为准"
"#;

#[test]
fn a_rule_with_its_own_action_and_list() {
    let pack = edited(&[("rules.toml", "", PRAISE), ("handoff.toml", "", PRAISE_LIST)]);
    let city = City::new(&["-半年考核_班子 B2", "半年考核_班子 B3 目标完成得分=1"]);
    let published = city.run(&command("annual", &pack));
    let lines = ["通报表扬 T:B1 4.9", "通报表扬 C:G11 4.9 [口头/书面]", "通报表扬 C:G12 4.9 [口头/书面]"];
    assert_lines(&published, &lines);
    assert_pending(&published, &["4.9 T:B2 半年落实不力"]);
    assert!(city.output().join("2015-annual/通报表扬名单.xlsx").exists());
    assert_eq!(published.run["counts"]["consequences"]["通报表扬"], 3);
}

/// A table of talks in a pack of its own: the city's harness knows its rows as half-year rows with another header.
#[test]
fn a_table_and_a_fact() {
    let table = r#"
[[table]]
name = "群众测评"
absent = "empty"
assessment = true
year = "年度"
refers = [{ kind = "team", id = "单位编号", label = "单位名称" }]
column = [
  { name = "年度", type = "year", not_after_year = true },
  { name = "单位编号", type = "id", one_of = "单位" },
  { name = "单位名称", type = "name", one_of = "单位" },
  { name = "满意率", type = "number", required = true, min = 0, max = 100 },
]
"#;
    let fact = r#"
[[fact]]
of = "team"
name = "群众不满意"
from = "群众测评"
given = "年度 = 本年"
value = "MAX(满意率 < 满意线)"
cells = [{ column = "满意率", when = "满意率 < 满意线", line = "满意线" }]
"#;
    let parameter = r#"
[[parameter]]
name = "满意线"
unit = "%"
reference = "本部门规定"
reading = "本部门以不足50为不满意"
min = 0
max = 100
values = [{ from = 2015-01-01, value = 50 }]
"#;
    let rule = r#"
[[rule]]
id = "1.9"
provision = "1.9"
runs = "HA"
stage = 1
of = "team"
when = "群众不满意"
propose = [{ action = "限期整改", to = "itself" }]
"#;
    let pack = edited(&[
        ("tables.toml", "", table),
        ("facts.toml", "", fact),
        ("parameters.toml", "", parameter),
        ("rules.toml", "", rule),
    ]);
    let city = City::new(&[]);
    city.run("half-year");
    let rows = "年度|单位名称|满意率\n=2015|甲局|=49.9\n=2015|乙区|=50";
    crate::reading::write(&city.input(), &[("测评.xlsx!Sheet1", rows)]);
    let published = city.run(&command("half-year", &pack));
    assert_lines(&published, &["限期整改 T:B1 1.9"]);
    assert_pending(&published, &["1.9 T:B3 群众不满意"]);
    let ground = &published.line("限期整改", "B1")["grounds"][0];
    assert_eq!(ground["sources"], serde_json::json!(["测评.xlsx!Sheet1!C2"]));
    assert_eq!(ground["facts"], serde_json::json!({"群众不满意": true}));
    let moved = city.run(&format!("{} --set 满意线=50.1", command("half-year", &pack)));
    assert_lines(&moved, &["限期整改 T:B1 1.9", "限期整改 T:B2 1.9"]);
}

// ---- broken packs ----

/// What the run says about a broken pack; it must end with 1 and publish nothing.
#[track_caller]
fn refused(pack: &TempDir) -> String {
    let city = City::new(&[]);
    let ended = city.try_run(&command("half-year", pack));
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(!city.output().exists(), "nothing is published: {told}");
    assert!(!told.contains("panicked"), "{told}");
    told
}

/// Checks that the fault is shown with its file, line and text, and that the message says each of `said`.
#[track_caller]
fn assert_refused(file: &str, old: &str, new: &str, shown: &str, said: &[&str]) {
    let pack = edited(&[(file, old, new)]);
    let text = fs::read_to_string(pack.path().join(file)).unwrap();
    let told = refused(&pack);
    let mut lines = text.lines().zip(1..).filter(|(line, _)| line.contains(shown)).map(|(_, at)| at);
    assert!(lines.any(|line| told.contains(&format!("{file}:{line}:"))), "{file}: {told}");
    assert!(told.contains(shown), "no snippet with {shown}: {told}");
    for said in said {
        assert!(told.contains(said), "{said}: {told}");
    }
}

const RULE_4_4: &str = "id = \"4.4\"\nprovision = \"4.4\"\nruns = \"A\"\nstage = 1\nof = \"cadre\"\nwhen = \"考核等次 = '基本称职'\"\npropose = [{ action = \"诫勉谈话\", to = \"itself\" }]";

/// Rule 4.4 with `old` replaced.
#[track_caller]
fn assert_rule_refused(old: &str, new: &str, shown: &str, said: &[&str]) {
    assert!(RULE_4_4.contains(old));
    assert_refused("rules.toml", RULE_4_4, &RULE_4_4.replacen(old, new, 1), shown, said);
}

#[test]
fn an_unknown_name_with_the_nearest_one() {
    assert_rule_refused("考核等次 =", "考核等第 =", "when = \"考核等第", &["考核等第", "「考核等次」", "办法"]);
}

#[test]
fn an_unknown_name_in_a_fact() {
    let old = "value = \"MAX(发现作风问题 = '是')\"";
    let fact = format!("\n[[fact]]\nof = \"cadre\"\nname = \"谈出问题\"\nfrom = \"谈话记录\"\n{old}\n");
    let wrong = fact.replace("发现作风问题", "发现作风问提");
    assert_refused("facts.toml", "", &wrong, "value = \"MAX(发现作风问提", &["谈出问题", "「发现作风问题」"]);
    assert_refused("facts.toml", "", &fact.replace("谈话记录", "谈话纪录"), "谈话纪录", &["「谈话记录」"]);
}

#[test]
fn conditions_of_the_wrong_type() {
    let cases = [
        ("考核等次 = 5", "比较"),
        ("考核等次 < 年度得分线", "比较"),
        ("NOT 年度得分线", "NOT"),
        ("年度得分线", "真假"),
        ("考核等次 AND 特别优秀", "真假"),
        ("特别优秀 = '是'", "比较"),
        ("基准日 > '年初'", "比较"),
        ("考核等次 = ", "没有写完"),
        ("SELECT 1", "4.4"),
        ("没有这个函数(考核等次)", "4.4"),
    ];
    for (condition, said) in cases {
        let pack = edited(&[("rules.toml", RULE_4_4, &RULE_4_4.replace("考核等次 = '基本称职'", condition))]);
        let told = refused(&pack);
        assert!(told.contains("rules.toml:") && told.contains("4.4"), "{condition}: {told}");
        assert!(told.contains(said), "{condition}: {said}: {told}");
    }
}

#[test]
fn an_unknown_action() {
    assert_rule_refused("action = \"诫勉谈话\"", "action = \"诫免谈话\"", "诫免谈话", &["「诫勉谈话」"]);
}

#[test]
fn an_unknown_option() {
    let propose = "{ action = \"调整建议\", to = \"itself\", options = [\"免除\"] }";
    assert_rule_refused("{ action = \"诫勉谈话\", to = \"itself\" }", propose, "免除", &["免职"]);
}

#[test]
fn an_unknown_recipient() {
    assert_rule_refused("to = \"itself\"", "to = { role = \"主要领导\" }", "4.4", &["主要领导", "主要负责人"]);
    assert_rule_refused("to = \"itself\"", "to = \"他本人\"", "他本人", &["itself"]);
}

#[test]
fn a_missing_provision() {
    assert_rule_refused("provision = \"4.4\"\n", "", "id = \"4.4\"", &["provision"]);
}

#[test]
fn a_rule_twice() {
    assert_rule_refused("id = \"4.4\"", "id = \"4.3\"", "id = \"4.3\"", &["「4.3」"]);
}

#[test]
fn toml_syntax() {
    assert_refused("rules.toml", "", "\n[[rule]]\nid = 第九条\n", "第九条", &["TOML"]);
    assert_refused("rules.toml", "", "\n[[rule]]\nid = \"9\"\n编号 = \"9\"\n", "编号 = \"9\"", &["办法"]);
    assert_refused("rules.toml", "", "\n[[rule]]\nid = \"9\"\nwhere = \"真\"\n", "where", &["where", "when"]);
    assert_refused("rules.toml", "", "\n[[rule]]\nid = \"9\"\nstage = \"一\"\n", "\"一\"", &["rules.toml"]);
}

#[test]
fn a_parameter_without_reference() {
    let old = "unit = \"比例\"\nreference = \"《办法》第二部分（2.6）\"\n";
    assert_refused("parameters.toml", old, "unit = \"比例\"\nreference = \"\"\n", "交心谈话比例", &["reference"]);
    let told = refused(&edited(&[("parameters.toml", old, "unit = \"比例\"\n")]));
    assert!(told.contains("parameters.toml:") && told.contains("reference"), "{told}");
}

#[test]
fn a_condition_of_ten_thousand_terms() {
    let long = vec!["特别优秀"; 10_000].join(" OR ");
    for condition in [
        long,
        format!("{}特别优秀{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("{}特别优秀", "NOT ".repeat(10_000)),
    ] {
        let pack = edited(&[("rules.toml", RULE_4_4, &RULE_4_4.replace("考核等次 = '基本称职'", &condition))]);
        let told = refused(&pack);
        assert!(
            told.contains("rules.toml:") && told.contains("4.4"),
            "{}",
            told.chars().take(2000).collect::<String>()
        );
    }
}

#[test]
fn a_long_but_usual_condition() {
    let grades = vec!["考核等次 = '基本称职'"; 100].join(" OR ");
    let pack = edited(&[("rules.toml", RULE_4_4, &RULE_4_4.replace("考核等次 = '基本称职'", &grades))]);
    let published = City::new(&["年度考核_干部 G13 考核等次=基本称职"]).run(&command("annual", &pack));
    assert_lines(&published, &["诫勉谈话 C:G13 4.4"]);
}

#[test]
fn every_fault_at_once() {
    let first = RULE_4_4.replace("action = \"诫勉谈话\"", "action = \"诫免谈话\"");
    let pack = edited(&[
        ("rules.toml", RULE_4_4, &first),
        (
            "rules.toml",
            "",
            "\n[[rule]]\nid = \"4.3\"\nprovision = \"4.3\"\nruns = \"A\"\nstage = 1\nof = \"team\"\nwhen = \"考核等次 = '一般'\"\npropose = [{ action = \"表扬\", to = \"itself\" }]\n",
        ),
    ]);
    let told = refused(&pack);
    for said in ["诫免谈话", "「4.3」", "表扬"] {
        assert!(told.contains(said), "{said}: {told}");
    }
}

#[test]
fn no_pack_there() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(&folder).contains(&*folder.path().to_string_lossy()));
    let nowhere = tempfile::tempdir().unwrap();
    fs::remove_dir(nowhere.path()).unwrap();
    assert!(refused(&nowhere).contains(&*nowhere.path().to_string_lossy()));
}

#[test]
fn an_action_without_its_list() {
    let action =
        "\n[[action]]\nname = \"督办\"\nlist = \"督办名单\"\ntone = \"adverse\"\nasks = \"请办理。\"\ndue = \"即办\"\n";
    assert_refused("handoff.toml", "", action, "list = \"督办名单\"", &["督办名单"]);
    let again = action.replace("name = \"督办\"", "name = \"约谈\"").replace("督办名单", "约谈名单");
    assert_refused("handoff.toml", "", &again, "name = \"约谈\"", &["「约谈」", "两次"]);
}

#[test]
fn facts_that_rest_on_each_other() {
    let circle = "\n[[fact]]\nof = \"cadre\"\nname = \"甲\"\nis = \"NOT 乙\"\n\n[[fact]]\nof = \"cadre\"\nname = \"乙\"\nis = \"NOT 甲\"\n";
    let told = refused(&edited(&[("facts.toml", "", circle)]));
    assert!(told.contains("facts.toml:") && told.contains("甲") && told.contains("乙"), "{told}");
}
