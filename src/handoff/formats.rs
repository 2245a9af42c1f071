//! The look of cells, in the spirit of GB/T 9704-2012 as far as a table allows it.
//!
//! The standard sets titles in 小标宋, text in 仿宋 and heads in 黑体. A workbook names one typeface
//! and cannot bring it along, so the names are those that every Chinese Windows has: 宋体 in bold
//! stands for 小标宋. Colours are pale, and never alone: what they tell is told by weight or rule too, for those
//! who print in black and white.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};

use super::measure;
use super::model::{Align, Column, LineStyle};

const TITLE_FACE: &str = "宋体";
const TEXT_FACE: &str = "仿宋";
const HEAD_FACE: &str = "黑体";

const RULE: Color = Color::RGB(0x7F_7F_7F);
const HEAD_FILL: Color = Color::RGB(0xE7_E6_E6);
const ANSWER_HEAD: Color = Color::RGB(0xFF_E6_99);
const ANSWER_FILL: Color = Color::RGB(0xFF_F9_E5);
const FAULT_FILL: Color = Color::RGB(0xF8_CB_AD);
const ALARM: Color = Color::RGB(0xC0_00_00);
const LINK: Color = Color::RGB(0x05_63_C1);

/// Character set GB 2312, so that Excel looks for a Chinese typeface where the named one is missing.
const CHARSET: u8 = 134;

/// Type size of a line across the page, in points.
pub fn line_size(style: LineStyle) -> f64 {
    match style {
        LineStyle::Title => 20.0,
        LineStyle::Note => 10.0,
        LineStyle::Warning | LineStyle::Paragraph | LineStyle::Signature => 14.0,
    }
}

pub fn line(style: LineStyle) -> Format {
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
}

/// The caption above a table.
pub fn caption() -> Format {
    typeface(HEAD_FACE, 12.0).set_align(FormatAlign::Left).set_align(FormatAlign::VerticalCenter)
}

/// The sentence in place of rows.
pub fn empty() -> Format {
    bordered(typeface(TEXT_FACE, measure::TEXT)).set_align(FormatAlign::Center)
}

pub fn header(column: &Column) -> Format {
    let head = bordered(typeface(HEAD_FACE, measure::HEAD)).set_align(FormatAlign::Center);
    match column.answer {
        Some(_) => head.set_background_color(ANSWER_HEAD).set_bold().set_border_bottom(FormatBorder::Double),
        None => head.set_background_color(HEAD_FILL),
    }
}

/// The formats of a column's cells by what stands in them.
pub struct Cells {
    pub text: Format,
    pub fault: Format,
    pub count: Format,
    pub share: Format,
    pub exceeded: Format,
    pub date: Format,
    pub link: Format,
}

pub fn cells(column: &Column) -> Cells {
    let size = if column.small { measure::SMALL } else { measure::TEXT };
    let mut base = bordered(typeface(TEXT_FACE, size));
    if column.answer.is_some() {
        base = base.set_unlocked().set_background_color(ANSWER_FILL);
    }
    let aligned = base.clone().set_align(match column.align {
        Align::Left => FormatAlign::Left,
        Align::Centre => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    });
    let number =
        base.clone().set_align(if column.align == Align::Centre { FormatAlign::Center } else { FormatAlign::Right });
    let text = match &column.answer {
        // As text, so that an entry such as 3-5 is not taken for a date.
        Some(answer) if matches!(answer.kind, super::model::AnswerKind::Text) => aligned.clone().set_num_format("@"),
        Some(answer) if matches!(answer.kind, super::model::AnswerKind::Date(_)) => {
            base.clone().set_align(FormatAlign::Center).set_num_format("yyyy-mm-dd")
        }
        _ => aligned.clone(),
    };
    Cells {
        fault: aligned.clone().set_background_color(FAULT_FILL).set_bold().set_border(FormatBorder::Medium),
        count: number.clone().set_num_format("0"),
        share: number.clone().set_num_format("0.0%"),
        exceeded: number.set_num_format("0.0%").set_font_color(ALARM).set_bold(),
        date: base.set_align(FormatAlign::Center).set_num_format("yyyy-mm-dd"),
        link: aligned.set_font_color(LINK).set_underline(FormatUnderline::Single),
        text,
    }
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
