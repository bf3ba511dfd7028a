//! Connections: accepted, bounded in number and in how long they may take to say what they want, and ended in good order.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore};

/// How much strangers may take up.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// The most connections at a time; more wait until one ends.
    pub connections: usize,
    /// How long the head of a request may take to come, and a connection may wait for its next one.
    pub head: Duration,
}

impl Limits {
    /// Half of the files that a process may usually have open.
    pub(super) const USUAL: Self = Self { connections: 512, head: Duration::from_secs(20) };
}

/// How long to wait when the system cannot accept any.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` on `listener` until `stop` is there; then until the requests that are under way are answered.
/// What goes wrong with one connection is its own.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let under_way = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            // It is never closed.
            let permit = Arc::clone(&connections).acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|(stream, _)| (permit, stream))
        };
        let (permit, stream) = tokio::select! {
            () = &mut stop => break,
            accepted = next => match accepted {
                Ok(accepted) => accepted,
                // Out of files, most likely.
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
        };
        // An answer is written at once; where this cannot be said, it goes a little slower.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = under_way.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // That the other end went away, or was too slow, is no trouble of ours.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    under_way.shutdown().await;
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;

    #[tokio::test]
    async fn who_says_nothing_loses_his_place_to_who_does() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", axum::routing::get(|| async { "here" }));
        let limits = Limits { connections: 1, head: Duration::from_millis(200) };
        tokio::spawn(serve(listener, router, limits, std::future::pending()));
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHost: a").await.unwrap();
        let mut quick = TcpStream::connect(address).await.unwrap();
        quick.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        quick.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("here"), "{answer}");
        let mut rest = Vec::new();
        slow.read_to_end(&mut rest).await.ok();
        assert!(!String::from_utf8_lossy(&rest).contains("here"), "its connection was ended");
    }
}
