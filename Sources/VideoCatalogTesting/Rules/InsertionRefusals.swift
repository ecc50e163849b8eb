import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let insertionRefusals: [ContractRule] = [
        ContractRule(
            "A taken identifier is refused, be its video live or deleted",
            hint: "the insertion is an upsert, or the primary key does not cover deleted rows"
        ) { trial in
            let live = try await trial.insert("live")
            let deleted = try await trial.insertDeleted("deleted")
            for taken in [live, deleted] {
                try await trial.expectRefusal(.idTaken, "an insertion with the id of another video", current: taken) {
                    try await trial.insert("other") { $0.id = taken.id }
                }
                try trial.expect(try await trial.stored(taken.id), is: taken, "the row that had the identifier")
            }
        },
        ContractRule(
            "The object key of a live video is refused to any other",
            hint: "there is no unique index on the object keys of live videos, or its error is not translated"
        ) { trial in
            let holder = try await trial.insert("k")
            try await trial.expectRefusal(.objectKeyTaken, "an insertion with a taken key", current: holder) {
                try await trial.insert("k")
            }
            try trial.expect(try await trial.rowCount(), is: 1, "the number of rows afterwards")
            try trial.expect(try await trial.repository.video(objectKey: "k"), is: holder, "the video with the key")
        },
        ContractRule(
            "Object keys are compared byte for byte",
            hint:
                "keys are compared as Swift strings, or by a collation that ignores case, accents or spaces at the end"
        ) { trial in
            let keys = [
                "a", "A", "a ", "a\u{308}", "\u{E4}", "\u{212B}", "\u{C5}", "ſ", "s", "ß", "ss", "a/", "a%",
                "a\u{200B}",
            ]
            for key in keys { try await trial.insert(key) }
            for key in keys {
                let found = try await trial.repository.video(objectKey: key)
                try trial.expect(
                    found.map { VideoFields.readable($0.objectKey) } ?? "nil", is: VideoFields.readable(key),
                    "the key of the video that is found by \(VideoFields.readable(key))")
            }
            try trial.expect(try await trial.rowCount(), is: keys.count, "the number of videos with different keys")
        },
        ContractRule(
            "A refused insertion leaves nothing behind",
            hint: "the row and what belongs to it (tags, renditions) are not written in one transaction"
        ) { trial in
            let holder = try await trial.insert("held") { $0.tags = ["a"] }
            try await trial.expectRefusal(.invalidFields, "an insertion without a title") {
                try await trial.insert("fresh") {
                    $0.title = ""
                    $0.tags = ["b"]
                }
            }
            try await trial.expectRefusal(.idTaken, "an insertion with a taken id") {
                try await trial.insert("fresh") {
                    $0.id = holder.id
                    $0.tags = ["b"]
                }
            }
            let id = Video.ID.make(at: trial.clock.now)
            try await trial.expectRefusal(.objectKeyTaken, "an insertion with a taken key") {
                try await trial.insert("held") {
                    $0.id = id
                    $0.tags = ["b"]
                }
            }
            try trial.expect(try await trial.rowCount(), is: 1, "the number of rows after three refusals")
            try trial.expect(
                try await trial.list(VideoQuery(tags: ["b"])), are: [], "videos with the tag of refused ones")
            try trial.expect(try await trial.stored(holder.id), is: holder, "the row that was there")
            let inserted = try await trial.insert("fresh") { $0.id = id }
            try trial.expect(try await trial.stored(id), is: inserted, "a row whose key and id were refused before")
        },
        ContractRule(
            "An insertion names every field at fault",
            hint:
                "the store's first complaint is passed on; let RepositorySupport.insertedVideo(from:at:) check before anything is sent"
        ) { trial in
            var broken = Sample.plain("")
            broken.title = ""
            broken.uploadedBy = ""
            broken.byteSize = -1
            broken.width = 0
            broken.duration = .nan
            broken.tags = ["twice", "twice"]
            broken.renditions = [.init(kind: "", key: "k")]
            broken.metadata = ["": "nameless"]
            broken.deleteAfter = .distantFuture
            try await trial.expectRefusal(
                .invalidFields, "an insertion with ten fields at fault",
                fields: [
                    "title", "objectKey", "uploadedBy", "byteSize", "width", "duration", "tags", "renditions",
                    "metadata",
                    "deleteAfter",
                ]
            ) { try await trial.repository.insert(broken) }
            try trial.expect(try await trial.rowCount(), is: 0, "the number of rows afterwards")
        },
        ContractRule(
            "Texts as long as the limits are kept whole",
            hint: "a column is shorter than RepositorySupport.Limits says, or counts characters where bytes are meant"
        ) { trial in
            for (number, field) in TextField.all.enumerated() {
                // Two bytes a letter, and one more where the limit is odd.
                let text = String(repeating: "é", count: field.limit / 2) + (field.limit % 2 == 1 ? "x" : "")
                let inserted = try await trial.insert("v/\(number)") { field.insert(&$0, text) }
                try trial.expect(
                    try await trial.stored(inserted.id), is: inserted,
                    "a row with \(field.limit) bytes of \(field.name)")
                var expected = Sample.plain("v/\(number)")
                field.insert(&expected, text)
                expected.id = inserted.id
                try trial.expect(
                    inserted, is: try RepositorySupport.insertedVideo(from: expected, at: trial.clock.now),
                    "the returned row")
            }
        },
        ContractRule(
            "Texts longer than the limits are refused by name, not cut",
            hint: "the store cuts texts, or characters are counted where bytes are meant"
        ) { trial in
            for field in TextField.all {
                let text = String(repeating: "x", count: field.limit + 1)
                try await trial.expectRefusal(.invalidFields, "one byte more of \(field.name)", fields: [field.name]) {
                    try await trial.insert("v") { field.insert(&$0, text) }
                }
            }
            try trial.expect(try await trial.rowCount(), is: 0, "the number of rows afterwards")
        },
    ]
}
