#if Delivery
internal import Crypto
internal import R2KitSupport
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The names under which uploads keep their own values in the metadata of a row.
enum UploadMetadata {
    static let fileName = "upload.fileName"
    static let fingerprint = "upload.fingerprint"
    /// The digest of the token of the latest replacement, and its attempt.
    static let replacement = "upload.replacement"
    /// The attempt that failed last, and the reason.
    static let failure = "upload.failure"

    static let container = "media.container"
    static let videoCodec = "media.videoCodec"
    static let audioCodec = "media.audioCodec"
    static let rotation = "media.rotation"
    static let isFastStart = "media.fastStart"
    static let isFragmented = "media.fragmented"
    /// The names that describe a file, and end with it.
    static let media = [container, videoCodec, audioCodec, rotation, isFastStart, isFragmented]
}

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

/// Two words in one value of a row's metadata: an attempt and what is known of it.
struct AttemptNote: Equatable {
    let attempt: UUID
    let text: String

    init(_ attempt: UUID, _ text: String) {
        self.attempt = attempt
        self.text = text
    }

    init?(_ value: String?) {
        guard let words = value?.split(separator: " ", maxSplits: 1), words.count == 2,
            let attempt = UUID(uuidString: String(words[0]))
        else { return nil }
        self.init(attempt, String(words[1]))
    }

    var value: String { "\(attempt.uuidString.lowercased()) \(text)" }
}
#endif
