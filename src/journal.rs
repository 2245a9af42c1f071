//! The log file of `--log`: what a person needs the morning after a run that nobody watched.
//!
//! Each run is appended below the ones before, so that the reason of last night's failure is still
//! there after this morning's success. UTF-8 begins with a byte order mark, by which Windows' editors
//! know it, and which tells a log of ours from any other file: nothing else is ever written to. The log
//! alone looks at the clock; no result does. It holds what the terminal was told and every finding,
//! hence nothing of columns that nobody asked for.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use chrono::{DateTime, Local};

const MARK: &[u8] = "\u{FEFF}".as_bytes();
const LINE: &str = if cfg!(windows) { "\r\n" } else { "\n" };

/// Why there is no log; nothing was begun.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("无法写入日志「{}」：{}。请检查所在文件夹是否存在、是否有写入权限，或另选 --log", .path.display(), crate::finding::in_words(.source))]
    Io { path: PathBuf, source: io::Error },
    #[error("「{}」不是 kaohe 的日志，不能写入（日志以 UTF-8 标记开头）。请另选 --log", .0.display())]
    Foreign(PathBuf),
}

/// A log that is being written.
pub struct Journal {
    file: Mutex<File>,
    began: Instant,
    ended: bool,
}

impl Journal {
    /// Opens the file, or makes it, and writes what is begun.
    ///
    /// # Errors
    /// A file that is no log of ours, or that cannot be written.
    pub fn open(path: &Path, command: &str) -> Result<Journal, Error> {
        let fail = |source| Error::Io { path: path.to_owned(), source };
        let mut file = crate::rights::file().read(true).append(true).open(path).map_err(fail)?;
        let mut found = Vec::new();
        Read::by_ref(&mut file).take(MARK.len() as u64).read_to_end(&mut found).map_err(fail)?;
        if !found.is_empty() && found != MARK {
            return Err(Error::Foreign(path.to_owned()));
        }
        let now = Local::now();
        let mut head = String::new();
        if found.is_empty() {
            head.push('\u{FEFF}');
        } else {
            head.push_str(LINE);
        }
        head.push_str(&format!(
            "━━━━ {}　kaohe {}{LINE}",
            now.format("%Y-%m-%d %H:%M:%S %:z"),
            env!("CARGO_PKG_VERSION")
        ));
        file.write_all(head.as_bytes()).map_err(fail)?;
        let journal = Journal { file: Mutex::new(file), began: Instant::now(), ended: false };
        journal.write(&format!("命令：{command}"));
        if let Ok(folder) = std::env::current_dir() {
            journal.write(&format!("所在文件夹：{}", folder.display()));
        }
        Ok(journal)
    }

    /// Adds a text with the time; its further lines stand below, indented.
    pub fn write(&self, text: &str) {
        let text = entry(Local::now(), text);
        if let Ok(mut file) = self.file.lock() {
            // A full disk must not stop the run: what it publishes is worth more than its log.
            let _ = file.write_all(text.as_bytes());
        }
    }

    /// The run has come to its end.
    pub fn end(mut self, code: u8) {
        let meaning = match code {
            0 => "完成，数据全部采用",
            3 => "完成，但有数据被退回，或有工作表、文件未识别",
            2 => "命令写法不对，什么也没有改动",
            _ => "失败，什么也没有发布或改动",
        };
        self.finish(code, meaning);
    }

    fn finish(&mut self, code: u8, meaning: &str) {
        self.write(&format!("结束：退出码 {code}（{meaning}），用时 {:.1} 秒", self.began.elapsed().as_secs_f64()));
        self.ended = true;
        if let Ok(file) = self.file.lock() {
            let _ = file.sync_all();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if !self.ended {
            self.write("程序内部错误，请把本日志交给维护人员");
            self.finish(1, "中途停止：结果文件夹是原来的或新的，不会只换一半");
        }
    }
}

fn entry(now: DateTime<Local>, text: &str) -> String {
    let mut entry = String::new();
    let text = visible(text.trim_end());
    for (at, line) in text.lines().enumerate() {
        match at {
            0 => entry.push_str(&format!("{} {line}{LINE}", now.format("%H:%M:%S"))),
            _ => entry.push_str(&format!("         {line}{LINE}")),
        }
    }
    entry
}

/// Text as it can be shown: a file or a sheet may bear a name that moves a terminal's cursor, changes its
/// colours or turns the reading direction. Such characters are shown as signs.
pub fn visible(text: &str) -> Cow<'_, str> {
    let shown = |character: char| match character {
        '\n' | '\t' => None,
        '\0'..='\x1F' => char::from_u32(0x2400 + character as u32),
        '\x7F' => Some('␡'),
        '\u{80}'..='\u{9F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' => {
            Some('\u{FFFD}')
        }
        _ => None,
    };
    if text.chars().all(|character| shown(character).is_none()) {
        return text.into();
    }
    text.chars().map(|character| shown(character).unwrap_or(character)).collect::<String>().into()
}
