//! Every word of the desktop; each language fills the list.

use bellwire_engine::event::ReasonCode;

/// Every word, in one language.
pub struct Words {
    /// How many feeds are live, of how many.
    pub feeds_live: fn(live: usize, all: usize) -> String,
    /// There is no feed.
    pub no_feeds: &'static str,
    /// Nothing can be written, so nothing is received.
    pub cannot_store: &'static str,
    /// `config.toml` cannot be read.
    pub config_needs_you: &'static str,
    /// A feed waits for a person, and what that person is to do.
    pub needs_you: fn(feed: &str, what: &str) -> String,
    /// What a person can do about a reason.
    pub remedy: fn(ReasonCode) -> &'static str,
    /// Opens the window.
    pub open: &'static str,
    /// Marks everything as read, when nothing is unread.
    pub mark_all_read: &'static str,
    /// Marks so many events as read.
    pub mark_read: fn(count: &str) -> String,
    /// The head of the newest notifications.
    pub last_notified: &'static str,
    /// The head of the ways to mute.
    pub mute: &'static str,
    /// Mutes for 30 minutes.
    pub mute_half_hour: &'static str,
    /// Mutes for an hour.
    pub mute_hour: &'static str,
    /// Mutes until seven in the morning of the next day.
    pub mute_until_morning: &'static str,
    /// Mutes until a person turns notifications on.
    pub mute_on: &'static str,
    /// What goes on while muted.
    pub mute_note: &'static str,
    /// Ends a mute that has no end of its own.
    pub unmute: &'static str,
    /// Ends a mute that has so much time left.
    pub unmute_left: fn(left: &str) -> String,
    /// So many minutes.
    pub minutes: fn(u64) -> String,
    /// So many hours.
    pub hours: fn(u64) -> String,
    /// The name of the demo feed of prices.
    pub demo_quotes: &'static str,
    /// The name of the demo feed of vehicles.
    pub demo_places: &'static str,
    /// The name of the demo feed of outages.
    pub demo_alerts: &'static str,
    /// The head of the feeds.
    pub feeds: &'static str,
    /// What choosing a feed does.
    pub feeds_note: &'static str,
    /// A feed's name and the state of its connection.
    pub feed_state: fn(feed: &str, state: &str) -> String,
    /// The states of a connection.
    pub live: &'static str,
    /// A try is under way.
    pub connecting: &'static str,
    /// The server took the connection and says nothing.
    pub no_answer: &'static str,
    /// Waiting for the next try.
    pub waiting: &'static str,
    /// Waits for a person.
    pub parked: &'static str,
    /// Switched off by a person.
    pub off: &'static str,
    /// Ended by the server.
    pub ended: &'static str,
    /// Ends the program.
    pub quit: &'static str,
    /// So many events are unread.
    pub unread: fn(count: &str) -> String,
    /// Notifications are muted without an end.
    pub muted: &'static str,
    /// Notifications are muted for so much more time.
    pub muted_left: fn(left: &str) -> String,
    /// The title of the hint at the first closing of the window.
    pub hint_title: &'static str,
    /// Its text.
    pub hint_body: &'static str,
}
