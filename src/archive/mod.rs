//! The only user of rusqlite: what was proposed, what was published, what a committee decided.
//!
//! A published run registers its proposals; decisions only ever bind to registered ones. Nothing is
//! deleted: a superseded proposal, an amended answer or a registration that was never published stays
//! in the history, and every entry is chained by hash to the one before.
//!
//! The life of a run: [`Archive::open`] → [`Archive::history`] → evaluate → [`Archive::unrecorded_answers`] →
//! [`Archive::register`], which stages the folder and commits while it is sealed ([`seal`]) → rename →
//! [`Archive::confirm`]. Killed anywhere, the next `open` settles what is open by what the folder holds.

mod chain;
mod docket;
mod error;
mod intake;
mod ledger;
mod migrations;
mod open;
mod people;
mod periods;
mod published;
mod read;
mod registration;
mod show;
mod stored;
mod tasks;
pub mod workdays;
mod write;

pub use error::Error;
pub use intake::{Intake, IntakeFault, Recorded};
pub use open::{Archive, Mode, WAIT, is_emptied};
pub use published::{SEAL, Ticket, Unrecorded, folder_name, open_lists, seal, sealed};
pub use read::Chronicle;
pub use registration::{
    FollowUp, Period, RegisteredLine, RegisteredList, RegisteredRow, RegisteredTalk, Registration, RowOf, Vocabulary,
};
pub use workdays::Calendar;
