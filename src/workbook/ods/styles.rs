//! Which number format a cell of an OpenDocument spreadsheet has: its style, the style's parents, the default.

use std::collections::HashMap;

use super::super::error::Refusal;
use super::super::xml::Xml;
use super::super::{Look, Looks, cells};
use super::code::{self, DataStyle, StyleKind};

/// No style is further from its first forebear than this; one that descends from itself has none.
const DEEPEST: usize = 32;

/// The styles of one list: those with names of their own, or those that a program made for the cells at hand.
#[derive(Debug, Default)]
struct StyleList {
    data: HashMap<String, DataStyle>,
    cells: HashMap<String, CellStyle>,
}

#[derive(Debug, Default)]
struct CellStyle {
    parent: String,
    /// The data style; empty where the parent's counts.
    data: String,
}

/// All styles that matter, as read.
#[derive(Debug, Default)]
pub(super) struct Styles {
    named: StyleList,
    automatic: StyleList,
    /// Of cells that have no style.
    default: CellStyle,
    /// Styles of sheets, and whether such a sheet is hidden.
    pub hidden: HashMap<String, bool>,
}

/// How a cell's style shows numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    pub look: Look,
    /// None: as they are stored.
    pub kind: Option<StyleKind>,
}

/// The formats by the names of cell styles, and of cells without one.
#[derive(Debug)]
pub(super) struct Formats {
    by_name: HashMap<String, Format>,
    default: Format,
    /// Percentages by their decimals: for percentages of a style that shows none.
    percents: Vec<Look>,
    time: Look,
}

impl Styles {
    /// Reads a list of styles to its end.
    pub fn read(&mut self, xml: &mut Xml<'_>, automatic: bool) -> Result<(), Refusal> {
        while let Some(tag) = xml.child()? {
            if let Some(kind) = StyleKind::of(tag.name) {
                let name = tag.text("style:name")?.into_owned();
                let start = code::Start::new(kind, tag)?;
                let style = code::read(xml, start)?;
                let list = self.list(automatic);
                list.data.insert(name, style);
                cells::check_formats(list.data.len())?;
                continue;
            }
            let is_default = tag.name == "style:default-style";
            if tag.name != "style:style" && !is_default {
                xml.skip()?;
                continue;
            }
            let name = tag.text("style:name")?.into_owned();
            let family = tag.text("style:family")?.into_owned();
            let style = CellStyle {
                parent: tag.text("style:parent-style-name")?.into_owned(),
                data: tag.text("style:data-style-name")?.into_owned(),
            };
            let shown = table_is_shown(xml)?;
            if let Some(shown) = shown {
                self.hidden.insert(name, !shown);
                cells::check_formats(self.hidden.len())?;
            } else if family == "table-cell" && is_default {
                self.default = style;
            } else if family == "table-cell" {
                let list = self.list(automatic);
                list.cells.insert(name, style);
                cells::check_formats(list.cells.len())?;
            }
        }
        Ok(())
    }

    fn list(&mut self, automatic: bool) -> &mut StyleList {
        if automatic { &mut self.automatic } else { &mut self.named }
    }

    /// The formats of all cell styles.
    pub fn formats(&self, looks: &mut Looks) -> Result<Formats, Refusal> {
        let mut by_name = HashMap::new();
        // Names are gone through in order, so that looks are numbered alike each time.
        for automatic in [false, true] {
            let list = if automatic { &self.automatic } else { &self.named };
            let mut names: Vec<&String> = list.cells.keys().collect();
            names.sort();
            for name in names {
                let format = self.format(&list.cells[name], automatic, looks)?;
                by_name.insert(name.clone(), format);
            }
        }
        let default = self.format(&self.default, false, looks)?;
        let percents = (0..=10)
            .map(|decimals: usize| match decimals {
                0 => looks.look("0%"),
                _ => looks.look(&format!("0.{}%", "0".repeat(decimals))),
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(Formats { by_name, default, percents, time: looks.look("hh:mm:ss")? })
    }

    fn format(&self, style: &CellStyle, automatic: bool, looks: &mut Looks) -> Result<Format, Refusal> {
        let (mut style, mut automatic) = (style, automatic);
        for _ in 0..DEEPEST {
            if !style.data.is_empty() {
                // What stands in the named list knows nothing of the other.
                let found = if automatic { self.automatic.data.get(&style.data) } else { None };
                if let Some(data) = found.or_else(|| self.named.data.get(&style.data)) {
                    let look = looks.look(&self.code(data, automatic))?;
                    return Ok(Format { look, kind: Some(data.kind) });
                }
            }
            automatic = false;
            style = match self.named.cells.get(&style.parent) {
                Some(parent) => parent,
                None if std::ptr::eq(style, &self.default) => break,
                None => &self.default,
            };
        }
        Ok(Format { look: Look::PLAIN, kind: None })
    }

    fn code(&self, data: &DataStyle, automatic: bool) -> String {
        let section = |name: &String| {
            let found = if automatic { self.automatic.data.get(name) } else { None };
            found.or_else(|| self.named.data.get(name)).map_or("", |style| style.section.as_str())
        };
        let maps: Vec<(&str, &str)> =
            data.maps.iter().take(3).map(|(condition, name)| (condition.as_str(), section(name))).collect();
        code::compose(data, &maps)
    }
}

/// Reads a style to its end: whether sheets of it are shown, where it is one of sheets.
fn table_is_shown(xml: &mut Xml<'_>) -> Result<Option<bool>, Refusal> {
    let mut shown = None;
    while let Some(tag) = xml.child()? {
        if tag.name == "style:table-properties" {
            shown = Some(tag.attribute("table:display")? != Some("false"));
        }
        xml.skip()?;
    }
    Ok(shown)
}

impl Formats {
    /// The format of a cell style; of none where its name is empty.
    pub fn of(&self, style: &str) -> Format {
        self.by_name.get(style).copied().unwrap_or(self.default)
    }

    /// The look of a percentage: its style's, else one with the decimals that are seen in `shown`, or with two.
    pub fn percent(&self, format: Format, shown: &str) -> Look {
        if format.kind == Some(StyleKind::Percent) {
            return format.look;
        }
        let number = shown.trim().strip_suffix(['%', '％']);
        let decimals =
            number.map_or(2, |number| number.split_once(['.', ',']).map_or(0, |(_, decimals)| decimals.len()));
        self.percents[decimals.min(self.percents.len() - 1)]
    }

    /// The look of a time of day.
    pub fn time(&self, format: Format) -> Look {
        if matches!(format.kind, Some(StyleKind::Time | StyleKind::Date)) { format.look } else { self.time }
    }
}
