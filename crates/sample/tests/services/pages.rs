//! The pages that people see: what is written on them, and how.

use sample::{Request, Sample, Service};

use crate::client::{NOW, authorize, get, post_form, sent, tenant};

fn page(body: &[u8]) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn pages_escape_what_they_are_given() {
    let mut sample = tenant(5, 2);
    let path = authorize(&sample, "openid User.Read.All", &[("state", "\"><script>1</script>")]);
    let page = page(&get(&mut sample, Service::SignIn, &path).body);
    assert!(!page.contains("<script>") && page.contains("&quot;&gt;&lt;script&gt;"));
}

#[test]
fn the_portal_shows_everything_to_paste() {
    let mut sample = tenant(5, 2);
    let page = page(&get(&mut sample, Service::SignIn, "/portal").body);
    let facts = sample.facts();
    for (id, value) in [
        ("client-id", &facts.client_id),
        ("tenant-id", &facts.tenant_id),
        ("workspace-url", &facts.workspace_url),
        ("workspace-token", &facts.workspace_token),
        ("account-scim-url", &facts.account_scim_url),
        ("account-token", &facts.account_token),
    ] {
        assert!(page.contains(&format!("<code id=\"{id}\">{value}</code>")), "{id}");
    }
    assert!(page.contains("<title>Sample tenant</title>") && page.contains("made up"));
}

/// Registers an application on the portal's page and gives the address of its overview.
fn register(sample: &mut Sample, pairs: &str) -> String {
    let answer = post_form(sample, &format!("/portal/applications?{pairs}"), &[]);
    assert_eq!(answer.status, 302);
    answer.header("location").unwrap().to_owned()
}

#[test]
fn an_application_is_registered_by_hand_and_its_address_moved() {
    let mut sample = tenant(5, 2);
    let form = page(&get(&mut sample, Service::SignIn, "/portal/applications").body);
    assert!(form.contains("<label for=\"name\">Name</label>") && form.contains(">Register</button>"));
    let uri = "http%3A%2F%2Flocalhost%3A8080%2Fhand";
    let path = register(&mut sample, &format!("name=By+%3Chand%3E&platform=web&uri={uri}"));
    let overview = page(&get(&mut sample, Service::SignIn, &path).body);
    assert!(overview.contains("<h1>By &lt;hand&gt;</h1>"));
    let value = |label: &str| {
        let rest = overview.split(&format!("<dt>{label}</dt><dd><code>")).nth(1).unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    let client_id = value("Application (client) ID");
    assert_eq!((client_id.len(), value("Object ID").len()), (36, 36));
    assert_eq!(value("Directory (tenant) ID"), sample.facts().tenant_id);
    assert!(
        overview.contains("<h3>Web</h3>") && overview.contains(">Move to Single-page application</button>")
    );
    let moved = post_form(&mut sample, &format!("{path}/redirects?uri={uri}&platform=spa"), &[]);
    assert_eq!(moved.header("location"), Some(path.as_str()));
    let overview = page(&get(&mut sample, Service::SignIn, &path).body);
    assert!(
        overview.contains("<h3>Single-page application (SPA)</h3>") && !overview.contains("<h3>Web</h3>")
    );
    let changes = [
        ("client_id", client_id.as_str()),
        ("redirect_uri", "http://localhost:8080/hand"),
        ("account", "uma@contoso.example"),
    ];
    let path = authorize(&sample, "openid User.Read", &changes);
    let back = post_form(&mut sample, &path, &[("consent", "accept")]);
    assert!(sent(&back, "code").is_some());
}

#[test]
fn a_form_of_another_site_registers_nothing() {
    let mut sample = tenant(5, 2);
    let mut post = |origin: &str| {
        let request = Request::new("POST", "/portal/applications")
            .with_header("origin", origin)
            .with_body("application/x-www-form-urlencoded", "name=Foreign");
        sample.answer(Service::SignIn, &request, NOW).status
    };
    assert_eq!((post("http://evil.example"), post("http://127.0.0.1:9101")), (403, 302));
    let list = page(&get(&mut sample, Service::SignIn, "/portal/applications").body);
    assert_eq!(list.matches("Foreign").count(), 1);
}

#[test]
fn an_application_without_a_name_or_platform_is_not_registered() {
    let mut sample = tenant(5, 2);
    for (pairs, words) in [
        ("name=+", "Give the application a name."),
        ("name=x&uri=http%3A%2F%2Flocalhost%2F", "Select a platform for the redirect URI."),
    ] {
        let answer = post_form(&mut sample, &format!("/portal/applications?{pairs}"), &[]);
        assert!(answer.status == 200 && page(&answer.body).contains(words), "{pairs}");
    }
}
