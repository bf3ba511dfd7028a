//! The API of a forge on this computer. Tests define its answers and read the requests that it received.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::Value as Json;

/// A request to the forge.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `GET /repos/acme/oncall/pulls?state=open`
    pub line: String,
    /// The headers in lower case, one per line.
    pub head: String,
    pub body: String,
}

/// An answer of the forge.
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

/// A forge that listens until the test ends.
pub(crate) struct Forge {
    /// The address, without a slash at the end.
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Forge {
    /// Starts a forge that answers 404 to every request.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let answers: Arc<Mutex<Answers>> = Arc::new(Mutex::new(Box::new(|_| None)));
        let (log, table) = (Arc::clone(&requests), Arc::clone(&answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let request = read(&stream);
                let answer = table.lock().unwrap()(&request).unwrap_or_else(|| Response::status(404));
                log.lock().unwrap().push(request);
                write(stream, &answer);
            }
        });
        Self { url, requests, answers }
    }

    /// Sets the answers for all later requests; requests without an answer get 404.
    pub(crate) fn answers(&self, answers: impl Fn(&Request) -> Option<Response> + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    /// Returns the requests since the last call.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
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
        "HTTP/1.1 {status} Answer\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // A client that stops reading has read enough.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}
