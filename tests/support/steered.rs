//! A clock that a test moves, and a desktop that rejects notifications until a test opens it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use bellwire_engine::event::Millis;
use bellwire_engine::ports::{BoxFuture, Clicked, Clock, Notification, Notifier, NotifyError};
use bellwire_engine::system::SystemClock;
use tokio::sync::watch;

/// The system's clock, which a test can move.
pub struct SteeredClock {
    real: SystemClock,
    wall_offset: AtomicI64,
    passed: watch::Sender<Duration>,
}

impl Default for SteeredClock {
    fn default() -> Self {
        Self {
            real: SystemClock::new(),
            wall_offset: AtomicI64::new(0),
            passed: watch::Sender::new(Duration::ZERO),
        }
    }
}

impl SteeredClock {
    /// Lets time pass: advances both clocks, and ends sleeps that are due.
    pub fn pass(&self, time: Duration) {
        self.set_by(Millis::try_from(time.as_millis()).unwrap());
        self.passed.send_modify(|passed| *passed += time);
    }

    /// Moves the wall clock by this number of milliseconds, without time passing.
    pub fn set_by(&self, millis: Millis) {
        self.wall_offset.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for SteeredClock {
    fn wall(&self) -> Millis {
        self.real.wall() + self.wall_offset.load(Ordering::SeqCst)
    }

    fn mono(&self) -> Duration {
        self.real.mono() + *self.passed.borrow()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let mut passed = self.passed.subscribe();
        let until = *passed.borrow() + time;
        let real = self.real.sleep(time);
        Box::pin(async move {
            tokio::select! {
                () = real => {}
                // If the clock was dropped, only real time counts.
                Ok(_) = passed.wait_for(|passed| *passed >= until) => {}
            }
        })
    }
}

/// Rejects notifications until it is opened.
pub struct ClosableDesktop {
    inner: Arc<dyn Notifier>,
    is_open: AtomicBool,
    refused: watch::Sender<usize>,
}

impl ClosableDesktop {
    /// Creates a closed desktop in front of `inner`.
    pub fn before(inner: Arc<dyn Notifier>) -> Self {
        Self { inner, is_open: AtomicBool::new(false), refused: watch::Sender::new(0) }
    }

    /// Waits until a notification has been rejected.
    pub async fn refused(&self) {
        self.refused.subscribe().wait_for(|refused| *refused > 0).await.unwrap();
    }

    /// Accepts notifications from now on.
    pub fn open(&self) {
        self.is_open.store(true, Ordering::SeqCst);
    }
}

impl Notifier for ClosableDesktop {
    fn show(&self, notification: Notification, clicked: Clicked) -> BoxFuture<'_, Result<(), NotifyError>> {
        match self.is_open.load(Ordering::SeqCst) {
            true => self.inner.show(notification, clicked),
            false => {
                self.refused.send_modify(|refused| *refused += 1);
                Box::pin(async { Err(NotifyError::Refused("closed by the test".into())) })
            }
        }
    }
}
