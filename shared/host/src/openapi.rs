//! `openapi.json`: the OpenAPI 3.1 document of the services, made from their declarations.

use std::collections::{BTreeMap, BTreeSet};

use app::{Access, Code, Declaration, EndpointDeclaration, Idempotency, InputSchemas, Method, Problem, Service, code};
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{idempotency, input, precondition};

const DESCRIPTION: &str = "Food delivery: restaurants, orders, payments, couriers. Times are RFC 3339 in UTC and whole \
    seconds, money is in minor units of its currency, ids are TypeIDs, distances are metres. Errors are RFC 9457 \
    problems. Lists are pages: send `next_cursor` back as `cursor`.";

/// Where the schemas of requests stand until they are separated from those of replies.
const INPUTS: &str = "#/components/inputs/";
/// Where every schema is in the document.
const SCHEMAS: &str = "#/components/schemas/";

pub fn openapi(services: &[Service]) -> Value {
    // A field that may be left out of a request is always there in a reply, so the same type has two schemas.
    let settings = |path: &str| {
        let path = path.trim_start_matches('#').to_owned();
        SchemaSettings::draft2020_12().with(move |settings| {
            settings.definitions_path = path.trim_end_matches('/').to_owned().into();
            settings.meta_schema = None;
        })
    };
    let mut inputs = settings(INPUTS).into_generator();
    let mut replies = settings(SCHEMAS).for_serialize().into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for service in services {
        for declaration in service.functions {
            let Some(endpoint) = declaration.as_endpoint() else { continue };
            let operation = operation(service, declaration, endpoint, &mut inputs, &mut replies);
            let method = endpoint.route.method.name().to_lowercase();
            paths.entry(endpoint.route.path).or_default().insert(method, operation);
        }
    }
    let mut schemas = replies.take_definitions(true);
    let mut paths = json!(paths);
    let mut inputs = inputs.take_definitions(true);
    let texts = inputs.clone();
    inputs.values_mut().for_each(|schema| input::allow_blank(schema, &texts));
    merge_inputs(&mut paths, &mut schemas, inputs);
    schemas.insert("Problem".to_owned(), problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tiffin",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": services.iter().map(|service| json!({"name": service.name, "description": service.about})).collect::<Value>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

/// Puts the schemas of requests beside those of replies: one that is the same as a reply's under the same name, one that
/// differs (or refers to one that does) as `<Name>Input`.
fn merge_inputs(paths: &mut Value, schemas: &mut Map<String, Value>, inputs: Map<String, Value>) {
    let mut differing: BTreeSet<String> = BTreeSet::new();
    loop {
        let before = differing.len();
        for (name, schema) in &inputs {
            let resolved = refer(schema, &differing);
            if schemas.get(name).is_some_and(|reply| *reply != resolved) {
                differing.insert(name.clone());
            }
        }
        if differing.len() == before {
            break;
        }
    }
    for (name, schema) in &inputs {
        let resolved = refer(schema, &differing);
        let name = if differing.contains(name) { format!("{name}Input") } else { name.clone() };
        schemas.insert(name, resolved);
    }
    *paths = refer(paths, &differing);
}

/// The same schema with references to requests' schemas resolved.
fn refer(schema: &Value, differing: &BTreeSet<String>) -> Value {
    match schema {
        Value::String(text) => match text.strip_prefix(INPUTS) {
            Some(name) if differing.contains(name) => format!("{SCHEMAS}{name}Input").into(),
            Some(name) => format!("{SCHEMAS}{name}").into(),
            None => schema.clone(),
        },
        Value::Array(items) => items.iter().map(|item| refer(item, differing)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), refer(member, differing))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => schema.clone(),
    }
}

fn operation(
    service: &Service,
    declaration: &Declaration,
    endpoint: &EndpointDeclaration,
    inputs: &mut SchemaGenerator,
    replies: &mut SchemaGenerator,
) -> Value {
    let InputSchemas { path, input } = (endpoint.input_schemas)(inputs);
    let mut input = input.to_value();
    input::allow_blank(&mut input, inputs.definitions());
    let reply = (endpoint.reply_schema)(replies);
    let description = declaration.description();
    let summary = description.split_inclusive(['.', ':']).next().unwrap_or_default().trim_end_matches(['.', ':']);
    let mut operation = json!({
        "operationId": declaration.function.name,
        "tags": [service.name],
        "summary": summary,
        "description": description,
        "responses": responses(declaration, endpoint, reply.to_value()),
    });
    let mut parameters = parameters("path", path.as_value(), true);
    if endpoint.route.method.has_body() {
        operation["requestBody"] = body(endpoint, input, inputs.definitions());
    } else {
        parameters.extend(self::parameters("query", &input, false));
    }
    parameters.extend(header_parameters(declaration, endpoint));
    operation["parameters"] = Value::Array(parameters);
    match endpoint.access {
        Access::Public => operation["security"] = json!([]),
        Access::Roles(roles) => {
            operation["security"] = json!([{"token": []}]);
            operation["x-roles"] = json!(roles);
        }
    }
    operation
}

fn parameters(place: &str, schema: &Value, always: bool) -> Vec<Value> {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut parameter =
                json!({"name": name, "in": place, "required": always || required.contains(&name.as_str()), "schema": schema});
            if let Some(description) = description {
                parameter["description"] = description;
            }
            parameter
        })
        .collect()
}

fn header_parameters(declaration: &Declaration, endpoint: &EndpointDeclaration) -> Vec<Value> {
    let header = |name: &str, about: &str, schema: Value| json!({"name": name, "in": "header", "required": false, "description": about, "schema": schema});
    let mut headers = Vec::new();
    if declaration.honours_idempotency_keys() {
        let about = "1 to 255 visible ASCII characters; the same key within 24 hours does it once.";
        let mut key = header("Idempotency-Key", about, idempotency::key_schema());
        key["required"] = (endpoint.route.idempotency == Idempotency::Required).into();
        headers.push(key);
    }
    if endpoint.route.method == Method::Get {
        headers.push(header("If-None-Match", "An `ETag`; 304 where it still holds.", json!({"type": "string"})));
    } else if declaration.honours_preconditions() {
        let about = "An `ETag` of the thing; 412 where its version has moved. `*` means that it exists.";
        headers.push(header(
            "If-Match",
            about,
            json!({"type": "string", "minLength": 1, "pattern": precondition::IF_MATCH}),
        ));
    }
    headers
}

/// A body may be left out where it needs no field.
fn body(endpoint: &EndpointDeclaration, schema: Value, definitions: &Map<String, Value>) -> Value {
    let example: Value = serde_json::from_str(endpoint.example).unwrap_or_default();
    let required = input::named(&schema, definitions).unwrap_or(&schema).get("required").is_some();
    json!({"required": required, "content": {"application/json": {"schema": schema, "example": example}}})
}

fn responses(declaration: &Declaration, endpoint: &EndpointDeclaration, reply: Value) -> Value {
    let mut headers = json!({"x-request-id": {"schema": {"type": "string"}}});
    if endpoint.route.method == Method::Get {
        headers["etag"] = json!({"schema": {"type": "string"}});
    }
    if endpoint.status == 201 {
        headers["location"] = json!({"schema": {"type": "string"}});
    }
    let success = if endpoint.status == 204 {
        json!({"description": "Done.", "headers": headers})
    } else {
        json!({"description": "Done.", "headers": headers, "content": {"application/json": {"schema": reply}}})
    };
    let mut responses = Map::from_iter([(endpoint.status.to_string(), success)]);
    if endpoint.route.method == Method::Get {
        responses.insert("304".to_owned(), json!({"description": "Not modified."}));
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes(declaration, endpoint) {
        by_status.entry(code.status).or_default().push(code);
    }
    responses.extend(by_status.into_iter().map(|(status, codes)| (status.to_string(), refusals(&codes))));
    Value::Object(responses)
}

/// Every code this operation may answer with.
fn codes(declaration: &Declaration, endpoint: &EndpointDeclaration) -> Vec<Code> {
    let method = endpoint.route.method;
    let writes = declaration.function.writes_anything();
    let applies = |one: &Code| match one.word {
        "malformed" | "not-json" | "too-large" => method.has_body(),
        "cursor-invalid" => declaration.pages(),
        "idempotency-key-missing" => endpoint.route.idempotency == Idempotency::Required,
        "idempotency-key-reused" => declaration.honours_idempotency_keys(),
        "not-acceptable" => endpoint.route.is_live,
        "forbidden" => matches!(endpoint.access, Access::Roles(roles) if roles.len() < 4),
        "not-found" => endpoint.route.path.contains('{'),
        "conflict" => writes,
        "stale" => declaration.honours_preconditions(),
        "method-not-allowed" => false,
        _ => !code::NAMED.contains(one),
    };
    let own = endpoint.problems.iter().copied();
    let mut codes: Vec<Code> = code::ALL.iter().copied().filter(applies).collect();
    codes.extend(own.filter(|own| !code::ALL.iter().filter(|one| applies(one)).any(|one| one == own)));
    codes
}

fn refusals(codes: &[Code]) -> Value {
    let words: Vec<String> = codes.iter().map(|code| format!("`{}`: {}", code.word, code.about)).collect();
    let examples: Map<String, Value> =
        codes.iter().map(|code| (code.word.to_owned(), json!({"value": Problem::of(*code).document()}))).collect();
    json!({
        "description": words.join("\n\n"),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    })
}

/// RFC 9457, with our members.
fn problem_schema() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "description": "A refusal (RFC 9457). Codes may add members of their own.",
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "instance": text,
            "code": {"type": "string", "description": "A stable word; `/problems/<code>` explains it."},
            "errors": {
                "type": "array",
                "description": "Every wrong field.",
                "items": {
                    "type": "object",
                    "properties": {"pointer": text, "code": text, "detail": text},
                    "required": ["pointer", "code", "detail"],
                },
            },
        },
        "required": ["type", "title", "status", "detail", "instance", "code"],
    })
}
