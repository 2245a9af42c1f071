//! What .xlsx and .xlsb have in common: how their parts refer to each other, by id, type and target.

use super::cells::{self, Strings};
use super::error::Refusal;
use super::package::Package;
use super::xml::Xml;
use super::{Looks, Parser, SheetName};

/// No honest list of relations is bigger than this.
const MOST_LIST: u64 = 16 << 20;

/// A reference from one part to another.
#[derive(Debug)]
pub(super) struct Relation {
    pub id: String,
    /// The last step of its type: `worksheet`, `sharedStrings`.
    pub kind: String,
    /// The path of the part that is meant.
    pub target: String,
}

/// A workbook in parts.
#[derive(Debug)]
pub(super) struct OpcBook {
    pub package: Package,
    pub list: SheetList,
    pub strings: Strings,
    pub looks: Looks,
    /// The book asks to be computed when it is opened: nobody has seen the results of its formulas.
    pub computes_anew: bool,
    pub parser: Parser,
}

/// The sheets of cells.
#[derive(Debug, Default)]
pub(super) struct SheetList {
    pub sheets: Vec<SheetName>,
    /// The part of each.
    pub parts: Vec<String>,
    relations: Vec<Relation>,
}

/// Reads a part into the book.
type PartReader = fn(&mut OpcBook, &str) -> Result<(), Refusal>;

impl OpcBook {
    /// With its formats and texts, and no sheet yet.
    pub fn new(
        package: Package,
        main: &str,
        parser: Parser,
        (styles, strings): (PartReader, PartReader),
    ) -> Result<OpcBook, Refusal> {
        let list = SheetList { relations: relations(&package, main)?, ..SheetList::default() };
        let (texts, looks) = (Strings::default(), Looks::default());
        let mut book = OpcBook { package, list, strings: texts, looks, computes_anew: false, parser };
        for (kind, read) in [("styles", styles), ("sharedStrings", strings)] {
            let of_kind = book.list.relations.iter().filter(|relation| relation.kind == kind);
            let parts: Vec<String> = of_kind.map(|relation| relation.target.clone()).collect();
            for part in parts {
                if book.package.find(&part)?.is_some() {
                    read(&mut book, &part)?;
                }
            }
        }
        Ok(book)
    }
}

impl SheetList {
    /// Lists a sheet by the id of its part; charts, dialogs and macro sheets hold no cells.
    pub fn add(&mut self, sheet: SheetName, id: &str) -> Result<(), Refusal> {
        let found = self.relations.iter().find(|relation| relation.id == id);
        let relation = found.ok_or_else(|| Refusal::damaged(format!("工作表「{}」没有对应的部件", sheet.name)))?;
        if relation.kind != "worksheet" {
            return Ok(());
        }
        if self.parts.contains(&relation.target) {
            return Err(Refusal::damaged(format!("两张工作表指向同一部件 {}", relation.target)));
        }
        cells::add_sheet(&mut self.sheets, sheet)?;
        self.parts.push(relation.target.clone());
        Ok(())
    }
}

/// The part that holds the list of sheets.
pub(super) fn main_part(package: &Package) -> Result<String, Refusal> {
    let root = relations(package, "")?;
    if let Some(main) = root.into_iter().find(|relation| relation.kind == "officeDocument") {
        return Ok(main.target);
    }
    for usual in ["xl/workbook.xml", "xl/workbook.bin"] {
        if package.find(usual)?.is_some() {
            return Ok(usual.to_owned());
        }
    }
    Err(Refusal::damaged("压缩包中没有工作簿部件"))
}

/// The references that `part` makes; none where it has no such list.
pub(super) fn relations(package: &Package, part: &str) -> Result<Vec<Relation>, Refusal> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let list = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    let Some(found) = package.find(&list)? else { return Ok(Vec::new()) };
    if found.size > MOST_LIST {
        return Err(Refusal::too_large(format!("部件 {list} 有 {} 字节", found.size)));
    }
    let mut xml = Xml::new(package.stream(found)?, &list)?;
    let mut relations = Vec::new();
    while let Some(tag) = xml.next_tag()? {
        if tag.local() != "Relationship" || tag.attribute("TargetMode")? == Some("External") {
            continue;
        }
        relations.push(Relation {
            id: tag.text("Id")?.into_owned(),
            kind: tag.text("Type")?.rsplit('/').next().unwrap_or_default().to_owned(),
            target: resolve(folder, &tag.text("Target")?),
        });
    }
    Ok(relations)
}

/// The path of a target: absolute, or relative to the folder of the part that names it.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut steps = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}
