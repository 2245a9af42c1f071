//! Plain terms as SQL of another engine: the table of [`super::functions`] says how, so that there is one place for it.
//!
//! Numbers are double precision everywhere, as here; ranked choices are their places where they are compared.

use super::functions::{Op, entry, filled};
use super::term::{Interval, Kind, Literal, Node, Term};

/// Whose SQL is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    DuckDb,
    Spark,
}

impl Dialect {
    pub const ALL: [Dialect; 2] = [Dialect::DuckDb, Dialect::Spark];

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Dialect::DuckDb => "duckdb",
            Dialect::Spark => "spark",
        }
    }

    /// A name in quotes.
    pub fn name(self, name: &str) -> String {
        match self {
            Dialect::DuckDb => format!("\"{}\"", name.replace('"', "\"\"")),
            Dialect::Spark => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A text in quotes.
    pub fn text(self, text: &str) -> String {
        let text = if self == Dialect::Spark { text.replace('\\', "\\\\") } else { text.to_owned() };
        format!("'{}'", text.replace('\'', if self == Dialect::Spark { "\\'" } else { "''" }))
    }

    /// The column type of a kind.
    pub fn kind(self, kind: &Kind) -> &'static str {
        match kind {
            Kind::Null | Kind::Truth | Kind::Interval => "BOOLEAN",
            Kind::Number { .. } => "DOUBLE",
            Kind::Day => "DATE",
            Kind::Text | Kind::Choice(_) | Kind::List if self == Dialect::Spark => "STRING",
            Kind::Text | Kind::Choice(_) | Kind::List => "VARCHAR",
        }
    }

    /// A plain term; `names` gives the column that stands for a name.
    pub fn print(self, term: &Term, names: &dyn Fn(&Term) -> String) -> String {
        let (op, parts) = match &term.node {
            Node::Name(..) => return names(term),
            Node::Value(value) => return self.value(value, &term.kind),
            Node::Call(op, parts) => (op, parts),
        };
        let said: Vec<String> = parts.iter().map(|part| self.print(part, names)).collect();
        let of = |at: usize| said.get(at).map_or("NULL", String::as_str);
        let text = match op {
            Op::Digits => match self {
                Dialect::DuckDb => format!("CAST(PRINTF('%.14e', {}) AS DOUBLE)", of(0)),
                // Sail writes zero as NaNe-2147483648; Spark itself never does.
                Dialect::Spark => format!(
                    "TRY_CAST(REPLACE(REPLACE(FORMAT_STRING('%.14e', {}), '-NaNe-2147483648', '0'), 'NaNe-2147483648', '0') AS DOUBLE)",
                    of(0)
                ),
            },
            Op::Truncate => format!("CASE WHEN {0} < 0 THEN CEIL({0}) ELSE FLOOR({0}) END", of(0)),
            Op::Rank(set) => {
                let places = set.words.iter().enumerate();
                let whens = places.map(|(at, word)| format!(" WHEN {} THEN {at}e0", self.text(word)));
                format!("CASE {}{} END", of(0), whens.collect::<String>())
            }
            Op::Word(set) => {
                let places = set.words.iter().enumerate();
                let whens = places.map(|(at, word)| format!(" WHEN {at}e0 THEN {}", self.text(word)));
                format!("CASE {}{} END", of(0), whens.collect::<String>())
            }
            Op::Later | Op::Earlier => match parts.get(1).map(|part| &part.node) {
                Some(Node::Value(Literal::Interval(period))) => self.moved(of(0), *period, *op == Op::Earlier),
                _ => "NULL".to_owned(),
            },
            Op::Left | Op::Right | Op::Substring => {
                let counts = parts.iter().skip(1).map(|part| match part.node {
                    Node::Value(Literal::Whole(count)) => count.to_string(),
                    _ => "0".to_owned(),
                });
                let all: Vec<String> = std::iter::once(of(0).to_owned()).chain(counts).collect();
                filled(entry(op).map_or("", |entry| entry.duckdb), &all)
            }
            op => {
                let template = entry(op).map_or("", |entry| match self {
                    Dialect::Spark => entry.spark.unwrap_or(entry.duckdb),
                    Dialect::DuckDb => entry.duckdb,
                });
                filled(template, &said)
            }
        };
        format!("({text})")
    }

    fn value(self, value: &Literal, kind: &Kind) -> String {
        match value {
            Literal::Null | Literal::Interval(_) if *kind == Kind::Null => "NULL".to_owned(),
            Literal::Null | Literal::Interval(_) => format!("CAST(NULL AS {})", self.kind(kind)),
            Literal::Truth(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
            // With an exponent a number is double precision, not decimal.
            Literal::Whole(value) => signed(format!("{:e}", *value as f64)),
            Literal::Number(value) => signed(format!("{value:e}")),
            Literal::Text(text) => self.text(text),
            Literal::Day(day) => format!("DATE '{day}'"),
        }
    }

    fn moved(self, of: &str, period: Interval, back: bool) -> String {
        let sign = if back { -1 } else { 1 };
        let (months, days) = (sign * period.months, sign * period.days);
        match self {
            Dialect::DuckDb => format!("CAST({of} + TO_MONTHS({months}) + TO_DAYS({days}) AS DATE)"),
            Dialect::Spark => format!("DATE_ADD(ADD_MONTHS({of}, {months}), {days})"),
        }
    }
}

fn signed(number: String) -> String {
    if number.starts_with('-') { format!("({number})") } else { number }
}
