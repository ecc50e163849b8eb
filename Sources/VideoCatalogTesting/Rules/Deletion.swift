import VideoCatalog

extension ContractRule {
    static let deletion: [ContractRule] = [
        ContractRule(
            "A deletion keeps the row, counts the version and is stamped",
            hint: "the row is removed, or not made by RepositorySupport.deletedVideo(_:expecting:at:)"
        ) { trial in
            let video = try await trial.insert("k") { $0 = Sample.full("k") }
            trial.clock.advance(by: .seconds(1))
            let expected = try RepositorySupport.deletedVideo(video, expecting: 1, at: trial.clock.now)
            let deleted = try await trial.repository.delete(video.id, expecting: 1)
            try trial.expect(deleted, is: expected, "the row that is returned")
            try trial.expect(try await trial.stored(video.id), is: expected, "the row that is read back")
        },
        ContractRule(
            "A repeated deletion returns the row as it is, whatever the version",
            hint: "the row is deleted anew, or the version is compared before it is seen to be deleted"
        ) { trial in
            let deleted = try await trial.insertDeleted("k")
            trial.clock.advance(by: .seconds(60))
            for version in [nil, 1, 2, 99] {
                let again = try await trial.repository.delete(deleted.id, expecting: version)
                try trial.expect(again, is: deleted, "the row that another deletion returns")
            }
            try trial.expect(try await trial.stored(deleted.id), is: deleted, "the row that is read back")
        },
        ContractRule(
            "A deletion of another version is refused with the current row",
            hint: "the expected version is ignored"
        ) { trial in
            var video = try await trial.insert("k")
            video = try await trial.repository.update(
                video.id, expecting: 1, trial.changes { $0.title = .set("New") })
            for version in [1, 3] {
                try await trial.expectRefusal(
                    .versionConflict, "a deletion that expects version \(version) of a row at 2", current: video
                ) { try await trial.repository.delete(video.id, expecting: version) }
            }
            try trial.expect(try await trial.stored(video.id), is: video, "the row after the refusals")
            let deleted = try await trial.repository.delete(video.id, expecting: nil)
            try trial.expect(deleted.version, is: 3, "the version after a deletion of whichever version")
        },
        ContractRule(
            "A deletion or restoration of a missing video is refused as not found",
            hint: "no row changed is taken for success"
        ) { trial in
            try await trial.insert("k")
            let id = Video.ID.make(at: trial.clock.now)
            for version in [nil, 1] {
                try await trial.expectRefusal(.notFound, "a deletion of an unknown id") {
                    try await trial.repository.delete(id, expecting: version)
                }
            }
            try await trial.expectRefusal(.notFound, "a restoration of an unknown id") {
                try await trial.repository.restore(id)
            }
        },
        ContractRule(
            "A deletion frees the object key",
            hint: "the unique index on object keys covers deleted rows as well"
        ) { trial in
            let first = try await trial.insertDeleted("k")
            let second = try await trial.insertDeleted("k")
            let third = try await trial.insert("k")
            try trial.expect(try await trial.repository.video(objectKey: "k"), is: third, "the video by its key")
            try trial.expect(
                try await trial.list(VideoQuery(deletion: .any)), areExactly: [third, second, first],
                "the videos that have or had the key")
        },
        ContractRule(
            "A restoration makes the video live and due for no deletion",
            hint: "the row is not made by RepositorySupport.restoredVideo(_:at:): deleteAfter must become nil"
        ) { trial in
            let video = try await trial.insert("k") { $0 = Sample.full("k") }
            trial.clock.advance(by: .seconds(1))
            let deleted = try await trial.repository.delete(video.id, expecting: nil)
            trial.clock.advance(by: .seconds(1))
            let expected = try RepositorySupport.restoredVideo(deleted, at: trial.clock.now)
            let restored = try await trial.repository.restore(video.id)
            try trial.expect(restored, is: expected, "the row that is returned")
            try trial.expect(restored.deleteAfter, is: nil, "deleteAfter of a restored video")
            let repository = trial.repository
            try trial.expect(try await repository.video(id: video.id, includingDeleted: false), is: expected, "the row")
            try trial.expect(try await repository.video(objectKey: "k"), is: expected, "the row by its key")
            try trial.expect(try await trial.list(VideoQuery()), areExactly: [expected], "the live videos")
            try trial.expect(try await trial.list(VideoQuery(deletion: .deleted)), are: [], "the deleted videos")
        },
        ContractRule(
            "A restoration of a live video returns it as it is",
            hint: "the version is counted although nothing changes"
        ) { trial in
            let video = try await trial.insert("k") { $0.deleteAfter = Sample.instant(2_000_000_000_000_000) }
            trial.clock.advance(by: .seconds(1))
            try trial.expect(try await trial.repository.restore(video.id), is: video, "the row that is returned")
            try trial.expect(try await trial.stored(video.id), is: video, "the row that is read back")
        },
        ContractRule(
            "A restoration onto a key that is taken is refused and leaves the video deleted",
            hint: "the unique index does not see updates of deletedAt, or its error is not translated"
        ) { trial in
            let deleted = try await trial.insertDeleted("k")
            let holder = try await trial.insert("k")
            try await trial.expectRefusal(.objectKeyTaken, "a restoration onto a taken key", current: holder) {
                try await trial.repository.restore(deleted.id)
            }
            try trial.expect(try await trial.stored(deleted.id), is: deleted, "the deleted row")
            try trial.expect(try await trial.repository.video(objectKey: "k"), is: holder, "the video with the key")
            _ = try await trial.repository.delete(holder.id, expecting: nil)
            let restored = try await trial.repository.restore(deleted.id)
            try trial.expect(
                try await trial.repository.video(objectKey: "k"), is: restored,
                "the video with the key that is free again")
        },
    ]
}
