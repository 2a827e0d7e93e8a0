//! The time as people read it.

use bellwire_engine::ports::Clock;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Returns the moment, in the time zone of this computer.
pub fn local_time(clock: &dyn Clock) -> Zoned {
    Timestamp::from_millisecond(clock.wall()).unwrap_or_default().to_zoned(TimeZone::system())
}
