//! `GET /events`, which tells pages to reload after a change.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State as Extract,
    response::sse::{Event, KeepAlive, Sse},
};
use tokio_stream::{Stream, StreamExt, wrappers::WatchStream};

use crate::server::{Problem, ServerState};

/// The interval between keep-alive messages, which prevent proxies from closing an idle connection.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Streams the version of the site, so that pages can reload after a change
///
/// Sends the current version at once, and the new version after each change. A public site and a server with
/// `--no-watch` do not send events.
#[utoipa::path(get, path = "/events", responses(
    (status = OK, body = str, content_type = "text/event-stream", description = "A stream of events `site`, each with a version as its data"),
))]
pub(super) async fn events(
    Extract(state): Extract<ServerState>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    if !state.sends_events() {
        return Err(Problem::not_found("this server does not send events"));
    }
    let stream = WatchStream::new(state.versions());
    // The server closes the stream by sending an empty version.
    let stream = stream.take_while(|version| !version.is_empty());
    let stream = stream.map(|version| Ok(Event::default().event("site").data(version)));
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
