//! The CDN: which requests go where.

use pages::{
    addresses::CONFIG,
    list::{FILES, FOLDERS},
    policy::{WORKERS, is_asked_of},
};

use crate::{
    aws::{
        intrinsics::{get_att, reference},
        pages::names::{ACCESS, ADDRESSES, API_DOMAIN, BUCKET, CDN, FILE_HEADERS, PAGE_HEADERS},
        resource::resource,
    },
    yaml::{Map, Value, map},
};

/// The API's paths begin with these; what begins with the second can only be read.
const OPERATIONS: &str = "/v1/*";
const DISCOVERY: &str = "/.well-known/*";
const API: &str = "api";
const PAGES: &str = "pages";
/// How long something is kept that does not say: a policy of AWS's own, `CachingOptimized`. It takes Brotli and gzip apart.
const CACHED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
/// `CachingDisabled`.
const NEVER_CACHED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/// `AllViewerExceptHostHeader`: the API knows itself by its own name only.
const ALL_BUT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
const ANY_METHOD: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

pub(super) fn resources() -> Map {
    let config = map! {
        "Enabled" => true,
        "HttpVersion" => "http2and3",
        "Origins" => [bucket(), api()],
        "DefaultCacheBehavior" => addresses(),
        "CacheBehaviors" => behaviors().collect::<Value>(),
    };
    map! { CDN => resource("AWS::CloudFront::Distribution", map! { "DistributionConfig" => config }) }
}

fn bucket() -> Map {
    map! {
        "Id" => PAGES,
        "DomainName" => get_att(BUCKET, "RegionalDomainName"),
        "OriginAccessControlId" => reference(ACCESS),
        "S3OriginConfig" => Map::default(),
    }
}

fn api() -> Map {
    let only_https = map! { "OriginProtocolPolicy" => "https-only", "OriginSSLProtocols" => ["TLSv1.2"] };
    map! { "Id" => API, "DomainName" => reference(API_DOMAIN), "CustomOriginConfig" => only_https }
}

/// Whatever has no behaviour of its own is asked of the function first: it is a page, or a worker, or nothing at all.
fn addresses() -> Map {
    let function = map! { "EventType" => "viewer-request", "FunctionARN" => get_att(ADDRESSES, "FunctionARN") };
    from_bucket(PAGE_HEADERS).with("FunctionAssociations", [function])
}

/// The first that fits counts: the API; workers that lie in folders; and what runs by the policies of what loads it.
fn behaviors() -> impl Iterator<Item = Map> {
    let api = [to_api(OPERATIONS).with("AllowedMethods", ANY_METHOD), to_api(DISCOVERY)];
    let workers = WORKERS.into_iter().filter(|path| path.contains('/')).map(|path| (format!("/{path}"), PAGE_HEADERS));
    let folders = FOLDERS.into_iter().map(|(folder, _)| (format!("/{folder}/*"), FILE_HEADERS));
    let files = FILES.into_iter().filter(|file| !is_asked_of(file)).chain([CONFIG]);
    let files = files.map(|file| (format!("/{file}"), FILE_HEADERS));
    let own = workers.chain(folders).chain(files);
    api.into_iter().chain(own.map(|(path, headers)| map! { "PathPattern" => path }.and(from_bucket(headers))))
}

fn from_bucket(headers: &str) -> Map {
    map! {
        "TargetOriginId" => PAGES,
        "ViewerProtocolPolicy" => "redirect-to-https",
        "Compress" => true,
        "CachePolicyId" => CACHED,
        "ResponseHeadersPolicyId" => reference(headers),
    }
}

/// Handed on as it is, and kept by nobody.
fn to_api(paths: &str) -> Map {
    map! {
        "PathPattern" => paths,
        "TargetOriginId" => API,
        "ViewerProtocolPolicy" => "https-only",
        "CachePolicyId" => NEVER_CACHED,
        "OriginRequestPolicyId" => ALL_BUT_HOST,
    }
}
