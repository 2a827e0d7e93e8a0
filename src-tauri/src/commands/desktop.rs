//! What commands work with.

use std::sync::Arc;

use bellwire_engine::EngineHandle;
use bellwire_engine::ports::Clock;

use crate::bridge::Bridge;
use crate::demo::DemoServer;

/// What commands work with.
pub struct Desktop {
    /// The engine.
    pub engine: EngineHandle,
    /// What is remembered for the window.
    pub bridge: Arc<Bridge>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The demo feeds of this program.
    pub demo: DemoServer,
}
