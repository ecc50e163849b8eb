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

/// A catalog whose calls can fail, before or after they are performed.
struct TroubledCatalog: VideoRepository {
    let catalog: any VideoRepository
    let log: CallLog

    private func call<Result: Sendable>(
        _ name: String, isChange: Bool = true, _ body: () async throws -> Result
    ) async throws -> Result {
        switch log.note("catalog.\(name)") {
        case nil: return try await body()
        case .refused?, .deathBefore?: throw CatalogError(.unavailable, "Refused by the test.")
        case .lostResponse?, .deathAfter?:
            _ = try await body()
            throw CatalogError(isChange ? .outcomeUnknown : .unavailable, "Lost by the test.")
        }
    }

    func insert(_ video: NewVideo, within limits: UploadLimits) async throws -> Video {
        try await call("insert") { try await catalog.insert(video, within: limits) }
    }
    func uploadUsage(of user: UserID) async throws -> UploadUsage {
        try await call("usage", isChange: false) { try await catalog.uploadUsage(of: user) }
    }
    func video(id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        try await call("video", isChange: false) {
            try await catalog.video(id: id, includingDeleted: includingDeleted)
        }
    }
    func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> VideoBatch {
        try await catalog.videos(ids: ids, includingDeleted: includingDeleted)
    }
    func video(objectKey: String) async throws -> Video? { try await catalog.video(objectKey: objectKey) }
    func videos(objectKeys: [String], includingDeleted: Bool) async throws -> VideoBatch {
        try await catalog.videos(objectKeys: objectKeys, includingDeleted: includingDeleted)
    }
    func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await call("update") { try await catalog.update(id, expecting: version, changes) }
    }
    func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        try await catalog.videos(matching: query, page: page)
    }
    func count(matching query: VideoQuery) async throws -> Int { try await catalog.count(matching: query) }
    func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await call("delete") { try await catalog.delete(id, expecting: version) }
    }
    func restore(_ id: Video.ID) async throws -> Video { try await catalog.restore(id) }
    func purge(_ selection: PurgeSelection) async throws -> PurgeResult { try await catalog.purge(selection) }
    func startPurge(_ claims: [VideoClaim]) async throws -> PurgeStart { try await catalog.startPurge(claims) }
    func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> ClaimBatch {
        try await catalog.claim(task, limit: limit, lease: lease)
    }
    func renew(_ claims: [VideoClaim], lease: Duration) async throws -> [VideoClaim] {
        try await catalog.renew(claims, lease: lease)
    }
    func release(_ claims: [VideoClaim]) async throws { try await catalog.release(claims) }
}
#endif
