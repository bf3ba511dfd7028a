//! `GET /events` sends the version of the site, so that pages with an older version reload.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State as Extract,
    response::sse::{Event, KeepAlive, Sse},
};
use tokio_stream::{Stream, StreamExt, wrappers::WatchStream};

use crate::server::{Problem, ServerState};

/// The interval between signs of life, which keep proxies from closing a quiet connection.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// Sends the version of the site, now and after each change
///
/// Only a server for the team that watches for changes has this address. The current version comes first, because a
/// page may be older than its connection.
#[utoipa::path(get, path = "/events", responses(
    (status = OK, body = str, content_type = "text/event-stream", description = "Events `site`, whose data is a version"),
))]
pub(super) async fn events(
    Extract(state): Extract<ServerState>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    if !state.tells_changes() {
        return Err(Problem::not_found("this server does not send events"));
    }
    let stream = WatchStream::new(state.versions());
    // The stream ends when the server closes: the last version is empty.
    let stream = stream.take_while(|version| !version.is_empty());
    let stream = stream.map(|version| Ok(Event::default().event("site").data(version)));
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)))
}
