//! A receiver process that can be killed, asked to end, stopped and continued.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::wait;

/// A receiver process. Dropping it kills it.
pub struct Receiver {
    child: Child,
    has_ended: bool,
}

impl Receiver {
    /// Wraps a started process.
    pub fn of(child: Child) -> Self {
        Self { child, has_ended: false }
    }

    /// Kills the process (SIGKILL), and returns how it ended.
    pub fn kill(&mut self) -> ExitStatus {
        self.child.kill().expect("it can be killed");
        self.has_ended = true;
        self.child.wait().expect("it ends")
    }

    /// Asks the process to end, and returns how it ended and how long that took; `None` if it did not end within
    /// `limit`.
    pub async fn end(&mut self, signal: Signal, limit: Duration) -> Option<(ExitStatus, Duration)> {
        let start = Instant::now();
        self.send(signal);
        let status = self.ended(limit).await?;
        Some((status, start.elapsed()))
    }

    /// Waits for the process's end, and returns how it ended; `None` if it did not end within `limit`.
    pub async fn ended(&mut self, limit: Duration) -> Option<ExitStatus> {
        let status = wait::within(limit, async || self.child.try_wait().expect("it can be asked")).await;
        self.has_ended |= status.is_some();
        status
    }

    /// Stops the process (SIGSTOP) until [`Receiver::resume`].
    pub fn stop(&self) {
        self.send(Signal::STOP);
    }

    /// Continues the process (SIGCONT).
    pub fn resume(&self) {
        self.send(Signal::CONT);
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal)
            .expect("the process is ours and not yet waited for");
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if !self.has_ended {
            // It may have ended already.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
