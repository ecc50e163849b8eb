#if Postgres
import Foundation
import Testing
import VideoCatalog
import VideoCatalogPostgres

/// Deleted rows that the app's own constraints keep.
@Suite("Rows that the app keeps", .againstPostgres)
struct RefusedRowTests {
    /// Deletes videos, and makes a row of the app refer to each of those with the given indexes.
    private func deletedVideos(_ count: Int, keeping kept: [Int], in catalog: TestCatalog) async throws -> [Video] {
        let (videos, schema) = (catalog.repository, catalog.schema.sqlName)
        try await catalog.run("CREATE TABLE \(schema).lesson (video uuid NOT NULL REFERENCES \(schema).videos (id))")
        var deleted = [Video]()
        for number in 0..<count {
            let video = try await videos.insert(.sample("\(number)"))
            try await videos.delete(video.id)
            // Dates of their own, whatever the clock says.
            try await catalog.run(
                "UPDATE \(schema).videos SET deleted_at = timestamptz '2026-03-01 09:30:00+00' + $2 * interval '1 s' "
                    + "WHERE id = $1", [.uuid(video.id.uuid), .int8(Int64(number))])
            deleted.append(try #require(try await videos.video(id: video.id, includingDeleted: true)))
        }
        for index in kept {
            try await catalog.run("INSERT INTO \(schema).lesson VALUES ($1)", [.uuid(deleted[index].id.uuid)])
        }
        return deleted
    }

    @Test(arguments: [1, 2, 3, 4, 9], [false, true])
    func `don't keep a purge from the others`(_ limit: Int, inTransaction: Bool) async throws {
        let catalog = try await TestCatalog.make()
        let deleted = try await deletedVideos(7, keeping: [0, 1, 4], in: catalog)
        let others = [2, 3, 5, 6].map { deleted[$0] }
        var purged = [Video]()
        for _ in 0..<(others.count + limit - 1) / limit {
            let result =
                if inTransaction {
                    try await catalog.repository.withTransaction { videos, _ in
                        try await videos.purge(deletedBefore: Date() + 60, limit: limit)
                    }
                } else {
                    try await catalog.repository.purge(deletedBefore: Date() + 60, limit: limit)
                }
            #expect(result.videos.count <= limit)
            #expect(result.unusedKeys == result.videos.map(\.objectKey))
            #expect(result.refused.map(\.id).starts(with: [deleted[0].id, deleted[1].id]))
            #expect(result.refused.allSatisfy { $0.reason.contains("lesson_video_fkey") })
            purged += result.videos
        }
        #expect(purged == others)
        let rest = try await catalog.repository.purge(deletedBefore: Date() + 60, limit: limit)
        #expect(rest.videos.isEmpty && rest.refused.map(\.id) == [0, 1, 4].map { deleted[$0].id })
        #expect(try await catalog.count("\(catalog.schema.sqlName).videos") == 3)
        try await catalog.run("DELETE FROM \(catalog.schema.sqlName).lesson")
        let last = try await catalog.repository.purge(deletedBefore: Date() + 60)
        #expect(last.videos == [0, 1, 4].map { deleted[$0] })
    }

    @Test func `are passed beside unreadable rows`() async throws {
        let catalog = try await TestCatalog.make()
        let deleted = try await deletedVideos(6, keeping: [0, 3], in: catalog)
        let bad = [deleted[1].id, deleted[4].id]
        for id in bad {
            try await catalog.run(
                "UPDATE \(catalog.schema.sqlName).videos SET metadata = '{\"views\": 5}' WHERE id = $1",
                [.uuid(id.uuid)])
        }
        let result = try await catalog.repository.purge(deletedBefore: Date() + 60, limit: 2)
        #expect(result.videos == [deleted[2], deleted[5]])
        #expect(result.refused.map(\.id) == [deleted[0].id, deleted[3].id])
        #expect(result.unreadable.map(\.id) == bad)
    }

    @Test func `are failures of a purge by claims`() async throws {
        let catalog = try await TestCatalog.make()
        let deleted = try await deletedVideos(3, keeping: [0], in: catalog)
        let report = try await catalog.repository.performPurges(deletedBefore: Date() + 60, limit: 2) { _ in }
        #expect(report.handled == [deleted[1].id, deleted[2].id])
        #expect(report.failures.map(\.id) == [deleted[0].id])
        let error = report.failures.first?.error as? CatalogError
        #expect(error?.code == .purgeRefused)
        #expect(error?.message.contains("lesson_video_fkey") == true)
        let batch = try await catalog.repository.claim(
            .purges(deletedBefore: Date() + 60), limit: 9, lease: .seconds(60))
        let result = try await catalog.repository.purge(.claimed(batch.claims))
        #expect(result.videos.isEmpty && result.refused.map(\.id) == [deleted[0].id])
    }

    @Test(arguments: [
        ("RAISE EXCEPTION 'kept by the app';", "kept by the app"),
        ("RETURN NULL;", "A trigger of the app kept the row."),
    ])
    func `may be kept by a trigger`(_ body: String, _ reason: String) async throws {
        let catalog = try await TestCatalog.make()
        let deleted = try await deletedVideos(3, keeping: [], in: catalog)
        let schema = catalog.schema.sqlName
        try await catalog.run(
            """
            CREATE FUNCTION \(schema).keep() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN \(body) END $$
            """)
        try await catalog.run(
            "CREATE TRIGGER keep BEFORE DELETE ON \(schema).videos FOR EACH ROW "
                + "WHEN (OLD.object_key = '1') EXECUTE FUNCTION \(schema).keep()")
        let result = try await catalog.repository.purge(deletedBefore: Date() + 60)
        #expect(result.videos == [deleted[0], deleted[2]])
        #expect(result.refused == [RefusedRow(id: deleted[1].id, reason: reason)])
    }
}
#endif
