//! Compares a row of a returned register of talks with what was registered.

use std::collections::BTreeSet;

use super::answer::{Reader, Weighed, weigh};
use super::fault::ReturnedRow;
use super::held::HeldRow;
use super::known::Titled;
use super::walk::{RESTORE, contradicts, differing, superseded};
use super::{FilledEntry, Session};
use crate::archive::error::Error;
use crate::archive::read::BookKey;
use crate::archive::registration::RegisteredRow;
use crate::fact::history::Pairs;
use crate::pack::printed;
use crate::table::text;

/// Compares a row of the register of talks.
pub(super) fn entry<'k>(
    session: &mut Session<'k>,
    row: ReturnedRow<'_>,
    titled: &Titled<'k>,
    seen: &mut BTreeSet<usize>,
) -> Result<(), Error> {
    let [name, id] = [printed::FILE, printed::ID].map(|column| text::key(&row.shown(column)));
    if name.is_empty() || id.is_empty() {
        let reason = "这一行缺少「档案」或「编号」，不是登记过的行".to_owned();
        session.faults.push(row.fault(printed::FILE, reason, RESTORE));
        return Ok(());
    }
    let Session { known, faults, amend, entries, recorded, places, .. } = session;
    let (registered, list) = (titled.of, titled.list());
    // A team and a cadre may bear the same 编号: the one whose cells are these.
    let candidates = || registered.entries_of(&name, &id);
    let alike = |held: &HeldRow<'_>| differing(row, &list.columns, &held.row.cells).is_empty();
    let found = candidates().find(alike).or_else(|| candidates().find(|held| !seen.contains(&held.at)));
    let held = found.or_else(|| candidates().next());
    let Some((held, (of_file, of_lines))) = held.and_then(|held| Some((held, held.row.entry()?))) else {
        let reason = format!("{}《{}》中没有「{name}」「{id}」这一行", registered.title(), list.name);
        let remedy = "删去自己添加的行；误改了的恢复原文；重新运行过的，取用最近一次发布的登记表";
        let column = if registered.is_file(&name) { printed::ID } else { printed::FILE };
        faults.push(row.fault(column, reason, remedy));
        return Ok(());
    };
    let (past, entry) = (&registered.past, held.row);
    let label = format!("{}/{}/{}/{name}/{id}", past.year, past.run.code(), entry.subject_kind);
    seen.insert(held.at);
    if let Some(earlier) = places.get(&label) {
        let reason = format!("「{name}」「{id}」重复出现，前面已在 {earlier}");
        faults.push(row.fault(printed::ID, reason, "只留一行"));
        return Ok(());
    }
    places.insert(label, row.at(printed::ID));
    if superseded(faults, row, known, (registered, held), (printed::ID, &id))? {
        return Ok(());
    }
    let before = faults.len();
    let mut given = Reader { row, faults }.filled(list);
    if faults.len() > before || given.is_empty() {
        recorded.blank += usize::from(faults.len() == before);
        return Ok(());
    }
    // What the run filled in and comes back unchanged is no answer.
    given.retain(|name, text| entry.filled.get(name).is_none_or(|filled| text::key(filled) != text::key(text)));
    if given.is_empty() {
        recorded.unchanged += 1;
        return Ok(());
    }
    let key_of = |row: &RegisteredRow<'_>, file: &str| -> BookKey {
        (past.year, row.subject_kind.to_string(), row.subject_id.to_string(), file.to_owned())
    };
    let key = key_of(entry, of_file);
    // The half-year and the annual register share their entries and may come back together.
    let at = position(entries, &key, of_lines);
    let current = match at {
        Some(at) => Some(entries[at].content.clone()),
        None => known.entered(&key, of_lines)?.cloned(),
    };
    let days = given.iter().filter(|(name, _)| list.extra.iter().any(|column| column.is_date && column.name == **name));
    let days: Pairs = days.map(|(name, day)| (name.clone(), day.clone())).collect();
    let number = past.number;
    let (content, mut amends) = match weigh(&past.vocabulary.answers, current.as_ref(), given) {
        Weighed::Same => {
            recorded.unchanged += 1;
            return Ok(());
        }
        Weighed::New(content) => (content, at.is_some_and(|at| entries[at].amends)),
        Weighed::Differs(content, _) if *amend => (content, true),
        Weighed::Differs(_, differences) => {
            contradicts(faults, row, "档案", &differences);
            return Ok(());
        }
    };
    // A talk has one day, in whichever file it is entered; the run may have filled it in.
    let before = faults.len();
    for (name, day) in
        days.iter().filter(|(name, day)| current.as_ref().and_then(|current| current.get(*name)) != Some(day))
    {
        if let Some(filled) =
            entry.filled.get(name).filter(|_| current.as_ref().is_none_or(|current| !current.contains_key(name)))
        {
            amends = true;
            if !*amend {
                contradicts(faults, row, "档案", &[(name.clone(), filled.clone(), day.clone())]);
            }
        }
        for other in registered.same_talk(held) {
            let Some((other_file, other_lines)) = other.row.entry() else { continue };
            let (other_key, of) = (key_of(other.row, other_file), format!("《{other_file}》"));
            if let Some(at) = position(entries, &other_key, other_lines) {
                if let Some(told) = entries[at].content.get(name).filter(|told| *told != day) {
                    let reason = format!("同一次谈话的「{name}」与{of}不符：那里为「{told}」，现为「{day}」");
                    faults.push(row.fault(name, reason, "查明以哪一份为准，把两份改成一样"));
                }
            } else if let Some(told) =
                known.entered(&other_key, other_lines)?.filter(|told| told.get(name).is_some_and(|told| told != day))
            {
                if *amend {
                    amends = true;
                    let mut content = told.clone();
                    content.insert(name.clone(), day.clone());
                    let lines = other_lines.to_vec();
                    entries.push(FilledEntry { key: other_key, lines, registration: number, content, amends });
                } else {
                    let told = told.get(name).cloned().unwrap_or_default();
                    contradicts(faults, row, &of, &[(name.clone(), told, day.clone())]);
                }
            }
        }
    }
    if faults.len() > before {
        return Ok(());
    }
    recorded.taken(amends, 1);
    let filled = FilledEntry { lines: of_lines.to_vec(), registration: number, content, amends, key };
    match at {
        Some(at) => entries[at] = filled,
        None => entries.push(filled),
    }
    Ok(())
}

/// What this call has taken of a row that names one of these lines.
fn position(entries: &[FilledEntry], key: &BookKey, lines: &[String]) -> Option<usize> {
    entries.iter().rposition(|filled| filled.key == *key && filled.lines.iter().any(|line| lines.contains(line)))
}
