//! A pack as written: what serde finds in the TOML files, before names are resolved.
//!
//! Everything that is looked up elsewhere is [`Spanned`], so that a fault can be shown in its file.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

pub type Name = Spanned<String>;

/// One file; every section may stand in any file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawFile {
    pub name: Option<String>,
    pub version: Option<String>,
    pub title: Option<String>,
    pub city: Option<String>,
    pub measures: Option<String>,
    pub parts: Option<BTreeMap<String, String>>,
    /// Words over other headers that change nothing about them.
    pub groups: Option<Vec<Name>>,
    pub answers: Option<RawAnswers>,
    pub pendings: Option<RawPendings>,
    pub notices: Option<RawNotices>,
    pub membership: Option<RawMembership>,
    pub register_book: Option<RawRegisterBook>,
    pub subject: Vec<RawSubject>,
    pub alias: Vec<RawAlias>,
    pub table: Vec<RawTable>,
    pub row: Vec<RawRow>,
    pub parameter: Vec<RawParameter>,
    pub fact: Vec<RawFact>,
    pub fork: Vec<RawFork>,
    pub rule: Vec<RawRule>,
    pub list: Vec<RawList>,
    pub action: Vec<RawAction>,
    pub quota: Vec<RawQuota>,
    pub hint: Vec<RawHint>,
    pub measure: Vec<RawMeasure>,
    pub talks: Option<RawTalks>,
    /// Facts that are somebody's grade of a year, for the page about one subject.
    pub grades: Option<Vec<Name>>,
    pub influence: Vec<RawInfluence>,
    pub task: Vec<RawTask>,
    pub form: Vec<RawForm>,
    pub page: Vec<RawPage>,
    pub ratio: Vec<RawRatio>,
    pub cross: Vec<RawCross>,
    pub silent: Vec<RawSilent>,
    pub together: Vec<RawGroupOfRules>,
    pub exclusive: Vec<RawGroupOfRules>,
    pub equivalent: Vec<RawEquivalent>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAnswers {
    pub agree: String,
    pub refuse: String,
    pub defer: String,
    pub change: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPendings {
    pub rejected_row: String,
    pub rejected_register: String,
    pub register: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawNotices {
    pub folder: Name,
    pub title: String,
    pub draft: String,
    pub from: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMembership {
    pub table: Name,
    pub member: Name,
    pub unit: Name,
    pub role: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSubject {
    pub kind: Name,
    pub code: Name,
    pub name: String,
    pub register: Name,
    pub id: Name,
    pub label: Name,
    pub other_labels: Option<Name>,
    pub authority: Option<Name>,
    pub post: Option<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAlias {
    pub column: Name,
    pub names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTable {
    pub name: Name,
    #[serde(default)]
    pub sent_by: String,
    pub absent: Name,
    #[serde(default)]
    pub register: bool,
    #[serde(default)]
    pub assessment: bool,
    pub year: Option<Name>,
    pub date: Option<Name>,
    pub looks_back: Option<Name>,
    #[serde(default)]
    pub tells_gone: bool,
    #[serde(default)]
    pub keeps_gone: bool,
    pub key: Option<RawKey>,
    #[serde(default)]
    pub refers: Vec<RawReference>,
    pub column: Vec<RawColumn>,
    #[serde(default)]
    pub check: Vec<RawCheck>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawKey {
    pub columns: Vec<Name>,
    pub report: Option<Name>,
    #[serde(default)]
    pub same: Vec<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawReference {
    pub kind: Name,
    pub id: Name,
    pub label: Name,
    pub within: Option<RawWithin>,
    pub when: Option<RawWhen>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWithin {
    pub kind: Name,
    pub id: Name,
    pub label: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWhen {
    pub column: Name,
    pub value: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawColumn {
    pub name: Name,
    #[serde(rename = "type")]
    pub kind: Name,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub required: bool,
    pub one_of: Option<String>,
    #[serde(default)]
    pub values: Vec<String>,
    #[serde(default)]
    pub ordered: bool,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub default: Option<Name>,
    #[serde(default)]
    pub not_after_year: bool,
    #[serde(default)]
    pub percent: bool,
    /// People columns: of which subject kind, and how they are split.
    #[serde(rename = "kind")]
    pub people: Option<Name>,
    pub separators: Option<String>,
    /// Line columns: the column that must not contradict the line's year, and whose line it must be.
    pub year: Option<Name>,
    pub about: Option<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCheck {
    pub when: Name,
    pub column: Name,
    pub severity: Name,
    #[serde(default)]
    pub blank: bool,
    pub reason: String,
    pub remedy: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRow {
    pub table: Name,
    pub about: Name,
    #[serde(default)]
    pub shown: Vec<Name>,
    pub about_unit: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawParameter {
    pub name: Name,
    #[serde(default)]
    pub unit: String,
    pub reference: String,
    pub reading: Option<String>,
    pub unconfirmed: Option<String>,
    #[serde(default)]
    pub given: bool,
    pub min: Option<f64>,
    pub max: Option<f64>,
    #[serde(default)]
    pub whole: bool,
    #[serde(default)]
    pub one_of: Vec<String>,
    pub values: Vec<RawDated>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDated {
    pub from: Spanned<toml::value::Datetime>,
    pub value: Spanned<RawValue>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum RawValue {
    Int(i64),
    Number(f64),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFact {
    pub name: Name,
    pub of: Name,
    pub is: Option<Name>,
    pub from: Option<Name>,
    pub given: Option<Name>,
    pub value: Option<Name>,
    pub absent: Option<Name>,
    pub by: Option<Name>,
    #[serde(default)]
    pub shows: Vec<Name>,
    #[serde(default)]
    pub covered: bool,
    #[serde(default)]
    pub cells: Vec<RawCell>,
    pub text: Option<String>,
    pub reading: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCell {
    pub column: Name,
    pub when: Option<Name>,
    pub line: Option<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFork {
    pub table: Name,
    pub fact: Name,
    pub when: Name,
    pub values: Vec<Name>,
    pub missing: String,
    pub reading: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    pub id: Name,
    pub provision: Option<Name>,
    pub runs: Name,
    pub stage: u32,
    pub of: Name,
    pub scope: Option<Name>,
    pub when: Option<Name>,
    #[serde(default)]
    pub propose: Vec<RawProposal>,
    pub marks: Option<Vec<String>>,
    #[serde(default)]
    pub about: Vec<Name>,
    /// Facts that its lines tell beside those that its condition names.
    #[serde(default)]
    pub shows: Vec<Name>,
    #[serde(default)]
    pub confidential: bool,
    pub reading: Option<String>,
    pub unconfirmed: Option<String>,
    #[serde(default)]
    pub given: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawProposal {
    /// The action; without it `by` chooses one.
    pub action: Option<Name>,
    /// A fact whose word is the action, or the option of the action that is named.
    pub by: Option<Name>,
    /// Words of that fact from which nothing follows.
    #[serde(default)]
    pub none: Vec<Name>,
    pub to: Spanned<RawRecipient>,
    #[serde(default)]
    pub options: Vec<Name>,
    pub reading: Option<String>,
    #[serde(default)]
    pub given: bool,
}

/// `"itself"`, `{ role, via }` or `{ named, by }`; which of them is checked when the pack is built.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum RawRecipient {
    Word(String),
    Group(RawGroup),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawGroup {
    pub role: Option<String>,
    pub via: Option<String>,
    pub named: Option<String>,
    pub by: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawList {
    pub name: Name,
    pub title: Option<String>,
    pub order: Option<Name>,
    pub empty: String,
    #[serde(default)]
    pub answers: Vec<RawAnswerColumn>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAnswerColumn {
    pub name: String,
    #[serde(default)]
    pub date: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAction {
    pub name: Name,
    pub list: Name,
    pub tone: Name,
    #[serde(default)]
    pub options: Vec<String>,
    #[serde(default)]
    pub announced: bool,
    #[serde(default)]
    pub asks: String,
    #[serde(default)]
    pub due: String,
    pub beside: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRegisterBook {
    pub name: Name,
    pub title: Option<String>,
    pub provision: String,
    pub action: Name,
    pub talks: Name,
    pub talk_date: Name,
    pub talk_when: Name,
    pub talk_line: Name,
    pub talk_is: RawWhen,
    pub states: RawStates,
    pub answers: Vec<RawAnswerColumn>,
    pub files: Vec<RawRegisterFile>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawStates {
    pub undecided: String,
    pub to_hold: String,
    pub done: String,
    pub dropped: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRegisterFile {
    pub name: String,
    pub of: Name,
    #[serde(default)]
    pub rules: Vec<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawQuota {
    pub rule: Name,
    pub action: Name,
    pub runs: Name,
    pub of: Name,
    pub share: Name,
    #[serde(default)]
    pub among: Option<Name>,
    pub reached: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawHint {
    pub text: String,
    pub of: Name,
    pub when: Name,
    #[serde(default)]
    pub actions: Vec<Name>,
    pub dates: Option<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTalks {
    pub table: Name,
    pub date: Name,
    pub kind: Name,
    pub year: Name,
    pub line: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawInfluence {
    pub name: String,
    pub action: Name,
    pub talk: Option<Name>,
    pub months: Name,
    pub on: Vec<Name>,
    #[serde(default)]
    pub on_of_year: Vec<Name>,
    pub of_year: Option<Name>,
    pub may_be_of_year: Option<Name>,
    pub texts: RawInfluenceTexts,
    pub reading: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawInfluenceTexts {
    pub running: String,
    pub undated: String,
    pub of_year: String,
    #[serde(default)]
    pub may_be_of_year: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTask {
    pub what: Name,
    pub actions: Vec<Name>,
    pub talk: Option<Name>,
    pub days: Option<u32>,
    pub working_days: Option<u32>,
    pub months: Option<u32>,
    pub until: Option<Name>,
    pub done: Option<Name>,
    pub done_by_talk: Option<Name>,
    #[serde(default)]
    pub only_set: bool,
    pub reading: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawForm {
    pub name: Name,
    #[serde(default = "yes")]
    pub addressed: bool,
    pub actions: Vec<Name>,
    pub from: String,
    pub opening: String,
    pub asks: String,
    pub due: String,
    pub until: Option<Name>,
    pub unsaid: String,
    #[serde(default)]
    pub pen: Vec<RawPen>,
    #[serde(default)]
    pub signatures: Vec<String>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPen {
    pub label: String,
    pub lines: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPage {
    pub title: Name,
    pub action: Name,
    pub mark: String,
    pub note: String,
    pub tables: Vec<RawPageTable>,
    pub grades: RawPageGrades,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPageTable {
    pub title: String,
    pub table: Name,
    pub columns: Vec<Name>,
    pub line: Option<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPageGrades {
    pub title: String,
    pub table: Name,
    pub grade: Name,
    pub year: Name,
}

/// A further measure that a proposal may be changed to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMeasure {
    pub name: Name,
    pub from: Option<Spanned<toml::value::Datetime>>,
    pub reading: Option<String>,
    pub means: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRatio {
    pub name: String,
    pub of: Name,
    pub counted: Name,
    pub among: Name,
    #[serde(default)]
    pub limits: Vec<RawDated>,
    pub reference: String,
    #[serde(default)]
    pub warns: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCross {
    pub title: String,
    pub of: Name,
    pub given: Name,
    pub rows: Name,
    pub columns: Name,
    #[serde(default)]
    pub chart: bool,
}

/// Values of a column from which nothing follows, and why that is right.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSilent {
    pub table: Name,
    pub column: Name,
    pub values: Vec<Name>,
    pub reading: String,
}

/// Rules that are meant to hold together, or never to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawGroupOfRules {
    pub rules: Vec<Name>,
    pub reading: String,
}

/// A mutant that says the same as the pack, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEquivalent {
    pub mutant: Name,
    pub reading: String,
}
