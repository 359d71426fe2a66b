//! The world as a page reaches it: with an `Origin`, and Databricks only through the relay beside the page.

use std::time::Duration;

use engine::env::{Env, Timestamp};
use engine::http::{Request, Response, SendError};

use super::world::World;

pub(crate) struct Browser(pub(crate) World);

impl Env for Browser {
    async fn send(&self, mut request: Request) -> Result<Response, SendError> {
        if request.url == "relay/" {
            self.0.sleep(Duration::from_millis(5)).await;
            let (status, body) = match self.0.relay() {
                Some(hello) => (200, hello.into_bytes()),
                None => (404, b"<!doctype html>".to_vec()),
            };
            return Ok(Response { status, headers: Vec::new(), body });
        }
        if let Some(rest) = request.url.strip_prefix("relay/") {
            request.url = format!("http://{rest}");
        }
        self.0.send(request.header("origin", "http://localhost:8080")).await
    }
    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
    fn wall(&self) -> Timestamp {
        self.0.wall()
    }
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
    fn random(&self, bytes: &mut [u8]) {
        self.0.random(bytes);
    }
}

/// What a person does at the sign-in page: picks an account, and accepts or declines what is asked. Brings what then stands
/// in the page's address.
pub(crate) fn person(world: &World, url: &str, account: &str, decision: &str) -> String {
    let path = url.strip_prefix(&world.cloud().authority).unwrap();
    let (path, query) = path.split_once('?').unwrap();
    let form = format!("{query}&account={account}&consent={decision}");
    let request =
        sample::Request::new("POST", path).with_body("application/x-www-form-urlencoded", form.into_bytes());
    let now = Duration::from_millis(world.wall().0);
    let answer = world.sample(|sample| sample.answer(sample::Service::SignIn, &request, now));
    let (_, location) = answer.headers.iter().find(|(name, _)| name == "location").expect("no way back");
    location.strip_prefix(PAGE).unwrap().to_owned()
}

/// The page's own address.
pub(crate) const PAGE: &str = "http://localhost:8080/";
