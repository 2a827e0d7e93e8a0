//! What the writer remembers of the connection of a feed: its row, and whether what it brings is a replay.

use crate::event::{Millis, Opened, Polled, Resumed, RowBody, Seq};

/// What an open connection is measured by.
#[derive(Clone, Debug)]
pub(crate) struct OpenConnection {
    /// Every event before this place came by an earlier connection.
    pub before: Seq,
    /// The row that it is in, which other polls may share.
    pub row: Seq,
    pub body: ConnectionBody,
    /// From when to when nothing was received before it.
    pub away: (Millis, Millis),
    /// Until when what comes may belong to the server's replay.
    pub replay_until: Millis,
    /// Whether an event of a replay has come.
    pub has_replayed: bool,
    /// The run of events that may be repeats.
    pub run: Option<Run>,
    /// The first and the newest comparable row that this connection brought.
    pub own: Option<(Seq, Seq)>,
    /// Whether it was judged by its first event whether the server resumed.
    pub is_judged: bool,
    /// The events so far, as long as all of them have one id.
    pub alike: Option<Alike>,
}

/// Events at the start of a connection that equal stored ones, in the stored order.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The stored row that it must reach to be a replay.
    pub target: Seq,
    /// The stored row that its newest event equals.
    pub newest: Seq,
    /// How many events are held.
    pub held: u64,
    /// A hash of the newest of them.
    pub content: u64,
    /// Whether they differ from each other.
    pub differ: bool,
    /// Whether it reached an equal of the target: then what goes on with it is a repeat, too.
    pub is_shown: bool,
}

/// Events of one id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alike {
    pub id: String,
    /// A hash of the newest one.
    pub content: u64,
    /// How many of them differ from the one before.
    pub count: u32,
}

impl OpenConnection {
    /// Begins a connection that opened at `at`.
    pub fn begin(row: Seq, before: Seq, body: ConnectionBody, at: Millis) -> Self {
        Self {
            before,
            row,
            body,
            away: (at, at),
            has_replayed: false,
            replay_until: at,
            run: None,
            own: None,
            is_judged: false,
            alike: Some(Alike::default()),
        }
    }
}

/// What the row of a connection says.
#[derive(Clone, Debug)]
pub(crate) enum ConnectionBody {
    Opened(Opened),
    Polled(Polled),
}

impl ConnectionBody {
    /// Returns what this row says, if it is the row of a connection.
    pub fn of(body: &RowBody) -> Option<Self> {
        match body {
            RowBody::Open(opened) => Some(Self::Opened(opened.clone())),
            RowBody::Polled(polled) => Some(Self::Polled(polled.clone())),
            RowBody::Event(_)
            | RowBody::Reconnecting(_)
            | RowBody::NoAnswer { .. }
            | RowBody::Retry { .. }
            | RowBody::Gap(_)
            | RowBody::Parked(_)
            | RowBody::Closed(_) => None,
        }
    }

    /// Returns it as a row's body.
    pub fn row_body(&self) -> RowBody {
        match self {
            Self::Opened(opened) => RowBody::Open(opened.clone()),
            Self::Polled(polled) => RowBody::Polled(polled.clone()),
        }
    }

    /// Returns whether the connection goes on where an earlier one ended.
    pub fn resumed(&self) -> Resumed {
        match self {
            Self::Opened(opened) => opened.resumed,
            Self::Polled(polled) => polled.resumed,
        }
    }

    /// Sets whether the connection goes on where an earlier one ended.
    pub fn set_resumed(&mut self, resumed: Resumed) {
        match self {
            Self::Opened(opened) => {
                opened.resumed = resumed;
                opened.may_miss |= resumed == Resumed::Cannot;
            }
            Self::Polled(polled) => polled.resumed = resumed,
        }
    }

    /// Counts events that were left out.
    pub fn add_repeated(&mut self, repeated: u64) {
        match self {
            Self::Opened(opened) => opened.repeated += repeated,
            Self::Polled(polled) => polled.repeated += repeated,
        }
    }
}
