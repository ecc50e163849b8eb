#if Delivery
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
    /// The name of the replacement's file, until it is in place.
    static let replacementFileName = "upload.replacement.fileName"
    static let replacementFingerprint = "upload.replacement.fingerprint"
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

extension Video {
    /// Stores the values of a replacement, without those of the file in place.
    mutating func setReplacement(_ file: UploadFile, _ note: AttemptNote) {
        metadata[UploadMetadata.replacement] = note.value
        metadata[UploadMetadata.replacementFileName] = file.name
        metadata[UploadMetadata.replacementFingerprint] = file.fingerprint
    }

    /// Makes the values of a replacement's file those of the file in place.
    mutating func adoptReplacementValues() {
        guard let name = metadata.removeValue(forKey: UploadMetadata.replacementFileName) else { return }
        metadata[UploadMetadata.fileName] = name
        metadata[UploadMetadata.fingerprint] = metadata.removeValue(forKey: UploadMetadata.replacementFingerprint)
    }

    /// Ends a replacement whose file doesn't take the place of the old one.
    mutating func endReplacement() {
        upload = nil
        metadata[UploadMetadata.replacementFileName] = nil
        metadata[UploadMetadata.replacementFingerprint] = nil
    }

    /// Stores the note of a failed attempt, for which other values of this module make room.
    ///
    /// The app's own metadata has priority. If there isn't room for both, the row has no note.
    mutating func setFailure(_ note: AttemptNote) {
        metadata[UploadMetadata.failure] = nil
        let old = metadata
        metadata[UploadMetadata.failure] = note.value
        for names in [UploadMetadata.media, [UploadMetadata.fileName, UploadMetadata.fingerprint]] {
            if hasValidMetadataLength { return }
            for name in names { metadata[name] = nil }
        }
        if !hasValidMetadataLength { metadata = old }
    }

    /// A Boolean value that indicates whether the metadata is short enough for the catalog.
    var hasValidMetadataLength: Bool {
        metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count } <= RepositorySupport.Limits.metadataLength
    }
}
#endif
