//! `/events`: tells pages which version of the site there is, so that they load themselves anew when it is not theirs.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State as Extract,
    response::sse::{Event, KeepAlive, Sse},
};
use tokio_stream::{Stream, StreamExt, wrappers::WatchStream};

use super::State;

/// How often a quiet connection says something, so that whoever is between does not close it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// Begins with the version there is now: a page may be older than its connection, or than the server.
pub(super) async fn listen(
    Extract(state): Extract<State>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = WatchStream::new(state.versions());
    // The stream ends when the server closes; one of an empty version is its last word.
    let stream = stream.take_while(|version| !version.is_empty());
    let stream = stream.map(|version| Ok(Event::default().event("site").data(version)));
    Sse::new(stream).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE))
}
