#if Delivery
internal import HTTPTypes
internal import NIOCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension EndpointResponse {
    /// Creates a response with a JSON document.
    ///
    /// No cache may store it, because documents hold signed URLs or depend on the caller.
    init(_ status: HTTPResponse.Status = .ok, json document: some Encodable, contentType: String = "application/json") {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        // All documents are strings, finite numbers, dates and lists of them. Encoding them doesn't fail.
        guard let data = try? encoder.encode(document) else {
            self.init(.internalServerError, [.cacheControl: "no-store"])
            return
        }
        let fields: HTTPFields = [.contentType: contentType, .cacheControl: "no-store"]
        self.init(status, fields, body: EndpointBody(ByteBuffer(bytes: data)))
    }
}
#endif
