//! The archive: chain, publication, answers.

// Lints of the crate; clippy only knows the test functions themselves as tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod chain;
mod history;
mod influence;
mod kill;
mod measures;
pub mod meeting;
mod merged;
mod office;
mod older;
mod papers;
mod people;
mod private;
mod publish;
mod record;
mod refused;
mod sheets;
mod story;
mod submitted;
mod talks;
mod tasks;
mod twins;
mod years;

use std::path::{Path, PathBuf};

use kaohe::archive::{Archive, Error, Intake, Mode, Recorded, Registration, Ticket, folder_name, seal};

/// Registers with nothing to be done beside it.
fn register(archive: &mut Archive, registration: &Registration, dir: &Path) -> Result<Ticket, Error> {
    let done = archive.register(registration.clone(), dir, || Ok::<(), ()>(()), |_| Ok(()))?;
    Ok(done.unwrap().0)
}

/// Publishes a registration the way a run does, and gives the run's folder.
fn publish(dir: &Path, registration: &Registration) -> PathBuf {
    let mut archive = Archive::open(&dir.join("档案.db"), Mode::Run).unwrap();
    let ticket = register(&mut archive, registration, dir).unwrap();
    let folder = dir.join(folder_name(registration.year, registration.run));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    sheets::write_all(registration, &folder);
    seal(&folder, &ticket).unwrap();
    archive.confirm(&ticket).unwrap();
    folder
}

fn record(dir: &Path, workbooks: &[PathBuf], amend: bool) -> Intake {
    Archive::open(&dir.join("档案.db"), Mode::Record).unwrap().record(workbooks, amend).unwrap()
}

#[track_caller]
fn taken(outcome: Intake) -> Recorded {
    match outcome {
        Intake::Taken(recorded) => recorded,
        Intake::Refused(faults) => {
            panic!("refused: {}", faults.iter().map(|fault| fault.to_string()).collect::<Vec<_>>().join("\n"))
        }
    }
}
