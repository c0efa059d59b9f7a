//! AWS on this computer by the tools' own commands, as their users type them: `cargo run --bin stock -- docs watch`, `docs sam`,
//! `deploy`, `urls`, `rebuild`, `keys`.

mod deploy;
mod docs;
mod image;
mod keys;
mod pages;
mod rebuild;
mod terminal;
mod urls;

use clap::Parser;

/// The tools' own commands.
#[derive(Debug, Parser)]
#[command(name = "stock")]
enum Stock {
    /// docs/aws.md, followed line by line: what it says of this computer.
    Docs {
        /// Which of it.
        part: docs::Part,
    },
    /// `cargo aws deploy`: template.yaml on an emulator.
    Deploy {
        /// Take the programs that are built already.
        #[arg(long)]
        no_build: bool,
    },
    /// template-urls.yaml on an emulator, without origins and with some, and an order through its URLs.
    Urls,
    /// `sam build` after a change of a line.
    Rebuild,
    /// What `tiffin keys --out` writes, read by a shell, a container engine and cargo-lambda.
    Keys,
}

#[tokio::main]
async fn main() {
    match Stock::parse() {
        Stock::Docs { part } => docs::run(part).await,
        Stock::Deploy { no_build } => deploy::run(no_build).await,
        Stock::Urls => urls::run().await,
        Stock::Rebuild => rebuild::run().await,
        Stock::Keys => keys::run().await,
    }
}
