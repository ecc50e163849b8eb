import Testing

/// The body of a request or a response.
///
/// It deliberately isn't a collection: `#expect` computes the difference of two collections, which takes too long for
/// a video.
struct Body: Sendable, Equatable, CustomTestStringConvertible {
    var bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    var count: Int { bytes.count }

    /// The length and the first bytes.
    var testDescription: String {
        "\(count) bytes, starting with \(String(decoding: bytes.prefix(60), as: UTF8.self).debugDescription)"
    }
}
