//! What cannot be decided is pending and says what is missing; it is never a "no", nor a flood.

use super::city::{City, rows_of, texts};
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

const WEAK: &str = "半年考核_班子 B1 目标完成得分=59.9";
const LATE: &str = "年度目标考核 B1 目标完成得分=59.9";

/// What is pending about somebody under a rule: missing, sources, and what 待定事项 says is to be done.
#[track_caller]
pub fn asked(city: &City, command: &str, rule: &str, subject: &str) -> (Vec<String>, Vec<String>, String) {
    let published = city.run(command);
    let case = published.pendings.iter().find(|case| case["rule"] == rule && case["subject_id"] == subject).unwrap();
    let own = |name: &str| texts(&case[name]).into_iter().map(str::to_owned).collect::<Vec<String>>();
    let rows = rows_of(&city.output().join("2015-annual/待定事项.xlsx"));
    let header = rows.iter().find(|row| row.iter().any(|cell| cell == "怎么办")).unwrap();
    let at = |name: &str| header.iter().position(|cell| cell == name).unwrap();
    let row = rows.iter().find(|row| row[at("编号")] == subject && row[at("规则")].split('、').any(|one| one == rule));
    // A sentence may end a line between clauses.
    (own("missing"), own("sources"), row.unwrap()[at("怎么办")].replace('\n', ""))
}

#[track_caller]
fn told(edits: &[&str], rule: &str, subject: &str) -> (Vec<String>, String) {
    let (_, sources, remedy) = asked(&City::new(edits), "annual", rule, subject);
    (sources, remedy)
}

/// `missing` keeps the fact's name; its cell is the source, and its column is what is to be filled in.
#[test]
fn a_fact_without_a_value_leads_to_the_blank_cell() {
    let no_style = "年度目标考核 B1 作风改进评价=";
    let (sources, remedy) = told(&[WEAK, LATE, no_style, "年度目标考核 B2 作风改进评价=明显"], "1.5", "B1");
    // 年度 A, 考核部门 B, 单位编号 C, 目标完成得分 D, 目标完成评价 E, 作风改进评价 F.
    let cells = ["报送.xlsx!半年考核_班子!D2", "报送.xlsx!年度目标考核!D2", "报送.xlsx!年度目标考核!F2"];
    let mut found: Vec<&str> = sources.iter().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, cells);
    assert_eq!(remedy, "请市委目督办、市政府目督办在《年度目标考核》中补齐「作风改进评价」，以查明「作风改进不明显」");
    // Without a row there is no cell: the table is to be sent.
    let (_, remedy) = told(&[WEAK, "-年度目标考核 B1"], "1.5", "B1");
    let columns = "「作风改进评价」「目标完成得分」「目标完成评价」";
    let said = format!("补报或补齐《年度目标考核》的{columns}，以查明「作风改进不明显」「年度目标仍差」");
    assert!(remedy.ends_with(&said), "{remedy}");
}

#[test]
fn what_is_blank_is_among_the_sources_of_a_case() {
    let lead = "+问题线索 线索来源=省级部门 对象=G13 核实结果=属实";
    let (sources, remedy) = told(&[lead, "+问题线索 线索编号=X2 对象=G22 情节=轻微"], "2.1-serious", "G13");
    assert!(sources.iter().any(|source| source.ends_with("问题线索!I2")), "{sources:?}");
    assert_eq!(remedy, "请市委组织部干部监督机构在《问题线索》中补齐「情节」");
    // On a sheet without that column its row is what lacks it.
    let (sources, _) = told(&[lead], "2.1-serious", "G13");
    assert!(sources.iter().any(|source| source.ends_with("问题线索!A2")), "{sources:?}");
    let undated = "+问题线索 线索编号=X2 收到日期=2013-09-10 对象=B1 核实结果=属实 核实日期=";
    let (sources, remedy) = told(&[undated], "往年线索", "B1");
    assert!(sources.iter().any(|source| source.ends_with("问题线索!H2")), "{sources:?}");
    assert_eq!(remedy, "请市委组织部干部监督机构在《问题线索》中补齐「核实日期」");
}

/// What 4.5 waits for is what the rule waits for that would admonish.
#[test]
fn what_rests_on_another_pending_case_leads_to_its_blank() {
    let last = "+谈话记录 谈话日期=2014-10-11 干部编号=G13";
    let city = City::new(&[last, "-年度考核_干部 G13"]);
    let (missing, sources, remedy) = asked(&city, "annual", "4.5", "G13");
    assert_eq!(missing, ["本年诫勉"]);
    // Nothing was sent about this person's year: the register names them.
    assert!(sources.iter().any(|source| source.ends_with("干部名册!A4")), "{sources:?}");
    assert_eq!(remedy, "请市委组织部补报或补齐《年度考核_干部》的「考核等次」，以查明「本年诫勉」");
}
