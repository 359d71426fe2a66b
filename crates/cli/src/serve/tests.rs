use clap::Parser;

use super::relay::{AllowList, Reach, Relay};
use super::trial::{Trial, exchange};
use super::{Running, ServeArgs};
use crate::connections::Stop;

pub(super) const PRODUCTION: [(&str, &str); 8] = [
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), \
         publickey-credentials-get=(), usb=(), browsing-topics=(), clipboard-read=(), clipboard-write=(self)",
    ),
];

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    serve: ServeArgs,
}

fn args(line: &[&str]) -> ServeArgs {
    Line::parse_from([&["serve"], line].concat()).serve
}

async fn plain() -> Trial {
    Trial::start(Relay::new(AllowList::default(), &Reach::default(), None).unwrap()).await
}

#[tokio::test]
async fn every_answer_has_the_production_headers() {
    let trial = plain().await;
    for (line, status) in [
        ("GET /", 200),
        ("HEAD /", 200),
        ("GET /app-0123456789abcdef.js", 200),
        ("GET /config.json", 200),
        ("GET /missing", 404),
        ("GET /../etc/passwd", 404),
        ("GET /%2e%2e/etc/passwd", 404),
        ("GET //etc/passwd", 404),
        ("GET /relayed", 404),
        ("GET /relay/", 404),
        ("POST /", 405),
        ("PUT /config.json", 405),
        ("TRACE /", 405),
        ("OPTIONS /", 405),
        ("OPTIONS *", 405),
        ("CONNECT evil.example:443", 405),
        ("GET http://evil.example/", 400),
    ] {
        let seen = trial.ask(line, &[], "").await;
        assert_eq!(seen.status, status, "{line}");
        for (name, value) in PRODUCTION {
            assert_eq!(seen.header(name), value, "{line}: {name}");
        }
        let policy = seen.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; "), "{line}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{line}: {policy}");
        let forever = line == "GET /app-0123456789abcdef.js";
        let expected = if forever { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(seen.header("cache-control"), expected, "{line}");
        assert_eq!(seen.header("access-control-allow-origin"), "", "{line}");
    }
}

#[tokio::test]
async fn a_head_has_the_length_and_no_body() {
    let seen = plain().await.ask("HEAD /", &[], "").await;
    assert_eq!((seen.header("content-length"), seen.body.len()), ("34", 0));
}

#[tokio::test]
async fn only_names_of_this_machine_are_answered() {
    let trial = plain().await;
    for (host, status) in [
        ("Host: localhost:8080", 200),
        ("Host: [::1]:8080", 200),
        ("Host: evil.example:8080", 421),
        ("Host: localhost.evil.example", 421),
        ("Host:", 421),
        ("X-Host: localhost", 421),
        ("Host: localhost\r\nHost: localhost", 421),
        ("Host: localhost\r\nHost: evil.example", 421),
        ("Host: user@localhost", 421),
    ] {
        let raw = format!("GET / HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n");
        let seen = trial.raw(raw.as_bytes()).await.unwrap();
        assert_eq!(seen.status, status, "{host}");
        assert_eq!(seen.header("x-frame-options"), "DENY", "{host}");
    }
}

#[tokio::test]
async fn only_the_loopback_page_may_stay_on_plain_http() {
    let trial = plain().await;
    for (host, upgraded) in [
        ("localhost:8080", false),
        ("127.0.0.1:8080", false),
        ("[::1]:8080", false),
        ("setup.contoso.example", true),
        ("evil.example", true),
    ] {
        let raw = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let seen = trial.raw(raw.as_bytes()).await.unwrap();
        let policy = seen.header("content-security-policy");
        assert!(policy.contains("; trusted-types default"), "{host}: {policy}");
        assert_eq!(policy.ends_with("; upgrade-insecure-requests"), upgraded, "{host}: {policy}");
    }
}

#[tokio::test]
async fn the_sample_tenant_is_led_to_by_the_configuration_and_the_policy() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("index.html"), "<!doctype html>").unwrap();
    let record = dir.path().join("record.jsonl");
    let args = args(&[
        "--listen",
        "localhost:0",
        "--dir",
        dir.path().to_str().unwrap(),
        "--sample",
        "--sample-port",
        "0",
        "--people",
        "3",
        "--groups",
        "2",
        "--record",
        record.to_str().unwrap(),
    ]);
    let (switch, stop) = Stop::new();
    let running = Running::start(&args, &stop).await.unwrap();
    let address = running.url.trim_start_matches("http://localhost:").trim_end_matches('/');
    let address = format!("127.0.0.1:{address}").parse().unwrap();
    let get = |path: String, headers: &'static str| async move {
        let raw = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n");
        exchange(address, raw.as_bytes()).await.unwrap()
    };

    let config = get("/config.json".to_owned(), "").await;
    let json = config.json();
    let cloud = &json["clouds"][0];
    assert_eq!((json["cloud"].as_str(), json["relay"].as_str()), (Some("sample"), Some("relay/")));
    let policy = config.header("content-security-policy");
    for key in ["authority", "graph"] {
        let origin = cloud[key].as_str().unwrap();
        assert!(policy.contains(&format!(" {origin}")), "{policy}");
    }
    assert_eq!(cloud["portal"].as_str(), running.portal.as_deref());
    let databricks = cloud["databricks"][0].as_str().unwrap().trim_start_matches("http://").to_owned();
    assert!(!policy.contains(&databricks), "{policy}");

    let mark = "X-Scim-Setup: 1\r\n";
    let listing = get("/relay/".to_owned(), mark).await;
    assert_eq!(listing.json(), serde_json::json!({ "relay": 1, "hosts": [databricks] }));
    let me = get(format!("/relay/{databricks}/api/2.0/preview/scim/v2/Me"), mark).await;
    assert_eq!((me.status, me.header("x-scim-setup-relay")), (401, ""));
    assert_eq!(me.header("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'none'");
    for (host, code) in [("127.0.0.1:1", "host"), ("localhost:9103", "host"), ("127.0.0.1", "host")] {
        let seen = get(format!("/relay/{host}/api/2.0/preview/scim/v2/Me"), mark).await;
        assert_eq!(seen.header("x-scim-setup-relay"), code, "{host}");
    }
    let clusters = get(format!("/relay/{databricks}/api/2.0/clusters/list"), mark).await;
    assert_eq!((clusters.status, clusters.header("x-scim-setup-relay")), (404, "path"));

    let lines = std::fs::read_to_string(&record).unwrap();
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(line["service"], "databricks");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["url"], format!("http://{databricks}/api/2.0/preview/scim/v2/Me"));
    assert_eq!(line["status"], 401);
    assert_eq!(lines.lines().count(), 1);

    switch.send(true).unwrap();
    running.end().await;
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_said() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("index.html"), "<!doctype html>").unwrap();
    std::fs::write(dir.path().join("bad.json"), "{").unwrap();
    let bad = dir.path().join("bad.json");
    let dir = dir.path().to_str().unwrap();
    for (line, what) in [
        (["--dir", "/nowhere/dist"].as_slice(), "The page's folder /nowhere/dist cannot be served."),
        (
            &["--dir", dir, "--allow", "contoso.example"],
            "--allow contoso.example: this entry cannot be used.",
        ),
        (&["--dir", dir, "--private", "127.0.0.0/8"], "--private 127.0.0.0/8: this range cannot be opened."),
        (&["--dir", dir, "--listen", "nonsense"], "--listen nonsense: this address cannot be listened on."),
        (
            &["--dir", dir, "--listen", "0.0.0.0:0", "--allow", "adb-1.1.azuredatabricks.net"],
            "--listen 0.0.0.0:0: the relay cannot be offered on every address without a name.",
        ),
        (
            &["--dir", dir, "--listen", "[::]:0", "--sample"],
            "--listen [::]:0: the relay cannot be offered on every address without a name.",
        ),
        (&["--dir", dir, "--host", "a b"], "--host a b: this is not a host name."),
        (
            &["--dir", dir, "--config", bad.to_str().unwrap()],
            &format!("The configuration {} cannot be used.", bad.display()),
        ),
    ] {
        let mut line = line.to_vec();
        if !line.contains(&"--listen") {
            line.extend(["--listen", "localhost:0"]);
        }
        let (_switch, stop) = Stop::new();
        let problem = Running::start(&args(&line), &stop).await.err().unwrap();
        assert_eq!(problem.what, what);
        assert!(!problem.why.is_empty() && !problem.remedy.is_empty());
    }
}
