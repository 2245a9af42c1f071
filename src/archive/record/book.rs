//! Compares the rows of a returned register of talks with what was registered.

use std::collections::BTreeSet;

use super::answer::{Reader, Weighed, weigh_entry};
use super::compare::{RESTORE, as_printed, cells_differ, columns_at_fault, contradicts, is_note, superseded};
use super::fault::{Fault, Place};
use super::known::Target;
use super::rows::{Row, Sheet};
use super::{Filled, Session};
use crate::archive::error::Error;
use crate::archive::read::BookKey;
use crate::archive::stored::Pairs;
use crate::pack::printed;
use crate::table::text;

fn entry_key(sheet: &Sheet, row: &Row) -> (String, String) {
    (text::key(&row.shown(sheet, printed::FILE)), text::key(&row.shown(sheet, printed::ID)))
}

/// Compares the rows of the register of talks.
pub(super) fn rows(
    session: &mut Session<'_>,
    file: &str,
    sheet: &Sheet,
    target: Target,
    seen: &mut BTreeSet<usize>,
) -> Result<(), Error> {
    session.known.load_book()?;
    let answer_columns: Vec<String> = match session.known.peek(target.0, target.1) {
        Some(registered) => registered.lists[target.2].answer_columns().into_iter().map(str::to_owned).collect(),
        None => return Ok(()),
    };
    let columns: Vec<&str> = answer_columns.iter().map(String::as_str).collect();
    for row in &sheet.rows {
        if is_note(sheet, row, &columns) {
            continue;
        }
        let (name, id) = entry_key(sheet, row);
        if name.is_empty() || id.is_empty() {
            let reason = "这一行缺少「档案」或「编号」，不是登记过的行".to_owned();
            session.faults.push(Fault::cell(file, sheet, row, printed::FILE, reason, RESTORE));
            continue;
        }
        entry(session, file, sheet, target, row, (&name, &id), seen)?;
    }
    Ok(())
}

fn entry(
    session: &mut Session<'_>,
    file: &str,
    sheet: &Sheet,
    target: Target,
    row: &Row,
    (name, id): (&str, &str),
    seen: &mut BTreeSet<usize>,
) -> Result<(), Error> {
    let Session { known, faults, amend, entries, recorded, places, .. } = session;
    let Some(registered) = known.peek(target.0, target.1) else { return Ok(()) };
    let list = &registered.lists[target.2];
    // A team and a cadre may bear the same 编号: the one whose cells are these.
    let candidates = registered.entries_of(name, id);
    let alike = |at: &&usize| {
        let mut unheard = Vec::new();
        !cells_differ(&mut unheard, file, sheet, row, &list.columns, &registered.entries[**at].cells)
    };
    let Some(at) = candidates
        .iter()
        .find(alike)
        .or_else(|| candidates.iter().find(|at| !seen.contains(at)))
        .or(candidates.first())
        .copied()
    else {
        let reason = format!("{}《{}》中没有「{name}」「{id}」这一行", registered.title(), list.name);
        faults.push(Fault::cell(
            file,
            sheet,
            row,
            printed::ID,
            reason,
            "删去自己添加的行；误改了的恢复原文；重新运行过的，取用最近一次发布的登记表",
        ));
        return Ok(());
    };
    let entry = &registered.entries[at];
    let run = registered.run.code();
    let label = format!("{}/{run}/{}/{name}/{id}", registered.year, entry.kind);
    seen.insert(at);
    if let Some(earlier) = places.get(&label) {
        let reason = format!("「{name}」「{id}」重复出现，前面已在 {earlier}");
        faults.push(Fault::cell(file, sheet, row, printed::ID, reason, "只留一行"));
        return Ok(());
    }
    places.insert(label, Place::of(file, sheet, row, printed::ID));
    let before = faults.len();
    if cells_differ(faults, file, sheet, row, &list.columns, &entry.cells)
        && as_printed(sheet, row, &known.entry_printed_before(registered, entry)?)
    {
        let changed = columns_at_fault(faults, before, sheet);
        faults.push(superseded(file, sheet, row, printed::ID, id, &changed, registered));
        return Ok(());
    }
    let before = faults.len();
    let Some(mut given) = (Reader { file, sheet, row, faults }).entry(&list.extra) else {
        if faults.len() == before {
            recorded.blank += 1;
        }
        return Ok(());
    };
    // What the run filled in and comes back unchanged is no answer.
    given.retain(|name, text| entry.filled.get(name).is_none_or(|filled| text::key(filled) != text::key(text)));
    if given.is_empty() {
        recorded.unchanged += 1;
        return Ok(());
    }
    let key: BookKey = (registered.year, entry.kind.clone(), entry.id.clone(), entry.file.clone());
    // The half-year and the annual register share their entries and may come back together.
    let at = position(entries, &key, &entry.lines);
    let current = at.map(|at| &entries[at].content).or_else(|| known.entered(&key, &entry.lines)).cloned();
    let days = given.iter().filter(|(name, _)| list.extra.iter().any(|column| column.is_date && column.name == **name));
    let days: Pairs = days.map(|(name, day)| (name.clone(), day.clone())).collect();
    let number = registered.number;
    let (content, mut amends) = match weigh_entry(current.as_ref(), given) {
        Weighed::Same => {
            recorded.unchanged += 1;
            return Ok(());
        }
        Weighed::New(content) => (content, at.is_some_and(|at| entries[at].amends)),
        Weighed::Differs(content, _) if *amend => (content, true),
        Weighed::Differs(_, differences) => {
            contradicts(faults, file, sheet, row, "档案", &differences);
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
                contradicts(faults, file, sheet, row, "档案", &[(name.clone(), filled.clone(), day.clone())]);
            }
        }
        for other in registered.same_talk(entry) {
            let other_key: BookKey = (registered.year, other.kind.clone(), other.id.clone(), other.file.clone());
            let of = format!("《{}》", other.file);
            if let Some(at) = position(entries, &other_key, &other.lines) {
                if let Some(told) = entries[at].content.get(name).filter(|told| *told != day) {
                    let reason = format!("同一次谈话的「{name}」与{of}不符：那里为「{told}」，现为「{day}」");
                    faults.push(Fault::cell(file, sheet, row, name, reason, "查明以哪一份为准，把两份改成一样"));
                }
            } else if let Some(told) =
                known.entered(&other_key, &other.lines).filter(|told| told.get(name).is_some_and(|told| told != day))
            {
                if *amend {
                    amends = true;
                    let mut content = told.clone();
                    content.insert(name.clone(), day.clone());
                    let lines = other.lines.clone();
                    entries.push(Filled { key: other_key, lines, registration: number, content, amends });
                } else {
                    let told = told.get(name).cloned().unwrap_or_default();
                    contradicts(faults, file, sheet, row, &of, &[(name.clone(), told, day.clone())]);
                }
            }
        }
    }
    if faults.len() > before {
        return Ok(());
    }
    if amends {
        recorded.amended += 1;
    } else {
        recorded.new += 1;
    }
    let filled = Filled { lines: entry.lines.clone(), registration: number, content, amends, key };
    match at {
        Some(at) => entries[at] = filled,
        None => entries.push(filled),
    }
    Ok(())
}

/// What this call has taken of a row that names one of these lines.
fn position(entries: &[Filled], key: &BookKey, lines: &[String]) -> Option<usize> {
    entries.iter().rposition(|filled| filled.key == *key && filled.lines.iter().any(|line| lines.contains(line)))
}
