//! What somebody is told of their own roles and of the tenant's licence, before anything fails: for each kind of person, licence and way,
//! word by word, in `golden/preflight.txt`.

use std::fmt::Write as _;

use engine::entra::consent::{PREFLIGHT, admin_consent_url};
use engine::guide;
use engine::setup::{Setup, Step, Way};
use engine::sheet::{END, IS};
use engine::worker::action::{Action, Rights};
use engine::worker::message::{Arrival, Command, Event, Hidden};
use sample::{Options, TenantKind};

use super::browser::{PAGE, person};
use super::files;
use super::worker::Page;

/// A role through a group, one to be activated, one that does not suffice, all, the usual one, none.
const PEOPLE: [&str; 6] = ["petra", "otto", "dana", "grace", "ada", "uma"];
const LICENCES: [(&str, &[TenantKind]); 3] = [
    ("neither P1 nor P2", &[TenantKind::NoPremium]),
    ("Entra ID P1", &[]),
    ("Entra ID P2", &[TenantKind::PremiumP2]),
];
const WAYS: [(&str, Way); 2] = [("direct sync", Way::Direct), ("Entra’s provisioning", Way::Connector)];
const READ_BOTH: &str = "Sign in so that both can be read";

fn shows(page: &Page, way: Way) {
    let cloud = page.world.cloud().clone();
    let application = page.application();
    let (tenant, client) = (Some(application.tenant), Some(application.client));
    let setup = Setup { way: Some(way), cloud: cloud.id.clone(), tenant, client, ..Setup::default() };
    let told = guide::Page { setup, cloud, base: PAGE.to_owned(), preset: false };
    page.ask(&Command::Show { step: Step::Consent, page: Box::new(told) });
}

fn signs_in(page: &Page, who: &str, command: &Command) {
    let Event::Leave { address, kept } = page.ask(command) else { panic!("not let go") };
    let answer = Hidden(person(&page.world, &address, who, "accept"));
    let cloud = page.world.cloud().clone();
    assert_eq!(page.ask(&Command::Arrive { cloud, answer, kept: Some(kept) }), Event::Spent);
    let end = page.ask(&Command::Redeem);
    assert!(matches!(end, Event::Arrived(Arrival::SignedIn { .. })), "{who}: {end:?}");
}

/// What somebody is told: the rows of the table, and whether more could be read. With `permissions`, reading both was consented to.
fn told(name: &str, kinds: &[TenantKind], way: Way, permissions: bool) -> (String, bool) {
    let page = Page::with(Options { people: 12, groups: 3, kinds: kinds.to_vec(), ..Options::default() });
    let who = format!("{name}@contoso.example");
    shows(&page, way);
    let application = page.application();
    if permissions {
        let scopes: Vec<&str> = PREFLIGHT.iter().map(|scope| scope.name).chain(["User.Read"]).collect();
        let (cloud, tenant) = (page.world.cloud(), page.world.tenant());
        let link = admin_consent_url(cloud, &tenant, &application.client, PAGE, &scopes, "colleague");
        person(&page.world, &link, "grace@contoso.example", "accept");
        let inner = page.world.clone();
        page.world.run(async move {
            engine::env::Env::sleep(&inner, std::time::Duration::from_secs(10)).await;
        });
    }
    signs_in(&page, &who, &Command::SignIn { application, step: Step::Register, account: None });
    let Event::Sheets { above, .. } = page.ask(&Command::Do(Action::Preflight.to_text())) else {
        panic!("no sheets")
    };
    let read_both = Action::SignIn { rights: Rights::Preflight, step: Step::Consent, account: who }.to_text();
    assert_eq!(above.0.contains(&read_both), above.0.contains(READ_BOTH));
    (rows(&above.0), above.0.contains(READ_BOTH))
}

/// The rows of the table *You and this tenant*, out of the strokes.
fn rows(strokes: &str) -> String {
    let begin = format!("@aria-label{IS}You and this tenant{END}");
    let (_, table) = strokes.split_once(&begin).unwrap_or_else(|| panic!("no table: {strokes}"));
    let (_, body) = table.split_once(&format!("<tbody{END}")).unwrap();
    let (body, _) = body.split_once(&format!("@class{IS}actions{END}")).unwrap();
    let mut text = String::new();
    for row in body.split(&format!("<tr{END}")).skip(1) {
        let begin = format!("<td{END}");
        let cells = row.split(&begin).skip(1).map(|cell| {
            let words = cell.split(END).filter_map(|stroke| stroke.strip_prefix('"'));
            words.collect::<Vec<_>>().join(" / ")
        });
        writeln!(text, "  {}", cells.collect::<Vec<_>>().join(" | ")).unwrap();
    }
    text
}

#[test]
fn each_is_told_what_suffices_and_what_lacks() {
    let mut text = String::new();
    for (way_name, way) in WAYS {
        for (licence, kinds) in LICENCES {
            for who in PEOPLE {
                let (rows, more) = told(who, kinds, way, true);
                assert!(!more, "{who}: all there is was read");
                writeln!(text, "{who}, {licence}, {way_name}:\n{rows}").unwrap();
            }
        }
    }
    files::check("preflight.txt", &text);
}

#[test]
fn what_cannot_be_read_is_unknown_for_everybody_and_never_missing() {
    let roles = "unknown / reading it needs RoleManagement.Read.Directory; without it, just try";
    // Graph gives who holds roles those without their names, and who holds none an empty list.
    let none = "unknown / no built-in role shows; which ones may be activated needs RoleManagement.Read.Directory. Without it, just try";
    for (way, rest) in
        [(Way::Direct, ""), (Way::Connector, "  Set up and watch Entra’s provisioning | ROLES\n")]
    {
        let expected = format!(
            "  Consent for the tenant | ROLES\n  Change registrations | ROLES\n  Grant permissions that an application holds by itself | \
             ROLES\n{rest}  Licence of the tenant | unknown / reading it needs Organization.Read.All\n  Plan of Databricks | Premium is \
             needed / for users and groups over SCIM; the workspace’s pricing tier stands in the Azure portal, Overview\n"
        );
        for (licence, kinds) in LICENCES {
            for who in PEOPLE {
                let words = if matches!(who, "otto" | "uma") { none } else { roles };
                let expected = expected.replace("ROLES", words);
                assert_eq!(told(who, kinds, way, false), (expected, true), "{who}, {licence}");
            }
        }
    }
}
