//! A row that numbers the columns: 栏次 1 2 3, 甲 乙 丙 1 2, （1）（2）（3）.
//!
//! It is told by all its cells, also by those of columns that nobody asked for: each is the next number of its series.

use super::text;

/// The cells of a row so far, as numbers of columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Numbering {
    /// No cell yet.
    #[default]
    Open,
    /// 栏次, and nothing after it.
    Labelled,
    /// The last number of a series, how many numbers came, and whether 栏次 stands before them.
    Counted { series: usize, last: u32, cells: u32, labelled: bool },
    /// One of them was something else.
    Broken,
}

/// The signs of a series in order; [`DIGITS`] are none of these.
const SERIES: [&str; 3] = ["甲乙丙丁戊己庚辛壬癸", "一二三四五六七八九十", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const DIGITS: usize = SERIES.len();
const LABELS: [&str; 9] = ["栏次", "栏号", "栏目", "栏", "列次", "列号", "列", "项次", "序列"];
/// The longest cell that may number a column (第10栏=8+9), in bytes.
const LONGEST: usize = 48;

impl Numbering {
    /// The row's next filled cell, if it is a text.
    pub fn text(&mut self, given: &str) {
        if *self == Self::Broken {
            return;
        }
        // Most rows begin with a year or an id, which are told at a glance.
        let is_word = given.get(..4).is_some_and(|start| start.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if is_word || given.len() > LONGEST {
            *self = Self::Broken;
            return;
        }
        let key = text::folded(given);
        if *self == Self::Open && LABELS.contains(&bare(&key)) {
            *self = Self::Labelled;
            return;
        }
        self.next(ordinal(&key));
    }

    /// The row's next filled cell, if it is a number.
    pub fn number(&mut self, number: f64) {
        if *self != Self::Broken {
            let whole = (1.0..=16_384.0).contains(&number) && number.fract() == 0.0;
            self.next(whole.then_some((DIGITS, number as u32)));
        }
    }

    /// The row's next filled cell is neither.
    pub fn other(&mut self) {
        *self = Self::Broken;
    }

    fn next(&mut self, ordinal: Option<(usize, u32)>) {
        let labelled = match *self {
            Self::Labelled => true,
            Self::Counted { labelled, .. } => labelled,
            Self::Open | Self::Broken => false,
        };
        *self = match (*self, ordinal) {
            (Self::Counted { series, last, cells, .. }, Some((of, number)))
                if (of == series && number == last + 1) || (of == DIGITS && of != series && number == 1) =>
            {
                Self::Counted { series: of, last: number, cells: cells + 1, labelled }
            }
            (Self::Open | Self::Labelled, Some((series, 1))) => Self::Counted { series, last: 1, cells: 1, labelled },
            _ => Self::Broken,
        };
    }

    /// Whether the row, which is at its end, numbers the columns of a table with `columns` of them on the sheet.
    pub fn holds(self, columns: usize) -> bool {
        match self {
            // Two numbers may be an id and a score, unless there is nothing else to be numbered.
            Self::Counted { cells, labelled, .. } => labelled || cells >= 3 || (cells == 2 && columns == 2),
            Self::Open | Self::Labelled | Self::Broken => false,
        }
    }
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
