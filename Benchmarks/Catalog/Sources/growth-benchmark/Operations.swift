import VideoCatalog

/// An operation to measure, on videos that it chooses at random.
struct Operation: Sendable {
    let name: String
    /// The number of repetitions in each turn.
    let count: Int
    /// Runs the operation once and returns its time.
    let run: @Sendable (Catalog, inout SystemRandomNumberGenerator) async throws -> Duration

    private init(
        _ name: String, _ count: Int,
        _ run: @escaping @Sendable (Catalog, inout SystemRandomNumberGenerator) async throws -> Duration
    ) {
        (self.name, self.count, self.run) = (name, count, run)
    }

    static let all = [
        Operation("read by ID, newest 10,000", 2000) { try await read($0, among: 10_000, &$1) },
        Operation("read by ID, anywhere", 2000) { try await read($0, among: $0.rows, &$1) },
        Operation("page of 50 of a session, newest 100", 400) { try await page($0, among: 10_000, &$1) },
        Operation("page of 50 of a session, anywhere", 400) { try await page($0, among: $0.rows, &$1) },
        Operation("title in a session", 400) { catalog, generator in
            let number = liveNumber(in: catalog, among: catalog.rows / 2000 * 2000, &generator)
            let text = Sample.topic(number).uppercased()
            return try await list(VideoQuery(sessionIDs: [Sample.session(number)], titleContains: text), in: catalog)
        },
        Operation("title that 1 % have", 20) { catalog, generator in
            let text = Sample.topic(Int.random(in: 0..<100, using: &generator)).uppercased()
            return try await list(VideoQuery(titleContains: text), in: catalog)
        },
        Operation("title that one video has", 1) { catalog, generator in
            let text = "LECTURE \(liveNumber(in: catalog, among: catalog.rows, &generator)):"
            return try await list(VideoQuery(titleContains: text), in: catalog)
        },
        Operation("claim of 100", 40) { catalog, _ in
            let start = ContinuousClock.now
            let claims = try await catalog.repository.claim(.expiredUploads, limit: 100, lease: .seconds(60)).claims
            let time = ContinuousClock.now - start
            guard claims.count == 100 else { throw CatalogError(.notFound, "Only \(claims.count) claims.") }
            try await catalog.repository.release(claims)
            return time
        },
        Operation("insert", 400) { catalog, generator in
            var video = Sample.video(catalog.rows)
            video.id = .make()
            video.createdAt = nil
            video.objectKey = "videos/\(Video.ID.make())/original.mp4"
            video.sessionID = Sample.session(catalog.rows + 20_000)
            let start = ContinuousClock.now
            try await catalog.repository.insert(video)
            return ContinuousClock.now - start
        },
    ]

    private static func liveNumber(
        in catalog: Catalog, among newest: Int, _ generator: inout SystemRandomNumberGenerator
    ) -> Int {
        while true {
            let number = Int.random(in: max(1, catalog.rows - newest + 1)...catalog.rows, using: &generator)
            if !Sample.isDeleted(number) { return number }
        }
    }

    private static func read(
        _ catalog: Catalog, among newest: Int, _ generator: inout SystemRandomNumberGenerator
    ) async throws -> Duration {
        let id = Sample.id(liveNumber(in: catalog, among: newest, &generator))
        let start = ContinuousClock.now
        let video = try await catalog.repository.video(id: id)
        let time = ContinuousClock.now - start
        guard video?.id == id else { throw CatalogError(.notFound, "The video \(id) is missing.") }
        return time
    }

    private static func page(
        _ catalog: Catalog, among newest: Int, _ generator: inout SystemRandomNumberGenerator
    ) async throws -> Duration {
        // The last session may have fewer videos.
        let number = min(liveNumber(in: catalog, among: newest, &generator), catalog.rows / 2000 * 2000 - 1)
        return try await list(VideoQuery(sessionID: Sample.session(number)), in: catalog, isFull: true)
    }

    private static func list(_ query: VideoQuery, in catalog: Catalog, isFull: Bool = false) async throws -> Duration {
        let start = ContinuousClock.now
        let videos = try await catalog.repository.videos(matching: query, page: .first(50)).videos
        let time = ContinuousClock.now - start
        guard isFull ? videos.count == 50 : !videos.isEmpty else {
            throw CatalogError(.notFound, "A list has \(videos.count) videos.")
        }
        return time
    }
}
