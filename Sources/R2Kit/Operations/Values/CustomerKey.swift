internal import Crypto
internal import HTTPTypes

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A key of one's own that R2 encrypts an object with, and does not keep (SSE-C).
///
/// Whoever reads the object must bring it again. It does not show when a value is printed, dumped or reflected.
public struct CustomerKey: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Takes a key for AES-256.
    /// - Throws: ``R2KitError`` with the code `invalidEncryptionKey` unless it has 32 bytes.
    public init(_ bytes: some Sequence<UInt8>) throws(R2KitError) {
        let bytes = Array(bytes)
        guard bytes.count == 32 else {
            throw R2KitError(.invalidEncryptionKey, "an encryption key has 32 bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }

    /// Sets the headers; `prefix` tells the source of a copy.
    func apply(to headers: inout HTTPFields, prefix: String = "x-amz-") {
        let name = "\(prefix)server-side-encryption-customer"
        headers[named: "\(name)-algorithm"] = "AES256"
        headers[named: "\(name)-key"] = Data(bytes).base64EncodedString()
        headers[named: "\(name)-key-md5"] = Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()
    }
}

extension CustomerKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<encryption key>`.
    public var description: String { "<encryption key>" }
    /// Always `<encryption key>`.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
