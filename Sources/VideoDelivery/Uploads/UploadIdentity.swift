#if Delivery
internal import Crypto
internal import R2KitSupport
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A token that a client made, so that it can repeat a call.
struct UploadToken {
    private let digest: [UInt8]

    /// Creates a token.
    ///
    /// - Throws: A ``VideoDeliveryError`` with the code `invalidArgument` if the token is empty or too long.
    init(_ token: String, of user: UserID) throws(VideoDeliveryError) {
        guard (1...255).contains(token.utf8.count) else {
            throw VideoDeliveryError(
                .invalidArgument,
                "Invalid token: expected 1 to 255 bytes of UTF-8, such as a random UUID. "
                    + "Use a new one for each upload, and the same one to repeat a call.")
        }
        var hash = SHA256()
        // The length keeps apart what two users could otherwise spell alike.
        hash.update(data: Array("r2kit upload \(user.rawValue.utf8.count) ".utf8))
        hash.update(data: Array(user.rawValue.utf8))
        hash.update(data: Array(token.utf8))
        digest = Array(hash.finalize())
    }

    /// The identifier of the video that a token begins: a UUID of version 8.
    ///
    /// No other user has a token with the same identifier. Source: RFC 9562 section 5.8.
    var video: Video.ID {
        let b = digest
        return Video.ID(
            UUID(
                uuid: (
                    b[0], b[1], b[2], b[3], b[4], b[5], b[6] & 0x0F | 0x80, b[7], b[8] & 0x3F | 0x80, b[9], b[10],
                    b[11], b[12], b[13], b[14], b[15]
                )))
    }

    /// The digest, as rows keep it.
    var text: String { Hexadecimal.encode(digest[..<16]) }
}
#endif
