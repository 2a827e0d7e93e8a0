//! The server of the figures, in its own process, so that its resources are not counted.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::machine;
use crate::words::value;

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
/// The interval at which a feed sends the events that are due.
const TICK: Duration = Duration::from_millis(10);

/// A running sender.
pub struct Sender {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    // Dropping this ends the child.
    _stdin: ChildStdin,
    begun: Option<Duration>,
    /// The port that it listens on.
    pub port: u16,
}

/// The result of a sender.
pub struct Sent {
    /// The number of events sent.
    pub events: usize,
    /// The number of connections accepted.
    pub connections: usize,
}

impl Sender {
    /// Starts this program again with `send` and these arguments.
    pub fn start(words: &[String]) -> Self {
        let own_path = std::env::current_exe().expect("a running program has a path");
        let mut command = Command::new(own_path);
        command.arg("send").args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the sender starts");
        let stdin = child.stdin.take().expect("its input");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port = number(&mut lines);
        let port = u16::try_from(port).expect("a port");
        Self { child, lines, _stdin: stdin, begun: None, port }
    }

    /// Waits until all feeds are connected. Returns when the first byte of a body was due, by the clock of
    /// [`machine::mono`].
    pub fn begun(&mut self) -> Duration {
        let lines = &mut self.lines;
        *self.begun.get_or_insert_with(|| Duration::from_nanos(number(lines) as u64))
    }

    /// Waits until everything has been sent. The connections stay open until the sender is dropped.
    pub fn done(&mut self) -> Sent {
        self.begun();
        Sent { events: number(&mut self.lines), connections: number(&mut self.lines) }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn number(lines: &mut Lines<BufReader<ChildStdout>>) -> usize {
    let line = lines.next().expect("a line of the sender").expect("a text");
    line.parse().expect("a number")
}

/// The settings of a sender.
#[derive(Clone, Copy)]
struct Plan {
    /// The number of feeds that must be connected before it starts.
    feeds: usize,
    /// The number of events per second of all feeds together.
    rate: f64,
    length: Duration,
    heartbeat: Duration,
    /// One event in this number is an alert; 0 for none.
    alert_every: usize,
    /// The size, in MiB, of a line without end, before the only event of each feed.
    line_mib: usize,
    /// The number of events of each feed that are sent at once, as fast as the socket accepts them.
    at_once: usize,
    /// Whether those events have about 100 bytes instead of 300.
    is_small: bool,
}

/// Runs the child: `send --feeds N --rate R --seconds S --heartbeat-ms H --alert-every K --line-mib M --at-once N
/// --small BOOL`.
pub async fn send(words: &[String]) {
    let plan = Plan {
        feeds: value(words, "--feeds", 1),
        rate: value(words, "--rate", 0.0),
        length: Duration::from_secs(value(words, "--seconds", 0)),
        heartbeat: Duration::from_millis(value(words, "--heartbeat-ms", 3_600_000)),
        alert_every: value(words, "--alert-every", 0),
        line_mib: value(words, "--line-mib", 0),
        at_once: value(words, "--at-once", 0),
        is_small: value(words, "--small", false),
    };
    // The sender ends when its parent ends, even if the parent was killed.
    std::thread::spawn(|| {
        let _ = std::io::stdin().lines().next();
        std::process::exit(0);
    });
    // Created before any connection, because that takes longer than sending.
    let at_once: Arc<[u8]> =
        (0..plan.at_once).map(|n| event_at_once(n, plan.is_small)).collect::<String>().into_bytes().into();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}", listener.local_addr().expect("an address").port());
    let connections = Arc::new(AtomicUsize::new(0));
    let sent = Arc::new((0..plan.feeds).map(|_| AtomicUsize::new(0)).collect::<Vec<_>>());
    let (begin, begun) = watch::channel(None);
    let (finished, mut all_finished) = watch::channel(0);
    let finished = Arc::new(finished);
    let (taken, counts) = (Arc::clone(&connections), Arc::clone(&sent));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if taken.fetch_add(1, Ordering::Relaxed) + 1 == plan.feeds {
                println!("{}", machine::mono().as_nanos());
                begin.send_replace(Some(Instant::now()));
            }
            let at_once = Arc::clone(&at_once);
            let (counts, begun, finished) = (Arc::clone(&counts), begun.clone(), Arc::clone(&finished));
            tokio::spawn(async move {
                // A lost connection is noticed by the events missing in the receiver.
                let _ = serve(stream, plan, &at_once, &counts, begun, &finished).await;
            });
        }
    });
    all_finished.wait_for(|finished| *finished >= plan.feeds).await.expect("the feeds");
    println!("{}", sent.iter().map(|count| count.load(Ordering::Relaxed)).sum::<usize>());
    println!("{}", connections.load(Ordering::Relaxed));
    std::future::pending::<()>().await;
}

async fn serve(
    mut stream: TcpStream,
    plan: Plan,
    at_once: &[u8],
    counts: &[AtomicUsize],
    mut begun: watch::Receiver<Option<Instant>>,
    finished: &watch::Sender<usize>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let feed = asked_feed(&mut stream).await?;
    stream.write_all(HEAD.as_bytes()).await?;
    let start = *begun.wait_for(Option::is_some).await.map_err(std::io::Error::other)?;
    let start = start.unwrap_or_else(Instant::now);
    if plan.line_mib > 0 {
        let piece = vec![b'x'; machine::MIB];
        stream.write_all(b"data: ").await?;
        for _ in 0..plan.line_mib {
            stream.write_all(&piece).await?;
        }
        stream.write_all(b"\n\ndata: after the line\n\n").await?;
        counts[feed].fetch_add(1, Ordering::Relaxed);
    }
    stream.write_all(at_once).await?;
    counts[feed].fetch_add(plan.at_once, Ordering::Relaxed);
    let each = plan.rate / plan.feeds as f64;
    // The feeds send at different times.
    let phase = feed as f64 / plan.feeds as f64;
    let mut next_beat = start + plan.heartbeat.mul_f64(phase);
    while start.elapsed() < plan.length {
        let due = (start.elapsed().as_secs_f64() * each + phase) as usize;
        let mut text = String::new();
        while counts[feed].load(Ordering::Relaxed) < due {
            let n = counts[feed].fetch_add(1, Ordering::Relaxed);
            text += &event(feed, n, plan.alert_every);
        }
        if Instant::now() >= next_beat {
            next_beat += plan.heartbeat;
            text += ": heartbeat\n\n";
        }
        if !text.is_empty() {
            stream.write_all(text.as_bytes()).await?;
        }
        let pause = if each < 1.0 { Duration::from_millis(250) } else { TICK };
        tokio::time::sleep(pause).await;
    }
    finished.send_modify(|finished| *finished += 1);
    std::future::pending().await
}

/// Returns the number in the requested path.
async fn asked_feed(stream: &mut TcpStream) -> std::io::Result<usize> {
    let mut request = Vec::new();
    let mut buffer = [0; 2048];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        request.extend_from_slice(&buffer[..count]);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let feed = request.split(' ').nth(1).and_then(|path| path.strip_prefix('/')?.parse().ok());
    feed.ok_or_else(|| std::io::Error::other("a path that is a number"))
}

/// Returns about 300 bytes of JSON in two scripts, which contains the time of sending.
fn event(feed: usize, n: usize, alert_every: usize) -> String {
    let sent = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_micros());
    let is_alert = alert_every > 0 && n % alert_every == alert_every - 1;
    let kind = if is_alert { "alert" } else { "tick" };
    format!("id: {n}\nevent: {kind}\ndata: {{\"sent\":{sent},\"title\":\"{feed}:{n}\",{}}}\n\n", message(n))
}

/// Returns one of the events that are sent at once, of about 100 or 300 bytes.
fn event_at_once(n: usize, is_small: bool) -> String {
    if is_small {
        let price = n % 10_000;
        format!(
            "id: {n}\nevent: tick\ndata: {{\"symbol\":\"KITE\",\"price\":{price},\"size\":100,\"venue\":\"XLON\",\"seq\":{n}}}\n\n"
        )
    } else {
        event(0, n, 0)
    }
}

/// Returns members of a JSON object, about 200 bytes, with the unique number `n`.
pub fn message(n: usize) -> String {
    let words = ["数据库", "网络", "磁盘", "温度", "压力", "服务", "连接", "超时"];
    let hash = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let rare = if n % 250_000 == 777 { "罕见" } else { "正常" };
    format!(
        "\"order\":\"{hash:011x}\",\"seq\":{n},\"host\":\"node-{}.example.com\",\"about\":\"{}{}{rare}\",\
         \"message\":\"The request took {} ms and was answered with status {} by the upstream\",\"level\":\"notice\"",
        hash % 97,
        words[hash % 8],
        words[(hash >> 3) % 8],
        hash % 1009,
        200 + hash % 300,
    )
}
