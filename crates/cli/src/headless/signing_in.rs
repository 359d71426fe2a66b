//! Signing in as the application of the environment. The engine's words for a sign-in that fails are those of the page, with its buttons.

use std::time::Duration;

use engine::entra::sign_in::{ServerError, SignInError};
use engine::entra::tokens::Tokens;
use engine::env::Env;
use engine::problem::{Explain as _, Problem};

use crate::say;

/// Whose cure is told by what Microsoft says of the secret: it is wrong, or has expired.
const SECRET: [u32; 2] = [7_000_215, 7_000_222];

/// What Entra says of an application or a secret that the sign-in service has not heard of yet. Of a wrong one it says the same.
const UNHEARD: [u32; 2] = [700_016, 7_000_215];
/// How long to wait between the tries of one that may be fresh. A secret is known after a minute as a rule, and nothing here tells a fresh one
/// from a wrong one. Whoever mistyped it is not to wait that long at every try, and whoever made it just now needed some of that minute to put
/// it into the environment: so it is tried for twenty seconds, and said.
const PAUSES: [u64; 3] = [4, 6, 10];

/// Fetches the first token, so that a failure of it is not told as one of whatever is read first.
///
/// # Errors
/// A [`Problem`] when there is none.
pub(super) async fn sign_in(env: &impl Env, tokens: &Tokens) -> Result<(), Problem> {
    first(env, tokens, &say::err).await.map_err(|error| failed(&error))
}

async fn first(env: &impl Env, tokens: &Tokens, tell: &dyn Fn(&str)) -> Result<(), SignInError> {
    let mut pauses = PAUSES.into_iter();
    let mut told = false;
    loop {
        let Err(error) = tokens.access(env).await else { return Ok(()) };
        let (Some(code), Some(pause)) = (unheard(&error), pauses.next()) else { return Err(error) };
        if !std::mem::replace(&mut told, true) {
            let all: u64 = PAUSES.iter().sum();
            tell(&format!(
                "Entra does not know the application or its secret (AADSTS{code}). If it was made a moment ago, that passes: trying \
                 for {all} seconds …"
            ));
        }
        env.sleep(Duration::from_secs(pause)).await;
    }
}

/// The code by which one that is fresh is refused.
fn unheard(error: &SignInError) -> Option<u32> {
    error.server().and_then(|it: &ServerError| it.codes().find(|code| UNHEARD.contains(code)))
}

fn failed(error: &SignInError) -> Problem {
    let told = error.explain();
    let secret = error.server().is_some_and(|it: &ServerError| it.codes().any(|code| SECRET.contains(&code)));
    let (why, remedy) = match error {
        SignInError::Send(_) => (
            "The sign-in service did not answer.".to_owned(),
            "Check the network, and HTTPS_PROXY where nothing gets out otherwise; then try again.".to_owned(),
        ),
        // It says itself when to come again.
        SignInError::Busy { .. } => (told.why, told.remedy),
        _ if secret => (format!("{} {}", told.what, told.why), told.remedy),
        _ => (
            if error.server().is_some() { format!("{} {}", told.what, told.why) } else { told.why },
            "Check AZURE_TENANT_ID or the setup’s tenant, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, and the setup’s cloud; then try again."
                .to_owned(),
        ),
    };
    Problem {
        what: "Could not sign in as the application of AZURE_CLIENT_ID.".to_owned(),
        why,
        remedy,
        raw: told.raw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::entra::clouds;
    use engine::entra::ids::{ClientId, Guid, TenantId};
    use engine::env::Timestamp;
    use engine::http::{Request, Response, SendError, SendErrorKind};
    use engine::secret::Secret;
    use std::cell::{Cell, RefCell};

    fn refused(code: u32) -> SignInError {
        let error_description = format!("AADSTS{code}: words");
        let error =
            ServerError { error: "invalid_client".to_owned(), error_description, ..ServerError::default() };
        SignInError::Refused(Box::new(error))
    }

    #[test]
    fn no_button_of_the_page_is_named() {
        let send = SignInError::Send(SendError::new(SendErrorKind::Unreachable, "refused"));
        for (error, why, remedy) in [
            (send, "The sign-in service did not answer.", "Check the network"),
            (
                refused(90_002),
                "The tenant was not found.",
                "Check AZURE_TENANT_ID or the setup’s tenant, AZURE_CLIENT_ID",
            ),
            (refused(700_016), "This tenant does not know the application.", "Check AZURE_TENANT_ID"),
            (refused(7_000_222), "The client secret has expired.", "Make a new client secret"),
            (SignInError::Malformed, "The sign-in service answered", "Check AZURE_TENANT_ID"),
        ] {
            let problem = failed(&error);
            let text = problem.text();
            assert_eq!(problem.what, "Could not sign in as the application of AZURE_CLIENT_ID.");
            assert!(problem.why.starts_with(why) && problem.remedy.starts_with(remedy), "{text}");
            for words in ["“", "redirect URI", "this browser"] {
                assert!(!text.contains(words), "{words}: {text}");
            }
        }
    }

    /// A sign-in service that refuses so many times with a code, on a clock of its own.
    struct Service {
        code: u32,
        refusals: Cell<u32>,
        asked: Cell<u32>,
        now: Cell<Duration>,
    }

    impl Env for Service {
        async fn send(&self, _: Request) -> Result<Response, SendError> {
            self.asked.set(self.asked.get() + 1);
            let left = self.refusals.get();
            self.refusals.set(left.saturating_sub(1));
            let (status, body) = if left == 0 {
                (200, r#"{"access_token":"t","token_type":"Bearer","expires_in":3599}"#.to_owned())
            } else {
                let code = self.code;
                let words = format!(
                    r#"{{"error":"invalid_client","error_description":"AADSTS{code}: words","error_codes":[{code}]}}"#
                );
                (401, words)
            };
            let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
            Ok(Response { status, headers, body: body.into_bytes() })
        }
        async fn sleep(&self, duration: Duration) {
            self.now.set(self.now.get() + duration);
        }
        fn wall(&self) -> Timestamp {
            Timestamp(0)
        }
        fn monotonic(&self) -> Duration {
            self.now.get()
        }
        fn random(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    /// How it ended, how often the service was asked, how long it took, and what was said.
    fn tried(code: u32, refusals: u32) -> (bool, u32, u64, Vec<String>) {
        let refusals = Cell::new(refusals);
        let service = Service { code, refusals, asked: Cell::default(), now: Cell::default() };
        let id = |n: u8| Guid::parse(&format!("00000000-0000-0000-0000-00000000000{n}")).unwrap();
        let cloud = clouds::built_in().remove(0);
        let secret = Secret::new("Smp8Q~words".to_owned());
        let tokens = Tokens::credentials(cloud, TenantId(id(1)), ClientId(id(2)), secret);
        let said = RefCell::new(Vec::new());
        let tell = |line: &str| said.borrow_mut().push(line.to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let ended = runtime.block_on(first(&service, &tokens, &tell));
        (ended.is_ok(), service.asked.get(), service.now.get().as_secs(), said.into_inner())
    }

    #[test]
    fn one_that_is_fresh_is_tried_for_a_while_and_a_wrong_one_no_longer() {
        let line = |code: u32| {
            vec![format!(
                "Entra does not know the application or its secret (AADSTS{code}). If it was made a moment ago, that passes: trying for \
                 20 seconds …"
            )]
        };
        assert_eq!(tried(7_000_215, 0), (true, 1, 0, Vec::new()));
        assert_eq!(tried(7_000_215, 2), (true, 3, 10, line(7_000_215)));
        assert_eq!(tried(700_016, 1), (true, 2, 4, line(700_016)));
        assert_eq!(tried(7_000_215, 9), (false, 4, 20, line(7_000_215)));
        // One that has expired, and a tenant that is not there, are not better in a moment.
        for code in [7_000_222, 90_002] {
            assert_eq!(tried(code, 9), (false, 1, 0, Vec::new()), "{code}");
        }
    }
}
