//! The HTTP API, and the pages that stand beside it. Functions verify tokens themselves, so it has no authorizer.

mod document;
pub(crate) mod no_route;

use app::{EndpointDeclaration, Method, Route, Scale};
use serde_json::json;

use crate::{
    aws::{
        alarm::{Alarm, Metric},
        function_spec::FunctionSpec,
        intrinsics::{arn, reference, sub},
        pages,
        resource::{log_group, resource},
    },
    yaml::{Map, Value, map},
};

/// The API's logical id.
pub(crate) const API: &str = "Api";
/// Its name on the network, within a `!Sub`.
pub(crate) const DOMAIN: &str = "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}";
/// The condition that there are pages.
pub(crate) const HAS_PAGES: &str = "HasPages";

/// The only stage: one with a name would stand before every path.
const STAGE: &str = "$default";
/// What a pattern has where any method is admitted, and where anything may stand in a path. Patterns can't say GET or HEAD; no
/// route leads to a function that reads by another method.
const ANY_METHOD: &str = "*";
const ANY_SEGMENT: &str = "*";
const LOGS: &str = "ApiLogs";
/// How many errors in a minute, and in how many in a row, are more than a function that crashed once.
const MANY_ERRORS: u32 = 5;
const ERROR_MINUTES: u32 = 3;

/// The API, its log and its alarm, and the pages.
pub(crate) fn resources(specs: &[FunctionSpec]) -> Map {
    let metric = errors(vec![("ApiId", reference(API))]);
    let alarm = Alarm {
        about: "The API answers with errors of its own",
        metric,
        threshold: MANY_ERRORS,
        minutes: ERROR_MINUTES,
    };
    map! {
        LOGS => log_group(),
        "ApiErrors" => alarm.resource(),
        API => api(specs),
        "Pages" => pages(),
    }
    .and(no_route::resources())
}

/// How requests of its route reach a function, among its properties. Those that answer GET, the document has.
pub(crate) fn event(EndpointDeclaration { route, .. }: &EndpointDeclaration) -> Map {
    if route.method == Method::Get {
        return Map::default();
    }
    let properties = map! { "ApiId" => reference(API), "Method" => route.method.name(), "Path" => route.path };
    map! { "Events" => map! { "Request" => resource("HttpApi", properties) } }
}

/// The permission of the API to call a function for GET and HEAD. For others, SAM writes it.
pub(crate) fn permission(spec: &FunctionSpec, EndpointDeclaration { route, .. }: &EndpointDeclaration) -> Map {
    if route.method != Method::Get {
        return Map::default();
    }
    let requests = format!("{ANY_METHOD}{}", without_names(route.path));
    map! { spec.id() + "RequestPermission" => may_call(spec.id(), &requests) }
}

/// The API may call this function for requests that this pattern admits: a method and a path.
fn may_call(function: impl Into<String>, pattern: &str) -> Map {
    let requests =
        format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{API}}}/*/{pattern}");
    let properties = map! {
        "Action" => "lambda:InvokeFunction",
        "FunctionName" => reference(function),
        "Principal" => "apigateway.amazonaws.com",
        "SourceArn" => sub(requests),
    };
    resource("AWS::Lambda::Permission", properties)
}

/// A path as patterns have it: anything may stand where it has a parameter.
fn without_names(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { ANY_SEGMENT } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// The errors that the API answers with.
pub(crate) fn errors(dimensions: Vec<(&str, Value)>) -> Metric<'_> {
    Metric { namespace: "AWS/ApiGateway", name: "5xx", statistic: "Sum", dimensions }
}

/// What distinguishes a route in metrics.
pub(crate) fn dimensions(EndpointDeclaration { route, .. }: &EndpointDeclaration) -> Vec<(&'static str, Value)> {
    vec![
        ("ApiId", reference(API)),
        ("Stage", STAGE.into()),
        ("Method", route.method.name().into()),
        ("Resource", route.path.into()),
    ]
}

fn api(specs: &[FunctionSpec]) -> Map {
    let properties = map! {
        "StageName" => STAGE,
        "FailOnWarnings" => true,
        "DefaultRouteSettings" => throttling("").with("DetailedMetricsEnabled", true),
        "AccessLogSettings" => map! { "DestinationArn" => arn(LOGS), "Format" => log_format() },
        "DefinitionBody" => document::document(specs),
        "RouteSettings" => route_settings(specs),
    };
    resource("AWS::Serverless::HttpApi", properties)
}

/// A line of the log. Nothing about persons: no address, no path with ids in it.
fn log_format() -> String {
    let members = [
        ("request_id", "$context.requestId"),
        ("route", "$context.routeKey"),
        ("status", "$context.status"),
        ("duration_ms", "$context.responseLatency"),
        ("function_ms", "$context.integrationLatency"),
        ("error", "$context.integrationErrorMessage"),
    ];
    let members = members.map(|(name, value)| format!("{}:{}", json!(name), json!(value)));
    format!("{{{}}}", members.join(","))
}

/// Hot routes take more than the others before they are throttled.
fn route_settings(specs: &[FunctionSpec]) -> Map {
    let hot = specs.iter().filter(|spec| spec.declaration.function.scale == Scale::Hot);
    let routes = hot.filter_map(|spec| spec.declaration.as_endpoint()).map(|endpoint| &endpoint.route);
    routes.map(|Route { method, path, .. }| (format!("{} {path}", method.name()), throttling("Hot"))).collect()
}

/// How much a route takes, by the parameters of this kind.
fn throttling(kind: &str) -> Map {
    map! {
        "ThrottlingBurstLimit" => reference(format!("{kind}ThrottlingBurst")),
        "ThrottlingRateLimit" => reference(format!("{kind}ThrottlingRate")),
    }
}

/// The pages: a bucket and a CDN, off until there are any.
fn pages() -> Map {
    let properties = map! { "TemplateURL" => pages::PATH, "Parameters" => map! { pages::API_DOMAIN => sub(DOMAIN) } };
    resource("AWS::CloudFormation::Stack", properties).with("Condition", HAS_PAGES)
}
