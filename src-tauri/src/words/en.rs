//! English.

use bellwire_engine::event::ReasonCode;

use super::list::Words;

/// The English texts.
pub static WORDS: Words = Words {
    feeds_live: |live, all| {
        let feeds = if all == 1 { "feed" } else { "feeds" };
        format!("{live} of {all} {feeds} live")
    },
    no_feeds: "no feeds yet",
    cannot_store: "the log cannot be written",
    config_needs_you: "config.toml needs you: correct an error…",
    needs_you: |feed, what| format!("{feed} needs you: {what}…"),
    remedy: |reason| match reason {
        ReasonCode::SignIn => "sign in",
        ReasonCode::SignInPage => "sign in",
        ReasonCode::SignInRefused | ReasonCode::SignInRefusedForPage => "sign in again",
        ReasonCode::NotFound => "check the address",
        ReasonCode::WrongType => "not an event stream",
        ReasonCode::KeychainLocked => "unlock the keychain",
        ReasonCode::KeychainAbsent | ReasonCode::KeychainTimeout => "no keychain",
        ReasonCode::SecretMissing => "enter its secret",
        ReasonCode::InsecureAuth => "use https",
        ReasonCode::BadHeader => "check its headers",
        ReasonCode::BadCookie => "enter its secret again",
        ReasonCode::Tls => "check the certificate",
        ReasonCode::SignInElsewhere => "it moved, without its secret",
        ReasonCode::Redirect => "it moved",
        ReasonCode::PageElsewhere => "it leads to a web page",
        ReasonCode::RedirectLoop => "it redirects in a circle",
        ReasonCode::Proxy => "check the proxy",
        ReasonCode::Unreadable => "its answer cannot be read",
        ReasonCode::PrivateRedirect => "it leads to a private network",
        ReasonCode::Encoding => "unexpected encoding",
        // These are temporary, or their row in the log has the details.
        ReasonCode::Ended
        | ReasonCode::Refused
        | ReasonCode::Reset
        | ReasonCode::Dns
        | ReasonCode::ConnectTimeout
        | ReasonCode::NoAnswer
        | ReasonCode::Idle
        | ReasonCode::Network
        | ReasonCode::Status
        | ReasonCode::Subscribe
        | ReasonCode::NoContent
        | ReasonCode::Complete
        | ReasonCode::Unexpected
        | ReasonCode::Woke
        | ReasonCode::Restart => "look at it",
    },
    open: "Open Bellwire",
    mark_all_read: "Mark all read",
    mark_read: |count| format!("Mark all read ({count})"),
    last_notified: "Last notified",
    mute: "Mute notifications",
    mute_half_hour: "For 30 minutes",
    mute_hour: "For 1 hour",
    mute_until_morning: "Until 07:00 tomorrow",
    mute_on: "Until I turn them on",
    mute_note: "Events still arrive and count",
    unmute: "Unmute",
    unmute_left: |left| format!("Unmute ({left} left)"),
    minutes: |n| format!("{n} min"),
    hours: |n| format!("{n} h"),
    demo_quotes: "Quotes",
    demo_places: "Places",
    demo_alerts: "Alerts",
    feeds: "Feeds",
    feeds_note: "Choose one to reconnect it",
    feed_state: |feed, state| format!("{feed}: {state}"),
    live: "live",
    connecting: "connecting",
    no_answer: "no answer yet",
    waiting: "waiting to retry",
    parked: "needs you",
    off: "off",
    ended: "ended by the server",
    quit: "Quit Bellwire",
    unread: |count| format!("{count} unread"),
    muted: "muted",
    muted_left: |left| format!("muted, {left} left"),
    hint_title: "Bellwire keeps receiving",
    hint_body: "The window is closed, the tray icon stays. Quit ends Bellwire.",
};
