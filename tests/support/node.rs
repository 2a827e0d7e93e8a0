//! The small Node servers of tutorials, from tests/servers.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use xtask::process_group::ProcessGroup;

/// A running Node server. Dropping it stops it.
#[derive(Debug)]
pub struct NodeServer {
    ports: Vec<u16>,
    server: Child,
    _group: ProcessGroup,
    _dir: TempDir,
}

impl NodeServer {
    /// Starts `tests/servers/SCRIPT` on `ports` (0 picks a free port), and returns once it listens on all of them.
    pub fn start(script: &str, ports: &[u16]) -> Self {
        let script_path = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers").join(script);
        let dir = TempDir::new().expect("a temporary folder can be made");
        let group = ProcessGroup::start(dir.path()).expect("a process group starts");
        let mut command = Command::new("node");
        command.arg(&script_path).args(ports.iter().map(u16::to_string));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut server = group.spawn(&mut command).expect("node starts");

        // Each script prints `listening on PORT` for each of its ports.
        let stdout = server.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(stdout).lines();
        let mut listening = Vec::new();
        while listening.len() < ports.len() {
            let line =
                lines.next().unwrap_or_else(|| panic!("{script} ended early")).expect("it prints text");
            let port = line.strip_prefix("listening on ").and_then(|port| port.parse().ok());
            listening.push(port.unwrap_or_else(|| panic!("{script} said {line:?}")));
        }
        Self { ports: listening, server, _group: group, _dir: dir }
    }

    /// Returns the ports that it listens on, in the order of the arguments.
    pub fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// Returns the URL of `target` on its first port.
    pub fn url(&self, target: &str) -> String {
        format!("http://127.0.0.1:{}{target}", self.ports[0])
    }
}

impl Drop for NodeServer {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
