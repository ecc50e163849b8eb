#if Delivery
public import R2Kit
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The object keys of videos.
///
/// A key belongs to one attempt to upload a file and is never used again. No part of it comes from a user.
///
/// | Key | Object |
/// | --- | --- |
/// | `uploads/VIDEO/ATTEMPT` | A file that a client sends in one request, before it is checked. |
/// | `videos/VIDEO/ATTEMPT/file` | The file that the catalog names, which no presigned URL can change. |
public struct VideoKeys: Sendable, Hashable {
    /// A key that belongs to an attempt.
    public struct Location: Sendable, Hashable {
        /// The video.
        public let video: Video.ID
        /// The attempt to upload a file.
        public let attempt: UUID
        /// A Boolean value that indicates whether the key is the one that a client sends a file to.
        public let isUpload: Bool
    }

    /// The string that every key starts with, such as `app/`.
    public let prefix: String

    /// The maximum length of a prefix, in bytes.
    public static let maximumPrefixLength = 512

    /// Creates the keys of an app.
    ///
    /// - Parameter prefix: The string that every key starts with, such as `app/`: empty, or at most 512 bytes of UTF-8
    ///   that end with a slash. It must be in Unicode's composed form (NFC), because R2 stores keys in this form.
    /// - Throws: An `R2ValidationError` if keys with the prefix aren't valid, or if it doesn't end with a slash.
    public init(prefix: String = "") throws(R2ValidationError) {
        guard prefix.isEmpty || prefix.utf8.last == UInt8(ascii: "/") else {
            throw R2ValidationError(.invalidObjectKey, "Invalid key prefix: it must be empty or end with a slash.")
        }
        guard prefix.utf8.count <= Self.maximumPrefixLength else {
            throw R2ValidationError(
                .invalidObjectKey,
                "Invalid key prefix: expected at most \(Self.maximumPrefixLength) bytes of UTF-8, but it has "
                    + "\(prefix.utf8.count).")
        }
        guard try ObjectKey(prefix + "x").rawValue.utf8.elementsEqual((prefix + "x").utf8) else {
            throw R2ValidationError(
                .invalidObjectKey, "Invalid key prefix: it must be in Unicode's composed form (NFC).")
        }
        self.prefix = prefix
    }

    /// The prefix of all files that clients send in one request.
    public var uploadsPrefix: String { prefix + "uploads/" }

    /// The prefix of all files that the catalog names.
    public var videosPrefix: String { prefix + "videos/" }

    /// Returns the prefix of a video's objects, which ends with a slash.
    ///
    /// - Parameter video: The video.
    /// - Returns: A prefix such as `videos/VIDEO/`.
    public func prefix(of video: Video.ID) -> String { "\(videosPrefix)\(video)/" }

    /// Returns the key that a client sends a file to in one request.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - attempt: The attempt.
    /// - Returns: A key such as `uploads/VIDEO/ATTEMPT`.
    /// - Throws: An `R2ValidationError`, which can't happen with a valid prefix.
    public func upload(of video: Video.ID, attempt: UUID) throws(R2ValidationError) -> ObjectKey {
        try ObjectKey("\(uploadsPrefix)\(video)/\(Self.text(of: attempt))")
    }

    /// Returns the key of a video's file.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - attempt: The attempt that sent the file.
    /// - Returns: A key such as `videos/VIDEO/ATTEMPT/file`.
    /// - Throws: An `R2ValidationError`, which can't happen with a valid prefix.
    public func file(of video: Video.ID, attempt: UUID) throws(R2ValidationError) -> ObjectKey {
        try ObjectKey("\(prefix(of: video))\(Self.text(of: attempt))/file")
    }

    /// Returns the video and the attempt that a key belongs to.
    ///
    /// - Parameter key: Any key.
    /// - Returns: The location, or `nil` if neither ``upload(of:attempt:)`` nor ``file(of:attempt:)`` returns the key.
    public func location(of key: String) -> Location? {
        let utf8 = key.utf8
        if utf8.starts(with: uploadsPrefix.utf8) {
            return location(of: utf8.dropFirst(uploadsPrefix.utf8.count), isUpload: true)
        }
        if utf8.starts(with: videosPrefix.utf8) {
            return location(of: utf8.dropFirst(videosPrefix.utf8.count), isUpload: false)
        }
        return nil
    }

    private func location(of rest: Substring.UTF8View, isUpload: Bool) -> Location? {
        let segments = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        guard segments.count == (isUpload ? 2 : 3), isUpload || segments[2].utf8.elementsEqual("file".utf8),
            let video = Video.ID(segments[0]), video.description == segments[0],
            let attempt = Video.ID(segments[1])?.uuid, Self.text(of: attempt) == segments[1]
        else { return nil }
        return Location(video: video, attempt: attempt, isUpload: isUpload)
    }

    /// Returns an attempt's UUID in the form of videos' identifiers, in lower case.
    private static func text(of attempt: UUID) -> String { Video.ID(attempt).description }
}
#endif
