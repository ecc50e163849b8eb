#if Storage
import R2Storage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension StateFile {
    /// Performs a transfer, unless another process performs one with the same state file.
    ///
    /// The lock is a file beside the state file, which the system unlocks when the process ends. There is none in a
    /// folder that can't be written, or on a file system without locks.
    func whileLocked(_ transfer: () async throws -> Void) async throws {
        let name = ".r2-\(Self.hash(of: LocalPath(bytes: path.lastComponent))).lock"
        let lock = LocalPath(bytes: path.folder.bytes + Array(name.utf8))
        let descriptor = try acquire(lock)
        defer {
            if let descriptor {
                // Before the lock ends: afterward, the file could be another process's.
                Paths.remove(lock)
                close(descriptor)
            }
        }
        try await transfer()
    }

    /// Returns the descriptor of the locked file, or `nil` if there can't be one.
    private func acquire(_ lock: LocalPath) throws -> Int32? {
        for _ in 0..<100 {
            // Never through a link that another user made.
            let descriptor = try lock.withSystemPath { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
            guard descriptor >= 0 else { return nil }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let isHeld = errno == EWOULDBLOCK
                close(descriptor)
                guard isHeld else {
                    Paths.remove(lock)
                    return nil
                }
                throw Failure(
                    "Another r2 transfers this file with the state file \(path.printable): wait until it ends, or "
                        + "choose another folder with --state-folder.",
                    status: ExitStatus.tryAgain)
            }
            // The process that had the lock may have removed the file since it was opened.
            var opened = stat()
            var named = stat()
            if fstat(descriptor, &opened) == 0, try lock.withSystemPath({ lstat($0, &named) }) == 0,
                opened.st_ino == named.st_ino, opened.st_dev == named.st_dev
            {
                return descriptor
            }
            close(descriptor)
        }
        return nil
    }
}
#endif
