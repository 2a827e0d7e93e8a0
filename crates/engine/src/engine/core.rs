//! The state that all parts of the running engine share.

use std::sync::Arc;

use tokio::sync::{Mutex, broadcast, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::ConfigFile;
use crate::event::{Click, Rev};
use crate::feed::Control;
use crate::home::{Home, HomeLock};
use crate::ports::Ports;
use crate::status::{Status, StatusPublisher};
use crate::store::{LogReader, StoreHandle, Writer};

/// The shared state of the running engine.
pub(super) struct Core {
    pub home: Home,
    pub ports: Ports,
    /// `config.toml`, for reading and editing.
    pub file: ConfigFile,
    /// The text of `config.toml` that was last applied or rejected. The lock is held during an edit, so that edits
    /// do not overlap.
    pub config_text: Mutex<String>,
    pub store: StoreHandle,
    pub publisher: Arc<StatusPublisher>,
    /// Requests to the supervisor.
    pub control: mpsc::Sender<Control>,
    /// The published status.
    pub status: watch::Receiver<Arc<Status>>,
    /// The newest committed revision.
    pub bell: watch::Receiver<Rev>,
    /// The clicks on notifications.
    pub clicks: broadcast::Sender<Click>,
    pub reader: Arc<LogReader>,
    /// Cancelled by the shutdown.
    pub stop: CancellationToken,
    /// `None` once the engine has been shut down.
    pub running: Mutex<Option<Running>>,
}

/// The parts that a shutdown ends.
pub(super) struct Running {
    /// The tasks that end once `stop` is cancelled.
    pub tasks: Vec<JoinHandle<()>>,
    pub writer: Writer,
    /// The lock of the home.
    pub lock: HomeLock,
}
