//! How wide columns and how high rows are for their texts.

use kaohe::handoff::breaks::{breaks_between_pieces, piece};
use kaohe::handoff::measure::{
    LATIN, TEXT, Wish, character_width, height, lines_height, pixels, quarters, share, widest,
};
use unicode_width::UnicodeWidthChar;

#[test]
fn lines_are_counted_as_chinese_text_wraps() {
    let cases = [
        ("", 10.0, 1.0),
        ("通报", 4.0, 1.0),
        ("通报名单", 4.0, 2.0),
        ("一二三四五", 4.0, 3.0),
        // The full stop stays with the character before it.
        ("一二三四。", 8.0, 2.0),
        ("第一行\n第二行", 20.0, 2.0),
        ("2015-A-诫勉谈话-C-K00012", 16.0, 2.0),
        // Latin letters are wider than half a character in some typefaces.
        ("abcdefgh", 3.0, 4.0),
        ("一\n\n二", 10.0, 3.0),
        ("短\n一二三四五", 6.0, 3.0),
        ("ab\n（一二三）四五", 6.0, 4.0),
        // Two numbers of lines: the second does not begin a line.
        ("2015-H-约谈-C-G000087、2015-H-约谈-C-G000088", 28.0, 3.0),
        // Neither bracket is left alone.
        ("一二（三四）", 6.0, 3.0),
        ("一二三（四）", 8.0, 2.0),
    ];
    for (text, room, expected) in cases {
        let high = height([(text, pixels(room, TEXT), TEXT)].into_iter());
        assert_eq!(high, lines_height(expected), "{text} in {room}");
    }
}

#[test]
fn a_piece_is_what_is_in_brackets_or_between_them() {
    let cases =
        [("", 0), ("《办法》第四部分", 16), ("《办法》第四部分〔规则4.4〕〔本部门口径〕", 16), ("一、二三四、五", 8)];
    for (text, expected) in cases {
        assert_eq!(piece(text), expected, "{text}");
    }
}

#[test]
fn widths_are_found_at_which_texts_break_between_pieces_alone() {
    let read = "《办法》第四部分〔规则4.5〕\n〔本部门口径〕";
    let several = format!("{read}；\n{read}");
    let options = "约谈、诫勉谈话、调整";
    let cases = [
        (read, 16, true),
        (read, 20, false),
        (read, 28, true),
        (several.as_str(), 16, true),
        (several.as_str(), 18, false),
        (options, 14, false),
        (options, 16, true),
        (options, 20, true),
        ("", 4, true),
    ];
    for (text, room, expected) in cases {
        assert_eq!(breaks_between_pieces(text, room), expected, "{text} in {room}");
    }
}

#[test]
fn widths_fill_the_page_and_keep_their_bounds() {
    let wishes = [
        Wish { least: 30.0, most: 30.0, usual: 20.0, elastic: false, rigid: false, beside: 0.0 },
        Wish { least: 60.0, most: 400.0, usual: 900.0, elastic: true, rigid: false, beside: 0.0 },
        Wish { least: 60.0, most: 400.0, usual: 200.0, elastic: true, rigid: false, beside: 0.0 },
    ];
    for page in [300.0, 500.0, 1200.0] {
        let widths = share(&wishes, page);
        assert!(widths[0] >= 30.0 && widths[1] >= widths[2], "{widths:?}");
        assert!((widths.iter().sum::<f64>() - page).abs() <= 3.0, "{widths:?}");
    }
}

#[test]
fn common_characters_are_as_wide_as_unicode_says() {
    for character in ('\u{20}'..='\u{7E}').chain('\u{3001}'..='\u{3015}').chain('\u{4E00}'..='\u{9FFF}') {
        assert_eq!(Some(character_width(character)), character.width_cjk(), "{character}");
        assert_eq!(widest(&format!("a\n{character}")), quarters(character).max(LATIN), "{character}");
    }
    for character in '\u{FF01}'..='\u{FF60}' {
        assert_eq!(Some(character_width(character)), character.width_cjk(), "{character}");
    }
}
