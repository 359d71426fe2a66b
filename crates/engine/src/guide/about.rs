//! What every step says of itself before anything is done there: why, who, where, how long, what to expect, and the commonest failure
//! with its cure.

use crate::setup::{Step, Way};
use crate::sheet::END;

/// Where something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The Microsoft Entra admin center.
    Entra,
    /// The Databricks account console or a workspace.
    Databricks,
    /// This page.
    Here,
}

impl Place {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entra => "Entra",
            Self::Databricks => "Databricks",
            Self::Here => "here",
        }
    }
}

/// Every step's words on a way, in the order of [`Step::ALL`]. They travel as texts with [`END`] after each part, since nothing is cheaper
/// for a page to read: why, who, where, how long, what to expect, the commonest failure, and the paragraphs of its cure.
#[must_use]
pub fn all(way: Option<Way>) -> Vec<String> {
    Step::ALL.into_iter().map(|step| of(step, way).text()).collect()
}

/// The first step's, which are there before the engine is.
#[must_use]
pub fn start() -> String {
    START.text()
}

const fn of(step: Step, way: Option<Way>) -> &'static Words {
    match (step, way) {
        (Step::Test, Some(Way::Connector)) => &ENTRA_TESTS,
        (Step::Review, Some(Way::Connector)) => &ENTRA_REVIEW,
        (Step::Sync, Some(Way::Connector)) => &ENTRA_SYNC,
        (Step::Done, Some(Way::Connector)) => &ENTRA_DONE,
        (Step::Start, _) => &START,
        (Step::Register, _) => &REGISTER,
        (Step::Consent, _) => &CONSENT,
        (Step::Workspace, _) => &WORKSPACE,
        (Step::Test, _) => &TEST,
        (Step::Scope, _) => &SCOPE,
        (Step::Review, _) => &REVIEW,
        (Step::Sync, _) => &SYNC,
        (Step::Done, _) => &DONE,
    }
}

/// As they are written here.
struct Words {
    why: &'static str,
    who: &'static str,
    places: &'static [Place],
    takes: &'static str,
    expect: &'static str,
    failure: &'static str,
    cure: &'static [&'static str],
}

impl Words {
    fn text(&self) -> String {
        let mut places = String::new();
        for place in self.places {
            places.push_str(place.name());
            places.push(' ');
        }
        let mut text = String::new();
        for part in [self.why, self.who, places.trim_end(), self.takes, self.expect, self.failure] {
            text.push_str(part);
            text.push(END);
        }
        for part in self.cure {
            text.push_str(part);
            text.push(END);
        }
        text
    }
}

/// Which way.
const START: Words = Words {
    why: "Users and groups can reach Databricks in several ways. Two of them at once fight each other, so this question comes first.",
    who: "Databricks account admin, to look",
    places: &[Place::Databricks, Place::Here],
    takes: "a minute",
    expect: "In the account console, under Security and User provisioning, the switch “Automatic identity management” is off.",
    failure: "I cannot open the account console",
    cure: &[
        "Only account admins can. On Azure, a Global Administrator of the tenant becomes account admin by signing in to accounts.azuredatabricks.net once.",
        "Azure accounts created since 1 August 2025 begin with automatic identity management switched on.",
    ],
};

/// The application that the page signs in with.
const REGISTER: Words = Words {
    why: "The page works in the directory as you, through an application of your own tenant. Nobody else’s application takes part, and no secret is made.",
    who: "Application Developer, or with PowerShell Cloud Application Administrator",
    places: &[Place::Entra, Place::Here],
    takes: "3 minutes, once",
    expect: "After signing in you come back to this page, and your tenant and account stand in the bar on top.",
    failure: "AADSTS50011 or AADSTS9002326 at sign-in",
    cure: &[
        "The redirect URI is not registered exactly as shown, or it is registered as “Web”. In the application, open Authentication, remove it from Web, and add it under Single-page application.",
        "Upper and lower case and the slash at the end count.",
    ],
};

/// What it may do in the directory.
const CONSENT: Words = Words {
    why: "What this page does in the directory takes the consent of an administrator, once for the tenant. The table says what each permission is for.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra],
    takes: "a minute",
    expect: "Every permission of the table says “granted”. That comes from the token itself, not from having clicked.",
    failure: "I accepted, but a permission is still missing",
    cure: &[
        "A new consent takes up to some minutes to reach the sign-in service. Check again waits for it.",
        "If the page of Microsoft says that approval is needed, your role does not suffice: send the link to an administrator.",
    ],
};

/// Where users and groups shall go.
const WORKSPACE: Words = Words {
    why: "Say where users and groups shall go, and with which token. The account is the usual place: one directory for all its workspaces.",
    who: "Databricks account admin, or workspace admin",
    places: &[Place::Databricks, Place::Here],
    takes: "2 minutes",
    expect: "Below the address the page says what it understood: account or workspace, and the host that the token is for.",
    failure: "Which address is the right one?",
    cure: &[
        "For the account: the Account SCIM URL of the account console. For one workspace: what stands in the browser’s address bar while you work in it; the page takes off what is too much.",
        "Make the token as an admin who is not provisioned by this setup. If that person leaves Entra, the token dies and provisioning with it.",
    ],
};

/// Whether the connection works.
const TEST: Words = Words {
    why: "The checks run in the order in which they can fail, and each says what it found. Nothing is written to Databricks.",
    who: "anyone with the token",
    places: &[Place::Here],
    takes: "about 5 seconds",
    expect: "All stages passed, or skipped with a reason. A warning lets you go on.",
    failure: "“Token accepted” failed",
    cure: &[
        "The token is expired, revoked, cut off at one end, or belongs to another workspace or to the other level. Make a new one and paste it again at the step before.",
        "At the account only the SCIM token of the account console works, and only under the Account SCIM URL.",
    ],
};

/// Which users and groups.
const SCOPE: Words = Words {
    why: "Choose who shall be in Databricks. Groups bring their direct members with them; what is not chosen is left alone.",
    who: "whoever decides about access",
    places: &[Place::Here],
    takes: "a few minutes",
    expect: "The list on this page holds each group and person you mean, and nothing else. Nothing is written yet.",
    failure: "A group is not found",
    cure: &[
        "The search looks at the beginning of words in the name. New groups take some minutes to be found.",
        "Members of a nested group come along only if that group is chosen too.",
    ],
};

/// Every change, before it is made.
const REVIEW: Words = Words {
    why: "This is everything that would change in Databricks, and why. What you see is what is applied: nothing more, and nothing before you say so.",
    who: "whoever decides about access",
    places: &[Place::Here],
    takes: "a minute to make, as long as you like to read",
    expect: "Figures you can explain. A second plan after applying is empty.",
    failure: "Some changes are withheld",
    cure: &[
        "Where the directory or Databricks could not be read completely, what depends on it is withheld: unknown is not absent. Make the plan again.",
        "Removals, renames of groups, reactivations and deactivations are worked out and shown, but this version does not make them.",
    ],
};

/// The changes being made.
const SYNC: Words = Words {
    why: "The approved plan is applied here, at the pace that Databricks publishes for everybody. You may pause, stop and go on: nothing is done twice.",
    who: "nobody has to do anything",
    places: &[Place::Here],
    takes: "as the time left says",
    expect: "The bar moves on, and failed stays at zero. Keep this tab open until everything is read back.",
    failure: "It is slow",
    cure: &[
        "Databricks allows a fixed number of changes a minute for all programs together. A workspace allows far fewer than the account.",
        "If the tab is closed, open the page again and make a new plan: it holds only what is still missing.",
    ],
};

/// What came of it.
const DONE: Words = Words {
    why: "What was done, what was not, and what to keep. The report holds no secret.",
    who: "anyone",
    places: &[Place::Here],
    takes: "a minute",
    expect: "Everything done, nothing failed. The people can sign in to Databricks now.",
    failure: "Somebody cannot see a workspace",
    cure: &[
        "Users and groups of the account see a workspace only when they are assigned to it: in the account console, open the workspace, then Permissions.",
        "Changes made in Entra later come over with the next run, not by themselves.",
    ],
};

/// Entra tries the connection.
const ENTRA_TESTS: Words = Words {
    why: "Entra itself tries address and token, before anything is saved. The test sends nothing from this page to Databricks.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra, Place::Databricks],
    takes: "a minute, mostly waiting for Entra",
    expect: "All stages passed. The enterprise application is the only thing that exists afterwards.",
    failure: "“Credentials accepted” failed",
    cure: &[
        "The stage says what Databricks answered to Entra, and what to do about it.",
        "The test only reads. Whether the token may write as well shows when one person is provisioned as a proof, before the start.",
    ],
};

/// Everything that is written, before it is.
const ENTRA_REVIEW: Words = Words {
    why: "Everything that will be written, beside what is there now. Nothing is written before you press the button below it, and then exactly this.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra],
    takes: "a minute to read",
    expect: "Each stage passes, one after the other. The first time one person is provisioned as a proof, and then the job starts.",
    failure: "This page may not assign anybody",
    cure: &[
        "Assigning takes a permission of its own. Without it, assign people and groups in the Entra admin center, and go on here.",
    ],
};

/// How provisioning is doing.
const ENTRA_SYNC: Words = Words {
    why: "How provisioning is doing, straight from Entra. It runs without this page, which may be closed, and the summary has an address that leads back here.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra],
    takes: "a look; a first cycle takes from minutes to hours, as the review worked out",
    expect: "After the first cycle the state is “healthy”, and a new cycle runs every 20 to 40 minutes.",
    failure: "Users and groups stopped syncing after the first cycle",
    cure: &[
        "A change waits for the next cycle. To have it at once, provision the person or group on demand, or restart.",
    ],
};

/// What was set up.
const ENTRA_DONE: Words = Words {
    why: "What was set up, what to keep, and what to look after. Nothing of it is secret.",
    who: "anyone",
    places: &[Place::Here],
    takes: "a minute",
    expect: "Where provisioning is switched on, Entra goes on by itself from here.",
    failure: "Somebody is missing",
    cure: &[
        "Ask the step before: “Why is this person not there?” looks at assignment, scope, mapping and log.",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_says_everything_on_both_ways() {
        for way in [None, Some(Way::Direct), Some(Way::Connector)] {
            let all = all(way);
            assert_eq!(all.len(), Step::ALL.len());
            for (text, step) in all.iter().zip(Step::ALL) {
                let parts: Vec<&str> = text.split_terminator(END).collect();
                assert!(parts.len() >= 7, "{step:?}: {parts:?}");
                assert!(parts.iter().all(|part| !part.trim().is_empty()), "{step:?}: {parts:?}");
                assert!(
                    parts[2].split(' ').all(|it| ["Entra", "Databricks", "here"].contains(&it)),
                    "{step:?}"
                );
            }
        }
        assert_eq!(all(None).first(), Some(&start()));
        assert_ne!(all(Some(Way::Direct)), all(Some(Way::Connector)));
    }
}
