#if Delivery && Emulator
import R2Kit
import Synchronization
import VideoCatalog

@testable import R2Emulator

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Trouble at one of the calls that an operation makes, to the catalog or to R2.
struct Trouble: Sendable, Hashable, CustomStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
        /// The call isn't performed, and the operation sees an error.
        case refused
        /// The call is performed, and the operation sees an error.
        case lostResponse
        /// The process dies before the call.
        case deathBefore
        /// The process dies after the call was performed.
        case deathAfter

        var isPerformed: Bool { self == .lostResponse || self == .deathAfter }
        var isDeath: Bool { self == .deathBefore || self == .deathAfter }
    }

    let kind: Kind
    /// The number of the call, from 1.
    let call: Int

    var description: String { "\(kind) at call \(call)" }
}

/// The calls that an operation makes, one after the other, and the trouble among them.
final class CallLog: Sendable {
    private struct State {
        var calls: [String] = []
        var trouble: Trouble?
        var isWatching = false
        /// The trouble of the request that arrived last.
        var request: Trouble.Kind?
    }

    private let state = Mutex(State())

    /// The names of the calls since ``watch(_:)``, such as `catalog.update` and `CopyObject`.
    var calls: [String] { state.withLock { $0.calls } }

    /// Notes calls from now on, and has trouble at one of them.
    func watch(_ trouble: Trouble?) { state.withLock { $0 = State(trouble: trouble, isWatching: true) } }

    /// Stops, and lets everything work again.
    func stop() { state.withLock { $0.isWatching = false } }

    /// Notes a call.
    ///
    /// - Returns: The trouble at this call. After a death, every call is refused.
    func note(_ name: String) -> Trouble.Kind? {
        state.withLock { state in
            guard state.isWatching else { return nil }
            state.calls.append(name)
            guard let trouble = state.trouble, state.calls.count >= trouble.call else { return nil }
            if state.calls.count == trouble.call { return trouble.kind }
            return trouble.kind.isDeath ? .deathBefore : nil
        }
    }

    /// Notes the requests that an emulator receives, and has trouble with them.
    func attach(to emulator: R2Emulator) {
        // The first target that is asked notes the request, and the second one looks at what it noted.
        emulator.inject(
            .lostResponse, count: .max,
            into: R2Emulator.FaultTarget { operation, _, _ in
                let kind = self.note(operation ?? "unknown")
                self.state.withLock { $0.request = kind }
                return kind?.isPerformed == true
            })
        emulator.inject(
            .droppedConnection, count: .max,
            into: R2Emulator.FaultTarget { _, _, _ in self.state.withLock { $0.request }?.isPerformed == false })
    }
}

/// Trouble with the calls to a catalog.
struct CatalogTrouble: CatalogInterceptor {
    /// The names of the calls that uploads make.
    static let ofUploads: Set<String> = ["insert", "usage", "video", "update", "delete"]

    let log: CallLog
    /// The names of the calls that are noted and can fail, or `nil` for all.
    let names: Set<String>?

    func call<Result: Sendable>(
        _ name: String, isChange: Bool, _ body: () async throws -> Result
    ) async throws -> Result {
        guard names?.contains(name) ?? true else { return try await body() }
        switch log.note("catalog.\(name)") {
        case nil: return try await body()
        case .refused?, .deathBefore?: throw CatalogError(.unavailable, "Refused by the test.")
        case .lostResponse?, .deathAfter?:
            _ = try await body()
            throw CatalogError(isChange ? .outcomeUnknown : .unavailable, "Lost by the test.")
        }
    }
}
#endif
