//! The kernel's word that addresses or routes changed (rtnetlink(7)).

use std::io;
use std::os::unix::net::UnixDatagram as Datagrams;

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
use tokio::net::UnixDatagram;

use crate::ports::{Hint, OnHint};

/// Addresses and routes of IPv4 and IPv6 (linux/rtnetlink.h): RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE,
/// RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE. Links are left out: wireless ones speak all the time, and one that comes or
/// goes changes routes.
const GROUPS: u32 = 0x10 | 0x40 | 0x100 | 0x400;

/// Tells each change. What changed is not read: a hint means "look again", whatever it was.
pub(super) async fn follow(on_hint: &OnHint) -> io::Result<()> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    // Protocol 0 of this family is the routing (NETLINK_ROUTE).
    let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    // A datagram is received alike on every family; only the binding above is netlink's own.
    let socket = UnixDatagram::from_std(Datagrams::from(socket))?;
    let mut buffer = [0_u8; 64];
    loop {
        // A longer message loses its end, which nobody reads.
        match socket.recv(&mut buffer).await {
            Ok(_) => on_hint(Hint::NetworkChanged),
            // So many changes that the kernel dropped some are changes all the same.
            Err(error) if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error()) => {
                on_hint(Hint::NetworkChanged)
            }
            Err(error) => return Err(error),
        }
    }
}
