import VideoCatalog

extension ContractRule {
    static let strings: [ContractRule] = [
        ContractRule(
            "Strings are read back byte for byte",
            hint:
                "a string is inserted into a statement in place of bound to it, or it is normalized, trimmed or "
                + "converted"
        ) { context in
            for (number, text) in difficultStrings.enumerated() {
                let readable = VideoFields.readable(text)
                let inserted = try await context.insert("k") { video in
                    for field in StringField.all { field.insert(&video, text) }
                    video.tags = [text, text + "x"]
                    video.metadata = [text: text]
                    video.renditions = [.init(kind: text, key: text), .init(kind: text, key: text)]
                }
                var expected = SampleVideos.plain("k")
                for field in StringField.all { field.insert(&expected, text) }
                expected.tags = [text, text + "x"]
                expected.metadata = [text: text]
                expected.renditions = [.init(kind: text, key: text), .init(kind: text, key: text)]
                expected.id = inserted.id
                try context.expect(
                    inserted, is: try RepositorySupport.insertedVideo(from: expected, at: context.clock.now),
                    "the row with \(readable) in every field")
                try context.expect(
                    try await context.stored(inserted.id), is: inserted, "the row with \(readable), read back")
                try context.expect(
                    try await context.repository.video(objectKey: text), is: inserted,
                    "the video by the key \(readable)")
                try context.expect(try await context.rowCount(), is: number + 1, "the number of rows after \(readable)")
                context.clock.advance(by: .seconds(1))
                _ = try await context.repository.delete(inserted.id, expecting: 1)
            }
        },
        ContractRule(
            "Updated strings are read back byte for byte",
            hint: "an update sends strings in another way than an insertion"
        ) { context in
            var video = try await context.insert("k", in: .failed(reason: "first"))
            for text in difficultStrings {
                var changes = VideoChanges()
                for field in StringField.all { field.change(&changes, text) }
                changes.metadata = .set([text: text])
                context.clock.advance(by: .seconds(1))
                let expected = try RepositorySupport.updatedVideo(
                    video, applying: changes, expecting: video.version, at: context.clock.now)
                let updated = try await context.repository.update(video.id, expecting: video.version, changes)
                try context.expect(updated, is: expected, "the row with \(VideoFields.readable(text)) in every field")
                try context.expect(try await context.stored(video.id), is: expected, "the row that is read back")
                video = expected
            }
        },
        ContractRule(
            "Changing only the composition of a string is a change",
            hint: "values are compared with Swift's ==, to which composed and decomposed letters are equal"
        ) { context in
            for (number, field) in StringField.all.enumerated() {
                for (old, new) in [("\u{E4}", "a\u{308}"), ("a\u{308}", "\u{E4}")] {
                    let key = "k/\(number)/\(old.utf8.count)"
                    let video = try await context.insert(key, in: .failed(reason: "r")) { field.insert(&$0, old) }
                    var changes = VideoChanges()
                    field.change(&changes, new)
                    context.clock.advance(by: .seconds(1))
                    let expected = try RepositorySupport.updatedVideo(
                        video, applying: changes, expecting: 1, at: context.clock.now)
                    let updated = try await context.repository.update(
                        video.id, expecting: 1, VideoChanges(from: video, to: expected))
                    try context.expect(updated, is: expected, "the row with another composition of \(field.name)")
                    try context.expect(try await context.stored(video.id), is: expected, "the row that is read back")
                    try await context.repository.delete(video.id, expecting: nil)
                }
            }
            let video = try await context.insert("\u{E4}") { $0.upload = .init(objectKey: "\u{E4}") }
            let changes = context.changes { $0.objectKey = .set("a\u{308}") }
            try await context.expectError(
                .invalidFields, "another composition of the key, but not of its upload's", fields: ["upload"]
            ) { try await context.repository.update(video.id, expecting: 1, changes) }
        },
        ContractRule(
            "A UUID in upper case is the same identifier as in lower case",
            hint: "identifiers are stored or compared without UserID or CourseSessionID, which store lower case"
        ) { context in
            let (upper, lower) = ("0192F0C1-7D3A-7ABC-8DEF-0123456789AB", "0192f0c1-7d3a-7abc-8def-0123456789ab")
            let first = try await context.insert("upper") {
                $0.uploadedBy = .init(upper)
                $0.sessionID = .init(upper)
            }
            let second = try await context.insert("lower") {
                $0.uploadedBy = .init(lower)
                $0.sessionID = .init(lower)
            }
            for uuid in [upper, lower] {
                for query in [VideoQuery(uploadedBy: .init(uuid)), VideoQuery(sessionID: .init(uuid))] {
                    try context.expect(try await context.list(query), areExactly: [second, first], "videos by \(uuid)")
                }
            }
            try context.expect(try await context.stored(first.id)?.uploadedBy.rawValue, is: lower, "the stored user")
        },
        ContractRule(
            "Conditions find difficult strings byte for byte",
            hint: "a condition is inserted into a statement in place of bound to it, or compared by a collation"
        ) { context in
            let texts = difficultStrings + ["Ä", "A\u{308}", "ä", "a", "A", "a "]
            for (number, text) in texts.enumerated() {
                try await context.insert("k/\(number)") {
                    $0.sessionID = .init(text)
                    $0.uploadedBy = .init(text)
                    $0.visibility = .init(rawValue: text)
                    $0.tags = [text]
                }
            }
            for (number, text) in texts.enumerated() {
                let readable = VideoFields.readable(text)
                for (query, what) in [
                    (VideoQuery(sessionIDs: [.init(text)]), "session"),
                    (VideoQuery(uploadedBy: .init(text)), "uploader"),
                    (VideoQuery(visibilities: [.init(rawValue: text)]), "visibility"),
                    (VideoQuery(tags: [text]), "tag"),
                ] {
                    let found = try await context.list(query).map(\.objectKey)
                    try context.expect(found, is: ["k/\(number)"], "the keys of videos by the \(what) \(readable)")
                    let count = try await context.repository.count(matching: query)
                    try context.expect(count, is: 1, "the count of videos by the \(what) \(readable)")
                }
            }
        },
        ContractRule(
            "NUL fails with the field's name",
            hint: "strings end at NUL, or the store's own error is reported"
        ) { context in
            let video = try await context.insert("there", in: .failed(reason: "first"))
            for field in StringField.all {
                for text in ["\0", "a\0b", "a\0"] {
                    try await context.expectError(.invalidFields, "NUL in \(field.name)", fields: [field.name]) {
                        try await context.insert("k") { field.insert(&$0, text) }
                    }
                    try await context.expectError(
                        .invalidFields, "an update to NUL in \(field.name)", fields: [field.name]
                    ) {
                        var changes = VideoChanges()
                        field.change(&changes, text)
                        return try await context.repository.update(video.id, expecting: 1, changes)
                    }
                }
            }
            try context.expect(try await context.rowCount(), is: 1, "the number of rows afterwards")
            try context.expect(try await context.stored(video.id), is: video, "the row afterwards")
            try context.expect(
                try await context.repository.video(objectKey: "there\0"), is: nil,
                "the video by its key with NUL at the end")
        },
        ContractRule(
            "Tags and renditions keep their order",
            hint: "they are stored in separate tables without their position, or in a set"
        ) { context in
            let tags = ["m", "z", "a", "B", "10", "9"]
            let renditions = tags.map { Video.Rendition(kind: "mp4", key: $0) } + [.init(kind: "mp4", key: "m")]
            let video = try await context.insert("k") {
                $0.tags = tags
                $0.renditions = renditions
            }
            try context.expect(try await context.stored(video.id)?.tags, is: tags, "the tags")
            try context.expect(try await context.stored(video.id)?.renditions, is: renditions, "the renditions")
            let changes = context.changes {
                $0.tags = .set(tags.reversed())
                $0.renditions = .set(renditions.reversed())
            }
            _ = try await context.repository.update(video.id, expecting: 1, changes)
            try context.expect(
                try await context.list(VideoQuery()).first?.tags, is: tags.reversed(), "the tags, turned round")
            try context.expect(
                try await context.list(VideoQuery()).first?.renditions, is: renditions.reversed(),
                "the renditions, turned round")
        },
    ]

    /// Strings of at most 99 bytes, so that one more byte fits into a tag.
    private static let difficultStrings = [
        "it's \"quoted\" `twice`", "'; DROP TABLE videos; --", "100%_\\%\\_", "\\", "\\'", "$1 ?1 :name @p {} [] null",
        " leading and trailing ", "line\r\nbreak\ttab\u{1}\u{7F}", "🎬👩🏽‍💻🇩🇪", "\u{1F3AC}\u{10FFFD}\u{FFFD}\u{FEFF}",
        "\u{E4} composed", "a\u{308} decomposed", "Z\u{351}\u{36B}\u{343}algo", "\u{202E}right to left \u{5D0}\u{5D1}",
        "\u{1100}\u{1161}\u{11A8} \u{AC01}", "NULL", "{\"a\":\"b\",\"c\":[1]}", "a,b;c|d", "\u{2028}\u{2029}\u{85}",
    ]
}
