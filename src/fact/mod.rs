//! Tables → facts: what is so about a team, a cadre, a lead or a talk as of the as-of date.
//!
//! Facts are the pack's expressions, evaluated as columns over all entities at once ([`World`]), with
//! the rows that decided them ([`Lookup`]). The archive's history enters as tables ([`system`]), and
//! so does what earlier stages of the run proposed or left pending. Unknown stays unknown.

mod fork;
pub mod history;
mod lookup;
mod members;
pub mod system;
pub mod tree;
mod value;
mod world;

pub use fork::Readings;
pub use history::{Decision, History};
pub use lookup::{Evidence, EvidenceOf, Extent, Lookup, NameValues, OfLine, Origin, Witnessed};
pub use members::{Holders, Members, Subject};
pub use value::{FactValue, Texts, fact_value};
pub use world::{Error, FactRows, World, column_for, column_of};
