//! AWS for the programs: an emulator with their tables and a topic, and keys to sign with.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use app::{Clock as _, Declaration, KeyPair, Keys, Placement, PublicKeys, Random as _, Service, Table};
use domain::Timestamp;
use host::{
    SystemClock, SystemRandom,
    requirements::{self, Requirements},
};
use serde_json::{Value, json};
use testing::{
    CURSOR_KEY, ISSUER,
    aws::{Aws, REGION},
    emulators::MiniStack,
    free_port,
};

/// The emulator, and what programs need to know to use it.
pub(super) struct Cloud {
    /// What signs tokens.
    pub(super) keys: Keys,
    topic: String,
    public_keys: String,
    secrets: HashMap<String, String>,
    emulator: MiniStack,
}

impl Cloud {
    /// An empty one, with the tables of these functions.
    pub(super) async fn open(functions: &[(&Service, &'static Declaration)]) -> Result<Self> {
        let pairs = Keys::generate()?;
        let emulator = MiniStack::start_at("127.0.0.1", free_port()).await?;
        let aws = Aws::at(emulator.endpoint());
        let mut made: Vec<Table> = Vec::new();
        for table in functions
            .iter()
            .flat_map(|(service, declaration)| Requirements::of(service, declaration, Placement::Inside).tables)
        {
            if !made.contains(&table) {
                aws.dynamodb("CreateTable", described(table)).await?;
                made.push(table);
            }
        }
        Ok(Self {
            keys: Keys::from_pairs(&pairs, ISSUER)?,
            topic: aws.topic("bench").await?,
            public_keys: serde_json::to_string(&PublicKeys::of(&pairs)?)?,
            secrets: secrets(&pairs)?,
            emulator,
        })
    }

    /// The variables that Lambda gives a function, as the templates have them.
    pub(super) fn environment(&self, service: &Service, declaration: &Declaration) -> Vec<(String, String)> {
        let requirements = Requirements::of(service, declaration, Placement::Inside);
        let aws = [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            (requirements::AWS_ENDPOINT, self.emulator.endpoint()),
        ];
        let mut variables: Vec<_> = aws.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        variables.extend(
            requirements.tables.iter().map(|table| (requirements::table_variable(*table), table.name.to_owned())),
        );
        let secrets = requirements.secrets().into_iter();
        variables.extend(secrets.filter_map(|name| Some((name.clone(), self.secrets.get(&name)?.clone()))));
        variables.extend(requirements.publishes.then(|| (requirements::TOPIC_ARN.to_owned(), self.topic.clone())));
        variables
            .extend(requirements.answers.then(|| (requirements::PUBLIC_KEYS.to_owned(), self.public_keys.clone())));
        variables
            .extend(requirements.names_issuer().then(|| (requirements::ISSUER.name.to_owned(), ISSUER.to_owned())));
        variables
    }
}

/// A table as templates have it.
fn described(table: Table) -> Value {
    let key = |pk: &str, sk: &str| json!([{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]);
    let mut attributes = vec!["pk".to_owned(), "sk".to_owned()];
    let mut indexes = Vec::new();
    for index in table.indexes {
        let pk = format!("{}_pk", index.0);
        let sk = format!("{}_sk", index.0);
        let projection = json!({"ProjectionType": "ALL"});
        indexes.push(json!({"IndexName": index.0, "KeySchema": key(&pk, &sk), "Projection": projection}));
        attributes.extend([pk, sk]);
    }
    let texts = attributes.iter().map(|name| json!({"AttributeName": name, "AttributeType": "S"}));
    let mut described = json!({
        "TableName": table.name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": key("pk", "sk"),
        "AttributeDefinitions": texts.collect::<Value>(),
    });
    if !indexes.is_empty() {
        described["GlobalSecondaryIndexes"] = indexes.into();
    }
    described
}

fn secrets(pairs: &[KeyPair]) -> Result<HashMap<String, String>> {
    let mut secrets = HashMap::from([(requirements::CURSOR_KEY.to_owned(), CURSOR_KEY.to_owned())]);
    for kind in Keys::KINDS {
        let pair = pairs.iter().find(|pair| pair.name == kind.name).context("there is a key of every kind")?;
        secrets.insert(requirements::key_variable(kind), serde_json::to_string(pair)?);
    }
    Ok(secrets)
}

/// The time by the computer's clock.
pub(super) fn now() -> Timestamp {
    Timestamp::of(SystemClock.now())
}

/// The random part of an id.
pub(super) fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    SystemRandom.fill(&mut bytes);
    bytes
}
