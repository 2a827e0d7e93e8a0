//! The list of the desktop's texts; each language fills it.

use bellwire_engine::event::ReasonCode;

/// All texts in one language.
pub struct Words {
    /// How many of the feeds are live.
    pub feeds_live: fn(live: usize, all: usize) -> String,
    /// There is no feed.
    pub no_feeds: &'static str,
    /// The log cannot be written, so nothing is received.
    pub cannot_store: &'static str,
    /// `config.toml` is invalid.
    pub config_needs_you: &'static str,
    /// A feed is parked, and what a person has to do.
    pub needs_you: fn(feed: &str, what: &str) -> String,
    /// What a person can do about a reason.
    pub remedy: fn(ReasonCode) -> &'static str,
    /// Opens the window.
    pub open: &'static str,
    /// Marks everything as read; shown while nothing is unread.
    pub mark_all_read: &'static str,
    /// Marks `count` events as read.
    pub mark_read: fn(count: &str) -> String,
    /// The heading of the last notifications.
    pub last_notified: &'static str,
    /// The label of the submenu for muting.
    pub mute: &'static str,
    /// Mutes for 30 minutes.
    pub mute_half_hour: &'static str,
    /// Mutes for an hour.
    pub mute_hour: &'static str,
    /// Mutes until seven in the morning of the next day.
    pub mute_until_morning: &'static str,
    /// Mutes until a person turns notifications on.
    pub mute_on: &'static str,
    /// What still happens while muted.
    pub mute_note: &'static str,
    /// Ends a mute without an end.
    pub unmute: &'static str,
    /// Ends a mute with an end; `left` is its remaining time.
    pub unmute_left: fn(left: &str) -> String,
    /// A number of minutes.
    pub minutes: fn(u64) -> String,
    /// A number of hours.
    pub hours: fn(u64) -> String,
    /// The name of the demo feed of prices.
    pub demo_quotes: &'static str,
    /// The name of the demo feed of vehicles.
    pub demo_places: &'static str,
    /// The name of the demo feed of outages.
    pub demo_alerts: &'static str,
    /// The label of the submenu of feeds.
    pub feeds: &'static str,
    /// What choosing a feed does.
    pub feeds_note: &'static str,
    /// A feed's name and the state of its connection.
    pub feed_state: fn(feed: &str, state: &str) -> String,
    /// The state of a feed with an open event stream.
    pub live: &'static str,
    /// The state during a connection attempt.
    pub connecting: &'static str,
    /// The state while the server has accepted the connection but not answered.
    pub no_answer: &'static str,
    /// The state while the feed waits to retry.
    pub waiting: &'static str,
    /// The state of a feed that needs a person.
    pub parked: &'static str,
    /// The state of a disabled feed.
    pub off: &'static str,
    /// The state of a feed that its server ended.
    pub ended: &'static str,
    /// Ends the program.
    pub quit: &'static str,
    /// The number of unread events.
    pub unread: fn(count: &str) -> String,
    /// Notifications are muted without an end.
    pub muted: &'static str,
    /// Notifications are muted; `left` is the remaining time.
    pub muted_left: fn(left: &str) -> String,
    /// The title of the hint at the first closing of the window.
    pub hint_title: &'static str,
    /// The body of that hint.
    pub hint_body: &'static str,
}
