//! What `watch` prints, in each format.

use std::io::IsTerminal;

use bellwire_engine::event::{Gap, IncomingEvent, Millis};

use crate::args::{WatchFormat, WatchOptions};
use crate::print::{self, Unprinted};
use crate::text;
use crate::time::Utc;
use crate::wire::WatchLine;

/// Prints what comes, in the chosen format.
pub(super) struct Printer {
    format: WatchFormat,
    lifecycle: bool,
    comments: bool,
    feed: Option<String>,
    /// The origin of the open connection.
    pub(super) origin: String,
}

impl Printer {
    pub(super) fn new(options: &WatchOptions, feed: Option<String>) -> Self {
        let natural = if std::io::stdout().is_terminal() { WatchFormat::Text } else { WatchFormat::Ndjson };
        Self {
            format: options.format.unwrap_or(natural),
            lifecycle: options.lifecycle,
            comments: options.comments,
            feed,
            origin: String::new(),
        }
    }

    pub(super) fn event(&self, event: &IncomingEvent, now: Millis, replayed: bool) -> Result<(), Unprinted> {
        match self.format {
            WatchFormat::Raw => Ok(()),
            WatchFormat::Text => print::line(&text::watched_event(event, now)),
            WatchFormat::Ndjson => {
                let feed = self.feed.as_deref();
                print::json(&WatchLine::event(event, feed, &self.origin, now, replayed))
            }
        }
    }

    pub(super) fn comment(&self, text: &str, now: Millis) -> Result<(), Unprinted> {
        match self.format {
            _ if !self.comments => Ok(()),
            WatchFormat::Raw => Ok(()),
            WatchFormat::Text => print::line(&text::comment(text, now)),
            WatchFormat::Ndjson => print::json(&WatchLine::Comment { text, received_at: Utc(now) }),
        }
    }

    /// Prints that events may be missing; without `--lifecycle`, as a note for people.
    pub(super) fn gap(&self, gap: &Gap, note: &str, now: Millis) -> Result<(), Unprinted> {
        if !self.lifecycle {
            print::note(note);
            return Ok(());
        }
        let line = WatchLine::gap(gap, self.feed.as_deref(), now);
        self.lifecycle(&line, &text::gap(gap, now), now)
    }

    pub(super) fn lifecycle(&self, line: &WatchLine<'_>, text: &str, now: Millis) -> Result<(), Unprinted> {
        match self.format {
            _ if !self.lifecycle => Ok(()),
            WatchFormat::Raw => {
                print::note(text);
                Ok(())
            }
            WatchFormat::Text => print::line(&text::lifecycle(text, now)),
            WatchFormat::Ndjson => print::json(line),
        }
    }
}
