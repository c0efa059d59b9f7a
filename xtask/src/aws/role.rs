//! The role of a function: exactly what its declaration grants, what the host does for it, and its log.
//!
//! The roles are written here and not left to SAM, whose own hold managed policies that allow reading every queue and
//! writing every log of the account.

use app::Grant;
use host::requirements::secret_variable;

use crate::aws::{
    environment::TOPIC,
    function_spec::FunctionSpec,
    names::{logs, parameter, table},
    queue,
    yaml::list,
};

/// What may be done to one resource.
struct Statement {
    actions: Vec<&'static str>,
    resource: String,
    condition: Option<String>,
}

/// The role as a resource in YAML.
pub(crate) fn role(spec: &FunctionSpec) -> String {
    let id = spec.id();
    let name = spec.name();
    let statements: String = statements(spec).iter().map(Statement::yaml).collect();
    format!(
        "
  {id}Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: \"2012-10-17\"
        Statement:
          - Effect: Allow
            Principal:
              Service: lambda.amazonaws.com
            Action: sts:AssumeRole
      Policies:
        - PolicyName: {name}
          PolicyDocument:
            Version: \"2012-10-17\"
            Statement:
{statements}"
    )
}

/// What a grant is in IAM's words: the actions, and the resource as YAML.
pub(crate) fn actions(grant: Grant) -> Option<(&'static [&'static str], String)> {
    let whole = |one| format!("!GetAtt {}.Arn", table(one));
    match grant {
        Grant::Get(table) => Some((&["dynamodb:GetItem", "dynamodb:BatchGetItem"], whole(table))),
        Grant::Query(table) => Some((&["dynamodb:Query"], whole(table))),
        Grant::QueryIndex(one, index) => {
            Some((&["dynamodb:Query"], format!("!Sub ${{{}.Arn}}/index/{}", table(one), index.0)))
        }
        Grant::Write(table) => {
            Some((&["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"], whole(table)))
        }
        Grant::Sign(_) | Grant::Secret(_) | Grant::Call(_) => None,
    }
}

fn statements(spec: &FunctionSpec) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (actions, resource) in spec.requirements.grants.iter().filter_map(|grant| actions(*grant)) {
        allow(&mut statements, actions, resource, None);
    }
    if spec.requirements.publishes {
        allow(&mut statements, &["sns:Publish"], format!("!Ref {TOPIC}"), None);
    }
    for secret in spec.requirements.secrets() {
        let arn = parameter(&secret_variable(&secret));
        // An emulator may have been given the secret itself.
        let given = Some(format!("Has{arn}"));
        allow(&mut statements, &["secretsmanager:GetSecretValue"], format!("!Ref {arn}"), given);
    }
    if !spec.declaration.subscriptions().is_empty() {
        allow(&mut statements, queue::POLLING, format!("!GetAtt {}.Arn", queue::id(spec)), None);
    }
    let log = format!("!GetAtt {}.Arn", logs(spec.service));
    allow(&mut statements, &["logs:CreateLogStream", "logs:PutLogEvents"], log, None);
    statements
}

/// Adds to what may be done to a resource.
fn allow(statements: &mut Vec<Statement>, actions: &[&'static str], resource: String, condition: Option<String>) {
    if let Some(present) = statements.iter_mut().find(|statement| statement.resource == resource) {
        present.actions.extend(actions);
    } else {
        statements.push(Statement { actions: actions.to_vec(), resource, condition });
    }
}

impl Statement {
    fn yaml(&self) -> String {
        let actions = list(&self.actions);
        let resource = &self.resource;
        match &self.condition {
            None => format!(
                "              - Effect: Allow
                Action: {actions}
                Resource: {resource}
"
            ),
            Some(condition) => format!(
                "              - !If
                - {condition}
                - Effect: Allow
                  Action: {actions}
                  Resource: {resource}
                - !Ref AWS::NoValue
"
            ),
        }
    }
}
