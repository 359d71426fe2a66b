//! The attribute mappings are reset to the gallery's, and `externalId` is taken from the object id all the same: at no time, and wherever it
//! is cut off, is there a job that runs with another one.

use std::rc::Rc;

use engine::entra::connector::jobs;
use engine::entra::connector::schema::{
    Row, Schema, Source, Table, of_template, read, repair_external_id, reset_mended, save,
};
use engine::http::Method;

use super::super::cycle;
use super::super::somebody::Somebody;
use super::{looked_at, only, renamed, store, surely, words};

pub(super) fn reset(somebody: &Rc<Somebody>) {
    let seed = somebody.seed;
    changed_elsewhere(somebody);
    cycle(somebody);
    let (before, from) = (store(somebody), somebody.world.effects().len());
    // Whenever a cycle begins now it writes everybody.
    let then = renamed(somebody, 0..4, &before);
    let look = || {
        cycle(somebody);
        assert_eq!(store(somebody), then, "seed {seed}");
        is_right(seed, &now(somebody));
    };
    looked_at(somebody, look, async |me, graph, control| {
        let principal = me.runs().0;
        let all = jobs(graph, &principal).await.map_err(words)?;
        reset_mended(graph, control, &|_| (), (&principal, &all[0])).await.map_err(words)
    });
    let wanted = surely(somebody, async |me, graph, _| {
        let (principal, job) = me.runs();
        let all = jobs(graph, &principal).await.map_err(words)?;
        assert_eq!((all.len(), &all[0].id), (1, &job), "seed {}", me.seed);
        let begins = of_template(graph, &principal, &all[0].template_id).await.map_err(words)?;
        Ok(repair_external_id(&begins).unwrap_or(begins))
    });
    assert_eq!(rows(&now(somebody)), rows(&wanted), "seed {seed}: not reset");
    for effect in &somebody.world.effects()[from..] {
        match effect.method {
            Method::Put => is_right(seed, &Schema::try_from(effect.body.clone()).unwrap()),
            // The gallery's are right as they stand there, those for any application are not.
            _ => assert!(!seed.is_multiple_of(5), "seed {seed}: {effect:?}"),
        }
    }
    only(somebody, from, &["/schema"]);
}

/// Somebody took an attribute out of the mappings.
fn changed_elsewhere(somebody: &Rc<Somebody>) {
    surely(somebody, async |me, graph, control| {
        let (principal, job) = me.runs();
        let mut schema = read(graph, &principal, &job).await.map_err(words)?.as_value().clone();
        let people = &mut schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"];
        people.as_array_mut().unwrap().retain(|row| row["targetAttributeName"] != "name.givenName");
        let schema = Schema::try_from(schema).unwrap();
        save(graph, control, &|_| (), (&principal, &job), &schema).await.map_err(words)
    });
}

fn now(somebody: &Rc<Somebody>) -> Schema {
    surely(somebody, async |me, graph, _| {
        let (principal, job) = me.runs();
        read(graph, &principal, &job).await.map_err(words)
    })
}

/// What becomes of people and of groups.
fn rows(schema: &Schema) -> [Vec<Row>; 2] {
    let table = Table::of(schema);
    [table.people, table.groups].map(|mapping| mapping.unwrap().rows)
}

fn is_right(seed: u64, schema: &Schema) {
    for rows in rows(schema) {
        let row = rows.iter().find(|it| it.target == "externalId").unwrap();
        assert_eq!(row.source, Source::Attribute("objectId".to_owned()), "seed {seed}");
    }
}
