//! AWS as an emulator answers, called without an SDK: for what tests do beside the functions.

use serde_json::{Value, json};

/// The services of an emulator.
#[derive(Clone, Debug)]
pub struct Aws {
    endpoint: String,
    client: reqwest::Client,
}

impl Aws {
    /// The services that answer at this endpoint.
    pub fn at(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), client: reqwest::Client::new() }
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Calls SQS; returns its JSON.
    pub async fn sqs(&self, action: &str, body: Value) -> Value {
        self.json("sqs", &format!("AmazonSQS.{action}"), "application/x-amz-json-1.0", body).await
    }

    /// Stores a secret; returns its ARN.
    pub async fn secret(&self, name: &str, value: &str) -> String {
        let body = json!({"Name": name, "SecretString": value});
        let kind = "application/x-amz-json-1.1";
        let reply = self.json("secretsmanager", "secretsmanager.CreateSecret", kind, body).await;
        reply["ARN"].as_str().unwrap_or_else(|| panic!("the secret {name} was not stored: {reply}")).to_owned()
    }

    /// The ARNs of all topics.
    pub async fn topics(&self) -> Vec<String> {
        let reply = self.sns(&[("Action", "ListTopics")]).await;
        let arns = reply.split("<TopicArn>").skip(1).filter_map(|rest| rest.split("</TopicArn>").next());
        arns.map(str::to_owned).collect()
    }

    /// Calls SNS; returns its XML.
    pub async fn sns(&self, form: &[(&str, &str)]) -> String {
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        encoded.append_pair("Version", "2010-03-31").extend_pairs(form);
        let request = self.client.post(&self.endpoint).header("authorization", credential("sns"));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(encoded.finish());
        let response = request.send().await.expect("SNS answers");
        let status = response.status();
        let text = response.text().await.expect("SNS replies");
        assert!(status.is_success(), "{text}");
        text
    }

    async fn json(&self, service: &str, target: &str, content_type: &str, body: Value) -> Value {
        let request = self.client.post(&self.endpoint).header("authorization", credential(service));
        let request = request.header("x-amz-target", target).header("content-type", content_type);
        let response = request.body(body.to_string()).send().await.expect("it answers");
        let text = response.text().await.expect("it replies");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("it replies with JSON") }
    }
}

/// An emulator asks for no signature, and finds the service by the credential's scope.
fn credential(service: &str) -> String {
    let scope = format!("test/20260101/us-east-1/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none")
}
