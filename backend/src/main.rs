//! Starts the server, or runs a program in a sandbox. The server reads the configuration, opens the store, and serves until it
//! is told to stop.

#![forbid(unsafe_code)]

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::Context as _;
use backend::app;
use backend::cli::{self, Cli, Command};
use backend::config::{Config, RawConfig};
use backend::state::AppState;
use clap::Parser as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => serve(cli.serve).map(|()| ExitCode::SUCCESS),
        Some(Command::Serve(given)) => serve(given).map(|()| ExitCode::SUCCESS),
        Some(command) => cli::run(command),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(given: RawConfig) -> anyhow::Result<()> {
    let config = Config::resolve(given)?;
    tracing_subscriber::fmt()
        .with_env_filter(&config.log)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    tracing::info!(?config, "starting with this configuration");
    let (host, port, open) = (config.host, config.port, config.open);
    let state = AppState::open(config).await?;
    let listener = TcpListener::bind((host, port))
        .await
        .with_context(|| format!("port {port} on {host} is not free: choose another with --port"))?;
    let link = format!("http://{}/", listener.local_addr()?);
    // For people, and for programs that start us with port 0; the log goes to standard error.
    println!("Orrery is ready: {link}");
    state.prepare();
    if open && let Err(error) = open::that_detached(&link) {
        tracing::warn!(%error, "no browser could be opened");
    }
    app::serve(listener, state, stop_signal()?).await
}

/// Ends when the process is told to stop, by a person at the terminal or by a supervisor.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
