internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An operation that lists a bucket's unfinished multipart uploads in pages.
///
/// To read the next page, pass ``Page/next`` as `marker`, until it is `nil`.
public struct ListMultipartUploads: R2Operation {
    /// An upload that is neither completed nor aborted.
    public struct Upload: Sendable, Hashable {
        /// The object's key.
        public let key: ObjectKey
        /// The upload's ID.
        public let uploadID: UploadID
        /// The date when the upload was created.
        public let initiated: Date
        /// The storage class.
        public let storageClass: StorageClass
    }

    /// The position at which a page starts.
    public struct Marker: Sendable, Hashable {
        /// The key after which the page starts, or, with an upload ID, the key whose remaining uploads it starts with.
        public var key: String
        /// The upload of that key after which the page starts.
        public var uploadID: String?

        /// Creates a marker.
        /// - Parameters:
        ///   - key: The key after which the page starts.
        ///   - uploadID: The upload of that key after which the page starts.
        public init(key: String, uploadID: String? = nil) {
            self.key = key
            self.uploadID = uploadID
        }
    }

    /// A page of a listing.
    public struct Page: Sendable, Hashable {
        /// The uploads.
        public let uploads: [Upload]
        /// The common prefixes, up to and including the delimiter, that replace the uploads below them.
        public let commonPrefixes: [String]
        /// The marker that requests the next page, or `nil` if this is the last page.
        public let next: Marker?
    }

    /// A page of the listing.
    public typealias Output = Page

    /// `ListMultipartUploads`.
    public static let name = "ListMultipartUploads"
    /// 8 MiB: a thousand of the longest keys, percent-encoded.
    public static let maximumResponseLength = 8 * 1024 * 1024

    /// The prefix of the keys to list.
    public var prefix: String?
    /// The delimiter that ends a common prefix, such as `/`.
    public var delimiter: String?
    /// The maximum number of uploads and prefixes in a page, from 1 to 1,000.
    ///
    /// R2's default is 1,000.
    public var maxUploads: Int?
    /// The position at which the page starts.
    public var marker: Marker?

    /// Creates the operation.
    /// - Parameters:
    ///   - prefix: The prefix of the keys to list.
    ///   - delimiter: The delimiter that ends a common prefix, such as `/`.
    ///   - maxUploads: The maximum number of uploads and prefixes in a page, from 1 to 1,000.
    ///   - marker: The position at which the page starts.
    public init(prefix: String? = nil, delimiter: String? = nil, maxUploads: Int? = nil, marker: Marker? = nil) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.maxUploads = maxUploads
        self.marker = marker
    }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .get, query: [QueryParameter(name: "uploads", value: "")])
        request.append("url", as: "encoding-type")
        try request.appendPageSize(maxUploads, as: "max-uploads")
        request.append(prefix, as: "prefix")
        request.append(delimiter, as: "delimiter")
        if let marker {
            guard !marker.key.isEmpty else {
                throw R2ValidationError(
                    .invalidListing, "Invalid marker: its key is empty. Use nil for the first page.")
            }
            request.append(marker.key, as: "key-marker")
            request.append(marker.uploadID, as: "upload-id-marker")
        }
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Page {
        let page = try parse(response, root: ["ListMultipartUploadsResult"], Page.init)
        if let next = page.next, next == marker {
            throw invalid(response, "Invalid listing: the page refers to itself as the next page.")
        }
        return page
    }
}

extension ListMultipartUploads.Marker {
    /// Compares the keys' bytes.
    public static func == (first: Self, second: Self) -> Bool {
        first.key.utf8.elementsEqual(second.key.utf8) && first.uploadID == second.uploadID
    }

    /// Hashes the key's bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in key.utf8 { hasher.combine(byte) }
        hasher.combine(uploadID)
    }
}

extension ListMultipartUploads.Page {
    fileprivate init(_ scanner: inout XMLScanner) throws(XMLError) {
        var entries: [Entry] = []
        var prefixes: [String] = []
        var isTruncated: Bool?
        var keyMarker: String?
        var uploadIDMarker: String?
        var encodingType: String?
        while let name = try scanner.nextChild() {
            switch name {
            case "Upload": entries.append(try Entry(&scanner))
            case "CommonPrefixes": prefixes.append(try scanner.commonPrefix())
            case "IsTruncated": try scanner.read(&isTruncated)
            case "NextKeyMarker": try scanner.read(&keyMarker)
            case "NextUploadIdMarker": try scanner.read(&uploadIDMarker)
            case "EncodingType": try scanner.read(&encodingType)
            default: try scanner.skip()
            }
        }
        let decoder = try ListDecoder(encodingType, scanner)
        let isUnstated = encodingType == nil && Self.isEncoded(entries.last?.key, keyMarker)
        let keyDecoder = isUnstated ? try ListDecoder("url", scanner) : decoder
        uploads = try entries.map { (entry) throws(XMLError) in try entry.upload(keyDecoder, scanner) }
        commonPrefixes = try prefixes.map { (name) throws(XMLError) in try decoder.text(name, scanner) }
        if try scanner.required(isTruncated, "IsTruncated") {
            guard let keyMarker, !keyMarker.isEmpty else {
                throw scanner.problem("the list is truncated and has no marker")
            }
            let uploadID = uploadIDMarker.flatMap { $0.isEmpty ? nil : $0 }
            next = ListMultipartUploads.Marker(key: try decoder.text(keyMarker, scanner), uploadID: uploadID)
        } else {
            next = nil
        }
    }

    /// Returns a Boolean value that indicates whether the last key is the marker in encoded form.
    ///
    /// The Ceph Object Gateway encodes the keys but not the marker, and doesn't state an encoding. Without this check,
    /// aborting an upload would use the wrong key.
    private static func isEncoded(_ key: String?, _ marker: String?) -> Bool {
        guard let key, let marker, !key.utf8.elementsEqual(marker.utf8) else { return false }
        return ListDecoder.decode(key)?.utf8.elementsEqual(marker.utf8) == true
    }

    /// The content of an `Upload` element, with an encoded key.
    private struct Entry {
        private(set) var key: String?
        private var uploadID: String?
        private var initiated: Date?
        private var storageClass: String?

        init(_ scanner: inout XMLScanner) throws(XMLError) {
            while let name = try scanner.nextChild() {
                switch name {
                case "Key": try scanner.read(&key)
                case "UploadId": try scanner.read(&uploadID)
                case "Initiated": try scanner.read(&initiated)
                case "StorageClass": try scanner.read(&storageClass)
                default: try scanner.skip()
                }
            }
        }

        func upload(_ decoder: ListDecoder, _ scanner: XMLScanner) throws(XMLError) -> ListMultipartUploads.Upload {
            let id: UploadID
            do { id = try UploadID(try scanner.required(uploadID, "UploadId")) } catch {
                throw scanner.problem("an upload ID is missing or invalid")
            }
            return ListMultipartUploads.Upload(
                key: try decoder.key(try scanner.required(key, "Key"), scanner), uploadID: id,
                initiated: try scanner.required(initiated, "Initiated"),
                storageClass: storageClass.flatMap { $0.isEmpty ? nil : StorageClass($0) } ?? .standard)
        }
    }
}
