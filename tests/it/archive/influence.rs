//! 影响期: told on commendations and promotions, as long as it runs or for its year; nothing is withheld.

use super::meeting::{record, shown};
use crate::rules::city::City;

const A: &str = "2015-annual";

/// The hints of a cadre's commendation, and of the promotion.
fn hints(city: &City, cadre: &str) -> [String; 2] {
    let all = shown(city, A, "表彰使用名单", &["编号", "处理", "提示"]);
    ["表彰奖励", "优先提拔重用"].map(|action| {
        let row = all.iter().find(|row| row[0] == cadre && row[1] == action);
        row.unwrap_or_else(|| panic!("no {action}: {all:?}"))[2].clone()
    })
}

/// G31 is 优秀 and 特别优秀; `edits` say what was talked.
fn praised(edits: &[&str]) -> City {
    let mut all = vec!["年度考核_干部 G31 考核等次=优秀 特别优秀=是"];
    all.extend(edits);
    City::new(&all)
}

#[test]
fn a_period_that_runs_past_the_as_of_date_is_told_with_both_dates() {
    let city = praised(&["+谈话记录 谈话日期=2015-08-20 干部编号=G31"]);
    let published = city.run("annual");
    let told = "在诫勉影响期内（2015-08-20至2016-02-20）";
    let [praise, promotion] = hints(&city, "G31");
    assert_eq!(promotion, told);
    assert!(praise.contains(told) && praise.contains("当年受到诫勉（2015-08-20）"), "{praise}");
    // People decide: the line is there, and `flags` stay as they are.
    assert_eq!(published.line("优先提拔重用", "G31")["flags"], serde_json::json!([]));
    assert_eq!(published.line("表彰奖励", "G31")["flags"], serde_json::json!([]));
    // Told where somebody is proposed for something good, and nowhere else.
    let city = praised(&["+谈话记录 谈话日期=2015-08-20 干部编号=G31", "+问题线索 对象=G31 核实结果=未核实"]);
    city.run("annual");
    let others = shown(&city, A, "函询核实名单", &["编号", "提示"]);
    assert!(!others.is_empty() && others.iter().all(|row| !row[1].contains("影响期")), "{others:?}");
}

#[test]
fn a_period_that_is_over_is_not_told_and_its_year_only_on_a_commendation() {
    let city = praised(&["+谈话记录 谈话日期=2015-06-30 干部编号=G31 所属年度=2015"]);
    // Until 30 December: on that day it does not run past it.
    for run in ["annual", "annual --as-of 2015-12-30"] {
        city.run(run);
        let [praise, promotion] = hints(&city, "G31");
        assert_eq!((praise.as_str(), promotion.as_str()), ("当年受到诫勉（2015-06-30）", ""), "{run}");
    }
    city.run("annual --as-of 2015-12-29");
    assert_eq!(hints(&city, "G31")[1], "在诫勉影响期内（2015-06-30至2015-12-30）");
}

#[test]
fn a_period_ends_on_the_same_day_of_the_month_or_on_its_last() {
    let city = praised(&["+谈话记录 谈话日期=2015-08-31 干部编号=G31"]);
    city.run("annual");
    assert_eq!(hints(&city, "G31")[1], "在诫勉影响期内（2015-08-31至2016-02-29）");
}

#[test]
fn of_several_periods_the_latest_end_is_named() {
    let city = praised(&["+谈话记录 谈话日期=2015-08-01 干部编号=G31", "+谈话记录 谈话日期=2015-10-08 干部编号=G31"]);
    city.run("annual");
    assert_eq!(hints(&city, "G31")[1], "在诫勉影响期内（2015-10-08至2016-04-08）");
}

#[test]
fn an_unmarked_spring_talk_may_belong_to_the_year() {
    let city = praised(&["+谈话记录 谈话日期=2015-03-05 干部编号=G31"]);
    city.run("annual");
    let praise = &hints(&city, "G31")[0];
    assert!(praise.contains("可能当年受到诫勉") && praise.contains("2015-03-05"), "{praise}");
    let marked = praised(&["+谈话记录 谈话日期=2015-03-05 干部编号=G31 所属年度=2014"]);
    marked.run("annual");
    assert_eq!(hints(&marked, "G31")[0], "");
}

#[test]
fn a_talk_after_the_as_of_date_begins_no_period() {
    let city = praised(&["+谈话记录 谈话日期=2015-11-20 干部编号=G31"]);
    city.run("annual --as-of 2015-11-19");
    assert_eq!(hints(&city, "G31"), ["", ""]);
    city.run("annual --as-of 2015-11-20");
    assert!(hints(&city, "G31")[1].contains("2015-11-20至2016-05-20"));
}

/// A true lead at half-year, agreed: the date of its talk, else that of the decision; where neither is known, that is said.
#[test]
fn an_agreed_admonition_counts_from_its_talk_else_its_decision_and_without_a_date_that_is_said() {
    let lead = "+问题线索 对象=G31 核实结果=属实 情节=轻微";
    let line = "2015-H-诫勉谈话-C-G31";
    let agreed = |date: &str, talk: Option<&str>| {
        let mut city = praised(&[lead]);
        city.run("half-year");
        let of = [line, "G31"];
        let mut cells = vec![(of, "委员会意见", "同意")];
        if !date.is_empty() {
            cells.push((of, "决定日期", date));
        }
        record(&city, "2015-half-year", "诫勉谈话名单", &cells);
        if let Some(talk) = talk {
            city.edit(&format!("+谈话记录 谈话日期={talk} 干部编号=G31 处理编号={line}"));
        }
        city.run("annual");
        hints(&city, "G31")
    };
    let [praise, promotion] = agreed("", None);
    assert!(promotion.contains("诫勉日期未填，影响期不明"), "{promotion}");
    assert!(praise.contains("诫勉日期未填，影响期不明") && praise.contains("当年受到诫勉"), "{praise}");
    let [_, promotion] = agreed("2015-07-10", None);
    assert!(promotion.contains("在诫勉影响期内（2015-07-10至2016-01-10）"), "{promotion}");
    let [_, promotion] = agreed("2015-07-10", Some("2015-07-25"));
    assert!(promotion.contains("在诫勉影响期内（2015-07-25至2016-01-25）"), "{promotion}");
    assert!(!promotion.contains("不明"), "{promotion}");
    // Its talk, even if it was held before the decision; and for the annual line no other day.
    let [_, promotion] = agreed("2015-07-20", Some("2015-07-05"));
    assert!(promotion.contains("在诫勉影响期内（2015-07-05至2016-01-05）"), "{promotion}");
}

#[test]
fn another_line_decided_as_an_admonition_begins_a_period_and_another_measure_does_not() {
    let told = |method: &str| {
        let city = praised(&["+半年考核_干部 干部编号=G31 目标完成得分=20"]);
        city.run("half-year");
        let of = ["2015-H-约谈-C-G31", "G31"];
        let cells = [(of, "委员会意见", "变更"), (of, "决定方式", method), (of, "决定日期", "2015-07-08")];
        record(&city, "2015-half-year", "约谈名单", &cells);
        city.run("annual");
        hints(&city, "G31")[1].clone()
    };
    assert!(told("诫勉谈话").contains("2015-07-08至2016-01-08"));
    assert!(!told("提醒谈话").contains("影响期"));
}

#[test]
fn how_long_it_is_can_be_set() {
    let city = praised(&["+谈话记录 谈话日期=2015-02-10 干部编号=G31"]);
    city.run("annual --set 诫勉影响期=12");
    assert!(hints(&city, "G31")[1].contains("2015-02-10至2016-02-10"));
}
