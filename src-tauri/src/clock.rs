//! Local time.

use bellwire_engine::ports::Clock;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Returns the current time in this computer's time zone.
pub fn local_time(clock: &dyn Clock) -> Zoned {
    Timestamp::from_millisecond(clock.wall()).unwrap_or_default().to_zoned(TimeZone::system())
}
