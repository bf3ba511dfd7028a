//! `casebook serve` with many clients that are slow or wait for ever.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
};

use crate::{
    served::{Server, repository},
    waiting::wait_until,
};

/// More than all connections of the server.
const MANY: usize = 520;

/// Reads the status of an answer. Returns an empty text if the server closed the connection without an answer, as it does
/// with the oldest connections of an address that opens too many at once.
fn status(stream: &mut TcpStream) -> String {
    let mut start = [0; 12];
    match stream.read_exact(&mut start) {
        Ok(()) => String::from_utf8_lossy(&start[9..]).into_owned(),
        Err(_) => String::new(),
    }
}

/// Counts the answers with each status.
fn statuses(streams: &mut [TcpStream]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    streams.iter_mut().for_each(|stream| *counts.entry(status(stream)).or_default() += 1);
    counts
}

/// Asserts that a new client is served.
fn serves_others(server: &Server) {
    server.get("/").is(200);
    server.get("/tickets/invoice-export-times-out-k7f3qa/trace.log").is(200);
    server.get("/api/v1/search?q=gateway").is(200);
    server.post("/api/v1/similar", "{}").is(200);
    server.begins("/events", "data: ").is(200);
}

#[test]
fn clients_that_wait_for_ever_leave_connections_for_others() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let host = server.host();

    let connect = |request: &str| -> Vec<TcpStream> { (0..MANY).map(|_| server.connect(request)).collect() };
    {
        let mut silent = connect("");
        silent.iter_mut().for_each(|stream| drop(stream.write_all(b"GET / HTTP/1.1\r\n")));
        serves_others(&server);
    }
    {
        let head =
            format!("POST /api/v1/similar HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
        let mut slow = connect(&format!("{head}Content-Length: 1000\r\n\r\n{{"));
        server.get("/").is(200);
        server.begins("/events", "data: ").is(200);
        // Those within the share wait for the rest of their body and are answered then.
        for stream in &mut slow {
            let _ = stream.write_all(format!("{}}}", " ".repeat(998)).as_bytes());
        }
        let statuses = statuses(&mut slow);
        assert!((1..=256).contains(&statuses["200"]) && statuses["503"] > 0, "{statuses:?}");
        drop(slow);
        wait_until("bodies are accepted again", || server.post("/api/v1/similar", "{}").status == 200);
    }
    {
        let mut streams = connect(&format!("GET /events HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        let statuses = statuses(&mut streams);
        assert!((8..=256).contains(&statuses["200"]) && statuses["503"] > 0, "{statuses:?}");
        server.get("/").is(200);
        server.post("/api/v1/similar", "{}").is(200);
        server.get("/events").has("retry-after: 5").refuses(503, "too many open event streams");
        drop(streams);
        wait_until("streams can be opened again", || {
            let mut stream = server.connect(&format!("GET /events HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            status(&mut stream) == "200"
        });
    }
    serves_others(&server);
}

#[test]
fn slow_readers_of_a_large_attachment_need_no_memory() {
    let sandbox = repository();
    let file = "team/tickets/2026/11/invoice-export-times-out-k7f3qa/trace.log";
    let size = 60 << 20;
    fs::File::create(sandbox.path(file)).unwrap().set_len(size).unwrap();
    let server = Server::start(&sandbox, "");
    let memory = || {
        let text = fs::read_to_string(format!("/proc/{}/status", server.process.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1_000
    };
    server.get("/").is(200);
    let before = memory();
    let request = format!(
        "GET /tickets/invoice-export-times-out-k7f3qa/trace.log HTTP/1.1\r\nHost: {}\r\n\r\n",
        server.host()
    );
    let mut readers: Vec<TcpStream> = (0..100).map(|_| server.connect(&request)).collect();
    for reader in &mut readers {
        assert_eq!(status(reader), "200");
    }
    serves_others(&server);
    // The last reader gets all of it, although the others do not read.
    let mut received = Vec::new();
    let last = readers.pop().unwrap();
    last.take(size).read_to_end(&mut received).unwrap();
    assert!(received.len() as u64 == size, "{}", received.len());
    let used = memory() - before;
    assert!(used < 60, "{used} MB");
}
