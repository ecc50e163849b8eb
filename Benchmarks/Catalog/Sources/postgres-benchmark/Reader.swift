import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres

/// Reads a video through the repository, with one task per connection.
struct Reader {
    private let pool: LibPQPool
    private let repository: PostgresVideoRepository
    private let connections: Int
    private let video: Video

    init(url: String, connections: Int, catalog: SampleCatalog) async throws {
        var configuration = LibPQPoolConfiguration(connectionString: url)
        configuration.maximumConnections = connections
        pool = try LibPQPool(configuration)
        repository = PostgresVideoRepository(pool, schema: catalog.schema)
        video = catalog.video
        self.connections = connections
    }

    /// Reads for some time, in tasks that do nothing else and so prefer the thread that reads the responses.
    func measure(for duration: Duration) async throws -> Measurement {
        let executor = LibPQPool.taskExecutor
        let clock = ContinuousClock()
        let processorTime = ProcessorTime.own
        let start = clock.now
        let end = start + duration
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<connections {
                group.addTask(executorPreference: executor) { [repository, video] in
                    var count = 0
                    while clock.now < end {
                        guard try await repository.video(id: video.id)?.version == video.version else {
                            throw Failure("Unexpected video: its version differs from the inserted one's.")
                        }
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Measurement(
            rate: Double(count) / ((clock.now - start) / .seconds(1)),
            processorMicroseconds: (ProcessorTime.own - processorTime) / Double(count))
    }

    func close() async { await pool.shutdown() }
}
