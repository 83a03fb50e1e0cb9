//! The `bpdoc` program: arguments in, exit code out.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A graph is many small boxes that several threads make: mimalloc hands them out faster than the allocators of glibc
/// and musl do.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    bpdoc::cli::run(std::env::args_os())
}
