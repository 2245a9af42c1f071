//! What a workbook of the handoff holds, before any of it becomes a file.
//!
//! The builders of this stage only describe: which cells, which of them may be filled in, what is
//! repeated in print. That keeps them free of the writing library and lets tests look at a list
//! without unpacking one. [`super::write`] is the only reader.

use std::borrow::Cow;

use chrono::NaiveDate;

/// A workbook: its sheets, and the title that stands in its properties.
#[derive(Debug, Clone)]
pub struct Workbook<'a> {
    pub title: String,
    /// The as-of date; it also stands for the creation date, so that bytes do not depend on the clock.
    pub as_of: NaiveDate,
    pub sheets: Vec<Sheet<'a>>,
}

/// A sheet: lines across the page, then one or more tables below each other, then closing lines.
#[derive(Debug, Clone, Default)]
pub struct Sheet<'a> {
    pub name: String,
    pub paper: Paper,
    pub head: Vec<PageLine>,
    pub blocks: Vec<Block<'a>>,
    pub tail: Vec<PageLine>,
    /// Everything but the answer cells is locked; filters and column widths stay usable.
    pub protected: bool,
    /// An upright sheet is printed on one page, however long.
    pub fitted: bool,
    /// How many columns stay in view beside the first block's header, which carries filter buttons then; none: nothing
    /// stays.
    pub frozen: Option<u16>,
    /// Printed at the foot of each page, left of the page number: the place for signatures. Right of it stands the title.
    pub foot_left: String,
}

impl<'a> Sheet<'a> {
    /// Tables under the lines of a head, of which the blank ones are left out.
    pub fn new(
        name: impl Into<String>,
        paper: Paper,
        head: impl IntoIterator<Item = (String, LineStyle)>,
        blocks: Vec<Block<'a>>,
    ) -> Self {
        Sheet { name: name.into(), paper, head: lines(head), blocks, ..Sheet::default() }
    }

    /// The same with closing lines.
    pub fn closed(self, tail: impl IntoIterator<Item = (String, LineStyle)>) -> Self {
        Sheet { tail: lines(tail), ..self }
    }

    /// The same with so many columns in view beside the header.
    pub fn in_view(self, columns: u16) -> Self {
        Sheet { frozen: Some(columns), ..self }
    }

    /// The same with what stands at the foot of each page, left of its number.
    pub fn footed(self, left: impl Into<String>) -> Self {
        Sheet { foot_left: left.into(), ..self }
    }

    /// A workbook of this sheet alone.
    pub fn alone(self, as_of: NaiveDate) -> Workbook<'a> {
        Workbook::new(as_of, vec![self])
    }
}

impl<'a> Workbook<'a> {
    /// A workbook under the title of its first sheet.
    pub fn new(as_of: NaiveDate, sheets: Vec<Sheet<'a>>) -> Self {
        let title =
            sheets.first().and_then(|sheet| sheet.head.first()).map_or_else(String::new, |line| line.text.clone());
        Workbook { title, as_of, sheets }
    }
}

fn lines(texts: impl IntoIterator<Item = (String, LineStyle)>) -> Vec<PageLine> {
    texts.into_iter().filter(|(text, _)| !text.is_empty()).map(|(text, style)| PageLine { text, style }).collect()
}

/// The page that a sheet is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    #[default]
    Upright,
    /// A4 upright, all of it on one page.
    Single,
    /// A4 lying.
    Lying,
    /// A3 lying: what a meeting reads from.
    Large,
    /// A3 upright: a page that A4 does not hold.
    Tall,
}

impl Paper {
    pub fn is_upright(self) -> bool {
        !matches!(self, Paper::Lying | Paper::Large)
    }

    /// A3, twice as large as A4.
    pub fn is_large(self) -> bool {
        matches!(self, Paper::Large | Paper::Tall)
    }
}

/// A line across the whole width of the page.
#[derive(Debug, Clone)]
pub struct PageLine {
    pub text: String,
    pub style: LineStyle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineStyle {
    /// The sheet's title.
    Title,
    /// Small print under the title.
    Note,
    /// What nobody may overlook: a draft, an unfinished plan.
    Warning,
    /// A sentence of a letter.
    Paragraph,
    /// Name and date under a letter.
    Signature,
}

/// A table of the sheet, with an optional caption above and chart below.
#[derive(Debug, Clone)]
pub struct Block<'a> {
    pub caption: Option<String>,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Value<'a>>>,
    /// The sentence that stands under the header where there are no rows.
    pub empty: String,
    pub chart: Option<Chart>,
    /// Answers that contradict each other, shown while they are typed.
    pub alarms: Vec<Alarm>,
    /// A form: no row stands there, and what its columns ask for holds down to the sheet's end.
    pub open: bool,
}

impl<'a> Block<'a> {
    pub fn new(columns: Vec<Column>, rows: Vec<Vec<Value<'a>>>, empty: impl Into<String>) -> Self {
        Block { caption: None, columns, rows, empty: empty.into(), chart: None, alarms: Vec::new(), open: false }
    }

    /// A table that is filled in from its first row on.
    pub fn form(columns: Vec<Column>, alarms: Vec<Alarm>) -> Self {
        Block { alarms, open: true, ..Block::new(columns, Vec::new(), "") }
    }

    /// The same under a caption.
    pub fn captioned(self, caption: impl Into<String>) -> Self {
        Block { caption: Some(caption.into()), ..self }
    }

    /// The same with a chart below.
    pub fn charted(self, chart: Chart) -> Self {
        Block { chart: Some(chart), ..self }
    }
}

/// Colours a column's cell while a formula holds; `{row}` in it stands for the cell's row number.
#[derive(Debug, Clone)]
pub struct Alarm {
    pub column: u16,
    pub when: String,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub align: Align,
    /// Width in half-width characters: at least, and at most where the text asks for it.
    pub least: f64,
    pub most: f64,
    pub size: Size,
    pub shown: Visibility,
    pub unbroken: Unbroken,
    pub answer: Option<AnswerCell>,
    /// Whether it has to be filled in, where its header says so.
    pub demand: Option<Demand>,
}

/// Whether a form's column has to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    Must,
    /// One of several.
    OneOf,
    May,
}

impl Column {
    /// A column of read text between two widths.
    pub fn text(name: impl Into<String>, least: f64, most: f64) -> Self {
        Column {
            name: name.into(),
            align: Align::Left,
            least,
            most,
            size: Size::Text,
            shown: Visibility::Printed,
            unbroken: Unbroken::Nothing,
            answer: None,
            demand: None,
        }
    }

    /// A column of short words or numbers, centred.
    pub fn centred(name: impl Into<String>, least: f64, most: f64) -> Self {
        Column { align: Align::Centre, ..Column::text(name, least, most) }
    }

    /// The same in small type.
    pub fn small(self) -> Self {
        Column { size: Size::Small, ..self }
    }

    /// The same in the type of a large page.
    pub fn large(self) -> Self {
        Column { size: Size::Large, ..self }
    }

    /// The same in small type, on the screen alone and each cell on one line.
    pub fn on_screen(self) -> Self {
        Column { shown: Visibility::Screen, ..self.small() }
    }

    /// The same, hidden where so asked.
    pub fn hidden(self, hidden: bool) -> Self {
        if hidden { Column { shown: Visibility::Hidden, ..self } } else { self }
    }

    /// The same, kept on one line.
    pub fn whole(self) -> Self {
        Column { unbroken: Unbroken::Text, ..self }
    }

    /// The same, broken only after brackets and commas.
    pub fn in_pieces(self) -> Self {
        Column { unbroken: Unbroken::Pieces, ..self }
    }

    /// The same for sentences, whose lines are ended by hand where a program might tear them.
    pub fn in_clauses(self) -> Self {
        Column { unbroken: Unbroken::Clauses, ..self }
    }

    /// The same for sentences that are searched for as they stand: they are parted from each other alone.
    pub fn in_sentences(self) -> Self {
        Column { unbroken: Unbroken::Sentences, ..self }
    }

    /// The same, whose header says whether it has to be filled in.
    pub fn demanded(self, demand: Demand) -> Self {
        Column { demand: Some(demand), ..self }
    }

    /// The same, to be filled in.
    pub fn answered(self, answer: AnswerCell) -> Self {
        Column { answer: Some(answer), ..self }
    }
}

/// What is not broken over lines as long as it is no wider than the column's `most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unbroken {
    Nothing,
    Text,
    /// What ends in a bracket or a comma.
    Pieces,
    /// What a program might tear, by line breaks in the cell: for what is read, and no value.
    Clauses,
    /// What ends in a semicolon, likewise.
    Sentences,
}

/// Type sizes of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Size {
    Text,
    /// What is looked up, not read.
    Small,
    /// Read from a large page.
    Large,
}

/// Where a column is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// On the screen and on paper.
    Printed,
    /// On the screen, right of what is printed.
    Screen,
    /// Nowhere, unless somebody unhides it.
    Hidden,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Align {
    Left,
    Centre,
    Right,
}

/// What may be entered into the unlocked cells of a column, and what is said about it.
#[derive(Debug, Clone)]
pub struct AnswerCell {
    pub kind: AnswerKind,
    /// Shown when the cell is selected.
    pub prompt: String,
    /// Shown when something else is entered.
    pub refusal: String,
}

#[derive(Debug, Clone)]
pub enum AnswerKind {
    /// One of these, from a drop-down list.
    Choice(Vec<String>),
    /// What is suggested row by row: lists, and which of them each row has. Something else is asked about, not refused.
    Suggestions {
        lists: Vec<Vec<String>>,
        of: Vec<usize>,
    },
    /// A day, not before the one given.
    Date(NaiveDate),
    /// A number, not below the one and not above the other.
    Number(Option<f64>, Option<f64>),
    Year,
    /// Anything.
    Text,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Blank,
    Text(Cow<'a, str>),
    /// Text of a cell that is at fault, shown so. There are few, and boxed they leave room for all others in three words.
    Fault(Box<str>),
    Count(u64),
    /// A fraction, shown in per cent.
    Share(f64),
    /// A fraction above its limit.
    Exceeded(f64),
    Date(NaiveDate),
    /// A reference to another file: text, and path relative to this workbook, with the spot after `#`. There are few,
    /// and millions of other cells.
    Link(Box<(Cow<'a, str>, String)>),
}

impl<'a> Value<'a> {
    /// Text, cleaned of what a workbook cannot hold; blank text is a blank cell.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Value::Blank } else { Value::Text(super::text::printable(text)) }
    }

    /// The same of text that is cleaned already.
    pub fn cleaned(text: &'a str) -> Self {
        if text.is_empty() { Value::Blank } else { Value::Text(Cow::Borrowed(text)) }
    }

    /// A link to another file, by its path relative to this workbook, and to a spot in it (`'工作表'!A12`); plain text
    /// where the path has characters that a link gives another meaning.
    pub fn link(text: impl Into<Cow<'a, str>>, path: &str, spot: &str) -> Self {
        match Value::text(text) {
            Value::Text(text) if !path.contains(['#', '%']) => {
                let anchor = if spot.is_empty() { String::new() } else { format!("#{spot}") };
                Value::Link(Box::new((text, format!("{path}{anchor}"))))
            }
            other => other,
        }
    }

    /// What a cell with text says.
    pub fn words(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Fault(text) => Some(text),
            Value::Link(link) => Some(&link.0),
            _ => None,
        }
    }

    /// A date written as `2015-06-24`; other text stays text.
    pub fn date(text: &'a str) -> Self {
        match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            Ok(date) => Value::Date(date),
            Err(_) => Value::text(text),
        }
    }
}

/// A row of texts, counts and other values.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::handoff::model::Value::from($value)),*] };
}
pub(super) use row;

macro_rules! from_text {
    ($($text:ty),*) => {
        $(impl<'a> From<$text> for Value<'a> {
            fn from(text: $text) -> Self {
                Value::text(text)
            }
        })*
    };
}
from_text!(&'a str, &'a String, String, Cow<'a, str>);

impl From<u64> for Value<'_> {
    fn from(count: u64) -> Self {
        Value::Count(count)
    }
}

/// A native chart over the rows of its block.
#[derive(Debug, Clone)]
pub struct Chart {
    pub title: String,
    pub kind: ChartKind,
    /// Columns with the numbers, one series each; the names stand in the first column.
    pub series: Vec<u16>,
    /// Trailing rows that are totals, left out.
    pub without_last: u32,
}

impl Chart {
    pub fn new(title: impl Into<String>, kind: ChartKind, series: Vec<u16>, without_last: u32) -> Self {
        Chart { title: title.into(), kind, series, without_last }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// Lying bars, one series.
    Bar,
    /// Standing columns on top of each other.
    Stacked,
    /// Standing columns side by side.
    Clustered,
}
