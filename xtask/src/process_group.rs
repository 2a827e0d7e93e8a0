//! Processes that end together, also when the program that started them is killed.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long the processes get between the polite and the final signal.
pub const GRACE: Duration = Duration::from_secs(3);

/// The leader of the group. It obeys lines on its standard input, and takes the end of that input to mean that
/// its owner died: a pipe closes however a process ends, so that not even SIGKILL leaves anything running.
const LEADER: &str = r#"
trap '' TERM HUP INT
while read -r order; do
    case $order in
        term) kill -TERM 0 ;;
        kill) kill -KILL 0 ;;
    esac
done
kill -TERM 0
sleep 1
rm -rf -- "$1"
kill -KILL 0
"#;

/// One process group with a leader of its own. Dropping it ends every process in it.
#[derive(Debug)]
pub struct ProcessGroup {
    leader: Child,
}

impl ProcessGroup {
    /// Starts an empty group.
    ///
    /// `dir` is removed if the owner dies without dropping the group; after a drop it is the owner's to remove.
    pub fn start(dir: &Path) -> io::Result<Self> {
        let leader = Command::new("/bin/sh")
            .args(["-c", LEADER, "sh"])
            .arg(dir)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { leader })
    }

    /// Starts `command` in the group.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        command.process_group(self.leader.id().cast_signed()).spawn()
    }

    /// Sends SIGTERM to every process in the group; they may take their time.
    pub fn terminate(&mut self) {
        self.order("term");
    }

    fn order(&mut self, order: &str) {
        if let Some(stdin) = &mut self.leader.stdin {
            // A leader that is gone has nothing left to signal.
            let _ = writeln!(stdin, "{order}");
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.order("kill");
        let _ = self.leader.wait();
    }
}

/// Waits for `child` to end by itself, or gives up after `limit`.
pub fn wait_for_end(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= limit {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(10));
    }
}
