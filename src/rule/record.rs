//! What a run's rules said, as it is kept with the published lists and read again by programs.
//!
//! A [`Head`] names rules, conditions and values once; a [`Record`] is one team, cadre or row with the
//! verdicts about it and what they rest on. Nothing else is needed to explain the run later: neither
//! the workbooks nor the pack nor the archive.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::Tree;
use crate::fact::FactValue;
use crate::place::A1;

/// The form of what is kept; another number is another program's.
pub const FORM: u32 = 5;

/// What all records of a run share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub form: u32,
    /// `路径/文件.xlsx!工作表`, which records point to.
    pub sheets: Vec<String>,
    pub entities: Vec<EntityHead>,
    /// All rules of the pack, in its order.
    pub rules: Vec<RuleHead>,
    pub values: Vec<ValueHead>,
    pub parameters: Vec<ParameterHead>,
    /// What rows with several readings leave open, and why they are read in several ways.
    pub readings: Vec<(String, String)>,
    /// Who stands only in register rows that were put aside: no record tells of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aside: Vec<AsideHead>,
}

/// Somebody by a register row that was put aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AsideHead {
    /// The subject kind.
    pub kind: String,
    pub id: String,
    /// What the row calls them; other rows may give other names.
    pub name: String,
}

/// A kind of thing that rules speak about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityHead {
    /// The subject kind (`team`), or the table of the rows.
    pub kind: String,
    /// As people call it.
    pub name: String,
    /// A subject of a register, not a row.
    pub subject: bool,
    /// Rules evaluated about it (indices), in the order of [`Record::verdicts`].
    pub rules: Vec<usize>,
    /// In the order of [`Record::atoms`].
    pub atoms: Vec<AtomHead>,
    /// Values (indices) that a record may hold.
    pub values: Vec<usize>,
}

/// Part of a condition that is not taken apart any further.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AtomHead {
    /// In words.
    pub text: String,
    /// Values (indices) that it uses.
    pub uses: Vec<usize>,
    /// Parameters (indices) that it names itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<usize>,
    /// The measure it compares a value with, where it is a plain comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<ComparedLine>,
}

/// A line that a value is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedLine {
    /// The parameter's name, if it is one.
    pub name: String,
    pub line: String,
    /// The ordered set in which both stand, from low to high; empty for numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleHead {
    pub id: String,
    pub provision: String,
    pub citation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    /// Index of what it speaks about; none for a rule that this run does not evaluate.
    pub entity: Option<usize>,
    pub stage: u32,
    /// The runs it belongs to, by their letters.
    pub runs: String,
    /// Over the entity's atoms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Tree>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Tree>,
    pub proposes: Vec<ProposalHead>,
    /// It proposes nothing, but leaves cases open: for want of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Vec<String>>,
    /// It is carried out as a share of people that is to be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<QuotaHead>,
}

/// Values (indices) that say who is reached already, and whom the share is about where that is not everybody; the parameter
/// (an index) that says how large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaHead {
    pub reached: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalHead {
    pub action: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    pub to: To,
}

/// Whom a proposal reaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum To {
    Itself,
    /// Holders of the role in the unit, or in those where the member has the second role.
    Role(String, Option<String>),
    /// People named in this column.
    Named(String),
}

/// A value that conditions use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueHead {
    pub name: String,
    /// Index of the entity whose value it is.
    pub entity: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    /// Values (indices) that it is computed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<usize>,
    /// Parameters (indices) behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<usize>,
    /// The columns in which it is looked up, each with the parameter (index) it is compared with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<(String, Option<usize>)>,
    /// What it is where a record does not name it.
    pub common: FactValue,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterHead {
    pub name: String,
    pub value: String,
    pub unit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
}

/// One team, cadre or row; its texts are those of the run, or its own once it is read back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record<'a> {
    /// Index into [`Head::entities`].
    #[serde(rename = "e")]
    pub entity: usize,
    pub id: Cow<'a, str>,
    /// The subject's name; for a row empty.
    #[serde(rename = "n", default, skip_serializing_if = "str::is_empty")]
    pub label: Cow<'a, str>,
    /// Further names of a subject.
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Cow<'a, str>>,
    /// A member's seats: unit id and role; the first is in the home unit.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Whom a row is about: subject kind and id.
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// One letter per rule: `y` holds, `n` does not, `?` unknown, `-` does not speak about it.
    #[serde(rename = "v", default, skip_serializing_if = "String::is_empty")]
    pub verdicts: String,
    /// One letter per atom: `1`, `0`, `?`.
    #[serde(rename = "a", default, skip_serializing_if = "String::is_empty")]
    pub atoms: String,
    /// Values that are not the common one, or stand in cells.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Held<'a>>,
    /// Per unknown rule (by its place in the verdicts) what is missing.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<(usize, Vec<String>)>,
    /// Cells of rows with several readings, on which a verdict depends.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub ambiguous: Vec<CellRef<'a>>,
}

/// A value with the cells behind it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "HeldRow")]
pub struct Held<'a> {
    /// Index into [`Head::values`].
    pub value: usize,
    pub is: FactValue,
    pub witnesses: Vec<Witness<'a>>,
}

/// A value as it is written: without names, a run has millions of them; a witness with its text only where that is not
/// the value.
type HeldRow = (usize, FactValue, Vec<(Option<u32>, Address<'static>, usize, u8, Option<String>)>);

impl From<HeldRow> for Held<'_> {
    fn from((value, is, rows): HeldRow) -> Self {
        let witnesses = rows.into_iter().map(|(sheet, address, cell, decided, text)| {
            let text = text.or_else(|| is.text()).unwrap_or_default().into();
            Witness { place: CellRef { sheet, address }, cell, decided: decided > 0, text }
        });
        Held { value, witnesses: witnesses.collect(), is }
    }
}

impl Serialize for Held<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.witnesses.iter().map(|Witness { place, cell, decided, text }| {
            let text = (!matches!(&self.is, FactValue::Text(is) if is == text)).then_some(text);
            (place.sheet, &place.address, cell, u8::from(*decided), text)
        });
        (self.value, &self.is, rows.collect::<Vec<_>>()).serialize(serializer)
    }
}

/// A cell behind a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness<'a> {
    pub place: CellRef<'a>,
    /// Index into [`ValueHead::cells`].
    pub cell: usize,
    /// It decided; otherwise it was looked at.
    pub decided: bool,
    /// As shown.
    pub text: Cow<'a, str>,
}

/// A cell (index into [`Head::sheets`] and address) or, without a sheet, a line of this or an earlier run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CellRef<'a> {
    pub sheet: Option<u32>,
    pub address: Address<'a>,
}

/// Where in its sheet a cell stands, or which line of a run is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Address<'a> {
    At(A1),
    /// 处理编号.
    Said(Cow<'a, str>),
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::At(at) => at.fmt(f),
            Address::Said(said) => f.write_str(said),
        }
    }
}

impl Head {
    /// `路径/文件.xlsx!工作表!A12`, or `档案!<处理编号>`.
    pub fn cite(&self, place: &CellRef<'_>) -> String {
        match place.sheet {
            Some(sheet) => {
                format!("{}!{}", self.sheets.get(sheet as usize).map_or("", String::as_str), place.address)
            }
            None => format!("档案!{}", place.address),
        }
    }
}

impl<'a> Record<'a> {
    /// The value of an atom.
    pub fn atom(&self, at: usize) -> Option<bool> {
        match self.atoms.as_bytes().get(at) {
            Some(b'1') => Some(true),
            Some(b'0') => Some(false),
            _ => None,
        }
    }

    /// A value, with the cells behind it.
    pub fn value<'r>(&'r self, head: &'r Head, value: usize) -> (&'r FactValue, &'r [Witness<'a>]) {
        match self.values.iter().find(|held| held.value == value) {
            Some(held) => (&held.is, &held.witnesses),
            None => (head.values.get(value).map_or(&FactValue::Null, |value| &value.common), &[]),
        }
    }
}
