#if Storage
import Dispatch
import Synchronization

#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A handler for SIGINT (Ctrl-C) and SIGTERM.
///
/// The first signal cancels the work. The second one ends the process immediately.
final class Interruption: Sendable {
    private let caught = Mutex<Int32?>(nil)

    /// The exit status of the interrupted process, or `nil` if there was no signal.
    var status: Int32? { caught.withLock { $0 }.map { 128 + $0 } }

    /// Runs the work, and cancels it when a signal arrives.
    func cancellingOnSignal<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
        let task = Task { await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isFirst = self.caught.withLock { caught in
                    defer { caught = caught ?? number }
                    return caught == nil
                }
                guard isFirst else { _exit(128 + number) }
                task.cancel()
            }
            source.resume()
            return source
        }
        let value = await task.value
        for source in sources { source.cancel() }
        return value
    }
}
#endif
