//! `sample.toml` of a pack: how many rows stand for whom, and how often which words occur.
//!
//! What a cell may be is said by the pack's tables; this holds only the weights. A column that is required and has
//! none is drawn by its kind; references, years, the columns of a key and what a reference depends on fill themselves.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::draw::digits;
use crate::once::once;
use crate::pack::functions::fill;
use crate::pack::{self, ColumnKind, Drawn, InputColumn, KeyPart, Pack, SAMPLE, Table};

/// Each subject has fewer rows of a plan and a year.
const MOST_ROWS: f64 = 255.0;

/// What is wrong with a pack's `sample.toml`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("规则包没有 {SAMPLE}，不能生成示例数据")]
    NoFile,
    #[error("{0}")]
    Syntax(pack::Report),
    #[error("规则包的 sample.toml：{place}：{message}")]
    Meaning { place: String, message: String },
}

/// Everything needed to draw a city. What names mean is noted beside them once the whole file is read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampler {
    pub units: UnitSizes,
    #[serde(default)]
    pub words: BTreeMap<String, Words>,
    #[serde(default, rename = "trait")]
    pub traits: Vec<Trait>,
    pub rows: Vec<RowPlan>,
    #[serde(default)]
    pub messy: Messy,
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

/// A list split by blanks; a word that stands there twice is twice as frequent.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub struct Words(pub Vec<String>);

impl From<String> for Words {
    fn from(text: String) -> Words {
        Words(text.split_whitespace().map(str::to_owned).collect())
    }
}

/// Words or patterns (`{姓}{名}`, `{n:5}`, `{year}`) with their weights.
pub type Weights = BTreeMap<String, f64>;

/// Something about a subject that stands in no table, but that its rows depend on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trait {
    #[serde(rename = "of")]
    kind: String,
    name: String,
    pub weights: Weights,
    #[serde(skip)]
    members: bool,
}

/// By name, the values that it may have: a column of the row drawn before, of the subject's or its unit's register
/// row, a trait, or `position` (in the unit, from 1). An empty value stands for blank.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Given {
    values: BTreeMap<String, Vec<String>>,
    #[serde(skip)]
    operands: Vec<Operand>,
}

impl Given {
    pub fn premises(&self) -> impl Iterator<Item = (Operand, &Vec<String>)> {
        self.operands.iter().copied().zip(self.values.values())
    }
}

/// The cell that a condition looks at: of the row, drawn before; of the subject's register row; of its unit's.
#[derive(Debug, Clone, Copy)]
pub enum Operand {
    Own(usize),
    Subject(usize),
    Unit(usize),
}

/// Rows of a table for each subject of a kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowPlan {
    #[serde(rename = "table")]
    name: String,
    #[serde(rename = "per")]
    kind: String,
    /// Years of the rows, counted from the sample's.
    #[serde(default = "this_year")]
    pub years: Vec<i32>,
    /// The first that fits says how many; none is written: one row.
    #[serde(default)]
    pub count: Vec<RowCount>,
    /// Columns in the order in which they are drawn, for each the first that fits; none fits: blank.
    #[serde(default)]
    pub draw: Vec<Chance>,
    #[serde(skip)]
    pub table: usize,
    /// For each member, not each unit.
    #[serde(skip)]
    pub members: bool,
    /// The column of the key that has a row for each of its values.
    #[serde(skip)]
    pub each: Option<(usize, Vec<String>)>,
    /// The column that says what the row is about, and what it then says.
    #[serde(skip)]
    pub about: Option<(usize, String)>,
}

fn this_year() -> Vec<i32> {
    vec![0]
}

/// Expected rows a subject and year (and value of a key).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCount {
    #[serde(default)]
    pub given: Given,
    pub rows: f64,
}

/// How a column is drawn: `words` or a `range`; with neither by its kind.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chance {
    of: String,
    #[serde(default)]
    pub given: Given,
    #[serde(default)]
    pub blank: f64,
    pub words: Option<Weights>,
    /// A number: mean and deviation, in tenths where the deviation has a fraction. A day: of the row's year, from and
    /// to; where another date places the row, so many days after that. A month: so many before the row's year. A year:
    /// so many before the row's. People: how many of the unit.
    pub range: Option<[f64; 2]>,
    /// The column.
    #[serde(skip)]
    pub at: usize,
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

impl Sampler {
    /// Reads the pack's `sample.toml`.
    pub fn read(pack: &Pack) -> Result<Sampler, Error> {
        let (_, text) = pack.files.iter().find(|(name, _)| pack::is(name, SAMPLE)).ok_or(Error::NoFile)?;
        let syntax = |error: toml::de::Error| Error::Syntax(pack::Report::of_syntax(SAMPLE, &error, pack));
        let mut sampler: Sampler = toml::from_str(text).map_err(syntax)?;
        let Sampler { units, words, traits, rows, messy } = &mut sampler;
        if units.from == 0 || units.from > units.to {
            return fail("units", "from 应不小于 1、不大于 to");
        }
        // A folder without a name is the one that all others lie in.
        let folders = messy.folders.iter().filter(|folder| !folder.is_empty());
        if let Some(name) = folders.chain(&messy.books).find(|name| !pack::stays_inside(name)) {
            return fail("messy", format!("「{name}」不能用作文件或文件夹的名称"));
        }
        if let Some(name) = messy.books.iter().find(|name| !name.contains("{n}")) {
            return fail("messy", format!("books 的「{name}」没有 {{n}}，几个工作簿会同名"));
        }
        for one in traits.iter_mut() {
            let place = format!("trait「{}」", one.name);
            one.members = about_members(pack, &place, &one.kind)?;
            weighted(&place, &one.weights)?;
        }
        let known = Names { pack, words, traits };
        rows.iter_mut().try_for_each(|plan| plan.bind(&known))?;
        for (register, members) in registers(pack).into_iter().zip([false, true]) {
            let of_register: Vec<&RowPlan> = rows.iter().filter(|plan| plan.table == register).collect();
            if !matches!(of_register.as_slice(), [one] if one.members == members && one.each.is_none()) {
                let place = format!("rows「{}」", pack.tables[register].name);
                return fail(&place, "名册应有且只有一段 [[rows]]，按它自己的对象逐一生成");
            }
        }
        Ok(sampler)
    }
}

/// The table of the units' register, and of the members'.
pub fn registers(pack: &Pack) -> [usize; 2] {
    [pack.membership.unit, pack.membership.member].map(|subject| pack.subjects[subject].register)
}

/// What names may mean.
struct Names<'s> {
    pack: &'s Pack,
    words: &'s BTreeMap<String, Words>,
    traits: &'s [Trait],
}

impl RowPlan {
    /// How many values of a key have rows of their own.
    pub fn rounds(&self) -> usize {
        self.each.as_ref().map_or(1, |(_, values)| values.len())
    }

    /// The most rows that are expected of a subject, a year and a value of a key.
    pub fn most(&self) -> f64 {
        self.count.iter().map(|one| one.rows).fold(0.0, f64::max)
    }

    /// How many rows a subject can have.
    pub fn numbers(&self) -> u64 {
        self.most().ceil() as u64 * (self.years.len() * self.rounds()) as u64
    }

    fn bind(&mut self, known: &Names<'_>) -> Result<(), Error> {
        let pack = known.pack;
        let place = format!("rows「{}」", self.name);
        let Some(table) = pack.tables.iter().position(|table| table.name == self.name) else {
            return fail(&place, format!("规则包没有「{}」这张表", self.name));
        };
        let shape = &pack.tables[table];
        (self.table, self.members) = (table, about_members(pack, &place, &self.kind)?);
        let (mut drawn, members) = (self.filled(pack, shape), self.members);
        let given = |given: &mut Given, place: &str, drawn: &[usize]| {
            let operands = given.values.keys().map(|name| known.operand(place, (table, drawn), members, name));
            given.operands = operands.collect::<Result<_, _>>()?;
            Ok(())
        };
        if self.count.is_empty() {
            self.count.push(RowCount { given: Given::default(), rows: 1.0 });
        }
        for one in &mut self.count {
            if !(0.0..MOST_ROWS).contains(&one.rows) {
                return fail(&place, format!("count 的 rows 应不小于 0、小于 {MOST_ROWS}，现为 {}", one.rows));
            }
            given(&mut one.given, &place, &[])?;
        }
        let lacking = shape.columns.iter().filter(|column| {
            let own = shape.column(&column.name).is_some_and(|at| drawn.contains(&at) || self.refers(shape, at));
            column.required && !own && self.draw.iter().all(|one| one.of != column.name)
        });
        let lacking: Vec<Chance> =
            lacking.map(|column| Chance { of: column.name.clone(), ..Chance::default() }).collect();
        self.draw.splice(0..0, lacking);
        let mut last = None;
        for one in &mut self.draw {
            let place = format!("rows「{}」的「{}」", self.name, one.of);
            let Some(at) = shape.column(&one.of) else {
                return fail(&place, format!("「{}」没有「{}」这一列", shape.name, one.of));
            };
            if drawn.contains(&at) && last != Some(at) {
                return fail(&place, "这一列由表自己填，或者几种情形没有写在一起");
            }
            one.at = at;
            one.bind(&place, &shape.columns[at], known)?;
            given(&mut one.given, &place, &drawn)?;
            drawn.push(at);
            last = Some(at);
        }
        Ok(())
    }

    /// Notes the columns that say for which value of a key and about whom a row is: they come before all others.
    fn filled(&mut self, pack: &Pack, shape: &Table) -> Vec<usize> {
        let parts = shape.key.iter().flat_map(|key| &key.parts);
        self.each =
            parts.filter_map(|part| if let KeyPart::Column(at) = part { Some(*at) } else { None }).find_map(|at| {
                match &shape.columns[at] {
                    InputColumn { default: None, kind: ColumnKind::Choice { values, .. }, .. } => {
                        Some((at, values.clone()))
                    }
                    _ => None,
                }
            });
        let subject = if self.members { pack.membership.member } else { pack.membership.unit };
        self.about = shape.references.iter().find(|one| one.subject == subject).and_then(|one| one.when.clone());
        once(self.each.iter().map(|(at, _)| *at).chain(self.about.iter().map(|(at, _)| *at)))
    }

    /// Whether a column is filled in with whom the row is about, or its year.
    fn refers(&self, shape: &Table, at: usize) -> bool {
        let names = |one: &pack::Reference| {
            [one.id, one.label].contains(&at) || one.within.is_some_and(|(_, id, label)| [id, label].contains(&at))
        };
        shape.year == Some(at) || shape.references.iter().any(names)
    }
}

impl Chance {
    fn bind(&mut self, place: &str, column: &InputColumn, known: &Names<'_>) -> Result<(), Error> {
        let ranged = matches!(column.kind.drawn(), Drawn::Within(_));
        match (&self.words, self.range) {
            (None, None) => match column.kind.drawn() {
                Drawn::Words(words) => self.words = Some(words.into_iter().map(|word| (word, 1.0)).collect()),
                Drawn::Numbered => self.words = Some(Weights::from([(format!("{}{{n}}", column.name), 1.0)])),
                Drawn::Within(range) => self.range = Some(range),
            },
            (None, Some(range)) if ranged && range.iter().all(|end| (0.0..1e6).contains(end)) => {}
            (Some(_), None) if !ranged => {}
            _ if ranged => return fail(place, "这种列要写 range = [数, 数]，不小于 0，不写 words"),
            _ => return fail(place, "这种列要写 words，不写 range"),
        }
        for word in self.words.iter().flat_map(BTreeMap::keys) {
            match &column.kind {
                ColumnKind::Choice { values, .. } if !values.contains(word) => {
                    return fail(place, format!("「{word}」不在取值之列：{}", values.join("、")));
                }
                ColumnKind::Choice { .. } => {}
                _ => known.pattern(place, word)?,
            }
        }
        self.words.iter().try_for_each(|words| weighted(place, words))
    }
}

impl Names<'_> {
    /// All that stands in a pattern's braces is known.
    fn pattern(&self, place: &str, pattern: &str) -> Result<(), Error> {
        let mut unknown = None;
        fill(pattern, |name| {
            let list = self.words.get(name).is_some_and(|list| !list.0.is_empty());
            let known = list || name == "year" || digits(name).is_some();
            if !known {
                unknown = Some(name.to_owned());
            }
            None
        });
        unknown.map_or(Ok(()), |name| fail(place, format!("没有名为「{name}」的词表")))
    }

    /// What a name of a condition means for rows of a table, of which some columns are drawn, about each member or unit.
    fn operand(&self, place: &str, of: (usize, &[usize]), members: bool, name: &str) -> Result<Operand, Error> {
        let (table, drawn) = of;
        let [units, _] = registers(self.pack);
        let register = registers(self.pack)[usize::from(members)];
        let at = |table: usize| self.cells(table).position(|known| known == name);
        let is_drawn = |at: &usize| drawn.contains(at) || *at >= self.pack.tables[table].columns.len();
        let own = at(table).filter(is_drawn).map(Operand::Own);
        let subject = || at(register).filter(|_| register != table).map(Operand::Subject);
        let unit = || at(units).filter(|_| members).map(Operand::Unit);
        let told = || fail(place, format!("given 中的「{name}」不是这一行之前的列，也不是名册的列或 trait"));
        own.or_else(subject).or_else(unit).map_or_else(told, Ok)
    }

    /// What the cells of a table's rows are called: of a register also those behind its columns.
    fn cells(&self, table: usize) -> impl Iterator<Item = &str> {
        let members = registers(self.pack).into_iter().position(|register| register == table);
        let traits = self
            .traits
            .iter()
            .map(move |one| if members == Some(usize::from(one.members)) { one.name.as_str() } else { "" });
        let position = if members == Some(1) { "position" } else { "" };
        let columns = self.pack.tables[table].columns.iter().map(|column| column.name.as_str());
        columns.chain(traits).chain([position])
    }
}

/// Whether a kind of subjects is that of the members; else it is that of the units.
fn about_members(pack: &Pack, place: &str, kind: &str) -> Result<bool, Error> {
    let pairs = [(false, pack.membership.unit), (true, pack.membership.member)];
    let found = pairs.into_iter().find(|(_, subject)| pack.subjects[*subject].kind == kind);
    found.map_or_else(|| fail(place, format!("没有名为「{kind}」的对象")), |(members, _)| Ok(members))
}

/// Something can be drawn by these weights.
fn weighted(place: &str, words: &Weights) -> Result<(), Error> {
    match words.values().find(|weight| !weight.is_finite() || **weight < 0.0) {
        Some(weight) => fail(place, format!("权重 {weight} 不是非负的数")),
        None if words.values().sum::<f64>() > 0.0 => Ok(()),
        None => fail(place, "权重之和应大于零"),
    }
}

fn fail<T>(place: &str, message: impl Into<String>) -> Result<T, Error> {
    Err(Error::Meaning { place: place.to_owned(), message: message.into() })
}
