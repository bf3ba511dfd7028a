//! The web server: the site, the API, and pages that reload when a file changes.

mod api;
mod events;
mod pages;
mod problem;
mod state;
mod watch;

use std::net::SocketAddr;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::get,
};
use thiserror::Error;
use tower_http::{
    catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, set_header::SetResponseHeaderLayer,
};

pub use problem::Problem;
pub use state::{Loader, State};
pub use watch::watch;

/// The largest request, in bytes. Nothing that is read here is larger than a query.
const LARGEST_REQUEST: usize = 1 << 20;

/// Why the server cannot run.
#[derive(Debug, Error)]
pub enum ServerError {
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

/// All routes.
pub fn router(state: State) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .nest("/api/v1", api::router())
        .route("/events", get(events::listen))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(|| async { "ok\n" }))
        .fallback(pages::page)
        .layer(middleware::from_fn_with_state(state.clone(), pages::only_this_host))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::CONTENT_SECURITY_POLICY, crate::site::CONTENT_POLICY))
        .layer(RequestBodyLimitLayer::new(LARGEST_REQUEST))
        .layer(CatchPanicLayer::new())
        .with_state(state)
}

/// Serves until the process is interrupted. `listening` is told the address, which has a port even where 0 was asked.
///
/// # Errors
/// When the address cannot be listened on.
pub fn serve(
    state: State,
    address: SocketAddr,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ServerError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServerError::Start)?;
    runtime.block_on(async {
        let failed = |source| ServerError::Listen { address, source };
        let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
        listening(listener.local_addr().map_err(failed)?);
        let stop = async {
            // Without a signal handler the process is simply killed, which loses nothing here.
            let _ = tokio::signal::ctrl_c().await;
        };
        let closing = state.clone();
        let service = router(state);
        let stopped = async move {
            stop.await;
            closing.close();
        };
        axum::serve(listener, service).with_graceful_shutdown(stopped).await.map_err(failed)
    })
}
