//! What samconfig.toml says of each environment (`--config-env`): what `sam build` makes, and what `sam deploy` sends.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use toml_edit::{DocumentMut, Item};

use crate::{aws::front::Front, root};

const PATH: &str = "samconfig.toml";
/// The environment where nobody names one.
pub const DEFAULT: &str = "default";
/// The parameter that says what programs are built for.
const ARCHITECTURE: &str = "Architecture";
/// Where `sam build` puts what it makes, where nobody says where.
const BUILD_DIRECTORY: &str = ".aws-sam/build";
/// What it calls the template there.
pub(crate) const BUILT: &str = "template.yaml";

/// The file.
pub(crate) struct SamConfig(DocumentMut);

impl SamConfig {
    pub(crate) fn read() -> Result<Self> {
        let text = fs::read_to_string(root().join(PATH)).with_context(|| format!("{PATH} can't be read"))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        Ok(Self(text.parse().with_context(|| format!("{PATH} is not TOML"))?))
    }

    /// Every environment.
    pub(crate) fn environments(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, section)| section.is_table()).map(|(name, _)| name)
    }

    /// What the template of an environment is behind.
    pub(crate) fn front(&self, environment: &str) -> Front {
        let template = self.said(environment, "build", "template_file").and_then(Item::as_str);
        Front::ALL.into_iter().find(|front| Some(front.path()) == template).unwrap_or(Front::Api)
    }

    /// Where `sam build` puts what it makes.
    pub(crate) fn build_directory(&self, environment: &str) -> PathBuf {
        let directory = self.said(environment, "build", "build_dir").and_then(Item::as_str);
        root().join(directory.unwrap_or(BUILD_DIRECTORY))
    }

    /// The architecture that a command is told.
    pub(crate) fn architecture(&self, environment: &str, command: &str) -> Option<&str> {
        let overrides = self.said(environment, command, "parameter_overrides")?.as_array()?;
        overrides.iter().find_map(|one| one.as_str()?.strip_prefix(ARCHITECTURE)?.strip_prefix('='))
    }

    /// What a command is told under this name: its own section comes before that of all commands.
    fn said(&self, environment: &str, command: &str, name: &str) -> Option<&Item> {
        let of = |command: &str| self.0.get(environment)?.get(command)?.get("parameters")?.get(name);
        of(command).or_else(|| of("global"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tiffin::services::SERVICES;

    use super::*;

    /// The commands that look at the architecture.
    const COMMANDS: [&str; 5] = ["build", "local_start_api", "local_start_lambda", "local_invoke", "deploy"];

    #[test]
    fn each_environment_says_the_architecture_once_for_all_commands() {
        let config = SamConfig::read().unwrap();
        let environments: Vec<&str> = config.environments().collect();
        assert!(environments.contains(&DEFAULT) && environments.contains(&"arm64"), "{environments:?}");
        for environment in environments {
            let architecture = config.architecture(environment, "global");
            assert!(matches!(architecture, Some("x86_64" | "arm64")), "{environment}: {architecture:?}");
            for command in COMMANDS {
                assert_eq!(config.architecture(environment, command), architecture, "{environment}: {command}");
                let own = config.0[environment].get(command).and_then(|own| own.get("parameters"));
                assert!(own.is_none_or(|own| own.get("parameter_overrides").is_none()), "{environment}: {command}");
            }
        }
    }

    #[test]
    fn who_deploys_is_asked_and_nobody_deploys_as_local() {
        let config = SamConfig::read().unwrap();
        for environment in config.environments() {
            let asks = config.said(environment, "deploy", "confirm_changeset").and_then(Item::as_bool);
            assert_eq!(asks, Some(true), "{environment}");
        }
        assert!(!config.0.to_string().contains("Stage=local"));
    }

    #[test]
    fn each_stage_has_stacks_of_its_own() {
        let config = SamConfig::read().unwrap();
        let stacks: BTreeSet<_> = config
            .environments()
            .map(|environment| {
                let of = |name: &str| config.said(environment, "deploy", name).unwrap();
                let tags = of("tags").to_string();
                let stage =
                    ["staging", "production"].into_iter().find(|stage| tags.contains(&format!("stage={stage}")));
                let stage = stage.unwrap_or_else(|| panic!("{environment}: {tags}"));
                let overrides = of("parameter_overrides").to_string();
                assert!(overrides.contains(&format!("\"Stage={stage}\"")), "{environment}: {overrides}");
                (of("stack_name").as_str().unwrap().to_owned(), stage)
            })
            .collect();
        let names: BTreeSet<_> = stacks.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), stacks.len(), "{stacks:?}");
    }

    #[test]
    fn what_is_nested_may_be_expanded_where_it_is_a_template_of_sam() {
        let config = SamConfig::read().unwrap();
        for environment in config.environments() {
            let capabilities = config.said(environment, "deploy", "capabilities").unwrap().to_string();
            assert!(capabilities.contains("CAPABILITY_IAM"), "{environment}: {capabilities}");
            let is_nested = config.front(environment).templates(SERVICES).len() > 1;
            assert_eq!(capabilities.contains("CAPABILITY_AUTO_EXPAND"), is_nested, "{environment}: {capabilities}");
        }
    }

    #[test]
    fn a_command_says_more_than_all_of_them() {
        let text = "[e.global.parameters]\nparameter_overrides = [\"Architecture=arm64\"]\n\
                    [e.build.parameters]\nparameter_overrides = [\"Stage=local\", \"Architecture=x86_64\"]\n\
                    build_dir = \"out\"\ntemplate_file = \"template-urls.yaml\"\n";
        let config = SamConfig::parse(text).unwrap();
        assert_eq!(config.architecture("e", "build"), Some("x86_64"));
        assert_eq!(config.architecture("e", "deploy"), Some("arm64"));
        assert_eq!(config.architecture("other", "deploy"), None);
        assert_eq!(config.build_directory("e"), root().join("out"));
        assert_eq!(config.front("e"), Front::Urls);
        assert_eq!(config.front("other"), Front::Api);
    }
}
