#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The result of a round of housekeeping.
public struct HousekeepingReport: Sendable {
    /// A video whose handling failed.
    public struct Failure: Sendable {
        /// The identifier of the video.
        public let id: Video.ID
        /// The error that was thrown.
        public let error: any Error
    }

    /// The videos that were handled, in order.
    public var handled: [Video.ID] = []
    /// The videos whose handling failed.
    ///
    /// Their claims are released at the end, so that the next round tries those again that are still due.
    public var failures: [Failure] = []
    /// The videos whose claims ended before they were handled, or while a purge was under way.
    public var lost: [Video.ID] = []
    /// Rows that were due and couldn't be read.
    ///
    /// They stay as they are.
    public var unreadable: [UnreadableRow] = []
}

extension VideoRepository {
    /// Claims videos for housekeeping and handles each of them on its own.
    ///
    /// ```swift
    /// let report = try await repository.performHousekeeping(.stalledUploads(unchangedSince: hourAgo)) { claim in
    ///     try await repository.update(claim.video) { $0.state = .failed(reason: "stalled") }
    /// }
    /// ```
    ///
    /// A failure of one video doesn't stop the others: in its place, another one is claimed, until `limit` videos are
    /// handled or ten times as many were claimed. Claims that remain are extended before the next video when half of
    /// the lease is over, and all claims are released at the end, also when the task is canceled.
    ///
    /// - Parameters:
    ///   - task: The kind of work. For purges, call ``performPurges(deletedBefore:limit:lease:_:)``.
    ///   - limit: The maximum number of videos to handle, 1 to 1,000.
    ///   - lease: The duration of the claims, 1 second to 24 hours. Choose more than twice the time that one video
    ///     takes.
    ///   - handle: A closure that handles one video.
    /// - Returns: The handled videos, the failures and the rows that couldn't be read.
    /// - Throws: The errors of ``claim(_:limit:lease:)`` before the first video, or a `CancellationError`.
    @discardableResult
    public func performHousekeeping(
        _ task: HousekeepingTask, limit: Int = 100, lease: Duration = .seconds(300),
        _ handle: (VideoClaim) async throws -> Void
    ) async throws -> HousekeepingReport {
        var report = HousekeepingReport()
        var held = [VideoClaim]()
        var tried = Set<Video.ID>()
        do {
            repeat {
                let count = limit - report.handled.count
                let batch = try await claim(task, limit: count, lease: lease)
                for row in batch.unreadable where !report.unreadable.contains(row) { report.unreadable.append(row) }
                held += batch.claims
                // Claims of failed videos aren't extended. When one has ended, its video is due again.
                let new = batch.claims.filter { tried.insert($0.video.id).inserted }
                try await handleEach(of: new, lease: lease, into: &report, handle)
                if batch.claims.count < count { break }
            } while report.handled.count < limit && held.count / RepositorySupport.attemptsPerVideo < limit
        } catch {
            await releaseAll(held)
            if Task.isCancelled { throw CancellationError() }
            // What has been handled is reported. The next call meets the error again.
            if held.isEmpty { throw error }
            return report
        }
        await releaseAll(held)
        return report
    }

    /// Removes videos for good that were deleted before a date, and their objects.
    ///
    /// ```swift
    /// let purged = try await repository.performPurges(deletedBefore: monthAgo) { order in
    ///     for key in order.keys { print("delete the object \(key) here") }
    /// }
    /// ```
    ///
    /// Each video is claimed, its purge is started, your closure deletes its objects, and its row is removed. If a
    /// worker dies in between, the video can't be restored, and another worker finishes its purge when the lease ends.
    /// So your closure must accept objects that are gone already. If the database refuses to remove a row because a row
    /// of your app refers to it, the video is among the failures, with a ``CatalogError`` of the code `purgeRefused`.
    ///
    /// - Parameters:
    ///   - date: The date before which the videos were deleted.
    ///   - limit: The maximum number of videos to purge, 1 to 1,000. See ``performHousekeeping(_:limit:lease:_:)``.
    ///   - lease: The duration of the claims, 1 second to 24 hours. Choose more than twice the time that one video
    ///     takes.
    ///   - deleteObjects: A closure that deletes the objects with the keys of an order, and no others.
    /// - Returns: The removed videos, the failures and the rows that couldn't be read.
    /// - Throws: The errors of ``performHousekeeping(_:limit:lease:_:)``.
    @discardableResult
    public func performPurges(
        deletedBefore date: Date, limit: Int = 100, lease: Duration = .seconds(300),
        _ deleteObjects: (PurgeOrder) async throws -> Void
    ) async throws -> HousekeepingReport {
        try await performHousekeeping(.purges(deletedBefore: date), limit: limit, lease: lease) { claim in
            let start = try await startPurge([claim])
            if let row = start.unreadable.first { throw CatalogError.corruptRow(row) }
            guard let order = start.orders.first else { throw ClaimLost() }
            try await deleteObjects(order)
            let result = try await purge(.claimed([order.claim]))
            if let row = result.unreadable.first { throw CatalogError.corruptRow(row) }
            if let row = result.refused.first { throw CatalogError.purgeRefused(row) }
            guard !result.videos.isEmpty else { throw ClaimLost() }
        }
    }

    private func handleEach(
        of claims: [VideoClaim], lease: Duration, into report: inout HousekeepingReport,
        _ handle: (VideoClaim) async throws -> Void
    ) async throws {
        var waiting = claims[...]
        var leaseStart = ContinuousClock.now
        while let first = waiting.first {
            try Task.checkCancellation()
            if ContinuousClock.now - leaseStart >= lease / 2 {
                leaseStart = ContinuousClock.now
                do {
                    let renewed = try await renew(Array(waiting), lease: lease)
                    let held = Set(renewed.map(\.video.id))
                    report.lost += waiting.map(\.video.id).filter { !held.contains($0) }
                    waiting = renewed[...]
                } catch {
                    report.failures += waiting.map { .init(id: $0.video.id, error: error) }
                    throw error
                }
                continue
            }
            waiting.removeFirst()
            do {
                try await handle(first)
                report.handled.append(first.video.id)
            } catch is ClaimLost {
                report.lost.append(first.video.id)
            } catch is LeftForLater {
                // Another video takes its place.
            } catch {
                if Task.isCancelled { throw error }
                report.failures.append(.init(id: first.video.id, error: error))
            }
        }
    }

    /// Releases claims even if the task is canceled.
    ///
    /// Those that can't be released end with their lease.
    private func releaseAll(_ claims: [VideoClaim]) async {
        await Task {
            let size = RepositorySupport.Limits.batchSize
            for start in stride(from: 0, to: claims.count, by: size) {
                try? await release(Array(claims[start..<min(start + size, claims.count)]))
            }
        }.value
    }
}

/// A claim that ended before its video was handled.
private struct ClaimLost: Error {}

/// A video that is due and with which nothing can be done now.
struct LeftForLater: Error {}
