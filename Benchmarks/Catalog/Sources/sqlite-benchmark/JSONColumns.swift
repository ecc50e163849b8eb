import Foundation
import VideoCatalog

/// A way to read and write the columns that hold JSON: arrays of strings, an object of strings, and renditions.
protocol JSONColumns: SendableMetatype {
    associatedtype Strings: Sendable
    associatedtype Members: Sendable
    associatedtype Renditions: Sendable

    static func strings(_ json: String) throws -> Strings
    static func members(_ json: String) throws -> Members
    static func renditions(_ json: String) throws -> Renditions
    static func text(strings: Strings) throws -> String
    static func text(members: Members) throws -> String
    static func text(renditions: Renditions) throws -> String
}

/// Leaves the JSON as text, which is less than an app needs.
enum Unparsed: JSONColumns {
    static func strings(_ json: String) -> String { json }
    static func members(_ json: String) -> String { json }
    static func renditions(_ json: String) -> String { json }
    static func text(strings: String) -> String { strings }
    static func text(members: String) -> String { members }
    static func text(renditions: String) -> String { renditions }
}

/// Uses the repository's own parser, the same file.
enum OwnParser: JSONColumns {
    static func strings(_ json: String) throws -> [String] { try found(JSONText.strings(json)) }
    static func members(_ json: String) throws -> [String: String] { try found(JSONText.dictionary(json)) }
    static func renditions(_ json: String) throws -> [Video.Rendition] { try found(JSONText.renditions(json)) }
    static func text(strings: [String]) -> String { JSONText.array(strings) }
    static func text(members: [String: String]) -> String { JSONText.object(members) }
    static func text(renditions: [Video.Rendition]) -> String { JSONText.renditions(renditions) }

    private static func found<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw CocoaError(.coderReadCorrupt) }
        return value
    }
}

/// Uses Foundation's coders, except for empty arrays and objects.
enum FoundationCoders: JSONColumns {
    // Created once: both can be used again and by several tasks.
    private static let decoder = JSONDecoder()
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    static func strings(_ json: String) throws -> [String] { json == "[]" ? [] : try decoded(json) }
    static func members(_ json: String) throws -> [String: String] { json == "{}" ? [:] : try decoded(json) }
    static func renditions(_ json: String) throws -> [Video.Rendition] { json == "[]" ? [] : try decoded(json) }
    static func text(strings: [String]) throws -> String { strings.isEmpty ? "[]" : try encoded(strings) }
    static func text(members: [String: String]) throws -> String { members.isEmpty ? "{}" : try encoded(members) }
    static func text(renditions: [Video.Rendition]) throws -> String {
        renditions.isEmpty ? "[]" : try encoded(renditions)
    }

    private static func decoded<Value: Decodable>(_ json: String) throws -> Value {
        try decoder.decode(Value.self, from: Data(json.utf8))
    }

    private static func encoded(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
