//! `bellwire watch`: prints events as they arrive, and stores nothing.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::time::Duration;

use bellwire_engine::config::{Header, Reconnect, feed_url, header, public_url};
use bellwire_engine::event::{Incoming, IncomingEvent, Millis, Reason};
use bellwire_engine::feed::{Activity, Spec, Subscribed};
use bellwire_engine::system;

use crate::args::{WatchFormat, WatchOptions, WhenToAsk};
use crate::exit::{Exit, Failure, explain, printable};
use crate::print::{self, Unprinted};
use crate::text;
use crate::time::Utc;
use crate::wire::WatchLine;

/// The size limit of a file of headers, in bytes; the rest is not read. Servers take less than 1 MiB.
const MAX_HEADER_FILE: u64 = 1024 * 1024;

pub async fn run(home: Option<&Path>, options: Box<WatchOptions>) -> Result<Exit, Failure> {
    let (spec, feed) = spec(home, &options)?;
    let ports = system::ports();
    let mut subscribed = Subscribed::start(spec, ports.clone());
    let mut watch =
        Watch { printer: Printer::new(&options, feed), count: 0, is_polled: false, options: &options };
    let mut end = ports.clock.sleep(options.r#for.unwrap_or(Duration::MAX / 4));
    let mut idle = ports.clock.sleep(options.idle.unwrap_or(Duration::MAX / 4));
    loop {
        let signal = tokio::select! {
            signal = subscribed.next() => signal,
            () = &mut end => return Ok(watch.timed_out()),
            () = &mut idle => return Ok(watch.timed_out()),
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Interrupted),
        };
        let Some(signal) = signal else { return Ok(Exit::Failed) };
        let before = watch.count;
        match watch.take(signal, ports.clock.wall()) {
            Ok(None) => {}
            Ok(Some(exit)) => return Ok(exit),
            Err(unprinted) => return unprinted.exit(),
        }
        if watch.count != before
            && let Some(time) = options.idle
        {
            idle = ports.clock.sleep(time);
        }
    }
}

fn spec(home: Option<&Path>, options: &WatchOptions) -> Result<(Spec, Option<String>), Failure> {
    let (mut spec, feed) = if options.target.contains("://") {
        (Spec::at(feed_url(&options.target).map_err(Failure::usage)?), None)
    } else {
        let (spec, id) = configured(home, &options.target)?;
        (spec, Some(id))
    };
    for text in &options.header {
        spec.headers.extend(headers(text)?);
    }
    if let Some(method) = &options.method {
        if !is_token(method) {
            let message = format!("{method:?} is not an HTTP method; use one such as GET or POST");
            return Err(Failure::usage(message));
        }
        spec.method.clone_from(method);
    }
    if let Some(body) = &options.body {
        spec.body = Some(body.clone().into_bytes());
    }
    spec.reconnect = match options.reconnect {
        Some(WhenToAsk::Always) => Reconnect::Always,
        Some(WhenToAsk::Auto) => Reconnect::Auto,
        None => spec.reconnect,
    };
    spec.last_event_id.clone_from(&options.last_event_id);
    spec.retry_ms = options.retry.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    spec.max_event = options.max_event.unwrap_or(spec.max_event);
    spec.idle_timeout = options.idle_timeout.or(spec.idle_timeout);
    spec.raw = options.format == Some(WatchFormat::Raw);
    Ok((spec, feed))
}

/// Returns the subscription of a configured feed, with no position to resume from, and the feed's id.
///
/// # Errors
///
/// When the configuration cannot be read or has problems, or has no feed of this name.
pub fn configured(home: Option<&Path>, name: &str) -> Result<(Spec, String), Failure> {
    let config = crate::check::load(home)?;
    let feed = config.feeds.iter().find(|feed| feed.id.as_str() == name).ok_or_else(|| {
        let looks_like_an_address = name.contains(['.', ':', '/']);
        let name = printable(name);
        let advice = if looks_like_an_address {
            format!("did you mean http://{name} or https://{name}?")
        } else {
            "list the feeds with `bellwire feed list`".to_owned()
        };
        Failure::usage(format!("{name:?} is neither an address nor the id of a configured feed; {advice}"))
    })?;
    Ok((Spec::of(feed), feed.id.to_string()))
}

fn headers(text: &str) -> Result<Vec<Header>, Failure> {
    let Some(path) = text.strip_prefix('@') else { return Ok(vec![one_header(text)?]) };
    // It may be a pipe, as those of a shell's `<(…)` are.
    let mut lines = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_HEADER_FILE).read_to_string(&mut lines));
    read.map_err(|e| {
        Failure::usage(format!("cannot read the header file {path}: {e}; check the path after @"))
    })?;
    lines.lines().filter(|line| !line.trim().is_empty()).map(one_header).collect()
}

fn one_header(line: &str) -> Result<Header, Failure> {
    // The value may be a secret, so no message contains it.
    let (name, value) = line
        .split_once(':')
        .ok_or_else(|| Failure::usage("a header has no colon; write it as 'Name: value'"))?;
    header(name.trim(), value.trim()).map_err(Failure::usage)
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

struct Watch<'a> {
    printer: Printer,
    count: u64,
    /// Whether the server was last seen to end a connection on purpose.
    is_polled: bool,
    options: &'a WatchOptions,
}

impl Watch<'_> {
    /// Prints an activity, and returns the exit if it was the last.
    fn take(&mut self, signal: Activity, now: Millis) -> Result<Option<Exit>, Unprinted> {
        match signal {
            Activity::Connecting { .. } => {}
            Activity::Slow { after_ms } => print::note(&text::no_answer(after_ms)),
            Activity::Open { status, http, url, headers, .. } => {
                self.printer.origin = url.origin().ascii_serialization();
                let url = public_url(&url);
                let line = WatchLine::Open {
                    status,
                    url: &url,
                    http: &http,
                    headers: headers.into_iter().map(|(name, value)| (name, value.into())).collect(),
                    received_at: Utc(now),
                };
                let text = format!("connected to {url}, {status}, HTTP/{http}");
                self.printer.lifecycle(&line, &text, now)?;
            }
            Activity::Bytes(bytes) => print::bytes(&bytes)?,
            Activity::Items { items, replaying } => return self.items(items, replaying, now),
            Activity::Waiting { reason, delay, attempt, last_event_id, poll, .. } => {
                let in_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                let line = WatchLine::Reconnecting {
                    reason: &reason,
                    in_ms,
                    attempt,
                    last_event_id: &last_event_id,
                    received_at: Utc(now),
                };
                let text = text::reconnecting(in_ms, &reason);
                // A server that is polled is noted once.
                let is_noted = std::mem::replace(&mut self.is_polled, poll.is_some()) && poll.is_some();
                if !self.options.lifecycle && !is_noted {
                    print::note(&text);
                }
                self.printer.lifecycle(&line, &text, now)?;
            }
            Activity::Parked { reason, .. } | Activity::Ended { reason } => {
                return self.end(&reason, now).map(Some);
            }
        }
        Ok(None)
    }

    fn items(
        &mut self,
        items: Vec<Incoming>,
        replaying: bool,
        now: Millis,
    ) -> Result<Option<Exit>, Unprinted> {
        for item in items {
            match item {
                Incoming::Event(event) => {
                    if !self.options.event.is_empty() && !self.options.event.contains(&event.event_type) {
                        continue;
                    }
                    self.printer.event(&event, now, replaying)?;
                    self.count += 1;
                    if self.options.count.is_some_and(|count| self.count >= count) {
                        return Ok(Some(Exit::Satisfied));
                    }
                }
                Incoming::Comment(text) => self.printer.comment(&text, now)?,
                Incoming::Retry(ms) => {
                    let line = WatchLine::Retry { ms, received_at: Utc(now) };
                    self.printer.lifecycle(&line, &text::retry(ms), now)?;
                }
                Incoming::Oversize { .. } => {
                    print::note("skipped an event over the size limit; raise the limit with --max-event");
                }
                Incoming::Id(_) => {}
            }
        }
        Ok(None)
    }

    fn end(&mut self, reason: &Reason, now: Millis) -> Result<Exit, Unprinted> {
        let line = WatchLine::Closed { reason, received_at: Utc(now) };
        self.printer.lifecycle(&line, &format!("ended: {reason}"), now)?;
        if !self.options.lifecycle {
            print::error(&explain(&self.options.target, reason));
        }
        Ok(Exit::of(reason))
    }

    fn timed_out(&self) -> Exit {
        if self.options.count.is_some() { Exit::CountNotReached } else { Exit::Satisfied }
    }
}

struct Printer {
    format: WatchFormat,
    lifecycle: bool,
    comments: bool,
    feed: Option<String>,
    origin: String,
}

impl Printer {
    fn new(options: &WatchOptions, feed: Option<String>) -> Self {
        let natural = if std::io::stdout().is_terminal() { WatchFormat::Text } else { WatchFormat::Ndjson };
        Self {
            format: options.format.unwrap_or(natural),
            lifecycle: options.lifecycle,
            comments: options.comments,
            feed,
            origin: String::new(),
        }
    }

    fn event(&self, event: &IncomingEvent, now: Millis, replayed: bool) -> Result<(), Unprinted> {
        match self.format {
            WatchFormat::Raw => Ok(()),
            WatchFormat::Text => print::line(&text::watched_event(event, now)),
            WatchFormat::Ndjson => {
                let feed = self.feed.as_deref();
                print::json(&WatchLine::event(event, feed, &self.origin, now, replayed))
            }
        }
    }

    fn comment(&self, text: &str, now: Millis) -> Result<(), Unprinted> {
        match self.format {
            _ if !self.comments => Ok(()),
            WatchFormat::Raw => Ok(()),
            WatchFormat::Text => print::line(&text::comment(text, now)),
            WatchFormat::Ndjson => print::json(&WatchLine::Comment { text, received_at: Utc(now) }),
        }
    }

    fn lifecycle(&self, line: &WatchLine<'_>, text: &str, now: Millis) -> Result<(), Unprinted> {
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
