#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The form of R2's session tokens: base64 of `jwt/` and a JSON Web Token.
enum SessionToken {
    private struct Claims: Decodable { var exp: Double? }

    static func make(jwt: String) -> String { Data("jwt/\(jwt)".utf8).base64EncodedString() }

    /// When a token of that form says that it ends; `nil` for any other token.
    static func expiry(of token: String) -> Date? {
        guard let data = Data(base64Encoded: token), data.starts(with: Data("jwt/".utf8)) else { return nil }
        let parts = data.dropFirst(4).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Data(base64URL: parts[1]) else { return nil }
        let claims = try? JSONDecoder().decode(Claims.self, from: payload)
        return claims?.exp.map { Date(timeIntervalSince1970: $0.rounded(.down)) }
    }
}

extension Data {
    /// Base64 with `-` and `_`, and without padding (RFC 4648 section 5).
    var base64URL: String {
        let characters = base64EncodedString().compactMap { character -> Character? in
            switch character {
            case "+": "-"
            case "/": "_"
            case "=": nil
            default: character
            }
        }
        return String(characters)
    }

    /// Reads base64 with `-` and `_`, without padding.
    init?(base64URL bytes: some Sequence<UInt8>) {
        var standard = bytes.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): UInt8(0)  // not of this alphabet
            default: byte
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        self.init(base64Encoded: Data(standard))
    }
}
