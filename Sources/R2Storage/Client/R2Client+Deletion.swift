#if Storage
public import R2Kit

/// What became of one of many objects that were to be deleted.
public struct R2Deletion: Sendable, Hashable {
    /// The object.
    public let key: ObjectKey
    /// Why it could not be deleted; `nil` if there is nothing under the key any more.
    public let error: R2Error?

    /// Whether there is nothing under the key any more.
    public var isDeleted: Bool { error == nil }
}

extension R2Client {
    /// Deletes objects, a thousand with a request; that there is none under a key is no error.
    ///
    /// Keys whose deletion failed for a reason that passes are sent again, as the retry policy says.
    /// - Parameter keys: The objects, any number.
    /// - Returns: What became of each, in the order of the keys: look at the errors.
    /// - Throws: As ``send(_:body:)`` does if a whole request fails. Some of the objects may have been deleted then.
    public func deleteObjects(_ keys: [ObjectKey]) async throws -> [R2Deletion] {
        let client = try admitted()
        var deletions: [R2Deletion] = []
        deletions.reserveCapacity(keys.count)
        for start in stride(from: 0, to: keys.count, by: DeleteObjects.maximumCount) {
            let end = min(start + DeleteObjects.maximumCount, keys.count)
            deletions += try await client.deleteBatch(Array(keys[start..<end]))
        }
        return deletions
    }

    /// Deletes objects as their keys come, a thousand with a request.
    ///
    /// ```swift
    /// let old = client.list(prefix: "tmp/").map(\.key)
    /// try await client.deleteObjects(old) { if let error = $0.error { print(error) } }
    /// ```
    /// - Parameters:
    ///   - keys: The objects, any number.
    ///   - report: Is told what became of each, in the order of the keys.
    /// - Returns: How many could not be deleted.
    /// - Throws: As ``send(_:body:)`` does if a whole request fails, and what `keys` and `report` throw. Some of the
    ///   objects may have been deleted then.
    @discardableResult
    public func deleteObjects<Keys: AsyncSequence>(
        _ keys: Keys, report: (R2Deletion) async throws -> Void = { _ in }
    ) async throws -> Int where Keys.Element == ObjectKey {
        let client = try admitted()
        var failures = 0
        var batch: [ObjectKey] = []
        func deleteThem() async throws {
            for deletion in try await client.deleteBatch(batch) {
                if !deletion.isDeleted { failures += 1 }
                try await report(deletion)
            }
            batch = []
        }
        for try await key in keys {
            batch.append(key)
            if batch.count == DeleteObjects.maximumCount { try await deleteThem() }
        }
        if !batch.isEmpty { try await deleteThem() }
        return failures
    }

    /// Deletes up to a thousand objects.
    private func deleteBatch(_ keys: [ObjectKey]) async throws -> [R2Deletion] {
        // By strings, which are equal in all spellings: R2 may answer another one than it was asked about. Where one
        // spelling failed, the other is not called deleted.
        var errors: [String: R2Error] = [:]
        var open = keys
        if (try? DeleteObjects(keys).request()) == nil {
            // XML cannot hold some control characters: keys with one are deleted one by one.
            open = keys.filter { (try? DeleteObjects([$0]).request()) != nil }
            for key in keys where (try? DeleteObjects([key]).request()) == nil {
                do { try await delete(key) } catch let error as R2Error { errors[key.rawValue] = error }
            }
        }
        var tries = 0
        while !open.isEmpty {
            tries += 1
            let output = try await send(DeleteObjects(open))
            for key in open { errors[key.rawValue] = nil }
            for key in output.unconfirmed {
                errors[key.rawValue] = R2Error(
                    .invalidResponse, "the answer does not say what became of the object",
                    operation: DeleteObjects.name, key: key)
            }
            for failure in output.failures { if let key = failure.key { errors[key.rawValue] = failure } }
            open = open.filter { errors[$0.rawValue].map { $0.isRetryable || $0.code == .invalidResponse } ?? false }
            guard !open.isEmpty, try await pauses(beforeRetry: tries) else { break }
        }
        return keys.map { R2Deletion(key: $0, error: errors[$0.rawValue]) }
    }

    /// Waits before some keys are sent again; `false` if they are not to be.
    private func pauses(beforeRetry retry: Int) async throws -> Bool {
        let policy = core.configuration.retry
        guard retry < policy.maximumAttempts, core.budget.take(),
            let delay = policy.delay(beforeRetry: retry, chance: core.surroundings.random(), retryAfter: nil)
        else { return false }
        core.telemetry.meters(of: DeleteObjects.name)?.retried()
        try await core.surroundings.pause(delay)
        return true
    }
}
#endif
