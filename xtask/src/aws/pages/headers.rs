//! The headers that the CDN puts on what the bucket gives: those that the local process sends.

use anyhow::{Context as _, Result, bail};
use host::SECURITY;
use http::header;
use pages::policy;

use crate::{
    aws::{
        intrinsics::sub,
        pages::names::{FILE_HEADERS, PAGE_HEADERS},
        resource::resource,
    },
    yaml::{Map, Value, map},
};

/// Pages have policies of their own. They and the API have one origin, so they ask no other.
pub(super) fn resources() -> Result<Map> {
    let content_security = policy::content_security([]);
    let permissions = map! { "Header" => "permissions-policy", "Value" => policy::permissions(), "Override" => true };
    let of_pages = map! { "SecurityHeadersConfig" => security(Some(&content_security))? }
        .with("CustomHeadersConfig", map! { "Items" => [permissions] });
    let of_files = map! { "SecurityHeadersConfig" => security(None)? };
    Ok(map! { PAGE_HEADERS => headers("pages", of_pages), FILE_HEADERS => headers("files", of_files) })
}

fn headers(name: &str, sent: Map) -> Map {
    let named = map! { "Name" => sub(format!("${{AWS::StackName}}-{name}")) };
    resource("AWS::CloudFront::ResponseHeadersPolicy", map! { "ResponseHeadersPolicyConfig" => named.and(sent) })
}

/// What every reply of the local process carries, with this Content Security Policy where one is given.
fn security(content_security: Option<&str>) -> Result<Map> {
    let mut sent = Map::default();
    for (name, value) in SECURITY {
        let value = value.to_str().with_context(|| format!("{name} is no text"))?;
        let set = |name: &str, value: Value| map! { name => value }.with("Override", true);
        match name {
            header::X_CONTENT_TYPE_OPTIONS => sent.insert("ContentTypeOptions", map! { "Override" => true }),
            header::REFERRER_POLICY => sent.insert("ReferrerPolicy", set("ReferrerPolicy", value.into())),
            header::STRICT_TRANSPORT_SECURITY => {
                let seconds = value.strip_prefix("max-age=").and_then(|seconds| seconds.parse::<u64>().ok());
                let seconds = seconds.with_context(|| format!("{name} says more than how long: {value}"))?;
                sent.insert("StrictTransportSecurity", set("AccessControlMaxAgeSec", seconds.into()));
            }
            header::CONTENT_SECURITY_POLICY => {
                let policy = content_security.unwrap_or(value);
                sent.insert("ContentSecurityPolicy", set("ContentSecurityPolicy", policy.into()));
            }
            name => bail!("the CDN does not know how to send {name}"),
        }
    }
    Ok(sent)
}
