//! `cargo aws deploy`: template.yaml as it is, deployed by `sam deploy` to an emulator of its own.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result};
use testing::{aws::Aws, emulators::MiniStack, free_port};

use crate::{
    SERVICES,
    keys::KeyMaterial,
    names::logical_id,
    say,
    tool::{build, root, stopped, succeed, tool_at},
};

const STACK: &str = "tiffin";
const CONFIG: &str = "samconfig.toml";
/// Makes what an emulator leaves out of a deployment.
const ROUTES: &str = "cargo-aws/src/routes.py";

/// The stack, for as long as this lives.
pub struct Deployment {
    /// Where the API answers.
    pub url: String,
    /// The services of its emulator.
    pub aws: Aws,
    /// The URL of each queue by its name in the template.
    pub queues: BTreeMap<String, String>,
    _emulator: MiniStack,
}

/// Deploys, shows where the API answers, and stays until it is stopped.
pub async fn run(is_built: bool) -> Result<()> {
    let deployment = Deployment::open(is_built).await?;
    say(&format!(
        "The API answers at {0}; Ctrl-C ends it. In another terminal:\n  sh docs/order.sh '{0}'",
        deployment.url
    ));
    stopped().await
}

impl Deployment {
    /// Builds the programs, if they are not, and deploys them.
    pub async fn open(is_built: bool) -> Result<Self> {
        if !is_built {
            build().await?;
        }
        let emulator = MiniStack::start_at("127.0.0.1", free_port()).await.context("the emulator can't be started")?;
        let aws = Aws::at(emulator.endpoint());
        let keys = KeyMaterial::new(SERVICES)?;
        deploy(&aws, &keys, "default", None, &[]).await?;
        let (api, queues) = routes(aws.endpoint()).await?;
        let url = format!("{}/_aws/execute-api/{api}/$default", aws.endpoint());
        Ok(Self { url, aws, queues, _emulator: emulator })
    }
}

/// Deploys what `sam build` made for an environment of samconfig.toml, or another template in its place, with these parameters
/// beside those of an emulator.
pub async fn deploy(
    aws: &Aws,
    keys: &KeyMaterial,
    environment: &str,
    template: Option<&Path>,
    given: &[(&str, &str)],
) -> Result<()> {
    let mut parameters = vec![
        ("Stage".to_owned(), "local".to_owned()),
        ("Architecture".to_owned(), "x86_64".to_owned()),
        ("LocalEndpoint".to_owned(), aws.endpoint().to_owned()),
        ("PublicKeys".to_owned(), keys.public_keys.clone()),
    ];
    for (variable, value) in &keys.secrets {
        let arn = aws.secret(&format!("{STACK}/{variable}"), value).await?;
        parameters.push((logical_id(variable) + "Secret", arn));
    }
    parameters.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let mut sam = tool_at("sam", aws.endpoint())?;
    sam.args(["deploy", "--config-env", environment, "--no-confirm-changeset"]);
    if let Some(template) = template {
        // SAM would look for it beside the template.
        sam.arg("--config-file").arg(root().join(CONFIG)).arg("--template-file").arg(template);
    }
    sam.arg("--parameter-overrides");
    sam.args(parameters.iter().map(|(name, value)| format!("{name}={value}")));
    say("sam deploy: takes a minute");
    succeed(sam).await.map(drop)
}

/// Makes the routes; returns the API's id, and the URL of each queue by its name in the template.
async fn routes(endpoint: &str) -> Result<(String, BTreeMap<String, String>)> {
    let mut python = tool_at("python", endpoint)?;
    python.arg(root().join(ROUTES)).arg(STACK);
    let text = String::from_utf8(succeed(python).await?.stdout)?;
    let mut lines = text.lines();
    let api = lines.next().context("the stack has no API")?.to_owned();
    let queue = |line: &str| line.split_once('\t').map(|(name, url)| (name.to_owned(), url.to_owned()));
    Ok((api, lines.filter_map(queue).collect()))
}
