#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An object as a list shows it.
public struct ListedObject: Sendable, Hashable {
    /// The key, which may be one that ``ObjectKey/init(_:)`` refuses.
    public let key: ObjectKey
    /// The object's bytes.
    public let size: Int64
    /// The version, if the server tells it.
    public let etag: ETag?
    /// When it was stored.
    public let lastModified: Date
    /// The storage class.
    public let storageClass: StorageClass
    /// The owner's id, if it was asked for.
    public let ownerID: String?
}

extension ListedObject {
    /// What stands in a `Contents` element, its key still encoded.
    struct Entry {
        var key: String?
        var size: Int64?
        var etag: ETag?
        var lastModified: Date?
        var storageClass: String?
        var ownerID: String?

        init(_ scanner: inout XMLScanner) throws(XMLError) {
            while let name = try scanner.nextChild() {
                switch name {
                case "Key": try scanner.read(&key)
                case "Size": try scanner.read(&size)
                case "ETag": try scanner.read(&etag)
                case "LastModified": try scanner.read(&lastModified)
                case "StorageClass": try scanner.read(&storageClass)
                case "Owner": ownerID = try Self.ownerID(&scanner)
                default: try scanner.skip()
                }
            }
        }

        private static func ownerID(_ scanner: inout XMLScanner) throws(XMLError) -> String? {
            var id: String?
            while let name = try scanner.nextChild() {
                if name == "ID" { try scanner.read(&id) } else { try scanner.skip() }
            }
            return id
        }

        func object(_ decoder: ListDecoder, _ scanner: XMLScanner) throws(XMLError) -> ListedObject {
            ListedObject(
                key: try decoder.key(try scanner.required(key, "Key"), scanner),
                size: try scanner.required(size, "Size"), etag: etag,
                lastModified: try scanner.required(lastModified, "LastModified"),
                storageClass: storageClass.flatMap { $0.isEmpty ? nil : StorageClass($0) } ?? .standard,
                ownerID: ownerID)
        }
    }
}
