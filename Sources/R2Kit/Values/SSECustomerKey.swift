internal import Crypto
internal import HTTPTypes

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A key for server-side encryption with customer-provided keys (SSE-C).
///
/// R2 encrypts the object with the key and doesn't store the key. Every read of the object must provide it again.
/// Printing, dumping, or reflecting a value doesn't show the key.
public struct SSECustomerKey: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Creates a key for AES-256.
    /// - Parameter bytes: The 32 bytes of the key.
    /// - Throws: ``R2ValidationError`` with the code `invalidEncryptionKey` if there aren't exactly 32 bytes.
    public init(_ bytes: some Sequence<UInt8>) throws(R2ValidationError) {
        let bytes = Array(bytes)
        guard bytes.count == 32 else {
            throw R2ValidationError(
                .invalidEncryptionKey, "Invalid encryption key: expected 32 bytes, not \(bytes.count).")
        }
        self.bytes = bytes
    }

    /// Sets the headers.
    ///
    /// Those for the source of a copy have another prefix.
    func apply(to headers: inout HTTPFields, prefix: String = "x-amz-") {
        let name = "\(prefix)server-side-encryption-customer"
        headers[named: "\(name)-algorithm"] = "AES256"
        headers[named: "\(name)-key"] = Data(bytes).base64EncodedString()
        headers[named: "\(name)-key-md5"] = Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()
    }
}

extension SSECustomerKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<encryption key>`.
    public var description: String { "<encryption key>" }
    /// Always `<encryption key>`.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
