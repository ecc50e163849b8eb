import Foundation
import Synchronization

/// A process that the tests start.
///
/// On Linux, Foundation's `Process` can miss the end of a process: it learns of it from a socket, which a server that
/// was started at the same time may inherit and keep open.
final class ChildProcess: Sendable {
    let processIdentifier: pid_t
    private let state = Mutex(State())

    private struct State {
        var status: Int32?
        var waiters: [@Sendable (Int32) -> Void] = []
    }

    /// Starts a process that reads nothing.
    /// - Parameters:
    ///   - program: The program's path.
    ///   - arguments: The arguments, without the program's name.
    ///   - environment: All environment variables, or `nil` for those of the tests.
    ///   - directory: The working directory, or `nil` for that of the tests.
    ///   - output: The file for the output, or `nil` for that of the tests.
    ///   - errors: The file for the error output, or `nil` for that of the tests.
    /// - Throws: An error if the program can't be started.
    init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, directory: URL? = nil,
        output: FileHandle? = nil, errors: FileHandle? = nil
    ) throws {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        if let output { posix_spawn_file_actions_adddup2(&actions, output.fileDescriptor, STDOUT_FILENO) }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors.fileDescriptor, STDERR_FILENO) }
        // NIO's sockets are inherited. A connection that a test closes would stay open as long as a server runs that
        // was started meanwhile, and its other end would wait for a response.
        #if canImport(Glibc)
        // Glibc has this function since version 2.34, but Swift's module of it leaves it out.
        typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        if let function = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") {
            _ = unsafeBitCast(function, to: AddCloseFrom.self)(&actions, 3)
        }
        #elseif canImport(Darwin)
        if output == nil { posix_spawn_file_actions_addinherit_np(&actions, STDOUT_FILENO) }
        if errors == nil { posix_spawn_file_actions_addinherit_np(&actions, STDERR_FILENO) }
        #endif
        // The tests ignore SIGPIPE, and programs would inherit that.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        #if canImport(Darwin)
        let inheritance = POSIX_SPAWN_CLOEXEC_DEFAULT
        #else
        let inheritance: Int32 = 0
        #endif
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP | inheritance
        posix_spawnattr_setflags(&attributes, Int16(flags))

        // No function of all systems changes the folder of the new process.
        let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\""]
        let words = (directory.map { shell + [$0.path] } ?? []) + [program] + arguments
        let variables = environment ?? ProcessInfo.processInfo.environment
        var child: pid_t = 0
        let result = Self.withStrings(words) { words in
            Self.withStrings(variables.map { "\($0.key)=\($0.value)" }) { variables in
                posix_spawn(&child, directory == nil ? program : shell[0], &actions, &attributes, words, variables)
            }
        }
        guard result == 0 else {
            throw TestSupportError("Can't start \(program): \(String(cString: strerror(result))).")
        }
        let identifier = child
        processIdentifier = identifier
        // A thread of its own, because it blocks until the process ends.
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
            // The lower seven bits are the signal, the next eight the exit status.
            let signal = status & 0x7f
            end(with: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
        }
    }

    /// The exit status, or 128 plus the signal's number if a signal ended the process.
    ///
    /// It is `nil` while the process runs.
    var status: Int32? { state.withLock { $0.status } }

    /// Waits until the process ends, and returns its status.
    func wait() async -> Int32 {
        await withCheckedContinuation { continuation in whenEnded { continuation.resume(returning: $0) } }
    }

    /// Blocks the thread until the process ends.
    func waitBlocking() {
        let semaphore = DispatchSemaphore(value: 0)
        whenEnded { _ in semaphore.signal() }
        semaphore.wait()
    }

    /// Sends a signal, unless the process is known to have ended.
    func send(signal: Int32) {
        state.withLock { if $0.status == nil { _ = kill(processIdentifier, signal) } }
    }

    private func whenEnded(_ body: @escaping @Sendable (Int32) -> Void) {
        let status = state.withLock { state in
            if state.status == nil { state.waiters.append(body) }
            return state.status
        }
        if let status { body(status) }
    }

    private func end(with status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter(status) }
    }

    private static func withStrings(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        var pointers = strings.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // There is always the nil at the end.
            buffer.baseAddress.map(body) ?? EINVAL
        }
    }
}
