//! The command line as typed, and its words for people.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};

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
    /// 查看、校验或导出档案
    Archive(ArchiveArgs),
    /// 生成一座虚构城市的报送表，供试用、培训和测速
    Sample(SampleArgs),
    /// 显示、检查或导出规则包
    Pack(PackArgs),
    /// 生成空白报送表（含下拉选项和填表说明）
    Template(TemplateArgs),
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// 报送表所在文件夹
    #[arg(value_name = "INPUT_DIR")]
    pub input: PathBuf,
    /// 发布到哪个文件夹
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
    /// 年度；不写则取考核表中最近的年度
    #[arg(long, value_name = "YYYY", value_parser = clap::value_parser!(i32).range(1900..=9999))]
    pub year: Option<i32>,
    /// 基准日；不写则半年为6月30日，年度为12月31日
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// 规则包文件夹；不写则用内置的规则包
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
    /// 档案文件；不写则为发布文件夹中的 档案.db
    #[arg(long, value_name = "FILE")]
    pub archive: Option<PathBuf>,
    /// 本次改用的参数值，可多次使用
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub sets: Vec<String>,
    /// 线程数；不写则用全部处理器
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// 不写单位通知
    #[arg(long)]
    pub no_notices: bool,
    /// 报送数据有问题时不发布
    #[arg(long)]
    pub strict: bool,
    /// 不显示进度和小结
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// 报送表所在文件夹
    #[arg(value_name = "INPUT_DIR")]
    pub input: PathBuf,
    /// 年度；不写则取考核表中最近的年度
    #[arg(long, value_name = "YYYY", value_parser = clap::value_parser!(i32).range(1900..=9999))]
    pub year: Option<i32>,
    /// 把数据问题清单和退回单写到哪个文件夹
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// 规则包文件夹；不写则用内置的规则包
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct PackArgs {
    #[command(subcommand)]
    pub command: PackCommand,
}

#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// 以文档形式显示规则包，标明本部门口径
    Show(PackDir),
    /// 检查规则包，逐处指明文件和行
    Lint(PackDir),
    /// 把内置规则包写到文件夹，供修改后用 --pack 使用
    Export {
        /// 写到哪个文件夹
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct PackDir {
    /// 规则包文件夹；不写则用内置的规则包
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
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
        #[arg(value_name = "FILE.xlsx")]
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
}

#[derive(Debug, Args)]
pub struct SampleArgs {
    /// 写到哪个文件夹（应为空）
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// 干部人数
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(crate::sample::MOST)))]
    pub cadres: u32,
    /// 随机种子；相同的种子生成完全相同的文件
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// 年度
    #[arg(long, value_name = "YYYY", default_value_t = 2015, value_parser = clap::value_parser!(i32).range(1950..=2099))]
    pub year: i32,
    /// 像各单位实际报送的那样写：多个文件夹、双层表头、合计行、各种日期写法等
    #[arg(long)]
    pub messy: bool,
    /// 规则包文件夹；不写则用内置的规则包
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct TemplateArgs {
    /// 写到哪个文件夹
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// 规则包文件夹；不写则用内置的规则包
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
}

fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| format!("「{text}」不是日期，应写成 2015-06-30"))
}

/// Parses the command line.
///
/// # Errors
/// Clap's own error, with its texts in Chinese where they are usual; help and version too.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(arguments)
}
