//! The look of cells, in the spirit of GB/T 9704-2012 as far as a table allows it.
//!
//! The standard sets titles in 小标宋, text in 仿宋 and heads in 黑体. A workbook names one typeface
//! and cannot bring it along, so the names are those that every Chinese Windows has: 宋体 in bold
//! stands for 小标宋. Colours are pale, and never alone: what they tell is told by weight or rule too, for those
//! who print in black and white.

use std::sync::OnceLock;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};

use super::measure;
use super::model::{Align, AnswerKind, Column, Demand, LineStyle, Size, Value, Visibility};

const TITLE_FACE: &str = "宋体";
const TEXT_FACE: &str = "仿宋";
const HEAD_FACE: &str = "黑体";

const RULE: Color = Color::RGB(0x7F_7F_7F);
const HEAD_FILL: Color = Color::RGB(0xE7_E6_E6);
const ANSWER_HEAD: Color = Color::RGB(0xFF_E6_99);
const MUST_FILL: Color = Color::RGB(0xDD_EB_F7);
const ONE_OF_FILL: Color = Color::RGB(0xFF_F2_CC);
const ANSWER_FILL: Color = Color::RGB(0xFF_F9_E5);
const FAULT_FILL: Color = Color::RGB(0xF8_CB_AD);
const ALARM: Color = Color::RGB(0xC0_00_00);
const LINK: Color = Color::RGB(0x05_63_C1);

/// Character set GB 2312, so that Excel looks for a Chinese typeface where the named one is missing.
const CHARSET: u8 = 134;

/// Points of a type size.
pub fn points(size: Size) -> f64 {
    match size {
        Size::Text => measure::TEXT,
        Size::Small => measure::SMALL,
        Size::Large => measure::LARGE,
    }
}

/// Points of a column's header: as large as what stands below it, never smaller than read text.
pub fn head_points(column: &Column) -> f64 {
    points(column.size).max(measure::TEXT)
}

/// Type size of a line across the page, in points.
pub fn line_size(style: LineStyle) -> f64 {
    match style {
        LineStyle::Title => 20.0,
        LineStyle::Note => 10.0,
        LineStyle::Warning | LineStyle::Paragraph | LineStyle::Signature => 14.0,
    }
}

// There are few formats, and thousands of small workbooks made of the same few: each is made once.

pub fn line(style: LineStyle) -> &'static Format {
    static MADE: [OnceLock<Format>; 5] = [const { OnceLock::new() }; 5];
    MADE[style as usize].get_or_init(|| {
        let face = match style {
            LineStyle::Title => TITLE_FACE,
            LineStyle::Warning => HEAD_FACE,
            _ => TEXT_FACE,
        };
        let format = typeface(face, line_size(style)).set_text_wrap().set_align(FormatAlign::VerticalCenter);
        match style {
            LineStyle::Title => format.set_bold().set_align(FormatAlign::Center),
            LineStyle::Warning => format.set_font_color(ALARM).set_align(FormatAlign::Center),
            LineStyle::Signature => format.set_align(FormatAlign::Right),
            LineStyle::Note | LineStyle::Paragraph => format.set_align(FormatAlign::Left),
        }
    })
}

/// The caption above a table.
pub fn caption() -> &'static Format {
    static MADE: OnceLock<Format> = OnceLock::new();
    MADE.get_or_init(|| typeface(HEAD_FACE, 12.0).set_align(FormatAlign::Left).set_align(FormatAlign::VerticalCenter))
}

/// The sentence in place of rows, as large as they would be.
pub fn empty(size: Size) -> &'static Format {
    static MADE: [OnceLock<Format>; 3] = [const { OnceLock::new() }; 3];
    MADE[size as usize].get_or_init(|| bordered(typeface(TEXT_FACE, points(size))).set_align(FormatAlign::Center))
}

pub fn header(column: &Column) -> &'static Format {
    static MADE: [OnceLock<Format>; 7] = [const { OnceLock::new() }; 7];
    let answer = column.answer.is_some();
    let large = column.size == Size::Large;
    let kind = column.demand.map_or(usize::from(answer) + 2 * usize::from(large), |demand| 4 + demand as usize);
    MADE[kind].get_or_init(|| {
        let head = bordered(typeface(HEAD_FACE, head_points(column))).set_align(FormatAlign::Center);
        match column.demand {
            Some(Demand::Must) => head.set_background_color(MUST_FILL),
            Some(Demand::OneOf) => head.set_background_color(ONE_OF_FILL),
            None if answer => head.set_background_color(ANSWER_HEAD).set_bold().set_border_bottom(FormatBorder::Double),
            Some(Demand::May) | None => head.set_background_color(HEAD_FILL),
        }
    })
}

/// The cells of a form's column, which nobody has filled in.
pub fn entry(kind: &AnswerKind) -> Format {
    match kind {
        AnswerKind::Date(_) => Format::new().set_num_format("yyyy-mm-dd"),
        AnswerKind::Number(..) | AnswerKind::Year => Format::new(),
        // As text: an id keeps its leading noughts, 2013.10 its last.
        AnswerKind::Choice(_) | AnswerKind::Suggestions { .. } | AnswerKind::Text => Format::new().set_num_format("@"),
    }
}

/// The formats of a column's cells, by what they show.
pub struct CellFormats {
    /// Text, or nothing.
    pub text: Format,
    fault: Format,
    count: Format,
    share: Format,
    exceeded: Format,
    date: Format,
    pub link: Format,
}

impl CellFormats {
    pub fn of(&self, value: &Value<'_>) -> &Format {
        match value {
            Value::Blank | Value::Text(_) => &self.text,
            Value::Fault(_) => &self.fault,
            Value::Count(_) => &self.count,
            Value::Share(_) => &self.share,
            Value::Exceeded(_) => &self.exceeded,
            Value::Date(_) => &self.date,
            Value::Link(..) => &self.link,
        }
    }
}

/// The formats of a column's cells.
pub fn cells(column: &Column) -> &'static CellFormats {
    static MADE: [OnceLock<CellFormats>; 3 * 3 * 5] = [const { OnceLock::new() }; 3 * 3 * 5];
    let entry = match column.answer.as_ref().map(|answer| &answer.kind) {
        None => usize::from(column.shown == Visibility::Screen),
        Some(AnswerKind::Choice(_) | AnswerKind::Suggestions { .. }) => 2,
        Some(AnswerKind::Date(_)) => 3,
        Some(AnswerKind::Text | AnswerKind::Number(..) | AnswerKind::Year) => 4,
    };
    MADE[(column.align as usize * 3 + column.size as usize) * 5 + entry].get_or_init(|| make(column))
}

fn make(column: &Column) -> CellFormats {
    let align = column.align;
    let answer = column.answer.as_ref().map(|answer| &answer.kind);
    let on_screen = answer.is_none() && column.shown == Visibility::Screen;
    let mut base = bordered(typeface(TEXT_FACE, points(column.size)));
    if answer.is_some() {
        base = base.set_unlocked().set_background_color(ANSWER_FILL);
    } else if on_screen {
        base = base.unset_text_wrap();
    }
    let indent = u8::from(indented(align, on_screen));
    let towards = |side: FormatAlign| base.clone().set_align(side).set_indent(indent);
    let aligned = match align {
        Align::Left => towards(FormatAlign::Left),
        Align::Centre => base.clone().set_align(FormatAlign::Center),
        Align::Right => towards(FormatAlign::Right),
    };
    // Numbers keep clear of the border by blanks of their format, since LibreOffice does not indent them.
    let number = base.clone().set_align(if align == Align::Centre { FormatAlign::Center } else { FormatAlign::Right });
    let clear = if align == Align::Centre { "" } else { "_ _ " };
    let date = base.clone().set_align(FormatAlign::Center).set_num_format("yyyy-mm-dd");
    let share = number.clone().set_num_format(format!("0.0%{clear}"));
    CellFormats {
        text: match answer {
            Some(AnswerKind::Date(_)) => date.clone(),
            None | Some(AnswerKind::Choice(_) | AnswerKind::Suggestions { .. }) => aligned.clone(),
            // As text, so that an entry such as 3-5 is not taken for a date.
            Some(_) => aligned.clone().set_num_format("@"),
        },
        fault: aligned.clone().set_background_color(FAULT_FILL).set_bold().set_border(FormatBorder::Medium),
        count: number.set_num_format(format!("0{clear}")),
        exceeded: share.clone().set_font_color(ALARM).set_bold(),
        share,
        date,
        link: aligned.set_font_color(LINK).set_underline(FormatUnderline::Single),
    }
}

/// Whether texts keep clear of the cell's border.
pub fn indented(align: Align, on_screen: bool) -> bool {
    align != Align::Centre && !on_screen
}

/// No format at all: the workbook's own. Widths of columns are counted in digits of its typeface, so it is one that
/// has digits of 7 pixels, as Excel's has, and a twin of the same widths wherever LibreOffice and WPS run. LibreOffice
/// does not round them: at 9 points they are of 6.67, and all columns a twentieth narrower than rows are measured for.
pub fn plain() -> &'static Format {
    static MADE: OnceLock<Format> = OnceLock::new();
    MADE.get_or_init(|| Format::new().set_font_name("Arial").set_font_size(9.5))
}

/// An answer that contradicts itself while it is typed.
pub fn alarm() -> Format {
    Format::new().set_background_color(FAULT_FILL).set_bold()
}

fn typeface(name: &str, size: f64) -> Format {
    Format::new().set_font_name(name).set_font_size(size).set_font_charset(CHARSET)
}

fn bordered(format: Format) -> Format {
    format.set_border(FormatBorder::Thin).set_border_color(RULE).set_text_wrap().set_align(FormatAlign::VerticalCenter)
}
