public import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A request that whoever holds it may send, once or often, until it expires.
///
/// Treat it like a password: hand it to the one client it is for, over TLS, and do not log it. Printing it shows
/// neither the signature nor the session token. It cannot be revoked short of revoking the access key that signed it.
///
/// To hand it to a client, encode it: the JSON form has `method`, `url`, `headers` (an object from name to value) and
/// `expiresAt` (ISO 8601, UTC).
public struct PresignedRequest: Sendable, Hashable {
    /// The method.
    public let method: HTTPRequest.Method
    /// The URL, exactly as it must be sent.
    ///
    /// It is a string on purpose: URL types that parse and write it again may change it, and then its signature no
    /// longer fits.
    public let url: String
    /// The headers that the client must send, each with exactly this value.
    ///
    /// `host` is signed as well; every client sets it by itself. Browsers set `content-length` from the body and do not
    /// let scripts set it: see ``browserHeaders``.
    public var headers: HTTPFields {
        var fields = HTTPFields()
        for header in signedHeaders.list {
            if let name = HTTPField.Name(header.name) { fields.append(HTTPField(name: name, value: header.value)) }
        }
        return fields
    }
    /// The first instant at which the URL is no longer valid.
    public let expiresAt: Date
    /// The headers as they were signed: names in lower case.
    let signedHeaders: PresignHeaders

    /// Takes the parts as they are.
    public init(method: HTTPRequest.Method, url: String, headers: HTTPFields = [:], expiresAt: Date) {
        // A header that is there several times is one header with all its values.
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

    /// The headers that a script in a browser must set: all but those that browsers set themselves.
    ///
    /// A browser sends `content-length` as the body's size; the signature still pins it.
    public var browserHeaders: HTTPFields {
        var headers = headers
        for name in Self.headersSetByBrowsers { headers[name] = nil }
        return headers
    }

    /// The signed headers that browsers set themselves and forbid scripts to set.
    public static let headersSetByBrowsers: [HTTPField.Name] = [.contentLength]
}

extension PresignedRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Method, URL without its query, header names and expiry.
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
