//! Rows that say the same record twice.
//!
//! Saying exactly the same, the later one is superfluous. Saying different things, none can be
//! believed and all are put aside: nobody is listed by whichever row happened to come first.

use crate::finding::{Code, Flaw};
use crate::pack::{Key, KeyPart};

use super::column::{EMPTY, SameMeaning};
use super::directory::Who;
use super::judge::Work;
use super::refer::ColumnFlaw;

/// What came of it.
#[derive(Debug, Default)]
pub struct Duplicates {
    pub flaws: Vec<(usize, ColumnFlaw)>,
    /// Rows that only repeat an earlier one.
    pub repeated: Vec<usize>,
}

/// Finds the rows with one key.
pub fn find(work: &Work<'_>) -> Duplicates {
    let mut found = Duplicates::default();
    let Some(key) = &work.table.key else { return found };
    let mut groups: Vec<Vec<usize>> = vec![(0..work.rejected.len()).filter(|row| !is_excluded(work, *row)).collect()];
    // Nearly every row stands alone, and soonest by its subject or id: it need not be told apart by the other parts.
    let is_year = |part: &&KeyPart| matches!(part, KeyPart::Column(column) if work.table.year == Some(*column));
    let (years, others): (Vec<&KeyPart>, Vec<&KeyPart>) = key.parts.iter().partition(is_year);
    for (at, part) in others.into_iter().chain(years).enumerate() {
        groups = narrowed(groups, values(work, part));
        if at == 0 && !key.same.is_empty() {
            same_names(work, key, &groups, &mut found);
        }
    }
    for group in groups {
        let differing: Vec<usize> =
            (0..work.rows.cells.len()).filter(|column| differs(work, *column, &group)).collect();
        let subject_differs = work.whos.iter().any(|whos| group.windows(2).any(|pair| whos[pair[0]] != whos[pair[1]]));
        // A row that is rejected for a reason of its own says something else than a sound one.
        let faulty = |row: &usize| work.rejected[*row];
        let half_faulty = group.iter().any(faulty) && !group.iter().all(faulty);
        if differing.is_empty() && !subject_differs && !half_faulty {
            let kept = group.iter().position(|row| !work.rejected[*row]);
            found.repeated.extend(
                group
                    .iter()
                    .enumerate()
                    .filter(|(at, row)| Some(*at) != kept && !work.rejected[**row])
                    .map(|(_, row)| *row),
            );
            continue;
        }
        report(work, key, &group, &differing, &mut found);
    }
    found
}

/// Parts groups of rows by one more value. Rows that stand alone then, or have none, are left out.
fn narrowed(groups: Vec<Vec<usize>>, value: impl Fn(usize) -> Option<u32>) -> Vec<Vec<usize>> {
    let mut parted: Vec<Vec<usize>> = Vec::new();
    for group in groups {
        let mut rows: Vec<(u32, usize)> = group.into_iter().filter_map(|row| Some((value(row)?, row))).collect();
        // Most tables are in the order of their register.
        rows.sort_unstable();
        let alike = rows.chunk_by(|one, other| one.0 == other.0).filter(|alike| alike.len() > 1);
        parted.extend(alike.map(|alike| alike.iter().map(|(_, row)| *row).collect::<Vec<_>>()));
    }
    // By their first rows.
    parted.sort_unstable();
    parted
}

/// What a part of the key is in a row, as a number; none where the row does not say.
fn values<'a>(work: &'a Work<'_>, part: &'a KeyPart) -> Box<dyn Fn(usize) -> Option<u32> + 'a> {
    match part {
        KeyPart::Column(column) if work.table.year == Some(*column) => {
            Box::new(|row| work.years.get(row).copied().flatten().map(|year| year as u32))
        }
        KeyPart::Column(column) => {
            let (cells, soft) = (&work.rows.cells[*column], work.soft[*column]);
            let meanings = cells.meanings();
            let default = work.world.schema.coercions[work.index][*column].default.as_ref();
            // Where nobody writes the word that a blank stands for, it is told apart by the blank's own code.
            let of_default = default.map(|value| (SameMeaning::of(value, ""), cells.code_of(value).unwrap_or(EMPTY)));
            Box::new(move |row| {
                if cells.is_good(row) {
                    return Some(meanings[cells.codes[row] as usize]);
                }
                let (meant, word) = of_default.as_ref()?;
                (cells.entry(row).meaning(default, soft) == *meant).then_some(*word)
            })
        }
        KeyPart::Subject(kind) => Box::new(|row| subject(work, *kind, row).map(Who::number)),
    }
}

/// The subject of a kind that a row refers to.
fn subject(work: &Work<'_>, kind: usize, row: usize) -> Option<Who> {
    work.table
        .references
        .iter()
        .zip(&work.whos)
        .filter(|(reference, _)| reference.subject == kind)
        .find_map(|(_, whos)| whos[row])
}

/// Rows that do not take part: their subject is not known, or they are of no account. A register row is about whom its id
/// names; others must be known to be about somebody.
fn is_excluded(work: &Work<'_>, row: usize) -> bool {
    let of_nobody = || !work.whos.is_empty() && work.whos.iter().all(|whos| whos[row].is_none());
    work.gone[row] || (work.rejected[row] && !work.table.register && of_nobody())
}

/// A subject as people read it.
fn named(work: &Work<'_>, kind: usize, who: Who) -> String {
    let directory = &work.directories[kind];
    match who {
        Who::Known(known) => format!("「{}」（{}）", directory.labels[known as usize], directory.id(who)),
        Who::PutAside(_) => format!("「{}」", directory.id(who)),
    }
}

/// Whether the rows of a group do not all say the same in a column. How people and units are written
/// does not matter where they are known.
fn differs(work: &Work<'_>, column: usize, group: &[usize]) -> bool {
    if work.table.year == Some(column) {
        return false;
    }
    for (reference, whos) in work.table.references.iter().zip(&work.whos) {
        let names = reference.id == column
            || reference.label == column
            || reference.within.is_some_and(|(_, id, label)| id == column || label == column);
        if names && group.iter().all(|row| whos[*row].is_some()) {
            return false;
        }
    }
    let (cells, soft) = (&work.rows.cells[column], work.soft[column]);
    let default = work.world.schema.coercions[work.index][column].default.as_ref();
    let meaning = |row: usize| cells.entry(row).meaning(default, soft);
    group.windows(2).any(|pair| cells.codes[pair[0]] != cells.codes[pair[1]] && meaning(pair[0]) != meaning(pair[1]))
}

fn report(work: &Work<'_>, key: &Key, group: &[usize], differing: &[usize], found: &mut Duplicates) {
    let first = differing.first().copied();
    let column = key.report.or(first).unwrap_or(0);
    let shown = if differing.contains(&column) { column } else { first.unwrap_or(column) };
    let name = |column: usize| work.table.columns[column].name.as_str();
    let others: Vec<&str> = differing.iter().filter(|other| **other != shown).map(|other| name(*other)).collect();
    let what = key_text(work, key, group[0]);
    let mut reason = format!("{what}有{}行，所填{}不一致：{}", group.len(), name(shown), places(work, shown, group));
    if differing.is_empty() && group.iter().any(|row| work.rejected[*row]) {
        reason = format!("{what}有{}行，其中有的另有错误：{}", group.len(), places(work, column, group));
    } else if differing.is_empty() {
        let mut names: Vec<String> = Vec::new();
        for (reference, whos) in work.table.references.iter().zip(&work.whos) {
            for who in group.iter().filter_map(|row| whos[*row]) {
                let name = named(work, reference.subject, who);
                if !names.contains(&name) && names.len() < 5 {
                    names.push(name);
                }
            }
        }
        let rows = places(work, column, group);
        reason = format!("{what}有{}行，所指对象不同：{}；各行在{rows}", group.len(), names.join("、"));
    } else if !others.is_empty() {
        reason = format!("{reason}；不一致的还有{}", others.join("、"));
    }
    let flaw = Flaw::rejected(code(work, group, Code::DuplicateDiffers), reason, "请核实哪一行正确，只保留一行");
    found.flaws.extend(group.iter().map(|row| (*row, (column, flaw.clone()))));
}

/// Rows in several workbooks are a matter of several offices, each of which may see its own alone.
fn code(work: &Work<'_>, group: &[usize], within_one: Code) -> Code {
    let book = |row: usize| work.world.data.sheets[work.rows.origin[row].0.0 as usize].book;
    let apart = group.windows(2).any(|pair| book(pair[0]) != book(pair[1]));
    if apart { Code::DuplicateElsewhere } else { within_one }
}

/// What a key stands for: `「张三」（K1）2015年`, `线索编号「X3」`.
fn key_text(work: &Work<'_>, key: &Key, row: usize) -> String {
    let mut told = String::new();
    for part in &key.parts {
        told += &match part {
            KeyPart::Column(column) if work.table.year == Some(*column) => {
                work.years[row].map(|year| format!("{year}年")).unwrap_or_default()
            }
            KeyPart::Column(column) => match work.rows.cells[*column].entry(row).shown {
                "" => String::new(),
                shown => format!("{}「{shown}」", work.table.columns[*column].name),
            },
            KeyPart::Subject(kind) => subject(work, *kind, row).map(|who| named(work, *kind, who)).unwrap_or_default(),
        };
    }
    told
}

/// `「称职」（附件1.xlsx!Sheet1!F3）、…`.
fn places(work: &Work<'_>, column: usize, group: &[usize]) -> String {
    let cite = |row: usize| {
        let (sheet, line) = work.rows.origin[row];
        work.world.data.cite_row(sheet, line, column)
    };
    let mut told: Vec<String> = group
        .iter()
        .take(5)
        .map(|row| {
            let shown = work.rows.cells[column].entry(*row).shown;
            let value = if shown.is_empty() { "（空）".to_owned() } else { format!("「{shown}」") };
            format!("{value}（{}）", cite(*row))
        })
        .collect();
    if group.len() > 5 {
        told.push("…".to_owned());
    }
    told.join("、")
}

/// One id under several names: none of its rows can be believed.
fn same_names(work: &Work<'_>, key: &Key, groups: &[Vec<usize>], found: &mut Duplicates) {
    let Some(KeyPart::Column(id)) = key.parts.first() else { return };
    for group in groups {
        for column in &key.same {
            let cells = &work.rows.cells[*column];
            let said = |row: usize| cells.entry(row).meaning(None, false);
            let named: Vec<usize> = group.iter().copied().filter(|row| cells.is_good(*row)).collect();
            if named.windows(2).all(|pair| said(pair[0]) == said(pair[1])) {
                continue;
            }
            let (id_name, name) = (&work.table.columns[*id].name, &work.table.columns[*column].name);
            let shown = work.rows.cells[*id].entry(group[0]).shown;
            let mut different: Vec<usize> = Vec::new();
            for row in &named {
                // More than are told need not be looked for.
                if different.len() < 6 && !different.iter().any(|other| said(*other) == said(*row)) {
                    different.push(*row);
                }
            }
            let reason = format!(
                "{id_name}「{shown}」在《{}》中有不同的{name}：{}",
                work.table.name,
                places(work, *column, &different)
            );
            let remedy = format!("请核对：同一人的各行应写同一{name}，不同的人应各有自己的{id_name}");
            let flaw = Flaw::rejected(code(work, group, Code::ContradictorySubject), reason, remedy);
            found.flaws.extend(group.iter().map(|row| (*row, (*column, flaw.clone()))));
        }
    }
}
