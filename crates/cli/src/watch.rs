//! `bellwire watch`: prints events as they arrive, and stores nothing.

mod printer;

use std::path::Path;
use std::time::Duration;

use bellwire_engine::config::{Header, Reconnect, header, public_url};
use bellwire_engine::event::{Gap, GapReason, Incoming, Millis, Reason};
use bellwire_engine::feed::{Activity, Subscribed};
use bellwire_engine::{Home, Ports, system};

use crate::args::{WatchFormat, WatchOptions, WhenToAsk};
use crate::exit::{Exit, Failure, explain, printable};
use crate::given;
use crate::print::{self, Unprinted};
use crate::target::{self, Target};
use crate::text;
use crate::time::Utc;
use crate::wire::WatchLine;

use printer::Printer;

/// The size limit of a file of headers, in bytes. Servers take less than 1 MiB.
const MAX_HEADER_FILE: u64 = 1024 * 1024;

/// The size limit of a body, in bytes: more than servers take of a request for events.
const MAX_BODY: u64 = 16 * 1024 * 1024;

pub async fn run(home: Option<&Path>, options: Box<WatchOptions>) -> Result<Exit, Failure> {
    let Target { spec, feed, name } = target(home, &options)?;
    let ports = ports(home);
    let mut subscribed = Subscribed::start(spec, ports.clone());
    let mut watch = Watch::new(&options, feed, name, ports.clock.wall());
    let mut end = ports.clock.sleep(options.r#for.unwrap_or(Duration::MAX / 4));
    let mut idle = ports.clock.sleep(options.idle.unwrap_or(Duration::MAX / 4));
    let mut reader_gone = std::pin::pin!(print::reader_gone());
    loop {
        let signal = tokio::select! {
            signal = subscribed.next() => signal,
            () = &mut end => return Ok(watch.timed_out()),
            () = &mut idle => return Ok(watch.timed_out()),
            () = &mut reader_gone => return Ok(Exit::Satisfied),
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

/// Returns the ports for a command that stores nothing. Without a home, which an address does not need, there are no
/// secrets.
pub fn ports(home: Option<&Path>) -> Ports {
    Home::resolve(home).map_or_else(|_| system::ports(), |home| system::ports_for(&home))
}

/// Returns the subscription that the options ask for.
fn target(home: Option<&Path>, options: &WatchOptions) -> Result<Target, Failure> {
    let mut target = target::resolve(home, &options.target)?;
    let spec = &mut target.spec;
    for text in &options.header {
        spec.headers.extend(headers(text)?);
    }
    if let Some(method) = &options.method {
        if !is_token(method) {
            return Err(Failure::usage("--method takes an HTTP method, such as GET or POST"));
        }
        spec.method.clone_from(method);
    }
    if let Some(body) = &options.body {
        spec.body = Some(given::bytes("--body", body, MAX_BODY)?);
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
    Ok(target)
}

fn headers(text: &str) -> Result<Vec<Header>, Failure> {
    if !text.starts_with('@') {
        return Ok(vec![one_header(text)?]);
    }
    let lines = String::from_utf8(given::bytes("--header", text, MAX_HEADER_FILE)?)
        .map_err(|_| Failure::usage("the file of --header is not UTF-8 text"))?;
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
    /// Whether a stream was ever open.
    was_open: bool,
    /// The newest moment up to which nothing is missing.
    complete_until: Millis,
    /// Why the newest connection failed or was lost.
    trouble: Option<Reason>,
    /// The feed's id, or its address.
    name: String,
    options: &'a WatchOptions,
}

impl<'a> Watch<'a> {
    fn new(options: &'a WatchOptions, feed: Option<String>, name: String, now: Millis) -> Self {
        Self {
            printer: Printer::new(options, feed),
            count: 0,
            is_polled: false,
            was_open: false,
            complete_until: now,
            trouble: None,
            name,
            options,
        }
    }

    /// Prints an activity, and returns the exit if it was the last.
    fn take(&mut self, signal: Activity, now: Millis) -> Result<Option<Exit>, Unprinted> {
        match signal {
            Activity::Connecting { .. } => {}
            Activity::Slow { after_ms } => print::note(&text::no_answer(after_ms)),
            Activity::Open { status, http, url, headers, missed, .. } => {
                self.was_open = true;
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
                if let Some(reason) = missed {
                    self.gap(reason, &format!("events may be missing: {reason}"), now)?;
                }
                self.complete_until = now;
            }
            Activity::Bytes(bytes) => print::bytes(&bytes)?,
            Activity::Items { items, replaying } => {
                let exit = self.items(items, replaying, now);
                self.complete_until = now;
                return exit;
            }
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
                self.trouble = Some(reason);
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
                Incoming::Oversize { is_event: true, .. } => {
                    let note = "skipped an event over the size limit; raise the limit with --max-event";
                    self.gap(GapReason::Oversize, note, now)?;
                }
                Incoming::Oversize { is_event: false, .. } => {
                    print::note("skipped a line over the size limit; its event is complete without it");
                }
                Incoming::Id(_) => {}
            }
        }
        Ok(None)
    }

    /// Prints that events before `now` may be missing; without `--lifecycle`, the note.
    fn gap(&self, reason: GapReason, note: &str, now: Millis) -> Result<(), Unprinted> {
        let gap = Gap { from: self.complete_until.min(now), to: now, reason, times: 1 };
        self.printer.gap(&gap, note, now)
    }

    fn end(&mut self, reason: &Reason, now: Millis) -> Result<Exit, Unprinted> {
        let line = WatchLine::Closed { reason, received_at: Utc(now) };
        self.printer.lifecycle(&line, &format!("ended: {reason}"), now)?;
        if !self.options.lifecycle {
            print::error(&explain(&self.name, reason));
        }
        Ok(Exit::of(reason))
    }

    /// Returns the exit once the time is over. A time in which no stream was ever open watched nothing.
    fn timed_out(&self) -> Exit {
        if !self.was_open {
            let message = match &self.trouble {
                Some(reason) => explain(&self.name, reason),
                None => format!("{}: no answer in this time", printable(&self.name)),
            };
            print::error(&message);
        }
        match (self.options.count, self.was_open) {
            (Some(_), _) => Exit::CountNotReached,
            (None, true) => Exit::Satisfied,
            (None, false) => Exit::Failed,
        }
    }
}
