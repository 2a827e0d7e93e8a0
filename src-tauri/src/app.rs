//! Starts and runs the app, or hands over to the app that already runs for the same home.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::config::Language;
use bellwire_engine::config::{self, ConfigFile};
use bellwire_engine::ports::{Clock, Ports};
use bellwire_engine::status::Status;
use bellwire_engine::system;
use bellwire_engine::{Click, Engine, EngineHandle, Home, HomeError, StartError};
use tauri::{AppHandle, RunEvent, WindowEvent};
use tokio::sync::{Notify, broadcast, mpsc, watch};

use crate::bridge::{self, Bridge, Hidden};
use crate::clock::local_time;
use crate::commands::{self, Desktop};
use crate::controller::{Controller, Event};
use crate::demo::{DemoError, DemoServer};
use crate::handover;
use crate::options::Options;
use crate::shell::{Files, TauriShell};
use crate::tray::{self, menu::Action, menu::Menu};
use crate::words::words;

/// Why the app cannot start.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The home's folders cannot be found, created or made private.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The engine cannot start.
    #[error(transparent)]
    Start(StartError),
    /// Another process without a window uses this home.
    #[error(
        "another Bellwire receives for this home without a window (perhaps `bellwire run`); end it, or choose another home with --home DIR"
    )]
    ReceivingElsewhere(#[source] io::Error),
    /// The demo feeds cannot be served or added.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// There is no display.
    #[cfg(target_os = "linux")]
    #[error(
        "there is no display: neither WAYLAND_DISPLAY nor DISPLAY is set; to receive without a display, use `bellwire run`"
    )]
    NoDisplay,
    /// The window system failed.
    #[error("the window system failed: {0}; to receive without a window, use `bellwire run`")]
    Desktop(#[from] tauri::Error),
    /// The runtime's threads cannot be started.
    #[error("cannot start the program's threads: {0}; end other programs and try again")]
    Runtime(#[from] io::Error),
}

impl AppError {
    /// Returns the exit code: 2 if the home or the command line is the cause, 1 if the system is.
    pub fn exit_code(&self) -> u8 {
        match self {
            AppError::Home(_) | AppError::Start(_) | AppError::ReceivingElsewhere(_) => 2,
            _ => 1,
        }
    }
}

/// Runs the app until a person quits it. If an app already runs for the same home, shows its window and returns.
///
/// # Errors
/// [`AppError`] if the app cannot start.
pub fn run(options: &Options) -> Result<(), AppError> {
    let home = Home::resolve(options.home.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let Some(started) = runtime.block_on(start(home, options))? else { return Ok(()) };
    #[cfg(target_os = "macos")]
    let sender = started.sender.clone();
    let app = build(options, started)?;
    app.run(move |_, event| match event {
        // Closing the last window does not end the app. Only an exit with a code does, and only `quit` gives one.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        // The icon in the dock was clicked.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => drop(sender.send(Event::Tray(Action::Open))),
        _ => {}
    });
    Ok(())
}

/// The parts that are started before the window system.
struct Started {
    home: Home,
    ports: Ports,
    engine: EngineHandle,
    demo: DemoServer,
    sender: mpsc::UnboundedSender<Event>,
    events: mpsc::UnboundedReceiver<Event>,
}

/// Starts receiving. Returns `None` if another process already receives for this home and shows its window.
async fn start(home: Home, options: &Options) -> Result<Option<Started>, AppError> {
    let ports = system::ports_in(&home);
    if handover::ask(home.runtime_dir()).await.is_ok() {
        return Ok(None);
    }
    let demo = DemoServer::default();
    // The demo is served before the engine connects to it. The engine reports an invalid configuration, so errors are
    // ignored here.
    if let Ok(config) = config::parse(&ConfigFile::at(home.config_path()).read().unwrap_or_default())
        && let Err(error) = demo.serve_configured(&config).await
    {
        tracing::warn!("{error}");
    }
    require_display()?;
    let engine = match Engine::start(home.clone(), ports.clone()).await {
        Ok(engine) => engine,
        // The other process is still starting, or has no desktop.
        Err(StartError::AlreadyRunning) => {
            handover::ask_starting(home.runtime_dir()).await.map_err(AppError::ReceivingElsewhere)?;
            return Ok(None);
        }
        Err(error) => return Err(AppError::Start(error)),
    };
    let (sender, events) = mpsc::unbounded_channel();
    if let Err(error) = handover::listen(home.runtime_dir(), sender.clone()) {
        tracing::warn!(%error, "a second start will not be able to show this window");
    }
    if options.demo {
        demo.add(&engine).await?;
    }
    Ok(Some(Started { home, ports, engine, demo, sender, events }))
}

fn build(options: &Options, started: Started) -> Result<tauri::App, AppError> {
    let Started { home, ports, engine, demo, sender, events } = started;
    let bridge = Arc::new(Bridge::default());
    let desktop = Desktop {
        engine: engine.clone(),
        bridge: Arc::clone(&bridge),
        clock: Arc::clone(&ports.clock),
        demo,
        stop_checks: Notify::new(),
    };
    let closed = sender.clone();
    let is_hidden = options.hidden;
    let app = tauri::Builder::default()
        .manage(desktop)
        .invoke_handler(tauri::generate_handler![
            commands::log::snapshot,
            commands::log::rows,
            commands::log::changes,
            commands::log::event,
            commands::log::trace,
            commands::log::open_link,
            commands::feeds::known_services,
            commands::feeds::recognise_service,
            commands::feeds::check_feed,
            commands::feeds::stop_check,
            commands::feeds::add_feed,
            commands::feeds::add_demo_feeds,
            commands::feeds::remove_feed,
            commands::feeds::set_feed_enabled,
            commands::feeds::reconnect_feed,
            commands::feeds::sign_in,
            commands::feeds::renew_secrets,
            commands::log::mark_read,
            commands::log::mute,
            commands::log::take_target,
        ])
        .on_window_event(move |_, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                let _ = closed.send(Event::CloseRequested);
            }
        })
        .setup(move |app| {
            let app = app.handle().clone();
            let background = Background { app, home, ports, engine, bridge, sender, events };
            tauri::async_runtime::spawn(background.run(is_hidden));
            Ok(())
        })
        .build(tauri::generate_context!())?;
    Ok(app)
}

/// Runs the tasks besides the window system's event loop.
struct Background {
    app: AppHandle,
    home: Home,
    ports: Ports,
    engine: EngineHandle,
    bridge: Arc<Bridge>,
    sender: mpsc::UnboundedSender<Event>,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Background {
    async fn run(self, is_hidden: bool) {
        let Self { app, home, ports, engine, bridge, sender, events } = self;
        let clock = Arc::clone(&ports.clock);
        let status = engine.status();
        let first = status.borrow().clone();
        let words = words(Language::of(first.app.language));
        let (menus, drawn) = watch::channel(Menu::of(&first, words, &local_time(&*clock)));
        tray::spawn(&app, drawn, sender.clone());
        tokio::spawn(bridge::ring_on_change(app.clone(), bridge::BELL, engine.bell()));
        tokio::spawn(bridge::ring_on_change(app.clone(), bridge::STATUS, engine.status()));
        tokio::spawn(forward_signals(sender.clone()));
        if is_hidden {
            bridge.note_hidden(Hidden { newest: first.newest_seq, at: clock.wall() });
        } else {
            let _ = sender.send(Event::Tray(Action::Open));
        }
        let clicks = engine.clicks();
        let files = Files::of(&home);
        let hint_seen = files.is_hint_seen();
        let shell = TauriShell::new(app, engine, ports, bridge, menus, sender, files);
        let controller = Controller::new(shell, first, hint_seen);
        Inputs { events, status, clicks, clock }.feed(controller).await;
    }
}

/// The sources of the controller's events.
struct Inputs {
    events: mpsc::UnboundedReceiver<Event>,
    status: watch::Receiver<Arc<Status>>,
    clicks: broadcast::Receiver<Click>,
    clock: Arc<dyn Clock>,
}

impl Inputs {
    async fn feed(mut self, mut controller: Controller<TauriShell>) {
        loop {
            let tick = controller.next_tick(&local_time(&*self.clock));
            let event = self.next(tick).await;
            controller.handle(event, &local_time(&*self.clock));
        }
    }

    async fn next(&mut self, tick: Option<Duration>) -> Event {
        tokio::select! {
            Some(event) = self.events.recv() => event,
            Ok(()) = self.status.changed() => Event::Status(self.status.borrow_and_update().clone()),
            Ok(click) = self.clicks.recv() => match click.link {
                Some(link) => Event::LinkClicked(link),
                None => Event::NotificationClicked(click.seq),
            },
            () = self.clock.sleep(tick.unwrap_or_default()), if tick.is_some() => Event::MuteTick,
            // All sources have ended.
            else => std::future::pending().await,
        }
    }
}

/// Sends an event for each signal that asks the program to end: SIGTERM, SIGINT or SIGHUP.
#[cfg(unix)]
async fn forward_signals(events: mpsc::UnboundedSender<Event>) {
    use tokio::signal::unix::{SignalKind, signal};

    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    for kind in kinds {
        let events = events.clone();
        match signal(kind) {
            Ok(mut signals) => drop(tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    let _ = events.send(Event::Terminate);
                }
            })),
            Err(error) => {
                tracing::warn!(%error, "cannot handle a signal; it will end the program without a shutdown")
            }
        }
    }
}

#[cfg(not(unix))]
async fn forward_signals(events: mpsc::UnboundedSender<Event>) {
    while tokio::signal::ctrl_c().await.is_ok() {
        let _ = events.send(Event::Terminate);
    }
}

/// Returns an error if there is no display, because GTK would then end the process without an explanation.
#[cfg(target_os = "linux")]
fn require_display() -> Result<(), AppError> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("WAYLAND_DISPLAY") || is_set("DISPLAY") { Ok(()) } else { Err(AppError::NoDisplay) }
}

#[cfg(not(target_os = "linux"))]
fn require_display() -> Result<(), AppError> {
    Ok(())
}
