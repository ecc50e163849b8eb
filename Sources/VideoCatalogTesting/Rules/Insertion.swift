import VideoCatalog

extension ContractRule {
    static let insertion: [ContractRule] = [
        ContractRule(
            "An inserted video is read back as it was returned",
            hint: "a column is not written, not read, or changes its value on the way (numbers as texts, local times)"
        ) { trial in
            for video in [Sample.full("full"), Sample.plain("plain")] {
                let inserted = try await trial.repository.insert(video)
                let repository = trial.repository
                try trial.expect(
                    try await repository.video(id: inserted.id, includingDeleted: false), is: inserted,
                    "the row by its id")
                try trial.expect(
                    try await repository.videos(ids: [inserted.id], includingDeleted: true), areExactly: [inserted],
                    "the row by several ids")
                try trial.expect(
                    try await repository.video(objectKey: video.objectKey), is: inserted, "the row by its object key")
                try trial.expect(
                    try await trial.list(VideoQuery(uploadedBy: video.uploadedBy)), areExactly: [inserted],
                    "the row in a list")
            }
        },
        ContractRule(
            "An insertion keeps every field that is given",
            hint: "the row is not made by RepositorySupport.insertedVideo(from:at:)"
        ) { trial in
            let video = Sample.full("full")
            let inserted = try await trial.repository.insert(video)
            try trial.expect(
                inserted, is: try RepositorySupport.insertedVideo(from: video, at: trial.clock.now), "the inserted row")
            try trial.expect(inserted.version, is: 1, "the version of an inserted row")
        },
        ContractRule(
            "A field that is not given stays nil or empty",
            hint: "the store has default values, or keeps an empty text or zero for nil"
        ) { trial in
            var video = Sample.plain("plain")
            video.id = .make(at: trial.clock.now)
            let expected = try RepositorySupport.insertedVideo(from: video, at: trial.clock.now)
            try trial.expect(try await trial.repository.insert(video), is: expected, "the inserted row")
            try trial.expect(try await trial.stored(expected.id), is: expected, "the row that is read back")
        },
        ContractRule(
            "Empty texts, zero and nil are kept apart",
            hint: "an empty description or zero is taken for nil, or the other way round"
        ) { trial in
            let inserted = try await trial.insert("zeros") {
                $0.description = ""
                $0.byteSize = 0
                $0.duration = 0
                $0.frameRate = 0
                $0.metadata = ["empty": ""]
            }
            try trial.expect(inserted.description, is: "", "an empty description")
            try trial.expect(try await trial.stored(inserted.id), is: inserted, "the row that is read back")
        },
        ContractRule(
            "Numbers are kept exactly",
            hint: "sizes are stored in 32 bits, or numbers as decimal texts or in single precision"
        ) { trial in
            for (number, size) in [
                (0.1, Int64.max), (1.0 / 3, 4_294_967_296), (.leastNonzeroMagnitude, 1),
                (1.7e308, 9_007_199_254_740_993),
            ] {
                let inserted = try await trial.insert("n/\(size)") {
                    $0.byteSize = size
                    $0.duration = number
                    $0.frameRate = number
                    $0.width = Int(Int32.max)
                    $0.height = 1
                }
                try trial.expect(inserted.byteSize, is: size, "the size")
                try trial.expect(inserted.duration, is: number, "the duration")
                try trial.expect(try await trial.stored(inserted.id), is: inserted, "the row that is read back")
            }
        },
        ContractRule(
            "An identifier that the host gives is kept",
            hint: "the repository makes an identifier of its own, or keeps some versions of UUID only"
        ) { trial in
            for text in [
                "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "0f8fad5b-d9cb-469f-a165-70867728950e",
            ] {
                let id = try trial.id(text)
                let inserted = try await trial.insert("k/\(text)") { $0.id = id }
                try trial.expect(inserted.id, is: id, "the identifier")
                try trial.expect(try await trial.stored(id), is: inserted, "the row by its identifier")
            }
        },
        ContractRule(
            "An identifier that the repository makes is of version 7 and holds the instant of creation",
            hint: "the store's own random UUID is used; take the one of RepositorySupport.insertedVideo(from:at:)"
        ) { trial in
            let inserted = try await trial.insert("k")
            let text = "\(inserted.id)"
            try trial.expect(Array(text.utf8)[14], is: UInt8(ascii: "7"), "the version digit of \(text)")
            guard let instant = CatalogTimestamp(inserted.createdAt),
                let milliseconds = Int64(text.filter { $0 != "-" }.prefix(12), radix: 16)
            else { throw Mismatch("the identifier", expected: "a UUID", actual: text) }
            try trial.expect(milliseconds, is: instant.microseconds / 1000, "the milliseconds in \(text)")
        },
        ContractRule(
            "The instant of creation is that of the insertion, or the one that the host gives",
            hint: "createdAt is filled in by the store"
        ) { trial in
            let inserted = try await trial.insert("now")
            try trial.expect(inserted.createdAt, is: trial.clock.now, "createdAt")
            try trial.expect(inserted.updatedAt, is: trial.clock.now, "updatedAt")
            let given = Sample.instant(1_500_000_000_000_001)
            let moved = try await trial.insert("moved") { $0.createdAt = given }
            try trial.expect(moved.createdAt, is: given, "createdAt that was given")
            try trial.expect(moved.updatedAt, is: trial.clock.now, "updatedAt where createdAt was given")
            try trial.expect(try await trial.stored(moved.id), is: moved, "the row that is read back")
        },
        ContractRule(
            "A video that is inserted as verifying or ready has arrived",
            hint: "the row is not made by RepositorySupport.insertedVideo(from:at:)"
        ) { trial in
            for kind in Video.State.Kind.allCases {
                let inserted = try await trial.insert("\(kind)", in: .init(kind: kind))
                let (arrived, ready) = (kind == .verifying || kind == .ready, kind == .ready)
                try trial.expect(
                    inserted.uploadedAt, is: arrived ? trial.clock.now : nil, "uploadedAt of a \(kind) video")
                try trial.expect(inserted.readyAt, is: ready ? trial.clock.now : nil, "readyAt of a \(kind) video")
                try trial.expect(try await trial.stored(inserted.id), is: inserted, "the \(kind) row that is read back")
            }
        },
    ]
}

extension Trial {
    /// Reads an identifier of a rule.
    func id(_ text: String) throws -> Video.ID {
        guard let id = Video.ID(text) else { throw Mismatch("an identifier", expected: "a UUID", actual: text) }
        return id
    }
}
