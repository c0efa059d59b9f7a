//! The parameters of a template, and the rules about them.

use app::{Setting, TextSetting};

use crate::aws::{front::Front, function_spec::FunctionSpec, names::parameter, yaml::quoted};

/// Those kept by hand, then a pair per secret, then one per setting.
pub(crate) fn parameters(specs: &[FunctionSpec], front: Front) -> String {
    let kept = include_str!("parts/parameters.yaml");
    let secrets: String = secrets(specs).iter().map(|name| secret(name)).collect();
    let settings: String = settings(specs).iter().map(setting).collect();
    let texts: String = texts(specs).iter().map(text).collect();
    format!("Parameters:\n{kept}{}{secrets}{settings}{texts}", front.parameters())
}

/// Whether each secret is given, and what else depends on parameters.
pub(crate) fn conditions(specs: &[FunctionSpec], front: Front) -> String {
    let given = secrets(specs)
        .into_iter()
        .map(|name| parameter(&name) + "Secret")
        .map(|id| format!("  Has{id}: !Not [!Equals [!Ref {id}, \"\"]]\n"));
    format!("{}{}{}", include_str!("parts/conditions.yaml"), front.conditions(), given.collect::<String>())
}

/// What must hold of the parameters together.
pub(crate) fn rules(specs: &[FunctionSpec]) -> String {
    let secrets = secrets(specs);
    let given: String =
        secrets.iter().map(|name| format!("{}Secret", parameter(name))).map(|id| must_be_given(&id)).collect();
    let by_value: String = secrets.iter().map(|name| must_be_empty(&parameter(name))).collect();
    format!(
        "Rules:
  DeployedStages:
    RuleCondition: !Not [!Equals [!Ref Stage, local]]
    Assertions:
{}{}{given}{by_value}{}",
        must_be_given("PublicKeys"),
        must_be_given("Issuer"),
        must_be_empty("LocalEndpoint"),
    )
}

fn must_be_given(id: &str) -> String {
    format!(
        "      - Assert: !Not [!Equals [!Ref {id}, \"\"]]
        AssertDescription: {id} must be given where Stage is not local
"
    )
}

fn must_be_empty(id: &str) -> String {
    format!(
        "      - Assert: !Equals [!Ref {id}, \"\"]
        AssertDescription: {id} is for the stage local alone
"
    )
}

/// The variables that hold secrets, each once.
fn secrets(specs: &[FunctionSpec]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in specs.iter().flat_map(|spec| spec.requirements.secrets()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A secret by reference, and for emulators by value: `sam local` sets no variable that the template does not name.
fn secret(variable: &str) -> String {
    let id = parameter(variable);
    format!(
        "  {id}Secret:
    Type: String
    Default: \"\"
    AllowedPattern: ^(arn:[^:]+:secretsmanager:.+)?$
    Description: The ARN of the secret that {variable} is read from
  {id}:
    Type: String
    NoEcho: true
    Default: \"\"
    Description: {variable} itself; only where Stage is local
"
    )
}

/// The settings, each once.
fn settings(specs: &[FunctionSpec]) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for setting in specs.iter().flat_map(|spec| &spec.requirements.settings) {
        if !settings.contains(setting) {
            settings.push(*setting);
        }
    }
    settings
}

/// Where functions call others, each once.
fn texts(specs: &[FunctionSpec]) -> Vec<TextSetting> {
    let mut texts: Vec<TextSetting> = Vec::new();
    for callee in specs.iter().flat_map(|spec| &spec.requirements.calls) {
        if texts.iter().all(|known| known.name != callee.url.name) {
            texts.push(callee.url);
        }
    }
    texts
}

fn text(setting: &TextSetting) -> String {
    let TextSetting { name, must_be, accepts: _, default, about } = setting;
    let id = parameter(name);
    let about = quoted(&format!("{about}. It must be {must_be}; {default} where empty"));
    format!(
        "  {id}:
    Type: String
    Default: \"\"
    Description: {about}
"
    )
}

fn setting(setting: &Setting) -> String {
    let Setting { name, default, min, max, about } = setting;
    let id = parameter(name);
    let about = quoted(&format!("{about}. {min} to {max}; {default} where empty"));
    format!(
        "  {id}:
    Type: String
    Default: \"\"
    AllowedPattern: ^(-?\\d+)?$
    Description: {about}
"
    )
}
