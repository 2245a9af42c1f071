//! One consequence per action and recipient: grounds, options, flags, and what a line says of itself.

use serde_json::{Value, json};

use super::city::{City, text, texts};
use super::golden::run_fixture;

const SECOND_TEAM: &str =
    "+干部名册 干部编号=G21 姓名=周五 单位编号=B3 职务=管委会主任 班子职务=主要负责人 干部管理权限=区委";

#[test]
fn a_principal_of_two_teams_has_one_admonition_with_two_grounds() {
    let edits = [SECOND_TEAM, "年度考核_班子 B2 考核等次=一般", "年度考核_班子 B3 考核等次=一般"];
    let published = City::new(&edits).run("annual");
    let line = published.line("诫勉谈话", "G21");
    assert_eq!(line["rules"], json!(["4.3"]));
    let about: Vec<&str> = line["grounds"].as_array().unwrap().iter().map(|ground| text(&ground["about"])).collect();
    assert_eq!(about, ["B2", "B3"]);
    // Each ground shows its own team's grade and the office held there.
    for (ground, team, register) in [(&line["grounds"][0], 3, 6), (&line["grounds"][1], 4, 10)] {
        let sources = texts(&ground["sources"]);
        assert!(sources.contains(&format!("报送.xlsx!年度考核_班子!C{team}").as_str()), "{sources:?}");
        assert!(sources.contains(&format!("报送.xlsx!干部名册!E{register}").as_str()), "{sources:?}");
        assert_eq!(sources.len(), 2, "{sources:?}");
    }
}

/// By number, and not as the rows stand.
#[test]
fn two_leads_are_grounds_of_one_admonition() {
    let edits = [
        "+问题线索 线索编号=X2 线索来源=12380举报 对象=G32 核实结果=属实 情节=严重",
        "+问题线索 线索编号=X1 对象=G32 核实结果=属实 情节=较重",
    ];
    let published = City::new(&edits).run("annual");
    let grounds = published.line("诫勉谈话", "G32")["grounds"].as_array().unwrap();
    let about: Vec<&str> = grounds.iter().map(|ground| text(&ground["about"])).collect();
    assert_eq!(about, ["X1", "X2"]);
}

#[test]
fn a_line_says_whose_it_is() {
    let edits = [
        SECOND_TEAM,
        "干部名册 G13 干部管理权限=区委",
        "年度考核_班子 B2 考核等次=一般",
        "年度考核_干部 G13 考核等次=优秀",
    ];
    let published = City::new(&edits).run("annual");
    let facts = |line: &Value| {
        ["id", "subject_kind", "subject_id", "subject_name", "unit_ids", "authority"].map(|name| line[name].clone())
    };
    let expected = [
        // Both units in register order; the authority of the first register row.
        ("诫勉谈话", "G21", json!(["2015-A-诫勉谈话-C-G21", "cadre", "G21", "周五", ["B2", "B3"], "市委"])),
        ("限期整改", "B2", json!(["2015-A-限期整改-T-B2", "team", "B2", "乙区", ["B2"], null])),
        ("表彰奖励", "G13", json!(["2015-A-表彰奖励-C-G13", "cadre", "G13", "孙三", ["B1"], "区委"])),
    ];
    for (action, subject, expected) in expected {
        assert_eq!(json!(facts(published.line(action, subject))), expected);
    }
}

#[test]
fn the_lines_of_a_city_have_their_shape_and_order() {
    let keys = [
        "action",
        "authority",
        "flags",
        "grounds",
        "id",
        "options",
        "rules",
        "run",
        "subject_id",
        "subject_kind",
        "subject_name",
        "unit_ids",
        "year",
    ];
    for (run, code) in [("half-year", "H"), ("annual", "A")] {
        let output = tempfile::tempdir().unwrap();
        let published = run_fixture("kunming", run, &[], output.path());
        let ids: Vec<&str> = published.consequences.iter().map(|line| text(&line["id"])).collect();
        assert!(ids.windows(2).all(|pair| pair[0].as_bytes() < pair[1].as_bytes()), "sorted, each once");
        for line in &published.consequences {
            let mut found: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
            found.sort_unstable();
            assert_eq!(found, keys, "{line}");
            let kind = if line["subject_kind"] == "team" { "T" } else { "C" };
            let id = format!("2015-{code}-{}-{kind}-{}", text(&line["action"]), text(&line["subject_id"]));
            assert_eq!(line["id"], id);
            assert_eq!((&line["year"], &line["run"]), (&json!(2015), &json!(run)));
            assert_eq!(line["authority"].is_null(), kind == "T", "{line}");
            let mut rules: Vec<&str> =
                line["grounds"].as_array().unwrap().iter().map(|ground| text(&ground["rule"])).collect();
            rules.dedup();
            assert_eq!(texts(&line["rules"]), rules, "{line}");
        }
        let subjects: Vec<(&str, &str, &str)> = published
            .pendings
            .iter()
            .map(|line| (text(&line["rule"]), text(&line["subject_kind"]), text(&line["subject_id"])))
            .collect();
        for (at, one) in subjects.iter().enumerate() {
            assert!(!subjects[..at].contains(one), "{one:?} is pending twice");
        }
    }
}

#[test]
fn about_tells_whose_fact_it_is() {
    let edits = [
        "半年考核_班子 B1 目标完成得分=59.9",
        "+半年考核_干部 干部编号=G14 目标完成得分=59.9",
        "+问题线索 线索编号=X7 对象=G32",
        "+谈话记录 谈话日期=2015-04-01 谈话类型=交心谈话 干部编号=G22 发现作风问题=是",
    ];
    let published = City::new(&edits).run("half-year");
    let expected = [
        ("约谈", "G11", "B1"),
        ("通报", "B1", "B1"),
        ("通报", "G14", "G14"),
        ("函询", "G32", "X7"),
        ("函询", "G22", "2015-04-01"),
    ];
    for (action, subject, about) in expected {
        assert_eq!(published.line(action, subject)["grounds"][0]["about"], about, "{action} {subject}");
    }
    let published = City::new(&["年度考核_干部 G13 考核等次=不称职"]).run("annual");
    assert_eq!(published.line("连带责任处理", "G11")["grounds"][0]["about"], "G13");
}

#[test]
fn the_facts_of_a_lead() {
    let edits = [
        "+问题线索 线索编号=X1 线索来源=单位主要领导 对象=G13 问题类型=懒政怠政",
        "+问题线索 线索编号=X2 线索来源=12380举报 对象=G14 问题类型=不敢担当 核实结果=部分属实 情节=较重",
    ];
    let published = City::new(&edits).run("half-year");
    let facts = |action: &str, subject: &str| published.line(action, subject)["grounds"][0]["facts"].clone();
    assert_eq!(
        facts("函询", "G13"),
        json!({"线索编号": "X1", "线索来源": "单位主要领导", "问题类型": "懒政怠政", "核实结果": "未核实", "情节": null})
    );
    assert_eq!(
        facts("调整建议", "G14"),
        json!({"线索编号": "X2", "线索来源": "12380举报", "问题类型": "不敢担当", "核实结果": "部分属实", "情节": "较重"})
    );
}

#[test]
fn facts_of_teams_and_cadres_stand_under_their_names() {
    let published = City::new(&["年度考核_干部 G13 考核等次=优秀 特别优秀=是"]).run("annual");
    let facts = |action: &str| published.line(action, "G13")["grounds"][0]["facts"].clone();
    assert_eq!(facts("表彰奖励"), json!({"考核等次": "优秀"}));
    assert_eq!(facts("优先提拔重用"), json!({"考核等次": "优秀", "特别优秀": true}));
    let weak = ["半年考核_班子 B1 目标完成得分=59.9", "年度目标考核 B1 目标完成评价=较差 作风改进评价=不明显"];
    let published = City::new(&weak).run("annual");
    assert_eq!(
        published.line("分析研究", "B1")["grounds"][0]["facts"],
        json!({"半年落实不力": true, "作风改进不明显": true, "年度目标仍差": true})
    );
}
