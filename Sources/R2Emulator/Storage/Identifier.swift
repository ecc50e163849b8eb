#if Emulator
internal import R2KitSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Random identifiers.
enum Identifier {
    /// Returns the version of an object: 32 hexadecimal digits.
    static func version() -> String { Hexadecimal.encode(randomBytes(16)) }

    /// Returns the identifier of a multipart upload.
    ///
    /// R2 (live reports): long standard base64, with `+`, `/` and `=`, which clients must encode in queries. The first
    /// bytes are chosen so that every identifier has all three.
    static func upload() -> String {
        // The first three bytes are "++//" in base64, and 127 bytes end in "==".
        Data([0xFB, 0xEF, 0xFF] + randomBytes(124)).base64EncodedString()
    }

    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        // Each number is a call into the system, so eight bytes at a time.
        while bytes.count < count { withUnsafeBytes(of: generator.next() as UInt64) { bytes += $0 } }
        return Array(bytes.prefix(count))
    }
}
#endif
