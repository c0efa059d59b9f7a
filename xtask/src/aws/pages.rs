//! The pages behind a CDN: a bucket that only the CDN reads, and the CDN, which leads to the API as well. The nested stack of
//! an API, in plain `CloudFormation`.

mod addresses;
mod bucket;
mod cdn;
mod headers;
mod names;
mod upload;

use anyhow::Result;

pub(crate) use names::API_DOMAIN;
pub(crate) use upload::commands as uploads;

use crate::{
    aws::{
        intrinsics::{get_att, reference},
        pages::names::{BUCKET, CDN},
        resource::output,
    },
    yaml::{Map, map, text},
};

/// Where the template is.
pub(crate) const PATH: &str = "template-pages.yaml";

const HEADING: &str = "# Generated from what serves the pages by `cargo xtask generate`.\n";

/// The template.
pub(crate) fn template() -> Result<String> {
    let domain = map! { "Type" => "String", "Description" => "Where the API is" };
    let template = map! {
        "AWSTemplateFormatVersion" => "2010-09-09",
        "Description" => "Tiffin: the pages, from a private bucket through a CDN that also leads to the API",
        "Parameters" => map! { API_DOMAIN => domain },
        "Resources" => resources()?.spaced(),
        "Outputs" => map! {
            "BucketName" => output(reference(BUCKET)),
            "Domain" => output(get_att(CDN, "DomainName")),
            "DistributionId" => output(reference(CDN)),
        },
    };
    Ok(HEADING.to_owned() + &text(&[template.spaced().into()])?)
}

fn resources() -> Result<Map> {
    Ok(bucket::resources().and(addresses::resources()?).and(headers::resources()?).and(cdn::resources()))
}
