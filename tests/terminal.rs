//! A user at a terminal: a real pseudo-terminal, on which the program asks questions and a test types the answers.

use std::{
    fs::File,
    io::{ErrorKind, Read as _, Write as _},
    os::fd::OwnedFd,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use crate::{sandbox::Run, waiting::wait_until};

/// The longest wait for a text on the screen.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const ENTER: &str = "\r";
pub(crate) const DOWN: &str = "\x1b[B";
pub(crate) const ESCAPE: &str = "\x1b";
pub(crate) const CTRL_D: &str = "\x04";
pub(crate) const CTRL_C: &str = "\x03";

/// A program whose standard input and standard error are a terminal. Its standard output is not.
pub(crate) struct Terminal {
    child: Child,
    keyboard: Option<File>,
    screen: Arc<Mutex<String>>,
    display: Option<JoinHandle<()>>,
    is_open: Arc<AtomicBool>,
    /// The end of the last text that the test waited for.
    read: usize,
}

impl Terminal {
    #[track_caller]
    pub(crate) fn start(run: Run) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        // Programs of other tests must not inherit it and hold it open.
        rustix::io::fcntl_setfd(&master, rustix::io::FdFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize { ws_row: 50, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let open = || -> OwnedFd {
            rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap()
        };
        // The terminal controls the program, so that closing it sends the signal that a real terminal sends.
        let own = run.into_command();
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait"]).arg(own.get_program()).args(own.get_args()).env_clear();
        command.current_dir(own.get_current_dir().unwrap());
        command.envs(own.get_envs().filter_map(|(key, value)| Some((key, value?))));
        command.env("TERM", "xterm-256color").stdin(open()).stderr(open()).stdout(Stdio::piped());
        let child = command.spawn().unwrap();
        // The command would hold the other end open.
        drop(command);
        let keyboard = File::from(master);
        let screen = Arc::new(Mutex::new(String::new()));
        rustix::io::ioctl_fionbio(&keyboard, true).unwrap();
        let (mut display, shown) = (keyboard.try_clone().unwrap(), Arc::clone(&screen));
        let is_open = Arc::new(AtomicBool::new(true));
        let open = Arc::clone(&is_open);
        let display = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while open.load(Ordering::SeqCst) {
                match display.read(&mut bytes) {
                    Ok(count @ 1..) => {
                        shown.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]))
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    // The program has ended.
                    _ => break,
                }
            }
        });
        Self { child, keyboard: Some(keyboard), screen, display: Some(display), is_open, read: 0 }
    }

    /// Returns all text shown so far, without colours and cursor movements.
    pub(crate) fn shown(&self) -> String {
        plain(&self.screen.lock().unwrap())
    }

    /// Waits until `text` is shown, after the text of the previous wait.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        let begun = Instant::now();
        loop {
            let shown = self.shown();
            if let Some(at) = shown.get(self.read..).and_then(|rest| rest.find(text)) {
                self.read += at + text.len();
                return self;
            }
            assert!(begun.elapsed() < PATIENCE, "{text:?} is not shown after {:?}", shown.get(self.read..));
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[track_caller]
    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        // Keys typed before a question would be lost. A question reads single keys, so it turns off the line mode.
        wait_until("a question is asked", || {
            let modes = rustix::termios::tcgetattr(self.keyboard.as_ref().unwrap()).unwrap().local_modes;
            !modes.contains(rustix::termios::LocalModes::ICANON)
        });
        self.keyboard.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Closes the window of the terminal.
    pub(crate) fn hangs_up(&mut self) -> &mut Self {
        self.is_open.store(false, Ordering::SeqCst);
        self.display.take().unwrap().join().unwrap();
        self.keyboard = None;
        self
    }

    /// Waits until the program ends. Returns its exit status and its standard output.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> (Option<i32>, String) {
        wait_until("the program ends", || self.child.try_wait().unwrap().is_some());
        // The rest of the output arrives on the screen.
        self.display.take().into_iter().for_each(|display| display.join().unwrap());
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        (self.child.wait().unwrap().code(), out)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.is_open.store(false, Ordering::SeqCst);
    }
}

/// Removes control sequences from the output for a terminal.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\x1b' => {
                // A control sequence is `ESC [`, numbers and a letter.
                if characters.next() == Some('[') {
                    characters.by_ref().find(|c| c.is_ascii_alphabetic());
                }
            }
            '\r' => {}
            c => plain.push(c),
        }
    }
    plain
}
