//! Parts 2 and 3 of the Measures: leads (2.1 to 2.5), talks that found problems (2.6), the reporting line (3.2, 3.3).

use super::check;

/// Members whom leads are about.
const PEOPLE: [&str; 3] = ["G14", "G22", "G32"];

/// One lead from each source, each about somebody else, all with the same outcome.
fn leads(sources: &[&str], outcome: &str) -> Vec<String> {
    let lead = |(at, source): (usize, &&str)| {
        format!("+问题线索 线索编号=X{at} 线索来源={source} 对象={} {outcome}", PEOPLE[at])
    };
    sources.iter().enumerate().map(lead).collect()
}

/// Checks one of 2.1 to 2.4: its `sources`, open, true and serious, each with what just misses it.
#[track_caller]
fn family(rule: &str, sources: &[&str]) {
    let each = |lines: &[&str]| -> Vec<String> {
        let people = PEOPLE.iter().take(sources.len());
        people.flat_map(|who| lines.iter().map(move |line| line.replace("WHO", who).replace("RULE", rule))).collect()
    };
    let opened = each(&["函询 C:WHO RULE", "调查核实 C:WHO RULE"]);
    let found = each(&["诫勉谈话 C:WHO RULE-true", "批评教育 C:WHO RULE-true"]);
    let grave = [found.clone(), each(&["调整建议 C:WHO RULE-serious [调整/免职]"])].concat();
    let cases: [(&str, &[String]); 6] = [
        ("核实结果=未核实", &opened),
        ("核实结果=不属实 情节=严重", &[]),
        ("核实结果=部分属实 情节=轻微", &found),
        ("核实结果=属实 情节=一般", &found),
        ("核实结果=部分属实 情节=较重", &grave),
        ("核实结果=属实 情节=严重", &grave),
    ];
    for (outcome, expected) in cases {
        let leads = leads(sources, outcome);
        let edits: Vec<&str> = leads.iter().map(String::as_str).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check("half-year", &edits, &expected, &[]);
    }
}

#[test]
fn rule_2_1() {
    family("2.1", &["省级部门", "市级领导"]);
}

#[test]
fn rule_2_2() {
    family("2.2", &["思想政治巡察", "日常监督管理", "谈心谈话"]);
}

#[test]
fn rule_2_3() {
    family("2.3", &["单位主要领导"]);
}

#[test]
fn rule_2_4() {
    family("2.4", &["干部群众"]);
}

#[test]
fn rule_2_5() {
    let cases = [
        ("核实结果=未核实", vec!["函询 C:G14 2.5", "调查核实 C:G14 2.5"]),
        ("核实结果=不属实", vec![]),
        ("核实结果=属实 情节=一般", vec!["诫勉谈话 C:G14 2.5-true", "批评教育 C:G14 2.5-true"]),
        (
            "核实结果=部分属实 情节=较重",
            vec!["诫勉谈话 C:G14 2.5-true", "批评教育 C:G14 2.5-true", "调整建议 C:G14 2.5-serious [调整/免职]"],
        ),
    ];
    for source in ["随机调研", "专项述职评议考核"] {
        for (outcome, lines) in &cases {
            let lead = format!("+问题线索 线索来源={source} 对象=G14 问题类型=抓党建工作不力 {outcome}");
            check("annual", &[&lead], lines, &[]);
        }
    }
}

#[test]
fn rule_2_5_only_for_party_cadres() {
    let lead = "+问题线索 线索来源=随机调研 对象=G13 问题类型=抓党建工作不力";
    check("half-year", &[lead], &[], &["无适用条款 C:G13"]);
    // 是 in any of the person's register rows counts.
    let second = "+干部名册 干部编号=G13 姓名=孙三 单位编号=B2 职务=党建办主任 班子职务=班子成员 党务干部=是";
    check("half-year", &[lead, second], &["函询 C:G13 2.5", "调查核实 C:G13 2.5"], &[]);
}

#[test]
fn rule_2_5_only_for_party_building() {
    let lead = "+问题线索 线索来源=专项述职评议考核 对象=G14 问题类型=不作为 核实结果=属实 情节=严重";
    check("half-year", &[lead], &[], &["无适用条款 C:G14"]);
}

#[test]
fn rule_2_1_team_open() {
    for source in ["省级部门", "市级领导"] {
        let lead = format!("+问题线索 线索来源={source} 对象=B1 核实结果=核实中");
        check("half-year", &[&lead], &["函询 T:B1 2.1-team", "调查核实 T:B1 2.1-team"], &[]);
    }
    check("half-year", &["+问题线索 线索来源=省级部门 对象=B1 核实结果=不属实"], &[], &[]);
}

#[test]
fn rule_2_1_team_true_and_serious() {
    let found = [
        "诫勉谈话 C:G11 2.1-team-true",
        "诫勉谈话 C:G12 2.1-team-true",
        "批评教育 C:G11 2.1-team-true",
        "批评教育 C:G12 2.1-team-true",
    ];
    let grave =
        [&found[..], &["调整建议 C:G11 2.1-team-serious [调整/免职]", "调整建议 C:G12 2.1-team-serious [调整/免职]"]]
            .concat();
    check("annual", &["+问题线索 线索来源=市级领导 对象=B1 核实结果=部分属实 情节=一般"], &found, &[]);
    check("annual", &["+问题线索 线索来源=市级领导 对象=B1 核实结果=属实 情节=较重"], &grave, &[]);
}

/// No letter of inquiry warns the person reported.
#[test]
fn rule_3_2_without_a_letter() {
    for outcome in ["未核实", "核实中"] {
        let lead = format!("+问题线索 线索来源=12380举报 对象=G13 核实结果={outcome}");
        check("half-year", &[&lead], &["调查核实 C:G13 3.2"], &[]);
    }
    check("half-year", &["+问题线索 线索来源=12380举报 对象=G13 核实结果=不属实"], &[], &[]);
}

#[test]
fn rule_3_3_instead_of_2_4_serious() {
    let lead = |degree: &str| format!("+问题线索 线索来源=12380举报 对象=G13 核实结果=属实 情节={degree}");
    let found = ["诫勉谈话 C:G13 2.4-true", "批评教育 C:G13 2.4-true"];
    check("half-year", &[&lead("轻微")], &found, &[]);
    check("half-year", &[&lead("一般")], &found, &[]);
    check("half-year", &[&lead("较重")], &[&found[..], &["调整建议 C:G13 3.3-adjust [调整]"]].concat(), &[]);
    check("annual", &[&lead("严重")], &[&found[..], &["调整建议 C:G13 3.3-remove [免职]"]].concat(), &[]);
}

#[test]
fn rule_2_6_found() {
    let lines = ["函询 C:G13 2.6-found", "调查核实 C:G13 2.6-found"];
    let talk = |day: &str, kind: &str, found: &str| {
        format!("+谈话记录 谈话日期={day} 谈话类型={kind} 干部编号=G13 发现作风问题={found}")
    };
    for run in ["half-year", "annual"] {
        check(run, &[&talk("2015-04-01", "交心谈话", "是")], &lines, &[]);
        check(run, &[&talk("2015-04-01", "交心谈话", "否")], &[], &[]);
        check(run, &[&talk("2015-04-01", "交心谈话", "")], &[], &[]);
        check(run, &[&talk("2015-04-01", "约谈", "是")], &[], &[]);
        check(run, &[&talk("2014-12-31", "交心谈话", "是")], &[], &[]);
    }
}

/// A lead of source 谈心谈话 received on or after the day of the talk carries the matter on, whatever came of it.
#[test]
fn rule_2_6_found_gives_way_to_a_lead_from_the_talk() {
    let talk = "+谈话记录 谈话日期=2015-04-01 谈话类型=交心谈话 干部编号=G13 发现作风问题=是";
    let found = ["函询 C:G13 2.6-found", "调查核实 C:G13 2.6-found"];
    let lead = |rest: &str| format!("+问题线索 线索编号=X1 线索来源=谈心谈话 对象=G13 {rest}");
    let carried = ["函询 C:G13 2.2", "调查核实 C:G13 2.2"];
    for run in ["half-year", "annual"] {
        check(run, &[talk, &lead("收到日期=2015-04-01")], &carried, &[]);
        check(run, &[talk, &lead("收到日期=2015-06-30")], &carried, &[]);
        check(run, &[talk, &lead("收到日期=2015-04-02 核实结果=不属实")], &[], &[]);
        // Received before the talk, of another source, about somebody else: another matter.
        let earlier = ["函询 C:G13 2.2+2.6-found", "调查核实 C:G13 2.2+2.6-found"];
        check(run, &[talk, &lead("收到日期=2015-03-31")], &earlier, &[]);
        check(run, &[talk, &lead("收到日期=2015-04-02 核实结果=不属实 线索来源=干部群众")], &found, &[]);
        check(run, &[talk, &lead("收到日期=2015-04-02 核实结果=不属实 对象=G14")], &found, &[]);
    }
    // After the as-of date it does not count yet.
    check("half-year", &[talk, &lead("收到日期=2015-07-01")], &found, &[]);
}
