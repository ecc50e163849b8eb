#if Postgres
import Foundation
import Testing
import VideoCatalog
@testable import VideoCatalogPostgres

/// Every list uses an index, among 100,000 videos.
@Suite(.againstPostgres)
struct PlanTests {
    /// A list, and the indexes that it may use.
    struct Listing: Sendable, CustomStringConvertible {
        let description: String
        let query: VideoQuery
        /// The indexes, one of which must be in the plan.
        let indexes: Set<String>
        /// A Boolean value that indicates whether the index provides the order, so that a page needs no sorting.
        let isOrdered: Bool

        init(_ description: String, _ query: VideoQuery, _ indexes: Set<String>, isOrdered: Bool = false) {
            (self.description, self.query, self.indexes, self.isOrdered) = (description, query, indexes, isOrdered)
        }
    }

    private static let anyLive: Set<String> = [
        "videos_live_created", "videos_live_session", "videos_live_uploader", "videos_live_state",
        "videos_live_visibility", "videos_live_tags", "videos_due_uploads", "videos_live_upload_expiry",
    ]

    static let listings = [
        Listing("all", VideoQuery(), ["videos_live_created"], isOrdered: true),
        Listing("the oldest", VideoQuery(order: .oldestFirst), ["videos_live_created"], isOrdered: true),
        Listing("deleted", VideoQuery(deletion: .deleted), ["videos_deleted_created"], isOrdered: true),
        Listing("live and deleted", VideoQuery(deletion: .any), ["videos_live_created"]),
        Listing("a session", VideoQuery(sessionID: "session 7"), ["videos_live_session"]),
        Listing("a large session", VideoQuery(sessionID: "the largest"), ["videos_live_session"], isOrdered: true),
        Listing(
            "a large session's, the oldest", VideoQuery(sessionID: "the largest", order: .oldestFirst),
            ["videos_live_session"], isOrdered: true),
        Listing(
            "a session's ready ones", VideoQuery(sessionID: "session 7", states: [.ready]),
            ["videos_live_session", "videos_live_state"]),
        Listing("sessions", VideoQuery(sessionIDs: ["session 7", "session 8", "session 9"]), ["videos_live_session"]),
        Listing(
            "a session's, live and deleted", VideoQuery(sessionIDs: ["session 7"], deletion: .any),
            ["videos_live_session"]),
        Listing(
            "a session's deleted ones", VideoQuery(sessionIDs: ["session 7"], deletion: .deleted),
            ["videos_deleted_created", "videos_due_purges"]),
        Listing("an uploader's", VideoQuery(uploadedBy: "user 7"), ["videos_live_uploader"], isOrdered: true),
        Listing(
            "a state", VideoQuery(states: [.uploading]), ["videos_live_state", "videos_live_created"], isOrdered: true),
        Listing("a rare state", VideoQuery(states: [.expired]), ["videos_live_state"], isOrdered: true),
        Listing("states", VideoQuery(states: [.failed, .expired]), ["videos_live_state", "videos_live_created"]),
        Listing(
            "a visibility", VideoQuery(visibilities: [.public]), ["videos_live_visibility", "videos_live_created"]),
        Listing(
            "a rare visibility", VideoQuery(visibilities: [.unlisted]), ["videos_live_visibility"], isOrdered: true),
        Listing("visibilities", VideoQuery(visibilities: [.public, .private]), anyLive),
        Listing("a tag", VideoQuery(tags: ["tag 7"]), ["videos_live_tags"]),
        Listing("tags", VideoQuery(tags: ["tag 7", "odd"]), ["videos_live_tags"]),
        Listing("a common tag", VideoQuery(tags: ["odd"]), anyLive),
        Listing(
            "a day", VideoQuery(createdFrom: .sample + 86_400, createdBefore: .sample + 2 * 86_400),
            ["videos_live_created"],
            isOrdered: true),
        Listing("a title", VideoQuery(titleContains: "LECTURE 77"), ["videos_live_created"], isOrdered: true),
        Listing(
            "a session's title", VideoQuery(sessionIDs: ["session 7"], titleContains: "7"), ["videos_live_session"]),
        Listing(
            "expired uploads",
            VideoQuery(states: [.pendingUpload, .uploading], uploadExpiresBy: .sample + 3600, order: .oldestFirst),
            anyLive),
        Listing("upload to happen by", VideoQuery(uploadExpiresBy: .sample + 3600), ["videos_live_upload_expiry"]),
        Listing(
            "all at once",
            VideoQuery(
                sessionIDs: ["session 7"], uploadedBy: "user 7", states: [.ready], visibilities: [.public],
                tags: ["odd"],
                createdFrom: .sample, createdBefore: .sample + 86_400, titleContains: "lecture",
                uploadExpiresBy: .sample + 86_400), anyLive),
    ]

    @Test(arguments: listings)
    func `a list uses an index`(_ listing: Listing) async throws {
        let catalog = try await LargeCatalog.shared.catalog()
        try await catalog.withConnection { connection in
            let session = RecordingSession(connection)
            let videos = catalog.repository.bound(to: session)
            let first = try await videos.videos(matching: listing.query, page: .first(50))
            if let next = first.next {
                _ = try await videos.videos(matching: listing.query, page: .after(next, limit: 50))
            }
            let statements = session.statements.filter { $0.sql.contains("ORDER BY") }
            #expect(statements.count == (first.next == nil ? 1 : 2))
            for statement in statements {
                for plan in [
                    try await Plan(of: statement, in: connection), try await Plan(general: statement, in: connection),
                ] {
                    #expect(plan.scansNothingWhole, "\(plan)")
                    #expect(!listing.indexes.isDisjoint(with: plan.indexes) || plan.isGeneral, "\(plan)")
                    if listing.isOrdered { #expect(!plan.nodes.contains("Sort"), "\(plan)") }
                }
            }
        }
    }

    @Test(arguments: [
        (HousekeepingTask.expiredUploads, "videos_due_uploads"), (.deletions, "videos_due_deletions"),
        (.purges(deletedBefore: .sample + 9_000_000), "videos_due_purges"),
        (.stalledUploads(unchangedSince: .sample + 9_000_000), "videos_due_stalled"),
        (.replacedObjects, "videos_due_replaced"),
    ])
    func `a claim uses an index`(_ task: HousekeepingTask, _ index: String) async throws {
        let catalog = try await LargeCatalog.shared.catalog()
        try await catalog.withConnection { connection in
            try await connection.perform("BEGIN")
            let session = RecordingSession(connection)
            let claims = try await catalog.repository.bound(to: session).claim(task, limit: 20, lease: .seconds(60))
                .claims
            #expect(claims.count == 20)
            #expect(try await catalog.repository.bound(to: session).renew(claims, lease: .seconds(60)).count == 20)
            try await catalog.repository.bound(to: session).release(claims)
            let statements = session.statements.filter { $0.sql.hasPrefix("UPDATE") || $0.sql.contains("FOR UPDATE") }
            #expect(statements.count == 5)
            // The rows after an unreadable one.
            let first = try #require(statements.first { $0.sql.contains("SKIP LOCKED") })
            let next = PostgresStatement(
                CatalogStatements(catalog.schema).due(like: first.sql),
                first.parameters + [.uuid(claims[9].video.id.uuid)])
            #expect(try await Plan(of: next, in: connection).scansNothingWhole)
            for statement in statements {
                let plan = try await Plan(of: statement, in: connection)
                #expect(plan.scansNothingWhole, "\(plan)")
                if statement.sql.contains("SKIP LOCKED") {
                    #expect(plan.indexes.contains(index) && !plan.nodes.contains("Sort"), "\(plan)")
                } else {
                    #expect(plan.indexes.contains("videos_pkey"), "\(plan)")
                }
            }
            try await connection.perform("ROLLBACK")
        }
    }

    @Test func `purges and lookups use an index`() async throws {
        let catalog = try await LargeCatalog.shared.catalog()
        try await catalog.withConnection { connection in
            try await connection.perform("BEGIN")
            let session = RecordingSession(connection)
            let videos = catalog.repository.bound(to: session)
            let first = try #require(try await videos.videos(matching: VideoQuery(), page: .first(1)).videos.first)
            let before = session.statements.count
            #expect(try await videos.video(id: first.id) == first)
            #expect(try await videos.videos(ids: [first.id, .make()]).videos == [first])
            #expect(try await videos.video(objectKey: first.objectKey) == first)
            let keys = [first.objectKey, "videos/10", "none"]
            #expect(try await videos.videos(objectKeys: keys, includingDeleted: true).videos.count == 2)
            #expect(try await videos.videos(objectKeys: keys, includingDeleted: false).videos == [first])
            let limits = UploadLimits(openUploads: 1_000_000)
            let inserted = try await videos.insert(.sample("within limits"), within: limits)
            #expect(try await videos.uploadUsage(of: inserted.uploadedBy).openUploads == 1)
            // Its uploads have expired.
            #expect(try await videos.uploadUsage(of: "user 7") == UploadUsage())
            let moved = try await videos.update(inserted) { $0.objectKey = "moved" }
            await expect(.objectKeyTaken) { try await videos.update(moved) { $0.objectKey = "new/6" } }
            _ = try await videos.update(first) { $0.title = "changed" }
            _ = try await videos.delete(first.id)
            _ = try await videos.restore(first.id)
            let claims = try await videos.claim(
                .purges(deletedBefore: .sample + 9_000_000), limit: 5, lease: .seconds(60)
            ).claims
            #expect(try await videos.startPurge(claims).orders.count == 5)
            #expect(try await videos.purge(.claimed(claims)).videos.count == 5)
            #expect(try await videos.purge(deletedBefore: .sample + 9_000_000, limit: 5).videos.count == 5)
            let statements = session.statements.dropFirst(before).filter { $0.sql.contains(" WHERE ") }
            #expect(statements.count >= 16)
            for statement in statements {
                for plan in [
                    try await Plan(of: statement, in: connection), try await Plan(general: statement, in: connection),
                ] { #expect(plan.scansNothingWhole && !plan.indexes.isEmpty, "\(statement.sql)\n\(plan)") }
            }
            try await connection.perform("ROLLBACK")
        }
    }

    @Test func `no value of a query is in its text`() async throws {
        let catalog = try await TestCatalog.make()
        let marker = "'; DROP TABLE videos; --"
        try await catalog.withConnection { connection in
            let session = RecordingSession(connection)
            let query = VideoQuery(
                sessionIDs: [CourseSessionID(marker)], uploadedBy: UserID(marker),
                visibilities: [.init(rawValue: marker)],
                tags: [marker], titleContains: marker)
            let page = try await catalog.repository.bound(to: session).videos(matching: query, page: .first(5))
            #expect(page.videos == [])
            #expect(try await catalog.repository.bound(to: session).count(matching: query) == 0)
            #expect(!session.statements.contains { $0.sql.contains("DROP") })
        }
    }
}

/// 100,000 videos, created once for all tests.
actor LargeCatalog {
    static let shared = LargeCatalog()
    private var made: Task<TestCatalog, any Error>?

    func catalog() async throws -> TestCatalog {
        if let made { return try await made.value }
        let task = Task {
            let catalog = try await TestCatalog.make()
            try await Self.fill(catalog)
            return catalog
        }
        made = task
        return try await task.value
    }

    /// Inserts one video per minute, of which a tenth is deleted and one in 1,000 is unlisted or expired.
    private static func fill(_ catalog: TestCatalog) async throws {
        let start = "timestamptz '2026-03-01 09:30:00+00'"
        try await catalog.run(
            """
            INSERT INTO \(catalog.schema.sqlName).videos (
                id, title, title_folded, object_key, session_id, uploaded_by, tags, metadata, renditions, visibility, state,
                failure_reason, version, created_at, updated_at, upload_expires_at, delete_after, deleted_at, upload_key,
                replaced_keys)
            SELECT gen_random_uuid(), 'Lecture ' || n, 'lecture ' || n, 'videos/' || n, CASE WHEN n % 40 = 9 THEN 'the largest' ELSE 'session ' || n % 997 END,
                'user ' || n % 499, CASE WHEN n % 2 = 1 THEN ARRAY['odd', 'tag ' || n % 503] ELSE ARRAY['tag ' || n % 503] END,
                '{}', '[]', CASE WHEN n % 1000 = 3 THEN 'unlisted' WHEN n % 3 = 0 THEN 'public' ELSE 'private' END,
                CASE WHEN n % 1000 = 1 THEN 'expired' WHEN n % 100 = 1 THEN 'failed' WHEN n % 50 = 2 THEN 'uploading'
                    WHEN n % 50 = 4 THEN 'pendingUpload' ELSE 'ready' END,
                CASE WHEN n % 1000 != 1 AND n % 100 = 1 THEN 'wrongSize' END, 1,
                \(start) + n * interval '1 minute', \(start) + n * interval '1 minute',
                \(start) + n * interval '1 minute', CASE WHEN n % 20 = 5 THEN \(start) + n * interval '2 minutes' END,
                CASE WHEN n % 10 = 0 THEN \(start) + n * interval '1 minute' END,
                CASE WHEN n % 50 = 6 THEN 'new/' || n END, CASE WHEN n % 100 = 7 THEN ARRAY['old/' || n] ELSE '{}' END
            FROM generate_series(1, 100000) AS n
            """)
        try await catalog.run("ANALYZE \(catalog.schema.sqlName).videos")
    }
}

extension CatalogStatements {
    /// Returns the statement that reads the rows after those of another statement.
    fileprivate func due(like first: String) -> String {
        [expiredUploads, dueDeletions, duePurges, stalledUploads, replacedObjects].first { $0.first == first }?.next
            ?? ""
    }
}

/// The server's plan for a statement.
struct Plan: CustomStringConvertible {
    let nodes: [String]
    let indexes: Set<String>
    /// A Boolean value that indicates whether the plan is generic, as for a statement that runs often.
    let isGeneral: Bool

    /// Creates the plan for the statement's parameters.
    init(of statement: PostgresStatement, in session: any PostgresSession) async throws {
        let result = try await session.perform("EXPLAIN (FORMAT JSON) " + statement.sql, statement.parameters)
        try self.init(result.string(0, 0), isGeneral: false)
    }

    /// Creates the generic plan, for any parameters.
    init(general statement: PostgresStatement, in session: any PostgresSession) async throws {
        let name = "p" + UUID().uuidString.replacingOccurrences(of: "-", with: "")
        let types = statement.parameters.map(\.typeOID).map { "\($0)" }.joined(separator: ",")
        let names = try await session.perform(
            "SELECT string_agg(format_type(t::oid, NULL), ', ') FROM unnest(string_to_array($1, ',')) AS t",
            [.text(types)])
        try await session.perform("SET plan_cache_mode = force_generic_plan")
        try await session.perform("PREPARE \(name) (\(names.string(0, 0))) AS \(statement.sql)")
        let values = statement.parameters.map { _ in "NULL" }.joined(separator: ", ")
        let result = try await session.perform("EXPLAIN (FORMAT JSON) EXECUTE \(name) (\(values))")
        try await session.perform("RESET plan_cache_mode")
        try self.init(result.string(0, 0), isGeneral: true)
    }

    private init(_ json: String, isGeneral: Bool) throws {
        var (nodes, indexes) = ([String](), Set<String>())
        func visit(_ value: Any) {
            if let object = value as? [String: Any] {
                if let node = object["Node Type"] as? String { nodes.append(node) }
                if let index = object["Index Name"] as? String { indexes.insert(index) }
                for value in object.values { visit(value) }
            } else if let array = value as? [Any] {
                for value in array { visit(value) }
            }
        }
        visit(try JSONSerialization.jsonObject(with: Data(json.utf8)))
        (self.nodes, self.indexes, self.isGeneral) = (nodes, indexes, isGeneral)
    }

    var scansNothingWhole: Bool { !nodes.contains("Seq Scan") && nodes.contains { $0.contains("Index") } }

    var description: String { "\(isGeneral ? "any parameters" : "these parameters"): \(nodes), \(indexes.sorted())" }
}
#endif
