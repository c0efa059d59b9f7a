//! AWS as an emulator answers, asked without an SDK: for what is done beside the functions.

use axum::{
    body::Bytes,
    http::{Request, StatusCode},
};
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

/// Why an emulator did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// Nobody is there, or the connection broke.
    #[error("{service} does not answer at {endpoint}: {reason}")]
    NoAnswer {
        /// Who was asked.
        service: String,
        /// Where.
        endpoint: String,
        /// Why not.
        reason: String,
    },
    /// It said no.
    #[error("{service} refuses with {status}: {reply}")]
    Refused {
        /// Who was asked.
        service: String,
        /// With what status.
        status: StatusCode,
        /// And which words.
        reply: String,
    },
    /// It said something that is no answer to what it was asked.
    #[error("{service} replies without {lacks}: {reply}")]
    Unexpected {
        /// Who was asked.
        service: String,
        /// What the reply should have.
        lacks: &'static str,
        /// What it is.
        reply: String,
    },
}

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
    pub async fn dynamodb(&self, action: &str, body: Value) -> Result<Value, AwsError> {
        self.json("dynamodb", &format!("DynamoDB_20120810.{action}"), JSON_1_0, body).await
    }

    /// Calls SQS.
    pub async fn sqs(&self, action: &str, body: Value) -> Result<Value, AwsError> {
        self.json("sqs", &format!("AmazonSQS.{action}"), JSON_1_0, body).await
    }

    /// Stores a secret; returns its ARN.
    pub async fn secret(&self, name: &str, value: &str) -> Result<String, AwsError> {
        let body = json!({"Name": name, "SecretString": value});
        text(
            "secretsmanager",
            &self.json("secretsmanager", "secretsmanager.CreateSecret", JSON_1_1, body).await?,
            "ARN",
        )
    }

    /// Makes a topic; returns its ARN.
    pub async fn topic(&self, name: &str) -> Result<String, AwsError> {
        let reply = self.sns(&[("Action", "CreateTopic"), ("Name", name)]).await?;
        let made = topic_arns(&reply).next();
        made.ok_or(AwsError::Unexpected { service: "sns".to_owned(), lacks: "TopicArn", reply })
    }

    /// The ARNs of all topics.
    pub async fn topics(&self) -> Result<Vec<String>, AwsError> {
        Ok(topic_arns(&self.sns(&[("Action", "ListTopics")]).await?).collect())
    }

    /// Makes a queue with these attributes; returns its URL.
    pub async fn queue(&self, name: &str, attributes: Value) -> Result<String, AwsError> {
        let body = json!({"QueueName": name, "Attributes": attributes});
        text("sqs", &self.sqs("CreateQueue", body).await?, "QueueUrl")
    }

    /// Subscribes the queue of this name to a topic, with these attributes of a subscription.
    pub async fn subscribe(&self, topic: &str, queue: &str, attributes: &[(&str, &str)]) -> Result<(), AwsError> {
        let endpoint = queue_arn(queue);
        let named = attributes.iter().zip(1..).flat_map(|(&(name, value), number)| {
            let entry = |part| format!("Attributes.entry.{number}.{part}");
            [(entry("key"), name), (entry("value"), value)]
        });
        let named: Vec<(String, &str)> = named.collect();
        let mut form = vec![("Action", "Subscribe"), ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", &endpoint)];
        form.extend(named.iter().map(|(name, value)| (name.as_str(), *value)));
        self.sns(&form).await.map(drop)
    }

    /// Puts a message into the queue at this URL.
    pub async fn send(&self, queue: &str, body: &str) -> Result<(), AwsError> {
        self.sqs("SendMessage", json!({"QueueUrl": queue, "MessageBody": body})).await.map(drop)
    }

    /// The next messages of the queue at this URL, with all their attributes.
    pub async fn receive(&self, queue: &str) -> Result<Vec<Value>, AwsError> {
        let body = json!({"QueueUrl": queue, "MaxNumberOfMessages": BATCH, "AttributeNames": ["All"]});
        Ok(self.sqs("ReceiveMessage", body).await?["Messages"].as_array().cloned().unwrap_or_default())
    }

    /// Deletes a message that was received from the queue at this URL.
    pub async fn delete(&self, queue: &str, message: &Value) -> Result<(), AwsError> {
        self.sqs("DeleteMessage", json!({"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]})).await.map(drop)
    }

    /// How many messages are in the queue at this URL.
    pub async fn count(&self, queue: &str) -> Result<Count, AwsError> {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let reply = self.sqs("GetQueueAttributes", json!({"QueueUrl": queue, "AttributeNames": names})).await?;
        let [visible, received] = names.map(|name| {
            let text = reply["Attributes"][name].as_str();
            text.and_then(|text| text.parse().ok()).unwrap_or_default()
        });
        Ok(Count { visible, received })
    }

    async fn json(&self, service: &str, target: &str, content_type: &str, body: Value) -> Result<Value, AwsError> {
        let headers = [("x-amz-target", target), ("content-type", content_type)];
        let reply = self.ask(service, &headers, body.to_string()).await?;
        if reply.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&reply).map_err(|_| AwsError::Unexpected {
            service: service.to_owned(),
            lacks: "JSON",
            reply,
        })
    }

    /// Calls SNS; returns its XML.
    async fn sns(&self, form: &[(&str, &str)]) -> Result<String, AwsError> {
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        encoded.append_pair("Version", "2010-03-31").extend_pairs(form);
        self.ask("sns", &[("content-type", FORM)], encoded.finish()).await
    }

    /// An emulator asks for no signature, and finds the service by the credential's scope.
    async fn ask(&self, service: &str, headers: &[(&str, &str)], body: String) -> Result<String, AwsError> {
        let no_answer = |reason: String| AwsError::NoAnswer {
            service: service.to_owned(),
            endpoint: self.endpoint.clone(),
            reason,
        };
        let scope = format!("test/20260101/{REGION}/{service}/aws4_request");
        let credential = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none");
        let mut request = Request::post(&self.endpoint).header("authorization", credential);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body)).map_err(|error| no_answer(error.to_string()))?;
        let response = self.client.request(request).await.map_err(|error| no_answer(error.to_string()))?;
        let status = response.status();
        let reply = response.into_body().collect().await.map_err(|error| no_answer(error.to_string()))?.to_bytes();
        let reply = String::from_utf8_lossy(&reply).into_owned();
        if status.is_success() {
            Ok(reply)
        } else {
            Err(AwsError::Refused { service: service.to_owned(), status, reply })
        }
    }
}

/// How many messages are in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Those that can be received.
    pub visible: u64,
    /// Those that somebody has received, and not deleted yet.
    pub received: u64,
}

/// The ARN of the topic of this name.
pub fn topic_arn(name: &str) -> String {
    format!("arn:aws:sns:{REGION}:{ACCOUNT}:{name}")
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

fn text(service: &str, reply: &Value, name: &'static str) -> Result<String, AwsError> {
    let unexpected = || AwsError::Unexpected { service: service.to_owned(), lacks: name, reply: reply.to_string() };
    reply[name].as_str().map(str::to_owned).ok_or_else(unexpected)
}
