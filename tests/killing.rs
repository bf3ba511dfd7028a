//! `kill -9` at random times: half-written data is never visible, and running the command again gives the same result
//! as without the kill.
//!
//! In half of the trials only Casebook is killed and its git continues; in the other half git is killed, too. A server
//! runs on another computer, so its processes continue in both cases.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    hash::{BuildHasher as _, RandomState},
    io::Read as _,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use walkdir::WalkDir;

use crate::sandbox::{COMPLETE, Run, Sandbox, at_full_length};

fn kills() -> usize {
    if at_full_length() { 100 } else { 8 }
}

/// Returns a time in the `n`th part of `total`, and whether git is killed, too.
fn moment(n: usize, total: Duration) -> (Duration, bool) {
    let random = u32::try_from(RandomState::new().hash_one(n) % 1_000).unwrap();
    let parts = u32::try_from(n).unwrap() * 1_000 + random;
    (total * parts / (u32::try_from(kills()).unwrap() * 1_000), n % 2 == 1)
}

/// The result of a command that may have been killed.
#[derive(Debug)]
struct Left {
    out: String,
    /// The time of the kill and whether git was killed, for the message of a failed test.
    killed: (Duration, bool),
}

/// Runs a command and kills it.
#[track_caller]
fn kill(run: Run, (moment, with_git): (Duration, bool)) -> Left {
    let mut command = run.into_command();
    command.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().unwrap();
    thread::sleep(moment);
    if with_git {
        let group = format!("kill -9 -{}", child.id());
        let kill = std::process::Command::new("sh").args(["-c", &group]).output().unwrap();
        // The process group no longer exists if the command has already ended.
        assert!(kill.status.success() || child.try_wait().unwrap().is_some(), "{kill:?}");
    } else {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    assert!(status.success() || status.signal() == Some(9), "{status} after {moment:?}");
    let mut out = String::new();
    // A git that continues does not write to Casebook's standard output.
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    Left { out, killed: (moment, with_git) }
}

/// Returns the duration of `run` without a kill: the median of three runs.
fn time_of(run: impl Fn()) -> Duration {
    let time = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let mut times = [time(), time(), time()];
    times.sort();
    times[1]
}

/// Returns all files below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Returns the text of a ticket or reply without its time.
fn timeless(text: &[u8]) -> String {
    let text = String::from_utf8(text.to_vec()).unwrap();
    text.lines().filter(|line| !line.starts_with("created: ")).collect::<Vec<_>>().join("\n")
}

/// Creates a casebook `team` with a remote, and a clone `other` of another user.
fn with_remote() -> Sandbox {
    let sandbox = Sandbox::in_memory();
    sandbox.team("team");
    sandbox.remote("team", "team.git");
    // A server process is not a child of the client.
    sandbox.git("team", "config remote.origin.receivepack 'setsid -w git-receive-pack'");
    sandbox.git("team", "config remote.origin.uploadpack 'setsid -w git-upload-pack'");
    sandbox.git(".", "clone -q team.git other");
    sandbox
}

/// Returns whether the journal of `team` has an unfinished write.
fn is_under_way(sandbox: &Sandbox) -> bool {
    fs::read_dir(sandbox.path("team/.git/casebook/pending")).is_ok_and(|pages| pages.count() > 0)
}

/// Kills `line` many times and runs it again each time. It writes one file below `folder` of `team`.
fn kill_writes(sandbox: &Sandbox, line: &str, folder: &str) {
    let count = || files(&sandbox.path("team").join(folder)).len();
    let undisturbed = time_of(|| drop(sandbox.casebook("team", line).ok()));
    let (path, model) = files(&sandbox.path("team").join(folder)).pop_last().unwrap();
    let model = timeless(&model);
    assert!(model.contains("gateway") && path.ends_with(".md"));
    let mut expected = count();
    let mut interrupted = 0;
    for n in 0..kills() {
        if n % 3 == 0 {
            // Another user pushes in the meantime, so that the push must fetch and rebase its commit.
            sandbox.write("other/notes.txt", n.to_string()).commit("other", "notes");
            sandbox.git("other", "pull -q --rebase");
            sandbox.git("other", "push -q");
        }
        expected += 1;
        let left = kill(sandbox.casebook("team", line), moment(n, undisturbed));
        let now = files(&sandbox.path("team").join(folder));
        for (path, text) in &now {
            assert_eq!(timeless(text), model, "{path} after {left:?}");
        }
        if left.killed.1 {
            // A git that continues adds objects while they are counted, which looks like damage.
            sandbox.git("team", "fsck --strict --no-dangling");
        }
        let is_open = is_under_way(sandbox);
        // A user who saw the result does not run the command again.
        if is_open || left.out.is_empty() {
            interrupted += 1;
            let said = sandbox.casebook("team", line).ok();
            assert!(left.out.is_empty() || left.out == said.out, "{left:?} and then {said:?}");
        }
        sandbox.git("team", "fsck --strict --no-dangling");
        let status = sandbox.git("team", "status --porcelain");
        assert_eq!((status.as_str(), count()), ("", expected), "after {left:?}");
        assert_eq!(
            sandbox.git("team", "rev-parse HEAD"),
            sandbox.git("team.git", "rev-parse main"),
            "after {left:?}"
        );
        let leftovers = sandbox.git("team", "rev-parse --git-path index.lock");
        assert!(!sandbox.path("team").join(leftovers).exists(), "after {left:?}");
    }
    println!("{} kills within {undisturbed:?}, {interrupted} of them before the outcome was told", kills());
    assert!(interrupted * 3 > kills(), "the moments were too late");
    let committed = sandbox.git("team", &format!("ls-files {folder}"));
    assert_eq!(committed.lines().count(), expected);
    sandbox.git("team.git", "fsck --strict --no-dangling");
}

#[test]
fn new_can_be_killed_at_any_moment() {
    let sandbox = with_remote();
    kill_writes(&sandbox, &format!("new incident --title 'Export hangs' {COMPLETE}"), "tickets");
}

#[test]
fn reply_can_be_killed_at_any_moment() {
    let sandbox = with_remote();
    let id = sandbox.open("team", "Export hangs");
    let line = format!("reply {id} --assign omar --message 'It is the timeout of the gateway.'");
    kill_writes(&sandbox, &line, &format!("tickets/2026/11/{id}"));
}

#[test]
fn new_for_a_pull_request_can_be_killed_at_any_moment() {
    let sandbox = with_remote();
    let line = format!("new incident --title 'Export hangs' {COMPLETE} --intake branch");
    let undisturbed = time_of(|| drop(sandbox.casebook("team", &line).ok()));
    let branches =
        |dir: &str| sandbox.git(dir, "branch --list --format=%(refname:short) ticket/*").lines().count();
    for n in 0..kills() {
        let left = kill(sandbox.casebook("team", &line), moment(n, undisturbed));
        let is_open = is_under_way(&sandbox);
        if is_open || left.out.is_empty() {
            sandbox.casebook("team", &line).ok();
        }
        assert_eq!((branches("team"), branches("team.git")), (n + 4, n + 4), "after {left:?}");
        assert_eq!(sandbox.git("team", "status --porcelain"), "");
    }
    sandbox.git("team", "fsck --strict --no-dangling");
}

/// Returns an export of another tracker: `count` tickets with two replies each.
fn export_of_another_tracker(count: usize) -> String {
    let mut lines = String::new();
    for n in 0..count {
        let body = format!("Export {n} ends with a timeout.\\n").repeat(20);
        let _ = writeln!(
            lines,
            r#"{{"id":"EXP-{n}","title":"Export {n} hangs","created":"2026-03-{:02}T10:00:00Z","requester":"lena","service":"s{}","body":"{body}","replies":[{{"author":"mei","created":"2026-03-30T10:00:00Z","body":"{body}"}},{{"author":"mei","created":"2026-03-30T11:00:00Z","body":"Done.","status":"resolved","resolution":"fixed"}}]}}"#,
            n % 28 + 1,
            n % 5,
        );
    }
    lines
}

#[test]
fn import_can_be_killed_at_any_moment() {
    let sandbox = Sandbox::in_memory();
    sandbox.team("team");
    sandbox.write("export.jsonl", export_of_another_tracker(300));
    let import = || sandbox.casebook("team", "import jsonl ../export.jsonl");
    let reset = || {
        sandbox.git("team", "checkout -q casebook.yml");
        for folder in ["team/tickets", "team/imports"] {
            fs::remove_dir_all(sandbox.path(folder)).unwrap_or_default();
        }
    };
    let undisturbed = time_of(|| {
        reset();
        import().ok();
    });
    let model = files(&sandbox.path("team/tickets"));
    let (settings, lock) = (sandbox.read("team/casebook.yml"), sandbox.read("team/imports/export.lock"));
    assert_eq!(model.len(), 900);
    for n in 0..kills() {
        reset();
        let left = kill(import(), moment(n, undisturbed));
        for (path, text) in files(&sandbox.path("team/tickets")) {
            assert_eq!(model.get(&path), Some(&text), "{path} after {left:?}");
        }
        import().ok();
        assert_eq!(files(&sandbox.path("team/tickets")), model, "after {left:?}");
        assert_eq!(sandbox.read("team/casebook.yml"), settings, "after {left:?}");
        assert_eq!(sandbox.read("team/imports/export.lock"), lock, "after {left:?}");
    }
    assert_eq!(sandbox.git("team", "status --porcelain"), " M casebook.yml\n?? imports/\n?? tickets/");
    sandbox.git("team", "fsck --strict --no-dangling");
}

#[test]
fn build_can_be_killed_at_any_moment() {
    let sandbox = Sandbox::in_memory();
    sandbox.team("team");
    sandbox.write("export.jsonl", export_of_another_tracker(60));
    sandbox.casebook("team", "import jsonl ../export.jsonl").ok();
    let build = || sandbox.casebook("team", "build --out ../site");
    let reset = || fs::remove_dir_all(sandbox.path("site")).unwrap_or_default();
    let undisturbed = time_of(|| {
        reset();
        build().ok();
    });
    let model = files(&sandbox.path("site"));
    assert!(model.len() > 60);
    for n in 0..kills() {
        reset();
        let left = kill(build(), moment(n, undisturbed));
        for (path, text) in files(&sandbox.path("site")) {
            let is_unfinished = path.starts_with(".casebook-unfinished/");
            assert!(is_unfinished || model.get(&path) == Some(&text), "{path} after {left:?}");
        }
        build().ok();
        let now = files(&sandbox.path("site"));
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&now), names(&model), "after {left:?}");
        assert!(now == model, "after {left:?}");
    }
}
