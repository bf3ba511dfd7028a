//! Limits on the bodies of requests.

use std::time::Duration;

use axum::{
    body::{Body, HttpBody as _},
    extract::{Request, State as Extract},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tower_http::timeout::TimeoutBody;

use super::{
    Problem, ServerState,
    shares::{Peer, guarded},
};

/// The maximum time between two parts of a body.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// Limits the number of requests whose body has not arrived yet, and the time that they may take.
pub(super) async fn limit_uploads(
    Extract(state): Extract<ServerState>,
    request: Request,
    next: Next,
) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let Some(guard) = state.shares().uploads.take(Peer::of(request.extensions())) else {
        return Problem::busy("too many requests with a body at the same time").into_response();
    };
    let limited = |body| guarded(Body::new(TimeoutBody::new(MAX_PAUSE, Box::pin(body))), guard);
    next.run(request.map(limited)).await
}
