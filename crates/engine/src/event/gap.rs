//! Stretches in which events may be missing.

use std::fmt;

use super::id::Millis;

/// A stretch in which events may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last moment at which nothing was missing.
    pub from: Millis,
    /// The first moment at which nothing is missing again.
    pub to: Millis,
    /// Why.
    pub reason: GapReason,
    /// How often it happened: after a few within a minute, further gaps that a server can cause at will share a row.
    pub times: u64,
}

/// Why events may be missing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum GapReason {
    /// The feed sends no ids, so the server cannot be asked for what was missed. This reason and the next nine are said
    /// once a feed and URL; later connections say it themselves ([`Opened::may_miss`]).
    NoIds,
    /// No event had come yet, so there was none to resume after.
    NoEventYet,
    /// The last id is empty, because the server took it back, or is one that no header can carry.
    NoUsableId,
    /// The feed's cursor expression found nothing in the events.
    NoCursor,
    /// The configuration says not to resume.
    ResumeOff,
    /// A redirect led to an address without the cursor.
    CursorDropped,
    /// The feed's address is another one, at which nothing was received before.
    AddressChanged,
    /// A request was cut off before its answer, with which the server may have sent events.
    NoHead,
    /// The place was sent, and nothing shows that the server heeded it.
    ResumeUnshown,
    /// The ids name connections, devices or times, and no place to resume after.
    NotACursor,
    /// The server refuses a request with the place, and accepts one without it.
    PlaceRefused,
    /// The server's history did not go back to where it was asked to resume.
    HistoryTooShort,
    /// An event was larger than `max_event` and was skipped.
    Oversize,
    /// The log cannot hold an event: with all that belongs to it, it is larger than a row may be.
    NotStorable,
    /// The log was damaged; it was quarantined and a new one begun.
    StoreReplaced,
}

impl GapReason {
    /// Returns the stable word for the log, scripts and translations.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// The reason in English, for the command line and the program's own log.
impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GapReason::NoIds => "the feed sends no ids that can be kept, so it cannot resume",
            GapReason::NoEventYet => "no event had come yet, so there was none to resume after",
            GapReason::NoUsableId => "the last id is empty, or holds characters that no header can carry",
            GapReason::NoCursor => "the feed's cursor expression finds nothing in its events",
            GapReason::ResumeOff => "this feed is set up not to resume",
            GapReason::CursorDropped => "a redirect led to an address without the cursor",
            GapReason::AddressChanged => {
                "the feed has another address, and starts there without a place to resume"
            }
            GapReason::NoHead => {
                "a request was cut off before its answer, and the server may have sent events with it"
            }
            GapReason::ResumeUnshown => {
                "the place to resume after was sent, and nothing shows that the server heeded it"
            }
            GapReason::NotACursor => "the feed's ids do not tell where to resume, so it cannot",
            GapReason::PlaceRefused => {
                "the server refuses to resume after the last id, so the feed starts without it"
            }
            GapReason::HistoryTooShort => "the server's history did not go back far enough",
            GapReason::Oversize => "an event was over the size limit and was skipped",
            GapReason::NotStorable => "an event was larger than the log can hold, and was left out",
            GapReason::StoreReplaced => "the log was damaged; a new one was begun",
        })
    }
}
