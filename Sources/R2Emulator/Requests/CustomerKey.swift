#if Emulator
internal import Crypto

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The key of server-side encryption with a customer's key (SSE-C).
///
/// The emulator doesn't encrypt. It keeps the MD5 of the key, and refuses a read that doesn't send the same key.
struct CustomerKey: Sendable {
    /// The MD5 of the key in base64.
    let md5: String

    /// Reads the three headers.
    ///
    /// R2 (observed): the order of the checks, and AWS's messages. Unsettled: the checks of the key itself.
    /// - Parameters:
    ///   - request: The request.
    ///   - prefix: Nothing, or the start of the headers for the source of a copy.
    /// - Returns: The key, or `nil` if the request has none of the headers.
    /// - Throws: A ``Refusal`` of the first check that fails.
    static func read(_ request: EmulatorRequest, prefix: String = "x-amz-") throws(Refusal) -> CustomerKey? {
        let names = ["algorithm", "key", "key-md5"].map { "\(prefix)server-side-encryption-customer-\($0)" }
        let (algorithm, key, md5) = (request.header(names[0]), request.header(names[1]), request.header(names[2]))
        guard algorithm != nil || key != nil || md5 != nil else { return nil }
        let rule = "Requests specifying Server Side Encryption with Customer provided keys must provide"
        guard let key else { throw .invalidArgument("\(rule) an appropriate secret key.") }
        guard let md5 else { throw .invalidArgument("\(rule) the client calculated MD5 of the secret key.") }
        guard let algorithm else { throw .invalidArgument("\(rule) a valid encryption algorithm.") }
        guard algorithm == "AES256" else { throw .encryptionAlgorithm }
        guard let bytes = Data(base64Encoded: key), bytes.count == 32 else {
            throw .invalidArgument("The secret key was invalid for the specified algorithm.")
        }
        guard Data(Insecure.MD5.hash(data: bytes)).base64EncodedString() == md5 else {
            throw .invalidArgument("The calculated MD5 hash of the key did not match the hash that was provided.")
        }
        return CustomerKey(md5: md5)
    }

    /// Checks that a read sends the key with which an object was stored.
    static func check(_ key: CustomerKey?, for object: ObjectRecord) throws(Refusal) {
        switch (key, object.properties.customerKeyMD5) {
        case (nil, nil): return
        // R2 (observed).
        case (_?, nil): throw .notEncrypted
        // Unsettled: these two are AWS's.
        case (nil, _?):
            throw .invalidRequest(
                "The object was stored using a form of Server Side Encryption. "
                    + "The correct parameters must be provided to retrieve the object.")
        case (let key?, let stored?):
            guard key.md5 == stored else {
                throw Refusal(status: 403, code: "AccessDenied", message: "Access Denied")
            }
        }
    }

    /// The headers that confirm the key, for an object that was stored with one.
    static func headers(_ md5: String?) -> [(String, String)] {
        guard let md5 else { return [] }
        return [
            ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
            ("x-amz-server-side-encryption-customer-key-MD5", md5),
        ]
    }
}
#endif
