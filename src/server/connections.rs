//! The open connections. When there are too many, the connection that has waited longest for a request is closed.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// The open connections, with limits for their number.
#[derive(Clone)]
pub(super) struct Connections(Arc<ConnectionTable>);

struct ConnectionTable {
    limit: usize,
    open: Mutex<OpenConnections>,
    /// Notified when a connection closes.
    closed: Notify,
}

#[derive(Default)]
struct OpenConnections {
    by_number: HashMap<u64, ConnectionState>,
    /// The number of changes so far, as a clock for the order of events.
    changes: u64,
}

struct ConnectionState {
    address: IpAddr,
    /// The time since when the connection has waited for a request; `None` while it has one.
    idle_since: Option<u64>,
    /// Notified when the connection must be closed.
    close: Arc<Notify>,
}

/// An open connection. Dropping it frees its place.
pub(super) struct Connection {
    connections: Connections,
    number: u64,
    close: Arc<Notify>,
}

/// A request that is being answered on a connection.
pub(super) struct RunningRequest(Arc<Connection>);

impl Connections {
    /// Allows at most `limit` connections, and half as many from one address.
    pub(super) fn new(limit: usize) -> Self {
        let table = ConnectionTable { limit, open: Mutex::default(), closed: Notify::new() };
        Self(Arc::new(table))
    }

    /// Adds a connection from `address`. If there are too many connections, closes the one that has waited longest for
    /// a request, and waits if all connections have a request. Returns `None` if too many connections from the same
    /// address have a request.
    pub(super) async fn add(&self, address: IpAddr) -> Option<Arc<Connection>> {
        loop {
            let closed = self.0.closed.notified();
            {
                let mut open = self.open();
                let of_address = open.by_number.values().filter(|state| state.address == address).count();
                if of_address >= self.0.limit.div_ceil(2) && !open.close_idle(|other| other == address) {
                    return None;
                }
                if open.by_number.len() < self.0.limit || open.close_idle(|_| true) {
                    return Some(Arc::new(self.added(&mut open, address)));
                }
            }
            closed.await;
        }
    }

    fn added(&self, open: &mut OpenConnections, address: IpAddr) -> Connection {
        let number = open.next();
        let close = Arc::new(Notify::new());
        let state = ConnectionState { address, idle_since: Some(number), close: Arc::clone(&close) };
        open.by_number.insert(number, state);
        Connection { connections: self.clone(), number, close }
    }

    fn open(&self) -> MutexGuard<'_, OpenConnections> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenConnections {
    fn next(&mut self) -> u64 {
        self.changes += 1;
        self.changes
    }

    /// Closes the connection that has waited longest for a request, among those from addresses that `is_possible`
    /// accepts. Returns false if there is none.
    fn close_idle(&mut self, is_possible: impl Fn(IpAddr) -> bool) -> bool {
        let idle = self.by_number.iter().filter(|(_, state)| is_possible(state.address));
        let idle = idle.filter_map(|(number, state)| Some((state.idle_since?, *number)));
        let Some((_, number)) = idle.min() else { return false };
        let closed = self.by_number.remove(&number);
        closed.iter().for_each(|state| state.close.notify_one());
        closed.is_some()
    }
}

impl Connection {
    /// Returns when the connection must be closed.
    pub(super) async fn must_close(&self) {
        self.close.notified().await;
    }

    /// Marks the beginning of a request, which ends when the result is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> RunningRequest {
        if let Some(state) = self.connections.open().by_number.get_mut(&self.number) {
            state.idle_since = None;
        }
        RunningRequest(Arc::clone(self))
    }
}

impl Drop for RunningRequest {
    fn drop(&mut self) {
        let Self(connection) = self;
        let mut open = connection.connections.open();
        let now = open.next();
        if let Some(state) = open.by_number.get_mut(&connection.number) {
            state.idle_since = Some(now);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.connections.open().by_number.remove(&self.number);
        self.connections.0.closed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(number: u8) -> IpAddr {
        Ipv4Addr::new(10, 0, 0, number).into()
    }

    /// Returns whether the connection was told to close.
    fn is_closed(connection: &Connection) -> bool {
        !connection.connections.open().by_number.contains_key(&connection.number)
    }

    #[tokio::test]
    async fn the_connection_that_waited_longest_is_closed() {
        let connections = Connections::new(4);
        let mut open = Vec::new();
        for number in 1..=4 {
            open.push(connections.add(address(number)).await.unwrap());
        }
        let running = open[0].begin();
        drop(open[1].begin());
        open.push(connections.add(address(5)).await.unwrap());
        assert_eq!(
            open.iter().map(|one| is_closed(one)).collect::<Vec<_>>(),
            [false, false, true, false, false]
        );
        open[2].must_close().await;
        drop(running);
        for number in 6..=9 {
            open.push(connections.add(address(number)).await.unwrap());
        }
        assert!(open[..5].iter().all(|one| is_closed(one)));
    }

    #[tokio::test]
    async fn an_address_with_half_of_the_connections_gets_no_more() {
        let connections = Connections::new(4);
        let (first, second) =
            (connections.add(address(1)).await.unwrap(), connections.add(address(1)).await.unwrap());
        let running = [first.begin(), second.begin()];
        assert!(connections.add(address(1)).await.is_none());
        assert!(connections.add(address(2)).await.is_some());
        drop(running);
        assert!(connections.add(address(1)).await.is_some() && is_closed(&first) && !is_closed(&second));
    }

    #[tokio::test]
    async fn a_connection_waits_while_all_others_have_a_request() {
        let connections = Connections::new(2);
        let open = [connections.add(address(1)).await.unwrap(), connections.add(address(2)).await.unwrap()];
        let running = open.each_ref().map(Connection::begin);
        let next = tokio::spawn({
            let connections = connections.clone();
            async move { connections.add(address(3)).await.is_some() }
        });
        tokio::task::yield_now().await;
        assert!(!next.is_finished());
        drop((running, open));
        assert!(next.await.unwrap());
    }
}
