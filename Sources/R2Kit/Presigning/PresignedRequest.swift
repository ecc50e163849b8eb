public import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A signed request that anyone who has it can send, any number of times, until it expires.
///
/// Treat it like a password: send it over TLS to the one client that it's for, and don't log it. Printing it shows
/// neither the signature nor the session token. The only way to revoke it is to revoke the access key that signed it.
///
/// Encode it to send it to a client. The JSON form has `method`, `url`, `headers` (an object from name to value) and
/// `expiresAt` (ISO 8601, UTC).
public struct PresignedRequest: Sendable, Hashable {
    /// The method.
    public let method: HTTPRequest.Method
    /// The URL, exactly as it must be sent.
    ///
    /// It's a string on purpose: URL types that parse and write it again may change it, so that its signature no longer
    /// matches.
    public let url: String
    /// The headers that the client must send, each with exactly this value.
    ///
    /// `host` is signed as well, and every client sets it itself. Browsers set `content-length` from the body and don't
    /// let scripts set it: see ``browserHeaders``.
    public var headers: HTTPFields {
        var fields = HTTPFields()
        for header in signedHeaders.list {
            if let name = HTTPField.Name(header.name) { fields.append(HTTPField(name: name, value: header.value)) }
        }
        return fields
    }
    /// The date at which the URL stops being valid.
    public let expiresAt: Date
    /// The headers as they were signed, with names in lower case.
    let signedHeaders: PresignHeaders

    /// Creates a request from its parts.
    /// - Parameters:
    ///   - method: The method.
    ///   - url: The URL, exactly as it must be sent.
    ///   - headers: The headers that the client must send.
    ///   - expiresAt: The date at which the URL stops being valid.
    public init(method: HTTPRequest.Method, url: String, headers: HTTPFields = [:], expiresAt: Date) {
        // A header that occurs several times is one header with all its values.
        var list: [PresignHeader] = []
        for field in headers where !list.contains(where: { $0.name == field.name.canonicalName }) {
            list.append(PresignHeader(name: field.name.canonicalName, value: headers[field.name] ?? field.value))
        }
        self.init(
            method: method, url: url, signedHeaders: .sorted(list, countBeforeHost: list.count), expiresAt: expiresAt)
    }

    @inline(__always)
    init(method: HTTPRequest.Method, url: String, signedHeaders: PresignHeaders, expiresAt: Date) {
        self.method = method
        self.url = url
        self.signedHeaders = signedHeaders
        self.expiresAt = expiresAt
    }

    /// The headers that a script in a browser must set.
    ///
    /// These are all but ``headersSetByBrowsers``. A browser sends the body's size as `content-length`, and the
    /// signature still covers it.
    public var browserHeaders: HTTPFields {
        var headers = headers
        for name in Self.headersSetByBrowsers { headers[name] = nil }
        return headers
    }

    /// The headers that browsers set themselves and don't let scripts set.
    public static let headersSetByBrowsers: [HTTPField.Name] = [.contentLength]
}

extension PresignedRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The method, the URL without its query, the headers' names and the expiry.
    public var description: String {
        let target = String(Substring(url.utf8.prefix { $0 != UInt8(ascii: "?") }))
        let names = signedHeaders.list.map(\.name).joined(separator: ", ")
        return "\(method) \(target)?<signed> (headers: [\(names)], expires \(expiresAt.formatted(.iso8601)))"
    }
    /// The same as the description.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
