//! Attribute mappings: read, shown, repaired, reset.

use engine::entra::connector::kind::Kind;
use engine::entra::connector::on_demand::{Subject, provision};
use engine::entra::connector::schema::{
    Concern, Previewed, Schema, Source, Table, concerns, preview, read, repair_external_id, reset, save,
};
use engine::entra::connector::trace::{Action, Status};
use engine::entra::directory::Person;
use engine::entra::ids::ObjectId;
use engine::entra::replication::Gone;
use engine::stop::{Control, Wish};
use serde_json::{Value, json};

use super::super::scripted::no_connection;
use super::{Connector, calm};

fn schema(connector: &Connector) -> Schema {
    connector.run(async |graph, me| {
        let (principal, job) = me.place();
        read(graph, principal, job).await.unwrap()
    })
}

fn saved(connector: &Connector, schema: &Schema) -> Result<(), Gone> {
    let schema = schema.clone();
    connector.run(async move |graph, me| save(graph, &Control::default(), &|_| (), me.place(), &schema).await)
}

/// The schema with what somebody else changed in it.
fn changed(schema: &Schema) -> Schema {
    let mut value = schema.as_value().clone();
    value["unheardOf"] = json!({ "kept": [1, null] });
    let mappings = &mut value["synchronizationRules"][0]["objectMappings"];
    let people = mappings[0]["attributeMappings"].as_array_mut().unwrap();
    let external = people.iter_mut().find(|row| row["targetAttributeName"] == "externalId").unwrap();
    external["source"] = json!({ "type": "Attribute", "name": "mailNickname", "expression": "[mailNickname]", "parameters": [] });
    mappings[0]["unheardOf"] = json!("kept");
    let groups = mappings[1]["attributeMappings"].as_array_mut().unwrap();
    groups.retain(|row| row["targetAttributeName"] != "externalId");
    Schema::try_from(value).unwrap()
}

/// The rows of a kind: target, source, rank in matching, when it flows.
fn rows(table: &Table, kind: Kind) -> Vec<[String; 4]> {
    let of = |row: &engine::entra::connector::schema::Row| {
        let rank = row.matching.map(|rank| rank.to_string()).unwrap_or_default();
        [row.target.clone(), row.source.words(), rank, row.flow.words().to_owned()]
    };
    table.get(kind).unwrap().rows.iter().map(of).collect()
}

#[test]
fn the_default_mappings_are_shown_and_found_good() {
    let table = Table::of(&schema(&Connector::ready(calm(12, 3), "/-")));
    let row =
        |target: &str, source: &str, rank: &str, flow: &str| [target, source, rank, flow].map(str::to_owned);
    assert_eq!(
        rows(&table, Kind::Person),
        [
            row("userName", "userPrincipalName", "1", "always"),
            row(
                "active",
                "worked out: Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")",
                "",
                "always"
            ),
            row("displayName", "displayName", "", "always"),
            row("emails[type eq \"work\"].value", "mail", "", "always"),
            row("name.givenName", "givenName", "", "always"),
            row("name.familyName", "surname", "", "always"),
            row("externalId", "objectId", "", "always"),
        ]
    );
    assert_eq!(
        rows(&table, Kind::Group),
        [
            row("displayName", "displayName", "1", "only when the object is made"),
            row("externalId", "objectId", "", "always"),
            row("members", "members", "", "always"),
        ]
    );
    let people = table.people.as_ref().unwrap();
    assert_eq!((people.rule_name.as_str(), people.enabled), ("USER_OUTBOUND_USER", true));
    assert_eq!(people.flows.words(), "create, update, delete or deactivate");
    assert!(!people.rule_id.is_empty() && people.filters.is_empty());
    let from = |name: &str| Some(Source::Attribute(name.to_owned()));
    assert_eq!(concerns(&table), [Concern::Address(from("userPrincipalName"), from("mail"))]);
}

#[test]
fn a_preview_shows_what_is_then_written_and_who_is_refused() {
    let connector = Connector::ready(calm(60, 3), "/-");
    let table = Table::of(&schema(&connector));
    let people: Vec<ObjectId> = connector.run(async |graph, _| {
        let all = engine::entra::directory::people(graph).await.items;
        all.iter().filter(|it| it.account_enabled == Some(true)).map(Person::object_id).collect()
    });
    let mapping = table.people.unwrap();
    let (mut values, mut guests, mut refused) = (0, 0, 0);
    for id in people {
        let person = connector.read(&id);
        guests += usize::from(person.is_guest());
        connector.assign(&id);
        let rule = mapping.rule_id.clone();
        let told = connector.run(async move |graph, me| {
            provision(graph, &Control::default(), &|_| (), me.place(), &rule, &Subject::Person(id)).await
        });
        let object = told.unwrap().object;
        // Of those who are there already only what differs is written.
        if object.action != Action::Create {
            continue;
        }
        let lines = preview(&mapping, &person);
        let value = |target: &str| lines.iter().find(|it| it.target == target).unwrap().value.clone();
        let (name, mail) = (value("userName"), value("emails[type eq \"work\"].value"));
        if name != mail && mail != Previewed::Skipped {
            assert_eq!(object.status, Some(Status::Failure), "{}", person.label());
            refused += 1;
            continue;
        }
        for line in lines {
            let written =
                object.modified.iter().find(|it| it.name == line.target).and_then(|it| it.new.clone());
            match line.value {
                Previewed::Value(value) => assert_eq!(written, Some(value), "{}", person.label()),
                Previewed::Skipped => assert_eq!(written, None, "{}", person.label()),
                Previewed::NotComputed(source) => panic!("{source}"),
            }
            values += 1;
        }
    }
    assert!(values > 200 && guests > 1 && refused > 0, "{values} {guests} {refused}");
}

#[test]
fn external_ids_are_repaired_and_everything_unknown_survives() {
    let connector = Connector::ready(calm(12, 3), "/-");
    let default = schema(&connector);
    assert_eq!(repair_external_id(&default), None);
    let broken = changed(&default);
    assert_eq!(saved(&connector, &broken), Ok(()));
    let found = schema(&connector);
    let repaired: Vec<Concern> =
        concerns(&Table::of(&found)).into_iter().filter(Concern::is_repaired).collect();
    let nickname = Some(Source::Attribute("mailNickname".to_owned()));
    assert_eq!(
        repaired,
        [Concern::ExternalId(Kind::Person, nickname), Concern::ExternalId(Kind::Group, None)]
    );
    let fixed = repair_external_id(&found).unwrap();
    assert_eq!(saved(&connector, &fixed), Ok(()));
    let now = schema(&connector);
    assert!(!concerns(&Table::of(&now)).iter().any(Concern::is_repaired));
    assert_eq!(now.as_value()["unheardOf"], json!({ "kept": [1, null] }));
    assert_eq!(now.as_value()["synchronizationRules"][0]["objectMappings"][0]["unheardOf"], "kept");
    // Nothing else differs from what was there.
    let rows = |schema: &Schema| -> Vec<Value> {
        let all = schema.as_value()["synchronizationRules"][0]["objectMappings"].as_array().unwrap();
        let rows = all.iter().flat_map(|it| it["attributeMappings"].as_array().unwrap().clone());
        rows.filter(|row| row["targetAttributeName"] != "externalId").collect()
    };
    assert_eq!(rows(&now), rows(&broken));
    let back = connector.run(async |graph, me| {
        reset(graph, &Control::default(), &|_| (), me.place()).await.unwrap();
        let (principal, job) = me.place();
        read(graph, principal, job).await.unwrap()
    });
    assert_eq!(Table::of(&back), Table::of(&default));
    assert_eq!(back.as_value().get("unheardOf"), None);
}

#[test]
fn a_save_whose_answer_is_lost_is_sent_again_until_it_shows() {
    let connector = Connector::ready(calm(12, 3), "/schema");
    let repaired = changed(&schema(&connector));
    let before = connector.0.env.asked();
    // All tries of the first write, one after the other.
    connector.0.env.answer((0..7).map(|_| no_connection()));
    assert_eq!(saved(&connector, &repaired), Ok(()));
    assert_eq!(Table::of(&schema(&connector)), Table::of(&repaired));
    // Seven writes, a look, another write, a look; and the one of this test.
    assert_eq!(connector.0.env.asked() - before, 11);
}

#[test]
fn a_stop_comes_before_anything_is_written() {
    let connector = Connector::ready(calm(12, 3), "/schema");
    let wanted = changed(&schema(&connector));
    let before = connector.0.env.asked();
    let end = connector.run(async move |graph, me| {
        let control = Control::default();
        control.set(Wish::Stop);
        save(graph, &control, &|_| (), me.place(), &wanted).await
    });
    assert_eq!(end, Err(Gone::Stopped));
    assert_eq!(connector.0.env.asked(), before);
}
