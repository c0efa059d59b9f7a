//! The template with function URLs, deployed to an emulator without origins and with some: what each URL then allows. The emulator
//! serves no URLs; what browsers see of them is tried in front of `cargo lambda watch`.

use cargo_aws::{
    SERVICES,
    deploy::deploy,
    keys::KeyMaterial,
    say,
    tool::{succeed, tool, tool_at},
};
use serde_json::{Value, json};
use testing::{aws::Aws, emulators::MiniStack};

/// The environment of samconfig.toml.
const ENVIRONMENT: &str = "urls";
const STACK: &str = "tiffin-urls";
const ORIGINS: &str = "https://eat.example,https://ride.example";

pub(crate) async fn run() {
    let mut sam = tool("sam").expect("it is installed");
    sam.args(["build", "--config-env", ENVIRONMENT]);
    succeed(sam).await.expect("it builds");
    let keys = KeyMaterial::new(SERVICES).expect("keys can be made");
    for (origins, allowed) in
        [(None, json!(["*"])), (Some(ORIGINS), json!(["https://eat.example", "https://ride.example"]))]
    {
        let emulator = MiniStack::start().await;
        let aws = Aws::at(emulator.endpoint());
        let given: Vec<(&str, &str)> = origins.map(|origins| ("CorsOrigins", origins)).into_iter().collect();
        deploy(&aws, &keys, ENVIRONMENT, &given).await.expect("it can be deployed");
        let urls = urls(aws.endpoint()).await;
        let endpoints = SERVICES.iter().flat_map(|service| service.functions).filter(|one| one.as_endpoint().is_some());
        assert_eq!(urls.len(), endpoints.count(), "{urls:#?}");
        for url in urls {
            assert_eq!(url["Cors"]["AllowOrigins"], allowed, "{url:#}");
            assert_ne!(url["Cors"]["AllowCredentials"], json!(true), "{url:#}");
            assert_eq!(url["AuthType"], "NONE");
        }
        let given = origins.unwrap_or("none");
        say(&format!("With the origins {given}, every function URL allows {allowed}, and never credentials."));
    }
}

/// The configuration of each function's URL.
async fn urls(endpoint: &str) -> Vec<Value> {
    const SCRIPT: &str = "
import boto3, json, sys
stack = boto3.client('cloudformation').describe_stack_resources(StackName=sys.argv[1])['StackResources']
functions = boto3.client('lambda')
urls = [one for one in stack if one['ResourceType'] == 'AWS::Lambda::Url']
names = {one['LogicalResourceId']: one['PhysicalResourceId'] for one in stack}
def configured(name):
    try:
        return functions.get_function_url_config(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        # It is that of the alias which canaries shift.
        return functions.get_function_url_config(FunctionName=name, Qualifier='live')
for url in urls:
    configuration = configured(names[url['LogicalResourceId'].removesuffix('Url')])
    print(json.dumps({name: configuration.get(name) for name in ['AuthType', 'Cors', 'FunctionUrl']}))
";
    let mut python = tool_at("python", endpoint).expect("it is installed");
    python.args(["-c", SCRIPT, STACK]);
    let output = succeed(python).await.expect("it can be asked");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
