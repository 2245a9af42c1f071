//! How a sheet of the model lies on paper: widths of its columns, heights of its rows.
//!
//! Read text is of at least 9 points once the page is scaled to its width, on the large page of 10.5: the columns that
//! are printed get no more room than that, and rows grow instead.

use super::formats;
use super::measure::{self, Wish};
use super::model::{Align, Block, Column, Line, LineStyle, Paper, Sheet, Shown, Value};

/// Margins in inches: left, right, top, bottom. A paper that goes out has those of an official document (GB/T 9704).
pub fn margins(paper: Paper) -> [f64; 4] {
    if paper == Paper::Single { [1.1, 1.02, 1.45, 1.0] } else { [0.45, 0.45, 0.55, 0.7] }
}

/// Pixels of a millimetre at 96 dots an inch.
const MILLIMETRE: f64 = 96.0 / 25.4;
/// Scales at which a page may be printed, the largest first. Excel rounds down to whole hundredths, so there is one to
/// spare before text of 10 points is of less than 9, and on the large page text of 11.5 of less than 10.5. None is 1, since
/// printing to the page's width only ever shrinks.
const SCALES: [f64; 2] = [0.97, 0.92];
const LARGE_SCALES: [f64; 1] = [0.94];
/// Lines that rows may on average be high before a smaller scale is taken: in lists, which are
/// looked through, and on upright pages, which are read.
const LIST_LINES: f64 = 3.2;
const UPRIGHT_LINES: f64 = 6.0;
/// Pixels of a hidden column, for whoever unhides it.
const HIDDEN: f64 = 72.0;
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
    /// How many columns lie between the first and the last that are printed.
    pub printed: usize,
    /// Pixels of those that are seen on paper.
    on_paper: f64,
}

/// Pixels between the margins of a page, and the scales at which it may be printed.
fn page(paper: Paper) -> (f64, &'static [f64]) {
    let (millimetres, scales) = match paper {
        Paper::Upright | Paper::Single => (210.0, &SCALES[..]),
        Paper::Lying => (297.0, &SCALES[..]),
        Paper::Large => (420.0, &LARGE_SCALES[..]),
    };
    let [left, right, ..] = margins(paper);
    (millimetres * MILLIMETRE - (left + right) * 96.0, scales)
}

/// Shares the page out among the columns of all blocks, at the largest scale that leaves rows low enough.
pub fn of(sheet: &Sheet<'_>) -> Layout {
    let wishes = wishes(sheet);
    let (page, scales) = page(sheet.paper);
    let lines = if matches!(sheet.paper, Paper::Upright | Paper::Single) { UPRIGHT_LINES } else { LIST_LINES };
    let least: f64 = wishes.iter().map(|wish| wish.least).sum();
    let mut width = least;
    let mut layout = Layout::new(sheet, &wishes, width);
    for (at, scale) in scales.iter().enumerate() {
        if page / scale < least && at + 1 < scales.len() {
            continue;
        }
        width = least.max(page / scale);
        layout = Layout::new(sheet, &wishes, width);
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
        layout = Layout::new(sheet, &wider, width);
    }
    layout
}

/// Per column what its header and texts ask for on paper: nothing where it is not printed.
fn wishes(sheet: &Sheet<'_>) -> Vec<Wish> {
    let columns = sheet.blocks.iter().map(|block| block.columns.len()).max().unwrap_or(1);
    let mut wishes = vec![Wish { least: 0.0, most: 0.0, usual: 0.0 }; columns];
    for block in &sheet.blocks {
        // A last column that spreads over the rest of the page asks for nothing.
        let own = if spreads(block, columns) { block.columns.len() - 1 } else { columns };
        let printed = block.columns.iter().enumerate().take(own).filter(|(_, column)| column.shown == Shown::Printed);
        for (index, column) in printed {
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
    let header = measure::pixels(header as f64, formats::head_points(column));
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
    formats::points(column.size)
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
    /// Shares `width` out among the columns that are printed; the others get what they ask for beside the page.
    fn new(sheet: &Sheet<'_>, wishes: &[Wish], width: f64) -> Layout {
        let mut widths = measure::share(wishes, width);
        let (mut printed, mut beside) = (widths.len(), 0.0);
        for block in &sheet.blocks {
            for (index, column) in block.columns.iter().enumerate() {
                match column.shown {
                    Shown::Printed => continue,
                    Shown::Hidden => widths[index] = HIDDEN,
                    Shown::Screen => {
                        widths[index] = wish(block, index, column).most;
                        printed = printed.min(index);
                    }
                }
                beside += widths[index];
            }
        }
        let on_paper = widths.iter().sum::<f64>() - beside;
        Layout { widths, printed, on_paper }
    }

    /// Pixels of what is seen on paper.
    pub fn total(&self) -> f64 {
        self.on_paper
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
        let cells = block.columns.iter().zip(self.widths(block)).filter(|(column, _)| column.shown == Shown::Printed);
        measure::height(cells.map(|(column, width)| (column.name.as_str(), width, formats::head_points(column))))
            + below
    }

    pub fn row_height(&self, block: &Block<'_>, row: &[Value<'_>]) -> f64 {
        measure::within_limit(self.full_height(block, row))
    }

    fn full_height(&self, block: &Block<'_>, row: &[Value<'_>]) -> f64 {
        let cells = row.iter().zip(&block.columns).zip(self.widths(block));
        let cells = cells.filter(|((_, column), _)| column.shown == Shown::Printed);
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
