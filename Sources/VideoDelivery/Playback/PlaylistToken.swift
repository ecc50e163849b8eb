#if Delivery
internal import R2KitSupport
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A permission for one viewer to request one file of a video from your app, until a date.
///
/// Players drop headers, cookies and the parent's query, so that the permission must be in each file's own URL.
public struct PlaylistToken: Sendable, Hashable {
    /// The kinds of routes that accept a token.
    public enum Purpose: UInt8, Sendable, Hashable, CaseIterable {
        /// The route that serves a rewritten playlist.
        case playlist = 1
        /// The route that redirects to a segment.
        case segment = 2
        /// The route that redirects to an encryption key.
        case key = 3
    }

    /// The kind of route that accepts the token.
    public let purpose: Purpose
    /// The video.
    public let video: Video.ID
    /// The key of the file.
    public let path: String
    /// The viewer's identifier, which the viewer can read.
    public let viewer: String
    /// The date at which the token stops being valid, in whole seconds.
    public let expiresAt: Date

    /// Creates a token.
    /// - Parameters:
    ///   - purpose: The kind of route that accepts the token.
    ///   - video: The video.
    ///   - path: The key of the file, at most 1,024 bytes of UTF-8.
    ///   - viewer: The viewer's identifier, at most 255 bytes of UTF-8.
    ///   - expiresAt: The date at which the token stops being valid. Fractions of a second are dropped.
    public init(purpose: Purpose, video: Video.ID, path: String, viewer: String, expiresAt: Date) {
        self.purpose = purpose
        self.video = video
        self.path = path
        self.viewer = viewer
        // Dates outside of this range are rejected by the signer.
        self.expiresAt = Date(timeIntervalSince1970: expiresAt.timeIntervalSince1970.rounded(.down))
    }
}

extension PlaylistToken {
    /// The first byte, for forms of later versions.
    private static let version: UInt8 = 1
    private static let headerLength = 27

    /// Returns the bytes that are signed, or `nil` if a field is too long.
    ///
    /// They are the version, the purpose, the 16 bytes of the video's ID, the expiry in eight bytes, the length of the
    /// viewer's identifier in one byte, that identifier, and the path.
    var payload: [UInt8]? {
        let (viewer, path) = (Array(viewer.utf8), Array(path.utf8))
        let seconds = expiresAt.timeIntervalSince1970
        guard let length = UInt8(exactly: viewer.count), (1...1024).contains(path.count),
            let expiry = UInt64(exactly: seconds)
        else { return nil }
        var bytes: [UInt8] = [Self.version, purpose.rawValue]
        bytes.reserveCapacity(Self.headerLength + viewer.count + path.count)
        withUnsafeBytes(of: video.uuid.uuid) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: expiry.bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(length)
        return bytes + viewer + path
    }

    /// Creates a token from signed bytes, or returns `nil` if they have another form.
    init?(payload: ArraySlice<UInt8>) {
        let bytes = Array(payload)
        guard bytes.count > Self.headerLength, bytes[0] == Self.version, let purpose = Purpose(rawValue: bytes[1])
        else { return nil }
        let viewerEnd = Self.headerLength + Int(bytes[26])
        guard viewerEnd < bytes.count,
            let viewer = String(validating: bytes[Self.headerLength..<viewerEnd], as: UTF8.self),
            let path = String(validating: bytes[viewerEnd...], as: UTF8.self)
        else { return nil }
        let expiry = bytes[18..<26].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var id = UUID().uuid
        withUnsafeMutableBytes(of: &id) { $0.copyBytes(from: bytes[2..<18]) }
        self.init(
            purpose: purpose, video: Video.ID(UUID(uuid: id)), path: path, viewer: viewer,
            expiresAt: Date(timeIntervalSince1970: Double(expiry)))
    }
}
#endif
