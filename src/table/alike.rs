//! Names that look alike and are not the same: which of their characters differ.
//!
//! 马 may stand there as the radical ⻢, 䶮 as the private sign of an old system, O for 0, a Cyrillic А for A. Such a
//! name is another one, and whoever looks at both sees no difference: so the message says which character it is.

use std::borrow::Cow;

use encoding_rs::GB18030;
use unicode_security::confusable_detection::skeleton;

/// How many characters are told of one name.
const MOST: usize = 3;

/// In what a name differs from the one that looks like it, given both as keys; none where they do not look alike.
pub fn difference(given: &str, meant: &str) -> Option<String> {
    if given == meant || !looks_like(given, meant) {
        return None;
    }
    let differing = given.chars().zip(meant.chars()).enumerate().filter(|(_, (one, other))| one != other);
    let told = differing
        .take(MOST)
        .map(|(at, (one, other))| format!("第{}个字符是{}，那里是{}", at + 1, named(one), named(other)));
    Some(format!("两者看上去一样，字符不同：{}", told.collect::<Vec<_>>().join("；")))
}

/// The one of the candidates that looks like a name and is not the same, all given as keys.
pub fn find<'c>(given: &str, mut candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    candidates.find(|candidate| *candidate != given && looks_like(given, candidate))
}

/// What is odd about a name that is like no other: signs that each system draws in its own way, or parts of characters.
pub fn oddity(given: &str) -> Option<String> {
    let odd = given.chars().enumerate().filter(|(_, c)| is_private(*c) || is_radical(*c));
    let told: Vec<String> = odd.take(MOST).map(|(at, c)| format!("第{}个字符是{}", at + 1, named(c))).collect();
    (!told.is_empty()).then(|| told.join("；"))
}

/// Character by character the same, or drawn alike.
fn looks_like(one: &str, other: &str) -> bool {
    let (mut left, mut right) = (one.chars(), other.chars());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || drawn(one) == drawn(other) => {}
            _ => return false,
        }
    }
}

/// The character that stands for all that are drawn like this one.
fn drawn(c: char) -> Cow<'static, str> {
    let mut buffer = [0; 4];
    skeleton(assigned(c).unwrap_or(c).encode_utf8(&mut buffer)).collect::<String>().into()
}

/// For the eighty signs that GBK had no place in Unicode for and put into its private use area from U+E815 on, the
/// character that they are now: they stand in one row of the code, where today's table has their present places.
fn assigned(c: char) -> Option<char> {
    let at = u8::try_from(u32::from(c).checked_sub(0xe815)?).ok().filter(|at| *at < 80)?;
    let trail = 0x50 + at;
    // 7F is no second byte.
    let bytes = [0xfe, if trail < 0x7f { trail } else { trail + 1 }];
    let (text, _, broken) = GB18030.decode(&bytes);
    let found = text.chars().next().filter(|_| !broken)?;
    (found != c).then_some(found)
}

/// `「⻢」（部首 U+2EE2）`.
fn named(c: char) -> String {
    let code = u32::from(c);
    let what = match c {
        _ if is_private(c) => "私用区的自造字 ",
        _ if is_radical(c) => "部首 ",
        '0'..='9' => "数字 ",
        'A'..='Z' | 'a'..='z' => "英文字母 ",
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => "希腊字母 ",
        '\u{400}'..='\u{52f}' => "西里尔字母 ",
        '\u{3040}'..='\u{30ff}' => "日文假名 ",
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => "汉字 ",
        _ => "",
    };
    format!("「{c}」（{what}U+{code:04X}）")
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

fn is_radical(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{31c0}'..='\u{31ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_private_sign_of_gbk_has_its_character_or_none() {
        let known = (0xe815..0xe865).filter_map(char::from_u32).filter(|c| assigned(*c).is_some()).count();
        assert!(known >= 70, "{known}");
        assert_eq!((assigned('\u{e863}'), assigned('\u{e865}'), assigned('中')), (Some('䶮'), None, None));
    }
}
