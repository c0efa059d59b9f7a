//! The parameters of a template, and the rules about them.

mod kept;

pub(crate) use kept::of_tables;

use app::{Setting, TextSetting};
use host::requirements::{CORS_ORIGINS, ISSUER, LOCAL};

use crate::{
    aws::{
        front::Front,
        function_spec::FunctionSpec,
        intrinsics::{equals, is_given, not, or},
        names::logical_id,
    },
    yaml::{Map, Value, map},
};

/// The condition that this is an emulator.
pub(crate) const IS_LOCAL: &str = "Local";
/// The condition that origins are given whose pages may call.
pub(crate) const HAS_ORIGINS: &str = "HasCorsOrigins";
/// The condition that pages of other origins may call.
pub(crate) const ALLOWS_ORIGINS: &str = "AllowsOrigins";

/// Those that nothing declares, then a pair per secret, then one per setting.
pub(crate) fn parameters(specs: &[FunctionSpec], front: Front) -> Map {
    let secrets = secrets(specs).into_iter().flat_map(|name| secret(&name));
    let settings = settings(specs).into_iter().map(|one| setting(&one));
    let texts = texts(specs).into_iter().map(|one| text_setting(&one));
    let kept = kept::of_all().and(if front == Front::Api { kept::of_api() } else { Map::default() });
    kept.and(secrets.chain(settings).chain(texts).collect())
}

/// Whether each secret is given, and what else depends on parameters.
pub(crate) fn conditions(specs: &[FunctionSpec], front: Front) -> Map {
    let given = |id: &str| (format!("Has{id}"), is_given(id));
    let secrets = secrets(specs).into_iter().map(|name| given(&secret_id(&name)));
    conditions_of_shared()
        .with(ALLOWS_ORIGINS, or(equals("Stage", LOCAL), is_given("CorsOrigins")))
        .and(["Issuer", "CorsOrigins"].map(given).into_iter().collect())
        .and(front.conditions())
        .and(secrets.collect())
}

/// What the resources that services share depend on.
pub(crate) fn conditions_of_shared() -> Map {
    map! {
        "Production" => equals("Stage", "production"),
        "HasAlarmTopic" => is_given("AlarmTopicArn"),
    }
}

/// What must hold of the parameters together.
pub(crate) fn rules(specs: &[FunctionSpec]) -> Map {
    let secrets = secrets(specs);
    let given = secrets.iter().map(|name| secret_id(name)).map(|id| must_be_given(&id));
    let by_value = secrets.iter().map(|name| must_be_empty(&logical_id(name)));
    let assertions = ["PublicKeys", "Issuer"].map(must_be_given).into_iter().chain(given).chain(by_value);
    let deployed = map! {
        "RuleCondition" => not(equals("Stage", LOCAL)),
        "Assertions" => assertions.chain([must_be_empty("LocalEndpoint")]).collect::<Value>(),
    };
    // On AWS itself, keys for development would be taken.
    let emulated = map! {
        "Assert" => is_given("LocalEndpoint"),
        "AssertDescription" => "LocalEndpoint must be given where Stage is local: an emulator",
    };
    let local = map! { "RuleCondition" => equals("Stage", LOCAL), "Assertions" => [emulated] };
    map! { "DeployedStages" => deployed, "LocalStage" => local }
}

fn must_be_given(id: &str) -> Map {
    map! { "Assert" => is_given(id), "AssertDescription" => format!("{id} must be given where Stage is not local") }
}

fn must_be_empty(id: &str) -> Map {
    map! { "Assert" => equals(id, ""), "AssertDescription" => format!("{id} is for the stage local alone") }
}

/// A parameter that may be empty, and is by default.
fn text(about: impl Into<String>) -> Map {
    map! { "Type" => "String", "Default" => "", "Description" => about.into() }
}

/// The same; what is given must match a pattern.
fn matching(pattern: &str, about: impl Into<String>) -> Map {
    text(about).with("AllowedPattern", pattern)
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

/// The parameter that refers to a secret.
fn secret_id(variable: &str) -> String {
    logical_id(variable) + "Secret"
}

/// A secret by reference, and for emulators by value: `sam local` sets no variable that the template does not name.
fn secret(variable: &str) -> [(String, Map); 2] {
    let arn = format!("The ARN of the secret that {variable} is read from");
    let value = text(format!("{variable} itself; only where Stage is local")).with("NoEcho", true);
    [(secret_id(variable), matching(r"^(arn:[^:]+:secretsmanager:.+)?$", arn)), (logical_id(variable), value)]
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

fn setting(setting: &Setting) -> (String, Map) {
    let Setting { name, default, min, max, about } = setting;
    (logical_id(name), matching(r"^(-?\d+)?$", format!("{about}. {min} to {max}; {default} where empty")))
}

/// The texts among the settings, each once, but for those that every function has.
fn texts(specs: &[FunctionSpec]) -> Vec<TextSetting> {
    let mut texts: Vec<TextSetting> = Vec::new();
    for text in specs.iter().flat_map(|spec| &spec.requirements.texts) {
        let is_kept = [ISSUER.name, CORS_ORIGINS.name].contains(&text.name);
        if !is_kept && texts.iter().all(|known| known.name != text.name) {
            texts.push(*text);
        }
    }
    texts
}

fn text_setting(setting: &TextSetting) -> (String, Map) {
    let TextSetting { name, must_be, accepts: _, default, about } = setting;
    (logical_id(name), text(format!("{about}. It must be {must_be}; {default} where empty")))
}
