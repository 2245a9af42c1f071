//! What an OpenDocument spreadsheet says beside its content: whether zeros are shown.

use super::super::error::Refusal;
use super::super::package::Package;
use super::super::xml::{Token, Xml};

const SETTINGS: &str = "settings.xml";

/// Whether the views show zeros; where none says so, whether the document does.
pub(super) fn shows_zeros(package: &Package) -> Result<bool, Refusal> {
    let Some(part) = package.find(SETTINGS)? else { return Ok(true) };
    let mut xml = Xml::named(package.stream(part)?, SETTINGS)?;
    let (mut of_views, mut of_document) = (None::<bool>, true);
    // How deep the reader is in the lists that the views are.
    let (mut lists, mut asked) = (0_u32, false);
    loop {
        match xml.next()? {
            Token::Start(tag) => {
                let is_list = tag.name.starts_with("config:config-item-map-");
                lists += u32::from(is_list);
                asked = tag.name == "config:config-item" && tag.text("config:name")? == "ShowZeroValues";
            }
            Token::Text(text) if asked => {
                let shown = text.trim_ascii() != "false";
                match lists {
                    0 => of_document &= shown,
                    _ => of_views = Some(of_views.unwrap_or(true) && shown),
                }
            }
            Token::Text(_) => {}
            Token::End(name) => {
                lists -= u32::from(name.starts_with("config:config-item-map-")).min(lists);
                asked = false;
            }
            Token::Eof => break,
        }
    }
    Ok(of_views.unwrap_or(of_document))
}
