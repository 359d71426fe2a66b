//! The organisation, its licences, and the roles that somebody may activate.

use serde_json::{Value, json};

use crate::TenantKind;
use crate::http::Answer;

use super::Call;
use super::errors::GraphError;

/// The one organisation. Everybody signed in may know its name.
pub(super) fn organization(call: &Call<'_>) -> Answer {
    call.ok(&json!({
        "@odata.context": format!("{}/v1.0/$metadata#organization", call.origin),
        "value": [{
            "id": call.facts.tenant_id,
            "displayName": "Contoso",
            "tenantType": "AAD",
            "verifiedDomains": [{ "name": call.facts.domain, "isDefault": true, "isInitial": true, "type": "Managed" }],
        }],
    }))
}

/// `/subscribedSkus`. Part numbers and plan ids are those of Microsoft's licensing reference.
pub(super) fn skus(call: &Call<'_>) -> Result<Answer, GraphError> {
    call.need(&["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"])?;
    let plan = |id: &str, name: &str| {
        json!({
            "servicePlanId": id,
            "servicePlanName": name,
            "provisioningStatus": "Success",
            "appliesTo": "User",
        })
    };
    let p1 = plan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM");
    let p2 = plan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2");
    let (id, name, plans) = if call.options.is(TenantKind::NoPremium) {
        return Ok(answer(call, "subscribedSkus", &[]));
    } else if call.options.is(TenantKind::PremiumP2) {
        ("84a661c4-e949-4bd2-a560-ed7766fcaf2b", "AAD_PREMIUM_P2", vec![p1, p2])
    } else {
        ("078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "AAD_PREMIUM", vec![p1])
    };
    let sku = json!({
        "id": format!("{}_{id}", call.facts.tenant_id),
        "skuId": id,
        "skuPartNumber": name,
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": 25,
        "prepaidUnits": { "enabled": 25, "suspended": 0, "warning": 0 },
        "servicePlans": plans,
    });
    Ok(answer(call, "subscribedSkus", &[sku]))
}

/// The roles that the person who asks may activate. Only tenants with P2 have any (Privileged Identity Management).
pub(super) fn eligible(call: &Call<'_>) -> Result<Answer, GraphError> {
    let person = crate::registry::person(call.directory, call.access.person.as_deref());
    let Some(person) = person else {
        return Err(GraphError::bad_request("The request is only valid with delegated authentication."));
    };
    // Beside `RoleEligibilitySchedule.Read.Directory`, which nobody asks for here.
    call.need(&["RoleManagement.Read.Directory"])?;
    if !call.options.is(TenantKind::PremiumP2) {
        return Err(GraphError::new(
            400,
            "AadPremiumLicenseRequired",
            "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
        ));
    }
    let all: Vec<Value> = person
        .eligible
        .iter()
        .map(|role| {
            json!({
                "id": format!("{}-{}", person.id, role.template_id()),
                "principalId": person.id,
                "roleDefinitionId": role.template_id(),
                "directoryScopeId": "/",
                "memberType": "Direct",
            })
        })
        .collect();
    Ok(answer(call, "roleManagement/directory/roleEligibilityScheduleInstances", &all))
}

fn answer(call: &Call<'_>, context: &str, values: &[Value]) -> Answer {
    call.ok(&json!({
        "@odata.context": format!("{}/v1.0/$metadata#{context}", call.origin),
        "value": values,
    }))
}
