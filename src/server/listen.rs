//! Accepts connections, limits their number and the time that they wait for a request or for a slow client, and closes
//! them when the server stops.

use std::time::Duration;

use axum::{Router, body::Body};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tokio_io_timeout::TimeoutStream;

use super::{
    connections::Connections,
    shares::{Peer, guarded},
};

/// Limits on connections.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// The maximum number of open connections. One address may use half of them.
    pub connections: usize,
    /// The maximum time for the head of a request to arrive, and for a connection to wait for its next request.
    pub head: Duration,
    /// The maximum time for which a client may read nothing of a response.
    pub write: Duration,
}

impl Limits {
    /// The default limits. The number of connections is half of the 1,024 files that a process can usually have open.
    pub(super) const DEFAULT: Self =
        Self { connections: 512, head: Duration::from_secs(20), write: Duration::from_secs(30) };
}

/// The time to wait after the system failed to accept a connection.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// The maximum memory for the head of a request, and for the part of a response that the client has not read yet.
const BUFFER_BYTES: usize = 64 * 1024;

/// Serves `router` on `listener` until `stop` completes, and then until all running requests are answered. An error on
/// one connection does not affect the others.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let connections = Connections::new(limits.connections);
    let open_connections = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(BUFFER_BYTES);
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let (stream, address) = listener.accept().await?;
            let peer = Peer(address.ip().to_canonical());
            Ok::<_, std::io::Error>(
                connections.add(peer.0).await.map(|connection| (stream, peer, connection)),
            )
        };
        let (stream, peer, connection) = tokio::select! {
            () = &mut stop => break,
            accepted = next => match accepted {
                Ok(Some(accepted)) => accepted,
                // The address has too many connections, so this one is closed.
                Ok(None) => continue,
                // The process has most likely run out of file descriptors.
                Err(_) => {
                    tokio::time::sleep(RETRY_PAUSE).await;
                    continue;
                }
            },
        };
        // Sends small answers at once. If the option cannot be set, answers are only slightly slower.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(limits.write));
        let service = TowerToHyperService::new(router.clone());
        let requests = std::sync::Arc::clone(&connection);
        let service = service_fn(move |mut request: Request<Incoming>| {
            // The request runs until its response has been handed over for sending.
            let running = requests.begin();
            request.extensions_mut().insert(peer);
            let response = service.call(request);
            async move { response.await.map(|response| response.map(|body: Body| guarded(body, running))) }
        });
        let served = open_connections.watch(http.serve_connection(TokioIo::new(Box::pin(stream)), service));
        tokio::spawn(async move {
            tokio::select! {
                // A client that disconnected or was too slow is not an error of the server.
                _ = served => {}
                () = connection.must_close() => {}
            }
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
        let limits = Limits { connections: 1, head: Duration::from_secs(20), write: Duration::from_secs(20) };
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

    #[tokio::test]
    async fn a_client_that_does_not_read_is_disconnected() {
        /// Tells the test when the server drops the response.
        struct Sent(Option<tokio::sync::oneshot::Sender<()>>);
        impl Drop for Sent {
            fn drop(&mut self) {
                self.0.take().map(|sender| sender.send(()));
            }
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, dropped) = tokio::sync::oneshot::channel();
        let sent = std::sync::Mutex::new(Some(Sent(Some(sender))));
        let endless = move || {
            let sent = sent.lock().unwrap().take();
            let parts =
                tokio_stream::iter(std::iter::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(60_000))));
            async move { guarded(Body::from_stream(parts), sent) }
        };
        let endless = std::sync::Arc::new(endless);
        let router = Router::new().route("/", axum::routing::get(move || endless()));
        let limits = Limits { write: Duration::from_millis(50), ..Limits::DEFAULT };
        tokio::spawn(serve(listener, router, limits, std::future::pending()));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        dropped.await.unwrap();
    }
}
