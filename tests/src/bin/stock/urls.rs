//! The templates with function URLs, deployed to an emulator without origins and with some: what each URL then allows, what the stack
//! says of it, and one order through all of them. What browsers see of URLs is tried in front of `cargo lambda watch`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use axum::{body::Bytes, response::Response};
use cargo_aws::{
    SERVICES,
    deploy::deploy,
    keys::KeyMaterial,
    names::logical_id,
    say,
    tool::{succeed, tool, tool_at},
};
use http::request::Parts;
use serde_json::{Value, json};
use testing::{aws::Aws, emulators::MiniStack};
use tests::{
    Town,
    deployed::Deployed,
    ingress::{self, Functions},
    order::an_order_goes_all_the_way_to_the_door,
};

/// The environment of samconfig.toml.
const ENVIRONMENT: &str = "urls";
const STACK: &str = "tiffin-urls";
const ORIGINS: &str = "https://eat.example,https://ride.example";

pub(crate) async fn run() {
    let mut sam = tool("sam").expect("it is installed");
    sam.args(["build", "--config-env", ENVIRONMENT]);
    succeed(sam).await.expect("it builds");
    let template = xtask::aws::emulated(ENVIRONMENT).expect("what is nested can be expanded");
    let (emulator, stack) = deployed(&template, &[]).await;
    stack.allows("none", &json!(["*"]));
    let url = ingress::open(Arc::new(stack.addresses(emulator.endpoint()))).await;
    let town = Town::of_others(url, Deployed { aws: Aws::at(emulator.endpoint()), queues: stack.queues });
    an_order_goes_all_the_way_to_the_door(&town).await;
    say("An order went all the way to the door, each request to the URL of its function.");
    drop(emulator);
    let (_emulator, stack) = deployed(&template, &[("CorsOrigins", ORIGINS)]).await;
    stack.allows(ORIGINS, &json!(["https://eat.example", "https://ride.example"]));
}

/// An emulator to which the template is deployed, and what is there then.
async fn deployed(template: &Path, given: &[(&str, &str)]) -> (MiniStack, Stack) {
    let keys = KeyMaterial::new(SERVICES).expect("keys can be made");
    let emulator = MiniStack::start().await;
    let aws = Aws::at(emulator.endpoint());
    deploy(&aws, &keys, ENVIRONMENT, Some(template), given).await.expect("it can be deployed");
    let stack = Stack::at(emulator.endpoint()).await;
    (emulator, stack)
}

/// The stack, with those that are nested in it.
struct Stack {
    /// What `describe-stacks` prints of it.
    described: Value,
    /// The configuration of each function's URL, by the function's logical id.
    urls: BTreeMap<String, Value>,
    /// The URLs of the queues of consumers.
    queues: Vec<String>,
}

impl Stack {
    async fn at(endpoint: &str) -> Self {
        const SCRIPT: &str = "
import boto3, json, sys
cloudformation, functions = boto3.client('cloudformation'), boto3.client('lambda')
urls, queues = {}, []
def configured(name):
    try:
        return functions.get_function_url_config(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        # It is that of the alias which canaries shift.
        return functions.get_function_url_config(FunctionName=name, Qualifier='live')
def look_into(stack):
    resources = cloudformation.describe_stack_resources(StackName=stack)['StackResources']
    names = {one['LogicalResourceId']: one['PhysicalResourceId'] for one in resources}
    for one in resources:
        name, kind = one['LogicalResourceId'], one['ResourceType']
        if kind == 'AWS::CloudFormation::Stack':
            look_into(names[name])
        if kind == 'AWS::SQS::Queue' and name.endswith('Queue'):
            queues.append(names[name])
        if kind == 'AWS::Lambda::Url':
            function = name.removesuffix('Url')
            configuration = configured(names[function])
            urls[function] = {name: configuration.get(name) for name in ['AuthType', 'Cors', 'FunctionUrl']}
look_into(sys.argv[1])
stacks = cloudformation.describe_stacks(StackName=sys.argv[1])['Stacks']
print(json.dumps({'described': {'Stacks': stacks}, 'urls': urls, 'queues': queues}, default=str))
";
        let mut python = tool_at("python", endpoint).expect("it is installed");
        python.args(["-c", SCRIPT, STACK]);
        let output = succeed(python).await.expect("it can be asked");
        let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let urls = found["urls"].as_object().expect("URLs").clone();
        let queues = found["queues"].as_array().expect("queues").iter();
        Self {
            described: found["described"].clone(),
            urls: urls.into_iter().collect(),
            queues: queues.map(|url| url.as_str().expect("a URL").to_owned()).collect(),
        }
    }

    /// Checks that each function that answers has a URL, that the stack says which, and whom it allows.
    fn allows(&self, given: &str, origins: &Value) {
        let functions = SERVICES.iter().flat_map(|service| service.functions);
        let answering = functions.filter(|one| one.as_endpoint().is_some()).map(|one| logical_id(one.function.name));
        assert_eq!(self.urls.keys().cloned().collect::<BTreeSet<_>>(), answering.collect());
        for (function, url) in &self.urls {
            assert_eq!(url["Cors"]["AllowOrigins"], *origins, "{url:#}");
            assert_ne!(url["Cors"]["AllowCredentials"], json!(true), "{url:#}");
            assert_eq!(url["AuthType"], "NONE");
            assert_eq!(self.output(&format!("{function}Url")), Some(&url["FunctionUrl"]), "{function}");
        }
        pages::Outputs::parse(&self.described.to_string()).expect("pages can be told of it");
        say(&format!("With the origins {given}, every function URL allows {origins}, and never credentials."));
    }

    fn output(&self, name: &str) -> Option<&Value> {
        let outputs = self.described["Stacks"][0]["Outputs"].as_array()?;
        outputs.iter().find(|output| output["OutputKey"] == name).map(|output| &output["OutputValue"])
    }

    /// Where the emulator answers for each URL: `https://<id>.lambda-url.…` is a path there.
    fn addresses(&self, endpoint: &str) -> Addresses {
        let path = |url: &Value| {
            let host = url["FunctionUrl"].as_str().and_then(|url| url.strip_prefix("https://")).unwrap_or_default();
            let id = host.split('.').next().unwrap_or_default();
            format!("{endpoint}/_aws/lambda-url/{id}")
        };
        let urls = self.urls.iter().map(|(function, url)| (function.clone(), path(url)));
        Addresses { client: reqwest::Client::new(), urls: urls.collect() }
    }
}

/// Where each function answers, by its logical id.
struct Addresses {
    client: reqwest::Client,
    urls: BTreeMap<String, String>,
}

impl Functions for Addresses {
    async fn answer(&self, function: &'static str, head: Parts, body: Bytes) -> Response {
        let url = self.urls.get(&logical_id(function)).expect("it has a URL");
        ingress::hand_on(&self.client, url, head, body).await
    }
}
