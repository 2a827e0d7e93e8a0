//! The system's clocks. Only this file reads them.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use crate::event::Millis;
use crate::ports::{BoxFuture, Clock};

/// The interval at which a jump is checked for if the system does not report jumps. An idle program must not wake
/// up more often.
const LOOK: Duration = Duration::from_secs(10);

/// The system's clocks.
pub struct SystemClock {
    origin: Instant,
    /// The number of jumps of the wall clock that the kernel has reported; `None` if it does not report them.
    jumps: OnceLock<Option<watch::Receiver<u64>>>,
}

impl SystemClock {
    /// Creates a clock whose monotonic time starts at zero now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that all other code uses")]
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
    #[expect(clippy::disallowed_methods, reason = "this is the clock that all other code uses")]
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

/// Starts a thread that counts the jumps. It blocks in the kernel between them.
#[cfg(target_os = "linux")]
fn follow_jumps() -> Option<watch::Receiver<u64>> {
    let (count, jumps) = watch::channel(0);
    let follow = move || {
        while !count.is_closed() {
            if let Err(error) = wait_for_jump() {
                tracing::warn!(%error, "the kernel does not report clock changes; checking every 10 s");
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

/// Blocks until the wall clock is set or the machine wakes: the kernel then cancels this timer, which would expire
/// in the year 2242 (timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`).
///
/// # Errors
/// The system's error if there is no such timer.
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
