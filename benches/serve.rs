//! `cargo bench --bench serve`: compares `casebook serve` with static-web-server, which sends the same files from the
//! disk.
//!
//! It needs the programs `wrk` (Debian: `apt install wrk`) and `static-web-server` (`cargo install static-web-server`).
//! The archive is invented. All pages are saved from `casebook serve`, so that both servers send the same bytes. wrk
//! requests random pages over 64 connections that stay open. Measurements of the two servers alternate.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it measures time and writes files"
)]

#[expect(dead_code, reason = "only other benchmarks search and edit tickets")]
mod corpus;
mod page;
mod server;

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use corpus::Corpus;
use page::Table;
use server::Server;

/// The number of tickets.
const TICKETS: usize = 2_000;
/// The number of measurements of each server. The result is the median.
const ROUNDS: usize = 5;
/// The time of one measurement in seconds.
const SECONDS: usize = 5;
/// The number of clients that request the attachment and do not read it.
const READERS: usize = 100;
/// The size of the attachment in bytes.
const ATTACHMENT: u64 = 60 << 20;

fn main() {
    let folder = env::temp_dir().join(format!("casebook-bench-{}", std::process::id()));
    let (repo, files) = (folder.join("repo"), folder.join("files"));
    let attachment = write_archive(&repo);
    let own = Server::casebook(&repo);
    let paths = save_pages(&own, &files);
    let attached = files.join(&attachment);
    fs::create_dir_all(attached.parent().expect("a folder")).expect("a folder");
    fs::File::create(attached).and_then(|file| file.set_len(ATTACHMENT)).expect("the attachment");
    let peer = static_web_server(&files);

    let mut table = Table::new(&["", "Casebook", "static-web-server", "ratio"]);
    for (what, encoding) in [("pages per second", ""), ("compressed pages per second", "gzip")] {
        let script = folder.join("random.lua");
        fs::write(&script, random_pages(&paths, encoding)).expect("a script");
        let measured: Vec<(f64, f64)> =
            (0..ROUNDS).map(|_| (wrk(&own, &script), wrk(&peer, &script))).collect();
        let (own, peer): (Vec<f64>, Vec<f64>) = measured.into_iter().unzip();
        let (own, peer) = (median(own), median(peer));
        table.row([what.to_owned(), format!("{own:.0}"), format!("{peer:.0}"), format!("{:.2}", own / peer)]);
    }
    let memory = [&own, &peer].map(|server| slow_readers(server, &attachment));
    table.row([
        format!("memory for {READERS} slow readers of 60 MB, MB"),
        memory[0].to_string(),
        memory[1].to_string(),
    ]);
    table.publish("server");
    drop((own, peer));
    fs::remove_dir_all(&folder).expect("the folder can be removed again");
}

/// Writes a repository, and returns the path of the attachment on the site.
fn write_archive(repo: &Path) -> String {
    let corpus = Corpus::new(7);
    let write = |path: &str, text: &str| {
        let path = repo.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("casebook.yml", "version: 1\npublish: all\n");
    for number in 0..TICKETS {
        for (path, text) in corpus.ticket(number).files() {
            write(&path, &text);
        }
    }
    let ticket = corpus.ticket(0);
    let path = &ticket.files()[0].0;
    let folder = path.strip_suffix(".md").expect("a Markdown file");
    write(&format!("{folder}/trace.log"), "");
    let file = fs::File::options().write(true).open(repo.join(folder).join("trace.log"));
    file.and_then(|file| file.set_len(ATTACHMENT)).expect("the attachment");
    let init = Command::new("git").args(["init", "--quiet"]).current_dir(repo).status().expect("git runs");
    assert!(init.success());
    format!("tickets/{}/trace.log", ticket.id)
}

/// Saves all pages of tickets, services and tags below `files`, and returns their addresses.
fn save_pages(server: &Server, files: &Path) -> Vec<String> {
    let agent = ureq::agent();
    let get = |path: &str| -> String {
        let response = agent.get(format!("http://{}{path}", server.host)).call();
        response.and_then(|mut response| response.body_mut().read_to_string()).expect("a page")
    };
    let mut paths: Vec<String> = Vec::new();
    let mut next = vec!["/".to_owned()];
    while let Some(path) = next.pop() {
        let html = get(&path);
        let file = files.join(path.trim_start_matches('/')).join("index.html");
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        let packed = fs::File::create(file.with_extension("html.gz")).expect("a file");
        let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::default());
        packed.write_all(html.as_bytes()).expect("a compressed file");
        fs::write(file, &html).expect("a file");
        // Pages link to each other with relative addresses.
        let page = url::Url::parse(&format!("http://{}{path}", server.host)).expect("an address");
        let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let links = links.filter_map(|link| page.join(link).ok());
        for link in links.filter(|link| link.authority() == server.host && link.path().ends_with('/')) {
            let link = link.path().to_owned();
            if link != path && !paths.contains(&link) && !next.contains(&link) {
                next.push(link);
            }
        }
        paths.push(path);
    }
    // Lists show only a part of the tickets.
    assert!(paths.len() > TICKETS / 2, "only {} pages were found", paths.len());
    paths
}

/// Returns a script for wrk that requests random pages.
fn random_pages(paths: &[String], encoding: &str) -> String {
    let mut script = "local paths = {\n".to_owned();
    paths.iter().for_each(|path| writeln!(script, "{path:?},").expect("a text"));
    script.push_str("}\nmath.randomseed(7)\n");
    writeln!(script, "local headers = {{ [\"Accept-Encoding\"] = {encoding:?} }}").expect("a text");
    script.push_str(
        "request = function() return wrk.format(\"GET\", paths[math.random(#paths)], headers) end\n",
    );
    script
}

/// Returns the number of requests per second.
fn wrk(server: &Server, script: &Path) -> f64 {
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "64", "--duration", &format!("{SECONDS}s"), "--script"])
        .arg(script)
        .arg(format!("http://{}/", server.host))
        .output()
        .expect("install wrk, for example with `apt install wrk`");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && !text.contains("Non-2xx"), "{text}");
    let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:")).expect("wrk tells the rate");
    rate.trim().parse().expect("a number")
}

/// Requests the attachment with many clients that read only the head, and returns the additional memory in MB.
fn slow_readers(server: &Server, attachment: &str) -> u64 {
    let before = server.peak_megabytes();
    let request = format!("GET /{attachment} HTTP/1.1\r\nHost: {}\r\n\r\n", server.host);
    let readers: Vec<TcpStream> = (0..READERS)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.host).expect("a connection");
            stream.write_all(request.as_bytes()).expect("a request");
            stream
        })
        .collect();
    for mut reader in &readers {
        let mut start = [0; 12];
        reader.read_exact(&mut start).expect("an answer");
        assert!(start.ends_with(b"200"), "{}", String::from_utf8_lossy(&start));
    }
    // The servers fill the buffers of the system meanwhile.
    thread::sleep(Duration::from_secs(2));
    server.peak_megabytes() - before
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn static_web_server(files: &Path) -> Server {
    // The port is free again when the server starts.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = free.expect("a free port").port();
    let process = Command::new("static-web-server")
        .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--log-level", "error"])
        .args(["--compression", "false", "--compression-static", "true", "--cache-control-headers", "false"])
        .arg("--root")
        .arg(files)
        .stdout(Stdio::null())
        .spawn()
        .expect("install it with `cargo install static-web-server`");
    let host = format!("127.0.0.1:{port}");
    while TcpStream::connect(&host).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
    Server { process, host }
}
