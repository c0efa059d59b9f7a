//! The program of a function, and how `sam build` makes it.

use crate::{
    aws::{front::Front, resource::resource},
    yaml::{Map, map},
};

/// The package of all programs.
pub(crate) const FOLDER: &str = "functions/bootstrap";
/// How SAM builds them: by `cargo lambda build`.
pub(crate) const BUILD_METHOD: &str = "rust-cargolambda";
/// What a program is called where Lambda finds it.
pub(crate) const FILE: &str = "bootstrap";

/// A function that runs the program of this name, in a template of this front.
pub(crate) fn function(program: &str, front: Front, properties: Map) -> Map {
    let metadata = map! { "BuildMethod" => BUILD_METHOD, "BuildProperties" => map! { "Binary" => program } };
    let folder = format!("{}{FOLDER}", front.to_root());
    resource("AWS::Serverless::Function", map! { "CodeUri" => folder }.and(properties)).with("Metadata", metadata)
}
