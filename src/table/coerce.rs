//! What a cell means in its column, or why it means nothing there.
//!
//! One [`Coercion`] per column of the pack's tables, made once. A content is judged without its row;
//! what depends on other cells is judged later. Never a guess: what could mean two things is a fault.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::Regex;

use crate::finding::{Code, Flaw};
use crate::pack::{ColumnKind, InputColumn, Pack};
use crate::workbook::{DaySeen, Looks, Raw};

use super::column::{CellValue, Read, ReadContent};
use super::seen::{SeenCell, Sight, fifteen_digits, plain};
use super::{alike, date, text};

/// How the cells of one column are read.
#[derive(Debug)]
pub struct Coercion {
    name: String,
    required: bool,
    kind: ColumnKind,
    /// Key → index in the column's set.
    choices: HashMap<String, u16>,
    /// Key → table whose column of the same name allows it, for people who mix two sets up.
    elsewhere: HashMap<String, String>,
    /// What a blank stands for.
    pub default: Option<CellValue>,
}

impl Coercion {
    /// The coercions of all columns of a table.
    pub fn of_table(pack: &Pack, table: usize) -> Vec<Self> {
        pack.tables[table].columns.iter().map(|column| Self::new(pack, table, column)).collect()
    }

    fn new(pack: &Pack, table: usize, column: &InputColumn) -> Self {
        let mut choices = HashMap::new();
        let mut elsewhere = HashMap::new();
        if let ColumnKind::Choice { values, .. } = &column.kind {
            for (index, value) in values.iter().enumerate() {
                choices.insert(text::key(value), index as u16);
            }
            for other in pack.tables.iter().enumerate().filter(|(index, _)| *index != table).map(|(_, other)| other) {
                for twin in other.columns.iter().filter(|twin| twin.name == column.name) {
                    for value in twin.kind.words() {
                        elsewhere.entry(text::key(value)).or_insert_with(|| other.name.clone());
                    }
                }
            }
        }
        let mut coercion = Self {
            name: column.name.clone(),
            required: column.required,
            kind: column.kind.clone(),
            choices,
            elsewhere,
            default: None,
        };
        if let Some(default) = &column.default
            && let ReadContent::Good(value) =
                coercion.read(&Raw::Text(Cow::Borrowed(default)), &Looks::default()).content
        {
            coercion.default = Some(match value {
                // Where nothing is shown the default has to stand for itself.
                CellValue::AsShown => CellValue::text("", text::trimmed(default)),
                other => other,
            });
        }
        coercion
    }

    /// The column's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a content means, and what people see of it in a book with those looks.
    pub fn read<'r>(&self, stored: &'r Raw<'r>, looks: &Looks) -> Read<'r> {
        let seen = SeenCell::of(stored, looks);
        let content = self.content(&seen, &|| looks.day_nought());
        Read { shown: seen.shown, content }
    }

    /// `nought`: the day that the book's serials count from, asked for where it matters.
    fn content(&self, seen: &SeenCell<'_>, nought: &dyn Fn() -> NaiveDate) -> ReadContent {
        let (stored, shown) = (seen.stored, &*seen.shown);
        match stored {
            Raw::Error(error) => {
                return self.broken(&format!("是错误值「{error}」"), "请改正公式，或直接填写正确的值");
            }
            Raw::NoResult => {
                return self.broken("是没有计算结果的公式", "请在表格软件中重新计算并保存，或直接填写值");
            }
            Raw::Text(_) | Raw::Veiled(_) if shown.is_empty() => return ReadContent::Blank,
            _ => {}
        }
        if !self.stands_for_itself(seen, nought) {
            return self.not_as_shown(seen);
        }
        let plain = if seen.sight == Sight::Stored { Cow::Borrowed(shown) } else { plain(stored) };
        let key = text::folded(&plain);
        if text::is_placeholder(&key) && !self.choices.contains_key(key.as_ref()) {
            if !self.required {
                return ReadContent::Blank;
            }
            return fault(Code::Missing, format!("{}是必填项，不能用「{shown}」代替", self.name), self.wanted());
        }
        match &self.kind {
            ColumnKind::Text => ReadContent::Good(CellValue::text(shown, &text::visible(&one_line(&plain)))),
            ColumnKind::Id => self.id(stored, shown, &key),
            ColumnKind::Name | ColumnKind::Line { .. } => ReadContent::Good(CellValue::text(shown, &key)),
            ColumnKind::Names => {
                let names: Vec<&str> = key.split(['、', ',', ';']).filter(|name| !name.is_empty()).collect();
                if names.is_empty() {
                    ReadContent::Blank
                } else {
                    ReadContent::Good(CellValue::text(shown, &names.join("、")))
                }
            }
            ColumnKind::People { .. } => ReadContent::Good(CellValue::text(shown, &plain)),
            ColumnKind::Choice { values, .. } => self.choice(values, shown, &key),
            ColumnKind::Number { min, max, percent } => self.number(seen, (*min, *max), *percent),
            ColumnKind::Date => {
                self.moment(seen.day(nought()), shown, "日期", "请填写1950年以后实际存在的日期，例如2015-06-24")
            }
            ColumnKind::Month => {
                let day = match (stored, seen.sight) {
                    (Raw::DateTime(moment, _), Sight::Day(DaySeen::Day)) => date::day_from_moment(*moment),
                    (Raw::DateTime(moment, _), Sight::Day(DaySeen::Month)) => {
                        date::day_from_moment(*moment).and_then(|day| day.with_day(1))
                    }
                    (Raw::Number(number, _), _) => date::month_from_number(*number, nought()),
                    (Raw::Text(_), _) => date::day_from_text(shown, nought()).or_else(|| date::month(shown)),
                    _ => None,
                };
                self.moment(day, shown, "年月", "请填写年月，例如2012.03（以文本填写），或填写日期")
            }
            ColumnKind::Year => {
                let year = match stored {
                    Raw::Number(..) | Raw::Text(_) => date::year(&plain),
                    Raw::DateTime(moment, _) if seen.sight == Sight::Day(DaySeen::Year) => {
                        date::day_from_moment(*moment).map(|day| day.year())
                    }
                    _ => None,
                };
                match year {
                    Some(year) => ReadContent::Good(CellValue::Year(year)),
                    None => fault(
                        Code::BadDate,
                        format!("{}{}不是年份", self.name, said(stored, shown)),
                        "请填写四位数的年份，例如2015",
                    ),
                }
            }
        }
    }

    /// Whether what is seen says what is stored: not where nothing or something else is seen.
    fn stands_for_itself(&self, seen: &SeenCell<'_>, nought: &dyn Fn() -> NaiveDate) -> bool {
        let (stored, shown) = (seen.stored, &*seen.shown);
        match (seen.sight, &self.kind) {
            (Sight::Stored | Sight::Day(_), _) => true,
            (Sight::Hidden, _) => false,
            (Sight::Dressed | Sight::Percent, ColumnKind::Number { .. }) => true,
            // Thousands set apart are the same digits.
            (Sight::Dressed, ColumnKind::Id) => shown.replace(',', "") == plain(stored),
            (Sight::Rounded, kind) => *kind != ColumnKind::Id,
            // `0"年"`, `0000-00-00`: a year and eight digits among words.
            (Sight::Dressed | Sight::Replaced, kind) => {
                let Raw::Number(number, _) = stored else { return false };
                match kind {
                    ColumnKind::Year => date::year(shown).is_some_and(|year| f64::from(year) == *number),
                    ColumnKind::Date => seen.day(nought()).is_some(),
                    ColumnKind::Month => {
                        let day = date::day_from_text(shown, nought()).or_else(|| date::month(shown));
                        day.is_some() && day == date::month_from_number(*number, nought())
                    }
                    _ => false,
                }
            }
            (Sight::Percent, _) => false,
        }
    }

    fn not_as_shown(&self, seen: &SeenCell<'_>) -> ReadContent {
        let remedy = if seen.sight == Sight::Hidden {
            "要采用这个值的，请把单元格改为常规格式，使它显示出来；不采用的，请清空该单元格"
        } else {
            "请把单元格改为常规或文本格式，再照应有的内容填写"
        };
        fault(Code::NotAsShown, format!("{}{}", self.name, seen.told()), remedy)
    }

    /// What to fill in.
    pub fn wanted(&self) -> String {
        match &self.kind {
            ColumnKind::Choice { values, .. } => format!("请填写{}之一", text::quoted(values)),
            _ => format!("请填写{}", self.name),
        }
    }

    fn id(&self, stored: &Raw<'_>, shown: &str, key: &str) -> ReadContent {
        match stored {
            // Beyond this a stored number has lost its last digits: two ids may have become one.
            Raw::Number(number, _) if number.abs() >= 1e15 => fault(
                Code::BadNumber,
                format!("{}「{key}」位数过多，按数字存放已失真", self.name),
                "请把该列设为文本格式后重新填写",
            ),
            Raw::DateTime(..) | Raw::Bool(_) => fault(
                Code::NotInSet,
                format!("{}「{key}」不是编号，可能被表格软件自动转换了格式", self.name),
                "请把该列设为文本格式后重新填写",
            ),
            _ => ReadContent::Good(CellValue::text(shown, key)),
        }
    }

    fn choice(&self, values: &[String], shown: &str, key: &str) -> ReadContent {
        if let Some(index) = self.choices.get(key) {
            return ReadContent::Good(CellValue::Choice(*index));
        }
        let mut reason = format!("{}「{shown}」不在规定的取值之内，应为{}之一", self.name, text::quoted(values));
        let mut remedy = format!("请改填{}之一", text::quoted(values));
        if let Some(other) = self.elsewhere.get(key) {
            reason = format!("{reason}；「{shown}」是《{other}》所用的{}，两者不能互换", self.name);
        } else if let Some(told) = values.iter().find_map(|value| alike::difference(key, &text::key(value))) {
            reason = format!("{reason}；{told}");
        } else if let Some(near) = text::nearest(key, values.iter().map(String::as_str)) {
            remedy = format!("{remedy}；如系笔误，可能应为「{near}」");
        }
        fault(Code::NotInSet, reason, remedy)
    }

    fn number(&self, seen: &SeenCell<'_>, (min, max): (Option<f64>, Option<f64>), percent: bool) -> ReadContent {
        let (stored, shown) = (seen.stored, &*seen.shown);
        let is_percent = shown.contains(['%', '％', '﹪']);
        // A percent sign within quotes is seen as one, too, but is no factor.
        let number = match stored {
            Raw::Number(..) if is_percent && !percent => None,
            Raw::Number(number, _) if seen.sight == Sight::Percent => Some(fifteen_digits(number * 100.0)),
            Raw::Number(number, _) => Some(*number),
            Raw::Text(_) => number_typed(shown, percent),
            _ => None,
        };
        let range = match (min, max) {
            (Some(min), Some(max)) => format!("{min}至{max}之间的数字"),
            (Some(min), None) => format!("不小于{min}的数字"),
            (None, Some(max)) => format!("不大于{max}的数字"),
            (None, None) => "数字".to_owned(),
        };
        let said = said(stored, shown);
        let Some(number) = number.filter(|number| number.is_finite()) else {
            return fault(
                Code::BadNumber,
                format!("{}{said}不是数字，应为{range}", self.name),
                format!("请填写{range}，不带单位和文字"),
            );
        };
        if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) {
            return fault(
                Code::BadNumber,
                format!("{}{said}超出范围，应为{range}", self.name),
                format!("请核对后填写{range}"),
            );
        }
        ReadContent::Good(CellValue::Number(number))
    }

    fn moment(&self, day: Option<chrono::NaiveDate>, shown: &str, what: &str, remedy: &str) -> ReadContent {
        match day {
            Some(day) => ReadContent::Good(CellValue::Day(day)),
            None => fault(Code::BadDate, format!("{}「{shown}」不是有效的{what}", self.name), remedy),
        }
    }

    fn broken(&self, what: &str, remedy: &str) -> ReadContent {
        fault(Code::BrokenCell, format!("{}{what}", self.name), remedy)
    }
}

/// What is seen, with what is stored where that is another number.
fn said(stored: &Raw<'_>, shown: &str) -> String {
    let plain = plain(stored);
    if matches!(stored, Raw::Number(..)) && plain != shown {
        format!("「{shown}」（实际存放{plain}）")
    } else {
        format!("「{shown}」")
    }
}

fn fault(code: Code, reason: String, remedy: impl Into<String>) -> ReadContent {
    ReadContent::Bad(Box::new(Flaw::rejected(code, reason, remedy)))
}

/// Line breaks and tabs inside a text become blanks.
fn one_line(shown: &str) -> Cow<'_, str> {
    if shown.chars().any(|c| c.is_control()) {
        Cow::Owned(shown.split(char::is_control).map(str::trim).collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(shown)
    }
}

/// A number that was typed as text, with its sign where percentages are taken.
pub(super) fn number_typed(shown: &str, percent: bool) -> Option<f64> {
    let digits = if percent { shown.trim_end_matches(['%', '％', '﹪']) } else { shown };
    if shown.len() - digits.len() > '％'.len_utf8() {
        return None;
    }
    let digits = text::trimmed(digits);
    // Digits with a gap between them may have lost one.
    if digits.contains(text::is_gap) {
        return None;
    }
    number_written(&text::folded(digits)).map(fifteen_digits)
}

/// Plain decimals, and thousands separated by commas where the groups are whole.
static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?$").ok());

fn number_written(key: &str) -> Option<f64> {
    if NUMBER.as_ref()?.is_match(key) { key.replace(',', "").parse().ok() } else { None }
}
