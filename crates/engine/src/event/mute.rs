//! Whether notifications are held back.

use jiff::civil::time;
use jiff::{ToSpan, Zoned};

use super::id::Millis;

const MINUTE: Millis = 60_000;

/// Whether notifications are held back. Events still arrive and count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mute {
    /// Notifications are shown.
    #[default]
    Off,
    /// Held back until this moment.
    Until(Millis),
    /// Held back until a person turns them on.
    On,
}

impl Mute {
    /// Returns whether notifications are held back at `now`.
    pub fn holds(self, now: Millis) -> bool {
        match self {
            Mute::Off => false,
            Mute::Until(at) => now < at,
            Mute::On => true,
        }
    }
}

/// For how long a person holds notifications back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum MuteFor {
    /// 30 minutes.
    HalfHour,
    /// An hour.
    Hour,
    /// Until 07:00 of the next day, local time.
    Morning,
    /// Until a person turns notifications on.
    Ever,
    /// Not at all: they are shown again.
    Off,
}

impl MuteFor {
    /// Returns the mute that begins at `now`.
    pub fn from(self, now: &Zoned) -> Mute {
        let at = now.timestamp().as_millisecond();
        match self {
            MuteFor::HalfHour => Mute::Until(at + 30 * MINUTE),
            MuteFor::Hour => Mute::Until(at + 60 * MINUTE),
            // There is no next day only at the end of the calendar, in the year 9999.
            MuteFor::Morning => {
                morning(now).map_or(Mute::On, |at| Mute::Until(at.timestamp().as_millisecond()))
            }
            MuteFor::Ever => Mute::On,
            MuteFor::Off => Mute::Off,
        }
    }
}

/// Returns 07:00 of the next day on this clock; where daylight saving skips it, the moment after.
fn morning(now: &Zoned) -> Option<Zoned> {
    let tomorrow = now.date().checked_add(1.day()).ok()?;
    tomorrow.to_datetime(time(7, 0, 0, 0)).to_zoned(now.time_zone().clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn muted(length: MuteFor, now: &str) -> String {
        let now: Zoned = now.parse().unwrap();
        match length.from(&now) {
            Mute::Until(at) => {
                let until = jiff::Timestamp::from_millisecond(at).unwrap();
                until.to_zoned(now.time_zone().clone()).datetime().to_string()
            }
            mute => format!("{mute:?}"),
        }
    }

    #[test]
    fn each_length_ends_when_it_says() {
        let now = "2026-11-21T23:59:30[Europe/Berlin]";
        assert_eq!(muted(MuteFor::HalfHour, now), "2026-11-22T00:29:30");
        assert_eq!(muted(MuteFor::Hour, now), "2026-11-22T00:59:30");
        assert_eq!(muted(MuteFor::Morning, now), "2026-11-22T07:00:00");
        assert_eq!(muted(MuteFor::Morning, "2026-12-31T06:00:00[Asia/Shanghai]"), "2027-01-01T07:00:00");
        assert_eq!((muted(MuteFor::Ever, now), muted(MuteFor::Off, now)), ("On".into(), "Off".into()));
    }

    #[test]
    fn the_morning_is_at_seven_also_where_the_clock_changes_in_the_night() {
        assert_eq!(muted(MuteFor::Morning, "2026-03-28T22:00:00[Europe/Berlin]"), "2026-03-29T07:00:00");
        assert_eq!(muted(MuteFor::Morning, "2026-10-24T22:00:00[Europe/Berlin]"), "2026-10-25T07:00:00");
    }
}
