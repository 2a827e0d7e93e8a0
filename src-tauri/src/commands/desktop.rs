//! The state of the commands.

use std::sync::Arc;

use bellwire_engine::EngineHandle;
use bellwire_engine::ports::Clock;
use tokio::sync::Notify;

use crate::bridge::Bridge;
use crate::demo::DemoServer;

/// The state that the commands use.
pub struct Desktop {
    /// The engine.
    pub engine: EngineHandle,
    /// The state kept for the window while it is closed.
    pub bridge: Arc<Bridge>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The server of the demo feeds.
    pub demo: DemoServer,
    /// Ends the checks that are running.
    pub stop_checks: Notify,
}
