#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard output, which has the results.
///
/// Every write is checked. If the reader has gone, as in `r2 ls | head -1`, the process ends at once and without a
/// message, like other tools. Any other failure is thrown.
enum Output {
    /// A failure to write to standard output.
    struct WriteError: Error {
        /// The system's error number.
        let number: Int32
        var message: String { "Can't write to standard output: \(String(cString: strerror(number)))." }
    }

    /// Writes a line.
    static func line(_ text: String) throws { try write(Array((text + "\n").utf8)) }

    /// Writes bytes.
    static func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // The other side made the pipe or terminal non-blocking.
                var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                _ = poll(&descriptor, 1, -1)
            case EPIPE: endQuietly()
            case let number: throw WriteError(number: number)
            }
        }
    }

    /// Opens standard streams that the parent process closed, so that no connection gets their numbers.
    ///
    /// Writing to them fails, like before.
    static func reserveStandardStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Ends the process as the signal for a closed pipe does.
    private static func endQuietly() -> Never {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        _exit(128 + SIGPIPE)
    }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, start, count)
}
