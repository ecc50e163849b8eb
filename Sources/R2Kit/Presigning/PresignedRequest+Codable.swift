internal import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension PresignedRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case method, url, headers, expiresAt
    }

    /// A header's name as a coding key.
    private struct HeaderKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    /// Creates a request from the form that ``encode(to:)`` writes.
    /// - Throws: `DecodingError` if a value isn't valid, or there are more than 1,000 headers.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let methodText = try container.decode(String.self, forKey: .method)
        guard let method = HTTPRequest.Method(methodText) else {
            throw DecodingError.dataCorruptedError(
                forKey: .method, in: container, debugDescription: "Invalid HTTP method.")
        }
        let headerContainer = try container.nestedContainer(keyedBy: HeaderKey.self, forKey: .headers)
        // More than any request has. HTTP packages have their own limits, and stop the process at them.
        guard headerContainer.allKeys.count <= 1000 else {
            throw DecodingError.dataCorruptedError(
                forKey: .headers, in: container, debugDescription: "Too many headers: expected at most 1000.")
        }
        var headers: [PresignHeader] = []
        for key in headerContainer.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            let value = try headerContainer.decode(String.self, forKey: key)
            guard let name = HTTPField.Name(key.stringValue), HTTPField.isValidValue(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: headerContainer, debugDescription: "Invalid HTTP header.")
            }
            guard !headers.contains(where: { $0.name == name.canonicalName }) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: headerContainer,
                    debugDescription: "Duplicate header: two names differ only in case.")
            }
            headers.append(PresignHeader(name: name.canonicalName, value: value))
        }
        let expiry = try container.decode(String.self, forKey: .expiresAt)
        // Writing it again rejects what the parser accepts, such as dates before the year 0.
        guard let expiresAt = try? Date(expiry, strategy: .iso8601), expiresAt.formatted(.iso8601) == expiry else {
            throw DecodingError.dataCorruptedError(
                forKey: .expiresAt, in: container,
                debugDescription: "Invalid date: expected ISO 8601, such as 2026-01-31T12:00:00Z.")
        }
        self.init(
            method: method, url: try container.decode(String.self, forKey: .url),
            signedHeaders: .sorted(headers, countBeforeHost: headers.count), expiresAt: expiresAt)
    }

    /// Encodes `method`, `url`, `headers` as an object from lowercase name to value, and `expiresAt` in ISO 8601.
    ///
    /// The form doesn't depend on the encoder's date strategy.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(method.rawValue, forKey: .method)
        try container.encode(url, forKey: .url)
        var headerContainer = container.nestedContainer(keyedBy: HeaderKey.self, forKey: .headers)
        for header in signedHeaders.list {
            try headerContainer.encode(header.value, forKey: HeaderKey(stringValue: header.name))
        }
        try container.encode(expiresAt.formatted(.iso8601), forKey: .expiresAt)
    }
}
