//! What every part of the running engine shares.

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

/// The running engine's parts.
pub(super) struct Core {
    pub home: Home,
    pub ports: Ports,
    pub file: ConfigFile,
    /// The configuration's text in force, or that was refused. Edits wait for one another by it.
    pub config_text: Mutex<String>,
    pub store: StoreHandle,
    pub publisher: Arc<StatusPublisher>,
    pub control: mpsc::Sender<Control>,
    pub status: watch::Receiver<Arc<Status>>,
    pub bell: watch::Receiver<Rev>,
    pub clicks: broadcast::Sender<Click>,
    pub reader: Arc<LogReader>,
    pub stop: CancellationToken,
    /// `None` once the engine was shut down.
    pub running: Mutex<Option<Running>>,
}

/// What ends with the engine.
pub(super) struct Running {
    pub tasks: Vec<JoinHandle<()>>,
    pub writer: Writer,
    pub lock: HomeLock,
}
