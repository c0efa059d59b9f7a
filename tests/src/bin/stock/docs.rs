//! docs/aws.md, followed as it stands in the file: its commands under "Try it on this machine", each block by a shell of its
//! own, as who reads it would type them.
//!
//! A block that says where it listens (`sh listens=9000`) stays, as in a terminal of its own, until its section's end.

use std::{fs, process::Stdio};

use cargo_aws::{
    bridge_address, say,
    tool::{root, with_tools},
};
use clap::ValueEnum;
use tokio::process::Command;

use crate::{image, pages, terminal::Terminal};

const PATH: &str = "docs/aws.md";
/// How a block of commands begins, and what says where it listens.
const FENCE: &str = "```sh";
const LISTENS: &str = "listens=";
const END: &str = "```";

/// A part that can be followed on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// `cargo lambda watch`
    Watch,
    /// `sam build`, `sam local`, and one function over HTTP.
    Sam,
}

impl Part {
    /// The headings of its sections.
    const fn sections(self) -> &'static [&'static str] {
        match self {
            Self::Watch => &["Functions as they are worked on: `cargo lambda watch`"],
            Self::Sam => &["Functions as they are deployed: `sam build`, `sam local`", "One function over HTTP"],
        }
    }

    /// What says where the pages find the functions, once all of it runs; each has an address, or all have one.
    const fn functions(self) -> (&'static str, &'static str) {
        match self {
            Self::Watch => ("TIFFIN_FUNCTIONS_URL", "http://127.0.0.1:9000/lambda-url/{function}"),
            Self::Sam => ("TIFFIN_API_URL", "http://127.0.0.1:3000"),
        }
    }
}

/// Some commands.
struct Block {
    section: String,
    commands: String,
    /// Where they listen, if they stay.
    port: Option<u16>,
}

pub(crate) async fn run(part: Part) {
    let text = fs::read_to_string(root().join(PATH)).expect("it can be read");
    let blocks = blocks(&text);
    let has_engine = bridge_address().await.is_some();
    if has_engine {
        image::make().await;
    }
    let mut staying = Vec::new();
    for section in part.sections() {
        let blocks: Vec<&Block> = blocks.iter().filter(|block| block.section == *section).collect();
        assert!(!blocks.is_empty(), "{PATH} has no section {section}");
        say(&format!("{PATH}: {section}"));
        for block in blocks {
            if !has_engine && block.needs_engine() {
                say(&format!("SKIPPED, as no Docker engine answers here:\n{}", block.commands));
                continue;
            }
            match block.port {
                Some(port) => staying.push(block.stay(port).await),
                None => block.follow().await,
            }
        }
    }
    if part == Part::Watch || has_engine {
        pages::play(part.functions()).await;
    }
    // What calls the others goes first: none of them is interrupted at its work.
    for terminal in staying {
        terminal.interrupt().await;
    }
}

impl Block {
    /// Whether it starts containers, or asks what is in them.
    fn needs_engine(&self) -> bool {
        self.commands.contains("sam local") || self.commands.contains("http://127.0.0.1:3000")
    }

    /// Runs it to its end.
    async fn follow(&self) {
        say(&self.commands);
        let status = self.shell().status().await.expect("a shell can be started");
        assert!(status.success(), "{PATH}: {} failed", self.commands);
    }

    /// Starts it, and waits until it listens.
    async fn stay(&self, port: u16) -> Terminal {
        say(&self.commands);
        Terminal::open(self.shell(), port).await
    }

    /// A shell that knows where the tools are, as the document's first section has it.
    fn shell(&self) -> Command {
        let mut shell = with_tools("bash").expect("a path");
        // No registry can be asked for the image here: the one difference to what is written.
        let image = format!(" --invoke-image {} --skip-pull-image", image::IMAGE);
        let lines = self.commands.lines().map(|line| match line {
            line if line.contains("sam local ") => format!("{line}{image}\n"),
            line => format!("{line}\n"),
        });
        shell.args(["-euc", &lines.collect::<String>()]).stdin(Stdio::null());
        shell
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut section = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
            heading.clone_into(&mut section);
        }
        let Some(information) = line.strip_prefix(FENCE) else { continue };
        let port = information.trim().strip_prefix(LISTENS).map(|port| port.parse().expect("a port"));
        let commands: Vec<&str> = lines.by_ref().take_while(|line| *line != END).collect();
        blocks.push(Block { section: section.clone(), commands: commands.join("\n"), port });
    }
    blocks
}
