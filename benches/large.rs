//! `cargo bench --bench large [-- FILE.jsonl.gz]`: measures commands on a large repository, compared with git itself.
//!
//! Without a file, it invents 10,000 tickets with 25,000 replies. Absolute times vary between machines, so quote the
//! ratios.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it measures disk and time"
)]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const CASEBOOK: &str = env!("CARGO_BIN_EXE_casebook");

fn main() {
    let folder = std::env::temp_dir().join(format!("casebook-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for temporary files");
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    let input = given.unwrap_or_else(|| invent(&folder));
    let repo = folder.join("repo");
    run(Command::new(CASEBOOK).args(["init", "--quiet"]).arg(&repo));
    let bench = Bench { repo };
    bench.import(&input);
    bench.git(&["add", "-A"]);
    bench.git(&["-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "-m", "import"]);
    bench.commands();
    fs::remove_dir_all(&folder).expect("the folder can be removed again");
}

struct Bench {
    repo: PathBuf,
}

impl Bench {
    fn casebook(&self, arguments: &[&str]) -> Duration {
        run(Command::new(CASEBOOK).args(arguments).current_dir(&self.repo))
    }

    fn git(&self, arguments: &[&str]) -> Duration {
        let identity =
            ["user.name=Bench", "user.email=bench@casebook.example"].map(|setting| ["-c", setting]);
        run(Command::new("git").args(identity.as_flattened()).args(arguments).current_dir(&self.repo))
    }

    fn import(&self, input: &Path) {
        let file = input.to_str().expect("a path that is UTF-8");
        print_time("import", self.casebook(&["--quiet", "import", "jsonl", file]), None);
        print_time("import again", self.casebook(&["--quiet", "import", "jsonl", file]), None);
    }

    fn commands(&self) {
        let grep = median(|| self.git(&["grep", "--count", "timeout"]));
        let status = median(|| self.git(&["status", "--short"]));
        print_time("git grep", grep, None);
        print_time("git status", status, None);
        let cold = median(|| {
            let _ = fs::remove_dir_all(self.repo.join(".git/casebook/cache"));
            self.casebook(&["--quiet", "check", "--format", "short"])
        });
        print_time("check, cold", cold, Some(("git grep", grep)));
        self.casebook(&["--quiet", "search", "warm"]);
        let id = self.some_id();
        for arguments in
            [&["list"][..], &["show", &id], &["search", "connection", "timeout"], &["similar", &id]]
        {
            let took = median(|| self.casebook(arguments));
            print_time(&arguments[..1].join(" "), took, Some(("git status", status)));
        }
        self.change(&id);
        let since = median(|| self.casebook(&["check", "--since", "HEAD~1"]));
        print_time("check --since HEAD~1", since, Some(("git status", status)));
        print_time("build", self.casebook(&["--quiet", "build"]), None);
        print_time("build again", self.casebook(&["--quiet", "build"]), None);
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

/// Runs a command and returns its duration. Exit code 1 means that there are findings, which is not a failure here.
fn run(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output().expect("the program runs");
    let took = start.elapsed();
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    took
}

fn median(mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..5).map(|_| run()).collect();
    times.sort_unstable();
    times[2]
}

fn print_time(what: &str, took: Duration, peer: Option<(&str, Duration)>) {
    let ratio = peer.map(|(name, time)| format!("  {:.1} × {name}", took.as_secs_f64() / time.as_secs_f64()));
    println!("{what:24} {:7.3} s{}", took.as_secs_f64(), ratio.unwrap_or_default());
}

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
