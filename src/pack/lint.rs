//! What a pack may be loaded with and should still not have.

use super::fault::{Error, Fault, Report};
use super::model::*;

/// Refuses what settles a question that the Measures leave open without saying why: a parameter or a choice
/// of options carries a `reading`, or says that the Measures give it (`given = true`).
///
/// # Errors
/// Every such place, with file and line.
pub fn lint(pack: &Pack) -> Result<(), Error> {
    let mut faults = Vec::new();
    let mut tell = |place: &Place, message: String| {
        faults.push(Fault {
            file: place.file.clone(),
            span: place.span.clone(),
            message,
            remedy: "本部门自定的，请写明 reading = \"理由\"；原文已定的，请写 given = true".to_owned(),
        });
    };
    for parameter in &pack.parameters {
        if parameter.given == parameter.reading.is_some() {
            tell(&parameter.place, format!("参数「{}」没有说明是原文所定还是本部门口径", parameter.name));
        }
    }
    for rule in &pack.rules {
        for proposal in rule.proposals.iter().filter(|proposal| !proposal.options.is_empty()) {
            if !proposal.given && proposal.reading.is_none() {
                let action = &pack.actions[proposal.action].name;
                tell(&rule.place, format!("规则「{}」的「{action}」没有说明可选方式是原文所定还是本部门口径", rule.id));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Faults(Report::new(faults, &pack.files))) }
}
