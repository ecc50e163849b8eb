import Foundation
import HTTPTypes
import R2Kit

/// A request as `curl` sends it.
///
/// Unlike a presigned one it can be changed, to see whether the server notices.
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

    /// What a client makes of a presigned request.
    ///
    /// `content-length` is left to curl, which counts the body, as a browser does.
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

/// What a server answered.
struct Answer: Sendable {
    let status: Int
    /// By name in lower case.
    let headers: [String: String]
    let body: Body

    var isSuccess: Bool { (200...299).contains(status) }
    /// The body as text, such as an error's XML.
    var text: String { String(decoding: body.bytes, as: UTF8.self) }

    /// The text of the first XML element with this name.
    func element(_ name: String) -> String? {
        guard let start = text.range(of: "<\(name)>"),
            let end = text.range(of: "</\(name)>", range: start.upperBound..<text.endIndex)
        else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }
}
