//! Why an input folder or a workbook cannot be read: every message names the book (and the sheet), the cause and the remedy.
//!
//! Any of these fails the run: a workbook that is left out in silence would make people vanish. Inside a format
//! a [`Refusal`] says only what is wrong; the book's name and the remedy are added on the way out.

use std::io;

use crate::finding::in_words;

/// A folder, file or sheet that cannot be read.
#[derive(Debug)]
pub struct Error {
    book: String,
    sheet: Option<String>,
    fault: Refusal,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}。{}", self.reason(), self.remedy())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Refusal::Io(source) = &self.fault { Some(source) } else { None }
    }
}

impl Error {
    /// What is wrong, without a full stop.
    pub fn reason(&self) -> String {
        let Error { book, sheet, fault } = self;
        let sheet = sheet.as_ref().map(|sheet| format!("工作表「{sheet}」"));
        match fault {
            Refusal::Io(source) => format!("无法读取「{book}」：{}", in_words(source)),
            Refusal::Encrypted => format!("工作簿「{book}」已加密，无法读取"),
            Refusal::NotAWorkbook(content) => {
                format!("「{book}」无法读取：其内容是{content}，不是 .xlsx、.xlsb、.xls、.et 或 .ods 工作簿")
            }
            Refusal::Damaged(what) => {
                let sheet = sheet.map(|sheet| format!("的{sheet}")).unwrap_or_default();
                format!("工作簿「{book}」{sheet}已损坏：{what}")
            }
            Refusal::TooLarge(what) => {
                format!("工作簿「{book}」体积异常，不予读取：{}{what}", sheet.unwrap_or_default())
            }
        }
    }

    /// What to do about it, without a full stop.
    pub fn remedy(&self) -> &'static str {
        match self.fault {
            Refusal::Io(_) => "请确认该文件（夹）存在、有读取权限，且没有被其他程序占用，然后重新运行",
            Refusal::Encrypted => {
                "请用 Excel 或 WPS 打开后取消密码并保存，再重新报送；打开时不要求输入密码的，是用了“保护工作簿”，只须撤销工作簿保护后保存"
            }
            Refusal::NotAWorkbook(_) => "请用 Excel 或 WPS 打开后另存为 .xlsx，再重新报送",
            Refusal::Damaged(_) => "请用 Excel 或 WPS 打开（可选“打开并修复”），另存为新的 .xlsx 后重新报送",
            Refusal::TooLarge(_) => "请只保留需要报送的表格，复制到新的工作簿后重新报送",
        }
    }

    /// The workbook (or folder) that cannot be read.
    pub fn book(&self) -> &str {
        &self.book
    }
}

/// What is wrong inside a workbook, before its name is known.
#[derive(Debug)]
pub(super) enum Refusal {
    Io(io::Error),
    Encrypted,
    NotAWorkbook(String),
    Damaged(String),
    TooLarge(String),
}

impl Refusal {
    pub fn damaged(what: impl Into<String>) -> Refusal {
        Refusal::Damaged(what.into())
    }

    pub fn too_large(what: impl Into<String>) -> Refusal {
        Refusal::TooLarge(what.into())
    }

    /// A refusal while a part was being inflated.
    pub fn in_part(part: &str, error: &io::Error) -> Refusal {
        let what = match error.kind() {
            _ if error.get_ref().is_some_and(|inner| inner.is::<quick_xml::encoding::EncodingError>()) => {
                "文字编码错误".to_owned()
            }
            io::ErrorKind::InvalidData => error.to_string(),
            _ => format!("解压失败（{error}）"),
        };
        Refusal::Damaged(format!("部件 {part} {what}"))
    }

    pub fn of_book(self, book: &str) -> Error {
        Error { book: book.to_owned(), sheet: None, fault: self }
    }

    pub fn of_sheet(self, book: &str, sheet: &str) -> Error {
        Error { book: book.to_owned(), sheet: Some(sheet.to_owned()), fault: self }
    }
}
