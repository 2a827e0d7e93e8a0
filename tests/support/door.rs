//! A listening socket that can be closed for a while: connections are then refused.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::wait;

/// A listening socket on a free loopback port, which it uses again after it was closed.
pub struct Door {
    address: SocketAddr,
    is_open: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Door {
    /// Opens the socket. `enter` is called with each connection.
    pub async fn open(mut enter: impl FnMut(TcpStream) + Send + 'static) -> Self {
        let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = first.local_addr().unwrap();
        let (is_open, mut wish) = watch::channel(true);
        let task = tokio::spawn(async move {
            let mut listener = Some(first);
            loop {
                if let Some(open) = &listener {
                    tokio::select! {
                        accepted = open.accept() => match accepted {
                            Ok((stream, _)) => enter(stream),
                            Err(_) => return,
                        },
                        changed = wish.changed() => match changed {
                            Ok(()) if !*wish.borrow_and_update() => listener = None,
                            Ok(()) => {}
                            Err(_) => return,
                        },
                    }
                    continue;
                }
                if wish.wait_for(|is_open| *is_open).await.is_err() {
                    return;
                }
                listener = Some(listen_again(address).await);
            }
        });
        Self { address, is_open, task }
    }

    /// Returns the socket's address, also while it is closed.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens or closes the socket. Existing connections are not affected.
    pub fn set_open(&self, is_open: bool) {
        self.is_open.send_replace(is_open);
    }
}

/// Listens again, and retries while another socket uses the port.
async fn listen_again(address: SocketAddr) -> TcpListener {
    let start = Instant::now();
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) => assert!(start.elapsed() < wait::LIMIT, "{address} is taken: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}
