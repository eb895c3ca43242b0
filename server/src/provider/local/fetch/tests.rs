//! Fetching without a network: a hub in memory, and files in a temporary folder.

use super::super::{LocalModels, Status};
use super::*;

/// A hub that cannot be reached.
struct Offline;

impl Download for Offline {
    async fn get(&self, _: &str, _: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send)) -> Result<(), String> {
        Err("no route to host".to_owned())
    }
}

/// A hub that answers every question with the same words.
struct Wrong(&'static [u8]);

impl Download for Wrong {
    async fn get(
        &self,
        _: &str,
        piece: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
    ) -> Result<(), String> {
        piece(self.0).map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn a_file_that_is_none_of_ours_is_refused_by_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (folder.path().join("models"), folder.path().join("brought"));
    std::fs::write(&path, b"not a model").unwrap();
    let models = LocalModels::new(store.clone());
    let error = models.fetch(Source::File(path), &Offline, |_| ()).await.unwrap_err();
    assert!(error.to_string().contains("SHA-256 is 7088"), "{error}");
    assert!(matches!(models.status(), Status::Failed { message } if message == error.to_string()));
    let left: Vec<_> = std::fs::read_dir(store).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [".lock"]);
}

#[tokio::test]
async fn the_hub_is_believed_only_with_the_right_hash() {
    let folder = tempfile::tempdir().unwrap();
    let mut bar = Bar { report: |_| (), before: 0, total: 0 };
    let error = from_hub(&MODELS[1], folder.path(), &Wrong(b"<html>"), &mut bar).await.unwrap_err();
    assert!(error.contains("has SHA-256"), "{error}");
}

#[test]
fn a_sink_takes_no_more_bytes_than_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let pinned = Pinned { name: "x", sha256: "", bytes: 3, url: "", in_wheel: "" };
    let mut sink = Sink::create(&folder.path().join("x"), &pinned).unwrap();
    assert!(sink.write_all(b"abc").is_ok());
    assert!(sink.write_all(b"d").is_err());
}

#[test]
fn what_a_killed_fetch_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join(".fetch-old");
    std::fs::create_dir(&left).unwrap();
    let (_lock, workshop) = start(folder.path()).unwrap();
    assert!(!left.exists() && workshop.path().exists());
}

#[tokio::test]
async fn without_weights_a_call_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let models = LocalModels::new(folder.path().to_owned());
    assert_eq!(models.status(), Status::Absent);
    let error = models.embed(vec!["hello".to_owned()]).await.unwrap_err();
    assert!(error.to_string().contains("anabranch model fetch"), "{error}");
}

#[tokio::test]
async fn silence_ends_a_download_that_hangs() {
    let arrived = Mutex::new(0);
    let ended =
        tokio::time::timeout(Duration::from_secs(60), silence(&arrived, Duration::from_millis(5))).await;
    assert!(ended.is_ok());
}
