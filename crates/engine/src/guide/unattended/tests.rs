//! What the part on unattended runs says.

use super::*;
use crate::entra::clouds;
use crate::entra::ids::{Guid, TenantId};
use crate::setup::Setup;
use crate::sheet::Sheet;

fn client() -> ClientId {
    ClientId(Guid::parse("00000000-0000-0000-0000-00000000000c").unwrap())
}

fn page() -> Page {
    let tenant = TenantId(Guid::parse("00000000-0000-0000-0000-00000000000a").unwrap());
    Page {
        setup: Setup { tenant: Some(tenant), ..Setup::default() },
        cloud: clouds::built_in().remove(0),
        base: "https://wizard.contoso.example/".to_owned(),
        preset: false,
    }
}

fn made(refused: &[&str]) -> Known {
    let refused = refused.iter().map(|&name| (name.to_owned(), "No.".to_owned())).collect();
    let made = Made {
        name: "Sync".to_owned(),
        client: client(),
        adopted: false,
        holds: vec!["User.Read.All".to_owned()],
        refused,
    };
    Known { made: Some(made), ..Known::default() }
}

fn text(known: &Known) -> String {
    Sheet(vec![part(&page(), known, Timestamp(0))]).to_text()
}

#[test]
fn what_is_on_record_is_shown_with_its_end() {
    let mut page = page();
    page.setup.unattended = Some(client());
    let shown = |page: &Page, now: &str| {
        Sheet(vec![part(page, &Known::default(), Timestamp::parse(now).unwrap())]).to_text()
    };
    let on_record = "On record is the application `00000000-0000-0000-0000-00000000000c`.";
    let text = shown(&page, "2026-01-01T00:00:00Z");
    assert!(text.contains(&format!("{on_record} No secret of it was made here.")), "{text}");
    assert!(text.starts_with("> An application for runs on a schedule\n"), "{text}");
    page.setup.unattended_secret_ends = Some("2026-03-01T12:00:00Z".to_owned());
    let date = format!("{on_record} Its last secret that was made here ends on 2026-03-01.");
    let text = shown(&page, "2026-01-01T00:00:00Z");
    assert!(text.contains(&date) && !text.contains("(warn)"), "{text}");
    // A warning that is folded away would warn nobody.
    let warning = "(warn) The client secret of the application for runs on a schedule";
    for (now, words) in
        [("2026-02-20T00:00:00Z", "ends on 2026-03-01."), ("2026-04-01T00:00:00Z", "ended on 2026-03-01.")]
    {
        let text = shown(&page, now);
        assert!(text.contains(&date) && text.contains(&format!("{warning} {words}")), "{text}");
        assert!(text.starts_with("v An application for runs on a schedule\n"), "{text}");
    }
}

#[test]
fn a_colleague_is_sent_to_the_portal_and_no_consent_link_is_made() {
    let text = text(&made(&["GroupMember.Read.All", "Application.ReadWrite.OwnedBy"]));
    for part in [
        "1. Open its API permissions: https://entra.microsoft.com#view/Microsoft_AAD_RegisteredApps/\
         ApplicationMenuBlade/~/CallAnAPI/appId/00000000-0000-0000-0000-00000000000c",
        "If that opens elsewhere: App registrations, All applications,",
        "of the type Application: GroupMember.Read.All, Application.ReadWrite.OwnedBy",
        "Press \"Grant admin consent for\" your organisation",
        "Privileged Role Administrator or Global Administrator",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // It has no redirect URI: Entra would answer such a link with AADSTS500113.
    assert!(!text.contains("adminconsent"), "{text}");
}

#[test]
fn where_all_is_granted_nobody_is_asked() {
    assert!(!text(&made(&[])).contains("request to grant"));
}
