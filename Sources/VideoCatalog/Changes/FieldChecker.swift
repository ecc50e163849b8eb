#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Gathers every field that breaks a limit, so that one error names them all.
struct FieldChecker {
    private(set) var fields: [CatalogError.Field] = []

    /// A text of 1 to `limit` bytes without NUL, which PostgreSQL cannot keep.
    mutating func text(_ name: String, _ text: String?, limit: Int, allowsEmpty: Bool = false) {
        guard let text else { return }
        let least = allowsEmpty ? 0 : 1
        guard (least...limit).contains(text.utf8.count), !text.utf8.contains(0) else {
            add(name, "must have \(least) to \(limit) bytes of UTF-8, without NUL")
            return
        }
    }

    mutating func number(_ name: String, _ number: Double?) {
        if let number, !(number.isFinite && number >= 0) { add(name, "must be a finite number of zero or more") }
    }

    mutating func count(_ name: String, _ count: Int64?, least: Int64) {
        if let count, count < least { add(name, "must be \(least) or more") }
    }

    mutating func instant(_ name: String, _ instant: Date?) {
        if let instant, CatalogInstant(instant) == nil { add(name, "must lie in the years 1970 to 2099") }
    }

    mutating func tags(_ tags: [String]) {
        if tags.count > CatalogLimits.tagCount { add("tags", "must be \(CatalogLimits.tagCount) at most") }
        if Set(tags.map { Array($0.utf8) }).count != tags.count { add("tags", "must not repeat a tag") }
        for tag in tags { text("tags", tag, limit: CatalogLimits.tagLength) }
    }

    mutating func metadata(_ metadata: [String: String]) {
        let length = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if length > CatalogLimits.metadataLength {
            add("metadata", "must have \(CatalogLimits.metadataLength) bytes of names and values at most")
        }
        for (name, value) in metadata {
            text("metadata", name, limit: CatalogLimits.metadataLength)
            text("metadata", value, limit: CatalogLimits.metadataLength, allowsEmpty: true)
        }
    }

    mutating func renditions(_ renditions: [Video.Rendition]) {
        if renditions.count > CatalogLimits.renditionCount {
            add("renditions", "must be \(CatalogLimits.renditionCount) at most")
        }
        for rendition in renditions {
            text("renditions", rendition.kind, limit: CatalogLimits.shortTextLength)
            text("renditions", rendition.key, limit: CatalogLimits.keyLength)
        }
    }

    mutating func add(_ name: String, _ message: String) {
        let field = CatalogError.Field(name, message)
        if !fields.contains(field) { fields.append(field) }
    }

    func finish() throws(CatalogError) {
        guard fields.isEmpty else {
            var names: [String] = []
            for field in fields where !names.contains(field.name) { names.append(field.name) }
            let list = names.joined(separator: ", ")
            throw CatalogError(.invalidFields, "the video breaks limits of the catalog: \(list)", fields: fields)
        }
    }
}
