#if Storage
internal import AsyncHTTPClient
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What came back for one try: status and headers, and a body that has yet to be read.
struct Answer: Sendable {
    let head: R2Response
    let body: HTTPClientResponse.Body
    let activity: Activity

    var status: Int { head.status }

    init(_ response: HTTPClientResponse, _ activity: Activity) {
        var fields = HTTPFields()
        for (name, value) in response.headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        head = R2Response(status: Int(response.status.code), headerFields: fields)
        body = response.body
        self.activity = activity
    }

    /// Reads the body, as much of it as the operation takes; the connection is dropped if there is more.
    func whole(for operation: some R2Operation) async throws -> R2Response {
        let isSuccess = (200..<300).contains(status)
        let operationLimit = type(of: operation).maximumResponseLength
        // What nobody reads is read all the same while it is little, so that the connection can be used again.
        let limit = isSuccess && operationLimit > 0 ? operationLimit : R2Response.maximumErrorLength
        if isSuccess, type(of: operation).streamsResponse { return head }
        var whole = head
        for try await chunk in body {
            activity.received(chunk.readableBytes)
            whole.body.append(contentsOf: chunk.readableBytesView)
            // The wait for the next one is the network's.
            activity.moved()
            guard whole.body.count > limit else { continue }
            // A success that is too long is refused by the operation; an error's beginning is enough.
            if !isSuccess { whole.body.removeSubrange(limit...) }
            break
        }
        return whole
    }

    /// The server's clock.
    var date: Date? { head.headerFields[.date].flatMap(HTTPDate.parse) }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { head.headerFields[$0] } }

    /// The error for an answer that is not what it should be.
    func problem(_ message: String, of operation: some R2Operation) -> R2Error {
        R2Error(
            .invalidResponse, message, status: status, operation: type(of: operation).name, key: operation.subject,
            requestID: header("x-amz-request-id"), cfRay: header("cf-ray"))
    }
}
#endif
