//! The command line as typed, and its words for people.

use std::ffi::OsString;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::NaiveDate;
use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgGroup, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

use crate::pack::Run;
use crate::pack::dialect::Dialect;

#[derive(Debug, Parser)]
#[command(name = "kaohe", version, about = "考核：按规则包处理领导班子和领导干部考核结果，只提建议，由人决定")]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// 半年运行：读取报送表，提出处理建议，发布名单
    HalfYear(RunArgs),
    /// 年度运行：读取报送表，提出处理建议，发布名单
    Annual(RunArgs),
    /// 只读取并检查报送表
    Check(CheckArgs),
    /// 收回委员会在名单中填写的意见
    Record(RecordArgs),
    /// 逐条说明某人或某单位为什么在名单上、为什么不在
    Explain(ExplainArgs),
    /// 对照：换一个参数、规则包，或与已发布的结果相比，会变动谁、为什么
    Compare(CompareArgs),
    /// 查看、校验或导出档案
    Archive(ArchiveArgs),
    /// 写出各表、事实和第一阶段的判断，供另一引擎（DuckDB、Spark SQL）核对或在集群上计算
    Sql(SqlArgs),
    /// 生成一座虚构城市的报送表，供试用、培训和测速
    Sample(SampleArgs),
    /// 显示、检查、检验或导出规则包
    Pack(PackArgs),
    /// 生成空白报送表（含下拉选项和填表说明）
    Template(TemplateArgs),
    /// 输出命令行补全脚本
    Completions {
        /// 哪一种命令行：bash、zsh、fish、powershell 或 elvish
        #[arg(value_name = "SHELL", value_parser = shell)]
        shell: Shell,
    },
}

impl Command {
    /// Where the command's log goes, if it is asked for.
    pub fn log(&self) -> Option<&Path> {
        match self {
            Command::Check(check) => check.log.as_deref(),
            Command::Record(record) => record.log.as_deref(),
            _ => self.watched()?.log.as_deref(),
        }
    }

    fn watched(&self) -> Option<&WatchArgs> {
        match self {
            Command::HalfYear(run) | Command::Annual(run) => Some(&run.watched),
            Command::Compare(compare) => Some(&compare.watched),
            _ => None,
        }
    }

    /// Whether progress and summary stay away from the terminal.
    pub fn quiet(&self) -> bool {
        self.watched().is_some_and(|watched| watched.quiet)
    }

    /// How many threads are asked for.
    pub fn threads(&self) -> Option<u16> {
        self.watched()?.threads
    }

    /// The folders that are read and published into.
    pub fn folders(&self) -> (Option<&Path>, Option<&Path>) {
        match self {
            Command::HalfYear(run) | Command::Annual(run) => (Some(&run.of.input), Some(&run.output)),
            Command::Check(check) => (Some(&check.input), None),
            Command::Compare(compare) => (Some(&compare.input), None),
            _ => (None, None),
        }
    }
}

/// What is read and judged.
#[derive(Debug, Clone, Args)]
pub struct InputArgs {
    /// 报送表所在文件夹
    #[arg(value_name = "INPUT_DIR")]
    pub input: PathBuf,
    /// 年度；不写则取考核表中最近的年度
    #[arg(long, value_name = "YYYY", value_parser = year)]
    pub year: Option<i32>,
    /// 基准日；不写则半年为6月30日，年度为12月31日
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// 本次改用的参数值，可多次使用
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub sets: Vec<String>,
}

/// With how many threads a long command works, and how it tells how far it is.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// 线程数；不写则用全部处理器
    #[arg(long, value_name = "N", value_parser = within(1..=1024u16, "整数"))]
    pub threads: Option<u16>,
    /// 不显示进度和小结
    #[arg(long)]
    pub quiet: bool,
    /// 把经过、全部数据问题和退出码追加到日志文件，供无人值守时事后查看
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// 发布到哪个文件夹
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
    #[command(flatten)]
    pub of: InputArgs,
    #[command(flatten)]
    pub by: PackDir,
    /// 档案文件；不写则为发布文件夹中的 档案.db
    #[arg(long, value_name = "FILE")]
    pub archive: Option<PathBuf>,
    /// 不写单位通知
    #[arg(long)]
    pub no_notices: bool,
    /// 名单的「来源」链接到报送表中的单元格（相对路径；报送文件夹和结果文件夹须一起移动）
    #[arg(long)]
    pub links: bool,
    /// 报送数据有问题时不发布
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub watched: WatchArgs,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// 报送表所在文件夹
    #[arg(value_name = "INPUT_DIR")]
    pub input: PathBuf,
    /// 年度；不写则取考核表中最近的年度
    #[arg(long, value_name = "YYYY", value_parser = year)]
    pub year: Option<i32>,
    /// 把数据问题清单和退回单写到哪个文件夹
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub of: PackDir,
    /// 把经过、全部数据问题和退出码追加到日志文件，供无人值守时事后查看
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// 报送表所在文件夹
    #[arg(value_name = "INPUT_DIR")]
    pub input: PathBuf,
    /// 哪一种运行：annual 或 half-year
    #[arg(value_name = "annual|half-year", value_parser = run)]
    pub run: Run,
    /// 对照写到哪个工作簿
    #[arg(long, value_name = "FILE.xlsx", value_parser = page())]
    pub output: PathBuf,
    /// 与这次已发布的结果相比，例如 结果/2015-annual
    #[arg(long, value_name = "DIR")]
    pub against: Option<PathBuf>,
    /// 改用的参数值，可多次使用
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub sets: Vec<String>,
    /// 几个方案的参数值：每行一个参数，每列一个方案
    #[arg(long, value_name = "FILE.xlsx")]
    pub scenarios: Option<PathBuf>,
    /// 改用的规则包：文件夹，或内置规则包的名称
    #[arg(long, value_name = "DIR")]
    pub with_pack: Option<PathBuf>,
    /// 年度；不写则同运行，与已发布的结果相比时取其年度
    #[arg(long, value_name = "YYYY", value_parser = year)]
    pub year: Option<i32>,
    /// 基准日；不写则同运行
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    #[command(flatten)]
    pub of: PackDir,
    /// 档案文件，只读；不写则用已发布结果旁边的档案，没有则不用
    #[arg(long, value_name = "FILE")]
    pub archive: Option<PathBuf>,
    #[command(flatten)]
    pub watched: WatchArgs,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("of").args(["run", "archive"]).required(true))]
pub struct ExplainArgs {
    /// 编号或姓名（单位名称）；重名的逐一说明
    #[arg(value_name = "SUBJECT")]
    pub subject: String,
    /// 一次运行的结果文件夹，例如 结果/2015-annual；只读取它
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// 档案文件：说明该对象历年的拟处理、审定、谈话和等次
    #[arg(long, value_name = "FILE")]
    pub archive: Option<PathBuf>,
    /// 输出为 JSON，供程序使用
    #[arg(long, conflicts_with = "archive")]
    pub json: bool,
    /// 另写成一份会议用的工作簿
    #[arg(long, value_name = "FILE.xlsx", value_parser = page())]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct PackArgs {
    #[command(subcommand)]
    pub command: PackCommand,
}

#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// 以文档形式显示规则包，标明本部门口径
    Show {
        /// 只列出表达式可用的运算和函数
        #[arg(long)]
        functions: bool,
        #[command(flatten)]
        of: PackDir,
    },
    /// 显示规则包编写指南
    Guide,
    /// 检查规则包，逐处指明文件和行
    Lint(PackDir),
    /// 用规则包自带的例子检验规则，并指出没有例子的分支
    Test {
        /// 逐一改动规则（去掉、取反、< 与 <= 互换、参数加减一），指出没有例子发现的改动；写 =文字 则只试说法中有这些字的
        #[arg(long, value_name = "文字", num_args = 0..=1, require_equals = true, default_missing_value = "")]
        mutants: Option<String>,
        #[command(flatten)]
        of: PackDir,
    },
    /// 把规则包写到文件夹，供修改后用 --pack 使用
    Export {
        /// 写到哪个文件夹
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        #[command(flatten)]
        of: PackDir,
    },
}

#[derive(Debug, Args)]
pub struct PackDir {
    /// 规则包文件夹，或内置规则包的名称（kunming-2015、civil-servant-2020）；不写则用 kunming-2015
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SqlArgs {
    #[command(flatten)]
    pub of: InputArgs,
    /// 哪一种运行：annual 或 half-year
    #[arg(value_name = "annual|half-year", value_parser = run)]
    pub run: Run,
    /// 写到哪个文件夹
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
    /// 哪一种 SQL：duckdb 或 spark
    #[arg(long, value_name = "DIALECT", default_value = "duckdb", value_parser = dialect)]
    pub dialect: Dialect,
    #[command(flatten)]
    pub by: PackDir,
}

#[derive(Debug, Args)]
pub struct RecordArgs {
    /// 填好的名单，可以有多个
    #[arg(value_name = "WORKBOOK", required = true)]
    pub workbooks: Vec<PathBuf>,
    /// 档案文件
    #[arg(long, value_name = "FILE")]
    pub archive: PathBuf,
    /// 更正以前已收回的意见
    #[arg(long)]
    pub amend: bool,
    /// 把经过、全部问题和退出码追加到日志文件，供无人值守时事后查看
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ArchiveArgs {
    #[command(subcommand)]
    pub command: ArchiveCommand,
}

#[derive(Debug, Subcommand)]
pub enum ArchiveCommand {
    /// 显示已决定和未了结的事项
    Show(ArchiveFile),
    /// 校验档案是否完好、未被改动
    Verify(ArchiveFile),
    /// 导出台账工作簿
    Export {
        /// 台账写到哪个文件
        #[arg(value_name = "FILE.xlsx", value_parser = page())]
        file: PathBuf,
        #[command(flatten)]
        archive: ArchiveFile,
    },
}

#[derive(Debug, Args)]
pub struct ArchiveFile {
    /// 档案文件
    #[arg(long, value_name = "FILE")]
    pub archive: PathBuf,
    /// 按哪一天判断是否逾期
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// 节假日表：有「日期」「类型」（休、班）两列的工作簿；不写则工作日按周一至周五计
    #[arg(long, value_name = "WORKBOOK")]
    pub holidays: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SampleArgs {
    /// 写到哪个文件夹（应为空）
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// 干部人数
    #[arg(long, value_name = "N", value_parser = within(1..=crate::sample::MOST, "整数"))]
    pub cadres: u32,
    /// 随机种子；相同的种子生成完全相同的文件
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// 年度
    #[arg(long, value_name = "YYYY", default_value_t = 2015, value_parser = within(1950..=2099i32, "年度，例如 2015"))]
    pub year: i32,
    /// 像各单位实际报送的那样写：多个文件夹、双层表头、合计行、各种日期写法等
    #[arg(long)]
    pub messy: bool,
    #[command(flatten)]
    pub of: PackDir,
}

#[derive(Debug, Args)]
pub struct TemplateArgs {
    /// 写到哪个文件夹
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    #[command(flatten)]
    pub of: PackDir,
}

fn run(text: &str) -> Result<Run, String> {
    Run::of_word(text).ok_or_else(|| "应为 annual 或 half-year".to_owned())
}

fn dialect(text: &str) -> Result<Dialect, String> {
    Dialect::ALL.into_iter().find(|one| one.word() == text).ok_or_else(|| "应为 duckdb 或 spark".to_owned())
}

/// A workbook that is written: under another ending nothing would open it.
fn page() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|file| match file.extension() {
        Some(ending) if ending.eq_ignore_ascii_case("xlsx") => Ok(file),
        _ => Err("应为 .xlsx 文件"),
    })
}

fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "应为日期，写成 2015-06-30".to_owned())
}

fn year(text: &str) -> Result<i32, String> {
    within(1900..=9999, "")(text).map_err(|_| "应为四位数的年度，例如 2015".to_owned())
}

/// A number between two others.
fn within<N: FromStr + PartialOrd + Display + Clone>(
    range: RangeInclusive<N>,
    what: &'static str,
) -> impl Fn(&str) -> Result<N, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("应为 {} 到 {} 的{what}", range.start(), range.end()))
    }
}

fn shell(text: &str) -> Result<Shell, String> {
    text.parse().map_err(|_| "应为 bash、zsh、fish、powershell 或 elvish".to_owned())
}

/// The script that completes commands and options in a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut translated(), "kaohe", &mut script);
    script
}

/// The command line as it was typed, for people to read and repeat.
pub fn as_typed() -> String {
    let quoted = |part: OsString| {
        let part = part.to_string_lossy().into_owned();
        if part.is_empty() || part.contains([' ', '\t', '"', '\'', '　']) { format!("\"{part}\"") } else { part }
    };
    let parts: Vec<String> = std::env::args_os().skip(1).map(quoted).collect();
    format!("kaohe {}", parts.join(" "))
}

/// The file that `--log` names in a command line that cannot be parsed otherwise.
pub fn log_named(arguments: impl IntoIterator<Item = OsString>) -> Option<PathBuf> {
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        if text == "--log" {
            return arguments.next().map(PathBuf::from);
        }
        if let Some(path) = text.strip_prefix("--log=") {
            return Some(PathBuf::from(path));
        }
    }
    None
}

/// Parses the command line.
///
/// # Errors
/// Clap's own error, for help and version too; [`complaint`] says it in Chinese.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&translated().try_get_matches_from(arguments)?)
}

fn translated() -> clap::Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本");
    chinese(Cli::command()).disable_version_flag(true).arg(version.help_heading(OPTIONS))
}

const OPTIONS: &str = "选项";

/// Clap's own words in Chinese, for a command and all below it.
fn chinese(command: clap::Command) -> clap::Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示用法");
    command
        .help_template("{about}\n\n用法：{usage}\n\n{all-args}")
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .mut_args(|argument| {
            let heading = if argument.is_positional() { "参数" } else { OPTIONS };
            argument.help_heading(heading)
        })
        .disable_help_flag(true)
        .arg(help.help_heading(OPTIONS))
        .mut_subcommands(chinese)
}

/// What is wrong with the command line; none where clap's own text (help, version) is what was asked for.
pub fn complaint(error: &clap::Error) -> Option<String> {
    let told = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        _ => String::new(),
    };
    let suggested = |kind: ContextKind| match told(kind) {
        nothing if nothing.is_empty() => String::new(),
        near => format!("是否要写「{near}」？"),
    };
    let argument = told(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        ErrorKind::MissingRequiredArgument => format!("缺少必填的参数：{argument}"),
        ErrorKind::UnknownArgument => {
            format!("没有「{argument}」这个参数。{}", suggested(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => format!(
            "没有「{}」这个命令。{}",
            told(ContextKind::InvalidSubcommand),
            suggested(ContextKind::SuggestedSubcommand)
        ),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::ArgumentConflict => format!("「{argument}」不能重复，也不能与其他参数同时使用"),
        ErrorKind::InvalidValue if told(ContextKind::InvalidValue).is_empty() => format!("「{argument}」后面缺少值"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            format!("「{argument}」的值「{}」不对：{reason}", told(ContextKind::InvalidValue))
        }
        _ => error.to_string().trim().to_owned(),
    };
    let end = if message.ends_with('？') { "" } else { "。" };
    Some(format!("{}{end}用法见 kaohe --help，或在命令后加 --help", message.trim_end_matches('。')))
}
