#if Storage
public import R2Kit

/// An entry of a listing with a delimiter.
public enum R2ListEntry: Sendable, Hashable {
    /// An object.
    case object(ListedObject)
    /// A prefix that several keys have in common, up to and including the delimiter.
    case commonPrefix(String)
}

extension R2Client {
    /// Lists objects in the order of their keys' UTF-8 bytes.
    ///
    /// The sequence requests the first page when you request the first element, and then stays one page ahead. If a
    /// page fails, the sequence throws its error. If the sequence ends without an error, the listing is complete. If
    /// the keys don't ascend, or a page leads back to an earlier one, the error has the code `InvalidResponse`.
    /// - Parameters:
    ///   - prefix: The prefix that all keys start with.
    ///   - startAfter: The key after which the listing starts.
    ///   - pageSize: The maximum number of objects per page, from 1 to 1,000. The default is R2's, 1,000.
    /// - Returns: A sequence of objects, which sends requests while you iterate over it.
    public func list(
        prefix: String? = nil, startAfter: String? = nil, pageSize: Int? = nil
    ) -> some AsyncSequence<ListedObject, any Error> & Sendable {
        pages(of: ListObjectsV2(prefix: prefix, maxKeys: pageSize, startAfter: startAfter)) { $0.objects }
    }

    /// Lists objects, and groups keys that contain a delimiter after the prefix.
    ///
    /// ```swift
    /// for try await entry in client.list(prefix: "videos/", delimiter: "/") { print(entry) }
    /// ```
    ///
    /// Pages are requested as in ``list(prefix:startAfter:pageSize:)``.
    /// - Parameters:
    ///   - prefix: The prefix that all keys start with.
    ///   - delimiter: The string that ends a common prefix, such as `/`.
    ///   - startAfter: The key after which the listing starts.
    ///   - pageSize: The maximum number of entries per page, from 1 to 1,000. The default is R2's, 1,000.
    /// - Returns: A sequence of objects and common prefixes, ordered by their UTF-8 bytes within a page.
    public func list(
        prefix: String? = nil, delimiter: String, startAfter: String? = nil, pageSize: Int? = nil
    ) -> some AsyncSequence<R2ListEntry, any Error> & Sendable {
        pages(
            of: ListObjectsV2(prefix: prefix, delimiter: delimiter, maxKeys: pageSize, startAfter: startAfter)
        ) { page in
            let entries = page.objects.map(R2ListEntry.object) + page.commonPrefixes.map(R2ListEntry.commonPrefix)
            return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    private func pages<Element: Sendable>(
        of operation: ListObjectsV2, _ elements: @escaping @Sendable (ListObjectsV2.Page) -> [Element]
    ) -> PagedSequence<Element> {
        @Sendable func fetch(
            _ operation: ListObjectsV2, _ order: ObjectListingOrder, _ client: R2Client
        ) async throws -> PagedSequence<Element>.Page {
            let page = try await client.send(operation)
            var order = order
            try order.add(page)
            return PagedSequence<Element>.Page(
                elements: elements(page),
                next: page.nextContinuationToken.map { token in
                    var operation = operation
                    operation.continuationToken = token
                    operation.startAfter = nil
                    return { [operation, order] in try await fetch(operation, order, client) }
                })
        }
        return PagedSequence {
            try await fetch(
                operation, ObjectListingOrder(prefix: operation.prefix, after: operation.startAfter), try admitted())
        }
    }

    /// Lists the parts of a multipart upload in the order of their numbers.
    ///
    /// Each part is listed once, as R2 does. Where a server lists every attempt to send a part, the largest one counts,
    /// and the latest of those.
    ///
    /// Pages are requested as in ``list(prefix:startAfter:pageSize:)``.
    /// - Parameters:
    ///   - uploadID: The ID of the multipart upload.
    ///   - key: The key of the object.
    ///   - pageSize: The maximum number of parts per page, from 1 to 1,000.
    /// - Returns: A sequence of parts, which sends requests while you iterate over it.
    public func listParts(
        of uploadID: UploadID, key: ObjectKey, pageSize: Int? = nil
    ) -> some AsyncSequence<ListParts.Part, any Error> & Sendable {
        typealias Page = PagedSequence<ListParts.Part>.Page
        @Sendable func fetch(after marker: Int?, _ order: PartListingOrder, _ client: R2Client) async throws -> Page {
            let page = try await client.send(
                ListParts(uploadID, key: key, maxParts: pageSize, partNumberMarker: marker))
            var order = order
            try order.add(page)
            return Page(
                elements: page.parts.withoutEarlierAttempts,
                next: page.nextPartNumberMarker.map { [order] marker in
                    { @Sendable in try await fetch(after: marker, order, client) }
                })
        }
        return PagedSequence { try await fetch(after: nil, PartListingOrder(), try admitted()) }
    }

    /// Lists the multipart uploads that are neither completed nor aborted.
    ///
    /// Pages are requested as in ``list(prefix:startAfter:pageSize:)``.
    /// - Parameters:
    ///   - prefix: The prefix that all keys start with.
    ///   - pageSize: The maximum number of uploads per page, from 1 to 1,000.
    /// - Returns: A sequence of uploads, which sends requests while you iterate over it.
    public func listMultipartUploads(
        prefix: String? = nil, pageSize: Int? = nil
    ) -> some AsyncSequence<ListMultipartUploads.Upload, any Error> & Sendable {
        typealias Marker = ListMultipartUploads.Marker
        typealias Page = PagedSequence<ListMultipartUploads.Upload>.Page
        @Sendable func fetch(after marker: Marker?, _ order: UploadListingOrder, _ client: R2Client) async throws
            -> Page
        {
            let page = try await client.send(ListMultipartUploads(prefix: prefix, maxUploads: pageSize, marker: marker))
            var order = order
            try order.add(page)
            return Page(
                elements: page.uploads,
                next: page.next.map { [order] marker in
                    { @Sendable in try await fetch(after: marker, order, client) }
                })
        }
        return PagedSequence { try await fetch(after: nil, UploadListingOrder(), try admitted()) }
    }
}

extension R2ListEntry {
    fileprivate var name: String {
        switch self {
        case .object(let object): object.key.rawValue
        case .commonPrefix(let prefix): prefix
        }
    }
}

/// The elements of a paged listing.
///
/// Each page is requested while the one before it is being read.
private struct PagedSequence<Element: Sendable>: AsyncSequence, Sendable {
    /// One page, and a function that fetches the next.
    struct Page: Sendable {
        let elements: [Element]
        let next: (@Sendable () async throws -> Page)?
    }

    private let fetchFirst: @Sendable () async throws -> Page

    init(_ fetchFirst: @escaping @Sendable () async throws -> Page) { self.fetchFirst = fetchFirst }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(fetchFirst) }

    struct AsyncIterator: AsyncIteratorProtocol {
        private var elements: ArraySlice<Element> = []
        private var fetchFirst: (@Sendable () async throws -> Page)?
        private var pending: PendingPage?

        init(_ fetchFirst: @escaping @Sendable () async throws -> Page) { self.fetchFirst = fetchFirst }

        mutating func next() async throws -> Element? {
            while true {
                if let element = elements.popFirst() { return element }
                guard let current = pending ?? fetchFirst.map(PendingPage.init) else { return nil }
                fetchFirst = nil
                pending = nil
                let page = try await current.page()
                elements = page.elements[...]
                pending = page.next.map(PendingPage.init)
            }
        }
    }

    /// A page that is being fetched.
    ///
    /// The request is canceled when the iterator goes away.
    private final class PendingPage: Sendable {
        private let task: Task<Page, any Error>

        init(_ fetch: @escaping @Sendable () async throws -> Page) { task = Task { try await fetch() } }

        deinit { task.cancel() }

        func page() async throws -> Page {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        }
    }
}
#endif
