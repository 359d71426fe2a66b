//! A session in memory: renewed in time, once at a time; what a renewal that fails costs, and what it does not.

use std::time::Duration;

use engine::entra::ids::{ClientId, Guid};
use engine::entra::sign_in::{self, SignInError, SignInRequest};
use engine::entra::tokens::Tokens;
use engine::env::Env as _;
use engine::problem::Explain as _;
use engine::secret::Secret;
use engine::setup::Step;

use super::browser::{PAGE, person};
use super::scripted::{Scripted, given, no_connection};
use super::world::World;

const HOUR: Duration = Duration::from_secs(3600);

struct SignedIn {
    world: World,
    env: Scripted,
    tokens: Tokens,
}

/// Ada signs in; afterwards a test may answer for the token endpoint.
fn ada() -> SignedIn {
    let world = World::of(12, 3);
    let env = Scripted::new(&world, "/oauth2/v2.0/token");
    let client = ClientId(Guid::parse(&world.facts().client_id).unwrap());
    let request = SignInRequest {
        cloud: world.cloud(),
        tenant: &world.tenant(),
        client: &client,
        redirect_uri: PAGE,
        scopes: &["User.Read"],
        step: Step::Register,
        login_hint: None,
        claims: None,
    };
    let (url, transaction) = sign_in::begin(&env, &request).unwrap();
    let answer = sign_in::read_address(&person(&world, &url, "ada@contoso.example", "accept")).unwrap();
    let (inner, cloud) = (env.clone(), world.cloud().clone());
    let session =
        world.run(async move { sign_in::complete(&inner, &cloud, &transaction, answer).await }).unwrap();
    assert_eq!(env.asked(), 1);
    SignedIn { world, env, tokens: session.tokens }
}

/// Runs a flow with the signed-in session, and gives the world back with the result.
fn with<T: 'static>(signed_in: SignedIn, flow: impl AsyncFnOnce(&Scripted, &Tokens) -> T + 'static) -> T {
    let SignedIn { world, env, tokens } = signed_in;
    world.run(async move { flow(&env, &tokens).await })
}

#[test]
fn a_token_is_renewed_five_minutes_before_its_end_and_not_earlier() {
    with(ada(), async |env, tokens| {
        let first = tokens.access(env).await.unwrap();
        // 3599 seconds from the moment of the request, less 300.
        env.sleep(Duration::from_secs(3290)).await;
        assert_eq!(tokens.access(env).await.unwrap().expose(), first.expose());
        assert_eq!(env.asked(), 1);
        env.sleep(Duration::from_secs(10)).await;
        assert_ne!(tokens.access(env).await.unwrap().expose(), first.expose());
        assert_eq!(env.asked(), 2);
    });
}

#[test]
fn the_wall_clock_has_no_say() {
    with(ada(), async |env, tokens| {
        let first = tokens.access(env).await.unwrap();
        env.set_clock_forward(HOUR * 48);
        assert_eq!(tokens.access(env).await.unwrap().expose(), first.expose());
        assert_eq!(env.asked(), 1);
    });
}

#[test]
fn a_refused_token_is_renewed_whatever_the_clock_says_and_once_for_all() {
    with(ada(), async |env, tokens| {
        let first = tokens.access(env).await.unwrap();
        tokens.refused(&first).await;
        let (a, b, c) =
            futures::future::join3(tokens.access(env), tokens.access(env), tokens.access(env)).await;
        let (a, b, c) = (a.unwrap(), b.unwrap(), c.unwrap());
        assert_ne!(a.expose(), first.expose());
        assert_eq!((a.expose(), b.expose()), (b.expose(), c.expose()));
        assert_eq!(env.asked(), 2, "one renewal for three callers");
        // Whoever comes late with the old one does not end the new one.
        tokens.refused(&first).await;
        assert_eq!(tokens.access(env).await.unwrap().expose(), a.expose());
        assert_eq!(env.asked(), 2);
    });
}

#[test]
fn a_network_that_fails_does_not_end_the_session() {
    with(ada(), async |env, tokens| {
        env.sleep(HOUR).await;
        env.answer((0..4).map(|_| no_connection()));
        let error = tokens.access(env).await.unwrap_err();
        assert!(matches!(error, SignInError::Send(_)), "{error:?}");
        assert_eq!(env.asked(), 5, "four tries, and no storm");
        assert!(tokens.access(env).await.is_ok());
        assert_eq!(env.asked(), 6);
    });
}

#[test]
fn while_it_cannot_be_renewed_the_old_token_serves_to_its_end() {
    with(ada(), async |env, tokens| {
        let first = tokens.access(env).await.unwrap();
        env.sleep(Duration::from_secs(3400)).await;
        env.answer((0..40).map(|_| no_connection()));
        assert_eq!(tokens.access(env).await.unwrap().expose(), first.expose());
        assert_eq!(env.asked(), 5);
        // Asked again at once, the endpoint is left alone.
        assert_eq!(tokens.access(env).await.unwrap().expose(), first.expose());
        assert_eq!(env.asked(), 5);
        env.sleep(Duration::from_secs(200)).await;
        assert!(tokens.access(env).await.is_err());
    });
}

#[test]
fn a_busy_endpoint_is_asked_again_when_it_says() {
    with(ada(), async |env, tokens| {
        env.sleep(HOUR).await;
        let before = env.monotonic();
        env.answer((0..3).map(|_| given(503, Some(("retry-after", "20")), "busy")));
        assert!(tokens.access(env).await.is_ok());
        assert_eq!(env.asked(), 5);
        assert!(env.monotonic() - before >= Duration::from_secs(60));
    });
}

#[test]
fn an_endpoint_that_asks_for_peace_gets_it() {
    with(ada(), async |env, tokens| {
        env.sleep(HOUR).await;
        let body = r#"{"error":"temporarily_unavailable","error_description":"AADSTS90055: Too many.","trace_id":"t-1"}"#;
        env.answer([given(429, Some(("retry-after", "600")), body)]);
        let error = tokens.access(env).await.unwrap_err();
        let SignInError::Busy { wait, error: Some(said) } = &error else { panic!("{error:?}") };
        assert_eq!((wait.as_secs(), said.code(), said.trace()), (600, Some(90055), "t-1"));
        env.sleep(Duration::from_secs(590)).await;
        let error = tokens.access(env).await.unwrap_err();
        assert_eq!(error.explain().remedy, "Try again in 10 seconds. Nothing that was done is lost.");
        assert_eq!(env.asked(), 2, "nothing was sent meanwhile");
        env.sleep(Duration::from_secs(10)).await;
        assert!(tokens.access(env).await.is_ok());
        assert_eq!(env.asked(), 3);
    });
}

#[test]
fn a_busy_endpoint_that_says_nothing_is_left_alone_for_a_minute() {
    with(ada(), async |env, tokens| {
        env.sleep(HOUR).await;
        env.answer((0..4).map(|_| given(502, None, "<html>Bad gateway</html>")));
        let error = tokens.access(env).await.unwrap_err();
        assert_eq!(error, SignInError::Busy { wait: Duration::from_secs(60), error: None });
        assert!(matches!(tokens.access(env).await, Err(SignInError::Busy { .. })));
        assert_eq!(env.asked(), 5);
        // An error of OAuth that says the same counts as well, whatever its status.
        env.sleep(Duration::from_secs(60)).await;
        env.answer([given(400, None, r#"{"error":"temporarily_unavailable"}"#)]);
        assert!(matches!(tokens.access(env).await, Err(SignInError::Busy { error: Some(_), .. })));
        env.sleep(Duration::from_secs(60)).await;
        assert!(tokens.access(env).await.is_ok());
    });
}

#[test]
fn what_is_refused_for_good_is_not_asked_again() {
    with(ada(), async |env, tokens| {
        env.sleep(HOUR).await;
        let body = r#"{"error":"invalid_grant","error_description":"AADSTS50173: The grant was revoked.","error_codes":[50173]}"#;
        env.answer([given(400, None, body)]);
        for _ in 0..3 {
            let error = tokens.access(env).await.unwrap_err();
            assert!(matches!(error, SignInError::Ended(Some(_))), "{error:?}");
            assert_eq!(
                error.explain().why,
                "It was revoked: the password was changed, or somebody ended all sessions of this account."
            );
            assert_eq!(error.explain().remedy, "Press “Sign in again”. Nothing that was done is lost.");
        }
        assert_eq!(env.asked(), 2);
    });
}

#[test]
fn a_step_up_at_renewal_brings_its_claims() {
    with(ada(), async |env, tokens| {
        env.sleep(HOUR).await;
        let body = r#"{"error":"interaction_required","error_description":"AADSTS50076: More.","error_codes":[50076],
            "suberror":"basic_action","claims":"{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"p\"]}}}"}"#;
        env.answer([given(400, None, body)]);
        let error = tokens.access(env).await.unwrap_err();
        assert_eq!(
            error.claims().unwrap().as_str(),
            r#"{"access_token":{"capolids":{"essential":true,"values":["p"]}}}"#
        );
        assert_eq!(
            error.explain().remedy,
            "Press “Sign in again” and complete it. Nothing that was done is lost."
        );
    });
}

#[test]
fn a_token_that_was_given_ends_when_it_is_refused() {
    let world = World::of(12, 3);
    let env = Scripted::new(&world, "/oauth2/v2.0/token");
    world.run(async move {
        let tokens = Tokens::given(Secret::new("given".to_owned()));
        let token = tokens.access(&env).await.unwrap();
        env.sleep(HOUR * 24).await;
        assert_eq!(tokens.access(&env).await.unwrap().expose(), "given");
        tokens.refused(&token).await;
        assert_eq!(tokens.access(&env).await.unwrap_err(), SignInError::Ended(None));
        assert_eq!(env.asked(), 0);
    });
}

#[test]
fn asking_for_more_costs_nothing_of_what_is_held() {
    with(ada(), async |env, tokens| {
        let first = tokens.access(env).await.unwrap();
        let body = r#"{"error":"invalid_grant","error_description":"AADSTS50173: The grant was revoked.","error_codes":[50173]}"#;
        env.answer([given(400, None, body)]);
        let error = tokens.again(env, &["User.Read.All"]).await.unwrap_err();
        assert!(matches!(error, SignInError::Refused(_)), "{error:?}");
        assert_eq!(tokens.access(env).await.unwrap().expose(), first.expose());
        env.sleep(HOUR).await;
        let second = tokens.access(env).await.unwrap();
        // What is given takes the place of what is held, however long that would last.
        assert_eq!(tokens.again(env, &["User.Read"]).await.unwrap(), ["User.Read", "openid", "profile"]);
        assert_ne!(tokens.access(env).await.unwrap().expose(), second.expose());
        // A busy endpoint is left alone here as well.
        env.answer([given(429, Some(("retry-after", "600")), "")]);
        assert!(matches!(tokens.again(env, &["User.Read"]).await, Err(SignInError::Busy { .. })));
        let asked = env.asked();
        assert!(matches!(tokens.again(env, &["User.Read"]).await, Err(SignInError::Busy { .. })));
        assert_eq!(env.asked(), asked);
    });
}
