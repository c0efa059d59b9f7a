//! Secrets, by value or by reference.

use aws_types::SdkConfig;

use crate::config::Secret;

/// A secret's value, fetched where it was given by reference.
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
