import Synchronization
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A value that a mutant remembers between calls.
final class Memory<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func with<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        value.withLock { value in
            var copy = value
            let result = body(&copy)
            value = copy
            return result
        }
    }
}

extension InMemoryVideoRepository {
    /// Every row of a query, regardless of pages.
    func all(_ query: VideoQuery) async throws -> [Video] {
        try videos(matching: query, page: .first(1000)).videos
    }

    /// The row, live or deleted.
    func row(_ id: Video.ID) throws -> Video? { try video(id: id, includingDeleted: true) }
}

extension MutantRepository.Operations {
    /// Lists videos by another condition than the query's own.
    mutating func list(
        _ relax: @escaping @Sendable (inout VideoQuery) -> Void,
        _ isListed: @escaping @Sendable (Video, VideoQuery) -> Bool = { _, _ in true }
    ) {
        page = { base, query, request in
            var relaxed = query
            relax(&relaxed)
            let page = try await base.videos(matching: relaxed, page: request)
            return RepositorySupport.makePage(
                from: page.videos.filter { isListed($0, query) }, for: request, order: query.order)
        }
    }

    /// Returns the conflicting row for an insertion that fails with a code.
    mutating func acceptInsertion(refusedAs code: CatalogError.Code) {
        insert = { base, video in try await accepting(code) { try await base.insert(video) } }
    }

    /// Returns the conflicting row for an update that fails with a code.
    mutating func acceptUpdate(refusedAs code: CatalogError.Code) {
        update = { base, id, version, changes in
            try await accepting(code) { try await base.update(id, expecting: version, changes) }
        }
    }

    /// Remembers the newest claim of every video.
    mutating func rememberClaims() -> Memory<[Video.ID: VideoClaim]> {
        let memory = Memory<[Video.ID: VideoClaim]>([:])
        claim = { base, task, limit, lease in
            let batch = try await base.claim(task, limit: limit, lease: lease)
            memory.with { for claim in batch.claims { $0[claim.video.id] = claim } }
            return batch
        }
        return memory
    }
}

/// Returns the conflicting row in place of the error.
func accepting(_ code: CatalogError.Code, _ operation: () async throws -> Video) async throws -> Video {
    do {
        return try await operation()
    } catch let error as CatalogError where error.code == code {
        guard let current = error.current else { throw error }
        return current
    }
}

/// Reports only the first invalid field.
func namingOneField(_ operation: () async throws -> Video) async throws -> Video {
    do {
        return try await operation()
    } catch let error as CatalogError where error.code == .invalidFields {
        throw CatalogError(error.code, error.message, fields: Array(error.fields.prefix(1)))
    }
}

extension Date {
    /// A microsecond later, or earlier.
    func shifted(_ microseconds: Int64) -> Date {
        guard let instant = CatalogTimestamp(clamping: self) else { return self }
        return CatalogTimestamp(microseconds: instant.microseconds + microseconds).date
    }
}
