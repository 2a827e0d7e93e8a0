//! Decides what the app does on each event. It acts through [`Shell`], so that tests need no desktop.

use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::config::Language;
use bellwire_engine::event::Mute;
use bellwire_engine::event::{FeedId, Seq};
use bellwire_engine::status::Status;
use jiff::Zoned;
use url::Url;

use crate::tray::menu::{Action, Menu};
use crate::words::{Words, words};

const MINUTE_MS: u64 = 60_000;

/// An event that the controller handles.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The engine's status changed.
    Status(Arc<Status>),
    /// The remaining time of a mute has changed.
    MuteTick,
    /// The desktop started (true) or stopped (false) showing tray icons.
    TrayHost(bool),
    /// A person chose something in the tray.
    Tray(Action),
    /// A person closed the window.
    CloseRequested,
    /// The program was started again.
    SecondStart,
    /// A notification about this row was clicked.
    NotificationClicked(Seq),
    /// The link of a notification was clicked.
    LinkClicked(Url),
    /// A signal asked the program to end.
    Terminate,
}

/// The actions of the controller.
pub trait Shell {
    /// Brings the window to the front, at a place if one is given. Creates the window if there is none.
    fn show_window(&mut self, place: Option<Place>);
    /// Destroys the window and its web view.
    fn destroy_window(&mut self);
    /// Minimises the window.
    fn minimise_window(&mut self);
    /// Shows a notification that the program continues in the tray.
    fn hint_in_tray(&mut self, words: &Words);
    /// Draws the tray.
    fn draw_tray(&mut self, menu: Menu);
    /// Sends a request to the engine, without waiting for it.
    fn ask_engine(&mut self, request: Request);
    /// Opens a link, http or https, in the browser.
    fn open_link(&mut self, link: Url);
    /// Shuts the engine down and ends the program.
    fn quit(&mut self);
}

/// The place that the window shows when it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// This row.
    Row(Seq),
    /// The newest row of this feed.
    Feed(FeedId),
}

/// A request to the engine from the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Renews this feed's connection.
    Reconnect(FeedId),
    /// Mutes or unmutes notifications.
    Mute(Mute),
    /// Marks all rows up to this one as read.
    MarkAllRead(Seq),
}

/// Decides what to do on each event, and does it through a [`Shell`].
pub struct Controller<S> {
    shell: S,
    status: Arc<Status>,
    drawn: Option<Menu>,
    has_tray_host: bool,
    hint_seen: bool,
}

impl<S: Shell> Controller<S> {
    /// Creates a controller. `hint_seen` is whether the hint at the first closing of the window was already shown.
    pub fn new(shell: S, status: Arc<Status>, hint_seen: bool) -> Self {
        Self { shell, status, drawn: None, has_tray_host: false, hint_seen }
    }

    /// Handles an event that happened at `now`.
    pub fn handle(&mut self, event: Event, now: &Zoned) {
        match event {
            Event::Status(status) => {
                self.status = status;
                self.draw_tray(now);
            }
            Event::MuteTick => self.draw_tray(now),
            Event::TrayHost(is_there) => self.has_tray_host = is_there,
            Event::Tray(action) => self.act(action, now),
            Event::CloseRequested => self.close(),
            Event::SecondStart => self.shell.show_window(None),
            Event::NotificationClicked(seq) => self.shell.show_window(Some(Place::Row(seq))),
            Event::LinkClicked(link) => self.shell.open_link(link),
            Event::Terminate => self.shell.quit(),
        }
    }

    /// Returns the time until the next [`Event::MuteTick`]: while a mute has an end, until its next whole minute.
    pub fn next_tick(&self, now: &Zoned) -> Option<Duration> {
        let Mute::Until(at) = self.status.mute else { return None };
        let left = u64::try_from(at.saturating_sub(now.timestamp().as_millisecond())).ok()?;
        let beyond_minute = left % MINUTE_MS;
        let tick = if beyond_minute == 0 { MINUTE_MS.min(left) } else { beyond_minute };
        (tick > 0).then(|| Duration::from_millis(tick))
    }

    fn words(&self) -> &'static Words {
        words(Language::of(self.status.app.language))
    }

    fn draw_tray(&mut self, now: &Zoned) {
        let menu = Menu::of(&self.status, self.words(), now);
        if self.drawn.as_ref() != Some(&menu) {
            self.drawn = Some(menu.clone());
            self.shell.draw_tray(menu);
        }
    }

    fn act(&mut self, action: Action, now: &Zoned) {
        match action {
            Action::Open => self.shell.show_window(None),
            Action::OpenFeed(feed) => self.shell.show_window(Some(Place::Feed(feed))),
            Action::OpenEvent(seq) => self.shell.show_window(Some(Place::Row(seq))),
            Action::MarkAllRead => self.shell.ask_engine(Request::MarkAllRead(self.status.newest_seq)),
            Action::Mute(length) => self.shell.ask_engine(Request::Mute(length.from(now))),
            Action::Unmute => self.shell.ask_engine(Request::Mute(Mute::Off)),
            Action::Reconnect(feed) => self.shell.ask_engine(Request::Reconnect(feed)),
            Action::Quit => self.shell.quit(),
        }
    }

    fn close(&mut self) {
        if !self.status.app.close_to_tray {
            self.shell.quit();
        } else if !self.has_tray_host {
            self.shell.minimise_window();
        } else {
            self.shell.destroy_window();
            if !self.hint_seen {
                self.hint_seen = true;
                self.shell.hint_in_tray(self.words());
            }
        }
    }
}

#[cfg(test)]
mod tests;
