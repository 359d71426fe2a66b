//! The person who is signed in becomes an owner of the registration, where they pick that: whoever lost the role since can then still
//! mend it. Nobody becomes one by themselves: administrators who register an application do not own it.

use serde::{Deserialize, Serialize};

use super::Kind;
use super::mend::{MendError, Repair};
use super::owners::{Owner, Owners, add_owner};
use super::wire::{find, principal};
use crate::entra::graph::Graph;
use crate::entra::ids::{ClientId, ObjectId};
use crate::entra::preflight::{Role, Roles};
use crate::entra::replication::{Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// Who is to own a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOwner {
    /// Their object id.
    pub id: ObjectId,
    /// Their user name.
    pub name: String,
    /// Whether they are to own its service principal too: there is one.
    pub both: bool,
}

/// What would make this person an owner. Nothing, where they are one, and where they are known to lack the role that it takes: unknown
/// is not lacking, then Graph says it.
#[must_use]
pub fn ownership(you: &Owner, owners: &Owners, has_principal: bool, roles: &Roles) -> Option<Repair> {
    let owns = |list: &[Owner]| list.iter().any(|owner| owner.id == you.id);
    if owns(&owners.application) && (owns(&owners.principal) || !has_principal) {
        return None;
    }
    if roles.suffice(Role::manages_applications) == Some(false) {
        return None;
    }
    Some(Repair::Owner(NewOwner { id: you.id.clone(), name: you.name.clone(), both: has_principal }))
}

/// Makes somebody an owner as it was picked, and reads it back. It can be sent twice.
///
/// # Errors
/// [`MendError`].
pub async fn own<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    client: &ClientId,
    kind: Kind,
    new: &NewOwner,
) -> Result<(), MendError> {
    let (application, principal) = until(graph.env, control, tell, async || {
        // Both were shown a moment ago: a copy that lags is no proof that they have gone.
        let Some(application) = find(graph, client).await? else { return Ok(Tried::NotYet(None)) };
        if application.is(kind.other()) {
            return Ok(Tried::Ready(Err(MendError::OtherKind(Box::new(application)))));
        }
        let principal = if new.both { principal(graph, client).await? } else { None };
        if new.both && principal.is_none() {
            return Ok(Tried::NotYet(None));
        }
        Ok(Tried::Ready(Ok((application.object_id(), principal.map(|it| it.object_id())))))
    })
    .await??;
    add_owner(graph, control, tell, &application, principal.as_ref(), &new.id).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::ids::Guid;

    fn owner(n: u8) -> Owner {
        let id = Guid::parse(&format!("00000000-0000-0000-0000-0000000000{n:02x}")).unwrap();
        Owner { id: ObjectId(id), name: format!("{n}@contoso.example") }
    }

    fn owners(application: &[u8], principal: &[u8]) -> Owners {
        let list = |ids: &[u8]| ids.iter().map(|n| owner(*n)).collect();
        Owners { application: list(application), principal: list(principal) }
    }

    #[test]
    fn it_is_offered_to_whoever_does_not_own_all_that_there_is() {
        for (application, principal, has_principal, offered) in [
            (vec![], vec![], true, Some("and of its service principal")),
            (vec![2], vec![2], true, Some("and of its service principal")),
            (vec![1], vec![2], true, Some("and of its service principal")),
            (vec![2], vec![1], true, Some("and of its service principal")),
            (vec![2, 1], vec![1], true, None),
            (vec![], vec![], false, Some("an owner of the registration.")),
            (vec![1], vec![], false, None),
        ] {
            let found =
                ownership(&owner(1), &owners(&application, &principal), has_principal, &Roles::Unknown);
            let what = found.as_ref().map(Repair::what);
            assert_eq!(what.is_some(), offered.is_some(), "{application:?} {principal:?} {what:?}");
            if let (Some(what), Some(part)) = (what, offered) {
                assert!(what.starts_with("Make 1@contoso.example an owner of the registration"), "{what}");
                assert!(what.contains(part), "{what}");
            }
            assert!(found.is_none_or(|it| it.is_extra()));
        }
    }

    #[test]
    fn whoever_is_known_to_lack_the_role_is_not_offered_it() {
        let known = |held: &[Role], eligible: Option<&[Role]>| Roles::Known {
            held: held.to_vec(),
            eligible: eligible.map(<[Role]>::to_vec),
        };
        let offered = |roles: &Roles| ownership(&owner(1), &owners(&[], &[]), true, roles).is_some();
        assert!(offered(&known(&[Role::CloudApplicationAdministrator], Some(&[]))));
        assert!(!offered(&known(&[Role::GlobalReader], Some(&[]))));
        // One that is to be activated first does not suffice yet; one that may be there is not missing.
        assert!(!offered(&known(&[], Some(&[Role::ApplicationAdministrator]))));
        assert!(offered(&known(&[], None)));
    }
}
