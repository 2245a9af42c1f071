//! The command line's entry point: parse, run, say what happened, exit code.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kaohe::cli::{self, ArchiveCommand, Cli, Command, InputArgs, PackCommand, RunArgs};
use kaohe::explain::text;
use kaohe::finding::{Finding, in_words};
use kaohe::journal::{Journal, visible};
use kaohe::pack::{self, Pack, Run};
use kaohe::run::job::{self, Job, Target};
use kaohe::run::{self, Audience, CHECKED_AS, Ended, Failure};

/// Many small texts are made on several threads at once, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Expressions of a pack may nest deeply; the main thread's stack is not ours to size.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let cli = match cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            match cli::complaint(&error) {
                Some(message) => {
                    log_usage(&message);
                    complain(&message);
                }
                None => drop(error.print()),
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    // A fault of the program, or a library's: said like everything else, with what its authors need.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or_default();
        if !kaohe::handoff::is_told(words) {
            complain(&format!("程序内部错误：{words}（{place}）"));
        }
    }));
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || command(cli));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) => ExitCode::from(1),
        Err(error) => {
            complain(&format!("无法启动：{error}"));
            ExitCode::from(1)
        }
    }
}

fn command(cli: Cli) -> u8 {
    // Before the log is opened: the program may have to start anew.
    let terminal = threads(cli.command.threads()).and_then(|()| Terminal::of(&cli.command));
    let terminal = match terminal {
        Ok(terminal) => terminal,
        Err(failure) => {
            complain(&failure.message);
            return failure.code;
        }
    };
    let ended = match cli.command {
        Command::HalfYear(arguments) => publish(Run::HalfYear, arguments, &terminal),
        Command::Annual(arguments) => publish(Run::Annual, arguments, &terminal),
        Command::Check(arguments) => check(arguments, &terminal),
        Command::Record(arguments) => {
            run::take_answers(&arguments.workbooks, &arguments.archive, arguments.amend, &terminal)
        }
        Command::Compare(arguments) => compare(&arguments, &terminal),
        Command::Sql(arguments) => sql(arguments, &terminal),
        Command::Explain(arguments) => explain(&arguments, &terminal),
        Command::Archive(arguments) => archive(arguments.command, &terminal),
        Command::Sample(arguments) => sample(&arguments, &terminal),
        Command::Pack(arguments) => pack_command(arguments.command),
        Command::Template(arguments) => template(&arguments),
        Command::Completions { shell } => {
            shown(std::io::stdout().write_all(&cli::completions(shell))).map(|()| Ended::Clean)
        }
    };
    let code = match ended {
        Ok(Ended::Clean) => 0,
        Ok(Ended::WithFaults) => 3,
        Err(failure) => {
            terminal.fail(&failure.message);
            failure.code
        }
    };
    terminal.end(code);
    code
}

/// A command line that cannot be understood still names the log in which somebody will look for the reason.
fn log_usage(message: &str) {
    let Some(path) = cli::log_named(std::env::args_os()) else { return };
    // Whatever is wrong with the file, the message itself goes to the terminal.
    if let Ok(journal) = Journal::open(&path, &cli::as_typed()) {
        journal.write(message);
        journal.end(2);
    }
}

fn load(dir: Option<&std::path::Path>) -> Result<Pack, Failure> {
    pack::open(dir).map_err(Failure::failed)
}

/// A pack that is to decide about people: one that its lint calls wrong is refused. (Tests keep the built-in ones clean.)
fn load_to_run(dir: Option<&std::path::Path>) -> Result<Pack, Failure> {
    let pack = load(dir)?;
    if dir.is_none_or(|dir| pack::built_in_named(dir).is_some()) {
        return Ok(pack);
    }
    let lints = pack::lint(&pack);
    match lints.errors() {
        0 => Ok(pack),
        _ => Err(Failure::failed(format!(
            "{lints}\n\n规则包有误，不能用于运行。请先更正，直到 kaohe pack lint 没有错误"
        ))),
    }
}

fn publish(run: Run, arguments: RunArgs, terminal: &Terminal) -> Result<Ended, Failure> {
    let pack = load_to_run(arguments.by.pack.as_deref())?;
    let job = Job::new(run, arguments.of, &pack)?;
    let mut target = Target::new(arguments.output, &job.input)?;
    target.notices = !arguments.no_notices;
    target.links = arguments.links;
    target.strict = arguments.strict;
    if let Some(archive) = arguments.archive {
        target.archive = archive;
    }
    run::run(&job, &target, &pack, terminal)
}

fn check(arguments: cli::CheckArgs, terminal: &Terminal) -> Result<Ended, Failure> {
    let pack = load(arguments.of.pack.as_deref())?;
    let of = InputArgs { input: arguments.input, year: arguments.year, as_of: None, sets: Vec::new() };
    let job = Job::new(CHECKED_AS, of, &pack)?;
    run::check(&job, &pack, arguments.output.as_deref(), terminal)
}

fn compare(arguments: &cli::CompareArgs, terminal: &Terminal) -> Result<Ended, Failure> {
    let pack = load_to_run(arguments.of.pack.as_deref())?;
    let other = arguments.with_pack.as_deref().map(|dir| load_to_run(Some(dir))).transpose()?;
    run::compare::run(arguments, &pack, other.as_ref(), terminal)
}

fn sql(arguments: cli::SqlArgs, terminal: &Terminal) -> Result<Ended, Failure> {
    let pack = load_to_run(arguments.by.pack.as_deref())?;
    let job = Job::new(arguments.run, arguments.of, &pack)?;
    run::engine::run(&job, &arguments.output, arguments.dialect, &pack, terminal)
}

fn explain(arguments: &cli::ExplainArgs, terminal: &Terminal) -> Result<Ended, Failure> {
    if let Some(archive) = &arguments.archive {
        let text = run::explain_over_years(&arguments.subject, archive, arguments.output.as_deref(), terminal)?;
        if arguments.output.is_none() {
            show(&visible(&text))?;
        }
        return Ok(Ended::Clean);
    }
    // The command line asks for one of the two.
    let Some(dir) = &arguments.run else { return Err(Failure::usage("请用 --run 或 --archive 指明看哪里")) };
    let explained = run::explain::explain(&arguments.subject, dir)?;
    if let Some(file) = &arguments.output {
        run::explain::save(&explained, dir, file)?;
        terminal.say(&format!("已写出：{}", file.display()));
    }
    if arguments.json {
        show(&serde_json::to_string_pretty(&explained)?)?;
    } else if arguments.output.is_none() {
        let width = std::io::stdout()
            .is_terminal()
            .then(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
            .flatten();
        let texts: Vec<String> = explained.iter().map(|one| visible(&text::text(one, width)).into_owned()).collect();
        show(&texts.join(&format!("\n{}\n\n", "─".repeat(30))))?;
    }
    Ok(Ended::Clean)
}

fn pack_command(command: PackCommand) -> Result<Ended, Failure> {
    match command {
        PackCommand::Show { functions: true, .. } => {
            show(&pack::show_functions())?;
        }
        PackCommand::Guide => {
            show(pack::GUIDE)?;
        }
        PackCommand::Show { of, .. } => {
            let pack = load(of.pack.as_deref())?;
            show(&visible(&pack::show(&pack)))?;
        }
        PackCommand::Lint(of) => {
            // Loading checks names, types, provisions and references, and tells every fault.
            let pack = load(of.pack.as_deref())?;
            let lints = pack::lint(&pack);
            let told = format!("{lints}");
            let (found, end) = told.rsplit_once('\n').unwrap_or(("", &told));
            complain(format!("{found}\n规则包 {} {}：{end}", pack.name, pack.version).trim_start());
            if lints.errors() > 0 {
                return Err(Failure { message: String::new(), code: 1 });
            }
        }
        PackCommand::Test { mutants, of } => {
            let pack = load(of.pack.as_deref())?;
            let report = run::examples::test(&pack)?;
            show(&report.to_string())?;
            let mut passed = report.passed();
            // What an example that does not hold would notice is no answer.
            if let Some(about) = mutants.filter(|_| report.failures.is_empty()) {
                let report = run::examples::mutants(&pack, &about)?;
                show(&report.to_string())?;
                passed &= report.passed();
            }
            if !passed {
                return Err(Failure { message: String::new(), code: 1 });
            }
        }
        PackCommand::Export { dir, of } => {
            let pack = load(of.pack.as_deref())?;
            for path in pack::export(&pack, &dir)? {
                complain(&path.display().to_string());
            }
            let others: Vec<&str> = pack::built_in_names().filter(|name| *name != pack.name).collect();
            complain(&format!(
                "已导出规则包 {}；其他内置的规则包：{}（用 --pack 名称 指定）",
                pack.name,
                others.join("、")
            ));
        }
    }
    Ok(Ended::Clean)
}

fn archive(command: ArchiveCommand, terminal: &Terminal) -> Result<Ended, Failure> {
    match command {
        ArchiveCommand::Show(file) => {
            let calendar = run::calendar(file.holidays.as_deref())?;
            let text = run::show_archive(&file.archive, file.as_of, &calendar)?;
            show(&visible(&text)).map(|()| Ended::Clean)
        }
        ArchiveCommand::Verify(file) => run::verify_archive(&file.archive, terminal),
        ArchiveCommand::Export { file, archive } => {
            let calendar = run::calendar(archive.holidays.as_deref())?;
            run::export_archive(&archive.archive, &file, archive.as_of, &calendar, terminal)
        }
    }
}

fn sample(arguments: &cli::SampleArgs, terminal: &Terminal) -> Result<Ended, Failure> {
    let pack = load(arguments.of.pack.as_deref())?;
    let request = kaohe::sample::Request {
        cadres: arguments.cadres,
        seed: arguments.seed,
        year: arguments.year,
        messy: arguments.messy,
    };
    terminal.stage("写入");
    let progress = |done: u64, of: u64| {
        terminal.progress(usize::try_from(done).unwrap_or(usize::MAX), usize::try_from(of).unwrap_or(usize::MAX));
    };
    let written =
        kaohe::sample::write(&arguments.dir, &request, &pack, &progress).map_err(|error| Failure::of(&error))?;
    terminal.say(&format!(
        "已生成{}的示例数据：{} 个单位、{} 人，{} 个工作簿共 {} 行，在 {}",
        request.year,
        written.units,
        written.members,
        written.books.len(),
        written.rows,
        arguments.dir.display()
    ));
    Ok(Ended::Clean)
}

fn template(arguments: &cli::TemplateArgs) -> Result<Ended, Failure> {
    let pack = load(arguments.of.pack.as_deref())?;
    for path in kaohe::template::write(&arguments.dir, &pack).map_err(|error| Failure::of(&error))? {
        complain(&path.display().to_string());
    }
    Ok(Ended::Clean)
}

/// The variable in which polars looks for the size of its pool, once, when it is first used.
const POLARS_THREADS: &str = "POLARS_MAX_THREADS";

/// One size for both pools. Polars reads its own from the environment, so the program starts anew
/// with it where it differs.
fn threads(count: Option<u16>) -> Result<(), Failure> {
    let Some(count) = count else { return Ok(()) };
    let failed = |error: &dyn std::fmt::Display| Failure::failed(format!("无法启动 {count} 个线程：{error}"));
    if std::env::var(POLARS_THREADS).ok() != Some(count.to_string()) {
        let program = std::env::current_exe().map_err(|error| failed(&error))?;
        let mut again = std::process::Command::new(program);
        again.args(std::env::args_os().skip(1)).env(POLARS_THREADS, count.to_string());
        return Err(restart(&mut again).unwrap_or_else(|error| failed(&error)));
    }
    rayon::ThreadPoolBuilder::new().num_threads(usize::from(count)).build_global().map_err(|error| failed(&error))
}

/// Becomes the command; comes back only with an error.
#[cfg(unix)]
fn restart(command: &mut std::process::Command) -> std::io::Result<Failure> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

/// Runs the command and takes its exit code.
#[cfg(not(unix))]
fn restart(command: &mut std::process::Command) -> std::io::Result<Failure> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(Failure { message: String::new(), code })
}

/// What was asked for.
fn show(text: &str) -> Result<(), Failure> {
    shown(writeln!(std::io::stdout(), "{}", text.trim_end()))
}

/// Whoever has read enough of it (`head`) may stop; what could not be written is not there for anybody.
fn shown(written: std::io::Result<()>) -> Result<(), Failure> {
    match written.and_then(|()| std::io::stdout().flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("无法写出结果：{}。请检查磁盘是否已满", in_words(&error))))
        }
        _ => Ok(()),
    }
}

fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", visible(text.trim_end()));
}

/// Progress and the summary, on standard error; with `--log` in a file as well.
struct Terminal {
    quiet: bool,
    bar: Mutex<ProgressBar>,
    journal: Option<Journal>,
}

impl Terminal {
    fn of(command: &Command) -> Result<Terminal, Failure> {
        let quiet = command.quiet();
        let bar = ProgressBar::new(0);
        let shown = !quiet && std::io::stderr().is_terminal();
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        let journal = match command.log() {
            Some(path) => {
                let (input, output) = command.folders();
                job::may_hold_log(path, input, output)?;
                Some(Journal::open(path, &cli::as_typed())?)
            }
            None => None,
        };
        Ok(Terminal { quiet, bar: Mutex::new(bar), journal })
    }

    /// Why the command failed: said even to who asked for quiet.
    fn fail(&self, message: &str) {
        if message.is_empty() {
            return;
        }
        self.log(message);
        self.clear();
        complain(message);
    }

    fn log(&self, text: &str) {
        self.journal.iter().for_each(|journal| journal.write(text));
    }

    /// Takes the bar away for good.
    fn clear(&self) {
        if let Ok(bar) = self.bar.lock() {
            bar.finish_and_clear();
        }
    }

    fn end(self, code: u8) {
        self.clear();
        if let Some(journal) = self.journal {
            journal.end(code);
        }
    }
}

impl Audience for Terminal {
    fn say(&self, text: &str) {
        self.log(text);
        if !self.quiet {
            match self.bar.lock() {
                Ok(bar) => bar.suspend(|| complain(text)),
                Err(_) => complain(text),
            }
        }
    }

    fn stage(&self, name: &str) {
        self.log(name);
        if let Ok(bar) = self.bar.lock() {
            bar.set_message(name.to_owned());
            bar.set_position(0);
        }
    }

    fn progress(&self, done: usize, of: usize) {
        if let Ok(bar) = self.bar.lock() {
            bar.set_length(of as u64);
            // Parts that are done side by side may be told in another order.
            bar.set_position(bar.position().max(done as u64));
        }
    }

    fn found(&self, findings: &[Finding]) {
        findings.iter().for_each(|finding| self.log(&finding.to_string()));
    }
}
