//! What `sam build` made of templates that are nested, for an emulator that expands the outermost alone: each as `CloudFormation`
//! expands it when it deploys it on AWS.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::aws::{
    expand::{PROGRAMS, TEMPLATES, expand_in},
    samconfig::{BUILT, SamConfig},
};

/// Where they are put, within what is built.
const FOLDER: &str = "emulated";

/// Expands what is built for an environment of samconfig.toml, at the stage of emulators. Returns the template to deploy.
pub fn emulated(environment: &str) -> Result<PathBuf> {
    let built = SamConfig::read()?.build_directory(environment);
    let folder = built.join(FOLDER);
    let expansion = expand_in(&built, BUILT, "local")?;
    for (path, template) in expansion.templates() {
        let mut template = template.0.clone();
        let resources = template.get_mut("Resources").and_then(Value::as_object_mut).context("it has no resources")?;
        for properties in resources.values_mut().filter_map(|resource| resource.get_mut("Properties")) {
            // `sam deploy` uploads what lies here, and says where it then is.
            if properties.pointer("/Code/S3Bucket").is_some_and(|bucket| bucket == PROGRAMS) {
                let program = properties["Code"]["S3Key"].as_str().unwrap_or_default();
                properties["Code"] = built.join(program).display().to_string().into();
            }
            if let Some(nested) = properties.get("TemplateURL").and_then(Value::as_str) {
                let nested = nested.strip_prefix(TEMPLATES).unwrap_or(nested);
                properties["TemplateURL"] = folder.join(nested).display().to_string().into();
            }
        }
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(&folder))?;
        fs::write(file, serde_json::to_vec_pretty(&template)?)?;
    }
    Ok(folder.join(BUILT))
}
