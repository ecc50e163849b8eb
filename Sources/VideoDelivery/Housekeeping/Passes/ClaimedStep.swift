#if Delivery
internal import VideoCatalog

/// The result of handling one item.
enum ItemResult {
    /// The item was handled.
    case done
    /// The item is left for a later pass.
    case skipped
    /// The item isn't due yet, and no later one in the batch is.
    case notDue
}

/// An item that another worker handles by now.
struct ClaimLost: Error {}

extension VideoHousekeeping {
    /// Claims the videos that are due for a task in batches, and handles each of them on its own.
    ///
    /// Videos that are skipped or fail stay claimed until the end of the step, so that the next batch contains others.
    /// They don't count as handled: otherwise many of them would end each pass at the same place.
    /// Claims that remain are extended when half of the lease is over. All claims are released at the end, also when
    /// the task is canceled.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - report: The report that receives the results.
    ///   - handle: A closure that handles one video.
    /// - Throws: The errors of the catalog's claims, or a `CancellationError`.
    func handleClaims(
        _ task: HousekeepingTask, into report: inout HousekeepingPass.StepReport,
        _ handle: (VideoClaim) async throws -> ItemResult
    ) async throws {
        var held: [VideoClaim] = []
        do {
            var isOver = false
            while !isOver {
                let room = options.itemsPerStep - report.done
                guard room > 0, held.count / RepositorySupport.attemptsPerVideo < options.itemsPerStep else {
                    report.hasMore = true
                    break
                }
                let limit = max(1, min(room, options.batchSize, 1000))
                let batch = try await catalog.claim(task, limit: limit, lease: options.lease)
                for row in batch.unreadable where !report.unreadable.contains(row) { report.unreadable.append(row) }
                if batch.claims.isEmpty { break }
                held += batch.claims
                isOver = try await handleBatch(batch.claims, into: &report, handle)
            }
        } catch {
            await releaseAll(held)
            throw error
        }
        await releaseAll(held)
    }

    /// Handles the videos of one batch.
    ///
    /// - Returns: `true` if the remaining videos aren't due yet.
    private func handleBatch(
        _ claims: [VideoClaim], into report: inout HousekeepingPass.StepReport,
        _ handle: (VideoClaim) async throws -> ItemResult
    ) async throws -> Bool {
        var waiting = claims[...]
        var leaseStart = ContinuousClock.now
        while let claim = waiting.first {
            try Task.checkCancellation()
            if ContinuousClock.now - leaseStart >= options.lease / 2 {
                leaseStart = ContinuousClock.now
                let renewed = try await catalog.renew(Array(waiting), lease: options.lease)
                report.skipped += waiting.count - renewed.count
                waiting = renewed[...]
                continue
            }
            waiting.removeFirst()
            guard try await handleItem("\(claim.video.id)", into: &report, { try await handle(claim) }) else {
                return true
            }
        }
        return false
    }

    /// Handles one item and adds the result to a report.
    ///
    /// - Returns: `false` if neither this item nor the following ones are due.
    /// - Throws: A `CancellationError`. Other errors are reported.
    func handleItem(
        _ item: String, into report: inout HousekeepingPass.StepReport, _ handle: () async throws -> ItemResult
    ) async throws -> Bool {
        let name = "\(report.step) \(item)"
        guard !state.isPausing(name, at: uploads.clock()) else {
            report.skipped += 1
            return true
        }
        do {
            switch try await handle() {
            case .done:
                report.done += 1
                telemetry.itemDone(item, report.step)
            case .skipped: report.skipped += 1
            case .notDue: return false
            }
            state.succeeded(name)
        } catch is ClaimLost {
            report.skipped += 1
        } catch {
            if Task.isCancelled { throw CancellationError() }
            report.failures.append(HousekeepingPass.Failure(item: item, error: error))
            state.failed(
                name, at: uploads.clock(), delay: options.failureDelay, maximum: options.maximumFailureDelay)
            telemetry.itemFailed(item, report.step, error)
        }
        return true
    }

    /// Releases claims even if the task is canceled.
    ///
    /// Those that can't be released end with their lease.
    private func releaseAll(_ claims: [VideoClaim]) async {
        let catalog = catalog
        await Task {
            for start in stride(from: 0, to: claims.count, by: 1000) {
                try? await catalog.release(Array(claims[start..<min(start + 1000, claims.count)]))
            }
        }.value
    }
}
#endif
