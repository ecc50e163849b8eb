internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An operation that lists the parts of a multipart upload in pages, in the order of their numbers.
///
/// To read the next page, pass ``Page/nextPartNumberMarker`` as `partNumberMarker`, until it is `nil`.
public struct ListParts: R2Operation {
    /// A stored part.
    public struct Part: Sendable, Hashable {
        /// The part number.
        public let number: Int
        /// The part's ETag.
        public let etag: ETag
        /// The part's length, in bytes.
        public let size: Int64
        /// The date when the part was stored.
        public let lastModified: Date?
    }

    /// A page of a listing.
    public struct Page: Sendable, Hashable {
        /// The parts.
        public let parts: [Part]
        /// The marker that requests the next page, or `nil` if this is the last page.
        public let nextPartNumberMarker: Int?
    }

    /// A page of the listing.
    public typealias Output = Page

    /// `ListParts`.
    public static let name = "ListParts"
    /// 2 MiB.
    public static let maximumResponseLength = 2 * 1024 * 1024

    /// The upload's ID.
    public var uploadID: UploadID
    /// The key with which the upload was created.
    public var key: ObjectKey
    /// The maximum number of parts in a page, from 1 to 1,000.
    ///
    /// R2's default is 1,000.
    public var maxParts: Int?
    /// The part number after which the listing starts, from 0 to 10,000.
    public var partNumberMarker: Int?

    /// Creates the operation.
    /// - Parameters:
    ///   - uploadID: The upload's ID.
    ///   - key: The key with which the upload was created.
    ///   - maxParts: The maximum number of parts in a page, from 1 to 1,000.
    ///   - partNumberMarker: The part number after which the listing starts, from 0 to 10,000.
    public init(_ uploadID: UploadID, key: ObjectKey, maxParts: Int? = nil, partNumberMarker: Int? = nil) {
        self.uploadID = uploadID
        self.key = key
        self.maxParts = maxParts
        self.partNumberMarker = partNumberMarker
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .get, key: key, uploadID: uploadID)
        try request.appendPageSize(maxParts, as: "max-parts")
        if let marker = partNumberMarker {
            guard marker == 0 || PartPlan.numbers.contains(marker) else {
                throw R2ValidationError(.invalidListing, "Invalid part number marker: expected 0 to 10,000.")
            }
            request.append(String(marker), as: "part-number-marker")
        }
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Page {
        // Stand-ins for S3 in tests use the second name.
        let page = try parse(response, root: ["ListPartsResult", "ListPartsResponse"], Page.init)
        if let next = page.nextPartNumberMarker, next <= partNumberMarker ?? 0 {
            throw invalid(response, "Invalid listing: the page refers to an earlier page as the next page.")
        }
        return page
    }
}

extension ListParts.Page {
    fileprivate init(_ scanner: inout XMLScanner) throws(XMLError) {
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
        let hasNextPage = try scanner.required(isTruncated, "IsTruncated")
        nextPartNumberMarker = hasNextPage ? try scanner.required(marker, "NextPartNumberMarker") : nil
    }
}

extension ListParts.Part {
    /// The possible sizes of a part: up to 5 GiB, S3's maximum.
    private static let sizes: ClosedRange<Int64> = 0...5 * 1024 * 1024 * 1024

    fileprivate init(_ scanner: inout XMLScanner) throws(XMLError) {
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
        guard PartPlan.numbers.contains(self.number) else { throw scanner.problem("a part has an impossible number") }
        self.etag = try scanner.required(etag, "ETag")
        // A completion with a weak one would fail.
        guard !self.etag.isWeak else { throw scanner.problem("the ETag of a part is weak") }
        self.size = try scanner.required(size, "Size")
        guard Self.sizes.contains(self.size) else { throw scanner.problem("a part has an impossible size") }
        self.lastModified = lastModified
    }
}
