#if Delivery
internal import VideoCatalog
internal import VideoDelivery

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A file as Uppy describes it.
///
/// The size is in the metadata, because Uppy sends it nowhere else.
struct UppyFile: Sendable {
    let file: UploadFile
    let title: String
    let sessionID: CourseSessionID?
    /// The token, or a random one: then a repeated request begins another upload.
    ///
    /// Version 6 has its own name for each upload, which takes the place of a missing token.
    let token: String

    private init(
        filename: String?, type: String?, token: String? = nil,
        metadata: (String) throws(EndpointProblem) -> String?
    ) throws(EndpointProblem) {
        guard let filename else {
            throw .invalidFields([EndpointProblem.Field("filename", "Missing.")])
        }
        guard let size = try metadata("byteSize").flatMap({ Int64($0) }) else {
            throw .invalidFields([
                EndpointProblem.Field(
                    "metadata.byteSize",
                    "Expected the size of the file in bytes. Set it before the upload: "
                        + "uppy.setFileMeta(file.id, { byteSize: file.size }).")
            ])
        }
        file = UploadFile(
            name: filename, contentType: type.flatMap { $0.isEmpty ? nil : $0 }, byteSize: size,
            fingerprint: try metadata("fingerprint"))
        title = try metadata("title") ?? filename
        sessionID = try metadata("sessionID").map { CourseSessionID($0) }
        self.token = try metadata("token") ?? token ?? UUID().uuidString
    }

    /// The number of retries that can have a token of their own.
    ///
    /// Zero if the token is so long that nothing fits behind it: tokens have at most 255 bytes.
    var maximumRetries: Int { token.utf8.count <= 252 ? 20 : 0 }

    /// Returns the token of a retry, which is the same for each repetition of it.
    ///
    /// - Parameter retry: The number of the retry, or 0 for the first attempt.
    /// - Returns: The token itself, or the token and a number.
    func token(ofRetry retry: Int) -> String { retry == 0 ? token : "\(token) \(retry + 1)" }

    /// Creates a description from the query of `params`.
    init(_ query: RequestQuery) throws(EndpointProblem) {
        try self.init(filename: try query.value("filename"), type: try query.value("type")) {
            name throws(EndpointProblem) in try query.value("metadata[\(name)]")
        }
    }

    /// Creates a description from the body of `multipart`.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - token: The token to use if the metadata has none, or `nil` for a random one.
    /// - Throws: An ``EndpointProblem`` with the code `invalidFields` if the name or the size is missing.
    init(_ body: UppyBeginRequest, token: String? = nil) throws(EndpointProblem) {
        try self.init(filename: body.filename, type: body.type, token: token) { name throws(EndpointProblem) in
            body.metadata?[name]?.text
        }
    }
}

/// The body of a request to begin an upload in parts.
struct UppyBeginRequest: Decodable {
    let filename: String?
    let type: String?
    let metadata: [String: UppyValue]?
}

/// A value of Uppy's metadata, which may have any type.
struct UppyValue: Decodable {
    /// The value as a string, or `nil` for null, lists and objects.
    let text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.text = text
        } else if let number = try? container.decode(Int64.self) {
            text = String(number)
        } else {
            text = nil
        }
    }
}

/// The request that sends a whole file.
struct UppyParameters: Encodable {
    let method: String
    let url: String
    let fields: [String: String]
    let headers: [String: String]
    /// The time until the URL expires, in seconds.
    let expires: Int
}

/// An upload in parts.
struct UppyUpload: Encodable {
    let key: String
    let uploadID: String
    let bucket: String

    private enum CodingKeys: String, CodingKey {
        case key, bucket
        case uploadID = "uploadId"
    }
}

/// A part that R2 has, with the names that S3 gives to its fields.
struct UppyPart: Encodable {
    let number: Int
    let size: Int64
    let etag: String

    private enum CodingKeys: String, CodingKey {
        case number = "PartNumber"
        case size = "Size"
        case etag = "ETag"
    }
}

/// The URL of a part.
struct UppySignedPart: Encodable {
    let url: String
    let expires: Int
}

/// The URLs of several parts, by number.
struct UppySignedBatch: Encodable {
    let urls: [String: String]

    private enum CodingKeys: String, CodingKey { case urls = "presignedUrls" }
}

/// The result of a completion.
struct UppyCompletion: Encodable {
    let location: String
    let key: String
    let bucket: String
}
#endif
