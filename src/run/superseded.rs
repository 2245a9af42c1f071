//! What a run proposes otherwise than the published one that it supersedes, for 变更对照.
//!
//! Compared are the lines as they were written for programs; what the old lists said of those that differ stands in
//! the archive that they were registered in.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use rayon::prelude::*;

use super::data::CONSEQUENCES;
use super::{Failure, Made};
use crate::archive::Archive;
use crate::compare::ChangeKind;
use crate::consequence::{Consequence, Pending};
use crate::handoff::changes::{Difference, MayHold, PrintedLine};
use crate::once::once;
use crate::pack::printed;

/// Lines of the run in `place` that are not proposed any more, or otherwise, with the place of today's.
struct Superseded {
    differing: Vec<(Consequence<'static>, Option<usize>)>,
    /// Which of today's lines it proposed, too.
    known: Vec<bool>,
}

impl Made<'_> {
    /// None where nothing is published in `place`; told where it cannot be read.
    pub(super) fn differences(
        &self,
        archive: &Archive,
        place: &Path,
        told: &dyn super::Audience,
    ) -> Result<Option<Vec<Difference<'_>>>, Failure> {
        let Superseded { differing, known } = match self.superseded(place) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let (place, changes) = (place.display(), printed::CHANGES);
                told.say(&format!("注意：「{place}」中上次结果的记录已损坏（{error}），这次不写 {changes}"));
                return Ok(None);
            }
        };
        let mut now: BTreeMap<usize, PrintedLine<'_>> = BTreeMap::new();
        let changed: BTreeSet<usize> = differing.iter().filter_map(|(_, at)| *at).collect();
        for table in &self.handed.lists {
            for row in table.rows.iter().filter(|row| !known[row.of] || changed.contains(&row.of)) {
                let text = |name: &str| table.column(name).map_or("", |column| &row.cells[column]).into();
                now.insert(row.of, PrintedLine::new(text));
            }
        }
        let ids: BTreeSet<&str> = differing.iter().map(|(was, _)| &*was.id).collect();
        let mut registered = archive.printed_lines(place, &ids)?;
        let mut open: BTreeMap<&str, Vec<&Pending>> = BTreeMap::new();
        for case in &self.outcome.pending {
            open.entry(&case.id).or_default().push(case);
        }
        let (mut withdrawn, mut other) = (Vec::new(), Vec::new());
        for (was, at) in differing {
            let doubt = if at.is_none() { self.doubt(&was, &open) } else { None };
            let old = match registered.remove(&*was.id) {
                Some(mut cells) => PrintedLine::new(|name| cells.remove(name).unwrap_or_default().into()),
                None => as_kept(was),
            };
            match at {
                Some(at) => other.push(Difference { old: Some(old), new: now.remove(&at), doubt }),
                None => withdrawn.push(Difference { old: Some(old), new: None, doubt }),
            }
        }
        // What is left is new; each kind stands in the order of ids, as lines do.
        let added = now.into_values().map(|new| Difference { old: None, new: Some(new), doubt: None });
        Ok(Some(added.chain(withdrawn).chain(other).collect()))
    }

    /// Whether a line that is proposed no more may only wait: for a fact of one of its rules, or for rows to be put right.
    fn doubt(&self, was: &Consequence<'_>, open: &BTreeMap<&str, Vec<&Pending>>) -> Option<MayHold> {
        let abouts = was.grounds.iter().map(|ground| &*ground.about);
        let concerned =
            || std::iter::once(&*was.subject_id).chain(abouts.clone()).chain(was.unit_ids.iter().map(|id| &**id));
        let cases = || concerned().filter_map(|id| open.get(id)).flatten();
        let missing = once(
            cases()
                .filter(|case| was.rules.iter().any(|rule| *rule == case.rule))
                .flat_map(|case| case.missing.clone()),
        );
        if !missing.is_empty() {
            return Some(MayHold::Waits(missing));
        }
        let names = &self.pack.pendings;
        let is_faulty = |case: &&Pending| [&names.rejected_row, &names.rejected_register].contains(&&case.rule);
        cases().any(is_faulty).then_some(MayHold::PutAside)
    }

    fn superseded(&self, place: &Path) -> io::Result<Superseded> {
        let text = std::fs::read_to_string(place.join(CONSEQUENCES))?;
        let lines = &self.outcome.lines;
        let writer = self.data_writer();
        let old: Vec<&str> = text.lines().collect();
        let compared = old.into_par_iter().map(|line| {
            let was: Consequence<'static> = serde_json::from_str(line)?;
            let at = lines.binary_search_by(|line| line.id.as_bytes().cmp(was.id.as_bytes())).ok();
            let is = at.map(|at| writer.consequence(&lines[at]));
            Ok((at, ChangeKind::of(Some(&was), is.as_ref()).map(|_| was)))
        });
        let mut found = Superseded { differing: Vec::new(), known: vec![false; lines.len()] };
        for (at, differing) in compared.collect::<io::Result<Vec<_>>>()? {
            if let Some(at) = at {
                found.known[at] = true;
            }
            found.differing.extend(differing.map(|was| (was, at)));
        }
        Ok(found)
    }
}

/// What the files for programs say of a line that another archive holds.
fn as_kept(was: Consequence<'static>) -> PrintedLine<'static> {
    let grounds = was.grounds.iter().map(|ground| {
        let facts: Vec<String> =
            ground.facts.iter().map(|(name, value)| format!("{name}：{}", value.said("—"))).collect();
        format!("{}（{}）{}", ground.rule, ground.about, facts.join("，"))
    });
    let facts = grounds.collect::<Vec<_>>().join("；");
    PrintedLine::new(|name| match name {
        printed::LINE => was.id.clone(),
        printed::SUBJECT => was.subject_name.clone(),
        printed::ID => was.subject_id.clone(),
        printed::ACTION => was.action.clone(),
        printed::METHODS => was.options.join("、").into(),
        printed::BASIS => was.rules.join("、").into(),
        printed::FACTS => facts.clone().into(),
        _ => "".into(),
    })
}
