//! The command line's entry point: parse, run, say what happened, exit code.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kaohe::cli::{self, ArchiveCommand, Cli, Command, PackCommand, RunArgs};
use kaohe::pack::{self, Pack, Run};
use kaohe::run::job::{Job, Typed};
use kaohe::run::{self, CHECKED_AS, Ended, Failure, Told};

/// Expressions of a pack may nest deeply; the main thread's stack is not ours to size.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let cli = match cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            match cli::complaint(&error) {
                Some(message) => complain(&message),
                None => drop(error.print()),
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
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
    let ended = match cli.command {
        Command::HalfYear(arguments) => annual(Run::HalfYear, arguments),
        Command::Annual(arguments) => annual(Run::Annual, arguments),
        Command::Check(arguments) => check(arguments),
        Command::Record(arguments) => {
            run::take_answers(&arguments.workbooks, &arguments.archive, arguments.amend, &Terminal::new(false))
        }
        Command::Archive(arguments) => archive(arguments.command),
        Command::Sample(arguments) => sample(&arguments),
        Command::Pack(arguments) => pack_command(arguments.command),
        Command::Template(arguments) => template(&arguments),
    };
    match ended {
        Ok(Ended::Clean) => 0,
        Ok(Ended::WithFaults) => 3,
        Err(failure) => {
            if !failure.message.is_empty() {
                complain(&failure.message);
            }
            failure.code
        }
    }
}

fn load(dir: Option<&std::path::Path>) -> Result<Pack, Failure> {
    match dir {
        Some(dir) => pack::load(dir).map_err(Failure::failed),
        None => pack::built_in(pack::built_in_names().next().unwrap_or_default()).map_err(Failure::failed),
    }
}

fn annual(run: Run, arguments: RunArgs) -> Result<Ended, Failure> {
    threads(arguments.threads)?;
    let pack = load(arguments.pack.as_deref())?;
    let typed = Typed {
        run,
        input: arguments.input,
        output: arguments.output,
        year: arguments.year,
        as_of: arguments.as_of,
        archive: arguments.archive,
        sets: arguments.sets,
        notices: !arguments.no_notices,
        strict: arguments.strict,
        quiet: arguments.quiet,
    };
    let job = Job::new(typed, &pack)?;
    let terminal = Terminal::new(job.quiet);
    run::run(&job, &pack, &terminal)
}

fn check(arguments: cli::CheckArgs) -> Result<Ended, Failure> {
    threads(None)?;
    let pack = load(arguments.pack.as_deref())?;
    let typed = Typed {
        run: CHECKED_AS,
        // Checking publishes nothing: the folder for its lists may lie anywhere.
        output: std::env::temp_dir().join("kaohe-check"),
        input: arguments.input,
        year: arguments.year,
        as_of: None,
        archive: None,
        sets: Vec::new(),
        notices: false,
        strict: false,
        quiet: false,
    };
    let job = Job::new(typed, &pack)?;
    run::check(&job, &pack, arguments.output.as_deref(), &Terminal::new(false))
}

fn pack_command(command: PackCommand) -> Result<Ended, Failure> {
    match command {
        PackCommand::Show(of) => {
            let pack = load(of.pack.as_deref())?;
            let _ = writeln!(std::io::stdout(), "{}", pack::show(&pack).trim_end());
        }
        PackCommand::Lint(of) => {
            // Loading checks names, types, provisions and references, and tells every fault.
            let pack = load(of.pack.as_deref())?;
            pack::lint(&pack).map_err(Failure::failed)?;
            complain(&format!("规则包 {} {}：没有发现问题", pack.name, pack.version));
        }
        PackCommand::Export { dir } => {
            let name = pack::built_in_names().next().unwrap_or_default();
            for path in pack::export(name, &dir).map_err(Failure::failed)? {
                complain(&path.display().to_string());
            }
        }
    }
    Ok(Ended::Clean)
}

fn archive(command: ArchiveCommand) -> Result<Ended, Failure> {
    let terminal = Terminal::new(false);
    match command {
        ArchiveCommand::Show(file) => {
            let text = run::show_archive(&file.archive, file.as_of)?;
            let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
            Ok(Ended::Clean)
        }
        ArchiveCommand::Verify(file) => run::verify_archive(&file.archive, &terminal),
        ArchiveCommand::Export { file, archive } => {
            run::export_archive(&archive.archive, &file, archive.as_of, &terminal)
        }
    }
}

fn sample(arguments: &cli::SampleArgs) -> Result<Ended, Failure> {
    let pack = load(arguments.pack.as_deref())?;
    let request = kaohe::sample::Request {
        cadres: arguments.cadres,
        seed: arguments.seed,
        year: arguments.year,
        messy: arguments.messy,
    };
    let terminal = Terminal::new(false);
    terminal.stage("写入");
    let progress = |done: u64, of: u64| {
        terminal.progress(usize::try_from(done).unwrap_or(usize::MAX), usize::try_from(of).unwrap_or(usize::MAX));
    };
    let written = kaohe::sample::write(&arguments.dir, &request, &pack, &progress).map_err(Failure::failed)?;
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
    let pack = load(arguments.pack.as_deref())?;
    for path in kaohe::template::write(&arguments.dir, &pack).map_err(Failure::failed)? {
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

fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
}

/// Progress and the summary, on standard error.
struct Terminal {
    quiet: bool,
    bar: Mutex<ProgressBar>,
}

impl Terminal {
    fn new(quiet: bool) -> Self {
        let bar = ProgressBar::new(0);
        let shown = !quiet && std::io::stderr().is_terminal();
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        Terminal { quiet, bar: Mutex::new(bar) }
    }
}

impl Told for Terminal {
    fn say(&self, text: &str) {
        if !self.quiet {
            if let Ok(bar) = self.bar.lock() {
                bar.finish_and_clear();
            }
            complain(text);
        }
    }

    fn stage(&self, name: &str) {
        if let Ok(bar) = self.bar.lock() {
            bar.set_message(name.to_owned());
        }
    }

    fn progress(&self, done: usize, of: usize) {
        if let Ok(bar) = self.bar.lock() {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
    }
}
