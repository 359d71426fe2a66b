//! What the part on unattended runs says.

use super::*;
use crate::entra::clouds;
use crate::entra::ids::{Guid, ObjectId, TenantId};
use crate::entra::registration::{Holders, Kind, Owner, Owners};
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
        more: Vec::new(),
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

fn id(n: u8) -> Guid {
    Guid::parse(&format!("00000000-0000-0000-0000-0000000000{n:02x}")).unwrap()
}

fn there(n: u8, holders: Holders) -> There {
    There { name: "Sync".to_owned(), client: ClientId(id(n)), holders, you: ObjectId(id(1)) }
}

fn asked(there: Vec<There>) -> String {
    let ordered = Ordered { name: "Sync".to_owned(), roles: vec!["User.Read.All".to_owned()] };
    text(&Known { ordered: Some(ordered), there, ..Known::default() })
}

#[test]
fn who_can_act_as_one_that_is_there_is_shown_before_it_is_used() {
    let owner = |n, name: &str| Owner { id: ObjectId(id(n)), name: name.to_owned() };
    let holders = Holders {
        secrets: Some(0),
        certificates: Some(2),
        federated: Some(vec!["repo:someone/else of https://token.build.example".to_owned()]),
        owners: Some(Owners {
            application: vec![owner(1, "ada@contoso.example"), owner(2, "uma@contoso.example")],
            principal: Vec::new(),
        }),
        roles: Some(vec!["User.Read.All".to_owned(), "Mail.Read".to_owned()]),
    };
    let text = asked(vec![there(12, holders)]);
    for part in [
        "| Secrets | (good) none",
        "| Certificates | (warn) 2 / whoever has one signs in as this application",
        "| Federated credentials | (warn) 1 / repo:someone/else of https://token.build.example",
        "| Owners | (warn) 2 / ada@contoso.example (you), uma@contoso.example",
        "| Owners of its service principal | (good) none",
        "| Permissions that it holds by itself | (warn) 2 / User.Read.All, Mail.Read (not ordered)",
        "marked with the tag scim-setup-unattended",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // One's own, and what was ordered, are nothing to look at.
    let own = Holders {
        secrets: Some(0),
        certificates: Some(0),
        federated: Some(Vec::new()),
        owners: Some(Owners { application: vec![owner(1, "ada@contoso.example")], principal: Vec::new() }),
        roles: Some(vec!["User.Read.All".to_owned()]),
    };
    let text = asked(vec![there(12, own)]);
    assert_eq!(text.matches("(warn)").count(), 1, "{text}");
}

#[test]
fn what_could_not_be_read_is_not_told_as_none() {
    let text = asked(vec![there(12, Holders::default())]);
    assert_eq!(text.matches("(warn) unknown / it could not be read").count(), 6, "{text}");
    assert!(!text.contains("none"), "{text}");
}

#[test]
fn two_of_one_name_have_buttons_that_say_which() {
    let text = asked(vec![there(12, Holders::default()), there(13, Holders::default())]);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}\n{text}"));
    let [first, second] =
        [12, 13].map(|n| (at(&format!("“Sync”, {}", id(n))), at(&format!("Use Sync ({})", id(n)))));
    assert!(first.0 < first.1 && first.1 < second.0 && second.0 < second.1, "{text}");
}

#[test]
fn what_it_holds_beside_what_was_ordered_stands_out() {
    let mut known = made(&[]);
    if let Some(made) = &mut known.made {
        made.more =
            vec!["Mail.Read".to_owned(), "Exchange Online: 00000000-0000-0000-0000-0000000000aa".to_owned()];
    }
    let text = text(&known);
    for part in [
        "| `Mail.Read` | (warn) granted, not ordered",
        "| `Exchange Online: 00000000-0000-0000-0000-0000000000aa` | (warn)",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn removing_is_not_said_to_end_tokens_that_are_out() {
    let tagged =
        Tagged { kind: Kind::Unattended, name: "Sync".to_owned(), client: client(), odd: String::new() };
    let known = Known { tagged: Some(vec![tagged]), removing: Some(client()), ..Known::default() };
    let text = Sheet(vec![inventory(&known)]).to_text();
    assert!(text.contains("Tokens that are out already work for up to an hour."), "{text}");
    assert!(!text.contains("at once"), "{text}");
}
