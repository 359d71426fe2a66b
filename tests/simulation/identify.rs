//! What people enter to name the application and its tenant, before the browser leaves with it.

use std::rc::Rc;

use engine::entra::clouds::{Cloud, built_in};
use engine::http::{Response, SendError, SendErrorKind};
use engine::sync::journal::MemoryJournal;
use engine::worker::Worker;
use engine::worker::message::{Command, Event};
use sample::Options;

use super::scripted::{Given, Scripted};
use super::world::World;

const CLIENT: &str = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
const STRANGER: &str = "00000000-0000-0000-0000-00000000000b";

struct Page {
    world: World,
    env: Scripted,
    worker: Rc<Worker<Scripted, MemoryJournal>>,
}

impl Page {
    fn new() -> Self {
        let world = World::new(Options::default());
        let env = Scripted::new(&world, "/.well-known/openid-configuration");
        let worker = Rc::new(Worker::new(env.clone(), MemoryJournal::default()));
        Self { world, env, worker }
    }

    /// The same page, where the sign-in service answers so the next time.
    fn told(given: Given) -> Self {
        let page = Self::new();
        page.env.answer([given]);
        page
    }

    fn identify(&self, client: &str, tenant: &str) -> Event {
        let command = Command::Identify {
            cloud: self.cloud(),
            clouds: built_in(),
            client: client.to_owned(),
            tenant: tenant.to_owned(),
        };
        let worker = Rc::clone(&self.worker);
        self.world.run(async move { worker.handle(command, None, &|_| ()).await })
    }

    fn cloud(&self) -> Cloud {
        self.world.cloud().clone()
    }

    fn tenant(&self) -> String {
        self.world.tenant().to_string()
    }

    /// What is wrong: about the application, about the tenant.
    fn wrong(&self, client: &str, tenant: &str) -> (String, String) {
        match self.identify(client, tenant) {
            Event::Unfit { client, tenant } => (client, tenant),
            other => panic!("taken: {other:?}"),
        }
    }
}

fn described(json: &str) -> Given {
    Ok(Response { status: 200, headers: Vec::new(), body: json.as_bytes().to_vec() })
}

const SWAPPED: &str = "This is the ID of a tenant, not of an application. The application’s own ID stands under “Application \
                       (client) ID” on its Overview page.";

#[test]
fn a_domain_stands_for_its_tenant() {
    let page = Page::new();
    for entered in ["contoso.example", " Contoso.Example ", "ada@contoso.example", &page.tenant()] {
        let Event::Registered { cloud, tenant, client } = page.identify(&format!("\"{CLIENT}\""), entered)
        else {
            panic!("not taken: {entered}")
        };
        assert_eq!((cloud, tenant, client.as_str()), (page.cloud().id, page.world.tenant(), CLIENT));
    }
}

#[test]
fn look_alikes_are_caught_before_the_browser_leaves() {
    let page = Page::new();
    let tenant = page.tenant();
    let fine = String::new();
    let shape = "The Application (client) ID has 36 characters, like 00000000-0000-0000-0000-000000000000: copy it from the \
                 application's Overview page.";
    // Nothing is asked of anybody while a field cannot be right.
    assert_eq!(
        page.wrong("contoso.example", ""),
        (format!("This is a domain name. {shape}"), "Enter the Directory (tenant) ID.".to_owned())
    );
    assert_eq!(
        page.wrong("abc8Q~xYz.1234567890123456789012345678", &tenant),
        (
            format!(
                "This looks like a secret, which is not needed here and should be kept away from pages. {shape}"
            ),
            fine.clone()
        )
    );
    assert_eq!(page.env.asked(), 0);
    // The tenant's id in both fields; its id above and its domain below.
    assert_eq!(page.wrong(&tenant, &tenant), (SWAPPED.to_owned(), fine.clone()));
    assert_eq!(page.wrong(&tenant, "contoso.example"), (SWAPPED.to_owned(), fine.clone()));
    // Each in the other's field.
    assert_eq!(
        page.wrong(&tenant, CLIENT),
        (SWAPPED.to_owned(), "The tenant’s ID stands in the field above: exchange the two.".to_owned())
    );
    // A tenant that nobody knows.
    for unknown in [STRANGER, "fabrikam.example"] {
        assert_eq!(
            page.wrong(CLIENT, unknown),
            (
                fine.clone(),
                format!(
                    "The cloud “{}” has no tenant “{unknown}”. Copy the Directory (tenant) ID from the application’s Overview \
                     page; if it is right, choose the tenant’s cloud below.",
                    page.cloud().name
                )
            )
        );
    }
}

#[test]
fn a_tenant_of_another_cloud_leads_there() {
    let told = |host: &str, graph: &str| {
        described(&format!(
            r#"{{"issuer":"https://{host}/{STRANGER}/v2.0","msgraph_host":"{graph}",
                "authorization_endpoint":"https://{host}/{STRANGER}/oauth2/v2.0/authorize"}}"#
        ))
    };
    for (host, graph, name) in [
        ("login.microsoftonline.us", "graph.microsoft.us", "US Government (L4, GCC High)"),
        ("login.microsoftonline.us", "dod-graph.microsoft.us", "US Government (L5, DoD)"),
        ("login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "China (21Vianet)"),
        ("login.partner.microsoftonline.cn", "", "China (21Vianet)"),
    ] {
        let page = Page::told(told(host, graph));
        let expected = format!("This tenant lives in the cloud “{name}”, not in “{}”.", page.cloud().name);
        assert_eq!(page.wrong(CLIENT, STRANGER), (String::new(), expected));
    }
    // A host that nobody knows may be a cloud under another name.
    let page = Page::told(told("login.proxy.example", "graph.proxy.example"));
    assert!(matches!(page.identify(CLIENT, STRANGER), Event::Registered { .. }));
}

#[test]
fn what_cannot_be_asked_is_left_to_the_sign_in() {
    let status =
        |status, body: &str| Ok(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() });
    for given in [
        Err(SendError::new(SendErrorKind::Unreachable, "blocked")),
        status(503, "<html>"),
        status(400, r#"{"error":"invalid_request"}"#),
        described("{}"),
        described("[]"),
        described(&format!(r#"{{"issuer":"https://login.example/{CLIENT}/v2.0"}}"#)),
    ] {
        let page = Page::told(given.clone());
        let Event::Registered { tenant, .. } = page.identify(CLIENT, STRANGER) else {
            panic!("refused: {given:?}")
        };
        assert_eq!(tenant.as_str(), STRANGER);
    }
    // A domain cannot be gone on with.
    let page = Page::told(Err(SendError::new(SendErrorKind::TimedOut, "")));
    assert_eq!(
        page.wrong(CLIENT, "contoso.example").1,
        "Which tenant “contoso.example” belongs to could not be found out just now. Copy the Directory (tenant) ID from the \
         application’s Overview page: it has 36 characters."
    );
}
