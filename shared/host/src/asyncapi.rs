//! `asyncapi.json`: the `AsyncAPI` 3.0 document of the events, made from the catalogue and the declarations of subscribers.

use app::Service;
use domain::{DeliveryFact, Kind, OrderFact, PaymentFact, UserFact};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

pub fn asyncapi(services: &[Service]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let data = |generator: &mut schemars::SchemaGenerator, kind: Kind| match kind {
        Kind::User(_) => generator.subschema_for::<UserFact>().to_value(),
        Kind::Order(_) => generator.subschema_for::<OrderFact>().to_value(),
        Kind::Payment(_) => generator.subschema_for::<PaymentFact>().to_value(),
        Kind::Delivery(_) => generator.subschema_for::<DeliveryFact>().to_value(),
    };
    let mut messages = Map::new();
    for kind in Kind::ALL {
        let payload = envelope(kind, data(&mut generator, kind));
        messages.insert(
            kind.short().to_owned(),
            json!({
                "name": kind.event_type(),
                "summary": kind.about(),
                "contentType": "application/cloudevents+json",
                "payload": payload,
                "x-subscribers": subscribers(services, kind),
            }),
        );
    }
    let references: Map<String, Value> =
        messages.keys().map(|name| (name.clone(), json!({"$ref": format!("#/components/messages/{name}")}))).collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tiffin events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "CloudEvents 1.0, delivered at least once and in any order. `sequence` is the aggregate's version \
                after the fact; `partitionkey` is the order, where there is one.",
        },
        "channels": {"events": {"address": "tiffin", "messages": references}},
        "operations": operations(services),
        "components": {"messages": messages, "schemas": generator.take_definitions(true)},
    })
}

fn envelope(kind: Kind, data: Value) -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "description": "Unique per fact."},
            "source": {"const": kind.source()},
            "type": {"const": kind.event_type()},
            "subject": {"type": "string", "description": "The aggregate's id."},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "partitionkey": text,
            "sequence": {"type": "string", "pattern": "^[0-9]{10}$"},
            "traceparent": text,
            "data": data,
        },
        "required": ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "partitionkey", "sequence", "data"],
    })
}

fn subscribers(services: &[Service], kind: Kind) -> Vec<&'static str> {
    let functions = services.iter().flat_map(|service| service.functions);
    functions.filter(|one| one.subscriptions().contains(&kind)).map(|one| one.function.name).collect()
}

/// One `receive` per subscriber and one `send` per service that publishes.
fn operations(services: &[Service]) -> Value {
    let reference = |kind: &Kind| json!({"$ref": format!("#/channels/events/messages/{}", kind.short())});
    let channel = json!({"$ref": "#/channels/events"});
    let mut operations = Map::new();
    for service in services {
        let published: Vec<Value> = Kind::ALL
            .iter()
            .filter(|kind| kind.source() == format!("/tiffin/{}", service.name))
            .map(reference)
            .collect();
        if !published.is_empty() {
            let name = format!("{}-publishes", service.name);
            operations.insert(name, json!({"action": "send", "channel": channel, "messages": published}));
        }
        for declaration in service.functions.iter().filter(|one| !one.subscriptions().is_empty()) {
            let subscribed: Vec<Value> = declaration.subscriptions().iter().map(reference).collect();
            let operation = json!({
                "action": "receive", "channel": channel, "messages": subscribed, "summary": declaration.description(),
            });
            operations.insert(declaration.function.name.to_owned(), operation);
        }
    }
    Value::Object(operations)
}
