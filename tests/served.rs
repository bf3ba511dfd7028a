//! A repository with public and internal tickets, and `casebook serve` for it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
    time::Duration,
};

use serde_json::Value as Json;

use crate::sandbox::Sandbox;

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

/// Creates a repository with a resolved ticket, an open ticket, a Chinese ticket and an internal ticket. The first one
/// has an internal note and attachments, and names the internal ticket in every possible place.
pub(crate) fn repository() -> Sandbox {
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
            "---\nauthor: mei\ncreated: 2026-11-18T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\nTaken back by legal, before anybody had read them.\n",
        )
        .write(
            "team/tickets/2026/11/login-loops-q9q8q7.md",
            "---\ntitle: Login loops\ntemplate: incident\nservice: billing\nrequester: lena\n\
             created: 2026-11-22T08:00:00Z\n---\n## Problem\nAfter signing in, the sign-in page comes again.\n",
        )
        .commit("team", "everything");
    sandbox
}

/// Texts in [`repository`] that only the team may see.
pub(crate) const SECRETS: &[&str] = &[
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

/// A running `casebook serve` on a free port. Dropping the value stops it.
pub(crate) struct Server {
    pub process: Child,
    /// The address, with a slash at the end.
    pub url: String,
}

impl Server {
    #[track_caller]
    pub(crate) fn start(sandbox: &Sandbox, options: &str) -> Self {
        Self::start_in(sandbox, "team", options)
    }

    #[track_caller]
    pub(crate) fn start_in(sandbox: &Sandbox, dir: &str, options: &str) -> Self {
        let run = sandbox.casebook(dir, &format!("serve --addr 127.0.0.1:0 {options}"));
        let mut process = run.into_command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "the address is printed: {url:?}");
        Self { process, url }
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Sends a POST request with JSON.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/json")], body)
    }

    /// Sends the request exactly as given.
    #[track_caller]
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(method, path, headers, "")
    }

    /// Returns the beginning of an endless answer, up to the line with `text`.
    #[track_caller]
    pub(crate) fn begins(&self, path: &str, text: &str) -> Answer {
        let stream = self.connect(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host()));
        let (mut received, mut lines) = (String::new(), BufReader::new(stream));
        while !received.contains(text) {
            assert!(lines.read_line(&mut received).unwrap() > 0, "{text:?} is not in {received}");
        }
        Answer::read(&format!("GET {path}"), received.as_bytes())
    }

    /// Opens a connection and sends `bytes`, which can be an incomplete request.
    #[track_caller]
    pub(crate) fn connect(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.host()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // The server can close the connection before it has read everything.
        let _ = stream.write_all(bytes.as_bytes());
        stream
    }

    /// Sends `request` without any change, and returns the answer up to the end of the connection.
    #[track_caller]
    pub(crate) fn send_text(&self, request: &str) -> Answer {
        let mut bytes = Vec::new();
        let _ = self.connect(request).read_to_end(&mut bytes);
        Answer::read(request, &bytes)
    }

    /// Returns the host and port.
    pub(crate) fn host(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches('/')
    }

    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let host = self.host();
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str(&format!("Host: {host}\r\n"));
        }
        headers.iter().for_each(|(name, value)| request.push_str(&format!("{name}: {value}\r\n")));
        if !body.is_empty() {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str(&format!("\r\n{body}"));
        let answer = self.send_text(&request);
        Answer { request: format!("{method} {path}"), ..answer }
    }

    pub(crate) fn is_alive(&mut self) -> bool {
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
pub(crate) struct Answer {
    /// The method and the path.
    pub request: String,
    pub status: u16,
    /// The headers in lower case.
    pub head: String,
    pub body: String,
    /// The bytes of the body, which need not be text.
    pub bytes: Vec<u8>,
}

impl Answer {
    fn read(request: &str, answer: &[u8]) -> Self {
        let head_end = answer.windows(4).position(|end| end == b"\r\n\r\n");
        let (head, body) = answer.split_at(head_end.unwrap_or(answer.len()));
        let (head, body) = (String::from_utf8_lossy(head), body.get(4..).unwrap_or_default());
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Self {
            request: request.to_owned(),
            status,
            head: head.to_lowercase(),
            body: String::from_utf8_lossy(body).into_owned(),
            bytes: body.to_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn has(self, header: &str) -> Self {
        assert!(self.head.lines().any(|line| line.starts_with(header)), "{header:?} is not in {self:#?}");
        self
    }

    /// Returns the value of a header.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_else(|| panic!("{name:?} is not in {}", self.head))
    }

    #[track_caller]
    pub(crate) fn has_no(self, header: &str) -> Self {
        assert!(!self.head.lines().any(|line| line.starts_with(header)), "{header:?} is in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }

    /// Asserts that the answer is an error of the API whose detail contains `text`.
    #[track_caller]
    pub(crate) fn refuses(self, status: u16, text: &str) {
        let answer = self.is(status).has("content-type: application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{answer:#?}");
        assert!(problem["detail"].as_str().unwrap().contains(text), "{text:?} is not in {answer:#?}");
    }

    #[track_caller]
    pub(crate) fn ids(&self) -> Vec<String> {
        let json = self.json();
        let tickets = json["tickets"].as_array().unwrap_or_else(|| panic!("{self:#?}"));
        tickets.iter().map(|ticket| ticket["id"].as_str().unwrap().to_owned()).collect()
    }
}
