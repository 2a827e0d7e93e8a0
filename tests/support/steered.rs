//! Time that a test moves, and a desktop that a test closes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use bellwire_engine::event::Millis;
use bellwire_engine::ports::{BoxFuture, Clicked, Clock, Notification, Notifier, NotifyError};
use bellwire_engine::system::SystemClock;
use tokio::sync::watch;

/// The system's clock, until it is moved.
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
    /// Time passes: both clocks go on, and whoever slept for no longer than that wakes.
    pub fn pass(&self, time: Duration) {
        self.set_by(Millis::try_from(time.as_millis()).unwrap());
        self.passed.send_modify(|passed| *passed += time);
    }

    /// Somebody sets the wall clock by so much; no time passes.
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
                // A clock that is gone moves no more.
                Ok(_) = passed.wait_for(|passed| *passed >= until) => {}
            }
        })
    }
}

/// Takes no notification until it is opened.
pub struct ClosableDesktop {
    inner: Arc<dyn Notifier>,
    is_open: AtomicBool,
    refused: watch::Sender<usize>,
}

impl ClosableDesktop {
    /// A closed one before this one.
    pub fn before(inner: Arc<dyn Notifier>) -> Self {
        Self { inner, is_open: AtomicBool::new(false), refused: watch::Sender::new(0) }
    }

    /// Done once it has refused one.
    pub async fn refused(&self) {
        self.refused.subscribe().wait_for(|refused| *refused > 0).await.unwrap();
    }

    /// From here on it takes them.
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
