//! What a program asks AWS: its configuration, and its secrets.

use aws_config::{BehaviorVersion, Region, SdkConfig};

use crate::config::{Config, Secret};

/// How AWS is reached: credentials from where the platform puts them, the region and the endpoint as configured.
pub(crate) async fn sdk(region: &str, config: &Config) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region.to_owned()));
    if let Some(endpoint) = &config.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}

/// A secret's value, fetched where it was told by reference.
pub(crate) async fn reveal(sdk: Option<&SdkConfig>, secret: &Secret) -> Result<String, String> {
    match (secret, sdk) {
        (Secret::Value(value), _) => Ok(value.clone()),
        (Secret::Reference(arn), None) => Err(format!("{arn} is out of reach")),
        (Secret::Reference(arn), Some(sdk)) => {
            let client = aws_sdk_secretsmanager::Client::new(sdk);
            let reply = client.get_secret_value().secret_id(arn).send().await;
            let reply = reply
                .map_err(|error| format!("{arn}: {}", aws_sdk_secretsmanager::error::DisplayErrorContext(error)))?;
            reply.secret_string.ok_or_else(|| format!("{arn} holds no text"))
        }
    }
}
