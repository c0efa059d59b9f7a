//! The pages as a folder of files, told where a deployed stack answers.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::Args;
use pages::{Config, FileOfFolder, Outputs, Server};

use crate::say;

/// What names standard input in place of a file.
const STDIN: &str = "-";

/// What is asked for.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// What the pages are told, as `function pages` takes it.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// What `aws cloudformation describe-stacks` prints of the stack that they call; `-` is standard input. Without it, they
    /// call what the configuration says.
    #[arg(long, value_name = "FILE")]
    outputs: Option<PathBuf>,
    /// Where to write the files.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// For the CDN of template-pages.yaml, which sends the pages' headers, knows their addresses and leads to the API itself;
    /// otherwise any server of files will do.
    #[arg(long, conflicts_with = "outputs")]
    behind_cdn: bool,
}

/// Writes the folder, and says so.
///
/// # Errors
/// Where something can't be read or written, or does not say what it should.
pub fn run(options: &Options) -> Result<()> {
    let files = files(options)?;
    pages::write(&files, &options.out).context("the pages can't be written")?;
    say(&format!("{} files are in {}.", files.len(), options.out.display()));
    Ok(())
}

fn files(Options { config, outputs, behind_cdn, .. }: &Options) -> Result<Vec<FileOfFolder>> {
    let wrong = || format!("{} is not a configuration of pages", config.display());
    let mut told = Config::parse(&read(config)?).with_context(wrong)?;
    if let Some(outputs) = outputs {
        let found = Outputs::parse(&read(outputs)?).with_context(|| outputs.display().to_string())?;
        told = told.reaching(&found).with_context(|| outputs.display().to_string())?;
    }
    let server = if *behind_cdn { Server::Told } else { Server::Plain };
    Ok(pages::folder(told, server)?)
}

fn read(path: &Path) -> Result<String> {
    let mut text = String::new();
    let read = if path == Path::new(STDIN) {
        io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        fs::read_to_string(path).map(|found| text = found)
    };
    read.with_context(|| format!("{} can't be read", path.display()))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{
        "api": {"base": ""},
        "area": {"name": "Riga", "country": "LV", "centre": {"lat": 56.95, "lon": 24.1}, "radius_m": 8000},
        "payment_methods": [],
        "payments_simulated": true
    }"#;
    const OUTPUTS: &str = r#"{"Stacks": [{"Outputs": [
        {"OutputKey": "GetMenuUrl", "OutputValue": "https://menu.example/"},
        {"OutputKey": "TopicArn", "OutputValue": "arn:aws:sns:eu-central-1:1:tiffin"}
    ]}]}"#;

    fn run_with(config: &str, outputs: &str) -> Result<String> {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name);
        fs::write(path("pages.json"), config)?;
        fs::write(path("outputs.json"), outputs)?;
        let options = Options {
            config: path("pages.json"),
            outputs: Some(path("outputs.json")),
            out: path("out"),
            behind_cdn: false,
        };
        run(&options)?;
        Ok(fs::read_to_string(path("out/config.json"))?)
    }

    #[test]
    fn pages_are_told_where_each_function_is() {
        let config = Config::parse(&run_with(CONFIG, OUTPUTS).unwrap()).unwrap();
        assert_eq!(config.operations.len(), 1);
        assert_eq!(config.operations["get-menu"], "https://menu.example/");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_file() {
        for (config, outputs, words) in [
            ("{", OUTPUTS, "pages.json is not a configuration of pages"),
            (CONFIG, "[]", "outputs.json: these are no stacks"),
            (CONFIG, r#"{"Stacks": []}"#, "outputs.json: this must be about one stack, not 0"),
            (CONFIG, &OUTPUTS.replace("https://menu.example/", "menu"), "operations.get-menu must be a URL"),
        ] {
            let error = format!("{:#}", run_with(config, outputs).unwrap_err());
            assert!(error.contains(words), "{error}");
        }
    }
}
