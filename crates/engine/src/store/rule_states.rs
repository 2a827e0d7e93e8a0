//! The table of rule state: loaded, written and pruned here, and nowhere else.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, Transaction};

use super::damage::unreadable;
use crate::event::{FeedId, Millis};
use crate::rules::{Kept, RuleState, StateId, States};

/// All states, as committed.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleStates {
    feeds: HashMap<FeedId, HashMap<StateId, Kept>>,
    /// The states that ask to be looked at, the earliest first.
    due: BTreeSet<(Millis, FeedId, StateId)>,
}

/// What a group changes: a state, or `None` where it is forgotten.
pub(super) type Changed = HashMap<FeedId, HashMap<StateId, Option<Kept>>>;

/// One feed's states within a group: what is committed, and over it what the group changes.
pub(super) struct FeedStates<'a> {
    pub committed: Option<&'a HashMap<StateId, Kept>>,
    pub changed: &'a mut HashMap<StateId, Option<Kept>>,
}

impl States for FeedStates<'_> {
    fn get(&self, id: &StateId) -> Option<&RuleState> {
        let kept = match self.changed.get(id) {
            Some(changed) => changed.as_ref(),
            None => self.committed.and_then(|states| states.get(id)),
        };
        kept.map(|kept| &kept.state)
    }

    fn put(&mut self, id: &StateId, kept: Option<Kept>) {
        self.changed.insert(id.clone(), kept);
    }
}

impl RuleStates {
    /// Reads the table.
    pub fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut states = Self::default();
        let mut statement = connection.prepare("SELECT feed, rule, key, state, due_at FROM rule_state")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(feed) = FeedId::parse(&row.get::<_, String>(0)?) else { continue };
            let id = StateId { rule: row.get(1)?, key: row.get(2)? };
            let text: String = row.get(3)?;
            let state = serde_json::from_str(&text).map_err(|_| unreadable(3, "state"))?;
            states.put(feed, id, Some(Kept { state, due_at: row.get(4)? }));
        }
        Ok(states)
    }

    /// Returns the states of one feed.
    pub fn of(&self, feed: &FeedId) -> Option<&HashMap<StateId, Kept>> {
        self.feeds.get(feed)
    }

    /// Returns when the next state is to be looked at.
    pub fn next_due(&self) -> Option<Millis> {
        self.due.first().map(|(at, ..)| *at)
    }

    /// Returns the states that are to be looked at by now.
    pub fn due_by(&self, now: Millis) -> Vec<(FeedId, StateId)> {
        let due = self.due.iter().take_while(|(at, ..)| *at <= now);
        due.map(|(_, feed, id)| (feed.clone(), id.clone())).collect()
    }

    /// Returns everything as if a group had just put it: what a new database is filled with.
    pub fn as_changed(&self) -> Changed {
        let of_feed = |states: &HashMap<StateId, Kept>| {
            states.iter().map(|(id, kept)| (id.clone(), Some(kept.clone()))).collect()
        };
        self.feeds.iter().map(|(feed, states)| (feed.clone(), of_feed(states))).collect()
    }

    /// Takes over what a committed group changed.
    pub fn merge(&mut self, changed: Changed) {
        for (feed, states) in changed {
            for (id, kept) in states {
                self.put(feed.clone(), id, kept);
            }
        }
    }

    fn put(&mut self, feed: FeedId, id: StateId, kept: Option<Kept>) {
        let due_at = kept.as_ref().and_then(|kept| kept.due_at);
        let states = self.feeds.entry(feed.clone()).or_default();
        let old = match kept {
            Some(kept) => states.insert(id.clone(), kept),
            None => states.remove(&id),
        };
        if states.is_empty() {
            self.feeds.remove(&feed);
        }
        if let Some(at) = old.and_then(|old| old.due_at) {
            self.due.remove(&(at, feed.clone(), id.clone()));
        }
        if let Some(at) = due_at {
            self.due.insert((at, feed, id));
        }
    }
}

/// Writes what a group changed.
pub(super) fn write(tx: &Transaction<'_>, changed: &Changed) -> rusqlite::Result<()> {
    for (feed, states) in changed {
        for (id, kept) in states {
            let Some(kept) = kept else {
                tx.prepare_cached("DELETE FROM rule_state WHERE feed = ?1 AND rule = ?2 AND key = ?3")?
                    .execute((feed.as_str(), &id.rule, &id.key))?;
                continue;
            };
            let state = serde_json::to_string(&kept.state).map_err(|_| unreadable(3, "state"))?;
            tx.prepare_cached(
                "INSERT OR REPLACE INTO rule_state (feed, rule, key, state, due_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((feed.as_str(), &id.rule, &id.key, state, kept.due_at))?;
        }
    }
    Ok(())
}
