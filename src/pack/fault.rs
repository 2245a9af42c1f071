//! Faults in a pack, shown with file, line and the lines around them.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::load::syntax;
use super::model::{Pack, Passage};

/// What is wrong in a pack file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFault {
    /// Empty range at 0 when the whole file is meant.
    pub place: Passage,
    pub message: String,
    pub remedy: String,
    /// The pack must not be used so; otherwise it is worth a look.
    pub error: bool,
}

/// A pack that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("规则包「{path}」无法读取：{source}。请检查 --pack 所指的文件夹")]
    Read { path: String, source: std::io::Error },
    #[error("没有规则包「{path}」：既没有这个文件夹，也不是内置规则包（{known}）。请检查 --pack")]
    Unknown { path: String, known: String },
    #[error("无法写出「{path}」：{source}。请换一个空的文件夹")]
    Write { path: String, source: std::io::Error },
    #[error(
        "规则包「{path}」中没有 TOML 文件。请检查 --pack 所指的文件夹；可用 kaohe pack export 导出内置规则包作为样本"
    )]
    Empty { path: String },
    #[error("{}", .0)]
    Faults(Report),
}

/// All faults of a pack, rendered with the text that they stand in.
#[derive(Debug)]
pub struct Report {
    pub faults: Vec<PackFault>,
    rendered: String,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.rendered)
    }
}

impl Report {
    /// Renders `faults` against the files' texts (name, text).
    pub fn new(faults: Vec<PackFault>, files: &[(String, String)]) -> Self {
        let mut rendered = format!("规则包有 {} 处错误：", faults.len());
        for fault in &faults {
            rendered.push('\n');
            rendered.push_str(&fault.render(files));
        }
        Report { faults, rendered }
    }

    /// What the TOML parser says of one of the pack's files.
    pub fn of_syntax(file: &str, error: &toml::de::Error, pack: &Pack) -> Self {
        Report::new(vec![syntax(file, error)], &pack.files)
    }
}

impl PackFault {
    /// The fault with file, line and the text that it stands in.
    pub fn render(&self, files: &[(String, String)]) -> String {
        let Passage { file, span } = &self.place;
        let text = files.iter().find(|(name, _)| name == file).map_or("", |(_, text)| text.as_str());
        // Cut to the text and to its characters.
        let start = text.floor_char_boundary(span.start);
        let end = text.floor_char_boundary(span.end).max(start);
        let level = if self.error { Level::ERROR.with_name("错误") } else { Level::WARNING.with_name("提醒") };
        let title = level
            .primary_title(self.message.as_str())
            .element(Snippet::source(text).path(file.as_str()).annotation(AnnotationKind::Primary.span(start..end)));
        let mut groups = vec![title];
        if !self.remedy.is_empty() {
            groups.push(Group::with_title(Level::HELP.with_name("办法").secondary_title(self.remedy.as_str())));
        }
        Renderer::plain().render(&groups)
    }
}
