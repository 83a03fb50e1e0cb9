//! Shows the site of a studio to browsers on this machine. In: a studio and a port; out: answers to requests, and word to
//! open pages that something has changed. This room alone knows tokio and httparse; it does not know how a site is
//! compiled, nor the terminal.
//!
//! Answers come from the files of the site as they are in memory, by their names: no request ever becomes a path of the
//! disk. Only GET and HEAD are answered, only under names of this machine, and nothing is said to pages of other sites.

mod answer;
mod connection;
mod desk;
mod events;
mod gate;
mod guard;
mod head;
mod inject;
mod kind;
mod overlay;
mod target;

pub use desk::Desk;

use crate::failure::Failure;
use crate::lang::{Text, text};
use connection::attend;
use gate::Gate;
use guard::Guard;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

/// Which port is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// This one; 0 for any that is free.
    Only(u16),
    /// This one, or the next that is free.
    From(u16),
}

/// A server that has its port.
#[derive(Debug)]
pub struct Server {
    runtime: Runtime,
    listeners: Vec<TcpListener>,
    address: SocketAddr,
}

/// So many ports are tried.
const TRIES: u16 = 100;
/// Connections that wait for us to accept them.
const BACKLOG: u32 = 1_024;
/// How long to wait where the process may open no more files.
const BREATH: Duration = Duration::from_millis(20);

impl Server {
    /// A server at a port of `host`, at first silent: who connects waits.
    ///
    /// # Errors
    /// If there is no free port, or none is given to us.
    pub fn bind(host: IpAddr, port: Port) -> Result<Self, Failure> {
        let doing = || text("포트를 열 수 없습니다", "cannot listen on the port");
        let starting = || text("서버를 시작할 수 없습니다", "cannot start the server");
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Failure::machine(starting(), Path::new("tokio")))?;
        let (first, tries) = match port {
            Port::Only(port) => (port, 0),
            Port::From(port) => (port, TRIES),
        };
        let mut port = first;
        let listeners = loop {
            match runtime.block_on(async { listen(host, port) }) {
                Err(error) if error.kind() == ErrorKind::AddrInUse && port < first.saturating_add(tries) => port += 1,
                found => {
                    let shown = SocketAddr::new(host, port).to_string();
                    let is_taken = found.as_ref().is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
                    let doing = if is_taken { taken() } else { doing() };
                    break found.map_err(Failure::machine(doing, Path::new(&shown)))?;
                }
            }
        };
        let address = listeners[0].local_addr().map_err(Failure::machine(doing(), Path::new("-")))?;
        Ok(Self { runtime, listeners, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the process is asked to end.
    ///
    /// # Errors
    /// If the system does not tell when that is.
    pub fn run(self, desk: &Arc<Desk>) -> io::Result<()> {
        let Self { runtime, listeners, address } = self;
        let gate = Arc::new(Gate::new());
        runtime.block_on(async {
            for listener in listeners {
                tokio::spawn(accept(listener, Arc::clone(&gate), Arc::clone(desk), Guard::of(address)));
            }
            ended().await
        })
    }
}

fn taken() -> Text {
    text(
        "다른 프로그램이 쓰는 포트입니다. 다른 `--port`를 쓰거나 빼세요",
        "another program has this port; choose another `--port`, or leave it out",
    )
}

/// Listens at a port, and for this machine under both of its numbers, since `localhost` may mean either.
fn listen(host: IpAddr, port: u16) -> io::Result<Vec<TcpListener>> {
    let first = listen_at(SocketAddr::new(host, port))?;
    let port = first.local_addr()?.port();
    let mut listeners = vec![first];
    if host.is_loopback() && host.is_ipv4() {
        match listen_at(SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port)) {
            Ok(second) => listeners.push(second),
            Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
            // This machine has no such number.
            Err(_) => {}
        }
    }
    Ok(listeners)
}

fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // What is left of a server before us keeps the port for a minute.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn accept(listener: TcpListener, gate: Arc<Gate>, desk: Arc<Desk>, guard: Guard) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            gate.make_room();
            sleep(BREATH).await;
            continue;
        };
        // A short answer is not held back until the one before has been acknowledged.
        let _ = stream.set_nodelay(true);
        match gate.seat().await {
            Some(seat) => {
                let (gate, desk) = (Arc::clone(&gate), Arc::clone(&desk));
                tokio::spawn(async move {
                    attend(stream, &gate, &desk, guard).await;
                    drop(seat);
                });
            }
            None => refuse(&stream),
        }
    }
}

/// There is no seat: says so, if that can be said at once.
fn refuse(stream: &TcpStream) {
    let busy = answer::Answer::plain(503);
    let mut bytes = busy.head(false).into_bytes();
    busy.body.iter().for_each(|piece| bytes.extend_from_slice(piece.bytes()));
    let _ = stream.try_write(&bytes);
}

/// Waits until the process is asked to end.
async fn ended() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut end = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            asked = tokio::signal::ctrl_c() => asked,
            _ = end.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
