//! A forge's API on this computer: it answers as it is told, and remembers what it was asked.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::Value as Json;

/// What somebody asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `GET /repos/acme/oncall/pulls?state=open`
    pub line: String,
    /// Lower case, one a line.
    pub head: String,
    pub body: String,
}

/// What is said to it.
#[derive(Clone)]
pub(crate) struct Response {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Response {
    pub(crate) fn json(value: &Json) -> Self {
        Self { status: 200, headers: String::new(), body: value.to_string().into_bytes() }
    }

    pub(crate) fn bytes(body: Vec<u8>) -> Self {
        Self { status: 200, headers: String::new(), body }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: String::new(), body: b"{\"message\":\"no\"}".to_vec() }
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self { status: 302, headers: format!("location: {to}\r\n"), body: Vec::new() }
    }
}

type Answers = Box<dyn Fn(&Request) -> Option<Response> + Send>;

/// The forge. It listens until the test ends.
pub(crate) struct Forge {
    /// Without a slash at its end.
    pub url: String,
    asked: Arc<Mutex<Vec<Request>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Forge {
    /// A forge that knows nothing yet.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
        let answers: Arc<Mutex<Answers>> = Arc::new(Mutex::new(Box::new(|_| None)));
        let (log, table) = (Arc::clone(&asked), Arc::clone(&answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let request = read(&stream);
                let answer = table.lock().unwrap()(&request).unwrap_or_else(|| Response::status(404));
                log.lock().unwrap().push(request);
                write(stream, &answer);
            }
        });
        Self { url, asked, answers }
    }

    /// From now on it answers by `answers`, and 404 to what they do not know.
    pub(crate) fn answers(&self, answers: impl Fn(&Request) -> Option<Response> + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    /// What it was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Request> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let line = lines.remove(0);
    let head = lines.join("\n").to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let line = line.strip_suffix(" HTTP/1.1").unwrap().to_owned();
    Request { line, head, body: String::from_utf8(body).unwrap() }
}

fn write(mut stream: TcpStream, answer: &Response) {
    let Response { status, headers, body } = answer;
    let head = format!(
        "HTTP/1.1 {status} Said\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // Whoever stops reading has enough.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}
