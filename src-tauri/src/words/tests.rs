use bellwire_engine::event::ReasonCode;
use strum::VariantArray;

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
    all.extend(ReasonCode::VARIANTS.iter().map(|reason| remedy(*reason).to_owned()));
    all
}

#[test]
fn every_text_exists_in_both_languages_and_differs() {
    let (en, zh) = (all(words(Language::En)), all(words(Language::ZhCn)));
    assert_eq!(en.len(), zh.len());
    for (en, zh) in en.iter().zip(&zh) {
        assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{en} / {zh}");
        assert_ne!(en, zh);
    }
}

#[test]
fn every_parameter_of_a_text_is_used() {
    for words in [words(Language::En), words(Language::ZhCn)] {
        let live = (words.feeds_live)(5, 8);
        assert!(live.contains('5') && live.contains('8'), "{live}");
        let need = (words.needs_you)("Payments", "X");
        assert!(need.contains("Payments") && need.contains('X'), "{need}");
        assert!((words.unmute_left)("24 min").contains("24 min"));
    }
}
