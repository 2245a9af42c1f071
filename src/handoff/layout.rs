//! How a sheet of the model lies on A4 paper: widths of its columns, heights of its rows.

use super::formats;
use super::measure::{self, Wish};
use super::model::{Align, Block, Column, Line, LineStyle, Sheet, Value};

/// Margins in inches: left, right, top, bottom.
pub const MARGINS: [f64; 4] = [0.45, 0.45, 0.55, 0.7];

/// Pixels of A4 between the margins, at 96 dots an inch.
const LANDSCAPE: f64 = (297.0 / 25.4 - 0.9) * 96.0;
const PORTRAIT: f64 = (210.0 / 25.4 - 0.9) * 96.0;
/// Scales at which a page may be printed, the largest first: at the smallest, text of 10 points is of
/// 7, still read without effort. None is 1, since printing to the page's width only ever shrinks.
const SCALES: [f64; 5] = [0.9, 0.85, 0.8, 0.75, 0.7];
/// Lines that rows may on average be high before a smaller scale is taken: in lists, which are
/// looked through, and on upright pages, which are read.
const LIST_LINES: f64 = 3.2;
const UPRIGHT_LINES: f64 = 6.0;
/// Rows that are measured to find the scale.
const MEASURED: usize = 400;
/// How far a page is widened for rows that would pass Excel's limit of height, and how often.
const WIDENING: f64 = 1.3;
const WIDENINGS: usize = 5;
/// Points of a caption, and of the row that says that there are no rows.
pub const CAPTION: f64 = 22.0;
pub const EMPTY: f64 = 24.0;
/// Points below the header's text, where filter buttons lie.
const BUTTON: f64 = 14.0;

pub struct Layout {
    /// Pixels of each column.
    pub widths: Vec<f64>,
}

/// Shares the page out among the columns of all blocks, at the largest scale that leaves rows low enough.
pub fn of(sheet: &Sheet<'_>) -> Layout {
    let wishes = wishes(sheet);
    let (page, lines) = if sheet.landscape { (LANDSCAPE, LIST_LINES) } else { (PORTRAIT, UPRIGHT_LINES) };
    let least: f64 = wishes.iter().map(|wish| wish.least).sum();
    let smallest = page / SCALES[SCALES.len() - 1];
    let mut width = least.max(smallest);
    let mut layout = Layout { widths: Vec::new() };
    for scale in SCALES {
        if page / scale < least && scale > SCALES[SCALES.len() - 1] {
            continue;
        }
        width = least.max(page / scale);
        layout = Layout { widths: measure::share(&wishes, width) };
        if layout.mean_height(sheet) <= measure::lines_height(lines) {
            break;
        }
    }
    for _ in 0..WIDENINGS {
        if !layout.passes_limit(sheet) {
            break;
        }
        // Very long cells get the room, at the price of smaller print for the whole sheet.
        width *= WIDENING;
        let wider: Vec<Wish> = wishes
            .iter()
            .map(|wish| Wish {
                most: if wish.most > wish.least { wish.most.max(width / 3.0) } else { wish.most },
                ..*wish
            })
            .collect();
        layout = Layout { widths: measure::share(&wider, width) };
    }
    layout
}

/// Per column what its header and texts ask for.
fn wishes(sheet: &Sheet<'_>) -> Vec<Wish> {
    let columns = sheet.blocks.iter().map(|block| block.columns.len()).max().unwrap_or(1);
    let mut wishes = vec![Wish { least: 0.0, most: 0.0, usual: 0.0 }; columns];
    for block in &sheet.blocks {
        // A last column that spreads over the rest of the page asks for nothing.
        let own = if spreads(block, columns) { block.columns.len() - 1 } else { columns };
        for (index, column) in block.columns.iter().enumerate().take(own) {
            let asked = wish(block, index, column);
            let wish = &mut wishes[index];
            wish.least = wish.least.max(asked.least);
            wish.most = wish.most.max(asked.most);
            wish.usual = wish.usual.max(asked.usual);
        }
    }
    wishes
}

fn wish(block: &Block<'_>, index: usize, column: &Column) -> Wish {
    let size = size(column);
    // A header of more than three characters may take two lines.
    let header = measure::width(&column.name);
    let header = if header > 6 { (header / 2).div_ceil(2) * 2 } else { header };
    let header = measure::pixels(header as f64, measure::HEAD);
    let mut widest = 0;
    let mut total = 0;
    let mut filled = 0;
    let limit = column.most.ceil() as usize * 8;
    for row in &block.rows {
        let text = shown(row.get(index));
        if text.is_empty() {
            continue;
        }
        let width = if text.len() > limit { limit } else { measure::width(&text) };
        widest = widest.max(width);
        total += width;
        filled += 1;
    }
    let unbroken = if column.whole { (widest as f64).min(column.most) } else { 0.0 };
    let least = measure::pixels(column.least.max(unbroken), size).max(header);
    let most = measure::pixels((widest as f64).clamp(column.least, column.most), size).max(least);
    let mean = if filled == 0 { 0.0 } else { total as f64 / filled as f64 };
    // Words and numbers that stand centred want one line; sentences share out by their mean length.
    let usual = if column.align == Align::Left { mean } else { widest as f64 };
    Wish { least, most, usual: measure::pixels(usual.max(2.0), size) }
}

fn size(column: &Column) -> f64 {
    if column.small { measure::SMALL } else { measure::TEXT }
}

/// The cell's text as far as its size matters.
fn shown<'v>(value: Option<&'v Value<'_>>) -> std::borrow::Cow<'v, str> {
    match value {
        Some(Value::Text(text) | Value::Fault(text) | Value::Link(text, _)) => text.as_ref().into(),
        Some(Value::Count(number)) => number.to_string().into(),
        Some(Value::Share(_) | Value::Exceeded(_)) => "100.0%".into(),
        Some(Value::Date(_)) => "2015-06-24".into(),
        Some(Value::Blank) | None => "".into(),
    }
}

/// Whether the block is narrower than the page and ends in text, which then takes the rest.
pub fn spreads(block: &Block<'_>, columns: usize) -> bool {
    block.columns.len() < columns && block.columns.last().is_some_and(|column| column.align == Align::Left)
}

impl Layout {
    /// Pixels of all columns.
    pub fn total(&self) -> f64 {
        self.widths.iter().sum()
    }

    pub fn line_height(&self, line: &Line) -> f64 {
        let size = formats::line_size(line.style);
        let above = if line.style == LineStyle::Note { 0.0 } else { 6.0 };
        measure::within_limit(measure::height([(line.text.as_str(), self.total(), size)].into_iter()) + above)
    }

    /// Pixels of each of the block's columns; a last one that spreads has all that is left of the page.
    fn widths(&self, block: &Block<'_>) -> impl Iterator<Item = f64> {
        let last = block.columns.len().saturating_sub(1);
        let rest: f64 =
            if spreads(block, self.widths.len()) { self.widths[last..].iter().sum() } else { self.widths[last] };
        self.widths[..last].iter().copied().chain([rest])
    }

    fn mean_height(&self, sheet: &Sheet<'_>) -> f64 {
        let rows: usize = sheet.blocks.iter().map(|block| block.rows.len()).sum();
        let step = rows.div_ceil(MEASURED).max(1);
        let (mut total, mut measured) = (0.0, 0);
        for block in &sheet.blocks {
            for row in block.rows.iter().step_by(step) {
                total += self.full_height(block, row);
                measured += 1;
            }
        }
        if measured == 0 { 0.0 } else { total / f64::from(measured) }
    }

    pub fn header_height(&self, block: &Block<'_>, filter: bool) -> f64 {
        let below = if filter { BUTTON } else { 6.0 };
        let cells = block.columns.iter().zip(self.widths(block));
        measure::height(cells.map(|(column, width)| (column.name.as_str(), width, measure::HEAD))) + below
    }

    pub fn row_height(&self, block: &Block<'_>, row: &[Value<'_>]) -> f64 {
        measure::within_limit(self.full_height(block, row))
    }

    fn full_height(&self, block: &Block<'_>, row: &[Value<'_>]) -> f64 {
        let cells = row.iter().zip(&block.columns).zip(self.widths(block));
        measure::height(cells.filter_map(|((value, column), width)| match value {
            Value::Text(text) | Value::Fault(text) | Value::Link(text, _) => Some((text.as_ref(), width, size(column))),
            _ => None,
        }))
    }

    fn passes_limit(&self, sheet: &Sheet<'_>) -> bool {
        sheet.blocks.iter().any(|block| {
            block.rows.iter().any(|row| {
                let long =
                    row.iter().any(|value| matches!(value, Value::Text(text) | Value::Fault(text) if text.len() > 600));
                let full = |row| self.full_height(block, row);
                long && full(row) > measure::within_limit(full(row))
            })
        })
    }
}
