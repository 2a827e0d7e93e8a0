//! A TCP proxy that cuts, resets, goes silent or fragments, on the way from the server to the client.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What happens to one connection. Counts are of body bytes, after the response's head; where the proxy cannot read
/// what passes, of all bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It ends in order after so many bytes.
    Cut(usize),
    /// It is reset after so many bytes.
    Reset(usize),
    /// After so many bytes nothing comes through any more, and nobody says so.
    Silence(usize),
    /// Each byte comes in a write of its own.
    Fragments,
}

/// The proxy. Each connection takes the next fault of the plan; those beyond it are left alone.
pub struct Proxy {
    address: SocketAddr,
    plan: Arc<Mutex<VecDeque<Fault>>>,
    connections: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts it before `upstream` on a free loopback port.
    pub async fn start(upstream: SocketAddr, plan: &[Fault]) -> Self {
        Self::with_heads(upstream, plan, true).await
    }

    /// Starts it before an `upstream` that speaks TLS.
    pub async fn before_tls(upstream: SocketAddr, plan: &[Fault]) -> Self {
        Self::with_heads(upstream, plan, false).await
    }

    async fn with_heads(upstream: SocketAddr, plan: &[Fault], has_heads: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let plan = Arc::new(Mutex::new(VecDeque::from(plan.to_vec())));
        let (count, connections) = watch::channel(0);
        let faults = Arc::clone(&plan);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let fault = faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
                count.send_modify(|n| *n += 1);
                tokio::spawn(async move {
                    // Either side may end at any moment; that is what this proxy is for.
                    let _ = relay(client, upstream, fault, has_heads).await;
                });
            }
        });
        Self { address, plan, connections, task }
    }

    /// An address behind the proxy.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Adds faults to the plan.
    pub fn plan(&self, faults: &[Fault]) {
        self.plan.lock().unwrap().extend(faults);
    }

    /// How many connections came, once there are at least so many.
    pub async fn connections(&mut self, at_least: usize) -> usize {
        *self.connections.wait_for(|n| *n >= at_least).await.unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay(client: TcpStream, upstream: SocketAddr, fault: Fault, has_head: bool) -> std::io::Result<()> {
    let server = TcpStream::connect(upstream).await?;
    client.set_nodelay(true)?;
    let (mut from_server, mut to_server) = server.into_split();
    let (mut from_client, mut to_client) = client.into_split();
    let upward = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut head = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    let mut passed = 0;
    let limit = match fault {
        Fault::Cut(n) | Fault::Reset(n) | Fault::Silence(n) => n,
        Fault::None | Fault::Fragments => usize::MAX,
    };
    let body_start = loop {
        if !has_head {
            break 0;
        }
        let n = from_server.read(&mut buffer).await?;
        head.extend_from_slice(&buffer[..n]);
        if let Some(at) = head.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if n == 0 {
            return Ok(());
        }
    };
    to_client.write_all(&head[..body_start]).await?;
    let mut pending = head.split_off(body_start);
    while passed < limit {
        let piece = &pending[..pending.len().min(limit - passed)];
        if fault == Fault::Fragments {
            for byte in piece {
                to_client.write_all(&[*byte]).await?;
                tokio::task::yield_now().await;
            }
        } else {
            to_client.write_all(piece).await?;
        }
        passed += piece.len();
        if passed >= limit {
            break;
        }
        let n = from_server.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        pending = buffer[..n].to_vec();
    }
    match fault {
        Fault::Silence(_) => {
            // Until the client gives up.
            let _ = upward.await;
        }
        Fault::Reset(_) => {
            to_client.as_ref().set_zero_linger()?;
            upward.abort();
            let _ = upward.await;
            // Dropped as usual, it would first end the stream in order.
            to_client.forget();
        }
        _ => {
            to_client.shutdown().await?;
            upward.abort();
        }
    }
    Ok(())
}
