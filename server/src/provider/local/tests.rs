//! The handle without weights, and without a network.

use super::*;
use std::io;

/// A hub that cannot be reached.
struct Offline;

impl Download for Offline {
    async fn get(&self, _: &str, _: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send)) -> Result<(), String> {
        Err("no route to host".to_owned())
    }
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
async fn the_status_says_why_a_fetch_failed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("brought");
    std::fs::write(&path, b"not a model").unwrap();
    let models = LocalModels::new(folder.path().join("models"));
    let error = models.fetch(Source::File(path), &Offline, |_| ()).await.unwrap_err();
    assert!(error.to_string().contains("SHA-256 is 7088"), "{error}");
    assert!(matches!(models.status(), Status::Failed { message } if message == error.to_string()));
}
