import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The fields of a video as ASCII, so that strings are compared by their code points and every difference is visible.
enum VideoFields {
    struct Difference {
        let name: String
        let expected: String
        let actual: String
    }

    static func differences(from expected: Video, to actual: Video) -> [Difference] {
        zip(all(of: expected), all(of: actual)).compactMap { expected, actual in
            guard expected.value != actual.value else { return nil }
            return Difference(name: expected.name, expected: brief(expected.value), actual: brief(actual.value))
        }
    }

    /// Returns a string in quotes, with characters beyond ASCII as numbers.
    static func readable(_ text: String) -> String {
        var readable = "\""
        for scalar in text.unicodeScalars { readable += scalar.escaped(asASCII: true) }
        return readable + "\""
    }

    /// Returns any value as ASCII: strings with their code points, dates with their microseconds.
    static func readable<Value>(_ value: Value) -> String {
        switch value as Any? {
        case let text as String: readable(text)
        case let date as Date: optional(date)
        case .some(let value): "\(value)"
        case nil: "nil"
        }
    }

    private static func all(of video: Video) -> [(name: String, value: String)] {
        [
            ("id", "\(video.id)"), ("title", readable(video.title)), ("description", optional(video.description)),
            ("objectKey", readable(video.objectKey)), ("sessionID", optional(video.sessionID?.rawValue)),
            ("uploadedBy", readable(video.uploadedBy.rawValue)), ("contentType", optional(video.contentType)),
            ("byteSize", optional(video.byteSize)), ("etag", optional(video.etag)),
            ("duration", optional(video.duration)), ("width", optional(video.width)),
            ("height", optional(video.height)), ("frameRate", optional(video.frameRate)),
            ("thumbnailKey", optional(video.thumbnailKey)), ("tags", "\(video.tags.map(readable))"),
            ("metadata", "\(video.metadata.map { readable($0) + ": " + readable($1) }.sorted())"),
            ("renditions", "\(video.renditions.map { readable($0.kind) + " " + readable($0.key) })"),
            ("upload", optional(video.upload)), ("replacedKeys", "\(video.replacedKeys.map(readable))"),
            ("visibility", readable(video.visibility.rawValue)), ("externalID", optional(video.externalID)),
            ("state", video.state.kind.rawValue + " " + optional(video.state.failureReason)),
            ("version", "\(video.version)"), ("createdAt", optional(video.createdAt)),
            ("updatedAt", optional(video.updatedAt)), ("uploadExpiresAt", optional(video.uploadExpiresAt)),
            ("uploadedAt", optional(video.uploadedAt)), ("readyAt", optional(video.readyAt)),
            ("deleteAfter", optional(video.deleteAfter)), ("deletedAt", optional(video.deletedAt)),
            ("purgeStartedAt", optional(video.purgeStartedAt)),
        ]
    }

    private static func optional(_ upload: Video.Upload?) -> String {
        guard let upload else { return "nil" }
        return "\(readable(upload.objectKey)) \(optional(upload.id)) \(optional(upload.partSize)) "
            + "\(optional(upload.byteSize)) \(optional(upload.contentType))"
    }
    private static func optional(_ text: String?) -> String { text.map(readable) ?? "nil" }
    private static func optional(_ number: (some CustomStringConvertible)?) -> String { number?.description ?? "nil" }

    /// Returns the date, with the exact number of seconds if it isn't a whole number of microseconds.
    private static func optional(_ date: Date?) -> String {
        guard let date else { return "nil" }
        guard let timestamp = CatalogTimestamp(date) else {
            return "\(date.timeIntervalSinceReferenceDate) s since 2001"
        }
        return timestamp.date == date
            ? "\(timestamp)" : "\(timestamp) (\(date.timeIntervalSinceReferenceDate) s since 2001)"
    }

    private static func brief(_ value: String) -> String {
        value.utf8.count <= 200 ? value : "\(value.prefix(160))… (\(value.utf8.count) characters)"
    }
}
