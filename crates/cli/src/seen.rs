//! Lines about what came on a stream while it was watched.

use bellwire_engine::text::line;
use bellwire_engine::{Advice, Ids, Seen, SeenType};

use crate::text::count;
use crate::time::span;

/// Returns the lines with the number of events, in all and by type, and what the ids show.
pub fn counted(seen: &Seen) -> Vec<String> {
    let time = span(u64::try_from(seen.watched.as_millis()).unwrap_or(u64::MAX));
    if seen.events == 0 {
        return vec![format!("no event within {time}; the connection is open")];
    }
    let mut lines = vec![format!("{} in {time}", count(seen.events, "event"))];
    lines.extend(seen.types.iter().map(|seen| {
        let control = if seen.advice == Advice::Control { "; it looks like a control event" } else { "" };
        format!("{}: {}{}{control}", name(seen), count(seen.count, "event"), frequency(seen))
    }));
    lines.extend(ids(seen.ids).map(str::to_owned));
    lines
}

/// Returns the lines with what is chosen for each type and why, and what the ids show. `notify` lists the types that
/// notify in any case.
pub fn chosen(seen: &Seen, notify: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = seen.types.iter().map(|seen| verdict(seen, notify)).collect();
    if lines.is_empty() {
        lines.push("no event came; the named ones notify".into());
    } else {
        lines.push("types that did not come notify if they are named; config.toml has the rules".into());
    }
    lines.extend(ids(seen.ids).map(str::to_owned));
    lines
}

fn verdict(seen: &SeenType, notify: &[String]) -> String {
    let verdict = if notify.contains(&seen.event_type) {
        "it notifies, as asked"
    } else if seen.advice.notifies() {
        "it notifies"
    } else {
        "only logged"
    };
    let fact = match seen.advice {
        Advice::Notify => "seen once".into(),
        Advice::Control => "it looks like a control event".into(),
        Advice::Opening | Advice::Frequent | Advice::Unnamed => {
            format!("{}{}", count(seen.count, "event"), frequency(seen))
        }
    };
    format!("{}: {fact}; {verdict}", name(seen))
}

fn name(seen: &SeenType) -> String {
    match seen.advice {
        Advice::Unnamed => "unnamed messages".into(),
        Advice::Notify | Advice::Opening | Advice::Frequent | Advice::Control => {
            line(&seen.event_type).into_owned()
        }
    }
}

/// Returns how many came as the stream opened, and how many a minute come since.
fn frequency(seen: &SeenType) -> String {
    let opening = match seen.opening {
        0 | 1 => String::new(),
        all if all == seen.count => ", all as the stream opened".into(),
        some => format!(", {some} of them as the stream opened"),
    };
    let rate = seen.per_minute.map_or_else(String::new, |rate| format!(", {rate} a minute"));
    opening + &rate
}

fn ids(ids: Ids) -> Option<&'static str> {
    match ids {
        Ids::Unknown => None,
        Ids::None => Some("no ids: events sent while Bellwire is away are not recovered"),
        Ids::Fixed => Some("the ids do not change: the feed cannot resume"),
        Ids::Usable => Some("the events have ids to resume from"),
    }
}

#[cfg(test)]
mod tests;
