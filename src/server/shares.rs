//! Shares of the connections, so that requests that keep a connection for long leave connections for other requests.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::Extensions,
};
use hyper::body::{Frame, SizeHint};

/// The address of the client of a connection. Each request has it as an extension.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub IpAddr);

impl Peer {
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }
}

/// The shares of each kind of request that can keep a connection for long. Together they are smaller than the number
/// of connections, and so are the parts that one address may use.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    /// Open event streams.
    pub events: Share,
    /// Requests whose body has not arrived yet.
    pub uploads: Share,
    /// Attachments that are being sent.
    pub downloads: Share,
}

impl Shares {
    /// The default shares of [`Limits::DEFAULT`](super::listen::Limits::DEFAULT).
    pub(super) fn new() -> Self {
        Self { events: Share::new(96), uploads: Share::new(96), downloads: Share::new(224) }
    }
}

/// The number of requests of one kind that may run at the same time. One address may use half of it.
#[derive(Clone, Debug)]
pub(super) struct Share(Arc<ShareState>);

#[derive(Debug)]
struct ShareState {
    limit: usize,
    running: Mutex<HashMap<IpAddr, usize>>,
}

/// One running request of a share. Dropping it ends the request's use of the share.
#[derive(Debug)]
pub(super) struct ShareGuard {
    state: Arc<ShareState>,
    address: IpAddr,
}

impl Share {
    pub(super) fn new(limit: usize) -> Self {
        Self(Arc::new(ShareState { limit, running: Mutex::default() }))
    }

    /// Takes a place in the share for a request from `peer`. Returns `None` if the share, or the part of this address,
    /// is used up.
    pub(super) fn take(&self, peer: Peer) -> Option<ShareGuard> {
        let Peer(address) = peer;
        let mut running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        let own = running.get(&address).copied().unwrap_or_default();
        if own >= self.0.limit.div_ceil(2) || running.values().sum::<usize>() >= self.0.limit {
            return None;
        }
        running.insert(address, own + 1);
        Some(ShareGuard { state: Arc::clone(&self.0), address })
    }
}

impl Drop for ShareGuard {
    fn drop(&mut self) {
        let mut running = self.state.running.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(&self.address) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(running.remove(&self.address)),
        }
    }
}

/// A body that keeps `guard` until it has been sent or received, or is dropped.
pub(super) fn guarded(body: Body, guard: impl Send + Unpin + 'static) -> Body {
    Body::new(GuardedBody { body, _guard: guard })
}

struct GuardedBody<G> {
    body: Body,
    _guard: G,
}

impl<G: Unpin> HttpBody for GuardedBody<G> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_gets_half_of_a_share_and_all_addresses_together_the_whole() {
        let share = Share::new(4);
        let [first, second, third] = [1, 2, 3].map(|number| Peer(Ipv4Addr::new(10, 0, 0, number).into()));
        let mut held: Vec<ShareGuard> = [first, first, second].map(|peer| share.take(peer).unwrap()).into();
        assert!(share.take(first).is_none(), "the address has used its part");
        held.push(share.take(third).unwrap());
        assert!(share.take(second).is_none(), "the share is used up");
        held.remove(0);
        assert!(share.take(second).is_some() && share.take(first).is_some());
        drop(held);
        assert!(share.0.running.lock().unwrap().is_empty());
    }
}
