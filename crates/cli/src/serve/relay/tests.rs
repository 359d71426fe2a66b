//! The relay over real sockets: what passes, and what becomes of answers.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::Request;
use hyper::body::Frame;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{pause, resume};

use super::body::{Room, collect};
use super::played::{HOST, Host, MARK, ME, answer, code, relayed};
use super::refusal::Code;
use super::upstream::LARGEST_ANSWER;
use super::{AllowList, CONCURRENT, Reach, Relay};
use crate::serve::trial::{Trial, until};

#[tokio::test]
async fn a_call_passes_with_named_headers_only() {
    let host = Host::start(answer(
        "201 Created\r\nContent-Type: application/scim+json; charset=utf-8\r\nSet-Cookie: a=b\r\nServer: x\r\n\
         X-Request-Id: r-1\r\nX-Databricks-Org-Id: 1\r\nAccess-Control-Allow-Origin: *\r\nWWW-Authenticate: Basic",
        "{\"id\":\"1\"}",
    ))
    .await;
    let trial = host.relayed().await;
    let line = format!("POST /relay/{HOST}/api/2.0/preview/scim/v2/Users?attributes=userName%2Cid");
    let headers = [
        MARK,
        "Authorization: Bearer made-up",
        "Content-Type: application/scim+json",
        "Cookie: session=1",
        "Origin: http://localhost:8080",
        "Referer: http://localhost:8080/",
        "X-Forwarded-For: 10.0.0.1",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Dest: empty",
        "Content-Length: 7",
    ];
    let seen = trial.ask(&line, &headers, "{\"a\":1}").await;
    assert_eq!(code(&seen), (201, String::new()));
    assert_eq!(seen.body, b"{\"id\":\"1\"}");
    assert_eq!(seen.header("content-type"), "application/scim+json");
    assert_eq!(seen.header("x-request-id"), "r-1");
    assert_eq!(seen.header("x-databricks-org-id"), "1");
    for gone in ["set-cookie", "server", "www-authenticate"] {
        assert_eq!(seen.header(gone), "", "{gone}");
    }
    let asked = host.asked();
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<String> = head.split("\r\n").map(str::to_owned).collect();
    assert_eq!(lines.remove(0), "POST /api/2.0/preview/scim/v2/Users?attributes=userName%2Cid HTTP/1.1");
    let mut names: Vec<_> = lines.iter().map(|line| line.split(':').next().unwrap().to_lowercase()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "user-agent"
        ]
    );
    assert!(lines.iter().any(|line| line.to_lowercase() == format!("host: {HOST}")), "{lines:?}");
    assert!(lines.iter().any(|line| line.to_lowercase() == "authorization: bearer made-up"), "{lines:?}");
    assert_eq!(body, "{\"a\":1}");
}

#[tokio::test]
async fn errors_of_the_host_pass_as_they_are() {
    let host = Host::start(answer("429 Too Many Requests\r\nRetry-After: 7", "{\"error_code\":\"X\"}")).await;
    let seen = host.relayed().await.ask(&format!("GET /relay/{HOST}{ME}"), &[MARK], "").await;
    assert_eq!(code(&seen), (429, String::new()));
    assert_eq!((seen.header("retry-after"), seen.header("content-type")), ("7", "application/json"));
}

#[tokio::test]
async fn answers_that_are_no_data_are_told_apart() {
    let login = "302 Found\r\nLocation: https://adb-1.1.azuredatabricks.net/login.html?error=private-link-validation-error";
    let large = "x".repeat(LARGEST_ANSWER + 1);
    for (given, status, expected, upstream) in [
        (answer(login, ""), 502, "redirect", Some(302)),
        (answer("301 Moved\r\nLocation: http://127.0.0.1/", ""), 502, "redirect", Some(301)),
        (answer("200 OK\r\nContent-Type: text/html", "<script>alert(1)</script>"), 502, "html", Some(200)),
        (answer("403 No\r\nContent-Type: application/json", " <!doctype html>"), 502, "html", Some(403)),
        (answer("408 Request Timeout", "{}"), 504, "timeout", Some(408)),
        (answer("408 Request Timeout\r\nContent-Type: text/html", "<html>"), 504, "timeout", Some(408)),
        (answer("429 Slow\r\nContent-Type: text/html", "<html>"), 429, "html", Some(429)),
        (answer("502 Bad Gateway\r\nContent-Type: text/html", "<html>"), 502, "html", Some(502)),
        (answer("503 Busy\r\nContent-Type: text/html", "<html>"), 503, "html", Some(503)),
        (answer("504 Late\r\nContent-Type: text/html", "<html>"), 504, "html", Some(504)),
        (answer("500 Oops\r\nContent-Type: text/html", "<html>"), 502, "html", Some(500)),
        (answer("200 OK\r\nContent-Encoding: gzip", "packed"), 502, "unreachable", Some(200)),
        (answer("200 OK", &large), 502, "answer-too-large", Some(200)),
        (b"nonsense\r\n\r\n".to_vec(), 502, "unreachable", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec(), 502, "unreachable", None),
        (Vec::new(), 502, "unreachable", None),
    ] {
        let host = Host::start(given).await;
        let seen = host.relayed().await.ask(&format!("GET /relay/{HOST}{ME}"), &[MARK], "").await;
        assert_eq!(code(&seen), (status, expected.to_owned()));
        assert_eq!(seen.json()["status"].as_u64(), upstream, "{expected}");
        assert_eq!(host.asked().len(), 1, "{expected}: nothing is followed or repeated");
        assert_eq!(seen.header("location"), "");
    }
}

#[tokio::test]
async fn a_page_that_asks_to_wait_keeps_the_wait() {
    let host = Host::start(answer("503 Busy\r\nContent-Type: text/html\r\nRetry-After: 9", "<html>")).await;
    let seen = host.relayed().await.ask(&format!("GET /relay/{HOST}{ME}"), &[MARK], "").await;
    assert_eq!(code(&seen), (503, "html".to_owned()));
    assert_eq!(seen.header("retry-after"), "9");
}

#[tokio::test]
async fn plain_answers_and_trailers_that_are_taken_pass() {
    let host = Host::start(answer("200 OK\r\nContent-Encoding: Identity", "{}")).await;
    let seen = host.relayed().await.ask(&format!("GET /relay/{HOST}{ME}"), &[MARK, "TE: trailers"], "").await;
    assert_eq!(code(&seen), (200, String::new()));
    assert_eq!(seen.header("content-encoding"), "");
    assert!(!host.asked()[0].to_lowercase().contains("\r\nte:"), "{:?}", host.asked());
}

#[tokio::test]
async fn a_fault_of_tls_after_the_request_may_have_had_an_effect() {
    let host = Host::breaking().await;
    let seen = host.relayed().await.ask(&format!("GET /relay/{HOST}{ME}"), &[MARK], "").await;
    assert_eq!(code(&seen), (502, "unreachable".to_owned()), "{:?}", seen.json());
    let message = seen.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("InvalidContentType. Whether the request took effect is not known"),
        "{message}"
    );
    assert_eq!(host.asked().len(), 1);
}

#[tokio::test]
async fn an_unknown_authority_and_a_closed_port_are_told_apart() {
    let host = Host::start(Vec::new()).await;
    let other = Host::start(Vec::new()).await;
    let seen = relayed(host.address, &other.authority)
        .await
        .ask(&format!("GET /relay/{HOST}{ME}"), &[MARK], "")
        .await;
    assert_eq!(code(&seen), (502, "tls".to_owned()), "{:?}", seen.json());
    assert!(host.asked().is_empty());
    assert_eq!(host.take_reached().await, 1, "it was connected to, and not asked");

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let seen =
        relayed(closed, &host.authority).await.ask(&format!("GET /relay/{HOST}{ME}"), &[MARK], "").await;
    assert_eq!(code(&seen), (502, "unreachable".to_owned()));
}

#[tokio::test]
async fn the_page_finds_out_whether_there_is_a_relay() {
    let host = Host::start(Vec::new()).await;
    let on = host.relayed().await;
    let seen = on.ask("GET /relay/", &[MARK], "").await;
    assert_eq!(code(&seen), (200, String::new()));
    assert_eq!(seen.json(), serde_json::json!({ "relay": 1, "hosts": [HOST] }));
    assert_eq!(code(&on.ask("GET /relay/", &[], "").await), (403, "caller".to_owned()));
    let off = Trial::start(Relay::new(AllowList::default(), &Reach::default(), None).unwrap()).await;
    assert_eq!(code(&off.ask("GET /relay/", &[MARK], "").await), (404, "off".to_owned()));
    assert_eq!(code(&off.ask(&format!("GET /relay/{HOST}{ME}"), &[MARK], "").await), (404, "off".to_owned()));
}

#[tokio::test]
async fn a_flood_is_slowed_down() {
    let trial = Trial::start(Relay::with(AllowList::parse(&[HOST.to_owned()]).unwrap(), None, None)).await;
    let mut codes = Vec::new();
    // A hundred at once are let through; refilling takes 20 ms each, so a flood must be refused soon after.
    for _ in 0..2000 {
        let seen = trial.ask("GET /relay/", &[MARK], "").await;
        codes.push(code(&seen));
        if seen.status == 429 {
            assert_eq!(seen.header("retry-after"), "1");
            break;
        }
    }
    assert_eq!(codes.last().unwrap(), &(429, "rate".to_owned()));
    assert!(codes.len() > 100, "{}", codes.len());
}

/// A body that never comes.
struct Silent;

impl hyper::body::Body for Silent {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Pending
    }
}

#[tokio::test(start_paused = true)]
async fn slow_clients_and_full_houses_are_not_waited_for() {
    let (parts, ()) = Request::new(()).into_parts();
    let taken = Room::new().take(&parts, Duration::ZERO).await.ok().unwrap();
    let refusal = collect(&parts, Silent, &taken).await.unwrap_err();
    assert_eq!((refusal.code, refusal.status().as_u16()), (Code::Timeout, 400));

    let relay = Relay::with(AllowList::default(), None, None);
    let mut slots = Vec::new();
    for _ in 0..CONCURRENT {
        slots.push(relay.slot().await.unwrap());
    }
    let refusal = relay.slot().await.unwrap_err();
    assert_eq!((refusal.code, refusal.status().as_u16()), (Code::Busy, 503));
    slots.pop();
    assert!(relay.slot().await.is_ok());
}

#[tokio::test]
async fn bodies_of_all_requests_have_their_limit() {
    let host = Host::start(answer("200 OK", "{}")).await;
    let trial = host.relayed().await;
    let room = &trial.site.relay.room;
    let post = format!(
        "POST /relay/{HOST}/api/2.0/preview/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\nConnection: close\r\n"
    );
    // What is announced is taken, and for chunks the most that they may be.
    let mut held = Vec::new();
    for number in 0..64 {
        let length = if number % 2 == 0 { "Content-Length: 1048576" } else { "Transfer-Encoding: chunked" };
        let mut stream = TcpStream::connect(trial.address).await.unwrap();
        stream.write_all(format!("{post}{length}\r\n\r\n").as_bytes()).await.unwrap();
        held.push(stream);
    }
    until("all of the room is taken", || room.left() == 0).await;
    let small = format!("{post}Content-Length: 2\r\n\r\n{{}}");
    pause();
    let seen = trial.raw(small.as_bytes()).await.unwrap();
    resume();
    assert_eq!(code(&seen), (503, "busy".to_owned()));
    assert_eq!(seen.header("retry-after"), "1");
    // What has no body needs no room.
    assert_eq!(trial.ask(&format!("GET /relay/{HOST}{ME}"), &[MARK], "").await.status, 200);
    held.pop();
    assert_eq!(trial.raw(small.as_bytes()).await.unwrap().status, 200);
    drop(held);
    until("all of it is free again", || room.left() == 64 * 1024 * 1024).await;
}

#[tokio::test]
async fn a_body_arrives_as_it_was_sent() {
    let host = Host::start(answer("200 OK", "{}")).await;
    let trial = host.relayed().await;
    let line = format!("PATCH /relay/{HOST}/api/2.0/preview/scim/v2/Groups/7");
    let large = format!("{{\"a\":\"{}\"}}", "0123456789abcdef".repeat(65535));
    let (first, rest) = large.split_at(8);
    for (length, sent) in [
        (format!("Content-Length: {}", large.len()), large.clone()),
        (
            "Transfer-Encoding: chunked".to_owned(),
            format!("8\r\n{first}\r\n{:x}\r\n{rest}\r\n0\r\n\r\n", rest.len()),
        ),
    ] {
        assert_eq!(trial.ask(&line, &[MARK, &length], &sent).await.status, 200, "{length}");
        let asked = host.take_asked().remove(0);
        let (head, body) = asked.split_once("\r\n\r\n").unwrap();
        assert!(head.to_lowercase().contains(&format!("content-length: {}", large.len())), "{head}");
        assert!(body == large, "{length}: {} bytes", body.len());
    }
}
