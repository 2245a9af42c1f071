//! Why the archive could not be used: a closed list, each with what to do about it.

use std::path::PathBuf;

/// What a file is that does not begin like a database.
pub(super) const NO_DATABASE: &str = "不是 SQLite 文件，或文件头已损坏";

/// The archive cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("找不到档案 {path}。办法：用 --archive 指明档案文件；档案在第一次发布运行结果时建立（默认是输出目录下的「档案.db」）", path = .path.display())]
    NotFound { path: PathBuf },
    #[error("{path} 不是 kaohe 的档案（{found}）。办法：用 --archive 指明另一个文件；不要把别的文件改名成档案", path = .path.display())]
    NotOurs { path: PathBuf, found: &'static str },
    #[error("档案 {path} 由更新版本的 kaohe 建立（档案版本 {found}，本程序只认到 {known}）。办法：改用新版 kaohe", path = .path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("档案 {path} 正被另一个 kaohe 使用，等了 {seconds} 秒仍未让出。办法：等它结束后重试；若有别的程序打开着档案，先关闭", path = .path.display())]
    Busy { path: PathBuf, seconds: u64 },
    #[error("档案 {path} 不能写入（{reason}）。办法：检查文件和所在文件夹的写入权限、磁盘空间，是否设为只读", path = .path.display())]
    NotWritable { path: PathBuf, reason: String },
    #[error("档案 {path} 已损坏或被改动：{first}{more}。办法：不要再用这份文件；用最近的完好备份替换，或用 kaohe archive verify 查看全部问题", path = .path.display(), first = .faults.first().map_or("", String::as_str), more = if .faults.len() > 1 { format!("（共 {} 处）", .faults.len()) } else { String::new() })]
    Broken { path: PathBuf, faults: Vec<String> },
    #[error("档案 {path} 在本次运行期间被另一个 kaohe 写入，本次结果没有发布。办法：重新运行", path = .path.display())]
    Overtaken { path: PathBuf },
    #[error("读写档案 {path} 失败：{source}。办法：检查磁盘和网络盘是否正常后重试", path = .path.display())]
    Sqlite { path: PathBuf, source: rusqlite::Error },
    #[error("读写 {path} 失败：{words}。办法：若正在 Excel 或 WPS 中打开，请关闭；检查读写权限和网络盘是否正常后重试", path = .path.display(), words = crate::finding::in_words(source))]
    Io { path: PathBuf, source: std::io::Error },
}

impl Error {
    /// SQLite's own errors in the words of a clerk.
    pub(super) fn sqlite(path: &std::path::Path, source: rusqlite::Error) -> Error {
        use rusqlite::ErrorCode as Code;
        let path = path.to_path_buf();
        match source.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Error::Busy { path, seconds: super::WAIT.as_secs() },
            Some(Code::NotADatabase) => Error::NotOurs { path, found: NO_DATABASE },
            Some(Code::DatabaseCorrupt) => {
                Error::Broken { path, faults: vec!["SQLite 报告文件结构已坏".to_owned()] }
            }
            Some(Code::ReadOnly) => Error::NotWritable { path, reason: "文件或文件夹只读".to_owned() },
            Some(Code::DiskFull) => Error::NotWritable { path, reason: "磁盘已满".to_owned() },
            Some(Code::CannotOpen) => {
                Error::NotWritable { path, reason: "打不开文件，或不能在它旁边建立日志".to_owned() }
            }
            Some(Code::PermissionDenied) => Error::NotWritable { path, reason: "没有权限".to_owned() },
            _ => Error::Sqlite { path, source },
        }
    }
}
