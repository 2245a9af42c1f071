//! Whom rows are about: ids, names, units, duplicates, people put aside, lines of earlier runs.

use super::*;

#[test]
fn a_filled_id_alone_decides() {
    check(
        &[(
            "a.xlsx!等次",
            "年度|干部编号|姓名|单位编号|单位名称|考核等次
             2015|K1|张　三|U1|盘龙区|称职
             2015|K2||||称职
             2015|K9|李四|||称职
             2015|K3|李四|||称职
             2015|K4|张三|U1||称职
             2015|K5|赵六||没有的局|称职",
        )],
        expect![[r#"
            a.xlsx!等次 年度考核_干部 6 = 4 + 2 + 0
            ✗ UnknownSubject a.xlsx!等次!B4 干部编号「K9」
                干部编号「K9」不在《干部名册》上
                请核对干部编号；名册漏登的，请先补入《干部名册》；《干部名册》上有李四（K2，盘龙区）
            ✗ ContradictorySubject a.xlsx!等次!C5 姓名「李四」
                姓名「李四」与干部编号「K3」不符，《干部名册》上该编号为「王五」
                请核对干部编号和姓名，改正有误的一项
            ! ContradictorySubject a.xlsx!等次!D6 单位编号「U1」
                单位编号「U1」不是干部编号「K4」所在的单位，《干部名册》所载为「市审计局」；本行按编号采用
                请核对单位和干部编号；人员已调动的，请更新《干部名册》
            ! ContradictorySubject a.xlsx!等次!E7 单位名称「没有的局」
                单位名称「没有的局」不是干部编号「K5」所在的单位，《干部名册》所载为「盘龙区」「阳宗海（度假）区」；本行按编号采用
                请核对单位和干部编号；人员已调动的，请更新《干部名册》
        "#]],
    );
}

#[test]
fn a_name_decides_with_the_unit_or_where_it_is_unique() {
    check(
        &[(
            "a.xlsx!等次",
            "年度|姓名|单位编号|单位名称|考核等次
             2015|张三|U1||称职
             2015|张三||市审计局|称职
             2015|李四|||称职
             2015|张三|||称职
             2015|没有人|||称职
             2015|王五|U1||称职
             2015|王五||没有的局|称职
             2015|王五|U2|盘龙区|称职
             2015||U2||称职
             2015|赵六||龙区|优秀",
        )],
        expect![[r#"
            a.xlsx!等次 年度考核_干部 10 = 4 + 6 + 0
            ✗ AmbiguousSubject a.xlsx!等次!B5 姓名「张三」
                姓名「张三」在《干部名册》上对应2个，无法确定是哪一个：张三（K1，盘龙区）、张三（K4，市审计局）
                请填写干部编号（或能区分的单位）
            ✗ UnknownSubject a.xlsx!等次!B6 姓名「没有人」
                姓名「没有人」不在《干部名册》上
                请核对姓名，或填写干部编号；名册漏登的，请先补入《干部名册》
            ✗ UnknownSubject a.xlsx!等次!B7 姓名「王五」
                《干部名册》上的「盘龙区」没有「王五」；该姓名见于：王五（K3，市审计局）
                请核对姓名和单位，或填写干部编号
            ✗ UnknownSubject a.xlsx!等次!D8 单位名称「没有的局」
                单位名称「没有的局」不在《班子名册》上
                请核对单位名称，或填写单位编号；名册漏登的，请先补入《班子名册》
            ✗ ContradictorySubject a.xlsx!等次!D9 单位名称「盘龙区」
                单位名称「盘龙区」与单位编号「U2」不符，《班子名册》上该编号为「市审计局」
                请核对单位编号和单位名称，改正有误的一项
            ✗ Missing a.xlsx!等次!B10 姓名「」
                姓名和干部编号都未填写，无法确定是哪一个干部
                请填写干部编号，或填写姓名
        "#]],
    );
}

#[test]
fn units_by_id_name_or_other_name() {
    check(
        &[(
            "a.xlsx!等次",
            "年度|单位编号|单位名称|考核等次
             2015|U1|龙区|优秀
             2015||阳宗海(度假)区|优秀
             2015|U2|盘龙区|优秀
             2015|U9||优秀
             2015|U9|盘龙区|优秀
             2015||市审记局|优秀
             2015|||优秀",
        )],
        expect![[r#"
            a.xlsx!等次 年度考核_班子 7 = 2 + 5 + 0
            ✗ ContradictorySubject a.xlsx!等次!C4 单位名称「盘龙区」
                单位名称「盘龙区」与单位编号「U2」不符，《班子名册》上该编号为「市审计局」
                请核对单位编号和单位名称，改正有误的一项
            ✗ UnknownSubject a.xlsx!等次!B5 单位编号「U9」
                单位编号「U9」不在《班子名册》上
                请核对单位编号；名册漏登的，请先补入《班子名册》
            ✗ UnknownSubject a.xlsx!等次!B6 单位编号「U9」
                单位编号「U9」不在《班子名册》上
                请核对单位编号；名册漏登的，请先补入《班子名册》；《班子名册》上有盘龙区（U1）
            ✗ UnknownSubject a.xlsx!等次!C7 单位名称「市审记局」
                单位名称「市审记局」不在《班子名册》上
                请核对单位名称，或填写单位编号；名册漏登的，请先补入《班子名册》；如系笔误，可能应为「市审计局」
            ✗ Missing a.xlsx!等次!C8 单位名称「」
                单位名称和单位编号都未填写，无法确定是哪一个班子
                请填写单位编号，或填写单位名称
        "#]],
    );
}

#[test]
fn two_units_of_one_name_are_no_unit() {
    check_with(
        &Options { city: false, ..Options::default() },
        &[
            ("名.xlsx!班子", "单位编号|单位名称|单位类别|简称\nU1|经开区|县区|\nU2|滇中新区|县区|经开区"),
            ("名.xlsx!干部", "干部编号|姓名|单位编号|职务|班子职务\nK1|张三|U1|区长|主要负责人"),
            ("a.xlsx!等次", "年度|单位名称|考核等次\n2015|经开区|优秀\n2015|滇中新区|优秀"),
        ],
        expect![[r#"
            a.xlsx!等次 年度考核_班子 2 = 1 + 1 + 0
            名.xlsx!班子 班子名册 2 = 2 + 0 + 0
            名.xlsx!干部 干部名册 1 = 1 + 0 + 0
            ✗ AmbiguousSubject a.xlsx!等次!B2 单位名称「经开区」
                单位名称「经开区」在《班子名册》上对应2个，无法确定是哪一个：经开区（U1）、滇中新区（U2）
                请填写单位编号
        "#]],
    );
}

#[test]
fn what_a_lead_is_about_decides_what_it_needs() {
    check(
        &[(
            "a.xlsx!线索",
            "线索编号|收到日期|线索来源|反映对象|单位编号|单位名称|干部编号|姓名|问题类型|核实结果
             X1|2015-03-04|干部群众|班子|U1||||不作为|未核实
             X2|2015-03-04|干部群众|班子||||李四|不作为|未核实
             X3|2015-03-04|干部群众|干部|U1||||不作为|未核实
             X4|2015-03-04|干部群众|干部|U1|||张三|不作为|未核实
             X5|2015-03-04|干部群众|个人|U1||K2||不作为|未核实",
        )],
        expect![[r#"
            a.xlsx!线索 问题线索 5 = 2 + 3 + 0
            ✗ Missing a.xlsx!线索!F3 单位名称「」
                反映对象为「班子」，但单位名称和单位编号都未填写，无法确定是哪一个班子
                请填写单位编号，或填写单位名称
            ✗ Missing a.xlsx!线索!H4 姓名「」
                反映对象为「干部」，但姓名和干部编号都未填写，无法确定是哪一个干部
                请填写干部编号，或填写姓名
            ✗ NotInSet a.xlsx!线索!D6 反映对象「个人」
                反映对象「个人」不在规定的取值之内，应为「班子」「干部」之一
                请改填「班子」「干部」之一
        "#]],
    );
}

/// A lead about a unit needs no person, but one who stands there must not be wrong.
#[test]
fn a_person_beside_a_lead_about_a_unit_is_checked() {
    check(
        &[(
            "a.xlsx!线索",
            "线索编号|收到日期|线索来源|反映对象|单位编号|单位名称|干部编号|姓名|问题类型|核实结果
             X1|2015-03-04|市级领导|班子|U1|||赵六六|不作为|未核实
             X2|2015-03-04|市级领导|班子|U1||K9||不作为|未核实
             X3|2015-03-04|市级领导|班子|U1||K1|李四|不作为|未核实
             X4|2015-03-04|市级领导|班子|U1||K1|张三|不作为|未核实
             X5|2015-03-04|市级领导|班子|U1||||不作为|未核实
             X6|2014-03-04|市级领导|班子|U1||K9||不作为|不属实",
        )],
        expect![[r#"
            a.xlsx!线索 问题线索 6 = 2 + 3 + 1
            ✗ UnknownSubject a.xlsx!线索!H2 姓名「赵六六」
                姓名「赵六六」不在《干部名册》上
                请核对姓名，或填写干部编号；名册漏登的，请先补入《干部名册》；如系笔误，可能应为「赵六」
            ✗ UnknownSubject a.xlsx!线索!G3 干部编号「K9」
                干部编号「K9」不在《干部名册》上
                请核对干部编号；名册漏登的，请先补入《干部名册》
            ✗ ContradictorySubject a.xlsx!线索!H4 姓名「李四」
                姓名「李四」与干部编号「K1」不符，《干部名册》上该编号为「张三」
                请核对干部编号和姓名，改正有误的一项
        "#]],
    );
}

#[test]
fn the_subject_of_a_rejected_row_is_known_where_nothing_contradicts() {
    let dataset = read(
        &[(
            "a.xlsx!线索",
            "线索编号|收到日期|线索来源|反映对象|单位编号|单位名称|干部编号|姓名|问题类型|核实结果
             X1|2015-03-04|匿名|班子|U1||||不作为|未核实
             X2|2015-03-04|匿名|干部|U1|||张三|不作为|未核实
             X3|2015-03-04|干部群众|干部|||K2|王五|不作为|未核实
             X4|2015-03-04|干部群众||U1||K2||不作为|未核实
             X5|2015-03-04|干部群众||U1||||不作为|未核实
             X6|2015-03-04|干部群众|干部|||K9||不作为|未核实",
        )],
        &Options::default(),
    )
    .unwrap();
    use kaohe::table::RejectedSubject::Known;
    let subjects: Vec<_> = dataset.rejected.iter().map(|rejected| rejected.subjects.clone()).collect();
    assert_eq!(subjects, [vec![Known(0, 0)], vec![Known(1, 0)], vec![], vec![Known(1, 1)], vec![Known(0, 0)], vec![]]);
    assert_eq!(dataset.rejected[1].values[..4], ["X2", "2015-03-04", "匿名", ""]);
}

#[test]
fn duplicates_that_say_the_same_are_ignored_and_others_rejected() {
    check(
        &[
            (
                "a.xlsx!等次",
                "年度|干部编号|姓名|考核等次|特别优秀
                 2015|K1||称职|
                 2015|K2|李四|称职|否
                 2015|K3||优秀|是
                 2014|K2||优秀|",
            ),
            (
                "b.xlsx!等次",
                "2015年
                 姓名|单位名称|考核等次
                 李 四|盘龙区|称职
                 王五|市审计局|优秀
                 张三|盘龙区|优秀",
            ),
        ],
        expect![[r#"
            a.xlsx!等次 年度考核_干部 4 = 1 + 2 + 1
            b.xlsx!等次 年度考核_干部 3 = 0 + 2 + 1
            ✗ DuplicateElsewhere a.xlsx!等次!D2 考核等次「称职」
                「张三」（K1）2015年有2行，所填考核等次不一致：「称职」（a.xlsx!等次!D2）、「优秀」（b.xlsx!等次!C5）
                请核实哪一行正确，只保留一行
            ✗ DuplicateElsewhere a.xlsx!等次!D4 考核等次「优秀」
                「王五」（K3）2015年有2行，所填特别优秀不一致：「是」（a.xlsx!等次!E4）、（空）（b.xlsx!等次!第4行）
                请核实哪一行正确，只保留一行
            ✗ DuplicateElsewhere b.xlsx!等次!C4 考核等次「优秀」
                「王五」（K3）2015年有2行，所填特别优秀不一致：「是」（a.xlsx!等次!E4）、（空）（b.xlsx!等次!第4行）
                请核实哪一行正确，只保留一行
            ✗ DuplicateElsewhere b.xlsx!等次!C5 考核等次「优秀」
                「张三」（K1）2015年有2行，所填考核等次不一致：「称职」（a.xlsx!等次!D2）、「优秀」（b.xlsx!等次!C5）
                请核实哪一行正确，只保留一行
        "#]],
    );
}

#[test]
fn a_row_rejected_for_another_reason_still_differs() {
    check(
        &[(
            "a.xlsx!等次",
            "年度|干部编号|姓名|考核等次
             2015|K1||较差
             2015|K1||称职
             2015|K2|王五|优秀
             2015|K2||称职",
        )],
        expect![[r#"
            a.xlsx!等次 年度考核_干部 4 = 1 + 3 + 0
            ✗ NotInSet a.xlsx!等次!D2 考核等次「较差」
                考核等次「较差」不在规定的取值之内，应为「优秀」「称职」「基本称职」「不称职」「不定等次」之一；「较差」是《年度考核_班子》所用的考核等次，两者不能互换
                请改填「优秀」「称职」「基本称职」「不称职」「不定等次」之一
            ✗ DuplicateDiffers a.xlsx!等次!D3 考核等次「称职」
                「张三」（K1）2015年有2行，所填考核等次不一致：「较差」（a.xlsx!等次!D2）、「称职」（a.xlsx!等次!D3）
                请核实哪一行正确，只保留一行
            ✗ ContradictorySubject a.xlsx!等次!C4 姓名「王五」
                姓名「王五」与干部编号「K2」不符，《干部名册》上该编号为「李四」
                请核对干部编号和姓名，改正有误的一项
        "#]],
    );
}

#[test]
fn leads_are_duplicates_by_their_id() {
    check(
        &[(
            "a.xlsx!线索",
            "线索编号|收到日期|线索来源|反映对象|单位编号|干部编号|问题类型|核实结果
             X1|2015-03-04|干部群众|干部||K2|不作为|未核实
             X1|2015.3.4|干部群众|干部|U1|K2|不作为|未核实
             X2|2015-03-04|干部群众|干部||K2|不作为|未核实
             X2|2015-03-04|干部群众|干部||K3|不作为|未核实
             X3|2015-03-04|干部群众|班子|U1||不作为|未核实
             X3|2015-03-05|干部群众|班子|U1||不作为|属实",
        )],
        expect![[r#"
            a.xlsx!线索 问题线索 6 = 1 + 4 + 1
            ✗ DuplicateDiffers a.xlsx!线索!A4 线索编号「X2」
                线索编号「X2」有2行，所指对象不同：「李四」（K2）、「王五」（K3）；各行在「X2」（a.xlsx!线索!A4）、「X2」（a.xlsx!线索!A5）
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers a.xlsx!线索!A5 线索编号「X2」
                线索编号「X2」有2行，所指对象不同：「李四」（K2）、「王五」（K3）；各行在「X2」（a.xlsx!线索!A4）、「X2」（a.xlsx!线索!A5）
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers a.xlsx!线索!A6 线索编号「X3」
                线索编号「X3」有2行，所填收到日期不一致：「2015-03-04」（a.xlsx!线索!B6）、「2015-03-05」（a.xlsx!线索!B7）；不一致的还有核实结果
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers a.xlsx!线索!A7 线索编号「X3」
                线索编号「X3」有2行，所填收到日期不一致：「2015-03-04」（a.xlsx!线索!B6）、「2015-03-05」（a.xlsx!线索!B7）；不一致的还有核实结果
                请核实哪一行正确，只保留一行
        "#]],
    );
}

#[test]
fn registers_with_duplicates_and_two_names() {
    check_with(
        &Options { city: false, ..Options::default() },
        &[
            (
                "名.xlsx!班子",
                "单位编号|单位名称|单位类别
                 U1|盘龙区|县区
                 U1|盘 龙 区|县区
                 U2|市审计局|市级部门
                 U2|市审计局|县区
                 U3|度假区|县区",
            ),
            (
                "名.xlsx!干部",
                "干部编号|姓名|单位编号|职务|班子职务|党务干部
                 K1|张三|U1|区长|主要负责人|否
                 K1|张三|U1|区长|主要负责人|
                 K2|李四|U1|副区长|班子成员|
                 K2|李五|U3|副主任|班子成员|
                 K3|王五|U2|局长|主要负责人|
                 K4|赵六|U1|副区长|班子成员|
                 K4|赵六|U3|主任|主要负责人|
                 K5|钱七|U1|副区长|班子成员|
                 K5|钱七|U1|常务副区长|班子成员|",
            ),
            (
                "a.xlsx!等次",
                "年度|干部编号|姓名|考核等次
                 2015|K1||称职
                 2015|K2|李四|称职
                 2015|K3||称职
                 2015||王五|称职
                 2015|K4||称职
                 2015|K5||较差",
            ),
            ("a.xlsx!班子", "年度|单位名称|考核等次\n2015|盘龙区|优秀\n2015|市审计局|优秀"),
        ],
        expect![[r#"
            a.xlsx!等次 年度考核_干部 6 = 2 + 4 + 0
            a.xlsx!班子 年度考核_班子 2 = 1 + 1 + 0
            名.xlsx!班子 班子名册 5 = 2 + 2 + 1
            名.xlsx!干部 干部名册 9 = 3 + 5 + 1
            ✗ RegisterRejected a.xlsx!等次!B3 干部编号「K2」
                「K2」在《干部名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《干部名册》中该编号的登记，本行此项无需改动
            ✗ RegisterRejected a.xlsx!等次!B4 干部编号「K3」
                「K3」在《干部名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《干部名册》中该编号的登记，本行此项无需改动
            ✗ RegisterRejected a.xlsx!等次!C5 姓名「王五」
                「K3」在《干部名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《干部名册》中该编号的登记，本行此项无需改动
            ✗ RegisterRejected a.xlsx!等次!B7 干部编号「K5」
                「K5」在《干部名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《干部名册》中该编号的登记，本行此项无需改动
            ✗ NotInSet a.xlsx!等次!D7 考核等次「较差」
                考核等次「较差」不在规定的取值之内，应为「优秀」「称职」「基本称职」「不称职」「不定等次」之一；「较差」是《年度考核_班子》所用的考核等次，两者不能互换
                请改填「优秀」「称职」「基本称职」「不称职」「不定等次」之一
            ✗ RegisterRejected a.xlsx!班子!B3 单位名称「市审计局」
                「U2」在《班子名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《班子名册》中该编号的登记，本行此项无需改动
            ✗ DuplicateDiffers 名.xlsx!班子!C4 单位类别「市级部门」
                单位编号「U2」有2行，所填单位类别不一致：「市级部门」（名.xlsx!班子!C4）、「县区」（名.xlsx!班子!C5）
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers 名.xlsx!班子!C5 单位类别「县区」
                单位编号「U2」有2行，所填单位类别不一致：「市级部门」（名.xlsx!班子!C4）、「县区」（名.xlsx!班子!C5）
                请核实哪一行正确，只保留一行
            ✗ ContradictorySubject 名.xlsx!干部!B4 姓名「李四」
                干部编号「K2」在《干部名册》中有不同的姓名：「李四」（名.xlsx!干部!B4）、「李五」（名.xlsx!干部!B5）
                请核对：同一人的各行应写同一姓名，不同的人应各有自己的干部编号
            ✗ ContradictorySubject 名.xlsx!干部!B5 姓名「李五」
                干部编号「K2」在《干部名册》中有不同的姓名：「李四」（名.xlsx!干部!B4）、「李五」（名.xlsx!干部!B5）
                请核对：同一人的各行应写同一姓名，不同的人应各有自己的干部编号
            ✗ RegisterRejected 名.xlsx!干部!C6 单位编号「U2」
                「U2」在《班子名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《班子名册》中该编号的登记，本行此项无需改动
            ✗ DuplicateDiffers 名.xlsx!干部!D9 职务「副区长」
                干部编号「K5」「盘龙区」（U1）有2行，所填职务不一致：「副区长」（名.xlsx!干部!D9）、「常务副区长」（名.xlsx!干部!D10）
                请核实哪一行正确，只保留一行
            ✗ DuplicateDiffers 名.xlsx!干部!D10 职务「常务副区长」
                干部编号「K5」「盘龙区」（U1）有2行，所填职务不一致：「副区长」（名.xlsx!干部!D9）、「常务副区长」（名.xlsx!干部!D10）
                请核实哪一行正确，只保留一行
        "#]],
    );
}

#[test]
fn somebody_put_aside_keeps_his_name() {
    // K2 张三 stands only in a rejected row: the name 张三 is then not K1's alone.
    let options = Options { city: false, ..Options::default() };
    let result = read(
        &[
            ("名.xlsx!班子", "单位编号|单位名称|单位类别\nU1|盘龙区|县区"),
            (
                "名.xlsx!干部",
                "干部编号|姓名|单位编号|职务|班子职务
                 K1|张三|U1|区长|主要负责人
                 K2|张三|U1|副区长|成员",
            ),
            ("a.xlsx!等次", "年度|干部编号|姓名|考核等次\n2015||张三|称职\n2015|K2||称职"),
        ],
        &options,
    );
    use kaohe::table::RejectedSubject::RegisterRejected;
    let dataset = result.as_ref().unwrap();
    let put_aside = RegisterRejected(1, "K2".to_owned());
    let subjects: Vec<_> = dataset.rejected.iter().map(|rejected| rejected.subjects.clone()).collect();
    assert_eq!(subjects, [vec![], vec![put_aside.clone()], vec![put_aside]]);
    expect![[r#"
        a.xlsx!等次 年度考核_干部 2 = 0 + 2 + 0
        名.xlsx!班子 班子名册 1 = 1 + 0 + 0
        名.xlsx!干部 干部名册 2 = 1 + 1 + 0
        ✗ AmbiguousSubject a.xlsx!等次!C2 姓名「张三」
            姓名「张三」在《干部名册》上对应2个，无法确定是哪一个：张三（K1，盘龙区）、K2（登记有误，未采用）
            请填写干部编号（或能区分的单位）
        ✗ RegisterRejected a.xlsx!等次!B3 干部编号「K2」
            「K2」在《干部名册》中的登记有误、未被采用，本行随之暂不采用
            请先改正《干部名册》中该编号的登记，本行此项无需改动
        ✗ NotInSet 名.xlsx!干部!E3 班子职务「成员」
            班子职务「成员」不在规定的取值之内，应为「主要负责人」「班子成员」之一
            请改填「主要负责人」「班子成员」之一
    "#]]
    .assert_eq(&told(&result));
}

#[test]
fn somebody_put_aside_elsewhere_does_not_take_a_name_from_a_unit() {
    // The rejected rows place K2 in another known unit, K3 in one that is on no register; K4 they place nowhere.
    let options = Options { city: false, ..Options::default() };
    let used = |aside: &str, unit: &str| {
        let register = format!("干部编号|姓名|单位编号|单位名称|职务|班子职务\nK1|张三|U1||区长|主要负责人\n{aside}");
        let grades = format!("年度|姓名|单位编号|考核等次\n2015|张三|{unit}|称职");
        let result = read(
            &[
                ("名.xlsx!班子", "单位编号|单位名称|单位类别\nU1|盘龙区|县区\nU2|市水务局|市级部门"),
                ("名.xlsx!干部", &register),
                ("a.xlsx!等次", &grades),
            ],
            &options,
        );
        result.unwrap().sheets[0].used
    };
    assert_eq!(used("K2|张三|U2||副区长|成员", "U1"), 1);
    assert_eq!(used("K3|张三||呈贡局|副区长|主要负责人", "U1"), 1);
    assert_eq!(used("K4|张三|||副区长|主要负责人", "U1"), 0);
    assert_eq!(used("K2|张三|U2||副区长|成员", ""), 0);
}

#[test]
fn who_sits_in_a_unit_that_is_put_aside_is_known_by_its_register_rows() {
    let options = Options { city: false, ..Options::default() };
    let sheets = [
        (
            "a.xlsx!班子",
            "单位编号|单位名称|单位类别
                 U1|盘龙区|区县
                 U2|市审计局|市级部门",
        ),
        (
            "a.xlsx!干部",
            "干部编号|姓名|单位编号|职务|班子职务
                 K1|张三|U1|区长|主要负责人
                 K2|李四|U1|副区长|班子成员
                 K2|李四|U2|副局长|班子成员
                 K3|李四|U2|局长|主要负责人
                 K4|王五|U2|副局长|班子成员",
        ),
        (
            "a.xlsx!等次",
            "年度|姓名|单位名称|考核等次
                 2015|张三|盘龙区|优秀
                 2015|李四|盘龙区|称职
                 2015|王五|盘龙区|称职",
        ),
    ];
    check_with(
        &options,
        &sheets,
        expect![[r#"
            a.xlsx!班子 班子名册 2 = 1 + 1 + 0
            a.xlsx!干部 干部名册 5 = 3 + 2 + 0
            a.xlsx!等次 年度考核_干部 3 = 0 + 3 + 0
            ✗ NotInSet a.xlsx!班子!C2 单位类别「区县」
                单位类别「区县」不在规定的取值之内，应为「市级部门」「县区」「开发（度假）园区」之一
                请改填「市级部门」「县区」「开发（度假）园区」之一；如系笔误，可能应为「县区」
            ✗ RegisterRejected a.xlsx!干部!C2 单位编号「U1」
                「U1」在《班子名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《班子名册》中该编号的登记，本行此项无需改动
            ✗ RegisterRejected a.xlsx!干部!C3 单位编号「U1」
                「U1」在《班子名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《班子名册》中该编号的登记，本行此项无需改动
            ✗ RegisterRejected a.xlsx!等次!B2 姓名「张三」
                「K1」在《干部名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《干部名册》中该编号的登记，本行此项无需改动
            ✗ RegisterRejected a.xlsx!等次!C3 单位名称「盘龙区」
                「U1」在《班子名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《班子名册》中该编号的登记，本行此项无需改动
            ✗ RegisterRejected a.xlsx!等次!C4 单位名称「盘龙区」
                「U1」在《班子名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《班子名册》中该编号的登记，本行此项无需改动
        "#]],
    );
    use kaohe::table::RejectedSubject::{Known, RegisterRejected};
    let rejected = read(&sheets, &options).unwrap().rejected;
    let subjects: Vec<_> = rejected.iter().filter(|row| row.table > 1).map(|row| row.subjects.clone()).collect();
    // 张三, the 李四 of that unit (who has another seat), and nobody: 王五 has no seat there.
    assert_eq!(subjects, [vec![RegisterRejected(1, "K1".to_owned())], vec![Known(1, 0)], vec![]]);
}

#[test]
fn people_named_in_a_cell() {
    let result = read(
        &[(
            "a.xlsx!半年",
            "年度|考核部门|单位编号|工作落实评价|相关责任领导
             2015|市委目督办|U1|较差|李 四、K3，赵六；没有人
             2015|市政府目督办|U1|较差|王五
             2013|市委目督办|U1|好|李四\\n赵六
             2014|市委目督办|U1|好|已调走
             2015|市委目督办|U9|好|已调走
             2015|市委目督办|U2|好|无",
        )],
        &Options::default(),
    );
    let dataset = result.as_ref().unwrap();
    let column = PACK.tables[2].column("相关责任领导").unwrap();
    let mentions: Vec<Vec<(String, Option<u32>)>> = dataset.tables[2].mentions[&column]
        .iter()
        .map(|row| row.iter().map(|mention| (mention.text.clone(), mention.subject)).collect())
        .collect();
    let named = |text: &str, subject| (text.to_owned(), subject);
    assert_eq!(
        mentions,
        [
            vec![named("李四", Some(1)), named("K3", Some(2)), named("赵六", Some(4)), named("没有人", None)],
            vec![named("王五", None)],
            vec![named("李四", Some(1)), named("赵六", Some(4))],
            vec![named("已调走", None)],
            vec![],
        ]
    );
    expect![[r#"
        a.xlsx!半年 半年考核_班子 6 = 3 + 1 + 2
        ! UnknownMention a.xlsx!半年!E2 相关责任领导「李 四、K3，赵六；没有人」
            相关责任领导中的「没有人」不是该单位在《干部名册》上的干部
            请核对姓名，或改填干部编号（其他单位的人只能填干部编号）
        ! UnknownMention a.xlsx!半年!E3 相关责任领导「王五」
            相关责任领导中的「王五」不是该单位在《干部名册》上的干部
            请核对姓名，或改填干部编号（其他单位的人只能填干部编号）
        ✗ UnknownSubject a.xlsx!半年!C6 单位编号「U9」
            单位编号「U9」不在《班子名册》上
            请核对单位编号；名册漏登的，请先补入《班子名册》
    "#]]
    .assert_eq(&told(&result));
}

#[test]
fn a_name_that_two_of_a_team_bear_names_neither() {
    check_with(
        &Options { city: false, ..Options::default() },
        &[
            ("名.xlsx!班子", "单位编号|单位名称|单位类别\nU1|盘龙区|县区\nU2|市审计局|市级部门"),
            (
                "名.xlsx!干部",
                "干部编号|姓名|单位编号|职务|班子职务
                 K1|张三|U1|区长|主要负责人
                 K2|张三|U1|副区长|班子成员
                 K3|张三|U2|局长|主要负责人",
            ),
            (
                "a.xlsx!半年",
                "年度|考核部门|单位编号|工作落实评价|相关责任领导
                 2015|市委目督办|U1|较差|张三
                 2015|市委目督办|U2|较差|张三
                 2014|市委目督办|U1|较差|张三",
            ),
        ],
        expect![[r#"
            a.xlsx!半年 半年考核_班子 3 = 2 + 0 + 1
            名.xlsx!班子 班子名册 2 = 2 + 0 + 0
            名.xlsx!干部 干部名册 3 = 3 + 0 + 0
            ! UnknownMention a.xlsx!半年!E2 相关责任领导「张三」
                相关责任领导中的「张三」在该单位对应2人，无法确定是哪一位：K1、K2
                请核对姓名，或改填干部编号（其他单位的人只能填干部编号）
            ! UnknownMention a.xlsx!半年!E4 相关责任领导「张三」
                相关责任领导中的「张三」在该单位对应2人，无法确定是哪一位：K1、K2
                请核对姓名，或改填干部编号（其他单位的人只能填干部编号）
        "#]],
    );
}

#[test]
fn a_slip_in_a_name_is_looked_for_in_the_own_unit() {
    check_with(
        &Options { city: false, ..Options::default() },
        &[
            ("名.xlsx!班子", "单位编号|单位名称|单位类别\nU1|盘龙区|县区"),
            (
                "名.xlsx!干部",
                "干部编号|姓名|单位编号|职务|班子职务\nK1|欧阳建国|U1|区长|主要负责人\nK2|李四|U1|副区长|班子成员",
            ),
            (
                "a.xlsx!等次",
                "年度|姓名|单位编号|考核等次\n2015|欧阳建囯|U1|称职\n2015|李肆|U1|称职\n2015|欧阳建囯||称职",
            ),
        ],
        expect![[r#"
            a.xlsx!等次 年度考核_干部 3 = 0 + 3 + 0
            名.xlsx!班子 班子名册 1 = 1 + 0 + 0
            名.xlsx!干部 干部名册 2 = 2 + 0 + 0
            ✗ UnknownSubject a.xlsx!等次!B2 姓名「欧阳建囯」
                姓名「欧阳建囯」不在《干部名册》上
                请核对姓名，或填写干部编号；名册漏登的，请先补入《干部名册》；如系笔误，可能应为「欧阳建国」
            ✗ UnknownSubject a.xlsx!等次!B3 姓名「李肆」
                姓名「李肆」不在《干部名册》上
                请核对姓名，或填写干部编号；名册漏登的，请先补入《干部名册》
            ✗ UnknownSubject a.xlsx!等次!B4 姓名「欧阳建囯」
                姓名「欧阳建囯」不在《干部名册》上
                请核对姓名，或填写干部编号；名册漏登的，请先补入《干部名册》
        "#]],
    );
}

#[test]
fn lines_of_earlier_runs() {
    check_with(
        &Options { known_lines: &["2014-A-诫勉谈话-C-K2", "2015-H-约谈-C-K2"], ..Options::default() },
        &[(
            "a.xlsx!谈话",
            "谈话日期|谈话类型|干部编号|姓名|所属年度|处理编号
             2015-03-04|诫勉谈话|K2||2014|2014-A-诫勉谈话-C-K2
             2015-07-04|约谈||李四||2015-H-约谈-C-K2
             2015-07-04|约谈|K2|||2015-H-约谈-C-K3
             2015-07-04|约谈|K2|||2015-H-约谈-T-U1
             2015-07-04|约谈|K2||2014|2015-H-约谈-C-K2
             2015-07-04|约谈|K2|||2015-H-喝茶-C-K2
             2015-07-04|约谈|K2|||2015年约谈1号
             2015-07-04|约谈|K2|||2015-A-约谈-C-K2
             2015-07-04|约谈|K2|||－",
        )],
        expect![[r#"
            a.xlsx!谈话 谈话记录 9 = 4 + 5 + 0
            ✗ BadLineId a.xlsx!谈话!F4 处理编号「2015-H-约谈-C-K3」
                处理编号「2015-H-约谈-C-K3」是干部「K3」的，本行是「K2」的
                请填写本人的处理编号；没有的请留空
            ✗ BadLineId a.xlsx!谈话!F5 处理编号「2015-H-约谈-T-U1」
                处理编号「2015-H-约谈-T-U1」是班子「U1」的，本行是「K2」的
                请填写本人的处理编号；没有的请留空
            ✗ BadLineId a.xlsx!谈话!F6 处理编号「2015-H-约谈-C-K2」
                处理编号「2015-H-约谈-C-K2」属于2015年，而所属年度填的是2014
                请核对处理编号和所填年度，改正有误的一项
            ✗ BadLineId a.xlsx!谈话!F7 处理编号「2015-H-喝茶-C-K2」
                处理编号「2015-H-喝茶-C-K2」格式不对，应为「年度-H或A-处理-T或C-编号」
                请照名单上的处理编号原样填写；没有的请留空
            ✗ BadLineId a.xlsx!谈话!F8 处理编号「2015年约谈1号」
                处理编号「2015年约谈1号」格式不对，应为「年度-H或A-处理-T或C-编号」
                请照名单上的处理编号原样填写；没有的请留空
            ! UnknownLineId a.xlsx!谈话!F9 处理编号「2015-A-约谈-C-K2」
                档案中没有处理编号「2015-A-约谈-C-K2」
                请核对是否为本单位名单上的处理编号；如是，请确认所用的档案（--archive）
        "#]],
    );
}

#[test]
fn registers_hold_the_home_row_first() {
    let dataset = read(&[], &Options::default()).unwrap();
    let [teams, cadres] = &dataset.registers[..] else { panic!("two kinds") };
    assert_eq!(teams.labels, ["盘龙区", "市审计局", "阳宗海（度假）区"]);
    assert_eq!(cadres.ids[..], ["K1", "K2", "K3", "K4", "K5"]);
    assert_eq!(cadres.rows[4], [4, 5]);
    assert_eq!(cadres.find("K5"), Some(4));
    assert_eq!(dataset.absent, [2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn one_fault_of_a_cell_is_told_once() {
    check(
        &[
            (
                "a.xlsx!线索",
                "线索编号|收到日期|线索来源|反映对象|单位名称|姓名|问题类型|核实结果
                 X1|2015-03-01|省级部门|班子|没有的局|张三|不作为|未核实",
            ),
            (
                "b.xlsx!半年",
                "年度|考核部门|单位编号|工作落实评价|相关责任领导
                 2015|市委目督办|U1|较差|没有人、也没有、没有人",
            ),
        ],
        expect![[r#"
            a.xlsx!线索 问题线索 1 = 0 + 1 + 0
            b.xlsx!半年 半年考核_班子 1 = 1 + 0 + 0
            ✗ UnknownSubject a.xlsx!线索!E2 单位名称「没有的局」
                单位名称「没有的局」不在《班子名册》上
                请核对单位名称，或填写单位编号；名册漏登的，请先补入《班子名册》
            ! UnknownMention b.xlsx!半年!E2 相关责任领导「没有人、也没有、没有人」
                相关责任领导中的「没有人」不是该单位在《干部名册》上的干部
                请核对姓名，或改填干部编号（其他单位的人只能填干部编号）
            ! UnknownMention b.xlsx!半年!E2 相关责任领导「没有人、也没有、没有人」
                相关责任领导中的「也没有」不是该单位在《干部名册》上的干部
                请核对姓名，或改填干部编号（其他单位的人只能填干部编号）
        "#]],
    );
}

/// Who stands on the register without an id that can be used may be the one that is meant.
#[test]
fn a_name_on_a_register_row_without_an_id_is_not_free() {
    check(
        &[
            (
                "名.xlsx!补",
                "干部编号|姓名|单位编号|职务|班子职务
                 |王五|U1|处长|班子成员
                 |新人|U2|处长|班子成员",
            ),
            (
                "a.xlsx!等次",
                "年度|姓名|单位编号|考核等次
                 2015|王五||称职
                 2015|王五|U2|称职
                 2015|王五|U1|不称职
                 2015|新人||不称职",
            ),
        ],
        expect![[r#"
            a.xlsx!等次 年度考核_干部 4 = 1 + 3 + 0
            名.xlsx!补 干部名册 2 = 0 + 2 + 0
            ✗ AmbiguousSubject a.xlsx!等次!B2 姓名「王五」
                姓名「王五」在《干部名册》上对应2个，无法确定是哪一个：王五（K3，市审计局）、编号不明（登记有误，未采用）
                请填写干部编号（或能区分的单位）
            ✗ RegisterRejected a.xlsx!等次!B4 姓名「王五」
                「王五」在《干部名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《干部名册》中这个名字的登记，本行此项无需改动
            ✗ RegisterRejected a.xlsx!等次!B5 姓名「新人」
                「新人」在《干部名册》中的登记有误、未被采用，本行随之暂不采用
                请先改正《干部名册》中这个名字的登记，本行此项无需改动
            ✗ Missing 名.xlsx!补!A2 干部编号「」
                干部编号是必填项，未填写
                请填写干部编号
            ✗ Missing 名.xlsx!补!A3 干部编号「」
                干部编号是必填项，未填写
                请填写干部编号
        "#]],
    );
}
