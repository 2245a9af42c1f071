//! Part 4 of the Measures: what follows from the year's grades (4.1 to 4.4, 4.6 to 4.8).

use super::check;

#[test]
fn rule_4_1_team() {
    check("annual", &["年度考核_班子 B1 考核等次=优秀"], &["表彰奖励 T:B1 4.1-team"], &[]);
    check("annual", &["年度考核_班子 B1 考核等次=良好"], &[], &[]);
}

#[test]
fn rule_4_1_cadre() {
    check("annual", &["年度考核_干部 G13 考核等次=优秀"], &["表彰奖励 C:G13 4.1-cadre"], &[]);
    check("annual", &["年度考核_干部 G13 考核等次=称职"], &[], &[]);
}

#[test]
fn rule_4_2() {
    let lines = ["表彰奖励 C:G13 4.1-cadre", "优先提拔重用 C:G13 4.2 [提拔/重用]"];
    check("annual", &["年度考核_干部 G13 考核等次=优秀 特别优秀=是"], &lines, &[]);
    check("annual", &["年度考核_干部 G13 考核等次=优秀 特别优秀=否"], &lines[..1], &[]);
    check("annual", &["年度考核_干部 G13 考核等次=称职 特别优秀=是"], &[], &[]);
}

#[test]
fn rule_4_3() {
    let lines = ["诫勉谈话 C:G11 4.3", "诫勉谈话 C:G12 4.3", "限期整改 T:B1 4.3"];
    check("annual", &["年度考核_班子 B1 考核等次=一般"], &lines, &[]);
}

#[test]
fn rule_4_4() {
    check("annual", &["年度考核_干部 G13 考核等次=基本称职"], &["诫勉谈话 C:G13 4.4"], &[]);
}

#[test]
fn rule_4_6() {
    let lines = ["整顿 T:B1 4.6", "调整建议 C:G11 4.6 [调整]", "调整建议 C:G12 4.6 [调整]"];
    check("annual", &["年度考核_班子 B1 考核等次=较差"], &lines, &[]);
}

#[test]
fn rule_4_7_for_a_principal_makes_nobody_else_answer() {
    check("annual", &["年度考核_干部 G11 考核等次=不称职"], &["调整建议 C:G11 4.7 [免职/责令辞职/降职]"], &[]);
}

#[test]
fn rule_4_8_for_a_member() {
    let lines = [
        "调整建议 C:G13 4.7 [免职/责令辞职/降职]",
        "连带责任处理 C:G11 4.8 [约谈/诫勉谈话/调整]",
        "连带责任处理 C:G12 4.8 [约谈/诫勉谈话/调整]",
    ];
    check("annual", &["年度考核_干部 G13 考核等次=不称职"], &lines, &[]);
    check("annual", &["年度考核_干部 G13 考核等次=基本称职"], &["诫勉谈话 C:G13 4.4"], &[]);
}

/// A principal of B1 who is a member of B2: only B2's principals answer.
#[test]
fn rule_4_8_goes_through_the_teams_where_they_are_members() {
    let second = "+干部名册 干部编号=G11 姓名=赵一 单位编号=B2 职务=区委常委 班子职务=班子成员";
    let lines = ["调整建议 C:G11 4.7 [免职/责令辞职/降职]", "连带责任处理 C:G21 4.8 [约谈/诫勉谈话/调整]"];
    check("annual", &[second, "年度考核_干部 G11 考核等次=不称职"], &lines, &[]);
}

#[test]
fn rule_4_8_makes_the_principals_of_both_teams_answer() {
    let second = "+干部名册 干部编号=G13 姓名=孙三 单位编号=B2 职务=区委常委 班子职务=班子成员";
    let lines = [
        "调整建议 C:G13 4.7 [免职/责令辞职/降职]",
        "连带责任处理 C:G11 4.8 [约谈/诫勉谈话/调整]",
        "连带责任处理 C:G12 4.8 [约谈/诫勉谈话/调整]",
        "连带责任处理 C:G21 4.8 [约谈/诫勉谈话/调整]",
    ];
    check("annual", &[second, "年度考核_干部 G13 考核等次=不称职"], &lines, &[]);
}

#[test]
fn grades_settle_nothing_at_half_year() {
    let grades = ["年度考核_班子 B1 考核等次=较差", "年度考核_干部 G13 考核等次=不称职"];
    check("half-year", &grades, &[], &[]);
}

#[test]
fn last_years_grade_decides_nothing() {
    check("annual", &["+年度考核_干部 年度=2014 干部编号=G13 考核等次=不称职"], &[], &[]);
}

#[test]
fn no_grade_on_purpose_makes_nothing() {
    check("annual", &["年度考核_干部 G13 考核等次=不定等次"], &[], &[]);
}
