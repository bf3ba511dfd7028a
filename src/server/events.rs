//! `/events`: tells pages that something changed, so that they load themselves anew.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State as Extract,
    response::sse::{Event, KeepAlive, Sse},
};
use tokio_stream::{Stream, StreamExt, wrappers::BroadcastStream};

use super::State;

pub(super) async fn listen(
    Extract(state): Extract<State>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let receiver = state.listen().unwrap_or_else(|| tokio::sync::broadcast::channel(1).1);
    // A listener that fell behind missed changes, which is a change too.
    let stream = BroadcastStream::new(receiver).map(|_| Ok(Event::default().event("change").data("")));
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}
