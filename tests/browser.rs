//! A real browser, and the simplest file server on which a site must work. The tests fail if there is no browser.

use std::{
    fs,
    io::{BufRead as _, BufReader, Lines, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

/// The tabulator key.
const TAB: &str = "\u{e004}";

/// The longest wait for any state of a page.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with an empty profile, controlled through its driver. Dropping the value closes the browser.
pub(crate) struct Browser {
    runtime: Runtime,
    client: Client,
    driver: Driver,
    _profile: tempfile::TempDir,
}

impl Browser {
    #[track_caller]
    pub(crate) fn start() -> Self {
        let driver = Driver::start();
        let profile = tempfile::tempdir().unwrap();
        let binary = ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"]
            .into_iter()
            .find(|path| Path::new(path).exists())
            .expect("chromium or google-chrome must be installed");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let capabilities = json!({ "goog:chromeOptions": { "binary": binary, "args": arguments } });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities.as_object().unwrap().clone());
            builder.connect(&driver.address()).await.expect("the browser must start")
        });
        Self { runtime, client, driver, _profile: profile }
    }

    #[track_caller]
    pub(crate) fn open(&self, url: &str) {
        self.runtime.block_on(self.client.goto(url)).unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Types into the element that `css` selects, and presses Enter.
    #[track_caller]
    pub(crate) fn submit(&self, css: &str, text: &str) {
        self.type_into(css, &format!("{text}\u{e007}"));
    }

    /// Types into the element that `css` selects.
    #[track_caller]
    pub(crate) fn type_into(&self, css: &str, text: &str) {
        let typed =
            self.runtime.block_on(async { self.client.find(Locator::Css(css)).await?.send_keys(text).await });
        typed.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Types into the element that has the focus.
    #[track_caller]
    pub(crate) fn type_keys(&self, keys: &str) {
        if keys == TAB {
            return self.press_tab();
        }
        let typed =
            self.runtime.block_on(async { self.client.active_element().await?.send_keys(keys).await });
        typed.unwrap_or_else(|error| panic!("{error} in {}", self.url()));
    }

    /// Presses the tabulator key as a keyboard does. Keys that are sent to a field of a date begin at its first part each time,
    /// so the focus would never leave it.
    #[track_caller]
    fn press_tab(&self) {
        let key = |action: fn(char) -> KeyAction| TAB.chars().map(action).next();
        let down = key(|value| KeyAction::Down { value });
        let up = key(|value| KeyAction::Up { value });
        let keys = down.into_iter().chain(up);
        let keyboard = keys.fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        let pressed = self.runtime.block_on(self.client.perform_actions(keyboard));
        pressed.unwrap_or_else(|error| panic!("{error} in {}", self.url()));
    }

    #[track_caller]
    pub(crate) fn click(&self, css: &str) {
        let clicked =
            self.runtime.block_on(async { self.client.find(Locator::Css(css)).await?.click().await });
        clicked.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Clicks without checking that the element is visible and still.
    #[track_caller]
    pub(crate) fn press(&self, css: &str) {
        let script = "document.querySelector(arguments[0]).click(); arguments[1]()";
        self.ask(script, vec![json!(css)]);
    }

    /// Goes back, like the browser's back button.
    #[track_caller]
    pub(crate) fn back(&self) {
        self.runtime.block_on(self.client.back()).unwrap();
    }

    #[track_caller]
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.runtime.block_on(self.client.set_window_size(width, height)).unwrap();
    }

    /// Sets the size of the viewport, which can be smaller than the smallest window.
    #[track_caller]
    pub(crate) fn set_viewport(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", size);
    }

    /// Sends a command of the DevTools protocol and returns its result.
    #[track_caller]
    pub(crate) fn command(&self, name: &str, parameters: Json) -> Json {
        let body = json!({ "cmd": name, "params": parameters });
        let session = self.runtime.block_on(self.client.session_id()).unwrap().unwrap();
        let url = format!("{}/session/{session}/goog/cdp/execute", self.driver.address());
        let mut answer = ureq::post(url).send_json(body).unwrap_or_else(|error| panic!("{name}: {error}"));
        let answer: Json = answer.body_mut().read_json().unwrap_or_else(|error| panic!("{name}: {error}"));
        answer["value"].clone()
    }

    /// Waits until the element that `css` selects has the text `text`.
    #[track_caller]
    pub(crate) fn wait_for(&self, step: &str, css: &str, text: &str) {
        let begun = Instant::now();
        loop {
            let seen = self.text(css);
            if seen.contains(text) {
                return;
            }
            let url = self.url();
            assert!(begun.elapsed() < PATIENCE, "{step}: {text:?} is not in {css} of {url}: {seen:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs a script, which passes its result to its last argument, and returns the result.
    #[track_caller]
    pub(crate) fn ask(&self, script: &str, arguments: Vec<Json>) -> Json {
        let answer = self.runtime.block_on(self.client.execute_async(script, arguments));
        answer.unwrap_or_else(|error| panic!("{error} in {}", self.url()))
    }

    /// Returns the text of all elements that `css` selects; empty while another page is loading.
    pub(crate) fn text(&self, css: &str) -> String {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent).join('\\n')";
        let text = self.runtime.block_on(self.client.execute(script, vec![json!(css)]));
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    pub(crate) fn url(&self) -> String {
        self.runtime.block_on(self.client.current_url()).map(|url| url.to_string()).unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.driver.stop();
    }
}

struct Driver {
    process: Child,
    port: u16,
    /// The output of the driver. The driver stops if this is closed.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Driver {
    /// Starts the driver on a free port. The driver takes a port that is free for IPv6 and ends if the same port is taken
    /// for IPv4, for example by another test, so it is started again.
    #[track_caller]
    fn start() -> Self {
        let mut printed = String::new();
        for _ in 0..20 {
            match Self::try_start() {
                Ok(driver) => return driver,
                Err(output) => printed = output,
            }
        }
        panic!("chromedriver does not start: {printed}");
    }

    /// Returns what the driver printed if it ended without a port.
    fn try_start() -> Result<Self, String> {
        let mut command = Command::new("chromedriver");
        command.args(["--port=0"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("chromedriver must be installed");
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut printed = String::new();
        for line in output.by_ref().map_while(Result::ok) {
            if let Some(port) = line.split("successfully on port ").nth(1) {
                let port = port.trim_end_matches('.').parse().unwrap();
                return Ok(Self { process, port, _output: output });
            }
            printed = printed + &line + "\n";
        }
        let _ = process.wait();
        Err(printed)
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks the driver to stop, so that it also closes the browser.
    fn stop(&mut self) {
        let _ = ureq::get(format!("{}/shutdown", self.address())).call();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves the files of a folder like the simplest of servers. Files whose names depend on their content may be cached for
/// ever. Returns the address, with a slash at the end.
pub(crate) fn serve_files(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    // The thread ends with the process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            std::thread::spawn(move || answer(stream, &folder));
        }
    });
    address
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let path = request.split([' ', '?']).nth(1).unwrap_or_default().trim_start_matches('/');
    let mut file = folder.join(path);
    if file.is_dir() {
        file.push("index.html");
    }
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let (status, body) = match fs::read(&file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let has_hash_in_name = path.ends_with(".bin") || path.starts_with("assets/");
    let caching = match has_hash_in_name && status == "200 OK" {
        true => "max-age=31536000, immutable",
        false => "no-cache",
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: {caching}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}
