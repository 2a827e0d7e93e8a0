//! The words that the desktop shows outside the window: tray and hints. The window has its own.

mod en;
mod zh_cn;

use bellwire_engine::config::Language;
use bellwire_engine::event::Reason;

/// The words of a language.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::ZhCn => &zh_cn::WORDS,
    }
}

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
    /// What a person is to do about a reason.
    pub remedy: fn(&Reason) -> &'static str,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word with samples in its places. A word that is missing here does not compile.
    fn all(words: &Words) -> Vec<String> {
        let Words {
            feeds_live,
            no_feeds,
            cannot_store,
            config_needs_you,
            needs_you,
            remedy,
            open,
            mark_all_read,
            mark_read,
            last_notified,
            mute,
            mute_half_hour,
            mute_hour,
            mute_until_morning,
            mute_on,
            mute_note,
            unmute,
            unmute_left,
            minutes,
            hours,
            demo_quotes,
            demo_places,
            demo_alerts,
            feeds,
            feeds_note,
            feed_state,
            live,
            connecting,
            no_answer,
            waiting,
            parked,
            off,
            ended,
            quit,
            unread,
            muted,
            muted_left,
            hint_title,
            hint_body,
        } = words;
        let reasons = [
            Reason::SignIn(401),
            Reason::NotFound(404),
            Reason::WrongType(String::new()),
            Reason::KeychainLocked,
            Reason::KeychainAbsent,
            Reason::SecretMissing("x".into()),
            Reason::InsecureAuth,
            Reason::BadHeader,
            Reason::Tls("x".into()),
            Reason::Redirect("x".into()),
            Reason::Encoding("x".into()),
            Reason::Unexpected(300),
        ];
        let mut all: Vec<String> = [
            no_feeds,
            cannot_store,
            config_needs_you,
            open,
            mark_all_read,
            last_notified,
            mute,
            mute_half_hour,
            mute_hour,
            mute_until_morning,
            mute_on,
            mute_note,
            unmute,
            demo_quotes,
            demo_places,
            demo_alerts,
            feeds,
            feeds_note,
            live,
            connecting,
            no_answer,
            waiting,
            parked,
            off,
            ended,
            quit,
            muted,
            hint_title,
            hint_body,
        ]
        .into_iter()
        .map(|&word| word.to_owned())
        .collect();
        all.extend([
            feeds_live(2, 3),
            needs_you("F", "W"),
            mark_read("7"),
            unmute_left("7"),
            minutes(24),
            hours(24),
            feed_state("F", "S") + "|" + live,
            unread("7"),
            muted_left("7"),
        ]);
        all.extend(reasons.iter().map(|reason| remedy(reason).to_owned()));
        all
    }

    #[test]
    fn every_word_is_there_in_both_languages_and_differs() {
        let (en, zh) = (all(words(Language::En)), all(words(Language::ZhCn)));
        assert_eq!(en.len(), zh.len());
        for (en, zh) in en.iter().zip(&zh) {
            assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{en} / {zh}");
            assert_ne!(en, zh);
        }
    }

    #[test]
    fn the_places_of_a_sentence_are_filled() {
        for words in [words(Language::En), words(Language::ZhCn)] {
            let live = (words.feeds_live)(5, 8);
            assert!(live.contains('5') && live.contains('8'), "{live}");
            let need = (words.needs_you)("Payments", "X");
            assert!(need.contains("Payments") && need.contains('X'), "{need}");
            assert!((words.unmute_left)("24 min").contains("24 min"));
        }
    }
}
