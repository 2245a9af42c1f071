//! What cannot be decided is pending and says what is missing; it is never a "no", nor a flood.

use super::city::{City, rows_of};
use super::{check, check_faulty};

#[test]
fn a_cadre_only_in_a_rejected_register_row() {
    check_faulty("annual", &["干部名册 G13 职务="], &[], &["名册待更正 C:G13 名册"]);
}

#[test]
fn a_team_only_in_a_rejected_register_row() {
    let pending = ["名册待更正 T:B3 名册", "名册待更正 C:G31 名册", "名册待更正 C:G32 名册"];
    check_faulty("annual", &["班子名册 B3 单位类别=乡镇"], &[], &pending);
}

/// People look for a name, also of somebody whom the register does not know.
#[test]
fn somebody_only_in_a_rejected_register_row_is_listed_by_name() {
    let city = City::new(&["干部名册 G13 职务="]);
    assert_eq!(city.try_run("annual").status.code(), Some(3));
    let rows = rows_of(&city.output().join("2015-annual/待定事项.xlsx"));
    let named = |row: &Vec<String>| row.contains(&"G13".to_owned()) && row.contains(&"孙三".to_owned());
    assert!(rows.iter().any(named), "{rows:?}");
}

/// A second, sound register row keeps the person known.
#[test]
fn a_cadre_with_one_sound_register_row() {
    let second = "+干部名册 干部编号=G13 姓名=孙三 单位编号=B2 职务=区委常委 班子职务=成员";
    check_faulty("annual", &[second], &[], &["数据待更正 C:G13 干部名册"]);
}

#[test]
fn tables_that_nobody_sent() {
    let every = |rules: &[&str], missing: &str| -> Vec<String> {
        let teams = ["B1", "B2", "B3"].iter();
        teams.flat_map(|team| rules.iter().map(move |rule| format!("{rule} T:{team} {missing}"))).collect()
    };
    let pending = every(&["1.2-team", "1.3"], "半年落实不力");
    check("half-year", &["-半年考核_班子"], &[], &pending.iter().map(String::as_str).collect::<Vec<_>>());
    let pending = every(&["4.1-team", "4.3", "4.6"], "考核等次");
    // Whether G31 and the others are admonished this year stays open, but nobody of them was last year.
    check("annual", &["-年度考核_班子"], &[], &pending.iter().map(String::as_str).collect::<Vec<_>>());
    check("annual", &["-年度目标考核"], &[], &[]);
    check("half-year", &["-谈话记录"], &[], &[]);
}
