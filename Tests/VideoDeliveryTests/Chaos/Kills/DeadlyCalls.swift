#if Delivery && Emulator && SQLite && (os(macOS) || os(Linux))
import Foundation
import Synchronization
import Tracing

/// The calls that a process makes to the catalog, to R2 and as a client, and the one before which it dies.
final class DeadlyCalls: CatalogInterceptor {
    private let count = Mutex(0)
    /// The number of the call, from 1, or `nil` if none kills.
    private let deadly: Int?

    init(_ deadly: Int?) { self.deadly = deadly }

    /// The number of calls so far.
    var number: Int { count.withLock { $0 } }

    /// Notes that a call follows.
    func note() {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if number == deadly { Self.die() }
    }

    /// Kills this process, which runs nothing anymore.
    static func die() { kill(getpid(), SIGKILL) }

    func call<Result: Sendable>(
        _ name: String, isChange: Bool, _ body: () async throws -> Result
    ) async throws -> Result {
        note()
        return try await body()
    }
}

/// A tracer that notes each request to R2 before it is sent.
struct DeadlyTracer: Tracer {
    let calls: DeadlyCalls

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> NoOpTracer.NoOpSpan {
        if operationName.hasPrefix("S3.") { calls.note() }
        return NoOpTracer.NoOpSpan(context: context())
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    )
    where Inject.Carrier == Carrier {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {}
}
#endif
