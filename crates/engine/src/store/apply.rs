//! What each command does within the writer's transaction, and what follows from it after the commit. The only place
//! that matches commands.

use std::sync::Arc;

use super::command::{Answer, Command};
use super::file_id::FileId;
use super::group::Group;
use super::{connection_rows, deliveries, events, held, read_marks, replay, resuming};
use crate::config::{Config, FeedRetention};
use crate::event::{FeedId, Gap, GapReason, Millis, Notified, RowBody};
use crate::ports::Milestone;

/// What follows from a command once it is committed.
pub(super) struct Applied {
    /// The answer for the caller that asked.
    pub answer: Answer,
    /// The milestone that is reached.
    pub milestone: Option<Milestone>,
    /// What is to be tidied.
    pub tidies: Tidies,
    /// The file that a reader found damaged.
    pub damaged: Option<Option<FileId>>,
    /// Whether the writer ends.
    pub ends: bool,
}

/// What a command makes worth tidying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tidies {
    /// Nothing.
    Nothing,
    /// Rows of removed feeds.
    Purge,
    /// Rows that are too old or too many.
    Expire,
}

impl Default for Applied {
    fn default() -> Self {
        Self { answer: Answer::Done, milestone: None, tidies: Tidies::Nothing, damaged: None, ends: false }
    }
}

/// Carries out one command.
pub(super) fn apply(group: &mut Group<'_>, command: &Command) -> rusqlite::Result<Applied> {
    let mut applied = Applied::default();
    match command {
        Command::Events(batch) => {
            events::store(group, batch)?;
            applied.milestone = Some(Milestone::Committed);
        }
        Command::Refused(batch) => events::refuse(group, batch)?,
        Command::Row { feed, at, body } => {
            replay::settle_cut(group, feed)?;
            connection_rows::store(group, feed, *at, body)?;
            if matches!(body, RowBody::Open(_) | RowBody::Polled(_)) {
                resuming::note_opened(group, feed, *at)?;
            }
            resuming::note_complete(group, feed, body);
        }
        Command::ConnectionEnded(feed) => replay::settle_cut(group, feed)?,
        Command::CannotResume { feed, url, gap } => connection_rows::cannot_resume(group, feed, url, gap)?,
        Command::Config(config) => {
            if config.retention != group.config.retention || own_limits(config) != own_limits(&group.config) {
                applied.tidies = Tidies::Expire;
            }
            group.config = Arc::clone(config);
        }
        Command::Mute(mute) => group.mute = *mute,
        Command::MarkRead { feed, up_to } => read_marks::mark(group, feed.as_ref(), *up_to)?,
        Command::Forget { feed, delete_events } => {
            forget(group, feed, *delete_events)?;
            if *delete_events {
                applied.tidies = Tidies::Purge;
            }
        }
        Command::WantDelivery => group.wants_delivery = true,
        Command::Delivered { delivery, text, at } => {
            deliveries::mark_shown(group.tx, delivery, text, *at)?;
            let (seq, feed) = (delivery.seq, delivery.feed.clone());
            group.notified.push((delivery.id, Notified { seq, feed, text: text.clone(), at: *at }));
            group.wants_delivery = true;
            group.has_new_delivery = true;
            applied.milestone = Some(Milestone::Marked);
        }
        Command::Undelivered(id) => {
            deliveries::give_back(group.tx, *id)?;
            group.has_new_delivery = true;
        }
        Command::Cursor { feed, url } => {
            applied.answer = Answer::Cursor(group.cursor(feed, url), group.elsewhere(feed, url))
        }
        Command::Tidy => applied.tidies = Tidies::Expire,
        Command::Damaged(file) => applied.damaged = Some(*file),
        Command::Stop => applied.ends = true,
    }
    Ok(applied)
}

/// Fills a new database that takes the place of a damaged one, and logs a gap for each feed.
pub(super) fn fill_new_log(group: &mut Group<'_>, last_written: Millis) -> rusqlite::Result<()> {
    group.touch_everything()?;
    let config = Arc::clone(&group.config);
    for feed in &config.feeds {
        let (last_at, to) = (group.cursor(&feed.id, &feed.place_key()).last_at, group.now);
        let from = if last_at > 0 { last_at.min(to) } else { last_written };
        let gap = RowBody::Gap(Gap { from, to, reason: GapReason::StoreReplaced, times: 1 });
        connection_rows::insert(group, &feed.id, to, &gap)?;
    }
    Ok(())
}

fn own_limits(config: &Config) -> Vec<(&FeedId, FeedRetention)> {
    config.feeds.iter().map(|feed| (&feed.id, feed.retention)).collect()
}

fn forget(group: &mut Group<'_>, feed: &FeedId, delete_events: bool) -> rusqlite::Result<()> {
    group.tx.execute("DELETE FROM cursor WHERE feed = ?1", [feed.as_str()])?;
    group.tx.execute("DELETE FROM delivery WHERE feed = ?1 AND state < 2", [feed.as_str()])?;
    held::forget(group, feed)?;
    group.forget(feed);
    if delete_events {
        group.tx.execute("DELETE FROM delivery WHERE feed = ?1", [feed.as_str()])?;
        let sql = "INSERT OR REPLACE INTO purge (feed, up_to) VALUES (?1, ?2)";
        group.tx.execute(sql, (feed.as_str(), group.rev()))?;
    }
    Ok(())
}
