//! A row that numbers the columns: 栏次 1 2 3, 甲 乙 丙 1 2, （1）（2）（3）.
//!
//! It is told by all its cells, also by those of columns that nobody asked for: each is the next number of its series.

use super::text;
use crate::workbook::Raw;

/// The signs of a series in order; [`DIGITS`] are none of these.
const SERIES: [&str; 3] = ["甲乙丙丁戊己庚辛壬癸", "一二三四五六七八九十", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const DIGITS: usize = SERIES.len();
const LABELS: [&str; 9] = ["栏次", "栏号", "栏目", "栏", "列次", "列号", "列", "项次", "序列"];
/// The longest cell that may number a column (第10栏=8+9), in bytes.
const LONGEST: usize = 48;

/// Whether a row with these contents numbers the columns of a table with `columns` of them on the sheet.
pub fn is_numbering<'c>(contents: impl Iterator<Item = &'c Raw<'c>>, columns: usize) -> bool {
    let (mut labelled, mut count) = (false, 0);
    // The last number of a series.
    let mut last = None;
    for (at, content) in contents.enumerate() {
        let ordinal = match content {
            Raw::Text(text) if text.len() <= LONGEST => {
                let key = text::folded(text);
                if at == 0 && LABELS.contains(&bare(&key)) {
                    labelled = true;
                    continue;
                }
                ordinal(&key)
            }
            Raw::Number(number, _) if (1.0..=16_384.0).contains(number) && number.fract() == 0.0 => {
                Some((DIGITS, *number as u32))
            }
            _ => None,
        };
        let Some((series, number)) = ordinal else { return false };
        let is_next = match last {
            Some((of, last)) if of == series && number == last + 1 => true,
            Some((of, _)) => of != DIGITS && (series, number) == (DIGITS, 1),
            None => number == 1,
        };
        if !is_next {
            return false;
        }
        last = Some((series, number));
        count += 1;
    }
    // Two numbers may be an id and a score, unless there is nothing else to be numbered.
    count >= 3 || (count == 2 && columns == 2) || (labelled && count > 0)
}

/// Without the brackets and stops around it.
fn bare(key: &str) -> &str {
    key.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Which number of which series a cell is: 3, （3）, 第3栏, 3=1+2, 丙.
fn ordinal(key: &str) -> Option<(usize, u32)> {
    let word = key.split_once('=').map_or(key, |(number, of)| if is_formula(of) { number } else { key });
    let word = bare(word);
    let word = word.strip_prefix(['第', '栏', '列']).unwrap_or(word);
    let word = word.strip_suffix(['栏', '列']).unwrap_or(word);
    let mut signs = word.chars();
    let (first, second) = (signs.next()?, signs.next());
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return (word.len() <= 3 && first != '0').then(|| Some((DIGITS, word.parse().ok()?)))?;
    }
    if second.is_some() {
        return None;
    }
    SERIES.iter().enumerate().find_map(|(series, signs)| {
        let place = signs.chars().position(|sign| sign == first)?;
        Some((series, place as u32 + 1))
    })
}

/// What stands behind the sign of equality in 3=1+2.
fn is_formula(of: &str) -> bool {
    !of.is_empty()
        && of.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '*' | '/' | '×' | '÷' | '(' | ')'))
}
