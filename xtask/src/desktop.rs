//! A whole desktop on a virtual screen: display, session bus, window manager, tray, notifications, keychain.

mod config;

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, thread};

use crate::failure::Failure;
use crate::process_group::{GRACE, ProcessGroup, wait_for_end};

/// How long one part of the desktop may take to come up. A loaded machine needs a few seconds at most.
const PART_LIMIT: Duration = Duration::from_secs(30);

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(20);

const PANEL: &str = "xfce4-panel";

/// What the desktop has. The default has everything.
#[derive(Clone, Debug)]
pub struct Options {
    /// A panel with a tray (a StatusNotifierWatcher and a host). Without it no tray exists, as on bare GNOME.
    pub tray: bool,
    /// A notification daemon. Without it `org.freedesktop.Notifications` is free for a test to own.
    pub notifications: bool,
    /// An unlocked keychain (Secret Service) with a throwaway password.
    pub keychain: bool,
    /// Width and height of the screen in pixels.
    pub size: (u32, u32),
}

impl Default for Options {
    fn default() -> Self {
        Self { tray: true, notifications: true, keychain: true, size: (1440, 900) }
    }
}

/// A running virtual desktop. Dropping it ends every process in it and removes its folder.
///
/// One process has at most one at a time: [`VirtualDesktop::start`] waits for its turn, so that tests written
/// one beside the other do not fight over two cores.
#[derive(Debug)]
pub struct VirtualDesktop {
    parts: Vec<Part>,
    // Ends what is left before the folder is removed and the turn is passed on: fields drop in this order.
    group: ProcessGroup,
    dir: DesktopDir,
    env: Vec<(&'static str, String)>,
    _turn: Turn,
}

impl VirtualDesktop {
    /// Starts a desktop that has everything.
    pub fn start() -> Result<Self, Failure> {
        Self::start_with(&Options::default())
    }

    /// Starts a desktop and returns when every part of it answers.
    pub fn start_with(options: &Options) -> Result<Self, Failure> {
        let turn = Turn::take();
        let dir = DesktopDir::create()?;
        let group = ProcessGroup::start(dir.path()).map_err(|error| {
            Failure::new("the virtual desktop's process group did not start").because(error)
        })?;
        let env = config::environment(dir.path());
        let mut desktop = Self { parts: Vec::new(), group, dir, env, _turn: turn };

        desktop.start_screen(options.size)?;
        desktop.start_bus()?;
        desktop.start_window_manager()?;
        if options.keychain {
            desktop.start_keychain()?;
        }
        if options.notifications {
            desktop.start_notifications()?;
        }
        if options.tray {
            desktop.start_panel()?;
        }
        Ok(desktop)
    }

    /// The desktop's folder; `home` in it is the user's home.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The environment of every process on this desktop: DISPLAY, DBUS_SESSION_BUS_ADDRESS, HOME, XDG_* and more.
    pub fn env(&self) -> &[(&'static str, String)] {
        &self.env
    }

    /// The address of the desktop's own session bus.
    pub fn bus_address(&self) -> String {
        config::bus_address(self.dir())
    }

    /// A command with this desktop's environment and nothing of the surrounding one's desktop.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(config::belongs_to_a_desktop) {
                command.env_remove(&name);
            }
        }
        command.envs(self.env.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Starts `command` in the desktop's process group, so that it ends with the desktop.
    pub fn spawn(&self, command: &mut Command) -> Result<Child, Failure> {
        self.group.spawn(command).map_err(|error| {
            Failure::new(format!("{} did not start", command.get_program().display())).because(error)
        })
    }

    /// Whether somebody owns `name` on the session bus.
    pub fn bus_name_is_owned(&self, name: &str) -> bool {
        self.bus_call(&[
            "--dest=org.freedesktop.DBus",
            "/",
            "org.freedesktop.DBus.NameHasOwner",
            &format!("string:{name}"),
        ])
        .is_some_and(|reply| reply.contains("boolean true"))
    }

    /// Whether a tray host is there to show tray items.
    pub fn has_tray_host(&self) -> bool {
        self.watcher_property("IsStatusNotifierHostRegistered")
            .is_some_and(|reply| reply.contains("boolean true"))
    }

    /// Whether at least one tray item is registered with the tray host.
    pub fn has_tray_item(&self) -> bool {
        self.watcher_property("RegisteredStatusNotifierItems")
            .is_some_and(|reply| reply.contains("string \""))
    }

    /// Ends the panel, as when a user's panel crashes: its tray goes with it.
    pub fn stop_panel(&mut self) -> Result<(), Failure> {
        let Some(at) = self.parts.iter().position(|part| part.program == PANEL) else { return Ok(()) };
        let mut panel = self.parts.remove(at).process;
        panel
            .kill()
            .and_then(|()| panel.wait())
            .map_err(|error| Failure::new("the panel did not end").because(error))?;
        let start = Instant::now();
        while self.has_tray_host() {
            if start.elapsed() > PART_LIMIT {
                return Err(in_vain("the tray to go away"));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Starts the panel and waits until its tray takes items.
    pub fn start_panel(&mut self) -> Result<(), Failure> {
        self.start_part(PANEL, &["--disable-wm-check"])?;
        self.wait_for_part("the panel's tray", Self::has_tray_host)
    }

    /// Writes a picture of the whole screen to `png_path`.
    pub fn screenshot(&self, png_path: &Path) -> Result<(), Failure> {
        let output = self.command("import").args(["-window", "root"]).arg(png_path).output();
        let output =
            output.map_err(|error| Failure::new("`import` (ImageMagick) did not start").because(error))?;
        if !output.status.success() {
            return Err(Failure::new(format!("no screenshot could be written to {}", png_path.display()))
                .because(String::from_utf8_lossy(&output.stderr).trim()));
        }
        Ok(())
    }

    fn start_screen(&mut self, (width, height): (u32, u32)) -> Result<(), Failure> {
        let mut command = self.command("Xvfb");
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"]);
        command.arg(format!("{width}x{height}x24"));
        command.stdout(Stdio::piped()).stderr(self.log_file("Xvfb")?);
        let mut screen = self.spawn(&mut command)?;
        // Xvfb picks a free display itself and prints its number once it takes connections.
        let mut number = String::new();
        if let Some(stdout) = screen.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut number)
                .map_err(|error| Failure::new("Xvfb said nothing").because(error))?;
        }
        self.parts.push(Part { program: "Xvfb".into(), process: screen });
        if number.trim().is_empty() {
            return Err(Failure::new("Xvfb ended at once").because(self.log_end("Xvfb")));
        }
        self.env.push(("DISPLAY", format!(":{}", number.trim())));
        Ok(())
    }

    fn start_bus(&mut self) -> Result<(), Failure> {
        let config_path = config::write_bus(self.dir())?;
        let argument = format!("--config-file={}", config_path.display());
        self.start_part("dbus-daemon", &["--nofork", "--nopidfile", "--nosyslog", &argument])?;
        self.wait_for_part("the session bus", |desktop| desktop.bus_name_is_owned("org.freedesktop.DBus"))
    }

    fn start_window_manager(&mut self) -> Result<(), Failure> {
        self.start_part("openbox", &["--sm-disable"])?;
        self.wait_for_part("the window manager", |desktop| {
            // EWMH: a manager that is ready sets _NET_SUPPORTING_WM_CHECK, which xdotool asks for here.
            let answer = desktop.command("xdotool").arg("get_num_desktops").output();
            answer.is_ok_and(|output| output.status.success() && output.stderr.is_empty())
        })?;
        // A plain colour behind the windows; a picture of the screen is easier to read so.
        let painted =
            self.command("xsetroot").args(["-solid", "#39465a"]).stderr(self.log_file("xsetroot")?).status();
        if !painted.is_ok_and(|status| status.success()) {
            return Err(Failure::new("the screen could not be painted").because(self.log_end("xsetroot")));
        }
        Ok(())
    }

    fn start_keychain(&mut self) -> Result<(), Failure> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        command.stdin(Stdio::piped());
        command.stdout(self.log_file("gnome-keyring-daemon")?).stderr(self.log_file("gnome-keyring-daemon")?);
        let mut keychain = self.spawn(&mut command)?;
        if let Some(mut stdin) = keychain.stdin.take() {
            stdin
                .write_all(b"throwaway")
                .map_err(|error| Failure::new("the keychain took no password").because(error))?;
        }
        self.parts.push(Part { program: "gnome-keyring-daemon".into(), process: keychain });
        self.wait_for_part("the keychain", |desktop| {
            // The default collection exists once the password has been used to make and unlock it.
            desktop
                .bus_call(&[
                    "--dest=org.freedesktop.secrets",
                    "/org/freedesktop/secrets",
                    "org.freedesktop.Secret.Service.ReadAlias",
                    "string:default",
                ])
                .is_some_and(|reply| reply.contains("/org/freedesktop/secrets/collection/"))
        })
    }

    fn start_notifications(&mut self) -> Result<(), Failure> {
        let program = config::notification_daemon()?;
        self.start_part(&program, &[])?;
        self.wait_for_part("the notification daemon", |desktop| {
            desktop.bus_name_is_owned("org.freedesktop.Notifications")
        })
    }

    fn start_part(&mut self, program: &str, arguments: &[&str]) -> Result<(), Failure> {
        let mut command = self.command(program);
        command.args(arguments).stdout(self.log_file(program)?).stderr(self.log_file(program)?);
        let process = self.spawn(&mut command)?;
        self.parts.push(Part { program: program.to_owned(), process });
        Ok(())
    }

    /// Waits until the part started last is `ready`, or has ended.
    fn wait_for_part(&mut self, what: &str, ready: impl Fn(&Self) -> bool) -> Result<(), Failure> {
        let start = Instant::now();
        while !ready(self) {
            let Some(part) = self.parts.last_mut() else { return Err(in_vain(what)) };
            let has_ended = !matches!(part.process.try_wait(), Ok(None));
            if has_ended || start.elapsed() > PART_LIMIT {
                let program = part.program.clone();
                return Err(in_vain(what).because(self.log_end(&program)));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    fn watcher_property(&self, property: &str) -> Option<String> {
        // Asking a name nobody owns is an error, not an activation: the bus has no such service file.
        self.bus_call(&[
            "--dest=org.kde.StatusNotifierWatcher",
            "/StatusNotifierWatcher",
            "org.freedesktop.DBus.Properties.Get",
            "string:org.kde.StatusNotifierWatcher",
            &format!("string:{property}"),
        ])
    }

    fn bus_call(&self, arguments: &[&str]) -> Option<String> {
        let mut command = self.command("dbus-send");
        command.args(["--session", "--print-reply", "--reply-timeout=2000"]).args(arguments);
        let output = command.stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn log_path(&self, program: &str) -> PathBuf {
        let name = Path::new(program).file_name().unwrap_or(OsStr::new("part"));
        self.dir().join("logs").join(name).with_extension("log")
    }

    fn log_file(&self, program: &str) -> Result<File, Failure> {
        let path = self.log_path(program);
        File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|error| Failure::new(format!("{} cannot be written", path.display())).because(error))
    }

    fn log_end(&self, program: &str) -> String {
        let text = fs::read(self.log_path(program)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let end = &lines[lines.len().saturating_sub(8)..];
        if end.is_empty() { format!("{program} printed nothing") } else { end.join("\n") }
    }
}

impl Drop for VirtualDesktop {
    fn drop(&mut self) {
        self.group.terminate();
        let start = Instant::now();
        for Part { process, .. } in self.parts.iter_mut().rev() {
            let left = GRACE.saturating_sub(start.elapsed());
            if !wait_for_end(process, left).is_ok_and(|status| status.is_some()) {
                let _ = process.kill();
                let _ = process.wait();
            }
        }
    }
}

/// One of the programs that make the desktop.
#[derive(Debug)]
struct Part {
    program: String,
    process: Child,
}

fn in_vain(what: &str) -> Failure {
    Failure::new(format!("waited for {what} on the virtual desktop in vain"))
}

/// The desktop's folder, short enough for socket paths (108 bytes) and readable by its owner alone.
#[derive(Debug)]
struct DesktopDir(PathBuf);

impl DesktopDir {
    fn create() -> Result<Self, Failure> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = env::temp_dir().join(format!("bellwire-{}-{count}", std::process::id()));
        let made = Self(dir);
        config::write_folders(made.path()).map_err(|error| {
            Failure::new(format!("{} cannot be made", made.path().display())).because(error)
        })?;
        Ok(made)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for DesktopDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The right to have a virtual desktop in this process; dropping it lets the next one start.
#[derive(Debug)]
struct Turn;

static TAKEN: Mutex<bool> = Mutex::new(false);
static FREED: Condvar = Condvar::new();

impl Turn {
    fn take() -> Self {
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = FREED.wait_while(taken, |taken| *taken).unwrap_or_else(PoisonError::into_inner);
        *taken = true;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = false;
        FREED.notify_one();
    }
}

/// Makes a folder that only its owner can enter; its parents must exist.
fn create_private_dir(path: &Path) -> std::io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}
