#if Emulator && Delivery && SQLite
import Foundation

/// The URL of the page as browsers see it.
enum PublicURL {
    /// Returns the origin of a URL such as `https://videos.example.com/`, in the form in which browsers send it.
    ///
    /// Browsers leave out the default port and write the host in lowercase (RFC 6454, section 6.2).
    ///
    /// - Throws: A problem if the text isn't a URL of HTTP, or has more than a scheme, a host and a port.
    static func origin(of url: String) throws -> String {
        guard url.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw Settings.Problem(
                description:
                    "Invalid PUBLIC_URL: the host has characters that aren't ASCII. Write it as browsers send it, "
                    + "with xn--….")
        }
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = host(in: url, hasPort: parts.port != nil),
            parts.user == nil, parts.password == nil,
            parts.percentEncodedPath.isEmpty || parts.percentEncodedPath == "/",
            parts.percentEncodedQuery == nil, parts.percentEncodedFragment == nil,
            parts.port.map({ (1...65_535).contains($0) }) ?? true
        else {
            throw Settings.Problem(
                description:
                    "Invalid PUBLIC_URL: expected a URL of a scheme, a host and if needed a port, such as "
                    + "https://videos.example.com.")
        }
        let port = parts.port == (scheme == "https" ? 443 : 80) ? nil : parts.port
        return origin(scheme: scheme, host: host, port: port)
    }

    /// Returns an origin.
    ///
    /// - Parameters:
    ///   - scheme: `https` or `http`.
    ///   - host: The name or the address. An address of IPv6 can have brackets.
    ///   - port: The port, or `nil` for the scheme's default.
    /// - Returns: The origin.
    static func origin(scheme: String, host: String, port: Int?) -> String {
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(scheme)://\(name)" + (port.map { ":\($0)" } ?? "")
    }

    /// Returns a Boolean value that indicates whether only this machine can reach a host.
    ///
    /// - Parameter host: The name or the address. One of IPv6 can have brackets.
    /// - Returns: `true` for the loopback addresses and `localhost`.
    static func isLoopback(_ host: String) -> Bool {
        ["localhost", "::1", "[::1]"].contains(host.lowercased()) || host.wholeMatch(of: /127(\.\d{1,3}){3}/) != nil
    }

    /// Returns the host as it is written.
    ///
    /// Foundation would decode `xn--…`, which browsers send.
    private static func host(in url: String, hasPort: Bool) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        var authority = url[start...].prefix { !"/?#".contains($0) }
        if hasPort, let colon = authority.lastIndex(of: ":") { authority = authority[..<colon] }
        let host = authority.lowercased()
        return isHost(host) ? host : nil
    }

    private static func isHost(_ host: String) -> Bool {
        !host.isEmpty && (host.hasPrefix("[") || !host.contains(":"))
            && host.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: ".-_:[]".utf8.contains($0)
                }
            }
    }
}
#endif
