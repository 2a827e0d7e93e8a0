//! The decision about one event.

use super::flood::Flood;
use super::matching::{Matched, Seen};
use super::state::{Kept, RuleState, StateId, States};
use crate::config::{FeedConfig, FloodLimit, Rule};
use crate::event::{Decision, IncomingEvent, Millis, Outcome, Severity, Texts};
use crate::json;

/// How many times the burst of other events critical ones may have: more than a person can take in. A server may decide
/// what is critical, where a rule computes the severity, so there is a limit for them, too.
const CRITICAL_BURSTS: u32 = 4;

/// How long a feed may have been away for its critical events to be news each, in milliseconds.
const FRESH: Millis = 3_600_000;

/// The event to decide about, and the circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The event.
    pub event: &'a IncomingEvent,
    /// Whether it came within the replay of a resumed connection.
    pub replayed: bool,
    /// For how long nothing was received before that connection, in milliseconds.
    pub away: Millis,
    /// Whether a digest already counts what that connection replays.
    pub has_replay_digest: bool,
    /// When it arrived, by the wall clock.
    pub at: Millis,
    /// Whether notifications are held back.
    pub muted: bool,
}

/// What was decided about an event, and how its notification reads.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// The severity: the rule's, or else the feed's for this event type.
    pub severity: Severity,
    /// The texts that the rule gives; empty where the event does not notify.
    pub texts: Texts,
    /// Whether the digest that it is part of is that of the replay, and not that of a flood.
    pub in_replay_digest: bool,
}

/// Decides about one event of a feed.
///
/// The first rule that matches decides. Without a match every **named** event with data notifies; an unnamed one
/// (`message`) and one without data are only logged. A control event never notifies, unless a rule names its type. An
/// event that notifies counts towards the feed's flood limit, whose state is in `states`; one that is muted does not.
/// Critical events have a limit of their own, so that no storm of others holds them back.
///
/// What a server replays is counted in one digest, so that a return brings no storm. A critical event stands alone unless
/// the feed was away for more than an hour.
///
/// An expression that fails silences nothing: a rule whose condition fails counts as matching, and a text that fails is
/// left to the event's own. [`Decision::fault`] says so.
pub fn decide(
    feed: &FeedConfig,
    limit: FloodLimit,
    states: &mut dyn States,
    occasion: &Occasion<'_>,
) -> Verdict {
    let seen = Seen::new(feed, occasion.event, occasion.replayed);
    let found = Matched::first(&feed.rules, &seen);
    let rule = found.as_ref().map(|found| found.rule);
    let mut fault = found.as_ref().and_then(|found| found.fault.clone());
    let by_type = feed.severity.get(&occasion.event.event_type).copied().unwrap_or_default();
    if occasion.event.is_control && rule.is_none() {
        let decision = Decision { outcome: Outcome::Control, ..Decision::default() };
        return Verdict { decision, severity: by_type, ..Verdict::default() };
    }
    let severity = rule.and_then(|rule| seen.severity(rule, &mut fault)).unwrap_or(by_type);
    let notifies_by_default = occasion.event.event_type != "message" && !occasion.event.data.is_empty();
    let notifies = rule.map_or(notifies_by_default, |rule| rule.notify);
    let stands_alone = !occasion.replayed || severity == Severity::Critical && occasion.away <= FRESH;
    let joins_replay = notifies && !occasion.muted && !stands_alone && occasion.has_replay_digest;
    let (outcome, in_replay_digest) = match (notifies, occasion.muted) {
        (false, _) => (Outcome::Log, false),
        (true, true) => (Outcome::Muted, false),
        (true, false) if joins_replay => (Outcome::Digest, true),
        (true, false) if !is_within_limit(limit, severity, states, occasion.at) => (Outcome::Digest, false),
        (true, false) if stands_alone => (Outcome::Notify, false),
        (true, false) => (Outcome::Digest, true),
    };
    let texts = match (rule, outcome) {
        (Some(rule), Outcome::Notify | Outcome::Digest) => seen.texts(rule, &mut fault),
        _ => Texts::default(),
    };
    if fault.is_none() && feed.is_expressed() && json::is_too_much(&occasion.event.data) {
        fault = Some(format!("data: more than {} values; expressions see it as a text", json::MAX_VALUES));
    }
    let decision = Decision { outcome, rule: rule.and_then(|rule| rule.name.clone()), fault };
    Verdict { decision, severity, texts, in_replay_digest }
}

/// Returns whether any event could notify under these rules. A rule behind one that matches everything counts too,
/// although it never decides.
pub fn can_notify(rules: &[Rule]) -> bool {
    let everything = rules.iter().find(|rule| rule.events.is_empty() && rule.when.is_none());
    rules.iter().any(|rule| rule.notify) || everything.is_none_or(|rule| rule.notify)
}

/// Counts an event that notifies. Returns whether it may have a notification of its own.
fn is_within_limit(limit: FloodLimit, severity: Severity, states: &mut dyn States, at: Millis) -> bool {
    let (id, limit) = match severity {
        Severity::Info | Severity::Warning => (StateId::default(), limit),
        Severity::Critical => {
            let id = StateId { key: severity.code().into(), ..StateId::default() };
            (id, FloodLimit { burst: limit.burst.saturating_mul(CRITICAL_BURSTS), ..limit })
        }
    };
    let mut flood = match states.get(&id) {
        Some(RuleState::Flood(flood)) => flood.clone(),
        None => Flood::default(),
    };
    let is_within = flood.take(limit, at);
    let due_at = Some(flood.over_at(limit, at));
    states.put(&id, Some(Kept { state: RuleState::Flood(flood), due_at }));
    is_within
}

#[cfg(test)]
mod tests;
