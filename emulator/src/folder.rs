//! Folders and files of the emulator on disk.

#[cfg(unix)]
use std::fs::File;
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The folders in which new folders were created.
#[must_use = "a power failure can remove a new folder whose name is not synced"]
pub(crate) struct Parents(Vec<PathBuf>);

impl Parents {
    /// Syncs the names of the new folders.
    pub(crate) fn sync(self) {
        for parent in self.0 {
            // Not every parent can be opened. Then a power failure can remove the new folder.
            let _ = sync_folder(if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                &parent
            });
        }
    }
}

/// Creates a folder that only its owner can read, because it will contain unencrypted keys. Takes
/// the access of others away from a folder that exists.
pub(crate) fn private_folder(folder: &Path) -> io::Result<Parents> {
    let ancestors = folder.ancestors();
    let missing = ancestors.take_while(|folder| is_missing(folder));
    let parents = missing.filter_map(Path::parent);
    let parents = Parents(parents.map(Path::to_owned).collect());
    private_part(folder)?;
    Ok(parents)
}

/// As [`private_folder`], for a part of a folder that the caller syncs.
pub(crate) fn private_part(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    make_private(folder)
}

fn is_missing(folder: &Path) -> bool {
    !folder.as_os_str().is_empty() && !folder.exists()
}

/// Options to create a file that only its owner can read.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes the access of others away from a file or folder. A folder with the sticky bit, such as
/// `/tmp`, is shared on purpose. A folder of another user stays as it is.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    const OTHERS: u32 = 0o077;
    const STICKY: u32 = 0o1000;
    let mode = metadata(path)?.permissions().mode();
    if mode & OTHERS == 0 || mode & STICKY != 0 {
        return Ok(());
    }
    match set_permissions(path, Permissions::from_mode(mode & 0o7700)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

/// Other systems give new files the access rights of their folder.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
pub(crate) fn make_private(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Syncs the names in a folder to the disk, so that new and renamed files survive a power cut.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems cannot open a folder to sync it.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
