#if Delivery
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Signs URLs of a video's files, of R2 or of a custom domain.
struct MediaSigner: Sendable {
    let presigner: R2Presigner
    let edge: EdgeDelivery?
    let window: SigningWindow?
    /// The video's folder, such as `videos/42/`.
    let folder: String

    /// Returns the URLs of files, all with the same date.
    func urls(
        for keys: [ObjectKey], expiresIn lifetime: Duration, at date: Date
    ) throws(R2ValidationError) -> [String] {
        guard let edge else {
            // Lazily, without an array of whole requests.
            return try presigner.presignPlayback(of: keys.lazy, expiresIn: lifetime, stableWithin: window, at: date)
                .map(\.url)
        }
        var urls: [String] = []
        urls.reserveCapacity(keys.count)
        for key in keys { urls.append(try edge.url(for: key, folder: folder, at: issueDate(date))) }
        return urls
    }

    /// Returns the URL of a file, and the date at which it stops being valid.
    func url(
        for key: ObjectKey, expiresIn lifetime: Duration, at date: Date
    ) throws(R2ValidationError) -> (url: String, expiresAt: Date) {
        guard let edge else {
            let request = try presigner.presignPlayback(
                of: key, expiresIn: lifetime, stableWithin: window, at: date)
            return (request.url, request.expiresAt)
        }
        let issued = issueDate(date)
        return (
            try edge.url(for: key, folder: folder, at: issued),
            issued.addingTimeInterval(edge.timeToLive / .seconds(1))
        )
    }

    /// Returns a URL that differs every time and, also on a custom domain, stops being valid after its lifetime.
    ///
    /// A rule counts from the date of issue, so that of a token for less time is in the past.
    func shortURL(
        for key: ObjectKey, expiresIn lifetime: Duration, at date: Date
    ) throws(R2ValidationError) -> (url: String, expiresAt: Date) {
        let signer = MediaSigner(presigner: presigner, edge: edge, window: nil, folder: folder)
        let excess = max(.zero, (edge?.timeToLive ?? .zero) - lifetime)
        return try signer.url(for: key, expiresIn: lifetime, at: date.addingTimeInterval(-(excess / .seconds(1))))
    }

    /// Returns the start of the date's window, or of its second.
    func issueDate(_ date: Date) -> Date {
        let length = window.map { $0.duration / .seconds(1) } ?? 1
        return Date(timeIntervalSince1970: (date.timeIntervalSince1970 / length).rounded(.down) * length)
    }
}

extension EdgeDelivery {
    fileprivate func url(for key: ObjectKey, folder: String, at date: Date) throws(R2ValidationError) -> String {
        switch coverage {
        case .file: try signer.url(origin, path: "/\(key.rawValue)", at: date)
        case .video: try signer.url(origin, path: "/\(key.rawValue)", directory: "/\(folder)", at: date)
        }
    }
}
#endif
