//! The role of a function: exactly what its declaration grants, what the host does for it, and its log.
//!
//! The roles are written here and not left to SAM, whose own hold managed policies that allow reading every queue and
//! writing every log of the account.

use app::Grant;
use host::{Requirements, requirements::secret_variable};

use crate::{
    aws::{
        environment::TOPIC,
        function_spec::FunctionSpec,
        intrinsics::{arn, only_if, reference, sub},
        names::{logical_id, logs, table},
        queue,
        resource::{policy, resource, service_may},
    },
    yaml::{Map, Value, map},
};

/// What writes a log.
const LOGGING: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];

/// What may be done to one resource.
struct Statement {
    actions: Vec<&'static str>,
    resource: Value,
    condition: Option<String>,
}

/// The role's logical id.
pub(crate) fn id(spec: &FunctionSpec) -> String {
    spec.id() + "Role"
}

/// The role as a resource.
pub(crate) fn role(spec: &FunctionSpec) -> Map {
    with(spec.name(), statements(spec))
}

/// A role that may write this log, and nothing else.
pub(crate) fn that_logs(name: &str, logs: &str) -> Map {
    with(name, vec![logging(logs)])
}

fn with(name: &str, statements: Vec<Statement>) -> Map {
    let statements = statements.into_iter().map(Statement::value);
    let properties = map! {
        "AssumeRolePolicyDocument" => service_may("lambda.amazonaws.com", "sts:AssumeRole", Map::default()),
        "Policies" => [map! { "PolicyName" => name, "PolicyDocument" => policy(statements) }],
    };
    resource("AWS::IAM::Role", properties)
}

/// What a grant is in IAM's words: the actions, and the resource.
pub(crate) fn actions(grant: Grant) -> Option<(&'static [&'static str], Value)> {
    let whole = |one| arn(&table(one));
    match grant {
        Grant::Get(table) => Some((&["dynamodb:GetItem", "dynamodb:BatchGetItem"], whole(table))),
        Grant::Query(table) => Some((&["dynamodb:Query"], whole(table))),
        Grant::QueryIndex(one, index) => {
            Some((&["dynamodb:Query"], sub(format!("${{{}.Arn}}/index/{}", table(one), index.0))))
        }
        Grant::Write(table) => {
            Some((&["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"], whole(table)))
        }
        Grant::Sign(_) | Grant::Secret(_) | Grant::Call(_) | Grant::Provider(_) => None,
    }
}

/// What a program may do in its tables, as statements of a policy.
pub(crate) fn of_store(requirements: &Requirements) -> Vec<Value> {
    in_tables(requirements).into_iter().map(Statement::value).collect()
}

fn in_tables(requirements: &Requirements) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (actions, resource) in requirements.grants.iter().filter_map(|grant| actions(*grant)) {
        allow(&mut statements, actions, resource, None);
    }
    statements
}

fn statements(spec: &FunctionSpec) -> Vec<Statement> {
    let mut statements = in_tables(&spec.requirements);
    if spec.requirements.publishes {
        allow(&mut statements, &["sns:Publish"], reference(TOPIC), None);
    }
    for secret in spec.requirements.secrets() {
        let arn = logical_id(&secret_variable(&secret));
        // An emulator may have been given the secret itself.
        let given = Some(format!("Has{arn}"));
        allow(&mut statements, &["secretsmanager:GetSecretValue"], reference(arn), given);
    }
    if !spec.declaration.subscriptions().is_empty() {
        allow(&mut statements, queue::POLLING, arn(&queue::id(spec)), None);
    }
    statements.push(logging(&logs(spec.service)));
    statements
}

fn logging(logs: &str) -> Statement {
    Statement { actions: LOGGING.to_vec(), resource: arn(logs), condition: None }
}

/// Adds to what may be done to a resource.
fn allow(statements: &mut Vec<Statement>, actions: &[&'static str], resource: Value, condition: Option<String>) {
    if let Some(present) = statements.iter_mut().find(|statement| statement.resource == resource) {
        present.actions.extend(actions);
    } else {
        statements.push(Statement { actions: actions.to_vec(), resource, condition });
    }
}

impl Statement {
    fn value(self) -> Value {
        let statement = map! { "Effect" => "Allow", "Action" => self.actions, "Resource" => self.resource };
        match self.condition {
            None => statement.into(),
            Some(condition) => only_if(condition, statement),
        }
    }
}
