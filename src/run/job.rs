//! What is to be done: options as meant, checked once.

use std::path::{Component, Path, PathBuf};

use chrono::{Datelike, NaiveDate};

use super::{Failure, data};
use crate::cli::InputArgs;
use crate::pack::term::{Literal, Literals};
use crate::pack::{self, Pack, Parameter, Run};

/// What is to be read and judged.
#[derive(Debug, Clone)]
pub struct Job {
    pub run: Run,
    pub input: PathBuf,
    pub year: Option<i32>,
    pub as_of: Option<NaiveDate>,
    /// Values that replace the pack's.
    pub sets: Vec<(String, Literal)>,
}

/// Where a run is published, and how.
#[derive(Debug, Clone)]
pub struct Target {
    /// DIR: it holds a folder for each run.
    pub output: PathBuf,
    pub archive: PathBuf,
    pub notices: bool,
    pub links: bool,
    pub strict: bool,
}

/// The name of the archive beside the runs.
pub const ARCHIVE: &str = "档案.db";

impl Job {
    /// Checks what was typed against the pack.
    pub fn new(run: Run, of: InputArgs, pack: &Pack) -> Result<Job, Failure> {
        let InputArgs { input, year, as_of, sets } = of;
        if let (Some(year), Some(as_of)) = (year, as_of)
            && as_of.year() != year
        {
            return Err(as_of_outside(as_of, year));
        }
        let sets = sets.iter().map(|text| parse_set(text, pack)).collect::<Result<Vec<_>, _>>()?;
        for (at, (name, _)) in sets.iter().enumerate() {
            if sets[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(Failure::usage(format!("--set {name} 写了两次。请只保留一个值")));
            }
        }
        Ok(Job { run, input, year, as_of, sets })
    }

    /// What names stand for in the run's expressions.
    pub fn literals(&self, pack: &Pack, year: i32, as_of: NaiveDate) -> Literals {
        literals(pack, self.run, &self.sets, year, as_of)
    }

    /// Values set on the command line, as shown in titles.
    pub fn set_texts(&self) -> Vec<(String, String)> {
        self.sets.iter().map(|(name, value)| (name.clone(), value.said())).collect()
    }

    /// Parameters that have no value on the as-of date.
    pub fn without_value<'p>(&self, pack: &'p Pack, as_of: NaiveDate) -> Vec<&'p Parameter> {
        let set = |parameter: &Parameter| self.sets.iter().any(|(name, _)| *name == parameter.name);
        pack.parameters.iter().filter(|one| !set(one) && one.on(as_of).is_none()).collect()
    }
}

impl Target {
    /// A run published into `output`, with its archive there, letters, no links, and rejected rows put up with.
    ///
    /// # Errors
    /// Usage errors: the folder lies in the input or in a published run, or the input in what would be replaced.
    pub fn new(output: PathBuf, input: &Path) -> Result<Target, Failure> {
        apart(&output)?;
        if inside(&output, input) {
            return Err(Failure::usage(format!(
                "输出文件夹「{}」在输入文件夹「{}」之内：下次运行会把名单当作报送表读入。请另选 --output",
                output.display(),
                input.display()
            )));
        }
        if let Some(run) = Run::ALL.iter().find(|run| in_published(input, &output, **run)) {
            return Err(Failure::usage(format!(
                "输入文件夹「{}」在「{}」的{}结果文件夹之内：发布时会被替换。请另选 --output",
                input.display(),
                output.display(),
                run.title()
            )));
        }
        Ok(Target { archive: output.join(ARCHIVE), output, notices: true, links: false, strict: false })
    }
}

/// What names stand for in a run's expressions, with the values of `sets` instead of the pack's.
pub fn literals(pack: &Pack, run: Run, sets: &[(String, Literal)], year: i32, as_of: NaiveDate) -> Literals {
    let mut literals = Literals::new();
    literals.insert("本年".into(), Literal::Whole(year.into()));
    literals.insert("基准日".into(), Literal::Day(as_of));
    literals.insert("年初".into(), Literal::Day(NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(as_of)));
    literals.insert("本轮".into(), Literal::Text(run.code().into()));
    for parameter in &pack.parameters {
        let set = sets.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value);
        if let Some(value) = set.or_else(|| parameter.on(as_of)) {
            literals.insert(parameter.name.clone(), value.clone());
        }
    }
    literals
}

/// The as-of date must lie in the run's year.
pub fn as_of_outside(as_of: NaiveDate, year: i32) -> Failure {
    Failure::usage(format!("基准日 {as_of} 不在 {year} 年内。请用 --as-of 指定 {year} 年的一天，或用 --year 指定年度"))
}

/// A value set as `NAME=VALUE`, checked against the pack.
pub fn parse_set(text: &str, pack: &Pack) -> Result<(String, Literal), Failure> {
    let Some((name, value)) = text.split_once('=') else {
        let example = pack.parameters.first().map(|one| format!("，例如 --set {}=值", one.name)).unwrap_or_default();
        return Err(Failure::usage(format!("--set {text} 写法不对，应为 --set 名称=值{example}")));
    };
    let (name, value) = (name.trim(), value.trim());
    let Some(parameter) = pack.parameters.iter().find(|parameter| parameter.name == name) else {
        let names: Vec<&str> = pack.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let near = pack::nearest(name, &names).map(|near| format!("是否要写「{near}」？")).unwrap_or_default();
        return Err(Failure::usage(format!("--set：没有名为「{name}」的参数。{near}可用的参数：{}", names.join("、"))));
    };
    let meant = if parameter.one_of.is_empty() {
        value.parse().map(Literal::set).map_err(|_| format!("值「{value}」应为数字"))
    } else {
        Ok(Literal::Text(value.into()))
    };
    let checked = meant.and_then(|meant| {
        pack::fits(&meant, parameter.min, parameter.max, parameter.whole, &parameter.one_of).map(|()| meant)
    });
    match checked {
        Ok(meant) => Ok((name.to_owned(), meant)),
        Err(message) => Err(Failure::usage(format!("--set {name}：{message}"))),
    }
}

/// A log must not lie where a run reads or replaces.
pub fn may_hold_log(log: &Path, input: Option<&Path>, output: Option<&Path>) -> Result<(), Failure> {
    if let Some(input) = input.filter(|input| inside(log, input)) {
        // Beside an output that lies there too, the log is not what was chosen wrongly.
        output.map_or(Ok(()), |output| outside(output, input, "写出的工作簿"))?;
        return Err(Failure::usage(format!("日志「{}」在输入文件夹之内。请另选 --log", log.display())));
    }
    let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let replaced = |output: &Path| Run::ALL.iter().any(|run| in_published(folder, output, *run));
    if output.is_some_and(replaced) {
        return Err(Failure::usage(format!("日志「{}」在结果文件夹之内：发布时会被替换。请另选 --log", log.display())));
    }
    Ok(())
}

/// Whether the input lies in a folder of DIR that a run would replace.
fn in_published(input: &Path, output: &Path, run: Run) -> bool {
    let (input, output) = (real(input), real(output));
    let Ok(below) = input.strip_prefix(&output) else { return false };
    let first = below.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
    first.is_some_and(|name| name.ends_with(&format!("-{}", run.word())))
}

/// Refuses an output in the input folder: `what` would be read at the next run.
pub fn outside(output: &Path, input: &Path, what: &str) -> Result<(), Failure> {
    if inside(output, input) {
        let reason = format!("下次运行会把{what}当作报送表读入");
        return Err(Failure::usage(format!("--output 在输入文件夹之内：{reason}。请另选 --output")));
    }
    Ok(())
}

/// Refuses a published run's folder, and what lies in it: something else would stand among its lists, a check would clear
/// its slips away, and a run would begin an archive of its own there and know nothing of what was decided.
pub fn apart(output: &Path) -> Result<(), Failure> {
    let published = |folder: &&Path| [data::RUN, data::CONSEQUENCES].iter().all(|name| folder.join(name).is_file());
    match real(output).ancestors().find(published) {
        Some(run) => Err(Failure::usage(format!(
            "--output「{}」在已发布的结果文件夹「{}」之内，会打乱其中的内容。请写它的上一级文件夹，或另选 --output",
            output.display(),
            run.display()
        ))),
        None => Ok(()),
    }
}

/// Whether `inner` is `outer` or lies in it, by what the names lead to.
fn inside(inner: &Path, outer: &Path) -> bool {
    real(inner).starts_with(real(outer))
}

/// What a name leads to. It need not exist yet: its nearest existing parent does, and what is made below that is no link,
/// so that a step back from it leads where it came from.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let Some((ancestor, mut found)) = path.ancestors().find_map(|at| Some((at, at.canonicalize().ok()?))) else {
        return path;
    };
    let below = path.strip_prefix(ancestor).unwrap_or(Path::new(""));
    for part in below.components() {
        if part == Component::ParentDir {
            found.pop();
        } else {
            found.push(part);
        }
    }
    if below.components().any(|part| part == Component::ParentDir) { real(&found) } else { found }
}

/// The way from a folder to another one, with `/`; none between drives.
pub fn way(from: &Path, to: &Path) -> Option<String> {
    let (from, to) = (real(from), real(to));
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    if shared == 0 {
        return None;
    }
    let mut parts = vec!["..".to_owned(); from.len() - shared];
    parts.extend(to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned()));
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}
