//! The web server: the site, the API, and pages that reload after a change.

mod attachment_tags;
mod attachments;
mod connections;
mod content_type;
mod encoding;
mod host;
mod known;
mod listen;
mod page_cache;
mod pages;
mod problem;
mod routes;
mod shares;
mod state;
mod turns;
mod uploads;
mod watch;

use std::{any::Any, net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::IntoResponse as _,
};
use thiserror::Error;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

use self::listen::Limits;
pub(crate) use problem::Problem;
pub use routes::openapi_document;
pub(crate) use state::{IndexSlots, ServerState};
pub(crate) use watch::watch;

/// The maximum size of a request's body, in bytes. The largest valid request is a ticket with a log.
const MAX_REQUEST_BYTES: usize = 1 << 20;
/// The maximum time from the start of a request, including its body, to the start of the response.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// The maximum time for which running requests may continue after the server was asked to stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);

/// The maximum number of threads that read files, search and render. More threads would need more memory when many
/// clients download attachments, and not be faster.
const BLOCKING_THREADS: usize = 32;

/// An error that prevents the server from running.
#[derive(Debug, Error)]
pub(crate) enum ServerError {
    /// The address is already in use, or belongs to another computer.
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    /// The system cannot start threads.
    #[error("cannot start the server: {0}")]
    Start(std::io::Error),
}

/// Creates the router for all routes and for the site's files.
pub(crate) fn router(state: ServerState) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::from(routes::router())
        // Compresses only the API's answers. Pages are compressed once, when they are rendered.
        .layer(CompressionLayer::new())
        .fallback(pages::page)
        .layer(middleware::from_fn_with_state(state.clone(), uploads::limit_uploads))
        .layer(middleware::from_fn_with_state(state.clone(), host::only_this_host))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| {
            Problem::internal("internal error; see the output of the server").into_response()
        }))
        // These layers come last, so that they also apply to the responses of the layers above.
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::CONTENT_SECURITY_POLICY, crate::site::CONTENT_POLICY))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(header(header::CACHE_CONTROL, "no-cache"))
        .with_state(state)
}

/// Serves until the process is interrupted. Calls `listening` with the actual address, also if `address` has port 0
/// and the system chose the port.
///
/// # Errors
/// Fails if the server cannot listen on the address.
pub(crate) fn serve(
    state: ServerState,
    address: SocketAddr,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ServerError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build();
    let runtime = runtime.map_err(ServerError::Start)?;
    let served = runtime.block_on(async {
        let failed = |source| ServerError::Listen { address, source };
        let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
        listening(listener.local_addr().map_err(failed)?);
        let closing = state.clone();
        let (stop_sender, stop_receiver) = tokio::sync::oneshot::channel();
        let stop = async move {
            interrupted().await;
            closing.close();
            // This fails only if the server has already stopped.
            let _ = stop_sender.send(());
        };
        let served = listen::serve(listener, router(state), Limits::DEFAULT, stop);
        let deadline = async {
            match stop_receiver.await {
                Ok(()) => tokio::time::sleep(SHUTDOWN_TIMEOUT).await,
                // The server stopped without a signal.
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = served => Ok(()),
            // Clients that are still reading are disconnected.
            () = deadline => Ok(()),
        }
    });
    // Does not wait for pages that are still being rendered, because their clients are disconnected.
    runtime.shutdown_background();
    served
}

/// Waits for Ctrl-C or for the termination signal of a service manager.
async fn interrupted() {
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => _ = terminate.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        // Without a handler, the signal kills the process, which loses no data.
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
