//! The server binary: reads the configuration, starts the platform and serves requests until it receives
//! SIGTERM or SIGINT.

use std::process::ExitCode;

use server::platform::config::Config;
use server::platform::{Platform, shutdown, telemetry};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::from_environment()?;
    telemetry::start(&config);
    let bind = config.bind;
    let platform = Platform::new(config)?;
    shutdown::on_signals(&platform.shutdown)?;
    platform.prepare().await?;
    let listener = TcpListener::bind(bind)
        .await
        .map_err(|error| format!("cannot listen on the address {bind} of WRIT_BIND: {error}"))?;
    tracing::info!(address = %listener.local_addr()?, "serving requests");
    let app = server::app::router(&platform);
    platform.serve(listener, app).await?;
    Ok(())
}
