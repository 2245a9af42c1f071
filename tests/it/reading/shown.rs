//! What the sheet shows: hidden, replaced, rounded values, percentages and parts of dates, in every format.

use super::*;
use crate::workbook::build;

#[test]
fn a_percentage_in_a_column_of_numbers_is_an_issue_as_shown() {
    check(
        &[(
            "a.xlsx!表",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|~0.9~0%~90%|好
             2015|市委目督办|U2|~0.9~0.0%~90.0%|好
             2015|市委目督办|U3|90%|好
             2015|市政府目督办|U1|90％|好
             2015|市政府目督办|U2|~90~0~90|好",
        )],
        expect![[r#"
            a.xlsx!表 半年考核_班子 5 = 1 + 4 + 0
            ✗ BadNumber a.xlsx!表!D2 目标完成得分「90%」
                目标完成得分「90%」（实际存放0.9）不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
            ✗ BadNumber a.xlsx!表!D3 目标完成得分「90.0%」
                目标完成得分「90.0%」（实际存放0.9）不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
            ✗ BadNumber a.xlsx!表!D4 目标完成得分「90%」
                目标完成得分「90%」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
            ✗ BadNumber a.xlsx!表!D5 目标完成得分「90％」
                目标完成得分「90％」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
        "#]],
    );
}

#[test]
fn a_number_that_its_format_hides_or_replaces_is_an_issue_in_every_kind_of_column() {
    check(
        &[
            (
                "a.xlsx!表",
                "年度|考核部门|单位编号|目标完成得分|工作落实评价|相关责任领导
                 2015|市委目督办|U1|~0~0;-0;;@~|好|
                 2015|市委目督办|U2|~85~;;;~|~1~;;;~|~2~;;;~
                 ~2015~;;;~|市政府目督办|U1|~85~0\"分\"~85分|好|",
            ),
            (
                "b.xlsx!表",
                "谈话日期|谈话类型|干部编号|所属年度
                 ~42179~;;;~|约谈|K2|2015
                 2015-06-24|约谈|~2~\"K\"0~K2|2015
                 2015-06-24|约谈|~2~000~002|~2015~0\"年\"~2015年",
            ),
        ],
        expect![[r#"
            a.xlsx!表 半年考核_班子 3 = 0 + 3 + 0
            b.xlsx!表 谈话记录 3 = 0 + 3 + 0
            ✗ NotAsShown a.xlsx!表!D2 目标完成得分「0」
                目标完成得分显示为空白，实际存有「0」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a.xlsx!表!D3 目标完成得分「85」
                目标完成得分显示为空白，实际存有「85」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a.xlsx!表!E3 工作落实评价「1」
                工作落实评价显示为空白，实际存有「1」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a.xlsx!表!F3 相关责任领导「2」
                相关责任领导显示为空白，实际存有「2」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a.xlsx!表!A4 年度「2015」
                年度显示为空白，实际存有「2015」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown b.xlsx!表!A2 谈话日期「42179」
                谈话日期显示为空白，实际存有「42179」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown b.xlsx!表!C3 干部编号「K2」
                干部编号显示为「K2」，实际存放的却是「2」：由数字格式改换了
                请把单元格改为常规或文本格式，再照应有的内容填写
            ✗ NotAsShown b.xlsx!表!C4 干部编号「002」
                干部编号显示为「002」，实际存放的却是「2」：由数字格式改换了
                请把单元格改为常规或文本格式，再照应有的内容填写
        "#]],
    );
}

#[test]
fn what_is_hidden_rejects_a_register_s_row_whatever_the_column() {
    check_with(
        &Options { city: false, ..Options::default() },
        &[
            ("a.xlsx!表", "单位编号|单位名称|单位类别|简称\nU1|盘龙区|县区|\nU2|审计局|市级部门|~1~;;;~"),
            (
                "b.xlsx!表",
                "干部编号|姓名|单位编号|职务|班子职务|党务干部|任现职时间
                 K1|张三|U1|区长|主要负责人|~1~;;;~|2012.03
                 K2|李四|U1|副区长|班子成员|对|~2012-03-15~yyyy\"年\"m\"月\"~2012年3月
                 K3|王五|U1|副区长|班子成员|是|~2012-03-15~yyyy~2012",
            ),
        ],
        expect![[r#"
            a.xlsx!表 班子名册 2 = 1 + 1 + 0
            b.xlsx!表 干部名册 3 = 2 + 1 + 0
            ✗ NotAsShown a.xlsx!表!D3 简称「1」
                简称显示为空白，实际存有「1」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown b.xlsx!表!F2 党务干部「1」
                党务干部显示为空白，实际存有「1」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ! NotInSet b.xlsx!表!F3 党务干部「对」
                党务干部「对」不在规定的取值之内，应为「是」「否」之一；按空白处理
                请改填「是」「否」之一
            ! BadDate b.xlsx!表!G4 任现职时间「2012」
                任现职时间「2012」不是有效的年月；按空白处理
                请填写年月，例如2012.03（以文本填写），或填写日期
        "#]],
    );
}

#[test]
fn a_text_is_the_number_that_it_says_in_whatever_digits() {
    check(
        &[(
            "a.xlsx!表",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|8５|好
             2015|市委目督办|U2|6０．0|好
             2015|市委目督办|U3|５9.6|好",
        )],
        expect![[r#"
            a.xlsx!表 半年考核_班子 3 = 3 + 0 + 0
        "#]],
    );
}

#[test]
fn a_number_shown_rounded_counts_as_stored_and_warns_across_a_line() {
    check(
        &[(
            "a.xlsx!表",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|~59.6~0~60|好
             2015|市委目督办|U2|~60.4~0~60|好
             2015|市委目督办|U3|~59.96~0.0~60.0|好
             2015|市政府目督办|U1|~59.6~0\"分\"~60分|好
             2015|市政府目督办|U2|~59.4~0~59|好
             2014|市政府目督办|U3|~59.6~0~60|好",
        )],
        expect![[r#"
            a.xlsx!表 半年考核_班子 6 = 5 + 0 + 1
            ! ShownRounded a.xlsx!表!D2 目标完成得分「60」
                目标完成得分显示为60，实为59.6，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.6计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
            ! ShownRounded a.xlsx!表!D4 目标完成得分「60.0」
                目标完成得分显示为60.0，实为59.96，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.96计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
            ! ShownRounded a.xlsx!表!D5 目标完成得分「60分」
                目标完成得分显示为60分，实为59.6，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.6计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
        "#]],
    );
}

#[test]
fn a_number_rounded_to_a_fraction_or_in_chinese_digits_counts_as_stored_too() {
    check(
        &[(
            "a.xlsx!表",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|~59.97~# ?/?~60|好
             2015|市委目督办|U2|~59.61~# ?/?~59 3/5|好
             2015|市委目督办|U3|~59.6~[DBNum1]0~六〇|好
             2015|市政府目督办|U3|~60.4~[DBNum1]0~六〇|好",
        )],
        expect![[r#"
            a.xlsx!表 半年考核_班子 4 = 4 + 0 + 0
            ! ShownRounded a.xlsx!表!D2 目标完成得分「60」
                目标完成得分显示为60，实为59.97，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.97计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
            ! ShownRounded a.xlsx!表!D4 目标完成得分「六〇」
                目标完成得分显示为六〇，实为59.6，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.6计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
        "#]],
    );
}

#[test]
fn parts_of_dates_are_what_they_show() {
    check(
        &[(
            "a.xlsx!表",
            "谈话日期|谈话类型|干部编号|所属年度
                 ~2015-06-24~yyyy-mm-dd~2015-06-24|约谈|K1|~2015-03-01~yyyy~2015
                 ~2015-06-24~m\"月\"d\"日\"~6月24日|约谈|K2|~2015-12-31~yyyy\"年\"~2015年
                 ~2015-06-24~yyyy\"年\"m\"月\"~2015年6月|约谈|K3|2015
                 2015年6月|约谈|K4|2015
                 ~2015-06-24~yyyy~2015|约谈|K5|2015
                 2015-06-24|约谈|K5|~2015-06-24~yyyy-mm-dd~2015-06-24",
        )],
        expect![[r#"
            a.xlsx!表 谈话记录 6 = 2 + 4 + 0
            ✗ BadDate a.xlsx!表!A4 谈话日期「2015年6月」
                谈话日期「2015年6月」不是有效的日期
                请填写1950年以后实际存在的日期，例如2015-06-24
            ✗ BadDate a.xlsx!表!A5 谈话日期「2015年6月」
                谈话日期「2015年6月」不是有效的日期
                请填写1950年以后实际存在的日期，例如2015-06-24
            ✗ BadDate a.xlsx!表!A6 谈话日期「2015」
                谈话日期「2015」不是有效的日期
                请填写1950年以后实际存在的日期，例如2015-06-24
            ✗ BadDate a.xlsx!表!D7 所属年度「2015-06-24」
                所属年度「2015-06-24」不是年份
                请填写四位数的年份，例如2015
        "#]],
    );
}

#[test]
fn a_text_that_its_format_hides_or_replaces_is_an_issue_too() {
    check(
        &[(
            "a.xlsx!表",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价|相关责任领导
             2015|市委目督办|U1|85|~较差~;;;~|
             2015|市委目督办|U2|85|~好~;;;\"不\"@~不好|~K2~;;;~
             2015|市委目督办|~U3~;;;~|85|好|
             2015|市政府目督办|U3|~90~0;-0;;@~90|~好~0;-0;;@~好|~~;;;~",
        )],
        expect![[r#"
            a.xlsx!表 半年考核_班子 4 = 1 + 3 + 0
            ✗ NotAsShown a.xlsx!表!E2 工作落实评价「较差」
                工作落实评价显示为空白，实际存有「较差」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a.xlsx!表!E3 工作落实评价「不好」
                工作落实评价显示为「不好」，实际存放的却是「好」：由数字格式改换了
                请把单元格改为常规或文本格式，再照应有的内容填写
            ✗ NotAsShown a.xlsx!表!F3 相关责任领导「K2」
                相关责任领导显示为空白，实际存有「K2」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
            ✗ NotAsShown a.xlsx!表!C4 单位编号「U3」
                单位编号显示为空白，实际存有「U3」：被数字格式或工作表的设置隐去了
                要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格
        "#]],
    );
}

#[test]
fn a_column_of_percentages_takes_them_shown_and_typed() {
    let options = Options { percent: true, ..Options::default() };
    check_with(
        &options,
        &[(
            "a.xlsx!表",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|~0.9~0%~90%|好
             2015|市委目督办|U2|90%|好
             2015|市委目督办|U3| 90.5 ％|好
             2015|市政府目督办|U1|~0.596~0%~60%|好
             2015|市政府目督办|U2|~1.2~0%~120%|好
             2015|市政府目督办|U3|9 0%|好",
        )],
        expect![[r#"
            a.xlsx!表 半年考核_班子 6 = 4 + 2 + 0
            ! ShownRounded a.xlsx!表!D5 目标完成得分「60%」
                目标完成得分显示为60%，实为59.6，一个在半年得分线（60）的这一边，一个在那一边；按实际存放的59.6计算
                请核对应为哪个数：按实际的，请把单元格的小数位数显示完整；按所显示的，请改填这个数
            ✗ BadNumber a.xlsx!表!D6 目标完成得分「120%」
                目标完成得分「120%」（实际存放1.2）超出范围，应为0至100之间的数字
                请核对后填写0至100之间的数字
            ✗ BadNumber a.xlsx!表!D7 目标完成得分「9 0%」
                目标完成得分「9 0%」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
        "#]],
    );
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &CITY);
    let scores = "年度|考核部门|单位编号|目标完成得分|工作落实评价
         2015|市委目督办|U1|~0.9~0%~90%|好
         2015|市委目督办|U2|90%|好
         2015|市委目督办|U3|~90~General~90|好";
    std::fs::write(folder.path().join("a.xlsx"), every::bytes("xlsx", &[page("表", scores)])).unwrap();
    let dataset = read_folder(folder.path(), &options).unwrap();
    let scores = dataset.tables[2].frame.column("目标完成得分").unwrap();
    assert_eq!(scores.f64().unwrap().iter().collect::<Vec<_>>(), [Some(90.0); 3]);
}

#[test]
fn serials_of_an_ods_count_from_its_own_null_date_and_a_zone_changes_no_day() {
    let row = |value: &str, id: &str| {
        let text = |text: &str| {
            format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
        };
        format!("<table:table-row><table:table-cell {value}/>{}{}</table:table-row>", text("约谈"), text(id))
    };
    let head = r#"<table:table-row><table:table-cell office:value-type="string"><text:p>谈话日期</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>谈话类型</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>干部编号</text:p></table:table-cell></table:table-row>"#;
    for (null, serial) in
        [("", 42_179), ("1899-12-30", 42_179), ("1900-01-01", 42_177), ("1904-01-01T00:00:00", 40_717)]
    {
        let mut rows = row(&format!(r#"office:value-type="float" office:value="{serial}""#), "K1");
        for (at, written) in
            ["2015-06-24T23:30:00+08:00", "2015-06-24T00:30:00-0800", "2015-06-24T23:30:00.5Z"].iter().enumerate()
        {
            rows +=
                &row(&format!(r#"office:value-type="date" office:date-value="{written}""#), &format!("K{}", at + 2));
        }
        let settings = if null.is_empty() {
            String::new()
        } else {
            format!(
                r#"<table:calculation-settings><table:null-date table:date-value="{null}"/></table:calculation-settings>"#
            )
        };
        let made = build::ods_content(&format!(r#"{settings}<table:table table:name="表">{head}{rows}</table:table>"#));
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &CITY);
        std::fs::write(folder.path().join("a.ods"), made.zip()).unwrap();
        let dataset = read_folder(folder.path(), &Options::default()).unwrap();
        assert!(dataset.findings.is_empty(), "{null}: {:?}", dataset.findings);
        let days = dataset.tables[8].frame.column("谈话日期").unwrap();
        let days = days.cast(&polars::prelude::DataType::String).unwrap();
        assert_eq!(days.str().unwrap().iter().collect::<Vec<_>>(), [Some("2015-06-24"); 4], "{null}");
    }
}
