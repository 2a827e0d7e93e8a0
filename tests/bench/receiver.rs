//! `bellwire run` and its peer as processes, measured from outside.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bellwire_tests::support::programs;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::machine;

/// The timeout until sent events are stored, and until stored events are indexed.
const LIMIT: Duration = Duration::from_secs(120);
/// The interval at which the log is checked.
const LOOK: Duration = Duration::from_millis(2);

/// The program that receives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// `bellwire run`.
    Bellwire,
    /// The client in `peer_log.rs`.
    Peer,
}

/// A running program with its own log. Dropping it kills it.
pub struct Receiver {
    program: Program,
    child: Child,
    folder: TempDir,
}

impl Receiver {
    /// Starts `bellwire run` with this configuration.
    pub fn bellwire(config: &str, variables: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let home = folder.path().join("home");
        std::fs::create_dir(&home).expect("a folder in a temporary one");
        std::fs::write(home.join("config.toml"), config).expect("the configuration");
        let mut command = Command::new(programs::command_line());
        command.arg("--home").arg(&home).arg("run").envs(variables.iter().copied());
        Self::start(Program::Bellwire, folder, command)
    }

    /// Starts the peer with the first `feeds` feeds of the server on this port.
    pub fn peer(feeds: usize, port: u16) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let own_path = std::env::current_exe().expect("a running program has a path");
        let mut command = Command::new(own_path);
        command.args(["peer-log", "--port", &port.to_string(), "--feeds", &feeds.to_string(), "--log"]);
        command.arg(folder.path().join("peer.db"));
        Self::start(Program::Peer, folder, command)
    }

    fn start(program: Program, folder: TempDir, mut command: Command) -> Self {
        let output = File::create(folder.path().join("stderr")).expect("a file in a temporary folder");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
        Self { program, child: command.spawn().expect("the receiver starts"), folder }
    }

    /// Waits until this number of events is stored. Returns when, by the clock of [`machine::mono`].
    pub fn stored(&self, events: usize) -> Duration {
        // The count that each commit of events also writes.
        let sql = match self.program {
            Program::Bellwire => "SELECT coalesce(sum(event_count), 0) FROM feed_state",
            Program::Peer => "SELECT coalesce(max(seq), 0) FROM event",
        };
        self.wait("the events to be stored", &self.log(), sql, events);
        machine::mono()
    }

    /// Waits until the search index contains all events but the last few, which are indexed later. The peer has no
    /// index.
    pub fn indexed(&self) {
        if self.program == Program::Peer {
            return;
        }
        let log = self.log();
        let newest = number(&log, "SELECT max(seq) FROM log").unwrap_or(0);
        let sql = "SELECT coalesce((SELECT value FROM counter WHERE name = 'indexed'), 0)";
        // The index is updated only when 512 rows are waiting.
        self.wait("the index of the search", &log, sql, newest.saturating_sub(512));
    }

    /// Returns the number of different events, and of rows, in the log.
    pub fn count(&self) -> (usize, usize) {
        let (different, all) = match self.program {
            Program::Bellwire => (
                "SELECT count(*) FROM (SELECT DISTINCT feed, last_event_id FROM log WHERE kind = 0)",
                "SELECT count(*) FROM log WHERE kind = 0",
            ),
            Program::Peer => {
                ("SELECT count(*) FROM (SELECT DISTINCT feed, id FROM event)", "SELECT count(*) FROM event")
            }
        };
        let log = self.log();
        let count = |sql| number(&log, sql).expect("the log can be read");
        (count(different), count(all))
    }

    /// Returns the processor time so far.
    pub fn cpu_time(&self) -> Duration {
        machine::cpu_time_of(self.child.id())
    }

    /// Returns the peak resident memory, in bytes.
    pub fn peak_resident(&self) -> usize {
        machine::peak_resident_of(self.child.id())
    }

    fn log(&self) -> Connection {
        let path: PathBuf = match self.program {
            Program::Bellwire => self.folder.path().join("home/bellwire.db"),
            Program::Peer => self.folder.path().join("peer.db"),
        };
        let log = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the log");
        log.busy_timeout(LIMIT).expect("a limit");
        log
    }

    fn wait(&self, what: &str, log: &Connection, sql: &str, at_least: usize) {
        let start = Instant::now();
        while number(log, sql).is_none_or(|number| number < at_least) {
            if start.elapsed() > LIMIT {
                let said = std::fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default();
                let seen = number(log, sql);
                panic!("timeout of {} s for {what}: {seen:?} of {at_least}\n{said}", LIMIT.as_secs());
            }
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn number(log: &Connection, sql: &str) -> Option<usize> {
    log.prepare_cached(sql).and_then(|mut sql| sql.query_row([], |row| row.get(0))).ok()
}
