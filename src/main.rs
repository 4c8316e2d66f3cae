//! Parses arguments, starts the service, hands its handle to the window or the command line.

use postwren::cli::{self, Arguments, Failure};
use postwren::i18n;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let began = Instant::now();
    #[cfg(feature = "html")]
    if std::env::args_os().nth(1).is_some_and(|first| first == postwren::render::WORKER) {
        return postwren::render::run_worker();
    }
    #[cfg(feature = "html")]
    if std::env::args_os().nth(1).is_some_and(|first| first == postwren::render::PREVIEW_WORKER) {
        return postwren::render::run_preview_worker();
    }
    i18n::choose(None);
    let arguments = cli::parse();
    cli::start_log();
    cli::finish(run(arguments, began))
}

fn run(arguments: Arguments, began: Instant) -> Result<(), Failure> {
    cli::prepare_descriptors()?;
    // The service waits far more than it computes; what blocks has tokio's threads for that.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::Sentence(error.to_string()))?;
    if arguments.command.is_some() {
        return cli::run(runtime, arguments);
    }
    window(runtime, arguments, began)
}

/// Opens the window. It owns this thread until it is closed.
#[cfg(feature = "gui")]
fn window(runtime: tokio::runtime::Runtime, arguments: Arguments, began: Instant) -> Result<(), Failure> {
    use postwren::cli::{Open, Session};
    use postwren::gui;
    use postwren::service::Mode;

    let open = arguments.open()?.map(|open| match open {
        Open::Mailto(url) => gui::Open::Mailto(url),
        Open::Message(path) => gui::Open::Message(path),
    });
    let session = runtime.block_on(Session::open(arguments.profile, arguments.demo, Mode::Interactive))?;
    session.end_when_asked(&runtime);
    let start = gui::Start { handle: session.handle().clone(), runtime: runtime.handle().clone(), open, began };
    let shown = gui::run(start).map_err(|error| Failure::Sentence(error.to_string()));
    session.close(runtime);
    shown
}

/// This build has no window.
#[cfg(not(feature = "gui"))]
fn window(_: tokio::runtime::Runtime, arguments: Arguments, _: Instant) -> Result<(), Failure> {
    arguments.open()?;
    Err(Failure::Usage(postwren::fl!("cli-no-window")))
}
