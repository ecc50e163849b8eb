#if Delivery
internal import R2Kit

/// The rewritten text, in which URLs are filled in later so that they're signed together.
///
/// A URI that occurs again within about a thousand different ones gets the URL that was made for it before.
struct PlaylistOutput: Sendable {
    private let links: any PlaylistLinks
    private let resolver: URIResolver
    private let limit: Int

    private var text: [UInt8] = []
    /// The places in the text where a URL belongs, with the number of the URL's slot.
    private var holes: [(offset: Int, slot: Int)] = []
    private var slots: [Slot] = []
    /// The URLs of the first slots.
    private var urls: [String] = []
    private var slotsByURI: [URI: Int] = [:]
    private var latest: (uri: URI, slot: Int)?
    /// The part of the text whose URLs are filled in, until it's taken.
    private var finished: [UInt8] = []
    private var finishedCount = 0

    private struct URI: Sendable, Hashable {
        let reference: PlaylistReference
        let text: String
    }

    private struct Slot: Sendable {
        let reference: PlaylistReference
        let key: ObjectKey
        let line: Int
    }

    /// The number of URLs that are made together.
    private static let batchSize = 256
    /// The number of URLs that are kept for URIs that occur again.
    private static let cacheSize = 1024

    init(links: any PlaylistLinks, resolver: URIResolver, limit: Int) {
        self.links = links
        self.resolver = resolver
        self.limit = limit
    }

    mutating func append(_ line: borrowing Span<UInt8>, _ range: Range<Int>) { text.append(line, range) }

    /// Appends the URL for a URI, or the URI itself if it's absolute.
    /// - Parameters:
    ///   - line: The bytes of the line.
    ///   - range: The URI in it.
    ///   - reference: The kind of file that it refers to.
    ///   - anyScheme: A Boolean value that indicates whether an absolute URI may have any scheme.
    ///   - number: The number of the line.
    /// - Throws: A ``PlaylistError``, with a place if a URL can't be made.
    mutating func appendURL(
        _ line: borrowing Span<UInt8>, _ range: Range<Int>, _ reference: PlaylistReference, anyScheme: Bool = false,
        number: Int
    ) throws(PlaylistError) {
        let uri = URI(reference: reference, text: line.string(range))
        if let latest, latest.uri == uri {
            return try appendHole(latest.slot)
        }
        if let slot = slotsByURI[uri] {
            latest = (uri, slot)
            return try appendHole(slot)
        }
        switch try resolver.resolve(uri.text, anyScheme: anyScheme) {
        case .absolute: text.append(line, range)
        case .object(let key):
            let slot = slots.count
            slots.append(Slot(reference: reference, key: key, line: number))
            slotsByURI[uri] = slot
            latest = (uri, slot)
            try appendHole(slot)
        }
    }

    /// Returns the text that was appended since the last call.
    mutating func take() throws(PlaylistError) -> [UInt8] {
        try fill()
        defer { finished = [] }
        return finished
    }

    // MARK: Parts

    private mutating func appendHole(_ slot: Int) throws(PlaylistError) {
        holes.append((text.count, slot))
        if holes.count >= Self.batchSize { try fill() }
    }

    /// Makes the missing URLs and moves the text to `finished`.
    private mutating func fill() throws(PlaylistError) {
        try makeURLs()
        let length = holes.reduce(text.count) { $0 + urls[$1.slot].utf8.count }
        finishedCount += length
        guard finishedCount <= limit else {
            throw PlaylistError(
                .tooLong, "The rewritten playlist has more than \(limit) bytes: use longer segments or a higher limit.")
        }
        finished.reserveCapacity(finished.count + length)
        var copied = 0
        for hole in holes {
            finished.append(contentsOf: text[copied..<hole.offset])
            finished.append(contentsOf: urls[hole.slot].utf8)
            copied = hole.offset
        }
        finished.append(contentsOf: text[copied...])
        text.removeAll(keepingCapacity: true)
        holes.removeAll(keepingCapacity: true)
        if slots.count >= Self.cacheSize {
            slots.removeAll(keepingCapacity: true)
            urls.removeAll(keepingCapacity: true)
            slotsByURI.removeAll(keepingCapacity: true)
            latest = nil
        }
    }

    private mutating func makeURLs() throws(PlaylistError) {
        let new = slots[urls.count...]
        let keys = new.compactMap { $0.reference == .media ? $0.key : nil }
        var media: [String] = []
        if !keys.isEmpty {
            do {
                media = try links.mediaURLs(for: keys)
            } catch {
                throw Self.linkError(error).at(line: new.first?.line ?? 1)
            }
        }
        guard media.count == keys.count else {
            throw PlaylistError(.link, "mediaURLs(for:) returned \(media.count) URLs for \(keys.count) keys.")
        }
        var rest = media[...]
        for slot in new {
            do {
                let url =
                    switch slot.reference {
                    case .media: rest.popFirst() ?? ""
                    case .playlist: try links.playlistURL(for: slot.key)
                    case .report: Self.relative(try links.playlistURL(for: slot.key))
                    case .key: try links.keyURL(for: slot.key)
                    }
                try Self.check(url)
                urls.append(url)
            } catch {
                throw Self.linkError(error).at(line: slot.line)
            }
        }
    }

    private static func linkError(_ error: any Error) -> PlaylistError {
        switch error {
        case let error as PlaylistError: error
        case let error as R2ValidationError: PlaylistError(.link, "Can't sign the URL of an object: \(error.message)")
        // Another error may contain what must not be shown to a client.
        default: PlaylistError(.link, "Can't make the URL of an object: \(type(of: error)).")
        }
    }

    /// Throws unless a URL can be written into a playlist, alone and between quotation marks.
    private static func check(_ url: String) throws(PlaylistError) {
        let isAllowed =
            url.utf8.withContiguousStorageIfAvailable(Self.isVisible)
            ?? Array(url.utf8).withUnsafeBufferPointer(Self.isVisible)
        guard isAllowed, !url.utf8.isEmpty, url.utf8.first != UInt8(ascii: "#") else {
            throw PlaylistError(
                .link, "Invalid URL for a playlist: expected visible ASCII without quotation marks. Percent-encode it.")
        }
    }

    /// Returns a Boolean value that indicates whether bytes are visible ASCII without quotation marks.
    ///
    /// It always reads all of them, so that the compiler checks many at a time.
    private static func isVisible(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var others: UInt8 = 0
        for byte in bytes { others |= byte &- 0x21 > 0x7E - 0x21 || byte == UInt8(ascii: "\"") ? 1 : 0 }
        return others == 0
    }

    /// Returns a URL without its scheme and host.
    private static func relative(_ url: String) -> String {
        guard URIResolver.scheme(of: Array(url.utf8)) != nil, let colon = url.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return url }
        let afterScheme = url[url.utf8.index(after: colon)...]
        guard afterScheme.utf8.starts(with: "//".utf8) else { return url }
        let afterSlashes = afterScheme.utf8.dropFirst(2)
        guard let slash = afterSlashes.firstIndex(of: UInt8(ascii: "/")) else { return "/" }
        return String(url[slash...])
    }
}
#endif
