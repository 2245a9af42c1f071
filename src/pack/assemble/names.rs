//! Names in a pack that become names of files and folders.
//!
//! A pack comes from elsewhere: what it calls its lists must not lead out of the run's folder, fall
//! together with a file that every run writes, or be refused by Windows.

use super::super::printed;
use super::super::section::Name;
use super::{Builder, RawFile};

/// What every run writes beside the pack's lists.
const TAKEN: [&str; 11] = [
    "总览",
    "待定事项",
    "数据问题清单",
    "退回单",
    printed::FORMS,
    printed::PAGES,
    printed::MEETING,
    printed::SUBMITTED,
    printed::CHANGES,
    "data",
    "run",
];
const LONGEST: usize = 60;
/// A table also names a sheet, for which Excel takes so many UTF-16 units.
const LONGEST_TABLE: usize = 31;

/// Whether a name, or names with `/` between them, can be given to files and leads nowhere else.
pub fn stays_inside(path: &str) -> bool {
    let fits = |part: &str| {
        let odd = |character: char| character.is_control() || "\\:*?\"<>|".contains(character);
        !part.trim().is_empty() && !part.ends_with('.') && !part.contains(odd)
    };
    path.split('/').all(fits)
}

impl Builder {
    /// Lists, the register of talks, the folder of letters, and tables (as empty workbooks).
    pub(super) fn names_of_files(&mut self, file: &str, content: &RawFile) {
        file.clone_into(&mut self.file);
        let lists = content.list.iter().map(|list| &list.name);
        let book = content.register_book.iter().map(|book| &book.name);
        let folder = content.notices.iter().map(|notices| &notices.folder);
        for name in lists.chain(book).chain(folder) {
            self.name_of_file(name, LONGEST);
            if TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(name.get_ref())) {
                let message = format!("「{}」是每次运行自己写出的文件", name.get_ref());
                self.fault(name.span(), message, "请另起名称".into());
            }
        }
        for table in &content.table {
            self.name_of_file(&table.name, LONGEST_TABLE);
        }
    }

    fn name_of_file(&mut self, name: &Name, longest: usize) {
        let text = name.get_ref();
        let fits = |character: char| character.is_alphanumeric() || "-_（）()〔〕·、 ".contains(character);
        let upper = text.to_ascii_uppercase();
        let port = |port: &str| upper.strip_prefix(port).is_some_and(|rest| rest.len() == 1);
        let device = ["CON", "PRN", "AUX", "NUL"].contains(&upper.as_str()) || port("COM") || port("LPT");
        let plain = !text.is_empty() && text.trim() == text && text.chars().all(fits);
        if !plain || device || text.encode_utf16().count() > longest {
            let message = format!("「{text}」不能用作文件名");
            let remedy =
                format!("只用文字、数字和 - _ （） 、 等符号，不超过{longest}字，不用 CON 等 Windows 保留的名称");
            self.fault(name.span(), message, remedy);
        }
    }
}
