#if Storage
import AsyncHTTPClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The proxy that the environment names for an endpoint, by the rules of curl.
struct Proxy {
    let configuration: HTTPClient.Configuration.Proxy

    /// Reads the proxy for an endpoint.
    ///
    /// Reads `HTTPS_PROXY` for an endpoint that starts with `https://`, `http_proxy` for other ones, then `ALL_PROXY`,
    /// and `NO_PROXY`. The names can be lowercase. `HTTP_PROXY` isn't read, because a client of a CGI program can set
    /// it.
    /// - Returns: `nil` if the endpoint needs no proxy.
    /// - Throws: A ``Failure`` if a variable isn't valid.
    init?(for endpoint: String, environment: [String: String]) throws {
        func value(_ names: String...) -> (name: String, value: String)? {
            for name in names {
                if let value = environment[name], !value.utf8.isEmpty { return (name, value) }
            }
            return nil
        }
        guard let url = URL(string: endpoint), let host = url.host() else { return nil }
        let isSecure = url.scheme == "https"
        let found = isSecure ? value("https_proxy", "HTTPS_PROXY") : value("http_proxy")
        guard let (name, text) = found ?? value("all_proxy", "ALL_PROXY") else { return nil }
        let port = url.port ?? (isSecure ? 443 : 80)
        if let (_, list) = value("no_proxy", "NO_PROXY"), Self.excludes(host, port, list) { return nil }
        self.configuration = try Self.configuration(text, name)
    }

    private static func configuration(_ text: String, _ name: String) throws -> HTTPClient.Configuration.Proxy {
        // The value may have a password, so no message shows it.
        let expected = "expected http://HOST:PORT or socks5://HOST:PORT"
        guard let url = URL(string: text.utf8.contains(UInt8(ascii: "/")) ? text : "http://" + text),
            let host = url.host(), !host.isEmpty, let scheme = url.scheme?.lowercased(),
            // Without the check, a larger port would be cut to 16 bits, and another server contacted.
            url.port.map({ (1...65_535).contains($0) }) ?? true
        else { throw Failure("Invalid \(name): \(expected).", status: ExitStatus.configuration) }
        switch scheme {
        case "http":
            guard let user = url.user(percentEncoded: false) else {
                return .server(host: host, port: url.port ?? 80)
            }
            let password = url.password(percentEncoded: false) ?? ""
            return .server(
                host: host, port: url.port ?? 80, authorization: .basic(username: user, password: password))
        case "socks5", "socks5h":
            guard url.user() == nil else {
                throw Failure("Invalid \(name): a SOCKS proxy can't have a user.", status: ExitStatus.configuration)
            }
            return .socksServer(host: host, port: url.port ?? 1080)
        default:
            throw Failure("Unsupported \(name): \(expected).", status: ExitStatus.configuration)
        }
    }

    /// Returns a Boolean value that indicates whether a list such as `localhost,.example.com:8080` has the host.
    private static func excludes(_ host: String, _ port: Int, _ list: String) -> Bool {
        let host = bare(host)
        return list.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }).contains { entry in
            var entry = entry.lowercased()
            if entry == "*" { return true }
            if entry.utf8.contains(UInt8(ascii: "/")) { return contains(entry, address: host) }
            if let colon = entry.lastIndex(of: ":"), let entryPort = Int(entry[entry.index(after: colon)...]),
                entry.firstIndex(of: ":") == colon || entry.hasPrefix("[")
            {
                guard entryPort == port else { return false }
                entry = String(entry[..<colon])
            }
            entry = bare(entry)
            if entry.hasPrefix("*.") { entry.removeFirst() }
            if entry.hasPrefix(".") { entry.removeFirst() }
            return !entry.isEmpty && (host == entry || host.hasSuffix("." + entry))
        }
    }

    /// Returns a Boolean value that indicates whether a range such as `10.0.0.0/8` or `fd00::/8` has an address.
    private static func contains(_ range: String, address: String) -> Bool {
        let sides = range.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count == 2, let count = Int(sides[1]), let first = bytes(of: bare(String(sides[0]))),
            let other = bytes(of: address), first.count == other.count, (0...first.count * 8).contains(count)
        else { return false }
        return (0..<count).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> (bit % 8)
            return first[bit / 8] & mask == other[bit / 8] & mask
        }
    }

    /// Returns the bytes of an IPv4 or IPv6 address, or `nil` for a name.
    private static func bytes(of address: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, address, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, address, &bytes) == 1 ? bytes : nil
    }

    /// Returns a host in lowercase, without brackets and a final period.
    private static func bare(_ host: String) -> String {
        var host = host.lowercased()
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.hasSuffix(".") { host.removeLast() }
        return host
    }
}
#endif
