//! The way by hand, in the Entra admin center.

use super::{fold, link, plain};
use crate::entra::redirect::RedirectUri;
use crate::entra::registration::Kind;
use crate::guide::{Page, portal};
use crate::sheet::{Block, Cell};

pub(super) const NEW: &str = "CreateApplicationBlade/quickStartType~/null/isMSAApp~/false";

pub(super) fn route(page: &Page, uri: &RedirectUri, open: bool) -> Block {
    let form = Block::Panel {
        title: "Microsoft Entra admin center: Register an application".to_owned(),
        rows: vec![
            ("Name".to_owned(), Cell::copy(Kind::Page.proposed_name())),
            (
                "Supported account types".to_owned(),
                Cell::words("Accounts in this organizational directory only"),
            ),
            ("Redirect URI: platform".to_owned(), Cell::words("Single-page application (SPA)")),
            ("Redirect URI: address".to_owned(), Cell::copy(uri.as_str())),
        ],
    };
    let overview = Block::Panel {
        title: "Microsoft Entra admin center: Overview of the application".to_owned(),
        rows: vec![
            ("Application (client) ID".to_owned(), Cell::words("Copy it into the first field below")),
            ("Object ID".to_owned(), Cell::words("Not this one: it looks alike and signs nobody in")),
            ("Directory (tenant) ID".to_owned(), Cell::words("Copy it into the second field below")),
        ],
    };
    fold(
        "by-hand",
        "By hand, in the Entra admin center",
        open,
        vec![Block::Steps(vec![
            vec![
                Block::Text(vec![
                    plain("Open "),
                    link("App registrations, New registration", portal(&page.cloud, NEW)),
                    plain(" and fill it in like this:"),
                ]),
                form,
            ],
            vec![Block::text("Press Register. The Overview page appears:"), overview],
            vec![Block::text("Make no secret and no certificate: a page must not have one.")],
        ])],
    )
}
