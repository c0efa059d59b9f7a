//! The function that leads addresses to files.

use anyhow::Result;
use pages::{
    addresses::{CONFIG, HOME, PAGES, THEATRE},
    list::{ENTRIES, FILES, FOLDERS},
};
use serde_json::json;

use crate::{
    aws::{intrinsics::sub, pages::names::ADDRESSES, resource::resource},
    yaml::{Map, Value, map},
};

const RUNTIME: &str = "cloudfront-js-2.0";
/// What it does, once it has been told which addresses and files there are.
const SOURCE: &str = include_str!("addresses.js");

pub(super) fn resources() -> Result<Map> {
    let about = map! { "Comment" => "The pages' addresses lead to their files", "Runtime" => RUNTIME };
    let properties = map! {
        "Name" => sub("${AWS::StackName}-addresses"),
        "AutoPublish" => true,
        "FunctionConfig" => about,
        "FunctionCode" => Value::Lines(function()?),
    };
    Ok(map! { ADDRESSES => resource("AWS::CloudFront::Function", properties) })
}

/// Its code: the lists by which the local process answers, and what is done by them.
fn function() -> Result<String> {
    let pages: Vec<_> = PAGES.iter().map(|page| json!({"address": page.address, "file": at_root(page.file)})).collect();
    let entries = ENTRIES.iter().filter(|entry| **entry != THEATRE.file);
    let files: Vec<_> = entries.chain(&FILES).chain([&CONFIG]).map(|file| at_root(file)).collect();
    let folders: Vec<_> = FOLDERS.iter().map(|folder| at_root(folder.0) + "/").collect();
    let lists =
        [("PAGES", json!(pages)), ("HOME", json!(HOME.address)), ("FILES", json!(files)), ("FOLDERS", json!(folders))];
    let lines =
        lists.into_iter().map(|(name, list)| Ok(format!("const {name} = {};\n", serde_json::to_string(&list)?)));
    let code = lines.collect::<Result<String>>()?;
    Ok(format!("{code}\n{SOURCE}"))
}

fn at_root(path: &str) -> String {
    format!("/{path}")
}
