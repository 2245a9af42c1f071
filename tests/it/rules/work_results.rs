//! Part 1 of the Measures: half-year warnings (1.2, 1.3) and the year-end analysis (1.5).

use super::check;

const WEAK_B1: [&str; 3] = ["通报 T:B1 1.2-team", "约谈 C:G11 1.3", "约谈 C:G12 1.3"];

#[test]
fn sound_city_proposes_nothing() {
    check("half-year", &[], &[], &[]);
    check("annual", &[], &[], &[]);
}

#[test]
fn rule_1_2_team_and_1_3_by_score() {
    check("half-year", &["半年考核_班子 B1 目标完成得分=59.9"], &WEAK_B1, &[]);
    check("half-year", &["半年考核_班子 B1 目标完成得分=60"], &[], &[]);
}

#[test]
fn rule_1_2_team_and_1_3_by_judgement() {
    check("half-year", &["半年考核_班子 B1 工作落实评价=较差"], &WEAK_B1, &[]);
    check("half-year", &["半年考核_班子 B1 工作落实评价=一般"], &[], &[]);
}

#[test]
fn a_row_without_a_score_is_judged_by_its_word() {
    check("half-year", &["半年考核_班子 B1 目标完成得分= 工作落实评价=较差"], &WEAK_B1, &[]);
    check("half-year", &["半年考核_班子 B1 目标完成得分= 工作落实评价=一般"], &[], &[]);
}

#[test]
fn one_weak_row_of_two_offices_suffices() {
    let second = "+半年考核_班子 考核部门=市政府目督办 单位编号=B1 目标完成得分=59.9";
    check("half-year", &[second], &WEAK_B1, &[]);
}

#[test]
fn half_year_rules_rest_in_the_annual_run() {
    check("annual", &["半年考核_班子 B1 目标完成得分=59.9"], &[], &[]);
    check("annual", &["+半年考核_干部 干部编号=G13 目标完成得分=59.9"], &[], &[]);
}

#[test]
fn last_years_half_year_row_decides_nothing() {
    check("half-year", &["+半年考核_班子 年度=2014 单位编号=B1 目标完成得分=10"], &[], &[]);
}

#[test]
fn rule_1_3_reaches_the_leaders_named_in_weak_rows() {
    let mut lines = WEAK_B1.to_vec();
    lines.push("约谈 C:G13 1.3");
    check("half-year", &["半年考核_班子 B1 目标完成得分=59.9 相关责任领导=孙三"], &lines, &[]);
    check("half-year", &["半年考核_班子 B1 目标完成得分=60 相关责任领导=孙三"], &[], &[]);
    // Named in the other office's row, which is not weak.
    let other = "+半年考核_班子 考核部门=市政府目督办 单位编号=B1 相关责任领导=李四";
    check("half-year", &["半年考核_班子 B1 目标完成得分=59.9 相关责任领导=孙三", other], &lines, &[]);
}

#[test]
fn leaders_are_named_by_id_or_name_with_any_separator() {
    let lines = [&WEAK_B1[..], &["约谈 C:G13 1.3", "约谈 C:G14 1.3", "约谈 C:G22 1.3"]].concat();
    for named in ["孙三、李四，G22", "G13,G14；G22", "孙三;G14;G22"] {
        let weak = format!("半年考核_班子 B1 目标完成得分=59.9 相关责任领导={named}");
        check("half-year", &[&weak], &lines, &[]);
    }
}

#[test]
fn a_principal_who_is_also_named_has_one_line() {
    check("half-year", &["半年考核_班子 B1 目标完成得分=59.9 相关责任领导=赵一"], &WEAK_B1, &[]);
}

#[test]
fn rule_1_2_cadre_and_1_3_cadre() {
    let lines = ["通报 C:G13 1.2-cadre", "约谈 C:G13 1.3-cadre"];
    check("half-year", &["+半年考核_干部 干部编号=G13 目标完成得分=59.9"], &lines, &[]);
    check("half-year", &["+半年考核_干部 干部编号=G13 工作落实评价=较差"], &lines, &[]);
    check("half-year", &["+半年考核_干部 干部编号=G13 目标完成得分=60 工作落实评价=一般"], &[], &[]);
}

const WEAK: &str = "半年考核_班子 B1 目标完成得分=59.9";
const LATE: &str = "年度目标考核 B1 目标完成得分=59.9";
const STYLE: &str = "年度目标考核 B1 作风改进评价=不明显";

const ANALYSED: [&str; 4] = [
    "分析研究 T:B1 1.5",
    "调整建议 T:B1 1.5 [调整]",
    "调整建议 C:G11 1.5 [调整/免职/责令辞职/降职]",
    "调整建议 C:G12 1.5 [调整/免职/责令辞职/降职]",
];

#[test]
fn rule_1_5_needs_all_three() {
    check("annual", &[WEAK, LATE, STYLE], &ANALYSED, &[]);
    check("annual", &[LATE, STYLE], &[], &[]);
    check("annual", &[WEAK, STYLE], &[], &[]);
    check("annual", &[WEAK, LATE], &[], &[]);
}

#[test]
fn rule_1_5_at_the_line() {
    check("annual", &[WEAK, STYLE, "年度目标考核 B1 目标完成得分=60"], &[], &[]);
    check("annual", &[STYLE, LATE, "半年考核_班子 B1 目标完成得分=60"], &[], &[]);
    check("annual", &[WEAK, STYLE, "年度目标考核 B1 目标完成评价=较差"], &ANALYSED, &[]);
    check("annual", &[WEAK, STYLE, "年度目标考核 B1 目标完成评价=一般"], &[], &[]);
}

#[test]
fn rule_1_5_rests_in_the_half_year_run() {
    check("half-year", &[WEAK, LATE, STYLE], &WEAK_B1, &[]);
}

#[test]
fn rule_1_5_reaches_the_leaders_named_in_weak_half_year_rows() {
    let mut lines = ANALYSED.to_vec();
    lines.push("调整建议 C:G13 1.5 [调整/免职/责令辞职/降职]");
    check("annual", &["半年考核_班子 B1 目标完成得分=59.9 相关责任领导=孙三", LATE, STYLE], &lines, &[]);
}

#[test]
fn style_not_improved_by_one_office_is_not_improved() {
    let other = |style: &str| format!("+年度目标考核 考核部门=市政府目督办 单位编号=B1 作风改进评价={style}");
    check("annual", &[WEAK, LATE, &other("不明显")], &ANALYSED, &[]);
    check("annual", &[WEAK, LATE, &other("")], &[], &[]);
}
