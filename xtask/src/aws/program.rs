//! The program of a function, and how `sam build` makes it.

use crate::{
    aws::resource::resource,
    yaml::{Map, map},
};

/// The package of all programs.
pub(crate) const FOLDER: &str = "functions/bootstrap";
/// How SAM builds them: by `cargo lambda build`.
pub(crate) const BUILD_METHOD: &str = "rust-cargolambda";
/// What a program is called where Lambda finds it.
pub(crate) const FILE: &str = "bootstrap";

/// A function that runs the program of this name.
pub(crate) fn function(program: &str, properties: Map) -> Map {
    let metadata = map! { "BuildMethod" => BUILD_METHOD, "BuildProperties" => map! { "Binary" => program } };
    resource("AWS::Serverless::Function", map! { "CodeUri" => FOLDER }.and(properties)).with("Metadata", metadata)
}
