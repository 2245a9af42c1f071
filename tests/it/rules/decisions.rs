//! What the committee decided changes what rules see: 4.5, and leads that an earlier year settled.

use super::admonitions::{ADMONISHED, MOVED, OF_2014, POOR};
use super::city::City;
use super::{assert_lines, assert_pending};

const LAST: &str = "2014-A-诫勉谈话-C-G13";
const THIS: &str = "2015-A-诫勉谈话-C-G13";
const TALK: &str = "+谈话记录 干部编号=G13 谈话日期=2014-10-21";
const LEAD: &str = "+问题线索 对象=G13 核实结果=属实 情节=一般";

/// A city with POOR, whose committee answered 2014's proposal for G13; `edits` come after that run.
fn after_2014(answer: (&str, &str), edits: &[&str]) -> City {
    let mut city = City::new(&[POOR, "+年度考核_干部 年度=2014 干部编号=G32 考核等次=基本称职"]);
    // The same row under another key, so that edits of G13 mean this year's.
    city.edit("+年度考核_干部 年度=2014 干部编号=G13 考核等次=基本称职");
    city.run(&format!("annual {OF_2014}"));
    city.decide("2014-annual", "诫勉谈话名单", &[(LAST, answer.0, answer.1)]);
    for edit in edits {
        city.edit(edit);
    }
    city
}

#[test]
fn last_years_answer() {
    let cases: [(&str, &str, &[&str], &[&str]); 4] = [
        ("同意", "", &[ADMONISHED, MOVED], &[]),
        ("变更", "约谈", &[ADMONISHED], &[]),
        ("不同意", "", &[ADMONISHED], &[]),
        ("缓议", "", &[ADMONISHED], &["4.5 C:G13 上年诫勉"]),
    ];
    for (opinion, method, lines, pending) in cases {
        let published = after_2014((opinion, method), &[]).run("annual");
        assert_lines(&published, lines);
        assert_pending(&published, pending);
    }
}

#[test]
fn last_years_answer_is_a_source() {
    let published = after_2014(("同意", ""), &[]).run("annual");
    let ground = &published.line("调整建议", "G13")["grounds"][0];
    assert!(super::city::texts(&ground["sources"]).contains(&format!("档案!{LAST}").as_str()), "{ground}");
    assert_eq!(ground["about"], format!("{THIS}、{LAST}"));
}

/// The spring talk may be the one that was agreed.
#[test]
fn a_spring_talk_beside_last_years_agreed_proposal() {
    let good = "-年度考核_干部 G13";
    let grade = "+年度考核_干部 干部编号=G13 考核等次=称职";
    let spring = "+谈话记录 干部编号=G13 谈话日期=2015-03-05";
    let published = after_2014(("同意", ""), &[good, grade, spring]).run("annual");
    assert_lines(&published, &[]);
    assert_pending(&published, &["4.5 C:G13 所属年度"]);
    let marked = format!("{spring} 处理编号={LAST}");
    let published = after_2014(("同意", ""), &[good, grade, &marked]).run("annual");
    assert_lines(&published, &[]);
    assert_pending(&published, &[]);
}

#[test]
fn this_years_answer() {
    let cases: [(&str, &str, &[&str]); 4] = [
        ("同意", "", &[ADMONISHED, MOVED]),
        ("缓议", "", &[ADMONISHED, MOVED]),
        ("不同意", "", &[ADMONISHED]),
        ("变更", "批评教育", &[ADMONISHED]),
    ];
    for (opinion, method, lines) in cases {
        let city = City::new(&[POOR, TALK]);
        assert_lines(&city.run("annual"), &[ADMONISHED, MOVED]);
        city.decide("2015-annual", "诫勉谈话名单", &[(THIS, opinion, method)]);
        let published = city.run("annual");
        assert_lines(&published, lines);
        assert_pending(&published, &[]);
    }
}

/// Answered on other grounds than today's: the proposal stands as if it were new.
#[test]
fn this_years_answer_on_other_grounds() {
    let mut city = City::new(&[POOR, TALK]);
    city.run("annual");
    city.decide("2015-annual", "诫勉谈话名单", &[(THIS, "不同意", "")]);
    city.edit(LEAD);
    let lines = ["诫勉谈话 C:G13 2.4-true+4.4", "批评教育 C:G13 2.4-true", MOVED];
    assert_lines(&city.run("annual"), &lines);
}

#[test]
fn the_half_years_answer_counts_for_its_twin() {
    let decided = ["诫勉谈话 C:G13 2.4-true !半年已决定", "批评教育 C:G13 2.4-true"];
    let both = [&decided[..], &[MOVED]].concat();
    for (opinion, lines) in [("同意", &both[..]), ("不同意", &decided[..])] {
        let mut city = City::new(&[LEAD, TALK]);
        city.run("half-year");
        city.decide("2015-half-year", "诫勉谈话名单", &[("2015-H-诫勉谈话-C-G13", opinion, "")]);
        assert_lines(&city.run("annual"), lines);
        // A new ground: the half-year did not decide about that.
        city.edit(POOR);
        let lines = ["诫勉谈话 C:G13 2.4-true+4.4", "批评教育 C:G13 2.4-true", MOVED];
        assert_lines(&city.run("annual"), &lines);
    }
}

#[test]
fn a_half_year_line_left_open_decides_nothing() {
    let city = City::new(&[LEAD, TALK]);
    city.run("half-year");
    city.decide("2015-half-year", "诫勉谈话名单", &[("2015-H-诫勉谈话-C-G13", "缓议", "")]);
    let lines = ["诫勉谈话 C:G13 2.4-true", "批评教育 C:G13 2.4-true", MOVED];
    assert_lines(&city.run("annual"), &lines);
}

/// Changed into an admonition, a removal counts for its year; but not for a 4.5 that would be a ground of itself.
#[test]
fn another_line_changed_into_an_admonition() {
    let unfit = [
        "调整建议 C:G13 4.7 [免职/责令辞职/降职]",
        "连带责任处理 C:G11 4.8 [约谈/诫勉谈话/调整]",
        "连带责任处理 C:G12 4.8 [约谈/诫勉谈话/调整]",
    ];
    let talk = "+谈话记录 干部编号=G11 谈话日期=2014-10-21";
    let mut city = City::new(&["年度考核_干部 G13 考核等次=不称职", TALK, talk]);
    assert_lines(&city.run("annual"), &unfit);
    let answers = [
        ("2015-A-调整建议-C-G13", "变更", "诫勉谈话"),
        ("2015-A-连带责任处理-C-G11", "同意", "诫勉谈话"),
        ("2015-A-连带责任处理-C-G12", "同意", "约谈"),
    ];
    city.decide("2015-annual", "调整建议名单", &answers);
    let moved = "调整建议 C:G11 4.5 [岗位调整/免职]";
    assert_lines(&city.run("annual"), &[&unfit[..], &[moved]].concat());
    // The next year sees them all.
    for cadre in ["G11", "G12", "G13", "G14", "G21", "G22", "G31", "G32"] {
        let grade = if ["G11", "G12", "G13"].contains(&cadre) { "基本称职" } else { "称职" };
        city.edit(&format!("+年度考核_干部 年度=2016 干部编号={cadre} 考核等次={grade}"));
    }
    for team in ["B1", "B2", "B3"] {
        city.edit(&format!("+年度考核_班子 年度=2016 单位编号={team} 考核等次=良好"));
        city.edit(&format!("+年度目标考核 年度=2016 单位编号={team}"));
    }
    let lines = ["诫勉谈话 C:G11 4.4", "诫勉谈话 C:G12 4.4", ADMONISHED, moved, MOVED];
    assert_lines(&city.run("annual --year 2016"), &lines);
}

/// True without a date of verification: settled once a committee decided on it as true.
#[test]
fn a_lead_of_last_year_that_was_decided() {
    let lead = "+问题线索 对象=G13 收到日期=2014-05-01 核实结果=属实 核实日期= 情节=一般";
    for (opinion, pending) in [("同意", &[][..]), ("不同意", &[]), ("缓议", &["往年线索 C:G13 核实日期"])]
    {
        let city = City::new(&[lead, "+年度考核_干部 年度=2014 干部编号=G13 考核等次=称职"]);
        let published = city.run(&format!("annual {OF_2014}"));
        assert!(published.lines().contains(&"批评教育 C:G13 2.4-true".to_owned()), "{:?}", published.lines());
        assert_pending(&city.run("annual"), &["往年线索 C:G13 核实日期"]);
        city.decide("2014-annual", "诫勉谈话名单", &[("2014-A-批评教育-C-G13", opinion, "")]);
        assert_pending(&city.run("annual"), pending);
    }
}
