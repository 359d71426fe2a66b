//! Requests that must not reach the host: `tests/relay/hostile.json`, replayed byte by byte.

use serde::Deserialize;

use super::played::{HOST, Host, MARK, ME, answer, code};
use crate::serve::trial::{Seen, exchange_all};

/// What `{TOKEN}` stands for.
const TOKEN: &str = "dapi-planted-0123456789";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) what: String,
    raw: String,
    repeat: Option<Repeat>,
    status: Option<u16>,
    code: String,
    #[serde(default)]
    then: Vec<Then>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    text: String,
    times: usize,
}

/// What is answered to the second request on a connection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    status: u16,
    code: String,
}

/// The table.
pub(crate) fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../../../../tests/relay/hostile.json")).unwrap()
}

impl Case {
    /// The request: every character is one byte.
    pub(crate) fn bytes(&self, page: &str, port: u16) -> Vec<u8> {
        let mut raw = self.raw.clone();
        if let Some(Repeat { text, times }) = &self.repeat {
            raw = raw.replace("{REPEAT}", &text.repeat(*times));
        }
        let users = ME.replace("/Me", "/Users");
        for (name, value) in [
            ("{HOST}", HOST),
            ("{ME}", ME),
            ("{USERS}", &users),
            ("{PAGE}", page),
            ("{PORT}", &port.to_string()),
            ("{TOKEN}", TOKEN),
        ] {
            raw = raw.replace(name, value);
        }
        raw.chars().map(|character| u8::try_from(character).unwrap()).collect()
    }

    fn expected(&self) -> Vec<(u16, String)> {
        let first = self.status.map(|status| (status, self.code.clone()));
        assert!(first.is_some() || self.code == "cut", "{}", self.name);
        first.into_iter().chain(self.then.iter().map(|then| (then.status, then.code.clone()))).collect()
    }
}

/// The status and the relay's code; answers of the relay are checked for what all of them have.
fn told(seen: &Seen) -> (u16, String) {
    // The answer to HEAD has no body; the header says why all the same.
    if seen.header("x-scim-setup-relay").is_empty() || seen.body.is_empty() {
        return (seen.status, seen.header("x-scim-setup-relay").to_owned());
    }
    code(seen)
}

#[tokio::test]
async fn hostile_requests_do_not_reach_the_host() {
    let cases = cases();
    assert!(cases.len() >= 120, "{}", cases.len());
    let host = Host::start(answer("200 OK", "{}")).await;
    let mut wrong = Vec::new();
    let mut lines = 0;
    // A relay for a few of them, so that none is refused for coming too fast.
    for few in cases.chunks(90) {
        let trial = host.relayed().await;
        for case in few {
            let answers =
                exchange_all(trial.address, &case.bytes("localhost:8080", host.address.port())).await;
            let told: Vec<_> = answers.iter().map(told).collect();
            if told != case.expected() {
                wrong.push(format!("{} / {}: {told:?}, not {:?}", case.what, case.name, case.expected()));
            }
            let reached = host.take_reached().await;
            if reached > 0 {
                let asked = host.take_asked();
                wrong.push(format!(
                    "{} / {} reached the host {reached} times: {asked:?}",
                    case.what, case.name
                ));
            }
            for seen in answers {
                let id = seen.header("x-scim-setup-request");
                if id.is_empty() != seen.header("x-scim-setup-relay").is_empty() {
                    wrong.push(format!(
                        "{} / {}: a relay's answer and its id go together",
                        case.what, case.name
                    ));
                }
            }
        }
        for line in trial.log() {
            assert!(!line.contains("planted"), "{line}");
            lines += 1;
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "{}", wrong.join("\n"));
    // The same host is reached by what is allowed.
    let good =
        format!("GET /relay/{HOST}{ME} HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\nConnection: close\r\n\r\n");
    assert_eq!(host.relayed().await.raw(good.as_bytes()).await.unwrap().status, 200);
    assert_eq!(host.take_reached().await, 1);
    assert!(lines > 100, "{lines}");
}
