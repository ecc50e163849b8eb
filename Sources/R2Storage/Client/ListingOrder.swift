#if Storage
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import R2Kit
internal import R2KitSupport

/// A check that the pages of a listing go forward, so that the listing is complete and ends.
///
/// A server that returns an earlier page again would otherwise be followed forever. A value describes the pages so far.
struct ListingOrder<Position: Sendable>: Sendable {
    /// The maximum number of consecutive pages without entries.
    private static var maximumEmptyPages: Int { 1000 }

    private let operation: String
    /// Returns a Boolean value that indicates whether the second position comes after the first.
    private let isAscending: @Sendable (Position, Position) -> Bool
    /// The position of the last entry so far.
    private var last: Position?
    /// The markers of the pages since the last entry.
    private var markers: Set<String> = []

    /// Creates the order of a listing that hasn't started.
    /// - Parameters:
    ///   - operation: The operation's name, for errors.
    ///   - isAscending: A closure that returns whether its second argument comes after its first.
    init(_ operation: String, _ isAscending: @escaping @Sendable (Position, Position) -> Bool) {
        self.operation = operation
        self.isAscending = isAscending
    }

    /// Adds a page.
    /// - Parameters:
    ///   - entries: The positions of the page's entries, as the server ordered them.
    ///   - marker: The marker that requests the next page, or `nil` if this is the last page.
    /// - Throws: An `R2Error` with the code `InvalidResponse` if an entry doesn't come after the one before it, or if
    ///   the marker has already been used without an entry since then.
    mutating func add(_ entries: some Sequence<Position>, next marker: String?) throws(R2Error) {
        for entry in entries {
            if let last, !isAscending(last, entry) {
                throw invalid("its entries aren't in ascending order, or an entry appears twice")
            }
            last = entry
            markers.removeAll()
        }
        guard let marker else { return }
        guard markers.insert(marker).inserted else { throw invalid("a page refers to an earlier page as the next one") }
        guard markers.count <= Self.maximumEmptyPages else {
            throw invalid("more than \(Self.maximumEmptyPages) pages in a row have no entries")
        }
    }

    fileprivate func invalid(_ reason: String) -> R2Error {
        var error = R2Error(.invalidResponse, "Invalid listing: \(reason). Check the endpoint and proxies.")
        error.operation = operation
        return error
    }
}

extension ListingOrder<String> {
    /// Creates the order of names by their UTF-8 bytes.
    init(_ operation: String, after start: String? = nil) {
        self.init(operation) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        last = start
    }
}

/// The prefix that a listing was requested with.
///
/// Callers delete what they listed. A server that ignores the prefix would otherwise lose the whole bucket.
private struct RequestedPrefix: Sendable {
    private let stored: String
    private let composed: String

    /// Creates a prefix.
    /// - Parameter prefix: The prefix as it was sent, or `nil` for all names.
    init(_ prefix: String?) {
        stored = prefix ?? ""
        composed = Normalization.nfc(stored)
    }

    /// Returns whether a name starts with the prefix, in the listed or in the composed form.
    ///
    /// R2 finds names by their composed form, and lists them as they were last stored.
    func contains(_ name: String) -> Bool {
        name.utf8.starts(with: stored.utf8) || Normalization.nfc(name).utf8.starts(with: composed.utf8)
    }
}

extension [ListParts.Part] {
    /// The parts without those that were replaced, or of which only the beginning was stored.
    ///
    /// R2 lists a part once. SeaweedFS lists every attempt to send it, one after the other.
    var withoutEarlierAttempts: [ListParts.Part] {
        reduce(into: []) { parts, part in
            guard let last = parts.last, last.number == part.number else { return parts.append(part) }
            let isLater = (last.lastModified ?? .distantPast) <= (part.lastModified ?? .distantPast)
            if part.size > last.size || part.size == last.size && isLater { parts[parts.count - 1] = part }
        }
    }
}

/// The order of parts by their numbers.
///
/// SeaweedFS lists a part twice, one after the other, if it was uploaded twice.
struct PartListingOrder: Sendable {
    private var numbers = ListingOrder<Int>(ListParts.name) { $0 < $1 }

    /// Adds a page.
    /// - Throws: See ``ListingOrder/add(_:next:)``.
    mutating func add(_ page: ListParts.Page) throws(R2Error) {
        let once = page.parts.map(\.number).reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
        try numbers.add(once, next: page.nextPartNumberMarker.map { String($0) })
    }
}

/// The order of objects and common prefixes by their names' UTF-8 bytes.
///
/// R2 compares the composed forms of names, but lists each name as it was last stored. Other servers compare what they
/// store. So all pages must be in one of these orders.
struct ObjectListingOrder: Sendable {
    /// The orders that all pages so far are in.
    private var orders: [NameOrder]
    private let prefix: RequestedPrefix

    /// Creates the order of a listing of names with a prefix that starts after a name.
    init(prefix: String?, after start: String?) {
        self.prefix = RequestedPrefix(prefix)
        orders = [NameOrder(after: start) { $0 }, NameOrder(after: start) { Normalization.nfc($0) }]
    }

    /// Adds a page.
    ///
    /// - Throws: An `R2Error` with the code `InvalidResponse` if a name lacks the prefix. See also
    ///   ``ListingOrder/add(_:next:)``.
    mutating func add(_ page: ListObjectsV2.Page) throws(R2Error) {
        let keys = page.objects.map(\.key.rawValue)
        guard keys.allSatisfy(prefix.contains), page.commonPrefixes.allSatisfy(prefix.contains) else {
            throw ListingOrder<String>(ListObjectsV2.name).invalid("an entry doesn't start with the requested prefix")
        }
        var problem: R2Error?
        var kept: [NameOrder] = []
        for var order in orders {
            do throws(R2Error) {
                try order.add(keys, page.commonPrefixes, next: page.nextContinuationToken)
                kept.append(order)
            } catch {
                problem = problem ?? error
            }
        }
        if kept.isEmpty, let problem { throw problem }
        orders = kept
    }
}

/// The order of names by the bytes of one of their forms.
private struct NameOrder: Sendable {
    private let form: @Sendable (String) -> String
    private let start: String?
    private var names = ListingOrder<String>(ListObjectsV2.name)

    init(after start: String?, form: @escaping @Sendable (String) -> String) {
        self.form = form
        self.start = start.map(form)
    }

    /// Adds a page.
    ///
    /// A server lists objects and prefixes separately, each in ascending order.
    /// - Throws: See ``ListingOrder/add(_:next:)``.
    mutating func add(_ keys: [String], _ prefixes: [String], next marker: String?) throws(R2Error) {
        let keys = keys.map(form)
        let prefixes = prefixes.map(form)
        // A prefix that starts before the name can contain keys after it.
        var objects = ListingOrder(ListObjectsV2.name, after: start)
        try objects.add(keys, next: nil)
        var groups = ListingOrder<String>(ListObjectsV2.name)
        try groups.add(prefixes, next: nil)
        try names.add(
            (keys + prefixes).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, next: marker)
    }
}

/// The progress of a listing of multipart uploads.
///
/// R2 orders uploads by their keys, other servers by their IDs. A listing that doesn't go forward repeats an upload.
struct UploadListingOrder: Sendable {
    private var progress = ListingOrder<Int>(ListMultipartUploads.name) { $0 < $1 }
    /// The uploads so far.
    private var uploads: Set<String> = []

    /// Adds a page.
    /// - Throws: An `R2Error` with the code `InvalidResponse` if an upload appears twice. For the markers, see
    ///   ``ListingOrder/add(_:next:)``.
    mutating func add(_ page: ListMultipartUploads.Page) throws(R2Error) {
        for upload in page.uploads {
            guard uploads.insert(Self.identity(upload.key.rawValue, upload.uploadID.rawValue)).inserted else {
                throw progress.invalid("an upload appears twice")
            }
            try progress.add(CollectionOfOne(uploads.count), next: nil)
        }
        try progress.add(
            EmptyCollection<Int>(), next: page.next.map { Self.identity($0.key, $0.uploadID ?? "") })
    }

    /// Returns a string in which the length keeps the key and the ID apart.
    private static func identity(_ key: String, _ id: String) -> String { "\(key.utf8.count):\(key)\(id)" }
}
#endif
