//! A private D-Bus message bus for a test, in place of the system's.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:dir=DIR</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A running bus. Dropping it stops it.
#[derive(Debug)]
pub struct PrivateBus {
    address: String,
    daemon: Child,
    _dir: TempDir,
}

impl PrivateBus {
    /// Starts a bus on which every client may own every name.
    pub async fn start() -> Self {
        let dir = TempDir::new().expect("a temporary folder can be made");
        let config_path = dir.path().join("bus.conf");
        let config = CONFIG.replace("DIR", &dir.path().display().to_string());
        std::fs::write(&config_path, config).expect("the configuration can be written");
        let mut command = Command::new("dbus-daemon");
        command.arg(format!("--config-file={}", config_path.display()));
        command.args(["--nofork", "--nopidfile", "--nosyslog", "--print-address=1"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut daemon = command.spawn().expect("dbus-daemon starts");
        let mut address = String::new();
        let stdout = daemon.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut address).expect("it prints its address");
        Self { address: address.trim().to_owned(), daemon, _dir: dir }
    }

    /// Returns the bus's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Connects to the bus.
    pub async fn connect(&self) -> zbus::Connection {
        let builder = zbus::connection::Builder::address(self.address()).expect("the address is well formed");
        builder.build().await.expect("the bus takes connections")
    }
}

impl Drop for PrivateBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
