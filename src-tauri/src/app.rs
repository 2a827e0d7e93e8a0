//! Starting the app and running it: who is first, what is started in which order, and what keeps it alive.

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
use tokio::sync::{broadcast, mpsc, watch};

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

/// Why the app did not start.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no home.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The engine did not start.
    #[error(transparent)]
    Start(StartError),
    /// Another process receives for this home and has no window.
    #[error(
        "another Bellwire receives for this home without a window (perhaps `bellwire run`); end it, or name another home with --home DIR"
    )]
    ReceivingElsewhere(#[source] io::Error),
    /// The demo feeds are not there.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// No display to draw on.
    #[cfg(target_os = "linux")]
    #[error(
        "there is no display: neither WAYLAND_DISPLAY nor DISPLAY is set; `bellwire run` receives without one"
    )]
    NoDisplay,
    /// The window system or the runtime failed.
    #[error("the desktop cannot be used: {0}")]
    Desktop(#[from] tauri::Error),
    /// The runtime could not be started.
    #[error("the program's threads cannot be started: {0}")]
    Runtime(#[from] io::Error),
}

impl AppError {
    /// The exit code: 2 where the way of starting is at fault, 1 where the system is.
    pub fn exit_code(&self) -> u8 {
        match self {
            AppError::Home(_) | AppError::Start(_) | AppError::ReceivingElsewhere(_) => 2,
            _ => 1,
        }
    }
}

/// Runs the app until it ends. A second start for the same home only shows the first one's window.
pub fn run(options: &Options) -> Result<(), AppError> {
    let home = Home::resolve(options.home.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let Some(started) = runtime.block_on(start(home, options))? else { return Ok(()) };
    #[cfg(target_os = "macos")]
    let sender = started.sender.clone();
    let app = build(options, started)?;
    app.run(move |_, event| match event {
        // The last window closing is no reason to end; only a code is, and only `quit` gives one.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        // The icon in the dock was clicked.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => drop(sender.send(Event::Tray(Action::Open))),
        _ => {}
    });
    Ok(())
}

/// What runs before there is a desktop.
struct Started {
    home: Home,
    ports: Ports,
    engine: EngineHandle,
    demo: DemoServer,
    sender: mpsc::UnboundedSender<Event>,
    events: mpsc::UnboundedReceiver<Event>,
}

/// Starts receiving, or hands over to the process that does: then there is nothing to run.
async fn start(home: Home, options: &Options) -> Result<Option<Started>, AppError> {
    let ports = system::ports_in(&home);
    if handover::ask(home.runtime_dir()).await.is_ok() {
        return Ok(None);
    }
    let demo = DemoServer::default();
    // Before the engine connects, so that its first try finds the demo. A configuration with errors is the
    // engine's to report.
    if let Ok(config) = config::parse(&ConfigFile::at(home.config_path()).read().unwrap_or_default())
        && let Err(error) = demo.serve_configured(&config).await
    {
        tracing::warn!("{error}");
    }
    require_display()?;
    let engine = match Engine::start(home.clone(), ports.clone()).await {
        Ok(engine) => engine,
        // Either it is just starting, too, or it is not a desktop.
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
            commands::feeds::check_feed,
            commands::feeds::add_feed,
            commands::feeds::add_demo_feeds,
            commands::feeds::remove_feed,
            commands::feeds::set_feed_enabled,
            commands::feeds::reconnect_feed,
            commands::feeds::sign_in,
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

/// All that goes on beside the window system's own loop.
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

/// Where the controller's events come from.
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
            Ok(click) = self.clicks.recv() => Event::NotificationClicked(click.seq),
            () = self.clock.sleep(tick.unwrap_or_default()), if tick.is_some() => Event::MuteTick,
            // The engine has ended; only a signal can come, or nothing.
            else => std::future::pending().await,
        }
    }
}

/// Tells of each signal that asks the program to end.
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
            Err(error) => tracing::warn!(%error, "a signal to end will not be heard in good order"),
        }
    }
}

#[cfg(not(unix))]
async fn forward_signals(events: mpsc::UnboundedSender<Event>) {
    while tokio::signal::ctrl_c().await.is_ok() {
        let _ = events.send(Event::Terminate);
    }
}

/// GTK ends the process by itself where it finds no display; this says so first.
#[cfg(target_os = "linux")]
fn require_display() -> Result<(), AppError> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("WAYLAND_DISPLAY") || is_set("DISPLAY") { Ok(()) } else { Err(AppError::NoDisplay) }
}

#[cfg(not(target_os = "linux"))]
fn require_display() -> Result<(), AppError> {
    Ok(())
}
