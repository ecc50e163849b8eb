#if Emulator && Delivery && SQLite
import Crypto
import Foundation
import HTTPTypes

/// The cookie of a person who is signed in: an identifier, a date of expiry, and a code that proves both.
struct SessionCookie: Sendable {
    private let key: SymmetricKey
    private let isSecure: Bool

    private static let lifetime = 12 * 3600

    /// Creates a way to issue and read cookies.
    ///
    /// - Parameters:
    ///   - secret: The secret that signs the cookies.
    ///   - isSecure: A Boolean value that indicates whether the page has a URL with `https`.
    init(secret: [UInt8], isSecure: Bool) {
        key = SymmetricKey(data: secret)
        self.isSecure = isSecure
    }

    // With this prefix, browsers accept the cookie from this host only, and only over TLS.
    private var name: String { isSecure ? "__Host-session" : "session" }

    /// Returns the value of `Set-Cookie` that signs a person in.
    func issue(to person: Person) -> String {
        let payload = "\(person.id).\(Int(Date().timeIntervalSince1970) + Self.lifetime)"
        return field("\(payload).\(code(payload))", maximumAge: Self.lifetime)
    }

    /// The value of `Set-Cookie` that signs the person out.
    var removal: String { field("", maximumAge: 0) }

    /// Returns the person that a request's cookie proves, or `nil`.
    ///
    /// It compares bytes: every request has a cookie, and comparing characters would take longer than the code's proof.
    func person(in fields: HTTPFields) -> Person? {
        let cookies = (fields[.cookie] ?? "").utf8.split(separator: UInt8(ascii: ";"))
            .map { $0.drop { $0 == UInt8(ascii: " ") } }
        guard let cookie = cookies.first(where: { $0.starts(with: "\(name)=".utf8) }) else { return nil }
        let parts = cookie.dropFirst(name.utf8.count + 1)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Substring.init)
        guard parts.count == 3, let expiry = Int(parts[1]), Double(expiry) > Date().timeIntervalSince1970,
            let code = Self.bytes(parts[2].utf8),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message("\(parts[0]).\(parts[1])"), using: key)
        else { return nil }
        return Person(id: String(parts[0]))
    }

    private func field(_ value: String, maximumAge: Int) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(maximumAge); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }

    /// The secret signs other things, too, so the message names its purpose.
    private func message(_ payload: String) -> Data { Data("session cookie\0\(payload)".utf8) }

    private func code(_ payload: String) -> String {
        HMAC<SHA256>.authenticationCode(for: message(payload), using: key)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hexadecimal: Substring.UTF8View) -> [UInt8]? {
        let digits = hexadecimal.compactMap(digit)
        guard digits.count == hexadecimal.count, digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
#endif
