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

/// Turns Ctrl-C, and a request to end, into the cancellation of the work.
///
/// The first signal has the work end in order; a second one ends the process at once.
final class Interruption: Sendable {
    private let caught = Mutex<Int32?>(nil)

    /// The exit status of an interrupted process; `nil` if there was no signal.
    var status: Int32? { caught.withLock { $0 }.map { 128 + $0 } }

    /// Does the work, and cancels it at a signal.
    func watching<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
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
