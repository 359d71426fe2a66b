//! All that runs of the program write, with hostile and good requests: no token is in it.
#![cfg(test)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const HOST: &str = "adb-1.1.azuredatabricks.net";
const SCIM: &str = "/api/2.0/preview/scim/v2";
const TOKEN: &str = "dapi-planted-0123456789";
const GUARD: Duration = Duration::from_secs(60);

/// Ends the program also when the test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lines as they are written.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    receive
}

fn exchange(address: &str, raw: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(GUARD)).unwrap();
    // A server that refuses early may close before it has read everything.
    let _ = stream.write_all(raw);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Whether one of the answers on a connection is the rate limiter's.
fn too_fast(answers: &str) -> bool {
    answers.contains("HTTP/1.1 429 ")
}

fn raw(case: &serde_json::Value, page: &str, port: u16) -> Vec<u8> {
    let mut raw = case["raw"].as_str().unwrap().to_owned();
    if let (Some(text), Some(times)) = (case["repeat"]["text"].as_str(), case["repeat"]["times"].as_u64()) {
        raw = raw.replace("{REPEAT}", &text.repeat(times.try_into().unwrap()));
    }
    for (name, value) in [
        ("{HOST}", HOST),
        ("{ME}", &format!("{SCIM}/Me")),
        ("{USERS}", &format!("{SCIM}/Users")),
        ("{PAGE}", page),
        ("{PORT}", &port.to_string()),
        ("{TOKEN}", TOKEN),
    ] {
        raw = raw.replace(name, value);
    }
    raw.chars().map(|character| u8::try_from(character).unwrap()).collect()
}

/// A run of the program, with what it has written so far.
struct Run {
    program: Running,
    /// Where its page is.
    page: String,
    out: Receiver<String>,
    log: Receiver<String>,
    written: Vec<String>,
}

impl Run {
    /// Starts it with the host at a port of this machine.
    fn start(dir: &Path, port: u16) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_scim-setup"))
            .args(["serve", "--listen", "127.0.0.1:0", "--sample", "--sample-port", "0", "--allow", HOST])
            .args(["--route", &format!("{HOST}=127.0.0.1:{port}"), "--dir"])
            .arg(dir)
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (out, log) = (lines(program.stdout.take().unwrap()), lines(program.stderr.take().unwrap()));
        let program = Running(program);
        let first = out.recv_timeout(GUARD).unwrap();
        let page = first.split_once("http://").unwrap().1.split('/').next().unwrap().to_owned();
        Self { program, page, out, log, written: vec![first] }
    }

    fn ask(&self, line: &str, body: &str) -> String {
        let (page, length) = (&self.page, body.len());
        let raw = format!(
            "{line} HTTP/1.1\r\nHost: {page}\r\nX-Scim-Setup: 1\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        exchange(page, raw.as_bytes())
    }

    /// All that it wrote: the log has come when the line of one last request is there, and the rest when it has ended.
    fn end(mut self) -> Vec<String> {
        let answer = self.ask(&format!("GET /relay/{HOST}/last"), "");
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
        let last = answer.lines().find_map(|line| line.strip_prefix("x-scim-setup-request: ")).unwrap();
        loop {
            let line = self.log.recv_timeout(GUARD).unwrap();
            let ended = line.starts_with(last);
            self.written.push(line);
            if ended {
                break;
            }
        }
        drop(self.program);
        self.written.extend(self.out);
        self.written.extend(self.log);
        self.written
    }
}

#[test]
fn no_token_stands_in_what_a_run_writes() {
    // It speaks no TLS: whoever comes as far as connecting is told so.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("index.html"), "<!doctype html>").unwrap();
    let table = include_str!("../../../tests/relay/hostile.json");
    let table: Vec<serde_json::Value> = serde_json::from_str(table).unwrap();

    let run = Run::start(dir.path(), port);
    let listing = run.ask("GET /relay/", "");
    let sample = listing.split(',').find(|part| part.contains("127.0.0.1")).unwrap();
    let sample = sample.trim_matches(|letter| "\"[]}".contains(letter)).to_owned();
    for (host, status) in [(HOST, " 502 "), (sample.as_str(), " 401 ")] {
        for (line, body) in [
            (format!("GET /relay/{host}{SCIM}/Users?filter=userName%20eq%20%22{TOKEN}%22"), ""),
            (format!("POST /relay/{host}{SCIM}/Users"), "{\"userName\":\"dapi-planted-0123456789\"}"),
        ] {
            let answer = run.ask(&line, body);
            assert!(answer.lines().next().unwrap().contains(status), "{line}: {answer}");
        }
    }
    let mut written = run.end();
    // A case is two requests at most, and one peer may ask a hundred times at once: so many cases a run, and each meets what
    // it is for.
    for cases in table.chunks(45) {
        let run = Run::start(dir.path(), port);
        for case in cases {
            let answers = exchange(&run.page, &raw(case, &run.page, port));
            assert!(!too_fast(&answers), "{case}");
        }
        written.extend(run.end());
    }
    assert!(written.len() > 100, "{}", written.len());
    for line in written {
        assert!(!line.contains("planted"), "{line}");
    }
}
