//! What a line of a list says to those who decide: 事实, 依据 and 提示, as its workbook shows them.

use super::city::City;
use crate::archive::meeting::shown;

/// A column of somebody's line on a list.
#[track_caller]
fn told(city: &City, run: &str, list: &str, id: &str, column: &str) -> String {
    city.run(run);
    let rows = shown(city, &format!("2015-{run}"), list, &["处理编号", column]);
    rows.iter().find(|row| row[0] == id).unwrap_or_else(|| panic!("no {id}: {rows:?}"))[1].clone()
}

#[test]
fn who_came_after_the_period_began_is_told_where_a_teams_rule_reaches_the_principal() {
    let city = City::new(&[
        "年度考核_班子 B1 考核等次=一般",
        "干部名册 G11 任现职时间=2015.3",
        "干部名册 G12 任现职时间=2014.12",
        "年度考核_干部 G22 考核等次=基本称职",
        "干部名册 G22 任现职时间=2015.3",
    ]);
    let hint = |id: &str| told(&city, "annual", "诫勉谈话名单", &format!("2015-A-诫勉谈话-C-{id}"), "提示");
    assert_eq!(hint("G11"), "任现职晚于考核期初");
    assert_eq!(hint("G12"), "");
    // Who answers for a grade of their own answers for it however late they came.
    assert_eq!(hint("G22"), "");
}

#[test]
fn a_true_lead_lighter_than_the_adjustment_line_says_so() {
    for (grave, expected) in [("一般", "线索X9部分属实，情节一般，轻于调整建议起点"), ("较重", "")]
    {
        let lead = format!("+问题线索 线索编号=X9 对象=G13 线索来源=省级部门 核实结果=部分属实 情节={grave}");
        let city = City::new(&[&lead]);
        for action in ["诫勉谈话", "批评教育"] {
            let id = format!("2015-A-{action}-C-G13");
            assert_eq!(told(&city, "annual", "诫勉谈话名单", &id, "提示"), expected, "{action}");
        }
    }
}

#[test]
fn a_talk_of_that_kind_already_held_is_told_with_its_day_and_another_kind_is_not() {
    for (kind, expected) in [("函询", "本年已函询（2015-02-03）"), ("约谈", "")] {
        let talk = format!("+谈话记录 谈话日期=2015-02-03 谈话类型={kind} 干部编号=G13");
        let city = City::new(&["+问题线索 对象=G13 线索来源=省级部门 核实结果=未核实", &talk]);
        assert_eq!(told(&city, "annual", "函询核实名单", "2015-A-函询-C-G13", "提示"), expected);
    }
}

#[test]
fn the_basis_cites_the_part_and_the_packs_rule_and_marks_a_reading() {
    let city = City::new(&["年度考核_干部 G13 考核等次=基本称职", "年度考核_干部 G22 考核等次=不称职"]);
    let basis = |list: &str, id: &str| told(&city, "annual", list, id, "依据");
    assert_eq!(basis("诫勉谈话名单", "2015-A-诫勉谈话-C-G13"), "《办法》第四部分〔规则4.4〕");
    let read = basis("调整建议名单", "2015-A-连带责任处理-C-G21");
    assert_eq!(read, "《办法》第四部分〔规则4.8〕\n〔本部门口径〕");
}

/// With several grounds, each says in what capacity; what is blank is not said.
#[test]
fn several_grounds_stand_numbered_on_lines_of_their_own() {
    let city =
        City::new(&["+问题线索 线索编号=X9 对象=B1 线索来源=省级部门 核实结果=属实", "年度考核_班子 B1 考核等次=一般"]);
    let facts = told(&city, "annual", "诫勉谈话名单", "2015-A-诫勉谈话-C-G11", "事实");
    let lines: Vec<&str> = facts.split('\n').collect();
    assert!(lines[0].starts_with("（1）本人为主要负责人，反映甲局班子的问题线索 X9（"), "{facts}");
    assert!(!facts.contains("情节") && !facts.contains("null"), "{facts}");
    assert_eq!(lines[1], "（2）本人为主要负责人，甲局的年度考核等次：一般");
}

/// 相关责任领导 are told as such, and the cell that names them is among the sources.
#[test]
fn whoever_is_named_as_responsible_is_told_so_with_the_cell() {
    let city = City::new(&["半年考核_班子 B1 工作落实评价=较差 相关责任领导=孙三"]);
    let line = |column: &str| told(&city, "half-year", "约谈名单", "2015-H-约谈-C-G13", column);
    let facts = line("事实");
    assert!(facts.starts_with("被列为相关责任领导，甲局的半年考核"), "{facts}");
    assert!(line("来源").contains("半年考核_班子!F2"));
}
