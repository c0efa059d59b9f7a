//! AWS as an emulator answers, asked without an SDK: for what tests and measurements do beside the functions.

use axum::{body::Bytes, http::Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

/// The region of emulators.
pub const REGION: &str = "us-east-1";
/// The account of everybody in an emulator.
const ACCOUNT: &str = "000000000000";
/// The most messages that SQS gives at once, as Lambda asks for them.
const BATCH: usize = 10;

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";
const FORM: &str = "application/x-www-form-urlencoded";

/// The services of an emulator.
#[derive(Clone, Debug)]
pub struct Aws {
    endpoint: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Aws {
    /// The services that answer at this endpoint.
    pub fn at(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// Where they answer.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Calls `DynamoDB`.
    pub async fn dynamodb(&self, action: &str, body: Value) -> Value {
        self.json("dynamodb", &format!("DynamoDB_20120810.{action}"), JSON_1_0, body).await
    }

    /// Calls SQS.
    pub async fn sqs(&self, action: &str, body: Value) -> Value {
        self.json("sqs", &format!("AmazonSQS.{action}"), JSON_1_0, body).await
    }

    /// Stores a secret; returns its ARN.
    pub async fn secret(&self, name: &str, value: &str) -> String {
        let body = json!({"Name": name, "SecretString": value});
        text(&self.json("secretsmanager", "secretsmanager.CreateSecret", JSON_1_1, body).await, "ARN")
    }

    /// Makes a topic; returns its ARN.
    pub async fn topic(&self, name: &str) -> String {
        let reply = self.sns(&[("Action", "CreateTopic"), ("Name", name)]).await;
        topic_arns(&reply).next().unwrap_or_else(|| panic!("no topic was made: {reply}"))
    }

    /// The ARNs of all topics.
    pub async fn topics(&self) -> Vec<String> {
        topic_arns(&self.sns(&[("Action", "ListTopics")]).await).collect()
    }

    /// Makes a queue with these attributes; returns its URL.
    pub async fn queue(&self, name: &str, attributes: Value) -> String {
        text(&self.sqs("CreateQueue", json!({"QueueName": name, "Attributes": attributes})).await, "QueueUrl")
    }

    /// Subscribes the queue of this name to a topic, with these attributes of a subscription.
    pub async fn subscribe(&self, topic: &str, queue: &str, attributes: &[(&str, &str)]) {
        let endpoint = queue_arn(queue);
        let named = attributes.iter().zip(1..).flat_map(|(&(name, value), number)| {
            let entry = |part| format!("Attributes.entry.{number}.{part}");
            [(entry("key"), name), (entry("value"), value)]
        });
        let named: Vec<(String, &str)> = named.collect();
        let mut form = vec![("Action", "Subscribe"), ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", &endpoint)];
        form.extend(named.iter().map(|(name, value)| (name.as_str(), *value)));
        self.sns(&form).await;
    }

    /// Puts a message into the queue at this URL.
    pub async fn send(&self, queue: &str, body: &str) {
        self.sqs("SendMessage", json!({"QueueUrl": queue, "MessageBody": body})).await;
    }

    /// The next messages of the queue at this URL, with all their attributes.
    pub async fn receive(&self, queue: &str) -> Vec<Value> {
        let body = json!({"QueueUrl": queue, "MaxNumberOfMessages": BATCH, "AttributeNames": ["All"]});
        self.sqs("ReceiveMessage", body).await["Messages"].as_array().cloned().unwrap_or_default()
    }

    /// Deletes a message that was received from the queue at this URL.
    pub async fn delete(&self, queue: &str, message: &Value) {
        self.sqs("DeleteMessage", json!({"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]})).await;
    }

    async fn json(&self, service: &str, target: &str, content_type: &str, body: Value) -> Value {
        let headers = [("x-amz-target", target), ("content-type", content_type)];
        let reply = self.ask(service, &headers, body.to_string()).await;
        if reply.is_empty() { Value::Null } else { serde_json::from_str(&reply).expect("it replies with JSON") }
    }

    /// Calls SNS; returns its XML.
    async fn sns(&self, form: &[(&str, &str)]) -> String {
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        encoded.append_pair("Version", "2010-03-31").extend_pairs(form);
        self.ask("sns", &[("content-type", FORM)], encoded.finish()).await
    }

    /// An emulator asks for no signature, and finds the service by the credential's scope.
    async fn ask(&self, service: &str, headers: &[(&str, &str)], body: String) -> String {
        let scope = format!("test/20260101/{REGION}/{service}/aws4_request");
        let credential = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none");
        let mut request = Request::post(&self.endpoint).header("authorization", credential);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body)).expect("it is a request");
        let response = self.client.request(request).await.expect("it answers");
        let status = response.status();
        let reply = response.into_body().collect().await.expect("it replies").to_bytes();
        let reply = String::from_utf8(reply.into()).expect("it replies with text");
        assert!(status.is_success(), "{service}: {status} {reply}");
        reply
    }
}

/// The ARN of the queue of this name.
pub fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// A message that was received, as a batch for Lambda holds it.
pub fn record(message: &Value) -> Value {
    json!({
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn("queue"),
        "awsRegion": REGION,
    })
}

fn topic_arns(reply: &str) -> impl Iterator<Item = String> {
    let arns = reply.split("<TopicArn>").skip(1).filter_map(|rest| rest.split("</TopicArn>").next());
    arns.map(str::to_owned)
}

fn text(reply: &Value, name: &str) -> String {
    reply[name].as_str().unwrap_or_else(|| panic!("no {name} in {reply}")).to_owned()
}
