//! `bellwire log`: stored rows, oldest first.

use std::io::IsTerminal;
use std::path::Path;

use bellwire_engine::event::{Millis, Rev, Row, RowBody, Seq};
use bellwire_engine::ports::Clock;
use bellwire_engine::system::SystemClock;
use bellwire_engine::{At, Extent, FileWatch, Home, LogReader, Needle, ReadError, StoreError, View};

use crate::args::{LogFormat, LogOptions};
use crate::exit::{Exit, Failure};
use crate::print::{self, Unprinted};
use crate::text;
use crate::wire::LogLine;

/// The number of rows in one read.
const PAGE: usize = 1000;

pub async fn run(home: Option<&Path>, options: LogOptions) -> Result<Exit, Failure> {
    let home = Home::resolve(home).map_err(Failure::usage)?;
    let watch = FileWatch::start(&home.doorbell_path());
    let reader = LogReader::open(&home).map_err(|error| match error {
        StoreError::Missing(_) => Failure::usage(error),
        _ => Failure::failed(error),
    })?;
    let natural = if std::io::stdout().is_terminal() { LogFormat::Text } else { LogFormat::Ndjson };
    let clock = SystemClock::new();
    let selection = Selection {
        view: View { feed: options.feed.clone(), ..View::default() },
        since: options.since.map(|since| since.resolve(clock.wall())),
        format: options.format.unwrap_or(natural),
        needle: options.search.as_deref().map(Needle::new),
        options: &options,
        clock,
    };
    let rev = match selection.print_stored(&reader)? {
        Ok(rev) => rev,
        Err(unprinted) => return unprinted.exit(),
    };
    if !options.follow {
        return Ok(Exit::Satisfied);
    }
    let watch = watch.map_err(Failure::failed)?;
    tokio::select! {
        exit = selection.follow(&reader, watch, rev) => exit,
        () = print::reader_gone() => Ok(Exit::Satisfied),
        _ = tokio::signal::ctrl_c() => Ok(Exit::Interrupted),
    }
}

struct Selection<'a> {
    view: View,
    since: Option<Millis>,
    format: LogFormat,
    needle: Option<Needle>,
    options: &'a LogOptions,
    clock: SystemClock,
}

impl Selection<'_> {
    /// Prints the stored rows that are selected, oldest first, and returns the revision up to which they were read.
    ///
    /// Searches, and limits that keep the newest rows, go from the newest row back: they gather the places, and then the
    /// rows are read one by one. So memory never holds more than one answer of the log.
    fn print_stored(&self, reader: &LogReader) -> Result<Result<Rev, Unprinted>, Failure> {
        let newest = self.options.limit.filter(|_| self.options.after.is_none());
        match (&self.needle, newest) {
            (Some(needle), _) => self.print_places(reader, newest, |before| {
                let found = reader.search(&self.view, needle, before, PAGE)?;
                Ok((found.rows, found.next))
            }),
            (None, Some(_)) => {
                let view = View { extent: Extent::Preview(0), ..self.view.clone() };
                self.print_places(reader, newest, |before| {
                    let page = reader.page(&view, before.map_or(At::Newest, At::Before), PAGE)?;
                    let next = page.rows.first().map(|row| row.seq).filter(|_| page.more_before);
                    Ok((page.rows.into_iter().rev().collect(), next))
                })
            }
            (None, None) => self.print_all(reader),
        }
    }

    /// Gathers the places of selected rows, the newest first, and prints the rows oldest first. `read` returns the rows
    /// before a place, and from where to go on.
    fn print_places(
        &self,
        reader: &LogReader,
        newest: Option<usize>,
        read: impl Fn(Option<Seq>) -> Result<(Vec<Row>, Option<Seq>), ReadError>,
    ) -> Result<Result<Rev, Unprinted>, Failure> {
        let rev = reader.page(&self.view, At::Newest, 0).map_err(Failure::failed)?.rev;
        let after = self.options.after.map_or(Seq(i64::MIN), Seq);
        let most = newest.unwrap_or(usize::MAX);
        let (mut places, mut before) = (Vec::new(), None);
        while places.len() < most {
            let (rows, next) = read(before).map_err(Failure::failed)?;
            // Rows after this revision are left to `follow`.
            let is_wanted = |row: &&Row| row.seq > after && row.seq.0 <= rev.0 && self.selects(row);
            places.extend(rows.iter().filter(is_wanted).map(|row| row.seq));
            before = next.filter(|next| *next > after);
            if before.is_none() {
                break;
            }
        }
        places.truncate(most);
        for seq in places.into_iter().rev().take(self.options.limit.unwrap_or(usize::MAX)) {
            // Retention may have deleted the row in the meantime.
            let Some(row) = reader.row(seq).map_err(Failure::failed)? else { continue };
            if let Err(unprinted) = self.print(&row) {
                return Ok(Err(unprinted));
            }
        }
        Ok(Ok(rev))
    }

    fn print_all(&self, reader: &LogReader) -> Result<Result<Rev, Unprinted>, Failure> {
        let mut printed = 0;
        let mut after = Seq(self.options.after.unwrap_or(0));
        loop {
            let page = reader.page(&self.view, At::After(after), PAGE).map_err(Failure::failed)?;
            let last = page.rows.last().map(|row| row.seq);
            for row in page.rows.iter().filter(|row| self.selects(row)) {
                if self.options.limit.is_some_and(|limit| printed >= limit) {
                    return Ok(Ok(page.rev));
                }
                if let Err(closed) = self.print(row) {
                    return Ok(Err(closed));
                }
                printed += 1;
            }
            match last {
                Some(seq) if page.more_after => after = seq,
                _ => return Ok(Ok(page.rev)),
            }
        }
    }

    async fn follow(&self, reader: &LogReader, mut watch: FileWatch, mut rev: Rev) -> Result<Exit, Failure> {
        loop {
            let changes = reader.changes(&self.view, rev, PAGE).map_err(Failure::failed)?;
            for row in changes.rows.iter().filter(|row| self.selects(row)) {
                if let Err(unprinted) = self.print(row) {
                    return unprinted.exit();
                }
            }
            rev = changes.rev;
            if !changes.more {
                watch.changed().await;
            }
        }
    }

    fn selects(&self, row: &Row) -> bool {
        if self.since.is_some_and(|since| row.at < since) {
            return false;
        }
        match &row.body {
            RowBody::Event(event) => {
                let is_named =
                    self.options.event.is_empty() || self.options.event.contains(&event.event_type);
                is_named && self.needle.as_ref().is_none_or(|needle| needle.is_in(&event.data))
            }
            _ => self.options.event.is_empty() && self.needle.is_none(),
        }
    }

    fn print(&self, row: &Row) -> Result<(), Unprinted> {
        match self.format {
            LogFormat::Ndjson => print::json(&LogLine::new(row)),
            LogFormat::Text => print::line(&text::row(row, self.clock.wall())),
        }
    }
}
