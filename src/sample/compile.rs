//! `sample.toml` and the pack's tables → a [`Sampler`]: names resolved, words checked against the sets.

use std::collections::BTreeMap;

use crate::pack::{self, ColumnKind, Pack};

use super::city::ROUND;
use super::spec::{RawCase, RawMessy, RawRows, RawSample};

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

/// Everything needed to draw a city, with names resolved to positions.
#[derive(Debug)]
pub struct Sampler<'p> {
    pub pack: &'p Pack,
    pub sizes: (u32, u32),
    pub again: f64,
    pub traits: Vec<Trait>,
    pub blocks: Vec<Block>,
    /// Per table of the pack: the date column its rows are ordered by.
    pub order: Vec<Option<usize>>,
    /// Book names with their tables.
    pub books: Vec<(String, Vec<usize>)>,
    pub messy: RawMessy,
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
    pub weights: Weights,
}

/// Words with their cumulated weights.
#[derive(Debug)]
pub struct Weights {
    pub words: Vec<(f64, String)>,
    pub sum: f64,
}

/// Rows of a table for each subject of a kind.
#[derive(Debug)]
pub struct Block {
    pub table: usize,
    pub per: Per,
    pub years: Vec<i32>,
    pub each: Option<(usize, Vec<String>)>,
    pub count: f64,
    pub given: Vec<Condition>,
    pub columns: Vec<Column>,
}

#[derive(Debug)]
pub struct Column {
    pub at: usize,
    pub blank: f64,
    pub cases: Vec<Case>,
}

#[derive(Debug)]
pub struct Case {
    pub given: Vec<Condition>,
    pub blank: f64,
    pub draw: Draw,
}

#[derive(Debug)]
pub struct Condition {
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
    Value(String),
    Weights(Weights),
    Normal {
        mean: f64,
        deviation: f64,
        min: f64,
        max: f64,
        scale: f64,
    },
    Steps {
        of: usize,
        from: Vec<(f64, String)>,
    },
    /// A day between these (month, day).
    Date([(u32, u32); 2]),
    After {
        of: usize,
        days: [u32; 2],
    },
    MonthsBefore([u32; 2]),
    Year(i32),
    Serial(Vec<Piece>),
    Words {
        patterns: Vec<Vec<Piece>>,
        unique: bool,
    },
    Members {
        most: u32,
        given: Vec<Condition>,
    },
}

/// A part of a pattern.
#[derive(Debug, Clone)]
pub enum Piece {
    Text(String),
    /// The running number, with at least so many digits.
    Number(usize),
    Year,
    Word(Vec<String>),
}

impl<'p> Sampler<'p> {
    /// Compiles the pack's `sample.toml`.
    pub fn new(pack: &'p Pack) -> Result<Sampler<'p>, Error> {
        let (_, text) =
            pack.files.iter().find(|(name, _)| pack::is(name, super::FILE)).ok_or(Error::NoFile(super::FILE))?;
        let raw: RawSample =
            toml::from_str(text).map_err(|error| Error::Syntax(pack::Report::of_syntax(super::FILE, &error, pack)))?;
        Compiler { pack, raw: &raw, words: words(&raw) }.sampler()
    }

    /// The table of the units' register, and of the members'.
    pub fn registers(&self) -> (usize, usize) {
        let membership = &self.pack.membership;
        (self.pack.subjects[membership.unit].register, self.pack.subjects[membership.member].register)
    }
}

fn words(raw: &RawSample) -> BTreeMap<&str, Vec<String>> {
    let list = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    raw.words.iter().map(|words| (words.name.as_str(), list(&words.list))).collect()
}

struct Compiler<'p, 'r> {
    pack: &'p Pack,
    raw: &'r RawSample,
    words: BTreeMap<&'r str, Vec<String>>,
}

/// Where names are looked up: the row being drawn, and whose row it is.
struct Scope<'s> {
    place: String,
    table: usize,
    per: Per,
    /// Columns of the row drawn so far.
    drawn: Vec<usize>,
    traits: &'s [Trait],
    register: bool,
}

impl Scope<'_> {
    fn fail<T>(&self, message: String) -> Result<T, Error> {
        Err(Error::Meaning { place: self.place.clone(), message })
    }
}

impl<'p> Compiler<'p, '_> {
    fn sampler(&self) -> Result<Sampler<'p>, Error> {
        let raw = self.raw;
        if raw.units.from == 0 || raw.units.from > raw.units.to {
            return fail("units", "from 应不小于 1、不大于 to".to_owned());
        }
        let mut traits = Vec::new();
        for one in &raw.traits {
            let place = format!("trait「{}」", one.name);
            traits.push(Trait {
                of: self.per(&place, &one.of)?,
                name: one.name.clone(),
                weights: weights(&place, &one.weights)?,
            });
        }
        let blocks = raw.rows.iter().map(|rows| self.block(rows, &traits)).collect::<Result<Vec<_>, Error>>()?;
        let mut order = vec![None; self.pack.tables.len()];
        for one in &raw.order {
            let table = self.table("order", &one.table)?;
            order[table] = Some(self.column("order", table, &one.by)?);
        }
        let mut books = Vec::new();
        let mut placed = vec![false; self.pack.tables.len()];
        let names = raw.book.iter().map(|book| ("book", &book.name));
        // A folder without a name is the one that all others lie in.
        let folders = raw.messy.folders.iter().filter(|folder| !folder.is_empty());
        let messy = folders.chain(&raw.messy.books).map(|name| ("messy", name));
        if let Some((place, name)) = names.chain(messy).find(|(_, name)| !pack::stays_inside(name)) {
            return fail(place, format!("「{name}」不能用作文件或文件夹的名称"));
        }
        if let Some(name) = raw.messy.books.iter().find(|name| !name.contains("{n}")) {
            return fail("messy", format!("books 的「{name}」没有 {{n}}，几个工作簿会同名"));
        }
        for book in &raw.book {
            let find = |name: &String| self.table("book", name);
            let tables = book.tables.iter().map(find).collect::<Result<Vec<_>, Error>>()?;
            tables.iter().for_each(|table| placed[*table] = true);
            books.push((book.name.clone(), tables));
        }
        let alone = self.pack.tables.iter().enumerate().filter(|(at, _)| !placed[*at]);
        books.extend(alone.map(|(at, table)| (table.name.clone(), vec![at])));
        let sampler = Sampler {
            pack: self.pack,
            sizes: (raw.units.from, raw.units.to),
            again: raw.units.again,
            traits,
            blocks,
            order,
            books,
            messy: raw.messy.clone(),
        };
        let (units, members) = sampler.registers();
        for (register, per) in [(units, Per::Unit), (members, Per::Member)] {
            let rows: Vec<&Block> = sampler.blocks.iter().filter(|block| block.table == register).collect();
            if rows.len() != 1 || rows[0].per != per || rows[0].each.is_some() {
                let name = &self.pack.tables[register].name;
                return fail(
                    &format!("rows「{name}」"),
                    "名册应有且只有一段 [[rows]]，按它自己的对象逐一生成".to_owned(),
                );
            }
        }
        Ok(sampler)
    }

    fn per(&self, place: &str, kind: &str) -> Result<Per, Error> {
        let membership = &self.pack.membership;
        if kind == self.pack.subjects[membership.unit].kind {
            Ok(Per::Unit)
        } else if kind == self.pack.subjects[membership.member].kind {
            Ok(Per::Member)
        } else {
            fail(place, format!("没有名为「{kind}」的对象"))
        }
    }

    fn table(&self, place: &str, name: &str) -> Result<usize, Error> {
        let at = self.pack.tables.iter().position(|table| table.name == name);
        at.map_or_else(|| fail(place, format!("规则包没有「{name}」这张表")), Ok)
    }

    fn column(&self, place: &str, table: usize, name: &str) -> Result<usize, Error> {
        let table = &self.pack.tables[table];
        table.column(name).map_or_else(|| fail(place, format!("「{}」没有「{name}」这一列", table.name)), Ok)
    }

    fn block(&self, raw: &RawRows, traits: &[Trait]) -> Result<Block, Error> {
        let place = format!("rows「{}」", raw.table);
        let table = self.table(&place, &raw.table)?;
        let per = self.per(&place, &raw.per)?;
        let most = ROUND - 1;
        if !(0.0..f64::from(most)).contains(&raw.count) {
            return fail(&place, format!("count 应不小于 0、小于 {most}，现为 {}", raw.count));
        }
        let membership = &self.pack.membership;
        let kind = if per == Per::Unit { membership.unit } else { membership.member };
        let register = self.pack.subjects[kind].register == table;
        let mut scope = Scope { place, table, per, drawn: Vec::new(), traits, register };
        let given = self.conditions(&scope, &raw.given)?;
        let each = match &raw.each {
            None => None,
            Some(name) => {
                let at = self.column(&scope.place, table, name)?;
                scope.drawn.push(at);
                match &self.pack.tables[table].columns[at].kind {
                    ColumnKind::Choice { values, .. } if values.len() < usize::from(ROUND) => {
                        Some((at, values.clone()))
                    }
                    _ => return scope.fail(format!("each 要用取值固定、不太多的列，「{name}」不是")),
                }
            }
        };
        let mut columns = Vec::new();
        for column in &raw.column {
            scope.place = format!("rows「{}」的「{}」", raw.table, column.name);
            let at = self.column(&scope.place, table, &column.name)?;
            let cases = column.cases.iter().map(|case| self.case(&scope, at, case)).collect::<Result<Vec<_>, _>>()?;
            columns.push(Column { at, blank: column.blank, cases });
            scope.drawn.push(at);
        }
        Ok(Block { table, per, years: raw.years.clone(), each, count: raw.count, given, columns })
    }

    fn case(&self, scope: &Scope, at: usize, raw: &RawCase) -> Result<Case, Error> {
        let own = |name: &str| match self.column(&scope.place, scope.table, name)? {
            column if scope.drawn.contains(&column) => Ok(column),
            _ => scope.fail(format!("「{name}」要写在这一列之前")),
        };
        let mut draws = Vec::new();
        if let Some(value) = &raw.value {
            self.in_set(scope, at, [value])?;
            draws.push(Draw::Value(value.clone()));
        }
        if let Some(raw) = &raw.weights {
            self.in_set(scope, at, raw.keys())?;
            draws.push(Draw::Weights(weights(&scope.place, raw)?));
        }
        if let Some(raw) = &raw.normal {
            if !(raw.min <= raw.max && raw.mean.is_finite() && raw.deviation.is_finite()) {
                return scope.fail("normal 的 min 应不大于 max，mean、deviation 应为数字".to_owned());
            }
            let scale = 10f64.powi(i32::try_from(raw.decimals).unwrap_or(9));
            draws.push(Draw::Normal { mean: raw.mean, deviation: raw.deviation, min: raw.min, max: raw.max, scale });
        }
        if let Some(raw) = &raw.steps {
            self.in_set(scope, at, raw.from.iter().map(|(_, word)| word))?;
            draws.push(Draw::Steps { of: own(&raw.of)?, from: raw.from.clone() });
        }
        if let Some([from, to]) = &raw.date {
            let day = |text: &str| match chrono::NaiveDate::parse_from_str(&format!("2015-{text}"), "%Y-%m-%d") {
                Ok(day) => Ok((chrono::Datelike::month(&day), chrono::Datelike::day(&day))),
                Err(_) => scope.fail(format!("「{text}」不是日期（MM-DD）")),
            };
            draws.push(Draw::Date([day(from)?, day(to)?]));
        }
        if let Some(raw) = &raw.after {
            draws.push(Draw::After { of: own(&raw.of)?, days: raw.days });
        }
        if let Some(months) = raw.months_before {
            draws.push(Draw::MonthsBefore(months));
        }
        if let Some(offset) = raw.year {
            draws.push(Draw::Year(offset));
        }
        if let Some(pattern) = &raw.serial {
            draws.push(Draw::Serial(self.pattern(scope, pattern)?));
        }
        if let Some(patterns) = &raw.words {
            if patterns.is_empty() {
                return scope.fail("words 至少要有一种写法".to_owned());
            }
            let patterns = patterns.iter().map(|pattern| self.pattern(scope, pattern)).collect::<Result<_, _>>()?;
            draws.push(Draw::Words { patterns, unique: false });
        }
        if let Some(pattern) = &raw.unique_words {
            draws.push(Draw::Words { patterns: vec![self.pattern(scope, pattern)?], unique: true });
        }
        if let Some(raw) = &raw.members {
            let member = self.pack.subjects[self.pack.membership.member].register;
            let conditions = raw.given.iter().map(|(name, values)| {
                Ok(Condition { of: Operand::Subject(self.column(&scope.place, member, name)?), values: values.clone() })
            });
            let given = conditions.collect::<Result<Vec<_>, Error>>()?;
            draws.push(Draw::Members { most: raw.most, given });
        }
        let given = self.conditions(scope, &raw.given)?;
        match (draws.pop(), draws.is_empty()) {
            (Some(draw), true) => Ok(Case { given, blank: raw.blank, draw }),
            _ => scope.fail("每种情形要写且只写一种取值办法".to_owned()),
        }
    }

    fn in_set<'a>(&self, scope: &Scope, at: usize, words: impl IntoIterator<Item = &'a String>) -> Result<(), Error> {
        let column = &self.pack.tables[scope.table].columns[at];
        if let ColumnKind::Choice { values, .. } = &column.kind {
            for word in words {
                if !values.contains(word) {
                    return scope.fail(format!("「{word}」不在取值之列：{}", values.join("、")));
                }
            }
        }
        Ok(())
    }

    fn conditions(&self, scope: &Scope, raw: &BTreeMap<String, Vec<String>>) -> Result<Vec<Condition>, Error> {
        let condition = |(name, values): (&String, &Vec<String>)| {
            Ok(Condition { of: self.operand(scope, name)?, values: values.clone() })
        };
        raw.iter().map(condition).collect()
    }

    fn operand(&self, scope: &Scope, name: &str) -> Result<Operand, Error> {
        if name == "position" && scope.per == Per::Member {
            return Ok(Operand::Position);
        }
        let subjects = &self.pack.subjects;
        let membership = &self.pack.membership;
        let (unit, member) = (subjects[membership.unit].register, subjects[membership.member].register);
        let own = self.pack.tables[scope.table].column(name).filter(|at| scope.drawn.contains(at));
        let subject = match scope.per {
            _ if scope.register => None,
            Per::Unit => self.pack.tables[unit].column(name),
            Per::Member => self.pack.tables[member].column(name),
        };
        let of_unit = self.pack.tables[unit].column(name).filter(|_| scope.per == Per::Member);
        let shared =
            scope.traits.iter().position(|one| one.name == name && (one.of == scope.per || one.of == Per::Unit));
        let found = own
            .map(Operand::Own)
            .or(subject.map(Operand::Subject))
            .or(of_unit.map(Operand::Unit))
            .or(shared.map(Operand::Trait));
        found.map_or_else(|| scope.fail(format!("given 中的「{name}」不是这一行之前的列，也不是名册的列或 trait")), Ok)
    }

    fn pattern(&self, scope: &Scope, text: &str) -> Result<Vec<Piece>, Error> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return scope.fail(format!("「{text}」缺少右花括号"));
            };
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let digits = name.strip_prefix("n:").and_then(|digits| digits.parse().ok());
            pieces.push(match (name, digits, self.words.get(name)) {
                ("n", ..) => Piece::Number(1),
                ("year", ..) => Piece::Year,
                (_, Some(digits), _) if digits <= MOST_DIGITS => Piece::Number(digits),
                (.., Some(list)) if !list.is_empty() => Piece::Word(list.clone()),
                _ => return scope.fail(format!("没有名为「{name}」的词表")),
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(pieces)
    }
}

fn fail<T>(place: &str, message: String) -> Result<T, Error> {
    Err(Error::Meaning { place: place.to_owned(), message })
}

fn weights(place: &str, raw: &BTreeMap<String, f64>) -> Result<Weights, Error> {
    let mut sum = 0.0;
    let mut words = Vec::new();
    for (word, weight) in raw {
        if !weight.is_finite() || *weight < 0.0 {
            return fail(place, format!("「{word}」的权重 {weight} 不是非负的数"));
        }
        sum += weight;
        words.push((sum, word.clone()));
    }
    if sum > 0.0 { Ok(Weights { words, sum }) } else { fail(place, "权重之和应大于零".to_owned()) }
}
