#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The headers and metadata that are stored with an object.
struct StoredProperties: Sendable, Codable, Equatable {
    /// The values of `Content-Type` and the like, by lowercase name.
    var headers: [String: String] = [:]
    /// The user metadata, by lowercase name without `x-amz-meta-`.
    ///
    /// Values are decoded.
    var metadata: [String: String] = [:]
    /// `STANDARD` or `STANDARD_IA`.
    var storageClass = "STANDARD"
    /// The MD5 of the customer's key in base64, if the object was stored with one.
    var customerKeyMD5: String?
}

/// An object.
struct ObjectRecord: Sendable {
    var key: String
    var body: any StoredBody
    /// The ETag without quotation marks.
    var etag: String
    /// The date when it was stored, in whole milliseconds.
    var modified: Date
    var properties: StoredProperties
    /// The checksums in base64, by the algorithm's lowercase name.
    var checksums: [String: String] = [:]
    /// The lengths of the parts if it was uploaded in parts, otherwise empty.
    var partLengths: [Int64] = []
    /// An identifier that no other version of an object has.
    var version: String

    var length: Int64 { body.length }
    /// The ETag with quotation marks.
    var quotedETag: String { "\"\(etag)\"" }
}

/// A part of an unfinished multipart upload.
struct PartRecord: Sendable {
    var number: Int
    var body: any StoredBody
    /// The MD5 in hexadecimal.
    var etag: String
    var modified: Date
    var checksums: [String: String] = [:]
}

/// An unfinished multipart upload.
struct UploadRecord: Sendable {
    var id: String
    var key: String
    var initiated: Date
    var properties: StoredProperties
    /// The checksum algorithm in lower case, if one was requested.
    var checksumAlgorithm: String?
    var parts: [Int: PartRecord] = [:]
}

/// The result of an upload that was completed, aborted or expired, kept so that requests that repeat are known.
enum FinishedUpload: Sendable {
    case completed(key: String, etag: String)
    case aborted
}
#endif
