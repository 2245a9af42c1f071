//! `sample.toml` of a pack, as written: how each of its tables is filled by chance.
//!
//! The words are the pack's; this is the vocabulary to draw them with. A city is a register of units
//! and of their members; `[[rows]]` says how many rows of a table stand for each of them, and per
//! column which cases there are. The first case whose `given` fits draws the cell; none: it is blank.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSample {
    pub units: RawUnits,
    #[serde(default)]
    pub words: Vec<RawWords>,
    #[serde(default, rename = "trait")]
    pub traits: Vec<RawTrait>,
    #[serde(default)]
    pub book: Vec<RawBook>,
    #[serde(default)]
    pub order: Vec<RawOrder>,
    pub rows: Vec<RawRows>,
    #[serde(default)]
    pub messy: RawMessy,
}

/// Units by the number of their members.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawUnits {
    pub from: u32,
    pub to: u32,
    /// Share of members that sit in the next unit too; their row there has position 0.
    #[serde(default)]
    pub again: f64,
}

/// A list of words, split by blanks; one that stands there twice is twice as frequent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWords {
    pub name: String,
    pub list: String,
}

/// Something about a subject that stands in no table, but that its rows depend on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTrait {
    /// Subject kind.
    pub of: String,
    pub name: String,
    pub weights: BTreeMap<String, f64>,
}

/// A workbook and its tables; a table in no book has one of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBook {
    pub name: String,
    pub tables: Vec<String>,
}

/// A table whose rows stand in the order of a date column, not in that of the registers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawOrder {
    pub table: String,
    pub by: String,
}

/// Rows of a table for each subject of a kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRows {
    pub table: String,
    /// Subject kind.
    pub per: String,
    /// Years of the rows, counted from the sample's.
    #[serde(default = "this_year")]
    pub years: Vec<i32>,
    /// A column of a closed set: as many rows as it has values, one each.
    pub each: Option<String>,
    /// Expected rows a subject and year (or value of `each`).
    #[serde(default = "one")]
    pub count: f64,
    #[serde(default)]
    pub given: BTreeMap<String, Vec<String>>,
    /// Columns in the order in which they are drawn; references and years fill themselves.
    #[serde(default)]
    pub column: Vec<RawColumn>,
}

fn this_year() -> Vec<i32> {
    vec![0]
}

fn one() -> f64 {
    1.0
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawColumn {
    pub name: String,
    /// The cases; a column with one case may write it here.
    #[serde(default)]
    pub cases: Vec<RawCase>,
    /// Share of blanks over all cases.
    #[serde(default)]
    pub blank: f64,
}

/// A way to draw a cell: exactly one of the keys after `blank`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCase {
    /// Column of the row, of the subject's or its unit's register row, trait, or `position` (in the unit, from 1).
    #[serde(default)]
    pub given: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub blank: f64,
    pub value: Option<String>,
    pub weights: Option<BTreeMap<String, f64>>,
    pub normal: Option<RawNormal>,
    pub steps: Option<RawSteps>,
    /// A day of the row's year, from and to as `MM-DD`.
    pub date: Option<[String; 2]>,
    /// A day so many days after another column's, never after the year of the sample.
    pub after: Option<RawAfter>,
    /// A month so many months before the row's year, as `YYYY.MM`.
    pub months_before: Option<[u32; 2]>,
    /// The row's year plus this.
    pub year: Option<i32>,
    /// A running number: `{n:5}` with leading zeros, `{year}`.
    pub serial: Option<String>,
    /// One of these patterns, with words from lists: `{姓}{名}`.
    pub words: Option<Vec<String>>,
    /// The same, but never the same words for two subjects.
    pub unique_words: Option<String>,
    /// People of the unit.
    pub members: Option<RawMembers>,
}

/// A rounded, bounded, normally distributed number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawNormal {
    pub mean: f64,
    pub deviation: f64,
    pub min: f64,
    pub max: f64,
    #[serde(default)]
    pub decimals: u32,
}

/// A word by the number in another column: the last step that is not above it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSteps {
    pub of: String,
    /// From low to high.
    pub from: Vec<(f64, String)>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAfter {
    pub of: String,
    pub days: [u32; 2],
}

/// Up to `most` people of the unit, of those that `given` fits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMembers {
    pub most: u32,
    #[serde(default)]
    pub given: BTreeMap<String, Vec<String>>,
}

/// The words of offices for `--messy`: what stands around the tables. Empty lists leave the thing out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawMessy {
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
