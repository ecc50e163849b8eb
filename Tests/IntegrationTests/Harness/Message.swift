import Foundation
import HTTPTypes
import R2Kit

/// A request as `curl` sends it.
///
/// Unlike a presigned request, it can be changed, to test whether the server notices.
struct Message: Sendable {
    var method: String
    var url: String
    var headers: [(name: String, value: String)]
    var body: Body?

    init(method: String, url: String, headers: [(name: String, value: String)] = [], body: Body? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// Creates the request that a client sends for a presigned request.
    ///
    /// curl sets `content-length` from the body, as a browser does.
    init(_ request: PresignedRequest, body: Body? = nil) {
        self.init(
            method: request.method.rawValue, url: request.url,
            headers: request.browserHeaders.map { ($0.name.canonicalName, $0.value) }, body: body)
    }

    func adding(_ name: String, _ value: String) -> Message {
        var changed = self
        changed.headers.append((name, value))
        return changed
    }
}

/// A response as `curl` received it.
struct ReceivedResponse: Sendable {
    let status: Int
    /// The headers, by lowercase name.
    let headers: [String: String]
    let body: Body

    var isSuccess: Bool { (200...299).contains(status) }
    /// The body as a string, such as an error's XML.
    var text: String { String(decoding: body.bytes, as: UTF8.self) }

    /// Returns the text of the first XML element with a name.
    func element(_ name: String) -> String? {
        guard let start = text.range(of: "<\(name)>"),
            let end = text.range(of: "</\(name)>", range: start.upperBound..<text.endIndex)
        else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }
}
