internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Lists the parts of an upload in the order of their numbers, a page at a time.
///
/// Go on with ``Page/nextPartNumberMarker`` until it is `nil`.
public struct ListParts: R2Operation {
    /// A part that has been stored.
    public struct Part: Sendable, Hashable {
        /// Its number.
        public let number: Int
        /// Its tag.
        public let etag: ETag
        /// Its bytes.
        public let size: Int64
        /// When it was stored.
        public let lastModified: Date?
    }

    /// One page.
    public struct Page: Sendable, Hashable {
        /// The parts.
        public let parts: [Part]
        /// What to ask for the next page with; `nil` if this is the last.
        public let nextPartNumberMarker: Int?
    }

    /// One page.
    public typealias Output = Page

    /// `ListParts`.
    public static let name = "ListParts"
    /// 2 MiB.
    public static let maximumResponseLength = 2 * 1024 * 1024

    /// The upload.
    public var uploadID: UploadID
    /// The object's key, the same as at the upload's creation.
    public var key: ObjectKey
    /// The most parts in a page, from 1 to 1,000; R2's default is 1,000.
    public var maxParts: Int?
    /// The number after which the list begins, from 0 to 10,000.
    public var partNumberMarker: Int?

    /// Describes the operation.
    public init(_ uploadID: UploadID, key: ObjectKey, maxParts: Int? = nil, partNumberMarker: Int? = nil) {
        self.uploadID = uploadID
        self.key = key
        self.maxParts = maxParts
        self.partNumberMarker = partNumberMarker
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .get, key: key, query: [.init("uploadId", uploadID.rawValue)])
        try request.appendPageSize(maxParts, as: "max-parts")
        if let marker = partNumberMarker {
            guard (0...10_000).contains(marker) else {
                throw R2KitError(.invalidListing, "a list of parts begins after a number from 0 to 10000")
            }
            request.query.append(.init("part-number-marker", String(marker)))
        }
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> Page {
        // The second is what stand-ins for S3 in tests answer.
        let page = try parse(response, root: ["ListPartsResult", "ListPartsResponse"], Page.init)
        if let next = page.nextPartNumberMarker, next <= partNumberMarker ?? 0 {
            throw invalid(response, "the page points back, and not to a next one")
        }
        return page
    }
}

extension ListParts.Page {
    init(_ scanner: inout XMLScanner) throws(XMLError) {
        var parts: [ListParts.Part] = []
        var isTruncated: Bool?
        var marker: Int?
        while let name = try scanner.nextChild() {
            switch name {
            case "Part": parts.append(try ListParts.Part(&scanner))
            case "IsTruncated": try scanner.read(&isTruncated)
            case "NextPartNumberMarker": try scanner.read(&marker)
            default: try scanner.skip()
            }
        }
        self.parts = parts
        let goesOn = try scanner.required(isTruncated, "IsTruncated")
        nextPartNumberMarker = goesOn ? try scanner.required(marker, "NextPartNumberMarker") : nil
    }
}

extension ListParts.Part {
    init(_ scanner: inout XMLScanner) throws(XMLError) {
        var number: Int?
        var etag: ETag?
        var size: Int64?
        var lastModified: Date?
        while let name = try scanner.nextChild() {
            switch name {
            case "PartNumber": try scanner.read(&number)
            case "ETag": try scanner.read(&etag)
            case "Size": try scanner.read(&size)
            case "LastModified": try scanner.read(&lastModified)
            default: try scanner.skip()
            }
        }
        self.number = try scanner.required(number, "PartNumber")
        self.etag = try scanner.required(etag, "ETag")
        self.size = try scanner.required(size, "Size")
        self.lastModified = lastModified
    }
}
