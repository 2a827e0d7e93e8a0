//! `bellwire log`: stored rows, oldest first.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::path::Path;

use bellwire_engine::event::{Millis, Rev, Row, RowBody, Seq};
use bellwire_engine::ports::Clock;
use bellwire_engine::system::SystemClock;
use bellwire_engine::{At, FileWatch, Home, LogReader, Needle, StoreError, View};

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
    let selection = Selection {
        view: View { feed: options.feed.clone(), ..View::default() },
        since: options.since.map(|since| since.resolve(SystemClock::new().wall())),
        format: options.format.unwrap_or(natural),
        needle: options.search.as_deref().map(Needle::new),
        options: &options,
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
        _ = tokio::signal::ctrl_c() => Ok(Exit::Interrupted),
    }
}

struct Selection<'a> {
    view: View,
    since: Option<Millis>,
    format: LogFormat,
    needle: Option<Needle>,
    options: &'a LogOptions,
}

impl Selection<'_> {
    /// Prints the stored rows that are selected, and returns the revision up to which they were read.
    fn print_stored(&self, reader: &LogReader) -> Result<Result<Rev, Unprinted>, Failure> {
        match &self.needle {
            Some(needle) => self.print_found(reader, needle),
            None => self.print_all(reader),
        }
    }

    /// Prints the rows that a search finds. A search returns the newest first, so this collects their numbers and then
    /// reads them oldest first.
    fn print_found(&self, reader: &LogReader, needle: &Needle) -> Result<Result<Rev, Unprinted>, Failure> {
        let rev = reader.page(&self.view, At::Newest, 1).map_err(Failure::failed)?.rev;
        let after = self.options.after.map_or(Seq(i64::MIN), Seq);
        let newest = self.options.limit.filter(|_| self.options.after.is_none()).unwrap_or(usize::MAX);
        let (mut places, mut before) = (Vec::new(), None);
        while places.len() < newest {
            let found = reader.search(&self.view, needle, before, PAGE).map_err(Failure::failed)?;
            // Rows after this revision are left to `follow`.
            let is_wanted = |row: &&Row| row.seq > after && row.seq.0 <= rev.0 && self.selects(row);
            let rows = found.rows.iter().filter(is_wanted);
            places.extend(rows.map(|row| row.seq));
            before = found.next.filter(|next| *next > after);
            if before.is_none() {
                break;
            }
        }
        places.truncate(newest);
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
        let keeps_newest = self.options.limit.filter(|_| self.options.after.is_none());
        let mut newest: VecDeque<Row> = VecDeque::new();
        let mut printed = 0;
        let mut after = Seq(self.options.after.unwrap_or(0));
        let rev = loop {
            let page = reader.page(&self.view, At::After(after), PAGE).map_err(Failure::failed)?;
            let last = page.rows.last().map(|row| row.seq);
            for row in page.rows.into_iter().filter(|row| self.selects(row)) {
                if let Some(limit) = keeps_newest {
                    newest.push_back(row);
                    if newest.len() > limit {
                        newest.pop_front();
                    }
                    continue;
                }
                if self.options.limit.is_some_and(|limit| printed >= limit) {
                    return Ok(Ok(page.rev));
                }
                if let Err(closed) = self.print(&row) {
                    return Ok(Err(closed));
                }
                printed += 1;
            }
            match last {
                Some(seq) if page.more_after => after = seq,
                _ => break page.rev,
            }
        };
        for row in newest {
            if let Err(closed) = self.print(&row) {
                return Ok(Err(closed));
            }
        }
        Ok(Ok(rev))
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
            LogFormat::Text => print::line(&text::row(row)),
        }
    }
}
