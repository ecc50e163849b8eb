import VideoCatalog

extension ContractRule {
    static let uploads: [ContractRule] = [
        ContractRule(
            "The fields of an unfinished upload and the replaced keys are stored byte for byte",
            hint: "a column isn't written or read, keys are normalized or sorted, or part sizes are stored in 32 bits"
        ) { context in
            let uploads: [Video.Upload?] = [
                .init(objectKey: "\u{E4}"), .init(objectKey: "a\u{308}", id: "\u{E4}"),
                .init(objectKey: "\u{E4}", id: "a\u{308}"), nil,
                .init(objectKey: "k'\"\\ 🎬", partSize: 5_242_880, byteSize: 0),
                .init(objectKey: "k'\"\\ 🎬", partSize: 5_363_466_240, byteSize: .max, contentType: "\u{E4}"),
                .init(objectKey: "k'\"\\ 🎬", contentType: "a\u{308}"),
            ]
            let replaced = [
                ["b", "a"], [], ["\u{E4}", "a\u{308}", "a"], ["a\u{308}", "\u{E4}"], ["'", "\"", "\\", ","],
            ]
            for upload in uploads {
                let video = try await context.insert(upload?.objectKey ?? "none") { $0.upload = upload }
                try context.expect(video.upload, is: upload, "the upload of an inserted video")
                try context.expect(try await context.stored(video.id), is: video, "the inserted row, read back")
                try await context.repository.delete(video.id, expecting: nil)
            }
            var video = try await context.insert("failed", in: .failed(reason: "r"))
            for index in 0..<7 {
                context.clock.advance(by: .seconds(1))
                // A first upload may change at will, a replacement only ends.
                let upload = uploads[index].map { upload -> Video.Upload in
                    var first = upload
                    first.objectKey = "failed"
                    return first
                }
                let changes = context.changes {
                    $0.upload = .set(upload)
                    $0.replacedKeys = .set(replaced[index % replaced.count])
                }
                let expected = try RepositorySupport.updatedVideo(
                    video, applying: changes, expecting: video.version, at: context.clock.now)
                let updated = try await context.repository.update(video.id, expecting: video.version, changes)
                try context.expect(updated, is: expected, "the updated row")
                try context.expect(try await context.stored(video.id), is: expected, "the updated row, read back")
                video = expected
            }
        },
        ContractRule(
            "An upload ends when the video becomes ready, and stays when it fails or expires",
            hint: "the row isn't made by RepositorySupport.updatedVideo(_:applying:expecting:at:)"
        ) { context in
            for kind in [Video.State.Kind.ready, .failed, .expired, .uploading, .verifying] {
                let upload = Video.Upload(objectKey: "\(kind)", id: "id", partSize: 6_000_000)
                let video = try await context.insert("\(kind)") { $0.upload = upload }
                let updated = try await context.become(.init(kind: kind), video)
                try context.expect(updated.upload, is: kind == .ready ? nil : upload, "the upload of a \(kind) video")
                try context.expect(try await context.stored(video.id), is: updated, "the row that is read back")
            }
        },
        ContractRule(
            "Uploads and replaced keys that break the rules fail with the field's name",
            hint: "the row isn't checked by RepositorySupport.validate(_:)"
        ) { context in
            let failing: [(String, Video.State, @Sendable (inout NewVideo) -> Void)] = [
                ("upload", .pendingUpload, { $0.upload = .init(objectKey: "other") }),
                ("upload", .uploading, { $0.upload = .init(objectKey: "other") }),
                ("upload", .verifying, { $0.upload = .init(objectKey: "other") }),
                ("upload", .expired, { $0.upload = .init(objectKey: "other") }),
                ("upload", .ready, { $0.upload = .init(objectKey: "k") }),
                ("upload", .failed(reason: "r"), { $0.upload = .init(objectKey: "") }),
                ("upload", .failed(reason: "r"), { $0.upload = .init(objectKey: "a\0") }),
                ("upload", .failed(reason: "r"), { $0.upload = .init(objectKey: String(repeating: "x", count: 1025)) }),
                ("upload", .pendingUpload, { $0.upload = .init(objectKey: "k", id: "") }),
                ("upload", .pendingUpload, { $0.upload = .init(objectKey: "k", partSize: 5_242_879) }),
                ("upload", .pendingUpload, { $0.upload = .init(objectKey: "k", partSize: 5_363_466_241) }),
                ("upload", .pendingUpload, { $0.upload = .init(objectKey: "k", byteSize: -1) }),
                ("replacedKeys", .ready, { $0.replacedKeys = ["k"] }),
                ("replacedKeys", .ready, { $0.replacedKeys = ["a", "a"] }),
                ("replacedKeys", .ready, { $0.replacedKeys = ["\0"] }),
                ("replacedKeys", .ready, { $0.replacedKeys = [""] }),
                ("replacedKeys", .ready, { $0.replacedKeys = (0..<51).map { "old/\($0)" } }),
                (
                    "replacedKeys", .ready,
                    {
                        $0.replacedKeys = (0..<50).map { "old/\($0)" }
                        $0.upload = .init(objectKey: "new")
                    }
                ),
                (
                    "replacedKeys", .ready,
                    {
                        $0.replacedKeys = ["new"]
                        $0.upload = .init(objectKey: "new")
                    }
                ),
            ]
            for (number, (field, state, edit)) in failing.enumerated() {
                try await context.expectError(.invalidFields, "insertion \(number)", fields: [field]) {
                    try await context.insert("k", in: state, edit)
                }
            }
            let full = try await context.insert("k", in: .ready) { $0.replacedKeys = (0..<50).map { "old/\($0)" } }
            try context.expect(try await context.stored(full.id), is: full, "a row with 50 replaced keys")
            try await context.expectError(.invalidFields, "a replacement beside 50 keys", fields: ["replacedKeys"]) {
                try await context.repository.beginReplacement(of: full, upload: .init(objectKey: "new"))
            }
            try context.expect(try await context.stored(full.id), is: full, "the row after the failure")
        },
        ContractRule(
            "The key of a live video's replacement is taken",
            hint: "object keys are compared with object keys only, or a deleted video keeps a key"
        ) { context in
            let repository = context.repository
            let deleted = try await context.insertDeleted("new")
            let old = try await context.insertDeleted("other", { $0.upload = .init(objectKey: "other") })
            let waiting = try await context.insert("other")
            let holder = try await context.insert("old", in: .ready) { $0.upload = .init(objectKey: "new") }
            let ready = try await context.insert("ready", in: .ready)
            try context.expect(
                try await repository.video(objectKey: "new"), is: nil, "the video by the key of a replacement")
            try await context.expectError(.objectKeyTaken, "an insertion of a replacement's key", current: holder) {
                try await context.insert("new")
            }
            try await context.expectError(.objectKeyTaken, "an insertion with that replacement", current: holder) {
                try await context.insert("x", in: .ready) { $0.upload = .init(objectKey: "new") }
            }
            try await context.expectError(.objectKeyTaken, "an insertion with that replacement", current: ready) {
                try await context.insert("x", in: .ready) { $0.upload = .init(objectKey: "ready") }
            }
            try await context.expectError(.objectKeyTaken, "an update to that key", current: holder) {
                try await repository.update(waiting.id, expecting: 1, context.changes { $0.objectKey = .set("new") })
            }
            try await context.expectError(.objectKeyTaken, "a second replacement with that key", current: holder) {
                try await repository.beginReplacement(of: ready, upload: .init(objectKey: "new"))
            }
            try await context.expectError(.objectKeyTaken, "a replacement with a video's key", current: holder) {
                try await repository.beginReplacement(of: ready, upload: .init(objectKey: "old"))
            }
            try await context.expectError(.objectKeyTaken, "a restoration onto that key", current: holder) {
                try await repository.restore(deleted.id)
            }
            try await context.expectError(.objectKeyTaken, "a restoration onto a video's key", current: waiting) {
                try await repository.restore(old.id)
            }
            for row in [deleted, old, waiting, holder, ready] {
                try context.expect(try await context.stored(row.id), is: row, "a row after the failures")
            }
            let gone = try await repository.delete(holder.id, expecting: nil)
            let restored = try await repository.restore(deleted.id)
            try context.expect(restored.isDeleted, is: false, "isDeleted of the restored video")
            try await context.expectError(.objectKeyTaken, "a restoration with its replacement", current: restored) {
                try await repository.restore(gone.id)
            }
            try context.expect(try await context.stored(gone.id), is: gone, "the row with the replacement")
        },
    ]
}
