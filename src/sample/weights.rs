//! `sample.toml` of a pack: how many rows stand for whom, and how often which words occur.
//!
//! What a cell may be is said by the pack's tables; this holds only the weights. A column that is required and has
//! none is drawn by its kind; references, years, the columns of a key and what a reference depends on fill themselves.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::pack::{self, Column, ColumnKind, KeyPart, Pack};

use super::city::ROUND;

/// A running number has no more digits than this.
const MOST_DIGITS: usize = 20;

/// What is wrong with a pack's `sample.toml`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("规则包没有 {0}，不能生成示例数据")]
    NoFile(&'static str),
    #[error("{0}")]
    Syntax(pack::Report),
    #[error("规则包的 sample.toml：{place}：{message}")]
    Meaning { place: String, message: String },
}

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSample {
    units: UnitSizes,
    /// Lists split by blanks; a word that stands there twice is twice as frequent.
    #[serde(default)]
    words: BTreeMap<String, String>,
    #[serde(default, rename = "trait")]
    traits: Vec<RawTrait>,
    rows: Vec<RawRows>,
    #[serde(default)]
    messy: Messy,
}

/// Units by the number of their members.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSizes {
    pub from: u32,
    pub to: u32,
    /// Share of members that sit in the next unit too; their row there has position 0.
    #[serde(default)]
    pub again: f64,
}

/// Something about a subject that stands in no table, but that its rows depend on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTrait {
    /// Subject kind.
    of: String,
    name: String,
    weights: BTreeMap<String, f64>,
}

/// By name, the values that it may have: a column of the row drawn before, of the subject's or its unit's register
/// row, a trait, or `position` (in the unit, from 1). An empty value stands for blank.
type RawGiven = BTreeMap<String, Vec<String>>;

/// Rows of a table for each subject of a kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRows {
    table: String,
    /// Subject kind.
    per: String,
    /// Years of the rows, counted from the sample's.
    #[serde(default = "this_year")]
    years: Vec<i32>,
    /// The first that fits says how many; none is written: one row.
    #[serde(default)]
    count: Vec<RawCount>,
    /// Columns in the order in which they are drawn, for each the first that fits; none fits: blank.
    #[serde(default)]
    draw: Vec<RawDraw>,
}

fn this_year() -> Vec<i32> {
    vec![0]
}

/// Expected rows a subject and year (and value of a key).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCount {
    #[serde(default)]
    given: RawGiven,
    rows: f64,
}

/// How a column is drawn: `words` or a `range`; with neither by its kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDraw {
    of: String,
    #[serde(default)]
    given: RawGiven,
    #[serde(default)]
    blank: f64,
    /// Words or patterns (`{姓}{名}`, `{n:5}`, `{year}`) with their weights.
    words: Option<BTreeMap<String, f64>>,
    /// See [`Draw::Range`].
    range: Option<[f64; 2]>,
}

/// The words of offices for `--messy`: what stands around the tables. Empty lists leave the thing out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Messy {
    /// Folders that books lie in.
    pub folders: Vec<String>,
    /// Names of books, with `{n}`.
    pub books: Vec<String>,
    /// Names of data sheets, with `{table}` and `{n}`.
    pub sheets: Vec<String>,
    /// Lines of the title, with `{city}`, `{table}`, `{n}` and `{year}`.
    pub titles: Vec<String>,
    /// The line under the title, left and right.
    pub submitted: Vec<String>,
    /// Headings over groups of columns.
    pub groups: Vec<String>,
    /// Columns that nobody asked for: header and a word.
    pub extras: Vec<(String, String)>,
    /// Words of rows that sum up.
    pub totals: Vec<String>,
    /// Notes below the table.
    pub notes: Vec<String>,
    /// Signature lines.
    pub signatures: Vec<String>,
    /// Lines of an instruction sheet.
    pub instructions: Vec<String>,
    /// What stands for blank.
    pub placeholders: Vec<String>,
}

/// Everything needed to draw a city, with names resolved to positions.
#[derive(Debug)]
pub struct Sampler<'p> {
    pub pack: &'p Pack,
    pub units: UnitSizes,
    pub traits: Vec<Trait>,
    pub blocks: Vec<RowPlan>,
    pub messy: Messy,
}

/// Whether rows are drawn for each unit or for each member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    Unit,
    Member,
}

#[derive(Debug)]
pub struct Trait {
    pub of: Per,
    pub name: String,
    pub weights: Weights<String>,
}

/// Things with their cumulated weights.
#[derive(Debug)]
pub struct Weights<T> {
    pub of: Vec<(f64, T)>,
    pub sum: f64,
}

/// Rows of a table for each subject of a kind.
#[derive(Debug)]
pub struct RowPlan {
    pub table: usize,
    pub per: Per,
    pub years: Vec<i32>,
    /// The column of the key that has a row for each of its values.
    pub each: Option<(usize, Vec<String>)>,
    pub counts: Vec<(Vec<Premise>, f64)>,
    /// The column that says what the row is about, and what it then says.
    pub about: Option<(usize, String)>,
    /// Cases of a column stand together.
    pub cases: Vec<Chance>,
}

impl RowPlan {
    /// No subject has more rows on average.
    pub fn most(&self) -> f64 {
        self.counts.iter().map(|(_, rows)| *rows).fold(0.0, f64::max)
    }
}

#[derive(Debug)]
pub struct Chance {
    pub at: usize,
    pub given: Vec<Premise>,
    pub blank: f64,
    pub draw: Draw,
}

#[derive(Debug)]
pub struct Premise {
    pub of: Operand,
    pub values: Vec<String>,
}

/// What a condition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// A column of the row, drawn before.
    Own(usize),
    /// The member's place in the unit.
    Position,
    /// A column of the subject's register row.
    Subject(usize),
    /// A column of the unit's register row.
    Unit(usize),
    /// A trait of the subject, or of its unit.
    Trait(usize),
}

/// How a cell is drawn.
#[derive(Debug)]
pub enum Draw {
    Words(Weights<Vec<PatternPiece>>),
    /// A number: mean and deviation, in tenths where the deviation has a fraction. A day: of the row's year, from and
    /// to; where another date places the row, so many days after that. A month: so many before the row's year. A year:
    /// so many before the row's. People: how many of the unit.
    Range([f64; 2]),
}

/// A part of a pattern.
#[derive(Debug, Clone)]
pub enum PatternPiece {
    Text(String),
    /// The running number, with at least so many digits.
    Number(usize),
    Year,
    Word(Vec<String>),
}

impl<'p> Sampler<'p> {
    /// Reads the pack's `sample.toml`.
    pub fn new(pack: &'p Pack) -> Result<Sampler<'p>, Error> {
        let (_, text) =
            pack.files.iter().find(|(name, _)| pack::is(name, super::FILE)).ok_or(Error::NoFile(super::FILE))?;
        let mut raw: RawSample =
            toml::from_str(text).map_err(|error| Error::Syntax(pack::Report::of_syntax(super::FILE, &error, pack)))?;
        if raw.units.from == 0 || raw.units.from > raw.units.to {
            return fail("units", "from 应不小于 1、不大于 to");
        }
        let messy = std::mem::take(&mut raw.messy);
        // A folder without a name is the one that all others lie in.
        let folders = messy.folders.iter().filter(|folder| !folder.is_empty());
        if let Some(name) = folders.chain(&messy.books).find(|name| !pack::stays_inside(name)) {
            return fail("messy", format!("「{name}」不能用作文件或文件夹的名称"));
        }
        if let Some(name) = messy.books.iter().find(|name| !name.contains("{n}")) {
            return fail("messy", format!("books 的「{name}」没有 {{n}}，几个工作簿会同名"));
        }
        let list = |text: &String| text.split_whitespace().map(str::to_owned).collect();
        let words = raw.words.iter().map(|(name, text)| (name.clone(), list(text))).collect();
        let mut binder = Weigher { pack, words, traits: Vec::new() };
        for one in &raw.traits {
            let place = format!("trait「{}」", one.name);
            let weights = weights(&place, one.weights.iter().map(|(word, weight)| (*weight, Ok(word.clone()))))?;
            let of = binder.per(&place, &one.of)?;
            binder.traits.push(Trait { of, name: one.name.clone(), weights });
        }
        let blocks = raw.rows.iter().map(|rows| binder.block(rows)).collect::<Result<Vec<_>, Error>>()?;
        let sampler = Sampler { pack, units: raw.units, traits: binder.traits, blocks, messy };
        let (units, members) = sampler.registers();
        for (register, per) in [(units, Per::Unit), (members, Per::Member)] {
            let rows: Vec<&RowPlan> = sampler.blocks.iter().filter(|block| block.table == register).collect();
            if rows.len() != 1 || rows[0].per != per || rows[0].each.is_some() {
                let place = format!("rows「{}」", pack.tables[register].name);
                return fail(&place, "名册应有且只有一段 [[rows]]，按它自己的对象逐一生成");
            }
        }
        Ok(sampler)
    }

    /// The table of the units' register, and of the members'.
    pub fn registers(&self) -> (usize, usize) {
        let membership = &self.pack.membership;
        (self.pack.subjects[membership.unit].register, self.pack.subjects[membership.member].register)
    }
}

/// Finds what names mean.
struct Weigher<'p> {
    pack: &'p Pack,
    words: BTreeMap<String, Vec<String>>,
    traits: Vec<Trait>,
}

/// Where names are looked up: the row being drawn, and whose row it is.
struct Scope {
    place: String,
    table: usize,
    per: Per,
    /// Columns of the row drawn so far.
    drawn: Vec<usize>,
}

impl Weigher<'_> {
    fn per(&self, place: &str, kind: &str) -> Result<Per, Error> {
        let membership = &self.pack.membership;
        let pairs = [(Per::Unit, membership.unit), (Per::Member, membership.member)];
        let found = pairs.into_iter().find(|(_, subject)| self.pack.subjects[*subject].kind == kind);
        found.map_or_else(|| fail(place, format!("没有名为「{kind}」的对象")), |(per, _)| Ok(per))
    }

    fn block(&self, raw: &RawRows) -> Result<RowPlan, Error> {
        let place = format!("rows「{}」", raw.table);
        let found = self.pack.tables.iter().position(|table| table.name == raw.table);
        let Some(table) = found else { return fail(&place, format!("规则包没有「{}」这张表", raw.table)) };
        let shape = &self.pack.tables[table];
        let per = self.per(&place, &raw.per)?;
        let mut scope = Scope { place, table, per, drawn: Vec::new() };
        let mut counts = Vec::new();
        for one in &raw.count {
            let most = ROUND - 1;
            if !(0.0..f64::from(most)).contains(&one.rows) {
                return fail(&scope.place, format!("count 的 rows 应不小于 0、小于 {most}，现为 {}", one.rows));
            }
            counts.push((self.conditions(&scope, &one.given)?, one.rows));
        }
        if raw.count.is_empty() {
            counts.push((Vec::new(), 1.0));
        }
        let parts = shape.key.iter().flat_map(|key| &key.parts);
        let each =
            parts.filter_map(|part| if let KeyPart::Column(at) = part { Some(*at) } else { None }).find_map(|at| {
                match &shape.columns[at] {
                    Column { default: None, kind: ColumnKind::Choice { values, .. }, .. } => Some((at, values.clone())),
                    _ => None,
                }
            });
        let membership = &self.pack.membership;
        let subject = if per == Per::Unit { membership.unit } else { membership.member };
        let about = shape.references.iter().find(|one| one.subject == subject).and_then(|one| one.when.clone());
        let by_itself = |at: usize| {
            let ids = shape
                .references
                .iter()
                .flat_map(|one| [Some((one.id, one.label)), one.within.map(|(_, id, label)| (id, label))]);
            let named = raw.draw.iter().any(|case| case.of == shape.columns[at].name);
            let filled = ids.flatten().any(|(id, label)| at == id || at == label) || shape.year == Some(at);
            named || filled || each.iter().any(|(one, _)| *one == at) || about.iter().any(|(one, _)| *one == at)
        };
        scope.drawn.extend(each.iter().map(|(at, _)| *at).chain(about.iter().map(|(at, _)| *at)));
        let mut cases = Vec::new();
        for (at, column) in shape.columns.iter().enumerate() {
            if column.required && !by_itself(at) {
                cases.push(Chance { at, given: Vec::new(), blank: 0.0, draw: self.by_kind(&scope, column)? });
                scope.drawn.push(at);
            }
        }
        for one in &raw.draw {
            scope.place = format!("rows「{}」的「{}」", raw.table, one.of);
            let found = shape.column(&one.of);
            let Some(at) = found else {
                return fail(&scope.place, format!("「{}」没有「{}」这一列", shape.name, one.of));
            };
            if scope.drawn.contains(&at) && cases.last().is_none_or(|case: &Chance| case.at != at) {
                return fail(&scope.place, "这一列由表自己填，或者几种情形没有写在一起");
            }
            let draw = self.draw(&scope, &shape.columns[at], one)?;
            cases.push(Chance { at, given: self.conditions(&scope, &one.given)?, blank: one.blank, draw });
            scope.drawn.push(at);
        }
        Ok(RowPlan { table, per, years: raw.years.clone(), each, counts, about, cases })
    }

    fn draw(&self, scope: &Scope, column: &Column, raw: &RawDraw) -> Result<Draw, Error> {
        use ColumnKind::{Date, Month, Number, People, Year};
        let ranged = matches!(column.kind, Number { .. } | Date | Month | Year | People { .. });
        match (&raw.words, raw.range) {
            (None, None) => self.by_kind(scope, column),
            (None, Some(range)) if ranged && range.iter().all(|end| (0.0..1e6).contains(end)) => Ok(Draw::Range(range)),
            (Some(words), None) if !ranged => {
                self.words(scope, column, words.iter().map(|(word, weight)| (*weight, word.as_str())))
            }
            _ if ranged => fail(&scope.place, "这种列要写 range = [数, 数]，不小于 0，不写 words"),
            _ => fail(&scope.place, "这种列要写 words，不写 range"),
        }
    }

    /// A draw that knows nothing but what may stand in the column.
    fn by_kind(&self, scope: &Scope, column: &Column) -> Result<Draw, Error> {
        Ok(Draw::Range(match &column.kind {
            ColumnKind::Choice { values, .. } => {
                return self.words(scope, column, values.iter().map(|value| (1.0, value.as_str())));
            }
            ColumnKind::Number { min, max, .. } => {
                let (min, max) = (min.unwrap_or(0.0), max.unwrap_or(100.0));
                [f64::midpoint(min, max), (max - min) / 8.0]
            }
            ColumnKind::Date => [10.0, 350.0],
            ColumnKind::Month => [1.0, 60.0],
            ColumnKind::Year => [0.0, 0.0],
            ColumnKind::People { .. } => [1.0, 2.0],
            ColumnKind::Text | ColumnKind::Id | ColumnKind::Name | ColumnKind::Names | ColumnKind::Line { .. } => {
                let pattern = format!("{}{{n}}", column.name);
                return self.words(scope, column, [(1.0, pattern.as_str())].into_iter());
            }
        }))
    }

    fn words<'a>(
        &self,
        scope: &Scope,
        column: &Column,
        words: impl Iterator<Item = (f64, &'a str)>,
    ) -> Result<Draw, Error> {
        let pattern = |word: &str| match &column.kind {
            ColumnKind::Choice { values, .. } if !values.iter().any(|value| value == word) => {
                fail(&scope.place, format!("「{word}」不在取值之列：{}", values.join("、")))
            }
            ColumnKind::Choice { .. } => Ok(vec![PatternPiece::Text(word.to_owned())]),
            _ => self.pattern(scope, word),
        };
        Ok(Draw::Words(weights(&scope.place, words.map(|(weight, word)| (weight, pattern(word))))?))
    }

    fn conditions(&self, scope: &Scope, raw: &RawGiven) -> Result<Vec<Premise>, Error> {
        let condition = |(name, values): (&String, &Vec<String>)| {
            Ok(Premise { of: self.operand(scope, name)?, values: values.clone() })
        };
        raw.iter().map(condition).collect()
    }

    fn operand(&self, scope: &Scope, name: &str) -> Result<Operand, Error> {
        let (subjects, membership) = (&self.pack.subjects, &self.pack.membership);
        let member = scope.per == Per::Member;
        let registers = [membership.unit, membership.member].map(|subject| subjects[subject].register);
        let own = registers[usize::from(member)];
        let at = |table: usize| self.pack.tables[table].column(name);
        let shares = |one: &Trait| one.name == name && (one.of == scope.per || one.of == Per::Unit);
        let found = (member && name == "position")
            .then_some(Operand::Position)
            .or(at(scope.table).filter(|at| scope.drawn.contains(at)).map(Operand::Own))
            .or(at(own).filter(|_| own != scope.table).map(Operand::Subject))
            .or(at(registers[0]).filter(|_| member).map(Operand::Unit))
            .or(self.traits.iter().position(shares).map(Operand::Trait));
        let lost = || format!("given 中的「{name}」不是这一行之前的列，也不是名册的列或 trait");
        found.map_or_else(|| fail(&scope.place, lost()), Ok)
    }

    fn pattern(&self, scope: &Scope, text: &str) -> Result<Vec<PatternPiece>, Error> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return fail(&scope.place, format!("「{text}」缺少右花括号"));
            };
            if !before.is_empty() {
                pieces.push(PatternPiece::Text(before.to_owned()));
            }
            let digits = name.strip_prefix("n:").and_then(|digits| digits.parse().ok());
            pieces.push(match (name, digits, self.words.get(name)) {
                ("n", ..) => PatternPiece::Number(1),
                ("year", ..) => PatternPiece::Year,
                (_, Some(digits), _) if digits <= MOST_DIGITS => PatternPiece::Number(digits),
                (.., Some(list)) if !list.is_empty() => PatternPiece::Word(list.clone()),
                _ => return fail(&scope.place, format!("没有名为「{name}」的词表")),
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(PatternPiece::Text(rest.to_owned()));
        }
        Ok(pieces)
    }
}

fn fail<T>(place: &str, message: impl Into<String>) -> Result<T, Error> {
    Err(Error::Meaning { place: place.to_owned(), message: message.into() })
}

fn weights<T>(place: &str, of: impl Iterator<Item = (f64, Result<T, Error>)>) -> Result<Weights<T>, Error> {
    let mut weights = Weights { of: Vec::new(), sum: 0.0 };
    for (weight, thing) in of {
        if !weight.is_finite() || weight < 0.0 {
            return fail(place, format!("权重 {weight} 不是非负的数"));
        }
        weights.sum += weight;
        weights.of.push((weights.sum, thing?));
    }
    if weights.sum > 0.0 { Ok(weights) } else { fail(place, "权重之和应大于零") }
}
