#if SQLite

import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogSQLite

/// Checks SQLite's query plan for each statement that the catalog runs.
@Suite("Query plans")
struct QueryPlanTests {
    /// A database with 24,000 videos, and a record of the statements that ran on it.
    private struct SampleDatabase {
        let directory: Scratch
        let repository: SQLiteVideoRepository
        let statements: StatementLog

        init(analyzed: Bool) async throws {
            directory = try Scratch()
            let path = directory.path("catalog.sqlite")
            let filling = try await SQLiteVideoRepository(path: path)
            try await filling.writer.write { db in
                try db.execute(sql: QueryPlanTests.fill)
                if analyzed { try db.execute(sql: "ANALYZE") }
            }
            try filling.writer.close()
            let statements = StatementLog()
            var configuration = Configuration()
            configuration.prepareDatabase { db in db.trace { statements.record($0) } }
            self.statements = statements
            repository = SQLiteVideoRepository(try DatabasePool(path: path, configuration: configuration))
        }

        /// Returns the query plans of the statements that an operation runs on the catalog's tables.
        func plans(_ operation: (SQLiteVideoRepository) async throws -> Void) async throws -> [String] {
            statements.clear()
            try await operation(repository)
            let ran = statements.all.filter { $0.contains("video_catalog_videos") || $0.contains("video_catalog_tags") }
            let queue = try DatabaseQueue(path: directory.path("catalog.sqlite"))
            return try await queue.read { db in
                try ran.flatMap { sql in
                    try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String }
                }
            }
        }
    }

    private final class StatementLog: Sendable {
        private let texts: Mutex<[String]> = Mutex([])
        func record(_ event: Database.TraceEvent) {
            let text = event.expandedDescription
            texts.withLock { $0.append(text) }
        }
        func clear() { texts.withLock { $0 = [] } }
        var all: [String] { texts.withLock { $0 } }
    }

    private static let fill = """
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 24000)
        INSERT INTO video_catalog_videos (id, version, title, object_key, session_id, uploaded_by, tags, metadata,
            renditions, visibility, state, created_at, updated_at, upload_expires_at, delete_after, deleted_at,
            title_folded, is_deleted)
        SELECT randomblob(16), 1, 'Lecture ' || n, 'videos/' || n, n % 300, n % 500, '["t' || (n % 40) || '"]', '{}', '[]',
            CASE n % 3 WHEN 0 THEN 'public' WHEN 1 THEN 'unlisted' ELSE 'private' END,
            CASE n % 8 WHEN 0 THEN 'pendingUpload' WHEN 1 THEN 'uploading' WHEN 2 THEN 'expired' ELSE 'ready' END,
            1700000000000000 + n * 1000000, 1700000000000000 + n * 1000000,
            CASE WHEN n % 8 < 2 THEN 1700000000000000 + n * 1000000 END,
            CASE WHEN n % 50 = 0 THEN 1700000000000000 + n * 1000000 END,
            CASE WHEN n % 10 = 0 THEN 1700000000000000 + n * 1000000 END, 'lecture ' || n, n % 10 = 0
        FROM number;
        INSERT INTO video_catalog_tags (video_id, tag, is_deleted, created_at)
        SELECT v.id, t.value, v.is_deleted, v.created_at FROM video_catalog_videos AS v, json_each(v.tags) AS t;
        """

    private static let instant = Date(timeIntervalSince1970: 1_700_010_000)

    private struct Listing: Sendable, CustomStringConvertible {
        let description: String
        let query: VideoQuery
        let index: String
    }

    private static let listings: [Listing] = [
        Listing(description: "all", query: VideoQuery(), index: "by_creation"),
        Listing(description: "deleted", query: VideoQuery(deletion: .deleted), index: "by_creation"),
        Listing(description: "live and deleted", query: VideoQuery(deletion: .any), index: "by_creation"),
        Listing(description: "a session", query: VideoQuery(sessionID: 7), index: "by_session"),
        Listing(
            description: "a session, one state", query: VideoQuery(sessionID: 7, states: [.ready]), index: "by_session"),
        Listing(description: "three sessions", query: VideoQuery(sessionIDs: [1, 2, 3]), index: "by_session"),
        Listing(
            description: "a session, live and deleted", query: VideoQuery(sessionIDs: [1], deletion: .any),
            index: "by_session"),
        Listing(description: "an uploader", query: VideoQuery(uploadedBy: "42"), index: "by_uploader"),
        Listing(description: "a state", query: VideoQuery(states: [.ready]), index: "by_state"),
        Listing(description: "two states", query: VideoQuery(states: [.ready, .failed]), index: "by_state"),
        Listing(description: "a visibility", query: VideoQuery(visibilities: [.public]), index: "by_visibility"),
        Listing(
            description: "two visibilities", query: VideoQuery(visibilities: [.public, .private]),
            index: "by_visibility"),
        Listing(description: "a tag", query: VideoQuery(tags: ["t7"]), index: "by_tag"),
        Listing(description: "two tags", query: VideoQuery(tags: ["t7", "t8"]), index: "by_tag"),
        Listing(description: "a tag, any", query: VideoQuery(tags: ["t7"], deletion: .any), index: "by_tag"),
        Listing(
            description: "a range", query: VideoQuery(createdFrom: instant - 3600, createdBefore: instant),
            index: "by_creation"),
        Listing(
            description: "a session in a range",
            query: VideoQuery(sessionIDs: [7], createdFrom: instant - 3600, createdBefore: instant), index: "by_session"
        ),
        Listing(description: "a title", query: VideoQuery(titleContains: "ture 77"), index: "by_creation"),
        Listing(
            description: "expired uploads",
            query: VideoQuery(states: [.pendingUpload, .uploading], uploadExpiresBy: instant), index: "by_state"),
    ]

    @Test(arguments: [true, false])
    func `read every page from an index without sorting`(analyzed: Bool) async throws {
        let database = try await SampleDatabase(analyzed: analyzed)
        for listing in Self.listings {
            for order in VideoQuery.Order.allCases {
                var query = listing.query
                query.order = order
                let asked = query
                var plans = try await database.plans { _ = try await $0.videos(matching: asked, page: .first(5)) }
                #expect(!plans.isEmpty)
                // The page after the first one, which starts at a cursor.
                let page = try await database.repository.videos(matching: asked, page: .first(5))
                if let next = page.next {
                    plans += try await database.plans {
                        _ = try await $0.videos(matching: asked, page: .after(next, limit: 5))
                    }
                    let entry = listing.index == "by_tag" ? "(created_at,video_id)" : "(created_at,id)"
                    let isEntered = plans.contains { $0.contains(entry) || $0.contains("created_at>") }
                    #expect(isEntered, "\(listing): the cursor's position isn't looked up in the index: \(plans)")
                }
                #expect(plans.contains { $0.contains("video_catalog_videos_\(listing.index)") }, "\(listing): \(plans)")
                #expect(!plans.contains { $0.contains("TEMP B-TREE") }, "\(listing): \(plans)")
                #expect(scans(plans).isEmpty, "\(listing): \(plans)")
            }
        }
    }

    @Test func `sort identifiers and not rows for many sessions`() async throws {
        let database = try await SampleDatabase(analyzed: true)
        let sessions = Set((0..<200).map { CourseSessionID($0) })
        let plans = try await database.plans {
            _ = try await $0.videos(matching: VideoQuery(sessionIDs: sessions), page: .first(5))
        }
        #expect(plans.contains { $0.contains("COVERING INDEX video_catalog_videos_by_session") }, "\(plans)")
        #expect(scans(plans).isEmpty, "\(plans)")
    }

    @Test func `count in an index without reading rows`() async throws {
        let database = try await SampleDatabase(analyzed: true)
        let sessions = Set((0..<20).map { CourseSessionID($0) })
        let queries = [
            VideoQuery(), VideoQuery(deletion: .any), VideoQuery(sessionID: 7), VideoQuery(sessionIDs: sessions),
            VideoQuery(uploadedBy: "42"), VideoQuery(states: [.ready, .expired]), VideoQuery(visibilities: [.public]),
            VideoQuery(tags: ["t7"]), VideoQuery(createdFrom: Self.instant),
        ]
        for query in queries {
            let plans = try await database.plans { _ = try await $0.count(matching: query) }
            #expect(plans.contains { $0.hasPrefix("SEARCH") && $0.contains("COVERING INDEX") }, "\(query): \(plans)")
            #expect(scans(plans).isEmpty, "\(query): \(plans)")
        }
    }

    @Test(arguments: [true, false])
    func `find single rows and due rows through an index`(analyzed: Bool) async throws {
        let database = try await SampleDatabase(analyzed: analyzed)
        let now = Self.instant
        let some = try await database.repository.videos(matching: VideoQuery(deletion: .deleted), page: .first(2))
            .videos
        let operations: [(String, (SQLiteVideoRepository) async throws -> Void)] = [
            ("autoindex", { _ = try await $0.video(id: some[0].id) }),
            ("autoindex", { _ = try await $0.videos(ids: some.map(\.id), includingDeleted: true) }),
            ("live_keys", { _ = try await $0.video(objectKey: "videos/7") }),
            ("autoindex", { _ = try await $0.restore(some[0].id) }),
            ("autoindex", { _ = try await $0.delete(some[0].id) }),
            ("expiring_uploads", { _ = try await $0.claim(.expiredUploads, limit: 5, lease: .seconds(9)) }),
            ("due_deletions", { _ = try await $0.claim(.deletions, limit: 5, lease: .seconds(9)) }),
            ("due_purges", { _ = try await $0.claim(.purges(deletedBefore: now), limit: 5, lease: .seconds(9)) }),
            (
                "stalled_uploads",
                { _ = try await $0.claim(.stalledUploads(unchangedSince: now), limit: 5, lease: .seconds(9)) }
            ),
            ("replaced_objects", { _ = try await $0.claim(.replacedObjects, limit: 5, lease: .seconds(9)) }),
            ("COVERING INDEX video_catalog_usage", { _ = try await $0.uploadUsage(of: "7") }),
            ("COVERING INDEX video_catalog_replacements", { _ = try await $0.uploadUsage(of: "7") }),
            (
                "live_upload_keys",
                {
                    _ = try await $0.insert(
                        NewVideo(title: "t", objectKey: "\(UUID())", uploadedBy: "7"), within: .none)
                }
            ),
            ("deleted_keys", { _ = try await $0.videos(objectKeys: some.map(\.objectKey), includingDeleted: true) }),
            ("due_purges", { _ = try await $0.purge(deletedBefore: now, limit: 5) }),
        ]
        for (index, operation) in operations {
            let plans = try await database.plans(operation)
            #expect(plans.contains { $0.contains(index) }, "\(index): \(plans)")
            #expect(!plans.contains { $0.contains("TEMP B-TREE") }, "\(index): \(plans)")
            #expect(scans(plans).isEmpty, "\(index): \(plans)")
        }
    }

    /// Returns the full scans, except those of the caller's lists and of a page's identifiers.
    private func scans(_ plans: [String]) -> [String] {
        plans.filter {
            $0.hasPrefix("SCAN") && !$0.contains("json_each") && !$0.contains("wanted") && !$0.contains("(subquery")
        }
    }
}

#endif
