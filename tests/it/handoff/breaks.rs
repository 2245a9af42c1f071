//! Where lines of cells end, so that no program tears them.

use kaohe::handoff::breaks::{MOST, set, torn};
use kaohe::handoff::model::{Block, Column, LineStyle, Paper, Sheet, Unbroken, Value};
use kaohe::handoff::{layout, measure};

#[test]
fn lines_that_may_be_torn_are_ended_as_late_as_nothing_is_torn() {
    let cases = [
        // It fits, or is torn nowhere.
        ("年度考核等次：优秀", 20, "年度考核等次：优秀"),
        ("一二三四五六七八九十一二", 8, "一二三四五六七八九十一二"),
        // A bracket would begin the second line, or end the first.
        ("半年考核、评价（市委目督办）工作落实，年度", 26, "半年考核、评价（市委目督\n办）工作落实，年度"),
        ("半年考核和评价（市委目督办）工作落实，年度", 16, "半年考核和评价\n（市委目督办）工作落实，年度"),
        ("第四部分〔规则4.1〕〔本部门口径〕", 24, "第四部分〔规则4.1〕\n〔本部门口径〕"),
        // Between clauses or before a value where the line is nearly full, else as late as nothing is torn and no number is
        // parted from what it counts.
        ("目标，落实评价：差，年度", 18, "目标，落实评价：\n差，年度"),
        ("目标完成，落实评价：较差，年度", 18, "目标完成，落实评\n价：较差，年度"),
        ("是，一二三四五六七，好", 16, "是，一二三四五六\n七，好"),
        ("一二三四五六12个，好", 16, "一二三四五\n六12个，好"),
        ("一二三四五线索 X12345，好", 20, "一二三四五线索 \nX12345，好"),
        // A last character, with its mark or without, makes no line.
        ("年度考核等次：优秀", 17, "年度考核等次：\n优秀"),
        ("一二三四五六七。", 14, "一二三四五\n六七。"),
        // What is quoted stays whole where it can.
        ("一二三四五「一二三」，七八", 18, "一二三四五\n「一二三」，七八"),
        ("「一二三四五六」，七八", 12, "「一二三四五\n六」，七八"),
        ("请补齐「一，二三四五六」。再送", 16, "请补齐「一，二三四五六」。再送"),
        // Lines that are there already are ended each for itself.
        ("甲：好\n目标，落实评价：差，年度", 18, "甲：好\n目标，落实评价：\n差，年度"),
    ];
    for (text, room, expected) in cases {
        let set = set(text, room, Unbroken::Clauses);
        assert_eq!(set.as_deref().unwrap_or(text), expected, "{text} in {room}");
    }
}

#[test]
fn what_is_searched_for_is_parted_from_other_sentences_alone_and_values_are_not() {
    let text = "线索X201500072属实，情节一般，轻于调整建议起点；E12显示为60，实为59.6；依据已变，请重新审定";
    let sentences: Vec<&str> = text.split_inclusive('；').collect();
    let mut ended = 0;
    for room in 10..80 {
        let set_so = set(text, room, Unbroken::Sentences).unwrap_or_else(|| text.to_owned());
        let lines: Vec<&str> = set_so.split('\n').collect();
        assert!(lines.iter().all(|line| sentences.iter().any(|one| line.ends_with(one))), "{room}: {set_so}");
        ended += lines.len() - 1;
        assert_eq!(set(text, room, Unbroken::Nothing), None);
        assert_eq!(set(text, room, Unbroken::Pieces), None);
    }
    assert!(ended > 0);
}

/// Whatever typeface is put in, of those between the narrowest and the widest.
#[test]
fn no_typeface_tears_a_line_that_could_be_ended() {
    let text = "（1）问题线索 X201500083（线索来源：12380举报，问题类型：懒政怠政，核实结果：属实，情节：严重）；\n\
                （2）本人为主要负责人，反映市某局班子的问题线索 X1（线索来源：省级部门，问题类型：不作为，核实结果：属实）";
    for room in 30..80 {
        let ended = set(text, room, Unbroken::Clauses).unwrap_or_else(|| text.to_owned());
        assert_eq!(torn(&ended, room), 0, "{room}: {ended}");
        // Lines are full: ends made by hand hardly ever cost another one, and none is wrapped again in the widest letters.
        let (before, after) = (measure::lines(text, room), measure::lines(&ended, room));
        assert!(after <= before + 1, "{room}: {after} instead of {before} lines: {ended}");
    }
}

#[test]
fn a_cell_gets_no_more_line_breaks_than_excel_keeps() {
    let text = "一二三，四五六；".repeat(400);
    let ended = set(&text, 10, Unbroken::Clauses).unwrap();
    assert_eq!(ended.matches('\n').count(), MOST);
}

/// What cannot be ended by hand gets room from the sentences beside it, or leaves them some.
#[test]
fn a_column_is_as_wide_as_leaves_the_fewest_lines_torn() {
    let hint = "线索X201500085属实，情节轻微，轻于调整建议起点";
    for other in 70..110 {
        let columns = vec![
            Column::text("事实", 22.0, 60.0).in_clauses(),
            Column::text("提示", 10.0, 30.0).in_sentences(),
            Column::text("其他", f64::from(other), f64::from(other)).in_pieces(),
        ];
        let facts = "一".repeat(60);
        let row = vec![Value::text(facts.as_str()), Value::text(hint), Value::text("一")];
        let head: [(String, LineStyle); 0] = [];
        let sheet = Sheet::new("名单", Paper::Lying, head, vec![Block::new(columns, vec![row], "")]);
        let room = measure::room(layout::of(&sheet).widths[1] - measure::INDENT, measure::TEXT);
        assert_eq!(torn(hint, room), 0, "{other}: {room}");
    }
}
