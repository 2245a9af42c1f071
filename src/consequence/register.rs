//! The register of talks: which file each talk is entered in, and how far it has come.

use std::collections::BTreeMap;

use super::{Line, RegisterEntry, Subject};
use crate::fact::{Error, History, Texts, World};
use crate::pack::{Entity, Pack, RegisterBook};

/// Entries for all lines of the register's action, in register order of file, then subject.
///
/// # Errors
/// As [`World::new`].
pub fn entries(world: &World<'_>, history: &History, lines: &[Line]) -> Result<Vec<RegisterEntry>, Error> {
    let Some(book) = &world.pack.register else { return Ok(Vec::new()) };
    let talks = Talks::new(world, book)?;
    let mut found: BTreeMap<(Subject, usize), Vec<&Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.action == book.action) {
        for (file, definition) in book.files.iter().enumerate() {
            if definition.of == line.subject.kind && definition.rules.is_empty() {
                found.entry((line.subject, file)).or_default().push(line);
            } else if !definition.rules.is_empty() {
                // Entered for the unit that the line came through.
                for ground in &line.grounds {
                    let rule = &world.pack.rules[ground.rule];
                    let index = world.data.registers[definition.of].find(&ground.about);
                    if let (true, Some(index)) = (definition.rules.contains(&rule.id), index) {
                        let subject = Subject { kind: definition.of, index };
                        let lines = found.entry((subject, file)).or_default();
                        if !lines.iter().any(|known| known.id == line.id) {
                            lines.push(line);
                        }
                    }
                }
            }
        }
    }
    let states = [&book.states.undecided, &book.states.to_hold, &book.states.done];
    Ok(found
        .into_iter()
        .map(|((subject, file), lines)| {
            // The least advanced of its lines; dropped only when all are.
            let least = lines.iter().filter_map(|line| advance(world.pack, &talks, line)).min();
            let id = &world.data.registers[subject.kind].ids[subject.index as usize];
            let kind = &world.pack.subjects[subject.kind].kind;
            let key = (kind.clone(), id.clone(), book.files[file].name.clone());
            RegisterEntry {
                file,
                subject,
                lines: lines.iter().map(|line| line.id.clone()).collect(),
                state: least.map_or(&book.states.dropped, |at| states[at]).clone(),
                answers: history.register.get(&key).cloned().unwrap_or_default(),
            }
        })
        .collect())
}

/// 0 undecided, 1 to be held, 2 held; none: not carried out.
fn advance(pack: &Pack, talks: &Talks, line: &Line) -> Option<usize> {
    let opinion = line.decision.as_ref().map(|decision| &decision.opinion);
    match opinion {
        Some(opinion) if *opinion == pack.answers.agree => Some(if talks.held(line) { 2 } else { 1 }),
        Some(opinion) if [&pack.answers.refuse, &pack.answers.change].contains(&opinion) => None,
        _ => Some(0),
    }
}

/// Talks by line id, and members with a talk of the year that names no line.
struct Talks {
    by_line: std::collections::HashSet<String>,
    free: std::collections::HashSet<Subject>,
}

impl Talks {
    fn new(world: &World<'_>, book: &RegisterBook) -> Result<Self, Error> {
        let mut talks = Talks { by_line: Default::default(), free: Default::default() };
        let entity = Entity::Row(book.talks);
        let counts = world.truths(entity, &book.talk_when)?;
        let member = world.pack.membership.member;
        let frame = &world.data.tables[book.talks].frame;
        let (line, holder) = (Texts::of(frame, &book.talk_line), world.refers(entity, member));
        for (row, counts) in counts.into_iter().enumerate() {
            match line.as_ref().and_then(|line| line.at(row)) {
                Some(line) => {
                    talks.by_line.insert(line.into_owned());
                }
                None if counts => {
                    let held = holder.as_ref().and_then(|holder| holder.get(row));
                    talks.free.extend(held.map(|index| Subject { kind: member, index }));
                }
                None => {}
            }
        }
        Ok(talks)
    }

    fn held(&self, line: &Line) -> bool {
        self.by_line.contains(&line.id) || self.free.contains(&line.subject)
    }
}
