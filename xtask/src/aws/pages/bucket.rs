//! The bucket that the pages' files lie in.

use crate::{
    aws::{
        intrinsics::{arn, reference, sub},
        pages::names::{ACCESS, BUCKET, CDN},
        resource::{policy, resource},
    },
    yaml::{Map, Value, map},
};

/// The bucket, which stays when the stack goes; and its policy.
pub(super) fn resources() -> Map {
    let bucket = map! { "Type" => "AWS::S3::Bucket" }
        .with("DeletionPolicy", "RetainExceptOnCreate")
        .with("UpdateReplacePolicy", "Retain")
        .with("Properties", properties());
    let control = map! {
        "Name" => reference("AWS::StackName"),
        "OriginAccessControlOriginType" => "s3",
        "SigningBehavior" => "always",
        "SigningProtocol" => "sigv4",
    };
    let access = resource("AWS::CloudFront::OriginAccessControl", map! { "OriginAccessControlConfig" => control });
    // Whoever may not list a bucket is told 403 of what is not there.
    let statements =
        [cdn_may("s3:GetObject", sub(format!("${{{BUCKET}.Arn}}/*"))), cdn_may("s3:ListBucket", arn(BUCKET))];
    let policy = map! { "Bucket" => reference(BUCKET), "PolicyDocument" => policy(statements) };
    map! { BUCKET => bucket, ACCESS => access, "BucketPolicy" => resource("AWS::S3::BucketPolicy", policy) }
}

fn properties() -> Map {
    let closed = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    let encryption = map! { "ServerSideEncryptionByDefault" => map! { "SSEAlgorithm" => "AES256" } };
    map! {
        "PublicAccessBlockConfiguration" => closed.into_iter().map(|name| (name, true)).collect::<Map>(),
        "BucketEncryption" => map! { "ServerSideEncryptionConfiguration" => [encryption] },
        "VersioningConfiguration" => map! { "Status" => "Enabled" },
    }
}

/// The stack's own CDN may do this, and no other.
fn cdn_may(action: &str, to: Value) -> Map {
    let cdn = sub(format!("arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{CDN}}}"));
    map! {
        "Effect" => "Allow",
        "Principal" => map! { "Service" => "cloudfront.amazonaws.com" },
        "Action" => action,
        "Resource" => to,
        "Condition" => map! { "StringEquals" => map! { "AWS:SourceArn" => cdn } },
    }
}
