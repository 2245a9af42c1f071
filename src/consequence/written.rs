//! Lines and pending cases as programs read them: `consequences.jsonl` and `pending.jsonl`, written and read back.
//!
//! Contract §4: outside programs read these files; the order of keys and lines is fixed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::people::People;
use super::{FactValue, Flag, Line, Origin, Pending, Subject};
use crate::pack::{Pack, Run};
use crate::table::Dataset;

/// A line of `consequences.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consequence<'a> {
    pub id: Cow<'a, str>,
    pub year: i32,
    pub run: Cow<'a, str>,
    pub action: Cow<'a, str>,
    pub subject_kind: Cow<'a, str>,
    pub subject_id: Cow<'a, str>,
    pub subject_name: Cow<'a, str>,
    pub unit_ids: Vec<Cow<'a, str>>,
    pub authority: Option<Cow<'a, str>>,
    pub options: Cow<'a, [String]>,
    pub rules: Vec<Cow<'a, str>>,
    pub grounds: Vec<ConsequenceGround<'a>>,
    pub flags: Cow<'a, [Flag]>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsequenceGround<'a> {
    pub rule: Cow<'a, str>,
    pub about: Cow<'a, str>,
    #[serde(serialize_with = "as_object", deserialize_with = "of_object")]
    pub facts: Cow<'a, [(String, FactValue)]>,
    /// Cells as the outputs cite them.
    pub sources: Vec<String>,
}

/// A line of `pending.jsonl`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenCase<'a> {
    pub rule: Cow<'a, str>,
    pub subject_kind: Cow<'a, str>,
    pub subject_id: Cow<'a, str>,
    pub missing: Cow<'a, [String]>,
    pub sources: Vec<String>,
}

impl ConsequenceGround<'_> {
    /// Whether rule, about and facts are the same, wherever they stand.
    pub fn says(&self, other: &ConsequenceGround<'_>) -> bool {
        (&self.rule, &self.about) == (&other.rule, &other.about)
            && self.facts.len() == other.facts.len()
            && self.facts.iter().all(|fact| other.facts.contains(fact))
    }
}

/// Facts in the order in which the rule names them.
fn as_object<S: Serializer>(facts: &[(String, FactValue)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(facts.iter().map(|(name, value)| (name, value)))
}

/// Read back they are compared, and their order says nothing.
fn of_object<'de, 'a, D: Deserializer<'de>>(from: D) -> Result<Cow<'a, [(String, FactValue)]>, D::Error> {
    Ok(BTreeMap::<String, FactValue>::deserialize(from)?.into_iter().collect())
}

/// Puts lines and pending cases of a run into this form.
#[derive(Clone, Copy)]
pub struct DataWriter<'a> {
    pub pack: &'a Pack,
    pub data: &'a Dataset,
    pub run: Run,
    pub people: &'a People<'a>,
}

impl DataWriter<'_> {
    pub fn consequence<'w>(&'w self, line: &'w Line) -> Consequence<'w> {
        let DataWriter { pack, data, run, people } = *self;
        let units = people.units(line.subject).iter();
        let authority = Some(people.authority(line.subject)).filter(|authority| !authority.is_empty());
        let grounds = line.grounds.iter().map(|ground| ConsequenceGround {
            rule: pack.rules[ground.rule].id.as_str().into(),
            about: ground.about.as_str().into(),
            facts: ground.facts.as_slice().into(),
            sources: self.cited(&ground.sources),
        });
        Consequence {
            id: line.id.as_str().into(),
            year: data.year,
            run: run.word().into(),
            action: pack.actions[line.action].name.as_str().into(),
            subject_kind: pack.subjects[line.subject.kind].kind.as_str().into(),
            subject_id: people.id(line.subject).into(),
            subject_name: people.label(line.subject).into(),
            unit_ids: units.map(|unit| people.id(Subject { kind: people.unit, index: *unit }).into()).collect(),
            authority: authority.map(Cow::from),
            options: line.options.as_slice().into(),
            rules: line.rules.iter().map(|rule| pack.rules[*rule].id.as_str().into()).collect(),
            grounds: grounds.collect(),
            flags: line.flags.as_slice().into(),
        }
    }

    pub fn pending<'w>(&'w self, case: &'w Pending) -> OpenCase<'w> {
        OpenCase {
            rule: case.rule.as_str().into(),
            subject_kind: self.pack.subjects[case.kind].kind.as_str().into(),
            subject_id: case.id.as_str().into(),
            missing: case.missing.as_slice().into(),
            sources: self.cited(&case.sources),
        }
    }

    /// `路径/文件.xlsx!工作表!A12`, or `档案!<处理编号>`.
    fn cited(&self, origins: &[Origin]) -> Vec<String> {
        let cited = origins.iter().map(|origin| match origin {
            Origin::Cell(cell) => self.data.cited(*cell).to_string(),
            Origin::Archive(id) => format!("档案!{id}"),
        });
        cited.collect()
    }
}
