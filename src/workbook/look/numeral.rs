//! Chinese numerals (`[DBNum1]` to `[DBNum3]`).

use super::code::Numerals;

const CHINESE: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const FINANCIAL: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [[&str; 4]; 2] = [["", "十", "百", "千"], ["", "拾", "佰", "仟"]];
const GROUPS: [&str; 4] = ["", "万", "亿", "万亿"];

/// A character of a number whose digits are shown one by one.
pub(super) fn digit(c: char, numerals: Numerals) -> char {
    let Some(value) = c.to_digit(10) else { return c };
    match numerals {
        Numerals::Western => c,
        Numerals::Chinese => CHINESE[value as usize],
        Numerals::Financial => FINANCIAL[value as usize],
        Numerals::Wide => char::from_u32('０' as u32 + value).unwrap_or(c),
    }
}

/// Chinese digits that were shown one by one, as Western ones; none where places are spoken (`八十五`), which leave no
/// digit out.
pub fn western(shown: &str) -> Option<String> {
    let digit = |c: char| [CHINESE, FINANCIAL].iter().find_map(|digits| digits.iter().position(|digit| *digit == c));
    let is_place = |c: char| PLACES.as_flattened().iter().chain(&GROUPS).any(|place| place.contains(c));
    let one = |c: char| digit(c).and_then(|value| char::from_digit(value as u32, 10)).unwrap_or(c);
    (!shown.contains(is_place)).then(|| shown.chars().map(one).collect())
}

/// A number as it is spoken (`八十五`), from its digits; decimals one by one.
pub(super) fn spelled(number: &str, numerals: Numerals) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let is_plain = whole.len() <= 16 && whole.bytes().all(|c| c.is_ascii_digit());
    if matches!(numerals, Numerals::Western | Numerals::Wide) || !is_plain {
        return number.chars().map(|c| digit(c, numerals)).collect();
    }
    let mut out = String::new();
    let mut gap = false;
    let length = whole.len();
    for (at, c) in whole.char_indices() {
        let place = length - 1 - at;
        if c == '0' {
            gap = !out.is_empty();
        } else {
            if gap {
                out.push(digit('0', numerals));
            }
            gap = false;
            let is_ten = numerals == Numerals::Chinese && c == '1' && place % 4 == 1 && out.is_empty();
            if !is_ten {
                out.push(digit(c, numerals));
            }
            out.push_str(PLACES[usize::from(numerals == Numerals::Financial)][place % 4]);
        }
        let group = &whole[at.saturating_sub(3)..=at];
        if place > 0 && place.is_multiple_of(4) && group.bytes().any(|c| c != b'0') {
            out.push_str(GROUPS[place / 4]);
        }
    }
    if out.is_empty() {
        out.push(digit('0', numerals));
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.extend(fraction.chars().map(|c| digit(c, numerals)));
    }
    out
}
