//! The web server: the site, the API, and pages that reload when a file changes.

mod listen;
mod pages;
mod problem;
mod routes;
mod state;
mod turns;
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
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer};

use self::listen::Limits;
pub(crate) use problem::Problem;
pub use routes::openapi_document;
pub(crate) use state::{Slots, State};
pub(crate) use watch::watch;

/// The largest body of a request, in bytes. Nothing that is read here is larger than a ticket with a log.
const LARGEST_REQUEST: usize = 1 << 20;
/// How long a request may take until its answer begins, its own body included.
const SLOWEST_ANSWER: Duration = Duration::from_secs(60);
/// How long open requests may go on when the server should end.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why the server cannot run.
#[derive(Debug, Error)]
pub(crate) enum ServerError {
    /// The address is taken, or not this computer's.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no threads.
    #[error("cannot start the server: {0}")]
    Start(std::io::Error),
}

/// Makes the router of all routes and of the site's files.
pub(crate) fn router(state: State) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::from(routes::router())
        .fallback(pages::page)
        .layer(middleware::from_fn_with_state(state.clone(), pages::only_this_host))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SLOWEST_ANSWER))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| {
            Problem::internal("something here is broken; the server's own output says more").into_response()
        }))
        // Also on what the layers above answer.
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::CONTENT_SECURITY_POLICY, crate::site::CONTENT_POLICY))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header(header::CACHE_CONTROL, "no-cache"))
        .with_state(state)
}

/// Serves until the process is interrupted. `listening` is told the address, which has a port even where 0 was asked.
///
/// # Errors
/// When the address cannot be listened on.
pub(crate) fn serve(
    state: State,
    address: SocketAddr,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ServerError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServerError::Start)?;
    let served = runtime.block_on(async {
        let failed = |source| ServerError::Listen { address, source };
        let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
        listening(listener.local_addr().map_err(failed)?);
        let closing = state.clone();
        let (told, stopped) = tokio::sync::oneshot::channel();
        let stop = async move {
            interrupted().await;
            closing.close();
            // The other end is gone only when all is over.
            let _ = told.send(());
        };
        let served = listen::serve(listener, router(state), Limits::USUAL, stop);
        let patience = async {
            match stopped.await {
                Ok(()) => tokio::time::sleep(PATIENCE).await,
                // Serving ended by itself.
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = served => Ok(()),
            // Whoever still reads has had time.
            () = patience => Ok(()),
        }
    });
    // What is still being rendered is for nobody.
    runtime.shutdown_background();
    served
}

/// Waits until the process should end: Ctrl-C, or the signal of those who manage services.
async fn interrupted() {
    let asked = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => _ = terminate.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        // Without a handler the process is simply killed, which loses nothing here.
        _ = tokio::signal::ctrl_c() => {}
        () = asked => {}
    }
}
