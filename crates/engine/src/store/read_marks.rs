//! Which rows a person has seen.

use super::group::Group;
use crate::event::{FeedId, Seq};

/// Marks rows as seen up to a place, of one feed or of all.
pub(super) fn mark(group: &mut Group<'_>, feed: Option<&FeedId>, up_to: Seq) -> rusqlite::Result<()> {
    // Never ahead of the log: what is yet to come was not seen.
    let up_to = up_to.0.min(group.rev());
    for feed in group.unread_feeds(feed) {
        let tx = group.tx;
        let entry = group.entry(&feed);
        if up_to > entry.read_seq {
            entry.read_seq = up_to;
            entry.count_unread(tx, &feed)?;
        }
    }
    Ok(())
}
