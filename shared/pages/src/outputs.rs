//! What a stack outputs: where its API is, or each of its functions.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The output that says where the API is.
const API: &str = "ApiUrl";
/// How the name of an output ends that says where a function is: `GetMenuUrl`.
const URL: &str = "Url";

/// What a stack outputs, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outputs(BTreeMap<String, String>);

/// Why outputs can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WrongOutputs {
    /// It is not what `aws cloudformation describe-stacks` prints.
    #[error("these are no stacks as `aws cloudformation describe-stacks` prints them")]
    Shape(#[from] serde_json::Error),
    /// It is about none, or several.
    #[error("this must be about one stack, not {0}: name it by --stack-name")]
    Stacks(usize),
    /// It says nothing of where requests go.
    #[error("the stack outputs neither {API} nor a URL of any function")]
    NoAddress,
}

/// What `describe-stacks` prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    stacks: Vec<Stack>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stack {
    /// A stack that outputs nothing has none.
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    output_value: String,
}

impl Outputs {
    /// Reads what `aws cloudformation describe-stacks --stack-name …` prints.
    ///
    /// # Errors
    /// Where it is something else, or the stack does not say where its API or its functions are.
    pub fn parse(text: &str) -> Result<Self, WrongOutputs> {
        let Described { stacks } = serde_json::from_str(text)?;
        let [Stack { outputs }] =
            <[Stack; 1]>::try_from(stacks).map_err(|stacks| WrongOutputs::Stacks(stacks.len()))?;
        let outputs = outputs.into_iter().map(|output| (output.output_key, output.output_value));
        let outputs = Self(outputs.collect());
        if outputs.api().is_none() && outputs.operations().next().is_none() {
            return Err(WrongOutputs::NoAddress);
        }
        Ok(outputs)
    }

    /// Where the API is, if the stack has one.
    pub(crate) fn api(&self) -> Option<&str> {
        self.0.get(API).map(String::as_str)
    }

    /// Where each function is that has a URL of its own.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (String, String)> {
        let functions = self.0.iter().filter(|(name, _)| *name != API);
        functions.filter_map(|(name, url)| Some((kebab(name.strip_suffix(URL)?), url.clone())))
    }
}

/// What a declaration calls it: `GetMenu` is `get-menu`.
fn kebab(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for character in id.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(outputs: &[(&str, &str)]) -> Result<Outputs, WrongOutputs> {
        let outputs = outputs.iter().map(|(name, value)| json!({"OutputKey": name, "OutputValue": value}));
        let stack = json!({"StackName": "tiffin", "Outputs": outputs.collect::<Vec<_>>()});
        Outputs::parse(&json!({"Stacks": [stack]}).to_string())
    }

    #[test]
    fn functions_are_found_by_the_names_of_their_outputs() {
        let menu = ("GetMenuUrl", "https://menu.example/");
        let discovery = ("GetOpenidConfigurationUrl", "https://discovery.example/");
        let outputs = parse(&[menu, discovery, ("TopicArn", "arn:…"), ("UsersTableName", "tiffin-users")]).unwrap();
        assert_eq!(outputs.api(), None);
        let found = [("get-menu", menu.1), ("get-openid-configuration", discovery.1)];
        assert!(outputs.operations().eq(found.map(|(name, url)| (name.to_owned(), url.to_owned()))));
    }

    #[test]
    fn an_api_is_found_and_is_no_function() {
        let outputs = parse(&[("ApiUrl", "https://api.example"), ("ApiId", "a1")]).unwrap();
        assert_eq!(outputs.api(), Some("https://api.example"));
        assert_eq!(outputs.operations().count(), 0);
    }

    #[test]
    fn what_says_of_nothing_where_it_is_is_refused() {
        let without_outputs = json!({"Stacks": [{"StackName": "tiffin"}]});
        let two = json!({"Stacks": [{}, {}]});
        for (text, words) in [
            (parse(&[("TopicArn", "arn:…")]).map(|_| Value::Null).unwrap_err().to_string(), "neither ApiUrl nor"),
            (Outputs::parse(&without_outputs.to_string()).unwrap_err().to_string(), "neither ApiUrl nor"),
            (Outputs::parse(&two.to_string()).unwrap_err().to_string(), "about one stack, not 2"),
            (Outputs::parse("[]").unwrap_err().to_string(), "describe-stacks"),
            (Outputs::parse("").unwrap_err().to_string(), "describe-stacks"),
        ] {
            assert!(text.contains(words), "{text}");
        }
    }
}
