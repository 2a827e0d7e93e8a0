//! The demo where there is no display: a virtual desktop, everything that arrives in words, one picture.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::follow::{self, Seen};
use super::{app, program_path};
use crate::desktop::VirtualDesktop;
use crate::failure::Failure;
use crate::process_group::wait_for_end;
use crate::step;

/// How long the feeds may take to bring enough; `alerts` speaks at human pace.
const LIMIT: Duration = Duration::from_secs(90);

/// Events that must have arrived, from all three feeds together.
const EVENTS: usize = 45;

/// The demo feeds as the app names them, which must all have brought something.
const FEEDS: [&str; 3] = ["demo-quotes", "demo-places", "demo-alerts"];

/// A window that has drawn itself has more colours than an empty one.
const DRAWN_COLOURS: u32 = 32;

/// Runs the app on a virtual desktop until enough was seen, and leaves a picture of the screen.
pub(super) fn run() -> Result<(), Failure> {
    step::say("start a virtual desktop: screen, session bus, window manager, keychain, notifications, tray");
    let desktop = VirtualDesktop::start()?;
    let home_dir = desktop.dir().join("bellwire");
    let log_path = step::target_dir().join("demo/bellwire-desktop.log");
    let log = create_log(&log_path)?;

    step::say("open Bellwire on a throwaway home with its three demo feeds");
    let (sender, seen) = mpsc::channel();
    let _monitor = start_monitor(&desktop, sender.clone())?;
    let mut command = on(&desktop, app(&home_dir));
    command.stdout(clone(&log)?).stderr(log);
    let mut app = desktop.spawn(&mut command)?;

    let shown = watch(&desktop, &mut app, &home_dir, sender, &seen);
    let picture_path = step::target_dir().join("demo/bellwire.png");
    desktop.screenshot(&picture_path)?;
    step::say(&format!("a picture of the screen: {}", picture_path.display()));
    let (events, notifications) =
        shown.map_err(|failure| failure.next(format!("read what the app said: {}", log_path.display())))?;

    end(&mut app)?;
    drop(desktop);
    step::say(&format!(
        "done: {events} events, {notifications} notifications; all that was started has ended"
    ));
    Ok(())
}

/// Prints what arrives until it is enough, and returns the numbers of events and notifications.
fn watch(
    desktop: &VirtualDesktop,
    app: &mut Child,
    home_dir: &Path,
    sender: Sender<Seen>,
    seen: &Receiver<Seen>,
) -> Result<(usize, usize), Failure> {
    let deadline = Instant::now() + LIMIT;
    wait(app, deadline, "the app's database", || home_dir.join("bellwire.db").exists())?;
    let _follower = start_follower(desktop, home_dir, sender)?;
    let counts = print_what_arrives(app, deadline, seen)?;
    wait(app, deadline, "the tray icon", || desktop.has_tray_item())?;
    wait(app, deadline, "the window to draw itself", || window_is_drawn(desktop))?;
    Ok(counts)
}

fn print_what_arrives(
    app: &mut Child,
    deadline: Instant,
    seen: &Receiver<Seen>,
) -> Result<(usize, usize), Failure> {
    step::say("what arrives:");
    let mut events: BTreeMap<String, usize> = BTreeMap::new();
    let mut notifications = 0;
    loop {
        let total: usize = events.values().sum();
        let has_all = FEEDS.iter().all(|feed| events.contains_key(*feed));
        if has_all && total >= EVENTS && notifications > 0 {
            return Ok((total, notifications));
        }
        check_runs(app)?;
        if Instant::now() >= deadline {
            return Err(Failure::new(format!(
                "after {} s there were {total} events ({events:?}) and {notifications} notifications; \
                 expected {EVENTS} from {} and at least one notification",
                LIMIT.as_secs(),
                FEEDS.join(", ")
            )));
        }
        match seen.recv_timeout(Duration::from_millis(200)) {
            Ok(Seen::Event { feed, event, data }) => {
                step::detail(&format!("event         {feed:12} {event:10} {}", one_line(&data)));
                *events.entry(feed).or_default() += 1;
            }
            Ok(Seen::Notification { title, body }) => {
                step::detail(&format!("notification  {} | {}", one_line(&title), one_line(&body)));
                notifications += 1;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::new("both the event log and the bus monitor ended too early"));
            }
        }
    }
}

/// At most 90 characters, on one line, without what could steer a terminal.
fn one_line(text: &str) -> String {
    let mut line: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(90).collect();
    if text.chars().nth(90).is_some() {
        line.push('…');
    }
    line
}

fn start_monitor(desktop: &VirtualDesktop, sender: Sender<Seen>) -> Result<Child, Failure> {
    let mut command = desktop.command("dbus-monitor");
    command.args(["--session", "interface='org.freedesktop.Notifications',member='Notify'"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut monitor = desktop.spawn(&mut command)?;
    if let Some(stdout) = monitor.stdout.take() {
        follow::notifications(stdout, sender);
    }
    Ok(monitor)
}

fn start_follower(desktop: &VirtualDesktop, home_dir: &Path, sender: Sender<Seen>) -> Result<Child, Failure> {
    let mut command = desktop.command(program_path("bellwire"));
    command.arg("log").arg("--home").arg(home_dir).args(["--follow", "--format", "ndjson"]);
    command.stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut follower = desktop.spawn(&mut command)?;
    if let Some(stdout) = follower.stdout.take() {
        follow::events(stdout, sender);
    }
    Ok(follower)
}

fn window_is_drawn(desktop: &VirtualDesktop) -> bool {
    let search = ["search", "--onlyvisible", "--class", "bellwire"];
    let Some(found) = step::output(desktop.command("xdotool").args(search)) else { return false };
    found.lines().any(|window| {
        let mut count = desktop.command("import");
        count.args(["-window", window, "-format", "%k", "info:"]);
        step::output(&mut count).and_then(|colours| colours.trim().parse().ok()).unwrap_or(0) > DRAWN_COLOURS
    })
}

fn wait(app: &mut Child, deadline: Instant, what: &str, ready: impl Fn() -> bool) -> Result<(), Failure> {
    while !ready() {
        check_runs(app)?;
        if Instant::now() >= deadline {
            return Err(Failure::new(format!("waited for {what} in vain")));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn check_runs(app: &mut Child) -> Result<(), Failure> {
    match app.try_wait() {
        Ok(None) => Ok(()),
        Ok(Some(status)) => Err(Failure::new(format!("the app ended too early, with {status}"))),
        Err(error) => Err(Failure::new("the app was lost").because(error)),
    }
}

fn end(app: &mut Child) -> Result<(), Failure> {
    let asked = Command::new("kill").arg(app.id().to_string()).status();
    let ended = wait_for_end(app, Duration::from_secs(10));
    match (asked, ended) {
        (Ok(_), Ok(Some(_))) => Ok(()),
        _ => Err(Failure::new("the app did not end within 10 s of SIGTERM")),
    }
}

/// `command` with the desktop's environment in place of the surrounding one's.
fn on(desktop: &VirtualDesktop, command: Command) -> Command {
    let mut moved = desktop.command(command.get_program());
    moved.args(command.get_args());
    moved
}

fn create_log(path: &PathBuf) -> Result<File, Failure> {
    fs::create_dir_all(step::target_dir().join("demo"))
        .and_then(|()| File::create(path))
        .map_err(|error| Failure::new(format!("{} cannot be written", path.display())).because(error))
}

fn clone(file: &File) -> Result<File, Failure> {
    file.try_clone().map_err(|error| Failure::new("the app's log cannot be shared").because(error))
}
