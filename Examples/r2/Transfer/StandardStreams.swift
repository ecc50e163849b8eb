#if Storage
import Dispatch
import R2Storage

#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard input and output as the ends of a transfer.
///
/// Both wait for the other program on a thread of their own, and notice within a moment that the task was cancelled.
enum StandardStreams {
    private static let queue = DispatchQueue(label: "r2.standard-streams", attributes: .concurrent)
    /// The time in milliseconds after which a wait checks for cancellation.
    private static let waitLimit: Int32 = 100

    /// The bytes of standard input, which can be read once.
    struct Input: AsyncSequence, Sendable {
        typealias Element = [UInt8]

        struct AsyncIterator: AsyncIteratorProtocol {
            mutating func next() async throws -> [UInt8]? {
                while true {
                    try Task.checkCancellation()
                    if let bytes = try await onThread(readNow) { return bytes.isEmpty ? nil : bytes }
                }
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
    }

    /// Reads what is there, or returns `nil` if nothing arrived in time.
    private static func readNow() throws -> [UInt8]? {
        guard isReady(STDIN_FILENO, POLLIN) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 262_144)
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count >= 0 { return Array(buffer[..<count]) }
        guard errno == EINTR || errno == EAGAIN else {
            throw Failure(
                "Can't read from standard input: \(String(cString: strerror(errno))).", status: ExitStatus.noInput)
        }
        return nil
    }

    /// Writes bytes to standard output.
    static func write(_ bytes: [UInt8]) async throws {
        var status = stat()
        let isFile = fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        if isFile { return try await onThread { try Output.write(bytes) } }
        // A pipe that is ready takes at least this many bytes without waiting.
        let length = 4096
        var position = 0
        while position < bytes.count {
            try Task.checkCancellation()
            position = try await onThread { [position] in
                var position = position
                while position < bytes.count, isReady(STDOUT_FILENO, POLLOUT) {
                    let end = min(position + length, bytes.count)
                    try Output.write(Array(bytes[position..<end]))
                    position = end
                }
                return position
            }
        }
    }

    private static func isReady(_ descriptor: Int32, _ event: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return systemPoll(&poll, waitLimit) > 0
    }

    private static func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}

private func systemPoll(_ descriptor: inout pollfd, _ limit: Int32) -> Int32 { poll(&descriptor, 1, limit) }
#endif
