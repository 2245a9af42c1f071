//! Tables → facts: what is so about a team, a cadre, a lead or a talk as of the as-of date.
//!
//! Facts are the pack's expressions, evaluated as columns over all entities at once ([`World`]), with
//! the rows that decided them ([`Evidence`]). The archive's history enters as tables ([`system`]), and
//! so does what earlier stages of the run proposed or left pending. Unknown stays unknown.

mod evidence;
mod fork;
pub mod history;
pub mod system;
mod world;

pub use evidence::{Evidence, FactValue, Finder, Origin, Texts, Values, fact_value, text_at};
pub use fork::Readings;
pub use history::{Decision, History};
pub use world::{Error, FactRows, World, column_of};
