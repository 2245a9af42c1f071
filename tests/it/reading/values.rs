//! What cells mean: dates, numbers, choices, blanks, broken values, checks between columns.

use kaohe::finding::{Code, Finding};

use super::*;

#[test]
fn values_in_every_guise() {
    let result = read(
        &[(
            "a.xlsx!线索",
            "线索编号|收到日期|线索来源|举报渠道|反映对象|单位名称|干部编号|问题类型|核实结果|核实日期|情节
             X1|=42179|１２３８０举报|电话|干部|—|Ｋ２|不作为|属实| 2015.6.24 |-
             X2|@2015-06-24|12380 举报|网络|干部|无|K2|不 作 为|属实|2015年6月24日10:30|/
             X3|20150624|12380举报|网络|干部||K2|不作为|属实|=20150624|较重
             =4|42179|干部群众|—|班子|龙区||不作为|属实|2015/6/24 09:00|",
        )],
        &Options::default(),
    );
    let dataset = result.unwrap();
    let leads = &dataset.tables[7].frame;
    assert_eq!(leads.height(), 4);
    let column = |name: &str| leads.column(name).unwrap().cast(&polars::prelude::DataType::String).unwrap();
    let text = |name: &str, row: usize| column(name).str().unwrap().get(row).map(str::to_owned);
    for row in 0..4 {
        assert_eq!(text("收到日期", row).as_deref(), Some("2015-06-24"), "row {row}");
        assert_eq!(text("核实日期", row).as_deref(), Some("2015-06-24"), "row {row}");
        assert_eq!(text("问题类型", row).as_deref(), Some("不作为"));
    }
    assert_eq!(text("线索来源", 0).as_deref(), Some("12380举报"));
    assert_eq!(text("线索编号", 3).as_deref(), Some("4"), "an id stored as a number is its digits");
    assert_eq!([text("情节", 0), text("情节", 1), text("单位名称", 0), text("举报渠道", 3)], [const { None }; 4]);
    assert_eq!(text("情节", 2).as_deref(), Some("较重"));
    assert_eq!((text("@team", 3).as_deref(), text("@cadre", 3)), (Some("0"), None));
    assert_eq!((text("@cadre", 0).as_deref(), text("@team", 0)), (Some("1"), None));
    assert!(dataset.findings.is_empty(), "{:?}", dataset.findings);
}

#[test]
fn bad_values_are_named_with_what_was_expected() {
    check(
        &[
            (
                "a.xlsx!半年",
                "年度|考核部门|单位名称|目标完成得分|工作落实评价
                 2015|市委目督办|盘龙区|八十五|较差
                 2015|市委目督办|盘龙区|=100.5|较差
                 2015|市委目督办|盘龙区|-1|较差
                 2015|市委目督办|盘龙区|85分|差
                 15年|市委督办|盘龙区||较 差
                 2015||盘龙区|—|
                 2015|—|盘龙区|—|较差
                 2015|市委目督办|—|60|较差",
            ),
            (
                "b.xlsx!等次",
                "年度|干部编号|考核等次|特别优秀
                 2015|K2|较差|
                 2015|K3|基本称值|
                 2015|K1|合格|yes",
            ),
        ],
        expect![[r#"
            a.xlsx!半年 半年考核_班子 8 = 0 + 8 + 0
            b.xlsx!等次 年度考核_干部 3 = 0 + 3 + 0
            ✗ BadNumber a.xlsx!半年!D2 目标完成得分「八十五」
                目标完成得分「八十五」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
            ✗ BadNumber a.xlsx!半年!D3 目标完成得分「100.5」
                目标完成得分「100.5」超出范围，应为0至100之间的数字
                请核对后填写0至100之间的数字
            ✗ BadNumber a.xlsx!半年!D4 目标完成得分「-1」
                目标完成得分「-1」超出范围，应为0至100之间的数字
                请核对后填写0至100之间的数字
            ✗ BadNumber a.xlsx!半年!D5 目标完成得分「85分」
                目标完成得分「85分」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
            ✗ NotInSet a.xlsx!半年!E5 工作落实评价「差」
                工作落实评价「差」不在规定的取值之内，应为「好」「较好」「一般」「较差」之一
                请改填「好」「较好」「一般」「较差」之一；如系笔误，可能应为「较差」
            ✗ BadDate a.xlsx!半年!A6 年度「15年」
                年度「15年」不是年份
                请填写四位数的年份，例如2015
            ✗ NotInSet a.xlsx!半年!B6 考核部门「市委督办」
                考核部门「市委督办」不在规定的取值之内，应为「市委目督办」「市政府目督办」之一
                请改填「市委目督办」「市政府目督办」之一；如系笔误，可能应为「市委目督办」
            ✗ Missing a.xlsx!半年!B7 考核部门「」
                考核部门是必填项，未填写
                请填写「市委目督办」「市政府目督办」之一
            ✗ Missing a.xlsx!半年!E7 工作落实评价「」
                工作落实评价是必填项，未填写
                请填写「好」「较好」「一般」「较差」之一
            ✗ Missing a.xlsx!半年!B8 考核部门「—」
                考核部门是必填项，不能用「—」代替
                请填写「市委目督办」「市政府目督办」之一
            ✗ Missing a.xlsx!半年!C9 单位名称「—」
                单位名称和单位编号都未填写，无法确定是哪一个班子
                请填写单位编号，或填写单位名称
            ✗ NotInSet b.xlsx!等次!C2 考核等次「较差」
                考核等次「较差」不在规定的取值之内，应为「优秀」「称职」「基本称职」「不称职」「不定等次」之一；「较差」是《年度考核_班子》所用的考核等次，两者不能互换
                请改填「优秀」「称职」「基本称职」「不称职」「不定等次」之一
            ✗ NotInSet b.xlsx!等次!C3 考核等次「基本称值」
                考核等次「基本称值」不在规定的取值之内，应为「优秀」「称职」「基本称职」「不称职」「不定等次」之一
                请改填「优秀」「称职」「基本称职」「不称职」「不定等次」之一；如系笔误，可能应为「基本称职」
            ✗ NotInSet b.xlsx!等次!C4 考核等次「合格」
                考核等次「合格」不在规定的取值之内，应为「优秀」「称职」「基本称职」「不称职」「不定等次」之一
                请改填「优秀」「称职」「基本称职」「不称职」「不定等次」之一
            ✗ NotInSet b.xlsx!等次!D4 特别优秀「yes」
                特别优秀「yes」不在规定的取值之内，应为「是」「否」之一
                请改填「是」「否」之一
        "#]],
    );
}

#[test]
fn broken_cells_are_no_blanks() {
    check(
        &[(
            "a.xlsx!半年",
            "年度|考核部门|单位编号|单位名称|目标完成得分|工作落实评价
             2015|市委目督办|U1|盘龙区|!#REF!|好
             2015|市委目督办|!#N/A|盘龙区|80|好
             2015|市政府目督办|U1|盘龙区|80|~较好",
        )],
        expect![[r#"
            a.xlsx!半年 半年考核_班子 3 = 1 + 2 + 0
            ✗ BrokenCell a.xlsx!半年!E2 目标完成得分「#REF!」
                目标完成得分是错误值「#REF!」
                请改正公式，或直接填写正确的值
            ✗ BrokenCell a.xlsx!半年!C3 单位编号「#N/A」
                单位编号是错误值「#N/A」
                请改正公式，或直接填写正确的值
        "#]],
    );
}

#[test]
fn dates_that_are_none() {
    check(
        &[(
            "a.xlsx!谈话",
            "谈话日期|谈话类型|干部编号|所属年度
             2015-02-29|约谈|K2|
             2015年6月|约谈|K2|
             =2015|约谈|K2|
             |约谈|K2|
             2015-06-24|约谈|K2|去年",
        )],
        expect![[r#"
            a.xlsx!谈话 谈话记录 5 = 0 + 5 + 0
            ✗ BadDate a.xlsx!谈话!A2 谈话日期「2015-02-29」
                谈话日期「2015-02-29」不是有效的日期
                请填写1950年以后实际存在的日期，例如2015-06-24
            ✗ BadDate a.xlsx!谈话!A3 谈话日期「2015年6月」
                谈话日期「2015年6月」不是有效的日期
                请填写1950年以后实际存在的日期，例如2015-06-24
            ✗ BadDate a.xlsx!谈话!A4 谈话日期「2015」
                谈话日期「2015」不是有效的日期
                请填写1950年以后实际存在的日期，例如2015-06-24
            ✗ Missing a.xlsx!谈话!A5 谈话日期「」
                谈话日期是必填项，未填写
                请填写谈话日期
            ✗ BadDate a.xlsx!谈话!D6 所属年度「去年」
                所属年度「去年」不是年份
                请填写四位数的年份，例如2015
        "#]],
    );
}

#[test]
fn ids_that_lost_their_digits_or_became_dates() {
    check(
        &[(
            "a.xlsx!谈话",
            "谈话日期|谈话类型|干部编号
             2015-06-24|约谈|=530102198001011234
             2015-06-24|约谈|@2015-03-01",
        )],
        expect![[r#"
            a.xlsx!谈话 谈话记录 2 = 0 + 2 + 0
            ✗ BadNumber a.xlsx!谈话!C2 干部编号「530102198001011000」
                干部编号「530102198001011000」位数过多，按数字存放已失真
                请把该列设为文本格式后重新填写
            ✗ NotInSet a.xlsx!谈话!C3 干部编号「2015-03-01」
                干部编号「2015-03-01」不是编号，可能被表格软件自动转换了格式
                请把该列设为文本格式后重新填写
        "#]],
    );
}

#[test]
fn checks_between_columns() {
    check(
        &[(
            "a.xlsx!线索",
            "线索编号|收到日期|线索来源|举报渠道|反映对象|干部编号|问题类型|核实结果|核实日期
             X1|2015-03-04|干部群众||干部|K2|不作为|属实|2015-03-03
             X2|2015-03-04|干部群众||干部|K2|不作为|未核实|2015-03-03
             X3|2015-03-04|干部群众||干部|K2|不作为|核实中|2015-03-05
             X4|2015-03-04|12380举报||干部|K2|不作为|未核实|
             X5|2015-03-04|12380举报|邮件|干部|K2|不作为|未核实|",
        )],
        expect![[r#"
            a.xlsx!线索 问题线索 5 = 3 + 2 + 0
            ✗ RowCheck a.xlsx!线索!I2 核实日期「2015-03-03」
                核实日期早于收到日期
                请核对收到日期和核实日期
            ! RowCheck a.xlsx!线索!I3 核实日期「2015-03-03」
                线索尚未核实完毕，却填有核实日期，本次不采用
                核实已完毕的，请更正核实结果；否则请删去核实日期
            ! RowCheck a.xlsx!线索!I4 核实日期「2015-03-05」
                线索尚未核实完毕，却填有核实日期，本次不采用
                核实已完毕的，请更正核实结果；否则请删去核实日期
            ! RowCheck a.xlsx!线索!D5 举报渠道「」
                12380举报未填举报渠道
                请填写举报渠道：电话、网络、手机短信或信访
            ✗ NotInSet a.xlsx!线索!D6 举报渠道「邮件」
                举报渠道「邮件」不在规定的取值之内，应为「电话」「网络」「手机短信」「信访」之一
                请改填「电话」「网络」「手机短信」「信访」之一
        "#]],
    );
}

#[test]
fn a_bad_optional_value_in_a_register_only_warns() {
    check_with(
        &Options { city: false, ..Options::default() },
        &[
            ("名.xlsx!班子", "单位编号|单位名称|单位类别\nU1|盘龙区|县区"),
            (
                "名.xlsx!干部",
                "干部编号|姓名|单位编号|单位名称|职务|班子职务|党务干部|任现职时间
                 K1|张三|U1||区长|主要负责人|对|=2012.1
                 K2|李四|U1|!#REF!|副区长|班子成员|是|2012.1
                 K3|王五|U1||局长|成员||
                 K4|赵六|||局长|班子成员||
                 K5|钱七|U1||/|班子成员||",
            ),
        ],
        expect![[r#"
            名.xlsx!班子 班子名册 1 = 1 + 0 + 0
            名.xlsx!干部 干部名册 5 = 1 + 4 + 0
            ! NotInSet 名.xlsx!干部!G2 党务干部「对」
                党务干部「对」不在规定的取值之内，应为「是」「否」之一；按空白处理
                请改填「是」「否」之一
            ! BadDate 名.xlsx!干部!H2 任现职时间「2012.1」
                任现职时间「2012.1」不是有效的年月；按空白处理
                请填写年月，例如2012.03（以文本填写），或填写日期
            ✗ BrokenCell 名.xlsx!干部!D3 单位名称「#REF!」
                单位名称是错误值「#REF!」
                请改正公式，或直接填写正确的值
            ✗ NotInSet 名.xlsx!干部!F4 班子职务「成员」
                班子职务「成员」不在规定的取值之内，应为「主要负责人」「班子成员」之一
                请改填「主要负责人」「班子成员」之一
            ✗ Missing 名.xlsx!干部!D5 单位名称「」
                单位名称和单位编号都未填写，无法确定是哪一个班子
                请填写单位编号，或填写单位名称
            ✗ Missing 名.xlsx!干部!E6 职务「/」
                职务是必填项，不能用「/」代替
                请填写职务
        "#]],
    );
}

#[test]
fn columns_nobody_asked_for_are_not_kept() {
    let dataset = read(
        &[(
            "a.xlsx!线索",
            "举报人|线索编号|收到日期|线索来源|反映对象|干部编号|问题类型|核实结果|备注
             举报者甲|X1|2015-03-04|干部群众|干部|K2|不作为|不详|知情者乙",
        )],
        &Options::default(),
    )
    .unwrap();
    assert_eq!(dataset.rejected.len(), 1);
    let all = format!("{dataset:?}");
    assert!(!all.contains("举报者") && !all.contains("知情者"), "{all}");
}

#[test]
fn numbers_count_at_fifteen_digits() {
    let mut rows = String::from("年度|考核部门|单位编号|目标完成得分|工作落实评价");
    // 0.7 × 60.3 + 0.3 × 59.3 and the like, stored as numbers and typed as texts.
    for (unit, score) in [("U1", "=59.999999999999993"), ("U2", "59.999999999999993"), ("U3", "=100.00000000000001")] {
        let _ = write!(rows, "\n2015|市委目督办|{unit}|{score}|好");
    }
    for (unit, score) in [("U1", "100.00000000000001"), ("U2", "=0.30000000000000004"), ("U3", "=59.9999999999999")] {
        let _ = write!(rows, "\n2015|市政府目督办|{unit}|{score}|好");
    }
    let dataset = read(&[("a.xlsx!半年", &rows)], &Options::default()).unwrap();
    assert!(dataset.findings.is_empty(), "{:?}", dataset.findings);
    let scores = dataset.tables[2].frame.column("目标完成得分").unwrap();
    let scores: Vec<Option<f64>> = scores.f64().unwrap().iter().collect();
    assert_eq!(scores, [60.0, 60.0, 100.0, 100.0, 0.3, 59.999_999_999_999_9].map(Some));
}

#[test]
fn equal_rows_stay_equal_where_their_numbers_differ_beyond_fifteen_digits() {
    check(
        &[(
            "a.xlsx!半年",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|=59.999999999999993|好
             2015|市委目督办|U1|60|好",
        )],
        expect![[r#"
            a.xlsx!半年 半年考核_班子 2 = 1 + 0 + 1
        "#]],
    );
}

#[test]
fn invisible_characters_count_for_nothing() {
    let marked =
        |text: &str| -> String { text.chars().flat_map(|c| [c, '\u{200e}', '\u{fe00}', '\u{202c}']).collect() };
    let row = format!(
        "{}|{}|{}|\u{2068}\u{2069}|李四\u{e0100}|{}|{}|\u{200f}\n",
        marked("2015-06-24"),
        marked("约谈"),
        marked("K2"),
        marked("盘龙区"),
        marked("2015")
    );
    let rows = format!("谈话日期|{}|干部编号|单位编号|姓名|单位名称|所属年度|发现作风问题\n{row}", marked("谈话类型"));
    let dataset = read(&[("a.xlsx!谈话", &rows)], &Options::default()).unwrap();
    assert!(dataset.findings.is_empty(), "{:?}", dataset.findings);
    let talks = &dataset.tables[8].frame;
    let told: Vec<String> = ["谈话日期", "谈话类型", "干部编号", "单位编号", "所属年度", "发现作风问题"]
        .iter()
        .map(|name| talks.column(name).unwrap().get(0).unwrap().to_string())
        .collect();
    assert_eq!(told, ["2015-06-24", "\"约谈\"", "\"K2\"", "null", "2015", "\"否\""]);
    let marked = [
        ("名.xlsx!班子", "单位编号|单位名称|单位类别\nU1|盘\u{202e}龙区\u{fe00}|县区"),
        ("名.xlsx!干部", "干部编号|姓名|单位编号|职务|班子职务\nK\u{200b}1|张\u{2067}三|U1|区\u{200e}长|主要负责人"),
    ];
    let dataset = read(&marked, &Options { city: false, ..Options::default() }).unwrap();
    let names: Vec<&String> = dataset.registers.iter().flat_map(|one| one.ids.iter().chain(&one.labels)).collect();
    assert_eq!(names, ["U1", "盘龙区", "K1", "张三"], "what is printed is what is read");
    assert_eq!(dataset.tables[1].frame.column("职务").unwrap().get(0).unwrap().to_string(), "\"区长\"");
}

#[test]
fn a_number_with_a_gap_is_none_and_an_invisible_mark_is_no_gap() {
    check(
        &[(
            "a.xlsx!半年",
            "年度|考核部门|单位编号|目标完成得分|工作落实评价
             2015|市委目督办|U1|8\u{200b}5|好
             2015|市委目督办|U2|8 5|好",
        )],
        expect![[r#"
            a.xlsx!半年 半年考核_班子 2 = 1 + 1 + 0
            ✗ BadNumber a.xlsx!半年!D3 目标完成得分「8 5」
                目标完成得分「8 5」不是数字，应为0至100之间的数字
                请填写0至100之间的数字，不带单位和文字
        "#]],
    );
}

#[test]
fn a_number_typed_as_text_is_plain_decimals_or_whole_thousands() {
    let numbers = ["85", "85.5", "050.0", "1,234.5", "-3"];
    let others = ["八十五", "85分", "85%", "1,23", "1234,567", "85.", ".5", "8.5.1", "1e2", "+85", "85,5"];
    let rows = numbers.iter().chain(&others).map(|text| format!("\n2015|市委目督办|U1|{text}|好"));
    let sheet = format!("年度|考核部门|单位编号|目标完成得分|工作落实评价{}", rows.collect::<String>());
    let dataset = read(&[("a.xlsx!半年", &sheet)], &Options::default()).unwrap();
    let is_none = |text: &str| {
        let of_text = |finding: &&Finding| finding.code == Code::BadNumber && finding.value == text;
        dataset.findings.iter().find(of_text).is_some_and(|finding| finding.reason.contains("不是数字"))
    };
    numbers.iter().for_each(|text| assert!(!is_none(text), "{text}"));
    others.iter().for_each(|text| assert!(is_none(text), "{text}"));
}

#[test]
fn a_name_that_only_looks_the_same_says_which_character_differs() {
    check_with(
        &Options { city: false, ..Options::default() },
        &[
            ("名.xlsx!班子", "单位编号|单位名称|单位类别\nU1|马街道|县区"),
            (
                "名.xlsx!干部",
                "干部编号|姓名|单位编号|职务|班子职务
                 K01|马骏|U1|区长|主要负责人
                 K02|王\u{e863}|U1|副区长|班子成员",
            ),
            (
                "等.xlsx!等次",
                "年度|干部编号|姓名|单位名称|考核等次
                 2015|K01|⻢骏||称职
                 2015||王䶮|马街道|称职
                 2015|KO2|||称职
                 2015|К02|||称职
                 2015|Κ02|||称职
                 2015|K02||⻢街道|称职",
            ),
            (
                "班.xlsx!半年",
                "考核部门|单位名称|工作落实评价|相关责任领导|年度
                 市委目督办|⻢街道|好||2015
                 市委目督办|马街道|⼀般|⻢骏、王\u{e001}|2015",
            ),
        ],
        expect![[r#"
            名.xlsx!班子 班子名册 1 = 1 + 0 + 0
            名.xlsx!干部 干部名册 2 = 2 + 0 + 0
            班.xlsx!半年 半年考核_班子 2 = 1 + 1 + 0
            等.xlsx!等次 年度考核_干部 6 = 1 + 5 + 0
            ✗ UnknownSubject 班.xlsx!半年!B2 单位名称「⻢街道」
                单位名称「⻢街道」不在《班子名册》上；《班子名册》上有「马街道」，两者看上去一样，字符不同：第1个字符是「⻢」（部首 U+2EE2），那里是「马」（汉字 U+9A6C）
                请核对单位名称，或填写单位编号；名册漏登的，请先补入《班子名册》；如系笔误，可能应为「马街道」
            ! UnknownMention 班.xlsx!半年!D3 相关责任领导「⻢骏、王」
                相关责任领导中的「⻢骏」不是该单位在《干部名册》上的干部；两者看上去一样，字符不同：第1个字符是「⻢」（部首 U+2EE2），那里是「马」（汉字 U+9A6C）
                请核对姓名，或改填干部编号（其他单位的人只能填干部编号）
            ! UnknownMention 班.xlsx!半年!D3 相关责任领导「⻢骏、王」
                相关责任领导中的「王」不是该单位在《干部名册》上的干部；第2个字符是「」（私用区的自造字 U+E001）
                请核对姓名，或改填干部编号（其他单位的人只能填干部编号）
            ✗ ContradictorySubject 等.xlsx!等次!C2 姓名「⻢骏」
                姓名「⻢骏」与干部编号「K01」不符，《干部名册》上该编号为「马骏」；两者看上去一样，字符不同：第1个字符是「⻢」（部首 U+2EE2），那里是「马」（汉字 U+9A6C）
                请核对干部编号和姓名，改正有误的一项
            ✗ UnknownSubject 等.xlsx!等次!C3 姓名「王䶮」
                姓名「王䶮」不在《干部名册》上；《干部名册》上有「王」，两者看上去一样，字符不同：第2个字符是「䶮」（汉字 U+4DAE），那里是「」（私用区的自造字 U+E863）
                请核对姓名，或填写干部编号；名册漏登的，请先补入《干部名册》
            ✗ UnknownSubject 等.xlsx!等次!B4 干部编号「KO2」
                干部编号「KO2」不在《干部名册》上；《干部名册》上有「K02」，两者看上去一样，字符不同：第2个字符是「O」（英文字母 U+004F），那里是「0」（数字 U+0030）
                请核对干部编号；名册漏登的，请先补入《干部名册》
            ✗ UnknownSubject 等.xlsx!等次!B5 干部编号「К02」
                干部编号「К02」不在《干部名册》上；《干部名册》上有「K02」，两者看上去一样，字符不同：第1个字符是「К」（西里尔字母 U+041A），那里是「K」（英文字母 U+004B）
                请核对干部编号；名册漏登的，请先补入《干部名册》
            ✗ UnknownSubject 等.xlsx!等次!B6 干部编号「Κ02」
                干部编号「Κ02」不在《干部名册》上；《干部名册》上有「K02」，两者看上去一样，字符不同：第1个字符是「Κ」（希腊字母 U+039A），那里是「K」（英文字母 U+004B）
                请核对干部编号；名册漏登的，请先补入《干部名册》
            ! ContradictorySubject 等.xlsx!等次!D7 单位名称「⻢街道」
                单位名称「⻢街道」不是干部编号「K02」所在的单位，《干部名册》所载为「马街道」；本行按编号采用
                请核对单位和干部编号；人员已调动的，请更新《干部名册》
        "#]],
    );
}

#[test]
fn a_time_with_a_zone_is_the_day_as_written() {
    let mut rows = String::from("谈话日期|谈话类型|干部编号");
    for (at, time) in
        ["T23:30:00+08:00", "T23:30:00.5+0800", "t00:30:00z", " 00:30:00 Z", "T00:30+08:00", "T00:30:00-1100"]
            .iter()
            .enumerate()
    {
        let _ = write!(rows, "\n2015-06-24{time}|约谈|K{}", at % 5 + 1);
    }
    let dataset = read(&[("a.xlsx!谈话", &rows)], &Options::default()).unwrap();
    assert!(dataset.findings.is_empty(), "{:?}", dataset.findings);
    let days = dataset.tables[8].frame.column("谈话日期").unwrap().cast(&polars::prelude::DataType::String).unwrap();
    assert!(days.str().unwrap().iter().all(|day| day == Some("2015-06-24")), "{days:?}");
}
