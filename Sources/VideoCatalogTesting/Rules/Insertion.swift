import VideoCatalog

extension ContractRule {
    static let insertion: [ContractRule] = [
        ContractRule(
            "An inserted video is read back as it was returned",
            hint: "a column isn't written or read, or changes its value (numbers as strings, local times)"
        ) { context in
            for video in [SampleVideos.full("full"), SampleVideos.plain("plain")] {
                let inserted = try await context.repository.insert(video)
                let repository = context.repository
                try context.expect(
                    try await repository.video(id: inserted.id, includingDeleted: false), is: inserted,
                    "the row by its id")
                try context.expect(
                    try await repository.videos(ids: [inserted.id], includingDeleted: true).videos,
                    areExactly: [inserted],
                    "the row by several ids")
                try context.expect(
                    try await repository.video(objectKey: video.objectKey), is: inserted, "the row by its object key")
                try context.expect(
                    try await context.list(VideoQuery(uploadedBy: video.uploadedBy)), areExactly: [inserted],
                    "the row in a list")
            }
        },
        ContractRule(
            "An insertion stores every given field",
            hint: "the row isn't made by RepositorySupport.insertedVideo(from:at:)"
        ) { context in
            let video = SampleVideos.full("full")
            let inserted = try await context.repository.insert(video)
            try context.expect(
                inserted, is: try RepositorySupport.insertedVideo(from: video, at: context.clock.now),
                "the inserted row")
            try context.expect(inserted.version, is: 1, "the version of an inserted row")
        },
        ContractRule(
            "A field that isn't given stays nil or empty",
            hint: "the store has default values, or stores an empty string or zero for nil"
        ) { context in
            var video = SampleVideos.plain("plain")
            video.id = .make(at: context.clock.now)
            let expected = try RepositorySupport.insertedVideo(from: video, at: context.clock.now)
            try context.expect(try await context.repository.insert(video), is: expected, "the inserted row")
            try context.expect(try await context.stored(expected.id), is: expected, "the row that is read back")
        },
        ContractRule(
            "Empty strings, zero and nil stay different",
            hint: "an empty description or zero becomes nil, or the other way round"
        ) { context in
            let inserted = try await context.insert("zeros") {
                $0.description = ""
                $0.byteSize = 0
                $0.duration = 0
                $0.frameRate = 0
                $0.metadata = ["empty": ""]
            }
            try context.expect(inserted.description, is: "", "an empty description")
            try context.expect(try await context.stored(inserted.id), is: inserted, "the row that is read back")
        },
        ContractRule(
            "Numbers are stored exactly",
            hint: "sizes are stored in 32 bits, or numbers as decimal strings or in single precision"
        ) { context in
            for (number, size) in [
                (0.1, Int64.max), (1.0 / 3, 4_294_967_296), (.leastNonzeroMagnitude, 1),
                (1.7e308, 9_007_199_254_740_993),
            ] {
                let inserted = try await context.insert("n/\(size)") {
                    $0.byteSize = size
                    $0.duration = number
                    $0.frameRate = number
                    $0.width = Int(Int32.max)
                    $0.height = 1
                }
                try context.expect(inserted.byteSize, is: size, "the size")
                try context.expect(inserted.duration, is: number, "the duration")
                try context.expect(try await context.stored(inserted.id), is: inserted, "the row that is read back")
            }
        },
        ContractRule(
            "A given identifier is stored",
            hint: "the repository makes its own identifier, or stores only some versions of UUID"
        ) { context in
            for text in [
                "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "0f8fad5b-d9cb-469f-a165-70867728950e",
            ] {
                let id = try context.id(text)
                let inserted = try await context.insert("k/\(text)") { $0.id = id }
                try context.expect(inserted.id, is: id, "the identifier")
                try context.expect(try await context.stored(id), is: inserted, "the row by its identifier")
            }
        },
        ContractRule(
            "An identifier that the repository makes is a UUID of version 7 with the creation date",
            hint: "the store's random UUID is used in place of the one from RepositorySupport.insertedVideo(from:at:)"
        ) { context in
            let inserted = try await context.insert("k")
            let text = "\(inserted.id)"
            try context.expect(Array(text.utf8)[14], is: UInt8(ascii: "7"), "the version digit of \(text)")
            guard let date = CatalogTimestamp(inserted.createdAt),
                let milliseconds = Int64(text.filter { $0 != "-" }.prefix(12), radix: 16)
            else { throw FailedExpectation("the identifier", expected: "a UUID", actual: text) }
            try context.expect(milliseconds, is: date.microseconds / 1000, "the milliseconds in \(text)")
        },
        ContractRule(
            "The creation date is the date of the insertion, or the given one",
            hint: "the store fills in createdAt"
        ) { context in
            let inserted = try await context.insert("now")
            try context.expect(inserted.createdAt, is: context.clock.now, "createdAt")
            try context.expect(inserted.updatedAt, is: context.clock.now, "updatedAt")
            let given = SampleVideos.date(1_500_000_000_000_001)
            let moved = try await context.insert("moved") { $0.createdAt = given }
            try context.expect(moved.createdAt, is: given, "createdAt that was given")
            try context.expect(moved.updatedAt, is: context.clock.now, "updatedAt where createdAt was given")
            try context.expect(try await context.stored(moved.id), is: moved, "the row that is read back")
        },
        ContractRule(
            "A video inserted as verifying or ready has arrived",
            hint: "the row isn't made by RepositorySupport.insertedVideo(from:at:)"
        ) { context in
            for kind in Video.State.Kind.allCases {
                let inserted = try await context.insert("\(kind)", in: .init(kind: kind))
                let (arrived, ready) = (kind == .verifying || kind == .ready, kind == .ready)
                try context.expect(
                    inserted.uploadedAt, is: arrived ? context.clock.now : nil, "uploadedAt of a \(kind) video")
                try context.expect(inserted.readyAt, is: ready ? context.clock.now : nil, "readyAt of a \(kind) video")
                try context.expect(
                    try await context.stored(inserted.id), is: inserted, "the \(kind) row that is read back")
            }
        },
    ]
}

extension RuleContext {
    /// Returns an identifier from a string.
    func id(_ text: String) throws -> Video.ID {
        guard let id = Video.ID(text) else {
            throw FailedExpectation("an identifier", expected: "a UUID", actual: text)
        }
        return id
    }
}
