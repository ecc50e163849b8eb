import VideoCatalog

extension Trial {
    /// Expects a condition.
    func expect(_ condition: Bool, _ subject: String, _ expected: String, but actual: @autoclosure () -> String) throws
    {
        guard condition else { throw Mismatch(subject, expected: expected, actual: actual()) }
    }

    /// Expects a value.
    func expect<Value: Equatable>(_ actual: Value, is expected: Value, _ subject: String) throws {
        guard actual == expected else {
            throw Mismatch(subject, expected: VideoFields.readable(expected), actual: VideoFields.readable(actual))
        }
    }

    /// Expects a row, byte for byte.
    func expect(_ actual: Video?, is expected: Video?, _ subject: String) throws {
        guard let actual, let expected else {
            let name = { (video: Video?) in video.map { "the video \($0.shortName)" } ?? "nil" }
            return try expect(
                (actual == nil) == (expected == nil), subject, name(expected), but: name(actual))
        }
        let differences = VideoFields.differences(from: expected, to: actual)
        guard !differences.isEmpty else { return }
        throw Mismatch(
            subject, expected: differences.map { "\($0.name) \($0.expected)" }.joined(separator: ", "),
            actual: differences.map { "\($0.name) \($0.actual)" }.joined(separator: ", "))
    }

    /// Expects the same videos in the same order, whatever their contents.
    func expect(_ actual: [Video], are expected: [Video], _ subject: String) throws {
        guard actual.map(\.id) != expected.map(\.id) else { return }
        let names = { (videos: [Video]) in
            videos.isEmpty ? "none" : videos.map(\.shortName).joined(separator: ", ")
        }
        throw Mismatch(subject, expected: names(expected), actual: names(actual))
    }

    /// Expects the same rows in the same order, byte for byte.
    func expect(_ actual: [Video], areExactly expected: [Video], _ subject: String) throws {
        try expect(actual, are: expected, subject)
        for (actual, expected) in zip(actual, expected) { try expect(actual, is: expected, subject) }
    }

    /// Expects a refusal.
    ///
    /// - Parameters:
    ///   - code: The error's code.
    ///   - subject: What is tried.
    ///   - fields: The names of the fields at fault, in any order; `nil` if they do not matter.
    ///   - current: The row that the error must carry; `nil` if it does not matter.
    ///   - operation: What must throw.
    /// - Throws: `Mismatch` if it does not.
    func expectRefusal<Result>(
        _ code: CatalogError.Code, _ subject: String, fields: Set<String>? = nil, current: Video? = nil,
        _ operation: () async throws -> Result
    ) async throws {
        let refusal: CatalogError
        do {
            let result = try await operation()
            throw Mismatch(subject, expected: "the error \(code)", actual: "no error, but \(Self.brief(result))")
        } catch let error as CatalogError {
            refusal = error
        } catch let mismatch as Mismatch {
            throw mismatch
        } catch {
            throw Mismatch(subject, expected: "a CatalogError with the code \(code)", actual: "\(error)")
        }
        try expect(refusal.code == code, subject, "the error \(code)", but: "the error \(refusal)")
        if let fields {
            try expect(
                Set(refusal.fields.map(\.name)), is: fields, "the fields that the error names, after \(subject)")
        }
        if let current { try expect(refusal.current, is: current, "the row that the error carries, after \(subject)") }
    }

    private static func brief(_ result: Any) -> String {
        switch result {
        case let video as Video: "the video \(video.shortName) in version \(video.version)"
        case let page as VideoPage: "a page of \(page.videos.count) videos"
        case let list as [Any]: "a list of \(list.count)"
        default: "\(result)"
        }
    }
}

extension Video {
    /// Names a video in a message by what the rule called it.
    var shortName: String { VideoFields.readable(objectKey) }
}
