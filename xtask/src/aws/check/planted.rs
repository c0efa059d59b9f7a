//! Each check finds its fault in a template that is sound otherwise.
//!
//! They run SAM's translator, which `cargo xtask tools` installs.

use std::{collections::BTreeMap, sync::LazyLock};

use app::{Placement, Service};
use serde_json::{Value, json};
use tiffin::services::SERVICES;

use super::{check, size};
use crate::aws::{expand::expand, expanded::Expanded, front::Front, function_spec::specs, linked::linked, watch};

static API: LazyLock<Expanded> = LazyLock::new(|| good(Front::Api));
static URLS: LazyLock<Expanded> = LazyLock::new(|| good(Front::Urls));

/// Production has everything in it.
fn good(front: Front) -> Expanded {
    expand(front, "production").and_then(|expansion| expansion.linked()).unwrap_or_else(|error| panic!("{error:#}"))
}

/// What is found once `plant` has changed what is at `pointer`.
fn found_in(front: Front, pointer: &str, plant: impl Fn(&mut Value)) -> Vec<String> {
    let mut expanded = match front {
        Front::Api => API.clone(),
        Front::Urls => URLS.clone(),
    };
    plant(expanded.0.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}")));
    faults_of(&expanded, SERVICES, front, &watch::router(SERVICES))
}

fn faults_of(expanded: &Expanded, services: &[Service], front: Front, router: &str) -> Vec<String> {
    check(expanded, services, front, router).iter().map(ToString::to_string).collect()
}

/// The one fault that is found in the API's template.
fn fault(pointer: &str, plant: impl Fn(&mut Value)) -> String {
    let mut found = found_in(Front::Api, pointer, plant);
    assert_eq!(found.len(), 1, "{pointer}: {found:#?}");
    found.remove(0)
}

fn set(value: Value) -> impl Fn(&mut Value) {
    move |place| *place = value.clone()
}

fn remove(member: &str) -> impl Fn(&mut Value) {
    move |place| {
        let removed = place.as_object_mut().and_then(|members| members.remove(member));
        assert!(removed.is_some(), "there is no {member}");
    }
}

const NOTIFY: &str = "/Resources/NotifyQueue/Properties";
const SUBSCRIPTION: &str = "/Resources/NotifySubscription/Properties";
const POLICY: &str = "/Resources/GetOrderRole/Properties/Policies/0/PolicyDocument/Statement/0";

#[test]
fn what_is_generated_is_sound() {
    for front in Front::ALL {
        assert_eq!(found_in(front, "", |_| {}), Vec::<String>::new());
    }
}

#[test]
fn a_queue_that_shows_messages_too_soon_is_found() {
    let found = fault(&format!("{NOTIFY}/VisibilityTimeout"), set(json!(59)));
    assert_eq!(found, "NotifyQueue: hides messages for 59 s, less than 6 times the 10 s of Notify");
    let found = fault("/Resources/NotifyMessages/Properties", remove("FunctionResponseTypes"));
    assert_eq!(found, "NotifyMessages: fails whole batches");
}

#[test]
fn a_queue_or_subscription_without_a_dead_letter_queue_is_found() {
    assert_eq!(fault(NOTIFY, remove("RedrivePolicy")), "NotifyQueue: has no dead-letter queue");
    assert_eq!(fault(SUBSCRIPTION, remove("RedrivePolicy")), "NotifySubscription: has no dead-letter queue");
}

#[test]
fn a_filter_that_is_not_what_is_subscribed_to_is_found() {
    let filter = format!("{SUBSCRIPTION}/FilterPolicy");
    let not_subscribed_to = json!({"type": ["tiffin.order.placed.v1"]});
    for (planted, wrong) in [
        (json!("type"), "its filter is no object"),
        (json!({"kind": ["tiffin.order.placed.v1"]}), "its filter is not about `type` alone"),
        (json!({"type": ["tiffin.order.eaten.v1"]}), "nobody publishes `tiffin.order.eaten.v1`"),
        (not_subscribed_to, "its filter is not what its function subscribes to"),
    ] {
        assert_eq!(fault(&filter, set(planted)), format!("NotifySubscription: {wrong}"));
    }
    let unwrapped = fault(&format!("{SUBSCRIPTION}/RawMessageDelivery"), set(json!(false)));
    assert_eq!(unwrapped, "NotifySubscription: wraps messages");
    let found = fault(&format!("{SUBSCRIPTION}/Endpoint"), set(json!({"Ref": "Other"})));
    assert_eq!(found, "NotifyQueue: is subscribed to nothing");
}

#[test]
fn a_policy_that_allows_more_than_it_names_is_found() {
    let found = fault("/Resources/NotifyQueuePolicy/Properties/PolicyDocument/Statement/0/Resource", set(json!("*")));
    assert_eq!(found, r#"NotifyQueuePolicy: allows resource "*""#);
    let found = fault(&format!("{POLICY}/Action"), |actions| {
        actions.as_array_mut().expect("a list").push(json!("dynamodb:*"));
    });
    assert_eq!(found, r#"GetOrderRole: allows action "dynamodb:*""#);
    let managed = json!(["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]);
    let found = fault("/Resources/GetOrderRole/Properties", |role| role["ManagedPolicyArns"] = managed.clone());
    assert!(found.starts_with("GetOrderRole: holds"), "{found}");
    let found = fault(POLICY, |statement| statement["NotAction"] = json!([]));
    assert_eq!(found, "GetOrderRole: allows by NotAction");
}

#[test]
fn a_program_of_another_function_is_found() {
    let found = fault("/Resources/GetOrder/Metadata/BuildProperties/Binary", set(json!("get-orders")));
    assert_eq!(found, r#"GetOrder: its program is "get-orders", not get-order"#);
    let found = fault("/Resources/GetOrder/Metadata/BuildMethod", set(json!("makefile")));
    assert_eq!(found, "GetOrder: `sam build` would not build it in functions/bootstrap");
    let found = fault("/Resources/GetOrder/Properties/Description", set(json!("x".repeat(257))));
    assert_eq!(found, "GetOrder: its description must be 1 to 256 characters");
    let stranger = json!({"Type": "AWS::Lambda::Function", "Properties": {}});
    assert_eq!(fault("/Resources", |all| all["Stranger"] = stranger.clone()), "Stranger: is not declared");
    let found = found_in(Front::Urls, "/Resources", remove("GetJwks"));
    assert_eq!(found, ["GetJwks: is declared, and not there"]);
}

#[test]
fn a_route_that_leads_elsewhere_is_found() {
    let operation = "/Resources/Api/Properties/Body/paths/~1v1~1orders~1{order_id}/get";
    let uri = format!("{operation}/x-amazon-apigateway-integration/uri");
    let elsewhere = json!({"Fn::Sub": "functions/${ListOrders.Arn}/invocations"});
    assert_eq!(fault(&uri, set(elsewhere)), "Api: GET /v1/orders/{order_id} does not lead to get-order");
    let found = fault("/Resources/Api/Properties/Body/paths", |paths| paths["/v2"] = json!({"get": {}}));
    assert_eq!(found, "Api: nobody declares GET /v2");
    let router = watch::router(SERVICES).replace("\"get-order\"", "\"list-orders\"");
    let found = faults_of(&API, SERVICES, Front::Api, &router);
    assert_eq!(found, ["CargoLambda.toml: GET /v1/orders/{order_id} does not lead to get-order"]);
}

#[test]
fn a_route_that_nobody_declares_and_that_is_missing_or_closed_is_found() {
    let order = "/Resources/Api/Properties/Body/paths/~1v1~1orders~1{order_id}";
    assert_eq!(fault(order, remove("head")), "Api: HEAD /v1/orders/{order_id} does not lead to get-order");
    let default = "/Resources/Api/Properties/Body/paths/~1$default/x-amazon-apigateway-any-method";
    let elsewhere = json!({"Fn::Sub": "functions/${GetOrder.Arn}/invocations"});
    let found = fault(&format!("{default}/x-amazon-apigateway-integration/uri"), set(elsewhere));
    assert_eq!(found, "Api: $default does not lead to no-route");
    let found = found_in(Front::Api, default, remove("isDefaultRoute"));
    assert_eq!(found.first().map(String::as_str), Some("Api: $default does not lead to no-route"));
    let found = found_in(Front::Api, "/Resources", remove("NoRoute"));
    assert_eq!(found, ["NoRoute: is declared, and not there"]);
}

#[test]
fn a_route_that_may_not_call_its_function_is_found() {
    let permission = |of: &str| format!("/Resources/{of}RequestPermission/Properties");
    let only_get = json!({"Fn::Sub": "arn:${Api}/*/GET/v1/orders/*"});
    let found = fault(&format!("{}/SourceArn", permission("GetOrder")), set(only_get));
    assert_eq!(found, "Api: HEAD /v1/orders/{order_id} may not call get-order");
    // A canaried function is called by its alias.
    let found = fault(&format!("{}/FunctionName", permission("PlaceOrder")), set(json!({"Ref": "PlaceOrder"})));
    assert_eq!(found, "Api: POST /v1/orders may not call place-order");
    let found = fault("/Resources", remove("NoRouteRequestPermission"));
    assert_eq!(found, "Api: $default may not call no-route");
}

#[test]
fn a_url_that_is_missing_or_closed_is_found() {
    let found = found_in(Front::Urls, "/Resources", remove("GetOrderUrl"));
    assert_eq!(found, ["GetOrderUrl: is not both wanted and there"]);
    let found = found_in(Front::Urls, "/Resources/GetOrderUrl/Properties/AuthType", set(json!("AWS_IAM")));
    assert_eq!(found, ["GetOrderUrl: is not open"]);
}

#[test]
fn a_missing_variable_or_permission_is_found() {
    let variables = "/Resources/GetOrder/Properties/Environment/Variables";
    assert_eq!(fault(variables, remove("TIFFIN_PUBLIC_KEYS")), "GetOrder: has no variable TIFFIN_PUBLIC_KEYS");
    let found = fault(variables, |all| all["TIFFIN_TABLE_USERS"] = json!({"Ref": "UsersTable"}));
    assert_eq!(found, "GetOrder: names UsersTable, and may not touch it");
    let found = fault(&format!("{POLICY}/Action"), set(json!(["dynamodb:GetItem"])));
    assert_eq!(found, "GetOrderRole: does not allow to get orders");
    let found = fault("/Resources/GetOrder/Properties", remove("Role"));
    assert_eq!(found, "GetOrder: has no role");
}

#[test]
fn a_nested_stack_that_is_given_another_table_is_found() {
    let expansion = expand(Front::Urls, "production").unwrap_or_else(|error| panic!("{error:#}"));
    let mut templates: BTreeMap<_, _> =
        expansion.templates().map(|(path, one)| (path.to_owned(), one.clone())).collect();
    let mut whole = templates.remove(Front::Urls.path()).expect("the outer template");
    let pointer = "/Resources/Notifications/Properties/Parameters/NotificationsTable";
    *whole.0.pointer_mut(pointer).expect("a parameter") = json!({"Ref": "UsersTable"});
    let linked = linked(&whole, &templates).expect("it fits together");
    let found = faults_of(&linked, SERVICES, Front::Urls, &watch::router(SERVICES));
    assert!(found.contains(&"ListNotifications: names UsersTable, and may not touch it".to_owned()), "{found:#?}");
}

#[test]
fn a_stack_that_is_or_will_be_too_large_is_found() {
    let crowd = |prefix: &'static str| {
        move |all: &mut Value| {
            for number in 0..200 {
                all[format!("{prefix}{number}")] = json!({"Type": "AWS::SNS::Topic"});
            }
        }
    };
    let found = |path: &str, section: &str, crowded: &dyn Fn(&mut Value)| {
        let mut template = API.clone();
        crowded(&mut template.0[section]);
        let found = size(Front::Api, path, &template, &specs(SERVICES, Placement::Inside));
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let path = Front::Api.path();
    assert_eq!(found(path, "Resources", &|_| ()), Vec::<String>::new());
    let crowded = found(path, "Resources", &crowd("GetOrder"));
    assert!(crowded.iter().any(|one| one.contains("with 95 functions, over 480")), "{crowded:?}");
    let crowded = found(path, "Outputs", &crowd("Output"));
    assert!(crowded[0].ends_with("outputs, over 200"), "{crowded:?}");
    let crowded = found("template-urls/orders.yaml", "Parameters", &crowd("Parameter"));
    assert!(crowded[0].ends_with("parameters, over 60"), "{crowded:?}");
}
