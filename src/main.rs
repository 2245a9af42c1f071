//! The command line's entry point: parse, run, say what happened, exit code.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kaohe::cli::{self, Cli, Command, RunArgs};
use kaohe::pack::{self, Pack, Run};
use kaohe::run::job::{Job, Typed};
use kaohe::run::{self, CHECKED_AS, Ended, Failure, Told};

/// Expressions of a pack may nest deeply; the main thread's stack is not ours to size.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let cli = match cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
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
        Command::Template(arguments) => template(&arguments),
    };
    match ended {
        Ok(Ended::Clean) => 0,
        Ok(Ended::WithFaults) => 3,
        Err(failure) => {
            complain(&failure.message);
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

fn template(arguments: &cli::TemplateArgs) -> Result<Ended, Failure> {
    let pack = load(arguments.pack.as_deref())?;
    for path in kaohe::template::write(&arguments.dir, &pack).map_err(Failure::failed)? {
        complain(&path.display().to_string());
    }
    Ok(Ended::Clean)
}

/// One size for both pools. Polars reads its own from the environment of the process it starts in.
fn threads(count: Option<u16>) -> Result<(), Failure> {
    let Some(count) = count else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(count))
        .build_global()
        .map_err(|error| Failure::failed(format!("无法启动 {count} 个线程：{error}")))
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
