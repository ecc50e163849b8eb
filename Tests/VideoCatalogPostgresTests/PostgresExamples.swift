#if Postgres
import Testing
import VideoCatalog
import VideoCatalogLibPQ
import VideoCatalogPostgres

/// The examples for PostgreSQL in the guide to the catalog and in documentation comments.
@Suite("The examples of the catalog on PostgreSQL", .againstPostgres, .serialized)
struct PostgresExamples {
    @Test func `a pool is opened, and the tables are made`() async throws {
        let url = try await PostgresServer.shared.url

        var configuration = LibPQPoolConfiguration(connectionString: url)
        configuration.maximumConnections = 16
        configuration.statementTimeout = .seconds(10)
        configuration.waitLimit = .seconds(30)
        let pool = try LibPQPool(configuration)
        try await PostgresMigrator().migrate(pool)
        let repository = PostgresVideoRepository(pool)

        let key = "examples/opened/\(Video.ID.make())"
        let video = try await repository.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
        #expect(try await repository.video(id: video.id) == video)
        await pool.shutdown()
    }

    @Test func `the catalog is part of the app's transaction`() async throws {
        let url = try await PostgresServer.shared.url

        let pool = try LibPQPool(LibPQPoolConfiguration(connectionString: url))
        try await PostgresMigrator().migrate(pool)
        let repository = PostgresVideoRepository(pool)

        try await pool.withConnection { connection in
            let table = PostgresStatement("CREATE TABLE IF NOT EXISTS lesson (video uuid NOT NULL)", isReusable: false)
            _ = try await connection.query(table)
        }
        let key = "examples/host/\(Video.ID.make())"
        try await pool.withTransaction { session in
            let videos = repository.bound(to: session)
            let video = try await videos.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
            let lesson = PostgresStatement("INSERT INTO lesson (video) VALUES ($1)", [.uuid(video.id.uuid)])
            _ = try await session.query(lesson)
        }
        #expect(try await repository.video(objectKey: key)?.title == "Lecture 1")

        do {
            let newVideo = NewVideo(title: "Lecture 2", objectKey: "examples/2/\(Video.ID.make())", uploadedBy: "42")
            try await pool.withTransaction { session in
                let video = try await PostgresVideoRepository(session: session).insert(newVideo)
                _ = try await session.query(
                    PostgresStatement("INSERT INTO lesson (video) VALUES ($1)", [.uuid(video.id.uuid)]))
            }
        }
        let newVideo = NewVideo(title: "Lecture 3", objectKey: "examples/3/\(Video.ID.make())", uploadedBy: "42")
        let video = try await repository.withTransaction { videos, session in
            let video = try await videos.insert(newVideo)
            _ = try await session.query(
                PostgresStatement("INSERT INTO lesson (video) VALUES ($1)", [.uuid(video.id.uuid)]))
            return video
        }
        #expect(try await repository.video(id: video.id) == video)
        await pool.shutdown()
    }
}
#endif
