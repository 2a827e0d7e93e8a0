//! The tray as one comparable value, derived from the engine's status.

use bellwire_engine::event::{FeedId, Mute, MuteFor, Notified, ProblemKind, Seq};
use bellwire_engine::status::{Connection, FeedStatus, Status};
use jiff::{Timestamp, Zoned};

use super::text::fitted;
use crate::words::Words;

/// The maximum number of lines for problems that need a person, so that the menu stays short. The window shows all.
const MAX_NEEDS: usize = 3;
/// The largest count that is shown; larger ones are `999+`, so that a line stays short.
const MAX_COUNT: u64 = 999;

const MINUTE_MS: i64 = 60_000;
/// The longest time that is shown in minutes; longer ones are shown in hours.
const MAX_MINUTES: u64 = 90;

/// The content of the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The icon.
    pub icon: Icon,
    /// The state as text, without the program's name.
    pub tooltip: String,
    /// The menu, from top to bottom.
    pub items: Vec<Item>,
}

/// The icon of each state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// No feed is live, or nothing can be stored.
    NotReceiving,
    /// Notifications are muted.
    Muted,
    /// There are unread events, or a problem needs a person.
    Unread,
    /// None of these.
    Receiving,
}

/// A line of the menu. Labels are plain text: the adapter escapes the characters that its toolkit interprets as access
/// keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Text that cannot be chosen.
    Label(String),
    /// A line between groups.
    Separator,
    /// A line that can be chosen.
    Choice {
        /// The text.
        label: String,
        /// The action when it is chosen.
        action: Action,
    },
    /// A submenu.
    Submenu {
        /// The text.
        label: String,
        /// The lines of the submenu.
        items: Vec<Item>,
    },
}

/// An action that a person chose in the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens the window.
    Open,
    /// Opens the window at this feed's newest row.
    OpenFeed(FeedId),
    /// Opens the window at this event.
    OpenEvent(Seq),
    /// Marks everything as read.
    MarkAllRead,
    /// Mutes notifications.
    Mute(MuteFor),
    /// Unmutes notifications.
    Unmute,
    /// Renews this feed's connection.
    Reconnect(FeedId),
    /// Ends the program.
    Quit,
}

impl Menu {
    /// Returns the tray's content for this status at `now`. Times are shown in the time zone of `now`.
    pub fn of(status: &Status, words: &Words, now: &Zoned) -> Self {
        let state = state_line(status, words);
        let mut items = vec![Item::Label(fitted(&state, |state| format!("Bellwire: {state}")))];
        items.extend(needs(status, words));
        items.push(Item::Separator);
        items.push(choice(words.open.to_owned(), Action::Open));
        items.push(mark_read(status, words));
        items.push(Item::Separator);
        if !status.last_notified.is_empty() {
            items.push(Item::Label(words.last_notified.to_owned()));
            items.extend(status.last_notified.iter().take(3).map(|notified| last_notified(notified, now)));
            items.push(Item::Separator);
        }
        items.push(mute(status.mute, words, now));
        items.push(feeds(&status.feeds, words));
        items.push(Item::Separator);
        items.push(choice(words.quit.to_owned(), Action::Quit));
        Self { icon: icon(status, now), tooltip: tooltip(status, words, now), items }
    }
}

fn icon(status: &Status, now: &Zoned) -> Icon {
    if cannot_store(status) || !status.feeds.iter().any(|feed| feed.connection.is_live()) {
        return Icon::NotReceiving;
    }
    if status.mute.holds(millis(now)) {
        return Icon::Muted;
    }
    let waits = status.problem.is_some() || status.feeds.iter().any(needs_person);
    if waits || unread(status) > 0 { Icon::Unread } else { Icon::Receiving }
}

fn state_line(status: &Status, words: &Words) -> String {
    if cannot_store(status) {
        return words.cannot_store.to_owned();
    }
    if status.feeds.is_empty() {
        return words.no_feeds.to_owned();
    }
    let live = status.feeds.iter().filter(|feed| feed.connection.is_live()).count();
    (words.feeds_live)(live, status.feeds.len())
}

fn tooltip(status: &Status, words: &Words, now: &Zoned) -> String {
    let mut parts = vec![state_line(status, words)];
    if unread(status) > 0 {
        parts.push((words.unread)(&count(unread(status))));
    }
    match (time_left(status.mute, words, now), status.mute) {
        (Some(left), _) => parts.push((words.muted_left)(&left)),
        (None, Mute::On) => parts.push(words.muted.to_owned()),
        (None, _) => {}
    }
    parts.join(" · ")
}

fn needs(status: &Status, words: &Words) -> Vec<Item> {
    let config = status
        .problem
        .iter()
        .filter(|problem| matches!(problem.kind, ProblemKind::Config | ProblemKind::ConfigAtStart))
        .map(|_| choice(words.config_needs_you.to_owned(), Action::Open));
    let feeds = status.feeds.iter().filter_map(|feed| {
        let Connection::Parked { reason, .. } = &feed.connection else { return None };
        let what = (words.remedy)(reason.code());
        let label = fitted(&feed.name, |name| (words.needs_you)(name, what));
        Some(choice(label, Action::OpenFeed(feed.id.clone())))
    });
    config.chain(feeds).take(MAX_NEEDS).collect()
}

fn mark_read(status: &Status, words: &Words) -> Item {
    match unread(status) {
        0 => Item::Label(words.mark_all_read.to_owned()),
        unread => choice((words.mark_read)(&count(unread)), Action::MarkAllRead),
    }
}

fn last_notified(notified: &Notified, now: &Zoned) -> Item {
    let at = Timestamp::from_millisecond(notified.at).unwrap_or_default();
    let time = at.to_zoned(now.time_zone().clone()).strftime("%H:%M").to_string();
    choice(fitted(&notified.text, |text| format!("{text}  {time}")), Action::OpenEvent(notified.seq))
}

fn mute(mute: Mute, words: &Words, now: &Zoned) -> Item {
    if mute.holds(millis(now)) {
        let label = match time_left(mute, words, now) {
            Some(left) => (words.unmute_left)(&left),
            None => words.unmute.to_owned(),
        };
        return choice(label, Action::Unmute);
    }
    let items = vec![
        choice(words.mute_half_hour.to_owned(), Action::Mute(MuteFor::HalfHour)),
        choice(words.mute_hour.to_owned(), Action::Mute(MuteFor::Hour)),
        choice(words.mute_until_morning.to_owned(), Action::Mute(MuteFor::Morning)),
        choice(words.mute_on.to_owned(), Action::Mute(MuteFor::Ever)),
        Item::Separator,
        Item::Label(words.mute_note.to_owned()),
    ];
    Item::Submenu { label: words.mute.to_owned(), items }
}

fn feeds(feeds: &[FeedStatus], words: &Words) -> Item {
    let mut items: Vec<Item> = feeds.iter().map(|feed| feed_line(feed, words)).collect();
    items.push(if items.is_empty() {
        Item::Label(words.no_feeds.to_owned())
    } else {
        Item::Label(words.feeds_note.to_owned())
    });
    if items.len() > 1 {
        items.insert(items.len() - 1, Item::Separator);
    }
    Item::Submenu { label: words.feeds.to_owned(), items }
}

fn feed_line(feed: &FeedStatus, words: &Words) -> Item {
    let state = match &feed.connection {
        Connection::Live { .. } => words.live,
        Connection::Connecting { slow: true, .. } => words.no_answer,
        Connection::Connecting { .. } => words.connecting,
        Connection::Waiting { .. } => words.waiting,
        Connection::Parked { .. } => words.parked,
        Connection::Off { reason: Some(_) } => words.ended,
        Connection::Off { reason: None } => words.off,
    };
    let label = fitted(&feed.name, |name| (words.feed_state)(name, state));
    match feed.connection {
        Connection::Off { reason: None } => Item::Label(label),
        _ => choice(label, Action::Reconnect(feed.id.clone())),
    }
}

/// Returns the remaining time of a mute with an end, rounded up.
fn time_left(mute: Mute, words: &Words, now: &Zoned) -> Option<String> {
    let Mute::Until(at) = mute else { return None };
    let left = u64::try_from(at.saturating_sub(millis(now))).ok().filter(|left| *left > 0)?;
    let minutes = left.div_ceil(MINUTE_MS as u64);
    Some(if minutes <= MAX_MINUTES { (words.minutes)(minutes) } else { (words.hours)(minutes.div_ceil(60)) })
}

fn unread(status: &Status) -> u64 {
    status.feeds.iter().filter(|feed| feed.alerts).map(|feed| feed.unread).sum()
}

fn needs_person(feed: &FeedStatus) -> bool {
    matches!(feed.connection, Connection::Parked { .. })
}

fn cannot_store(status: &Status) -> bool {
    let kind = status.problem.as_ref().map(|problem| problem.kind);
    matches!(kind, Some(ProblemKind::Store | ProblemKind::Disk))
}

fn count(number: u64) -> String {
    if number > MAX_COUNT { format!("{MAX_COUNT}+") } else { number.to_string() }
}

fn choice(label: String, action: Action) -> Item {
    Item::Choice { label, action }
}

fn millis(now: &Zoned) -> i64 {
    now.timestamp().as_millisecond()
}

#[cfg(test)]
mod tests;
