//! Everything is as of a date: what was received, verified or said later does not count.

use super::check;
use super::city::City;

const LEAD: &str = "+问题线索 对象=G13 收到日期=2015-03-10 核实结果=属实 核实日期=2015-05-20 情节=一般";

#[test]
fn a_lead_verified_later_is_still_being_verified() {
    check("half-year --as-of 2015-05-19", &[LEAD], &["函询 C:G13 2.4", "调查核实 C:G13 2.4"], &[]);
    let lines = ["诫勉谈话 C:G13 2.4-true", "批评教育 C:G13 2.4-true"];
    check("half-year --as-of 2015-05-20", &[LEAD], &lines, &[]);
    // The same by the runs' own dates.
    let autumn = "+问题线索 对象=G13 核实结果=属实 核实日期=2015-08-01 情节=一般";
    check("half-year", &[autumn], &["函询 C:G13 2.4", "调查核实 C:G13 2.4"], &[]);
    check("annual", &[autumn], &lines, &[]);
}

#[test]
fn a_lead_found_untrue_later_is_still_open() {
    let lead = "+问题线索 对象=G13 核实结果=不属实 核实日期=2015-08-01";
    check("half-year", &[lead], &["函询 C:G13 2.4", "调查核实 C:G13 2.4"], &[]);
    check("annual", &[lead], &[], &[]);
}

#[test]
fn a_lead_of_this_year_verified_next_year_is_open_at_its_end() {
    let lead = "+问题线索 对象=G13 核实结果=属实 核实日期=2016-01-10 情节=严重";
    check("annual", &[lead], &["函询 C:G13 2.4", "调查核实 C:G13 2.4"], &[]);
    check("annual", &["+问题线索 对象=G13 收到日期=2016-01-10"], &[], &[]);
}

#[test]
fn its_facts_say_so() {
    let published = City::new(&[LEAD]).run("half-year --as-of 2015-05-19");
    let ground = &published.line("函询", "G13")["grounds"][0];
    assert_eq!(ground["facts"]["核实结果"], "核实中", "{ground}");
    let sources = super::city::texts(&ground["sources"]);
    assert!(sources.contains(&"报送.xlsx!问题线索!H2"), "the 核实日期 decided: {sources:?}");
}

#[test]
fn a_lead_received_later_does_not_count() {
    check("half-year --as-of 2015-03-09", &[LEAD], &[], &[]);
    check("half-year --as-of 2015-03-10", &[LEAD], &["函询 C:G13 2.4", "调查核实 C:G13 2.4"], &[]);
}

#[test]
fn a_lead_of_last_year_counts_by_its_verification() {
    let lead = |day: &str| format!("+问题线索 对象=G13 收到日期=2014-11-10 核实结果=属实 核实日期={day} 情节=一般");
    let lines = ["诫勉谈话 C:G13 2.4-true", "批评教育 C:G13 2.4-true"];
    check("half-year", &[&lead("2015-01-01")], &lines, &[]);
    check("half-year", &[&lead("2014-12-31")], &[], &[]);
    // Verified this year, but after the as-of date: it counts, as still open.
    check("half-year", &[&lead("2015-08-01")], &["函询 C:G13 2.4", "调查核实 C:G13 2.4"], &[]);
}

#[test]
fn a_talk_held_later_does_not_count() {
    let talk = "+谈话记录 谈话日期=2015-04-01 谈话类型=交心谈话 干部编号=G13 发现作风问题=是";
    check("half-year --as-of 2015-03-31", &[talk], &[], &[]);
    check("half-year --as-of 2015-04-01", &[talk], &["函询 C:G13 2.6-found", "调查核实 C:G13 2.6-found"], &[]);
}

#[test]
fn the_runs_have_their_own_dates() {
    for (command, day) in
        [("half-year", "2015-06-30"), ("annual", "2015-12-31"), ("annual --as-of 2015-11-01", "2015-11-01")]
    {
        assert_eq!(City::new(&[]).run(command).run["as_of"], day, "{command}");
    }
}

#[test]
fn a_day_outside_the_year_is_a_usage_error() {
    for command in
        ["half-year --as-of 2014-12-31", "annual --as-of 2016-01-01", "annual --year 2015 --as-of 2016-01-01"]
    {
        let city = City::new(&[]);
        let ended = city.try_run(command);
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{command}: {told}");
        assert!(told.contains("2015"), "{command}: {told}");
        assert!(!city.output().join("2015-annual").exists() && !city.output().join("2015-half-year").exists());
    }
}
