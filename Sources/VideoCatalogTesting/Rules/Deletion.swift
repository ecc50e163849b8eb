import VideoCatalog

extension ContractRule {
    static let deletion: [ContractRule] = [
        ContractRule(
            "A deletion keeps the row, increments the version and sets the dates",
            hint: "the row is removed, or isn't made by RepositorySupport.deletedVideo(_:expecting:at:)"
        ) { context in
            let video = try await context.insert("k") { $0 = SampleVideos.full("k") }
            context.clock.advance(by: .seconds(1))
            let expected = try RepositorySupport.deletedVideo(video, expecting: 1, at: context.clock.now)
            let deleted = try await context.repository.delete(video.id, expecting: 1)
            try context.expect(deleted, is: expected, "the row that is returned")
            try context.expect(try await context.stored(video.id), is: expected, "the row that is read back")
        },
        ContractRule(
            "A repeated deletion returns the row unchanged, whatever the version",
            hint: "the row is deleted again, or the version is compared although the row is deleted already"
        ) { context in
            let deleted = try await context.insertDeleted("k")
            context.clock.advance(by: .seconds(60))
            for version in [nil, 1, 2, 99] {
                let again = try await context.repository.delete(deleted.id, expecting: version)
                try context.expect(again, is: deleted, "the row that another deletion returns")
            }
            try context.expect(try await context.stored(deleted.id), is: deleted, "the row that is read back")
        },
        ContractRule(
            "A deletion that expects another version fails with the current row",
            hint: "the expected version is ignored"
        ) { context in
            var video = try await context.insert("k")
            video = try await context.repository.update(
                video.id, expecting: 1, context.changes { $0.title = .set("New") })
            for version in [1, 3] {
                try await context.expectError(
                    .versionConflict, "a deletion that expects version \(version) of a row at 2", current: video
                ) { try await context.repository.delete(video.id, expecting: version) }
            }
            try context.expect(try await context.stored(video.id), is: video, "the row after the failures")
            let deleted = try await context.repository.delete(video.id, expecting: nil)
            try context.expect(deleted.version, is: 3, "the version after a deletion of whichever version")
        },
        ContractRule(
            "A deletion or restoration of a missing video fails as not found",
            hint: "a statement that changes no row is treated as a success"
        ) { context in
            try await context.insert("k")
            let id = Video.ID.make(at: context.clock.now)
            for version in [nil, 1] {
                try await context.expectError(.notFound, "a deletion of an unknown id") {
                    try await context.repository.delete(id, expecting: version)
                }
            }
            try await context.expectError(.notFound, "a restoration of an unknown id") {
                try await context.repository.restore(id)
            }
        },
        ContractRule(
            "A deletion frees the object key",
            hint: "the unique index on object keys includes deleted rows"
        ) { context in
            let first = try await context.insertDeleted("k")
            let second = try await context.insertDeleted("k")
            let third = try await context.insert("k")
            try context.expect(try await context.repository.video(objectKey: "k"), is: third, "the video by its key")
            try context.expect(
                try await context.list(VideoQuery(deletion: .any)), areExactly: [third, second, first],
                "the videos that have or had the key")
        },
        ContractRule(
            "A restoration makes the video live and cancels its planned deletion",
            hint: "the row isn't made by RepositorySupport.restoredVideo(_:at:), which sets deleteAfter to nil"
        ) { context in
            let video = try await context.insert("k") { $0 = SampleVideos.full("k") }
            context.clock.advance(by: .seconds(1))
            let deleted = try await context.repository.delete(video.id, expecting: nil)
            context.clock.advance(by: .seconds(1))
            let expected = try RepositorySupport.restoredVideo(deleted, at: context.clock.now)
            let restored = try await context.repository.restore(video.id)
            try context.expect(restored, is: expected, "the row that is returned")
            try context.expect(restored.deleteAfter, is: nil, "deleteAfter of a restored video")
            let repository = context.repository
            try context.expect(
                try await repository.video(id: video.id, includingDeleted: false), is: expected, "the row")
            try context.expect(try await repository.video(objectKey: "k"), is: expected, "the row by its key")
            try context.expect(try await context.list(VideoQuery()), areExactly: [expected], "the live videos")
            try context.expect(try await context.list(VideoQuery(deletion: .deleted)), are: [], "the deleted videos")
        },
        ContractRule(
            "A restoration of a live video returns it unchanged",
            hint: "the version is incremented although nothing changes"
        ) { context in
            let video = try await context.insert("k") { $0.deleteAfter = SampleVideos.date(2_000_000_000_000_000) }
            context.clock.advance(by: .seconds(1))
            try context.expect(try await context.repository.restore(video.id), is: video, "the row that is returned")
            try context.expect(try await context.stored(video.id), is: video, "the row that is read back")
        },
        ContractRule(
            "A restoration with a taken object key fails and leaves the video deleted",
            hint: "the unique index doesn't apply to updates of deletedAt, or its error isn't translated"
        ) { context in
            let deleted = try await context.insertDeleted("k")
            let holder = try await context.insert("k")
            try await context.expectError(.objectKeyTaken, "a restoration onto a taken key", current: holder) {
                try await context.repository.restore(deleted.id)
            }
            try context.expect(try await context.stored(deleted.id), is: deleted, "the deleted row")
            try context.expect(try await context.repository.video(objectKey: "k"), is: holder, "the video with the key")
            _ = try await context.repository.delete(holder.id, expecting: nil)
            let restored = try await context.repository.restore(deleted.id)
            try context.expect(
                try await context.repository.video(objectKey: "k"), is: restored,
                "the video with the key that is free again")
        },
    ]
}
