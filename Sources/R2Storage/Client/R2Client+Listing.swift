#if Storage
public import R2Kit

/// What stands in a list with a delimiter.
public enum R2ListEntry: Sendable, Hashable {
    /// An object.
    case object(ListedObject)
    /// What several keys begin with, up to and with the delimiter.
    case commonPrefix(String)
}

extension R2Client {
    /// Lists objects in the order of their keys' bytes.
    /// - Parameters:
    ///   - prefix: What all keys begin with.
    ///   - startAfter: The key after which the list begins.
    ///   - pageSize: The most objects of a page, from 1 to 1,000; R2's default is 1,000.
    /// - Returns: The objects, fetched as they are read, one page ahead.
    public func list(
        prefix: String? = nil, startAfter: String? = nil, pageSize: Int? = nil
    ) -> R2List<ListedObject> {
        pages(ListObjectsV2(prefix: prefix, maxKeys: pageSize, startAfter: startAfter)) { $0.objects }
    }

    /// Lists objects, and in place of those whose keys have a delimiter after the prefix, what those keys begin with.
    ///
    /// ```swift
    /// for try await entry in client.list(prefix: "videos/", delimiter: "/") { print(entry) }
    /// ```
    /// - Parameters:
    ///   - prefix: What all keys begin with.
    ///   - delimiter: What ends a common prefix, such as `/`.
    ///   - startAfter: The key after which the list begins.
    ///   - pageSize: The most entries of a page, from 1 to 1,000; R2's default is 1,000.
    /// - Returns: Objects and common prefixes, within a page in the order of their bytes.
    public func list(
        prefix: String? = nil, delimiter: String, startAfter: String? = nil, pageSize: Int? = nil
    ) -> R2List<R2ListEntry> {
        pages(
            ListObjectsV2(prefix: prefix, delimiter: delimiter, maxKeys: pageSize, startAfter: startAfter)
        ) { page in
            let entries = page.objects.map(R2ListEntry.object) + page.commonPrefixes.map(R2ListEntry.commonPrefix)
            return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    private func pages<Element: Sendable>(
        _ operation: ListObjectsV2, _ elements: @escaping @Sendable (ListObjectsV2.Page) -> [Element]
    ) -> R2List<Element> {
        @Sendable func fetch(_ operation: ListObjectsV2, _ client: R2Client) async throws -> R2List<Element>.Page {
            let page = try await client.send(operation)
            return R2List<Element>.Page(
                elements: elements(page),
                next: page.nextContinuationToken.map { token in
                    var operation = operation
                    operation.continuationToken = token
                    operation.startAfter = nil
                    return { [operation] in try await fetch(operation, client) }
                })
        }
        return R2List { try await fetch(operation, try admitted()) }
    }

    /// Lists the parts of an upload in the order of their numbers.
    /// - Parameters:
    ///   - uploadID: The upload.
    ///   - key: The object's key.
    ///   - pageSize: The most parts of a page, from 1 to 1,000.
    /// - Returns: The parts.
    public func listParts(of uploadID: UploadID, key: ObjectKey, pageSize: Int? = nil) -> R2List<ListParts.Part> {
        typealias Page = R2List<ListParts.Part>.Page
        @Sendable func fetch(after marker: Int?, _ client: R2Client) async throws -> Page {
            let page = try await client.send(
                ListParts(uploadID, key: key, maxParts: pageSize, partNumberMarker: marker))
            return Page(
                elements: page.parts,
                next: page.nextPartNumberMarker.map { marker in
                    { @Sendable in try await fetch(after: marker, client) }
                })
        }
        return R2List { try await fetch(after: nil, try admitted()) }
    }

    /// Lists the uploads that are neither completed nor aborted.
    /// - Parameters:
    ///   - prefix: What all keys begin with.
    ///   - pageSize: The most uploads of a page, from 1 to 1,000.
    /// - Returns: The uploads.
    public func listMultipartUploads(
        prefix: String? = nil, pageSize: Int? = nil
    ) -> R2List<ListMultipartUploads.Upload> {
        typealias Marker = ListMultipartUploads.Marker
        typealias Page = R2List<ListMultipartUploads.Upload>.Page
        @Sendable func fetch(after marker: Marker?, _ client: R2Client) async throws -> Page {
            let page = try await client.send(ListMultipartUploads(prefix: prefix, maxUploads: pageSize, marker: marker))
            return Page(
                elements: page.uploads,
                next: page.next.map { marker in { @Sendable in try await fetch(after: marker, client) } })
        }
        return R2List { try await fetch(after: nil, try admitted()) }
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
#endif
