import HTTPTypes
import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One line of the output: a result, or the code of an error.
struct Answer: Encodable {
    /// A name and a value.
    typealias Pair = [String]

    /// A signed request in the form for clients, and its other properties.
    struct Request: Encodable {
        let encoded: PresignedRequest
        /// The value of its `headers` property.
        let headers: [Pair]
        /// Whether the decoded form has the same encoded form.
        let isSameWhenDecoded: Bool

        init(_ request: PresignedRequest) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            let form = try encoder.encode(request)
            let decoded = try? JSONDecoder().decode(PresignedRequest.self, from: form)
            encoded = request
            headers = request.headers.map { [$0.name.canonicalName, $0.value] }
            isSameWhenDecoded = try decoded.map { try encoder.encode($0) == form } ?? false
        }
    }

    /// The code of an error.
    var refused: String?
    /// The settings that a configuration error reports.
    var settings: [String]?
    var requests: [Request]?
    /// The headers that a signer adds.
    var headers: [Pair]?
    /// The query from a signer.
    var query: String?
    var canonicalRequest: String?
    var stringToSign: String?
    var signature: String?
    var session: TemporaryCredentials.Exposed?
    var token: String?
    var url: String?
    var isValid: Bool?
    /// The ranges of Unicode scalar values that the standard library knows, both ends included.
    var assigned: [[UInt32]]?
}

enum UnicodeRanges {
    /// Both sides must know a character to agree on its composed form.
    static var assigned: [[UInt32]] {
        var ranges: [[UInt32]] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned else { continue }
            if let last = ranges.last, last[1] + 1 == value {
                ranges[ranges.count - 1][1] = value
            } else {
                ranges.append([value, value])
            }
        }
        return ranges
    }
}
