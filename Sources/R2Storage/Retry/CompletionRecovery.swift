#if Storage
internal import Crypto
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension CompleteMultipartUpload: LostAnswerRecovery {
    /// Looks at the object, when a repetition finds the upload gone (or its condition failed, maybe by its own object).
    ///
    /// It is this upload's if its tag is the one that these parts make, and it was stored since the call began. An older
    /// object may have the same content but other properties; and a tag that is no digest proves nothing. Whenever that
    /// is not certain, the error stands.
    func recoveredOutput(from error: R2Error, since began: Date, _ client: R2Client) async -> Output? {
        let mayBeOwnWork = error.isPreconditionFailed || error.code == .noSuchUpload || error.code == .noSuchKey
        guard mayBeOwnWork, let expected = Self.tag(of: parts), let head = try? await client.perform(HeadObject(key))
        else {
            return nil
        }
        // HTTP's dates are whole seconds, and an answer takes its time.
        let tolerance = 5.0
        guard head.etag == expected, let stored = head.lastModified,
            stored >= began.addingTimeInterval(-tolerance)
        else { return nil }
        return Output(etag: head.etag)
    }

    /// The tag of the object that parts make: the MD5 of their MD5 digests, and their number.
    ///
    /// Source: R2 "Multipart upload" (ETags).
    /// - Returns: The tag; `nil` if the parts' tags are no MD5 digests.
    static func tag(of parts: [Part]) -> ETag? {
        var digests = Insecure.MD5()
        for part in parts.sorted(by: { $0.number < $1.number }) {
            guard let digest = bytes(ofHex: part.etag.opaqueValue), digest.count == Insecure.MD5.byteCount else {
                return nil
            }
            digests.update(data: digest)
        }
        let hex = digests.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return try? ETag("\(hex.joined())-\(parts.count)")
    }

    private static func bytes(ofHex text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
#endif
