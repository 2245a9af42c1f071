//! Everything is as of a date: what was received, verified or said later does not count.

use super::city::City;

const LEAD: &str = "+问题线索 对象=G13 收到日期=2015-03-10 核实结果=属实 核实日期=2015-05-20 情节=一般";

#[test]
fn its_facts_say_so() {
    let published = City::new(&[LEAD]).run("half-year --as-of 2015-05-19");
    let ground = &published.line("函询", "G13")["grounds"][0];
    assert_eq!(ground["facts"]["核实结果"], "核实中", "{ground}");
    let sources = super::city::texts(&ground["sources"]);
    assert!(sources.contains(&"报送.xlsx!问题线索!H2"), "the 核实日期 decided: {sources:?}");
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
