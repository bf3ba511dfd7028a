//! Accepts connections, limits their number and the time that they wait for a request, and closes them when the server
//! stops.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore};

/// Limits on connections.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// The maximum number of open connections. Further connections wait until one closes.
    pub connections: usize,
    /// The maximum time for the head of a request to arrive, and for a connection to wait for its next request.
    pub head: Duration,
}

impl Limits {
    /// The default limits. The number of connections is half of the 1,024 files that a process can usually have open.
    pub(super) const DEFAULT: Self = Self { connections: 512, head: Duration::from_secs(20) };
}

/// The time to wait after the system failed to accept a connection.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` on `listener` until `stop` completes, and then until all running requests are answered. An error on
/// one connection does not affect the others.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let permits = Arc::new(Semaphore::new(limits.connections));
    let open_connections = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            // The semaphore is never closed, so this does not fail.
            let permit = Arc::clone(&permits).acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|(stream, _)| (permit, stream))
        };
        let (permit, stream) = tokio::select! {
            () = &mut stop => break,
            accepted = next => match accepted {
                Ok(accepted) => accepted,
                // The process has most likely run out of file descriptors.
                Err(_) => {
                    tokio::time::sleep(RETRY_PAUSE).await;
                    continue;
                }
            },
        };
        // Sends small answers at once. If the option cannot be set, answers are only slightly slower.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = open_connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A client that disconnected or was too slow is not an error of the server.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    open_connections.shutdown().await;
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;

    #[tokio::test]
    async fn a_connection_that_sends_no_request_is_closed_so_that_others_are_served() {
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
        assert!(!String::from_utf8_lossy(&rest).contains("here"), "the slow connection was not closed");
    }
}
