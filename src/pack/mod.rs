//! The rule pack: all policy as data, read from a folder of TOML files and checked once.
//!
//! `section` says how what stands in the files is declared together with what is meant ([`model`]): names resolved, sets
//! and types checked. An expression is parsed once, by `syntax`; `bind` gives its term ([`term`]) types and [`scope`] says what
//! its names mean; [`functions`] is the table of what it may use, [`compile`] turns it into polars expressions. The
//! built-in packs are embedded in the binary; `--pack DIR` reads another folder the same way.

mod assemble;
pub mod bind;
mod check;
pub mod compile;
pub mod dialect;
mod expression;
mod fault;
pub mod functions;
mod lint;
mod load;
pub mod model;
pub mod mutant;
pub mod printed;
pub mod recipients;
pub mod scope;
mod section;
mod show;
pub mod syntax;
mod template;
pub mod term;
mod written;

pub use assemble::{fits, nearest, stays_inside};
pub use fault::{Error, PackFault, Report};
pub use lint::{Lints, always_holds, lint};
pub use load::{
    GUIDE, SAMPLE, built_in, built_in_files, built_in_named, built_in_names, export, from_files, is, is_examples, load,
    open, syntax,
};
pub use model::*;
pub use section::day;
pub use show::{show, show_functions};
pub use template::{EXAMPLE, Template, TemplateBook};
