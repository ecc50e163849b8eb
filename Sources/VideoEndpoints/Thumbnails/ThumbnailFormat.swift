#if Delivery
/// A format of thumbnails, which all browsers show.
enum ThumbnailFormat: String, CaseIterable, Sendable {
    case jpeg = "image/jpeg"
    case webP = "image/webp"

    /// The number of bytes that show the format.
    static let signatureLength = 12

    /// The types, as messages list them.
    static let names = allCases.map(\.rawValue).joined(separator: " or ")

    /// Creates a format from a media type, or returns `nil` for one that isn't allowed.
    init?(contentType: String) {
        let bare = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        self.init(rawValue: bare)
    }

    /// Returns a Boolean value that indicates whether a file starts as files of this format do.
    ///
    /// Sources: ITU-T T.81, B.1.1.3 (start of image, followed by another marker), and Google's "WebP Container
    /// Specification".
    /// - Parameter bytes: The first bytes of the file.
    /// - Returns: `true` if they are those of the format.
    func matches(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .jpeg: bytes.starts(with: [0xFF, 0xD8, 0xFF])
        case .webP: bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8)
        }
    }
}
#endif
