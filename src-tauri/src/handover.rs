//! One program a home: a later start asks the first to show its window, and can ask for nothing else.

use std::io;
use std::path::Path;
use std::time::Duration;

use interprocess::local_socket::tokio::prelude::*;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::{ListenerOptions, Name};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::controller::Event;

/// The only message.
const SHOW: &[u8] = b"show yourself\n";
/// The only answer.
const SHOWN: &[u8] = b"shown\n";

/// How long the other side may take to say its line.
const PATIENCE: Duration = Duration::from_secs(2);

/// An accept that fails, as without file descriptors, would fail again at once.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Answers later starts for as long as the program runs. `runtime_dir` must be private to this user, and this
/// process must be the one that receives for the home: it takes over whatever name was left there.
///
/// Must be called within the runtime.
pub fn listen(runtime_dir: &Path, events: mpsc::UnboundedSender<Event>) -> io::Result<()> {
    let listener = listener(runtime_dir)?;
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok(stream) => {
                    if let Ok(Ok(())) = tokio::time::timeout(PATIENCE, answer(&stream)).await {
                        let _ = events.send(Event::SecondStart);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a second start could not be heard");
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                }
            }
        }
    });
    Ok(())
}

/// Asks the program that receives for this home to show its window. An error when none answers.
pub async fn ask(runtime_dir: &Path) -> io::Result<()> {
    let asking = async {
        let stream = Stream::connect(name(runtime_dir)?).await?;
        (&stream).write_all(SHOW).await?;
        expect(&stream, SHOWN).await
    };
    tokio::time::timeout(PATIENCE, asking).await.map_err(|_| io::ErrorKind::TimedOut)?
}

/// Like [`ask`], of a program that may have only begun to start.
pub async fn ask_starting(runtime_dir: &Path) -> io::Result<()> {
    const TRIES: usize = 20;
    for _ in 1..TRIES {
        if ask(runtime_dir).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    ask(runtime_dir).await
}

async fn answer(stream: &Stream) -> io::Result<()> {
    expect(stream, SHOW).await?;
    let mut writer = stream;
    writer.write_all(SHOWN).await
}

/// Reads exactly these bytes, and no more than these.
async fn expect(stream: &Stream, line: &[u8]) -> io::Result<()> {
    let mut heard = vec![0; line.len()];
    let mut reader = stream;
    reader.read_exact(&mut heard).await?;
    if heard == line { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

#[cfg(unix)]
fn listener(runtime_dir: &Path) -> io::Result<Listener> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt;

    // Left by a program that was killed: the lock says that nobody listens there.
    match std::fs::remove_file(runtime_dir.join(SOCKET)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    ListenerOptions::new().name(name(runtime_dir)?).mode(0o600).create_tokio()
}

#[cfg(not(unix))]
fn listener(runtime_dir: &Path) -> io::Result<Listener> {
    ListenerOptions::new().name(name(runtime_dir)?).create_tokio()
}

#[cfg(unix)]
const SOCKET: &str = "show.sock";

#[cfg(unix)]
fn name(runtime_dir: &Path) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericFilePath, ToFsName};

    runtime_dir.join(SOCKET).to_fs_name::<GenericFilePath>()
}

#[cfg(not(unix))]
fn name(runtime_dir: &Path) -> io::Result<Name<'static>> {
    use std::hash::{DefaultHasher, Hash, Hasher};

    use interprocess::local_socket::{GenericNamespaced, ToNsName};

    // Pipes have one flat list of names; the folder tells homes and users apart.
    let mut hasher = DefaultHasher::new();
    runtime_dir.hash(&mut hasher);
    format!("bellwire-{:016x}", hasher.finish()).to_ns_name::<GenericNamespaced>()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn a_second_start_shows_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let (events, mut received) = mpsc::unbounded_channel();
        listen(dir.path(), events).unwrap();
        ask(dir.path()).await.unwrap();
        assert_eq!(received.recv().await, Some(Event::SecondStart));
    }

    #[tokio::test]
    async fn only_this_user_may_knock() {
        let dir = tempfile::tempdir().unwrap();
        listen(dir.path(), mpsc::unbounded_channel().0).unwrap();
        let mode = std::fs::metadata(dir.path().join(SOCKET)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[tokio::test]
    async fn what_a_killed_program_left_is_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        drop(std::os::unix::net::UnixListener::bind(dir.path().join(SOCKET)).unwrap());
        assert!(ask(dir.path()).await.is_err());
        let (events, mut received) = mpsc::unbounded_channel();
        listen(dir.path(), events).unwrap();
        ask(dir.path()).await.unwrap();
        assert_eq!(received.recv().await, Some(Event::SecondStart));
    }

    #[tokio::test]
    async fn any_other_message_is_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (events, mut received) = mpsc::unbounded_channel();
        listen(dir.path(), events).unwrap();
        for line in [&b"quit yourself\n"[..], b"", &[b'x'; 100_000]] {
            let mut stream = Stream::connect(name(dir.path()).unwrap()).await.unwrap();
            // The listener may close as soon as it has heard enough.
            let _ = stream.write_all(line).await;
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            assert_eq!(answer, b"");
        }
        // The one that counts still comes through, and first.
        ask(dir.path()).await.unwrap();
        assert_eq!(received.recv().await, Some(Event::SecondStart));
        assert!(received.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_program_that_is_still_starting_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let (events, mut received) = mpsc::unbounded_channel();
        let (asked, listening) = tokio::join!(ask_starting(dir.path()), async {
            // Only after the first try has failed.
            tokio::task::yield_now().await;
            listen(dir.path(), events)
        });
        assert!(asked.is_ok() && listening.is_ok());
        assert_eq!(received.recv().await, Some(Event::SecondStart));
    }

    #[tokio::test]
    async fn nobody_answers_where_nobody_listens() {
        let dir = tempfile::tempdir().unwrap();
        assert!(ask(dir.path()).await.is_err());
    }
}
