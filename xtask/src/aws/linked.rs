//! A template with those that it nests as one: what nested stacks amount to, once parameters and outputs have been passed.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::aws::{expanded::Expanded, intrinsics::renamed};

const STACK: &str = "AWS::CloudFormation::Stack";
/// The sections of a nested template that become part of the other's.
const SECTIONS: [&str; 3] = [RESOURCES, "Conditions", "Mappings"];
const RESOURCES: &str = "Resources";
const OUTPUTS: &str = "Outputs";

/// A template, with each nested stack replaced by its resources. A stack whose template is not among these stays.
pub(crate) fn linked(whole: &Expanded, templates: &BTreeMap<String, Expanded>) -> Result<Expanded> {
    let mut linked = whole.0.clone();
    for stack in whole.of(STACK) {
        let url = stack.at("/TemplateURL").as_str().unwrap_or_default();
        let Some((_, nested)) = templates.iter().find(|(path, _)| url.ends_with(&format!("/{path}"))) else { continue };
        section(&mut linked, RESOURCES)?.remove(stack.id);
        let arguments = stack.at("/Parameters").as_object().cloned().unwrap_or_default();
        link(&mut linked, stack.id, arguments, &nested.0).with_context(|| format!("the nested stack {}", stack.id))?;
    }
    Ok(Expanded(linked))
}

fn link(linked: &mut Value, id: &str, arguments: Map<String, Value>, nested: &Value) -> Result<()> {
    let parameters = members(nested, "Parameters");
    let missing = parameters.keys().find(|name| !arguments.contains_key(*name));
    ensure!(missing.is_none(), "is not given {}", missing.map_or("", |name| name));
    let unknown = arguments.keys().find(|name| !parameters.contains_key(*name));
    ensure!(unknown.is_none(), "has no parameter {}", unknown.map_or("", |name| name));
    for name in SECTIONS {
        for (key, value) in members(nested, name) {
            let value = passed(&value, &arguments)?;
            let present = section(linked, name)?.insert(key.clone(), value.clone());
            let is_same = name != RESOURCES && present.as_ref() == Some(&value);
            ensure!(present.is_none() || is_same, "has another {key} than the stacks beside it");
        }
    }
    let outputs = members(nested, OUTPUTS);
    for (name, output) in section(linked, OUTPUTS)?.iter_mut() {
        let Some(place) = output.pointer("/Value/Fn::GetAtt").filter(|place| place[0] == id) else { continue };
        let of = place[1].as_str().and_then(|attribute| attribute.strip_prefix("Outputs.")).unwrap_or_default();
        let value = outputs.get(of).and_then(|output| output.get("Value"));
        let value = value.with_context(|| format!("does not output what is to be {name}"))?;
        *output = json!({"Value": passed(value, &arguments)?});
    }
    Ok(())
}

/// A value with what parameters are given in their place.
fn passed(value: &Value, arguments: &Map<String, Value>) -> Result<Value> {
    match value {
        Value::Array(items) => items.iter().map(|item| passed(item, arguments)).collect(),
        Value::Object(members) => {
            if let Some(argument) = members.get("Ref").and_then(Value::as_str).and_then(|name| arguments.get(name)) {
                return Ok(argument.clone());
            }
            let each = members.iter().map(|(key, value)| {
                let value = match value.as_str() {
                    Some(text) if key == "Fn::Sub" => {
                        renamed(text, &mut |name| arguments.get(name).map_or_else(|| Ok(name.to_owned()), place))?
                            .into()
                    }
                    _ => passed(value, arguments)?,
                };
                Ok((key.clone(), value))
            });
            each.collect::<Result<Map<_, _>>>().map(Value::Object)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value.clone()),
    }
}

/// How a text names what is given.
fn place(argument: &Value) -> Result<String> {
    if let Some(id) = argument.get("Ref").and_then(Value::as_str) {
        return Ok(id.to_owned());
    }
    let Some([Value::String(id), Value::String(attribute)]) =
        argument.get("Fn::GetAtt").and_then(Value::as_array).map(Vec::as_slice)
    else {
        bail!("is given {argument}, which no text can name");
    };
    Ok(format!("{id}.{attribute}"))
}

fn members(template: &Value, section: &str) -> Map<String, Value> {
    template.get(section).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// A section of a template, which has it then.
fn section<'a>(template: &'a mut Value, name: &str) -> Result<&'a mut Map<String, Value>> {
    let section = &mut template[name];
    if section.is_null() {
        *section = json!({});
    }
    section.as_object_mut().with_context(|| format!("{name} is no section of a template"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stack that nests `users.yaml`, given these, and what comes of both.
    fn linked_with(arguments: Value, nested: Value) -> Result<Value> {
        let whole = json!({
            "Conditions": {"Production": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
            "Resources": {
                "Table": {"Type": "AWS::DynamoDB::Table"},
                "Users": {"Type": STACK, "Properties": {"TemplateURL": "https://there/users.yaml", "Parameters": arguments}},
                "Pages": {"Type": STACK, "Properties": {"TemplateURL": "https://there/pages.yaml"}},
            },
            "Outputs": {
                "GetUserUrl": {"Value": {"Fn::GetAtt": ["Users", "Outputs.Url"]}},
                "Name": {"Value": {"Ref": "Table"}},
            },
        });
        let templates = BTreeMap::from([("users.yaml".to_owned(), Expanded(nested))]);
        Ok(linked(&Expanded(whole), &templates)?.0)
    }

    fn arguments() -> Value {
        json!({"Stage": {"Ref": "Stage"}, "T": {"Ref": "Table"}, "TArn": {"Fn::GetAtt": ["Table", "Arn"]}})
    }

    fn nested() -> Value {
        json!({
            "Parameters": {"Stage": {}, "T": {}, "TArn": {}},
            "Conditions": {"Production": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
            "Mappings": {"Stages": {"local": {"Canary": "false"}}},
            "Resources": {"GetUser": {"Name": {"Ref": "T"}, "Index": {"Fn::Sub": "${TArn}/index/${AWS::Region}/${T}"}}},
            "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["GetUserUrl", "FunctionUrl"]}}},
        })
    }

    #[test]
    fn a_nested_stack_becomes_its_resources() {
        let linked = linked_with(arguments(), nested()).unwrap();
        let resources = &linked["Resources"];
        let user =
            json!({"Name": {"Ref": "Table"}, "Index": {"Fn::Sub": "${Table.Arn}/index/${AWS::Region}/${Table}"}});
        assert_eq!(resources["GetUser"], user);
        assert!(resources.get("Users").is_none() && resources.get("Pages").is_some(), "{resources}");
        assert_eq!(linked["Outputs"]["GetUserUrl"]["Value"], json!({"Fn::GetAtt": ["GetUserUrl", "FunctionUrl"]}));
        assert_eq!(linked["Outputs"]["Name"]["Value"], json!({"Ref": "Table"}));
        assert_eq!(linked["Mappings"], nested()["Mappings"]);
    }

    #[test]
    fn what_does_not_fit_together_is_found() {
        let refused = |pointer: &str, planted: Value| {
            let mut both = json!({"arguments": arguments(), "nested": nested()});
            *both.pointer_mut(pointer).unwrap() = planted;
            format!("{:#}", linked_with(both["arguments"].take(), both["nested"].take()).unwrap_err())
        };
        let parameters = "/nested/Parameters";
        for (found, words) in [
            (refused(parameters, json!({"Stage": {}, "T": {}, "TArn": {}, "More": {}})), "is not given More"),
            (refused(parameters, json!({"Stage": {}, "T": {}})), "has no parameter TArn"),
            (refused("/arguments/TArn", json!("text")), "which no text can name"),
            (refused("/arguments/Stage", json!({"Ref": "Other"})), "has another Production"),
            (refused("/nested/Resources", json!({"Table": {}})), "has another Table"),
            (refused("/nested/Outputs", json!({})), "does not output what is to be GetUserUrl"),
        ] {
            assert!(found.contains("the nested stack Users") && found.contains(words), "{found}");
        }
    }
}
