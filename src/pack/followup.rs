//! What a pack says about the time after a meeting: further measures, talks, tasks and influence periods.

use super::model::Place;

/// A measure that a proposal may be changed to, beside the pack's actions and options.
#[derive(Debug, Clone)]
pub struct Measure {
    pub name: String,
    /// Since when it is called so; none: not known, and `reading` says more.
    pub from: Option<chrono::NaiveDate>,
    pub reading: Option<String>,
    /// What it means for the rules of later years, in words; the facts of the pack are what says so to the engine.
    pub means: String,
    pub place: Place,
}
