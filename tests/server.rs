//! `casebook serve`, tested with requests from programs and from other websites.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use serde_json::{Value as Json, json};

use crate::{
    served::{SECRETS, Server, repository},
    waiting::wait_until,
};

#[test]
fn the_api_answers_and_explains_errors() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let found = server.get("/api/v1/search?q=gateway").is(200).has("content-type: application/json");
    assert_eq!(found.ids(), ["invoice-export-times-out-k7f3qa"]);
    assert!(found.json()["tickets"][0]["score"].as_u64().unwrap() > 0 && found.json()["total"] == 1);
    assert_eq!(server.get("/api/v1/search?q=%E8%A7%A6%E6%91%B8").ids(), ["screen-shifted-c2c3c4"]);
    assert_eq!(server.get("/api/v1/search?q=is:any&limit=1").ids().len(), 1);
    // The search covers the site, which shows resolved tickets; the queue has all tickets.
    assert_eq!(server.get("/api/v1/search?q=is:any").json()["total"], 3);
    assert_eq!(server.get("/api/v1/tickets?q=is:any").json()["total"], 4);
    assert_eq!(server.get("/api/v1/tickets?q=signing").ids(), ["login-loops-q9q8q7"]);
    let found = server.get("/api/v1/search?q=gatewya").json();
    assert_eq!([&found["corrected"]["gatewya"][0], &found["tickets"][0]["why"][0]], ["gateway", "gatewya"]);
    assert_eq!(found["facets"]["service"], json!({ "billing": 1, "export": 1 }));
    assert_eq!(
        server.get("/api/v1/tickets").ids(),
        ["login-loops-q9q8q7"],
        "the queue has only open tickets"
    );
    let ticket = server.get("/api/v1/tickets/k7f3qa").is(200).json();
    assert_eq!(ticket["resolution"], "fixed");
    assert_eq!(ticket["replies"][1]["body"], "The customer is Nachtigall.\n");
    assert_eq!(server.get("/api/v1/services").json()["services"].as_array().unwrap().len(), 3);
    assert!(server.get("/api/v1/templates").body.contains("incident"));

    server.get("/api/v1/tickets/nothing-here").refuses(404, "unknown ticket `nothing-here`");
    server.get("/api/v1/tickets/%ff").refuses(400, "UTF-8");
    server.get("/api/v1/search?q=servcie:billing").refuses(400, "servcie");
    server.get("/api/v1/search?limit=many").refuses(400, "");
    server.get("/api/v1/nothing").refuses(404, "");
    server.ask("DELETE", "/api/v1/tickets", &[]).has("allow: get, head").refuses(405, "");
    server.ask("POST", "/tickets/", &[]).has("allow: get, head").refuses(405, "");
}

#[test]
fn a_server_restricts_files_and_host_names() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let home =
        server.get("/").is(200).has("content-type: text/html; charset=utf-8").has("cache-control: no-cache");
    let home = home
        .has("x-content-type-options: nosniff")
        .has("referrer-policy: same-origin")
        .has("x-frame-options: deny")
        .has("content-security-policy: default-src 'none'; style-src 'self'; script-src 'self'");
    let head = server.ask("HEAD", "/", &[]).is(200).has(&format!("content-length: {}", home.body.len()));
    assert_eq!(head.body, "");
    // A foreign page could point its own host name to this server and read the site as a colleague.
    server.ask("GET", "/", &[("Host", "evil.example")]).refuses(400, "evil.example");
    server.ask("GET", "/api/v1/tickets", &[("Host", "127.0.0.1.evil.example:80")]).refuses(400, "");
    server.ask("GET", "/", &[("Host", "LOCALHOST:4177")]).is(200);
    server.ask("GET", "/", &[("Host", "[::1]:4177")]).is(200);
    server.ask("GET", "/", &[("Host", "oncall.acme.example")]).is(200);

    let tag = home.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    let known = server.ask("GET", "/", &[("If-None-Match", &format!("\"x\", W/{tag}"))]).is(304);
    assert_eq!(known.body, "");
    server.ask("GET", "/", &[("If-None-Match", "\"x\"")]).is(200);

    let folder = "/tickets/invoice-export-times-out-k7f3qa";
    for (file, text) in [("trace.log", "504"), ("evil.html.bin", "<script>alert(1)</script>")] {
        let attached = server
            .get(&format!("{folder}/{file}"))
            .is(200)
            .has("content-disposition: attachment")
            .has("content-type: application/octet-stream")
            .has("content-security-policy: default-src 'none'; sandbox");
        assert_eq!(attached.body, text);
    }
    server.get(folder).is(307).has("location: ./invoice-export-times-out-k7f3qa/");
    server.get("/search?q=a%20b").is(307).has("location: ./search/?q=a%20b");
    for path in [
        "/../../../etc/passwd",
        "/%2e%2e/casebook.yml",
        "/tickets%2finvoice-export-times-out-k7f3qa/",
        "//evil.example/",
        "/.git/config",
        "/%ff",
        "/casebook.yml",
        "/tickets/invoice-export-times-out-k7f3qa/note.md",
    ] {
        let answer = server.get(path).is(404).has("content-type: text/html");
        assert!(!answer.body.contains("version: 1"), "{path}");
    }
    let deep = server.get("/no/such/page").is(404);
    assert!(deep.body.contains("href=\"../../assets/site."), "{deep:#?}");
}

#[test]
fn a_public_server_has_no_internal_data() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "--audience public");
    server.get("/api/v1/tickets/merger-plans-m2m3m4").refuses(404, "unknown ticket");
    server.get("/api/v1/tickets/m2m3m4").refuses(404, "");
    let ticket = server.get("/api/v1/tickets/invoice-export-times-out-k7f3qa").is(200).json();
    assert_eq!(ticket["updated"], "2026-11-20T10:00:00Z", "an internal note does not change the time");
    assert_eq!((&ticket["reply_count"], ticket["replies"].as_array().unwrap().len()), (&Json::from(1), 1));
    assert_eq!(
        (&ticket["related"], &ticket["answered_by"]),
        (&Json::from(Vec::<Json>::new()), &Json::from(Vec::<Json>::new()))
    );
    // No request reveals the internal ticket: not its words, its times or its links.
    for query in [
        "merger",
        "Nachtigall",
        "is:internal",
        "service:nightfall",
        "tag:zeppelin",
        "updated:%3E2026-11-21",
        "related:merger-plans-m2m3m4",
        "answered_by:merger-plans-m2m3m4",
        "body:merger",
    ] {
        let found = server.get(&format!("/api/v1/search?q={query}")).is(200);
        assert_eq!(found.ids(), Vec::<String>::new(), "{query}");
    }
    let all = [
        "/api/v1/search?q=is:any",
        "/api/v1/tickets?q=is:any",
        "/api/v1/tickets/invoice-export-times-out-k7f3qa",
        "/api/v1/services",
        "/api/v1/templates",
        "/",
        "/tickets/invoice-export-times-out-k7f3qa/",
        "/services/",
        "/index.md",
        "/tickets/invoice-export-times-out-k7f3qa/index.md",
        "/llms.txt",
        "/feed.xml",
        "/sitemap.xml",
        "/search/index.json",
    ];
    for path in all {
        let answer = server.get(path).is(200);
        for secret in SECRETS {
            assert!(!answer.body.contains(secret), "{secret:?} is in {}", answer.request);
        }
    }
    for (path, kind) in [
        ("/index.md", "text/markdown; charset=utf-8"),
        ("/llms.txt", "text/plain; charset=utf-8"),
        ("/feed.json", "application/feed+json"),
    ] {
        let head = server.get(path).head.to_lowercase();
        assert!(head.contains(&format!("content-type: {kind}")), "{path}: {head}");
    }
    assert_eq!(server.get("/api/v1/search?q=is:any").json()["total"], 2, "open tickets have no page");
    server.get("/events").is(404);
    let services = server.get("/api/v1/services").json();
    let services = services["services"].as_array().unwrap();
    assert_eq!(services.len(), 2, "{services:?}");
    for service in services {
        assert_eq!((&service["oncall"], &service["paths"]), (&json!([]), &json!([])), "these are internal");
    }
}

#[test]
fn a_bare_repository_is_served_and_updated_after_a_push() {
    let sandbox = repository();
    sandbox.git(".", "clone -q --bare team team.git");
    let server = Server::start_in(&sandbox, "team.git", "");
    let page = "/tickets/screen-shifted-c2c3c4/";
    server.get(page).is(200);
    let reply = "---\nauthor: mei\ncreated: 2026-11-23T10:00:00Z\n---\nPushed to everybody.\n";
    sandbox.write("team/tickets/2026/11/screen-shifted-c2c3c4/b.md", reply).commit("team", "a reply");
    sandbox.git("team", "push -q ../team.git main");
    wait_until("the pushed reply is shown", || server.get(page).body.contains("Pushed to everybody."));
}

#[test]
#[cfg(target_os = "linux")]
fn an_idle_server_uses_no_time_and_stops_on_request() {
    let sandbox = repository();
    let mut server = Server::start(&sandbox, "");
    // The server's own caches must not cause a reload; this request writes a cache.
    server.get("/api/v1/search?q=gateway").is(200);
    let ticks = |server: &Server| -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", server.process.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let mut last = ticks(&server);
    let mut looks_alike = 0;
    wait_until("the server is idle", || {
        let now = ticks(&server);
        looks_alike = if now == last { looks_alike + 1 } else { 0 };
        last = now;
        looks_alike > 20
    });
    let before = ticks(&server);
    // The test waits for no condition, because it measures the work of one second.
    std::thread::sleep(Duration::from_secs(1));
    let used = ticks(&server) - before;
    assert!(used <= 5, "the idle server worked for {used} hundredths of a second");
    // A page that listens for changes does not delay the stop.
    let host = server.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut page = TcpStream::connect(&host).unwrap();
    page.write_all(format!("GET /events HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
    let mut received = String::new();
    let mut lines = BufReader::new(page);
    while !received.contains("data: ") {
        assert!(lines.read_line(&mut received).unwrap() > 0, "{received}");
    }
    let kill = Command::new("kill").args(["-TERM", &server.process.id().to_string()]).status().unwrap();
    assert!(kill.success());
    wait_until("the server ends", || !server.is_alive());
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
}
