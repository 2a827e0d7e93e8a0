//! The only place that reads a clock.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use crate::event::Millis;
use crate::ports::{BoxFuture, Clock};

/// How often to look for a jump where the system does not tell of one.
const LOOK: Duration = Duration::from_secs(10);

/// The system's clocks.
pub struct SystemClock {
    origin: Instant,
    /// Counts the jumps of the wall clock that the kernel told; `None` where it tells none.
    jumps: OnceLock<Option<watch::Receiver<u64>>>,
}

impl SystemClock {
    /// A clock whose monotonic time starts at zero here.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    pub fn new() -> Self {
        Self { origin: Instant::now(), jumps: OnceLock::new() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn wall(&self) -> Millis {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis::try_from(since_epoch.as_millis()).unwrap_or(Millis::MAX)
    }

    fn mono(&self) -> Duration {
        self.origin.elapsed()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn jumped(&self) -> BoxFuture<'static, ()> {
        let jumps = self.jumps.get_or_init(follow_jumps).clone();
        Box::pin(async move {
            let told = match jumps {
                Some(mut jumps) => jumps.changed().await.is_ok(),
                None => false,
            };
            if !told {
                tokio::time::sleep(LOOK).await;
            }
        })
    }
}

/// Counts the jumps on a thread of its own, which sleeps in the kernel meanwhile.
#[cfg(target_os = "linux")]
fn follow_jumps() -> Option<watch::Receiver<u64>> {
    let (count, jumps) = watch::channel(0);
    let follow = move || {
        while !count.is_closed() {
            if let Err(error) = wait_for_jump() {
                tracing::warn!(%error, "the kernel does not tell when the clock is set; looking every 10 s");
                return;
            }
            count.send_modify(|count| *count += 1);
        }
    };
    std::thread::Builder::new().name("clock".into()).spawn(follow).ok().map(|_| jumps)
}

#[cfg(not(target_os = "linux"))]
fn follow_jumps() -> Option<watch::Receiver<u64>> {
    None
}

/// Returns when the wall clock was set or the machine woke: the kernel then cancels this timer, which itself ends in
/// some centuries (timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`).
#[cfg(target_os = "linux")]
fn wait_for_jump() -> rustix::io::Result<()> {
    use rustix::io::Errno;
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };

    let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::CLOEXEC)?;
    let time = |tv_sec| Timespec { tv_sec, tv_nsec: 0 };
    let far_off = Itimerspec { it_interval: time(0), it_value: time(i64::from(i32::MAX) * 4) };
    timerfd_settime(&timer, TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET, &far_off)?;
    match rustix::io::read(&timer, &mut [0; 8]) {
        Ok(_) | Err(Errno::CANCELED | Errno::INTR) => Ok(()),
        Err(error) => Err(error),
    }
}
