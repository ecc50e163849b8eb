internal import HTTPTypes

/// Lists the objects of a bucket in the order of their keys' bytes, a page at a time.
///
/// Go on with ``Page/nextContinuationToken`` until it is `nil`. A page that is cut off, or that ends without saying whether
/// another one follows, is refused: what comes back is whole.
public struct ListObjectsV2: R2Operation {
    /// One page.
    public struct Page: Sendable, Hashable {
        /// The objects.
        public let objects: [ListedObject]
        /// What several keys begin with, up to and with the delimiter, in place of those objects.
        public let commonPrefixes: [String]
        /// What to ask for the next page with; `nil` if this is the last.
        public let nextContinuationToken: String?
    }

    /// One page.
    public typealias Output = Page

    /// `ListObjectsV2`.
    public static let name = "ListObjectsV2"
    /// 8 MiB: a thousand of the longest keys, encoded.
    public static let maximumResponseLength = 8 * 1024 * 1024

    /// What all keys begin with.
    public var prefix: String?
    /// What ends a common prefix, such as `/`.
    public var delimiter: String?
    /// The most objects and prefixes in a page, from 1 to 1,000; R2's default is 1,000.
    public var maxKeys: Int?
    /// The key after which the list begins.
    public var startAfter: String?
    /// Where to go on, as the page before said.
    public var continuationToken: String?
    /// Whether each object comes with its owner.
    public var fetchOwner: Bool

    /// Describes the operation.
    public init(
        prefix: String? = nil, delimiter: String? = nil, maxKeys: Int? = nil, startAfter: String? = nil,
        continuationToken: String? = nil, fetchOwner: Bool = false
    ) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.maxKeys = maxKeys
        self.startAfter = startAfter
        self.continuationToken = continuationToken
        self.fetchOwner = fetchOwner
    }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .get)
        request.query = [.init("list-type", "2"), .init("encoding-type", "url")]
        try request.appendPageSize(maxKeys, as: "max-keys")
        request.append(prefix, as: "prefix")
        request.append(delimiter, as: "delimiter")
        request.append(startAfter, as: "start-after")
        request.append(continuationToken, as: "continuation-token")
        if fetchOwner { request.append("true", as: "fetch-owner") }
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> Page {
        let page = try parse(response, root: ["ListBucketResult"], Page.init)
        if let token = page.nextContinuationToken, token == continuationToken {
            throw invalid(response, "the page points to itself as the next one")
        }
        return page
    }
}

extension ListObjectsV2.Page {
    init(_ scanner: inout XMLScanner) throws(XMLError) {
        var entries: [ListedObject.Entry] = []
        var prefixes: [String] = []
        var isTruncated: Bool?
        var token: String?
        var encodingType: String?
        while let name = try scanner.nextChild() {
            switch name {
            case "Contents": entries.append(try ListedObject.Entry(&scanner))
            case "CommonPrefixes": prefixes.append(try scanner.commonPrefix())
            case "IsTruncated": try scanner.read(&isTruncated)
            case "NextContinuationToken": try scanner.read(&token)
            case "EncodingType": try scanner.read(&encodingType)
            default: try scanner.skip()
            }
        }
        let decoder = try ListDecoder(encodingType, scanner)
        var objects: [ListedObject] = []
        objects.reserveCapacity(entries.count)
        for entry in entries { objects.append(try entry.object(decoder, scanner)) }
        self.objects = objects
        commonPrefixes = try prefixes.map { (name) throws(XMLError) in try decoder.text(name, scanner) }
        if try scanner.required(isTruncated, "IsTruncated") {
            guard let token, !token.isEmpty else { throw scanner.problem("the list goes on, and does not say where") }
            nextContinuationToken = token
        } else {
            nextContinuationToken = nil
        }
    }
}

extension XMLScanner {
    /// The `Prefix` in a `CommonPrefixes` element.
    mutating func commonPrefix() throws(XMLError) -> String {
        var prefix: String?
        while let name = try nextChild() {
            if name == "Prefix" { try read(&prefix) } else { try skip() }
        }
        return try required(prefix, "Prefix")
    }
}

extension R2OperationRequest {
    /// Appends a parameter, unless it is `nil` or empty, which means the same in lists.
    mutating func append(_ value: String?, as name: String) {
        if let value, !value.isEmpty { query.append(Parameter(name, value)) }
    }

    mutating func appendPageSize(_ size: Int?, as name: String) throws(R2KitError) {
        guard let size else { return }
        guard (1...1000).contains(size) else {
            throw R2KitError(.invalidListing, "a page has 1 to 1000 entries, not \(size)")
        }
        query.append(Parameter(name, String(size)))
    }
}
