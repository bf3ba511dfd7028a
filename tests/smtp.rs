//! A mail server on this computer. Tests read the mails that it received, and make it refuse or stop.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// A mail that the server received.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// The addresses of the envelope.
    pub to: Vec<String>,
    /// The headers, one per line.
    pub head: String,
    /// The text, decoded.
    pub text: String,
}

impl Mail {
    /// Returns the value of a header.
    pub(crate) fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default()
    }
}

/// What the server answers to the name of a recipient.
type Accepts = Box<dyn Fn(&str) -> bool + Send>;

/// A mail server that listens until the test ends.
pub(crate) struct Smtp {
    /// The address for CASEBOOK_SMTP_URL.
    pub url: String,
    mails: Arc<Mutex<Vec<Mail>>>,
    accepts: Arc<Mutex<Accepts>>,
    hangs: Arc<AtomicBool>,
}

impl Smtp {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mails: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let accepts: Arc<Mutex<Accepts>> = Arc::new(Mutex::new(Box::new(|_| true)));
        let hangs = Arc::new(AtomicBool::new(false));
        let shared = (Arc::clone(&mails), Arc::clone(&accepts), Arc::clone(&hangs));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (mails, accepts, hangs) = shared.clone();
                // A client that disconnects ends only its own conversation.
                std::thread::spawn(move || talk(&stream, &mails, &accepts, &hangs));
            }
        });
        Self { url, mails, accepts, hangs }
    }

    /// Refuses recipients for which `accepts` returns false.
    pub(crate) fn accepts(&self, accepts: impl Fn(&str) -> bool + Send + 'static) {
        *self.accepts.lock().unwrap() = Box::new(accepts);
    }

    /// Receives mails from now on, but never confirms them.
    pub(crate) fn hang(&self) {
        self.hangs.store(true, Ordering::SeqCst);
    }

    /// Confirms mails again.
    pub(crate) fn go_on(&self) {
        self.hangs.store(false, Ordering::SeqCst);
    }

    /// Returns the number of mails since the last call of [`Smtp::take`].
    pub(crate) fn count(&self) -> usize {
        self.mails.lock().unwrap().len()
    }

    /// Returns the mails since the last call.
    pub(crate) fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.mails.lock().unwrap())
    }
}

fn talk(
    stream: &TcpStream,
    mails: &Mutex<Vec<Mail>>,
    accepts: &Mutex<Accepts>,
    hangs: &AtomicBool,
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut out = stream;
    let mut say = move |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 test")?;
    let mut to = Vec::new();
    loop {
        let line = line(&mut reader)?;
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        match word.as_str() {
            "EHLO" => say("250-test\r\n250 8BITMIME")?,
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let is_fine = accepts.lock().unwrap()(&address);
                to.push(address);
                say(if is_fine { "250 ok" } else { "550 no such user" })?
            }
            "DATA" => {
                say("354 go on")?;
                let mut lines = Vec::new();
                loop {
                    match self::line(&mut reader)?.as_str() {
                        "." => break,
                        other => lines.push(other.strip_prefix('.').unwrap_or(other).to_owned()),
                    }
                }
                mails.lock().unwrap().push(parsed(std::mem::take(&mut to), &lines));
                if hangs.load(Ordering::SeqCst) {
                    // The client waits for an answer until it is killed.
                    self::line(&mut reader)?;
                }
                say("250 received")?
            }
            "QUIT" => {
                say("221 bye")?;
                return None;
            }
            _ => say("250 ok")?,
        }
    }
}

fn line(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut line = String::new();
    (reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

fn parsed(to: Vec<String>, lines: &[String]) -> Mail {
    let end = lines.iter().position(String::is_empty).unwrap();
    // A header can continue on a line that begins with a space.
    let head = lines[..end].join("\n").replace("\n ", " ");
    let body = lines[end + 1..].join("\n");
    let has = |text: &str| head.lines().any(|line| line.eq_ignore_ascii_case(text));
    let text = match () {
        () if has("Content-Transfer-Encoding: quoted-printable") => quoted_printable(&body),
        () if has("Content-Transfer-Encoding: base64") => {
            use base64::Engine as _;
            let joined: String = body.split_whitespace().collect();
            String::from_utf8(base64::prelude::BASE64_STANDARD.decode(joined).unwrap()).unwrap()
        }
        () => body,
    };
    Mail { to, head, text }
}

fn quoted_printable(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'=', [high, low, end @ ..]) => {
                let hex = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
                rest = end;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
