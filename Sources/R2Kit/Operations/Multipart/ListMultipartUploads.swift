internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Lists the uploads of a bucket that are neither completed nor aborted, a page at a time.
///
/// Go on with ``Page/next`` until it is `nil`.
public struct ListMultipartUploads: R2Operation {
    /// An upload that has been begun.
    public struct Upload: Sendable, Hashable {
        /// Where the object goes.
        public let key: ObjectKey
        /// The upload's id.
        public let uploadID: UploadID
        /// When it was begun.
        public let initiated: Date
        /// The storage class.
        public let storageClass: StorageClass
    }

    /// Where a page begins.
    public struct Marker: Sendable, Hashable {
        /// The key after which it begins; with an upload id, the key that it is in the middle of.
        public var key: String
        /// The upload of that key after which it begins.
        public var uploadID: String?

        /// Names a place.
        public init(key: String, uploadID: String? = nil) {
            self.key = key
            self.uploadID = uploadID
        }
    }

    /// One page.
    public struct Page: Sendable, Hashable {
        /// The uploads.
        public let uploads: [Upload]
        /// What several keys begin with, up to and with the delimiter, in place of those uploads.
        public let commonPrefixes: [String]
        /// What to ask for the next page with; `nil` if this is the last.
        public let next: Marker?
    }

    /// One page.
    public typealias Output = Page

    /// `ListMultipartUploads`.
    public static let name = "ListMultipartUploads"
    /// 8 MiB: a thousand of the longest keys, encoded.
    public static let maximumResponseLength = 8 * 1024 * 1024

    /// What all keys begin with.
    public var prefix: String?
    /// What ends a common prefix, such as `/`.
    public var delimiter: String?
    /// The most uploads and prefixes in a page, from 1 to 1,000; R2's default is 1,000.
    public var maxUploads: Int?
    /// Where the page begins.
    public var marker: Marker?

    /// Describes the operation.
    public init(prefix: String? = nil, delimiter: String? = nil, maxUploads: Int? = nil, marker: Marker? = nil) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.maxUploads = maxUploads
        self.marker = marker
    }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .get)
        request.query = [.init("uploads"), .init("encoding-type", "url")]
        try request.appendPageSize(maxUploads, as: "max-uploads")
        request.append(prefix, as: "prefix")
        request.append(delimiter, as: "delimiter")
        if let marker {
            guard !marker.key.isEmpty else {
                throw R2KitError(
                    .invalidListing, "a list of uploads begins after a key: leave the marker out, or name one")
            }
            request.append(marker.key, as: "key-marker")
            request.append(marker.uploadID, as: "upload-id-marker")
        }
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> Page {
        let page = try parse(response, root: ["ListMultipartUploadsResult"], Page.init)
        if let next = page.next, next == marker {
            throw invalid(response, "the page points to itself as the next one")
        }
        return page
    }
}
