//! A thousand connections against one server: idle, half a request, good ones, and more than it holds.

use std::time::Instant;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::CONCURRENT;
use super::played::{HOST, Host, MARK, ME, answer, code};
use crate::connections::CONNECTIONS;
use crate::serve::tests::PRODUCTION;
use crate::serve::trial::{Seen, Trial, read_one};

const PAGE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n";

/// Opens a connection, asks for the page and leaves the connection open.
async fn stay(trial: &Trial) -> (TcpStream, Seen) {
    let mut stream = TcpStream::connect(trial.address).await.unwrap();
    stream.write_all(format!("{PAGE}\r\n").as_bytes()).await.unwrap();
    let seen = read_one(&mut stream).await.unwrap();
    (stream, seen)
}

/// Opens connections until the server holds as many as it can; gives how many were opened for that. A place is free a
/// moment after the connection ends, so those that come too early come again.
async fn fill(trial: &Trial, held: &mut Vec<TcpStream>) -> usize {
    let mut opened = 0;
    while held.len() < CONNECTIONS {
        let (stream, seen) = stay(trial).await;
        opened += 1;
        match seen.status {
            200 => held.push(stream),
            _ => refused(&seen),
        }
        assert!(opened < 10 * CONNECTIONS, "places stay taken");
    }
    opened
}

fn refused(seen: &Seen) {
    assert_eq!(seen.status, 503);
    assert_eq!(seen.header("retry-after"), "2");
    for (name, value) in PRODUCTION {
        assert_eq!(seen.header(name), value, "{name}");
    }
    assert_eq!(seen.header("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'none'");
    assert_eq!(seen.header("cache-control"), "no-store");
    let text = "This server has too many open connections. Wait a moment, then repeat the call.\n";
    assert_eq!(String::from_utf8_lossy(&seen.body), text);
}

#[tokio::test]
async fn a_thousand_connections_leave_it_answering() {
    let host = Host::start(answer("200 OK", "{}")).await;
    let trial = host.relayed().await;
    let mut connections = 0;

    // Some say nothing, some say half of it.
    let mut held = Vec::new();
    for number in 0..200 {
        let mut stream = TcpStream::connect(trial.address).await.unwrap();
        if number % 2 == 0 {
            stream.write_all(PAGE.as_bytes()).await.unwrap();
        }
        held.push(stream);
        connections += 1;
    }

    // Beside them good requests are answered: the page always, the relay as fast as one peer may ask.
    let began = Instant::now();
    let (mut pages, mut passed, mut slowed) = (0, 0, 0);
    for _ in 0..15 {
        let mut asked = JoinSet::new();
        for number in 0..40 {
            let page = number % 2 == 0;
            let address = trial.address;
            let raw = if page {
                format!("{PAGE}Connection: close\r\n\r\n")
            } else {
                format!(
                    "GET /relay/{HOST}{ME} HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\nConnection: close\r\n\r\n"
                )
            };
            asked.spawn(async move {
                (page, crate::serve::trial::exchange(address, raw.as_bytes()).await.unwrap())
            });
            connections += 1;
        }
        while let Some(answered) = asked.join_next().await {
            match answered.unwrap() {
                (true, seen) => {
                    assert_eq!(seen.status, 200);
                    pages += 1;
                }
                (false, seen) => match code(&seen) {
                    (200, _) => passed += 1,
                    other => {
                        assert_eq!(other, (429, "rate".to_owned()));
                        slowed += 1;
                    }
                },
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!((pages, passed + slowed), (300, 300));
    assert!(passed >= 100, "{passed}");
    assert!(f64::from(passed) <= 100.0 + 50.0 * seconds + 1.0, "{passed} in {seconds} s");
    assert_eq!(host.asked().len(), usize::try_from(passed).unwrap());

    // With as many as it holds, each further one is told so.
    connections += fill(&trial, &mut held).await;
    for _ in 0..200 {
        let (_, seen) = stay(&trial).await;
        refused(&seen);
        connections += 1;
    }
    assert!(connections >= 1000, "{connections}");

    // Afterwards everything is free again.
    drop(held);
    fill(&trial, &mut Vec::new()).await;
    assert_eq!(trial.site.relay.slots.available_permits(), CONCURRENT);
}
