//! The `bpdoc` program: arguments in, exit code out.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A graph is many small boxes that several threads make: mimalloc hands them out faster than the allocators of glibc
/// and musl do.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    keep_pages_small();
    bpdoc::cli::run(std::env::args_os())
}

/// Memory is asked for and given back many times in a build. In huge pages each of these times clears two megabytes, of which
/// most are never used. Where the system does not listen, all is as it was.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
