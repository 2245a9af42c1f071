//! All that the archive tells about, as it stands on a day: read once for the ledger, `show` and 逐人.

use chrono::NaiveDate;

use super::docket::{Docket, dockets};
use super::error::Error;
use super::open::Archive;
use super::read::book_answers;
use super::registration::RegisteredTalk;
use super::tasks::{Due, Standing, talks, tasks};
use super::workdays::Calendar;
use crate::fact::history::Entered;

/// What the archive holds, as it stands on a day.
#[derive(Default)]
pub(super) struct Standings {
    pub dockets: Vec<Docket>,
    pub talks: Vec<RegisteredTalk>,
    pub entered: Vec<Entered>,
    pub due: Vec<Due>,
}

impl Archive {
    /// How many tasks are overdue and how many are due soon on a day.
    pub fn due(&self, as_of: NaiveDate, calendar: &Calendar) -> Result<(usize, usize), Error> {
        let due = self.standings(Some(as_of), calendar)?.due;
        let count = |standing| due.iter().filter(|due| due.standing == standing).count();
        Ok((count(Standing::Overdue), count(Standing::Soon)))
    }

    /// All that the ledger tells about, read once.
    pub(super) fn standings(&self, as_of: Option<NaiveDate>, calendar: &Calendar) -> Result<Standings, Error> {
        self.read(|connection| {
            let dockets = dockets(connection)?;
            let talks = talks(connection, dockets.iter().map(|docket| &docket.past))?;
            let due = tasks(&dockets, &talks, as_of, calendar);
            Ok(Standings { dockets, talks, entered: book_answers(connection)?, due })
        })
    }
}
