//! What a line of a list says to those who decide: 事实, 依据 and 提示, as its workbook shows them.

use super::city::City;
use crate::archive::meeting::{record, shown};

/// A column of somebody's line on a list.
#[track_caller]
fn told(city: &City, run: &str, list: &str, id: &str, column: &str) -> String {
    city.run(run);
    let rows = shown(city, &format!("2015-{run}"), list, &["处理编号", column]);
    rows.iter().find(|row| row[0] == id).unwrap_or_else(|| panic!("no {id}: {rows:?}"))[1].clone()
}

#[test]
fn who_came_after_the_period_began_is_told_where_a_teams_rule_reaches_the_principal() {
    let city = City::new(&[
        "年度考核_班子 B1 考核等次=一般",
        "干部名册 G11 任现职时间=2015.3",
        "干部名册 G12 任现职时间=2014.12",
        "年度考核_干部 G22 考核等次=基本称职",
        "干部名册 G22 任现职时间=2015.3",
    ]);
    let hint = |id: &str| told(&city, "annual", "诫勉谈话名单", &format!("2015-A-诫勉谈话-C-{id}"), "提示");
    assert_eq!(hint("G11"), "任现职晚于考核期初");
    assert_eq!(hint("G12"), "");
    // Who answers for a grade of their own answers for it however late they came.
    assert_eq!(hint("G22"), "");
}

#[test]
fn a_true_lead_lighter_than_the_adjustment_line_says_so() {
    for (grave, expected) in [("一般", "情节一般的部分属实线索X9轻于调整建议起点"), ("较重", "")]
    {
        let lead = format!("+问题线索 线索编号=X9 对象=G13 线索来源=省级部门 核实结果=部分属实 情节={grave}");
        let city = City::new(&[&lead]);
        for action in ["诫勉谈话", "批评教育"] {
            let id = format!("2015-A-{action}-C-G13");
            assert_eq!(told(&city, "annual", "诫勉谈话名单", &id, "提示"), expected, "{action}");
        }
    }
}

#[test]
fn a_talk_of_that_kind_already_held_is_told_with_its_day_and_another_kind_is_not() {
    for (kind, expected) in [("函询", "本年已函询（2015-02-03）"), ("约谈", "")] {
        let talk = format!("+谈话记录 谈话日期=2015-02-03 谈话类型={kind} 干部编号=G13");
        let city = City::new(&["+问题线索 对象=G13 线索来源=省级部门 核实结果=未核实", &talk]);
        assert_eq!(told(&city, "annual", "函询核实名单", "2015-A-函询-C-G13", "提示"), expected);
    }
}

#[test]
fn the_basis_cites_the_part_and_the_packs_rule_and_marks_a_reading() {
    let city = City::new(&["年度考核_干部 G13 考核等次=基本称职", "年度考核_干部 G22 考核等次=不称职"]);
    let basis = |list: &str, id: &str| told(&city, "annual", list, id, "依据");
    assert_eq!(basis("诫勉谈话名单", "2015-A-诫勉谈话-C-G13"), "《办法》第四部分〔规则4.4〕");
    let read = basis("调整建议名单", "2015-A-连带责任处理-C-G21");
    assert_eq!(read, "《办法》第四部分〔规则4.8〕\n〔本部门口径〕");
}

/// What the Measures leave open and the pack settles is marked on every line that rests on it, and on no other.
#[test]
fn every_reading_that_the_pack_owns_up_to_is_marked() {
    let lead = |of: &str, source: &str, result: &str| {
        format!(
            "+问题线索 线索编号={of}{result} 对象={of} 线索来源={source} 问题类型=抓党建工作不力 核实结果={result} 情节=严重"
        )
    };
    let mut edits = vec![
        lead("B1", "省级部门", "未核实"),
        lead("B2", "省级部门", "属实"),
        lead("G11", "12380举报", "未核实"),
        lead("G32", "12380举报", "属实"),
        "+谈话记录 谈话日期=2015-02-03 谈话类型=交心谈话 干部编号=G21 发现作风问题=是".to_owned(),
    ];
    let of_source = [
        ("市级领导", "G12"),
        ("日常监督管理", "G13"),
        ("单位主要领导", "G22"),
        ("干部群众", "G31"),
        ("随机调研", "G14"),
    ];
    let mut marked: Vec<String> =
        ["函询-T-B1", "诫勉谈话-C-G21", "批评教育-C-G32", "调整建议-C-G32", "函询-C-G21"].map(str::to_owned).into();
    for (source, of) in of_source {
        edits.extend(["核实中", "属实"].map(|result| lead(of, source, result)));
        marked.extend(["调查核实", "诫勉谈话", "调整建议"].map(|action| format!("{action}-C-{of}")));
    }
    marks(&edits, &marked, &["调查核实-C-G11"]);
    let edits = [
        "半年考核_班子 B1 目标完成得分=20",
        "年度目标考核 B1 目标完成得分=30 作风改进评价=不明显",
        "年度考核_班子 B2 考核等次=一般",
        "年度考核_班子 B3 考核等次=较差",
        "年度考核_干部 G13 考核等次=不称职",
        "年度考核_干部 G22 考核等次=优秀",
        "年度考核_干部 G32 考核等次=基本称职",
    ];
    let marked = ["分析研究-T-B1", "限期整改-T-B2", "连带责任处理-C-G11", "调整建议-C-G32"].map(str::to_owned);
    let plain = ["诫勉谈话-C-G21", "整顿-T-B3", "调整建议-C-G13", "表彰奖励-C-G22", "诫勉谈话-C-G32"];
    marks(&edits.map(str::to_owned), &marked, &plain);
}

/// Which lines of an annual run say that they rest on a reading.
#[track_caller]
fn marks(edits: &[String], marked: &[String], plain: &[&str]) {
    let city = City::new(&edits.iter().map(String::as_str).collect::<Vec<_>>());
    city.run("annual");
    let lists = ["诫勉谈话名单", "函询核实名单", "整改整顿名单", "调整建议名单", "表彰使用名单"];
    let rows: Vec<Vec<String>> =
        lists.iter().flat_map(|list| shown(&city, "2015-annual", list, &["处理编号", "依据"])).collect();
    let cases = marked.iter().map(|id| (id.as_str(), true)).chain(plain.iter().map(|id| (*id, false)));
    for (id, expected) in cases {
        let row = rows.iter().find(|row| row[0] == format!("2015-A-{id}")).unwrap_or_else(|| panic!("no {id}"));
        assert_eq!(row[1].contains("〔本部门口径〕"), expected, "{id}: {}", row[1]);
    }
}

/// The Measures speak of 2015 alone: the share of talks in other years is ours, and so are its lines.
#[test]
fn the_share_of_talks_is_a_reading_in_every_year_but_2015() {
    for (year, marked) in [(2014, true), (2015, false), (2016, true)] {
        let city = City::new(&[]);
        let run = format!("{year}-annual");
        city.run(&format!("annual --year {year}"));
        let bases = shown(&city, &run, "交心谈话计划", &["依据"]);
        assert!(
            !bases.is_empty() && bases.iter().all(|row| row[0].contains("〔本部门口径〕") == marked),
            "{year}: {bases:?}"
        );
    }
}

/// An answer belongs to the grounds that it was given on: on others it is not filled in, and a new one needs no `--amend`.
#[test]
fn an_answer_on_other_grounds_is_not_filled_in_and_says_so() {
    let (list, id) = ("诫勉谈话名单", "2015-A-诫勉谈话-C-G13");
    let mut city = City::new(&["年度考核_干部 G13 考核等次=基本称职"]);
    let line = |city: &City| {
        city.run("annual");
        shown(city, "2015-annual", list, &["处理编号", "委员会意见", "提示"]).swap_remove(0)
    };
    assert_eq!(line(&city), [id, "", ""]);
    record(&city, "2015-annual", list, &[([id, "G13"], "委员会意见", "同意")]);
    assert_eq!(line(&city), [id, "同意", ""]);
    city.edit("+问题线索 线索编号=X9 对象=G13 线索来源=省级部门 核实结果=属实 情节=严重");
    assert_eq!(line(&city), [id, "", "依据已变，请重新审定"]);
    record(&city, "2015-annual", list, &[([id, "G13"], "委员会意见", "不同意")]);
    assert_eq!(line(&city), [id, "不同意", ""]);
}

/// What the half-year's committee decided on the same grounds stands on the annual line; where there are new ones they are
/// named, and nothing is filled in.
#[test]
fn a_half_years_decision_is_filled_in_or_its_new_grounds_are_named() {
    let list = "诫勉谈话名单";
    let mut city = City::new(&["+问题线索 线索编号=X9 对象=G13 线索来源=省级部门 核实结果=属实 情节=严重"]);
    city.run("half-year");
    record(&city, "2015-half-year", list, &[(["2015-H-诫勉谈话-C-G13", "G13"], "委员会意见", "同意")]);
    let line = |city: &City| {
        city.run("annual");
        shown(city, "2015-annual", list, &["处理编号", "委员会意见", "提示"]).swap_remove(0)
    };
    let id = "2015-A-诫勉谈话-C-G13";
    assert_eq!(line(&city), [id, "同意", "半年已决定"]);
    city.edit("年度考核_干部 G13 考核等次=基本称职");
    assert_eq!(line(&city), [id, "", "半年已决定（同意），本次新增依据：《办法》第四部分〔规则4.4〕（孙三）"]);
}

/// A fact that waits for a committee: 怎么办 names the line and its list.
#[test]
fn what_waits_for_a_committee_names_the_line_and_its_list() {
    let mut city = City::new(&["年度考核_干部 G13 考核等次=基本称职"]);
    city.run("annual");
    for team in ["B1", "B2", "B3"] {
        city.edit(&format!("+半年考核_班子 年度=2016 单位编号={team}"));
        city.edit(&format!("+年度目标考核 年度=2016 单位编号={team}"));
        city.edit(&format!("+年度考核_班子 年度=2016 单位编号={team} 考核等次=良好"));
    }
    for cadre in ["G11", "G12", "G13", "G14", "G21", "G22", "G31", "G32"] {
        let grade = if cadre == "G13" { "基本称职" } else { "称职" };
        city.edit(&format!("+年度考核_干部 年度=2016 干部编号={cadre} 考核等次={grade}"));
    }
    city.run("annual --year 2016");
    let rows = crate::rules::city::rows_of(&city.output().join("2016-annual/待定事项.xlsx"));
    let row = rows.iter().find(|row| row[2] == "G13").unwrap();
    assert_eq!((row[6].as_str(), row[9].as_str()), ("「上年诫勉」", "4.5"));
    assert_eq!(row[7].replace('\n', ""), "请委员会审定《诫勉谈话名单》的 2015-A-诫勉谈话-C-G13，再收回意见");
}

/// A 相关责任领导 of another unit: their own unit is told, not the one that named them; who came late is told of principals.
#[test]
fn who_is_named_from_another_unit_is_told_to_their_own() {
    let city =
        City::new(&["半年考核_班子 B1 工作落实评价=较差 相关责任领导=G22；孙三", "干部名册 G22 任现职时间=2015.3"]);
    city.run("half-year");
    let letters = city.output().join("2015-half-year/单位通知/拟稿");
    let cells = |unit: &str| crate::rules::city::rows_of(&letters.join(format!("{unit}.xlsx"))).concat();
    let said = |unit: &str| cells(unit).join("\r").replace('\n', "");
    let (own, naming) = (said("B2-乙区"), said("B1-甲局"));
    assert!(own.contains("2015-H-约谈-C-G22") && !own.contains("2015-H-约谈-C-G13"), "{own}");
    assert!(own.contains("被列为相关责任领导，甲局的半年考核"), "{own}");
    assert!(naming.contains("2015-H-约谈-C-G13") && !naming.contains("吴六"), "{naming}");
    let hints = shown(&city, "2015-half-year", "约谈名单", &["编号", "提示"]);
    assert!(hints.iter().all(|row| row[1].is_empty()), "{hints:?}");
}

/// With several grounds, each says in what capacity; what is blank is not said.
#[test]
fn several_grounds_stand_numbered_on_lines_of_their_own() {
    let city =
        City::new(&["+问题线索 线索编号=X9 对象=B1 线索来源=省级部门 核实结果=属实", "年度考核_班子 B1 考核等次=一般"]);
    let facts = told(&city, "annual", "诫勉谈话名单", "2015-A-诫勉谈话-C-G11", "事实");
    let plain = facts.replace("\n（2）", "\r（2）").replace('\n', "");
    let lines: Vec<&str> = plain.split('\r').collect();
    assert!(lines[0].starts_with("（1）本人为主要负责人，反映甲局班子的问题线索 X9（"), "{facts}");
    assert!(!facts.contains("情节") && !facts.contains("null"), "{facts}");
    assert_eq!(lines[1], "（2）本人为主要负责人，甲局的年度考核等次：一般");
}

/// 相关责任领导 are told as such, and the cell that names them is among the sources.
#[test]
fn whoever_is_named_as_responsible_is_told_so_with_the_cell() {
    let city = City::new(&["半年考核_班子 B1 工作落实评价=较差 相关责任领导=孙三"]);
    let line = |column: &str| told(&city, "half-year", "约谈名单", "2015-H-约谈-C-G13", column);
    let facts = line("事实");
    assert!(facts.starts_with("被列为相关责任领导，甲局的半年考核"), "{facts}");
    assert!(line("来源").contains("半年考核_班子!F2"));
}

/// Rows stand as people stand in the registers, whatever their numbers: units first, in each the people.
#[test]
fn rows_stand_in_the_order_of_the_registers_and_not_of_numbers() {
    let city = City::new(&[
        "半年考核_班子 B1 工作落实评价=较差",
        "半年考核_班子 B2 工作落实评价=较差",
        "-班子名册 B1",
        "+班子名册 单位编号=B1 单位名称=甲局 单位类别=市级部门",
        "-干部名册 G11",
        "+干部名册 干部编号=G11 姓名=赵一 单位编号=B1 职务=党组书记 班子职务=主要负责人",
    ]);
    city.run("half-year");
    let column = |list: &str, name: &str| shown(&city, "2015-half-year", list, &[name]).concat();
    assert_eq!(column("通报名单", "编号"), ["B2", "B1"]);
    assert_eq!(column("约谈名单", "编号"), ["G21", "G12", "G11"]);
    let read = crate::rules::city::rows_of(&city.output().join("2015-half-year/会审一览.xlsx"));
    let subjects = read.iter().filter(|row| row[0].parse::<u32>().is_ok()).map(|row| row[1].as_str());
    assert_eq!(subjects.collect::<Vec<_>>(), ["乙区", "周五", "甲局", "钱二", "赵一"]);
}
