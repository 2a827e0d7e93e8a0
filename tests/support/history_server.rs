//! Servers from tests/servers that use a library. They store what is published, so that they can be killed and
//! restarted on the same port.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::process_group::ProcessGroup;
use xtask::servers;

use super::http;

/// A running server with a history. Dropping it stops it.
#[derive(Debug)]
pub struct HistoryServer {
    library: Library,
    /// The port of the streams, and the port for publishing.
    ports: [u16; 2],
    process: Option<Child>,
    published: usize,
    group: ProcessGroup,
    dir: TempDir,
}

/// The library that serves the streams.
#[derive(Clone, Debug)]
pub enum Library {
    /// sse-starlette on uvicorn, over HTTP/1.1.
    SseStarlette,
    /// better-sse on Node, over HTTP/2 and TLS with the certificate and key in this folder.
    BetterSse(PathBuf),
    /// What this script of tests/servers serves over HTTP/1.1, with its arguments after the port and the history.
    Script(&'static str, &'static [&'static str]),
}

impl HistoryServer {
    /// Starts the server on free loopback ports, and returns once it accepts connections.
    pub fn start(library: Library) -> Self {
        let dir = TempDir::new().expect("a temporary folder can be made");
        let group = ProcessGroup::start(dir.path()).expect("a process group starts");
        let mut server = Self { library, ports: [0, 0], process: None, published: 0, group, dir };
        server.come_back();
        server
    }

    /// Returns the URL of `target`.
    pub fn url(&self, target: &str) -> String {
        match self.library {
            Library::BetterSse(_) => format!("https://localhost:{}{target}", self.ports[0]),
            Library::SseStarlette | Library::Script(..) => {
                format!("http://127.0.0.1:{}{target}", self.ports[0])
            }
        }
    }

    /// Returns the port of the streams.
    pub fn port(&self) -> u16 {
        self.ports[0]
    }

    /// Publishes `count` more events in one request and returns their data. Their ids are numbers from 1.
    pub fn publish(&mut self, count: usize) -> Vec<String> {
        let numbers = self.published + 1..=self.published + count;
        self.published += count;
        let data: Vec<String> = numbers.clone().map(|n| format!("event {n}")).collect();
        let events =
            numbers.zip(&data).map(|(n, data)| json!({"id": n.to_string(), "event": "alert", "data": data}));
        self.publish_as_they_are(&events.collect::<Vec<_>>());
        data
    }

    /// Publishes these events, objects with `id`, `event` and `data`, in one request.
    pub fn publish_as_they_are(&self, events: &[Value]) {
        self.order("/publish", &Value::from(events).to_string());
    }

    /// Posts to a path that changes the server's state, such as `/end`, which ends every stream.
    pub fn order(&self, path: &str, body: &str) {
        let headers = ["Content-Type: application/json"];
        let response = http::exchange(self.ports[1], "POST", path, &headers, body);
        let response = response.expect("the server answers");
        assert!(response.contains(" 202 "), "{path} failed: {response}");
    }

    /// Returns the headers of each request for a stream since the server's start.
    pub fn asked(&self) -> Vec<Value> {
        let response = http::exchange(self.ports[1], "GET", "/asked", &[], "").expect("the server answers");
        let body = response.split_once("\r\n\r\n").expect("a response has a head").1;
        // Node uses chunks even for HTTP/1.0 if it does not know the length; the array is between them.
        let (from, to) = (body.find('[').expect("an array"), body.rfind(']').expect("an array"));
        serde_json::from_str(&body[from..=to]).expect("the server writes JSON")
    }

    /// Kills the server (SIGKILL).
    pub fn die(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it can be killed");
            process.wait().expect("it ends");
        }
    }

    /// Asks the server to end (SIGTERM), and returns once it has ended.
    pub async fn end(&mut self) {
        let mut process = self.process.take().expect("it runs");
        let sent = Command::new("kill").args(["-TERM", &process.id().to_string()]).status();
        assert!(sent.expect("kill starts").success(), "it was there");
        // The server waits for its clients, which may run on this thread.
        let ended = tokio::task::spawn_blocking(move || process.wait()).await;
        ended.expect("waiting goes on").expect("it ends");
    }

    /// Starts the server again on its ports, with all published events.
    pub fn come_back(&mut self) {
        let mut command = self.command();
        let log_path = self.dir.path().join("server.log");
        let log = File::create(&log_path).expect("its log can be written");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut process = self.group.spawn(&mut command).expect("the server starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output is piped")).lines();
        self.process = Some(process);
        let mut port = || {
            let line = lines.next().and_then(Result::ok).unwrap_or_default();
            let port = line.strip_prefix("listening on ").and_then(|port| port.parse().ok());
            let log = || fs::read_to_string(&log_path).unwrap_or_default();
            port.unwrap_or_else(|| panic!("it does not listen: {line:?}, {}", log()))
        };
        self.ports = match self.library {
            Library::SseStarlette => [port(); 2],
            Library::Script(script, _) if is_python(script) => [port(); 2],
            Library::Script(..) | Library::BetterSse(_) => [port(), port()],
        };
    }

    fn command(&self) -> Command {
        let history_path = self.dir.path().join("history");
        let (script, arguments): (&str, Vec<&OsStr>) = match &self.library {
            Library::SseStarlette => ("sse_starlette_app.py", Vec::new()),
            Library::BetterSse(certificates_dir) => ("better-sse.mjs", vec![certificates_dir.as_ref()]),
            Library::Script(script, arguments) => (script, arguments.iter().map(OsStr::new).collect()),
        };
        let [port, control] = self.ports.map(|port| port.to_string());
        let mut command = if is_python(script) {
            let python_path = servers::python();
            installed(&python_path);
            let mut command = Command::new(python_path);
            command.arg(servers::servers_dir().join(script)).arg(port);
            command
        } else {
            installed(&servers::servers_dir().join("node_modules"));
            let mut command = Command::new("node");
            command.arg(servers::servers_dir().join(script)).args([port, control]);
            command
        };
        command.arg(history_path).args(arguments);
        command
    }
}

impl Drop for HistoryServer {
    fn drop(&mut self) {
        self.die();
    }
}

/// Returns whether a script is Python's. Such a server is controlled on the port of its streams.
fn is_python(script: &str) -> bool {
    Path::new(script).extension() == Some(OsStr::new("py"))
}

fn installed(path: &Path) {
    assert!(path.exists(), "{} is not there: `cargo xtask test` installs it", path.display());
}
