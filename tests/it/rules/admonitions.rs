//! 4.5: admonished in two consecutive years. One admonition counts once, for one year.

use super::city::{City, rows_of, texts};
use super::{assert_lines, assert_pending};

/// This year's admonition is proposed by 4.4.
pub const POOR: &str = "年度考核_干部 G13 考核等次=基本称职";
pub const ADMONISHED: &str = "诫勉谈话 C:G13 4.4";
pub const MOVED: &str = "调整建议 C:G13 4.5 [岗位调整/免职]";

fn talk(rest: &str) -> String {
    format!("+谈话记录 干部编号=G13 谈话日期={rest}")
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

/// Nor does a talk count that carries out the decision on the very line that 4.5 would be a ground of; next year it does.
#[test]
fn a_talk_that_carries_out_the_adjustments_own_decision_is_no_ground_of_it() {
    let mut city = City::new(&["年度考核_干部 G13 考核等次=不称职", &talk("2014-10-21")]);
    let before = city.run("annual").lines();
    city.decide("2015-annual", "调整建议名单", &[("2015-A-调整建议-C-G13", "变更", "诫勉谈话")]);
    city.edit(&talk("2015-12-20 处理编号=2015-A-调整建议-C-G13"));
    assert_eq!(city.run("annual").lines(), before);
    let rows = rows_of(&city.output().join("2015-annual/调整建议名单.xlsx"));
    let row = rows.iter().find(|row| row.contains(&"2015-A-调整建议-C-G13".to_owned())).unwrap();
    assert!(row.contains(&"变更".to_owned()), "{row:?}");
    city.edit("+年度考核_干部 年度=2016 干部编号=G13 考核等次=基本称职");
    assert_eq!(city.run("annual --year 2016").line("调整建议", "G13")["rules"], serde_json::json!(["4.5"]));
}

/// A planned talk that the committee makes an admonition is one, when the run is made again.
#[test]
fn a_planned_talk_that_was_changed_into_an_admonition_counts() {
    let city = City::new(&[&talk("2014-10-21")]);
    let run = "annual --set 交心谈话比例=1";
    assert!(city.run(run).talks().contains(&"G13"));
    city.decide("2015-annual", "交心谈话计划", &[("2015-A-交心谈话-C-G13", "变更", "诫勉谈话")]);
    let published = city.run(run);
    let line = published.line("调整建议", "G13");
    assert_eq!(line["rules"], serde_json::json!(["4.5"]));
    // Its ground is about that talk, too, which no cell of the input asks for.
    assert_eq!(line["grounds"][0]["about"], "2015-A-交心谈话-C-G13、2014-10-21");
    let sources = texts(&line["grounds"][0]["sources"]);
    assert!(sources.contains(&"档案!2015-A-交心谈话-C-G13"), "{sources:?}");
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
