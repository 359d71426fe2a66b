//! A thousand connections against one server, one after another and at once: idle, half a request, good ones, and more than it holds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::CONCURRENT;
use super::played::{HOST, Host, MARK, ME, answer, code};
use crate::connections::CONNECTIONS;
use crate::serve::tests::PRODUCTION;
use crate::serve::trial::{Seen, Trial, read_one};

const PAGE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n";

/// Both tests count on the machine to answer in time, so they do not run beside each other.
static ALONE_AT_WORK: Mutex<()> = Mutex::const_new(());

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
    let _alone = ALONE_AT_WORK.lock().await;
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

    // With as many as it holds, each further one is told so. Those of the beginning are let go one of these moments: new ones
    // take their places.
    held.clear();
    connections += fill(&trial, &mut held).await;
    for _ in 0..20 {
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

/// Sockets that are open at once.
#[cfg(unix)]
const CROWD: usize = 1_000;
/// What the crowd may cost, the clients of it included, in kilobytes: without limits it would be a multiple of this.
#[cfg(unix)]
const MEMORY: u64 = 64 * 1024;
/// Set where the test runs in a process of its own.
#[cfg(unix)]
const ALONE: &str = "SCIM_SETUP_TEST_CROWD";

/// Other tests would take part in the memory that is measured, and a shell may allow fewer files than it takes.
#[cfg(unix)]
#[test]
fn a_thousand_sockets_at_once_cost_little_and_leave_it_answering() {
    if std::env::var_os(ALONE).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(crowd());
        return;
    }
    let _alone = ALONE_AT_WORK.blocking_lock();
    let (_, module) = module_path!().split_once("::").unwrap();
    let name = format!("{module}::a_thousand_sockets_at_once_cost_little_and_leave_it_answering");
    let ran = std::process::Command::new("sh")
        .args(["-c", "ulimit -S -n 4096 && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([&name, "--exact", "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

#[cfg(unix)]
async fn crowd() {
    let host = Host::start(answer("200 OK", "{}")).await;
    let trial = host.relayed().await;
    drop(stay(&trial).await);
    let before = memory();

    // All of them come at the same time with headers almost as long as they may be, and nobody leaves.
    let began = Instant::now();
    let raw: Arc<str> = format!("{PAGE}X-Fill: {}\r\n\r\n", "x".repeat(48 * 1024)).into();
    let mut asked = JoinSet::new();
    for _ in 0..CROWD {
        let (address, raw) = (trial.address, Arc::clone(&raw));
        asked.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            // Who is shut out may be so before everything is sent.
            let _ = stream.write_all(raw.as_bytes()).await;
            let seen = read_one(&mut stream).await;
            (stream, seen)
        });
    }
    let (mut held, mut told, mut shut) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(came) = asked.join_next().await {
        match came.unwrap() {
            (stream, Some(seen)) if seen.status == 200 => held.push(stream),
            (stream, Some(seen)) => {
                refused(&seen);
                told.push(stream);
            }
            (stream, None) => shut.push(stream),
        }
    }
    assert_eq!(held.len() + told.len() + shut.len(), CROWD, "sockets that are open at once");
    assert!(!told.is_empty());
    // A place is free again once its connection was idle for fifteen seconds.
    let rounds = 1 + usize::try_from(began.elapsed().as_secs() / 15).unwrap();
    assert!((CONNECTIONS..=CONNECTIONS * rounds).contains(&held.len()), "{} in {rounds} rounds", held.len());
    if let (Some(before), Some(now)) = (before, memory()) {
        assert!(now < before + MEMORY, "{before} kB became {now} kB");
    }

    // Those that it holds are answered all the while.
    let mut answered = 0;
    for stream in &mut held {
        if stream.write_all(format!("{PAGE}\r\n").as_bytes()).await.is_ok()
            && let Some(seen) = read_one(stream).await
        {
            assert_eq!(seen.status, 200);
            answered += 1;
        }
    }
    assert!(answered > 0);

    // And once they are gone, everybody is.
    drop((held, told, shut));
    fill(&trial, &mut Vec::new()).await;
    let call =
        format!("GET /relay/{HOST}{ME} HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\nConnection: close\r\n\r\n");
    let began = Instant::now();
    loop {
        let seen = crate::serve::trial::exchange(trial.address, call.as_bytes()).await.unwrap();
        if seen.status == 200 {
            break;
        }
        refused(&seen);
        assert!(began.elapsed() < Duration::from_secs(30), "places stay taken");
    }
    assert_eq!(host.asked().len(), 1);
    assert_eq!(trial.site.relay.slots.available_permits(), CONCURRENT);
    if let (Some(before), Some(now)) = (before, memory()) {
        assert!(now < before + MEMORY, "{before} kB became {now} kB");
    }
}

/// What this process holds in memory, in kilobytes, where the system says so.
#[cfg(unix)]
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
