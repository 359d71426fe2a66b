//! The application for runs without a person: `scim-setup plan` and `apply` on a schedule.

use serde_json::json;

use super::Kind;
use super::mend::{MendError, Repair, Shape, later, mend};
use super::wire::{Application, Principal, find, find_unique, tagged};
use crate::entra::consent::{Granted, GraphApi, Wanted, grant};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ClientId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Order<'o> {
    /// Its name, for people.
    pub name: &'o str,
    /// What it shall hold by itself.
    pub roles: &'o [&'o str],
    /// The one that was made before, where the setup knows it. A setup may come from anybody, so this is where to look and no
    /// more.
    pub recorded: Option<&'o ClientId>,
    /// The one that a person said may be used, or that this visit made. Anybody who may register applications can make one under
    /// our tag and key, and would get whatever is granted to it.
    pub accepted: Option<&'o ClientId>,
    /// The one that the page signs in with: it is never this one, whatever tag or key it has.
    pub page: Option<&'o ClientId>,
}

impl Order<'_> {
    fn is_page(&self, application: &Application) -> bool {
        application.is(Kind::Page) || self.page == Some(&application.client_id())
    }
}

/// How far the making is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Looking for one that is there already.
    Looking,
    /// Registering it.
    Registering,
    /// Completing it: requested permissions, service principal, tag.
    Completing,
    /// Granting what it shall hold.
    Granting,
}

impl Stage {
    /// In a few words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Looking => "Looking for one that was made before",
            Self::Registering => "Registering the application",
            Self::Completing => "Completing the registration",
            Self::Granting => "Granting its permissions",
        }
    }
}

/// What was made, or found and completed.
#[derive(Debug)]
pub struct Made {
    /// The registration.
    pub application: Application,
    /// Its service principal.
    pub principal: Principal,
    /// What came of granting: a person without the role gets refusals here, and a link for somebody who has it.
    pub granted: Granted,
    /// Whether it was there before.
    pub adopted: bool,
}

/// Why it was not made.
#[derive(Debug, PartialEq, Eq)]
pub enum MakeError {
    /// These are there already, and nobody has said that one of them may be used. Nothing was changed; but one that a lagging
    /// copy did not show has its name and audience from us.
    There(Vec<Application>),
    /// What stands under our key is the page's.
    OtherKind(Box<Application>),
    /// Completing it failed.
    Mend(MendError),
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for MakeError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

/// Makes the application, or completes the one that was accepted. Run again after any end, it goes on where it was; it never makes a
/// second one.
///
/// # Errors
/// [`MakeError`].
pub async fn make<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Stage, Option<Waiting>),
    api: &GraphApi,
    order: &Order<'_>,
) -> Result<Made, MakeError> {
    tell(Stage::Looking, None);
    let found = look(graph, order).await.map_err(Gone::from)?;
    // Under our key nothing else can be made, so this is the end.
    if let Some(application) = found.iter().find(|it| order.is_page(it)) {
        return Err(MakeError::OtherKind(Box::new(application.clone())));
    }
    let adopted = !found.is_empty();
    let accepted = |it: &Application| order.accepted == Some(&it.client_id());
    let application = if !adopted {
        tell(Stage::Registering, None);
        register(graph, control, &|waiting| tell(Stage::Registering, Some(waiting)), order).await?
    } else if let Some(one) = found.iter().find(|it| accepted(it)) {
        one.clone()
    } else {
        return Err(MakeError::There(found));
    };
    tell(Stage::Completing, None);
    let client = application.client_id();
    let shape = Shape { kind: Kind::Unattended, redirect_uri: None, scopes: &[], roles: order.roles };
    let roles: Vec<String> = order.roles.iter().map(|&name| name.to_owned()).collect();
    let approved = [Repair::Ask { scopes: Vec::new(), roles }, Repair::Principal, Repair::Tag];
    let wait = |waiting| tell(Stage::Completing, Some(waiting));
    let (application, principal) =
        mend(graph, control, &wait, api, &client, &shape, &approved).await.map_err(MakeError::Mend)?;
    tell(Stage::Granting, None);
    let id = principal.object_id();
    let wanted = Wanted { principal: &id, scopes: &[], roles: order.roles };
    let granted =
        grant(graph, control, &|waiting| tell(Stage::Granting, Some(waiting)), api, &wanted).await?;
    Ok(Made { application, principal, granted, adopted })
}

/// The one that is recorded, else the one under our key, else those with our tag. The page's own is none of them: it never holds
/// permissions by itself.
async fn look<E: Env>(graph: &Graph<'_, E>, order: &Order<'_>) -> Result<Vec<Application>, GraphError> {
    if let Some(client) = order.recorded
        && let Some(application) = find(graph, client).await?
        && !order.is_page(&application)
    {
        return Ok(vec![application]);
    }
    if let Some(application) = find_unique(graph, Kind::Unattended.unique_name()).await? {
        return Ok(vec![application]);
    }
    let mut found = tagged(graph, Kind::Unattended.tag()).await?;
    found.retain(|application| !order.is_page(application));
    Ok(found)
}

async fn register<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    order: &Order<'_>,
) -> Result<Application, MakeError> {
    let key = Kind::Unattended.unique_name();
    let doing = format!("register the application \"{}\"", order.name);
    let path = format!("/applications(uniqueName='{key}')");
    let mut made = None;
    let application = until(graph.env, control, tell, async || {
        if made.is_none() {
            // Without an audience Graph makes applications for personal accounts too. What is there and only unseen is written
            // over with what is sent, so the tag comes later, beside those that are read; until then the key finds it.
            let body = json!({ "displayName": order.name, "signInAudience": "AzureADMyOrg" });
            match graph.make(Change::upsert(&doing, &path, body)).await {
                Ok(by_us) => made = Some(by_us),
                failed => return later(failed.map(drop), Settling::Update).map(Tried::NotYet),
            }
        }
        Ok(find_unique(graph, key).await?.map_or(Tried::NotYet(None), Tried::Ready))
    })
    .await?;
    if made == Some(true) {
        return Ok(application);
    }
    // It was there after all, unseen: somebody's own, or ours after a lost answer.
    Err(if order.is_page(&application) {
        MakeError::OtherKind(Box::new(application))
    } else {
        MakeError::There(vec![application])
    })
}
