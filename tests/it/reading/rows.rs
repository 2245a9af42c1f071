//! Rows that are no data, and rows that say the same record twice.

use super::*;

#[test]
fn rows_that_are_no_data_are_told_by_their_first_filled_cell() {
    check(
        &[(
            "a.xlsx!一",
            "备考|年度|考核部门|单位编号|单位名称|目标完成得分|目标完成评价|作风改进评价
             |2015|市委目督办|U1||88|好|明显
             |||小计||88||
             ||||盘龙区 平均值|88||
             |总计平均值||||88||
             汇总|||||88||
             |||张三 汇总||||
             |（以下空白）||||||
             注：略|||||||
             |||备注：略||||
             说明如下||2|||||
             填表人：某|||审核人：某||||",
        )],
        expect![[r#"
            a.xlsx!一 年度目标考核 11 = 1 + 0 + 10
        "#]],
    );
}

#[test]
fn a_row_that_is_filled_is_data_whatever_it_begins_with() {
    check(
        &[(
            "a.xlsx!一",
            "计分方式|年度|考核部门|单位编号|单位名称|目标完成得分|目标完成评价|作风改进评价
             平均分|2015|市委目督办|U1|盘龙区|88|好|明显
             平均分|2015|市委目督办|U2|市审计局|88||明显
             合计|2015|市委目督办|U3||||
             合计|2015|市委目督办|||88||",
        )],
        expect![[r#"
            a.xlsx!一 年度目标考核 4 = 1 + 1 + 2
            ✗ Missing a.xlsx!一!G3 目标完成评价「」
                目标完成评价是必填项，未填写
                请填写「好」「较好」「一般」「较差」之一
        "#]],
    );
}

/// 附件1：…, 举报人：… in a column nobody asked for.
#[test]
fn what_is_filled_like_data_is_no_signature() {
    let sheets = [(
        "a.xlsx!一",
        "2015年
         联系方式|单位名称|考核等次
         电话：1234|盘龙区|优秀
         举报人：某|市审计局|良好
         备注：补报|阳宗海（度假）区|良好
         填表人：某||
         填表人：某|盘龙区|",
    )];
    let told = told(&read(&sheets, &Options::default()));
    expect![[r#"
        a.xlsx!一 年度考核_班子 5 = 2 + 2 + 1
        ✗ DuplicateDiffers a.xlsx!一!C3 考核等次「优秀」
            「盘龙区」（U1）2015年有2行，所填考核等次不一致：「优秀」（a.xlsx!一!C3）、（空）（a.xlsx!一!C7）
            请核实哪一行正确，只保留一行
        ✗ Missing a.xlsx!一!C7 考核等次「」
            考核等次是必填项，未填写
            请填写「优秀」「良好」「一般」「较差」之一
    "#]]
    .assert_eq(&told);
    assert!(!told.contains("某"), "nobody asked for it: {told}");
}

#[test]
fn rows_that_number_the_columns_are_no_data_though_all_is_filled() {
    check(
        &[
            (
                "a.xlsx!一",
                "年度|单位编号|单位名称|考核等次
                 甲|乙|丙|1
                 2015|U1|盘龙区|良好",
            ),
            (
                "a.xlsx!二",
                "序号|年度|干部编号|姓名|考核等次|特别优秀
                 栏次|=1|=2|=3|=4|=5
                 =1|2015|K1|张三|称职|
                 1|2|3|4|5|6",
            ),
            (
                "a.xlsx!三",
                "年度|考核部门|单位编号|得分|工作落实评价
                 1|2|3|4|6
                 （1）|（2）|（3）|（4）|（5）",
            ),
        ],
        expect![[r#"
            a.xlsx!一 年度考核_班子 2 = 1 + 0 + 1
            a.xlsx!二 年度考核_干部 3 = 1 + 0 + 2
            a.xlsx!三 半年考核_班子 2 = 0 + 1 + 1
            ✗ BadDate a.xlsx!三!A2 年度「1」
                年度「1」不是年份
                请填写四位数的年份，例如2015
            ✗ NotInSet a.xlsx!三!B2 考核部门「2」
                考核部门「2」不在规定的取值之内，应为「市委目督办」「市政府目督办」之一
                请改填「市委目督办」「市政府目督办」之一
            ✗ UnknownSubject a.xlsx!三!C2 单位编号「3」
                单位编号「3」不在《班子名册》上
                请核对单位编号；名册漏登的，请先补入《班子名册》
            ✗ NotInSet a.xlsx!三!E2 工作落实评价「6」
                工作落实评价「6」不在规定的取值之内，应为「好」「较好」「一般」「较差」之一
                请改填「好」「较好」「一般」「较差」之一
        "#]],
    );
}

#[test]
fn the_unchanged_example_row_of_an_old_form_is_no_data_and_a_changed_one_is() {
    check(
        &[
            (
                "a.xlsx!一",
                "年度|考核部门|单位编号|单位名称|目标完成得分|目标完成评价|作风改进评价
                 说明：示例（2015）|市委目督办|B08|金汁区|86.5|较好|明显
                 2015|市委目督办|U1|盘龙区|88|好|明显",
            ),
            (
                "a.xlsx!二",
                "年度|考核部门|单位编号|单位名称|目标完成得分|目标完成评价|作风改进评价
                 说明：示例（2015）|市委目督办|U2|市审计局|86.5|较好|明显",
            ),
        ],
        expect![[r#"
            a.xlsx!一 年度目标考核 2 = 1 + 0 + 1
            a.xlsx!二 年度目标考核 1 = 0 + 1 + 0
            ✗ BadDate a.xlsx!二!A2 年度「说明：示例（2015）」
                年度「说明：示例（2015）」不是年份
                请填写四位数的年份，例如2015
        "#]],
    );
}

#[test]
fn an_assessment_of_one_office_said_twice_counts_once() {
    check(
        &[
            (
                "a.xlsx!一",
                "年度|考核部门|单位编号|得分|工作落实评价\n2015|市委目督办|U1|88|好\n2015|市政府目督办|U1|60|一般",
            ),
            (
                "b.xlsx!一",
                "年度|考核部门|单位名称|得分|工作落实评价\n2015|市委目督办|龙区|=88|好\n2014|市委目督办|U2|88|好",
            ),
        ],
        expect![[r#"
            a.xlsx!一 半年考核_班子 2 = 2 + 0 + 0
            b.xlsx!一 半年考核_班子 2 = 0 + 0 + 2
        "#]],
    );
}

#[test]
fn differing_assessments_of_one_office_are_rejected_at_the_first_difference() {
    check(
        &[
            (
                "a.xlsx!一",
                "年度|考核部门|单位编号|得分|工作落实评价\n2015|市委目督办|U1|88|好\n2015|市委目督办|U2|60|一般",
            ),
            (
                "a.xlsx!二",
                "年度|考核部门|干部编号|得分|工作落实评价\n2015|市委目督办|K1|88|好\n2015|市委目督办|K1|88|较好",
            ),
            (
                "b.xlsx!一",
                "年度|考核部门|单位编号|得分|目标完成评价\n2015|市委目督办|U1|52|好\n2015|市委目督办|U1|88|好",
            ),
            (
                "c.xlsx!一",
                "年度|考核部门|单位编号|得分|工作落实评价\n2015|市委目督办|U1|52|好\n2015|市委目督办|U2|60|很好",
            ),
        ],
        expect![[r#"
            a.xlsx!一 半年考核_班子 2 = 0 + 2 + 0
            a.xlsx!二 半年考核_干部 2 = 0 + 2 + 0
            b.xlsx!一 年度目标考核 2 = 0 + 2 + 0
            c.xlsx!一 半年考核_班子 2 = 0 + 2 + 0
            ✗ DuplicateElsewhere a.xlsx!一!D2 目标完成得分「88」
                考核部门「市委目督办」「盘龙区」（U1）2015年有2行，所填目标完成得分不一致：「88」（a.xlsx!一!D2）、「52」（c.xlsx!一!D2）
                请核实哪一行正确，只保留一行
            ✗ DuplicateElsewhere a.xlsx!一!E3 工作落实评价「一般」
                考核部门「市委目督办」「市审计局」（U2）2015年有2行，所填工作落实评价不一致：「一般」（a.xlsx!一!E3）、「很好」（c.xlsx!一!E3）
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers a.xlsx!二!E2 工作落实评价「好」
                考核部门「市委目督办」「张三」（K1）2015年有2行，所填工作落实评价不一致：「好」（a.xlsx!二!E2）、「较好」（a.xlsx!二!E3）
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers a.xlsx!二!E3 工作落实评价「较好」
                考核部门「市委目督办」「张三」（K1）2015年有2行，所填工作落实评价不一致：「好」（a.xlsx!二!E2）、「较好」（a.xlsx!二!E3）
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers b.xlsx!一!D2 目标完成得分「52」
                考核部门「市委目督办」「盘龙区」（U1）2015年有2行，所填目标完成得分不一致：「52」（b.xlsx!一!D2）、「88」（b.xlsx!一!D3）
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers b.xlsx!一!D3 目标完成得分「88」
                考核部门「市委目督办」「盘龙区」（U1）2015年有2行，所填目标完成得分不一致：「52」（b.xlsx!一!D2）、「88」（b.xlsx!一!D3）
                请核实哪一行正确，只保留一行
            ✗ DuplicateElsewhere c.xlsx!一!D2 目标完成得分「52」
                考核部门「市委目督办」「盘龙区」（U1）2015年有2行，所填目标完成得分不一致：「88」（a.xlsx!一!D2）、「52」（c.xlsx!一!D2）
                请核实哪一行正确，只保留一行
            ✗ NotInSet c.xlsx!一!E3 工作落实评价「很好」
                工作落实评价「很好」不在规定的取值之内，应为「好」「较好」「一般」「较差」之一
                请改填「好」「较好」「一般」「较差」之一
        "#]],
    );
}

/// Some repeat the title on every page; a name that stands above the header is somebody's all the same.
#[test]
fn a_title_that_comes_back_is_no_data_and_a_name_is() {
    check(
        &[(
            "a.xlsx!一",
            "2015年度考核结果
             市审计局
             单位名称|考核等次|年度
             盘龙区|优秀|2015
             2015年度考核结果
             市审计局",
        )],
        expect![[r#"
            a.xlsx!一 年度考核_班子 3 = 1 + 1 + 1
            ✗ Missing a.xlsx!一!B6 考核等次「」
                考核等次是必填项，未填写
                请填写「优秀」「良好」「一般」「较差」之一
        "#]],
    );
}

/// How many of these rows under that header are no data.
fn ignored(header: &str, rows: impl Iterator<Item = String>) -> u64 {
    let lines: Vec<String> = rows.collect();
    let dataset = read_xlsx(&[("a.xlsx!一", &format!("{header}\n{}", lines.join("\n")))], &Options::default()).unwrap();
    let sheet = dataset.sheets.iter().find(|sheet| sheet.name == "一").unwrap();
    assert_eq!(sheet.rows, lines.len() as u64);
    sheet.ignored
}

#[test]
fn totals_notes_and_signatures_are_no_data() {
    let remarks = [
        "合计",
        "合　计",
        "合计：",
        "小计（3）",
        "总计12",
        "平均",
        "平均分",
        "本页小计",
        "市级部门合计",
        "全市总计：",
        "注：以上数据",
        "注1：",
        "备注：",
        "备　注",
        "说明：一、",
        "说明一、请如实填报",
        "填表说明",
        "填表人：李四",
        "填 表 人：",
        "审核人:",
        "单位负责人（签字）：",
        "单位主要负责人签字：",
        "制表：",
        "填报日期：2015年12月31日",
        "联系电话：0871",
        "（盖章）",
        "【备注】：",
        "分管领导：某某",
        "注意事项：",
        "附：名单",
        "（公章）",
        "※注：",
        "说明如下",
        "说明：示例（2015）",
        "汇总",
        "市财政局 汇总",
        "张三 汇总",
        "官渡局1 汇总",
        "盘龙区 平均值",
        "张三 计数",
        "总计平均值",
        "总计数",
        "分类汇总",
        "全市平均",
        "以下空白",
        "（以下空白）",
        "——以下空白——",
        "以下无正文",
    ];
    assert_eq!(ignored(GOALS, remarks.iter().map(|text| format!("{text}||2|||||"))), remarks.len() as u64);
}

#[test]
fn people_and_units_are_no_remarks() {
    let data = [
        "张三",
        "K000001",
        "合计生",
        "平均主",
        "注册会计师协会",
        "说明白",
        "备注员",
        "审计局",
        "制表",
        "李小计",
        "张汇总",
        "李以下",
        "方差",
        "以下简称市局",
        "王平均",
        "联系人",
        "2015",
        "盘龙区",
        "市审核中心",
        "小计划办公室",
        "总计划处",
        "备",
        "电话局",
        "附属医院",
        "附近",
        "注册局：一",
        "单位：盘龙区",
        "K:1",
    ];
    assert_eq!(ignored(GOALS, data.iter().map(|text| format!("{text}||2|||||"))), 0);
}

const GOALS: &str = "备考|年度|考核部门|单位编号|单位名称|目标完成得分|目标完成评价|作风改进评价";

#[test]
fn a_row_of_the_next_numbers_numbers_the_columns() {
    let header = "年度|考核部门|单位编号|单位名称|目标完成得分|目标完成评价|作风改进评价";
    let numbers = [
        "栏次|1|2|3",
        "栏次|=1|=2",
        "（栏次）|1",
        "=1|=2|=3|=4",
        "甲|乙|丙|1|2",
        "甲|乙|丙",
        "甲|1|2|3",
        "（1）|（2）|（3）",
        "①|②|③",
        "A|B|C|1",
        "一|二|三",
        "1||2|3",
        "第1栏|第2栏|第3栏",
        "1|2|3=1+2|4",
        "１|２|３",
    ];
    assert_eq!(ignored(header, numbers.iter().map(|row| (*row).to_owned())), numbers.len() as u64);
    let data = [
        "1|2",
        "2|3|4",
        "1|2|4",
        "1|2|3|好",
        "2015|1|2|3",
        "=1|=2|=3.5",
        "1|K001|张三",
        "甲|丙|丁",
        "1|2|甲",
        "01|02|03",
        "甲乙|丙|丁",
        "1|栏次|2",
        "一|2|3",
    ];
    assert_eq!(ignored(header, data.iter().map(|row| (*row).to_owned())), 0);
    let two = |row: &str| ignored("单位名称|考核等次", [row.to_owned()].into_iter());
    assert_eq!((two("=1|=2"), two("=2|=3")), (1, 0), "there is no third column");
}
