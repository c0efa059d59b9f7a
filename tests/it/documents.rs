//! What is generated matches the code, and contains what it should.

use std::fs;

use host::requirements;
use serde_json::{Value, json};
use tests::an_id;
use tiffin::services::SERVICES;

#[test]
fn what_is_committed_is_what_the_declarations_say() {
    for file in xtask::generated().expect("it can be generated") {
        let committed = fs::read_to_string(xtask::root().join(&file.path)).unwrap_or_default();
        assert!(committed == file.content, "{} is not what the code says: run `cargo xtask generate`", file.path);
    }
}

#[test]
fn every_schema_compiles_and_every_reference_resolves() {
    let document = host::openapi(SERVICES);
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            for reference in references(operation) {
                let pointer = reference.trim_start_matches('#');
                assert!(document.pointer(pointer).is_some(), "{method} {path}: {reference}");
            }
        }
    }
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for name in schemas.keys() {
        let schema = json!({"$ref": format!("#/components/schemas/{name}"), "components": {"schemas": schemas}});
        jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn every_example_is_accepted_by_its_operation() {
    for declaration in SERVICES.iter().flat_map(|service| service.functions) {
        let Some(endpoint) = declaration.as_endpoint() else { continue };
        let example: Value = serde_json::from_str(endpoint.example).expect("an example is JSON");
        let path: Value = endpoint
            .route
            .path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| (name.to_owned(), Value::from(an_id(name))))
            .collect::<serde_json::Map<_, _>>()
            .into();
        if let Err(refused) = (endpoint.prepare)(path, app::Sent::Value(example)) {
            panic!("{}: {} {}", declaration.function.name, refused.pointer, refused.detail);
        }
    }
}

#[test]
fn a_body_is_required_where_one_of_its_fields_is() {
    let document = host::openapi(SERVICES);
    let is_required = |path: &str| document["paths"][path]["post"]["requestBody"]["required"].clone();
    assert_eq!(is_required("/v1/orders"), true);
    assert_eq!(is_required("/v1/orders/{order_id}/ready"), false, "it has no field");
    assert_eq!(is_required("/v1/deliveries/{delivery_id}/complete"), false, "its only field may be left out");
}

#[test]
fn what_a_basket_chooses_in_all_is_bounded_in_the_document() {
    let document = host::openapi(SERVICES);
    let description = document["components"]["schemas"]["Basket"]["properties"]["items"]["description"].as_str();
    let bound = format!("at most {} options in all", restaurants::MAX_CHOICES);
    assert!(description.is_some_and(|description| description.contains(&bound)), "{description:?}");
}

#[test]
fn every_setting_is_named_by_a_service_and_means_one_thing() {
    let settings: Vec<&app::Setting> = SERVICES.iter().flat_map(|service| service.settings).collect();
    for setting in &settings {
        let named =
            |service: &app::Service| setting.name.starts_with(&format!("TIFFIN_{}_", service.name.to_uppercase()));
        assert!(SERVICES.iter().any(named), "{} is named by no service", setting.name);
        let twin = settings.iter().find(|other| other.name == setting.name);
        assert_eq!(twin, Some(setting));
    }
}

#[test]
fn every_function_says_what_it_does() {
    for declaration in SERVICES.iter().flat_map(|service| service.functions) {
        let description = declaration.description();
        assert!(description.ends_with('.') && description.len() > 15, "{}: {description:?}", declaration.function.name);
    }
}

#[test]
fn every_event_has_a_subscriber() {
    let functions = || SERVICES.iter().flat_map(|service| service.functions);
    for kind in domain::Kind::ALL {
        assert!(
            functions().any(|function| function.subscriptions().contains(&kind)),
            "nobody subscribes to {}",
            kind.short()
        );
    }
}

#[test]
fn whoever_deploys_is_told_of_every_secret() {
    let told = include_str!("../../docs/aws.md");
    for secret in requirements::shared_secrets_of(SERVICES) {
        let name = requirements::shared_secret_variable(secret);
        let name = name.trim_start_matches("TIFFIN_");
        assert!(told.contains(name), "docs/aws.md does not say where {name} goes");
    }
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
