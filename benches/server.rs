//! A running `casebook serve`, or another server to compare it with.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

const CASEBOOK: &str = env!("CARGO_BIN_EXE_casebook");

/// A running server. Dropping it stops the server.
pub(crate) struct Server {
    pub process: Child,
    /// The host and port.
    pub host: String,
}

impl Server {
    /// Starts `casebook serve` in a repository.
    pub(crate) fn casebook(repo: &Path) -> Self {
        let mut process = Command::new(CASEBOOK)
            .args(["serve", "--addr", "127.0.0.1:0", "--no-watch"])
            .current_dir(repo)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("casebook runs");
        let mut url = String::new();
        let output = process.stdout.as_mut().expect("an output");
        BufReader::new(output).read_line(&mut url).expect("the address");
        let host = url.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { process, host }
    }

    /// Returns the peak memory so far.
    pub(crate) fn peak_megabytes(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let text = text.expect("this benchmark needs Linux");
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak memory");
        let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        kilobytes / 1_000
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
