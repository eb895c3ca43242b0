//! The limits that a reader sets itself before it sees a byte. They are hard ones, which nothing lifts again.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, setrlimit};

/// How much memory a reader may have, in bytes, and how long a processor, in seconds.
#[cfg(unix)]
const MEMORY: u64 = 1024 * 1024 * 1024;
pub(super) const PROCESSOR: u64 = 20;

/// Sets them.
///
/// # Errors
/// The system does not keep one of them.
#[cfg(unix)]
pub(super) fn set() -> std::io::Result<()> {
    let limits = [
        (Resource::As, MEMORY),
        (Resource::Cpu, PROCESSOR),
        (Resource::Core, 0),
        // Writes no file, and opens neither file nor connection: its three descriptors are all that it may have.
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
        // Starts no process.
        (Resource::Nproc, 0),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Elsewhere the time limit of whoever started it is the only one.
#[cfg(not(unix))]
pub(super) fn set() -> std::io::Result<()> {
    Ok(())
}
