import VideoCatalog

extension RuleContext {
    /// Throws unless a condition is true.
    func expect(_ condition: Bool, _ subject: String, _ expected: String, but actual: @autoclosure () -> String) throws
    {
        guard condition else { throw FailedExpectation(subject, expected: expected, actual: actual()) }
    }

    /// Throws unless a value equals another one.
    func expect<Value: Equatable>(_ actual: Value, is expected: Value, _ subject: String) throws {
        guard actual == expected else {
            throw FailedExpectation(
                subject, expected: VideoFields.readable(expected), actual: VideoFields.readable(actual))
        }
    }

    /// Throws unless a row equals another one, byte for byte, and names the fields that differ.
    func expect(_ actual: Video, is expected: Video, _ subject: String) throws {
        try expect(actual as Video?, is: expected as Video?, subject)
    }

    /// Throws unless a row equals another one, byte for byte.
    func expect(_ actual: Video?, is expected: Video?, _ subject: String) throws {
        guard let actual, let expected else {
            let name = { (video: Video?) in video.map { "the video \($0.shortName)" } ?? "nil" }
            return try expect(
                (actual == nil) == (expected == nil), subject, name(expected), but: name(actual))
        }
        let differences = VideoFields.differences(from: expected, to: actual)
        guard !differences.isEmpty else { return }
        throw FailedExpectation(
            subject, expected: differences.map { "\($0.name) \($0.expected)" }.joined(separator: ", "),
            actual: differences.map { "\($0.name) \($0.actual)" }.joined(separator: ", "))
    }

    /// Throws unless two lists have the same identifiers in the same order.
    func expect(_ actual: [Video], are expected: [Video], _ subject: String) throws {
        guard actual.map(\.id) != expected.map(\.id) else { return }
        let names = { (videos: [Video]) in
            videos.isEmpty ? "none" : videos.map(\.shortName).joined(separator: ", ")
        }
        throw FailedExpectation(subject, expected: names(expected), actual: names(actual))
    }

    /// Throws unless two lists have the same rows in the same order, byte for byte.
    func expect(_ actual: [Video], areExactly expected: [Video], _ subject: String) throws {
        try expect(actual, are: expected, subject)
        for (actual, expected) in zip(actual, expected) { try expect(actual, is: expected, subject) }
    }

    /// Throws unless an operation throws a ``CatalogError`` with a code.
    ///
    /// - Parameters:
    ///   - code: The expected code.
    ///   - subject: A description of the operation.
    ///   - fields: The names of the invalid fields, in any order, or `nil` to accept any.
    ///   - current: The row that the error must carry, or `nil` to accept any.
    ///   - operation: The operation that must throw.
    /// - Throws: A `FailedExpectation` if the operation doesn't throw that error.
    func expectError<Result>(
        _ code: CatalogError.Code, _ subject: String, fields: Set<String>? = nil, current: Video? = nil,
        _ operation: () async throws -> Result
    ) async throws {
        let thrown: CatalogError
        do {
            let result = try await operation()
            throw FailedExpectation(
                subject, expected: "the error \(code)", actual: "no error, but \(Self.brief(result))")
        } catch let error as CatalogError {
            thrown = error
        } catch let failure as FailedExpectation {
            throw failure
        } catch {
            throw FailedExpectation(subject, expected: "a CatalogError with the code \(code)", actual: "\(error)")
        }
        try expect(thrown.code == code, subject, "the error \(code)", but: "the error \(thrown)")
        if let fields {
            try expect(
                Set(thrown.fields.map(\.name)), is: fields, "the fields that the error names, after \(subject)")
        }
        if let current { try expect(thrown.current, is: current, "the row that the error carries, after \(subject)") }
    }

    private static func brief(_ result: Any) -> String {
        switch result {
        case let video as Video: "the video \(video.shortName) in version \(video.version)"
        case let page as VideoPage: "a page of \(page.videos.count) videos"
        case let batch as VideoBatch: "a list of \(batch.videos.count)"
        case let batch as ClaimBatch: "a list of \(batch.claims.count)"
        case let result as PurgeResult: "a list of \(result.videos.count)"
        case let list as [Any]: "a list of \(list.count)"
        default: "\(result)"
        }
    }
}

extension Video {
    /// The object key, which names the video in messages.
    var shortName: String { VideoFields.readable(objectKey) }
}
