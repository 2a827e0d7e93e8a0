//! A real keychain, gnome-keyring, on a private bus. It can hang, end and be started again.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::bus::PrivateBus;
use super::wait;

const SERVICE: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";
const INTERFACE: &str = "org.freedesktop.Secret.Service";

/// A running keychain. Dropping it stops it.
#[derive(Debug)]
pub struct Keyring {
    daemon: Child,
    bus: zbus::Connection,
}

impl Keyring {
    /// Starts an unlocked keychain that stores its secrets below `dir`, and returns once it answers.
    pub async fn start(bus: &PrivateBus, dir: &Path) -> Self {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).env("HOME", dir).env_remove("DISPLAY");
        command.env("XDG_DATA_HOME", dir.join("data")).env("XDG_RUNTIME_DIR", dir);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut daemon = command.spawn().expect("gnome-keyring-daemon starts");
        daemon
            .stdin
            .take()
            .expect("its input is piped")
            .write_all(b"throwaway")
            .expect("it reads a password");
        let keyring = Self { daemon, bus: bus.connect().await };
        wait::until("the keychain's collection", async || {
            let answer = keyring.call("ReadAlias", &"default").await?;
            let path: zbus::zvariant::OwnedObjectPath = answer.body().deserialize().ok()?;
            (path.as_str() != "/").then_some(())
        })
        .await;
        keyring
    }

    /// Locks the keychain. There is no prompt to unlock it again.
    pub async fn lock(&self) {
        let answer = self.call("ReadAlias", &"default").await.expect("it answers");
        let collection: zbus::zvariant::OwnedObjectPath = answer.body().deserialize().expect("a path");
        self.call("Lock", &vec![collection]).await.expect("it locks");
    }

    /// Stops answering (SIGSTOP) until [`Keyring::resume`].
    pub fn hang(&self) {
        self.signal("STOP");
    }

    /// Answers again (SIGCONT), starting with the requests that arrived meanwhile.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let id = self.daemon.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &id]).status().expect("kill starts");
        assert!(status.success(), "the daemon is there");
    }

    async fn call<B>(&self, method: &str, body: &B) -> Option<zbus::Message>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        self.bus.call_method(Some(SERVICE), PATH, Some(INTERFACE), method, body).await.ok()
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
