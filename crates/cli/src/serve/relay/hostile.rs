//! Requests that must not reach the host, written byte by byte.

use super::played::{HOST, Host, MARK, ME, answer, code};

#[tokio::test]
async fn hostile_requests_do_not_reach_the_host() {
    let host = Host::start(answer("200 OK", "{}")).await;
    let trial = host.relayed().await;
    let users = "/api/2.0/preview/scim/v2/Users";
    let body = "Content-Length: 2";
    let long = format!("GET /relay/{HOST}{users}?{}", "a".repeat(8193));
    let upper = HOST.to_uppercase();
    let cases: Vec<(String, Vec<&str>, u16, &str)> = vec![
        // Hosts.
        (format!("GET /relay/evil.example{ME}"), vec![], 403, "host"),
        (format!("GET /relay/{upper}{ME}"), vec![], 403, "host"),
        (format!("GET /relay/{HOST}.{ME}"), vec![], 403, "host"),
        (format!("GET /relay/{HOST}:443{ME}"), vec![], 403, "host"),
        (format!("GET /relay/{HOST}:80{ME}"), vec![], 403, "host"),
        (format!("GET /relay/{HOST}.evil.example{ME}"), vec![], 403, "host"),
        (format!("GET /relay/x{HOST}{ME}"), vec![], 403, "host"),
        (format!("GET /relay/adb-2.1.azuredatabricks.net{ME}"), vec![], 403, "host"),
        (format!("GET /relay/azuredatabricks.net{ME}"), vec![], 403, "host"),
        (format!("GET /relay/127.0.0.1{ME}"), vec![], 403, "host"),
        (format!("GET /relay/127.0.0.1:{}{ME}", host.address.port()), vec![], 403, "host"),
        (format!("GET /relay/localhost:{}{ME}", host.address.port()), vec![], 403, "host"),
        (format!("GET /relay/2130706433{ME}"), vec![], 403, "host"),
        (format!("GET /relay/169.254.169.254{ME}"), vec![], 403, "host"),
        (format!("GET /relay/login.microsoftonline.com{ME}"), vec![], 403, "host"),
        (format!("GET /relay/graph.microsoft.com{ME}"), vec![], 403, "host"),
        (format!("GET /relay/https:{ME}"), vec![], 403, "host"),
        (format!("GET /relay/https://{HOST}{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay/user@{HOST}{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay/user:x@{HOST}{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay/[::1]{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}%2e{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}%00{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}%0d%0ahost:evil{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}\\@evil.example{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay//{HOST}{ME}"), vec![], 400, "bad-request"),
        (format!("GET /relay/*{ME}"), vec![], 400, "bad-request"),
        // Paths.
        (format!("GET /relay/{HOST}"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}/"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}/api/2.0/clusters/list"), vec![], 404, "path"),
        (format!("POST /relay/{HOST}/api/2.0/token/create"), vec![body], 404, "path"),
        (format!("GET /relay/{HOST}/api/2.0/preview/scim/v2/ServicePrincipals"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}/oidc/v1/authorize"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}/login.html"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}{users}/abc"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}{users}/1/2"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}{users}/"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}/api/2.1/accounts/1/scim/v2/Users"), vec![], 404, "path"),
        (format!("GET /relay/{HOST}{users}/.."), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}/../{HOST}{users}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}/.{users}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}/{users}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}{users}%2f1"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}{users}%5c1"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}/%2e%2e{users}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}/%252e%252e{users}"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}{users}\\1"), vec![], 400, "bad-request"),
        (format!("GET /relay/{HOST}{users};a=b"), vec![], 400, "bad-request"),
        ("GET /relay".to_owned(), vec![], 404, "path"),
        ("POST /relay/".to_owned(), vec![body], 405, "path"),
        (long, vec![], 400, "bad-request"),
        // Methods.
        (format!("PUT /relay/{HOST}{users}/1"), vec![body], 405, "path"),
        (format!("HEAD /relay/{HOST}{users}"), vec![], 405, ""),
        (format!("OPTIONS /relay/{HOST}{users}"), vec![], 405, "path"),
        (format!("DELETE /relay/{HOST}{users}"), vec![], 405, "path"),
        (format!("DELETE /relay/{HOST}{users}/1"), vec![], 405, "path"),
        (format!("POST /relay/{HOST}{ME}"), vec![body], 405, "path"),
        (format!("get /relay/{HOST}{users}"), vec![], 405, "path"),
        (format!("PROPFIND /relay/{HOST}{users}"), vec![], 405, "path"),
        // Headers.
        (format!("POST /relay/{HOST}{users}"), vec![body, "Expect: 100-continue"], 400, "bad-request"),
        (format!("GET /relay/{HOST}{users}"), vec!["Upgrade: websocket"], 400, "bad-request"),
        (format!("GET /relay/{HOST}{users}"), vec!["Connection: Upgrade"], 400, "bad-request"),
        (format!("GET /relay/{HOST}{users}"), vec!["Connection: authorization"], 400, "bad-request"),
        (format!("GET /relay/{HOST}{users}"), vec![body], 400, "bad-request"),
        (
            format!("GET /relay/{HOST}{users}"),
            vec!["Authorization: Bearer a", "Authorization: Bearer b"],
            400,
            "bad-request",
        ),
        (format!("GET /relay/{HOST}{users}"), vec!["Authorization: Bearer \u{e4}"], 400, "bad-request"),
        (format!("POST /relay/{HOST}{users}"), vec!["Content-Length: 1048577"], 413, "too-large"),
        // Callers.
        (format!("GET /relay/{HOST}{users}"), vec!["Sec-Fetch-Site: cross-site"], 403, "caller"),
        (format!("GET /relay/{HOST}{users}"), vec!["Sec-Fetch-Site: same-site"], 403, "caller"),
        (format!("GET /relay/{HOST}{users}"), vec!["Sec-Fetch-Site: none"], 403, "caller"),
        (format!("GET /relay/{HOST}{users}"), vec!["Origin: http://evil.example"], 403, "caller"),
        (format!("GET /relay/{HOST}{users}"), vec!["Origin: null"], 403, "caller"),
        (format!("GET /relay/{HOST}{users}"), vec!["X-Scim-Setup: 1"], 403, "caller"),
    ];
    for (line, headers, status, expected) in cases {
        let mut all = vec![MARK];
        all.extend(headers);
        let seen = trial.ask(&line, &all, if all.contains(&body) { "{}" } else { "" }).await;
        // The answer to HEAD has no body; the header says why all the same.
        let told = if line.starts_with("HEAD") { (seen.status, String::new()) } else { code(&seen) };
        assert_eq!(told, (status, expected.to_owned()), "{line} {all:?}");
    }
    assert_eq!(host.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn broken_framing_is_refused_or_cut() {
    let host = Host::start(answer("200 OK", "{}")).await;
    let trial = host.relayed().await;
    let head =
        format!("POST /relay/{HOST}/api/2.0/preview/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\n");
    for rest in [
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
        "Content-Length: +5\r\n\r\n12345",
        "Content-Length: 5, 5\r\n\r\n12345",
        "Transfer-Encoding: gzip\r\n\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        "X-Folded: a\r\n b\r\n\r\n",
        "X-Null: a\0b\r\n\r\n",
        "No-Colon\r\n\r\n",
        " Leading: blank\r\n\r\n",
    ] {
        let seen = trial.raw(format!("{head}{rest}").as_bytes()).await;
        assert!(seen.is_none_or(|seen| (400..500).contains(&seen.status)), "{rest:?}");
    }
    for raw in [
        format!("GET /relay/{HOST}{ME}\r\n\r\n"),
        format!("GET http://{HOST}{ME} HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\nConnection: close\r\n\r\n"),
        format!("GET /relay/{HOST}{ME} HTTP/1.1\r\nHost: {HOST}\r\n{MARK}\r\nConnection: close\r\n\r\n"),
        format!("GET /relay/{HOST}{ME} HTTP/9.9\r\nHost: localhost\r\n{MARK}\r\n\r\n"),
        format!("GET /relay/{HOST}{ME} x HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ] {
        let seen = trial.raw(raw.as_bytes()).await;
        assert!(seen.is_none_or(|seen| (400..500).contains(&seen.status)), "{raw:?}");
    }
    assert_eq!(host.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_body_without_length_is_limited_too() {
    let host = Host::start(answer("200 OK", "{}")).await;
    let chunk = format!("{:x}\r\n{}\r\n", 600_000, "x".repeat(600_000));
    let line = format!("POST /relay/{HOST}/api/2.0/preview/scim/v2/Users");
    let body = format!("{chunk}{chunk}0\r\n\r\n");
    let seen = host.relayed().await.ask(&line, &[MARK, "Transfer-Encoding: chunked"], &body).await;
    assert_eq!(code(&seen), (413, "too-large".to_owned()));
    assert!(host.asked().is_empty());
}
