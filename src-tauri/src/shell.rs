//! Carries out the controller's actions with Tauri's window, the tray, and the engine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::event::{FeedId, Seq, Severity};
use bellwire_engine::ports::{Notification, Ports};
use bellwire_engine::{At, EngineHandle, Extent, Home, View, private_file};
use tauri::AppHandle;
use tokio::sync::{mpsc, watch};
use url::Url;

use crate::bridge::{Bridge, Hidden};
use crate::controller::{Event, Place, Request, Shell};
use crate::tray::menu::{Action, Menu};
use crate::window;
use crate::words::Words;

/// The key of the hint's notification; the engine's own keys are positive.
const HINT_KEY: i64 = -1;
/// The timeout for the engine's shutdown: desktop sessions kill a program that takes much longer than 2 s to end.
const SHUTDOWN_DEADLINE: Duration = Duration::from_millis(1800);

/// Carries out the controller's actions.
pub struct TauriShell {
    app: AppHandle,
    engine: EngineHandle,
    ports: Ports,
    bridge: Arc<Bridge>,
    menus: watch::Sender<Menu>,
    events: mpsc::UnboundedSender<Event>,
    files: Files,
    is_quitting: bool,
}

/// The desktop app's own files in a home.
#[derive(Clone, Debug)]
pub struct Files {
    webview_dir: PathBuf,
    hint_path: PathBuf,
}

impl Files {
    /// Returns the files of this home.
    pub fn of(home: &Home) -> Self {
        let data_dir = home.database_path().parent().unwrap_or(Path::new("."));
        Self { webview_dir: data_dir.join("webview"), hint_path: data_dir.join("close-hint-seen") }
    }

    /// Creates the web view's folder, private to this user.
    ///
    /// # Errors
    /// The system's error, or that a link has the folder's name.
    fn prepare(&self) -> io::Result<()> {
        if fs::symlink_metadata(&self.webview_dir).is_ok_and(|found| found.is_symlink()) {
            return Err(io::Error::other(format!("{} is a link; remove it", self.webview_dir.display())));
        }
        let mut folder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.recursive(true).create(&self.webview_dir)
    }

    /// Returns whether the hint at the first closing of the window was shown.
    pub fn is_hint_seen(&self) -> bool {
        self.hint_path.exists()
    }
}

impl TauriShell {
    /// Creates the shell of a running app. It sends the tray's menus to `menus`, and clicks on the hint to `events`.
    pub fn new(
        app: AppHandle,
        engine: EngineHandle,
        ports: Ports,
        bridge: Arc<Bridge>,
        menus: watch::Sender<Menu>,
        events: mpsc::UnboundedSender<Event>,
        files: Files,
    ) -> Self {
        Self { app, engine, ports, bridge, menus, events, files, is_quitting: false }
    }

    /// Returns the feed's newest row but control events, which shows what a person has to do.
    fn newest_row(&self, feed: FeedId) -> Option<Seq> {
        let view =
            View { feed: Some(feed), hides_control: true, extent: Extent::Preview(0), ..View::default() };
        let read = || self.engine.reader().page(&view, At::Newest, 1);
        match tokio::task::block_in_place(read) {
            Ok(page) => page.rows.last().map(|row| row.seq),
            Err(error) => {
                tracing::warn!(%error, "cannot read the feed's newest row; opening the window without it");
                None
            }
        }
    }

    fn note_hidden(&self) {
        let newest = self.engine.status().borrow().newest_seq;
        self.bridge.note_hidden(Hidden { newest, at: self.ports.clock.wall() });
    }

    /// Calls `action` with the window, if there is one.
    fn with_window(&self, action: impl FnOnce(&tauri::WebviewWindow) -> tauri::Result<()>) {
        let Some(window) = window::find(&self.app) else { return };
        if let Err(error) = action(&window) {
            tracing::warn!(%error, "an operation on the window failed");
        }
    }
}

impl Shell for TauriShell {
    fn show_window(&mut self, place: Option<Place>) {
        let row = match place {
            Some(Place::Row(seq)) => Some(seq),
            Some(Place::Feed(feed)) => self.newest_row(feed),
            None => None,
        };
        if let Some(seq) = row {
            self.bridge.show_row(&self.app, seq);
        }
        if let Err(error) = self
            .files
            .prepare()
            .map_err(tauri::Error::from)
            .and_then(|()| window::show(&self.app, &self.files.webview_dir))
        {
            tracing::error!(%error, "cannot show the window; events are still received");
        }
    }

    fn destroy_window(&mut self) {
        self.note_hidden();
        self.with_window(|window| window.destroy());
    }

    fn minimise_window(&mut self) {
        self.note_hidden();
        self.with_window(|window| window.minimize());
    }

    fn hint_in_tray(&mut self, words: &Words) {
        if let Err(error) = private_file(&self.files.hint_path) {
            tracing::warn!(%error, "cannot write {}; the hint will be shown again", self.files.hint_path.display());
        }
        let notification = Notification {
            key: HINT_KEY,
            title: words.hint_title.to_owned(),
            body: words.hint_body.to_owned(),
            severity: Severity::Info,
            action: words.open.to_owned(),
            link_action: None,
        };
        let (notifier, events) = (Arc::clone(&self.ports.notifier), self.events.clone());
        tokio::spawn(async move {
            let clicked = Box::new(move |_| drop(events.send(Event::Tray(Action::Open))));
            if let Err(error) = notifier.show(notification, clicked).await {
                tracing::warn!(%error, "could not show the hint about the tray");
            }
        });
    }

    fn draw_tray(&mut self, menu: Menu) {
        self.menus.send_replace(menu);
    }

    fn ask_engine(&mut self, request: Request) {
        let engine = self.engine.clone();
        tokio::spawn(async move {
            match request {
                Request::Reconnect(feed) => engine.reconnect(&feed).await,
                Request::Mute(mute) => engine.set_mute(mute).await,
                Request::MarkAllRead(newest) => engine.mark_read(None, newest).await,
            }
        });
    }

    fn open_link(&mut self, link: Url) {
        tokio::task::spawn_blocking(move || {
            if let Err(error) = open::that_detached(link.as_str()) {
                tracing::warn!(%error, "no browser opened the link of a notification");
            }
        });
    }

    fn quit(&mut self) {
        if std::mem::replace(&mut self.is_quitting, true) {
            return;
        }
        let (app, engine) = (self.app.clone(), self.engine.clone());
        tokio::spawn(async move {
            if tokio::time::timeout(SHUTDOWN_DEADLINE, engine.shutdown()).await.is_err() {
                tracing::warn!("the engine did not shut down in time; exiting");
            }
            app.exit(0);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_stores_that_the_hint_was_shown() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::of(&Home::at(dir.path()));
        assert!(!files.is_hint_seen());
        fs::write(&files.hint_path, "").unwrap();
        assert!(Files::of(&Home::at(dir.path())).is_hint_seen());
    }

    #[cfg(unix)]
    #[test]
    fn the_web_view_keeps_its_files_in_a_private_folder_of_the_home() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let files = Files::of(&Home::at(dir.path()));
        files.prepare().unwrap();
        files.prepare().unwrap();
        let mode = fs::metadata(dir.path().join("webview")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
