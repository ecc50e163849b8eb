#if Delivery
internal import R2Kit
internal import SigV4
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The URLs for one viewer of one video, until a date.
///
/// The playlists of a stream inherit the date from the first one, so that a file has the same URL in all of them.
struct PlaybackGrant: PlaylistLinks {
    let video: Video.ID
    let viewer: String
    /// The date at which tokens stop being valid.
    let expiresAt: Date
    /// The date at which the URLs of segments, or the tokens in their place, stop being valid.
    let urlsExpireAt: Date
    let delivery: PlaylistDelivery
    let signer: MediaSigner
    let lifetime: Duration
    /// The date of signing.
    let date: Date

    func mediaURLs(for keys: [ObjectKey]) throws -> [String] {
        switch delivery.mode {
        case .redirect: return try keys.map { delivery.routes.segment(try link(.segment, $0)) }
        case .presigned:
            do {
                return try signer.urls(for: keys, expiresIn: lifetime, at: date)
            } catch {
                throw PlaylistError(.link, VideoDeliveryError.signing(error, video: video).message)
            }
        }
    }

    func playlistURL(for key: ObjectKey) throws -> String { delivery.routes.playlist(try link(.playlist, key)) }

    func keyURL(for key: ObjectKey) throws -> String { delivery.routes.key(try link(.key, key)) }

    private func link(_ purpose: PlaylistToken.Purpose, _ key: ObjectKey) throws -> PlaybackLink {
        let token = PlaylistToken(
            purpose: purpose, video: video, path: key.rawValue, viewer: viewer, expiresAt: expiresAt)
        let name = key.rawValue.utf8.split(separator: UInt8(ascii: "/")).last ?? key.rawValue.utf8[...]
        return PlaybackLink(
            video: video, token: try delivery.tokens.sign(token),
            fileName: PercentEncoding.encode(String(Substring(name))))
    }
}
#endif
