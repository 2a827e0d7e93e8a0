//! Lets a later start for the same home ask the running app to show its window. There is no other request.

use std::io;
use std::path::Path;
use std::time::Duration;

use interprocess::local_socket::tokio::prelude::*;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::{ListenerOptions, Name};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::controller::Event;

/// The only request.
const SHOW: &[u8] = b"show yourself\n";
/// The only response.
const SHOWN: &[u8] = b"shown\n";

/// The timeout for the other side's message. A person waits for it at a second start.
const PATIENCE: Duration = Duration::from_secs(2);

/// The delay after a failed accept, which would fail again at once: the process has no file descriptors left, for
/// example.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Answers later starts until the program ends. `runtime_dir` must be private to this user, and this process must
/// hold the home's lock, because a socket that is already there is replaced.
///
/// Must be called within a tokio runtime.
///
/// # Errors
/// The system's error if the socket cannot be created.
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
                    tracing::warn!(%error, "could not accept the connection of a second start");
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                }
            }
        }
    });
    Ok(())
}

/// Asks the app that runs for this home to show its window.
///
/// # Errors
/// The system's error if no app answers within 2 s.
pub async fn ask(runtime_dir: &Path) -> io::Result<()> {
    let asking = async {
        let stream = Stream::connect(name(runtime_dir)?).await?;
        (&stream).write_all(SHOW).await?;
        expect(&stream, SHOWN).await
    };
    tokio::time::timeout(PATIENCE, asking).await.map_err(|_| io::ErrorKind::TimedOut)?
}

/// Asks like [`ask`], and retries for about 2 s, because the app may still be starting.
///
/// # Errors
/// The system's error if no app answers.
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

/// Reads as many bytes as `line` has, and returns an error if they differ from it.
async fn expect(stream: &Stream, line: &[u8]) -> io::Result<()> {
    let mut heard = vec![0; line.len()];
    let mut reader = stream;
    reader.read_exact(&mut heard).await?;
    if heard == line { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

#[cfg(unix)]
fn listener(runtime_dir: &Path) -> io::Result<Listener> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt;

    // The lock is ours, so a socket that is there belongs to a process that was killed.
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

    // Named pipes share one namespace, so the name contains a hash of the folder, which differs for each home and user.
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
    async fn only_this_user_can_connect_to_the_socket() {
        let dir = tempfile::tempdir().unwrap();
        listen(dir.path(), mpsc::unbounded_channel().0).unwrap();
        let mode = std::fs::metadata(dir.path().join(SOCKET)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[tokio::test]
    async fn the_socket_of_a_killed_program_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        drop(std::os::unix::net::UnixListener::bind(dir.path().join(SOCKET)).unwrap());
        assert!(ask(dir.path()).await.is_err());
        let (events, mut received) = mpsc::unbounded_channel();
        listen(dir.path(), events).unwrap();
        ask(dir.path()).await.unwrap();
        assert_eq!(received.recv().await, Some(Event::SecondStart));
    }

    #[tokio::test]
    async fn any_other_message_is_ignored() {
        let dir = tempfile::tempdir().unwrap();
        let (events, mut received) = mpsc::unbounded_channel();
        listen(dir.path(), events).unwrap();
        for line in [&b"quit yourself\n"[..], b"", &[b'x'; 100_000]] {
            let mut stream = Stream::connect(name(dir.path()).unwrap()).await.unwrap();
            // The listener may close the connection before it has read everything.
            let _ = stream.write_all(line).await;
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            assert_eq!(answer, b"");
        }
        // A valid request is still answered, and is the only event.
        ask(dir.path()).await.unwrap();
        assert_eq!(received.recv().await, Some(Event::SecondStart));
        assert!(received.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_second_start_waits_for_an_app_that_is_still_starting() {
        let dir = tempfile::tempdir().unwrap();
        let (events, mut received) = mpsc::unbounded_channel();
        let (asked, listening) = tokio::join!(ask_starting(dir.path()), async {
            // The listener starts after the first attempt has failed.
            tokio::task::yield_now().await;
            listen(dir.path(), events)
        });
        assert!(asked.is_ok() && listening.is_ok());
        assert_eq!(received.recv().await, Some(Event::SecondStart));
    }

    #[tokio::test]
    async fn asking_without_a_running_app_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(ask(dir.path()).await.is_err());
    }
}
