//! `cargo bench --bench large [-- FILE.jsonl.gz]`: measures commands on a large repository, compared with git itself, and
//! the build of the site, compared with Hugo if the program `hugo` is installed.
//!
//! Without a file, it invents 10,000 tickets with 25,000 replies. Hugo makes a site of the same tickets: a page for each
//! ticket with its replies and three related tickets, lists and a feed for each service, but no search index.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it measures disk and time"
)]

mod page;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use page::Table;

const CASEBOOK: &str = env!("CARGO_BIN_EXE_casebook");

fn main() {
    let folder = std::env::temp_dir().join(format!("casebook-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for temporary files");
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    let input = given.unwrap_or_else(|| invent(&folder));
    let repo = folder.join("repo");
    run(Command::new(CASEBOOK).args(["init", "--quiet"]).arg(&repo));
    let mut bench = Bench { repo, table: Table::new(&["", "wall, s", "user, s", "system, s", "ratio"]) };
    bench.import(&input);
    bench.git(&["add", "-A"]);
    bench.git(&["-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "-m", "import"]);
    bench.commands();
    bench.builds(&folder);
    bench.table.publish("large repository");
    fs::remove_dir_all(&folder).expect("the folder can be removed again");
}

struct Bench {
    repo: PathBuf,
    table: Table,
}

/// The times of a program in seconds.
#[derive(Clone, Copy)]
struct Times {
    wall: f64,
    user: f64,
    system: f64,
}

impl Bench {
    fn casebook(&self, arguments: &[&str]) -> Times {
        run(Command::new(CASEBOOK).args(arguments).current_dir(&self.repo))
    }

    fn git(&self, arguments: &[&str]) -> Times {
        let identity =
            ["user.name=Bench", "user.email=bench@casebook.example"].map(|setting| ["-c", setting]);
        run(Command::new("git").args(identity.as_flattened()).args(arguments).current_dir(&self.repo))
    }

    fn import(&mut self, input: &Path) {
        let file = input.to_str().expect("a path that is UTF-8");
        for name in ["import", "import again"] {
            let times = self.casebook(&["--quiet", "import", "jsonl", file]);
            self.row(name, times, None);
        }
    }

    fn commands(&mut self) {
        let grep = median(|| self.git(&["grep", "--count", "timeout"]));
        let status = median(|| self.git(&["status", "--short"]));
        self.row("git grep", grep, None);
        self.row("git status", status, None);
        let cold = median(|| {
            self.remove_caches();
            self.casebook(&["--quiet", "check", "--format", "short"])
        });
        self.row("check without caches", cold, Some(("git grep", grep)));
        self.casebook(&["--quiet", "search", "warm"]);
        let id = self.some_id();
        for arguments in
            [&["list"][..], &["show", &id], &["search", "connection", "timeout"], &["similar", &id]]
        {
            let times = median(|| self.casebook(arguments));
            self.row(arguments[0], times, Some(("git status", status)));
        }
        self.change(&id);
        let since = median(|| self.casebook(&["check", "--since", "HEAD~1"]));
        self.row("check --since HEAD~1", since, Some(("git status", status)));
    }

    /// Measures builds of the whole site without caches, alternating with Hugo, and a second build.
    fn builds(&mut self, folder: &Path) {
        let hugo = Command::new("hugo").arg("version").output().is_ok_and(|output| output.status.success());
        let content = folder.join("hugo");
        if hugo {
            write_hugo_site(&self.repo, &content);
        }
        let (mut own, mut peer) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            self.remove_caches();
            let _ = fs::remove_dir_all(self.repo.join("public"));
            own.push(self.casebook(&["--quiet", "build"]));
            if hugo {
                let _ = fs::remove_dir_all(content.join("public"));
                peer.push(run(Command::new("hugo").arg("--quiet").current_dir(&content)));
            }
        }
        let peer = (!peer.is_empty()).then(|| middle(peer));
        self.row("build without caches", middle(own), peer.map(|times| ("hugo", times)));
        if let Some(times) = peer {
            self.row("hugo", times, None);
        }
        let again = median(|| self.casebook(&["--quiet", "build"]));
        self.row("build again", again, None);
    }

    fn remove_caches(&self) {
        let _ = fs::remove_dir_all(self.repo.join(".git/casebook/cache"));
    }

    fn row(&mut self, name: &str, times: Times, peer: Option<(&str, Times)>) {
        let ratio = peer.map(|(peer, times_of_peer)| {
            let ratio = |time: fn(Times) -> f64| time(times) / time(times_of_peer);
            let (wall, user) = (ratio(|times| times.wall), ratio(|times| times.user));
            format!("{wall:.2} × {peer} (user time {user:.2} ×)")
        });
        let seconds = [times.wall, times.user, times.system].map(|time| format!("{time:.2}"));
        self.table.row([name.to_owned()].into_iter().chain(seconds).chain(ratio));
    }

    fn some_id(&self) -> String {
        let output = Command::new(CASEBOOK)
            .args(["list", "is:any", "--limit", "1", "--format", "short"])
            .current_dir(&self.repo)
            .output()
            .expect("casebook runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn change(&self, id: &str) {
        let shown = Command::new(CASEBOOK)
            .args([
                "--quiet",
                "reply",
                id,
                "--no-push",
                "--message",
                "One more reply, so that something changed.",
            ])
            .current_dir(&self.repo)
            .envs([("GIT_AUTHOR_NAME", "Bench"), ("GIT_AUTHOR_EMAIL", "bench@casebook.example")])
            .envs([("GIT_COMMITTER_NAME", "Bench"), ("GIT_COMMITTER_EMAIL", "bench@casebook.example")])
            .output()
            .expect("casebook runs");
        assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    }
}

/// Runs a command and returns its times. Exit code 1 means that there are findings, which is not a failure here.
fn run(command: &mut Command) -> Times {
    let (start, before) = (Instant::now(), times_of_children());
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output().expect("the program runs");
    let (wall, after) = (start.elapsed().as_secs_f64(), times_of_children());
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Times { wall, user: after[0] - before[0], system: after[1] - before[1] }
}

/// Returns the user and system time of all finished child processes, in seconds.
fn times_of_children() -> [f64; 2] {
    let text = fs::read_to_string("/proc/self/stat").expect("this benchmark needs Linux");
    // The fields follow the name of the program, which is in brackets.
    let (_, fields) = text.rsplit_once(')').expect("the line has a name in brackets");
    let ticks: Vec<f64> = fields.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // Without the letter of the state, `cutime` and `cstime` are the fields 12 and 13. A tick is 10 ms.
    [ticks[12] / 100.0, ticks[13] / 100.0]
}

/// The number of runs of each command.
const RUNS: usize = 5;

fn median(mut run: impl FnMut() -> Times) -> Times {
    middle((0..RUNS).map(|_| run()).collect())
}

/// Returns the run with the median wall time.
fn middle(mut runs: Vec<Times>) -> Times {
    runs.sort_unstable_by(|a, b| a.wall.total_cmp(&b.wall));
    runs[runs.len() / 2]
}

/// Writes a Hugo site with the tickets of `repo` to `folder`.
fn write_hugo_site(repo: &Path, folder: &Path) {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder is created");
        fs::write(path, text).expect("the file is written");
    };
    write("hugo.toml", HUGO_SETTINGS);
    write("layouts/_default/baseof.html", HUGO_PAGE);
    write("layouts/_default/single.html", HUGO_TICKET);
    write("layouts/_default/list.html", HUGO_LIST);
    for year in subfolders(&repo.join("tickets")) {
        for month in subfolders(&year) {
            for file in fs::read_dir(&month).expect("a folder").filter_map(Result::ok) {
                let path = file.path();
                let Some(id) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".md")) else {
                    continue;
                };
                let mut text =
                    fs::read_to_string(&path).expect("a ticket is text").replace("\ncreated: ", "\ndate: ");
                let mut replies: Vec<PathBuf> = fs::read_dir(month.join(id))
                    .map(|replies| replies.filter_map(|reply| Some(reply.ok()?.path())).collect())
                    .unwrap_or_default();
                replies.sort();
                for reply in replies {
                    let reply = fs::read_to_string(reply).expect("a reply is text");
                    let body = reply.splitn(3, "---\n").nth(2).unwrap_or_default();
                    let _ = write!(text, "\n<hr>\n\n{body}");
                }
                write(&format!("content/tickets/{id}.md"), &text);
            }
        }
    }
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path()));
    entries.filter(|path| path.is_dir()).collect()
}

const HUGO_SETTINGS: &str = r#"
baseURL = "https://tickets.example/"
title = "Tickets"
disableKinds = ["sitemap"]
[taxonomies]
service = "service"
[markup.goldmark.renderer]
unsafe = true
[pagination]
pagerSize = 100
[related]
threshold = 20
[[related.indices]]
name = "service"
weight = 100
[[related.indices]]
name = "date"
weight = 10
pattern = "2006"
"#;
const HUGO_PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><nav><a href="/">Tickets</a></nav><main>{{ block "main" . }}{{ end }}</main></body></html>"#;
const HUGO_TICKET: &str = r#"{{ define "main" }}<h1>{{ .Title }}</h1><p>{{ .Date.Format "2006-01-02" }} {{ .Params.requester }}</p>
{{ .TableOfContents }}{{ .Content }}
<ul>{{ range first 3 (site.RegularPages.Related .) }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}"#;
const HUGO_LIST: &str = r#"{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Paginator.Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>
{{ .Date.Format "2006-01-02" }}</li>{{ end }}</ul>{{ end }}"#;

/// Writes a file of invented tickets, which are the same each time, and returns its path.
fn invent(folder: &Path) -> PathBuf {
    let mut random = Random(7);
    let mut lines = String::new();
    for number in 1..=10_000_u32 {
        let (title, body) = (random.words(6), random.words(120));
        let day = 1 + number % 28;
        let month = 1 + number / 28 % 12;
        let mut replies = String::new();
        for reply in 0..number % 6 {
            let state =
                if reply + 1 == number % 6 { r#","status":"resolved","resolution":"fixed""# } else { "" };
            let comma = if reply == 0 { "" } else { "," };
            let _ = write!(
                replies,
                r#"{comma}{{"author":"person-{reply}","created":"2026-{month:02}-{day:02}T1{reply}:00:00Z"{state},"body":"{}"}}"#,
                random.words(60)
            );
        }
        let _ = writeln!(
            lines,
            r#"{{"id":"BENCH-{number}","title":"{title}","created":"2026-{month:02}-{day:02}T09:00:00Z","requester":"person-{}","service":"service-{}","body":"{body}","replies":[{replies}]}}"#,
            number % 50,
            number % 20
        );
    }
    let path = folder.join("invented.jsonl");
    fs::write(&path, lines).expect("the invented tickets can be written");
    path
}

/// Pseudo-random numbers with a fixed sequence (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// Returns words of a vocabulary of 20,000, whose first words are frequent.
    fn words(&mut self, count: usize) -> String {
        const STARTS: [&str; 10] = ["time", "con", "ex", "lock", "re", "in", "port", "cert", "pay", "load"];
        const ENDS: [&str; 10] =
            ["out", "nection", "port", "er", "start", "voice", "al", "ificate", "ment", "ing"];
        let words = (0..count).map(|_| {
            let (all, fewer) = (self.below(20_000), self.below(20_000));
            let word = all.min(fewer) as usize;
            let tail = if word < 100 { String::new() } else { (word / 100).to_string() };
            format!("{}{}{tail}", STARTS[word % 10], ENDS[word / 10 % 10])
        });
        words.collect::<Vec<_>>().join(" ")
    }
}
