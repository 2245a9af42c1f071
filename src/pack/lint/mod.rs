//! What a pack may be loaded with and should still not have: one lint a file.
//!
//! A lint that claims an overlap or a gap prints a row of values that shows it; the values are found by trying
//! the small domains of what the conditions name ([`domain`]), with the expressions that a run evaluates.

mod always;
mod domain;
mod grades;
mod lists;
mod meeting;
mod overlap;
mod parameters;
mod provisions;
mod readings;
mod shown;
mod stages;
mod unknown;
mod unused;
mod words;

use std::fmt;

pub use overlap::always_holds;

use super::fault::PackFault;
use super::model::*;

/// All that the lints found, in the pack's order by lint.
#[derive(Debug)]
pub struct Lints {
    pub found: Vec<PackFault>,
    /// What the pack owns up to not having confirmed: no fault, and not forgotten either.
    unconfirmed: Vec<String>,
    files: Vec<(String, String)>,
}

impl Lints {
    /// How many are errors.
    pub fn errors(&self) -> usize {
        self.found.iter().filter(|lint| lint.error).count()
    }
}

impl fmt::Display for Lints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for lint in &self.found {
            writeln!(f, "{}\n", lint.render(&self.files))?;
        }
        for note in &self.unconfirmed {
            writeln!(f, "未能核实：{note}")?;
        }
        let errors = self.errors();
        match (errors, self.found.len() - errors) {
            (0, 0) => write!(f, "没有发现问题"),
            (errors, notices) => write!(f, "{errors} 处错误，{notices} 处提醒"),
        }
    }
}

/// Runs every lint.
pub fn lint(pack: &Pack) -> Lints {
    let mut found = Vec::new();
    words::lint(pack, &mut found);
    readings::lint(pack, &mut found);
    provisions::lint(pack, &mut found);
    parameters::lint(pack, &mut found);
    lists::lint(pack, &mut found);
    unused::lint(pack, &mut found);
    stages::lint(pack, &mut found);
    shown::lint(pack, &mut found);
    let domains = domain::Domains::new(pack);
    grades::lint(pack, &domains, &mut found);
    overlap::lint(pack, &domains, &mut found);
    always::lint(pack, &mut found);
    unknown::lint(pack, &mut found);
    meeting::lint(pack, &domains, &mut found);
    let parameters = pack.parameters.iter().map(|one| ("参数", &one.name, &one.unconfirmed));
    let rules = pack.rules.iter().map(|one| ("规则", &one.id, &one.unconfirmed));
    let notes =
        parameters.chain(rules).filter_map(|(kind, name, note)| Some(format!("{kind}「{name}」：{}", note.as_ref()?)));
    Lints { found, unconfirmed: notes.collect(), files: pack.files.clone() }
}
