//! 4.5: admonished in two consecutive years. One admonition counts once, for one year.

use super::city::{City, rows_of, texts};
use super::{assert_lines, assert_pending, check};

/// This year's admonition is proposed by 4.4.
pub const POOR: &str = "年度考核_干部 G13 考核等次=基本称职";
pub const ADMONISHED: &str = "诫勉谈话 C:G13 4.4";
pub const MOVED: &str = "调整建议 C:G13 4.5 [岗位调整/免职]";

fn talk(rest: &str) -> String {
    format!("+谈话记录 干部编号=G13 谈话日期={rest}")
}

#[test]
fn rule_4_5_by_a_talk_and_a_proposal() {
    check("annual", &[POOR, &talk("2014-10-21")], &[ADMONISHED, MOVED], &[]);
    check("annual", &[POOR], &[ADMONISHED], &[]);
    check("annual", &[&talk("2014-10-21")], &[], &[]);
    check("annual", &[POOR, &talk("2014-10-21 谈话类型=约谈")], &[ADMONISHED], &[]);
    check("annual", &[POOR, &talk("2013-10-21")], &[ADMONISHED], &[]);
}

#[test]
fn rule_4_5_by_two_autumn_talks() {
    check("annual", &[&talk("2014-07-01"), &talk("2015-12-31")], &[MOVED], &[]);
    check("annual", &[&talk("2015-07-01"), &talk("2015-12-31")], &[], &[]);
    check("annual", &[&talk("2013-07-01"), &talk("2015-12-31")], &[], &[]);
}

#[test]
fn rule_4_5_rests_in_the_half_year_run() {
    check("half-year", &[&talk("2014-10-21"), &talk("2015-06-01 所属年度=2015")], &[], &[]);
}

#[test]
fn a_proposal_by_a_lead_or_through_a_team_counts_too() {
    let lead = "+问题线索 对象=G13 核实结果=属实 情节=一般";
    let lines = ["诫勉谈话 C:G13 2.4-true", "批评教育 C:G13 2.4-true", MOVED];
    check("annual", &[lead, &talk("2014-10-21")], &lines, &[]);
    let lines = ["诫勉谈话 C:G31 4.3", "限期整改 T:B3 4.3", "调整建议 C:G31 4.5 [岗位调整/免职]"];
    let talk = "+谈话记录 干部编号=G31 谈话日期=2014-10-21";
    check("annual", &["年度考核_班子 B3 考核等次=一般", talk], &lines, &[]);
}

/// Answering for a failed member may end in an admonition, but proposes none.
#[test]
fn options_of_other_actions_propose_no_admonition() {
    let talk = "+谈话记录 干部编号=G31 谈话日期=2014-10-21";
    let lines = ["调整建议 C:G32 4.7 [免职/责令辞职/降职]", "连带责任处理 C:G31 4.8 [约谈/诫勉谈话/调整]"];
    check("annual", &["年度考核_干部 G32 考核等次=不称职", talk], &lines, &[]);
}

#[test]
fn a_marked_spring_talk_belongs_to_its_year() {
    check("annual", &[POOR, &talk("2015-03-05 所属年度=2014")], &[ADMONISHED, MOVED], &[]);
    check("annual", &[POOR, &talk("2015-03-05 所属年度=2015")], &[ADMONISHED], &[]);
    check("annual", &[POOR, &talk("2015-03-05 处理编号=2014-A-诫勉谈话-C-G13")], &[ADMONISHED, MOVED], &[]);
    check("annual", &[POOR, &talk("2015-03-05 处理编号=2015-H-诫勉谈话-C-G13")], &[ADMONISHED], &[]);
    // An autumn talk may be marked too.
    check("annual", &[POOR, &talk("2015-08-05 所属年度=2014")], &[ADMONISHED, MOVED], &[]);
}

#[test]
fn a_single_spring_talk_is_never_two() {
    check("annual", &[&talk("2015-03-05")], &[], &[]);
    check("annual", &[&talk("2014-03-05")], &[], &[]);
}

#[test]
fn a_spring_talk_beside_something_else() {
    let pending = ["4.5 C:G13 所属年度"];
    let spring = talk("2015-03-05");
    check("annual", &[POOR, &spring], &[ADMONISHED], &pending);
    check("annual", &[&talk("2014-10-21"), &spring], &[], &pending);
    check("annual", &[&talk("2014-03-05"), &talk("2015-10-21")], &[], &pending);
    check("annual", &[&talk("2015-02-05"), &spring], &[], &pending);
    check("annual", &[&talk("2014-02-05"), &talk("2014-10-21")], &[], &[]);
    // Whichever year it answers for, there is one in each.
    check("annual", &[POOR, &talk("2014-10-21"), &spring], &[ADMONISHED, MOVED], &[]);
    check("annual", &[&talk("2014-10-21"), &talk("2015-10-21"), &spring], &[MOVED], &[]);
}

#[test]
fn the_last_of_june_is_spring_and_the_first_of_july_is_not() {
    check("annual", &[POOR, &talk("2015-06-30")], &[ADMONISHED], &["4.5 C:G13 所属年度"]);
    check("annual", &[POOR, &talk("2015-07-01")], &[ADMONISHED], &[]);
}

#[test]
fn talks_after_the_as_of_date_do_not_count() {
    let (last, this) = (talk("2014-10-21"), talk("2015-12-05"));
    check("annual --as-of 2015-12-05", &[&last, &this], &[MOVED], &[]);
    check("annual --as-of 2015-12-04", &[&last, &this], &[], &[]);
    let spring = [POOR, &talk("2015-03-05")];
    check("annual --as-of 2015-03-04", &spring, &[ADMONISHED], &[]);
}

#[test]
fn unknown_this_year() {
    let grade = [
        "4.1-cadre C:G13 考核等次",
        "4.2 C:G13 特别优秀+考核等次",
        "4.4 C:G13 考核等次",
        "4.7 C:G13 考核等次",
        "4.8 C:G13 考核等次",
    ];
    let with = |line: &'static str| [&grade[..], &[line]].concat();
    let last = talk("2014-10-21");
    check("annual", &["-年度考核_干部 G13", &last], &[], &with("4.5 C:G13 本年诫勉"));
    // Without an admonition last year nothing hangs on it.
    check("annual", &["-年度考核_干部 G13"], &[], &grade);
    // A talk of this year settles it.
    check("annual", &["-年度考核_干部 G13", &last, &talk("2015-10-21")], &[MOVED], &grade);
    // Last year's if the spring talk is last year's, and then this year's is open.
    check("annual", &["-年度考核_干部 G13", &talk("2015-03-05")], &[], &with("4.5 C:G13 所属年度+本年诫勉"));
}

#[test]
fn unknown_this_year_through_the_team() {
    let talk = "+谈话记录 干部编号=G31 谈话日期=2014-10-21";
    let pending = ["4.1-team T:B3 考核等次", "4.3 T:B3 考核等次", "4.6 T:B3 考核等次", "4.5 C:G31 本年诫勉"];
    check("annual", &["-年度考核_班子 B3", talk], &[], &pending);
}

/// G32's talk of last autumn is all the history there is.
#[test]
fn unknown_last_year_without_history() {
    let pending = ["4.5 C:G13 上年诫勉"];
    check("annual", &[POOR, "-谈话记录 G32"], &[ADMONISHED], &pending);
    check("annual", &[POOR], &[ADMONISHED], &[]);
    // Nobody admonished this year: nothing hangs on last year.
    check("annual", &["-谈话记录 G32"], &[], &[]);
    // A talk with somebody who has left since is history all the same, and theirs alone.
    let left = "+谈话记录 干部编号=G99 姓名=钱九 谈话日期=2014-10-21";
    check("annual", &[POOR, "-谈话记录 G32", left], &[ADMONISHED], &[]);
    // Another kind of talk last year is no history of admonitions.
    check("annual", &[POOR, "谈话记录 G32 谈话类型=约谈"], &[ADMONISHED], &pending);
    // Nor is an admonition of the year before.
    check("annual", &[POOR, "谈话记录 G32 谈话日期=2013-10-10"], &[ADMONISHED], &pending);
}

#[test]
fn unknown_both_years() {
    let pending = [
        "4.1-cadre C:G13 考核等次",
        "4.2 C:G13 特别优秀+考核等次",
        "4.4 C:G13 考核等次",
        "4.7 C:G13 考核等次",
        "4.8 C:G13 考核等次",
        "4.5 C:G13 上年诫勉+本年诫勉",
    ];
    check("annual", &["-谈话记录 G32", "-年度考核_干部 G13"], &[], &pending);
}

#[test]
fn a_spring_talk_without_history() {
    // As this year's: true and unknown. As last year's: true and true.
    let spring = talk("2015-03-05");
    check("annual", &["-谈话记录 G32", POOR, &spring], &[ADMONISHED], &["4.5 C:G13 上年诫勉+所属年度"]);
}

/// The pack's parameters begin with 2015.
pub const OF_2014: &str =
    "--year 2014 --set 半年得分线=60 --set 年度得分线=60 --set 调整建议起点情节=较重 --set 交心谈话比例=0.3";

/// An annual run of last year in the archive is history, even when it proposed nothing.
#[test]
fn last_years_run_is_history() {
    let mut city = City::new(&["-谈话记录 G32"]);
    for cadre in ["G11", "G12", "G13", "G14", "G21", "G22", "G31", "G32"] {
        city.edit(&format!("+年度考核_干部 年度=2014 干部编号={cadre} 考核等次=称职"));
    }
    city.run(&format!("annual {OF_2014}"));
    city.edit(POOR);
    let published = city.run("annual");
    assert_lines(&published, &[ADMONISHED]);
    assert_pending(&published, &[]);
}

/// A half-year run of last year is none.
#[test]
fn last_years_half_year_run_is_no_history() {
    let mut city = City::new(&["-谈话记录 G32"]);
    city.run(&format!("half-year {OF_2014}"));
    city.edit(POOR);
    assert_pending(&city.run("annual"), &["4.5 C:G13 上年诫勉"]);
}

#[test]
fn an_undecided_proposal_of_last_year() {
    let mut city = City::new(&["+年度考核_干部 年度=2014 干部编号=G13 考核等次=基本称职"]);
    assert_lines(&city.run(&format!("annual {OF_2014}")), &[ADMONISHED]);
    // Nothing this year: it does not matter.
    assert_pending(&city.run("annual"), &[]);
    city.edit("-年度考核_干部 G13");
    city.edit("+年度考核_干部 干部编号=G13 考核等次=基本称职");
    let published = city.run("annual");
    assert_lines(&published, &[ADMONISHED]);
    assert_pending(&published, &["4.5 C:G13 上年诫勉"]);
    // The talk itself settles it.
    city.edit(&talk("2014-10-21"));
    let published = city.run("annual");
    assert_lines(&published, &[ADMONISHED, MOVED]);
    assert_pending(&published, &[]);
}

/// A talk that carries out a line is one admonition with it: what was decided about the two stands when it is entered.
#[test]
fn entering_the_talk_of_an_agreed_admonition_changes_no_ground() {
    let mut city = City::new(&[POOR, &talk("2014-10-21")]);
    let before = city.run("annual").line("调整建议", "G13")["grounds"][0]["about"].clone();
    city.decide("2015-annual", "诫勉谈话名单", &[("2015-A-诫勉谈话-C-G13", "同意", "")]);
    city.decide("2015-annual", "调整建议名单", &[("2015-A-调整建议-C-G13", "同意", "免职")]);
    city.edit(&talk("2015-12-20 处理编号=2015-A-诫勉谈话-C-G13"));
    let after = city.run("annual").line("调整建议", "G13")["grounds"][0]["about"].clone();
    assert_eq!(before, after);
    let rows = rows_of(&city.output().join("2015-annual/调整建议名单.xlsx"));
    let row = rows.iter().find(|row| row.contains(&"2015-A-调整建议-C-G13".to_owned())).unwrap();
    assert!(row.contains(&"同意".to_owned()) && row.contains(&"免职".to_owned()), "{row:?}");
}

/// A planned talk that the committee makes an admonition is one, when the run is made again.
#[test]
fn a_planned_talk_that_was_changed_into_an_admonition_counts() {
    let city = City::new(&[&talk("2014-10-21")]);
    let run = "annual --set 交心谈话比例=1";
    assert!(city.run(run).talks().contains(&"G13"));
    city.decide("2015-annual", "交心谈话计划", &[("2015-A-交心谈话-C-G13", "变更", "诫勉谈话")]);
    let published = city.run(run);
    assert_eq!(published.line("调整建议", "G13")["rules"], serde_json::json!(["4.5"]));
}

#[test]
fn the_ground_names_both_admonitions() {
    let city = City::new(&[POOR, &talk("2014-10-21")]);
    let published = city.run("annual");
    let ground = &published.line("调整建议", "G13")["grounds"][0];
    let about = ground["about"].as_str().unwrap();
    assert!(about.contains("2014-10-21") && about.contains("2015-A-诫勉谈话-C-G13"), "{ground}");
    assert_eq!(ground["facts"], serde_json::json!({"本年诫勉": true, "上年诫勉": true}));
    // The talk, and what this year's proposal stands on.
    let sources = texts(&ground["sources"]);
    assert!(sources.contains(&"报送.xlsx!谈话记录!A3"), "{sources:?}");
    assert!(sources.iter().any(|cell| cell.starts_with("报送.xlsx!年度考核_干部!")), "{sources:?}");
}
