//! Fetching without a network: a hub in memory, and files in a temporary folder.

use std::io::Write as _;

use super::*;

/// One file, which says `hello` and is kept as `kept`; in its wheel it lies in a folder.
static GREETING: Collection = Collection {
    what: "the greeting",
    packages: &[Package {
        title: "Greeting",
        files: &[Pinned {
            name: "travels",
            kept_as: "kept",
            sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            bytes: 5,
            url: "https://example.invalid/hello",
            in_wheel: "greeting/hello",
        }],
        wheel: Wheel { requirement: "no-such-package-is-asked-for", bytes: 5, archive: None },
    }],
    command: "anabranch greeting fetch",
    keep: as_it_is,
};

/// A hub that cannot be reached.
struct Offline;

impl Download for Offline {
    async fn get(&self, _: &str, _: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send)) -> Result<(), String> {
        Err("no route to host".to_owned())
    }
}

/// A hub that answers every question with the same words.
struct Words(&'static [u8]);

impl Download for Words {
    async fn get(
        &self,
        _: &str,
        piece: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
    ) -> Result<(), String> {
        piece(self.0).map_err(|error| error.to_string())
    }
}

async fn brought(path: &Path, folder: &Path) -> Result<(), Error> {
    fetch(&GREETING, folder, Source::File(path.to_owned()), &Offline, |_| ()).await
}

/// The names in a folder, in their order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_or_an_archive_of_the_users_is_known_by_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (folder.path().join("store"), folder.path().join("brought"));
    std::fs::write(&path, b"not a greeting").unwrap();
    let error = brought(&path, &store).await.unwrap_err();
    assert!(error.to_string().contains("is not one of the files of the greeting (its SHA-256 is"), "{error}");
    assert_eq!(names(&store), [".lock"], "nothing is left behind");

    std::fs::write(&path, b"hello").unwrap();
    brought(&path, &store).await.unwrap();
    assert_eq!((names(&store), GREETING.is_in(&store)), (vec![".lock".to_owned(), "kept".to_owned()], true));

    let (store, path) = (folder.path().join("other"), folder.path().join("wheel.whl"));
    let mut wheel = zip::ZipWriter::new(File::create(&path).unwrap());
    wheel.start_file("greeting/hello", zip::write::SimpleFileOptions::default()).unwrap();
    wheel.write_all(b"hello").unwrap();
    wheel.finish().unwrap();
    brought(&path, &store).await.unwrap();
    assert_eq!(std::fs::read(store.join("kept")).unwrap(), b"hello");
}

#[tokio::test]
async fn the_hub_is_believed_only_with_the_right_hash() {
    let folder = tempfile::tempdir().unwrap();
    let package = &GREETING.packages[0];
    let mut bar = Bar { report: |_| (), before: 0, total: 0 };
    for (words, told) in [(&b"hallo"[..], "has SHA-256"), (b"hello, hello", "longer than")] {
        let error = from_hub(package, folder.path(), &Words(words), &mut bar).await.unwrap_err();
        assert!(error.contains(told), "{error}");
    }
    assert_eq!(from_hub(package, folder.path(), &Words(b"hello"), &mut bar).await, Ok(()));
}

#[test]
fn a_sink_takes_no_more_bytes_than_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let pinned = Pinned { name: "x", kept_as: "x", sha256: "", bytes: 3, url: "", in_wheel: "" };
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
async fn silence_ends_a_download_that_hangs() {
    let arrived = Mutex::new(0);
    let ended =
        tokio::time::timeout(Duration::from_secs(60), silence(&arrived, Duration::from_millis(5))).await;
    assert!(ended.is_ok());
}
