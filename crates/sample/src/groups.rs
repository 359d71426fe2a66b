//! The groups of the sample tenant: a dozen with a purpose, the rest from the seed.

use crate::directory::{Device, Directory, Group, Member, MemberKind, Person, ServicePrincipal};
use crate::random::Random;

/// The big group: 450 people where there are 500 or more.
pub(crate) const EVERYBODY: &str = "All Employees";
/// Exists at Databricks under the same name, without an external id.
pub(crate) const ADOPTED: &str = "Data Engineers";
/// Exists at Databricks under the same name, with another external id.
pub(crate) const FOREIGN: &str = "Finance Analysts";

/// In this order: the first ones matter even in tiny tenants.
const SPECIAL: [&str; 15] = [
    EVERYBODY,
    ADOPTED,
    "Data Platform",
    FOREIGN,
    "Data Scientists",
    "Empty Project",
    "Contoso Announcements",
    "Automation",
    "Meeting Room Devices",
    "Analytics",
    "Finance",
    "Partners",
    "Mail-enabled Security",
    "R&D \"Moonshot\" O'Brien",
    "Équipe Données",
];
/// Parent and child among the special ones.
const NESTED: [(&str, &str); 5] = [
    ("Data Platform", ADOPTED),
    ("Data Platform", "Data Scientists"),
    ("Analytics", "Data Platform"),
    ("Finance", FOREIGN),
    ("Analytics", "Finance"),
];
const AREAS: [&str; 12] = [
    "Claims",
    "Customer",
    "Energy",
    "Fraud",
    "Inventory",
    "Logistics",
    "Payments",
    "Pricing",
    "Quality",
    "Retail",
    "Risk",
    "Supply",
];
const ROLES: [&str; 4] = ["Analysts", "Engineers", "Owners", "Readers"];

/// Builds the directory around the people.
pub(crate) fn directory(people: Vec<Person>, count: usize, random: &mut Random) -> Directory {
    let service_principals: Vec<_> = ["nightly-loader", "report-publisher", "model-trainer"]
        .map(|name| ServicePrincipal {
            id: random.guid(),
            app_id: random.guid(),
            display_name: name.to_owned(),
        })
        .into();
    let devices = vec![Device { id: random.guid(), display_name: "ROOM-4-PANEL".to_owned() }];
    let mut groups: Vec<Group> = (0..count).map(|at| empty(&name(at), random)).collect();
    for group in &mut groups {
        fill(group, &people, &service_principals, &devices, random);
    }
    for (parent, child) in NESTED {
        let Some(id) = groups.iter().find(|it| it.display_name == child).map(|it| it.id.clone()) else {
            continue;
        };
        if let Some(group) = groups.iter_mut().find(|it| it.display_name == parent) {
            group.members.push(Member { kind: MemberKind::Group, id });
        }
    }
    Directory::new(people, groups, service_principals, devices)
}

fn name(at: usize) -> String {
    if let Some(name) = SPECIAL.get(at) {
        return (*name).to_owned();
    }
    let at = at - SPECIAL.len();
    let (area, role) = (at % AREAS.len(), at / AREAS.len());
    let area = AREAS.get(area).copied().unwrap_or_default();
    match ROLES.get(role) {
        Some(role) => format!("{area} {role}"),
        None => format!("{area} Team {role}"),
    }
}

fn empty(name: &str, random: &mut Random) -> Group {
    let unified = name == "Contoso Announcements";
    Group {
        id: random.guid(),
        display_name: name.to_owned(),
        description: random.chance(70).then(|| format!("Made up for the sample: {name}")),
        security_enabled: !unified,
        mail_enabled: unified || name == "Mail-enabled Security",
        unified,
        rule: None,
        members: Vec::new(),
    }
}

fn fill(
    group: &mut Group,
    people: &[Person],
    service_principals: &[ServicePrincipal],
    devices: &[Device],
    random: &mut Random,
) {
    let member = |kind, id: &String| Member { kind, id: id.clone() };
    let size = if people.len() >= 500 { 450 } else { people.len().saturating_mul(3).div_ceil(4) };
    match group.display_name.as_str() {
        EVERYBODY => {
            group.members = people.iter().take(size).map(|it| member(MemberKind::Person, &it.id)).collect();
            return;
        }
        "Empty Project" => return,
        "Partners" => {
            let guests = people.iter().filter(|it| it.guest).take(25);
            group.members = guests.map(|it| member(MemberKind::Person, &it.id)).collect();
            return;
        }
        "Automation" => {
            group.members.extend(
                service_principals.iter().take(2).map(|it| member(MemberKind::ServicePrincipal, &it.id)),
            );
        }
        "Meeting Room Devices" => {
            group.members.extend(devices.iter().map(|it| member(MemberKind::Device, &it.id)));
        }
        _ => {}
    }
    let wanted = 1 + random.below(25.min(people.len()));
    for _ in 0..wanted {
        let Some(person) = people.get(random.below(people.len())) else { break };
        if !group.members.iter().any(|it| it.id == person.id) {
            group.members.push(member(MemberKind::Person, &person.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn build(people: usize, groups: usize, seed: u64) -> Directory {
        let mut random = Random::new(seed);
        let people = crate::people::people(people, &mut random);
        directory(people, groups, &mut random)
    }

    #[test]
    fn the_groups_with_a_purpose_are_there() {
        let directory = build(600, 40, 1);
        assert_eq!(directory.groups().len(), 40);
        let group = |name| directory.group_named(name).unwrap();
        let kinds = |name, kind| group(name).members.iter().filter(|it| it.kind == kind).count();
        assert_eq!(group(EVERYBODY).members.len(), 450);
        assert_eq!(group("Empty Project").members.len(), 0);
        assert_eq!(kinds("Data Platform", MemberKind::Group), 2);
        assert_eq!(kinds("Automation", MemberKind::ServicePrincipal), 2);
        assert_eq!(kinds("Meeting Room Devices", MemberKind::Device), 1);
        let announcements = group("Contoso Announcements");
        assert!(announcements.unified && announcements.mail_enabled && !announcements.security_enabled);
        let nested = directory.transitive_members(&group("Analytics").id);
        assert!(nested.iter().any(|it| it.id == group(ADOPTED).id));
    }

    #[test]
    fn names_are_unique_however_many() {
        let directory = build(20, 200, 3);
        let names: HashSet<_> = directory.groups().iter().map(|it| &it.display_name).collect();
        assert_eq!(names.len(), 200);
    }

    #[test]
    fn tiny_tenants_work() {
        let directory = build(3, 2, 1);
        let names: Vec<_> = directory.groups().iter().map(|it| it.display_name.as_str()).collect();
        assert_eq!(names, [EVERYBODY, ADOPTED]);
        assert_eq!(directory.groups()[0].members.len(), 3);
        assert_eq!(build(1, 0, 1).groups().len(), 0);
    }
}
