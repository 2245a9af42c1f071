//! Which year rows are of, and which year is the run's.

use super::*;

const GRADES: &str = "单位名称|考核等次\n盘龙区|优秀\n市审计局|良好";

fn titled(title: &str) -> String {
    format!("{title}\n{GRADES}")
}

#[test]
fn the_title_gives_the_year_where_the_column_does_not() {
    check(
        &[("a.xlsx!一", &titled("昆明市2015年考核\n2014年打印"))],
        expect![[r#"
        a.xlsx!一 年度考核_班子 2 = 2 + 0 + 0
    "#]],
    );
    check(
        &[("a.xlsx!一", &titled("2015年1-6月"))],
        expect![[r#"
        a.xlsx!一 年度考核_班子 2 = 2 + 0 + 0
    "#]],
    );
    check(
        &[("a.xlsx!一", "2014年\n年度|单位名称|考核等次\n2015|盘龙区|优秀\n|市审计局|良好")],
        expect![[r#"
        a.xlsx!一 年度考核_班子 2 = 1 + 0 + 1
    "#]],
    );
}

#[test]
fn a_single_date_is_no_year_and_the_run_s_year_is_told() {
    check(
        &[("a.xlsx!一", &titled("填报日期：2016年1月5日"))],
        expect![[r#"
        a.xlsx!一 年度考核_班子 2 = 2 + 0 + 0
        ! GuessedYear a.xlsx!一 「」
            有2行没有年度，表头以上也没有写明年度，按本次运行的2015年处理；表头以上另有「2016年」
            请填写年度列，或在标题中写明年度，例如「2015年度」
    "#]],
    );
    check(
        &[("a.xlsx!一", &titled("汇总表"))],
        expect![[r#"
        a.xlsx!一 年度考核_班子 2 = 2 + 0 + 0
        ! GuessedYear a.xlsx!一 「」
            有2行没有年度，表头以上也没有写明年度，按本次运行的2015年处理
            请填写年度列，或在标题中写明年度，例如「2015年度」
    "#]],
    );
    // Nothing to guess where every row says its year.
    check(
        &[("a.xlsx!一", "汇总表\n年度|单位名称|考核等次\n2015|盘龙区|优秀")],
        expect![[r#"
        a.xlsx!一 年度考核_班子 1 = 1 + 0 + 0
    "#]],
    );
}

#[test]
fn a_title_that_makes_all_rows_history_is_told() {
    check(
        &[("a.xlsx!一", &titled("2014年")), ("b.xlsx!一", &titled("2016年"))],
        expect![[r#"
        a.xlsx!一 年度考核_班子 2 = 0 + 0 + 2
        b.xlsx!一 年度考核_班子 2 = 0 + 0 + 2
        ! HistorySheet a.xlsx!一 「」
            标题写的是「2014年」，各行没有年度，全部2行作为2014年的历史数据，不作为2015年的数据
            如确为2015年的数据，请改正标题或填写年度列
        ! HistorySheet b.xlsx!一 「」
            标题写的是「2016年」，各行没有年度，全部2行作为2016年的历史数据，不作为2015年的数据
            如确为2015年的数据，请改正标题或填写年度列
    "#]],
    );
}

#[test]
fn years_after_the_run_s_are_told_at_their_cells() {
    check(
        &[
            ("a.xlsx!一", "年度|单位名称|考核等次\n2051|盘龙区|优秀"),
            (
                "b.xlsx!线索",
                "线索编号|收到日期|线索来源|反映对象|单位名称|姓名|问题类型|核实结果|核实日期
                 X1|2016-01-02|干部群众|干部|盘龙区|李四|不作为|未核实|
                 X2|2015-01-02|干部群众|干部|盘龙区|李四|不作为|属实|2016-03-01",
            ),
            (
                "b.xlsx!谈话",
                "谈话日期|谈话类型|干部编号|所属年度
                 2015-03-04|约谈|K2|2016
                 2016-03-04|约谈|K2|2015",
            ),
        ],
        expect![[r#"
            a.xlsx!一 年度考核_班子 1 = 0 + 0 + 1
            b.xlsx!线索 问题线索 2 = 1 + 0 + 1
            b.xlsx!谈话 谈话记录 2 = 1 + 0 + 1
            ! FutureYear a.xlsx!一!A2 年度「2051」
                年度「2051」晚于本次运行的2015年
                请核对年份；确属以后年度的，不计入2015年
            ! FutureYear b.xlsx!线索!B2 收到日期「2016-01-02」
                收到日期「2016-01-02」晚于本次运行的2015年
                请核对年份；确属以后年度的，不计入2015年
            ! FutureYear b.xlsx!线索!I3 核实日期「2016-03-01」
                核实日期「2016-03-01」晚于本次运行的2015年
                请核对年份；确属以后年度的，不计入2015年
            ! FutureYear b.xlsx!谈话!D2 所属年度「2016」
                所属年度「2016」晚于本次运行的2015年
                请核对年份；确属以后年度的，不计入2015年
            ! FutureYear b.xlsx!谈话!A3 谈话日期「2016-03-04」
                谈话日期「2016-03-04」晚于本次运行的2015年
                请核对年份；确属以后年度的，不计入2015年
        "#]],
    );
}

#[test]
fn the_run_s_year_is_the_latest_of_the_assessments() {
    let found = |sheets: &[(&str, &str)]| {
        let result = read(sheets, &Options { year: None, ..Options::default() });
        result
            .map(|dataset| (dataset.year, dataset.year_found, dataset.as_of.to_string()))
            .map_err(|error| error.to_string())
    };
    assert_eq!(found(&[("a.xlsx!一", &titled("2014年"))]), Ok((2014, true, "2014-12-31".to_owned())));
    assert_eq!(
        found(&[("a.xlsx!一", "年度|单位名称|考核等次\n2013|盘龙区|优秀\n2014年|市审计局|良好")]),
        Ok((2014, true, "2014-12-31".to_owned()))
    );
    let typo = format!("年度|单位名称|考核等次\n{}2051|盘龙区|优秀", "2015|市审计局|良好\n".repeat(10));
    expect!["各考核表中最晚的年度是「2051」，但11行中只有1行属于该年度，可能是笔误；请核对，或用 --year 指明年度"]
        .assert_eq(&found(&[("a.xlsx!一", &typo)]).unwrap_err());
    expect!["各考核表的年度列和标题中都没有写明年度；请用 --year 指明，例如 --year 2015"]
        .assert_eq(&found(&[("a.xlsx!一", GRADES)]).unwrap_err());
    // Talks and leads say nothing about the year of the run.
    expect!["各考核表的年度列和标题中都没有写明年度；请用 --year 指明，例如 --year 2015"]
        .assert_eq(&found(&[("a.xlsx!一", "谈话日期|谈话类型|干部编号\n2015-03-04|约谈|K2")]).unwrap_err());
}

/// The list that a check writes says why there can be no run, and not that nothing is wrong.
#[test]
fn a_year_that_cannot_be_told_is_a_fault_of_its_own() {
    check_with(
        &Options { year: None, ..Options::default() },
        &[("a.xlsx!一", "单位名称|考核等次\n盘龙区|优秀")],
        expect![[r#"
            各考核表的年度列和标题中都没有写明年度；请用 --year 指明，例如 --year 2015
            ---
            a.xlsx!一 年度考核_班子 1 = 1 + 0 + 0
            ✗ NoYear  「」
                各考核表的年度列和标题中都没有写明年度
                请用 --year 指明，例如 --year 2015
        "#]],
    );
}

#[test]
fn history_is_used_where_a_rule_looks_back() {
    check(
        &[
            (
                "a.xlsx!谈话",
                "谈话日期|谈话类型|干部编号
                 2013-03-04|诫勉谈话|K2
                 2014-03-04|诫勉谈话|K2
                 2015-03-04|诫勉谈话|K2",
            ),
            (
                "a.xlsx!线索",
                "线索编号|收到日期|线索来源|反映对象|干部编号|问题类型|核实结果|核实日期
                 X1|2014-03-04|干部群众|干部|K2|不作为|未核实|
                 X2|2014-03-04|干部群众|干部|K2|不作为|属实|
                 X3|2014-03-04|干部群众|干部|K2|不作为|属实|2014-05-01
                 X4|2014-03-04|干部群众|干部|K2|不作为|属实|2015-05-01",
            ),
            ("a.xlsx!等次", "年度|单位名称|考核等次\n2014|盘龙区|优秀\n2015|盘龙区|优秀"),
        ],
        expect![[r#"
            a.xlsx!谈话 谈话记录 3 = 2 + 0 + 1
            a.xlsx!线索 问题线索 4 = 3 + 0 + 1
            a.xlsx!等次 年度考核_班子 2 = 1 + 0 + 1
        "#]],
    );
}

#[test]
fn rows_after_the_as_of_date_are_history() {
    check_with(
        &Options { as_of: AsOf::Default(6, 30), ..Options::default() },
        &[("a.xlsx!谈话", "谈话日期|谈话类型|干部编号\n2015-06-30|约谈|K2\n2015-07-01|约谈|K2")],
        expect![[r#"
            a.xlsx!谈话 谈话记录 2 = 1 + 0 + 1
        "#]],
    );
}

#[test]
fn history_is_not_rejected_because_somebody_has_left() {
    check(
        &[(
            "a.xlsx!谈话",
            "谈话日期|谈话类型|干部编号|姓名|单位名称
             2014-03-04|约谈|K9|已调走|盘龙区
             2014-03-04|约谈||已调走|盘龙区
             2014-03-04|约谈||李四|已撤销局
             2014-03-04|约谈||王五|盘龙区
             2014-03-04|约谈||张三|
             2014-03-04|约谈|K2|王五|
             2014-03-04|喝茶|K9||
             2014-03-04|约谈|K2|李四|已撤销局
             2015-03-04|约谈|K9|已调走|",
        )],
        expect![[r#"
            a.xlsx!谈话 谈话记录 9 = 1 + 4 + 4
            ! UnknownSubject a.xlsx!谈话!D5 姓名「王五」
                往年的记录，本次不采用：《干部名册》上的「盘龙区」没有「王五」；该姓名见于：王五（K3，市审计局）
                请核对姓名和单位，或填写干部编号
            ✗ AmbiguousSubject a.xlsx!谈话!D6 姓名「张三」
                姓名「张三」在《干部名册》上对应2个，无法确定是哪一个：张三（K1，盘龙区）、张三（K4，市审计局）
                请填写干部编号（或能区分的单位）
            ✗ ContradictorySubject a.xlsx!谈话!D7 姓名「王五」
                姓名「王五」与干部编号「K2」不符，《干部名册》上该编号为「李四」
                请核对干部编号和姓名，改正有误的一项
            ✗ NotInSet a.xlsx!谈话!B8 谈话类型「喝茶」
                谈话类型「喝茶」不在规定的取值之内，应为「约谈」「诫勉谈话」「函询」「批评教育」「交心谈话」之一
                请改填「约谈」「诫勉谈话」「函询」「批评教育」「交心谈话」之一
            ✗ UnknownSubject a.xlsx!谈话!C10 干部编号「K9」
                干部编号「K9」不在《干部名册》上
                请核对干部编号；名册漏登的，请先补入《干部名册》
        "#]],
    );
}
