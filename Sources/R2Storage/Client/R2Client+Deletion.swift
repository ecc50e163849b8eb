#if Storage
public import R2Kit

/// The result of deleting one of many objects.
public struct DeletionResult: Sendable, Hashable {
    /// The object's key.
    public let key: ObjectKey
    /// The reason why the object couldn't be deleted, or `nil` if no object exists under the key anymore.
    public let error: R2Error?

    /// A Boolean value that indicates whether no object exists under the key anymore.
    public var isDeleted: Bool { error == nil }
}

extension R2Client {
    /// Deletes objects, up to 1,000 per request.
    ///
    /// Keys without an object count as deleted.
    ///
    /// Keys whose deletion failed for a transient reason are sent again, as the retry policy allows.
    /// - Parameter keys: The keys of the objects, in any number.
    /// - Returns: One result per key, in the order of `keys`. Check the errors.
    /// - Throws: See ``send(_:body:)``. Thrown if a whole request fails, when some objects may have been deleted
    ///   already.
    public func deleteObjects(_ keys: [ObjectKey]) async throws -> [DeletionResult] {
        let client = try admitted()
        var results: [DeletionResult] = []
        results.reserveCapacity(keys.count)
        for start in stride(from: 0, to: keys.count, by: DeleteObjects.maximumCount) {
            let end = min(start + DeleteObjects.maximumCount, keys.count)
            results += try await client.deleteBatch(Array(keys[start..<end]))
        }
        return results
    }

    /// Deletes objects as their keys arrive, up to 1,000 per request.
    ///
    /// ```swift
    /// let old = client.list(prefix: "tmp/").map(\.key)
    /// try await client.deleteObjects(old) { if let error = $0.error { print(error) } }
    /// ```
    /// - Parameters:
    ///   - keys: The keys of the objects, in any number.
    ///   - report: A closure that receives the result for each key, in the order of `keys`.
    /// - Returns: The number of objects that couldn't be deleted.
    /// - Throws: See ``send(_:body:)``, and any error thrown by `keys` or `report`. Thrown if a whole request fails,
    ///   when some objects may have been deleted already.
    @discardableResult
    public func deleteObjects<Keys: AsyncSequence>(
        _ keys: Keys, report: (DeletionResult) async throws -> Void = { _ in }
    ) async throws -> Int where Keys.Element == ObjectKey {
        let client = try admitted()
        var failures = 0
        var batch: [ObjectKey] = []
        func deleteCurrentBatch() async throws {
            for result in try await client.deleteBatch(batch) {
                if !result.isDeleted { failures += 1 }
                try await report(result)
            }
            batch = []
        }
        for try await key in keys {
            batch.append(key)
            if batch.count == DeleteObjects.maximumCount { try await deleteCurrentBatch() }
        }
        if !batch.isEmpty { try await deleteCurrentBatch() }
        return failures
    }

    /// Deletes up to 1,000 objects.
    private func deleteBatch(_ keys: [ObjectKey]) async throws -> [DeletionResult] {
        // Strings compare equal in all Unicode forms, and R2 may return another form than the one it was sent. If
        // the deletion of one form failed, the other one isn't reported as deleted.
        var errors: [String: R2Error] = [:]
        var remaining = keys
        if (try? DeleteObjects(keys).request()) == nil {
            // XML can't represent some control characters. Keys that contain one are deleted one at a time.
            remaining = keys.filter { (try? DeleteObjects([$0]).request()) != nil }
            for key in keys where (try? DeleteObjects([key]).request()) == nil {
                do { try await delete(key) } catch let error as R2Error { errors[key.rawValue] = error }
            }
        }
        var attempts = 0
        while !remaining.isEmpty {
            attempts += 1
            let output = try await send(DeleteObjects(remaining))
            for key in remaining { errors[key.rawValue] = nil }
            for key in output.unconfirmed {
                errors[key.rawValue] = R2Error(
                    .invalidResponse, "The response doesn't say whether the object was deleted.",
                    operation: DeleteObjects.name, key: key)
            }
            for failure in output.failures { if let key = failure.key { errors[key.rawValue] = failure } }
            remaining = remaining.filter {
                errors[$0.rawValue].map { $0.isRetryable || $0.code == .invalidResponse } ?? false
            }
            guard !remaining.isEmpty, try await core.pauseIfAllowed(beforeRetry: attempts, of: DeleteObjects.name)
            else { break }
        }
        return keys.map { DeletionResult(key: $0, error: errors[$0.rawValue]) }
    }
}
#endif
