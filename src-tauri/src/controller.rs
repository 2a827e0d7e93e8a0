//! What the desktop does about each thing that happens. It sees the desktop through [`Shell`], so that all of
//! it runs in tests without one.

use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::config::Language;
use bellwire_engine::event::Mute;
use bellwire_engine::event::{FeedId, Seq};
use bellwire_engine::status::Status;
use jiff::Zoned;

use crate::tray::menu::{Action, Menu};
use crate::words::{Words, words};

const MINUTE_MS: u64 = 60_000;

/// Everything that can happen to the desktop.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The engine's status changed.
    Status(Arc<Status>),
    /// A mute has less time left.
    MuteTick,
    /// Whether anything on the desktop shows the tray icon.
    TrayHost(bool),
    /// A person chose something in the tray.
    Tray(Action),
    /// A person closed the window.
    CloseRequested,
    /// The program was started again.
    SecondStart,
    /// A notification about this row was clicked.
    NotificationClicked(Seq),
    /// The system asks the program to end.
    Terminate,
}

/// The desktop as the controller sees it.
pub trait Shell {
    /// Shows the window in front, at a place if one is given. Makes it when there is none.
    fn show_window(&mut self, place: Option<Place>);
    /// Destroys the window and its web view.
    fn destroy_window(&mut self);
    /// Minimises the window.
    fn minimise_window(&mut self);
    /// Says that the program goes on in the tray.
    fn hint_in_tray(&mut self, words: &Words);
    /// Draws the tray.
    fn draw_tray(&mut self, menu: Menu);
    /// Asks the engine for something.
    fn ask_engine(&mut self, request: Request);
    /// Ends the program in good order.
    fn quit(&mut self);
}

/// Where the window is to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this row.
    Row(Seq),
    /// At the newest row of this feed.
    Feed(FeedId),
}

/// What a person asks of the engine through the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Connect this feed anew.
    Reconnect(FeedId),
    /// Hold notifications back, or no longer.
    Mute(Mute),
    /// Everything up to this row was seen.
    MarkAllRead(Seq),
}

/// The desktop's behaviour.
pub struct Controller<S> {
    shell: S,
    status: Arc<Status>,
    drawn: Option<Menu>,
    has_tray_host: bool,
    hint_seen: bool,
}

impl<S: Shell> Controller<S> {
    /// A controller that has heard nothing yet. `hint_seen`: the hint at the first closing was given before.
    pub fn new(shell: S, status: Arc<Status>, hint_seen: bool) -> Self {
        Self { shell, status, drawn: None, has_tray_host: false, hint_seen }
    }

    /// Acts on what happened at `now`.
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
            Event::Terminate => self.shell.quit(),
        }
    }

    /// How long the tray stays right without an event: while a mute counts down, until its next minute.
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
