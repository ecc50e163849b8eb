#if Delivery
internal import R2Kit

/// Resolves the URIs of a playlist to object keys.
///
/// The rule: a relative URI is resolved against the playlist's own key as RFC 3986 section 5.2 describes, and a path
/// that starts with `/` is resolved from the bucket's root. Its query and fragment are dropped, because an object has
/// neither and a signed URL must not carry parameters of others. Each segment is percent-decoded once. Encoded dot
/// segments, slashes and backslashes are rejected, because clients disagree about their meaning.
struct URIResolver: Sendable {
    /// A URI's target.
    enum Target: Sendable {
        /// An object in the video's folder.
        case object(ObjectKey)
        /// An absolute URI, which stays as it is.
        case absolute
    }

    private let scope: PlaylistScope
    /// The playlist's folder, with `/` at its end unless it's the bucket's root.
    private let folder: String
    /// A Boolean value that indicates whether the playlist's folder is valid, and everything in it is in the scope.
    private let admitsFolder: Bool
    private let allowsAbsolute: Bool

    init(playlist key: ObjectKey, scope: PlaylistScope, allowsAbsolute: Bool) {
        self.scope = scope
        self.allowsAbsolute = allowsAbsolute
        let length = key.rawValue.utf8.lastIndex(of: UInt8(ascii: "/")).map { key.rawValue.utf8.index(after: $0) }
        let folder = String(key.rawValue[..<(length ?? key.rawValue.startIndex)])
        self.folder = folder
        let isValid = (try? ObjectKey("\(folder)x"))?.rawValue.utf8.elementsEqual("\(folder)x".utf8) ?? false
        admitsFolder = isValid && scope.folders.contains { folder.utf8.starts(with: $0.utf8) }
    }

    /// Returns the target of a URI.
    /// - Parameters:
    ///   - uri: The URI.
    ///   - anyScheme: A Boolean value that indicates whether all schemes are allowed, as for keys.
    /// - Returns: The object, unless the URI is absolute.
    /// - Throws: A ``PlaylistError`` without a place.
    func resolve(_ uri: String, anyScheme: Bool) throws(PlaylistError) -> Target {
        // Nearly all URIs: a valid folder and a valid name are a valid key, unless it's too long.
        if admitsFolder, Self.isPlain(uri), let key = try? ObjectKey(unchecked: folder + uri) { return .object(key) }
        let bytes = Array(uri.utf8)
        if let scheme = Self.scheme(of: bytes) {
            guard allowsAbsolute else {
                throw PlaylistError(
                    .absoluteURI, "Absolute URIs aren't allowed here: store the file beside the playlist.")
            }
            guard anyScheme || ["http", "https", "data"].contains(scheme) else {
                throw PlaylistError(
                    .invalidURI,
                    "Unsupported scheme: expected http, https, or a path. Write './' before a name with a colon.")
            }
            return .absolute
        }
        return .object(try inScope(try key(forRelative: bytes)))
    }

    /// Returns a URI's scheme in lower case, or `nil` if it's relative.
    static func scheme(of uri: [UInt8]) -> String? {
        guard let colon = uri.firstIndex(of: UInt8(ascii: ":")), let first = uri.first, isLetter(first) else {
            return nil
        }
        let scheme = uri[..<colon]
        let isScheme = scheme.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
        return isScheme ? String(decoding: scheme, as: UTF8.self).lowercased() : nil
    }

    // MARK: Parts

    private func inScope(_ key: ObjectKey) throws(PlaylistError) -> ObjectKey {
        guard scope.contains(key) else {
            throw PlaylistError(
                .outsideVideo,
                "The URI leaves the video's folder: move the file into the folder, and refer to it there.")
        }
        return key
    }

    private func key(forRelative uri: [UInt8]) throws(PlaylistError) -> ObjectKey {
        let slash = UInt8(ascii: "/")
        guard !uri.starts(with: [slash, slash]) else {
            throw PlaylistError(.invalidURI, "A URI that starts with '//' depends on the page: write its scheme.")
        }
        let end = uri.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? uri.endIndex
        let path = uri[..<end]
        guard let first = path.first else {
            throw PlaylistError(.invalidURI, "A URI without a path refers to the playlist itself: write a file's name.")
        }
        var segments = first == slash ? [] : folder.utf8.split(separator: slash).map(Array.init)
        let written = path.split(separator: slash, omittingEmptySubsequences: false)
        for (index, segment) in written.enumerated() {
            let isLast = index == written.count - 1
            if index == 0, first == slash { continue }
            switch Array(segment) {
            case Array("..".utf8) where !isLast:
                guard segments.popLast() != nil else {
                    throw PlaylistError(.outsideVideo, "The URI climbs above the bucket's root: remove '..' segments.")
                }
            case Array(".".utf8) where !isLast: break
            case let name: segments.append(try decoded(name))
            }
        }
        guard let text = String(validating: segments.joined(separator: [slash]), as: UTF8.self) else {
            throw PlaylistError(.invalidURI, "The URI's percent-encoding isn't UTF-8: encode the name's UTF-8 bytes.")
        }
        do {
            return try ObjectKey(text)
        } catch {
            throw PlaylistError(.invalidURI, "The URI isn't the name of an object. \(error.message)")
        }
    }

    private func decoded(_ segment: [UInt8]) throws(PlaylistError) -> [UInt8] {
        var name: [UInt8] = []
        name.reserveCapacity(segment.count)
        var rest = segment[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                name.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexDigit), let low = rest.popFirst().flatMap(Self.hexDigit)
            else {
                throw PlaylistError(.invalidURI, "Invalid percent-encoding: write '%25' for a percent sign in a name.")
            }
            name.append(high << 4 | low)
        }
        let isDotSegment = name == Array(".".utf8) || name == Array("..".utf8)
        guard !isDotSegment, !name.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) else {
            throw PlaylistError(
                .invalidURI, "The URI hides a slash, a backslash or a dot segment: write a path with plain names.")
        }
        return name
    }

    /// Returns a Boolean value that indicates whether a URI consists of letters, digits and `-_~/`, or dots inside of
    /// names, so that it can be appended to the folder.
    private static func isPlain(_ uri: String) -> Bool {
        var wasSlash = true
        for byte in uri.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                wasSlash = false
            case UInt8(ascii: "."):
                if wasSlash { return false }
            case UInt8(ascii: "/"):
                if wasSlash { return false }
                wasSlash = true
            default: return false
            }
        }
        return !wasSlash
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case _ where isDigit(byte): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
#endif
