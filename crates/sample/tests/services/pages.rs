//! The pages that people see: what is written on them, and how.

use sample::Service;

use crate::client::{authorize, get, tenant};

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
