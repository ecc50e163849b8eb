import HTTPTypes
import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Values that the tests of operations share.
enum Sample {
    static let etag = "9b2cf535f27731c974343645a3985328"

    static func key(_ name: String = "videos/lecture 1.mp4") throws -> ObjectKey { try ObjectKey(name) }
    static func uploadID() throws -> UploadID { try UploadID("ab/c+d=") }
    static func tag() throws -> ETag { try ETag(etag) }

    static func signer(sessionToken: String? = nil, style: AddressingStyle = .path) throws -> R2RequestSigner {
        R2RequestSigner(try Fixture.config(sessionToken: sessionToken, style: style))
    }

    /// Creates a response with headers given as pairs.
    static func response(
        _ status: Int = 200, _ headers: [(String, String)] = [], body: String = ""
    ) throws -> R2Response {
        var fields = HTTPFields()
        for (name, value) in headers {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return R2Response(status: status, headerFields: fields, body: Array(body.utf8))
    }

    /// The headers of every response about an object.
    static let objectHeaders = [
        ("ETag", "\"\(etag)\""), ("Content-Length", "1000"), ("Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT"),
    ]
}

extension R2OperationRequest {
    /// The query and the headers as sorted lines.
    var lines: [String] {
        query.map { "?\($0.name)=\($0.value)" }.sorted()
            + headerFields.map { "\($0.name.canonicalName): \($0.value)" }.sorted()
    }

    var text: String {
        if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { "" }
    }
}

/// Returns the error that `body` throws, or fails the test if it throws none.
func r2Error(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws -> R2Error {
    try #require(throws: R2Error.self, sourceLocation: sourceLocation) { try body() }
}

/// Returns the code of the validation error that `body` throws.
func refusal(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws
    -> R2ValidationError.Code
{
    try #require(throws: R2ValidationError.self, sourceLocation: sourceLocation) { try body() }.code
}
