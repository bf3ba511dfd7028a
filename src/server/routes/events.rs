//! `GET /events`, which tells pages to reload after a change.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Request, State as Extract},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use tokio_stream::{StreamExt, wrappers::WatchStream};

use crate::server::{
    Problem, ServerState,
    shares::{Peer, guarded},
};

/// The interval between keep-alive messages, which prevent proxies from closing an idle connection.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Streams the version of the site, so that pages can reload after a change
///
/// Sends the current version at once, and the new version after each change. A public site and a server with
/// `--no-watch` do not send events. Returns status 503 if too many streams are open.
#[utoipa::path(get, path = "/events", responses(
    (status = OK, body = str, content_type = "text/event-stream", description = "A stream of events `site`, each with a version as its data"),
))]
pub(super) async fn events(
    Extract(state): Extract<ServerState>,
    request: Request,
) -> Result<Response, Problem> {
    if !state.sends_events() {
        return Err(Problem::not_found("this server does not send events"));
    }
    let Some(guard) = state.shares().events.take(Peer::of(request.extensions())) else {
        return Err(Problem::busy("too many open event streams"));
    };
    let stream = WatchStream::new(state.versions());
    // The server closes the stream by sending an empty version.
    let stream = stream.take_while(|version| !version.is_empty());
    let stream = stream.map(|version| Ok::<_, Infallible>(Event::default().event("site").data(version)));
    let response = Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    Ok(response.map(|body| guarded(body, guard)))
}
