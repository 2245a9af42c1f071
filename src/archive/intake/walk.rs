//! Compares every row of a returned workbook with what was registered.
//!
//! An answer must never reach another person's line, a changed line or one that no longer stands, so a
//! single cell that differs refuses everything.

use std::collections::BTreeSet;

use super::answer::{self, Reader, Weighed, weigh};
use super::book;
use super::fault::{FoundAt, IntakeFault, ReturnedRow};
use super::held::{HeldRow, Registered};
use super::known::{Known, Titled};
use super::rows::{FilledRow, ReturnedSheet};
use super::{Session, TakenAnswer};
use crate::archive::error::Error;
use crate::archive::read::{GivenAnswers, first_run};
use crate::archive::registration::{RegisteredList, RowOf};
use crate::archive::stored::in_words;
use crate::fact::Decision;
use crate::fact::history::Pairs;
use crate::pack::printed;
use crate::place::A1;
use crate::table::{merged, text};

const TAKE_PUBLISHED: &str = "重新取用最近一次发布的名单，把答复填在上面";
pub(super) const RESTORE: &str = "恢复登记时的原文（可对照已发布的名单），只填写答复各列";

/// The headers that the list was published with are all there, once.
pub(super) fn headers(session: &mut Session<'_>, sheet: &ReturnedSheet, list: &RegisteredList) {
    for name in list.columns.iter().map(String::as_str).chain(list.answers().map(|(name, _)| name)) {
        let key = text::header_key(name);
        let found = sheet.columns.iter().filter(|(_, header)| *header == key).count();
        if found == 1 {
            continue;
        }
        let (reason, remedy) = if found == 0 {
            (format!("标题行缺少「{name}」一列"), "恢复这一列（标题和内容都不要改），或重新取用已发布的名单")
        } else {
            (format!("标题行有 {found} 列都叫「{name}」"), "只留一列")
        };
        session.faults.push(IntakeFault::header(sheet, name, reason, remedy));
    }
}

/// A note below the list (以上经研究同意, 审核人：…): no answer, nothing like a 处理编号, hardly a cell.
fn is_note(row: ReturnedRow<'_>, list: &RegisteredList) -> bool {
    const MOST: usize = 3;
    let filled = |name: &str| row.get(name).is_some();
    let has_header = |at: u32| row.sheet.columns.iter().any(|(column, _)| *column == at);
    let under_headers = row.row.cells.iter().filter(|(at, _)| has_header(*at)).count();
    let like_a_line =
        filled(printed::CHECK) && under_headers > 1 || first_run(&text::key(&row.shown(printed::LINE))).is_some();
    under_headers <= MOST && !like_a_line && !list.answers().any(|(name, _)| filled(name))
}

/// Compares the rows of a list or register; `seen` gathers those of it that stand in this workbook.
pub(super) fn rows<'k>(
    session: &mut Session<'k>,
    sheet: &ReturnedSheet,
    titled: &Titled<'k>,
    seen: &mut BTreeSet<usize>,
) -> Result<(), Error> {
    for row in sheet.rows().filter(|row| !is_note(*row, titled.list())) {
        if sheet.is_register {
            book::entry(session, row, titled, seen)?;
        } else {
            line(session, row, titled, seen)?;
        }
    }
    Ok(())
}

/// Every merged range in which more than one line lies, and every value beneath one that lies in a single line.
pub(super) fn merges(session: &mut Session<'_>, sheet: &ReturnedSheet, titled: &Titled<'_>) {
    let lines: Vec<&FilledRow> = sheet.rows().filter(|row| !is_note(*row, titled.list())).map(|row| row.row).collect();
    let numbers: Vec<u32> = lines.iter().map(|row| row.row).collect();
    let mut told = BTreeSet::new();
    let mut faults = Vec::new();
    let mut fault = |cell: String, reason: String, remedy: String| {
        if told.insert(cell.clone()) {
            faults.push(IntakeFault { file: sheet.file.clone(), sheet: sheet.name.clone(), cell, reason, remedy });
        }
    };
    for range in sheet.merges.all() {
        let (top, left, bottom, right) = *range;
        let within = merged::within(&numbers, &(top..=bottom));
        let name = merged::name(*range);
        if within.len() > 1 {
            let reason = format!("合并的单元格{name}跨{}行，不能看作每一行的内容", within.len());
            fault(A1(top, left).to_string(), reason, format!("取消{name}的合并，逐行填写"));
            continue;
        }
        for row in &lines[within] {
            for (column, cell) in row.cells.iter().filter(|(column, _)| (left..=right).contains(column)) {
                if (row.row, *column) != (top, left) {
                    let reason = format!("「{}」被合并的单元格{name}盖住，看不见", cell.shown);
                    let remedy = format!("取消{name}的合并，核对后填写；盖住的内容不需要的，清除");
                    fault(A1(row.row, *column).to_string(), reason, remedy);
                }
            }
        }
    }
    session.faults.append(&mut faults);
}

/// Why a row does not belong to the list.
fn foreign(known: &Known<'_>, titled: &Titled<'_>, id: &str) -> Result<Option<(String, &'static str)>, Error> {
    let unknown = || format!("档案中没有处理编号「{id}」");
    let Some(registered) = known.registered_for(id)? else {
        return Ok(Some((unknown(), "删去自己添加的行；名单要与 --archive 所指的档案配套")));
    };
    let Some(held) = registered.line(id) else {
        return Ok(Some(if registered.held_before(id, None) {
            (format!("「{id}」在最近一次运行（{}）中已不再提出", registered.title()), TAKE_PUBLISHED)
        } else {
            (unknown(), "删去自己添加的行；误改了处理编号的，恢复原文")
        }));
    };
    const ELSEWHERE: &str = "把它从这份名单中删去，在它自己的名单上答复";
    if registered.past.number != titled.of.past.number || held.list != titled.at {
        let list = &held.of.name;
        return Ok(Some((format!("「{id}」是{}《{list}》中的行，不属于这份名单", registered.title()), ELSEWHERE)));
    }
    let decider = registered.decider(held.of, held.row);
    let other = titled.authority.as_deref().filter(|authority| !same(decider, authority));
    Ok(other.map(|authority| (format!("「{id}」的管理权限是「{decider}」，这份名单只报「{authority}」的"), ELSEWHERE)))
}

fn same(one: &str, other: &str) -> bool {
    text::key(one) == text::key(other)
}

fn line<'k>(
    session: &mut Session<'k>,
    row: ReturnedRow<'_>,
    titled: &Titled<'k>,
    seen: &mut BTreeSet<usize>,
) -> Result<(), Error> {
    let id = text::key(&row.shown(printed::LINE));
    let id = id.as_str();
    if id.is_empty() {
        let reason = "这一行没有「处理编号」，不是登记过的行".to_owned();
        let remedy = "删去自己添加的行；误删了处理编号的，重新取用已发布的名单";
        session.faults.push(row.fault(printed::LINE, reason, remedy));
        return Ok(());
    }
    if let Some((reason, remedy)) = foreign(session.known, titled, id)? {
        session.faults.push(row.fault(printed::LINE, reason, remedy));
        return Ok(());
    }
    let Session { known, faults, amend, lines, recorded, places, .. } = session;
    let registered = titled.of;
    let held = registered.line(id).and_then(|held| Some((held, held.row.line()?)));
    let Some((held, line)) = held else { return Ok(()) };
    seen.insert(held.at);
    if let Some(earlier) = places.get(id).filter(|earlier| earlier.file == row.sheet.file) {
        let reason = format!("「{id}」（{}）重复出现，前面已在 {earlier}", line.subject_name);
        faults.push(row.fault(printed::LINE, reason, "只留一行"));
        return Ok(());
    }
    // A row of an earlier publication is refused as such; a changed one is read on, so that all its faults are told.
    if stale(faults, row, registered, id, &line.check)
        || superseded(faults, row, known, (registered, held), (printed::LINE, id))?
    {
        return Ok(());
    }
    let vocabulary = &registered.past.vocabulary;
    let words = &vocabulary.answers;
    let before = faults.len();
    let read = Reader { row, faults }.decision(line, held.of, vocabulary);
    let adopted = |answers: &'k GivenAnswers| line.adopted.as_ref().and_then(|(id, check)| answers.on(id, check));
    let filled = &held.row.filled;
    let given = read.clone().filter(|given| answer::united(filled, &given.0).as_ref() != Some(filled));
    // What the run filled in and comes back unchanged is no answer, whatever the archive has been told since.
    let untouched = read.filter(|_| given.is_none());
    let here = FoundAt { given: given.clone(), untouched: untouched.is_some(), ..row.at(printed::OPINION) };
    let earlier = places.insert(id.to_owned(), here);
    let Some(given) = given else {
        if faults.len() == before && earlier.is_none() {
            *if untouched.is_some() { &mut recorded.unchanged } else { &mut recorded.blank } += 1;
        }
        let answers = known.answers()?;
        if let Some((untouched, current)) = untouched.zip(answers.on(id, &line.check).or_else(|| adopted(answers)))
            && answer::united(&current.0, &untouched.0).is_none()
        {
            let (file, now) = (&row.sheet.file, in_words(current));
            let note = format!("{file}：「{id}」仍是发布时填入的答复，不作为新的答复；档案中现为「{now}」");
            recorded.notes.push(note);
        }
        // What another workbook says stands.
        if let Some(earlier) = earlier {
            places.insert(id.to_owned(), earlier);
        }
        return Ok(());
    };
    let told = match earlier.as_ref().and_then(|earlier| Some((earlier, earlier.given.as_ref()?))) {
        Some((place, told)) => match answer::united(&told.0, &given.0).map(Decision) {
            Some(both) if both == *told => return Ok(()),
            Some(both) => Some(both),
            None => {
                let here = row.at(printed::OPINION);
                for (one, other, (mine, theirs)) in [(place, &here, (told, &given)), (&here, place, (&given, told))] {
                    let reason = format!(
                        "「{id}」在两个工作簿中答复不同：这里为「{}」，{other} 为「{}」",
                        in_words(mine),
                        in_words(theirs)
                    );
                    faults.push(one.fault(reason, "查明以哪一份为准，把另一份改成一样或清空"));
                }
                return Ok(());
            }
        },
        None => None,
    };
    // Counted where it was first found, and completed here.
    let again = told.is_some();
    let given = told.unwrap_or(given);
    if let Some(earlier) = earlier.filter(|_| !again) {
        let counted = if earlier.untouched { &mut recorded.unchanged } else { &mut recorded.blank };
        *counted = counted.saturating_sub(1);
    }
    let count = usize::from(!again);
    let twin = known.twin(id)?;
    let answers = known.answers()?;
    let decided = |decision: &&Decision| words.decides(decision.opinion());
    let shared = twin.as_ref().and_then(|twin| {
        let told = lines.get(twin.id).map(|answered| &answered.decision);
        told.or_else(|| answers.on(twin.id, twin.check)).filter(decided)
    });
    let own = answers.on(id, &line.check).or_else(|| adopted(answers));
    // One decision for both, as soon as there is one; what this line said before it may be said again.
    let stands = |own: &&Decision| decided(own) || weigh(words, Some(&own.0), given.0.clone()) == Weighed::Same;
    let current = own.filter(stands).or(shared).or(own).map(|current| &current.0);
    let Decision(mut given) = given;
    // Beside the same opinion and method as ever, a cell that the run filled in and nobody changed is no answer, either.
    let decisive = [printed::OPINION, printed::METHOD];
    let as_given = |other: &Pairs| decisive.iter().all(|name| other.get(*name) == given.get(*name));
    if as_given(filled) && current.is_some_and(as_given) {
        given.retain(|name, text| {
            decisive.contains(&name.as_str()) || filled.get(name).is_none_or(|filled| !same(filled, text))
        });
    }
    let (decision, amends) = match weigh(words, current, given) {
        // Given here for the first time, though the other run's line has it already.
        Weighed::Same => match current.filter(|_| own.is_none()) {
            Some(decision) => (decision.clone(), false),
            None => {
                recorded.unchanged += count;
                return Ok(());
            }
        },
        Weighed::New(decision) => (decision, false),
        Weighed::Differs(decision, _) if *amend => (decision, true),
        Weighed::Differs(_, differences) => {
            let of = twin.filter(|_| own.filter(decided).is_none()).map_or("档案", |twin| twin.id);
            contradicts(faults, row, of, &differences);
            return Ok(());
        }
    };
    recorded.taken(amends, count);
    let decision = Decision(decision);
    let both = twin.filter(|_| shared.is_some_and(|shared| *shared != decision));
    let mut take = |id: &str, check: &str, registration, decision| {
        lines.insert(id.to_owned(), TakenAnswer { registration, check: check.to_owned(), decision, amends })
    };
    if let Some(twin) = both {
        take(twin.id, twin.check, twin.registration, decision.clone());
    }
    take(id, &line.check, registered.past.number, decision);
    Ok(())
}

/// `of` is what holds the other answer: the archive, or a line.
pub(super) fn contradicts(
    faults: &mut Vec<IntakeFault>,
    row: ReturnedRow<'_>,
    of: &str,
    differences: &[(String, String, String)],
) {
    for (name, old, new) in differences {
        let reason = format!("「{name}」与{of}不符：{of}为「{old}」，现为「{new}」");
        faults.push(row.fault(name, reason, "确属更正的，加 --amend 重新运行；否则改回档案中的答复或清空"));
    }
}

/// Whether the row is of an earlier publication by its 核对码; any other that is not today's is a fault, too.
fn stale(faults: &mut Vec<IntakeFault>, row: ReturnedRow<'_>, registered: &Registered, id: &str, check: &str) -> bool {
    let given = text::key(&row.shown(printed::CHECK));
    if given == text::key(check) {
        return false;
    }
    let held = registered.held_before(id, Some(&given));
    let (reason, remedy) = if held {
        (
            format!("核对码已过期：「{id}」的依据在最近一次运行（{}）中已变，名单是旧的", registered.title()),
            TAKE_PUBLISHED,
        )
    } else if given.is_empty() {
        (format!("「{id}」的核对码空白，登记为「{check}」"), RESTORE)
    } else {
        (format!("「{id}」的核对码被改动：登记为「{check}」，现为「{given}」"), RESTORE)
    };
    faults.push(row.fault(printed::CHECK, reason, remedy));
    held
}

/// Tells the cells that do not stand as registered. Whether the row says what an earlier publication printed: nobody has
/// changed it, it is only out of date, which is told instead. `key` is the column that names the row, and its name there.
pub(super) fn superseded(
    faults: &mut Vec<IntakeFault>,
    row: ReturnedRow<'_>,
    known: &Known<'_>,
    (registered, held): (&Registered, HeldRow<'_>),
    (column, id): (&str, &str),
) -> Result<bool, Error> {
    let differing = differing(row, &held.of.columns, &held.row.cells);
    if differing.is_empty() {
        return Ok(false);
    }
    let printed = known.printed_before(&registered.past, held.row)?;
    if !printed.iter().any(|(columns, cells)| self::differing(row, columns, cells).is_empty()) {
        faults.extend(differing.into_iter().map(|Differing { name, registered, shown, .. }| {
            let reason = format!("「{name}」与登记不符：登记为「{}」，现为「{}」", short(registered), short(&shown));
            row.fault(name, reason, RESTORE)
        }));
        return Ok(false);
    }
    let changed = row.sheet.columns.iter().filter(|(at, _)| differing.iter().any(|one| one.column == *at));
    let changed: String = changed.map(|(_, name)| format!("「{name}」")).collect();
    let title = registered.title();
    let reason = format!("这是较早一次发布的名单：「{id}」的{changed}在最近一次运行（{title}）中已不同，依据未变");
    faults.push(row.fault(column, reason, TAKE_PUBLISHED));
    Ok(true)
}

/// A cell that does not say what was registered.
pub(super) struct Differing<'c> {
    /// Of the sheet.
    column: u32,
    name: &'c str,
    registered: &'c str,
    shown: String,
}

/// Every compared cell of a row that does not say what was registered.
pub(super) fn differing<'c>(
    row: ReturnedRow<'_>,
    columns: &'c [String],
    cells: &'c [impl AsRef<str>],
) -> Vec<Differing<'c>> {
    let compared = columns.iter().zip(cells).filter(|(name, _)| *name != printed::CHECK);
    let found = compared.filter_map(|(name, registered)| {
        let (registered, shown) = (registered.as_ref(), row.shown(name));
        let column = row.sheet.column(name)?;
        (text::key(&shown) != text::key(registered)).then_some(Differing { column, name, registered, shown })
    });
    found.collect()
}

/// Long texts are told by their beginning.
fn short(given: &str) -> String {
    const LIMIT: usize = 60;
    if given.chars().count() <= LIMIT {
        return given.to_owned();
    }
    given.chars().take(LIMIT).chain(['…']).collect()
}

/// The registered rows of a list that this workbook lacks.
pub(super) fn missing(session: &mut Session<'_>, sheet: &ReturnedSheet, titled: &Titled<'_>, seen: &BTreeSet<usize>) {
    let (registered, list) = (titled.of, titled.list());
    let title = format!("{}《{}》", registered.title(), list.name);
    let authority = titled.authority.as_deref();
    let lost = list.rows.iter().enumerate().filter(|(at, row)| {
        let of = |authority: &str| list.is_register || same(registered.decider(list, row), authority);
        !seen.contains(at) && authority.is_none_or(of)
    });
    let (column, remedy) = (
        if list.is_register { printed::ID } else { printed::LINE },
        "恢复被删去的行（不答复的行留空即可），或重新取用已发布的名单",
    );
    let faults = lost.map(|(_, row)| {
        let named = match &row.of {
            RowOf::Line(line) => format!("「{}」（{}）", line.id, line.subject_name),
            RowOf::Entry { file, .. } => format!("「{file}」「{}」", row.subject_id),
        };
        IntakeFault::header(sheet, column, format!("缺少{named}这一行：它登记在{title}中"), remedy)
    });
    session.faults.extend(faults);
}
