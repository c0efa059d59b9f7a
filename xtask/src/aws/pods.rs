//! What functions on Knative need of AWS, in plain `CloudFormation`: the tables, and a role for the pods of each function (EKS Pod
//! Identity), with its grants and no more.

use anyhow::Result;
use app::{Service, Table};
use host::Requirements;
use provider::PROGRAM;

use crate::{
    aws::{
        function_spec::specs,
        intrinsics::{arn, equals, reference, sub},
        names::{logical_id, table},
        parameters,
        resource::{policy, resource},
        role, tables,
    },
    mesh::{DEAD_LETTERS, NAMESPACE, PROVIDERS},
    yaml::{Map, Value, map, text},
};

/// Where the template is.
pub(crate) const PATH: &str = "k8s-knative/aws/template.yaml";

const HEADING: &str = "# Generated from the declarations by `cargo xtask generate`.\n";
/// What pods show for an identity.
const PODS: &str = "pods.eks.amazonaws.com";

/// The template.
pub(crate) fn template(services: &[Service]) -> Result<String> {
    let functions = specs(services, PROVIDERS).into_iter().map(|spec| (spec.name(), spec.requirements));
    // The simulated provider may be there, as a program of its own.
    let programs = functions
        .chain([(PROGRAM.name, Requirements::of_program(&PROGRAM)), (DEAD_LETTERS, Requirements::of_dead_letters())]);
    let mut resources = Map::default();
    for one in host::requirements::tables_with_broker(services) {
        resources.insert(table(one), named(one));
    }
    for (name, requirements) in programs.filter(|(_, requirements)| !requirements.tables.is_empty()) {
        resources = resources.and(identity(name, &requirements));
    }
    let template = map! {
        "AWSTemplateFormatVersion" => "2010-09-09",
        "Description" => "Tiffin on Knative: its tables, and a role for the pods of each function",
        "Parameters" => parameters(),
        "Conditions" => map! { "Production" => equals("Stage", "production") },
        "Resources" => resources.spaced(),
    };
    Ok(HEADING.to_owned() + &text(&[template.spaced().into()])?)
}

fn parameters() -> Map {
    let with = |about: &str| map! { "Type" => "String", "Description" => about };
    map! {
        "Stage" => with("Where this is; tables of production can't be deleted")
            .with("Default", "staging")
            .with("AllowedValues", ["staging", "production"]),
        "Cluster" => with("The name of the EKS cluster, which has the Pod Identity agent"),
        "Namespace" => with("The namespace of the functions").with("Default", NAMESPACE),
        "TablePrefix" => with("What the names of tables begin with, as the settings of the functions have them").with("Default", "tiffin"),
    }
    .and(parameters::of_tables())
}

/// A table by a name that functions are told before it is there.
fn named(one: Table) -> Map {
    tables::with_name(one, sub(format!("${{TablePrefix}}-{}", one.name)))
}

/// The role of a program's pods, and that they have it.
fn identity(name: &str, requirements: &Requirements) -> Map {
    let role = logical_id(name) + "Role";
    let assumes = map! {
        "Effect" => "Allow",
        "Principal" => map! { "Service" => PODS },
        "Action" => Value::from(["sts:AssumeRole", "sts:TagSession"]),
    };
    let properties = map! {
        "AssumeRolePolicyDocument" => policy([assumes]),
        "Policies" => [map! { "PolicyName" => name, "PolicyDocument" => policy(role::of_store(requirements)) }],
    };
    let association = map! {
        "ClusterName" => reference("Cluster"),
        "Namespace" => reference("Namespace"),
        "ServiceAccount" => name,
        "RoleArn" => arn(&role),
    };
    map! {
        role => resource("AWS::IAM::Role", properties),
        logical_id(name) + "Identity" => resource("AWS::EKS::PodIdentityAssociation", association),
    }
}
