#if Delivery
internal import VideoCatalog
internal import VideoDelivery

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The body of a request to begin an upload.
struct BeginRequest: Decodable {
    let file: FileRequest
    /// The title, or `nil` for the filename.
    let title: String?
    let sessionID: CourseSessionID?
    let token: String
    let transport: TransportName?
}

/// The body of a request to replace a file.
struct ReplaceRequest: Decodable {
    let file: FileRequest
    let token: String
    let transport: TransportName?
}

/// The body of a request to sign parts.
struct PartsRequest: Decodable {
    let attempt: AttemptID?
    let numbers: [WholeNumber]
    let transport: TransportName?
}

/// The body of a request that concerns an upload and says nothing else.
struct AttemptRequest: Decodable {
    let attempt: AttemptID?
}

/// The body of a request that says nothing: an object, whose fields aren't read.
struct EmptyRequest: Decodable {
    private enum CodingKeys: CodingKey {}

    init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: CodingKeys.self) }
}

/// A file in a request.
struct FileRequest: Decodable {
    let name: String
    let contentType: String?
    let byteSize: WholeNumber
    let fingerprint: String?

    var file: UploadFile {
        UploadFile(name: name, contentType: contentType, byteSize: byteSize.value, fingerprint: fingerprint)
    }
}

/// A whole number in a request.
///
/// Foundation doesn't say which number of a document has a fraction or is too large.
struct WholeNumber: Decodable {
    let value: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int64.self) {
            self.value = value
        } else {
            _ = try container.decode(Double.self)
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Expected a whole number of 64 bits.")
        }
    }
}

/// The identifier of an upload in a request.
struct AttemptID: Decodable {
    let uuid: UUID

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let uuid = UUID(uuidString: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Expected the UUID that the upload was started with.")
        }
        self.uuid = uuid
    }
}

/// The name of a transport in a request.
struct TransportName: Decodable {
    let value: UploadTransport

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = UploadTransport(rawValue: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Expected \"foreground\" or \"background\".")
        }
        self.value = value
    }
}
#endif
