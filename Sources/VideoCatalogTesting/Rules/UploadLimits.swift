import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let uploadLimits: [ContractRule] = [
        ContractRule(
            "An insertion that reaches a limit is stored, and one that exceeds it is refused with the usage",
            hint: "the limits are ignored, the limit itself is refused, or the wrong sum is compared"
        ) { context in
            let repository = context.repository
            try await context.insert("stored", in: .ready) { $0.byteSize = 100 }
            try await context.insert("open") { $0.byteSize = 30 }
            var usage = UploadUsage(openUploads: 1, openBytes: 30, storedBytes: 100)
            let cases: [(String, enough: UploadLimits, tooLittle: UploadLimits)] = [
                ("open uploads", .init(openUploads: 2), .init(openUploads: 1)),
                ("open bytes", .init(openBytes: 36), .init(openBytes: 35)),
                ("total bytes", .init(totalBytes: 136), .init(totalBytes: 135)),
                (
                    "all limits", .init(openUploads: 2, openBytes: 36, totalBytes: 136),
                    .init(openUploads: 2, openBytes: 36, totalBytes: 0)
                ),
            ]
            for (name, enough, tooLittle) in cases {
                var video = SampleVideos.plain("new")
                video.byteSize = 6
                video.tags = ["new"]
                try await context.expectLimit(usage, "an insertion beyond the limit of \(name)") {
                    try await repository.insert(video, within: tooLittle)
                }
                try context.expect(try await repository.uploadUsage(of: "user"), is: usage, "the usage after it")
                try context.expect(try await context.list(VideoQuery(tags: ["new"])), are: [], "videos after it")
                let inserted = try await repository.insert(video, within: enough)
                try context.expect(try await context.stored(inserted.id), is: inserted, "the row within \(name)")
                try context.expect(
                    try await repository.uploadUsage(of: "user"),
                    is: UploadUsage(openUploads: 2, openBytes: 36, storedBytes: 100), "the usage within \(name)")
                try await repository.delete(inserted.id, expecting: nil)
            }
            var ready = SampleVideos.plain("ready")
            (ready.state, ready.byteSize) = (.ready, 5)
            try await context.expectLimit(usage, "a stored video beyond the limit") {
                try await repository.insert(ready, within: .init(totalBytes: 134))
            }
            try await repository.insert(ready, within: .init(openUploads: 0, openBytes: 0, totalBytes: 135))
            usage.storedBytes += 5
            var failed = SampleVideos.plain("failed")
            failed.state = .failed(reason: "r")
            try await repository.insert(failed, within: .init(openUploads: 0, openBytes: 0, totalBytes: 0))
            try context.expect(try await repository.uploadUsage(of: "user"), is: usage, "the usage at the end")
        },
        ContractRule(
            "The usage of an uploader counts open and stored videos",
            hint: "other states, deleted videos, expired uploads or other uploaders count, or replacements don't"
        ) { context in
            let start = context.clock.now
            var videos = [Video]()
            for (number, kind) in (Video.State.Kind.allCases + Video.State.Kind.allCases).enumerated() {
                for seconds in [nil, 100, 200] as [Int64?] {
                    let video = try await context.insert("\(number)/\(seconds ?? 0)", in: .init(kind: kind)) {
                        $0.uploadedBy = number < 6 ? "\u{E4}" : "a\u{308}"
                        $0.byteSize = seconds == 200 ? nil : Int64(1) << (2 * number)
                        $0.uploadExpiresAt = seconds.map { start.moved(by: .seconds($0)) }
                        if kind == .ready || (kind == .failed && number < 6) {
                            $0.upload = .init(
                                objectKey: "new/\(number)/\(seconds ?? 0)", byteSize: Int64(1) << (30 + number))
                        } else {
                            $0.upload = .init(objectKey: $0.objectKey, byteSize: 1 << 50)
                        }
                    }
                    videos.append(video)
                }
            }
            _ = try await context.insertDeleted("deleted") { ($0.uploadedBy, $0.byteSize) = ("\u{E4}", 1 << 51) }
            let dates = [nil, 100, 200, 201].map { (seconds: Int64?) in
                seconds.map { start.moved(by: .seconds($0)) } ?? context.clock.now
            }
            for date in dates {
                context.clock.set(to: date)
                for user in ["\u{E4}", "a\u{308}"] as [UserID] {
                    let sum = videos.filter { $0.uploadedBy == user }.reduce(UploadUsage()) {
                        $0 + RepositorySupport.usage(of: $1, at: date)
                    }
                    try context.expect(
                        try await context.repository.uploadUsage(of: user), is: sum,
                        "the usage of \(VideoFields.readable(user.rawValue))")
                }
            }
            for user in ["nobody", "", "\0", "\u{E4}\0"] as [UserID] {
                try context.expect(
                    try await context.repository.uploadUsage(of: user), is: UploadUsage(), "the usage of nobody")
            }
            for number in 0..<3 { try await context.insert("huge/\(number)") { $0.byteSize = .max } }
            for number in 0..<2 { try await context.insert("huger/\(number)", in: .ready) { $0.byteSize = .max } }
            let huge = UploadUsage(openUploads: 3, openBytes: .max, storedBytes: .max)
            try context.expect(
                try await context.repository.uploadUsage(of: "user"), is: huge, "the usage of the largest sizes")
            try await context.expectLimit(huge, "an insertion beside the largest sizes") {
                var video = SampleVideos.plain("one more")
                video.byteSize = 1
                return try await context.repository.insert(video, within: .init(totalBytes: .max - 1))
            }
        },
        ContractRule(
            "A limit on bytes needs a size, and no limit is negative",
            hint: "RepositorySupport.checkLimits(_:for:at:) isn't called before anything is stored"
        ) { context in
            let repository = context.repository
            let bytes: [UploadLimits] = [.init(openBytes: 10), .init(totalBytes: 10)]
            for (number, limits) in bytes.enumerated() {
                try await context.expectError(.invalidFields, "an insertion without a size", fields: ["byteSize"]) {
                    try await repository.insert(SampleVideos.plain("k"), within: limits)
                }
                try await context.expectError(.invalidFields, "a replacement without a size", fields: ["upload"]) {
                    var video = SampleVideos.plain("k")
                    (video.state, video.byteSize, video.upload) = (.ready, 1, .init(objectKey: "new"))
                    return try await repository.insert(video, within: limits)
                }
                var failed = SampleVideos.plain("failed/\(number)")
                failed.state = .failed(reason: "r")
                try await repository.insert(failed, within: limits)
            }
            let negative: [UploadLimits] = [.init(openUploads: -1), .init(openBytes: -1), .init(totalBytes: .min)]
            for limits in negative {
                try await context.expectError(.invalidArgument, "an insertion within \(limits)") {
                    var video = SampleVideos.plain("k")
                    video.byteSize = 0
                    return try await repository.insert(video, within: limits)
                }
            }
            try context.expect(try await context.rowCount(), is: 2, "the number of rows afterwards")
            var video = SampleVideos.plain("k")
            try await repository.insert(video, within: .init(openUploads: 1))
            (video.objectKey, video.byteSize) = ("empty", 0)
            try await repository.insert(video, within: .init(openBytes: 0, totalBytes: 0))
        },
        ContractRule(
            "A taken identifier or key is reported before a limit",
            hint: "the usage is compared before the row is inserted, so that a repeated insertion reports the limit"
        ) { context in
            let none = UploadLimits(openUploads: 0)
            let first = try await context.insert("k")
            var video = SampleVideos.plain("k")
            try await context.expectError(.objectKeyTaken, "a taken key beyond the limit", current: first) {
                try await context.repository.insert(video, within: none)
            }
            video.id = first.id
            try await context.expectError(.idTaken, "a repeated insertion beyond the limit", current: first) {
                try await context.repository.insert(video, within: none)
            }
            try context.expect(try await context.stored(first.id), is: first, "the row that was there")
        },
        ContractRule(
            "Insertions at once never exceed a limit, and fill it",
            hint:
                "the usage is read before the insertion without a lock that other insertions for the uploader wait for"
        ) { context in
            let limits: [UploadLimits] = [.init(openUploads: 10), .init(openBytes: 73), .init(totalBytes: 73)]
            for (round, limits) in limits.enumerated() {
                let users = [UserID("user \(round)"), UserID("other \(round)")]
                let outcomes = await context.race(32) { number in
                    var video = SampleVideos.plain("\(round)/\(number)")
                    video.uploadedBy = users[number % 2]
                    video.byteSize = 7
                    return try await context.repository.insert(video, within: limits)
                }
                for failure in outcomes.failures where (failure as? CatalogError)?.code != .uploadLimitExceeded {
                    throw FailedExpectation(
                        "insertions at once", expected: "the error uploadLimitExceeded for some", actual: "\(failure)")
                }
                for user in users {
                    let winners = outcomes.winners.count { $0.uploadedBy == user }
                    try context.expect(winners, is: 10, "the number of insertions within \(limits)")
                    try context.expect(
                        try await context.repository.uploadUsage(of: user),
                        is: UploadUsage(openUploads: 10, openBytes: 70), "the usage after the race")
                }
            }
        },
    ]
}

extension RuleContext {
    /// Throws unless an insertion fails with `uploadLimitExceeded` and a usage.
    fileprivate func expectLimit(
        _ usage: UploadUsage, _ subject: String, _ insert: () async throws -> Video
    ) async throws {
        do {
            let video = try await insert()
            throw FailedExpectation(subject, expected: "no insertion", actual: "the video \(video.shortName)")
        } catch let error as CatalogError {
            try expect(error.code, is: .uploadLimitExceeded, "the code of the error, after \(subject)")
            try expect(error.usage, is: usage, "the usage that the error carries, after \(subject)")
        }
    }
}
