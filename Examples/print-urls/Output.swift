#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The command's output, which is either written whole or reported as failed.
enum Output {
    /// Writes a line to standard output.
    ///
    /// If the reader has closed a pipe, the command ends quietly, as other Unix commands do.
    /// - Parameter text: The line, without its end.
    /// - Throws: A ``Failure`` if not all of it could be written, such as to a full disk.
    static func print(_ text: String) throws {
        let error = write(text, to: STDOUT_FILENO)
        guard error != 0 else { return }
        if error == EPIPE {
            // The program that started this one may have turned the signal off.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        throw Failure(description: "Can't write to standard output: \(String(cString: strerror(error))).")
    }

    /// Writes a line to standard error.
    static func warn(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Writes a line at once, without a buffer whose rest would be written at the exit, where nobody checks it.
    /// - Returns: The error number. Zero if everything was written.
    private static func write(_ text: String, to file: Int32) -> Int32 {
        let bytes = Array((text + "\n").utf8)
        return bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                #if canImport(Darwin)
                let count = Darwin.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #elseif canImport(Musl)
                let count = Musl.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #else
                let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #endif
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    // Another program may have set the terminal or pipe to return at once.
                    var descriptor = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&descriptor, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}
