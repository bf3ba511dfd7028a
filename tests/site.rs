//! The site as readers meet it: built and put on any server, or served by Casebook itself.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value as Json;
use walkdir::WalkDir;

use crate::{
    browser::{Browser, serve_files},
    sandbox::Sandbox,
};

const SETTINGS: &str = "version: 1
title: Acme Oncall
url: https://oncall.acme.example/cases/
visibility: public
services:
  billing: { name: Billing, oncall: [mei] }
  export: { name: Export, part_of: billing }
  nightfall: { name: Project Nightfall }
people:
  mei: { name: Mei Lin, emails: [mei@acme.example] }
  lena: { name: Lena Weber }
";

/// A repository with a resolved ticket, an open one, a Chinese one, and one that is internal; the first has an internal
/// note, attachments, and names the internal one wherever it can.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    sandbox
        .write("team/casebook.yml", SETTINGS)
        .write(
            "team/tickets/2026/11/invoice-export-times-out-k7f3qa.md",
            "---\ntitle: Invoice export times out\ntemplate: incident\nservice: export\nrequester: lena\n\
             created: 2026-11-20T09:00:00Z\ntags: [timeout]\nrelated: [merger-plans-m2m3m4]\n---\n## Problem\n\
             The gateway gives up after 30 seconds, as in merger-plans-m2m3m4. \
             See [the log](invoice-export-times-out-k7f3qa/trace.log) and \
             [this](invoice-export-times-out-k7f3qa/evil.html).\n",
        )
        .write("team/tickets/2026/11/invoice-export-times-out-k7f3qa/trace.log", "504")
        .write("team/tickets/2026/11/invoice-export-times-out-k7f3qa/evil.html", "<script>alert(1)</script>")
        .write(
            "team/tickets/2026/11/invoice-export-times-out-k7f3qa/a.md",
            "---\nauthor: mei\ncreated: 2026-11-20T10:00:00Z\nstatus: resolved\nresolution: fixed\n\
             answered_by: [merger-plans-m2m3m4]\n---\n## Cause\nOne query for each row.\n\n## Fix\nA join instead.\n",
        )
        .write(
            "team/tickets/2026/11/invoice-export-times-out-k7f3qa/note.md",
            "---\nauthor: mei\ncreated: 2026-11-21T11:22:33Z\nvisibility: internal\n---\nThe customer is Nachtigall.\n",
        )
        .write(
            "team/tickets/2026/11/screen-shifted-c2c3c4.md",
            "---\ntitle: 升级后柜机触摸屏点击位置偏移\ntemplate: incident\nservice: billing\nrequester: lena\n\
             created: 2026-11-19T09:00:00Z\n---\n## Problem\n触摸屏的点击位置整体向右偏了两厘米。\n",
        )
        .write(
            "team/tickets/2026/11/screen-shifted-c2c3c4/a.md",
            "---\nauthor: mei\ncreated: 2026-11-19T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\n## Fix\n校准文件自动转换。\n",
        )
        .write(
            "team/tickets/2026/11/merger-plans-m2m3m4.md",
            "---\ntitle: Merger plans leaked\ntemplate: incident\nservice: nightfall\nrequester: lena\n\
             visibility: internal\ncreated: 2026-11-18T09:00:00Z\ntags: [zeppelin]\n---\nSomebody mailed them.\n",
        )
        .write(
            "team/tickets/2026/11/merger-plans-m2m3m4/a.md",
            "---\nauthor: mei\ncreated: 2026-11-18T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\nTaken back.\n",
        )
        .write(
            "team/tickets/2026/11/login-loops-q9q8q7.md",
            "---\ntitle: Login loops\ntemplate: incident\nservice: billing\nrequester: lena\n\
             created: 2026-11-22T08:00:00Z\n---\n## Problem\nAfter signing in, the sign-in page comes again.\n",
        )
        .commit("team", "everything");
    sandbox
}

/// What only the team may know of [`repository`].
const SECRETS: &[&str] = &[
    "merger",
    "Merger",
    "m2m3m4",
    "Nachtigall",
    "nightfall",
    "Nightfall",
    "zeppelin",
    "2026-11-21",
    "11:22:33",
];

/// `casebook serve` on a port of its own. It goes away with the value.
struct Server {
    process: Child,
    /// With a slash at its end.
    url: String,
}

impl Server {
    #[track_caller]
    fn start(sandbox: &Sandbox, options: &str) -> Self {
        Self::start_in(sandbox, "team", options)
    }

    #[track_caller]
    fn start_in(sandbox: &Sandbox, dir: &str, options: &str) -> Self {
        let run = sandbox.casebook(dir, &format!("serve --addr 127.0.0.1:0 {options}"));
        let mut process = run.into_command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "the address is printed: {url:?}");
        Self { process, url }
    }

    #[track_caller]
    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Sends the request exactly as it is written here.
    #[track_caller]
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let host = self.url.trim_start_matches("http://").trim_end_matches('/');
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str(&format!("Host: {host}\r\n"));
        }
        headers.iter().for_each(|(name, value)| request.push_str(&format!("{name}: {value}\r\n")));
        request.push_str("\r\n");
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Answer { what: format!("{method} {path}"), status, head: head.to_lowercase(), body: body.to_owned() }
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Debug)]
struct Answer {
    what: String,
    status: u16,
    /// Lower case.
    head: String,
    body: String,
}

impl Answer {
    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    #[track_caller]
    fn has(self, header: &str) -> Self {
        assert!(self.head.lines().any(|line| line.starts_with(header)), "{header:?} is not in {self:#?}");
        self
    }

    #[track_caller]
    fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }

    /// It is an error of the API, whose detail says `text`.
    #[track_caller]
    fn refuses(self, status: u16, text: &str) {
        let answer = self.is(status).has("content-type: application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{answer:#?}");
        assert!(problem["detail"].as_str().unwrap().contains(text), "{text:?} is not in {answer:#?}");
    }

    #[track_caller]
    fn ids(&self) -> Vec<String> {
        let json = self.json();
        let tickets = json["tickets"].as_array().unwrap_or_else(|| panic!("{self:#?}"));
        tickets.iter().map(|ticket| ticket["id"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn pages_in_a_browser() {
    let sandbox = repository();
    let browser = Browser::start();
    a_built_site_is_searched_from_its_files(&sandbox, &browser);
    an_open_page_shows_what_changes(&sandbox, &browser);
}

fn a_built_site_is_searched_from_its_files(sandbox: &Sandbox, browser: &Browser) {
    sandbox.casebook("team", "build --out ../built").ok();
    let url = serve_files(sandbox.path("built"));
    browser.open(&url);
    browser.wait_for("the front page", "h1", "answered before");
    browser.submit(".find input", "gateway gives up");
    browser.wait_for("search by words", "#search-results", "Invoice export times out");
    assert!(!browser.text("#search-results").contains("升级"), "search by words finds only what has them");
    browser.click("#search-results a");
    browser.wait_for("a result's link", "#answer", "A join instead.");
    assert!(browser.url().ends_with("/tickets/invoice-export-times-out-k7f3qa/"), "{}", browser.url());
    browser.submit(".find input", "触摸屏");
    browser.wait_for("search by a part of a Chinese word", "#search-results", "升级后柜机触摸屏点击位置偏移");
    assert!(!browser.text("#search-results").contains("Invoice"));
    browser.submit("#search input", " 没有的东西");
    browser.wait_for("a search without results", "#search-count", "No");
    // The same files, from the disk itself.
    let file = sandbox.path("built/tickets/screen-shifted-c2c3c4/index.html");
    browser.open(&format!("file://{}", file.display()));
    browser.click("header .brand");
    browser.wait_for("links on the disk", "main", "Invoice export times out");
}

fn an_open_page_shows_what_changes(sandbox: &Sandbox, browser: &Browser) {
    let mut server = Server::start(sandbox, "");
    let page = format!("{}tickets/screen-shifted-c2c3c4/", server.url);
    browser.open(&page);
    browser.wait_for("a served page", ".head .badge", "Fixed");
    let replies = "team/tickets/2026/11/screen-shifted-c2c3c4";
    sandbox.write(
        format!("{replies}/b.md"),
        "---\nauthor: lena\ncreated: 2026-11-23T10:00:00Z\nstatus: open\n---\nIt is back since the restart.\n",
    );
    browser.wait_for("a reply that reopens", ".thread", "It is back since the restart.");
    browser.wait_for("the new status", ".head .badge", "Open");
    // A broken file is shown as well as it can be, and takes nothing down.
    sandbox.write(format!("{replies}/c.md"), "---\nauthor: [\n---\nBroken.\n");
    sandbox.write("team/tickets/2026/11/broken.md", "---\ntitle: {\n<<<<<<< HEAD\n---\n\u{0}");
    sandbox.write(
        format!("{replies}/d.md"),
        "---\nauthor: mei\ncreated: 2026-11-24T10:00:00Z\nstatus: resolved\nresolution: workaround\n---\n\
         ## Fix\nTurn the screen off and on.\n",
    );
    browser.wait_for("a reply beside broken files", "#answer", "Turn the screen off and on.");
    // So do broken settings, which would take services and people away.
    sandbox.write("team/casebook.yml", "version: [\n");
    sandbox.write(format!("{replies}/d.md"), "---\nauthor: mei\n");
    std::thread::sleep(Duration::from_millis(500));
    assert!(server.is_alive());
    server.get("/").is(200);
    server.get("/tickets/invoice-export-times-out-k7f3qa/").is(200);
}

#[test]
fn a_page_reads_without_scripts() {
    let sandbox = repository();
    sandbox.casebook("team", "build --out ../built").ok();
    let page = sandbox.read("built/tickets/invoice-export-times-out-k7f3qa/index.html");
    for text in
        ["Invoice export times out", "A join instead.", "One query for each row.", "Lena Weber", "Nachtigall"]
    {
        assert!(page.contains(text), "{text:?} is in the page's own HTML");
    }
    assert!(page.contains("href=\"../../services/export/index.html\""));
    assert!(!page.contains("<script>") && !page.contains(" style="), "nothing runs from within a page");
    let home = sandbox.read("built/index.html");
    assert!(home.contains("href=\"./tickets/invoice-export-times-out-k7f3qa/index.html\""));
}

#[test]
fn the_api_answers_and_refuses_clearly() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let found = server.get("/api/v1/search?q=gateway").is(200).has("content-type: application/json");
    assert_eq!(found.ids(), ["invoice-export-times-out-k7f3qa"]);
    assert!(found.json()["tickets"][0]["score"].as_u64().unwrap() > 0 && found.json()["total"] == 1);
    assert_eq!(server.get("/api/v1/search?q=%E8%A7%A6%E6%91%B8").ids(), ["screen-shifted-c2c3c4"]);
    assert_eq!(server.get("/api/v1/search?q=is:any&limit=1").ids().len(), 1);
    assert_eq!(server.get("/api/v1/search?q=is:any").json()["total"], 4);
    assert_eq!(server.get("/api/v1/tickets").ids(), ["login-loops-q9q8q7"], "the queue is what is open");
    let ticket = server.get("/api/v1/tickets/k7f3qa").is(200).json();
    assert_eq!(ticket["resolution"], "fixed");
    assert_eq!(ticket["replies"][1]["body"], "The customer is Nachtigall.\n");
    assert_eq!(server.get("/api/v1/services").json()["services"].as_array().unwrap().len(), 3);
    assert!(server.get("/api/v1/templates").body.contains("incident"));

    server.get("/api/v1/tickets/nothing-here").refuses(404, "there is no ticket `nothing-here`");
    server.get("/api/v1/tickets/%ff").refuses(400, "UTF-8");
    server.get("/api/v1/search?q=servcie:billing").refuses(400, "servcie");
    server.get("/api/v1/search?limit=many").refuses(400, "");
    server.get("/api/v1/nothing").refuses(404, "");
    server.ask("DELETE", "/api/v1/tickets", &[]).has("allow: get, head").refuses(405, "");
    server.ask("POST", "/tickets/", &[]).has("allow: get, head").refuses(405, "");
}

#[test]
fn a_server_is_careful_with_what_it_serves_and_to_whom() {
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
    // A page elsewhere could lead its own name here, and read the site in the name of a colleague.
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
fn a_public_server_knows_nothing_internal() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "--audience public");
    server.get("/api/v1/tickets/merger-plans-m2m3m4").refuses(404, "there is no ticket");
    server.get("/api/v1/tickets/m2m3m4").refuses(404, "");
    let ticket = server.get("/api/v1/tickets/invoice-export-times-out-k7f3qa").is(200).json();
    assert_eq!(ticket["updated"], "2026-11-20T10:00:00Z", "a note is no news");
    assert_eq!((&ticket["reply_count"], ticket["replies"].as_array().unwrap().len()), (&Json::from(1), 1));
    assert_eq!(
        (&ticket["related"], &ticket["answered_by"]),
        (&Json::from(Vec::<Json>::new()), &Json::from(Vec::<Json>::new()))
    );
    // Nothing that can be asked tells of it: not the words, nor the times, nor the links.
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
        "/feed.xml",
        "/sitemap.xml",
        "/search/index.json",
    ];
    for path in all {
        let answer = server.get(path).is(200);
        for secret in SECRETS {
            assert!(!answer.body.contains(secret), "{secret:?} is in {}", answer.what);
        }
    }
    assert_eq!(server.get("/api/v1/search?q=is:any").json()["total"], 2, "what is open has no page");
    server.get("/events").is(404);
}

#[test]
fn a_bare_repository_is_served_and_follows_what_is_pushed() {
    let sandbox = repository();
    sandbox.git(".", "clone -q --bare team team.git");
    let server = Server::start_in(&sandbox, "team.git", "");
    let page = "/tickets/screen-shifted-c2c3c4/";
    server.get(page).is(200);
    let reply = "---\nauthor: mei\ncreated: 2026-11-23T10:00:00Z\n---\nPushed to everybody.\n";
    sandbox.write("team/tickets/2026/11/screen-shifted-c2c3c4/b.md", reply).commit("team", "a reply");
    sandbox.git("team", "push -q ../team.git main");
    let begun = Instant::now();
    while !server.get(page).body.contains("Pushed to everybody.") {
        assert!(begun.elapsed() < Duration::from_secs(20), "what was pushed is never shown");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_idle_server_rests_and_ends_when_it_is_told() {
    let sandbox = repository();
    let mut server = Server::start(&sandbox, "");
    // Its own caches must not wake it; this writes one.
    server.get("/api/v1/search?q=gateway").is(200);
    std::thread::sleep(Duration::from_millis(500));
    let ticks = |server: &Server| -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", server.process.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = ticks(&server);
    std::thread::sleep(Duration::from_secs(1));
    let used = ticks(&server) - before;
    assert!(used <= 5, "{used} hundredths of a second of work in an idle one");
    // A page that listens does not hold it up.
    let host = server.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut page = TcpStream::connect(&host).unwrap();
    page.write_all(format!("GET /events HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(page);
    while !said.contains("data: ") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "{said}");
    }
    let begun = Instant::now();
    Command::new("kill").args(["-TERM", &server.process.id().to_string()]).status().unwrap();
    while server.is_alive() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
}

#[test]
fn building_again_writes_nothing_and_an_edit_little() {
    let sandbox = repository();
    let build = || sandbox.casebook("team", "build --out ../built --format json").ok().json();
    let first = build()["written"].as_array().unwrap().len();
    assert!(first > 20, "{first} files");
    let again = build();
    assert_eq!(
        (&again["written"], &again["unchanged"]),
        (&Json::from(Vec::<Json>::new()), &Json::from(first))
    );
    let ticket = "team/tickets/2026/11/login-loops-q9q8q7.md";
    let shown = "team/tickets/2026/11/screen-shifted-c2c3c4.md";
    sandbox.write(ticket, sandbox.read(ticket).replace("comes again", "comes again and again"));
    assert_eq!(build()["written"], Json::from(Vec::<Json>::new()), "what is open has no page");
    sandbox.write(shown, sandbox.read(shown).replace("两厘米", "三厘米"));
    let written = build()["written"].clone();
    let written: Vec<&str> = written.as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert!(written.contains(&"tickets/screen-shifted-c2c3c4/index.html"), "{written:?}");
    let other = |path: &&str| path.starts_with("tickets/") && !path.contains("screen-shifted");
    assert!(!written.iter().any(other) && written.len() < first / 2, "{written:?}");
}

#[test]
fn what_others_put_in_the_folder_is_left_alone() {
    let sandbox = repository();
    sandbox.write("built/index.html", "mine").write("built/notes.txt", "mine");
    sandbox.casebook("team", "build --out ../built").fails(2).says(&["index.html is in the way", "--out"]);
    assert_eq!(sandbox.read("built/index.html"), "mine");
    assert_eq!(fs::read_dir(sandbox.path("built")).unwrap().count(), 2, "nothing was written beside it");
    fs::remove_file(sandbox.path("built/index.html")).unwrap();
    sandbox.casebook("team", "build --out ../built").ok();
    sandbox.casebook("team", "build --out ../built --audience public").ok();
    assert_eq!(sandbox.read("built/notes.txt"), "mine");
    assert!(!sandbox.path("built/tickets/merger-plans-m2m3m4").exists(), "what no longer belongs goes");
}

#[test]
fn a_public_site_has_nothing_internal_in_any_file() {
    let sandbox = repository();
    sandbox.casebook("team", "build --out ../built --audience public").ok();
    let mut files = 0;
    for entry in WalkDir::new(sandbox.path("built")).into_iter().map(Result::unwrap) {
        let name = entry.path().strip_prefix(sandbox.path("built")).unwrap_or(Path::new(""));
        let bytes = if entry.file_type().is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
        let text = format!("{} {}", name.display(), String::from_utf8_lossy(&bytes));
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret:?} is in {}", name.display());
        }
        files += usize::from(entry.file_type().is_file());
    }
    assert!(files > 20, "{files} files were looked at");
}
