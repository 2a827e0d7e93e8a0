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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{BufRead, BufReader};
    use std::path::PathBuf;

    use super::*;

    /// Starts a process that ignores SIGTERM, and returns it with the process that it started itself.
    fn stubborn(group: &ProcessGroup) -> (Child, PathBuf) {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' TERM; sleep 600 & echo $!; wait"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut parent = group.spawn(&mut command).unwrap();
        let mut id = String::new();
        BufReader::new(parent.stdout.take().unwrap()).read_line(&mut id).unwrap();
        (parent, Path::new("/proc").join(id.trim()))
    }

    fn assert_both_end((mut parent, proc_dir): (Child, PathBuf)) {
        assert!(wait_for_end(&mut parent, GRACE).unwrap().is_some());
        let start = Instant::now();
        while proc_dir.exists() {
            assert!(start.elapsed() < GRACE, "{} is still there", proc_dir.display());
            thread::yield_now();
        }
    }

    #[test]
    fn dropping_a_group_ends_processes_of_processes_that_ignore_sigterm() {
        let group = ProcessGroup::start(Path::new("/nonexistent")).unwrap();
        let processes = stubborn(&group);
        assert!(processes.1.exists());
        drop(group);
        assert_both_end(processes);
    }

    #[test]
    fn the_end_of_the_owner_ends_the_group_and_removes_its_folder() {
        let dir = std::env::temp_dir().join(format!("process-group-{}", std::process::id()));
        fs::create_dir_all(dir.join("inner")).unwrap();
        let mut group = ProcessGroup::start(&dir).unwrap();
        let processes = stubborn(&group);
        // However the owner ends, the system closes its end of the pipe.
        drop(group.leader.stdin.take());
        assert_both_end(processes);
        group.leader.wait().unwrap();
        assert!(!dir.exists());
    }
}
