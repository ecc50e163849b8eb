#if Delivery && Emulator
import R2Emulator
import R2Kit
import R2Storage
import VideoCatalog
import VideoDelivery

/// What must hold when everything works again and housekeeping has run.
extension UploadWorld {
    /// Lets time pass and keeps house, until nothing is left to do.
    ///
    /// - Returns: What failed, and the objects that only reconciliation found.
    func settle(_ options: VideoHousekeepingOptions) async throws -> (problems: [String], orphans: [String]) {
        // A row that never goes, because nothing is removed from a bucket whose catalog is empty.
        var other = NewVideo(title: "Other", objectKey: "other", uploadedBy: "other")
        other.state = .expired
        try await catalog.insert(other)
        var options = options
        options.itemsPerStep = 1000
        let housekeeping = housekeeping(options)
        var marks = OrphanMarks()
        var problems: [String] = []
        var orphans: [String] = []
        // The ends of claims, of uploads, of the delays of reconciliation and replaced objects, and of purges.
        for days in [1, 4, 9, 31, 9] {
            turn(by: .seconds(days * 86_400))
            let pass = try await housekeeping.runOnce()
            for report in pass.reports {
                if let error = report.error { problems.append("\(report.step) failed: \(error)") }
                for failure in report.failures {
                    problems.append("\(report.step) of \(failure.item) failed: \(failure.error)")
                }
            }
            let result = try await housekeeping.reconcile(marks, removing: true)
            marks = result.marks
            orphans += result.removed
            if let stop = result.removalStop { problems.append(stop) }
            for file in result.wrongFiles { problems.append("\(file.video) \(file.objectKey) \(file.problem)") }
        }
        return (problems, orphans)
    }

    /// Returns the broken promises about the bucket and the catalog.
    func brokenPromises() async throws -> [String] {
        var problems: [String] = []
        var objects = Set(try await objects())
        var usage = UploadUsage()
        for try await row in catalog.allVideos(matching: VideoQuery(deletion: .any)) {
            if row.isDeleted { problems.append("\(row.id) is deleted and wasn't purged") }
            if row.replacement != nil { problems.append("\(row.id) has an unfinished replacement") }
            if !row.replacedKeys.isEmpty { problems.append("\(row.id) has replaced objects") }
            switch row.state {
            case .ready:
                let file = try await uploads.head(row.objectKey, client)
                if file?.etag.opaqueValue != row.etag || file?.contentLength != row.byteSize {
                    problems.append(
                        "\(row.id) is ready, and its file isn't the pinned one: \(String(describing: file))")
                }
                objects.remove(row.objectKey)
                usage.storedBytes += row.byteSize ?? 0
            case .failed, .expired: break
            case .pendingUpload, .uploading, .verifying: problems.append("\(row.id) is still \(row.state)")
            }
        }
        if try await catalog.uploadUsage(of: Self.user) != usage {
            problems.append("the usage is \(try await catalog.uploadUsage(of: Self.user)) and not \(usage)")
        }
        if !objects.isEmpty { problems.append("objects without a row: \(objects.sorted())") }
        if try await multipartUploads() > 0 { problems.append("a multipart upload is left") }
        return problems
    }
}

extension VideoUploads {
    fileprivate func head(_ key: String, _ client: R2Client) async throws -> ObjectMetadata? {
        do { return try await client.head(ObjectKey(key)) } catch let error as R2Error where error.isNotFound {
            return nil
        }
    }
}

extension ChaosRun {
    /// Lets everything work again, and keeps house.
    func settle() async throws {
        let result = try await world.settle(Self.housekeepingOptions)
        result.problems.forEach(fail)
        trace.append("orphans: \(result.orphans)")
    }

    /// Checks the promises to clients, and those about the bucket and the catalog.
    func check() async throws {
        for problem in try await world.brokenPromises() { fail(problem) }
        for (index, slot) in slots.enumerated() where slot.isAcknowledged && !slot.isDeleted {
            guard let video = slot.upload?.video else { continue }
            guard let row = try await world.catalog.video(id: video), row.state == .ready else {
                fail("slot \(index), the acknowledged video \(video), is lost")
                continue
            }
            let bytes = try await world.bytes(of: row.objectKey)
            if !slot.contents.contains(bytes) { fail("slot \(index), the video \(video), has another file") }
        }
    }
}
#endif
