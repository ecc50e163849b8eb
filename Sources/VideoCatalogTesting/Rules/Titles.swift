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
                "the store's own lower case is used (SQLite's knows ASCII alone); keep RepositorySupport.folded(_:) in a column"
        ) { trial in
            let titles = ["Übung ÉCOLE", "ΑΘΗΝΑ ΣΟΦΟΣ", "ЛЕКЦИЯ 1", "İstanbul", "straße", "PLAIN", "Ǆungla", "ｆｕｌｌ"]
            for (number, title) in titles.enumerated() { try await trial.insert("\(number)") { $0.title = title } }
            let searched = [
                "übung", "école", "αθηνα", "лекция", "STRASSE", "STRAßE", "plain", "ǆUNGLA", "ＦＵＬＬ", "i", "s", "Σ", "σ",
            ]
            for text in searched + titles { try await expectTitles(containing: text, among: titles, trial) }
        },
        ContractRule(
            "A title is found composed or decomposed",
            hint: "title and searched text are not both folded by RepositorySupport.folded(_:)"
        ) { trial in
            let titles = [
                "U\u{308}bung", "\u{DC}bung", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}", "\u{212B}ngstrom",
                "e\u{301}\u{323}",
            ]
            for (number, title) in titles.enumerated() { try await trial.insert("\(number)") { $0.title = title } }
            let searched = ["u\u{308}", "\u{FC}", "\u{E5}", "\u{AC01}", "u", "\u{1EB9}\u{301}", "e"]
            for text in searched + titles { try await expectTitles(containing: text, among: titles, trial) }
        },
        ContractRule(
            "Wildcards in a searched text stand for themselves",
            hint: "percent, underscore and backslash are not escaped in LIKE, or * and ? in GLOB"
        ) { trial in
            let titles = [
                "100% sure", "100 sure", "a_b", "acb", "back\\slash", "[a-z]*?", "it's", "\"q\"", "plain", "a%b_c\\d",
            ]
            for (number, title) in titles.enumerated() { try await trial.insert("\(number)") { $0.title = title } }
            let searched = [
                "%", "_", "\\", "%sure", "100%", "a_b", "*", "?", "[a-z]", "'", "\"", "a%b", "\\%", "%%", "__", ".",
                "\\s", "+",
                "' OR 1=1 --", "", " ",
            ]
            for text in searched { try await expectTitles(containing: text, among: titles, trial) }
        },
        ContractRule(
            "A changed title is found, and the old one no longer",
            hint: "the folded title is not written by updates"
        ) { trial in
            let video = try await trial.insert("k") { $0.title = "Äpfel" }
            let updated = try await trial.repository.update(
                video.id, expecting: 1, trial.changes { $0.title = .set("Öl") })
            try trial.expect(try await trial.list(VideoQuery(titleContains: "öl")), are: [updated], "the new title")
            try trial.expect(try await trial.list(VideoQuery(titleContains: "äpfel")), are: [], "the old title")
        },
        ContractRule(
            "A query for what no video can have is refused with the fields at fault",
            hint: "RepositorySupport.validatedQuery(_:) is not called, or not by count as well"
        ) { trial in
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
            try await trial.expectRefusal(.invalidArgument, "a list of what cannot be", fields: fields) {
                try await trial.list(query)
            }
            try await trial.expectRefusal(.invalidArgument, "a count of what cannot be", fields: fields) {
                try await trial.repository.count(matching: query)
            }
        },
        ContractRule(
            "A query takes 1,000 sessions, 1,000 visibilities and 50 tags",
            hint: "the store takes fewer parameters than the query may have"
        ) { trial in
            let tags = (0..<50).map { "tag \($0)" }
            let video = try await trial.insert("k") {
                $0.tags = tags
                $0.sessionID = "999"
                $0.visibility = .init(rawValue: "999")
            }
            try await trial.insert("other") { $0.tags = Array(tags.dropLast()) }
            let many = (0..<1000).map { "\($0)" }
            let query = VideoQuery(
                sessionIDs: Set(many.map { CourseSessionID($0) }),
                visibilities: Set(many.map(Video.Visibility.init(rawValue:))), tags: tags)
            try trial.expect(try await trial.list(query), are: [video], "videos of a query of full size")
            try trial.expect(
                try await trial.repository.count(matching: query), is: 1, "the count of a query of full size")
        },
    ]

    /// Searches for a text, and expects what the model finds.
    private static func expectTitles(containing text: String, among titles: [String], _ trial: Trial) async throws {
        let query = VideoQuery(titleContains: text, order: .oldestFirst)
        let found = try await trial.list(query).map { VideoFields.readable($0.title) }
        let expected = titles.filter { RepositorySupport.title($0, contains: text) }.map(VideoFields.readable)
        try trial.expect(found, is: expected, "the titles that contain \(VideoFields.readable(text))")
        let count = try await trial.repository.count(matching: query)
        try trial.expect(count, is: expected.count, "the count of titles that contain \(VideoFields.readable(text))")
    }
}
