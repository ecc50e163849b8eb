import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let updates: [ContractRule] = [
        ContractRule(
            "An update is read back as it was returned",
            hint: "the returned row is computed, but not stored"
        ) { context in
            let video = try await context.insert("k") { $0.tags = ["a", "b"] }
            context.clock.advance(by: .seconds(1))
            let changes = context.changes {
                $0.title = .set("New")
                $0.tags = .set(["b", "c"])
                $0.sessionID = .set("s")
            }
            let updated = try await context.repository.update(video.id, expecting: 1, changes)
            try context.expect(updated.title, is: "New", "the title that is returned")
            try context.expect(try await context.stored(video.id), is: updated, "the row that is read back")
            try context.expect(
                try await context.list(VideoQuery(sessionIDs: ["s"], tags: ["b", "c"])), areExactly: [updated],
                "videos by the new session and tags")
            try context.expect(try await context.list(VideoQuery(tags: ["a"])), are: [], "videos by the old tag")
        },
        ContractRule(
            "An update changes the given fields and keeps the rest",
            hint:
                "the row isn't made by RepositorySupport.updatedVideo(_:applying:expecting:at:), or the "
                + "statement lacks a column"
        ) { context in
            var video = try await context.insert("k") { $0 = SampleVideos.full("k") }
            for changes in SampleChanges.all {
                context.clock.advance(by: .seconds(1))
                let expected = try RepositorySupport.updatedVideo(
                    video, applying: changes, expecting: video.version, at: context.clock.now)
                let updated = try await context.repository.update(video.id, expecting: video.version, changes)
                try context.expect(updated, is: expected, "the row that an update returns")
                try context.expect(try await context.stored(video.id), is: expected, "the row after an update")
                video = expected
            }
        },
        ContractRule(
            "An update clears optional fields",
            hint: "nil is treated as a field to keep (COALESCE, a missing key in JSON)"
        ) { context in
            let video = try await context.insert("k") { $0 = SampleVideos.full("k") }
            context.clock.advance(by: .seconds(1))
            let expected = try RepositorySupport.updatedVideo(
                video, applying: SampleChanges.clearing, expecting: 1, at: context.clock.now)
            let updated = try await context.repository.update(video.id, expecting: 1, SampleChanges.clearing)
            try context.expect(updated, is: expected, "the row with everything cleared")
            try context.expect(try await context.stored(video.id), is: expected, "the row that is read back")
        },
        ContractRule(
            "Every update increments the version by one and sets updatedAt",
            hint: "an update without changes is skipped, or the version is incremented twice (also by a trigger)"
        ) { context in
            let video = try await context.insert("k")
            for version in 1...3 {
                context.clock.advance(by: .milliseconds(1))
                let updated = try await context.repository.update(video.id, expecting: version, VideoChanges())
                try context.expect(updated.version, is: version + 1, "the version after an update without changes")
                try context.expect(
                    updated.updatedAt, is: context.clock.now, "updatedAt after an update without changes")
                try context.expect(try await context.stored(video.id), is: updated, "the row that is read back")
            }
        },
        ContractRule(
            "updatedAt never goes back when the clock does",
            hint: "the store fills in updatedAt in place of RepositorySupport"
        ) { context in
            let video = try await context.insert("k")
            context.clock.advance(by: .seconds(-3600))
            let updated = try await context.repository.update(video.id, expecting: 1, VideoChanges())
            try context.expect(updated.updatedAt, is: video.updatedAt, "updatedAt after the clock was set back")
            try context.expect(try await context.stored(video.id), is: updated, "the row that is read back")
        },
        ContractRule(
            "An update that expects another version fails with the current row",
            hint: "the version isn't in the condition of the UPDATE, or the row isn't read again for the error"
        ) { context in
            let video = try await context.insert("k")
            let changes = context.changes { $0.title = .set("First") }
            let current = try await context.repository.update(video.id, expecting: 1, changes)
            for version in [1, 3, 0, -1, Int.max] {
                try await context.expectError(
                    .versionConflict, "an update that expects version \(version) of a row at 2", current: current
                ) {
                    try await context.repository.update(
                        video.id, expecting: version, context.changes { $0.title = .set("Second") })
                }
            }
            try context.expect(try await context.stored(video.id), is: current, "the row after failed updates")
        },
        ContractRule(
            "An update of a missing or deleted video fails as not found",
            hint: "the condition on deletedAt is missing, or a statement that changes no row is treated as a conflict"
        ) { context in
            let deleted = try await context.insertDeleted("k")
            for (id, what) in [(deleted.id, "a deleted"), (.make(at: context.clock.now), "an unknown")] {
                try await context.expectError(.notFound, "an update of \(what) video") {
                    try await context.repository.update(id, expecting: 2, context.changes { $0.title = .set("New") })
                }
            }
            try context.expect(try await context.stored(deleted.id), is: deleted, "the deleted row")
        },
        ContractRule(
            "An update to a taken object key fails and changes nothing",
            hint: "the unique index applies to insertions only, or an earlier statement writes other columns"
        ) { context in
            let holder = try await context.insert("held")
            let video = try await context.insert("k") { $0.tags = ["old"] }
            let changes = context.changes {
                $0.title = .set("New")
                $0.tags = .set(["new"])
                $0.objectKey = .set("held")
            }
            try await context.expectError(.objectKeyTaken, "an update to a taken key", current: holder) {
                try await context.repository.update(video.id, expecting: 1, changes)
            }
            try context.expect(try await context.stored(video.id), is: video, "the row after the failed update")
            try context.expect(
                try await context.list(VideoQuery(tags: ["new"])), are: [], "videos with the rejected tag")
            try context.expect(
                try await context.list(VideoQuery(tags: ["old"])), are: [video], "videos with the old tag")
        },
        ContractRule(
            "An update may keep its object key or take a free one, and frees the old one",
            hint: "the video's own key or that of a deleted video counts as taken, or the old key stays taken"
        ) { context in
            let deleted = try await context.insertDeleted("free")
            var video = try await context.insert("k")
            for key in ["k", "free", "k", "free"] {
                video = try await context.repository.update(
                    video.id, expecting: video.version, context.changes { $0.objectKey = .set(key) })
                try context.expect(
                    try await context.repository.video(objectKey: key), is: video, "the video by its key")
            }
            try context.expect(try await context.repository.video(objectKey: "k"), is: nil, "the video by its old key")
            try await context.insert("k")
            try context.expect(try await context.stored(deleted.id), is: deleted, "the deleted video with the same key")
        },
        ContractRule(
            "An update reports every invalid field and changes nothing",
            hint:
                "the store's first error is reported. Call "
                + "RepositorySupport.updatedVideo(_:applying:expecting:at:) before sending anything"
        ) { context in
            let video = try await context.insert("k")
            let changes = context.changes {
                $0.title = .set("")
                $0.objectKey = .set(String(repeating: "k", count: 1025))
                $0.byteSize = .set(-1)
                $0.frameRate = .set(.infinity)
                $0.tags = .set((0..<51).map { "tag \($0)" })
                $0.readyAt = .set(.distantPast)
                $0.description = .set("fine")
            }
            try await context.expectError(
                .invalidFields, "an update with six invalid fields",
                fields: ["title", "objectKey", "byteSize", "frameRate", "tags", "readyAt"]
            ) { try await context.repository.update(video.id, expecting: 1, changes) }
            try context.expect(try await context.stored(video.id), is: video, "the row after the failed update")
        },
    ]
}
