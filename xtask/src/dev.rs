//! `cargo xtask dev`: the app with its window served by Vite, so that a saved file shows at once.

use std::net::{Ipv6Addr, SocketAddr, TcpStream};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::demo::ThrowawayHome;
use crate::failure::Failure;
use crate::process_group::wait_for_end;
use crate::{setup, step, window};

/// Vite's own default port.
const PORT: u16 = 5173;

/// How long Vite may take to serve its first page.
const VITE_LIMIT: Duration = Duration::from_secs(60);

/// Sets up, starts Vite and runs the app until it is quit.
pub fn run() -> Result<(), Failure> {
    setup::packages(&[&setup::BUILD])?;
    setup::node()?;
    window::install()?;
    window::build()?;

    let home = ThrowawayHome::create()?;
    let port = PORT.to_string();
    let mut command =
        window::npm(&["run", "dev", "--", "--host", "localhost", "--strictPort", "--port", &port]);
    let mut vite = home
        .group()
        .spawn(command.stdin(Stdio::null()))
        .map_err(|error| Failure::new("Vite did not start").because(error))?;
    let start = Instant::now();
    while !vite_answers() {
        let ended = wait_for_end(&mut vite, Duration::from_millis(100)).is_ok_and(|status| status.is_some());
        if ended || start.elapsed() > VITE_LIMIT {
            return Err(Failure::new(format!("Vite serves nothing on port {PORT}"))
                .next("see its message above; another program may use the port"));
        }
        thread::sleep(Duration::from_millis(50));
    }

    // Tauri merges this into tauri.conf.json when the app is compiled.
    let config = format!(r#"{{"build":{{"devUrl":"http://localhost:{PORT}"}}}}"#);
    let mut app = step::cargo(&["run", "--package", "bellwire-desktop", "--", "--demo", "--home"]);
    app.arg(home.dir()).env("TAURI_CONFIG", config);
    step::run("run the app against Vite", &mut app)
}

fn vite_answers() -> bool {
    let addresses = [SocketAddr::from(([127, 0, 0, 1], PORT)), SocketAddr::from((Ipv6Addr::LOCALHOST, PORT))];
    addresses.iter().any(|address| TcpStream::connect_timeout(address, Duration::from_millis(200)).is_ok())
}
