//! Requests of all kinds, mutated: whatever is let through is exactly a host of the list and a call of the table, byte for
//! byte as it was sent. It tries a few thousand; `FUZZ_CASES=1000000 cargo test -p scim-setup fuzz` tries some minutes long.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use proptest::sample::Index;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::admit::{self, Admitted, Line};
use super::body::{Room, collect};
use super::hostile;
use super::played::{HOST, ME};
use super::strict::{in_table, strictly};
use super::upstream::url;
use super::{AllowList, path};
use crate::connections::protocol;
use crate::framing::Watched;
use crate::serve::host::Names;
use crate::serve::site::own_name;

const UUID: &str = "00000000-0000-4000-8000-00000000000a";
const PAGE: &str = "localhost:8080";

/// What was let through.
#[derive(Debug)]
struct Passed {
    method: String,
    host: String,
    path: String,
    query: Option<String>,
    up: HeaderMap,
    body: Vec<u8>,
    logged: (String, &'static str),
}

/// A request for the relay, judged as the server does it, up to the sending.
async fn judge(request: Request<Incoming>) -> Option<Passed> {
    let allow = AllowList::parse(&[HOST.to_owned()]).unwrap();
    let own = own_name(&Names::new("localhost", &[]).unwrap(), &request).ok()?;
    let (parts, body) = request.into_parts();
    admit::caller(&own, &parts).ok()?;
    admit::framing(&parts).ok()?;
    let mut line = Line::new();
    let Admitted { host, path, query, up } =
        admit::target(|host| allow.admits(host), &parts, &mut line).ok()?;
    let taken = Room::new().take(&parts, Duration::ZERO).await.ok()?;
    let body = collect(&parts, body, &taken).await.ok()?;
    Some(Passed {
        method: parts.method.to_string(),
        host: host.to_owned(),
        path: path.to_owned(),
        query: query.map(str::to_owned),
        up,
        body,
        logged: (line.host, line.template),
    })
}

/// Everything that is let through of the bytes of one connection.
fn passed(raw: &[u8]) -> Vec<Passed> {
    let passed = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&passed);
    // The clock jumps when everybody waits: then the client has said all.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let (client, server) = duplex(64 * 1024);
        let (mut answers, mut requests) = tokio::io::split(client);
        let service = service_fn(|request| {
            let kept = Rc::clone(&kept);
            async move {
                if let Some(passed) = judge(request).await {
                    kept.borrow_mut().push(passed);
                }
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::new())))
            }
        });
        let connection = protocol().serve_connection(TokioIo::new(Watched::new(server)), service);
        let mut unread = Vec::new();
        let send = async {
            // A server that refuses early closes early.
            let _ = requests.write_all(raw).await;
        };
        let _ = tokio::join!(connection, send, answers.read_to_end(&mut unread));
    });
    passed.take()
}

/// Whether a head has a header.
fn has(head: &str, name: &str, value: &str) -> bool {
    head.split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .any(|(known, given)| known.eq_ignore_ascii_case(name) && given.trim_matches([' ', '\t']) == value)
}

/// Whether the headers that are sent on are the fixed ones, and those of the head that may be.
fn carries(head: &str, up: &HeaderMap) -> bool {
    up.iter().all(|(name, value)| {
        let value = value.to_str().unwrap();
        match name.as_str() {
            "user-agent" => value == concat!("scim-setup/", env!("CARGO_PKG_VERSION")),
            "accept-encoding" => value == "identity",
            "authorization" | "content-type" | "accept" | "if-match" => has(head, name.as_str(), value),
            _ => false,
        }
    })
}

/// What must hold of everything that is let through.
fn check(raw: &[u8]) -> Result<(), TestCaseError> {
    let mut sent = strictly(raw).into_iter();
    for Passed { method, host, path, query, up, body, logged } in passed(raw) {
        prop_assert_eq!(&host, HOST);
        prop_assert!(in_table(&method, &path), "{} {}", method, path);
        let target =
            query.as_ref().map_or_else(|| format!("{host}{path}"), |query| format!("{host}{path}?{query}"));
        // What is sent on is what was asked for, and leads nowhere else.
        let sent_on = url(&host, &path, query.as_deref()).map(|url| url.to_string());
        prop_assert_eq!(sent_on.ok(), Some(format!("https://{target}")));
        // It stands on the wire as it was read, with the same headers and body, for a strict reader too.
        let lines = ["1.1", "1.0"].map(|version| format!("{method} /relay/{target} HTTP/{version}"));
        let same = |(line, head, strict_body): &(String, String, Vec<u8>)| {
            lines.contains(line)
                && *strict_body == body
                && has(head, "x-scim-setup", "1")
                && carries(head, &up)
        };
        prop_assert!(
            sent.any(|request| same(&request)),
            "no strict reader sees {:?} in {}",
            lines,
            raw.escape_ascii()
        );
        prop_assert_eq!(&logged.0, HOST);
        prop_assert_eq!(path::find(&method, &path), Ok(logged.1));
    }
    Ok(())
}

/// Requests that are let through.
fn valid() -> Vec<Vec<u8>> {
    let users = ME.replace("/Me", "/Users");
    let head = |line: &str| {
        format!(
            "{line} HTTP/1.1\r\nHost: {PAGE}\r\nX-Scim-Setup: 1\r\nAuthorization: Bearer dapi-planted-0123456789\r\n"
        )
    };
    let get = |path: &str| format!("{}\r\n", head(&format!("GET /relay/{HOST}{path}")));
    let browser = "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n";
    let post = format!("POST /relay/{HOST}{users}");
    [
        get(ME),
        get(&users),
        get(&format!("{users}?filter=userName%20eq%20%22ada%40contoso.example%22&count=100")),
        get(&format!("{users}/42?attributes=id")),
        get(&format!("/api/2.0/accounts/{UUID}/scim/v2/Groups")),
        get(&format!("/api/2.1/accounts/{UUID}/scim/v2/Users/9223372036854775807")),
        format!("{}{browser}Accept: application/scim+json\r\n\r\n", head(&format!("GET /relay/{HOST}{ME}"))),
        format!("{}Content-Type: application/scim+json\r\nContent-Length: 7\r\n\r\n{{\"a\":1}}", head(&post)),
        format!(
            "{}Transfer-Encoding: chunked\r\n\r\n3\r\n{{\"a\r\n4;x=y\r\n\":1}}\r\n0\r\nA: b\r\n\r\n",
            head(&post)
        ),
        format!(
            "{}If-Match: \"1\"\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}",
            head(&format!("PATCH /relay/{HOST}/api/2.0/preview/scim/v2/Groups/7"))
        ),
    ]
    .map(String::into_bytes)
    .to_vec()
}

/// Requests to begin with: valid ones often, and the hostile table.
fn seeds() -> Vec<Vec<u8>> {
    let hostile = hostile::cases();
    let hostile: Vec<_> =
        hostile.iter().map(|case| case.bytes(PAGE, 9)).filter(|bytes| bytes.len() < 4096).collect();
    let valid = valid();
    let times = hostile.len() * 2 / valid.len();
    valid.into_iter().cycle().take(times * 10).chain(hostile).collect()
}

/// Pieces that mean something to one of the readers.
const PIECES: [&str; 44] = [
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\0",
    " ",
    "\t",
    ":",
    "/",
    "//",
    "\\",
    ".",
    "..",
    "/../",
    "%2e",
    "%2f",
    "%5c",
    "%00",
    "%25",
    "?",
    "#",
    "@",
    ";",
    ",",
    "*",
    "[::1]",
    ":443",
    "127.0.0.1",
    "evil.example",
    "http://",
    HOST,
    PAGE,
    " HTTP/1.1\r\n",
    "GET ",
    "Host: evil.example\r\n",
    "Content-Length: 4\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "X-Scim-Setup: 1\r\n",
    "0\r\n\r\n",
    "\r\n ",
    "\u{ff0e}",
    "\u{c0}\u{ae}",
    "/relay/",
];

/// One change of a request.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Insert(Index, Index),
    Duplicate(Index, Index),
    Remove(Index, Index),
    Splice(Index, Index, Index),
    Append(Index),
}

impl Change {
    fn any() -> impl Strategy<Value = Self> {
        let index = any::<Index>;
        prop_oneof![
            (index(), any::<u8>()).prop_map(|(at, byte)| Self::Flip(at, byte)),
            (index(), index()).prop_map(|(at, piece)| Self::Insert(at, piece)),
            (index(), index()).prop_map(|(from, to)| Self::Duplicate(from, to)),
            (index(), index()).prop_map(|(from, to)| Self::Remove(from, to)),
            (index(), index(), index()).prop_map(|(at, other, from)| Self::Splice(at, other, from)),
            index().prop_map(Self::Append),
        ]
    }

    fn make(&self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let end = bytes.len() + 1;
        // Short pieces, so that something stays of the request.
        let range = |from: &Index, to: &Index| {
            let from = from.index(end);
            from..(from + to.index(24)).min(end - 1).max(from)
        };
        match self {
            Self::Flip(at, byte) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] ^= byte;
            }
            Self::Flip(..) => {}
            Self::Insert(at, piece) => {
                let at = at.index(end);
                bytes.splice(at..at, piece.get(&PIECES).bytes());
            }
            Self::Duplicate(from, to) => {
                let range = range(from, to);
                let piece = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, piece);
            }
            Self::Remove(from, to) => drop(bytes.drain(range(from, to))),
            Self::Splice(at, other, from) => {
                let other = other.get(seeds);
                bytes.truncate(at.index(end));
                bytes.extend_from_slice(&other[from.index(other.len())..]);
            }
            Self::Append(other) => bytes.extend(other.get(seeds)),
        }
    }
}

fn config() -> ProptestConfig {
    let cases = std::env::var("FUZZ_CASES").ok().map_or(3000, |cases| cases.parse().unwrap());
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn mutated_requests_are_let_through_only_as_calls_of_the_table() {
    let seeds = seeds();
    let changed = (any::<Index>(), proptest::collection::vec(Change::any(), 0..5));
    proptest!(config(), |((seed, changes) in changed)| {
        let mut bytes = seed.get(&seeds).clone();
        for change in &changes {
            change.make(&mut bytes, &seeds);
        }
        check(&bytes)?;
    });
}

/// Without this the property could hold because nothing is let through.
#[test]
fn valid_requests_are_let_through_and_hostile_ones_are_not() {
    for bytes in valid() {
        assert_eq!(passed(&bytes).len(), 1, "{}", String::from_utf8_lossy(&bytes));
        assert_eq!(
            passed(&[bytes.clone(), bytes.clone()].concat()).len(),
            if closes(&bytes) { 1 } else { 2 }
        );
        check(&bytes).unwrap();
    }
    for case in hostile::cases() {
        let passed = passed(&case.bytes(PAGE, 9));
        assert!(passed.is_empty(), "{}: {passed:?}", case.name);
    }
}

fn closes(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("Connection: close")
}
