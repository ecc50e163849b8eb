import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let failedInsertions: [ContractRule] = [
        ContractRule(
            "An insertion with a taken identifier fails, whether its video is live or deleted",
            hint: "the insertion is an upsert, or the primary key doesn't include deleted rows"
        ) { context in
            let live = try await context.insert("live")
            let deleted = try await context.insertDeleted("deleted")
            for taken in [live, deleted] {
                try await context.expectError(.idTaken, "an insertion with the id of another video", current: taken) {
                    try await context.insert("other") { $0.id = taken.id }
                }
                try context.expect(try await context.stored(taken.id), is: taken, "the row that had the identifier")
            }
        },
        ContractRule(
            "An insertion with the object key of a live video fails",
            hint: "there is no unique index on the object keys of live videos, or its error isn't translated"
        ) { context in
            let holder = try await context.insert("k")
            try await context.expectError(.objectKeyTaken, "an insertion with a taken key", current: holder) {
                try await context.insert("k")
            }
            try context.expect(try await context.rowCount(), is: 1, "the number of rows afterwards")
            try context.expect(try await context.repository.video(objectKey: "k"), is: holder, "the video with the key")
        },
        ContractRule(
            "Object keys are compared byte for byte",
            hint:
                "keys are compared as Swift strings, or by a collation that ignores case, accents or trailing spaces"
        ) { context in
            let keys = [
                "a", "A", "a ", "a\u{308}", "\u{E4}", "\u{212B}", "\u{C5}", "ſ", "s", "ß", "ss", "a/", "a%",
                "a\u{200B}",
            ]
            for key in keys { try await context.insert(key) }
            for key in keys {
                let found = try await context.repository.video(objectKey: key)
                try context.expect(
                    found.map { VideoFields.readable($0.objectKey) } ?? "nil", is: VideoFields.readable(key),
                    "the key of the video that is found by \(VideoFields.readable(key))")
            }
            try context.expect(try await context.rowCount(), is: keys.count, "the number of videos with different keys")
        },
        ContractRule(
            "A failed insertion leaves nothing behind",
            hint: "the row and its parts (tags, renditions) aren't written in one transaction"
        ) { context in
            let holder = try await context.insert("held") { $0.tags = ["a"] }
            try await context.expectError(.invalidFields, "an insertion without a title") {
                try await context.insert("fresh") {
                    $0.title = ""
                    $0.tags = ["b"]
                }
            }
            try await context.expectError(.idTaken, "an insertion with a taken id") {
                try await context.insert("fresh") {
                    $0.id = holder.id
                    $0.tags = ["b"]
                }
            }
            let id = Video.ID.make(at: context.clock.now)
            try await context.expectError(.objectKeyTaken, "an insertion with a taken key") {
                try await context.insert("held") {
                    $0.id = id
                    $0.tags = ["b"]
                }
            }
            try context.expect(try await context.rowCount(), is: 1, "the number of rows after three failures")
            try context.expect(
                try await context.list(VideoQuery(tags: ["b"])), are: [], "videos with the tag of failed insertions")
            try context.expect(try await context.stored(holder.id), is: holder, "the row that was there")
            let inserted = try await context.insert("fresh") { $0.id = id }
            try context.expect(
                try await context.stored(id), is: inserted, "a row whose key and id were rejected before")
        },
        ContractRule(
            "An insertion reports every invalid field",
            hint:
                "the store's first error is reported. Call RepositorySupport.insertedVideo(from:at:) before "
                + "sending anything"
        ) { context in
            var broken = SampleVideos.plain("")
            broken.title = ""
            broken.uploadedBy = ""
            broken.byteSize = -1
            broken.width = 0
            broken.duration = .nan
            broken.tags = ["twice", "twice"]
            broken.renditions = [.init(kind: "", key: "k")]
            broken.metadata = ["": "nameless"]
            broken.deleteAfter = .distantFuture
            try await context.expectError(
                .invalidFields, "an insertion with ten invalid fields",
                fields: [
                    "title", "objectKey", "uploadedBy", "byteSize", "width", "duration", "tags", "renditions",
                    "metadata",
                    "deleteAfter",
                ]
            ) { try await context.repository.insert(broken) }
            try context.expect(try await context.rowCount(), is: 0, "the number of rows afterwards")
        },
        ContractRule(
            "Strings of the maximum length are stored completely",
            hint: "a column is shorter than RepositorySupport.Limits, or counts characters in place of bytes"
        ) { context in
            for (number, field) in StringField.all.enumerated() {
                // Two bytes a letter, and one more where the limit is odd.
                let text = String(repeating: "é", count: field.limit / 2) + (field.limit % 2 == 1 ? "x" : "")
                let inserted = try await context.insert("v/\(number)") { field.insert(&$0, text) }
                try context.expect(
                    try await context.stored(inserted.id), is: inserted,
                    "a row with \(field.limit) bytes of \(field.name)")
                var expected = SampleVideos.plain("v/\(number)")
                field.insert(&expected, text)
                expected.id = inserted.id
                try context.expect(
                    inserted, is: try RepositorySupport.insertedVideo(from: expected, at: context.clock.now),
                    "the returned row")
            }
        },
        ContractRule(
            "Strings longer than the limit fail with the field's name and aren't truncated",
            hint: "the store truncates strings, or counts characters in place of bytes"
        ) { context in
            for field in StringField.all {
                let text = String(repeating: "x", count: field.limit + 1)
                try await context.expectError(.invalidFields, "one byte more of \(field.name)", fields: [field.name]) {
                    try await context.insert("v") { field.insert(&$0, text) }
                }
            }
            try context.expect(try await context.rowCount(), is: 0, "the number of rows afterwards")
        },
    ]
}
