//! What the API says of itself, in OpenAPI: its routes, and where each leads.

use app::{Method, Route};

use crate::{
    aws::{
        api::no_route,
        cors,
        function_spec::FunctionSpec,
        intrinsics::{reference, sub},
    },
    yaml::{Map, Value, map},
};

const GET: &str = "get";
const HEAD: &str = "head";
const ANY: &str = "x-amazon-apigateway-any-method";

/// The document, but for what SAM puts into it: the routes of functions that have only one. SAM gives each route a permission of
/// its own, and reads have two: they answer HEAD as GET.
pub(super) fn document(specs: &[FunctionSpec]) -> Map {
    let endpoints = specs.iter().filter_map(|spec| Some((spec, spec.declaration.as_endpoint()?.route)));
    let reads = endpoints.filter(|(_, route)| route.method == Method::Get).map(|(spec, Route { path, .. })| {
        let operation = || operation(&spec.id()).and(parameters(path));
        (path, map! { GET => operation(), HEAD => operation() })
    });
    let default = map! { ANY => operation(no_route::ID).with("isDefaultRoute", true) };
    map! {
        "openapi" => "3.0.1",
        "info" => map! { "title" => reference("AWS::StackName"), "version" => "1.0" },
        "paths" => reads.collect::<Map>().with(no_route::ROUTE, default),
        // Here, and not as SAM's own `CorsConfiguration`: of that, `sam local` would make answers to preflights that allow nothing.
        "x-amazon-apigateway-cors" => cors::of_api(),
    }
}

/// An operation that this function answers.
fn operation(function: &str) -> Map {
    let uri = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/\
         ${{{function}.Arn}}/invocations"
    );
    let integration = map! {
        "type" => "aws_proxy",
        "httpMethod" => "POST",
        "payloadFormatVersion" => "2.0",
        "uri" => sub(uri),
    };
    map! { "x-amazon-apigateway-integration" => integration, "responses" => Map::default() }
}

/// The parameters of a path, if it has any.
fn parameters(path: &str) -> Map {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Map> = names.map(|name| map! { "name" => name, "in" => "path", "required" => true }).collect();
    if parameters.is_empty() {
        Map::default()
    } else {
        map! { "parameters" => Value::from(parameters) }
    }
}
