//! Clients and hosts that are slow, endless or broken. The clock stands still until both sides wait, and then jumps.

use std::io::Read;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::Request;
use hyper::body::Frame;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, Interval, interval, pause, sleep};

use super::CONCURRENT;
use super::body::{BODY_TIME, Room, collect};
use super::played::{HOST, Host, MARK, ME, Then, answer, code};
use super::refusal::Code;
use crate::serve::trial::{Trial, read_all, until};

const TOKEN: &str = "Authorization: Bearer dapi-planted-0123456789";

fn get() -> String {
    let get = format!("GET /relay/{HOST}{ME}?filter=dapi-planted-0123456789 HTTP/1.1");
    format!("{get}\r\nHost: localhost:8080\r\n{MARK}\r\n{TOKEN}\r\nConnection: close\r\n\r\n")
}

/// Asks for what the host gives, with the clock jumping once it was asked, and gives the status, the code and the time
/// that went by.
async fn told(given: Vec<u8>, then: Then) -> (u16, String, Duration) {
    let host = Host::play(given, then).await;
    let trial = host.relayed().await;
    let mut stream = TcpStream::connect(trial.address).await.unwrap();
    stream.write_all(get().as_bytes()).await.unwrap();
    host.was_asked().await;
    pause();
    let asked = Instant::now();
    let seen = read_all(&mut stream).await.remove(0);
    let (status, code) = code(&seen);
    assert_eq!(host.asked().len(), 1, "nothing is repeated");
    assert_eq!(trial.site.relay.slots.available_permits(), CONCURRENT, "the place is free again");
    let log = trial.log();
    assert_eq!(log.len(), 1);
    assert!(!log[0].contains("planted"), "{log:?}");
    (status, code, asked.elapsed())
}

#[tokio::test]
async fn hosts_that_never_end_are_cut_off() {
    let drip = |text: &str| Then::Drip(text.as_bytes().to_vec(), Duration::from_secs(5));
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for (given, then, limit) in [
        (Vec::new(), Then::Silent, 35),
        (b"HTTP/1.1 200 OK\r\nX-Half: ".to_vec(), Then::Silent, 35),
        (b"HTTP/1.1 200 OK\r\n".to_vec(), drip("A: dapi-planted-0123456789\r\n"), 35),
        (Vec::new(), drip("HTTP/1.1 103 Early Hints\r\n\r\n"), 35),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{".to_vec(), Then::Silent, 60),
        (b"HTTP/1.1 200 OK\r\n\r\n{".to_vec(), Then::Silent, 60),
        (chunked.clone(), Then::Silent, 60),
        (chunked, drip("1\r\n \r\n"), 60),
    ] {
        let shown = String::from_utf8_lossy(&given).into_owned();
        let (status, code, time) = told(given, then).await;
        assert_eq!((status, code.as_str()), (504, "timeout"), "{shown}");
        assert!(time <= Duration::from_secs(limit + 1), "{shown}: {time:?}");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn hosts_that_send_too_much_are_cut_off() {
    let mut piece = b"10000\r\n".to_vec();
    piece.extend(vec![b' '; 0x10000]);
    piece.extend(b"\r\n");
    for (head, piece, expected) in [
        ("200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", piece, "answer-too-large"),
        ("200 OK\r\n\r\n", vec![b' '; 0x10000], "answer-too-large"),
        ("200 OK\r\n", b"X-Many: dapi-planted-0123456789\r\n".repeat(100), "unreachable"),
        ("200 OK\r\nX-Long: ", vec![b'x'; 0x10000], "unreachable"),
    ] {
        let host = Host::play(format!("HTTP/1.1 {head}").into_bytes(), Then::Flood(piece)).await;
        let trial = host.relayed().await;
        let seen = trial.raw(get().as_bytes()).await.unwrap();
        assert_eq!(code(&seen), (502, expected.to_owned()), "{head}");
        assert_eq!(trial.site.relay.slots.available_permits(), CONCURRENT, "{head}");
        assert!(!trial.log().concat().contains("planted"));
    }
    // What is announced too large is not waited for.
    for length in ["16777217", "9223372036854775807"] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let host = Host::play(head.into_bytes(), Then::Silent).await;
        let seen = host.relayed().await.raw(get().as_bytes()).await.unwrap();
        assert_eq!(code(&seen), (502, "answer-too-large".to_owned()), "{length}");
    }
}

#[tokio::test]
async fn hosts_with_broken_framing_are_no_data() {
    for given in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        "HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\n: b\r\n\r\n{}",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n{}",
        "HTTP/1.1 99 Low\r\n\r\n{}",
        "HTTP/1.1 2000 High\r\n\r\n{}",
        "HTTP/2.0 200 OK\r\n\r\n{}",
        "HTTP/1.1\r\n\r\n{}",
        "{}",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\0\0\x12\x04\0\0\0\0\0",
    ] {
        let host = Host::start(given.into()).await;
        let trial = host.relayed().await;
        let seen = trial.raw(get().as_bytes()).await.unwrap();
        assert_eq!(code(&seen), (502, "unreachable".to_owned()), "{given:?}");
        assert_eq!(host.asked().len(), 1, "{given:?}");
    }
}

#[tokio::test]
async fn what_a_host_says_to_browsers_stays_behind() {
    let given = "200 OK\r\nContent-Type: application/javascript\r\nSet-Cookie: a=dapi-planted-0123456789; Path=/\r\n\
                 Set-Cookie: b=2\r\nSet-Cookie2: c=3\r\nClear-Site-Data: \"*\"\r\nRefresh: 0; url=https://evil.example/\r\n\
                 Link: </x>; rel=preload\r\nService-Worker-Allowed: /\r\nAccess-Control-Allow-Origin: *\r\n\
                 Access-Control-Allow-Credentials: true\r\nContent-Security-Policy: default-src *\r\n\
                 Content-Disposition: inline\r\nX-Frame-Options: ALLOWALL\r\nX-Content-Type-Options: sniff\r\n\
                 Strict-Transport-Security: max-age=0\r\nCache-Control: public\r\nX-Scim-Setup-Relay: off\r\n\
                 X-Scim-Setup-Request: forged\r\nLocation: https://evil.example/\r\nWWW-Authenticate: Basic\r\n\
                 Sourcemap: /x\r\nNEL: {}\r\nReport-To: {}\r\nAlt-Svc: h3=\":443\"\r\nX-Databricks-Org-Id: 1\r\nETag: \"1\"";
    let host = Host::start(answer(given, "alert(1)")).await;
    let trial = host.relayed().await;
    let seen = trial.raw(get().as_bytes()).await.unwrap();
    assert_eq!(code(&seen), (200, String::new()));
    let mut names: Vec<_> = seen.headers.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "cache-control",
            "connection",
            "content-disposition",
            "content-length",
            "content-security-policy",
            "content-type",
            "cross-origin-embedder-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "date",
            "etag",
            "permissions-policy",
            "referrer-policy",
            "strict-transport-security",
            "x-content-type-options",
            "x-databricks-org-id",
            "x-frame-options",
            "x-scim-setup-request",
        ]
    );
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
    assert_eq!(seen.header("x-frame-options"), "DENY");
    let log = trial.log();
    let id = seen.header("x-scim-setup-request");
    assert!(log[0].starts_with(&format!("{id} GET {HOST} {ME} 200 ")), "{log:?} {id}");
    assert!(!log.concat().contains("planted"), "{log:?}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let inside = Host::start(answer("200 OK", "{}")).await;
    for status in ["300", "301", "302", "303", "304", "305", "307", "308", "399"] {
        let port = inside.address.port();
        let head = format!(
            "{status} Elsewhere\r\nLocation: https://127.0.0.1:{port}/login.html?dapi-planted-0123456789"
        );
        let host = Host::start(answer(&head, "")).await;
        let trial = host.relayed().await;
        let seen = trial.raw(get().as_bytes()).await.unwrap();
        assert_eq!(code(&seen), (502, "redirect".to_owned()), "{status}");
        assert_eq!((seen.json()["location"].as_str(), seen.header("location")), (Some("/login.html"), ""));
        assert_eq!(host.asked().len(), 1, "{status}");
        assert!(!trial.log().concat().contains("planted"));
    }
    // It is counted before TLS, which would fail here.
    assert_eq!(inside.take_reached().await, 0);
}

#[tokio::test]
async fn clients_that_do_not_finish_are_let_go() {
    let host = Host::start(answer("200 OK", "{}")).await;
    let trial = host.relayed().await;
    let post = format!(
        "POST /relay/{HOST}/api/2.0/preview/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\n{TOKEN}\r\n"
    );
    let half_body = format!("{post}Content-Length: 9\r\n\r\n{{");
    let half_chunk = format!("{post}Transfer-Encoding: chunked\r\n\r\n9\r\n{{");
    for (sent, answers) in [
        ("", vec![]),
        ("GET /relay/", vec![]),
        (post.as_str(), vec![]),
        (half_body.as_str(), vec![(400, "timeout".to_owned())]),
        (half_chunk.as_str(), vec![(400, "timeout".to_owned())]),
    ] {
        let mut stream = TcpStream::connect(trial.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        pause();
        let began = Instant::now();
        let told: Vec<_> = read_all(&mut stream).await.iter().map(code).collect();
        assert_eq!(told, answers, "{sent}");
        assert!(began.elapsed() <= Duration::from_secs(31), "{sent}: {:?}", began.elapsed());
        tokio::time::resume();
    }
    assert_eq!(host.take_reached().await, 0);
    assert!(!trial.log().concat().contains("planted"));
}

#[tokio::test(start_paused = true)]
async fn headers_that_trickle_are_cut_off() {
    let trial = Host::start(Vec::new()).await.relayed().await;
    let mut stream = TcpStream::connect(trial.address).await.unwrap();
    let began = Instant::now();
    // The request would be whole after an hour.
    for byte in get().bytes().cycle() {
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_secs(10)).await;
    }
    assert!(began.elapsed() <= Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!(trial.log(), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_reads_ever_so_slowly_gives_its_place_back() {
    let host = Host::start(answer("200 OK", &" ".repeat(15 * 1024 * 1024))).await;
    let trial = host.relayed().await;
    // With little room on this side, each time that something is read the server may write a little.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let mut stream = socket.connect(trial.address).await.unwrap();
    stream.write_all(get().as_bytes()).await.unwrap();
    until("the host has answered", || !trial.log().is_empty()).await;
    let slots = &trial.site.relay.slots;
    assert_eq!(slots.available_permits(), CONCURRENT - 1);
    pause();
    let began = Instant::now();
    // Read past the runtime, whose clock would jump meanwhile.
    let mut stream = stream.into_std().unwrap();
    // All of it would take two minutes, and the server can write again long before it would give a silent client up.
    while slots.available_permits() < CONCURRENT {
        sleep(Duration::from_secs(5)).await;
        for _ in 0..8 {
            let _ = stream.read(&mut [0; 64 * 1024]);
        }
        assert!(began.elapsed() < Duration::from_secs(75), "the place stays taken");
    }
    assert!(began.elapsed() >= Duration::from_secs(55), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_client_that_does_not_read_gives_its_place_back() {
    let host = Host::start(answer("200 OK", &" ".repeat(15 * 1024 * 1024))).await;
    let trial = host.relayed().await;
    let mut stream = TcpStream::connect(trial.address).await.unwrap();
    stream.write_all(get().as_bytes()).await.unwrap();
    until("the host has answered", || !trial.log().is_empty()).await;
    let slots = &trial.site.relay.slots;
    assert_eq!(slots.available_permits(), CONCURRENT - 1);
    pause();
    let began = Instant::now();
    while slots.available_permits() < CONCURRENT {
        sleep(Duration::from_secs(1)).await;
        assert!(began.elapsed() < Duration::from_secs(60));
    }
    drop(stream);
}

/// A body of single bytes with pauses between them.
struct Trickle(Interval);

impl hyper::body::Body for Trickle {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.0.poll_tick(cx).map(|_| Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}

#[tokio::test(start_paused = true)]
async fn bodies_that_trickle_are_cut_off() {
    let (parts, ()) = Request::new(()).into_parts();
    let began = Instant::now();
    let taken = Room::new().take(&parts, Duration::ZERO).await.ok().unwrap();
    let refusal = collect(&parts, Trickle(interval(Duration::from_secs(1))), &taken).await.unwrap_err();
    assert_eq!((refusal.code, refusal.status().as_u16()), (Code::Timeout, 400));
    assert_eq!(began.elapsed(), BODY_TIME);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_told_and_logged_without_secrets() {
    let inside = Host::start(answer("200 OK", "{}")).await;
    let outside = "20.42.4.209:443".parse().unwrap();
    let trial: Trial = super::played::leading_to(vec![inside.address, outside]).await;
    let seen = trial.raw(get().as_bytes()).await.unwrap();
    assert_eq!(code(&seen), (502, "private-address".to_owned()));
    let log = trial.log();
    assert!(
        log[0].contains(&format!(" GET {HOST} {ME} 502 ")) && log[0].ends_with(" private-address"),
        "{log:?}"
    );
    assert!(!log[0].contains("planted"), "{log:?}");
    assert_eq!(inside.take_reached().await, 0);
}
