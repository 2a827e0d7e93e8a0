//! A real `bellwire run` on a private bus, which is both its session bus and its system bus.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use bellwire_engine::event::RowBody;
use bellwire_engine::{At, Home, LogReader, View};
use bellwire_tests::support::bus::PrivateBus;
use bellwire_tests::support::{programs, wait};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// A home and a private bus, with the programs that run there.
pub struct Place {
    /// The session bus and system bus.
    pub bus: PrivateBus,
    dir: TempDir,
}

impl Place {
    /// Creates a home with this `config.toml`, and starts a bus.
    pub async fn new(config: &str) -> Self {
        let place = Self { bus: PrivateBus::start().await, dir: TempDir::new().unwrap() };
        fs::create_dir(place.home_dir()).unwrap();
        fs::write(place.home_dir().join("config.toml"), config).unwrap();
        place
    }

    /// Returns the folder of the home.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Returns the folder of the home.
    pub fn home_dir(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Returns the text of `config.toml`.
    pub fn config(&self) -> String {
        fs::read_to_string(self.home_dir().join("config.toml")).unwrap()
    }

    /// Creates another home on the same bus, with this `config.toml`, and returns its folder.
    pub fn another_home(&self, name: &str, config: &str) -> PathBuf {
        let dir = self.dir.path().join(name);
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("config.toml"), config).unwrap();
        dir
    }

    /// Runs the command line in this home with this input. Returns its exit code and all that it prints.
    pub async fn run_in(&self, home: &Path, arguments: &[&str], input: &str) -> (Option<i32>, String) {
        let mut command = self.bellwire_in(home, arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        // A program that refuses its arguments reads no input.
        let _ = program.stdin.take().unwrap().write_all(input.as_bytes()).await;
        let output = program.wait_with_output().await.unwrap();
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&printed).into_owned())
    }

    fn bellwire(&self, arguments: &[&str]) -> Command {
        self.bellwire_in(&self.home_dir(), arguments)
    }

    fn bellwire_in(&self, home: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(programs::command_line());
        command.arg("--home").arg(home).args(arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", self.bus.address());
        command.env("DBUS_SYSTEM_BUS_ADDRESS", self.bus.address());
        command.kill_on_drop(true);
        command
    }

    /// Starts `bellwire run`.
    pub fn run(&self) -> Child {
        let words = fs::File::options().create(true).append(true).open(self.words_path()).unwrap();
        let mut command = self.bellwire(&["run"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(words).spawn().unwrap()
    }

    /// Stores a secret with the command line, as a person does.
    pub async fn store_secret(&self, name: &str, text: &str) {
        let mut command = self.bellwire(&["secret", "set", name]);
        let mut set = command.stdin(Stdio::piped()).spawn().unwrap();
        set.stdin.take().unwrap().write_all(text.as_bytes()).await.unwrap();
        assert!(set.wait().await.unwrap().success());
    }

    /// Runs the command line with its whole log, and returns all that it prints.
    pub async fn all_output(&self, arguments: &[&str]) -> String {
        let mut command = self.bellwire(arguments);
        let output = command.env("BELLWIRE_LOG", "trace").stdin(Stdio::null()).output().await.unwrap();
        let printed = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&printed).into_owned()
    }

    /// Waits until the program's error output contains this text.
    pub async fn wait_for_words(&self, wanted: &str) {
        wait::until(wanted, async || {
            fs::read_to_string(self.words_path()).unwrap_or_default().contains(wanted).then_some(())
        })
        .await;
    }

    /// Sends logind's signal that the machine woke.
    pub async fn wake(&self) {
        let logind = self.bus.connect().await;
        logind.request_name("org.freedesktop.login1").await.unwrap();
        let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
        logind.emit_signal(None::<&str>, path, interface, "PrepareForSleep", &false).await.unwrap();
        // The bus releases the name after it has sent the signal.
        logind.release_name("org.freedesktop.login1").await.unwrap();
    }

    /// Returns the number of stored events.
    pub fn stored(&self) -> usize {
        let Ok(reader) = LogReader::open(&Home::at(&self.home_dir())) else { return 0 };
        let rows = reader.page(&View::default(), At::Newest, 100_000).unwrap().rows;
        rows.iter().filter(|row| matches!(row.body, RowBody::Event(_))).count()
    }

    fn words_path(&self) -> PathBuf {
        self.dir.path().join("words.log")
    }
}
