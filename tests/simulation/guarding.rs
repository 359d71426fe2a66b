//! What is found out before anybody is assigned, against the sample's directory.

use std::collections::BTreeSet;
use std::time::Duration;

use engine::entra::connector::estimate::Estimate;
use engine::entra::connector::guard::{Examined, GroupFinding, Named, Owner, examine};
use engine::entra::connector::set_up::notes_of;
use engine::entra::ids::ObjectId;
use engine::entra::replication::Gone;
use engine::setup::{Picked, Scope};
use engine::stop::Wish;
use sample::{Options, Sample};

use super::enterprise::{Visit, id};
use super::scripted::given;

fn visit(ending: &'static str) -> Visit {
    Visit::of(Options { people: 60, groups: 15, ..Options::default() }, ending)
}

fn calm() -> Visit {
    visit("/nothing")
}

fn scope(visit: &Visit, groups: &[&str], people: &[&str]) -> Scope {
    let picked = |id, name: &&str| Picked { id, name: (*name).to_owned() };
    Scope::Chosen {
        groups: groups.iter().map(|name| picked(visit.group(name), name)).collect(),
        people: people.iter().map(|name| picked(visit.person(name), name)).collect(),
    }
}

fn found_with(visit: &Visit, scope: Scope, owner: Option<ObjectId>) -> Examined {
    visit.run(move |graph, control| {
        Box::pin(async move { examine(graph, control, &|_| (), &scope, owner.as_ref()).await.unwrap() })
    })
}

fn found(visit: &Visit, groups: &[&str], people: &[&str]) -> Examined {
    found_with(visit, scope(visit, groups, people), None)
}

fn of<'e>(examined: &'e Examined, name: &str) -> &'e GroupFinding {
    examined.groups.iter().find(|it| it.group.label() == name).unwrap()
}

/// The names of people in the sample's groups, without those who are disabled.
fn names(sample: &Sample, ids: impl IntoIterator<Item = String>) -> BTreeSet<(String, String)> {
    let people = ids.into_iter().filter_map(|id| sample.directory().person(&id).cloned());
    people.filter(|it| it.account_enabled).map(|it| (it.id, it.display_name)).collect()
}

fn deep(visit: &Visit, group: &str) -> BTreeSet<(String, String)> {
    let id = visit.group(group);
    visit.world.sample(|sample| {
        let all = sample.directory().transitive_members(id.as_str());
        names(sample, all.into_iter().map(|it| it.id.clone()).collect::<Vec<_>>())
    })
}

fn direct(visit: &Visit, group: &str) -> BTreeSet<(String, String)> {
    let id = visit.group(group);
    visit.world.sample(|sample| {
        let all = sample.directory().direct_people(id.as_str());
        names(sample, all.into_iter().map(|it| it.id.clone()).collect::<Vec<_>>())
    })
}

#[test]
fn a_nested_group_is_shown_with_exactly_who_would_be_missed() {
    let visit = calm();
    let examined = found(&visit, &["Analytics"], &[]);
    let group = of(&examined, "Analytics");
    let nested = group.nested.as_ref().unwrap();
    let inner: BTreeSet<&str> = nested.inner.iter().map(engine::entra::directory::Group::label).collect();
    let all = ["Data Engineers", "Data Platform", "Data Scientists", "Finance", "Finance Analysts"];
    assert_eq!(inner, all.into());
    let missed: BTreeSet<_> =
        deep(&visit, "Analytics").difference(&direct(&visit, "Analytics")).cloned().collect();
    assert!(missed.len() > 20, "the sample has too few in its inner groups");
    assert_eq!(
        (nested.missed.count, nested.missed.names.len(), nested.elsewhere),
        (missed.len(), missed.len(), 0)
    );
    let known: BTreeSet<String> = missed.into_iter().map(|(_, name)| name).collect();
    assert!(nested.missed.names.iter().all(|name| known.contains(name)));
    assert!(nested.complete && group.complete && examined.unread.is_empty());
}

#[test]
fn who_comes_by_another_way_is_not_missed() {
    let visit = calm();
    let all =
        ["Analytics", "Data Engineers", "Data Platform", "Data Scientists", "Finance", "Finance Analysts"];
    let examined = found(&visit, &all, &[]);
    for name in ["Analytics", "Data Platform", "Finance"] {
        let nested = of(&examined, name).nested.as_ref().unwrap();
        let elsewhere = deep(&visit, name).difference(&direct(&visit, name)).count();
        assert_eq!(
            (nested.inner.len(), &nested.missed, nested.elsewhere),
            (0, &Named::default(), elsewhere),
            "{name}"
        );
    }
    assert_eq!(of(&examined, "Data Engineers").nested, None);
}

#[test]
fn groups_tell_what_they_are_and_what_else_is_in_them() {
    let visit = calm();
    let dynamic = visit.group("Data Scientists");
    visit.world.sample(|sample| {
        assert!(sample.directory_mut().set_rule(dynamic.as_str(), "user.department -eq \"Research\""));
    });
    let groups =
        ["Contoso Announcements", "Automation", "Meeting Room Devices", "Data Scientists", "Empty Project"];
    let examined = found(&visit, &groups, &[]);
    assert_eq!(of(&examined, "Contoso Announcements").is_assignable(), Some(false));
    assert_eq!(of(&examined, "Automation").is_assignable(), Some(true));
    let others = |name| {
        of(&examined, name).others.iter().map(|(kind, count)| (kind.clone(), *count)).collect::<Vec<_>>()
    };
    assert_eq!(others("Automation"), [("servicePrincipal".to_owned(), 2)]);
    assert_eq!(others("Meeting Room Devices"), [("device".to_owned(), 1)]);
    assert_eq!(of(&examined, "Data Scientists").group.is_dynamic(), Some(true));
    assert_eq!(of(&examined, "Automation").group.is_dynamic(), Some(false));
    assert_eq!((of(&examined, "Empty Project").people, of(&examined, "Empty Project").complete), (0, true));
    // Nobody comes through a group that cannot be assigned.
    assert_eq!(examined.totals.groups, 4);
}

#[test]
fn people_are_flagged_by_what_becomes_of_them() {
    let visit = calm();
    let uma = visit.person("uma");
    visit.world.sample(|sample| {
        assert!(sample.directory_mut().rename_account(uma.as_str(), "u4711@contoso.example"));
    });
    let people =
        ["ada", "dieter.gone", "nomail.nilsson", "gina_fabrikam.example#EXT#", "Case.Sensitive", "u4711"];
    let examined = found(&visit, &[], &people);
    let one = |name: &str| Named { count: 1, names: vec![name.to_owned()] };
    assert_eq!(examined.people.all, 6);
    assert_eq!(examined.people.disabled, one("Dieter Gone"));
    assert_eq!(examined.people.guests, one("Gina Fabrikam"));
    assert_eq!(examined.people.without_mail, one("Nomail Nilsson"));
    assert_eq!(examined.people.other_mail, one("Uma Ordinary"));
    assert_eq!(examined.people.unreadable, 0);
}

#[test]
fn totals_count_people_once_and_memberships_each() {
    let visit = calm();
    let examined = found(&visit, &["All Employees", "Data Engineers"], &["ada", "uma"]);
    let count = |name| {
        let group = visit.group(name);
        visit.world.sample(|sample| sample.directory().direct_people(group.as_str()).len())
    };
    let memberships = count("All Employees") + count("Data Engineers");
    let totals = examined.totals;
    assert_eq!(
        (totals.groups, totals.picked, totals.memberships, totals.complete),
        (2, 2, Some(memberships), true)
    );
    let (all, data) = (visit.group("All Employees"), visit.group("Data Engineers"));
    let each: BTreeSet<String> = visit.world.sample(|sample| {
        let people = [all, data].map(|id| {
            sample
                .directory()
                .direct_people(id.as_str())
                .into_iter()
                .map(|it| it.id.clone())
                .collect::<Vec<_>>()
        });
        people.into_iter().flatten().collect()
    });
    assert_eq!((totals.people, totals.objects()), (each.len(), memberships + 4));
    assert!(Estimate::of(&totals).exact);
}

#[test]
fn the_owner_of_the_token_is_found_wherever_they_are() {
    let visit = calm();
    let owner = |groups: &[&str], people: &[&str], name: &str| {
        found_with(&visit, scope(&visit, groups, people), Some(visit.person(name))).owner
    };
    assert_eq!(owner(&["Data Engineers"], &["uma"], "uma"), Owner::Picked);
    let member = |group: &str, nested| Owner::Member { group: group.to_owned(), nested };
    assert_eq!(owner(&["Empty Project", "All Employees"], &[], "ada"), member("All Employees", false));
    assert_eq!(owner(&["Empty Project"], &["uma"], "ada"), Owner::Outside);
    // Somebody who is in an inner group alone.
    let (inner, grace) = (visit.group("Data Scientists"), visit.person("siobhan.o'neill"));
    visit.world.sample(|sample| {
        let outer: Vec<String> =
            sample.directory().groups_of(grace.as_str()).iter().map(|it| it.id.clone()).collect();
        for group in outer {
            sample.directory_mut().remove_member(&group, grace.as_str());
        }
        assert!(sample.directory_mut().add_member(inner.as_str(), grace.as_str()));
    });
    assert_eq!(owner(&["Analytics"], &[], "siobhan.o'neill"), member("Analytics", true));
    assert_eq!(
        owner(&["Analytics", "Data Scientists"], &[], "siobhan.o'neill"),
        member("Data Scientists", false)
    );
    assert_eq!(found(&visit, &["Analytics"], &[]).owner, Owner::NotTold);
}

#[test]
fn what_could_not_be_read_is_unknown() {
    const BROKEN: &str = r#"{"error":{"code":"Authorization_RequestDenied","message":""}}"#;
    // The members of the group.
    let visit = visit("/members");
    visit.env.answer([given(403, None, BROKEN)]);
    let examined = found_with(&visit, scope(&visit, &["Data Engineers"], &[]), Some(visit.person("grace")));
    let group = of(&examined, "Data Engineers");
    assert_eq!((group.complete, examined.unread.len(), examined.totals.complete), (false, 1, false));
    // Everybody in it, however deep, was read all the same.
    assert_eq!(examined.owner, Owner::Outside);

    // Who is in its inner groups.
    let visit = self::visit("/microsoft.graph.user");
    visit.env.answer([given(403, None, BROKEN)]);
    let examined = found_with(&visit, scope(&visit, &["Data Platform"], &[]), Some(visit.person("grace")));
    assert_eq!(examined.owner, Owner::Unknown);
    assert!(!of(&examined, "Data Platform").nested.as_ref().unwrap().complete);

    // The group itself.
    let visit = self::visit("/$batch");
    visit.env.answer([given(200, None, r#"{"responses":[{"id":"0","status":404,"body":{}}]}"#)]);
    let examined = found_with(&visit, scope(&visit, &["Data Platform"], &[]), Some(visit.person("grace")));
    assert_eq!((examined.owner.clone(), examined.groups.len()), (Owner::Unknown, 0));
    assert_eq!(examined.unread[0].doing, "read Data Platform");
    assert!(!examined.owner.is_stop() && examined.owner.problem().is_some());
}

#[test]
fn everybody_in_scope_holds_the_owner_too() {
    let visit = calm();
    let examined = found_with(&visit, Scope::All, Some(visit.person("grace")));
    assert_eq!(examined.owner, Owner::Everybody);
    assert!(examined.owner.is_stop());
    let totals = examined.totals;
    // All groups but the one that is no security group.
    assert_eq!((totals.people, totals.groups, totals.memberships), (60, 14, None));
    let words = Estimate::of(&totals).words();
    assert_eq!(words, "up to 6 minutes for at least 74 people, groups and memberships");
}

#[test]
fn reading_can_be_stopped() {
    let visit = calm();
    let scope = scope(&visit, &["All Employees", "Analytics", "Data Platform"], &["ada"]);
    let end = visit.run(move |graph, control| {
        Box::pin(async move {
            let tell = |reading: engine::entra::connector::guard::Reading| {
                if reading.done == 2 {
                    control.set(Wish::Stop);
                }
            };
            examine(graph, control, &tell, &scope, None).await
        })
    });
    assert_eq!(end, Err(Gone::Stopped));
}

#[test]
fn many_groups_are_read_whatever_fails_on_the_way() {
    for seed in 1..40 {
        let options = Options { seed, people: 60, groups: 40, faults: Some(seed), ..Options::default() };
        let visit = Visit::of(options, "/nothing");
        let (picked, ids): (Vec<Picked>, Vec<String>) = visit.world.sample(|sample| {
            let groups = sample.directory().groups().iter();
            groups.map(|it| (Picked { id: id(&it.id), name: it.display_name.clone() }, it.id.clone())).unzip()
        });
        let people = visit.world.sample(|sample| {
            ids.iter().map(|id| sample.directory().direct_people(id).len()).collect::<Vec<_>>()
        });
        let scope = Scope::Chosen { groups: picked, people: Vec::new() };
        // A fault may last longer than patience; whoever asks again gets the answer.
        let examined = (0..5)
            .map(|_| {
                visit.pass(Duration::from_secs(60));
                found_with(&visit, scope.clone(), None)
            })
            .find(|it| it.unread.is_empty());
        let examined = examined.unwrap_or_else(|| panic!("seed {seed}: never read"));
        let read: Vec<usize> = examined.groups.iter().map(|it| it.people).collect();
        assert_eq!(read, people, "seed {seed}");
    }
}

#[test]
fn what_is_worth_knowing_is_told_in_sentences() {
    let visit = calm();
    let notes = notes_of(&found(&visit, &["Data Platform", "Automation", "Contoso Announcements"], &["ada"]));
    assert_eq!(
        notes,
        [
            "“Data Platform” holds other groups, which Entra does not read; missed by that: 10 (Emil Castillo, Emil Xu, Henrik Ivanova, Ines \
             Moreau, Nadia Ivanova, Nomail Nilsson, Oscar Gupta, Zoë Müller, Łukasz Wójcik, محمد الهاشمي). Chosen too, these bring their \
             people: “Data Engineers”, “Data Scientists”.",
            "“Automation” holds what Entra does not provision: 2 servicePrincipal.",
            "“Contoso Announcements” is no security group: Entra refuses to assign it, and nobody comes through it.",
            "Guests: 3 (Gina Fabrikam, Jana Ivanova, Zora Lindgren). Entra takes #EXT# and the tenant’s domain out of their user name. Whether \
             they can sign in depends on their mail address being their name in Databricks.",
        ]
    );
    let inner = ["Data Platform", "Data Engineers", "Data Scientists"];
    let notes = notes_of(&found(&visit, &inner, &["ada"]));
    let nobody = "“Data Platform” holds other groups, which Entra does not read; nobody is missed by that. All groups within it are chosen.";
    assert_eq!(notes[0], nobody);
    // More than twenty are counted, and not all named.
    let all = notes_of(&found_with(&visit, Scope::All, None));
    let many = all.iter().find(|it| it.starts_with("Disabled, and so not provisioned: "));
    assert!(many.is_some_and(|it| !it.contains("more")), "{all:?}");
    let missed = notes_of(&found(&visit, &["Analytics"], &[]));
    assert!(missed[0].contains(" more). Chosen too, these bring their people: "), "{}", missed[0]);
}
