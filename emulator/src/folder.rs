//! Folders of the emulator on disk.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Creates a folder that only its owner can read, because it will contain unencrypted keys.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
