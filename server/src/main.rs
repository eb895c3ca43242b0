//! The `anabranch` command.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use server::app::{Config, Server};
use server::command;
use server::config::{Cli, Command, Serve};
use tokio::signal;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Before there are threads: a reader may have none.
    if let Command::ReadDocument { kind } = cli.command {
        return finish(server::reader::run(kind));
    }
    server::telemetry::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime did not start: {error}")),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(options) => serve(options).await,
            Command::Env(data) => command::env(&data.folder()),
            Command::Open(data) => command::open(&data.folder()).await,
            Command::Import(files) => command::import(files).await,
            Command::Export(flow) => command::export(flow).await,
            Command::Doctor(data) => command::doctor(&data.folder()).await,
            #[cfg(feature = "local-models")]
            Command::Model(model) => command::model(model.command).await,
            Command::Python(python) => command::python(python.command).await,
            Command::ReadDocument { kind } => server::reader::run(kind),
        }
    });
    finish(done)
}

fn finish(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

async fn serve(options: Serve) -> Result<(), String> {
    let config = Config {
        data: options.data.folder(),
        listen: options.listen,
        allowed_hosts: options.allowed_host,
        models: None,
        python: None,
        reader: None,
    };
    let server = Server::start(config).await.map_err(|error| error.to_string())?;
    let link = server.link().map_err(|error| error.to_string())?;
    println!("Anabranch is running at {}", server.url);
    println!("Sign in: {link}");
    println!(
        "The link works once, for ten minutes. `anabranch open` makes a new one. Ctrl+C stops the server."
    );
    if let Some(setting) = command::shell_setting(&options.data) {
        println!("In a shell that is to call flows, first: {setting}");
    }
    let _ = std::io::stdout().flush();
    if !options.no_open {
        command::open_in_browser(&link);
    }
    server.run(asked_to_stop()).await.map_err(|error| error.to_string())
}

/// Resolves at Ctrl+C or SIGTERM; a second one ends the process at once.
async fn asked_to_stop() {
    wait_for_signal().await;
    #[allow(clippy::disallowed_methods)]
    tokio::spawn(async {
        wait_for_signal().await;
        std::process::exit(130);
    });
}

async fn wait_for_signal() {
    #[cfg(unix)]
    {
        let terminated = async {
            match signal::unix::signal(signal::unix::SignalKind::terminate()) {
                Ok(mut terminate) => {
                    terminate.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = signal::ctrl_c() => {}
            () = terminated => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = signal::ctrl_c().await;
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("anabranch: {message}");
    ExitCode::FAILURE
}
