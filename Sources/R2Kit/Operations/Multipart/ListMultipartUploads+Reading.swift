#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension ListMultipartUploads.Page {
    init(_ scanner: inout XMLScanner) throws(XMLError) {
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
        let isUnsaid = encodingType == nil && Self.isEncoded(entries.last?.key, keyMarker)
        let keyDecoder = isUnsaid ? try ListDecoder("url", scanner) : decoder
        uploads = try entries.map { (entry) throws(XMLError) in try entry.upload(keyDecoder, scanner) }
        commonPrefixes = try prefixes.map { (name) throws(XMLError) in try decoder.text(name, scanner) }
        if try scanner.required(isTruncated, "IsTruncated") {
            guard let keyMarker, !keyMarker.isEmpty else {
                throw scanner.problem("the list goes on, and does not say where")
            }
            let uploadID = uploadIDMarker.flatMap { $0.isEmpty ? nil : $0 }
            next = .init(key: try decoder.text(keyMarker, scanner), uploadID: uploadID)
        } else {
            next = nil
        }
    }

    /// Whether the last key is the marker, but encoded.
    ///
    /// The Ceph Object Gateway encodes the keys, and neither the marker nor says so. A key that is none of an upload would be
    /// aborted in vain.
    private static func isEncoded(_ key: String?, _ marker: String?) -> Bool {
        guard let key, let marker, !key.utf8.elementsEqual(marker.utf8) else { return false }
        return URLDecoding.decode(key)?.utf8.elementsEqual(marker.utf8) == true
    }

    /// What stands in an `Upload` element, its key still encoded.
    private struct Entry {
        var key: String?
        var uploadID: String?
        var initiated: Date?
        var storageClass: String?

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
                throw scanner.problem("an upload id is missing or none")
            }
            return ListMultipartUploads.Upload(
                key: try decoder.key(try scanner.required(key, "Key"), scanner), uploadID: id,
                initiated: try scanner.required(initiated, "Initiated"),
                storageClass: storageClass.flatMap { $0.isEmpty ? nil : StorageClass($0) } ?? .standard)
        }
    }
}

extension ListMultipartUploads.Marker {
    /// Compares bytes.
    public static func == (first: Self, second: Self) -> Bool {
        first.key.utf8.elementsEqual(second.key.utf8) && first.uploadID == second.uploadID
    }

    /// Hashes the key's bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in key.utf8 { hasher.combine(byte) }
        hasher.combine(uploadID)
    }
}
