//! `bellwire demo`: the demo feeds on loopback.

use std::net::Ipv4Addr;

use bellwire_demo::{Options, Pace};

use crate::args::DemoOptions;
use crate::exit::{Exit, Failure};
use crate::print;

pub async fn run(options: DemoOptions) -> Result<Exit, Failure> {
    let at = (Ipv4Addr::LOCALHOST, options.port);
    let listener = tokio::net::TcpListener::bind(at).await.map_err(|error| {
        Failure::failed(format!(
            "cannot listen on 127.0.0.1:{}: {error}; choose another port with --port",
            options.port
        ))
    })?;
    let port = listener.local_addr().map_err(Failure::failed)?.port();
    for feed in ["quotes", "places", "alerts"] {
        if print::line(&format!("http://127.0.0.1:{port}/{feed}")).is_err() {
            return Ok(Exit::Satisfied);
        }
    }
    let end = async {
        // If no handler can be installed, the system's default ends the program.
        let _ = tokio::signal::ctrl_c().await;
    };
    let demo = Options { seed: options.seed, pace: Pace::Real };
    bellwire_demo::serve(listener, demo, end).await.map_err(Failure::failed)?;
    Ok(Exit::Interrupted)
}
