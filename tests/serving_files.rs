//! How `casebook serve` sends files: hosts, compression, parts of attachments.

use std::io::Read as _;

use flate2::read::GzDecoder;

use crate::{
    sandbox::Sandbox,
    served::{Answer, Server, repository},
    waiting::wait_until,
};

#[test]
fn a_request_must_name_this_host_once() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let get = |lines: &str| server.send_text(&format!("GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n"));
    get("Host: localhost\r\n").is(200).has("cross-origin-resource-policy: same-origin");
    get("Host: LOCALHOST:1\r\n").is(200);
    get("Host: [::1]\r\n").is(200);
    get("").refuses(400, "the request has no `Host` header");
    get("Host: localhost\r\nHost: localhost\r\n").refuses(400, "more than one `Host` header");
    get("Host: localhost\r\nHost: evil.example\r\n").refuses(400, "more than one `Host` header");
    for host in [
        "",
        "localhost:99@evil",
        "evil@localhost",
        "[::1",
        "[::1]x",
        "::1",
        "localhost:x",
        "localhost/",
        "localhost,evil",
    ] {
        let answer = get(&format!("Host: {host}\r\n"));
        answer.has("cross-origin-resource-policy: same-origin").refuses(400, "host name");
    }
    for path in ["/api/v1/tickets", "/events", "/healthz", "/no/page"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:99@evil\r\nConnection: close\r\n\r\n");
        server.send_text(&request).refuses(400, "invalid host name `localhost:99@evil`");
    }
    let target = |host: &str| {
        server.send_text(&format!(
            "GET http://{host}/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ))
    };
    target("localhost").is(200);
    target("evil.example").refuses(400, "unknown host name `evil.example`");
    server.send_text("GET / HTTP/1.0\r\n\r\n").is(200);
}

#[test]
fn parameters_that_cannot_be_read_are_explained() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    for path in ["/api/v1/search?limit=-1", "/api/v1/tickets?limit=-1", "/api/v1/tickets?offset=1e3"] {
        let problem = server.get(path).is(400).json();
        assert_eq!(
            problem["help"],
            "`limit` and `offset` are whole numbers, as in `?q=gateway&limit=20&offset=40`"
        );
    }
    let problem = server.post("/api/v1/similar?limit=-1", "{}").is(400).json();
    assert!(problem["help"].as_str().unwrap().contains("`?limit=5&weak=true`"), "{problem}");
}

/// Returns the uncompressed body.
fn unpacked(answer: &Answer) -> String {
    let mut text = String::new();
    GzDecoder::new(answer.bytes.as_slice()).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn texts_are_compressed_for_clients_that_accept_it() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let get = |path: &str, accepted: &str| server.ask("GET", path, &[("Accept-Encoding", accepted)]);
    let style = {
        let home = server.get("/");
        let from = home.body.find("assets/site.").unwrap();
        let style = home.body[from..].split('"').next().unwrap();
        format!("/{style}")
    };
    for path in ["/", "/tickets/invoice-export-times-out-k7f3qa/", style.as_str(), "/no/such/page"] {
        let plain = server.get(path).has_no("content-encoding").has("vary: accept-encoding");
        let packed = get(path, "br, gzip;q=0.8").has("content-encoding: gzip").has("vary: accept-encoding");
        assert_eq!(unpacked(&packed), plain.body, "{path}");
        assert_eq!(packed.header("content-length"), packed.bytes.len().to_string());
        assert!(packed.bytes.len() < plain.bytes.len() && packed.status == plain.status);
        assert_eq!(packed.header("content-type"), plain.header("content-type"));
        for refused in ["gzip;q=0", "identity;q=1, gzip;q=0.1", "br"] {
            assert_eq!(get(path, refused).has_no("content-encoding").body, plain.body, "{path} {refused}");
        }
        let head = server.ask("HEAD", path, &[("Accept-Encoding", "gzip")]).has("content-encoding: gzip");
        assert_eq!(head.header("content-length"), packed.bytes.len().to_string());
        assert!(head.bytes.is_empty());
    }
    // The tag belongs to the bytes that were sent.
    let (plain, packed) = (server.get("/"), get("/", "gzip"));
    let (plain, packed) = (plain.header("etag"), packed.header("etag"));
    assert_ne!(plain, packed);
    let known = |tag: &str, accepted: &str| {
        server.ask("GET", "/", &[("Accept-Encoding", accepted), ("If-None-Match", tag)]).status
    };
    assert_eq!([known(packed, "gzip"), known(&format!("W/{packed}"), "gzip"), known(plain, "")], [304; 3]);
    assert_eq!([known(plain, "gzip"), known(packed, "")], [200; 2]);

    let api = get("/api/v1/openapi.json", "gzip")
        .is(200)
        .has("content-encoding: gzip")
        .has("vary: accept-encoding");
    // The answer is sent in chunks, each after its size.
    assert!(api.bytes.windows(2).any(|start| start == [0x1f, 0x8b]) && !api.body.contains("openapi"));
    get("/api/v1/openapi.json", "gzip;q=0").is(200).has_no("content-encoding");
    get("/tickets/invoice-export-times-out-k7f3qa/trace.log", "gzip")
        .is(200)
        .has_no("content-encoding")
        .has_no("vary");
}

#[test]
fn a_part_of_an_attachment_can_be_requested() {
    let sandbox = repository();
    let text = "0123456789".repeat(30_000);
    let file = "team/tickets/2026/11/invoice-export-times-out-k7f3qa/trace.log";
    sandbox.write(file, &text);
    let server = Server::start(&sandbox, "");
    let path = "/tickets/invoice-export-times-out-k7f3qa/trace.log";
    let get = |headers: &[(&str, &str)]| server.ask("GET", path, headers);
    let whole = get(&[]).is(200).has("accept-ranges: bytes").has("content-length: 300000");
    assert!(whole.body == text);
    let tag = whole.header("etag").to_owned();

    let part = |range: &str, expected: &str| {
        let answer = get(&[("Range", range)]).is(206).has(&format!("content-range: bytes {expected}/300000"));
        let answer =
            answer.has("content-disposition: attachment").has("content-type: application/octet-stream");
        let answer =
            answer.has("content-security-policy: default-src 'none'; sandbox").has(&format!("etag: {tag}"));
        let (first, last) = expected.split_once('-').unwrap();
        assert!(answer.body == text[first.parse().unwrap()..=last.parse().unwrap()], "{range}");
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    };
    part("bytes=0-0", "0-0");
    part("bytes=65531-200002", "65531-200002");
    part("bytes=299995-", "299995-299999");
    part("bytes=-3", "299997-299999");
    part("bytes=7-999999999", "7-299999");
    for outside in ["bytes=300000-", "bytes=-0"] {
        let answer = get(&[("Range", outside)]).is(416).has("content-range: bytes */300000");
        assert_eq!(answer.body, "");
    }
    for ignored in ["bytes=5-4", "bytes=0-1,4-5", "lines=1-2", "bytes=x"] {
        assert!(get(&[("Range", ignored)]).is(200).has_no("content-range").body == text, "{ignored}");
    }
    get(&[("Range", "bytes=1-2"), ("If-Range", &tag)]).is(206);
    get(&[("Range", "bytes=1-2"), ("If-Range", "\"old\"")]).is(200);
    get(&[("Range", "bytes=1-2"), ("If-None-Match", &tag)]).is(304);
    let head = server.ask("HEAD", path, &[("Range", "bytes=1-2")]).is(200).has("content-length: 300000");
    assert_eq!(head.body, "");
    // Pages are short and have no parts.
    server.ask("GET", "/", &[("Range", "bytes=0-3")]).is(200);

    // A changed attachment has another tag, and a part of the old one is not continued.
    sandbox.write(file, "new content");
    wait_until("the new content is served", || get(&[]).body == "new content");
    assert_eq!(get(&[("Range", "bytes=4-6"), ("If-Range", &tag)]).is(200).body, "new content");
}

#[test]
fn attachments_of_a_bare_repository_are_sent_in_parts_too() {
    let sandbox = repository();
    sandbox.git(".", "clone -q --bare team bare.git");
    let server = Server::start_in(&sandbox, "bare.git", "");
    let path = "/tickets/invoice-export-times-out-k7f3qa/trace.log";
    let whole = server.get(path).is(200);
    assert_eq!(whole.body, "504");
    let part = server.ask("GET", path, &[("Range", "bytes=1-"), ("If-Range", whole.header("etag"))]).is(206);
    assert_eq!(part.body, "04");
}

#[test]
fn a_public_server_sends_parts_only_of_public_attachments() {
    let sandbox: Sandbox = repository();
    let file = "team/tickets/2026/11/merger-plans-m2m3m4/plan.log";
    sandbox.write(file, "internal");
    let server = Server::start(&sandbox, "--audience public");
    let range = [("Range", "bytes=0-1")];
    let path = "/tickets/invoice-export-times-out-k7f3qa/trace.log";
    assert_eq!(server.ask("GET", path, &range).is(206).body, "50");
    server.ask("GET", "/tickets/merger-plans-m2m3m4/plan.log", &range).is(404).has_no("content-range");
}
