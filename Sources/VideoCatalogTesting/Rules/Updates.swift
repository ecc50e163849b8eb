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
            hint: "the row that is returned is computed, and not what was stored"
        ) { trial in
            let video = try await trial.insert("k") { $0.tags = ["a", "b"] }
            trial.clock.advance(by: .seconds(1))
            let changes = trial.changes {
                $0.title = .set("New")
                $0.tags = .set(["b", "c"])
                $0.sessionID = .set("s")
            }
            let updated = try await trial.repository.update(video.id, expecting: 1, changes)
            try trial.expect(updated.title, is: "New", "the title that is returned")
            try trial.expect(try await trial.stored(video.id), is: updated, "the row that is read back")
            try trial.expect(
                try await trial.list(VideoQuery(sessionIDs: ["s"], tags: ["b", "c"])), areExactly: [updated],
                "videos by the new session and tags")
            try trial.expect(try await trial.list(VideoQuery(tags: ["a"])), are: [], "videos by the old tag")
        },
        ContractRule(
            "An update changes what it names and keeps the rest",
            hint:
                "the row is not made by RepositorySupport.updatedVideo(_:applying:expecting:at:), or a column is missing in the statement"
        ) { trial in
            var video = try await trial.insert("k") { $0 = Sample.full("k") }
            for changes in SampleChanges.all {
                trial.clock.advance(by: .seconds(1))
                let expected = try RepositorySupport.updatedVideo(
                    video, applying: changes, expecting: video.version, at: trial.clock.now)
                let updated = try await trial.repository.update(video.id, expecting: video.version, changes)
                try trial.expect(updated, is: expected, "the row that an update returns")
                try trial.expect(try await trial.stored(video.id), is: expected, "the row after an update")
                video = expected
            }
        },
        ContractRule(
            "An update clears optional fields",
            hint: "nil is taken for a field that is to stay (COALESCE, a missing key in JSON)"
        ) { trial in
            let video = try await trial.insert("k") { $0 = Sample.full("k") }
            trial.clock.advance(by: .seconds(1))
            let expected = try RepositorySupport.updatedVideo(
                video, applying: SampleChanges.clearing, expecting: 1, at: trial.clock.now)
            let updated = try await trial.repository.update(video.id, expecting: 1, SampleChanges.clearing)
            try trial.expect(updated, is: expected, "the row with everything cleared")
            try trial.expect(try await trial.stored(video.id), is: expected, "the row that is read back")
        },
        ContractRule(
            "Every update counts the version by one and is stamped",
            hint: "an update that changes nothing is left out, or the version is counted twice (by a trigger as well)"
        ) { trial in
            let video = try await trial.insert("k")
            for version in 1...3 {
                trial.clock.advance(by: .milliseconds(1))
                let updated = try await trial.repository.update(video.id, expecting: version, VideoChanges())
                try trial.expect(updated.version, is: version + 1, "the version after an update without changes")
                try trial.expect(updated.updatedAt, is: trial.clock.now, "updatedAt after an update without changes")
                try trial.expect(try await trial.stored(video.id), is: updated, "the row that is read back")
            }
        },
        ContractRule(
            "A clock that is set back does not make a change older",
            hint: "updatedAt is filled in by the store, and not by the model"
        ) { trial in
            let video = try await trial.insert("k")
            trial.clock.advance(by: .seconds(-3600))
            let updated = try await trial.repository.update(video.id, expecting: 1, VideoChanges())
            try trial.expect(updated.updatedAt, is: video.updatedAt, "updatedAt after the clock was set back")
            try trial.expect(try await trial.stored(video.id), is: updated, "the row that is read back")
        },
        ContractRule(
            "An update of another version is refused with the current row",
            hint: "the version is not in the condition of the UPDATE, or the row is not read again to be handed out"
        ) { trial in
            let video = try await trial.insert("k")
            let changes = trial.changes { $0.title = .set("First") }
            let current = try await trial.repository.update(video.id, expecting: 1, changes)
            for version in [1, 3, 0, -1, Int.max] {
                try await trial.expectRefusal(
                    .versionConflict, "an update that expects version \(version) of a row at 2", current: current
                ) {
                    try await trial.repository.update(
                        video.id, expecting: version, trial.changes { $0.title = .set("Second") })
                }
            }
            try trial.expect(try await trial.stored(video.id), is: current, "the row after refused updates")
        },
        ContractRule(
            "An update of a missing or deleted video is refused as not found",
            hint: "the condition on deletedAt is missing, or no row changed is taken for a conflict"
        ) { trial in
            let deleted = try await trial.insertDeleted("k")
            for (id, what) in [(deleted.id, "a deleted"), (.make(at: trial.clock.now), "an unknown")] {
                try await trial.expectRefusal(.notFound, "an update of \(what) video") {
                    try await trial.repository.update(id, expecting: 2, trial.changes { $0.title = .set("New") })
                }
            }
            try trial.expect(try await trial.stored(deleted.id), is: deleted, "the deleted row")
        },
        ContractRule(
            "An update to another's object key is refused and changes nothing",
            hint: "the unique index covers insertions only, or other columns are written by a statement before"
        ) { trial in
            let holder = try await trial.insert("held")
            let video = try await trial.insert("k") { $0.tags = ["old"] }
            let changes = trial.changes {
                $0.title = .set("New")
                $0.tags = .set(["new"])
                $0.objectKey = .set("held")
            }
            try await trial.expectRefusal(.objectKeyTaken, "an update to a taken key", current: holder) {
                try await trial.repository.update(video.id, expecting: 1, changes)
            }
            try trial.expect(try await trial.stored(video.id), is: video, "the row after the refused update")
            try trial.expect(try await trial.list(VideoQuery(tags: ["new"])), are: [], "videos with the refused tag")
            try trial.expect(try await trial.list(VideoQuery(tags: ["old"])), are: [video], "videos with the old tag")
        },
        ContractRule(
            "An update may keep its object key, take a free one, and frees the old one",
            hint: "the video's own key counts as taken, or that of a deleted video, or the old key stays taken"
        ) { trial in
            let deleted = try await trial.insertDeleted("free")
            var video = try await trial.insert("k")
            for key in ["k", "free", "k", "free"] {
                video = try await trial.repository.update(
                    video.id, expecting: video.version, trial.changes { $0.objectKey = .set(key) })
                try trial.expect(try await trial.repository.video(objectKey: key), is: video, "the video by its key")
            }
            try trial.expect(try await trial.repository.video(objectKey: "k"), is: nil, "the video by its old key")
            try await trial.insert("k")
            try trial.expect(try await trial.stored(deleted.id), is: deleted, "the deleted video with the same key")
        },
        ContractRule(
            "An update names every field at fault and changes nothing",
            hint:
                "the store's first complaint is passed on; let RepositorySupport.updatedVideo(_:applying:expecting:at:) check before"
        ) { trial in
            let video = try await trial.insert("k")
            let changes = trial.changes {
                $0.title = .set("")
                $0.objectKey = .set(String(repeating: "k", count: 1025))
                $0.byteSize = .set(-1)
                $0.frameRate = .set(.infinity)
                $0.tags = .set((0..<51).map { "tag \($0)" })
                $0.readyAt = .set(.distantPast)
                $0.description = .set("fine")
            }
            try await trial.expectRefusal(
                .invalidFields, "an update with six fields at fault",
                fields: ["title", "objectKey", "byteSize", "frameRate", "tags", "readyAt"]
            ) { try await trial.repository.update(video.id, expecting: 1, changes) }
            try trial.expect(try await trial.stored(video.id), is: video, "the row after the refused update")
        },
    ]
}
