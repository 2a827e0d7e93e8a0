//! A virtual desktop for the app, one for each test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use bellwire_tests::support::desktop::{self, Options, VirtualDesktop};
use bellwire_tests::support::notifyd::{NotificationDaemon, USUAL_CAPABILITIES};
use bellwire_tests::support::programs;
use bellwire_tests::support::tray::{self, TrayItem};
use bellwire_tests::support::wait;
use bellwire_tests::support::webdriver::Window;

/// Returns a `config.toml` with one feed, with the id `ops` and the name Ops.
pub fn one_feed(url: &str) -> String {
    format!("[[feed]]\nid = \"ops\"\nname = \"Ops\"\nurl = \"{url}\"\n")
}

/// A virtual desktop with a recording notification service, and a home for the app.
pub struct Stage {
    /// The notification service.
    pub daemon: NotificationDaemon,
    /// The test's connection to the session bus.
    pub bus: zbus::Connection,
    /// The desktop. It is dropped last.
    pub desktop: VirtualDesktop,
}

impl Stage {
    /// Starts a desktop with tray and keychain, and creates a home with this `config.toml`.
    pub async fn new(config: &str) -> Self {
        Self::with(&Options::default(), USUAL_CAPABILITIES, config).await
    }

    /// Starts a desktop with these options and these capabilities of the notification service, and creates a home.
    pub async fn with(options: &Options, capabilities: &[&str], config: &str) -> Self {
        let options = Options { notifications: false, ..options.clone() };
        let desktop = VirtualDesktop::start_with(&options).expect("the desktop starts");
        let daemon = NotificationDaemon::start_with(&desktop, capabilities).await;
        let bus = desktop::connect(&desktop).await;
        let stage = Self { daemon, bus, desktop };
        fs::create_dir(stage.home_dir()).expect("a home can be made");
        if !config.is_empty() {
            stage.write_config(config);
        }
        stage
    }

    /// Returns the app's home.
    pub fn home_dir(&self) -> PathBuf {
        self.desktop.dir().join("bellwire")
    }

    /// Writes `config.toml`, as an editor does.
    pub fn write_config(&self, text: &str) {
        fs::write(self.home_dir().join("config.toml"), text).expect("the configuration can be written");
    }

    /// Starts the app under WebDriver, and waits until its page is rendered.
    pub async fn open(&self) -> Window {
        let window = self.open_at_once().await;
        window.wait_for(".app").await;
        window
    }

    /// Starts the app under WebDriver; its page may still be loading.
    pub async fn open_at_once(&self) -> Window {
        let home_dir = self.home_dir();
        let arguments = ["--home".as_ref(), home_dir.as_os_str()];
        Window::open(&self.desktop, &programs::desktop_app(), &arguments).await
    }

    /// Starts the app as a person does, with these arguments.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.desktop.command(programs::desktop_app());
        command.arg("--home").arg(self.home_dir()).args(arguments);
        command.stdout(Stdio::null()).stderr(self.app_log());
        self.desktop.spawn(&mut command).expect("the app starts")
    }

    /// Returns a command of the command-line program with the app's home.
    pub fn bellwire(&self, arguments: &[&str]) -> Command {
        let mut command = self.desktop.command(programs::command_line());
        command.arg("--home").arg(self.home_dir()).args(arguments);
        command
    }

    /// Waits for the app's tray item.
    pub async fn tray(&self) -> TrayItem {
        tray::wait_for_item(&self.bus, "bellwire").await
    }

    /// Returns the process id of the app, from the bus.
    pub async fn app_id(&self) -> u32 {
        let item = self.tray().await;
        let bus = zbus::fdo::DBusProxy::new(&self.bus).await.expect("the bus answers");
        let name = item.bus_name.as_str().try_into().expect("a bus name");
        bus.get_connection_unix_process_id(name).await.expect("the item's process is there")
    }

    /// Quits the app through its tray, and waits until its process has ended.
    pub async fn quit(&self) {
        let id = self.app_id().await;
        self.tray().await.click_to_end("Quit Bellwire").await;
        wait::until("the app to end", async || (!is_running(id)).then_some(())).await;
    }

    /// Closes the window with the window manager's keyboard shortcut.
    pub async fn close_window(&self) {
        wait::until("the window to go", async || {
            let Some(window) = self.windows(&["--onlyvisible"]).pop() else { return Some(()) };
            // Pressed again while the window exists, because the window manager drops keys during a change of focus.
            self.xdotool(&["windowactivate", &window])?;
            self.xdotool(&["key", "alt+F4"])?;
            None
        })
        .await;
    }

    /// Returns whether a window is visible.
    pub fn has_visible_window(&self) -> bool {
        !self.windows(&["--onlyvisible"]).is_empty()
    }

    /// Returns whether a window is minimised.
    pub fn has_minimised_window(&self) -> bool {
        !self.windows(&[]).is_empty() && !self.has_visible_window()
    }

    /// Waits until a window is visible.
    pub async fn wait_for_visible_window(&self) {
        wait::until("the window", async || self.has_visible_window().then_some(())).await;
    }

    /// Clicks a notification until the window is visible. The app receives clicks only from a moment after its call
    /// of `Notify`; a test may be faster than that.
    pub async fn open_through(&self, notification: u32) {
        wait::until("the window", async || {
            self.daemon.click(notification, "default").await;
            self.has_visible_window().then_some(())
        })
        .await;
    }

    /// Returns the ids of the app's windows.
    fn windows(&self, which: &[&str]) -> Vec<String> {
        let search = [&["search"], which, &["--name", "^Bellwire$"]].concat();
        // xdotool prints nothing if it finds no window, but fails if a window is closed during the search.
        let found =
            std::iter::repeat_with(|| self.xdotool_output(&search)).find(|found| found.stderr.is_empty());
        let found = found.expect("a repetition has no end");
        String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned).collect()
    }

    /// Returns the output of xdotool; `None` if it fails, because its window was closed, for example.
    fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let output = self.xdotool_output(arguments);
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn xdotool_output(&self, arguments: &[&str]) -> Output {
        self.desktop.command("xdotool").args(arguments).output().expect("xdotool starts")
    }

    fn app_log(&self) -> fs::File {
        let path = self.desktop.dir().join("logs/app.log");
        fs::File::options().create(true).append(true).open(path).expect("a log can be written")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for name in ["WebKitWebDriver.log", "app.log"] {
            let text = fs::read(self.desktop.dir().join("logs").join(name)).unwrap_or_default();
            eprintln!("{name}:\n{}", String::from_utf8_lossy(&text));
        }
        let pictures_dir = pictures_dir();
        let png_path = pictures_dir.join("failed.png");
        if self.desktop.screenshot(&png_path).is_ok() {
            eprintln!("the screen: {}", png_path.display());
        }
    }
}

/// Returns the folder of the tests' screenshots, `target/pictures`.
pub fn pictures_dir() -> PathBuf {
    let program_path = programs::desktop_app();
    let target_dir = program_path.ancestors().nth(2).expect("programs lie in target/PROFILE");
    let pictures_dir = target_dir.join("pictures");
    fs::create_dir_all(&pictures_dir).expect("the folder of pictures can be made");
    pictures_dir
}

/// Returns whether a process exists and is not a zombie.
pub fn is_running(id: u32) -> bool {
    stat(&Path::new("/proc").join(id.to_string())).is_some_and(|(_, state, _)| state != 'Z')
}

/// Returns whether a descendant of process `id` renders a web page.
pub fn has_web_process(id: u32) -> bool {
    web_process_below(id).is_some()
}

/// Returns the descendant of process `id` that renders a web page.
pub fn web_process_below(id: u32) -> Option<u32> {
    // Linux keeps 15 characters of a process's name.
    below(id).into_iter().find(|(_, name)| name == "WebKitWebProces").map(|(own, _)| own)
}

/// Returns the names of the descendants of process `id`.
pub fn processes_below(id: u32) -> Vec<String> {
    below(id).into_iter().map(|(_, name)| name).collect()
}

/// Returns ids and names of the descendants of process `id`.
fn below(id: u32) -> Vec<(u32, String)> {
    let entries = fs::read_dir("/proc").expect("the system lists processes").flatten();
    let stats: Vec<_> = entries
        .filter_map(|entry| {
            let own: u32 = entry.file_name().to_str()?.parse().ok()?;
            let (name, state, parent) = stat(&entry.path())?;
            (state != 'Z').then_some((own, name, parent))
        })
        .collect();
    let mut below = vec![id];
    let mut found = Vec::new();
    while let Some(parent) = below.pop() {
        for (own, name, _) in stats.iter().filter(|(_, _, of)| *of == parent) {
            below.push(*own);
            found.push((*own, name.clone()));
        }
    }
    found
}

/// Returns name, state and parent of a process (proc_pid_stat(5)).
fn stat(process_dir: &Path) -> Option<(String, char, u32)> {
    let text = fs::read_to_string(process_dir.join("stat")).ok()?;
    let (start, end) = text.rsplit_once(')')?;
    let mut fields = end.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((start.split_once('(')?.1.to_owned(), state, fields.next()?.parse().ok()?))
}
