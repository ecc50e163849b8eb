#if Delivery
import Foundation
import HTTPTypes
import NIOCore
import Testing
import VideoEndpoints

/// A response whose body has been read.
struct Reply: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    init(_ response: EndpointResponse) async throws {
        status = response.head.status.code
        headers = response.head.headerFields
        var bytes: [UInt8] = []
        for try await chunk in response.body { bytes += chunk.readableBytesView }
        self.bytes = bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The JSON value, or `nil` if the body isn't JSON.
    var json: Any? { try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) }

    /// The JSON object, or an empty one.
    var object: [String: Any] { json as? [String: Any] ?? [:] }

    /// The code of a problem.
    var code: String? { object["code"] as? String }

    func string(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try #require(object[name] as? String, "\(text)", sourceLocation: sourceLocation)
    }

    /// Expects a problem in the form of RFC 9457.
    func expectProblem(_ status: Int, _ code: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.status == status, "\(text)", sourceLocation: sourceLocation)
        #expect(self.code == code, "\(text)", sourceLocation: sourceLocation)
        #expect(headers[.contentType] == "application/problem+json", sourceLocation: sourceLocation)
        #expect(object["type"] as? String == "urn:r2kit:problem:\(code)", sourceLocation: sourceLocation)
        #expect(object["status"] as? Int == status, sourceLocation: sourceLocation)
        #expect((object["title"] as? String)?.isEmpty == false, sourceLocation: sourceLocation)
        #expect((object["detail"] as? String)?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(!text.contains("X-Amz-"), sourceLocation: sourceLocation)
    }
}
#endif
