//! How a sheet of the model lies on paper: widths of its columns, heights of its rows.
//!
//! Read text is of at least 9 points once the page is scaled to its width, on the large page of 10.5: the columns that
//! are printed get no more room than that, and rows grow instead. Tables below each other each share the page out for
//! themselves: the sheet's columns are the cuts of all of them, and a table's column lies over as many as it needs.

use std::borrow::Cow;

use foldhash::HashMap;

use super::measure::{self, Wish};
use super::model::{
    Align, AnswerCell, AnswerKind, Block, Column, LineStyle, PageLine, Paper, Sheet, Unbroken, Value, Visibility,
};
use super::{breaks, chart, formats};

/// Margins in inches: left, right, top, bottom. A paper that goes out has those of an official document (GB/T 9704), but for
/// the foot, where nothing stands: it gives room for the pen.
pub fn margins(paper: Paper) -> [f64; 4] {
    if paper == Paper::Single { [1.1, 1.02, 1.45, 0.8] } else { [0.4, 0.4, 0.45, 0.65] }
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
const LIST_LINES: f64 = 2.4;
const UPRIGHT_LINES: f64 = 6.0;
/// Pixels of a hidden column, for whoever unhides it.
const HIDDEN: f64 = 72.0;
/// Half-width characters by which a column is made wider or narrower where lines would be torn.
const MORE: usize = 8;
/// What a line is worth then, and a torn one: of a sentence, which makes its row high, of a value, whose lines cannot be
/// ended by hand, and of others.
const SENTENCE: (usize, usize) = (4, 32);
const VALUE: (usize, usize) = (1, 120);
const OTHER: (usize, usize) = (1, 8);
/// Rows that are measured at each of these widths.
const TRIED: usize = 80;
/// Rows that are measured to find the scale.
const MEASURED: usize = 400;
/// How far a page is widened at a time for rows that would pass Excel's limit of height, no more than they need, and how
/// often.
const WIDENING: f64 = 1.05;
const WIDENINGS: i32 = 27;
/// By how much a column is made wider at a time for such a row, and pixels that no column gets.
const GROWING: f64 = 1.02;
const WIDEST: f64 = 10_000.0;
/// Points of a caption, and of the row that says that there are no rows.
pub const CAPTION: f64 = 22.0;
pub const EMPTY: f64 = 24.0;
/// Points of an empty row.
pub const GAP: f64 = 12.0;
/// Points below the header's text, where filter buttons lie.
const BUTTON: f64 = 14.0;

/// Cuts of two tables this near each other are one.
const NEAR: f64 = 12.0;

pub struct Layout {
    /// Pixels of each column of the sheet.
    pub widths: Vec<f64>,
    /// How many columns lie between the first and the last that are printed.
    pub printed: usize,
    /// Pixels of those that are seen on paper.
    on_paper: f64,
    /// Per block where its columns lie.
    spans: Vec<Vec<Span>>,
}

/// Where a table's column lies: from which to which column of the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    pub first: u16,
    pub last: u16,
    pixels: f64,
}

/// Pixels between the margins of a page, points from its first row to its last, and the scales at which it may be printed.
pub fn page(paper: Paper) -> (f64, f64, &'static [f64]) {
    let (short, long) = if paper.is_large() { (297.0, 420.0) } else { (210.0, 297.0) };
    let (wide, high) = if paper.is_upright() { (short, long) } else { (long, short) };
    let [left, right, top, bottom] = margins(paper);
    let scales = if paper == Paper::Large { &LARGE_SCALES[..] } else { &SCALES };
    (wide * MILLIMETRE - (left + right) * 96.0, high / 25.4 * 72.0 - (top + bottom) * 72.0, scales)
}

/// The least scale at which read text is large enough: of 9 points, on the large page of 10.5, on a form of 10.
pub fn least_scale(paper: Paper) -> f64 {
    match paper {
        Paper::Upright | Paper::Lying | Paper::Tall => 0.91,
        Paper::Large => 0.92,
        Paper::Single => 0.88,
    }
}

/// Whether read text is still large enough where all of the sheet is printed on one page.
pub fn is_readable(sheet: &Sheet<'_>) -> bool {
    page(sheet.paper).0 / of(sheet).total() >= least_scale(sheet.paper)
}

/// Shares the page out among the columns of all blocks, at the largest scale that leaves rows low enough.
pub fn of(sheet: &Sheet<'_>) -> Layout {
    let wishes: Vec<Vec<Wish>> = sheet.blocks.iter().map(wishes).collect();
    let (page, room, scales) = page(sheet.paper);
    let lines = if sheet.paper.is_upright() { UPRIGHT_LINES } else { LIST_LINES };
    let least = wishes.iter().map(|wishes| wishes.iter().map(|wish| wish.least).sum()).fold(0.0, f64::max);
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
    if sheet.fitted {
        // It is scaled down until it is low enough, and would then leave the page's sides empty.
        for _ in 0..2 {
            width = width.max(page * layout.height(sheet) / room);
            layout = Layout::new(sheet, &wishes, width);
        }
    }
    let mut wishes = wishes;
    if layout.passes_limit(sheet) {
        // Very long cells get the width in which they are low enough, at the price of smaller print for the whole sheet only
        // where the page has no room for it.
        let low = low_enough(sheet, &wishes);
        let asked = low.iter().map(|wishes| wishes.iter().map(|wish| wish.least).sum()).fold(width, f64::max);
        if asked <= width * WIDENING.powi(WIDENINGS) {
            (width, wishes) = (asked, low);
            layout = Layout::new(sheet, &wishes, width);
        }
    }
    for _ in 0..WIDENINGS {
        if !layout.passes_limit(sheet) {
            break;
        }
        // Very long cells get what there is, and then more at the price of smaller print for the whole sheet.
        let wider = |wish: &Wish| Wish { most: if wish.most > wish.least { width } else { wish.most }, ..*wish };
        let wider: Vec<Vec<Wish>> = wishes.iter().map(|wishes| wishes.iter().map(wider).collect()).collect();
        layout = Layout::new(sheet, &wider, width);
        width *= WIDENING;
    }
    layout.untorn(sheet, &wishes)
}

/// The wishes of columns that are at least so wide that none of their texts passes Excel's limit of height.
fn low_enough(sheet: &Sheet<'_>, wishes: &[Vec<Wish>]) -> Vec<Vec<Wish>> {
    let blocks = sheet.blocks.iter().zip(wishes);
    let columns = blocks.map(|(block, wishes)| {
        let of_column = |(index, wish): (usize, &Wish)| {
            let column = &block.columns[index];
            if column.shown != Visibility::Printed {
                return *wish;
            }
            let passes = |text: &str, pixels: f64| {
                let height = measure::height([(text, pixels - indent(column), size(column))].into_iter());
                height > measure::within_limit(height)
            };
            let mut least = wish.least;
            for text in block.rows.iter().filter_map(|row| row.get(index)?.words()).filter(|text| is_long(text)) {
                // A pixel is lost where shares are rounded.
                while passes(text, least - 1.0) && least < WIDEST {
                    least = (least * GROWING).ceil();
                }
            }
            Wish { least, most: wish.most.max(least), ..*wish }
        };
        wishes.iter().enumerate().map(of_column).collect()
    });
    columns.collect()
}

/// Texts that might make their row higher than Excel takes.
fn is_long(text: &str) -> bool {
    text.len() > 400
}

/// The lines of a column's texts.
struct ColumnLines {
    torn: usize,
    /// What all of them and the torn ones are worth.
    cost: usize,
}

impl ColumnLines {
    /// Those of a column in so many pixels.
    fn of(block: &Block<'_>, index: usize, pixels: f64) -> ColumnLines {
        let column = &block.columns[index];
        let room = measure::room(pixels - indent(column), size(column));
        let rows = block.rows.iter().step_by(block.rows.len().div_ceil(TRIED).max(1));
        let (one, of_torn) = match column.unbroken {
            Unbroken::Clauses | Unbroken::Sentences => SENTENCE,
            Unbroken::Nothing => VALUE,
            Unbroken::Text | Unbroken::Pieces => OTHER,
        };
        let mut lines = ColumnLines { torn: 0, cost: 0 };
        for text in rows.filter_map(|row| row.get(index)?.words()).filter(|text| text.len() > room) {
            let ended = breaks::set(text, room, column.unbroken);
            let text = ended.as_deref().unwrap_or(text);
            let torn = breaks::torn(text, room);
            lines.torn += torn;
            lines.cost += torn * of_torn + measure::lines(text, room) * one;
        }
        lines
    }
}

/// Per column what its header and texts ask for: beside the page, where they are not printed.
fn wishes(block: &Block<'_>) -> Vec<Wish> {
    let mut columns: Vec<ColumnTexts<'_>> = block.columns.iter().map(ColumnTexts::new).collect();
    // Row by row, as they lie in memory.
    for row in &block.rows {
        for (index, column) in columns.iter_mut().enumerate() {
            column.add(row.get(index));
        }
    }
    let unprinted = |beside: f64| Wish { least: 0.0, most: 0.0, usual: 0.0, elastic: false, rigid: false, beside };
    let asked = |texts: &ColumnTexts<'_>| match texts.column.shown {
        Visibility::Printed => texts.wish(block.rows.len()),
        Visibility::Screen => unprinted(texts.wish(block.rows.len()).most),
        Visibility::Hidden => unprinted(HIDDEN),
    };
    columns.iter().map(asked).collect()
}

/// How wide the texts of a column are.
struct ColumnTexts<'b> {
    column: &'b Column,
    /// Half-width characters of the widest; none counts for more than is ever given.
    widest: usize,
    limit: usize,
    /// Of the texts that are kept in pieces the first ones that differ.
    pieces: Vec<Cow<'b, str>>,
    /// What they ask for together, each to a power.
    total: f64,
    day: bool,
    /// The text at hand and what it asks for: many say the same as the one above.
    last: Cow<'b, str>,
    wrapping: usize,
}

impl<'b> ColumnTexts<'b> {
    fn new(column: &'b Column) -> Self {
        let day = matches!(&column.answer, Some(AnswerCell { kind: AnswerKind::Date(_), .. }));
        let (limit, last) = (column.most.ceil() as usize * 8, Cow::Borrowed(""));
        ColumnTexts { column, widest: 0, limit, pieces: Vec::new(), total: 0.0, day, last, wrapping: 0 }
    }

    fn add(&mut self, value: Option<&'b Value<'_>>) {
        let text = shown(value);
        if text.is_empty() || self.column.shown == Visibility::Hidden {
            return;
        }
        self.day |= matches!(value, Some(Value::Date(_)));
        if text != self.last {
            let is_long = text.len() > self.limit;
            let width = if is_long { self.limit } else { measure::width(&text) };
            self.wrapping = if is_long { width } else { measure::wrapping(&text, width, self.column.least) };
            self.widest = self.widest.max(width);
            let in_pieces = self.column.unbroken == Unbroken::Pieces && self.pieces.len() < MEASURED;
            if in_pieces && !self.pieces.contains(&text) {
                self.pieces.push(text.clone());
            }
            self.last = text;
        }
        self.total += (self.wrapping as f64).powi(measure::POWER);
    }

    /// What the column asks for, with so many rows.
    fn wish(&self, rows: usize) -> Wish {
        let column = self.column;
        let size = size(column);
        let full = measure::width(&column.name);
        let kept = match column.unbroken {
            Unbroken::Nothing | Unbroken::Clauses | Unbroken::Sentences => 0.0,
            Unbroken::Text => self.widest as f64,
            Unbroken::Pieces => broken_least(&self.pieces, column, full),
        };
        let own = column.least.max(kept.min(column.most)).max(if self.day { measure::DAY } else { 0.0 });
        let own_most = if column.unbroken == Unbroken::Pieces {
            own
        } else {
            (self.widest as f64).clamp(own, column.most.max(own))
        };
        // A header of more than three characters takes two lines of half of it where nothing wider stands below; between
        // the half and the whole it would break anywhere.
        let half = full.div_ceil(4) * 2;
        let folded = full > 6 && own_most <= half as f64;
        let header = measure::pixels((if folded { half } else { full }) as f64, formats::head_points(column));
        let to = |half_widths: f64| measure::pixels(half_widths, size) + indent(column);
        let least = to(own).max(header);
        let most = if folded { least } else { to(own_most).max(least) };
        // Words and numbers that stand centred want one line; sentences share out by their length, the less the fewer
        // rows have one.
        let sentences = column.align == Align::Left;
        let mean = (self.total / rows.max(1) as f64).powf(1.0 / f64::from(measure::POWER));
        let usual = if sentences { mean } else { self.widest as f64 };
        Wish {
            least,
            most,
            usual: to(usual.max(2.0)),
            elastic: sentences && column.unbroken != Unbroken::Pieces,
            rigid: folded,
            beside: 0.0,
        }
    }
}

/// The narrowest width in which the fewest of the texts are broken within a piece. What is narrower than the header's half
/// gets its width.
fn broken_least(texts: &[Cow<'_, str>], column: &Column, header: usize) -> f64 {
    let widest = texts.iter().map(|text| breaks::piece(text)).max().unwrap_or(0);
    let least = widest.max(column.least as usize).min(column.most as usize);
    let wide = |room: usize| if header > 6 && room <= header.div_ceil(4) * 2 { room } else { room.max(header) };
    let broken = |room: &usize| texts.iter().filter(|text| !breaks::breaks_between_pieces(text, wide(*room))).count();
    (least..=column.most as usize).min_by_key(broken).unwrap_or(least) as f64
}

/// Pixels by which the column's texts keep clear of its border.
fn indent(column: &Column) -> f64 {
    if formats::indented(column.align, column.shown == Visibility::Screen) { measure::INDENT } else { 0.0 }
}

fn size(column: &Column) -> f64 {
    formats::points(column.size)
}

/// The cell's text as far as its size matters.
fn shown<'v>(value: Option<&'v Value<'_>>) -> Cow<'v, str> {
    match value {
        Some(value) if let Some(text) = value.words() => text.into(),
        Some(Value::Count(number)) => number.to_string().into(),
        Some(Value::Share(_) | Value::Exceeded(_)) => "100.0%".into(),
        Some(Value::Date(_)) => "2015-06-24".into(),
        _ => "".into(),
    }
}

impl Layout {
    /// Shares `width` out among the columns of each table that are printed; the others get what they ask for beside the
    /// page. Those stand in a table that has the sheet for itself.
    fn new(sheet: &Sheet<'_>, wishes: &[Vec<Wish>], width: f64) -> Layout {
        let shares: Vec<Vec<f64>> = wishes.iter().map(|wishes| measure::share(wishes, width)).collect();
        let ([shares], [wishes], [block]) = (shares.as_slice(), wishes, sheet.blocks.as_slice()) else {
            return Layout::cut(&shares);
        };
        let widths: Vec<f64> = shares.iter().zip(wishes).map(|(share, wish)| share + wish.beside).collect();
        let printed =
            block.columns.iter().position(|column| column.shown == Visibility::Screen).unwrap_or(widths.len());
        let spans = (0..).zip(&widths).map(|(at, pixels)| Span { first: at, last: at, pixels: *pixels }).collect();
        Layout { printed, on_paper: shares.iter().sum(), widths, spans: vec![spans] }
    }

    /// Makes columns in which lines would be torn so much wider or narrower that the fewest are. The widest column of
    /// sentences gives way, or gets the room, as far as its own lines allow.
    fn untorn(mut self, sheet: &Sheet<'_>, wishes: &[Vec<Wish>]) -> Layout {
        let ([block], [wishes]) = (sheet.blocks.as_slice(), wishes) else { return self };
        let elastic = |at: &usize| wishes[*at].elastic && block.columns[*at].answer.is_none();
        for (index, column) in block.columns.iter().enumerate() {
            if column.unbroken == Unbroken::Pieces || column.answer.is_some() || column.shown != Visibility::Printed {
                continue;
            }
            let giver = (0..wishes.len()).filter(|at| *at != index).filter(elastic);
            let giver = giver.max_by(|one, other| self.widths[*one].total_cmp(&self.widths[*other]));
            let of = |at: usize, more: f64| ColumnLines::of(block, at, self.widths[at] + more);
            let Some(giver) = giver.filter(|_| of(index, 0.0).torn > 0) else { continue };
            let changed = (1..=MORE).map(|more| measure::more(more, size(column))).flat_map(|more| [more, -more]);
            let pixels = std::iter::once(0.0).chain(changed);
            let spare = |at: usize| (self.widths[at] - wishes[at].least).max(0.0);
            let pixels = pixels.filter(|more| (-spare(index)..=spare(giver)).contains(more));
            let Some(pixels) = pixels.min_by_key(|more| of(index, *more).cost + of(giver, -more).cost) else {
                continue;
            };
            for (at, pixels) in [(index, pixels), (giver, -pixels)] {
                self.widths[at] += pixels;
                self.spans[0][at].pixels += pixels;
            }
        }
        self
    }

    /// Several tables below each other: the sheet is cut wherever one of them is.
    fn cut(shares: &[Vec<f64>]) -> Layout {
        let page = shares.iter().map(|widths| widths.iter().sum()).fold(0.0, f64::max);
        let ends = |widths: &[f64]| -> Vec<f64> {
            let mut ends: Vec<f64> = widths
                .iter()
                .scan(0.0, |end, width| {
                    *end += width;
                    Some(*end)
                })
                .collect();
            // All tables end with the page.
            ends.last_mut().into_iter().for_each(|end| *end = page);
            ends
        };
        let mut cuts: Vec<f64> = vec![page];
        for end in shares.iter().flat_map(|widths| ends(widths)) {
            if cuts.iter().all(|cut| (cut - end).abs() > NEAR) {
                cuts.push(end);
            }
        }
        cuts.sort_by(f64::total_cmp);
        let nearest = |end: f64| {
            (0..cuts.len()).min_by(|one, other| (cuts[*one] - end).abs().total_cmp(&(cuts[*other] - end).abs()))
        };
        let spans = shares.iter().map(|widths| {
            let mut first = 0;
            let spans = ends(widths).into_iter().map(|end| {
                let last = nearest(end).unwrap_or(0).max(first);
                let left = if first == 0 { 0.0 } else { cuts[first - 1] };
                let span = Span { first: first as u16, last: last as u16, pixels: cuts[last] - left };
                first = (last + 1).min(cuts.len() - 1);
                span
            });
            spans.collect()
        });
        let spans = spans.collect();
        let left = std::iter::once(0.0).chain(cuts.iter().copied());
        let widths: Vec<f64> = left.zip(&cuts).map(|(left, cut)| cut - left).collect();
        Layout { printed: widths.len(), on_paper: page, widths, spans }
    }

    /// Where the columns of a block lie, by its place on the sheet.
    pub fn spans(&self, block: usize) -> &[Span] {
        self.spans.get(block).map_or(&[], Vec::as_slice)
    }

    /// Pixels of what is seen on paper.
    pub fn total(&self) -> f64 {
        self.on_paper
    }

    /// A line as it is printed, and its height. Titles are read back: they stay as they are.
    pub fn line<'l>(&self, line: &'l PageLine) -> (Cow<'l, str>, f64) {
        let size = formats::line_size(line.style);
        let above = if line.style == LineStyle::Note { 0.0 } else { 6.0 };
        let unbroken = if line.style == LineStyle::Title { Unbroken::Nothing } else { Unbroken::Clauses };
        let text = match breaks::set(&line.text, measure::room(self.total(), size), unbroken) {
            Some(ended) => Cow::Owned(ended),
            None => Cow::Borrowed(line.text.as_str()),
        };
        let height = measure::height([(&*text, self.total(), size)].into_iter());
        (text, measure::within_limit(height + above))
    }

    /// Points of all that stands on the sheet.
    fn height(&self, sheet: &Sheet<'_>) -> f64 {
        let lines: f64 = sheet.head.iter().chain(&sheet.tail).map(|line| self.line(line).1).sum();
        let blocks = sheet.blocks.iter().enumerate().map(|(at, block)| {
            let rows: f64 = self.heights(at, block, block.rows.iter()).map(measure::within_limit).sum();
            let caption = block.caption.as_ref().map_or(0.0, |_| CAPTION);
            let chart = block.chart.as_ref().map_or(0, |chart| chart::height(chart, block.rows.len()));
            let gap = if chart > 0 { 3.0 * GAP } else { GAP };
            caption + self.header_height(at, block, false) + rows.max(EMPTY) + f64::from(chart) * 0.75 + gap
        });
        lines + blocks.sum::<f64>()
    }

    fn mean_height(&self, sheet: &Sheet<'_>) -> f64 {
        let rows: usize = sheet.blocks.iter().map(|block| block.rows.len()).sum();
        let step = rows.div_ceil(MEASURED).max(1);
        let blocks = sheet.blocks.iter().enumerate();
        let heights = blocks.flat_map(|(at, block)| self.heights(at, block, block.rows.iter().step_by(step)));
        let heights: Vec<f64> = heights.collect();
        heights.iter().sum::<f64>() / heights.len().max(1) as f64
    }

    /// The block's columns that are printed, with the pixels that their texts have.
    fn printed<'b>(&self, at: usize, block: &'b Block<'_>) -> impl Iterator<Item = (usize, &'b Column, f64)> {
        let columns = block.columns.iter().zip(self.spans(at)).enumerate();
        columns
            .filter(|(_, (column, _))| column.shown == Visibility::Printed)
            .map(|(index, (column, span))| (index, column, span.pixels))
    }

    pub fn header_height(&self, at: usize, block: &Block<'_>, filter: bool) -> f64 {
        let below = if filter { BUTTON } else { 6.0 };
        let cells = self.printed(at, block);
        measure::height(cells.map(|(_, column, width)| (column.name.as_str(), width, formats::head_points(column))))
            + below
    }

    /// The rows of a block, to be measured.
    pub fn rows<'r>(&self, at: usize, block: &Block<'_>) -> MeasuredRows<'r> {
        let columns = self.printed(at, block).map(|(index, column, pixels)| RowColumn {
            index,
            unbroken: column.unbroken,
            room: measure::room(pixels - indent(column), size(column)),
            size: size(column),
            known: HashMap::default(),
            broken: vec![Broken { lines: 1, ended: None }],
            at: 0,
            last: ("", false),
        });
        MeasuredRows(columns.collect())
    }

    /// Points that some rows of a block ask for.
    fn heights<'b>(
        &self,
        at: usize,
        block: &'b Block<'_>,
        rows: impl Iterator<Item = &'b Vec<Value<'b>>>,
    ) -> impl Iterator<Item = f64> {
        let mut measured = self.rows(at, block);
        rows.map(move |row| measured.row(row).0)
    }

    fn passes_limit(&self, sheet: &Sheet<'_>) -> bool {
        let is_long = |value: &Value<'_>| value.words().is_some_and(is_long);
        sheet.blocks.iter().enumerate().any(|(at, block)| {
            let long = block.rows.iter().filter(|row| row.iter().any(is_long));
            self.heights(at, block, long).any(|height| height > measure::within_limit(height))
        })
    }
}

/// Rows that are measured one after the other. Many have the same texts (of the 54,000 grounds in a 会审一览 9,500 differ), so
/// each text is broken into lines once.
pub struct MeasuredRows<'r>(Vec<RowColumn<'r>>);

/// A column that is printed.
struct RowColumn<'r> {
    index: usize,
    unbroken: Unbroken,
    room: usize,
    size: f64,
    /// Where in `broken` a text stands; whether it may be ended by hand is part of it.
    known: HashMap<(&'r str, bool), usize>,
    /// The first one is that of all texts that are short.
    broken: Vec<Broken>,
    /// Where the text of the row at hand stands.
    at: usize,
    /// The last text that was looked up.
    last: (&'r str, bool),
}

/// A text in its column: with the ends that were set by hand, if there are any.
struct Broken {
    lines: usize,
    ended: Option<Box<str>>,
}

impl<'r> MeasuredRows<'r> {
    /// Points that a row asks for, and its texts with lines ended by hand, by their columns.
    pub fn row(&mut self, row: &'r [Value<'_>]) -> (f64, Vec<(usize, &str)>) {
        for column in &mut self.0 {
            column.at = column.find(row.get(column.index));
        }
        let broken = || self.0.iter().map(|column| (column, &column.broken[column.at]));
        let height = measure::of_lines(broken().map(|(column, text)| (text.lines, column.size)));
        if height <= measure::within_limit(height) {
            return (
                height,
                broken().filter_map(|(column, text)| Some((column.index, text.ended.as_deref()?))).collect(),
            );
        }
        // Nothing is cut off for a line that looks better.
        let plain = self
            .0
            .iter()
            .filter_map(|column| Some((measure::lines(row.get(column.index)?.words()?, column.room), column.size)));
        (measure::of_lines(plain), Vec::new())
    }
}

impl<'r> RowColumn<'r> {
    fn find(&mut self, value: Option<&'r Value<'_>>) -> usize {
        let is_long = |text: &&str| !measure::is_short(text, self.room) || text.contains('\n');
        let Some(text) = value.and_then(Value::words).filter(is_long) else { return 0 };
        let is_text = matches!(value, Some(Value::Text(_)));
        // The very same as above.
        if self.at > 0 && std::ptr::eq(text, self.last.0) && is_text == self.last.1 {
            return self.at;
        }
        self.last = (text, is_text);
        *self.known.entry((text, is_text)).or_insert_with(|| {
            let unbroken = if is_text { self.unbroken } else { Unbroken::Nothing };
            let ended = breaks::set(text, self.room, unbroken);
            let lines = measure::lines(ended.as_deref().unwrap_or(text), self.room);
            self.broken.push(Broken { lines, ended: ended.map(String::into_boxed_str) });
            self.broken.len() - 1
        })
    }
}
