//! Why an input folder or a workbook cannot be read: every message names the book (and the sheet), the cause and the remedy.
//!
//! Any of these fails the run: a workbook that is left out in silence would make people vanish. Inside a format
//! a [`Fault`] says only what is wrong; the book's name and the remedy are added on the way out.

use std::io;

use crate::finding::in_words;

/// A folder, file or sheet that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}。{}", self.reason(), self.remedy())]
pub enum Error {
    Io {
        path: String,
        #[source]
        source: io::Error,
    },
    Encrypted {
        book: String,
    },
    NotAWorkbook {
        book: String,
        content: String,
    },
    Damaged {
        book: String,
        what: String,
    },
    DamagedSheet {
        book: String,
        sheet: String,
        what: String,
    },
    TooLarge {
        book: String,
        what: String,
    },
}

impl Error {
    /// What is wrong, without a full stop.
    pub fn reason(&self) -> String {
        match self {
            Error::Io { path, source } => format!("无法读取「{path}」：{}", in_words(source)),
            Error::Encrypted { book } => format!("工作簿「{book}」已加密，无法读取"),
            Error::NotAWorkbook { book, content } => {
                format!("「{book}」无法读取：其内容是{content}，不是 .xlsx、.xlsb、.xls、.et 或 .ods 工作簿")
            }
            Error::Damaged { book, what } => format!("工作簿「{book}」已损坏：{what}"),
            Error::DamagedSheet { book, sheet, what } => {
                format!("工作簿「{book}」的工作表「{sheet}」已损坏：{what}")
            }
            Error::TooLarge { book, what } => format!("工作簿「{book}」体积异常，不予读取：{what}"),
        }
    }

    /// What to do about it, without a full stop.
    pub fn remedy(&self) -> &'static str {
        match self {
            Error::Io { .. } => "请确认该文件（夹）存在、有读取权限，且没有被其他程序占用，然后重新运行",
            Error::Encrypted { .. } => {
                "请用 Excel 或 WPS 打开后取消密码并保存，再重新报送；打开时不要求输入密码的，是用了“保护工作簿”，只须撤销工作簿保护后保存"
            }
            Error::NotAWorkbook { .. } => "请用 Excel 或 WPS 打开后另存为 .xlsx，再重新报送",
            Error::Damaged { .. } | Error::DamagedSheet { .. } => {
                "请用 Excel 或 WPS 打开（可选“打开并修复”），另存为新的 .xlsx 后重新报送"
            }
            Error::TooLarge { .. } => "请只保留需要报送的表格，复制到新的工作簿后重新报送",
        }
    }

    /// The workbook (or folder) that cannot be read.
    pub fn book(&self) -> &str {
        match self {
            Error::Io { path, .. } => path,
            Error::Encrypted { book }
            | Error::NotAWorkbook { book, .. }
            | Error::Damaged { book, .. }
            | Error::DamagedSheet { book, .. }
            | Error::TooLarge { book, .. } => book,
        }
    }
}

/// What is wrong inside a workbook, before its name is known.
#[derive(Debug)]
pub(super) enum Fault {
    Encrypted,
    NotAWorkbook(String),
    Damaged(String),
    TooLarge(String),
}

impl Fault {
    pub fn damaged(what: impl Into<String>) -> Fault {
        Fault::Damaged(what.into())
    }

    pub fn too_large(what: impl Into<String>) -> Fault {
        Fault::TooLarge(what.into())
    }

    /// A refusal while a part was being inflated.
    pub fn in_part(part: &str, error: &io::Error) -> Fault {
        let what = match error.kind() {
            io::ErrorKind::InvalidData => error.to_string(),
            _ => format!("解压失败（{error}）"),
        };
        Fault::Damaged(format!("部件 {part} {what}"))
    }

    pub fn of_book(self, book: &str) -> Error {
        let book = book.to_owned();
        match self {
            Fault::Encrypted => Error::Encrypted { book },
            Fault::NotAWorkbook(content) => Error::NotAWorkbook { book, content },
            Fault::Damaged(what) => Error::Damaged { book, what },
            Fault::TooLarge(what) => Error::TooLarge { book, what },
        }
    }

    pub fn of_sheet(self, book: &str, sheet: &str) -> Error {
        match self {
            Fault::Damaged(what) => Error::DamagedSheet { book: book.to_owned(), sheet: sheet.to_owned(), what },
            Fault::TooLarge(what) => {
                Error::TooLarge { book: book.to_owned(), what: format!("工作表「{sheet}」{what}") }
            }
            other => other.of_book(book),
        }
    }
}
