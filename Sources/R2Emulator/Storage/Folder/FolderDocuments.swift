#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The file beside an object's body.
struct ObjectDocument: Codable {
    var key: String
    /// The name of the file with the body.
    var body: String
    var length: Int64
    var etag: String
    /// Milliseconds since 1970.
    var modified: Int64
    var version: String
    var properties: StoredProperties
    var checksums: [String: String]
    var partLengths: [Int64]

    init(_ object: ObjectRecord, body: String) {
        key = object.key
        self.body = body
        length = object.length
        etag = object.etag
        modified = object.modified.milliseconds
        version = object.version
        properties = object.properties
        checksums = object.checksums
        partLengths = object.partLengths
    }

    func record(body: any StoredBody) -> ObjectRecord {
        ObjectRecord(
            key: key, body: body, etag: etag, modified: Date(milliseconds: modified), properties: properties,
            checksums: checksums, partLengths: partLengths, version: version)
    }
}

/// The file beside a part's body.
struct PartDocument: Codable {
    var number: Int
    var body: String
    var length: Int64
    var etag: String
    var modified: Int64
    var checksums: [String: String]

    init(_ part: PartRecord, body: String) {
        number = part.number
        self.body = body
        length = part.body.length
        etag = part.etag
        modified = part.modified.milliseconds
        checksums = part.checksums
    }

    func record(body: any StoredBody) -> PartRecord {
        PartRecord(
            number: number, body: body, etag: etag, modified: Date(milliseconds: modified), checksums: checksums)
    }
}

/// The file of an upload.
struct UploadDocument: Codable {
    var id: String
    var key: String
    var initiated: Int64
    var properties: StoredProperties
    var checksumAlgorithm: String?

    init(_ upload: UploadRecord) {
        id = upload.id
        key = upload.key
        initiated = upload.initiated.milliseconds
        properties = upload.properties
        checksumAlgorithm = upload.checksumAlgorithm
    }

    var record: UploadRecord {
        UploadRecord(
            id: id, key: key, initiated: Date(milliseconds: initiated), properties: properties,
            checksumAlgorithm: checksumAlgorithm)
    }
}

/// The file of an upload that was completed or aborted.
struct FinishedUploadDocument: Codable {
    var id: String
    /// The key and the ETag of the object, if the upload was completed.
    var key: String?
    var etag: String?

    init(_ id: String, _ result: FinishedUpload) {
        self.id = id
        if case .completed(let key, let etag) = result { (self.key, self.etag) = (key, etag) }
    }

    var result: FinishedUpload {
        if let key, let etag { .completed(key: key, etag: etag) } else { .aborted }
    }
}

/// The file of a bucket.
struct BucketDocument: Codable {
    var name: String
    var created: Int64
    var location: String
    var cors: String?
    /// The lifecycle document, empty if the bucket has no rules.
    ///
    /// `nil` in the directories of older emulators, whose buckets all had the default rule.
    var lifecycle: String?

    init(_ bucket: BucketState) {
        name = bucket.name
        created = bucket.created.milliseconds
        location = bucket.location
        cors = bucket.cors.map { String(decoding: $0, as: UTF8.self) }
        lifecycle = bucket.lifecycle.map { String(decoding: $0.document, as: UTF8.self) } ?? ""
    }

    var state: BucketState {
        var state = BucketState(name: name, created: Date(milliseconds: created), location: location)
        state.cors = cors.map { Array($0.utf8) }
        state.lifecycle = .standard
        // An empty document is that of a bucket without rules.
        if let lifecycle { state.lifecycle = try? LifecycleRules(Array(lifecycle.utf8)) }
        return state
    }
}

extension Date {
    fileprivate init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
    fileprivate var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}
#endif
