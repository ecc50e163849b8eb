import VideoCatalog

extension ContractRule {
    static let texts: [ContractRule] = [
        ContractRule(
            "Texts come back byte for byte",
            hint:
                "a text is put into a statement and not bound to it, or normalized, trimmed, or kept in another encoding"
        ) { trial in
            for (number, text) in difficultTexts.enumerated() {
                let readable = VideoFields.readable(text)
                let inserted = try await trial.insert("k") { video in
                    for field in TextField.all { field.insert(&video, text) }
                    video.tags = [text, text + "x"]
                    video.metadata = [text: text]
                    video.renditions = [.init(kind: text, key: text), .init(kind: text, key: text)]
                }
                var expected = Sample.plain("k")
                for field in TextField.all { field.insert(&expected, text) }
                expected.tags = [text, text + "x"]
                expected.metadata = [text: text]
                expected.renditions = [.init(kind: text, key: text), .init(kind: text, key: text)]
                expected.id = inserted.id
                try trial.expect(
                    inserted, is: try RepositorySupport.insertedVideo(from: expected, at: trial.clock.now),
                    "the row with \(readable) in every field")
                try trial.expect(
                    try await trial.stored(inserted.id), is: inserted, "the row with \(readable), read back")
                try trial.expect(
                    try await trial.repository.video(objectKey: text), is: inserted, "the video by the key \(readable)")
                try trial.expect(try await trial.rowCount(), is: number + 1, "the number of rows after \(readable)")
                trial.clock.advance(by: .seconds(1))
                _ = try await trial.repository.delete(inserted.id, expecting: 1)
            }
        },
        ContractRule(
            "Updated texts come back byte for byte",
            hint: "an update takes another way to the store than an insertion"
        ) { trial in
            var video = try await trial.insert("k", in: .failed(reason: "first"))
            for text in difficultTexts {
                var changes = VideoChanges()
                for field in TextField.all { field.change(&changes, text) }
                changes.metadata = .set([text: text])
                trial.clock.advance(by: .seconds(1))
                let expected = try RepositorySupport.updatedVideo(
                    video, applying: changes, expecting: video.version, at: trial.clock.now)
                let updated = try await trial.repository.update(video.id, expecting: video.version, changes)
                try trial.expect(updated, is: expected, "the row with \(VideoFields.readable(text)) in every field")
                try trial.expect(try await trial.stored(video.id), is: expected, "the row that is read back")
                video = expected
            }
        },
        ContractRule(
            "Conditions find difficult texts byte for byte",
            hint: "a condition is put into the statement and not bound to it, or compared by a collation"
        ) { trial in
            let texts = difficultTexts + ["Ä", "A\u{308}", "ä", "a", "A", "a "]
            for (number, text) in texts.enumerated() {
                try await trial.insert("k/\(number)") {
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
                    let found = try await trial.list(query).map(\.objectKey)
                    try trial.expect(found, is: ["k/\(number)"], "the keys of videos by the \(what) \(readable)")
                    let count = try await trial.repository.count(matching: query)
                    try trial.expect(count, is: 1, "the count of videos by the \(what) \(readable)")
                }
            }
        },
        ContractRule(
            "NUL is refused by the field's name",
            hint: "texts end at NUL, or the store's own error comes through"
        ) { trial in
            let video = try await trial.insert("there", in: .failed(reason: "first"))
            for field in TextField.all {
                for text in ["\0", "a\0b", "a\0"] {
                    try await trial.expectRefusal(.invalidFields, "NUL in \(field.name)", fields: [field.name]) {
                        try await trial.insert("k") { field.insert(&$0, text) }
                    }
                    try await trial.expectRefusal(
                        .invalidFields, "an update to NUL in \(field.name)", fields: [field.name]
                    ) {
                        var changes = VideoChanges()
                        field.change(&changes, text)
                        return try await trial.repository.update(video.id, expecting: 1, changes)
                    }
                }
            }
            try trial.expect(try await trial.rowCount(), is: 1, "the number of rows afterwards")
            try trial.expect(try await trial.stored(video.id), is: video, "the row afterwards")
            try trial.expect(
                try await trial.repository.video(objectKey: "there\0"), is: nil,
                "the video by its key with NUL at the end")
        },
        ContractRule(
            "Tags and renditions keep their order",
            hint: "they are kept in tables of their own without their place, or in a set"
        ) { trial in
            let tags = ["m", "z", "a", "B", "10", "9"]
            let renditions = tags.map { Video.Rendition(kind: "mp4", key: $0) } + [.init(kind: "mp4", key: "m")]
            let video = try await trial.insert("k") {
                $0.tags = tags
                $0.renditions = renditions
            }
            try trial.expect(try await trial.stored(video.id)?.tags, is: tags, "the tags")
            try trial.expect(try await trial.stored(video.id)?.renditions, is: renditions, "the renditions")
            let changes = trial.changes {
                $0.tags = .set(tags.reversed())
                $0.renditions = .set(renditions.reversed())
            }
            _ = try await trial.repository.update(video.id, expecting: 1, changes)
            try trial.expect(
                try await trial.list(VideoQuery()).first?.tags, is: tags.reversed(), "the tags, turned round")
            try trial.expect(
                try await trial.list(VideoQuery()).first?.renditions, is: renditions.reversed(),
                "the renditions, turned round")
        },
    ]

    /// Up to 99 bytes each, so that they fit into a tag with one more.
    private static let difficultTexts = [
        "it's \"quoted\" `twice`", "'; DROP TABLE videos; --", "100%_\\%\\_", "\\", "\\'", "$1 ?1 :name @p {} [] null",
        " leading and trailing ", "line\r\nbreak\ttab\u{1}\u{7F}", "🎬👩🏽‍💻🇩🇪", "\u{1F3AC}\u{10FFFD}\u{FFFD}\u{FEFF}",
        "\u{E4} composed", "a\u{308} decomposed", "Z\u{351}\u{36B}\u{343}algo", "\u{202E}right to left \u{5D0}\u{5D1}",
        "\u{1100}\u{1161}\u{11A8} \u{AC01}", "NULL", "{\"a\":\"b\",\"c\":[1]}", "a,b;c|d", "\u{2028}\u{2029}\u{85}",
    ]
}
