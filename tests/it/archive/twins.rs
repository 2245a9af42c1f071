//! A line of the half-year and the annual line that shares its decision (半年已决定): one decision, wherever it is given.

use super::meeting::{amend, filled, record, shown, taken_in, try_record};
use super::tasks::{sheet, tasks};
use crate::rules::city::City;

const H: &str = "2015-half-year";
const A: &str = "2015-annual";
const LIST: &str = "诫勉谈话名单";
const HALF: [&str; 2] = ["2015-H-诫勉谈话-C-G32", "G32"];
const ANNUAL: [&str; 2] = ["2015-A-诫勉谈话-C-G32", "G32"];

/// G32's lead stands in both runs: 诫勉谈话, 批评教育.
fn city() -> City {
    City::new(&["+问题线索 线索编号=X2 对象=G32 线索来源=市级领导 核实结果=属实 情节=轻微"])
}

fn opinions(city: &City, run: &str) -> Vec<Vec<String>> {
    let mut rows = shown(city, run, LIST, &["处理编号", "委员会意见"]);
    rows.retain(|row| row[0].contains("诫勉谈话"));
    rows
}

#[test]
fn an_amendment_on_the_annual_line_ends_the_half_years_task_and_influence_period() {
    let city = city();
    city.run("half-year");
    record(&city, H, LIST, &[(HALF, "委员会意见", "同意"), (HALF, "决定日期", "2015-07-10")]);
    city.run("annual");
    assert_eq!(tasks(&city, &[]).len(), 1);
    amend(&city, A, LIST, &[(ANNUAL, "委员会意见", "不同意")]);
    assert_eq!(tasks(&city, &[]), Vec::<String>::new());
    let (_, periods, _) = sheet(&city, "影响期", &[]);
    assert!(periods.iter().all(|row| !row.concat().contains("审定")), "{periods:?}");
    city.run("half-year");
    city.run("annual");
    assert_eq!(opinions(&city, H), [[HALF[0], "不同意"]]);
    assert_eq!(opinions(&city, A), [[ANNUAL[0], "不同意"]]);
    // And back, on the half-year's list.
    amend(&city, H, LIST, &[(HALF, "委员会意见", "同意")]);
    assert_eq!(tasks(&city, &[]).len(), 1);
    city.run("annual");
    assert_eq!(opinions(&city, A), [[ANNUAL[0], "同意"]]);
}

#[test]
fn what_is_filled_in_on_the_annual_line_completes_the_half_years_decision() {
    let city = city();
    city.run("half-year");
    record(&city, H, LIST, &[(HALF, "委员会意见", "同意")]);
    city.run("annual");
    record(&city, A, LIST, &[(ANNUAL, "决定日期", "2015-07-10")]);
    let found = tasks(&city, &[]);
    assert!(
        found.len() == 1 && found[0].contains("2015-H-") && found[0].contains("|2015-07-10|2016-01-10|"),
        "{found:?}"
    );
}

#[test]
fn an_annual_answer_that_contradicts_a_half_years_decision_given_since_needs_amend() {
    let city = city();
    city.run("half-year");
    city.run("annual");
    record(&city, H, LIST, &[(HALF, "委员会意见", "同意"), (HALF, "决定日期", "2015-07-10")]);
    let (code, told) = try_record(&city, A, LIST, &[(ANNUAL, "委员会意见", "不同意")]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(HALF[0]) && told.contains("--amend"), "{told}");
    // The same answer is one, and the list may be superseded after it.
    record(&city, A, LIST, &[(ANNUAL, "委员会意见", "同意")]);
    assert_eq!(tasks(&city, &[]).len(), 1);
    amend(&city, A, LIST, &[(ANNUAL, "委员会意见", "不同意")]);
    assert_eq!(tasks(&city, &[]), Vec::<String>::new());
}

#[test]
fn a_half_years_answer_that_contradicts_the_annual_lines_needs_amend() {
    let city = city();
    city.run("half-year");
    city.run("annual");
    record(&city, A, LIST, &[(ANNUAL, "委员会意见", "同意")]);
    let (code, told) = try_record(&city, H, LIST, &[(HALF, "委员会意见", "不同意")]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(ANNUAL[0]) && told.contains("--amend"), "{told}");
    // 缓议 decides nothing yet.
    amend(&city, A, LIST, &[(ANNUAL, "委员会意见", "缓议")]);
    record(&city, H, LIST, &[(HALF, "委员会意见", "不同意")]);
}

#[test]
fn both_lists_in_one_call_may_not_contradict_each_other() {
    let city = city();
    city.run("half-year");
    city.run("annual");
    let half = filled(&city, H, LIST, &[(HALF, "委员会意见", "同意")]);
    let annual = filled(&city, A, LIST, &[(ANNUAL, "委员会意见", "不同意")]);
    for both in [[half.clone(), annual.clone()], [annual, half]] {
        let (code, told) = taken_in(&city, &both, &[]);
        assert_eq!(code, Some(1), "{told}");
    }
}

#[test]
fn a_list_that_comes_again_unchanged_changes_nothing_though_its_twin_was_decided_since() {
    let city = city();
    city.run("half-year");
    city.run("annual");
    let deferred = [(HALF, "委员会意见", "缓议"), (HALF, "决定日期", "2015-07-10")];
    record(&city, H, LIST, &deferred);
    record(&city, A, LIST, &[(ANNUAL, "委员会意见", "同意"), (ANNUAL, "决定日期", "2015-12-20")]);
    let (code, told) = try_record(&city, H, LIST, &deferred);
    assert_eq!(code, Some(0), "{told}");
    // Another 缓议 than before would be an answer.
    let (code, told) = try_record(&city, H, LIST, &[(HALF, "委员会意见", "缓议"), (HALF, "决定日期", "2015-07-11")]);
    assert_eq!(code, Some(1), "{told}");
}

/// Grounds that the half-year did not have make another matter of it.
#[test]
fn a_line_with_new_grounds_is_decided_for_itself() {
    let mut city = city();
    city.run("half-year");
    record(&city, H, LIST, &[(HALF, "委员会意见", "同意")]);
    city.edit("年度考核_干部 G32 考核等次=基本称职");
    city.run("annual");
    record(&city, A, LIST, &[(ANNUAL, "委员会意见", "不同意")]);
    assert_eq!(tasks(&city, &[]).len(), 1);
}
