//! What cannot be decided is pending and says what is missing; it is never a "no", nor a flood.

use super::city::{City, rows_of};
use super::{check, check_faulty};

const WEAK: &str = "半年考核_班子 B1 目标完成得分=59.9";
const LATE: &str = "年度目标考核 B1 目标完成得分=59.9";
const STYLE: &str = "年度目标考核 B1 作风改进评价=不明显";

// ---- leads that no rule decides ----

#[test]
fn no_provision_covers_a_team_reported_by_an_inspection() {
    let lead = |rest: &str| format!("+问题线索 对象=B1 {rest}");
    let pending = ["无适用条款 T:B1"];
    check("half-year", &[&lead("线索来源=思想政治巡察")], &[], &pending);
    check("annual", &[&lead("线索来源=12380举报 核实结果=属实 情节=严重")], &[], &pending);
    check("annual", &[&lead("线索来源=干部群众 核实结果=部分属实")], &[], &pending);
    check("annual", &[&lead("线索来源=思想政治巡察 核实结果=不属实")], &[], &[]);
    // Found untrue only after the as-of date.
    check("half-year", &[&lead("线索来源=思想政治巡察 核实结果=不属实 核实日期=2015-08-01")], &[], &pending);
    check("annual", &[&lead("线索来源=省级部门")], &["函询 T:B1 2.1-team", "调查核实 T:B1 2.1-team"], &[]);
}

#[test]
fn leads_of_earlier_years_still_open() {
    let lead = |rest: &str| format!("+问题线索 收到日期=2014-09-10 对象=G13 {rest}");
    check("half-year", &[&lead("核实结果=未核实")], &[], &["往年线索 C:G13 核实结果"]);
    check("annual", &[&lead("核实结果=核实中")], &[], &["往年线索 C:G13 核实结果"]);
    // Verified after the year: on the as-of date it was still open.
    check("annual", &[&lead("核实结果=属实 核实日期=2016-01-10")], &[], &["往年线索 C:G13 核实结果"]);
    check("annual", &[&lead("核实结果=不属实 核实日期=2014-12-01")], &[], &[]);
}

#[test]
fn leads_of_earlier_years_true_without_a_date() {
    let lead = |rest: &str| format!("+问题线索 收到日期=2014-09-10 对象=G13 情节=严重 {rest}");
    check("annual", &[&lead("核实结果=属实 核实日期=")], &[], &["往年线索 C:G13 核实日期"]);
    check("annual", &[&lead("核实结果=部分属实 核实日期=")], &[], &["往年线索 C:G13 核实日期"]);
    check("annual", &[&lead("核实结果=不属实 核实日期=")], &[], &[]);
    check("annual", &[&lead("核实结果=属实 核实日期=2014-11-30")], &[], &[]);
    // Verified this year: it counts.
    let lines = ["诫勉谈话 C:G13 2.4-true", "批评教育 C:G13 2.4-true", "调整建议 C:G13 2.4-serious [调整/免职]"];
    check("annual", &[&lead("核实结果=属实 核实日期=2015-01-01")], &lines, &[]);
}

#[test]
fn both_kinds_of_earlier_leads_make_one_line() {
    let open = "+问题线索 线索编号=X1 收到日期=2014-09-10 对象=B1";
    let undated = "+问题线索 线索编号=X2 收到日期=2013-09-10 对象=B1 核实结果=属实 核实日期=";
    check("annual", &[open, undated], &[], &["往年线索 T:B1 核实日期+核实结果"]);
}

#[test]
fn a_true_lead_without_its_degree() {
    let lead = |source: &str, subject: &str, outcome: &str| {
        format!("+问题线索 线索来源={source} 对象={subject} 核实结果={outcome}")
    };
    let found = |rule: &str| [format!("诫勉谈话 C:G13 {rule}-true"), format!("批评教育 C:G13 {rule}-true")];
    for (source, rule) in [("省级部门", "2.1"), ("谈心谈话", "2.2"), ("单位主要领导", "2.3"), ("干部群众", "2.4")]
    {
        let lines = found(rule);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let pending = format!("{rule}-serious C:G13 情节");
        check("half-year", &[&lead(source, "G13", "属实")], &lines, &[&pending]);
        check("half-year", &[&lead(source, "G13", "不属实")], &[], &[]);
    }
    let lines = found("2.4");
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let pending = ["3.3-adjust C:G13 情节", "3.3-remove C:G13 情节"];
    check("annual", &[&lead("12380举报", "G13", "部分属实")], &lines, &pending);
    let lines = ["诫勉谈话 C:G31 2.1-team-true", "批评教育 C:G31 2.1-team-true"];
    check("annual", &[&lead("市级领导", "B3", "属实")], &lines, &["2.1-team-serious T:B3 情节"]);
    let lead = format!("{} 问题类型=抓党建工作不力", lead("随机调研", "G14", "属实"));
    let lines = ["诫勉谈话 C:G14 2.5-true", "批评教育 C:G14 2.5-true"];
    check("annual", &[&lead], &lines, &["2.5-serious C:G14 情节"]);
}

// ---- rejected rows ----

#[test]
fn a_rejected_row_leaves_its_subject_pending() {
    let pending = [
        "数据待更正 C:G13 年度考核_干部",
        "4.1-cadre C:G13 考核等次",
        "4.2 C:G13 特别优秀+考核等次",
        "4.4 C:G13 考核等次",
        "4.7 C:G13 考核等次",
        "4.8 C:G13 考核等次",
    ];
    check_faulty("annual", &["年度考核_干部 G13 考核等次=较差"], &[], &pending);
    check_faulty("half-year", &["年度考核_干部 G13 考核等次=较差"], &[], &pending[..1]);
}

#[test]
fn a_rejected_row_of_another_year_too() {
    let row = "+年度考核_干部 年度=2013 干部编号=G13 考核等次=较差";
    check_faulty("annual", &[row], &[], &["数据待更正 C:G13 年度考核_干部"]);
    check_faulty("annual", &["+问题线索 收到日期=2014-09-10 对象=B1 情节=很重"], &[], &["数据待更正 T:B1 问题线索"]);
}

#[test]
fn a_rejected_row_beside_a_sound_one() {
    let row = "+半年考核_班子 考核部门=市政府目督办 单位编号=B1 目标完成得分=120";
    let lines = ["通报 T:B1 1.2-team", "约谈 C:G11 1.3", "约谈 C:G12 1.3"];
    check_faulty("half-year", &[WEAK, row], &lines, &["数据待更正 T:B1 半年考核_班子"]);
}

#[test]
fn rows_of_two_tables_make_one_line() {
    let edits =
        ["+半年考核_干部 干部编号=G13 目标完成得分=多", "+谈话记录 谈话日期=2015-04-01 干部编号=G13 谈话类型=面谈"];
    check_faulty("half-year", &edits, &[], &["数据待更正 C:G13 半年考核_干部+谈话记录"]);
}

#[test]
fn a_cadre_only_in_a_rejected_register_row() {
    check_faulty("annual", &["干部名册 G13 职务="], &[], &["名册待更正 C:G13 名册"]);
}

#[test]
fn a_team_only_in_a_rejected_register_row() {
    let pending = ["名册待更正 T:B3 名册", "名册待更正 C:G31 名册", "名册待更正 C:G32 名册"];
    check_faulty("annual", &["班子名册 B3 单位类别=乡镇"], &[], &pending);
}

/// People look for a name, also of somebody whom the register does not know.
#[test]
fn somebody_only_in_a_rejected_register_row_is_listed_by_name() {
    let city = City::new(&["干部名册 G13 职务="]);
    assert_eq!(city.try_run("annual").status.code(), Some(3));
    let rows = rows_of(&city.output().join("2015-annual/待定事项.xlsx"));
    let named = |row: &Vec<String>| row.contains(&"G13".to_owned()) && row.contains(&"孙三".to_owned());
    assert!(rows.iter().any(named), "{rows:?}");
}

/// A second, sound register row keeps the person known.
#[test]
fn a_cadre_with_one_sound_register_row() {
    let second = "+干部名册 干部编号=G13 姓名=孙三 单位编号=B2 职务=区委常委 班子职务=成员";
    check_faulty("annual", &[second], &[], &["数据待更正 C:G13 干部名册"]);
}

// ---- recipients that are missing ----

const NO_PRINCIPAL: &str = "干部名册 G31 班子职务=班子成员";

/// The run, edits, and the lines and pending cases that follow.
type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str]);

#[test]
fn missing_principals() {
    let cases: [Case; 7] = [
        ("half-year", &["半年考核_班子 B3 目标完成得分=1"], &["通报 T:B3 1.2-team"], &["1.3 T:B3 主要负责人"]),
        ("annual", &["年度考核_班子 B3 考核等次=一般"], &["限期整改 T:B3 4.3"], &["4.3 T:B3 主要负责人"]),
        ("annual", &["年度考核_班子 B3 考核等次=较差"], &["整顿 T:B3 4.6"], &["4.6 T:B3 主要负责人"]),
        (
            "annual",
            &["年度考核_干部 G32 考核等次=不称职"],
            &["调整建议 C:G32 4.7 [免职/责令辞职/降职]"],
            &["4.8 C:G32 主要负责人"],
        ),
        (
            "annual",
            &["+问题线索 线索来源=省级部门 对象=B3 核实结果=属实 情节=严重"],
            &[],
            &["2.1-team-true T:B3 主要负责人", "2.1-team-serious T:B3 主要负责人"],
        ),
        (
            "annual",
            &["半年考核_班子 B3 目标完成得分=1", "年度目标考核 B3 目标完成评价=较差 作风改进评价=不明显"],
            &["分析研究 T:B3 1.5", "调整建议 T:B3 1.5 [调整]"],
            &["1.5 T:B3 主要负责人"],
        ),
        ("annual", &["年度考核_班子 B3 考核等次=优秀"], &["表彰奖励 T:B3 4.1-team"], &[]),
    ];
    for (run, edits, lines, pending) in cases {
        check(run, &[&[NO_PRINCIPAL], edits].concat(), lines, pending);
    }
}

#[test]
fn a_leader_named_who_is_nobody_there() {
    let lines = ["通报 T:B1 1.2-team", "约谈 C:G11 1.3", "约谈 C:G12 1.3"];
    // 吴六 sits in B2: elsewhere only an 编号 counts.
    for named in ["无此人", "吴六", "G99"] {
        let weak = format!("{WEAK} 相关责任领导={named}");
        check("half-year", &[&weak], &lines, &["1.3 T:B1 相关责任领导"]);
        check("half-year", &[&format!("半年考核_班子 B1 相关责任领导={named}")], &[], &[]);
    }
    let weak = format!("{WEAK} 相关责任领导=无此人");
    let lines = [
        "分析研究 T:B1 1.5",
        "调整建议 T:B1 1.5 [调整]",
        "调整建议 C:G11 1.5 [调整/免职/责令辞职/降职]",
        "调整建议 C:G12 1.5 [调整/免职/责令辞职/降职]",
    ];
    check("annual", &[&weak, LATE, STYLE], &lines, &["1.5 T:B1 相关责任领导"]);
    check("annual", &[&weak, LATE], &[], &[]);
}

#[test]
fn missing_principals_beside_named_leaders() {
    let weak = |named: &str| format!("半年考核_班子 B3 目标完成得分=1 相关责任领导={named}");
    let lines = ["通报 T:B3 1.2-team", "约谈 C:G32 1.3"];
    check("half-year", &[NO_PRINCIPAL, &weak("王八")], &lines, &["1.3 T:B3 主要负责人"]);
    let pending = ["1.3 T:B3 主要负责人+相关责任领导"];
    check("half-year", &[NO_PRINCIPAL, &weak("王八、无此人")], &lines, &pending);
}

#[test]
fn a_leader_named_whom_two_fit() {
    let twin = "+干部名册 干部编号=G15 姓名=孙三 单位编号=B1 职务=总工程师 班子职务=班子成员";
    let grade = "+年度考核_干部 干部编号=G15 考核等次=称职";
    let weak = format!("{WEAK} 相关责任领导=孙三、李四");
    let lines = ["通报 T:B1 1.2-team", "约谈 C:G11 1.3", "约谈 C:G12 1.3", "约谈 C:G14 1.3"];
    check("half-year", &[twin, grade, &weak], &lines, &["1.3 T:B1 相关责任领导"]);
}

// ---- facts that are missing ----

#[test]
fn unknown_facts_of_1_5() {
    let no_half = "-半年考核_班子 B1";
    let no_style = "年度目标考核 B1 作风改进评价=";
    let no_targets = "-年度目标考核 B1";
    // Unknown AND true is pending, with everything that is missing.
    check("annual", &[WEAK, LATE, no_style], &[], &["1.5 T:B1 作风改进不明显"]);
    check("annual", &[no_half, LATE, STYLE], &[], &["1.5 T:B1 半年落实不力"]);
    check("annual", &[WEAK, no_targets], &[], &["1.5 T:B1 作风改进不明显+年度目标仍差"]);
    check("annual", &[no_half, LATE, no_style], &[], &["1.5 T:B1 作风改进不明显+半年落实不力"]);
    check("annual", &[no_half, no_targets], &[], &["1.5 T:B1 作风改进不明显+半年落实不力+年度目标仍差"]);
}

#[test]
fn unknown_and_false_is_false() {
    let no_style = "年度目标考核 B1 作风改进评价=";
    check("annual", &["-半年考核_班子 B1"], &[], &[]);
    check("annual", &["-半年考核_班子 B1", LATE], &[], &[]);
    check("annual", &["-半年考核_班子 B1", STYLE], &[], &[]);
    check("annual", &["-半年考核_班子 B1", no_style], &[], &[]);
    check("annual", &["-年度目标考核 B1"], &[], &[]);
    check("annual", &[WEAK, no_style], &[], &[]);
    check("annual", &[LATE, no_style], &[], &[]);
}

#[test]
fn a_team_not_assessed_at_half_year() {
    check("half-year", &["-半年考核_班子 B1"], &[], &["1.2-team T:B1 半年落实不力", "1.3 T:B1 半年落实不力"]);
    // A cadre need not be assessed in person.
    check("half-year", &["+半年考核_干部 干部编号=G13"], &[], &[]);
}

#[test]
fn tables_that_nobody_sent() {
    let every = |rules: &[&str], missing: &str| -> Vec<String> {
        let teams = ["B1", "B2", "B3"].iter();
        teams.flat_map(|team| rules.iter().map(move |rule| format!("{rule} T:{team} {missing}"))).collect()
    };
    let pending = every(&["1.2-team", "1.3"], "半年落实不力");
    check("half-year", &["-半年考核_班子"], &[], &pending.iter().map(String::as_str).collect::<Vec<_>>());
    let pending = every(&["4.1-team", "4.3", "4.6"], "考核等次");
    // Whether G31 and the others are admonished this year stays open, but nobody of them was last year.
    check("annual", &["-年度考核_班子"], &[], &pending.iter().map(String::as_str).collect::<Vec<_>>());
    check("annual", &["-年度目标考核"], &[], &[]);
    check("half-year", &["-谈话记录"], &[], &[]);
}

#[test]
fn missing_grades() {
    let member = [
        "4.1-cadre C:G13 考核等次",
        "4.2 C:G13 特别优秀+考核等次",
        "4.4 C:G13 考核等次",
        "4.7 C:G13 考核等次",
        "4.8 C:G13 考核等次",
    ];
    check("annual", &["-年度考核_干部 G13"], &[], &member);
    // A principal's failure makes nobody else answer.
    let principal: Vec<String> = member[..4].iter().map(|line| line.replace("G13", "G11")).collect();
    check("annual", &["-年度考核_干部 G11"], &[], &principal.iter().map(String::as_str).collect::<Vec<_>>());
    // Unless the principal is a member of another team.
    let second = "+干部名册 干部编号=G11 姓名=赵一 单位编号=B2 职务=区委常委 班子职务=班子成员";
    let both: Vec<String> = member.iter().map(|line| line.replace("G13", "G11")).collect();
    check("annual", &[second, "-年度考核_干部 G11"], &[], &both.iter().map(String::as_str).collect::<Vec<_>>());
    let team = ["4.1-team T:B1 考核等次", "4.3 T:B1 考核等次", "4.6 T:B1 考核等次"];
    check("annual", &["-年度考核_班子 B1"], &[], &team);
    check("half-year", &["-年度考核_班子 B1", "-年度考核_干部 G13"], &[], &[]);
    // 不定等次 is a grade.
    check("annual", &["年度考核_干部 G13 考核等次=不定等次"], &[], &[]);
}
