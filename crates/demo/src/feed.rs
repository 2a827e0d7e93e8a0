//! The demo feeds: their events, and when each is due.

use std::time::Duration;

use crate::happening::Happening;
use crate::{alerts, chance, places, quotes};

/// The origin of the feeds' time, 2025-01-01 UTC, as time since the Unix epoch.
pub(crate) const ORIGIN: Duration = Duration::from_secs(1_735_689_600);

/// The number of past events that can be replayed.
pub(crate) const HISTORY: u64 = 1000;

/// One of the demo feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feed {
    /// Prices of twenty invented companies, about three a second.
    Quotes,
    /// Positions of six vans, about three a second.
    Places,
    /// Incidents of a shop's services, one alert every 20 to 60 s.
    Alerts,
}

/// Defines when events are due: the n-th at `n * slot` plus a random time below `jitter`. The time between two
/// events is from `slot - jitter` to `slot + jitter`.
struct Timing {
    slot: Duration,
    jitter: Duration,
}

impl Feed {
    /// All feeds, in the order of the index page.
    pub const ALL: [Self; 3] = [Self::Quotes, Self::Places, Self::Alerts];

    /// Returns the path of the feed's URL.
    pub fn path(self) -> &'static str {
        match self {
            Self::Quotes => "/quotes",
            Self::Places => "/places",
            Self::Alerts => "/alerts",
        }
    }

    /// Returns one line about the feed: its event types, content and rate.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Quotes => "quote: prices of 20 invented companies, about 3 a second",
            Self::Places => "position: 6 vans on their rounds in Shanghai, about 3 a second",
            Self::Alerts => "outage, degraded, resolved: a shop's services, one every 20 to 60 s",
        }
    }

    /// Returns the n-th event of the feed, which depends on `seed` and `n` alone.
    pub fn event(self, seed: u64, n: u64) -> Happening {
        match self {
            Self::Quotes => quotes::quote(seed, n, n as f64 * self.timing().slot.as_secs_f64()),
            Self::Places => places::position(seed, n, n as f64 * self.timing().slot.as_secs_f64()),
            Self::Alerts => alerts::alert(seed, n),
        }
    }

    /// Returns when the n-th event is due, since [`ORIGIN`].
    pub(crate) fn due(self, seed: u64, n: u64) -> Duration {
        let Timing { slot, jitter } = self.timing();
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let late = chance::below(millis(jitter), &[seed, self as u64, n]);
        Duration::from_millis(n.saturating_mul(millis(slot)).saturating_add(late))
    }

    /// Returns the number of the last event that was due at `now`; `None` before the first.
    pub(crate) fn latest(self, seed: u64, now: Duration) -> Option<u64> {
        let slot = u64::try_from(now.as_millis() / self.timing().slot.as_millis()).unwrap_or(u64::MAX);
        if self.due(seed, slot) <= now { Some(slot) } else { slot.checked_sub(1) }
    }

    fn timing(self) -> Timing {
        let (slot, jitter) = match self {
            Self::Quotes | Self::Places => (333, 200),
            Self::Alerts => (40_000, 20_000),
        };
        Timing { slot: Duration::from_millis(slot), jitter: Duration::from_millis(jitter) }
    }
}

/// Returns the id of the n-th event.
pub(crate) fn id(seed: u64, n: u64) -> String {
    format!("{seed}-{n}")
}

/// Returns the number of the event with this id; `None` if the id is not one of this seed's.
pub(crate) fn parse_id(seed: u64, text: &str) -> Option<u64> {
    let n = text.split_once('-')?.1.parse().ok()?;
    (id(seed, n) == text).then_some(n)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;

    const SEED: u64 = 7;

    fn parsed(feed: Feed, n: u64) -> Value {
        serde_json::from_str(&feed.event(SEED, n).data).unwrap()
    }

    #[test]
    fn the_latest_event_is_the_last_one_due() {
        for feed in Feed::ALL {
            for millis in (0..200_000).step_by(37).chain((60_000_000_000..60_000_100_000).step_by(501)) {
                let now = Duration::from_millis(millis);
                match feed.latest(SEED, now) {
                    Some(n) => assert!(feed.due(SEED, n) <= now && now < feed.due(SEED, n + 1)),
                    None => assert!(now < feed.due(SEED, 0)),
                }
            }
        }
    }

    #[test]
    fn alerts_come_every_20_to_60_seconds() {
        for n in 0..1000 {
            let gap = Feed::Alerts.due(SEED, n + 1) - Feed::Alerts.due(SEED, n);
            assert!((20..=60).contains(&gap.as_secs()), "{gap:?}");
        }
    }

    #[test]
    fn an_event_depends_on_seed_and_number_alone() {
        for feed in Feed::ALL {
            assert_eq!(feed.event(SEED, 99), feed.event(SEED, 99));
            let differing = (0..50).filter(|&n| feed.event(1, n) != feed.event(2, n)).count();
            assert!(differing > 25, "{feed:?}: {differing}");
        }
    }

    #[test]
    fn ids_of_other_seeds_and_servers_are_not_recognised() {
        assert_eq!(parse_id(SEED, &id(SEED, 12)), Some(12));
        for unknown in ["", "8-12", "7-", "7-012", "7-+1", "12", "7-12 ", "7-99999999999999999999999"] {
            assert_eq!(parse_id(SEED, unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn a_price_changes_by_less_than_one_percent_at_a_time() {
        let mut last: BTreeMap<String, f64> = BTreeMap::new();
        let mut moved = 0;
        for n in 50_000_000..50_004_000 {
            let quote = parsed(Feed::Quotes, n);
            let price = quote["last"].as_f64().unwrap();
            assert!(price > 0.0 && quote["volume"].as_u64().unwrap() > 0, "{quote}");
            let previous_close = price - quote["change"].as_f64().unwrap();
            let pct = quote["change"].as_f64().unwrap() / previous_close * 100.0;
            assert!((pct - quote["pct"].as_f64().unwrap()).abs() < 0.02 && pct.abs() < 15.0, "{quote}");
            if let Some(before) = last.insert(quote["symbol"].as_str().unwrap().into(), price) {
                assert!((price / before - 1.0).abs() < 0.01, "{quote} after {before}");
                moved += usize::from(price != before);
            }
        }
        assert_eq!(last.len(), 20);
        assert!(moved > 3000, "{moved} of 4000 quotes moved");
    }

    #[test]
    fn vans_stay_in_the_city_and_move_at_their_reported_speed() {
        let mut before: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for n in 80_000_000..80_003_000 {
            let place = parsed(Feed::Places, n);
            let number = |key: &str| place[key].as_f64().unwrap();
            let (lat, lon, kmh) = (number("lat"), number("lon"), number("kmh"));
            assert!((31.1..31.4).contains(&lat) && (121.3..121.7).contains(&lon), "{place}");
            assert!((0.0..360.0).contains(&number("heading")), "{place}");
            if let Some((lat0, lon0)) = before.insert(place["vehicle"].as_str().unwrap().into(), (lat, lon)) {
                let north = (lat - lat0) * 111_195.0;
                let east = (lon - lon0) * 111_195.0 * lat.to_radians().cos();
                let driven = north.hypot(east) / (6.0 * 0.333) * 3.6;
                assert!((driven - kmh).abs() < 6.0, "{place}: drove {driven:.1} km/h");
                let course = east.atan2(north).to_degrees().rem_euclid(360.0);
                let off = (course - number("heading") + 180.0).rem_euclid(360.0) - 180.0;
                assert!(off.abs() < 20.0, "{place}: course {course:.0}");
            }
        }
        assert_eq!(before.len(), 6);
    }

    #[test]
    fn alerts_describe_incidents_that_end_and_some_are_in_chinese() {
        let (mut types, mut chinese) = (BTreeSet::new(), 0);
        for incident in 0..100 {
            let events: Vec<_> = (0..3).map(|phase| incident * 3 + phase).collect();
            let data: Vec<_> = events.iter().map(|&n| parsed(Feed::Alerts, n)).collect();
            types.extend(events.iter().map(|&n| Feed::Alerts.event(SEED, n).event_type));
            assert_eq!(Feed::Alerts.event(SEED, events[2]).event_type, "resolved");
            for alert in &data {
                assert_eq!(alert["incident"], data[0]["incident"]);
                assert_eq!(alert["service"], data[0]["service"]);
                assert!(alert["url"].as_str().unwrap().starts_with("https://example.com/"), "{alert}");
                assert!(
                    alert["region"].is_string() && !alert["message"].as_str().unwrap().is_empty(),
                    "{alert}"
                );
            }
            chinese += usize::from(!data[0]["service"].as_str().unwrap().is_ascii());
        }
        assert_eq!(types.into_iter().collect::<Vec<_>>(), ["degraded", "outage", "resolved"]);
        assert!((20..80).contains(&chinese), "{chinese} of 100");
    }
}
