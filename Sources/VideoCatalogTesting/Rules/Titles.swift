import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ContractRule {
    static let titles: [ContractRule] = [
        ContractRule(
            "A title is found regardless of case, beyond ASCII too",
            hint:
                "the store's own lower case is used (SQLite's only knows ASCII). Store "
                + "RepositorySupport.folded(_:) in a column"
        ) { context in
            let titles = [
                "Übung ÉCOLE", "ΑΘΗΝΑ ΣΟΦΟΣ", "ЛЕКЦИЯ 1", "İstanbul", "straße", "PLAIN", "Ǆungla", "ｆｕｌｌ", "Ꭰꭱ", "µm",
                "ﬁnal", "ὈΔΥΣΣΕΎΣ", "ᾳ\u{323}",
            ]
            for (number, title) in titles.enumerated() { try await context.insert("\(number)") { $0.title = title } }
            let searched = [
                "übung", "école", "αθηνα", "лекция", "STRASSE", "STRAßE", "plain", "ǆUNGLA", "ＦＵＬＬ", "i", "s", "Σ", "σ",
                "ς", "οδυσσευς", "ὀδυσσεύς", "ꭰᎡ", "μ", "Μ", "FINAL", "istanbul", "i\u{307}stanbul", "Α\u{323}Ι",
            ]
            for text in searched + titles { try await expectTitles(containing: text, among: titles, context) }
        },
        ContractRule(
            "A title is found in composed and decomposed form",
            hint: "title and search string aren't both folded by RepositorySupport.folded(_:)"
        ) { context in
            let titles = [
                "U\u{308}bung", "\u{DC}bung", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}", "\u{212B}ngstrom",
                "e\u{301}\u{323}", "\u{F73}", "\u{F71}\u{F74}", "\u{F81}", "\u{F72}\u{F71}",
            ]
            for (number, title) in titles.enumerated() { try await context.insert("\(number)") { $0.title = title } }
            let searched = [
                "u\u{308}", "\u{FC}", "\u{E5}", "\u{AC01}", "u", "\u{1EB9}\u{301}", "e", "\u{F71}\u{F72}", "\u{F75}",
            ]
            for text in searched + titles { try await expectTitles(containing: text, among: titles, context) }
        },
        ContractRule(
            "Wildcards in a search string have no special meaning",
            hint: "percent, underscore and backslash aren't escaped in LIKE, or * and ? in GLOB"
        ) { context in
            let titles = [
                "100% sure", "100 sure", "a_b", "acb", "back\\slash", "[a-z]*?", "it's", "\"q\"", "plain", "a%b_c\\d",
            ]
            for (number, title) in titles.enumerated() { try await context.insert("\(number)") { $0.title = title } }
            let searched = [
                "%", "_", "\\", "%sure", "100%", "a_b", "*", "?", "[a-z]", "'", "\"", "a%b", "\\%", "%%", "__", ".",
                "\\s", "+",
                "' OR 1=1 --", "", " ",
            ]
            for text in searched { try await expectTitles(containing: text, among: titles, context) }
        },
        ContractRule(
            "A changed title is found, and the old one no longer",
            hint: "updates don't write the folded title"
        ) { context in
            let video = try await context.insert("k") { $0.title = "Äpfel" }
            let updated = try await context.repository.update(
                video.id, expecting: 1, context.changes { $0.title = .set("Öl") })
            try context.expect(try await context.list(VideoQuery(titleContains: "öl")), are: [updated], "the new title")
            try context.expect(try await context.list(VideoQuery(titleContains: "äpfel")), are: [], "the old title")
        },
        ContractRule(
            "A query that no video can match fails with the invalid fields",
            hint: "RepositorySupport.validatedQuery(_:) isn't called, or not by count"
        ) { context in
            let nothing = Date(timeIntervalSinceReferenceDate: .nan)
            let long = String(repeating: "x", count: 501)
            let many = (0...1000).map { "\($0)" }
            let query = VideoQuery(
                sessionIDs: Set(many.map { CourseSessionID($0) }), uploadedBy: "",
                visibilities: Set(many.map(Video.Visibility.init(rawValue:))), tags: ["a\0"], createdFrom: nothing,
                createdBefore: nothing, titleContains: long, uploadExpiresBy: nothing)
            let fields: Set = [
                "sessionIDs", "uploadedBy", "visibilities", "tags", "createdFrom", "createdBefore", "titleContains",
                "uploadExpiresBy",
            ]
            try await context.expectError(.invalidArgument, "a list of impossible conditions", fields: fields) {
                try await context.list(query)
            }
            try await context.expectError(.invalidArgument, "a count of impossible conditions", fields: fields) {
                try await context.repository.count(matching: query)
            }
        },
        ContractRule(
            "A query accepts 1,000 sessions, 1,000 visibilities and 50 tags",
            hint: "the store accepts fewer parameters than a query may have"
        ) { context in
            let tags = (0..<50).map { "tag \($0)" }
            let video = try await context.insert("k") {
                $0.tags = tags
                $0.sessionID = "999"
                $0.visibility = .init(rawValue: "999")
            }
            try await context.insert("other") { $0.tags = Array(tags.dropLast()) }
            let many = (0..<1000).map { "\($0)" }
            let query = VideoQuery(
                sessionIDs: Set(many.map { CourseSessionID($0) }),
                visibilities: Set(many.map(Video.Visibility.init(rawValue:))), tags: tags)
            try context.expect(try await context.list(query), are: [video], "videos of a query of full size")
            try context.expect(
                try await context.repository.count(matching: query), is: 1, "the count of a query of full size")
        },
    ]

    /// Searches for a string, and compares the result with RepositorySupport.
    private static func expectTitles(containing text: String, among titles: [String], _ context: RuleContext)
        async throws
    {
        let query = VideoQuery(titleContains: text, order: .oldestFirst)
        let found = try await context.list(query).map { VideoFields.readable($0.title) }
        let expected = titles.filter { RepositorySupport.title($0, contains: text) }.map(VideoFields.readable)
        try context.expect(found, is: expected, "the titles that contain \(VideoFields.readable(text))")
        let count = try await context.repository.count(matching: query)
        try context.expect(count, is: expected.count, "the count of titles that contain \(VideoFields.readable(text))")
    }
}
