#if Emulator
import Testing

@testable import R2Emulator

/// A row of the table of R2's rules: a request, and the response that the emulator must give.
struct Rule: Sendable, CustomTestStringConvertible {
    /// The source of a rule.
    enum Source: String, Sendable {
        /// Captured from a real bucket.
        case observed
        /// In Cloudflare's documentation, release notes included.
        case documented
        /// Reported by users of real buckets.
        case live
        /// No source says it. The emulator's choice.
        case unsettled
    }

    let name: String
    let source: Source
    /// Prepares the bucket.
    ///
    /// Returns the replacement for `{id}` in the target, such as an upload's identifier.
    var prepare: @Sendable (TestClient) async throws -> String = { _ in "" }
    var method = "GET"
    let target: String
    var headers: [(String, String)] = []
    var body: String?
    let status: Int
    var code: String?
    var message: String?
    /// Headers that the response must have.
    ///
    /// `nil` is one that it must not have.
    var responseHeaders: [String: String?] = [:]
    /// Strings that the body must contain.
    var contains: [String] = []

    var testDescription: String { "\(name) (\(source.rawValue))" }

    /// Sends the request and checks the response.
    func check(_ location: SourceLocation = #_sourceLocation) async throws {
        try await TestClient.with { client in
            let id = try await prepare(client)
            let target = target.split(separator: "{id}", omittingEmptySubsequences: false).joined(separator: id)
            let response = try await client.send(method, target, headers, body: body.map { Array($0.utf8) })
            #expect(response.status == status, "\(response.text)", sourceLocation: location)
            if let code {
                #expect(response.element("Code") == code, "\(response.text)", sourceLocation: location)
                #expect(
                    response.text.hasPrefix(#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>"#),
                    sourceLocation: location)
                #expect(response["content-type"] == "application/xml", sourceLocation: location)
            }
            if let message { #expect(response.element("Message") == message, sourceLocation: location) }
            for (name, value) in responseHeaders {
                #expect(response[name] == value, "\(name)", sourceLocation: location)
            }
            for text in contains { #expect(response.text.contains(text), "\(response.text)", sourceLocation: location) }
        }
    }
}

/// A prepared object `key` with a body of ten bytes.
let anObject: @Sendable (TestClient) async throws -> String = { client in
    try await client.put("key", "0123456789", [("content-type", "text/plain"), ("x-amz-meta-a", "1")])
}
#endif
